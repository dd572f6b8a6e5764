/* SPDX-License-Identifier: GPL-3.0-or-later */
/* growth.h - does a run show a steady state, or a system that still grows or stands still?
 *
 * Made by workload and class, from averages over the four quarters of the measured time, whatever
 * the warm-up. Growth is the last quarter against the second, all runs together: a queue that
 * starts empty and grows for ever shows (3.5 - 1.5) / 1.5 = 133 %, one at a load of exactly 1
 * 53 %, a steady one nothing. The limit of 10 % does not move with the number of runs; the test
 * only guards it. */
#ifndef CAPSIM_SIM_STATS_GROWTH_H
#define CAPSIM_SIM_STATS_GROWTH_H

#include <stdbool.h>
#include <stddef.h>

enum { GROWTH_QUARTERS = 4 };

/* One class in one run. */
struct growth_run {
    double level[GROWTH_QUARTERS];     /* average number present                                */
    double completed[GROWTH_QUARTERS]; /* that left                                             */
    double least_at_end;               /* the least number present during the last quarter      */
    double at_three_quarters, at_end;  /* number present at these moments                       */
    double arrived_at_end;             /* in the last quarter                                   */
    double length_s;                   /* measured time                                         */
    double expected_s;                 /* of one request without queueing; 0: not known         */
    double response_s;                 /* mean of those that left; NaN: none did                */
};

struct growth_finding {
    bool is_growing;
    double growth;     /* fourth quarter over second, less 1: 0.1 is 10 %; NaN: nobody was there */
    double error;      /* its standard error, by the jackknife; NaN with fewer than 5 runs       */
    double rate_per_s; /* at which the number present rose in the last quarter                   */
    double never_ends; /* share of the last quarter's arrivals that stayed for good; 0 when at
                          most 1 % or not growing                                               */
    bool is_standing_still; /* in some run: present all through the last quarter, and nobody left */
    double standing; /* number present at the end of that run                               */
};

/* Judges one of `classes` classes. With at least 5 runs it grows when the growth is more than 10 %
 * and its one-sided Student bound at a level of 1 % / classes is above 0; with fewer, when in every
 * run the fourth quarter is above 1.1 times the second and three of its square roots, and the third
 * lies between. Steady M/M/1 at 90 %, runs of 2 to 20 relaxation times: 0.3 to 0.5 % of studies are
 * flagged.
 *
 * It stands still when in some run somebody was present during the whole last quarter, nobody left
 * in it, and either somebody did before and responses took less than a twentieth of the run, or
 * many did before and the run is 20 expected responses long, or nobody ever did though it is. */
struct growth_finding growth_judge(const struct growth_run *runs, size_t count, size_t classes);

#endif
