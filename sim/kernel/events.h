/* events.h - what will happen, in order of time: at most one pending event for each id.
 *
 * A tree of winners over slots: a leaf holds the key (time, order of scheduling, slot) of one
 * pending event in one 128-bit integer, a node the least key below it. One comparison settles time
 * and ties alike, so a run never depends on the tree's shape. A change walks from its leaf to the
 * root; the path follows from the slot alone and each level is one comparison without a branch,
 * which makes it about three times as fast as a binary heap at any size (bench_event_list). Cost:
 * log2(most pending so far) levels, none when there is one. events_pop leaves the winner's slot as
 * a hole, and the event that the handler schedules next takes it: pop and push together are one
 * walk. Invariants: (1) node[i] is the lesser of node[2 i] and node[2 i + 1], but for the hole's
 * path; (2) slot_of[id] is the slot of id's event, or EVENTS_NO_SLOT; (3) order numbers rise with
 * scheduling. Source: Knuth, The Art of Computer Programming 3, 5.4.1, on selection trees. Owner:
 * the replication's arena. */
#ifndef CAPSIM_SIM_KERNEL_EVENTS_H
#define CAPSIM_SIM_KERNEL_EVENTS_H

#include "sim/kernel/arena.h"
#include "sim/kernel/wide.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENTS_NEVER INT64_MAX
/* The key of an empty slot: larger than every event's, at time EVENTS_NEVER. */
#define EVENTS_NO_KEY (~(wide_uint)0 >> 1)
#define EVENTS_NO_SLOT UINT32_MAX

struct events {
    wide_uint *node; /* [2 * width]; the root is node[1], the leaf of slot s is node[width + s]  */
    uint32_t width;
    uint32_t hole;   /* slot of the event being handled, or EVENTS_NO_SLOT                       */
    uint32_t order;  /* of the last event scheduled                                             */
    uint32_t *id_of; /* [width]                                                                 */
    uint32_t *free;  /* [width] stack of free slots                                             */
    uint32_t free_count;
    uint32_t *slot_of; /* [ids]                                                                 */
    uint32_t ids;
    struct arena *arena;
};

/* An empty list for ids 0..ids-1 (events_grow_ids allows more). Times are >= 0 and below
 * EVENTS_NEVER. */
void events_init(struct events *events, uint32_t ids, struct arena *arena);
/* Makes room for ids 0..ids-1; what is pending stays. */
void events_grow_ids(struct events *events, uint32_t ids);
/* Slow paths: twice as many slots; new order numbers from 1 for all that is pending (the counter is
 * used up). */
void events_grow(struct events *events);
void events_renumber(struct events *events);

/* The time of the earliest event [ns], EVENTS_NEVER when there is none. No hole may be open. */
static inline int64_t events_next_time(const struct events *events)
{
    return (int64_t)(events->node[1] >> 64);
}

/* Puts key into slot and renews the winners above it. In bytes, node i is at 16 i: its sibling at
 * 16 i ^ 16, its parent at half of that with the last four bits cleared; three instructions a level
 * less than by index. */
static inline void events_set(struct events *events, uint32_t slot, wide_uint key)
{
    enum { NODE_BYTES = sizeof(wide_uint) };
    char *nodes = (char *)events->node;
    size_t at = (size_t)(events->width + slot) * NODE_BYTES;
    *(wide_uint *)(void *)(nodes + at) = key;
    while (at > NODE_BYTES) {
        key = wide_least(*(wide_uint *)(void *)(nodes + (at ^ NODE_BYTES)), key);
        at = at / 2 & ~(size_t)(NODE_BYTES - 1);
        *(wide_uint *)(void *)(nodes + at) = key;
    }
}

/* Schedules id's event at time [ns]; id has none. */
static inline void events_schedule(struct events *events, uint32_t id, int64_t time)
{
    if (__builtin_expect(++events->order == 0, 0))
        events_renumber(events);
    uint32_t slot = events->hole;
    if (slot == EVENTS_NO_SLOT) {
        if (__builtin_expect(events->free_count == 0, 0))
            events_grow(events);
        slot = events->free[--events->free_count];
    }
    events->hole = EVENTS_NO_SLOT;
    events->id_of[slot] = id;
    events->slot_of[id] = slot;
    events_set(events, slot,
               (wide_uint)(uint64_t)time << 64 | (uint64_t)events->order << 32 | slot);
}

/* Empties a slot. */
static inline void events_clear(struct events *events, uint32_t slot)
{
    events_set(events, slot, EVENTS_NO_KEY);
    events->free[events->free_count++] = slot;
}

/* Takes the earliest event, whose slot becomes the hole, and returns its id. There is one, and no
 * hole is open. */
static inline uint32_t events_pop(struct events *events)
{
    events->hole = (uint32_t)events->node[1];
    uint32_t id = events->id_of[events->hole];
    events->slot_of[id] = EVENTS_NO_SLOT;
    return id;
}

/* Closes the hole that the last events_pop left, if nothing was scheduled since. */
static inline void events_close_hole(struct events *events)
{
    if (events->hole == EVENTS_NO_SLOT)
        return;
    uint32_t slot = events->hole;
    events->hole = EVENTS_NO_SLOT;
    events_clear(events, slot);
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
