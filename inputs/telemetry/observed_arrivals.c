/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals counted by window, at several scales and over time, whatever the order of the stamps. */
#include "inputs/telemetry/observed.h"

#include <math.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

static const int64_t widths_ns[OBSERVED_SCALES] = {NS_PER_S / 100, NS_PER_S / 10, NS_PER_S,
                                                   10 * NS_PER_S, 60 * NS_PER_S};

struct observed_arrivals *observed_add_arrivals(struct observed *observed, size_t file,
                                                const char *resource)
{
    struct arena *arena = observed->arena;
    struct observed_arrivals **list =
        arena_array(arena, observed->arrival_count + 1, sizeof(struct observed_arrivals *));
    struct observed_arrivals *arrivals = arena_alloc(arena, sizeof *arrivals);
    if (observed->arrival_count > 0)
        memcpy(list, observed->arrivals, observed->arrival_count * sizeof(*list));
    list[observed->arrival_count++] = arrivals;
    observed->arrivals = list;
    arrivals->file = file;
    arrivals->resource = resource;
    arrivals->first_ns = INT64_MAX;
    arrivals->last_ns = INT64_MIN;
    arrivals->resolution_ns = 1;
    arrivals->window_ns = NS_PER_S;
    arrivals->counts = arena_array(arena, OBSERVED_MOST_WINDOWS, sizeof(uint32_t));
    for (size_t i = 0; i < OBSERVED_SCALES; i++) {
        arrivals->scales[i].window_ns = widths_ns[i];
        arrivals->scales[i].open = arena_array(arena, OBSERVED_OPEN_WINDOWS, sizeof(uint32_t));
    }
    return arrivals;
}

/* ---- one scale ------------------------------------------------------------------------------- */

static uint32_t *place_of(const struct observed_scale *scale, int64_t window)
{
    return &scale->open[(uint64_t)window & (OBSERVED_OPEN_WINDOWS - 1)];
}

/* The window of the first arrival is only a part of one. */
static void fold(struct observed_scale *scale, int64_t window)
{
    double count = *place_of(scale, window);
    *place_of(scale, window) = 0;
    if (window <= scale->first)
        return;
    scale->sum += count;
    scale->sum_squares += count * count;
}

/* Closes what is before `lowest`. What lies beyond the ring had no arrivals. */
static void slide(struct observed_scale *scale, int64_t lowest)
{
    int64_t end = scale->lowest + OBSERVED_OPEN_WINDOWS;
    for (int64_t w = scale->lowest; w < lowest && w < end; w++)
        fold(scale, w);
    scale->lowest = lowest;
}

static void count_in_scale(struct observed_scale *scale, int64_t ns)
{
    int64_t window = ns / scale->window_ns;
    if (!scale->has_begun) {
        /* Half of the ring is room for what is older and comes later. */
        scale->lowest = window - OBSERVED_OPEN_WINDOWS / 2;
        scale->first = window;
        scale->has_begun = true;
    }
    if (window < scale->lowest) {
        scale->late++;
        return;
    }
    if (window >= scale->lowest + OBSERVED_OPEN_WINDOWS)
        slide(scale, window - OBSERVED_OPEN_WINDOWS / 2);
    if (window < scale->first)
        scale->first = window;
    ++*place_of(scale, window);
}

/* Only windows that lie within the range whole say anything about the spread of counts: the last
 * one is a part, too. */
static void finish_scale(struct observed_scale *scale, const struct observed_arrivals *arrivals)
{
    int64_t last = arrivals->last_ns / scale->window_ns;
    scale->dispersion = NAN;
    if (!scale->has_begun)
        return;
    slide(scale, last > scale->lowest ? last : scale->lowest);
    scale->windows = last > scale->first + 1 ? (uint64_t)(last - scale->first - 1) : 0;
    if (scale->windows < 10 || scale->sum <= 0 || arrivals->resolution_ns > scale->window_ns)
        return;
    double n = (double)scale->windows, mean = scale->sum / n;
    scale->dispersion = (scale->sum_squares - n * mean * mean) / (n - 1) / mean;
}

/* ---- the rate over time ---------------------------------------------------------------------- */

static void join_windows(struct observed_arrivals *arrivals)
{
    int64_t width = 2 * arrivals->window_ns;
    /* The origin stays a multiple of the width. */
    bool is_odd = arrivals->origin_ns % width != 0;
    uint32_t *counts = arrivals->counts;
    size_t out = 0;
    for (size_t in = 0; in < arrivals->window_count; out++) {
        uint32_t sum = counts[in++];
        if (!(is_odd && out == 0) && in < arrivals->window_count)
            sum += counts[in++];
        counts[out] = sum;
    }
    memset(&counts[out], 0, (OBSERVED_MOST_WINDOWS - out) * sizeof *counts);
    arrivals->window_count = out;
    arrivals->origin_ns -= is_odd ? arrivals->window_ns : 0;
    arrivals->window_ns = width;
}

static void count_over_time(struct observed_arrivals *arrivals, int64_t ns)
{
    for (;;) {
        int64_t width = arrivals->window_ns, begin = ns / width * width;
        if (arrivals->window_count == 0)
            arrivals->origin_ns = begin;
        int64_t end = arrivals->origin_ns + (int64_t)arrivals->window_count * width;
        int64_t low = begin < arrivals->origin_ns ? begin : arrivals->origin_ns;
        int64_t high = begin + width > end ? begin + width : end;
        size_t windows = (size_t)((high - low) / width);
        if (windows > OBSERVED_MOST_WINDOWS) {
            join_windows(arrivals);
            continue;
        }
        size_t shift = (size_t)((arrivals->origin_ns - low) / width);
        if (shift > 0) {
            memmove(&arrivals->counts[shift], arrivals->counts,
                    arrivals->window_count * sizeof *arrivals->counts);
            memset(arrivals->counts, 0, shift * sizeof *arrivals->counts);
        }
        arrivals->origin_ns = low;
        arrivals->window_count = windows;
        arrivals->counts[(begin - low) / width]++;
        return;
    }
}

void observed_take_resolution(struct observed_arrivals *arrivals, int64_t resolution_ns)
{
    if (arrivals->count == 0 || resolution_ns < arrivals->resolution_ns)
        arrivals->resolution_ns = resolution_ns > 0 ? resolution_ns : 1;
}

void observed_add_arrival(struct observed_arrivals *arrivals, int64_t ns)
{
    if (ns < 0)
        ns = 0;
    arrivals->count++;
    if (ns < arrivals->first_ns)
        arrivals->first_ns = ns;
    if (ns > arrivals->last_ns)
        arrivals->last_ns = ns;
    for (size_t i = 0; i < OBSERVED_SCALES; i++)
        count_in_scale(&arrivals->scales[i], ns);
    count_over_time(arrivals, ns);
}

void observed_finish_arrivals(struct observed_arrivals *arrivals)
{
    for (size_t i = 0; i < OBSERVED_SCALES; i++)
        finish_scale(&arrivals->scales[i], arrivals);
}
