/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_study.h - a rollout with all that happens before, while and after it, as one study.
 *
 * Each replication runs the course of the change: the service on `from`, the rollout at its time,
 * the watch. Alerts and rollback rules are evaluated at the end of each run.window (alerts.h); if a
 * rollback rule trips, the rollback is simulated, and 15 minutes after it. On the same customers
 * runs a healthy course, in which nothing is changed: what the rules say there are false alarms.
 * Criteria are judged on the watch, with the metrics of `to`; "no worse than" compares with the
 * same hour of the healthy course. Where a rollback cuts the watch short they are judged on a third
 * course that presses on without it. The way to the watch is judged, too (rollout_way.h).
 *
 * The watch begins at the first end of a run.window after the last replica is up. Columns of the
 * study, in this order: those of the model of `to`, over the watch; those of the model of `from`,
 * over the same time of the healthy course; for each rule RULE_VALUES; ROLLOUT_RUN_VALUES; for each
 * phase PHASE_VALUES and the metrics that are followed; for each series its windows; for each claim
 * about the way its worst value. The life of a
 * rehearsal: rollout_study_make - rollout_study_find_warmup - study_run on rehearsal.setting. */
#ifndef CAPSIM_MODELS_STUDIES_ROLLOUT_STUDY_H
#define CAPSIM_MODELS_STUDIES_ROLLOUT_STUDY_H

#include "models/studies/plan.h"

/* Of one rule. Times [s] from the beginning of the rollout; NaN: never. */
enum rule_value {
    RULE_FIRED,       /* 0 or 1                                              */
    RULE_FIRST,       /* when it first did                                   */
    RULE_FIRING_TIME, /* how long in all [s]                                 */
    RULE_HEALTHY_FIRED,
    RULE_HEALTHY_FIRST,
    RULE_VALUES
};

/* Of the whole course. Times [s]. */
enum rollout_run_value {
    ROLLOUT_RUN_ROLLOUT_TIME, /* its beginning until the last replica is up; NaN: never */
    ROLLOUT_RUN_CUT,      /* requests that failed because their replica was stopped               */
    ROLLOUT_RUN_UNSERVED, /* requests that found no replica up                                    */
    ROLLOUT_RUN_LOST,     /* bytes in the buffers of replicas when they were stopped */
    ROLLOUT_RUN_TRIPPED,  /* 0 or 1: a rollback rule                                              */
    ROLLOUT_RUN_TRIP,     /* when, from the beginning of the rollout                              */
    ROLLOUT_RUN_ROLLBACK_TIME, /* from then until every replica was as before */
    ROLLOUT_RUN_RECOVERED,     /* 0 or 1: no rule is true at the end; NaN: no trip */
    ROLLOUT_RUN_RECOVERY_TIME, /* from the trip until the last window in which one was true ended */
    ROLLOUT_RUN_VALUES
};

/* Of one phase [s]. */
enum phase_value {
    PHASE_BEGIN /* from the beginning of the rollout */,
    PHASE_LENGTH,
    PHASE_VALUES
};

/* Phases: before; some batches, each with the pause after it; all batches together; the watch;
 * going back; 15 minutes after that. */
struct rollout_study_phase {
    const char *name; /* "before", "batch 1", "batches 1-3", "rollout", "watch", "rollback", "after
                         rollback" */
    int first_batch, last_batch; /* from 1; 0: not of batches */
};

enum { REHEARSAL_MOST_BATCH_PHASES = 24, REHEARSAL_MOST_METRICS = 200 };

/* A metric that is followed through the phases. */
struct rollout_study_metric {
    int column;             /* ordinary, of both models                                       */
    int watch[2];           /* of the model of from, of to; -1: no windows, so no series      */
    bool is_in_series;      /* its windows are kept                                           */
    size_t first_of_series; /* column of the study                                            */
};

enum rollout_way_kind { WAY_CRITERION, WAY_ALERT, WAY_ROLLBACK };

/* What must hold on the way: a criterion, that a critical alert does not fire, that a rollback rule
 * does not trip. */
struct rollout_way {
    enum rollout_way_kind kind;
    size_t number; /* of the criterion in to.criteria, of the rule (rollout_columns_find_rule)   */
    size_t column; /* of the study: the worst of a course; of a rule, over its limit            */
    bool is_lower; /* the worst value is the lowest                                              */
    bool is_rate;  /* a share of events, of which a window has few                               */
    int watch[2];  /* of a criterion by windows; -1: by phases, of metric number `metric`        */
    size_t metric;
    uint32_t steps; /* of a rule: looks in a row at which its condition must be true            */
};

struct rollout_study {
    const struct scenario_set *set;
    const struct rollout_spec *rollout;
    struct scenario from, to; /* measured for the length of the watch */
    struct model *before, *after;
    size_t rule_count;    /* alerts, then rollback rules */
    int (*rule_watch)[2]; /* [rule_count] as rollout_study_metric.watch */
    int *rule_column;     /* [rule_count] ordinary, of both models */
    struct rollout_study_metric *metrics;
    size_t metric_count;
    struct rollout_study_phase *phases;
    size_t phase_count, batch_phases; /* phase 0: before; then batch_phases; then the other four */
    size_t windows;                   /* kept of each series */
    struct rollout_way *ways; /* [way_count] the study's criteria behind the watch_criteria of the
                                 watch, in this order                                            */
    size_t way_count, watch_criteria;
    size_t healthy_base, rule_base, course_base, phase_base, series_base, way_base;
    struct study_setting setting;
    struct study_options options; /* without workers */
    double warmup_s;
    const char *warning; /* of the search for the warm-up; NULL: none */
};

/* Whether the set has a rollout, and both of its settings are among those that were read. */
bool rollout_study_is_read(const struct scenario_set *set);

/* Compiles set->rollout, whose settings are read. Everything in arena. Errors of STATUS_INPUT at
 * their pointer: a rule about an unknown metric or in a wrong unit; a criterion that compares with
 * another setting than `from`; a load test, which ends; a model's own. */
bool rollout_study_make(const struct scenario_set *set, struct arena *arena,
                        struct rollout_study *rehearsal, struct error *err);

/* As plan_find_warmup, on the system as it is before. */
bool rollout_study_find_warmup(struct rollout_study *rehearsal,
                               const struct replications_options *workers, struct arena *arena,
                               bool *is_interrupted, struct error *err);

/* Finds the warm-up and runs the study. False with status STATUS_OK: interrupted before there was a
 * replication. */
bool rollout_study_run(struct rollout_study *rehearsal, const struct replications_options *workers,
                       struct arena *arena, struct study_outcome *outcome, struct error *err);

/* Runs one replication: a study_replicate. */
study_replicate rollout_study_replicate;

/* The numbers of phases. */
static inline size_t rollout_study_phase_of_batch(const struct rollout_study *rehearsal, int batch)
{
    size_t phase = 1;
    while (phase < rehearsal->batch_phases && rehearsal->phases[phase].last_batch <= batch)
        phase++;
    return phase;
}
static inline size_t rollout_study_phase_rollout(const struct rollout_study *rehearsal)
{
    return 1 + rehearsal->batch_phases;
}
static inline size_t rollout_study_phase_watch(const struct rollout_study *rehearsal)
{
    return 2 + rehearsal->batch_phases;
}
static inline size_t rollout_study_phase_back(const struct rollout_study *rehearsal)
{
    return 3 + rehearsal->batch_phases;
}
static inline size_t rollout_study_phase_aftermath(const struct rollout_study *rehearsal)
{
    return 4 + rehearsal->batch_phases;
}

#endif
