/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_json.h - what was found, as JSON: the report's sections that the digest covers.
 *
 * The format is a contract (capsim_report 1): keys are added behind the others, never renamed. An
 * estimate of which nothing was observed is null, and so is a bound that does not exist;
 * "no_interval", "unresolved", "upper_bound" stand only where they are true, and so does
 * "withheld": a criterion that would pass in a run that showed a steady state. */
#ifndef CAPSIM_REPORTS_RESULT_REPORT_JSON_H
#define CAPSIM_REPORTS_RESULT_REPORT_JSON_H

#include "reports/result/result.h"
#include "reports/text/json_writer.h"
#include "sim/study/regression.h"

/* What a baseline keeps besides the report. */
struct report_kept {
    const char *source;                          /* the scenario's text         */
    const struct regression_approval *approvals; /* [approval_count] oldest first */
    size_t approval_count;
};

/* The keys "settings", "differences" and "verdict" with their values, into an open object. They
 * hold nothing of the file's path, the command, the machine or the time, nor what a metric's name
 * says already (resource, metric, statistic; of a criterion metric and span), which a report has
 * besides: digests are as they were before that was written. */
void report_json_findings(struct json_writer *writer, const struct result *result);

/* What the findings rest on: the keys "scenario", "provenance" and "assumptions". */
void report_json_grounds(struct json_writer *writer, const struct result *result);

/* The key "provenance" alone, with its value. */
void report_json_provenance(struct json_writer *writer, const struct result *result);

/* The whole report as JSON (report.h); flushes out. False with STATUS_IO when the stream failed. */
bool report_json(const struct result *result, FILE *out, struct error *err);

/* report_json, and under the key "baseline" the scenario's text (source) and the values of each
 * replication, { setting: { metric: [ ... ] } }: what `check` needs to pair differences and to name
 * what was changed. */
bool report_baseline(const struct result *result, const struct report_kept *kept, FILE *out,
                     struct error *err);

#endif
