/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_checks: the self-checks of a study's result; see model.h and self_check.h. */
#include "models/engine/growth_checks.h"
#include "models/engine/model_internal.h"
#include "models/program/analytic_match.h"
#include "sim/study/judge.h"
#include <math.h>

/* Checks being listed. */
struct list {
    const struct model *model;
    const struct study_result *result;
    struct arena *arena;
    struct model_check *checks;
    size_t count;
};

static double mean_of(const struct list *list, size_t column)
{
    return list->result->estimates[column].estimate;
}

static void add(struct list *list, const char *law, const char *of, double simulated,
                double expected, double tolerance)
{
    list->checks[list->count++] =
        (struct model_check){.name = arena_printf(list->arena, "%s: %s", law, of),
                             .simulated = simulated,
                             .expected = expected,
                             .tolerance = tolerance,
                             .holds = fabs(simulated - expected) <= tolerance};
}

/* A law that holds to the nanosecond: only the conversion to double may differ. */
static void add_exact(struct list *list, const char *law, const char *of, size_t column)
{
    const double rounding = 1e-9;
    double simulated = mean_of(list, column), expected = mean_of(list, column + 1);
    add(list, law, of, simulated, expected, rounding * (1 + fabs(expected)));
}

/* Without growth the two halves of the measured time differ by chance alone: one false alarm in a
 * million, and nothing below a fifth is called growth. */
static void add_steadiness(struct list *list, const char *of, size_t column)
{
    const struct study_result *result = list->result;
    const double confidence = 1 - 1e-6, negligible = 0.2;
    const double *earlier = &result->values[column], *later = &result->values[column + 1];
    size_t stride = list->model->metrics.column_count;
    struct estimate growth =
        estimate_paired(earlier, later, result->started, stride, stride, 0, NAN, 0, confidence);
    if (!growth.has_interval)
        return;
    double expected = mean_of(list, column);
    double half_width = (growth.high - growth.low) / 2;
    add(list, "steady state (number present in the second half and in the first)", of,
        mean_of(list, column + 1), expected, fmax(half_width, negligible * expected));
    struct model_check *check = &list->checks[list->count - 1];
    if (!check->holds)
        check->words = arena_printf(list->arena,
                                    "overloaded or not settled: %.4g of \"%s\" are present in the "
                                    "second half on average, %.4g in the first",
                                    check->simulated, of, check->expected);
}

/* A metric beside its formula. */
struct formula {
    const char *resource, *metric;
    double expected;
};

enum { MOST_FORMULAS = 5 };

/* Of all formulas of a scenario together one false alarm in a thousand studies; of each, by the
 * interval of the metric itself, which is longer on the side to which it is skewed: near saturation
 * Student's alarms ten times as often as it says. */
static const double FALSE_ALARM = 1e-3;

static struct study_setting setting_of(const struct model *model)
{
    return (struct study_setting){.columns = model->metrics.columns,
                                  .column_count = model->metrics.column_count,
                                  .scopes = model->scopes,
                                  .run_s = (double)model->spec->run.duration_ns / 1e9,
                                  .warmup_s = (double)model->warmup_ns / 1e9};
}

static void add_formula(struct list *list, const char *model, const struct formula *formula,
                        double confidence)
{
    const double rounding = 1e-9;
    const char *name = arena_printf(list->arena, "%s.%s", formula->resource, formula->metric);
    int column = metrics_find(&list->model->metrics, name);
    const struct study_setting setting = setting_of(list->model);
    double expected = formula->expected;
    struct estimate estimate = judge_column(&setting, list->result, column, confidence);
    if (!estimate.has_interval || estimate.is_upper_bound || isnan(estimate.estimate))
        return;
    double side = expected > estimate.estimate ? estimate.high - estimate.estimate
                                               : estimate.estimate - estimate.low;
    add(list, arena_printf(list->arena, "formula of %s", model), name, estimate.estimate, expected,
        side + rounding * (1 + fabs(expected)));
    struct model_check *check = &list->checks[list->count - 1];
    if (!check->holds)
        check->words = arena_printf(list->arena,
                                    "\"%s\" disagrees with the formula of %s, %.4g: the runs are "
                                    "too short, or this is not that queue",
                                    name, model, expected);
}

/* Where nobody waited in any replication, the mean of 0 has no spread to compare a formula by. */
static bool has_waits(const struct list *list, const char *pool)
{
    const char *name = arena_printf(list->arena, "%s.wait.probability", pool);
    return !list->result->estimates[metrics_find(&list->model->metrics, name)].is_upper_bound;
}

