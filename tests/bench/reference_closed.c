/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/time_average.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_cursor.h"
#include "tests/bench/reference_heap.h"
#include "tests/bench/reference_network.h"

enum { CUSTOMERS = 5000, SERVERS = 50, RING = 8192 };
static const double THINK_S = 1, SERVICE_S = 0.009;

struct station {
    struct reference_cursor draws;
    struct reference_heap thinking, working; /* when they stop [ns]                             */
    uint32_t head, tail;                     /* of asked, a ring: who waits                     */
    int64_t *asked;                          /* [RING]                                          */
    struct time_average busy, waiting, present;
    int64_t warmup, wait; /* [ns]; wait is a sum                                                 */
    uint64_t requests, served;
    uint32_t *waits, *responses;
};

/* Keeps what there is to keep of one who is served now; returns when he leaves [ns]. */
static inline uint64_t begin_service(struct station *station, int64_t now, int64_t wait)
{
    int64_t service = reference_next_service(&station->draws);
    if (now >= station->warmup) {
        station->served++;
        station->wait += wait;
        station->waits[histogram_bucket(wait)]++;
        station->responses[histogram_bucket(wait + service)]++;
    }
    return (uint64_t)(now + service);
}

static inline void ask(struct station *station, int64_t now)
{
    reference_heap_pop(&station->thinking);
    station->requests++;
    time_average_increase(&station->present, now);
    if (station->working.count < SERVERS) {
        time_average_increase(&station->busy, now);
        reference_heap_push(&station->working, begin_service(station, now, 0));
        return;
    }
    time_average_increase(&station->waiting, now);
    station->asked[station->tail++ % RING] = now;
}

static inline void leave(struct station *station, int64_t now)
{
    time_average_decrease(&station->present, now);
    reference_heap_push(&station->thinking,
                        (uint64_t)(now + reference_next_arrival(&station->draws)));
    if (station->head == station->tail) {
        time_average_decrease(&station->busy, now);
        reference_heap_pop(&station->working);
        return;
    }
    time_average_decrease(&station->waiting, now);
    int64_t wait = now - station->asked[station->head++ % RING];
    reference_heap_replace(&station->working, begin_service(station, now, wait));
}

static void run_until(struct station *station, uint64_t end)
{
    for (;;) {
        uint64_t asks = reference_heap_least(&station->thinking);
        uint64_t leaves = reference_heap_least(&station->working);
        if (asks < leaves) {
            if (asks >= end)
                return;
            ask(station, (int64_t)asks);
        } else {
            if (leaves >= end)
                return;
            leave(station, (int64_t)leaves);
        }
    }
}

struct reference_times reference_closed(struct reference_span span, uint64_t seed,
                                        struct arena *arena)
{
    double start_s = bench_now_s();
    struct station *station = arena_alloc(arena, sizeof *station);
    station->draws = reference_cursor_make(THINK_S, SERVICE_S, seed);
    station->thinking.key = arena_array(arena, CUSTOMERS + 2, sizeof(uint64_t));
    station->working.key = arena_array(arena, SERVERS + 2, sizeof(uint64_t));
    station->asked = arena_array(arena, RING, sizeof(int64_t));
    station->waits = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    station->responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    station->warmup = span.warmup_ns;
    for (int customer = 0; customer < CUSTOMERS; customer++)
        reference_heap_push(&station->thinking, (uint64_t)reference_next_arrival(&station->draws));
    run_until(station, (uint64_t)span.end_ns);
    return (struct reference_times){
        .requests = station->requests,
        .elapsed_s = bench_now_s() - start_s,
        .mean_s = 1e-9 * (double)station->wait / (double)station->served,
        .utilization = (double)time_average_integral(&station->busy, span.end_ns) /
                       ((double)span.end_ns * SERVERS)};
}
