/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/wide.h"
#include "sim/stats/time_average.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_draws.h"
#include <assert.h>

enum { MAX_SERVERS = 64, MAX_WAITING = 1 << 20 };
static const wide_uint NO_KEY = ~(wide_uint)0 >> 1;

/* Departures. Heap: key[1..count]. Tree: the root is key[1], the leaf of server s is
 * key[MAX_SERVERS + s]. Keys are (time, order, server). */
struct departures {
    wide_uint key[2 * MAX_SERVERS + 2];
    uint32_t count, order;
    uint32_t idle[MAX_SERVERS]; /* stack; the servers that are not busy */
};

static void departures_init(struct departures *departures, uint32_t servers)
{
    *departures = (struct departures){0};
    for (uint32_t i = 0; i < 2 * MAX_SERVERS + 2; i++)
        departures->key[i] = NO_KEY;
    for (uint32_t i = 0; i < servers; i++)
        departures->idle[i] = servers - 1 - i;
}

static inline wide_uint departures_key(struct departures *departures, int64_t time, uint32_t server)
{
    return (wide_uint)(uint64_t)time << 64 | (uint64_t)++departures->order << 32 | server;
}

static inline void tree_set(struct departures *departures, wide_uint key, uint32_t server)
{
    uint32_t at = MAX_SERVERS + server;
    departures->key[at] = key;
    for (int level = MAX_SERVERS; level > 1; level /= 2) {
        key = wide_least(departures->key[at ^ 1], key);
        at /= 2;
        departures->key[at] = key;
    }
}

static inline void heap_sink(struct departures *departures, wide_uint key)
{
    wide_uint *heap = departures->key;
    uint32_t at = 1, child = 2;
    while (child <= departures->count) {
        wide_uint left = heap[child], right = heap[child + 1];
        uint32_t goes_right = right < left;
        wide_uint least = goes_right ? right : left;
        if (least >= key)
            break;
        heap[at] = least;
        at = child + goes_right;
        child = 2 * at;
    }
    heap[at] = key;
}

/* The server of the earliest departure starts anew, until time. */
static inline void departures_replace(struct departures *departures, enum reference_list list,
                                      int64_t time)
{
    uint32_t server = (uint32_t)departures->key[1];
    wide_uint key = departures_key(departures, time, server);
    if (list == REFERENCE_TREE)
        tree_set(departures, key, server);
    else
        heap_sink(departures, key);
}

/* An idle server starts, until time. */
static inline void departures_push(struct departures *departures, enum reference_list list,
                                   int64_t time, uint32_t servers)
{
    uint32_t server = departures->idle[servers - 1 - departures->count];
    wide_uint key = departures_key(departures, time, server);
    uint32_t at = ++departures->count;
    if (list == REFERENCE_TREE) {
        tree_set(departures, key, server);
        return;
    }
    for (; at > 1 && departures->key[at / 2] > key; at /= 2)
        departures->key[at] = departures->key[at / 2];
    departures->key[at] = key;
}

/* The server of the earliest departure becomes idle. */
static inline void departures_pop(struct departures *departures, enum reference_list list,
                                  uint32_t servers)
{
    uint32_t server = (uint32_t)departures->key[1], last = departures->count--;
    departures->idle[servers - last] = server;
    if (list == REFERENCE_TREE) {
        tree_set(departures, NO_KEY, server);
        return;
    }
    wide_uint key = departures->key[last];
    departures->key[last] = NO_KEY;
    if (last > 1)
        heap_sink(departures, key);
}

struct station {
    struct departures departures;
    struct reference_draws draws;
    uint32_t arrivals_used, services_used;
    uint32_t head, tail; /* of asked, a ring: asked[head] has waited longest */
    int64_t *asked;      /* [MAX_WAITING] times of arrival of those who wait                      */
    struct time_average busy, waiting;
    int64_t wait; /* sum over those served [ns]                                             */
    uint64_t served, timed_out;
    uint32_t *waits, *responses;
};

