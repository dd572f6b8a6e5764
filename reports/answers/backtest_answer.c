/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/backtest_answer.h"
#include "reports/text/number_text.h"
#include <math.h>

enum { WORST_SHOWN = 10 };

static const char *percent(double share, struct arena *arena)
{
    return number_text_quantity(share, "1", arena);
}

static double finite_or_nan(double value)
{
    return isfinite(value) ? value : NAN;
}

/* "1.02 (0.98 to 1.07)" */
static const char *bias_text(const struct backtest_metric *metric, struct arena *arena)
{
    if (isnan(metric->bias))
        return "-";
    if (!isfinite(metric->bias_low) || !isfinite(metric->bias_high))
        return number_text_quantity(metric->bias, "", arena);
    return arena_printf(arena, "%s (%s)", number_text_quantity(metric->bias, "", arena),
                        number_text_range(metric->bias_low, metric->bias_high, "", arena));
}

/* ---- metrics --------------------------------------------------------------------------------- */

static void add_metrics(struct answer *answer, const struct ledger *ledger,
                        const struct backtest *found)
{
    static const struct table_column machines[] = {
        {"metric", NULL, false},      {"values", NULL, true},        {"inside", NULL, true},
        {"coverage_low", NULL, true}, {"coverage_high", NULL, true}, {"bias", NULL, true},
        {"bias_low", NULL, true},     {"bias_high", NULL, true},     {"spread", NULL, true}};
    static const struct table_column people[] = {{"metric", NULL, false},
                                                 {"inside", NULL, true},
                                                 {"share inside", NULL, true},
                                                 {"measured / projected", NULL, true},
                                                 {"spread", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "metrics", machines, 9);
    struct table *shown = table_make(people, 5, arena);
    for (size_t i = 0; i < found->metrics; i++) {
        const struct backtest_metric *metric = &found->metric[i];
        const char *name = ledger->metric[metric->metric].name;
        struct table_cell *row = table_add_row(plain);
        row[0] = table_text(name);
        row[1] = table_number((double)metric->count);
        row[2] = table_number((double)metric->inside);
        row[3] = table_number(metric->coverage_low);
        row[4] = table_number(metric->coverage_high);
        row[5] = table_number(metric->bias);
        row[6] = table_number(finite_or_nan(metric->bias_low));
        row[7] = table_number(finite_or_nan(metric->bias_high));
        row[8] = table_number(finite_or_nan(metric->spread));
        row = table_add_row(shown);
        row[0] = table_text(name);
        row[1] = table_text(arena_printf(arena, "%zu of %zu", metric->inside, metric->count));
        row[2] =
            table_text(number_text_range(metric->coverage_low, metric->coverage_high, "1", arena));
        row[3] = table_text(bias_text(metric, arena));
        row[4] = table_text(number_text_quantity(finite_or_nan(metric->spread), "", arena));
    }
    document_add(answer->document, BLOCK_HEADING, "By metric");
    document_add_table(answer->document, shown);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* All values, the worst first; people see those that are outside, and never more than a few. */
static void add_values(struct answer *answer, const struct ledger *ledger,
                       const struct backtest *found)
{
    static const struct table_column machines[] = {
        {"pair", NULL, false},        {"metric", NULL, false},   {"unit", NULL, false},
        {"measured", NULL, true},     {"projected", NULL, true}, {"one_run_low", NULL, true},
        {"one_run_high", NULL, true}, {"out", NULL, true}};
    static const struct table_column people[] = {
        {"pair", NULL, false},     {"metric", NULL, false}, {"measured", NULL, true},
        {"projected", NULL, true}, {"one run", NULL, true}, {"half intervals off", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "values", machines, 8);
    struct table *shown = table_make(people, 6, arena);
    for (size_t i = 0; i < ledger->entries; i++) {
        const struct backtest_entry *entry = &ledger->entry[found->worst[i]];
        const struct ledger_metric *metric = &ledger->metric[entry->metric];
        double out = found->out[found->worst[i]];
        struct table_cell *row = table_add_row(plain);
        row[0] = table_text(ledger->pair[entry->pair]);
        row[1] = table_text(metric->name);
        row[2] = table_text(metric->unit);
        row[3] = table_number(entry->measured);
        row[4] = table_number(entry->predicted);
        row[5] = table_number(entry->low);
        row[6] = table_number(entry->high);
        row[7] = table_number(finite_or_nan(out));
        if (out <= 1 || shown->row_count >= WORST_SHOWN)
            continue;
        row = table_add_row(shown);
        row[0] = table_text(ledger->pair[entry->pair]);
        row[1] = table_text(metric->name);
        row[2] = table_text(number_text_quantity(entry->measured, metric->unit, arena));
        row[3] = table_text(number_text_quantity(entry->predicted, metric->unit, arena));
        row[4] = table_text(number_text_range(entry->low, entry->high, metric->unit, arena));
        row[5] = table_toned(isfinite(out) ? number_text_quantity(out, "", arena) : "no width",
                             TONE_BAD);
    }
    if (shown->row_count == 0)
        return;
    document_add(answer->document, BLOCK_HEADING, "The worst misses");
    document_add_table(answer->document, shown);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void add_statement(struct answer *answer, const struct ledger *ledger,
                          const struct backtest *found)
{
    struct arena *arena = answer->arena;
    enum verdict verdict = found->is_overconfident                ? VERDICT_FAIL
                           : ledger->pairs < BACKTEST_LEAST_PAIRS ? VERDICT_UNDECIDED
                                                                  : VERDICT_PASS;
    answer->verdict = verdict;
    document_add_statement(
        answer->document,
        verdict == VERDICT_PASS   ? TONE_GOOD
        : verdict == VERDICT_FAIL ? TONE_BAD
                                  : TONE_UNSURE,
        verdict == VERDICT_PASS   ? "PASS"
        : verdict == VERDICT_FAIL ? "FAIL"
                                  : "UNDECIDED",
        arena_printf(arena,
                     "%zu of %zu measured values of %s were inside of their one-run interval",
                     found->all.inside, found->all.count,
                     document_count(answer->document, ledger->pairs, "pair")));
    document_add(answer->document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "The intervals promise %s; the share inside is %s of values like "
                              "these (95 %% confidence, values of one pair counted as they go "
                              "together).",
                              percent(ledger->confidence, arena),
                              number_text_range(found->all.coverage_low, found->all.coverage_high,
                                                "1", arena)));
    if (verdict == VERDICT_UNDECIDED)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena, "Fewer than %d pairs do not tell.", BACKTEST_LEAST_PAIRS));
}

/* Of values that were projected without any spread, and are elsewhere. */
static size_t count_without_width(const struct ledger *ledger, const struct backtest *found)
{
    size_t count = 0;
    for (size_t i = 0; i < ledger->entries; i++)
        count += isinf(found->out[i]) ? 1 : 0;
    return count;
}

static void add_sentences(struct answer *answer, const struct ledger *ledger,
                          const struct backtest *found)
{
    struct arena *arena = answer->arena;
    struct document *document = answer->document;
    size_t narrow = count_without_width(ledger, found);
    if (narrow > 0)
        document_add(document, BLOCK_ITEM,
                     arena_printf(arena,
                                  "%s projected without any spread, as constant times and "
                                  "recorded arrivals make it, and measured elsewhere",
                                  narrow == 1 ? "1 value was"
                                              : arena_printf(arena, "%zu values were", narrow)));
    if (!isnan(found->all.bias))
        document_add(
            document, BLOCK_ITEM,
            arena_printf(arena, "measured / projected: %s in the median, spread %s",
                         bias_text(&found->all, arena),
                         number_text_quantity(finite_or_nan(found->all.spread), "", arena)));
    document_add(document, BLOCK_ITEM,
                 found->is_inflation_known
                     ? arena_printf(arena,
                                    "intervals %s times as long would hold the next value as "
                                    "often as promised",
                                    number_text_quantity(found->inflation, "", arena))
                     : "by how much longer the intervals would have to be is not known: too few "
                       "values, or some without an interval");
    if (!isnan(found->trend))
        document_add(document, BLOCK_ITEM,
                     arena_printf(arena,
                                  "from pair to pair the misses %s (Kendall's tau %.2f, p %.2g)",
                                  found->trend_p >= 0.05 ? "neither grow nor shrink for certain"
                                  : found->trend < 0     ? "shrink"
                                                         : "grow",
                                  found->trend, found->trend_p));
}

void backtest_answer_add(struct answer *answer, const struct ledger *ledger,
                         const struct backtest *found)
{
    answer->is_brief = true;
    add_statement(answer, ledger, found);
    add_sentences(answer, ledger, found);
    answer_add_number(answer, "pairs", (double)ledger->pairs, "");
    answer_add_number(answer, "values", (double)found->all.count, "");
    answer_add_number(answer, "inside", (double)found->all.inside, "");
    answer_add_number(answer, "promised", ledger->confidence, "1");
    answer_add_number(answer, "coverage", found->all.coverage, "1");
    answer_add_number(answer, "coverage_low", found->all.coverage_low, "1");
    answer_add_number(answer, "coverage_high", found->all.coverage_high, "1");
    answer_add_number(answer, "bias", found->all.bias, "");
    answer_add_number(answer, "spread", finite_or_nan(found->all.spread), "");
    answer_add_number(answer, "inflation", found->is_inflation_known ? found->inflation : NAN, "");
    answer_add_number(answer, "greatest_out", finite_or_nan(found->greatest_out), "");
    answer_add_number(answer, "design_effect", found->design_effect, "");
    answer_add_number(answer, "trend", found->trend, "");
    answer_add_number(answer, "trend_p", found->trend_p, "");
    add_metrics(answer, ledger, found);
    add_values(answer, ledger, found);
}
