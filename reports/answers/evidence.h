/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.h - what a reviewer of a change wants to see, as projected by simulation: the files that
 * a team collects before, during and after it, with figures, intervals and where they come from.
 *
 *   index.html                    the answer, and what each file is, with links
 *   evidence.json                 what this is, and the SHA-256 of every other file
 *   report.html                   the whole report of the run as a page
 *   report.json, report.txt       the same for programs and as text, series of the key metrics
 *   post_execution_report.md      the report after the change, filled in as far as can be known
 *   pre_change/     pre_change_metrics.json, pre_change_config.json, pre_change_latency.json,
 *                   pre_change_error_rate.txt, pre_change_connections.txt
 *   during_change/  config_diff.txt, post_change_config.json
 *   post_change/    synthetic_load_test_results.json, sustained_monitoring.json,
 *                   error_rate_comparison.txt, latency_comparison.json, projected_metrics.json
 *   pictures/  each picture of the report, as SVG
 *   inputs/  the scenario and the files that it names, as they were read
 * and whatever its user adds (a rehearsal's time-line). Each file says that it is projected, of
 * which setting and by which run (the digest). What only production can tell is left as
 * EVIDENCE_BLANK in the Markdown. Intervals come in two kinds: low and high are of the mean of all
 * runs there could be; one_run_low and one_run_high of one real run of the same length
 * (prediction.h).
 *
 * The same result gives the same bytes, so that any edit can be found by writing them again. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_H

#include "reports/document/document.h"
#include "reports/files/folder.h"
#include "reports/result/result.h"
#include "sim/stats/resolution.h"

/* To be filled in by hand. */
#define EVIDENCE_BLANK "‹to fill in›"
/* The same where blanks must be told from texts that look like one: a control, which nothing that
 * is written has. */
#define EVIDENCE_MARK "\001"
/* The file that has blanks. */
#define EVIDENCE_REPORT "post_execution_report.md"

enum { EVIDENCE_MOST_EXTRAS = 40 };

/* The synthetic load test: many of them, simulated on the changed system under its load. */
struct evidence_test {
    int64_t requests, concurrency;
    const char *workload;               /* whose requests it sends                              */
    const char *name;                   /* of its own workload                                  */
    const struct result_setting *found; /* metrics and predictions of one test                  */
    double a_s, b_s;                    /* two truths of its p95 that it should tell apart      */
    struct resolution p95;
};

/* What the rehearsal of the change adds to the Markdown report. */
struct evidence_rehearsal {
    const struct document *verdicts; /* for the summary                                        */
    const char *takes;               /* how long the rollout does, for the timeline            */
    const struct document *course;   /* a section of its own                                   */
    const struct document *rollback; /* whether it comes to one, and what follows               */
};

/* A file of inputs/: its text, or where to copy it from, and the hash of what was read there. */
struct evidence_input {
    const char *name, *text, *path, *sha256;
    size_t length;
};

struct evidence_template; /* evidence_template.h */

struct evidence {
    const struct result *result; /* with the key series */
    size_t before, after;        /* settings of it      */
    const char *config_before, *config_after;
    const struct setting_change *changes;
    size_t change_count;
    const struct evidence_test *test; /* NULL: none */
    const struct evidence_input *inputs;
    size_t input_count;
    const struct scenario_set *set;                  /* what was simulated */
    struct folder_file extras[EVIDENCE_MOST_EXTRAS]; /* "during_change/timeline.json" ... */
    const char *extra_words[EVIDENCE_MOST_EXTRAS];   /* what each is, for the index; or NULL */
    size_t extra_count;
    const struct evidence_rehearsal *rehearsal; /* NULL: none */
    const struct evidence_template *form;       /* of EVIDENCE_REPORT; NULL: the usual */
};

/* All its files, as they will stand in the folder, in arena: files[*count]. NULL with err. */
const struct folder_file *evidence_list(const struct evidence *evidence, struct arena *arena,
                                        size_t *count, struct error *err);

/* EVIDENCE_REPORT with EVIDENCE_MARK for its blanks; evidence must stay. */
struct folder_file evidence_marked_report(const struct evidence *evidence);

/* Writes all of it into folder, all or none. */
bool evidence_write(const struct evidence *evidence, const char *folder, struct error *err);

#endif
