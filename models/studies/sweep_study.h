/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_study.h - one setting at every combination of the values that vary. */
#ifndef CAPSIM_MODELS_STUDIES_SWEEP_STUDY_H
#define CAPSIM_MODELS_STUDIES_SWEEP_STUDY_H

#include "models/studies/exploration.h"

enum { SWEEP_MAX_POINTS = 10000 };

struct sweep_study;

/* Keeps what is finished, so that a sweep can go on where it was broken off. */
struct sweep_keeper {
    void *context;
    /* Before the points are run: fills the probes of those that were kept, and counts them as
     * finished. */
    bool (*restore)(void *context, struct sweep_study *study, struct error *err);
    /* Point p is finished; called from any thread, one at a time. */
    bool (*keep)(void *context, const struct sweep_study *study, size_t p, struct error *err);
};

struct sweep_study {
    struct exploration exploration; /* opened by the caller */
    struct candidate *points;
    const char *(*values)[VARY_MAX_PATHS]; /* [count] as text */
    size_t count;
    atomic_size_t finished;
    const int *columns; /* [column_count] of the metrics shown, in the first point's model */
    size_t column_count;
    bool has_metrics; /* they were asked for, and are estimated well; else those judged */
    const struct sweep_keeper *keeper;
    struct replications_options shown; /* where progress goes */
};

/* Compiles all combinations; the last path that varies changes fastest. metrics[metric_count]: to
 * be shown; none: those that criteria judge. */
bool sweep_study_make(struct sweep_study *study, const char *const *metrics, size_t metric_count,
                      struct error *err);

/* Runs the points. keeper may be NULL. True although it was interrupted: finished says how many
 * there are, the probes' is_interrupted whether it was. */
bool sweep_study_run(struct sweep_study *study, const struct sweep_keeper *keeper,
                     struct error *err);

/* What was found of point p. */
const struct probe *sweep_study_probe(const struct sweep_study *study, size_t p);
bool sweep_study_is_finished(const struct sweep_study *study, size_t p);

/* The column of point p that is number `metric` of those shown, or COLUMN_NONE: points may have
 * other columns. */
int sweep_study_column(const struct sweep_study *study, size_t p, size_t metric);
/* All of them; in arena. */
const int *sweep_study_columns(const struct sweep_study *study, size_t p, struct arena *arena);

#endif
