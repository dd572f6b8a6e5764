/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_fleet.h"
#include "sim/random/distribution.h"
#include "sim/stats/tally.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/measure_engine.h"
#include "tests/bench/measure_numbers.h"
#include <math.h>
#include <stdio.h>

enum { JOBS = 10000, THREADS = 100, CYCLES = 24 * 60, ROUNDS = 3, STEPS = 4 };
static const int64_t MINUTE_NS = INT64_C(60000000000), ROWS_NS = 10000000;

/* What the loop keeps. */
struct seen {
    struct tally wait, response, steps[STEPS], cycles;
    int64_t busy; /* threads [ns] */
};

static struct distribution uniform_ms(double low, double high)
{
    struct distribution law = distribution_constant(0);
    law.kind = DISTRIBUTION_UNIFORM;
    law.a = low / 1e3;
    law.b = high / 1e3;
    return law;
}

static void sift_down(int64_t *free_at, int64_t time)
{
    int at = 0, child = 1;
    while (child < THREADS) {
        if (child + 1 < THREADS && free_at[child + 1] < free_at[child])
            child++;
        if (free_at[child] >= time)
            break;
        free_at[at] = free_at[child];
        at = child;
        child = 2 * at + 1;
    }
    free_at[at] = time;
}

/* All jobs of the cycle that begins at start; drawn[k][STREAM_BLOCK]: their steps. */
static void run_cycle(const struct distribution *laws, struct stream_key key, uint32_t cycle,
                      struct seen *seen)
{
    int64_t free_at[THREADS], drawn[STEPS][STREAM_BLOCK], start = cycle * MINUTE_NS, end = start;
    for (int t = 0; t < THREADS; t++)
        free_at[t] = start;
    for (uint32_t job = 0; job < JOBS; job++) {
        uint32_t index = cycle * JOBS + job, place = index % STREAM_BLOCK;
        for (uint32_t k = 0; k < STEPS && (place == 0 || job == 0); k++)
            distribution_fill(&laws[k], key, k + 1, index - place, drawn[k]);
        int64_t begin = free_at[0], length = ROWS_NS;
        for (int k = 0; k < STEPS; k++) {
            tally_add(&seen->steps[k], drawn[k][place]);
            length += drawn[k][place];
        }
        sift_down(free_at, begin + length);
        tally_add(&seen->wait, begin - start);
        tally_add(&seen->response, begin + length - start);
        seen->busy += length;
        end = begin + length > end ? begin + length : end;
    }
    tally_add(&seen->cycles, end - start);
}

/* Returns the seconds it took. */
static double run_by_hand(uint64_t seed, struct seen *seen, struct arena *arena)
{
    const struct distribution laws[STEPS] = {uniform_ms(5, 10), uniform_ms(35, 127),
                                             uniform_ms(90, 275), uniform_ms(90, 275)};
    struct stream_key key = {seed, 0};
    struct tally *tallies[] = {&seen->wait,     &seen->response, &seen->cycles,  &seen->steps[0],
                               &seen->steps[1], &seen->steps[2], &seen->steps[3]};
    *seen = (struct seen){.busy = 0};
    arena_reset(arena);
    for (size_t t = 0; t < sizeof tallies / sizeof *tallies; t++)
        *tallies[t] = tally_make(arena);
    double start_s = bench_now_s();
    for (uint32_t cycle = 0; cycle < CYCLES; cycle++)
        run_cycle(laws, key, cycle, seen);
    return bench_now_s() - start_s;
}

static struct engine open_fleet(void)
{
    static const struct override overrides[] = {{"workloads.collection.arrivals.jobs", "10000"},
                                                {"resources.workers.threads", "100"},
                                                {"resources.db_pool.max", "100"},
                                                {"resources.host.cores", "100"},
                                                {"resources.metrics_buffer.capacity", "\"5GB\""}};
    return engine_open("inputs/scenarios/pganalytics-measured.json", "after_100", overrides,
                       sizeof overrides / sizeof *overrides);
}

bool measure_fleet(void)
{
    struct engine engine = open_fleet();
    struct arena *arena = arena_open();
    struct seen seen;
    double engine_s = INFINITY, hand_s = INFINITY;
    bool is_right = true;
    for (int round = 0; round < ROUNDS; round++) {
        engine_s = fmin(engine_s, 1e-9 * engine_replicate(&engine) * engine.requests);
        hand_s = fmin(hand_s, run_by_hand((uint64_t)round + 1, &seen, arena));
        double error_s = tally_sd(&seen.cycles) / 1e9 * sqrt(2.0 / CYCLES);
        is_right &= fabs(engine_metric(&engine, "collection.cycle.mean") -
                         tally_mean(&seen.cycles) / 1e9) < 5 * error_s;
    }
    printf("10,000 collectors, 24 h             %.2f s, %.0f ns a job; by hand %.2f s, %.0f ns: "
           "%.1fx\n",
           engine_s, 1e9 * engine_s / engine.requests, hand_s, 1e9 * hand_s / CYCLES / JOBS,
           engine_s / hand_s);
    if (!is_right)
        printf("WRONG: 10,000 collectors: capsim's cycles and the loop's differ\n");
    measure_numbers_keep("fleet", "capsim_s", engine_s);
    measure_numbers_keep("fleet", "reference_s", hand_s);
    engine_close(&engine);
    arena_close(arena);
    fflush(stdout);
    return is_right;
}
