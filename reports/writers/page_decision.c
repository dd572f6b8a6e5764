/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would decide an undecided verdict. */
#include "reports/document/criterion_words.h"
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/result/undecided.h"
#include "reports/text/digits.h"
#include "reports/writers/page_blocks.h"
#include "reports/writers/page_parts.h"
#include <math.h>
#include <string.h>

/* What a number of steps may lack by its rounding. */
static const double ROUNDING = 1e-6;

/* More are no advice. */
static const double MOST_REPLICATIONS = 100000.0;

size_t page_decision_replications(const struct result_setting *setting)
{
    double most = 0.0;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct result_criterion *criterion = &setting->criteria[i];
        if (criterion_words_is_near(criterion))
            most = fmax(most, undecided_replications(&criterion->estimate, criterion->limit));
    }
    if (!(most >= 1.0) || most > MOST_REPLICATIONS)
        return 0;
    double unit = fmax(1.0, pow(10.0, floor(log10(most)) - 1.0));
    return (size_t)(ceil(most / unit) * unit);
}

/* The page's command with an option that has another value, or is added. */
static void add_command(struct document *document, const struct result *result, const char *option,
                        const char *value)
{
    const char **words = arena_array(document->arena, result->command_count + 2, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < result->command_count; i++)
        if (strcmp(result->command[i], option) == 0 && strcmp(option, "--set") != 0)
            i++;
        else
            words[count++] = result->command[i];
    words[count++] = option;
    words[count++] = value;
    document_add_command(document, words, count);
}

/* A limit with which the interval as it is would hold, to three digits. */
static const char *easier_limit(const struct result_criterion *criterion, struct arena *arena)
{
    bool is_lower =
        criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
    double end = is_lower ? criterion->estimate.low : criterion->estimate.high;
    const struct digits_scale scale = criterion_words_scale(criterion, NAN);
    double unit = pow(10.0, floor(log10(fabs(scale.factor * end))) - 2.0);
    double steps = scale.factor * end / unit;
    steps = is_lower ? ceil(steps - ROUNDING) - 1.0 : floor(steps + ROUNDING) + 1.0;
    return digits_scaled(steps * unit / scale.factor, &scale, arena);
}

static void add_ways(struct document *document, const struct page *page)
{
    const struct result_setting *shown = page->shown;
    const struct outlook *outlook = page->extras->outlook;
    struct arena *arena = document->arena;
    size_t needed = page_decision_replications(shown);
    if (needed > shown->replications) {
        document_add(document, BLOCK_PARAGRAPH, "Simulate longer:");
        add_command(document, page->result, "--replications", arena_printf(arena, "%zu", needed));
    }
    if (outlook && outlook->enough && outlook->path && strcmp(outlook->setting, shown->name) == 0) {
        document_add(
            document, BLOCK_PARAGRAPH,
            arena_printf(arena, "Give it room: %s = %s holds.", outlook->path, outlook->enough));
        add_command(document, page->result, "--set",
                    arena_printf(arena, "%s=%s", outlook->path, outlook->enough));
    }
    for (size_t i = 0; i < shown->criterion_count; i++)
        if (criterion_words_is_near(&shown->criteria[i]) && shown->criteria[i].span == SPAN_WHOLE &&
            shown->criteria[i].estimate.estimate != 0.0)
            document_add(document, BLOCK_PARAGRAPH,
                         arena_printf(arena,
                                      "Decide the limit: if %s is acceptable for %s, this run "
                                      "holds it as it is.",
                                      easier_limit(&shown->criteria[i], arena),
                                      document_name(document, shown->criteria[i].name)));
}

static const struct document *decision_document(const struct page *page)
{
    struct arena *arena = page->html.arena;
    const struct result_setting *shown = page->shown;
    struct document *document = document_make(arena);
    for (size_t i = 0; i < shown->criterion_count; i++)
        if (shown->criteria[i].verdict == VERDICT_UNDECIDED)
            document_add(document, BLOCK_ITEM,
                         arena_printf(arena, "%s: %s",
                                      document_name(document, shown->criteria[i].name),
                                      undecided_advice(&shown->criteria[i], arena)));
    add_ways(document, page);
    return document;
}

static void write_decision(const struct page *page)
{
    const struct html *html = &page->html;
    size_t setting = (size_t)(page->shown - page->judged->settings);
    const struct figure *figure =
        page_find_bar(page, arena_printf(html->arena, PAGE_DECISION_PICTURE "-%zu", setting));
    const struct document *document = decision_document(page);
    if (figure) {
        fputs("<div class=\"two\">\n", html->out);
        page_blocks_figure(html, figure, PAGE_FIGURE_BESIDE, true);
        fputs("<div>\n", html->out);
    }
    page_blocks_write(html, document->first, NULL, "what would decide it");
    if (figure)
        fputs("</div></div>\n", html->out);
}

void page_parts_add_decision(struct page *page)
{
    if (page->judged && page->judged->verdict == VERDICT_UNDECIDED &&
        decision_document(page)->first)
        page_add_part(page,
                      (struct page_part){.link = "What would decide it", .write = write_decision});
}
