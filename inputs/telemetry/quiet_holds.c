/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/quiet_holds.h"

#include <math.h>
#include <stdlib.h>

#define UNSEEN 0.1 /* of the requests, which may outlast what was seen */
enum { ENOUGH = 50 };

struct change {
    int64_t ns;
    size_t request;
    bool is_begin;
};

/* A hold as far as it was seen. */
struct seen {
    int64_t ns;
    bool is_end; /* else it was censored */
};

/* Ends before beginnings at one time, as what is freed can be taken. */
static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    if (x->is_begin != y->is_begin)
        return x->is_begin ? 1 : -1;
    return (x->request > y->request) - (x->request < y->request);
}

/* Ends before what was censored at the same time. */
static int compare_seen(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    return (int)y->is_end - (int)x->is_end;
}

/* A hold of nothing only begins. */
static struct change *list_changes(const struct replayed *requests, size_t count, size_t *changes,
                                   struct arena *arena)
{
    struct change *list = arena_array(arena, arena_multiply_sizes(2, count), sizeof *list);
    *changes = 0;
    for (size_t i = 0; i < count; i++) {
        const struct replayed *request = &requests[i];
        if (request->gave_up)
            continue;
        list[(*changes)++] = (struct change){request->end_ns - request->hold_ns, i, true};
        if (request->hold_ns > 0)
            list[(*changes)++] = (struct change){request->end_ns, i, false};
    }
    if (*changes > 0)
        qsort(list, *changes, sizeof *list, compare_changes);
    return list;
}

/* The variance of the mean by Greenwood's formula: for each end the area that is left behind it. */
static double variance_of(const struct seen *seen, size_t count, double area)
{
    double left = 1, passed = 0, last = 0, variance = 0;
    for (size_t i = 0; i < count; i++) {
        double at = (double)seen[i].ns / 1e9, there = (double)(count - i);
        passed += left * (at - last);
        last = at;
        if (!seen[i].is_end)
            continue;
        variance += there > 1 ? (area - passed) * (area - passed) / (there * (there - 1)) : 0;
        left *= 1 - 1 / there;
    }
    return variance;
}

/* The mean is the area below the curve of those still there. What outlasts all that was seen is
 * taken to end there. */
static void estimate(struct seen *seen, size_t count, struct quiet_hold *found)
{
    double left = 1, last = 0, area = 0, squares = 0;
    qsort(seen, count, sizeof *seen, compare_seen);
    for (size_t i = 0; i < count; i++) {
        double at = (double)seen[i].ns / 1e9;
        area += left * (at - last);
        squares += left * (at * at - last * last);
        last = at;
        if (!seen[i].is_end)
            continue;
        found->ended++;
        left *= 1 - 1 / (double)(count - i);
    }
    found->mean_s = area;
    found->cv = area > 0 ? sqrt(fmax(squares - area * area, 0)) / area : NAN;
    found->is_known = found->ended >= ENOUGH && left <= UNSEEN && area > 0;
    found->error_s = sqrt(variance_of(seen, count, area));
}

/* What is followed as the changes go by. */
struct watch {
    const struct replayed *requests;
    size_t places, present;
    size_t *open, open_count; /* requests that began in the quiet time that still lasts */
    struct seen *seen;
    bool *is_seen; /* [requests] */
};

static void see(struct watch *watch, size_t request, int64_t now, bool is_end)
{
    const struct replayed *of = &watch->requests[request];
    watch->seen[request] = (struct seen){now - (of->end_ns - of->hold_ns), is_end};
    watch->is_seen[request] = true;
}

static void end_hold(struct watch *watch, size_t request, int64_t now)
{
    watch->present--;
    for (size_t k = 0; k < watch->open_count; k++)
        if (watch->open[k] == request) {
            see(watch, request, now, true);
            watch->open[k] = watch->open[--watch->open_count];
            return;
        }
}

static void begin_hold(struct watch *watch, size_t request, int64_t now)
{
    bool is_nothing = watch->requests[request].hold_ns <= 0;
    if (is_nothing && watch->present < watch->places)
        see(watch, request, now, true);
    if (is_nothing)
        return;
    if (++watch->present <= watch->places) {
        watch->open[watch->open_count++] = request;
        return;
    }
    for (size_t k = 0; k < watch->open_count; k++)
        see(watch, watch->open[k], now, false);
    watch->open_count = 0;
}

void quiet_holds_find(const struct replayed *requests, size_t count, size_t places, size_t classes,
                      struct quiet_hold *found)
{
    struct arena *scratch = arena_open();
    size_t changes;
    struct change *list = list_changes(requests, count, &changes, scratch);
    struct watch watch = {.requests = requests,
                          .places = places,
                          .open = arena_array(scratch, places + 1, sizeof *watch.open),
                          .seen = arena_array(scratch, count, sizeof *watch.seen),
                          .is_seen = arena_array(scratch, count, sizeof *watch.is_seen)};
    for (size_t i = 0; i < changes; i++)
        (list[i].is_begin ? begin_hold : end_hold)(&watch, list[i].request, list[i].ns);
    struct seen *own = arena_array(scratch, count, sizeof *own);
    for (size_t c = 0; c < classes; c++) {
        size_t taken = 0;
        found[c] = (struct quiet_hold){.mean_s = NAN, .error_s = NAN, .cv = NAN};
        for (size_t i = 0; i < count; i++)
            if (watch.is_seen[i] && requests[i].class == c)
                own[taken++] = watch.seen[i];
        if (taken > 0)
            estimate(own, taken, &found[c]);
    }
    arena_close(scratch);
}
