/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_networks.h"
#include "tests/bench/measure_pairs.h"
#include "tests/bench/reference_network.h"

enum { ROUNDS = 9 };

struct network_case {
    const char *name, *title, *file;
    const char *mean, *utilization; /* metrics that the reference has too */
    struct reference_times (*run)(struct reference_span span, uint64_t seed, struct arena *arena);
};

static const struct network_case network_cases[] = {
    {"sharing", "1,000 jobs share one core", "tests/bench/sharing.json", "query.response.mean",
     "host.utilization", reference_sharing},
    {"closed", "5,000 customers, pool of 50", "tests/bench/closed.json", "pool.wait.mean",
     "pool.utilization", reference_closed},
    {"replicas", "12 replicas, pool of 50 in each", "tests/bench/replicas.json",
     "api.pool.wait.mean", "api.pool.utilization", reference_replicas}};
enum { NETWORK_CASES = sizeof network_cases / sizeof *network_cases };

/* Requests of one replication: of customers the number is not known before. */
static double requests_seen(const struct engine *engine, struct reference_span span)
{
    return engine_metric(engine, "query.throughput") * 1e-9 * (double)span.end_ns;
}

static bool measure_network(const struct network_case *subject)
{
    struct measured_pairs pairs = {0};
    struct engine engine = engine_open(subject->file, NULL, NULL, 0);
    struct arena *arena = arena_open();
    struct reference_span span = {engine.spec->run.warmup_ns, 0};
    span.end_ns = span.warmup_ns + engine.spec->run.duration_ns;
    engine_replicate(&engine);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        double total_ns = engine_replicate(&engine) * engine.requests;
        arena_reset(arena);
        struct reference_times times = subject->run(span, round + 1, arena);
        measure_pair(&pairs, total_ns / requests_seen(&engine, span), &engine, subject->mean,
                     subject->utilization, &times);
    }
    arena_close(arena);
    engine_close(&engine);
    return measure_report(subject->name, subject->title, &pairs);
}

bool measure_networks(void)
{
    bool is_right = true;
    for (int i = 0; i < (int)NETWORK_CASES; i++)
        is_right &= measure_network(&network_cases[i]);
    return is_right;
}