/* Formulas of the match that can be held against what was observed; returns how many. */
static size_t list_formulas(const struct list *list, const struct analytic_match *match,
                            struct formula *formulas)
{
    const struct scenario *spec = list->model->spec;
    size_t count = 0;
    if (match->is_shared) {
        const char *cpu = spec->cpus[match->cpu].name;
        formulas[count++] = (struct formula){cpu, "utilization", match->answer.utilization};
        formulas[count++] = (struct formula){cpu, "queue", match->jobs};
        formulas[count++] = (struct formula){cpu, "slowdown.mean", match->slowdown};
        return count;
    }
    const char *pool = spec->pools[match->pool].name;
    formulas[count++] = (struct formula){pool, "utilization", match->answer.utilization};
    if (has_waits(list, pool))
        formulas[count++] = (struct formula){pool, "wait.mean", match->answer.wait_mean_s};
    formulas[count++] = (struct formula){pool, "wait.probability", match->answer.wait_probability};
    if (match->answer.refused_rate > 0)
        formulas[count++] = (struct formula){pool, "refused_rate", match->answer.refused_rate};
    if (match->answer.timeout_rate > 0)
        formulas[count++] = (struct formula){pool, "timeout_rate", match->answer.timeout_rate};
    return count;
}

static void add_formulas(struct list *list)
{
    struct formula formulas[MOST_FORMULAS];
    struct analytic_match match;
    if (list->model->warmup_ns == 0 ||
        !analytic_match_scenario(list->model->spec, list->arena, &match))
        return;
    size_t count = list_formulas(list, &match, formulas);
    for (size_t i = 0; i < count; i++)
        add_formula(list, match.model, &formulas[i], 1 - FALSE_ALARM / (double)count);
}

/* True if both halves of the measured time have as many cycles, or so many that one more or less is
 * negligible. */
static bool has_like_halves(const struct scenario *spec)
{
    enum { MANY = 20 };
    int64_t half = spec->run.duration_ns / 2;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        if (arrivals->process == ARRIVAL_CYCLE && half % arrivals->cycle.every_ns != 0 &&
            half / MANY < arrivals->cycle.every_ns)
            return false;
    }
    return true;
}

/* Returns the column behind those of the kind. */
static size_t add_laws(struct list *list, enum station_number kind, size_t column)
{
    const struct scenario *spec = list->model->spec;
    for (size_t i = 0; i < station_count(spec, kind); i++)
        for (int law = 0; law < station_kinds[kind]->laws; law++, column += 2)
            add_exact(list, station_kinds[kind]->law_names[law], station_name(spec, kind, i),
                      column);
    return column;
}

/* Of jobs that come in cycles the quarters are not alike. */
static bool has_cycles(const struct scenario *spec)
{
    for (size_t w = 0; w < spec->workload_count; w++)
        if (spec->workloads[w].arrivals.process == ARRIVAL_CYCLE)
            return true;
    return false;
}

const struct model_check *model_checks(const struct model *model, const struct study_result *result,
                                       struct arena *arena, size_t *count)
{
    const struct scenario *spec = model->spec;
    struct list list = {.model = model, .result = result, .arena = arena};
    size_t laws = 0;
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        laws += station_count(spec, (enum station_number)kind) * (size_t)station_kinds[kind]->laws;
    list.checks =
        arena_array(arena, laws + 6 * spec->workload_count + 5 + model->program->class_count,
                    sizeof *list.checks);
    bool is_meant_steady = !model->is_unstable && !model->is_time_varying && model->warmup_ns > 0 &&
                           has_like_halves(spec);
    size_t column = model->metrics.check_base;
    column = add_laws(&list, STATION_POOL, column);
    for (size_t w = 0; w < spec->workload_count; w++, column += WORKLOAD_CHECKS) {
        add_exact(&list, "Little's law (in system)", spec->workloads[w].name,
                  column + CHECK_PRESENT);
        add_exact(&list, "flow balance", spec->workloads[w].name, column + CHECK_ARRIVED);
        if (is_meant_steady)
            add_steadiness(&list, spec->workloads[w].name, column + CHECK_EARLIER);
    }
    for (size_t kind = STATION_POOL + 1; kind < STATION_KINDS; kind++)
        column = add_laws(&list, (enum station_number)kind, column);
    for (size_t w = 0; w < spec->workload_count; w++) {
        if (spec->workloads[w].arrivals.process != ARRIVAL_CYCLE)
            continue;
        add_exact(&list, "cycles due are begun, missed or waiting", spec->workloads[w].name,
                  column + CHECK_DUE);
        add_exact(&list, "cycles begun have ended or run", spec->workloads[w].name,
                  column + CHECK_BEGUN);
        add_exact(&list, "jobs released are those of the cycles begun", spec->workloads[w].name,
                  column + CHECK_RELEASED);
        column += CYCLE_CHECKS;
    }
    list.count += growth_checks_find(
        model, result, column, !model->is_unstable && !model->is_time_varying && !has_cycles(spec),
        &list.checks[list.count], arena);
    add_formulas(&list);
    *count = list.count;
    return list.checks;
}
