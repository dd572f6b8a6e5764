/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regression_report.h - a run compared with a saved reference: what has changed, and what may have
 * caused it.
 *
 * Compared are, in each setting that both have, the metrics that criteria are about, the key ones
 * that are better one way than the other, and those that a tolerance names; on request all. Of what
 * is neither better nor worse (idle connections), a change is no more than that. A metric, setting
 * or criterion that is gone is a change for the worse, one whose step was renamed is unsure; one
 * that is new decides nothing. A criterion that passed and fails now is worse, one that is now
 * undecided unsure.
 */
#ifndef CAPSIM_REPORTS_ANSWERS_REGRESSION_REPORT_H
#define CAPSIM_REPORTS_ANSWERS_REGRESSION_REPORT_H

#include "reports/writers/command_report.h"
#include "reports/writers/report_junit.h"
#include "sim/study/regression.h"

struct regression_request {
    const struct regression_baseline *baseline;
    const struct result *result;
    const struct regression_tolerance *tolerances; /* the last one that fits counts */
    size_t tolerance_count;
    const char *const *changes; /* in the scenario's text, as sentences                   */
    size_t change_count;
    bool is_strict; /* a change for the better fails too                       */
    bool has_all;   /* every metric is compared                                */
};

/* The chance that an unchanged model on a fresh seed fails is at most 1 - this, in each setting. */
#define REGRESSION_CONFIDENCE 0.999
#define REGRESSION_TOLERANCE 0.01

/* Compares, and fills answer, which is then brief: facts, the table "changes", its document, its
 * verdict and its test cases. */
void regression_report(const struct regression_request *request, struct answer *answer);

/* What has changed, a line each: "proposed: api.response.p95 worse, 366.7 ms -> 420 ms"; in
 * arena. */
const char *const *regression_report_changes(const struct regression_request *request,
                                             struct arena *arena, size_t *count);

/* False if a tolerance names a metric that neither the result nor the baseline has. */
bool regression_report_check(const struct regression_request *request, struct error *err);

#endif
