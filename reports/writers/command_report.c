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

static void emit_facts(struct emit *emit, const struct answer *answer)
{
    emit_key(emit, "facts");
    emit_open_object(emit, EMIT_LINES);
    for (size_t i = 0; i < answer->fact_count; i++) {
        const struct answer_fact *fact = &answer->facts[i];
        emit_key(emit, fact->key);
        if (fact->text) {
            emit_string(emit, fact->text);
            continue;
        }
        emit_open_object(emit, EMIT_LINE);
        emit_key(emit, "value");
        emit_number(emit, fact->number);
        emit_key(emit, "unit");
        emit_string(emit, fact->unit);
        emit_close(emit);
    }
    emit_close(emit);
}

static void emit_table(struct emit *emit, const struct answer_table *named)
{
    const struct table *table = named->table;
    emit_key(emit, named->key);
    emit_open_array(emit, EMIT_LINES);
    for (size_t row = 0; row < table->row_count; row++) {
        emit_open_object(emit, EMIT_LINE);
        for (size_t column = 0; column < table->column_count; column++) {
            const struct table_cell *cell = table_cell_at(table, row, column);
            emit_key(emit, table->columns[column].name);
            if (cell->text)
                emit_string(emit, cell->text);
            else
                emit_number(emit, cell->number);
        }
        emit_close(emit);
    }
    emit_close(emit);
}

static void emit_units(struct emit *emit, const struct answer *answer)
{
    emit_key(emit, "units");
    emit_open_object(emit, EMIT_LINES);
    for (size_t i = 0; i < answer->table_count; i++) {
        const struct table *table = answer->tables[i].table;
        emit_key(emit, answer->tables[i].key);
        emit_open_object(emit, EMIT_LINE);
        for (size_t column = 0; column < table->column_count; column++)
            if (table->columns[column].unit) {
                emit_key(emit, table->columns[column].name);
                emit_string(emit, table->columns[column].unit);
            }
        emit_close(emit);
    }
    emit_close(emit);
}

static void emit_findings(struct emit *emit, const struct answer *answer)
{
    emit_facts(emit, answer);
    for (size_t i = 0; i < answer->table_count; i++)
        emit_table(emit, &answer->tables[i]);
    emit_units(emit, answer);
    emit_key(emit, "verdict");
    emit_string(emit, verdict_name(answer->verdict));
    emit_key(emit, "interrupted");
    emit_bool(emit, answer->is_interrupted);
}

static void emit_findings_of(struct emit *emit, const void *answer)
{
    emit_findings(emit, answer);
}

void answer_finish(struct answer *answer)
{
    provenance_hash_findings(emit_findings_of, answer, answer->grounds->digest);
    const struct block *last = answer->document->last;
    if (answer->is_brief)
        grounds_add_provenance(answer->document, answer->grounds);
    else
        grounds_add_basis(answer->document, answer->grounds);
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
    struct emit emit = emit_begin(emit_to_stream, out);
    emit_open_object(&emit, EMIT_LINES);
    emit_key(&emit, "capsim_answer");
    emit_integer(&emit, 1);
    emit_key(&emit, "kind");
    emit_string(&emit, answer->kind);
    report_json_grounds(&emit, answer->grounds);
    emit_findings(&emit, answer);
    emit_close(&emit);
    emit_end(&emit);
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
