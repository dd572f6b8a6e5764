/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_study.h - one setting at every combination of the values that vary. */
#ifndef CAPSIM_MODELS_STUDIES_SWEEP_STUDY_H
#define CAPSIM_MODELS_STUDIES_SWEEP_STUDY_H

#include "models/studies/exploration.h"

enum { SWEEP_MAX_POINTS = 100000 };

/* A point that was begun so often and never finished is left out: the process died with it twice,
 * the second time when no other point was being run. */
enum { SWEEP_MAX_DEATHS = 2 };

struct sweep_study;

/* Keeps what is finished, so that a sweep can go on where it was broken off. */
struct sweep_keeper {
    void *context;
    /* Before the points are run: fills the probes of those that were kept, counts them as finished,
     * and says in study->begun how often the others were begun. */
    bool (*restore)(void *context, struct sweep_study *study, struct error *err);
    /* Point p is finished; called from any thread, one at a time. */
    bool (*keep)(void *context, const struct sweep_study *study, size_t p, struct error *err);
    /* Point p is about to be run; as keep. */
    void (*begin)(void *context, size_t p);
};

struct sweep_study {
    struct exploration exploration; /* opened by the caller */
    struct candidate *points;
    const char *(*values)[VARY_MAX_PATHS]; /* [count] as text */
    size_t count;
    size_t shard, shards; /* only points shard, shard + shards ...; shards 0: all */
    atomic_size_t finished;
    size_t kept;          /* of them the keeper had                                      */
    unsigned char *begun; /* [count] how often a point that is not finished was begun    */
    size_t left_out;      /* points that were begun SWEEP_MAX_DEATHS times               */
    const int *columns;   /* [column_count] of the metrics shown, in the first point's model */
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
/* "60, 300/s": its values; in arena. */
const char *sweep_study_name(const struct sweep_study *study, size_t p, struct arena *arena);
/* Whether the process died with point p too often for it to be run again. */
bool sweep_study_is_left_out(const struct sweep_study *study, size_t p);

/* The column of point p that is number `metric` of those shown, or COLUMN_NONE: points may have
 * other columns. */
int sweep_study_column(const struct sweep_study *study, size_t p, size_t metric);
/* All of them; in arena. */
const int *sweep_study_columns(const struct sweep_study *study, size_t p, struct arena *arena);

#endif
