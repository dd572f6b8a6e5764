/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.h - what is known of a column before it is observed, and why a verdict may be withheld.
 *
 * A model knows its own time scales and the laws of its work (time_scales.h); a study holds what it
 * simulated against them (cycles.h, tail_part.h). */
#ifndef CAPSIM_SIM_STUDY_SCOPE_H
#define CAPSIM_SIM_STUDY_SCOPE_H

#include "sim/random/distribution.h"
#include "sim/stats/cycles.h"

/* Why a criterion that would pass or fail is undecided; several may be set. CYCLES, START and
 * GROWING withhold both verdicts, since a lucky hour is no better than an unlucky one; the others
 * that of an upper limit, or of a lower one that fails: the figure can only be too low. */
enum study_withheld {
    WITHHELD_CYCLES = 1,      /* too few of its slow cycles or relaxation times                   */
    WITHHELD_START = 2,       /* what is left of the empty start                                  */
    WITHHELD_TAIL_UNSEEN = 4, /* most of what its work's tail holds was not drawn                 */
    WITHHELD_NO_VARIANCE = 8, /* no interval for the mean holds                                   */
    WITHHELD_GROWING = 16,    /* overloaded, or standing still                                    */
    WITHHELD_CHECK = 32,      /* a self-check failed                                              */
    WITHHELD_UNFINISHED = 64  /* what had not ended may yet go beyond the limit                   */
};

/* A law of work on the way. */
struct study_tail {
    const struct distribution *law;
    int power;          /* with which it enters (tail_part.h): 1 or 2                             */
    double part;        /* of that moment of all work of its power, 0 to 1                        */
    double draws_per_s; /* on average                                                             */
};

/* What stands between a rate and its first event: a level that must be reached (cycles.h). */
struct study_margin {
    int column; /* largest of a run */
    double limit;
    bool is_counted;
    int fallback;          /* where column was 0 in every run: whole numbers that must come up to */
    double fallback_limit; /* this first; COLUMN_NONE: there is none                            */
};

/* What a column depends on. Periods in seconds. */
struct study_scope {
    double relaxation_s; /* the longest relaxation time on the way; 0: none                       */
    double memory_s; /* of it the memory of work itself, without that of queues                 */
    const char *relaxation_of;
    double fixed_s; /* the longest period of which a run shows only an easier part; 0: none       */
    const char *fixed_of;
    double slowest_s; /* the longest slow random period; 0: none                                  */
    const char *slowest_of;
    bool is_limit;      /* it is a limit on an age, which every run of that length reaches        */
    bool is_enumerated; /* each slow scale has states that were counted: within them relaxation
                           times are independent opportunities                                    */
    bool is_light;      /* every law on the way is light (tail_part.h)                            */
    struct study_tail *tails; /* [tail_count] */
    size_t tail_count;
    bool has_margins; /* all that must happen before an event of the rate is known            */
    const struct study_margin *margins; /* [margin_count]; none: it cannot happen               */
    size_t margin_count;
    bool is_time_average; /* of a level: what began before the run is missing in it              */
    double tail_index; /* of what one piece of work adds; INFINITY: all moments are there        */
    const char *tail_of; /* whose                                                                 */
};

/* The part of the column's mean that so many runs of run_s have probably not shown, 0 to 1: that of
 * its waits or that of its own time, whichever is larger. */
double study_scope_unseen(const struct study_scope *scope, size_t runs, double run_s);

/* The part of a time average that is still missing after a warm-up that began empty, 0 to 1: long
 * work that would have begun before it (tail_part_missing), by each law's part of the mean. 0 for
 * what is no time average. */
double study_scope_missing(const struct study_scope *scope, double warmup_s);

#endif
