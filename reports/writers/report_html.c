/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/files/output.h"
#include "reports/writers/page_frame.h"
#include "reports/writers/page_parts.h"
#include <string.h>

static struct page *page_make(const struct result *result, const struct page_extras *extras,
                              const char *kind, FILE *out, struct arena *arena)
{
    static const struct page_extras none;
    struct page *page = arena_alloc(arena, sizeof *page);
    *page = (struct page){.html = html_begin(out, arena),
                          .result = result,
                          .extras = extras ? extras : &none,
                          .kind = kind,
                          .title = result->title ? result->title : result->scenario_name};
    return page;
}

/* What the result rests on, and room to sign. */
static void add_grounds(struct page *page)
{
    page_parts_add_inputs(page);
    page_parts_add_checks(page);
    page_parts_add_provenance(page);
    page_parts_add_sign_off(page);
}

/* ---- of a run ---- */

static void open_report(struct page *page)
{
    struct arena *arena = page->html.arena;
    const struct result *result = page->result;
    struct document *lead = document_make(arena);
    struct headline headline = headline_of_result(result, page->extras->set, arena);
    headline_add_outlook(&headline, page->extras->outlook, arena);
    page->judged = result;
    page->shown = headline.shown;
    page->hero = (struct page_hero){.tone = findings_tone(headline.verdict),
                                    .word = findings_word(headline.verdict),
                                    .clause = headline.clause,
                                    .sentences = headline.sentences};
    findings_add_reservations(lead, result);
    page->lead = lead->first;
}

/* Findings of other subcommands but why, without their titles and grounds: the page has its own. */
static void add_answers(struct page *page)
{
    for (size_t i = 0; i < page->extras->answer_count; i++) {
        const struct answer *answer = page->extras->answers[i];
        bool is_size = strcmp(answer->kind, "size") == 0;
        if (strcmp(answer->kind, "why") != 0)
            page_add_part(page,
                          (struct page_part){.link = is_size ? "Smallest size" : answer->kind,
                                             .heading = is_size ? "The smallest size that passes"
                                                                : answer->kind,
                                             .first = answer->document->first->next,
                                             .end = answer->first_of_grounds});
    }
}

bool report_html(const struct result *result, const struct page_extras *extras, FILE *out,
                 struct error *err)
{
    struct arena *arena = arena_open();
    struct page *page = page_make(result, extras, "report", out, arena);
    open_report(page);
    page_parts_add_decision(page);
    page_parts_add_model(page);
    add_answers(page);
    page_parts_add_figures(page);
    page_parts_add_time(page);
    page_parts_add_settings(page);
    page_parts_add_one_run(page);
    page_parts_add_criteria(page);
    page_parts_add_warnings(page);
    add_grounds(page);
    page_parts_add_metrics(page);
    page_frame_write(page);
    arena_close(arena);
    return output_flush(out, err);
}

/* ---- of another subcommand ---- */

static const struct block *first_heading(const struct block *block, const struct block *end)
{
    while (block && block != end && block->kind != BLOCK_HEADING)
        block = block->next;
    return block;
}

/* A statement of a verdict, which a clause says in words. */
static bool is_verdict(const struct block *block)
{
    bool is_one = false;
    for (int verdict = VERDICT_PASS; verdict <= VERDICT_NONE; verdict++)
        is_one |= block->label && strcmp(block->label, findings_word((enum verdict)verdict)) == 0;
    return block->kind == BLOCK_STATEMENT && is_one;
}

/* The first statement is the answer; what else stands before the first heading follows it. */
static void open_answer(struct page *page, const struct answer *answer)
{
    const struct block *block = answer->document->first;
    const struct block *end = first_heading(block, answer->first_of_grounds);
    if (block && block->kind == BLOCK_TITLE)
        block = block->next;
    page->hero = (struct page_hero){.clause = answer->kind};
    const struct block *verdicts = answer->clause ? block : NULL;
    while (verdicts && block && block != end && is_verdict(block))
        block = block->next;
    if (answer->clause)
        page->hero = (struct page_hero){.tone = findings_tone(answer->verdict),
                                        .word = findings_word(answer->verdict),
                                        .clause = answer->clause,
                                        .sentences = answer->sentences};
    else if (block && block != end && block->kind == BLOCK_STATEMENT) {
        page->hero = (struct page_hero){block->tone, block->label, block->text, NULL};
        block = block->next;
    } else if (block && block != end && block->kind == BLOCK_PARAGRAPH) {
        page->hero.clause = block->text;
        block = block->next;
    }
    page->lead = block == end ? NULL : block;
    page->lead_end = end;
    page->judged = answer->judged;
    page->shown = answer->judged ? result_subject(answer->judged) : NULL;
    if (verdicts && verdicts != block)
        page_add_part(page, (struct page_part){.link = "What it rests on",
                                               .heading = "What the verdict rests on",
                                               .first = verdicts,
                                               .end = block});
    page_parts_add_model(page);
    page_parts_add_figures(page);
    page_add_blocks(page, end == answer->first_of_grounds ? NULL : end, answer->first_of_grounds);
}

bool page_of_answer(const struct answer *answer, const struct page_extras *extras, FILE *out,
                    struct error *err)
{
    if (answer->result)
        return report_html(answer->result, extras, out, err);
    struct arena *arena = arena_open();
    struct page *page = page_make(answer->grounds, extras, answer->kind, out, arena);
    open_answer(page, answer);
    add_grounds(page);
    page_frame_write(page);
    arena_close(arena);
    return output_flush(out, err);
}
