/* alarms.h - a fixed set of sources, each with the one time at which it wants to be woken.
 *
 * What comes in order anyway (the next arrival of a workload, the next time-out of a queue) needs
 * no place in the event heap: its source keeps one slot here. A tree of winners over the slots:
 * setting one costs log2(slots) comparisons, none when there is one slot. Of equal times the lower
 * slot comes first, so slots are numbered by priority. */
#ifndef CAPSIM_SIM_KERNEL_ALARMS_H
#define CAPSIM_SIM_KERNEL_ALARMS_H

#include "sim/kernel/arena.h"
#include <stdint.h>

#define ALARMS_NEVER INT64_MAX

struct alarms {
    uint32_t first;     /* the slot to wake next; its time is first_time                        */
    int64_t first_time; /* ALARMS_NEVER when all are asleep                                     */
    int64_t *time;      /* [width]; ALARMS_NEVER: asleep                                        */
    uint32_t *winner;   /* [2 * width]; node 1 is the root, leaves start at width               */
    uint32_t width;     /* slots, rounded up to a power of two                                  */
};

/* slots >= 1, all asleep. */
static inline void alarms_init(struct alarms *alarms, uint32_t slots, struct arena *arena)
{
    uint32_t width = 1;
    while (width < slots)
        width *= 2;
    *alarms = (struct alarms){.width = width,
                              .first_time = ALARMS_NEVER,
                              .time = arena_array(arena, width, sizeof(int64_t)),
                              .winner = arena_array(arena, 2 * (size_t)width, sizeof(uint32_t))};
    for (uint32_t slot = 0; slot < width; slot++) {
        alarms->time[slot] = ALARMS_NEVER;
        alarms->winner[width + slot] = slot;
    }
    for (uint32_t node = width - 1; node >= 1; node--)
        alarms->winner[node] = alarms->winner[2 * node];
}

/* Sets slot's time [ns]. */
static inline void alarms_set(struct alarms *alarms, uint32_t slot, int64_t time)
{
    alarms->time[slot] = time;
    for (uint32_t node = (alarms->width + slot) / 2; node >= 1; node /= 2) {
        uint32_t left = alarms->winner[2 * node], right = alarms->winner[2 * node + 1];
        alarms->winner[node] = alarms->time[right] < alarms->time[left] ? right : left;
    }
    alarms->first = alarms->winner[1];
    alarms->first_time = alarms->time[alarms->first];
}

#endif
