/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/command_report.h"
#include "reports/document/basis.h"
#include "reports/document/metric_tables.h"
#include "reports/document/result_document.h"
#include "reports/files/atomic_file.h"
#include "reports/files/output.h"
#include "reports/result/provenance.h"
#include "reports/result/report_json.h"
#include "reports/result/series.h"
#include "reports/writers/page.h"
#include "reports/writers/report_junit.h"
#include "reports/writers/report_tables.h"
#include <assert.h>
#include <string.h>

enum { TEXT_WIDTH = 100 };

struct answer *answer_begin(const char *kind, const struct scenario_set *set,
                            const char *const *command, size_t command_count, struct arena *arena)
{
    struct answer *answer = arena_alloc(arena, sizeof *answer);
    *answer = (struct answer){.kind = kind,
                              .grounds = result_begin(set, command, command_count, arena),
                              .document = arena_alloc(arena, sizeof *answer->document),
                              .verdict = VERDICT_NONE,
                              .interruption = "interrupted; the answer rests on what was finished",
                              .arena = arena};
    *answer->document = (struct document){.arena = arena};
    const struct result *grounds = answer->grounds;
    document_add(answer->document, BLOCK_TITLE,
                 grounds->title ? grounds->title : grounds->scenario_name);
    return answer;
}

static struct answer_fact *add_fact(struct answer *answer, const char *key)
{
    assert(answer->fact_count < ANSWER_MOST_FACTS);
    for (size_t i = 0; i < answer->fact_count; i++)
        assert(strcmp(answer->facts[i].key, key) != 0);
    struct answer_fact *fact = &answer->facts[answer->fact_count++];
    fact->key = key;
    return fact;
}

void answer_add_number(struct answer *answer, const char *key, double number, const char *unit)
{
    struct answer_fact *fact = add_fact(answer, key);
    fact->number = number;
    fact->unit = unit;
}

void answer_add_text(struct answer *answer, const char *key, const char *text)
{
    assert(text);
    add_fact(answer, key)->text = text;
}

struct table *answer_add_table(struct answer *answer, const char *key,
                               const struct table_column *columns, size_t count)
{
    assert(answer->table_count < ANSWER_MOST_TABLES);
    struct table *table = table_make(columns, count, answer->arena);
    answer->tables[answer->table_count++] = (struct answer_table){key, table, NULL};
    return table;
}

void answer_add_failed_checks(struct answer *answer, const char *name, const struct model *model,
                              const struct study_result *result)
{
    size_t count;
    const struct model_check *checks = model_checks(model, result, answer->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (!checks[i].holds)
            document_add_statement(answer->document, TONE_BAD, "SELF-CHECK FAILED",
                                   arena_printf(answer->arena,
                                                "%s: %s: do not rely on these results", name,
                                                checks[i].name));
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void writer_facts(struct json_writer *writer, const struct answer *answer)
{
    writer_key(writer, "facts");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < answer->fact_count; i++) {
        const struct answer_fact *fact = &answer->facts[i];
        writer_key(writer, fact->key);
        if (fact->text) {
            writer_string(writer, fact->text);
            continue;
        }
        writer_open_object(writer, EMIT_LINE);
        writer_key(writer, "value");
        writer_number(writer, fact->number);
        writer_key(writer, "unit");
        writer_string(writer, fact->unit);
        writer_close(writer);
    }
    writer_close(writer);
}

static void writer_table(struct json_writer *writer, const struct answer_table *named)
{
    const struct table *table = named->table;
    writer_key(writer, named->key);
    writer_open_array(writer, EMIT_LINES);
    for (size_t row = 0; row < table->row_count; row++) {
        writer_open_object(writer, EMIT_LINE);
        for (size_t column = 0; column < table->column_count; column++) {
            const struct table_cell *cell = table_cell_at(table, row, column);
            writer_key(writer, table->columns[column].name);
            if (cell->text)
                writer_string(writer, cell->text);
            else
                writer_number(writer, cell->number);
        }
        writer_close(writer);
    }
    writer_close(writer);
}

static void writer_units(struct json_writer *writer, const struct answer *answer)
{
    writer_key(writer, "units");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < answer->table_count; i++) {
        const struct table *table = answer->tables[i].table;
        writer_key(writer, answer->tables[i].key);
        writer_open_object(writer, EMIT_LINE);
        for (size_t column = 0; column < table->column_count; column++)
            if (table->columns[column].unit) {
                writer_key(writer, table->columns[column].name);
                writer_string(writer, table->columns[column].unit);
            }
        writer_close(writer);
    }
    writer_close(writer);
}

