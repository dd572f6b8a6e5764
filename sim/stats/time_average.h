/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time_average.h - the exact integral over time of something that is counted: busy, open, waiting.
 *
 * The integral of a level over [from, now] is level * now + (sum of times of decrease) - (sum of
 * times of increase): so a change costs one addition, and nothing has to remember when the last
 * change was. 128 bits: a million waiting for a year do not overflow it. Times are simulated ns. */
#ifndef CAPSIM_SIM_STATS_TIME_AVERAGE_H
#define CAPSIM_SIM_STATS_TIME_AVERAGE_H

#include "sim/base/wide.h"
#include <stddef.h>
#include <stdint.h>

/* A level of several parts together: its largest is not the sum of theirs. */
struct time_average_total {
    int64_t level, largest;
};

struct time_average {
    struct wide_sum
        offset; /* minus the times of increase, plus the times of decrease [level * ns] */
    int64_t level;
    int64_t largest;                  /* of level since the last restart                       */
    struct time_average_total *total; /* of what it is a part of; NULL: of nothing            */
};

/* The total that it is a part of changes with it. */
static inline void time_average_add_to_total(const struct time_average *average, int64_t change)
{
    struct time_average_total *total = average->total;
    if (total == NULL)
        return;
    total->level += change;
    if (total->level > total->largest)
        total->largest = total->level;
}

/* The level goes up by one at now [ns]; of what is surely no part of anything. */
static inline void time_average_increase_alone(struct time_average *average, int64_t now)
{
    wide_sum_subtract(&average->offset, now);
    if (++average->level > average->largest)
        average->largest = average->level;
}

/* The same down. */
static inline void time_average_decrease_alone(struct time_average *average, int64_t now)
{
    wide_sum_add(&average->offset, now);
    average->level--;
}

/* The level goes up by one at now [ns]. */
static inline void time_average_increase(struct time_average *average, int64_t now)
{
    time_average_increase_alone(average, now);
    time_average_add_to_total(average, 1);
}

/* The level goes down by one at now [ns]. */
static inline void time_average_decrease(struct time_average *average, int64_t now)
{
    time_average_decrease_alone(average, now);
    if (average->total) /* no larger than before: less to do than time_average_add_to_total */
        average->total->level--;
}

/* The level changes by change at now [ns]. */
static inline void time_average_change(struct time_average *average, int64_t change, int64_t now)
{
    average->offset = wide_sum_of(wide_sum_value(&average->offset) - (wide_int)change * now);
    average->level += change;
    if (average->level > average->largest)
        average->largest = average->level;
    time_average_add_to_total(average, change);
}

/* What the level is at time 0. */
static inline void time_average_begin(struct time_average *average, int64_t level)
{
    time_average_add_to_total(average, level - average->level);
    average->level = average->largest = level;
}

/* The integral from time 0, or the last restart, to now [level * ns]. */
static inline wide_int time_average_integral(const struct time_average *average, int64_t now)
{
    return wide_sum_value(&average->offset) + (wide_int)average->level * now;
}

/* Starts the integral and the largest level afresh at now; the level stays. */
static inline void time_average_restart(struct time_average *average, int64_t now)
{
    average->offset = wide_sum_of(-(wide_int)average->level * now);
    average->largest = average->level;
}

#endif
