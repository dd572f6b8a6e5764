/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearsal_findings.h - what a rehearsal's study found, as plain numbers: for answers, evidence
 * and pictures.
 *
 * A probability is k of n replications with its exact binomial interval (Clopper & Pearson 1934) at
 * the confidence asked for. Times are seconds from the beginning of the rollout; NaN: it never came
 * to that. Everything in one arena. */
#ifndef CAPSIM_REPORTS_RESULT_REHEARSAL_FINDINGS_H
#define CAPSIM_REPORTS_RESULT_REHEARSAL_FINDINGS_H

#include "models/studies/rollout_study.h"
#include "reports/result/result.h"

struct finding_chance {
    size_t events, runs;
    double estimate, low, high;
};

/* Of the replications in which it came to it. */
struct finding_times {
    size_t runs;
    double earliest, p10, median, p90, latest;
};

struct finding_rule {
    const struct rollout_rule *rule;
    bool is_rollback;
    struct finding_chance fires, fires_when_healthy; /* the second: false alarms */
    struct finding_times first, first_when_healthy;
    double firing_time_s; /* mean over all replications */
};

/* What must hold on the way (rollout_way.h). Of a rule, values are levels over its limit. */
struct finding_way {
    const struct rollout_way *way;
    const char *name, *expect, *unit;
    enum verdict verdict;      /* VERDICT_NONE: no course counts                              */
    size_t held, failed, runs; /* courses that count, of all                                  */
    double mean, worst;        /* of the worst values of courses; NaN: none                   */
};

/* A metric of a phase is the mean over replications of its value in that phase. */
struct finding_phase {
    const char *name;
    size_t runs;                    /* replications that came to it                       */
    struct estimate begin, length;  /* [s]                                                */
    const struct estimate *metrics; /* [metric_count]                                     */
};

/* A metric in each window of run.window from the beginning of the measured time; windows that few
 * replications reach rest on those. */
struct finding_series {
    size_t metric;                         /* its number                                        */
    const double *mean, *lowest, *highest; /* [windows] over replications; NaN: none */
};

struct rehearsal_findings {
    const struct rollout_study *rehearsal;
    const struct result *watch; /* one setting, `to`: metrics, criteria, checks of the watch */
    size_t runs;
    double window_s, before_s; /* before_s: from the start of the measured time to the rollout */
    const struct finding_rule *rules; /* alerts, then rollback rules                    */
    size_t rule_count;
    const struct finding_phase *phases;  /* [rehearsal->phase_count]                      */
    const struct column *const *metrics; /* [metric_count] name and unit                  */
    size_t metric_count;
    const struct finding_series *series;
    size_t series_count, windows; /* windows: the last that any replication reached      */
    struct estimate rollout_time, cut, unserved;
    struct estimate lost; /* [B] in the buffers of replicas when they were stopped       */
    bool has_buffers;     /* of the service; else nothing can be lost                    */
    struct finding_chance rolls_back, recovers; /* recovers: of those that rolled back    */
    struct finding_chance outage;               /* requests found no replica up           */
    struct finding_times trip, rollback_time, recovery_time;
    const struct finding_way *ways; /* [way_count] */
    size_t way_count;
    enum verdict way_verdict;      /* of criteria and critical alerts on the way              */
    enum verdict rollback_verdict; /* that no rollback rule trips                             */
    enum verdict outage_verdict;   /* see rehearsal_outage_verdict                            */
    enum verdict verdict;          /* of these and of the watch                               */
};

/* Puts the outcome of the study of a rehearsal together. command: normal form. */
const struct rehearsal_findings *rehearsal_findings_make(const struct rollout_study *rehearsal,
                                                         const struct study_outcome *outcome,
                                                         const char *const *command,
                                                         size_t command_count, struct arena *arena);

/* The chance of an outage that a rollout may have. */
#define REHEARSAL_TOLERATED 0.05
/* Where no criterion limits failures, no outage is allowed. VERDICT_NONE: there was none, or a
 * criterion judges it (is_limited); fail: its chance is surely above REHEARSAL_TOLERATED; else
 * undecided. */
enum verdict rehearsal_outage_verdict(const struct finding_chance *chance, bool is_limited);

#endif
