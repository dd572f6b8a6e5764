/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_draws.h"
#include <math.h>

struct reference_answer reference_lindley(const struct reference_queue *queue, uint64_t requests,
                                          enum reference_source source, uint64_t seed,
                                          struct arena *arena)
{
    double start_s = bench_now_s();
    uint32_t *counts = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *counts);
    struct reference_draws draws = reference_draws_make(queue, source, seed);
    int64_t wait = 0, sum = 0, horizon = 0, busy = 0;
    for (uint64_t done = 0; done < requests; done += STREAM_BLOCK) {
        reference_draws_fill_arrivals(&draws);
        reference_draws_fill_services(&draws);
        for (int i = 0; i < STREAM_BLOCK; i++) {
            wait -= draws.interarrival[i];
            wait = wait < 0 ? 0 : wait;
            sum += wait;
            counts[histogram_bucket(wait)]++;
            wait += draws.service[i];
            horizon += draws.interarrival[i];
            busy += draws.service[i];
        }
    }
    uint64_t done = (requests + STREAM_BLOCK - 1) / STREAM_BLOCK * STREAM_BLOCK;
    return (struct reference_answer){.requests = done,
                                     .elapsed_s = bench_now_s() - start_s,
                                     .wait_mean_s = 1e-9 * (double)sum / (double)done,
                                     .wait_p95_s = 1e-9 * histogram_quantile(counts, done, 0.95),
                                     .response_p95_s = NAN,
                                     .utilization = (double)busy / (double)horizon,
                                     .queue_length = NAN};
}
