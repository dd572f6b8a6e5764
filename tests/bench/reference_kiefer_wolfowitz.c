/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_draws.h"
#include <math.h>

enum { MAX_SERVERS = 64, SLOT_BITS = 6 };

/* When each server will be free [ns]. Heap: [1..servers] and two that are never free. Tree: node
 * [1] is the root, the leaf of server s is [MAX_SERVERS + s]; the low SLOT_BITS say which server,
 * so the winner knows its leaf. */
struct servers {
    uint64_t free[2 * MAX_SERVERS + 2];
    uint32_t count;
};

/* Of its own: through the pointer of reference_heap.h it takes 9 more instructions a request, 4 %.
 */
static inline void heap_replace(struct servers *servers, uint64_t time)
{
    uint32_t at = 1, child = 2;
    while (child <= servers->count) {
        uint64_t left = servers->free[child], right = servers->free[child + 1];
        uint32_t goes_right = right < left;
        uint64_t least = goes_right ? right : left;
        if (least >= time)
            break;
        servers->free[at] = least;
        at = child + goes_right;
        child = 2 * at;
    }
    servers->free[at] = time;
}

/* The lesser, without a branch in any compiler: (a - b) is negative or not, both are < 2^63. */
static inline uint64_t lesser(uint64_t a, uint64_t b)
{
#ifdef __clang__
    int64_t less = (int64_t)(a - b);
    return b + ((uint64_t)less & (uint64_t)(less >> 63));
#else
    return b < a ? b : a;
#endif
}

static inline void tree_replace(struct servers *servers, uint64_t time)
{
    uint32_t server = (uint32_t)servers->free[1] % MAX_SERVERS, at = MAX_SERVERS + server;
    uint64_t key = time << SLOT_BITS | server;
    servers->free[at] = key;
#pragma GCC unroll 6
    for (int level = 0; level < SLOT_BITS; level++) {
        key = lesser(key, servers->free[at ^ 1]);
        at /= 2;
        servers->free[at] = key;
    }
}

static struct servers servers_make(uint32_t count, enum reference_list list)
{
    struct servers servers = {.count = count};
    if (list == REFERENCE_HEAP) {
        servers.free[count + 1] = UINT64_MAX;
        return servers;
    }
    for (uint32_t i = 0; i < MAX_SERVERS; i++)
        servers.free[MAX_SERVERS + i] = i < count ? i : INT64_MAX;
    for (uint32_t i = MAX_SERVERS - 1; i >= 1; i--)
        servers.free[i] = lesser(servers.free[2 * i], servers.free[2 * i + 1]);
    return servers;
}

struct sums {
    int64_t now, wait, busy; /* [ns] */
    uint32_t *waits, *responses;
};

/* The requests of one block. list is a constant where this is inlined. */
__attribute__((always_inline)) static inline void serve_block(const struct reference_draws *draws,
                                                              struct servers *servers,
                                                              enum reference_list list,
                                                              struct sums *sums)
{
    int64_t now = sums->now, wait_sum = sums->wait, busy = sums->busy;
    for (int i = 0; i < STREAM_BLOCK; i++) {
        now += draws->interarrival[i];
        uint64_t first = servers->free[1];
        int64_t free = (int64_t)(list == REFERENCE_TREE ? first >> SLOT_BITS : first);
        int64_t wait = free > now ? free - now : 0, service = draws->service[i];
        if (list == REFERENCE_TREE)
            tree_replace(servers, (uint64_t)(now + wait + service));
        else
            heap_replace(servers, (uint64_t)(now + wait + service));
        wait_sum += wait;
        busy += service;
        sums->waits[histogram_bucket(wait)]++;
        sums->responses[histogram_bucket(wait + service)]++;
    }
    sums->now = now;
    sums->wait = wait_sum;
    sums->busy = busy;
}

struct reference_answer reference_kiefer_wolfowitz(const struct reference_queue *queue,
                                                   uint64_t requests, enum reference_source source,
                                                   enum reference_list list, uint64_t seed,
                                                   struct arena *arena)
{
    double start_s = bench_now_s();
    struct sums sums = {.waits = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t)),
                        .responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint32_t))};
    struct reference_draws draws = reference_draws_make(queue, source, seed);
    struct servers servers = servers_make(queue->servers, list);
    uint64_t done = 0;
    for (; done < requests; done += STREAM_BLOCK) {
        reference_draws_fill_arrivals(&draws);
        reference_draws_fill_services(&draws);
        if (list == REFERENCE_TREE)
            serve_block(&draws, &servers, REFERENCE_TREE, &sums);
        else
            serve_block(&draws, &servers, REFERENCE_HEAP, &sums);
    }
    double horizon = (double)sums.now * queue->servers, count = (double)done;
    return (struct reference_answer){
        .requests = done,
        .elapsed_s = bench_now_s() - start_s,
        .wait_mean_s = 1e-9 * (double)sums.wait / count,
        .wait_p95_s = 1e-9 * histogram_quantile(sums.waits, done, 0.95),
        .response_p95_s = 1e-9 * histogram_quantile(sums.responses, done, 0.95),
        .utilization = (double)sums.busy / horizon,
        .queue_length = NAN};
}
