/* SPDX-License-Identifier: GPL-3.0-or-later */
/* follow.h - whose waits, steps and responses are observed: of those that begin in the measured
 * time, all of them, to their end.
 *
 * Counting what ends in the measured time leaves out what outlasts it: a delay of mean 10 s and cv
 * 3 shows 9.55 s in five minutes. Counting what begins in it and following that to its end while
 * arrivals go on leaves out nothing (Meketon & Heidelberger 1982, "A renewal theoretic approach to
 * bias reduction in regenerative simulations", Management Science 28). Levels, rates per second,
 * windows and self-checks stay those of the measured time.
 *
 * Three spans of time: the warm-up, forgotten at its end; the measured time, in which what began
 * before it is observed like the rest (a dashboard shows it) and noted, to be taken back at its
 * end; the drain, in which only what began in the measured time is observed. Where something ends
 * tells when it began, so this costs one comparison an observation, and memory for what is present
 * when measuring begins. */
#ifndef CAPSIM_MODELS_ENGINE_FOLLOW_H
#define CAPSIM_MODELS_ENGINE_FOLLOW_H

#include "sim/stats/tally.h"
#include <stdbool.h>

struct replication_state;

/* Something that began before the measured time and ended in it: an observation, or a count. */
struct follow_early {
    struct tally *tally; /* NULL: a count */
    uint64_t *count;
    int64_t value; /* [ns], or by how much the count went up */
};

struct follow {
    int64_t common; /* what began from then on takes the short way; INT64_MAX: nothing does [ns] */
    int64_t begin, end; /* of the measured time [ns]                                             */
    bool is_draining;
    uint64_t left; /* requests and cycles that began in the measured time and have not ended      */
    struct follow_early *early;
    size_t early_count, early_room;
};

/* The rare ways of the functions below. */
__attribute__((cold)) void follow_observe_rare(struct replication_state *system,
                                               struct tally *tally, int64_t value, int64_t began);
__attribute__((cold)) void follow_count_rare(struct replication_state *system, uint64_t *count,
                                             int64_t began, int64_t change);
__attribute__((cold)) void follow_end_rare(struct replication_state *system, struct tally *tally,
                                           int64_t value, int64_t began);

/* Something that is followed ends without being observed. */
void follow_leave(struct replication_state *system, int64_t began);

/* Measuring begins now, or it ends: what was noted is taken back, and whatever began meanwhile is
 * followed. replication_observe_metrics comes before follow_drain. */
void follow_begin(struct replication_state *system);
void follow_take_back(struct replication_state *system);

/* Lets time go on until all that is followed has ended, at most for `longest` ns; follow.left is
 * then what has not. Returns false when the replication cannot go on (err is set). */
bool follow_drain(struct replication_state *system, int64_t longest);

#endif
