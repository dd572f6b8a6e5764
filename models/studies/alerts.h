/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alerts.h - a rule that is looked at again and again while a run goes on: "METRIC OP VALUE for D",
 * as an alert or a rollback rule has it.
 *
 * The semantics are those of a Prometheus alerting rule. The rule is evaluated at the end of each
 * window of run.window, on the metric over that window (or over the last few: windows.h). An
 * evaluation that finds the condition true makes an inactive alert pending; at the first evaluation
 * that finds it true hold or more after it became pending, with no evaluation in between that found
 * it false, the alert fires; with hold 0 at once. An evaluation that finds it false ends both. So
 * with `for 5min` and windows of a minute the condition must be true at six evaluations in a row,
 * and an alert never fires sooner than hold after the end of the first window that was bad. A
 * window in which nothing was observed (NaN) has no sample: the condition is not true.
 *
 * Pure: no memory, no clock of its own; one struct alert per rule and replication, which its user
 * keeps wherever it likes. O(1) for each evaluation. Source: Prometheus 2, "Alerting rules" and
 * rules/alerting.go (ActiveAt, holdDuration); keep_firing_for is not offered. */
#ifndef CAPSIM_MODELS_STUDIES_ALERTS_H
#define CAPSIM_MODELS_STUDIES_ALERTS_H

#include "sim/study/verdict.h"
#include <stdint.h>

struct alert_rule {
    enum comparison op;
    double limit;    /* in the metric's unit; NaN: no limit is known, the condition is false    */
    int64_t hold_ns; /* `for`, >= 0                                                             */
};

enum alert_phase { ALERT_INACTIVE, ALERT_PENDING, ALERT_FIRING };

#define ALERT_NEVER INT64_MAX

/* What became of a rule in one replication. Begins with alert_begin. Times are simulated ns. */
struct alert {
    enum alert_phase phase;
    int64_t active_since; /* when it became pending; while pending or firing                   */
    int64_t firing_since; /* while firing                                                      */
    int64_t first_active; /* ALERT_NEVER: the condition was never true                         */
    int64_t first_fired;  /* ALERT_NEVER: it did not fire                                      */
    int64_t last_ended;   /* when it last stopped firing; ALERT_NEVER: it did not              */
    int64_t firing_ns;    /* how long it fired, all episodes that have ended together          */
    uint32_t times_fired;
    uint32_t evaluations; /* with a value                                                      */
};

/* An alert that was never evaluated. */
struct alert alert_begin(void);

/* Evaluates the rule on value at now [ns, not before the last one]. Returns true when the alert
 * fires at this very evaluation (and did not at the one before). */
bool alert_evaluate(struct alert *alert, const struct alert_rule *rule, int64_t now, double value);

/* How long it fired up to now, an episode that goes on included [ns]. */
int64_t alert_firing_time(const struct alert *alert, int64_t now);

#endif