static inline int64_t next_interarrival(struct station *station)
{
    if (station->arrivals_used == STREAM_BLOCK) {
        reference_draws_fill_arrivals(&station->draws);
        station->arrivals_used = 0;
    }
    return station->draws.interarrival[station->arrivals_used++];
}

/* Keeps what there is to keep of one who is served after wait; returns the service time [ns]. */
static inline int64_t begin_service(struct station *station, int64_t wait)
{
    if (station->services_used == STREAM_BLOCK) {
        reference_draws_fill_services(&station->draws);
        station->services_used = 0;
    }
    int64_t service = station->draws.service[station->services_used++];
    station->served++;
    station->wait += wait;
    station->waits[histogram_bucket(wait)]++;
    station->responses[histogram_bucket(wait + service)]++;
    return service;
}

/* list is a constant where this is inlined. Returns the time of the last arrival [ns]. */
__attribute__((always_inline)) static inline int64_t run_events(struct station *station,
                                                                const struct reference_queue *queue,
                                                                uint64_t requests,
                                                                enum reference_list list)
{
    struct departures *departures = &station->departures;
    const uint32_t servers = queue->servers, mask = MAX_WAITING - 1;
    const int64_t timeout = queue->timeout_ns;
    int64_t arrival = next_interarrival(station), expiry = INT64_MAX, now = 0;
    for (uint64_t arrived = 0; arrived < requests;) {
        int64_t departure = (int64_t)(departures->key[1] >> 64);
        if (arrival < departure && arrival < expiry) {
            now = arrival;
            arrival += next_interarrival(station);
            arrived++;
            if (departures->count < servers) {
                time_average_increase(&station->busy, now);
                departures_push(departures, list, now + begin_service(station, 0), servers);
                continue;
            }
            if (station->head == station->tail)
                expiry = now + timeout;
            station->asked[station->tail++ & mask] = now;
            assert(station->tail - station->head < MAX_WAITING);
            time_average_increase(&station->waiting, now);
        } else if (departure <= expiry) {
            if (station->head == station->tail) {
                time_average_decrease(&station->busy, departure);
                departures_pop(departures, list, servers);
                continue;
            }
            int64_t wait = departure - station->asked[station->head++ & mask];
            time_average_decrease(&station->waiting, departure);
            departures_replace(departures, list, departure + begin_service(station, wait));
            expiry = station->head == station->tail
                         ? INT64_MAX
                         : station->asked[station->head & mask] + timeout;
        } else {
            time_average_decrease(&station->waiting, expiry);
            station->timed_out++;
            station->head++;
            expiry = station->head == station->tail
                         ? INT64_MAX
                         : station->asked[station->head & mask] + timeout;
        }
    }
    return now;
}

struct reference_answer reference_event_loop(const struct reference_queue *queue, uint64_t requests,
                                             enum reference_source source, enum reference_list list,
                                             uint64_t seed, struct arena *arena)
{
    double start_s = bench_now_s();
    struct station *station = arena_alloc(arena, sizeof *station);
    station->asked = arena_array(arena, MAX_WAITING, sizeof(int64_t));
    station->waits = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    station->responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t));
    station->draws = reference_draws_make(queue, source, seed);
    station->arrivals_used = station->services_used = STREAM_BLOCK;
    departures_init(&station->departures, queue->servers);
    int64_t end = list == REFERENCE_TREE ? run_events(station, queue, requests, REFERENCE_TREE)
                                         : run_events(station, queue, requests, REFERENCE_HEAP);
    double horizon = (double)end, served = (double)station->served;
    return (struct reference_answer){
        .requests = requests,
        .elapsed_s = bench_now_s() - start_s,
        .wait_mean_s = 1e-9 * (double)station->wait / served,
        .wait_p95_s = 1e-9 * histogram_quantile(station->waits, station->served, 0.95),
        .response_p95_s = 1e-9 * histogram_quantile(station->responses, station->served, 0.95),
        .utilization =
            (double)time_average_integral(&station->busy, end) / (horizon * queue->servers),
        .queue_length = (double)time_average_integral(&station->waiting, end) / horizon,
        .timeout_rate = (double)station->timed_out / (double)requests};
}
