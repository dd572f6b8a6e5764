/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/growth_checks.h"
#include "sim/stats/growth.h"
#include <math.h>

static const double NS_PER_S = 1e9;

/* A class of the program. */
struct place {
    size_t workload, class;
    const char *name;
};

static double response_of(const struct model *model, const struct study_result *result,
                          const struct place *place, size_t row, struct arena *arena)
{
    int column =
        metrics_find(&model->metrics, arena_printf(arena, "%s.response.mean", place->name));
    return column == COLUMN_NONE
               ? NAN
               : result->values[row * model->metrics.column_count + (size_t)column];
}

/* Fills runs with the replications that are done; returns how many. */
static size_t collect(const struct model *model, const struct study_result *result,
                      const struct place *place, size_t column, struct growth_run *runs,
                      struct arena *arena)
{
    const struct class_spec *class = &model->spec->workloads[place->workload].classes[place->class];
    double expected_s = program_expected_length(model->spec, class->steps, class->step_count);
    size_t count = 0;
    for (size_t r = 0; r < result->started; r++) {
        const double *row = &result->values[r * model->metrics.column_count + column];
        if (isnan(row[CHECK_AT_END]))
            continue;
        struct growth_run *run = &runs[count++];
        double left = row[CHECK_LEFT + 3];
        *run = (struct growth_run){.at_end = row[CHECK_AT_END],
                                   .arrived_at_end = row[CHECK_LATE_ARRIVALS],
                                   .length_s = (double)model->spec->run.duration_ns / NS_PER_S,
                                   .expected_s = expected_s,
                                   .response_s = response_of(model, result, place, r, arena)};
        for (int q = 0; q < GROWTH_QUARTERS; q++) {
            run->level[q] = row[CHECK_LEVELS + q];
            run->completed[q] = row[CHECK_LEFT + q];
        }
        run->at_three_quarters = run->at_end - run->arrived_at_end + left;
        run->least_at_end = left > 0 ? 0 : run->at_three_quarters;
    }
    return count;
}

static struct model_check say_growing(const struct place *place,
                                      const struct growth_finding *finding, struct arena *arena)
{
    const double nearly_all = 0.995;
    const char *rest = finding->never_ends >= nearly_all ? ", all of its arrivals stay for good"
                       : finding->never_ends > 0
                           ? arena_printf(arena, ", %.2g %% of its arrivals stay for good",
                                          100 * finding->never_ends)
                           : "";
    const char *rate = finding->rate_per_s > 0 ? arena_printf(arena, " (by %.3g/s at the end%s)",
                                                              finding->rate_per_s, rest)
                                               : "";
    return (struct model_check){
        .name = arena_printf(arena, "steady state: %s", place->name),
        .words = arena_printf(arena,
                              "overloaded: \"%s\" is still growing%s; figures are those of a run "
                              "that starts as told",
                              place->name, rate),
        .simulated = 1 + finding->growth,
        .expected = 1,
        .tolerance = 0.1};
}

static struct model_check say_standing(const struct place *place,
                                       const struct growth_finding *finding, struct arena *arena)
{
    return (struct model_check){
        .name = arena_printf(arena, "steady state: %s", place->name),
        .words = arena_printf(arena,
                              "\"%s\" stands still: %.0f are in, nobody comes out (a deadlock, or "
                              "a run that is too short for one request)",
                              place->name, finding->standing),
        .simulated = finding->standing,
        .expected = 0,
        .tolerance = 0};
}

/* Whether the runs saw so few of the slow cycles of a class that a burst in the last quarters is no
 * growth. */
static bool has_few_cycles(const struct model *model, const struct study_result *result,
                           const struct place *place, struct arena *arena)
{
    const double enough = 20;
    int column = metrics_find(&model->metrics, arena_printf(arena, "%s.in_system", place->name));
    const struct study_scope *scope = column == COLUMN_NONE ? NULL : model->scopes[column];
    double time_s = (double)result->started * (double)model->spec->run.duration_ns / NS_PER_S;
    return scope && time_s < enough * scope->slowest_s;
}

size_t growth_checks_find(const struct model *model, const struct study_result *result,
                          size_t first_column, bool with_growth, struct model_check *checks,
                          struct arena *arena)
{
    const struct scenario *spec = model->spec;
    struct growth_run *runs = arena_array(arena, result->started, sizeof *runs);
    size_t count = 0, column = first_column;
    if (model->to) /* what changes while it runs has no quarters that are alike */
        return 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++, column += CLASS_CHECKS) {
            struct place place = {w, c, spec->workloads[w].name};
            if (spec->workloads[w].has_mix)
                place.name =
                    arena_printf(arena, "%s.%s", place.name, spec->workloads[w].classes[c].name);
            size_t done = collect(model, result, &place, column, runs, arena);
            if (done == 0 || spec->workloads[w].arrivals.process == ARRIVAL_LOAD_TEST)
                continue;
            struct growth_finding finding = growth_judge(runs, done, model->program->class_count);
            if (finding.is_standing_still)
                checks[count++] = say_standing(&place, &finding, arena);
            else if (with_growth && finding.is_growing &&
                     !has_few_cycles(model, result, &place, arena))
                checks[count++] = say_growing(&place, &finding, arena);
        }
    return count;
}
