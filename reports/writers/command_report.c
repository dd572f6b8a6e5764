/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/command_report.h"
#include "reports/document/basis.h"
#include "reports/files/folder.h"
#include "reports/files/output.h"
#include "reports/result/provenance.h"
#include "reports/result/report_json.h"
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
    answer->tables[answer->table_count++] = (struct answer_table){key, table};
    return table;
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
    provenance_hash_findings(writer_findings_of, answer, answer->grounds->digest);
    const struct block *last = answer->document->last;
    if (answer->is_brief)
        basis_add_provenance(answer->document, answer->grounds);
    else
        basis_add_basis(answer->document, answer->grounds);
    answer->first_of_grounds = last->next;
}

/* ---- writers ----------------------------------------------------------------------------- */

bool answer_text(const struct answer *answer, const struct report_style *style, FILE *out,
                 struct error *err)
{
    return document_text(answer->document, style, out, err);
}

bool answer_markdown(const struct answer *answer, FILE *out, struct error *err)
{
    return document_markdown(answer->document, out, err);
}

bool answer_csv(const struct answer *answer, FILE *out, struct error *err)
{
    return answer->table_count == 0 ? output_flush(out, err)
                                    : table_csv(answer->tables[0].table, out, err);
}

bool answer_json(const struct answer *answer, FILE *out, struct error *err)
{
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

/* ---- folder ------------------------------------------------------------------------------ */

struct contents {
    const struct answer *answer;
    const struct page_extras *extras;
    const struct run_facts *facts;
};

static bool write_text(const void *context, FILE *out, struct error *err)
{
    const struct report_style style = {.has_colour = false, .width = TEXT_WIDTH};
    return answer_text(context, &style, out, err);
}

static bool write_json(const void *context, FILE *out, struct error *err)
{
    return answer_json(context, out, err);
}

static bool write_markdown(const void *context, FILE *out, struct error *err)
{
    return answer_markdown(context, out, err);
}

static bool write_html(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return answer_html(contents->answer, contents->extras, out, err);
}

static bool write_table(const void *context, FILE *out, struct error *err)
{
    return table_csv(context, out, err);
}

static bool write_run(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    const struct result *grounds = contents->answer->grounds;
    return report_run_facts(contents->facts, grounds->version, grounds->digest, out, err);
}

bool answer_folder(const struct answer *answer, const struct page_extras *extras,
                   const struct run_facts *facts, const char *folder, struct error *err)
{
    const struct contents contents = {answer, extras, facts};
    struct folder_file files[ANSWER_MOST_TABLES + 5];
    struct arena *arena = arena_open();
    size_t count = 0;
    files[count++] =
        (struct folder_file){arena_printf(arena, "%s.html", answer->kind), write_html, &contents};
    files[count++] =
        (struct folder_file){arena_printf(arena, "%s.json", answer->kind), write_json, answer};
    files[count++] =
        (struct folder_file){arena_printf(arena, "%s.txt", answer->kind), write_text, answer};
    files[count++] =
        (struct folder_file){arena_printf(arena, "%s.md", answer->kind), write_markdown, answer};
    for (size_t i = 0; i < answer->table_count; i++)
        files[count++] = (struct folder_file){arena_printf(arena, "%s.csv", answer->tables[i].key),
                                              write_table, answer->tables[i].table};
    files[count++] = (struct folder_file){"run.json", write_run, &contents};
    bool is_done = folder_write(files, count, folder, err);
    arena_close(arena);
    return is_done;
}
