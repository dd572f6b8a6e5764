/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.h - what will happen, in order of time: at most one pending event for each id.
 *
 * A tree of winners over slots, four to a node: a leaf holds the key (time, order of scheduling,
 * slot) of one pending event in one 128-bit integer, a node the least key below it. One comparison
 * settles time and ties alike, so a run never depends on the tree's shape. Paths follow from the
 * slot alone and no comparison is a branch. Scheduling lowers the nodes above its leaf, which do
 * not wait for each other; emptying a slot walks to the root with one comparison a level that waits
 * for the one before, since those of the neighbours can be made ahead. What comes next is known as
 * soon as an event is taken, before its handler runs: a processor that guesses it wrong (arrival or
 * departure?) finds out early. Cost: log4(most pending so far) levels, none when there is one;
 * bench_event_list has the others that were tried.
 * Invariants:
 * (1) node[i] is the least of node[4 i] to node[4 i + 3];
 * (2) slot_of[id] is the slot of id's event, or EVENTS_NO_SLOT;
 * (3) order numbers rise with scheduling.
 * Source: Knuth, The Art of Computer Programming 3, 5.4.1, on selection trees. Owner: the
 * replication's arena. */
#ifndef CAPSIM_SIM_KERNEL_EVENTS_H
#define CAPSIM_SIM_KERNEL_EVENTS_H

#include "sim/base/arena.h"
#include "sim/base/wide.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENTS_NEVER INT64_MAX
/* The key of an empty slot: larger than every event's, at time EVENTS_NEVER; its slot is 0. */
#define EVENTS_NO_KEY ((wide_uint)EVENTS_NEVER << 64 | (wide_uint)UINT32_MAX << 32)
#define EVENTS_NO_SLOT UINT32_MAX

struct events {
    wide_uint *node; /* [2 * width]; the root is node[1], the leaf of slot s is node[width + s] */
    uint32_t width;  /* a power of four                                                         */
    uint32_t order;  /* of the last event scheduled                                             */
    uint32_t *id_of; /* [width] of a free slot: the next free one, or EVENTS_NO_SLOT            */
    uint32_t first_free;
    uint32_t ids;
    uint32_t *slot_of; /* [ids] */
    struct arena *arena;
};

/* An empty list for ids 0..ids-1 (events_grow_ids allows more). Times are >= 0 and below
 * EVENTS_NEVER. */
void events_init(struct events *events, uint32_t ids, struct arena *arena);
/* Makes room for ids 0..ids-1; what is pending stays. */
void events_grow_ids(struct events *events, uint32_t ids);
/* Slow paths: four times as many slots; new order numbers from 1 for all that is pending (the
 * counter is used up). */
void events_grow(struct events *events);
void events_renumber(struct events *events);

/* The time of the earliest event [ns], EVENTS_NEVER when there is none. */
static inline int64_t events_next_time(const struct events *events)
{
    return (int64_t)(events->node[1] >> 64);
}

/* Whose event comes next, for a look ahead: any number when there is none. */
static inline uint32_t events_next_id(const struct events *events)
{
    return events->id_of[(uint32_t)events->node[1]];
}

/* In bytes, node i is at 16 i: its neighbours at 16 i ^ 16, ^ 32, ^ 48, its parent at a quarter of
 * that with the last four bits cleared; fewer instructions than by index. */
enum { EVENTS_NODE = sizeof(wide_uint), EVENTS_ROOT = EVENTS_NODE };

/* The node that is there. */
static inline wide_uint *events_node(const struct events *events, size_t at)
{
    return (wide_uint *)(void *)((char *)events->node + at);
}

/* Where the leaf of a slot is. */
static inline size_t events_leaf(const struct events *events, uint32_t slot)
{
    return (size_t)(events->width + slot) * EVENTS_NODE;
}

/* Where the node's parent is. */
static inline size_t events_parent(size_t at)
{
    return at / 4 & ~(size_t)(EVENTS_NODE - 1);
}

/* The least of the node's three neighbours. */
static inline wide_uint events_least_neighbour(const struct events *events, size_t at)
{
    wide_uint a = *events_node(events, at ^ EVENTS_NODE);
    wide_uint b = *events_node(events, at ^ (size_t)2 * EVENTS_NODE);
    wide_uint c = *events_node(events, at ^ (size_t)3 * EVENTS_NODE);
    return wide_least(c, wide_least(b, a));
}

/* Schedules id's event at time [ns]; id has none. It is seldom the next one: the root is a branch
 * after all, so that what comes next need not wait for the walk. */
static inline void events_schedule(struct events *events, uint32_t id, int64_t time)
{
    if (__builtin_expect(++events->order == 0, 0))
        events_renumber(events);
    if (__builtin_expect(events->first_free == EVENTS_NO_SLOT, 0))
        events_grow(events);
    uint32_t slot = events->first_free;
    events->first_free = events->id_of[slot];
    events->id_of[slot] = id;
    events->slot_of[id] = slot;
    wide_uint key = (wide_uint)(uint64_t)time << 64 | (uint64_t)events->order << 32 | slot;
    size_t at = events_leaf(events, slot);
    *events_node(events, at) = key;
    for (at = events_parent(at); at > EVENTS_ROOT; at = events_parent(at))
        *events_node(events, at) = wide_least(key, *events_node(events, at));
    if (__builtin_expect(time < events_next_time(events), 0))
        events->node[1] = key;
}

/* Empties a slot. */
static inline void events_clear(struct events *events, uint32_t slot)
{
    size_t at = events_leaf(events, slot);
    *events_node(events, at) = EVENTS_NO_KEY;
    if (at > EVENTS_ROOT) {
        wide_uint key = events_least_neighbour(events, at);
        while ((at = events_parent(at)) > EVENTS_ROOT) {
            *events_node(events, at) = key;
            key = wide_least(key, events_least_neighbour(events, at));
        }
        events->node[1] = key;
    }
    events->id_of[slot] = events->first_free;
    events->first_free = slot;
}

/* Takes the earliest event and returns its id. There is one. */
static inline uint32_t events_pop(struct events *events)
{
    uint32_t slot = (uint32_t)events->node[1], id = events->id_of[slot];
    events->slot_of[id] = EVENTS_NO_SLOT;
    events_clear(events, slot);
    return id;
}

/* Whether id has an event. */
static inline bool events_is_pending(const struct events *events, uint32_t id)
{
    return events->slot_of[id] != EVENTS_NO_SLOT;
}

/* Forgets id's event, if it has one. */
static inline void events_cancel(struct events *events, uint32_t id)
{
    uint32_t slot = events->slot_of[id];
    if (slot == EVENTS_NO_SLOT)
        return;
    events->slot_of[id] = EVENTS_NO_SLOT;
    events_clear(events, slot);
}

#endif
