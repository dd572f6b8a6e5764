/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.h - from what telemetry showed to a scenario that runs as it is.
 *
 * The workload is `requests` with a class for each route; the application's pool `pool`, a pooler
 * in front of the database `pooler`, a proxy's slots `proxy`. What a request does is
 *     hold proxy -> outside (delay) -> hold pool -> work, or pieces of it that each hold pooler
 * with the parts that were seen. Sources complete each other: arrivals from the log nearest to the
 * user, holds from the application's log freed of the wait for the pool (pool_replay.h) so that
 * their mean is the pool's own figure where there is one, connects, sizes and time-outs from the
 * pool's counters and settings, the pooler's hold and wait from its totals.
 *
 * Every figure has an assumption that says from which file, how many values and how, and
 * `uncertain` from its standard error; what no file tells is a named assumption with a wide range.
 * Sources: fits as in sim/stats/fit_law.h and arrival_fit.h. */
#ifndef CAPSIM_INPUTS_TELEMETRY_DRAFT_H
#define CAPSIM_INPUTS_TELEMETRY_DRAFT_H

#include "inputs/telemetry/observed.h"
#include "inputs/telemetry/pool_replay.h"
#include "sim/base/error.h"
#include "sim/stats/arrival_fit.h"
#include "sim/stats/closed_system.h"
#include "sim/stats/fit_empirical.h"
#include <stdio.h>

enum { DRAFT_CLASSES = 64, DRAFT_NOTES = 200, DRAFT_POINTS = 400, DRAFT_SEEN = 17 };
/* The probabilities at which what was seen is kept, to be held against the law. */
extern const double draft_probabilities[DRAFT_SEEN];

/* A law of the draft. */
struct draft_law {
    bool is_empirical;
    const double *values; /* [count] s, ascending: the body           */
    size_t count;
    double body_share;           /* 1: no tail                               */
    enum distribution_kind kind; /* of the tail, or of the whole law  */
    double kind_mean, kind_cv, threshold;
    double mean;           /* of the whole [s]                        */
    double cv;             /* of the whole law */
    double relative_error; /* of the mean, of single values also of p50 and p95: the largest; NaN:
                              unknown */
    bool is_cv_assumed;    /* written as uncertain, 0.5 to 2          */
    double cv_error;       /* relative, of kind_cv; 0: it is taken as known */
    bool is_constant;      /* mean alone                              */
};

struct draft_class {
    const char *name;
    size_t count;
    double share;
    struct draft_law work;     /* what the innermost hold (or the delay) takes */
    double seen_s[DRAFT_SEEN]; /* quantiles of the values that work was made of  */
    bool has_seen;             /* false: it was made of other things             */
    size_t number;             /* of the class in the log                    */
    double visits;             /* of the pooler, at least 1, a fraction is the chance of one more;
                                 0: no pooler */
    struct draft_law between;  /* work between the visits                 */
};

/* The rate at a time; between two of them it is a straight line. */
struct draft_knot {
    double at_s, rate_per_s;
};

/* What the user wants something to be called. */
struct draft_rename {
    const char *found, *wanted;
};

struct draft_note {
    const char *key, *note, *source;
};

struct draft {
    const struct observed *observed;
    struct arena *arena;
    const char *name;
    double length_s; /* of what was measured */
    /* arrivals */
    const struct observed_arrivals *arrivals; /* what they were made of */
    struct arrival_fit fit;
    double rate_per_s, rate_relative_error;
    const struct draft_knot *knots; /* [knot_count] where the rate drifts */
    size_t knot_count;
    struct closed_system closed;
    struct draft_law interarrival; /* where they are independent times */
    const double *trace_s;         /* [trace_count] from 0; NULL: no trace is needed */
    size_t trace_count;
    const char *trace_file; /* as the scenario names it */
    /* steps */
    struct draft_class classes[DRAFT_CLASSES];
    size_t class_count;
    bool has_proxy, has_pool, has_pooler, has_outside;
    double proxy_max, pool_max, pooler_max;
    struct draft_law outside, connect, checkout;
    bool has_connect, has_checkout;
    struct draft_note notes[DRAFT_NOTES];
    size_t note_count;
    const char *unknown[DRAFT_NOTES]; /* not knowable from these files */
    size_t unknown_count;
    struct pool_replay replay; /* of has_pool */
    const struct draft_rename *renames;
    size_t rename_count;
};

/* Makes the draft of a finished form. name: of the scenario. False (STATUS_INPUT) when the files
 * tell no arrivals or no times. Findings (contradictions between sources) go into observed. */
bool draft_make(struct observed *observed, const char *name, struct arena *arena,
                struct draft *draft, struct error *err);
