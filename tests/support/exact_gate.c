/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/exact_gate.h"

#include "models/engine/model.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the whole family; half on each side. */
static const double FALSE_ALARM = 1e-6;
/* The width of a bucket, and the rounding of times to nanoseconds. */
static const double HISTOGRAM_ERROR = 0.002, ROUNDING_S = 1e-9;
/* Of OFTEN replications; it grows with the root of what there is less. */
static const double MAX_STANDARD_ERROR = 0.01, EXACT_PRECISION = 1e-9;
enum { OFTEN = 60, SELDOM = 10 };

/* Over all cases so far. */
static struct {
    size_t values, failures;    /* failures: since they were last asserted                       */
    double scores, sum_squares; /* of the groups' normal scores                                */
    double group_weights;       /* sum over groups of (scores in it)^2                          */
} family;

struct gate_case {
    const char *id;
    const struct model *model;
    const struct column *columns;
    size_t column_count;
    const struct study_result *result;
    double scores[OFTEN / GATE_GROUP]; /* how many each group gave                   */
};

static size_t replications(void)
{
    return repetitions(OFTEN, SELDOM);
}

static double largest_t(void)
{
    return gsl_cdf_tdist_Qinv(FALSE_ALARM / (2.0 * GATE_MAX_VALUES), (double)replications() - 1);
}

/* What is estimated of few replications may by chance be that much above the true one. */
static double largest_standard_error(void)
{
    double fewer = (double)replications(), chance = 1.0;
    if (fewer < OFTEN)
        chance = gsl_cdf_chisq_Qinv(FALSE_ALARM / GATE_MAX_VALUES, fewer - 1) / (fewer - 1);
    return MAX_STANDARD_ERROR * sqrt(OFTEN / fewer * chance);
}

/* The normal score of a group's t, from whichever tail keeps its digits. */
static double score_of_t(double t)
{
    double size = -gsl_cdf_ugaussian_Pinv(gsl_cdf_tdist_Q(fabs(t), GATE_GROUP - 1));
    return t < 0.0 ? -size : size;
}

static void add_scores(struct gate_case *gate, int column, double exact)
{
    for (size_t group = 0; group < replications() / GATE_GROUP; group++) {
        double sum = 0.0, squares = 0.0;
        for (size_t r = group * GATE_GROUP; r < (group + 1) * GATE_GROUP; r++) {
            double off = gate->result->values[r * gate->column_count + (size_t)column] - exact;
            sum += off;
            squares += off * off;
        }
        double mean = sum / GATE_GROUP;
        double variance = (squares - sum * mean) / (GATE_GROUP - 1);
        if (variance == 0.0)
            continue; /* no event in the group: nothing to tell */
        double score = score_of_t(mean / sqrt(variance / GATE_GROUP));
        family.sum_squares += score * score;
        gate->scores[group]++;
    }
}

static void compare_value(struct gate_case *gate, const struct gate_value *value)
{
    int column = model_find_column(gate->model, value->metric);
    if (column == COLUMN_NONE)
        fail_msg("%s: no metric %s", gate->id, value->metric);
    const struct estimate *estimate = &gate->result->estimates[column];
    bool is_quantile = gate->columns[column].kind == COLUMN_QUANTILE;
    double off = fabs(estimate->estimate - value->exact), error = estimate->standard_error;
    double allowed = EXACT_PRECISION * value->exact;
    if (is_quantile)
        allowed += HISTOGRAM_ERROR * value->exact + ROUNDING_S;
    off = fmax(0.0, off - allowed);
    double scale = value->scale > 0.0 ? value->scale : value->exact;
    double t = off > 0.0 ? off / error : 0.0, vagueness = error > 0.0 ? error / scale : 0.0;
    bool is_met = value->exact == 0.0 ? estimate->estimate == 0.0
                                      : t < largest_t() && vagueness <= largest_standard_error();
    if (!is_met || getenv("CAPSIM_SHOW"))
        print_message("%s %-18s %-26s exact %-12.7g estimate %-12.7g t %6.2f  error %.3f %%\n",
                      is_met ? "  " : "**", gate->id, value->metric, value->exact,
                      estimate->estimate, t, 100.0 * vagueness);
    family.failures += !is_met;
    family.values++;
    if (!is_quantile && error > 0.0)
        add_scores(gate, column, value->exact);
}

static void compare_all(struct gate_case *gate, const struct gate_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        compare_value(gate, &values[i]);
    for (size_t group = 0; group < replications() / GATE_GROUP; group++) {
        family.scores += gate->scores[group];
        family.group_weights += gate->scores[group] * gate->scores[group];
    }
}

void gate_run(const char *id, struct scenario *scenario, double duration_s,
              const struct gate_value *values, size_t count)
{
    struct arena *arena = arena_open();
    struct error err = {.status = STATUS_OK};
    scenario->run.seed = stream_id(id);
    scenario->run.duration_ns = scenario->run.window_ns = distribution_to_ns(duration_s);
    scenario->run.warmup_ns = distribution_to_ns(duration_s / 10.0);
    struct model *model = model_compile(scenario, arena, &err);
    if (!model)
        fail_msg("%s: %s", id, err.message);
    model_set_warmup(model, scenario->run.warmup_ns);
    struct study_setting setting = {.model = model,
                                    .replicate = model_replicate,
                                    .histogram_count = model_histogram_count(model)};
    setting.columns = model_columns(model, &setting.column_count);
    struct study_options options = {.min_replications = replications(),
                                    .max_replications = replications(),
                                    .precision = 0.01,
                                    .confidence = 0.95,
                                    .workers = {.threads = replications_cores()}};
    struct study_outcome outcome;
    if (!study_run(&setting, 1, &options, arena, &outcome, &err))
        fail_msg("%s: %s", id, err.message);
    struct gate_case gate = {.id = id,
                             .model = model,
                             .columns = setting.columns,
                             .column_count = setting.column_count,
                             .result = &outcome.results[0]};
    compare_all(&gate, values, count);
    arena_close(arena);
}

void gate_assert_agreement(void)
{
    size_t failures = family.failures;
    family.failures = 0;
    if (failures > 0)
        fail_msg("%zu values differ (|t| must be below %.2f) or are too vague", failures,
                 largest_t());
}

void gate_assert_spread(void)
{
    double groups = family.scores * family.scores / family.group_weights;
    double spread = sqrt(family.sum_squares / family.scores);
    double low = sqrt(gsl_cdf_chisq_Pinv(0.5 * FALSE_ALARM, groups) / groups);
    double high = sqrt(gsl_cdf_chisq_Qinv(0.5 * FALSE_ALARM, groups) / groups);
    print_message("%zu values, largest |t| allowed %.2f; spread of %.0f scores in %.0f groups "
                  "%.3f, allowed %.3f to %.3f\n",
                  family.values, largest_t(), family.scores, groups, spread, low, high);
    assert_true(family.values <= GATE_MAX_VALUES);
    if (replications() == OFTEN)
        assert_true(low > 0.8 && high < 1.2); /* else the bounds would see too little */
    assert_true(spread > low && spread < high);
}
