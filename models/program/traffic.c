/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/traffic.h"
#include "models/program/program.h"
#include <string.h>

static double visits_per_request(const struct workload_spec *workload, enum step_kind kind,
                                 size_t target)
{
    double visits = 0;
    for (size_t c = 0; c < workload->class_count; c++)
        visits += workload->classes[c].share *
                  program_expected_visits(workload->classes[c].steps,
                                          workload->classes[c].step_count, kind, target);
    return visits;
}

static bool has_spawn(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == STEP_SPAWN || has_spawn(steps[i].steps, steps[i].step_count))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (has_spawn(steps[i].branches[b].steps, steps[i].branches[b].step_count))
                return true;
    }
    return false;
}

/* One more generation of jobs: next[v] = sum of last[w] times the v that a w spawns. Returns
 * whether there are any. */
static bool spawn_generation(const struct scenario *spec, const double *last, double *next)
{
    bool has_any = false;
    memset(next, 0, spec->workload_count * sizeof *next);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        bool is_spawning = false;
        for (size_t c = 0; c < workload->class_count; c++)
            is_spawning |= has_spawn(workload->classes[c].steps, workload->classes[c].step_count);
        if (last[w] <= 0 || !is_spawning)
            continue;
        for (size_t v = 0; v < spec->workload_count; v++)
            next[v] += last[w] * visits_per_request(workload, STEP_SPAWN, v);
        has_any = true;
    }
    return has_any;
}

const double *traffic_find_rates(const struct scenario *spec, const double *own,
                                 struct arena *arena)
{
    size_t count = spec->workload_count;
    double *rates = arena_array(arena, count, sizeof *rates);
    double *last = arena_array(arena, count, sizeof *last);
    double *next = arena_array(arena, count, sizeof *next);
    for (size_t w = 0; w < count; w++)
        rates[w] = last[w] = own[w];
    for (size_t generation = 0; generation < count && spawn_generation(spec, last, next);
         generation++) {
        for (size_t w = 0; w < count; w++)
            rates[w] += next[w];
        memcpy(last, next, count * sizeof *last);
    }
    return rates;
}

double traffic_passes_per_s(const struct scenario *spec, const double *rates_per_s, size_t l)
{
    double passes = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        passes += rates_per_s[w] * visits_per_request(&spec->workloads[w], STEP_PASS, l);
    return passes;
}

bool traffic_has_deadline(const struct scenario *spec)
{
    for (size_t w = 0; w < spec->workload_count; w++)
        if (spec->workloads[w].deadline_ns > 0)
            return true;
    return false;
}

bool traffic_is_cut(const struct scenario *spec)
{
    for (size_t l = 0; l < spec->limiter_count; l++)
        if (!spec->limiters[l].is_waiting)
            return true;
    return traffic_has_deadline(spec);
}