/* Writes the scenario as JSON; trace_file: the name of the file that the trace is in, if
 * draft->trace_s is not NULL. The stream's error flag tells of a failure. */
void draft_write(const struct draft *draft, FILE *stream);
/* Writes the trace as CSV with the header arrival_s. */
void draft_write_trace(const struct draft *draft, FILE *stream);

/* ---- laws (draft_laws.c) ---- */

/* The law of values_ns[count], count >= 1: empirical, with a fitted tail where enough is known. */
struct draft_law draft_law_of_values(const int64_t *values_ns, size_t count, struct arena *arena);
/* The law of the times between times_s[count], which ascend, from start_s on: slices of equal
 * probability. error: relative, of the rate. */
struct draft_law draft_law_of_gaps(const double *times_s, size_t count, double start_s,
                                   double error, struct arena *arena);
/* A gamma of this mean [s], with an assumed cv (1, and 0.5 to 2) or a known one. error: of the mean
 * [s]; NaN: unknown. */
struct draft_law draft_law_of_mean(double mean_s, double error_s, double cv, bool is_cv_assumed);
/* Always this time [s]; error: of it. */
struct draft_law draft_law_of_constant(double mean_s, double error_s);
/* From buckets: a gamma fitted by likelihood where there are 30 values, the mean from the sum. */
struct draft_law draft_law_of_buckets(const struct observed_figure *figure, struct arena *arena);
/* From a figure's histogram: slices of equal probability with the figure's own mean. */
struct draft_law draft_law_of_histogram(const struct observed_figure *figure, struct arena *arena);
/* Keeps quantiles of what work is made of: holds[count], which are sorted. */
void draft_keep_seen(struct draft_class *class, int64_t *holds, size_t count);
/* The quantile at probability p, 0 < p < 1 [s]. */
double draft_law_quantile(const struct draft_law *law, double p);
/* The same law with all its times multiplied. */
struct draft_law draft_law_scale(const struct draft_law *law, double factor, struct arena *arena);

/* Adds an assumption; the texts must stay. */
void draft_note(struct draft *draft, const char *key, const char *note, const char *source);
/* Adds to the list of what is not knowable. */
void draft_unknown(struct draft *draft, const char *what);

/* ---- the pool, and counters alone (draft_counters.c) ---- */

/* Of the figures with these labels and no class the one with most values and a mean. */
const struct observed_figure *draft_best_figure(const struct observed *observed,
                                                enum observed_kind kind, const char *resource);
/* A setting that a file tells, or other. */
double draft_setting_or(const struct draft *draft, const char *path, double other);
/* Sets the pool's size: as told, or the most that was ever in use. False: there is no pool. */
bool draft_find_pool_max(struct draft *draft, const struct observed_figure *hold);
/* Sets the time that a connect takes; connect NULL: it is assumed. */
void draft_set_connect(struct draft *draft, const struct observed_figure *connect);
/* Makes the draft where no file tells when requests came: grants of a pool or a pooler by their
 * counters, at random. False (STATUS_INPUT) when these do not tell how many or for how long. */
bool draft_make_of_counters(struct draft *draft, struct error *err);

/* ---- logs that have a share of all requests (draft_sample.c) ---- */

/* Makes the arrivals those of all. */
void draft_scale_sample(struct draft *draft);
/* Fills in the holds of requests that cannot be replayed: a share of their responses, such that the
 * mean is that of the pool's own figure (NULL: unknown). */
void draft_hold_sample(struct draft *draft, struct replayed *requests, size_t count,
                       const struct observed_figure *hold);

/* ---- names (draft_names.c) ---- */

/* What a part that was found under that name is called. */
const char *draft_name(const struct draft *draft, const char *found);
/* The names under which parts were found: of the workload, the resources, and the classes where
 * there are several. Returns their number. */
size_t draft_list_names(const struct draft *draft, const char *names[DRAFT_CLASSES + 4]);
/* Calls parts otherwise, in a draft that was made; once. renames[count] must stay. */
void draft_rename(struct draft *draft, const struct draft_rename *renames, size_t count);

/* The knots of a rate that drifts, by draft->fit.profile (draft_profile.c). arrivals[count]: s from
 * its start, ascending. */
void draft_set_profile(struct draft *draft, const double *arrivals, size_t count);

/* What the pooler's figures make of the classes' holds (draft_pooler.c): visits, the pooler's law,
 * the work between. Before: each class's work is the hold of the application's connection (or,
 * without a pool, nothing). requests[count]: with the holds of classes[classes], in which the
 * pooler's waits are. */
void draft_add_pooler(struct draft *draft, const struct replayed *requests, size_t count,
                      size_t classes);

#endif
