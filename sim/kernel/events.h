/* events.h - what will happen, in order of time: at most one pending event for each id.
 *
 * A binary heap of 16-byte keys, (time, order of scheduling, id) in one 128-bit integer, so that
 * one comparison settles time and ties alike and a run never depends on the heap's shape.
 * events_pop leaves a hole at the root; the event that the handler schedules next fills it with a
 * single sift, which halves the cost of pop and push. A cancelled event stays until it comes up, or
 * until more than half of the heap is cancelled. Why a binary heap: bench_event_list measures it
 * against four-ary heaps, winner trees and calendars. Invariants: (1) heap[i / 2] <= heap[i] but
 * for the hole; (2) pending[id] is the order number of id's live event, or 0; (3) order numbers of
 * live events are distinct and rise with scheduling. Owner: the replication's arena. */
#ifndef CAPSIM_SIM_KERNEL_EVENTS_H
#define CAPSIM_SIM_KERNEL_EVENTS_H

#include "sim/kernel/arena.h"
#include "sim/kernel/wide.h"
#include <stdbool.h>
#include <stdint.h>

#define EVENTS_NEVER INT64_MAX
/* Larger than every key, at time EVENTS_NEVER: what stands just above the heap. */
#define EVENTS_NO_KEY (~(wide_uint)0 >> 1)

struct events {
    wide_uint *heap; /* [1..size]; above size at least one key larger than all               */
    uint32_t size, capacity;
    bool has_hole;      /* heap[1] is spent: it belongs to the event being handled               */
    uint32_t order;     /* of the last event scheduled                                           */
    uint32_t cancelled; /* spent keys still in the heap                                         */
    uint32_t *pending;  /* [ids]                                                                 */
    uint32_t ids;
    struct arena *arena;
};

/* An empty list for ids 0..ids-1 (events_grow_ids allows more). Times are >= 0. */
void events_init(struct events *events, uint32_t ids, struct arena *arena);
/* Makes room for ids 0..ids-1; what is pending stays. */
void events_grow_ids(struct events *events, uint32_t ids);
/* Slow paths: doubles the heap; gives all live events new order numbers from 1 (the counter is used
 * up). */
void events_grow(struct events *events);
void events_renumber(struct events *events);
/* Drops cancelled events and restores the heap. */
void events_sweep(struct events *events);

/* The time of the earliest key [ns], cancelled or not; EVENTS_NEVER when there is none. No hole may
 * be open. */
static inline int64_t events_next_time(const struct events *events)
{
    return (int64_t)(events->heap[1] >> 64);
}

/* Sinks key from the root to its place. */
static inline void events_sink(struct events *events, wide_uint key)
{
    wide_uint *heap = events->heap;
    uint32_t size = events->size, at = 1, child = 2;
    while (child <= size) {
        wide_uint left = heap[child], right = heap[child + 1];
        uint32_t goes_right = right < left;
        wide_uint least = goes_right ? right : left;
        if (least >= key)
            break;
        heap[at] = least;
        at = child + goes_right;
        child = 2 * at;
    }
    heap[at] = key;
}

/* Schedules id's event at time [ns]. id has no live event. */
static inline void events_schedule(struct events *events, uint32_t id, int64_t time)
{
    if (__builtin_expect(++events->order == 0, 0))
        events_renumber(events);
    events->pending[id] = events->order;
    wide_uint key = (wide_uint)(uint64_t)time << 64 | (uint64_t)events->order << 32 | id;
    if (events->has_hole) {
        events->has_hole = false;
        events_sink(events, key);
        return;
    }
    if (__builtin_expect(events->size + 2 >= events->capacity, 0))
        events_grow(events);
    uint32_t at = ++events->size;
    events->heap[at + 1] = EVENTS_NO_KEY;
    while (at > 1 && events->heap[at / 2] > key) {
        events->heap[at] = events->heap[at / 2];
        at /= 2;
    }
    events->heap[at] = key;
}

/* Closes the hole that the last events_pop left, if nothing was scheduled since. */
static inline void events_close_hole(struct events *events)
{
    if (!events->has_hole)
        return;
    events->has_hole = false;
    wide_uint last = events->heap[events->size];
    events->heap[events->size] = EVENTS_NO_KEY;
    events->size--;
    if (events->size > 0)
        events_sink(events, last);
}

/* Takes the earliest event and opens the hole. Returns false when it had been cancelled: then close
 * the hole and go on. The list is not empty and has no hole. */
static inline bool events_pop(struct events *events, uint32_t *id)
{
    uint64_t low = (uint64_t)events->heap[1];
    *id = (uint32_t)low;
    events->has_hole = true;
    if (__builtin_expect(events->pending[*id] != (uint32_t)(low >> 32), 0)) {
        events->cancelled--;
        return false;
    }
    events->pending[*id] = 0;
    return true;
}

/* Forgets id's event, if it has one. */
static inline void events_cancel(struct events *events, uint32_t id)
{
    if (events->pending[id] == 0)
        return;
    events->pending[id] = 0;
    events->cancelled++;
    if (__builtin_expect(events->cancelled > 64 && events->cancelled > events->size / 2, 0))
        events_sweep(events);
}

#endif
