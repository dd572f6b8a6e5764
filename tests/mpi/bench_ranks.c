/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_ranks ITEMS BYTES SLEEP_US - what an item costs at rank 0: items that do nothing but sleep,
 * each of which leaves so many bytes behind. Prints microseconds of processor of rank 0's thread
 * that talks for each item, and the largest memory of rank 0. */
#include "inputs/program/ranks.h"
#include "sim/study/executor.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct bench {
    size_t bytes, sum;
    int64_t sleep_ns;
};

static bool ship(void *context, size_t item, struct arena *arena, struct parcel *parcel,
                 struct error *err)
{
    const struct bench *bench = context;
    (void)item;
    (void)arena;
    (void)err;
    if (bench->sleep_ns > 0)
        nanosleep(&(struct timespec){.tv_nsec = (long)bench->sleep_ns}, NULL);
    parcel_extend(parcel, bench->bytes);
    return true;
}

static bool take(void *context, size_t item, struct parcel *parcel, struct arena *arena,
                 struct error *err)
{
    struct bench *bench = context;
    (void)item;
    (void)arena;
    (void)err;
    bench->sum += parcel->size;
    return true;
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 4 || !program_ranks_open())
        return 2;
    struct bench bench = {.bytes = strtoul(argv[2], NULL, 10),
                          .sleep_ns = 1000 * (int64_t)strtoul(argv[3], NULL, 10)};
    size_t items = strtoul(argv[1], NULL, 10);
    struct work work = {.ship = ship, .take = take, .context = &bench};
    struct replications_options options = {.threads = 1, .executor = &program_ranks()->executor};
    struct error err = {0};
    struct rusage usage;
    bool *done = calloc(items, sizeof *done);
    double began = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_THREAD_CPUTIME_ID);
    bool is_run = executor_run(&options, &work, items, done, &err);
    began = seconds(CLOCK_MONOTONIC) - began;
    used = seconds(CLOCK_THREAD_CPUTIME_ID) - used;
    getrusage(RUSAGE_SELF, &usage);
    if (is_run && options.executor->is_first)
        printf("%zu items of %zu bytes on %u ranks: %.2f s, %.2f us of rank 0 each, %ld MB\n",
               items, bench.bytes, program_ranks()->link->count, began, 1e6 * used / (double)items,
               usage.ru_maxrss / 1024);
    bool is_whole = bench.sum == items * bench.bytes;
    free(done);
    program_ranks_close();
    return is_run && is_whole ? 0 : 1;
}