static void writer_findings(struct json_writer *writer, const struct answer *answer)
{
    writer_facts(writer, answer);
    for (size_t i = 0; i < answer->table_count; i++)
        writer_table(writer, &answer->tables[i]);
    writer_units(writer, answer);
    writer_key(writer, "verdict");
    writer_string(writer, verdict_name(answer->verdict));
    writer_key(writer, "interrupted");
    writer_bool(writer, answer->is_interrupted);
}

static void writer_findings_of(struct json_writer *writer, const void *answer)
{
    writer_findings(writer, answer);
}

void answer_finish(struct answer *answer)
{
    struct result *grounds = arena_alloc(answer->arena, sizeof *grounds);
    *grounds = *answer->grounds;
    provenance_hash_findings(writer_findings_of, answer, grounds->digest);
    answer->grounds = grounds;
    const struct block *last = answer->document->last;
    if (answer->is_brief)
        basis_add_provenance(answer->document, answer->grounds);
    else
        basis_add_basis(answer->document, answer->grounds);
    answer->first_of_grounds = last->next;
}

/* ---- of a run ---------------------------------------------------------------------------- */

struct answer *answer_of_result(const struct result *result, struct arena *arena)
{
    static const struct answer_table tables[] = {{"metrics", NULL, metric_tables_all},
                                                 {"criteria", NULL, report_tables_criteria},
                                                 {"differences", NULL, report_tables_differences},
                                                 {"assumptions", NULL, report_tables_assumptions},
                                                 {"checks", NULL, report_tables_checks},
                                                 {"series", NULL, series_table}};
    struct answer *answer = arena_alloc(arena, sizeof *answer);
    *answer = (struct answer){
        .kind = "report",
        .result = result,
        .grounds = result,
        .table_count = sizeof tables / sizeof *tables - (series_exist(result) ? 0 : 1),
        .verdict = result->verdict,
        .is_interrupted = result->is_interrupted,
        .interruption = "interrupted; the report has the replications that were finished",
        .arena = arena};
    memcpy(answer->tables, tables, answer->table_count * sizeof *tables);
    return answer;
}

/* ---- one format -------------------------------------------------------------------------- */

static bool write_json(const struct answer *answer, FILE *out, struct error *err)
{
    if (answer->kept)
        return report_baseline(answer->result, answer->kept, out, err);
    if (answer->result)
        return report_json(answer->result, out, err);
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, "capsim_answer");
    writer_integer(&writer, 1);
    writer_key(&writer, "kind");
    writer_string(&writer, answer->kind);
    report_json_grounds(&writer, answer->grounds);
    writer_findings(&writer, answer);
    writer_close(&writer);
    writer_end(&writer);
    return output_flush(out, err);
}

static const struct document *document_of(const struct answer *answer, struct arena *arena)
{
    return answer->result ? document_of_result(answer->result, arena) : answer->document;
}

static bool write_table(const struct answer *answer, size_t number, FILE *out, struct error *err)
{
    struct arena *arena = arena_open();
    const struct answer_table *named = &answer->tables[number];
    const struct table *table = named->table ? named->table : named->make(answer->result, arena);
    bool is_written = table_csv(table, out, err);
    arena_close(arena);
    return is_written;
}

bool answer_write(const struct answer *answer, enum report_format format,
                  const struct report_style *style, const struct page_extras *extras, FILE *out,
                  struct error *err)
{
    static const struct report_style plain = {.has_colour = false, .width = TEXT_WIDTH};
    struct arena *arena = arena_open();
    bool is_written = false;
    switch (format) {
    case REPORT_JSON:
        is_written = write_json(answer, out, err);
        break;
    case REPORT_CSV:
        is_written =
            answer->table_count > 0 ? write_table(answer, 0, out, err) : output_flush(out, err);
        break;
    case REPORT_MARKDOWN:
        is_written = document_markdown(document_of(answer, arena), out, err);
        break;
    case REPORT_HTML:
        is_written = page_of_answer(answer, extras, out, err);
        break;
    case REPORT_TEXT:
    case REPORT_FORMATS:
        is_written = document_text(document_of(answer, arena), style ? style : &plain, out, err);
        break;
    }
    arena_close(arena);
    return is_written;
}

bool answer_junit(const struct answer *answer, FILE *out, struct error *err)
{
    struct arena *arena = arena_open();
    size_t count = answer->case_count;
    const struct junit_case *cases =
        answer->result ? report_junit_criteria(answer->result, arena, &count) : answer->cases;
    bool is_written = report_junit(answer->grounds->scenario_name, cases, count, out, err);
    arena_close(arena);
    return is_written;
}

