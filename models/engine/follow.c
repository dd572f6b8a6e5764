/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/follow.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/stations/arrivals.h"
#include "models/stations/cycle.h"
#include "models/stations/pool.h"
#include <string.h>

static void note_early(struct replication_state *system, struct follow_early early)
{
    struct follow *follow = &system->follow;
    if (follow->early_count == follow->early_room) {
        size_t room = follow->early_room == 0 ? 64 : 2 * follow->early_room;
        struct follow_early *grown = arena_array(system->arena, room, sizeof *grown);
        if (follow->early_count > 0)
            memcpy(grown, follow->early, follow->early_count * sizeof *grown);
        follow->early = grown;
        follow->early_room = room;
    }
    follow->early[follow->early_count++] = early;
}

static bool is_followed(const struct follow *follow, int64_t began)
{
    return began >= follow->begin && began < follow->end;
}

void follow_observe_rare(struct replication_state *system, struct tally *tally, int64_t value,
                         int64_t began)
{
    const struct follow *follow = &system->follow;
    if (follow->is_draining && !is_followed(follow, began))
        return;
    tally_add(tally, value);
    if (!follow->is_draining)
        note_early(system, (struct follow_early){.tally = tally, .value = value});
}

void follow_count_rare(struct replication_state *system, uint64_t *count, int64_t began,
                       int64_t change)
{
    const struct follow *follow = &system->follow;
    if (follow->is_draining && !is_followed(follow, began))
        return;
    *count += (uint64_t)change;
    if (!follow->is_draining)
        note_early(system, (struct follow_early){.count = count, .value = change});
}

void follow_leave(struct replication_state *system, int64_t began)
{
    struct follow *follow = &system->follow;
    if (follow->is_draining && is_followed(follow, began))
        follow->left--;
}

void follow_end_rare(struct replication_state *system, struct tally *tally, int64_t value,
                     int64_t began)
{
    follow_leave(system, began);
    follow_observe_rare(system, tally, value, began);
}

void follow_begin(struct replication_state *system)
{
    system->follow = (struct follow){.common = system->now, .begin = system->now};
}

/* Requests that arrived in the measured time and are still there. */
static uint64_t count_present(const struct replication_state *system)
{
    uint64_t count = 0;
    for (uint32_t line = 0; line < system->lines; line += system->lines_each) {
        const struct request *request = replication_request(system, line);
        if (request->state.phase != PHASE_FREE && request->state.phase != PHASE_THINKING)
            count += request->arrived >= system->follow.begin ? 1 : 0;
    }
    return count;
}

/* The end of a request that has nothing left but the delay it is in, and nothing that another could
 * wait for: it is known already. INT64_MAX: it is not. */
static int64_t known_end(const struct replication_state *system, const struct request *request)
{
    const struct request_state *state = &request->state;
    if (state->phase != PHASE_DELAYED || state->class->has_deadline || state->held_count > 0 ||
        state->visit_count > 0 || state->timer_count > 0 || state->mark_count > 0)
        return INT64_MAX;
    const struct operation *operation = state->operation;
    if (operation->code != OPERATION_DELAY ||
        (operation[1].code != OPERATION_FINISH && operation[1].code != OPERATION_RETURN))
        return INT64_MAX;
    if (operation->slot != SLOT_NONE)
        return request->since + request->drawn[operation->slot];
    if (operation->fixed_ns >= 0)
        return request->since + operation->fixed_ns;
    return request->since +
           replication_draw_ns(system, request, &state->class->program->draws[operation->draw]);
}

/* Observes the ends that are known, so that nobody waits for the longest of them: a law with a
 * heavy tail would be cut off where the drain is. Such a request is not followed any more. */
static void observe_known_ends(struct replication_state *system)
{
    struct follow *follow = &system->follow;
    for (uint32_t line = 0; line < system->lines; line += system->lines_each) {
        struct request *request = replication_request(system, line);
        if (request->state.phase == PHASE_FREE || request->arrived < follow->begin)
            continue;
        int64_t end = known_end(system, request);
        if (end == INT64_MAX)
            continue;
        int32_t step = request->state.operation->step;
        if (step != STEP_UNNAMED)
            tally_add(&request->state.class->steps[step], end - request->since);
        tally_add(request->state.class->response, end - request->arrived);
        request->arrived = request->since = -1;
    }
}

