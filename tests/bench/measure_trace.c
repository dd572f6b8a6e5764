/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_trace.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/measure_pairs.h"
#include "tests/bench/reference_cursor.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUNDS = 5, ROWS = 1000000 };
static const double RATE_PER_S = 600, SERVICE_S = 0.075;

/* A trace must be in its scenario's folder. */
struct trace_folder {
    char path[256], scenario[288], trace[288];
};

static bool copy_scenario(const char *path)
{
    char text[4096];
    FILE *from = fopen("tests/bench/trace.json", "r"), *to = fopen(path, "w");
    size_t length = from ? fread(text, 1, sizeof text, from) : 0;
    bool is_copied = length > 0 && to && fwrite(text, 1, length, to) == length;
    if (from)
        fclose(from);
    return to && fclose(to) == 0 && is_copied;
}

/* In microseconds, as a log has them. */
static bool write_trace(const char *path)
{
    struct reference_cursor draws = reference_cursor_make(1 / RATE_PER_S, SERVICE_S, 1);
    int64_t now = 0;
    FILE *file = fopen(path, "w");
    if (!file)
        return false;
    fprintf(file, "arrival_s,service_s\n");
    for (int row = 0; row < ROWS; row++) {
        now += reference_next_arrival(&draws);
        int64_t arrival_us = now / 1000, service_us = reference_next_service(&draws) / 1000;
        fprintf(file, "%lld.%06lld,%lld.%06lld\n", (long long)(arrival_us / 1000000),
                (long long)(arrival_us % 1000000), (long long)(service_us / 1000000),
                (long long)(service_us % 1000000));
    }
    return fclose(file) == 0;
}

static bool folder_make(struct trace_folder *folder)
{
    const char *parent = getenv("TMPDIR");
    int length = snprintf(folder->path, sizeof folder->path, "%s/capsim-bench-XXXXXX",
                          parent && *parent ? parent : "/tmp");
    if (length < 0 || (size_t)length >= sizeof folder->path)
        return false;
    if (!mkdtemp(folder->path))
        return false;
    snprintf(folder->scenario, sizeof folder->scenario, "%s/trace.json", folder->path);
    snprintf(folder->trace, sizeof folder->trace, "%s/trace.csv", folder->path);
    return copy_scenario(folder->scenario) && write_trace(folder->trace);
}

static void folder_remove(const struct trace_folder *folder)
{
    unlink(folder->scenario);
    unlink(folder->trace);
    rmdir(folder->path);
}

/* Round -1 brings the file into memory and does not count. */
static void run_rounds(const struct trace_folder *folder, struct measured_pairs *pairs)
{
    struct arena *arena = arena_open();
    for (int round = -1; round < ROUNDS; round++) {
        double start_s = bench_now_s();
        struct engine engine = engine_open(folder->scenario, NULL, NULL, 0);
        engine_replicate(&engine);
        double capsim_ns = 1e9 * (bench_now_s() - start_s) / ROWS;
        arena_reset(arena);
        struct reference_span span = {.end_ns = engine.spec->run.duration_ns};
        struct reference_times times = reference_trace(folder->trace, span, arena);
        if (round >= 0)
            measure_pair(pairs, capsim_ns, &engine, "pool.wait.mean", "pool.utilization", &times);
        engine_close(&engine);
    }
    arena_close(arena);
}

bool measure_trace(void)
{
    struct measured_pairs pairs = {0};
    struct trace_folder folder;
    bool is_there = folder_make(&folder);
    if (is_there)
        run_rounds(&folder, &pairs);
    else
        printf("no room for a trace in /tmp\n");
    folder_remove(&folder);
    return is_there && measure_report("trace", "trace of 10^6 rows, read and run", &pairs);
}
