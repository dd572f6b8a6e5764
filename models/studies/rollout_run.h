/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_run.h - one course of a rehearsal: a service from before a rollout to the end of what
 * follows.
 *
 * A course is simulated once for each way that the same customers may meet: with the change, with
 * the change and nothing to roll it back, without any change. Everything in the replication's
 * arena. Used by rollout_study.h alone, through rollout_study_replicate. */
#ifndef CAPSIM_MODELS_STUDIES_ROLLOUT_RUN_H
#define CAPSIM_MODELS_STUDIES_ROLLOUT_RUN_H

#include "models/engine/self_check.h"
#include "models/engine/windows.h"
#include "models/studies/alerts.h"
#include "models/studies/rollout_study.h"

enum rollout_run_kind {
    ROLLOUT_RUN_CHANGE,     /* the rollout; it goes back when a rollback rule trips */
    ROLLOUT_RUN_PRESSED_ON, /* the rollout whatever happens */
    ROLLOUT_RUN_HEALTHY     /* no change: watched in the same time as the other */
};

/* A phase that goes on. */
struct rollout_run_phase {
    int number; /* of the rehearsal's; -1: none does */
    struct snapshot start;
};

/* A claim about the way in one course. */
struct rollout_way_state {
    double worst, before; /* NaN: none yet; before: the change                               */
    struct stretch held;  /* of a rule                                                       */
};

/* Simulated times in ns; SPEC_NEVER until they have come. */
struct rollout_run {
    const struct rollout_study *rehearsal;
    enum rollout_run_kind kind;
    struct replication_state *system;
    struct observation *whole;   /* of the study                                              */
    struct observation measured; /* the part of it, or of nothing, that the windows fill        */
    struct windows windows;
    uint64_t windows_before;  /* of run.window that ended before the watch                     */
    int which;                /* watches of the model of from (0) or of to (1) are looked at    */
    struct alert *alerts;     /* [rules]                                                       */
    struct alert_rule *rules; /* [rules] with the limits of this course                        */
    int64_t start, change;    /* of the measured time, of the rollout                          */
    int64_t watch_start, end;
    int64_t trip, last_bad; /* last_bad: end of the last window with a condition of a rollback */
    bool is_bad;            /* in the last window                                            */
    struct rollout_run_phase phase, rollout;
    struct rollout_way_state *ways; /* [way_count]                                             */
    double *rollout_largest; /* [metrics] highest of the batches so far                       */
    struct presence presence;
    struct snapshot zero, quarters[SELF_CHECK_SNAPSHOTS];
    uint32_t *scratch; /* [HISTOGRAM_BUCKETS]                                           */
};

/* Runs a course in arena. watch_start [ns]: of a healthy course, when its watch begins. whole: gets
 * the values of the watch, or of the healthy watch; of ROLLOUT_RUN_CHANGE also those of rules,
 * phases, series. */
bool rollout_run_run(struct rollout_run *course, const struct rollout_study *rehearsal,
                     enum rollout_run_kind kind, uint32_t replication, int64_t watch_start,
                     struct arena *arena, struct observation *whole, struct error *err);

#endif
