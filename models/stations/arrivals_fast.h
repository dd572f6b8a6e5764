/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals_fast.h - an arrival: the part of arrivals.c that runs for every request, inlined into
 * the main loop. */
#ifndef CAPSIM_MODELS_STATIONS_ARRIVALS_FAST_H
#define CAPSIM_MODELS_STATIONS_ARRIVALS_FAST_H

#include "models/stations/arrivals.h"

/* An arrival instant has come: sets the alarm for the one after. */
static inline void arrivals_move_on(struct replication_state *system, struct source *source)
{
    uint32_t place = ++source->instants % STREAM_BLOCK;
    if (__builtin_expect(place == 0, 0))
        arrivals_refill(system, source);
    int64_t step = source->interarrivals[place];
    if (__builtin_expect(step == 0, 0))
        arrivals_guard_instant(system, source);
    alarms_set(&system->alarms, source->alarm, system->now + step);
}

/* Draws the values that the request will surely need, and keeps them with it. */
__attribute__((always_inline)) static inline void
source_draw_values(const struct replication_state *system, struct class_state *class,
                   struct request *request)
{
    uint32_t place = request->index % STREAM_BLOCK;
    if (__builtin_expect(place == 0, 0))
        arrivals_fill_blocks(system, class, request->index);
    const int64_t *value = class->blocks[0] + place;
    if (__builtin_expect(class->slot_count == 1, 1)) /* no loop for most */
        request->drawn[0] = *value;
    else
        for (int slot = 0; slot < class->slot_count; slot++, value += STREAM_BLOCK)
            request->drawn[slot] = *value;
}

/* Makes record id a request of the workload that begins at this instant: class chosen, values
 * drawn, counted. */
__attribute__((always_inline)) static inline void
source_begin_request(struct replication_state *system, struct source *source, uint32_t id)
{
    struct class_state *class = source->first_class;
    if (!source->is_plain)
        class = arrivals_choose_class(system, source, id);
    struct request *request = replication_request(system, id);
    replication_renew_request(system, request, class);
    request->index = class->next_index++;
    request->arrived = system->now;
    source_draw_values(system, class, request);
    class->counts[GROUP_ARRIVED]++;
    time_average_increase_alone(class->in_system, system->now);
    if (__builtin_expect(class->has_more_levels, 0))
        arrivals_change_levels(system, class, 1);
}

/* Makes one request of the workload at this instant. Returns its id, or NO_REQUEST with the
 * system's error set. */
__attribute__((always_inline)) static inline uint32_t
source_make_request(struct replication_state *system, struct source *source)
{
    uint32_t id = replication_take_request(system);
    if (__builtin_expect(id == NO_REQUEST, 0))
        return NO_REQUEST;
    source_begin_request(system, source, id);
    return id;
}

#endif
