#include "sim/kernel/events.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void events_init(struct events *events, uint32_t ids, struct arena *arena)
{
    *events = (struct events){.capacity = FIRST_CAPACITY, .arena = arena};
    events->heap = arena_array(arena, FIRST_CAPACITY, sizeof *events->heap);
    events->heap[1] = events->heap[2] = EVENTS_NO_KEY;
    events_grow_ids(events, ids);
}

void events_grow_ids(struct events *events, uint32_t ids)
{
    if (ids <= events->ids)
        return;
    uint32_t *pending = arena_array(events->arena, ids, sizeof *pending);
    if (events->ids > 0)
        memcpy(pending, events->pending, events->ids * sizeof *pending);
    events->pending = pending;
    events->ids = ids;
}

void events_grow(struct events *events)
{
    wide_uint *heap = arena_array(events->arena, 2 * (size_t)events->capacity, sizeof *heap);
    memcpy(heap, events->heap, events->capacity * sizeof *heap);
    events->heap = heap;
    events->capacity *= 2;
}

/* True if the key is of an event that was neither cancelled nor handled. */
static bool is_live(const struct events *events, wide_uint key)
{
    return events->pending[(uint32_t)key] == (uint32_t)((uint64_t)key >> 32);
}

static int compare_keys(const void *a, const void *b)
{
    wide_uint left = *(const wide_uint *)a, right = *(const wide_uint *)b;
    return (left > right) - (left < right);
}

/* Keeps the live keys, in ascending order (which is a heap), but leaves a spent root in place. */
static void keep_live(struct events *events)
{
    uint32_t first = events->has_hole ? 2 : 1, kept = first - 1;
    for (uint32_t i = first; i <= events->size; i++)
        if (is_live(events, events->heap[i]))
            events->heap[++kept] = events->heap[i];
    events->size = kept;
    events->cancelled = 0;
    qsort(events->heap + first, kept + 1 - first, sizeof *events->heap, compare_keys);
    events->heap[kept + 1] = EVENTS_NO_KEY;
}

void events_sweep(struct events *events)
{
    keep_live(events);
}

void events_renumber(struct events *events)
{
    keep_live(events);
    uint32_t order = 0;
    for (uint32_t i = events->has_hole ? 2 : 1; i <= events->size; i++) {
        uint32_t id = (uint32_t)events->heap[i];
        uint64_t time = (uint64_t)(events->heap[i] >> 64);
        events->pending[id] = ++order;
        events->heap[i] = (wide_uint)time << 64 | (uint64_t)order << 32 | id;
    }
    events->order = order + 1;
}
