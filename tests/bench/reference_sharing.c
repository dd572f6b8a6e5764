/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/time_average.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_cursor.h"
#include "tests/bench/reference_heap.h"
#include "tests/bench/reference_network.h"
#include <math.h>
#include <string.h>

enum { CUSTOMERS = 1050 };
static const double THINK_S = 0.05, DEMAND_S = 0.001;

/* A job by the virtual time at which its work is done [ns]. */
struct job {
    double finish;
    int64_t arrived, demand; /* [ns] */
};

struct core {
    struct reference_cursor draws;
    struct reference_heap thinking; /* when they stop [ns]                                      */
    struct job job[CUSTOMERS + 2];  /* a heap: [1..present], the first to leave at 1            */
    uint32_t present;
    double virtual_time; /* work that each job has got since the last idle instant [ns]         */
    int64_t now;
    struct time_average busy, jobs;
    int64_t warmup, response; /* [ns]; response is a sum                                         */
    uint64_t requests, done;
    uint32_t *responses, *slowdowns;
};

static inline void add_job(struct core *core, struct job job)
{
    uint32_t at = ++core->present;
    while (at > 1 && core->job[at / 2].finish > job.finish) {
        core->job[at] = core->job[at / 2];
        at /= 2;
    }
    core->job[at] = job;
}

static inline void remove_first_job(struct core *core)
{
    struct job last = core->job[core->present--];
    uint32_t at = 1, child = 2;
    while (child <= core->present) {
        child += child < core->present && core->job[child + 1].finish < core->job[child].finish;
        if (core->job[child].finish >= last.finish)
            break;
        core->job[at] = core->job[child];
        at = child;
        child = 2 * at;
    }
    core->job[at] = last;
}

static inline void pass_time(struct core *core, int64_t now)
{
    if (core->present > 0)
        core->virtual_time += (double)(now - core->now) / core->present;
    core->now = now;
}

static inline void ask(struct core *core)
{
    reference_heap_pop(&core->thinking);
    core->requests++;
    if (core->present == 0)
        time_average_increase(&core->busy, core->now);
    time_average_increase(&core->jobs, core->now);
    int64_t demand = reference_next_service(&core->draws);
    add_job(core, (struct job){core->virtual_time + (double)demand, core->now, demand});
}

static inline void leave(struct core *core)
{
    struct job job = core->job[1];
    int64_t response = core->now - job.arrived;
    remove_first_job(core);
    time_average_decrease(&core->jobs, core->now);
    if (core->present == 0) {
        time_average_decrease(&core->busy, core->now);
        core->virtual_time = 0;
    }
    reference_heap_push(&core->thinking,
                        (uint64_t)(core->now + reference_next_arrival(&core->draws)));
    if (core->now < core->warmup)
        return;
    core->done++;
    core->response += response;
    core->responses[histogram_bucket(response)]++;
    if (job.demand > 0)
        core->slowdowns[histogram_bucket((int64_t)(1e9 * (double)response / (double)job.demand))]++;
}

/* When the first job leaves if nobody comes [ns]. */
static inline uint64_t first_departure(const struct core *core)
{
    if (core->present == 0)
        return UINT64_MAX;
    double left = (core->job[1].finish - core->virtual_time) * core->present;
    return (uint64_t)core->now + (left > 0 ? (uint64_t)ceil(left) : 0);
}

static void run_until(struct core *core, uint64_t end)
{
    for (;;) {
        uint64_t asks = reference_heap_least(&core->thinking), leaves = first_departure(core);
        uint64_t next = asks < leaves ? asks : leaves;
        if (next >= end)
            return;
        pass_time(core, (int64_t)next);
        if (asks < leaves)
            ask(core);
        else
            leave(core);
    }
}

struct reference_times reference_sharing(struct reference_span span, uint64_t seed,
                                         struct arena *arena)
{
    double start_s = bench_now_s();
    struct core *core = arena_alloc(arena, sizeof *core);
    core->draws = reference_cursor_make(THINK_S, DEMAND_S, seed);
    core->thinking.key = arena_array(arena, CUSTOMERS + 2, sizeof(uint64_t));
    core->responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    core->slowdowns = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    core->warmup = span.warmup_ns;
    for (int customer = 0; customer < CUSTOMERS; customer++)
        reference_heap_push(&core->thinking, (uint64_t)reference_next_arrival(&core->draws));
    run_until(core, (uint64_t)span.end_ns);
    return (struct reference_times){.requests = core->requests,
                                    .elapsed_s = bench_now_s() - start_s,
                                    .mean_s = 1e-9 * (double)core->response / (double)core->done,
                                    .utilization =
                                        (double)time_average_integral(&core->busy, span.end_ns) /
                                        (double)span.end_ns};
}
