/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sliding_window.h - what had been observed some windows ago: the far end of a window that slides.
 *
 * Keeps the last `steps` windows apart as what each added (integers, so that adding them up again
 * is exact) and the state before them. Only the levels, tallies and counts that some watch of those
 * steps needs are kept; of a histogram only the buckets that a window filled. Memory: steps times
 * what is needed, at most one bucket per observation. Cost of a window: what is needed, and a pass
 * over HISTOGRAM_BUCKETS for each histogram. Owner: the replication's arena. */
#ifndef CAPSIM_MODELS_ENGINE_SLIDING_WINDOW_H
#define CAPSIM_MODELS_ENGINE_SLIDING_WINDOW_H

#include "models/metrics/metrics.h"

struct window_part; /* what one window added */

struct sliding_window {
    uint32_t steps;
    uint64_t pushed;      /* windows so far                                                   */
    struct snapshot then; /* where needed: the state `steps` windows ago, once there were any  */
    int *levels, *tallies, *counts, *histograms; /* their numbers: what is needed             */
    int *capacities; /* where utilizations find theirs; in a rollout alone                     */
    int level_count, tally_count, count_count, histogram_count, capacity_count;
    struct window_part *ring; /* [steps] */
    struct arena *arena;
};

/* For the watches over `steps` windows; nothing was observed yet, at now [ns]. */
struct sliding_window *sliding_window_make(const struct metrics *metrics,
                                           const struct statistics_layout *layout,
                                           const struct statistics *statistics, uint32_t steps,
                                           int64_t now, struct arena *arena);

/* sliding, just made, goes on where `before` is, which keeps the same for as many windows and is
 * not used any more: what was observed was forgotten since (statistics_restart), but not by it. */
void sliding_window_carry_on(struct sliding_window *sliding, const struct sliding_window *before);

/* Notes a window: what was observed since `before`, which has the buckets that are needed. */
void sliding_window_push(struct sliding_window *sliding, const struct snapshot *before,
                         const struct statistics *statistics, int64_t now);

/* True when `steps` windows have passed, so that `then` is where the sliding window begins. */
static inline bool sliding_window_is_full(const struct sliding_window *sliding)
{
    return sliding->pushed >= sliding->steps;
}

#endif