void follow_take_back(struct replication_state *system)
{
    struct follow *follow = &system->follow;
    for (size_t i = 0; i < follow->early_count; i++) {
        const struct follow_early *early = &follow->early[i];
        if (early->tally)
            tally_take_back(early->tally, early->value);
        else
            *early->count -= (uint64_t)early->value;
    }
    follow->early_count = 0;
    follow->common = INT64_MAX;
    follow->end = system->now;
    follow->is_draining = true;
    observe_known_ends(system);
    follow->left = count_present(system);
    for (uint32_t w = 0; w < system->source_count; w++)
        if (system->sources[w].cycle)
            follow->left += cycle_count_running(system->sources[w].cycle, follow->begin);
}

/* What the drain must leave as it is: counts that say what happened in the measured time, and the
 * observations of zero, which take the shortest way: in the drain they begin when they end. */
struct kept {
    uint64_t *counts;
    uint32_t *zeros;
};

static struct kept keep(const struct replication_state *system)
{
    const struct statistics_layout *layout = &system->model->layout;
    size_t counts = (size_t)layout->count_count, tallies = (size_t)layout->tally_count;
    struct kept kept = {.counts = arena_array(system->arena, counts, sizeof *kept.counts),
                        .zeros = arena_array(system->arena, tallies, sizeof *kept.zeros)};
    memcpy(kept.counts, system->statistics.counts, counts * sizeof *kept.counts);
    for (size_t t = 0; t < tallies; t++)
        kept.zeros[t] = system->statistics.tallies[t].buckets[0];
    return kept;
}

static void restore(struct replication_state *system, struct kept kept)
{
    const struct statistics_layout *layout = &system->model->layout;
    for (int t = 0; t < layout->tally_count; t++) {
        struct tally *tally = &system->statistics.tallies[t];
        if (tally->buckets[0] == kept.zeros[t])
            continue;
        tally->count -= tally->buckets[0] - kept.zeros[t];
        tally->buckets[0] = kept.zeros[t];
    }
    for (uint32_t c = 0; c < system->model->program->class_count; c++) {
        uint64_t *arrived = &system->classes[c].counts[GROUP_ARRIVED];
        *arrived = kept.counts[arrived - system->statistics.counts];
    }
    for (uint32_t p = 0; p < system->model->program->copies[STATION_POOL].count; p++) {
        uint64_t *opened = &system->pools[p].counts[POOL_OPENED];
        *opened = kept.counts[opened - system->statistics.counts];
    }
}

/* What has not ended is at least as long as it is old: observed with its age, so that it counts as
 * beyond every limit that it has passed, and counted as such: it is neither completed nor failed.
 * Without that an overload would show nothing at all: none
 * of those who came in the measured time is served. */
static void observe_what_is_left(struct replication_state *system)
{
    const struct follow *follow = &system->follow;
    for (uint32_t line = 0; line < system->lines; line += system->lines_each) {
        struct request *request = replication_request(system, line);
        if (request->state.phase == PHASE_FREE || request->state.phase == PHASE_THINKING)
            continue;
        if (is_followed(follow, request->arrived)) {
            tally_add(request->state.class->response, system->now - request->arrived);
            request->state.class->counts[GROUP_UNFINISHED]++;
        }
        struct pool *pool = replication_pool_awaited(system, request);
        if (!pool || !is_followed(follow, request->since))
            continue;
        tally_add(pool->wait, system->now - request->since);
        if (pool->queueing != pool->wait)
            tally_add(pool->queueing, system->now - request->since);
        if (pool->connect_time)
            tally_add_zero(pool->connect_time);
    }
}

bool follow_drain(struct replication_state *system, int64_t longest)
{
    enum { SPANS = 1024 }; /* it is looked that often, at first, whether all has ended */
    struct kept kept = keep(system);
    int64_t end = system->now + longest, span = longest / SPANS + 1;
    while (system->follow.left > 0 && system->now < end && !system->is_over) {
        int64_t next = end - system->now < span ? end : system->now + span;
        if (!replication_run_until(system, next) && !system->is_over)
            return false;
        span += span / 2;
    }
    restore(system, kept);
    observe_what_is_left(system);
    return true;
}
