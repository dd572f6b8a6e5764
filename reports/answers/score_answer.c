/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/score_answer.h"
#include "reports/answers/evidence_files.h"
#include "reports/text/number_text.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

size_t score_answer_allowed(size_t values, double confidence)
{
    unsigned allowed = 0;
    double share = 1 - confidence; /* a single value is outside with just this chance */
    while (gsl_cdf_binomial_Q(allowed, share, (unsigned)values) > share * (1 + 1e-9))
        allowed++;
    return allowed;
}

static bool is_outside(const struct score_value *value)
{
    return value->measured < value->low || value->measured > value->high;
}

static const char *place_of(const struct score_value *value)
{
    if (!isfinite(value->low) || !isfinite(value->high))
        return "not projected";
    return value->measured < value->low    ? "below"
           : value->measured > value->high ? "above"
                                           : "inside";
}

/* The measured values of one kind: a table for machines and one for people. */
static void add_values(struct answer *answer, const char *key, const struct score_value *values,
                       size_t count)
{
    static const struct table_column for_machines[] = {
        {"metric", NULL, false},   {"unit", NULL, false},       {"measured", NULL, true},
        {"projected", NULL, true}, {"one_run_low", NULL, true}, {"one_run_high", NULL, true},
        {"place", NULL, false}};
    static const struct table_column for_people[] = {{"metric", NULL, false},
                                                     {"measured", NULL, true},
                                                     {"projected", NULL, true},
                                                     {"one run", NULL, true},
                                                     {"place", NULL, false}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, key, for_machines, 7);
    struct table *shown = table_make(for_people, 5, arena);
    for (size_t i = 0; i < count; i++) {
        const struct score_value *value = &values[i];
        struct table_cell *row = table_add_row(plain);
        const char *place = place_of(value);
        bool is_judged = isfinite(value->low) && isfinite(value->high);
        row[0] = table_text(value->metric);
        row[1] = table_text(value->unit);
        row[2] = table_number(value->measured);
        row[3] = table_number(value->estimate);
        row[4] = table_number(value->low);
        row[5] = table_number(value->high);
        row[6] = table_text(place);
        row = table_add_row(shown);
        row[0] = table_text(value->metric);
        row[1] = table_text(number_text_quantity(value->measured, value->unit, arena));
        row[2] = table_text(number_text_quantity(value->estimate, value->unit, arena));
        row[3] = table_text(number_text_range(value->low, value->high, value->unit, arena));
        row[4] = table_toned(place, is_judged && is_outside(value) ? TONE_BAD : TONE_PLAIN);
    }
    document_add_table(answer->document, shown);
}

static const char *status_of(const struct score_criterion *criterion)
{
    return isnan(criterion->measured) ? "not measured" : criterion->is_met ? "met" : "not met";
}

static void add_criteria(struct answer *answer, const struct score *score)
{
    static const struct table_column columns[] = {{"criterion", NULL, false},
                                                  {"expected", NULL, false},
                                                  {"projected", NULL, false},
                                                  {"measured", NULL, true},
                                                  {"status", NULL, false}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "criteria", columns, 5);
    struct table *shown = table_make(columns, 5, arena);
    for (size_t i = 0; i < score->criterion_count; i++) {
        const struct score_criterion *criterion = &score->criteria[i];
        const char *projected = criterion->projected ? criterion->projected : "none";
        enum tone tone = isnan(criterion->measured) ? TONE_UNSURE
                         : criterion->is_met        ? TONE_GOOD
                                                    : TONE_BAD;
        for (int is_shown = 0; is_shown < 2; is_shown++) {
            struct table_cell *row = table_add_row(is_shown ? shown : plain);
            row[0] = table_text(criterion->name);
            row[1] = table_text(criterion->expect);
            row[2] = table_text(projected);
            row[3] =
                is_shown
                    ? table_text(number_text_quantity(criterion->measured, criterion->unit, arena))
                    : table_number(criterion->measured);
            row[4] = table_toned(status_of(criterion), tone);
        }
    }
    if (score->criterion_count == 0)
        return;
    document_add(answer->document, BLOCK_HEADING, "Criteria, by what was measured");
    document_add_table(answer->document, shown);
}

/* The statement stands before the tables that it sums up, so that they are counted first. */
static void count_all(const struct score *score, size_t *judged, size_t *outside)
{
    const struct score_value *lists[] = {score->values, score->of_test};
    const size_t counts[] = {score->value_count, score->test_count};
    *judged = *outside = 0;
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < counts[l]; i++)
            if (isfinite(lists[l][i].low) && isfinite(lists[l][i].high)) {
                ++*judged;
                *outside += is_outside(&lists[l][i]);
            }
}

