/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/histogram.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/reference_heap.h"
#include "tests/bench/reference_network.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SERVERS = 50, BLOCK = 1 << 16, MAX_LINE_LENGTH = 64 };

/* The file, a block at a time; a line that a block cuts is moved to the front of the next. */
struct lines {
    FILE *file;
    char *block; /* [BLOCK + MAX_LINE_LENGTH] */
    const char *next, *end;
    bool is_last;
};

/* Makes sure that a whole line is at next; false at the end of the file. */
static inline bool lines_have_one(struct lines *lines)
{
    if (__builtin_expect(lines->end - lines->next >= MAX_LINE_LENGTH || lines->is_last, 1))
        return lines->next < lines->end;
    size_t rest = (size_t)(lines->end - lines->next);
    memmove(lines->block, lines->next, rest);
    size_t got = fread(lines->block + rest, 1, BLOCK, lines->file);
    lines->is_last = got < BLOCK;
    lines->next = lines->block;
    lines->end = lines->block + rest + got;
    return lines->next < lines->end;
}

/* Reads seconds up to the byte behind them, which is skipped, in ns. */
static inline int64_t lines_read_ns(struct lines *lines)
{
    const char *at = lines->next;
    int64_t ns = 0, unit = 1000000000;
    for (; (unsigned)(*at - '0') < 10; at++)
        ns = 10 * ns + (*at - '0');
    ns *= unit;
    if (*at == '.')
        for (at++; (unsigned)(*at - '0') < 10; at++)
            ns += (unit /= 10) * (*at - '0');
    lines->next = at + 1;
    return ns;
}

struct reference_times reference_trace(const char *path, struct reference_span span,
                                       struct arena *arena)
{
    double start_s = bench_now_s();
    struct lines lines = {.file = fopen(path, "r"), .block = arena_alloc(arena, BLOCK + 64)};
    if (lines.file == NULL)
        return (struct reference_times){.mean_s = NAN};
    lines.next = lines.end = lines.block;
    struct reference_heap free = {.key = arena_array(arena, SERVERS + 2, sizeof(uint64_t))};
    for (int s = 0; s < SERVERS; s++)
        reference_heap_push(&free, 0);
    uint32_t *waits = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *waits);
    uint32_t *responses = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *responses);
    int64_t wait_sum = 0, busy = 0;
    uint64_t rows = 0;
    if (lines_have_one(&lines))
        lines.next = (const char *)memchr(lines.next, '\n', BLOCK) + 1; /* the header */
    for (; lines_have_one(&lines); rows++) {
        int64_t now = lines_read_ns(&lines), service = lines_read_ns(&lines);
        int64_t first = (int64_t)free.key[1], wait = first > now ? first - now : 0;
        reference_heap_replace(&free, (uint64_t)(now + wait + service));
        wait_sum += wait;
        busy += service;
        waits[histogram_bucket(wait)]++;
        responses[histogram_bucket(wait + service)]++;
    }
    fclose(lines.file);
    return (struct reference_times){.requests = rows,
                                    .elapsed_s = bench_now_s() - start_s,
                                    .mean_s = 1e-9 * (double)wait_sum / (double)rows,
                                    .utilization = (double)busy / ((double)span.end_ns * SERVERS)};
}
