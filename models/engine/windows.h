/* SPDX-License-Identifier: GPL-3.0-or-later */
/* windows.h - the windows of a replication: what is worked out at the end of each.
 *
 * The measured time is cut into windows of run.window, and into those of each criterion with
 * `in every`; a last one that is not whole is not looked at. At the end of a window of run.window
 * each watch (metrics.h) gets its value, exactly: the difference of what was observed now and at
 * the beginning of that window, or of the last few. From them follow
 * - peaks: the highest window of each level;
 * - `over D`: the worst value of a window of length D that slides by run.window;
 * - `for D`: the best level that was sustained for D: of all stretches of D the one whose worst
 *   window is best, and that window's value (struct stretch);
 * - series, and rules (alerts.h).
 * The observation is filled in as the windows end; what no window observed is NaN. Cost: what is
 * watched, once a window; nothing in between. Owner: the replication's arena. */
#ifndef CAPSIM_MODELS_ENGINE_WINDOWS_H
#define CAPSIM_MODELS_ENGINE_WINDOWS_H

#include "models/engine/replication_state.h"
#include "models/engine/sliding_window.h"

/* The stretches of a metric's windows, `steps` windows each, that end at each window: the worst
 * value in each stretch, and the best of those. A window in which nothing was observed breaks every
 * stretch that it would be in: what was not observed does not count as held. O(1) a window on
 * average: the candidates for the worst value are kept in a line, each worse than those after
 * it. */
struct stretch {
    uint32_t steps;
    bool is_upper; /* the worst value is the highest                                        */
    double *worst; /* [steps] candidates, from `first` on, round                            */
    uint64_t *at;  /* [steps] their windows                                                 */
    uint32_t first, count;
    uint64_t windows;   /* so far                                                               */
    uint64_t unbroken;  /* of the last ones, how many were observed without a gap              */
    uint64_t stretches; /* that were whole                                                    */
    double best;        /* NaN before the first                                               */
};

/* No window yet. steps >= 1. */
struct stretch stretch_make(uint32_t steps, bool is_upper, struct arena *arena);
/* Notes the next window. */
void stretch_add(struct stretch *stretch, double value);
/* The best sustained level; NaN when there were too few windows for one stretch; when there were
 * enough but none was observed throughout, an infinity that meets no limit. */
double stretch_level(const struct stretch *stretch);

/* One length of windows: where the current one began, and when it ends. */
struct window_clock {
    int64_t length, end;
    struct snapshot start;
};

struct windows {
    struct replication_state *system;
    struct observation *observation;
    struct window_clock *clocks; /* [metrics.clock_count]                                     */
    double *peaks;               /* [levels] highest window of run.window                     */
    double *values;              /* [metrics.watch_count] at the last end of a run.window; NaN:
                                    nothing observed, or the window is not yet full           */
    double *weights;             /* [metrics.watch_count] observations behind each             */
    uint64_t ended;              /* windows of run.window                                     */
    struct sliding_window *
        *slidings; /* [sliding_count] one for each number of steps above 1      */
    size_t sliding_count;
    struct stretch *stretches; /* [column_count] of SOURCE_FOR alone                          */
    uint32_t *scratch;         /* [HISTOGRAM_BUCKETS]                                         */
};

/* Begins the windows now; all values of the observation become NaN. */
struct windows windows_start(struct replication_state *system, struct observation *observation);

/* windows, just started, slides on where `before` ended, which had the same watches: at its first
 * end a watch over more than one window reaches back into them. Criteria judge only windows that
 * lie in the observation. */
void windows_carry_on(struct windows *windows, const struct windows *before);

/* When the next window ends [ns]. */
int64_t windows_next_end(const struct windows *windows);
/* Ends those windows that end now. */
void windows_end(struct windows *windows);

/* Advances the system to `until`, ending the windows on the way. False as replication_run_until. */
bool windows_run(struct windows *windows, int64_t until);

/* The measured time of that length [ns] is over: fills in what is known only then. Without a whole
 * window in it the peaks are the averages. */
void windows_finish(struct windows *windows, int64_t length);

#endif