/* ---- one file ---------------------------------------------------------------------------- */

/* One format as a file; REPORT_FORMATS: as JUnit XML. */
struct file_of_answer {
    const struct answer *answer;
    const struct page_extras *extras;
    const struct run_facts *facts;
    enum report_format format;
    size_t table;
};

static bool save(const struct file_of_answer *what, const char *path, struct error *err)
{
    struct arena *arena = arena_open();
    struct atomic_file file = {0};
    bool is_written =
        atomic_file_open(&file, path, arena, err) &&
        (what->format == REPORT_FORMATS
             ? answer_junit(what->answer, file.stream, err)
             : answer_write(what->answer, what->format, NULL, what->extras, file.stream, err)) &&
        atomic_file_finish(&file, err) && atomic_file_publish(&file, err);
    if (!is_written)
        error_set_file(err, path);
    atomic_file_discard(&file);
    arena_close(arena);
    return is_written;
}

bool answer_save(const struct answer *answer, enum report_format format,
                 const struct page_extras *extras, const char *path, struct error *err)
{
    return save(&(struct file_of_answer){.answer = answer, .extras = extras, .format = format},
                path, err);
}

bool answer_save_junit(const struct answer *answer, const char *path, struct error *err)
{
    return save(&(struct file_of_answer){.answer = answer, .format = REPORT_FORMATS}, path, err);
}

bool answer_is_page(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    return dot && (strcmp(dot, ".html") == 0 || strcmp(dot, ".htm") == 0);
}

/* ---- folder ------------------------------------------------------------------------------ */

static bool write_format(const void *context, FILE *out, struct error *err)
{
    const struct file_of_answer *file = context;
    return answer_write(file->answer, file->format, NULL, file->extras, out, err);
}

static bool write_table_file(const void *context, FILE *out, struct error *err)
{
    const struct file_of_answer *file = context;
    return write_table(file->answer, file->table, out, err);
}

static bool write_scenario(const void *context, FILE *out, struct error *err)
{
    const struct file_of_answer *file = context;
    (void)err;
    fputs(file->answer->scenario, out);
    return true;
}

static bool write_run(const void *context, FILE *out, struct error *err)
{
    const struct file_of_answer *file = context;
    return report_run_facts(file->facts, file->answer->grounds, out, err);
}

const struct folder_file *answer_files(const struct answer *answer,
                                       const struct page_extras *extras,
                                       const struct run_facts *facts, struct arena *arena,
                                       size_t *count)
{
    static const struct {
        enum report_format format;
        const char *ending;
    } formats[] = {{REPORT_JSON, "json"},
                   {REPORT_HTML, "html"},
                   {REPORT_TEXT, "txt"},
                   {REPORT_MARKDOWN, "md"}};
    size_t kinds = answer->kept ? 1 : sizeof formats / sizeof *formats;
    size_t tables = answer->kept ? 0 : answer->table_count, n = 0;
    struct folder_file *files = arena_array(arena, kinds + tables + 2, sizeof *files);
    struct file_of_answer *contexts = arena_array(arena, kinds + tables + 2, sizeof *contexts);
    for (size_t i = 0; i < kinds + tables + 2; i++)
        contexts[i] = (struct file_of_answer){.answer = answer, .extras = extras, .facts = facts};
    for (size_t i = 0; i < kinds; i++, n++) {
        contexts[n].format = formats[i].format;
        files[n] =
            (struct folder_file){arena_printf(arena, "%s.%s", answer->kind, formats[i].ending),
                                 write_format, &contexts[n]};
    }
    for (size_t i = 0; i < tables; i++, n++) {
        contexts[n].table = i;
        files[n] = (struct folder_file){arena_printf(arena, "%s.csv", answer->tables[i].key),
                                        write_table_file, &contexts[n]};
    }
    if (answer->scenario) {
        files[n] = (struct folder_file){"scenario.json", write_scenario, &contexts[n]};
        n++;
    }
    if (facts) {
        files[n] = (struct folder_file){"run.json", write_run, &contexts[n]};
        n++;
    }
    *count = n;
    return files;
}

bool answer_folder(const struct answer *answer, const struct page_extras *extras,
                   const struct run_facts *facts, const char *folder, struct error *err)
{
    struct arena *arena = arena_open();
    size_t count;
    const struct folder_file *files = answer_files(answer, extras, facts, arena, &count);
    bool is_done = folder_write(files, count, folder, err);
    arena_close(arena);
    return is_done;
}
