/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/basis.h"
#include "reports/document/findings.h"
#include "reports/files/output.h"
#include "reports/writers/page_parts.h"
#include <string.h>

static struct page *page_make(const struct result *result, const struct page_extras *extras,
                              FILE *out, struct arena *arena)
{
    static const struct page_extras none;
    struct page *page = arena_alloc(arena, sizeof *page);
    *page = (struct page){
        .html = html_begin(out, arena), .result = result, .extras = extras ? extras : &none};
    return page;
}

/* What another subcommand found, without its title and its grounds: the page has its own. */
static void add_answer(struct page *page, const struct answer *answer)
{
    static const struct {
        const char *kind, *heading;
    } headings[] = {{"size", "The smallest size that passes"}, {"why", "Where the time goes"}};
    const char *heading = answer->kind;
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        if (strcmp(headings[i].kind, answer->kind) == 0)
            heading = headings[i].heading;
    page_add_part(page, heading, answer->document->first->next, answer->first_of_grounds, NULL);
}

/* The explanation stands behind the pictures, anything else before them. */
static void add_answers(struct page *page, bool is_why)
{
    for (size_t i = 0; i < page->extras->answer_count; i++)
        if ((strcmp(page->extras->answers[i]->kind, "why") == 0) == is_why)
            add_answer(page, page->extras->answers[i]);
}

static bool has_answer(const struct page *page, const char *kind)
{
    for (size_t i = 0; i < page->extras->answer_count; i++)
        if (strcmp(page->extras->answers[i]->kind, kind) == 0)
            return true;
    return false;
}

static void add_findings(struct page *page)
{
    struct arena *arena = page->html.arena;
    struct document *verdicts = document_make(arena), *measured = document_make(arena);
    findings_add_verdicts(verdicts, page->result);
    findings_add_criteria(verdicts, page->result);
    page_add_document(page, verdicts);
    add_answers(page, false);
    page_add_figures(page);
    add_answers(page, true);
    if (!has_answer(page, "why"))
        page_parts_add_time(page);
    findings_add_measured(measured, page->result);
    page_add_document(page, measured);
}

static void add_grounds(struct page *page)
{
    struct document *document = document_make(page->html.arena);
    page_parts_add_inputs(page);
    page_parts_add_uncertainty(page);
    basis_add_warnings(document, page->result);
    basis_add_checks(document, page->result);
    basis_add_provenance(document, page->result);
    page_add_document(page, document);
    page_parts_add_sign_off(page);
    page_parts_add_metrics(page);
}

bool report_html(const struct result *result, const struct page_extras *extras, FILE *out,
                 struct error *err)
{
    struct arena *arena = arena_open();
    struct page *page = page_make(result, extras, out, arena);
    add_findings(page);
    add_grounds(page);
    page_write(page, result->title ? result->title : result->scenario_name);
    arena_close(arena);
    return output_flush(out, err);
}

bool page_of_answer(const struct answer *answer, const struct page_extras *extras, FILE *out,
                    struct error *err)
{
    if (answer->result)
        return report_html(answer->result, extras, out, err);
    struct arena *arena = arena_open();
    const struct result *grounds = answer->grounds;
    struct page *page = page_make(grounds, extras, out, arena);
    page_add_figures(page);
    page_add_document(page, answer->document);
    page_parts_add_sign_off(page);
    const char *title = grounds->title ? grounds->title : grounds->scenario_name;
    page_write(page, arena_printf(arena, "%s: %s", answer->kind, title));
    arena_close(arena);
    return output_flush(out, err);
}
