/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/kernel/events.h"
#include <stdlib.h>
#include <string.h>

/* Renews every node above the leaves. */
static void rebuild(struct events *events)
{
    for (uint32_t first = events->width / 4; first >= 1; first /= 4)
        for (uint32_t at = first; at < 2 * first; at++) {
            const wide_uint *group = &events->node[4 * (size_t)at];
            events->node[at] =
                wide_least(wide_least(group[0], group[1]), wide_least(group[2], group[3]));
        }
}

/* An array of count elements that begins with the old ones. */
static void *grown(struct arena *arena, const void *old, size_t old_count, size_t count,
                   size_t size)
{
    void *array = arena_array(arena, count, size);
    if (old_count > 0)
        memcpy(array, old, old_count * size);
    return array;
}

/* Slots 0..width-1, of which those below old_width are as they were. */
static void widen(struct events *events, uint32_t old_width, uint32_t width)
{
    struct arena *arena = events->arena;
    wide_uint *node = arena_array(arena, 2 * (size_t)width, sizeof *node);
    for (uint32_t slot = 0; slot < width; slot++)
        node[width + slot] = slot < old_width ? events->node[old_width + slot] : EVENTS_NO_KEY;
    events->node = node;
    events->width = width;
    events->id_of = grown(arena, events->id_of, old_width, width, sizeof *events->id_of);
    for (uint32_t slot = width; slot-- > old_width;) {
        events->id_of[slot] = events->first_free;
        events->first_free = slot;
    }
    rebuild(events);
}

void events_init(struct events *events, uint32_t ids, struct arena *arena)
{
    *events = (struct events){.first_free = EVENTS_NO_SLOT, .arena = arena};
    widen(events, 0, 1);
    events_grow_ids(events, ids);
}

void events_grow_ids(struct events *events, uint32_t ids)
{
    if (ids <= events->ids)
        return;
    events->slot_of =
        grown(events->arena, events->slot_of, events->ids, ids, sizeof *events->slot_of);
    for (uint32_t id = events->ids; id < ids; id++)
        events->slot_of[id] = EVENTS_NO_SLOT;
    events->ids = ids;
}

void events_grow(struct events *events)
{
    widen(events, events->width, 4 * events->width);
}

static int compare_keys(const void *a, const void *b)
{
    wide_uint left = *(const wide_uint *)a, right = *(const wide_uint *)b;
    return (left > right) - (left < right);
}

/* Sorting keeps the order of equal times, so the new numbers rise as the old ones did. */
void events_renumber(struct events *events)
{
    uint32_t width = events->width, order = 0;
    wide_uint *keys = arena_array(events->arena, width, sizeof *keys);
    memcpy(keys, events->node + width, width * sizeof *keys);
    qsort(keys, width, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < width && keys[i] != EVENTS_NO_KEY; i++) {
        uint32_t slot = (uint32_t)keys[i];
        events->node[width + slot] = keys[i] >> 64 << 64 | (uint64_t)++order << 32 | slot;
    }
    rebuild(events);
    events->order = order + 1;
}
