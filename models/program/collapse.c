/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/collapse.h"
#include "models/spec/cpu_capacity.h"
#include <math.h>
#include <stdint.h>

double collapse_mean_time(const struct cpu_spec *cpu, double jobs_per_s, double work_s,
                          double most_jobs)
{
    enum { MAX_JOBS = 10000000 }; /* more is never past it: kappa is next to nothing */
    double cores = (double)cpu->cores_milli / CPU_MILLI;
    double step = 1 / jobs_per_s, sum = step; /* from 0 to 1 */
    double before = 0;
    bool was_enough = false;
    if (!(cpu->kappa > 0))
        return INFINITY;
    for (double jobs = 1; jobs <= fmin(most_jobs, MAX_JOBS); jobs++) {
        double rate = fmin(jobs, cores) / cpu_contention(cpu, jobs) / work_s;
        bool is_enough = rate > jobs_per_s;
        if (was_enough && !is_enough)
            return sum;
        if (!was_enough && rate < before) /* the law has one peak, and that was it */
            return 0;
        before = rate;
        was_enough |= is_enough;
        step = 1 / jobs_per_s + rate / jobs_per_s * step;
        sum += step;
        if (isinf(sum))
            return INFINITY;
    }
    return was_enough ? INFINITY : 0;
}

struct guards {
    const struct scenario *spec;
    size_t cpu;
    bool *is_guard; /* [pools] the smallest that is held around some work on the cpu */
    bool has_gap;   /* some work has none around it                                  */
};

static double units(const struct scenario *spec, size_t pool)
{
    return (double)(spec->pools[pool].max * spec->pools[pool].copies);
}

/* around: the smallest pool that is held around these steps; SIZE_MAX: none. */
static void find_guards(struct guards *guards, const struct step *steps, size_t count,
                        size_t around)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        size_t inside = around;
        if ((step->kind == STEP_WORK || step->kind == STEP_FETCH) && step->cpu == guards->cpu) {
            if (around == SIZE_MAX)
                guards->has_gap = true;
            else
                guards->is_guard[around] = true;
        }
        if (step->kind == STEP_HOLD && step->station == STATION_POOL &&
            (around == SIZE_MAX || units(guards->spec, step->pool) < units(guards->spec, around)))
            inside = step->pool;
        find_guards(guards, step->steps, step->step_count, inside);
        for (size_t b = 0; b < step->branch_count; b++)
            find_guards(guards, step->branches[b].steps, step->branches[b].step_count, around);
    }
}

double collapse_most_jobs(const struct scenario *spec, size_t cpu, struct arena *arena)
{
    struct guards guards = {spec, cpu, arena_array(arena, spec->pool_count, sizeof(bool)), false};
    double jobs = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            find_guards(&guards, spec->workloads[w].classes[c].steps,
                        spec->workloads[w].classes[c].step_count, SIZE_MAX);
    for (size_t p = 0; p < spec->pool_count; p++)
        jobs += guards.is_guard[p] ? units(spec, p) : 0;
    return guards.has_gap ? INFINITY : jobs;
}
