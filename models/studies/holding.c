/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/holding.h"
#include <math.h>

struct sum {
    struct holding found;
    size_t pool;
    double all, most; /* s of holding per s */
};

static void add_step(struct sum *sum, const struct step *step, double weight)
{
    double rows = step->kind == STEP_FETCH
                      ? fmin(distribution_rough_mean(step->size), (double)step->row_limit)
                      : 1;
    double time = weight * rows * distribution_rough_mean(step->duration);
    if (!(time > 0))
        return;
    sum->all += time;
    sum->found.count++;
    if (time > sum->most) {
        sum->most = time;
        sum->found.longest = step;
    }
}

/* Recursion: steps are at most SPEC_MAX_NESTING deep. */
static void add_steps(struct sum *sum, const struct step *steps, size_t count, double weight,
                      bool is_held)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        bool takes_time =
            step->kind == STEP_DELAY || step->kind == STEP_WORK || step->kind == STEP_FETCH;
        bool holds = is_held || (step->kind == STEP_HOLD && step->station == STATION_POOL &&
                                 step->pool == sum->pool);
        double inside = step->kind == STEP_REPEAT ? weight * (double)step->times : weight;
        if (takes_time && is_held)
            add_step(sum, step, weight);
        add_steps(sum, step->steps, step->step_count, inside, holds);
        for (size_t b = 0; b < step->branch_count; b++)
            add_steps(sum, step->branches[b].steps, step->branches[b].step_count,
                      weight * step->branches[b].share, is_held);
    }
}

struct holding holding_of(const struct scenario *spec, const double *rates_per_s, size_t pool)
{
    struct sum sum = {.pool = pool};
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++) {
            const struct class_spec *class = &spec->workloads[w].classes[c];
            add_steps(&sum, class->steps, class->step_count, rates_per_s[w] * class->share, false);
        }
    sum.found.share = sum.all > 0 ? sum.most / sum.all : 0;
    return sum.found;
}
