/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/synthetic_test.h"
#include <string.h>

static double rate_of(const struct workload_spec *workload)
{
    const struct arrival_spec *arrivals = &workload->arrivals;
    if (arrivals->process == ARRIVAL_NONE)
        return -1;
    return arrival_is_closed(arrivals) ? (double)arrivals->customers : arrivals->rate_per_s;
}

size_t synthetic_test_subject(const struct scenario *spec)
{
    size_t busiest = 0;
    for (size_t w = 1; w < spec->workload_count; w++)
        if (rate_of(&spec->workloads[w]) > rate_of(&spec->workloads[busiest]))
            busiest = w;
    return busiest;
}

struct scenario *synthetic_test_scenario(const struct scenario *spec,
                                         const struct synthetic_test *test, int64_t warmup_ns,
                                         struct arena *arena)
{
    struct scenario *tested = arena_alloc(arena, sizeof *tested);
    size_t count = spec->workload_count;
    struct workload_spec *workloads = arena_array(arena, count + 1, sizeof *workloads);
    memcpy(workloads, spec->workloads, count * sizeof *workloads);
    const struct workload_spec *subject = &spec->workloads[synthetic_test_subject(spec)];
    workloads[count] = *subject;
    workloads[count].name = SYNTHETIC_TEST_NAME;
    workloads[count].arrivals = (struct arrival_spec){.process = ARRIVAL_LOAD_TEST,
                                                      .customers = test->concurrency,
                                                      .requests = test->requests,
                                                      .duration_ns = SPEC_NEVER,
                                                      .trace = subject->arrivals.trace};
    *tested = *spec;
    tested->workloads = workloads;
    tested->workload_count = count + 1;
    tested->criterion_count = 0;
    tested->run.duration_ns = tested->run.window_ns = test->longest_ns;
    tested->run.has_auto_warmup = false;
    tested->run.warmup_ns = warmup_ns;
    tested->run.min_replications = tested->run.max_replications = test->replications;
    tested->run.series_count = 0;
    return tested;
}
