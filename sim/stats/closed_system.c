/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/closed_system.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- levels --------------------------------------------------------------------------------- */

struct level_change {
    double at;
    int by;
};

static int by_time(const void *left, const void *right)
{
    const struct level_change *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->by - b->by; /* who leaves makes room first */
}

static double inside(double from, double to, double low, double high)
{
    return fmax(fmin(to, high) - fmax(from, low), 0);
}

static void look_at_levels(const struct closed_request *request, size_t count,
                           struct closed_system *found, struct arena *arena)
{
    struct level_change *change = arena_array(arena, 2 * count, sizeof *change);
    double *time = arena_array(arena, count + 1, sizeof *time), all = 0;
    for (size_t i = 0; i < count; i++) {
        change[2 * i] = (struct level_change){request[i].start_s, 1};
        change[2 * i + 1] = (struct level_change){request[i].end_s, -1};
    }
    qsort(change, 2 * count, sizeof *change, by_time);
    double first = change[0].at, last = change[2 * count - 1].at;
    double low = first + 0.05 * (last - first), high = last - 0.05 * (last - first);
    long level = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        /* A request that takes no time leaves before it comes: a level below 0 is none. */
        size_t at = level > 0 ? (size_t)level : 0;
        if (i > 0)
            time[at] += inside(change[i - 1].at, change[i].at, low, high);
        level += change[i].by;
    }
    size_t mode = 0;
    for (size_t i = 0; i <= count; i++) {
        all += time[i];
        found->level_mean += (double)i * time[i];
        mode = time[i] > time[mode] ? i : mode;
    }
    if (!(all > 0))
        return;
    double above = 0;
    for (size_t i = mode + 1; i <= count; i++)
        above += time[i] / all;
    found->level_mean /= all;
    found->level_share = time[mode] / all;
    double with_below = found->level_share + (mode > 0 ? time[mode - 1] / all : 0);
    found->is_by_level = mode >= 1 && (found->level_share >= CLOSED_SYSTEM_SHARE ||
                                       (mode >= 3 && with_below >= 0.9 && above <= 0.001));
    if (found->is_by_level)
        found->population = mode;
}

/* ---- clients -------------------------------------------------------------------------------- */

static int by_client(const void *left, const void *right)
{
    const struct closed_request *a = left, *b = right;
    if (a->client != b->client)
        return a->client < b->client ? -1 : 1;
    return a->start_s < b->start_s ? -1 : a->start_s > b->start_s;
}

struct thinking {
    double count, sum, square, overlaps, expected;
    size_t clients;
};

/* One client's requests [from, to). */
static void look_at_client(const struct closed_request *request, size_t count, double step_s,
                           struct thinking *thinking)
{
    double span = request[count - 1].start_s - request[0].start_s, until = request[0].end_s;
    double rate = span > 0 ? (double)(count - 1) / span : 0;
    thinking->clients++;
    for (size_t i = 1; i < count; i++) {
        double gap = request[i].start_s - until;
        double busy = request[i - 1].end_s - request[i - 1].start_s;
        thinking->expected += -expm1(-rate * fmax(busy - step_s, 0));
        if (gap < -step_s) {
            thinking->overlaps++;
        } else {
            gap = fmax(gap, 0);
            thinking->count++;
            thinking->sum += gap;
            thinking->square += gap * gap;
        }
        until = fmax(until, request[i].end_s);
    }
}

static void look_at_clients(struct closed_request *request, size_t count, double step_s,
                            struct closed_system *found)
{
    const double MIN_EXPECTED = 14, FEW = 0.01;
    struct thinking thinking = {0};
    qsort(request, count, sizeof *request, by_client);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && request[to].client == request[from].client; to++)
            ;
        if (request[from].client != CLOSED_SYSTEM_NO_CLIENT)
            look_at_client(request + from, to - from, step_s, &thinking);
    }
    found->overlaps = thinking.overlaps;
    found->overlaps_expected = thinking.expected;
    if (thinking.count > 0) {
        double mean = thinking.sum / thinking.count;
        found->think_mean_s = mean;
        found->think_sd_s = sqrt(fmax(thinking.square / thinking.count - mean * mean, 0));
    }
    found->is_by_client =
        thinking.expected >= MIN_EXPECTED && thinking.overlaps <= FEW * thinking.expected;
    if (found->is_by_client)
        found->population = thinking.clients;
}

static void explain(struct closed_system *found)
{
    size_t size = sizeof found->reason;
    if (found->is_by_client)
        snprintf(found->reason, size,
                 "closed: %zu clients, never two requests of one in flight (%.3g overlaps, %.3g "
                 "expected of open arrivals): slow answers hold arrivals back",
                 found->population, found->overlaps, found->overlaps_expected);
    else if (found->is_by_level)
        snprintf(found->reason, size,
                 "closed: %zu requests in the system for %.0f %% of the time: slow answers hold "
                 "arrivals back",
                 found->population, 100 * found->level_share);
    else
        snprintf(found->reason, size, "open: no level has more than %.0f %% of the time",
                 100 * found->level_share);
}

struct closed_system closed_system_find(struct closed_request *request, size_t count, double step_s,
                                        struct arena *arena)
{
    struct closed_system found = {.think_mean_s = NAN, .think_sd_s = NAN};
    if (count < CLOSED_SYSTEM_MIN) {
        snprintf(found.reason, sizeof found.reason, "too few requests to tell open from closed");
        return found;
    }
    look_at_levels(request, count, &found, arena);
    look_at_clients(request, count, step_s, &found);
    found.is_closed = found.is_by_level || found.is_by_client;
    explain(&found);
    return found;
}
