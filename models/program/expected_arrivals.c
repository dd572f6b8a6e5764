/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/expected_arrivals.h"
#include "models/program/program.h"
#include "models/spec/cpu_capacity.h"
#include "models/spec/profile.h"
#include "sim/base/duration_text.h"
#include <math.h>

static double batch_of(const struct arrival_spec *arrivals)
{
    return arrivals->batch ? distribution_mean(arrivals->batch) : 1;
}

static bool is_finite_trace(const struct arrival_spec *arrivals)
{
    return arrivals->process == ARRIVAL_TRACE && arrivals->trace->rounds != ARRIVAL_TRACE_ENDLESS;
}

double expected_arrivals_long_run(const struct workload_spec *workload)
{
    const struct arrival_spec *arrivals = &workload->arrivals;
    bool is_waiting = arrivals->process == ARRIVAL_CYCLE &&
                      arrivals->cycle.overrun != OVERRUN_QUEUE &&
                      arrivals->cycle.overrun != OVERRUN_OVERLAP;
    if (arrival_is_closed(arrivals) || is_waiting || is_finite_trace(arrivals) ||
        arrivals->process == ARRIVAL_NONE)
        return 0;
    double factor = arrivals->profile ? profile_mean(arrivals->profile) : 1;
    return arrivals->rate_per_s * batch_of(arrivals) * factor;
}

/* Expected time [s] from one request of a customer to his next one when nobody waits. */
static double expected_cycle(const struct scenario *spec, const struct workload_spec *workload)
{
    double cycle = workload->arrivals.think ? distribution_rough_mean(workload->arrivals.think) : 0;
    for (size_t c = 0; c < workload->class_count; c++)
        cycle +=
            workload->classes[c].share * program_expected_length(spec, workload->classes[c].steps,
                                                                 workload->classes[c].step_count);
    return cycle;
}

/* Expected work [s] of one request on a cpu. */
static double expected_work(const struct workload_spec *workload, size_t cpu)
{
    double work = 0;
    for (size_t c = 0; c < workload->class_count; c++)
        work +=
            workload->classes[c].share *
            program_expected_work(workload->classes[c].steps, workload->classes[c].step_count, cpu);
    return work;
}

double expected_arrivals_closed(const struct scenario *spec, const struct workload_spec *workload,
                                struct arena *arena)
{
    double rate = (double)workload->arrivals.customers / expected_cycle(spec, workload);
    double *held = arena_array(arena, spec->pool_count, sizeof *held);
    for (size_t c = 0; c < workload->class_count; c++)
        program_expect_holds(spec, workload->classes[c].steps, workload->classes[c].step_count,
                             workload->classes[c].share, held);
    for (size_t p = 0; p < spec->pool_count; p++)
        rate = fmin(rate, (double)(spec->pools[p].max * spec->pools[p].copies) / held[p]);
    for (size_t c = 0; c < spec->cpu_count; c++)
        rate = fmin(rate, cpu_capacity(&spec->cpus[c]) / expected_work(workload, c));
    return rate;
}

double expected_arrivals(const struct scenario *spec, const struct workload_spec *workload,
                         int64_t length, struct arena *arena)
{
    const struct arrival_spec *arrivals = &workload->arrivals;
    double seconds = (double)length / 1e9;
    if (arrival_is_closed(arrivals)) {
        if (arrivals->process == ARRIVAL_LOAD_TEST && arrivals->duration_ns < length)
            seconds = (double)arrivals->duration_ns / 1e9;
        double most = arrivals->process == ARRIVAL_LOAD_TEST && arrivals->requests != SPEC_UNLIMITED
                          ? (double)arrivals->requests
                          : INFINITY;
        return fmin(most, expected_arrivals_closed(spec, workload, arena) * seconds);
    }
    if (arrivals->profile)
        seconds = profile_area(arrivals->profile, (double)length) / 1e9;
    double instants = arrivals->rate_per_s * seconds;
    if (is_finite_trace(arrivals))
        instants = fmin(instants, (double)arrivals->trace->rows * (double)arrivals->trace->rounds);
    return instants * batch_of(arrivals);
}

bool expected_arrivals_is_time_varying(const struct workload_spec *workload)
{
    const struct arrival_spec *arrivals = &workload->arrivals;
    return arrivals->profile || arrivals->process == ARRIVAL_TRACE ||
           arrivals->process == ARRIVAL_LOAD_TEST;
}

bool expected_arrivals_stands_still(const struct scenario *spec,
                                    const struct workload_spec *workload)
{
    bool ends = workload->arrivals.requests != SPEC_UNLIMITED &&
                workload->arrivals.process == ARRIVAL_LOAD_TEST;
    return arrival_is_closed(&workload->arrivals) && !ends && expected_cycle(spec, workload) == 0;
}

/* The end of a trace that is played `rounds` times; the last mean gap counts as part of it. */
static double end_of_trace(const struct arrival_trace *trace)
{
    double more = (double)(trace->rounds - 1) * (double)trace->round_ns;
    return ((double)trace->last_ns + more) / trace->scale;
}

const char *expected_arrivals_warn_of_trace(const struct workload_spec *workload, int64_t length,
                                            struct arena *arena)
{
    const struct arrival_trace *trace = workload->arrivals.trace;
    const double negligible = 0.01; /* of the length: a trace seldom ends with the run */
    if (workload->arrivals.process != ARRIVAL_TRACE)
        return NULL;
    double first = (double)trace->first_ns / trace->scale;
    if (first >= (double)length)
        return arena_printf(arena,
                            "%s: the first arrival of %s is at %s, when the run of %s is "
                            "over: nothing arrives",
                            workload->name, trace->file, duration_text(first / 1e9, arena),
                            duration_text((double)length / 1e9, arena));
    if (trace->rounds == ARRIVAL_TRACE_ENDLESS ||
        end_of_trace(trace) >= (1 - negligible) * (double)length)
        return NULL;
    return arena_printf(arena,
                        "%s: the last arrival of %s is at %s of a run of %s: averages "
                        "include the time after it",
                        workload->name, trace->file,
                        duration_text(end_of_trace(trace) / 1e9, arena),
                        duration_text((double)length / 1e9, arena));
}
