/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarms.h - a fixed set of sources, each with the one time at which it wants to be woken.
 *
 * What comes in order anyway (the next arrival of a workload, the next time-out of a queue) needs
 * no place in the event list: its source keeps one slot here. A tree of winners over the slots with
 * keys (time, slot) in one 128-bit integer: setting one costs log2(slots) comparisons, none when
 * there is one slot, and what was set can be read at once. Of equal times the lower slot comes
 * first, so slots are numbered by priority. Owner: the replication's arena. */
#ifndef CAPSIM_SIM_KERNEL_ALARMS_H
#define CAPSIM_SIM_KERNEL_ALARMS_H

#include "sim/base/arena.h"
#include "sim/base/wide.h"
#include <stdint.h>

#define ALARMS_NEVER INT64_MAX

struct alarms {
    wide_uint *node; /* [2 * width]; node 1 is the root, the leaf of slot s is node[width + s]   */
    uint32_t width;  /* slots, rounded up to a power of two                                      */
};

/* The slot to wake next. */
static inline uint32_t alarms_first(const struct alarms *alarms)
{
    return (uint32_t)alarms->node[1];
}

/* Its time [ns]; ALARMS_NEVER when all are asleep. */
static inline int64_t alarms_first_time(const struct alarms *alarms)
{
    return (int64_t)(alarms->node[1] >> 64);
}

/* The time of a slot [ns]; ALARMS_NEVER: asleep. */
static inline int64_t alarms_time(const struct alarms *alarms, uint32_t slot)
{
    return (int64_t)(alarms->node[alarms->width + slot] >> 64);
}

/* Sets slot's time [ns]. */
static inline void alarms_set(struct alarms *alarms, uint32_t slot, int64_t time)
{
    wide_uint key = (wide_uint)(uint64_t)time << 64 | slot;
    uint32_t at = alarms->width + slot;
    alarms->node[at] = key;
    for (; at > 1; at /= 2) {
        key = wide_least(alarms->node[at ^ 1], key);
        alarms->node[at / 2] = key;
    }
}

/* slots >= 1, all asleep. */
static inline void alarms_init(struct alarms *alarms, uint32_t slots, struct arena *arena)
{
    uint32_t width = 1;
    while (width < slots)
        width *= 2;
    *alarms = (struct alarms){.width = width,
                              .node = arena_array(arena, 2 * (size_t)width, sizeof(wide_uint))};
    for (uint32_t node = 1; node < 2 * width; node++)
        alarms->node[node] = (wide_uint)ALARMS_NEVER << 64;
    for (uint32_t slot = width; slot-- > 0;)
        alarms_set(alarms, slot, ALARMS_NEVER);
}

#endif
