/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/pool_replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The pool while its requests come and go. */
struct state {
    const struct pool_replay *settings;
    struct replayed *requests;
    bool *is_granted, *is_gone;
    size_t *queue; /* ring of count + 1 */
    size_t queue_head, queue_tail, queue_size;
    int64_t *idle; /* [max] times of release, the oldest first, as a ring */
    size_t idle_head, idle_count, open;
};

static int compare_starts(const void *a, const void *b)
{
    const struct replayed *x = a, *y = b;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

struct departure {
    int64_t ns;
    size_t request;
};

static int compare_departures(const void *a, const void *b)
{
    const struct departure *x = a, *y = b;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    return (x->request > y->request) - (x->request < y->request);
}

static int64_t asked_at(const struct state *state, size_t i)
{
    const struct replayed *request = &state->requests[i];
    int64_t asked = request->start_ns + state->settings->outside_ns;
    return asked < request->end_ns ? asked : request->end_ns;
}

static void grant(struct state *state, size_t i, int64_t at)
{
    struct replayed *request = &state->requests[i];
    if (at > request->end_ns)
        at = request->end_ns;
    state->is_granted[i] = true;
    request->wait_ns = at - asked_at(state, i);
    request->hold_ns = request->end_ns - at;
}

/* Closes what has been idle too long, the oldest first. */
static void expire(struct state *state, int64_t now)
{
    const struct pool_replay *settings = state->settings;
    while (settings->idle_timeout_ns > 0 && state->idle_count > 0 && state->open > settings->min &&
           state->idle[state->idle_head] + settings->idle_timeout_ns <= now) {
        state->idle_head = (state->idle_head + 1) % settings->max;
        state->idle_count--;
        state->open--;
    }
}

static void arrive(struct state *state, size_t i, int64_t now)
{
    const struct pool_replay *settings = state->settings;
    expire(state, now);
    state->requests[i].has_connected = false;
    if (state->requests[i].gave_up)
        return;
    if (state->idle_count > 0) {
        state->idle_count--;
        grant(state, i, now);
    } else if (state->open < settings->max) {
        state->open++;
        state->requests[i].has_connected = true;
        grant(state, i, now + settings->connect_ns);
    } else {
        state->queue[state->queue_tail] = i;
        state->queue_tail = (state->queue_tail + 1) % state->queue_size;
    }
}

/* The next that still waits, or SIZE_MAX. */
static size_t next_waiting(struct state *state)
{
    while (state->queue_head != state->queue_tail) {
        size_t i = state->queue[state->queue_head];
        state->queue_head = (state->queue_head + 1) % state->queue_size;
        if (!state->is_gone[i])
            return i;
    }
    return SIZE_MAX;
}

static void depart(struct state *state, size_t i, int64_t now)
{
    state->is_gone[i] = true;
    if (state->requests[i].gave_up) {
        grant(state, i, now);
        return;
    }
    if (!state->is_granted[i]) {
        /* It ended while it waited: it had no connection, or the pool is larger than was said. */
        grant(state, i, now);
        return;
    }
    size_t next = next_waiting(state);
    if (next != SIZE_MAX) {
        grant(state, next, now);
        return;
    }
    state->idle[(state->idle_head + state->idle_count) % state->settings->max] = now;
    state->idle_count++;
}

static void sum_up(struct pool_replay *replay, const struct replayed *requests, size_t count)
{
    double waits = 0, holds = 0;
    int64_t last = 0;
    replay->connects = replay->waited = 0;
    size_t granted = 0;
    for (size_t i = 0; i < count; i++) {
        last = requests[i].end_ns > last ? requests[i].end_ns : last;
        if (requests[i].gave_up)
            continue;
        granted++;
        waits += (double)requests[i].wait_ns;
        holds += (double)requests[i].hold_ns;
        replay->connects += requests[i].has_connected;
        replay->waited += requests[i].wait_ns > 0 && !requests[i].has_connected;
    }
    double length = count > 0 ? (double)(last - requests[0].start_ns) : 0;
    replay->mean_wait_s = granted > 0 ? waits / (double)granted / 1e9 : NAN;
    replay->mean_hold_s = granted > 0 ? holds / (double)granted / 1e9 : NAN;
    replay->in_use = length > 0 ? holds / length : NAN;
}

/* Ends before starts at the same time: what is freed can be taken. */
static void follow(struct state *state, const struct departure *departures, size_t count)
{
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t now = asked_at(state, i);
        for (; next < count && departures[next].ns <= now && departures[next].request < i; next++)
            depart(state, departures[next].request, departures[next].ns);
        arrive(state, i, now);
    }
    for (; next < count; next++)
        depart(state, departures[next].request, departures[next].ns);
}

void pool_replay_run(struct pool_replay *replay, struct replayed *requests, size_t count,
                     struct arena *arena)
{
    struct departure *departures = arena_array(arena, count, sizeof *departures);
    struct state state = {.settings = replay,
                          .requests = requests,
                          .queue_size = count + 1,
                          .open = replay->max,
                          .idle_count = replay->max};
    qsort(requests, count, sizeof *requests, compare_starts);
    for (size_t i = 0; i < count; i++)
        departures[i] = (struct departure){requests[i].end_ns, i};
    qsort(departures, count, sizeof *departures, compare_departures);
    state.is_granted = arena_array(arena, count, sizeof(bool));
    state.is_gone = arena_array(arena, count, sizeof(bool));
    state.queue = arena_array(arena, count + 1, sizeof(size_t));
    state.idle = arena_array(arena, replay->max, sizeof(int64_t));
    for (size_t i = 0; i < replay->max && count > 0; i++)
        state.idle[i] = requests[0].start_ns;
    follow(&state, departures, count);
    sum_up(replay, requests, count);
}

bool pool_replay_match(struct pool_replay *replay, struct replayed *requests, size_t count,
                       double hold_s, int64_t most_ns, struct arena *arena)
{
    struct arena *scratch = arena_open();
    int64_t low = 0, high = 0;
    double longest = 0;
    for (size_t i = 0; i < count; i++)
        longest = fmax(longest, (double)(requests[i].end_ns - requests[i].start_ns));
    high = (int64_t)fmin(longest, (double)most_ns);
    replay->outside_ns = 0;
    pool_replay_run(replay, requests, count, scratch);
    bool is_reached = replay->mean_hold_s >= hold_s;
    while (is_reached && high - low > 1000) {
        replay->outside_ns = low + (high - low) / 2;
        arena_reset(scratch);
        pool_replay_run(replay, requests, count, scratch);
        if (replay->mean_hold_s >= hold_s)
            low = replay->outside_ns;
        else
            high = replay->outside_ns;
    }
    arena_close(scratch);
    replay->outside_ns = low;
    pool_replay_run(replay, requests, count, arena);
    return is_reached;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

size_t pool_replay_peak(const struct replayed *requests, size_t count, struct arena *arena)
{
    int64_t *starts = arena_array(arena, count, sizeof *starts);
    int64_t *ends = arena_array(arena, count, sizeof *ends);
    size_t peak = 0, ended = 0;
    for (size_t i = 0; i < count; i++) {
        starts[i] = requests[i].start_ns;
        ends[i] = requests[i].end_ns;
    }
    qsort(starts, count, sizeof *starts, compare_times);
    qsort(ends, count, sizeof *ends, compare_times);
    for (size_t i = 0; i < count; i++) {
        while (ended < count && ends[ended] <= starts[i])
            ended++;
        peak = i + 1 - ended > peak ? i + 1 - ended : peak;
    }
    return peak;
}
