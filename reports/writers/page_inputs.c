/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a result rests on: inputs with their values and sources, self-checks and defaults. */
#include "reports/document/basis.h"
#include "reports/document/value_words.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include "reports/writers/page_blocks.h"
#include "reports/writers/page_parts.h"
#include <string.h>

enum { MAX_KEY_LENGTH = 60, MAX_VALUE_LENGTH = 240 };

/* ---- values in words ---- */

static const char *value_text(const struct assumption *assumption, struct arena *arena)
{
    const char *value = assumption->value;
    return value ? layout_shorten(value_words(value, arena), MAX_VALUE_LENGTH, arena) : "";
}

/* ---- inputs ---- */

enum input_kind { INPUT_ASSUMED, INPUT_MEASURED, INPUT_FITTED, INPUT_DEFAULT, INPUT_KINDS };

static enum input_kind kind_of(const struct assumption *assumption)
{
    if (assumption->is_default)
        return INPUT_DEFAULT;
    if (!assumption->source)
        return INPUT_ASSUMED;
    return strcmp(assumption->source, "computed by capsim") == 0 ? INPUT_FITTED : INPUT_MEASURED;
}

static void add_input_row(struct table *table, const struct assumption *assumption)
{
    bool is_telling = assumption->note && strcmp(assumption->note, "default") != 0;
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(layout_shorten(assumption->key, MAX_KEY_LENGTH, table->arena));
    row[1] = table_text(value_text(assumption, table->arena));
    if (is_telling)
        row[2] = table_text(assumption->note);
    row[3] = kind_of(assumption) == INPUT_ASSUMED ? table_toned("no source", TONE_WARN)
                                                  : table_text(assumption->source);
}

/* Those without a source first: a reviewer must act on them. */
static const struct table *input_table(const struct page *page, size_t *counts)
{
    static const struct table_column columns[] = {{"input", NULL, false},
                                                  {"value", NULL, false},
                                                  {"note", NULL, false},
                                                  {"source", NULL, false}};
    const struct result *result = page->result;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], page->html.arena);
    for (int kind = INPUT_ASSUMED; kind <= INPUT_DEFAULT; kind++)
        for (size_t i = 0; i < result->assumption_count; i++)
            if ((int)kind_of(&result->assumptions[i]) == kind) {
                counts[kind]++;
                if (kind != INPUT_DEFAULT)
                    add_input_row(table, &result->assumptions[i]);
            }
    table_drop_empty_columns(table);
    return table;
}

static const char *inputs_heading(const size_t *counts, struct arena *arena)
{
    const char *text = "Inputs:";
    static const char *const words[] = {"without a source", "with a source", "fitted by capsim"};
    bool has_one = false;
    for (int kind = INPUT_MEASURED; kind <= INPUT_FITTED + 1; kind++) {
        int at = kind > INPUT_FITTED ? INPUT_ASSUMED : kind;
        if (counts[at] > 0)
            text =
                arena_printf(arena, "%s%s %zu %s", text, has_one ? "," : "", counts[at], words[at]);
        has_one |= counts[at] > 0;
    }
    return has_one ? text : "Inputs: the scenario names no sources for its figures";
}

void page_parts_add_inputs(struct page *page)
{
    struct arena *arena = page->html.arena;
    size_t counts[INPUT_KINDS] = {0};
    struct document *document = document_make(arena);
    const struct table *table = input_table(page, counts);
    if (table->row_count > 0)
        document_add_cited_table(document, table, "input", 1);
    if (counts[INPUT_ASSUMED] > 0)
        document_add(document, BLOCK_PARAGRAPH,
                     "Measure what has no source before relying on a narrow margin.");
    if (table->row_count == 0)
        document_add(document, BLOCK_PARAGRAPH,
                     "\"assumptions\" in the scenario say where figures come from.");
    page_add_part(page, (struct page_part){.link = "Inputs",
                                           .heading = inputs_heading(counts, arena),
                                           .first = document->first});
}

/* ---- checks and defaults ---- */

static void open_folded(const struct html *html, bool is_open, const char *summary)
{
    fprintf(html->out, "<details%s><summary>", is_open ? " open=\"open\"" : "");
    html_text(html, summary);
    fputs("</summary>\n", html->out);
}

static void write_checks(const struct page *page)
{
    const struct html *html = &page->html;
    const struct basis_checks checks = basis_summarize_checks(page->judged);
    if (checks.count == 0)
        return;
    struct document *document = document_make(html->arena);
    const char *summary =
        checks.failed > 0
            ? arena_printf(html->arena, "%zu of %zu self-checks fail: do not rely on these results",
                           checks.failed, checks.count)
            : arena_printf(html->arena,
                           "%zu of %zu self-checks hold; the nearest, %s (%s), uses %s of its "
                           "tolerance",
                           checks.count, checks.count, checks.worst->name,
                           document_name(document, checks.worst_setting),
                           number_text_quantity(basis_strain(checks.worst), "1", html->arena));
    open_folded(html, checks.failed > 0, summary);
    html_table(html, &(struct html_table){.table = basis_check_table(document, page->judged),
                                          .caption = "self-checks",
                                          .anchor = "check",
                                          .key_columns = 2});
    fputs("</details>\n", html->out);
}

static void write_defaults(const struct page *page)
{
    const struct html *html = &page->html;
    const struct table *table = basis_default_table(page->result, html->arena);
    if (table->row_count == 0)
        return;
    open_folded(html, false,
                arena_printf(html->arena, "%zu default%s taken for what the scenario leaves out",
                             table->row_count, table->row_count == 1 ? " was" : "s were"));
    html_table(html, &(struct html_table){.table = table,
                                          .caption = "defaults taken",
                                          .anchor = "input",
                                          .key_columns = 1});
    fputs("</details>\n", html->out);
}

static void write_both(const struct page *page)
{
    if (page->judged)
        write_checks(page);
    write_defaults(page);
}

void page_parts_add_checks(struct page *page)
{
    size_t checks = page->judged ? basis_summarize_checks(page->judged).count : 0;
    size_t defaults = basis_default_table(page->result, page->html.arena)->row_count;
    if (checks + defaults == 0)
        return;
    page_add_part(page,
                  (struct page_part){.link = checks > 0 ? "Checks and defaults" : "Defaults taken",
                                     .write = write_both});
}
