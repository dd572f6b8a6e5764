/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would decide an undecided verdict. */
#include "reports/document/criterion_words.h"
#include "reports/document/findings.h"
#include "reports/result/undecided.h"
#include "reports/writers/page_parts.h"
#include <math.h>
#include <string.h>

/* More are no advice. */
static const double MOST_REPLICATIONS = 100000.0;

/* Replications that would probably decide all that more of them can decide, rounded up to two
 * digits; 0: none is of that kind, or it takes too many. */
static size_t replications_needed(const struct result_setting *setting)
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

/* The page's command with that many replications instead. */
static void add_command(struct document *document, const struct result *result, size_t replications)
{
    const char **words = arena_array(document->arena, result->command_count + 2, sizeof *words);
    size_t count = 0;
    for (size_t i = 0; i < result->command_count; i++)
        if (strcmp(result->command[i], "--replications") == 0)
            i++;
        else
            words[count++] = result->command[i];
    words[count++] = "--replications";
    words[count++] = arena_printf(document->arena, "%zu", replications);
    document_add_command(document, words, count);
}

void page_parts_add_decision(struct page *page)
{
    struct arena *arena = page->html.arena;
    const struct result_setting *shown = page->shown;
    struct document *document = document_make(arena);
    if (!page->judged || page->judged->verdict != VERDICT_UNDECIDED)
        return;
    for (size_t i = 0; i < shown->criterion_count; i++)
        if (shown->criteria[i].verdict == VERDICT_UNDECIDED)
            document_add(document, BLOCK_ITEM,
                         arena_printf(arena, "%s: %s",
                                      document_name(document, shown->criteria[i].name),
                                      undecided_advice(&shown->criteria[i], arena)));
    size_t needed = replications_needed(shown);
    if (needed > shown->replications) {
        document_add(document, BLOCK_PARAGRAPH, "Simulate longer:");
        add_command(document, page->result, needed);
    }
    if (document->first)
        page_add_part(page,
                      (struct page_part){.link = "What would decide it", .first = document->first});
}