/* Whether the criteria hold is another question than whether the model does. */
static void add_criteria_statement(struct answer *answer, const struct score *score)
{
    size_t measured = 0, met = 0;
    for (size_t i = 0; i < score->criterion_count; i++) {
        bool is_measured = !isnan(score->criteria[i].measured);
        measured += is_measured;
        met += is_measured && score->criteria[i].is_met;
    }
    answer_add_number(answer, "criteria_measured", (double)measured, "");
    answer_add_number(answer, "criteria_met", (double)met, "");
    if (measured == 0)
        return;
    document_add_statement(answer->document, met == measured ? TONE_GOOD : TONE_BAD,
                           met == measured ? "CRITERIA MET" : "CRITERIA NOT MET",
                           arena_printf(answer->arena,
                                        "%zu of %zu that were measured, whether the model is right "
                                        "or not",
                                        met, measured));
}

static const char *fit_text(const struct score *score, size_t judged, size_t outside,
                            struct arena *arena)
{
    const char *length = evidence_files_duration(score->duration_s, arena);
    if (judged == 0)
        return "nothing that was measured is projected";
    return arena_printf(arena,
                        "the model %s: %zu of %zu measured values lie where one run of %s was "
                        "projected to be",
                        score->is_refused ? "is off" : "fits", judged - outside, judged, length);
}

static void add_explanations(struct answer *answer, const struct score *score)
{
    static const struct table_column columns[] = {{"input", NULL, false},
                                                  {"value", NULL, false},
                                                  {"change", "1", true},
                                                  {"error", "1", true},
                                                  {"explains", "1", true}};
    struct table *table = answer_add_table(answer, "explanations", columns, 5);
    struct arena *arena = answer->arena;
    for (size_t i = 0; i < score->explanation_count; i++) {
        const struct score_explanation *one = &score->explanations[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(one->path);
        row[1] = table_text(one->value);
        row[2] = table_number(one->change);
        row[3] = table_number(one->change_error);
        row[4] = table_number(one->explains);
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(arena,
                                  "%s = %s, changed by %+.3g ± %.2g %%, would explain %s of "
                                  "the difference",
                                  one->path, one->value, 100 * one->change, 200 * one->change_error,
                                  number_text_quantity(one->explains, "1", arena)));
    }
    if (score->explanation_count > 1)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "What was measured does not tell these apart.");
    if (score->is_refused && score->explanation_count == 0)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "No change of one input alone explains half of the difference.");
}

static void add_statement(struct answer *answer, const struct score *score, size_t judged,
                          size_t outside)
{
    struct arena *arena = answer->arena;
    bool is_fine = !score->is_refused;
    answer->verdict = judged == 0 ? VERDICT_UNDECIDED : is_fine ? VERDICT_PASS : VERDICT_FAIL;
    document_add_statement(answer->document,
                           judged == 0 ? TONE_UNSURE
                           : is_fine   ? TONE_GOOD
                                       : TONE_BAD,
                           judged == 0 ? "UNDECIDED"
                           : is_fine   ? "PASS"
                                       : "FAIL",
                           fit_text(score, judged, outside, arena));
    add_criteria_statement(answer, score);
    if (judged > 0)
        document_add(
            answer->document, BLOCK_PARAGRAPH,
            arena_printf(
                arena,
                "The intervals are of one real run, with %g %% confidence. Values are "
                "correlated, so they are judged together, against %zu simulated runs of "
                "that length on customers of their own%s: of these up to %zu of %zu values "
                "are outside in 95 %%, and %s are as far outside as what was measured. A "
                "right model is refused in at most 3.3 %% of cases.",
                100 * score->confidence, score->runs,
                score->has_draws ? " and with values drawn for what is uncertain" : "",
                score->usual, judged, number_text_quantity(score->p, "1", arena)));
    add_explanations(answer, score);
    if (score->duration_s != score->evidence_s)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena,
                                  "The evidence projects runs of %s. What one of %s shows was "
                                  "simulated for this, from the inputs that the evidence keeps.",
                                  evidence_files_duration(score->evidence_s, arena),
                                  evidence_files_duration(score->duration_s, arena)));
    if (score->source)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena, "Measured: %s", score->source));
}

void score_answer_add(struct answer *answer, const struct score *score)
{
    size_t judged, outside;
    count_all(score, &judged, &outside);
    add_statement(answer, score, judged, outside);
    answer_add_number(answer, "judged", (double)judged, "");
    answer_add_number(answer, "outside", (double)outside, "");
    answer_add_number(answer, "allowed_by_chance", (double)score->usual, "");
    answer_add_number(answer, "runs", (double)score->runs, "");
    answer_add_number(answer, "p", score->p, "1");
    answer_add_number(answer, "confidence", score->confidence, "1");
    answer_add_number(answer, "duration_s", score->duration_s, "s");
    answer_add_number(answer, "evidence_s", score->evidence_s, "s");
    document_add(answer->document, BLOCK_HEADING, "Measured and projected");
    add_values(answer, "values", score->values, score->value_count);
    if (score->test_count > 0) {
        document_add(answer->document, BLOCK_HEADING, "The load test");
        add_values(answer, "load_test", score->of_test, score->test_count);
    }
    add_criteria(answer, score);
}
