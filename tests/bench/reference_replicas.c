/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_cursor.h"
#include "tests/bench/reference_heap.h"
#include "tests/bench/reference_network.h"
#include <stdbool.h>

enum { REPLICAS = 12, SERVERS = 50 };
static const double INTERARRIVAL_S = 1 / 7200.0, SERVICE_S = 0.075;

/* One of the pools. */
struct replica {
    struct reference_heap free; /* when each connection will be [ns]                            */
    int64_t wait, busy;         /* sums [ns]                                                    */
    uint64_t served;
    uint32_t *waits;
};

/* Serves one who comes now; returns his response time [ns]. */
static inline int64_t serve(struct replica *replica, int64_t now, int64_t service, bool is_observed)
{
    int64_t free = (int64_t)replica->free.key[1], wait = free > now ? free - now : 0;
    reference_heap_replace(&replica->free, (uint64_t)(now + wait + service));
    if (is_observed) {
        replica->served++;
        replica->wait += wait;
        replica->busy += service;
        replica->waits[histogram_bucket(wait)]++;
    }
    return wait + service;
}

struct reference_times reference_replicas(struct reference_span span, uint64_t seed,
                                          struct arena *arena)
{
    double start_s = bench_now_s();
    struct reference_cursor draws = reference_cursor_make(INTERARRIVAL_S, SERVICE_S, seed);
    struct replica *replicas = arena_array(arena, REPLICAS, sizeof *replicas);
    uint32_t *responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *responses), turn = 0;
    for (int r = 0; r < REPLICAS; r++) {
        replicas[r].free.key = arena_array(arena, SERVERS + 2, sizeof(uint64_t));
        replicas[r].waits = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
        for (int s = 0; s < SERVERS; s++)
            reference_heap_push(&replicas[r].free, 0);
    }
    uint64_t requests = 0, served = 0;
    int64_t wait = 0, busy = 0, now = reference_next_arrival(&draws);
    for (; now < span.end_ns; now += reference_next_arrival(&draws)) {
        int64_t response =
            serve(&replicas[turn], now, reference_next_service(&draws), now >= span.warmup_ns);
        responses[histogram_bucket(response)]++;
        turn = turn + 1 < REPLICAS ? turn + 1 : 0;
        requests++;
    }
    for (int r = 0; r < REPLICAS; r++) {
        wait += replicas[r].wait;
        served += replicas[r].served;
        busy += replicas[r].busy;
    }
    double observed = (double)(span.end_ns - span.warmup_ns);
    return (struct reference_times){.requests = requests,
                                    .elapsed_s = bench_now_s() - start_s,
                                    .mean_s = 1e-9 * (double)wait / (double)served,
                                    .utilization = (double)busy / (observed * REPLICAS * SERVERS)};
}
