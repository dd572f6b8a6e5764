/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h - everything that a run found, as every table, writer and picture reads it.
 *
 * Plain data in one arena; numbers in base units (s, 1/s, B, shares 0..1); NaN is "nothing was
 * observed". Nothing here depends on when, where or how fast the run was: that is in struct
 * run_facts and goes to run.json alone. */
#ifndef CAPSIM_REPORTS_RESULT_RESULT_H
#define CAPSIM_REPORTS_RESULT_RESULT_H

#include "models/metrics/metric_catalogue.h"
#include "models/studies/plan.h"
#include "sim/stats/prediction.h"

struct result_metric {
    const char *name, *unit;
    struct estimate estimate;
    bool larger_is_better;
    const struct metric_identity *identity; /* what it is of; never NULL                         */
};

/* A metric in one window of run.window: its mean over the replications, and where one further
 * replication's would be, at the confidence asked for. */
struct result_window {
    struct estimate mean;
    struct prediction one;
};

struct result_series {
    const char *metric, *unit;
    const struct result_window *windows; /* [count] in their order from the start of measuring   */
    size_t count;
};

struct result_criterion {
    const char *name, *expect, *unit;
    const char *metric;                     /* "db_pool.wait.p95"                                */
    const struct metric_identity *identity; /* of the metric                                    */
    enum criterion_span span;
    struct estimate estimate;
    enum verdict verdict;
    bool is_withheld; /* would be decided, but for a reason of withheld (study.h)            */
    size_t held,
        failed;         /* runs, of a claim about one run; both 0: it is none                     */
    double probability; /* with which a run is to hold                                            */
    unsigned withheld;  /* enum study_withheld                                     */
    struct cycles_finding cycles;    /* what a claim about the long run rests on                */
    const struct study_scope *scope; /* what it depends on; NULL: nothing is known of that      */
    double unseen;                   /* part of the mean that was probably not shown            */
    struct estimate share;           /* beyond a quantile's limit, by which it is judged         */
    double share_limit;              /* that may be; 0: it is not judged so                      */
    double run_s, warmup_s;          /* measured time of a replication, and before it; 0: unknown */
    size_t fewest_runs;
    const char *explanation; /* why it is undecided, as a report that is read says; NULL: none    */
    double margin;           /* distance to the limit, > 0 is good; NaN without one         */
    bool is_configured;      /* about what is set: nothing was measured                      */
    bool has_limit;
    enum comparison op;
    double limit;
    const char *limit_text;
    const char *no_worse_than;  /* NULL: no reference                                           */
    double allowed;             /* relative margin of no_worse_than                            */
    struct estimate difference; /* this - (1 + allowed) * reference                            */
    struct prediction one;      /* of one further replication, at the confidence asked for     */
};

struct result_setting {
    const char *name;
    const struct override *overrides; /* the last of each path                                  */
    size_t override_count;
    size_t replications;
    double warmup_s;
    enum verdict verdict; /* VERDICT_NONE: no criterion applies to it                     */
    const struct result_metric *metrics;
    const struct prediction *predictions; /* [metric_count] of one further replication, at the
                                             confidence asked for; NULL: not worked out */
    size_t metric_count;
    size_t one_runs; /* single runs with drawn inputs that the predictions are made of; 0: of the
                        replications                                                           */
    /* What each replication found: metric m of replication r, r < started, is
     * values[r * value_stride + m]; NaN where nothing was observed or r was not finished. */
    const double *values;
    size_t started, value_stride;
    const uint64_t *event_hashes; /* [started] of each replication (study.h); NULL: not known */
    const struct result_criterion *criteria;
    size_t criterion_count;
    const struct model_check *checks;
    size_t check_count;
    const char *const *warnings;
    size_t warning_count;
    bool is_unstable;
    const struct offered_load *loads; /* of its stations                                        */
    size_t load_count;
    const struct result_series *series; /* those asked for */
    size_t series_count;
};

struct result_difference {
    const char *metric, *from, *to, *unit;
    struct estimate estimate;
    const struct metric_identity *identity; /* of the metric                                    */
};

struct result_input {
    const char *file;
    char sha256[65];
};

struct result {
    const char *scenario_name, *title, *description, *scenario_file;
    char scenario_sha256[65];
    const char *version;
    const char *const *command; /* in normal form: without what cannot change a result          */
    size_t command_count;
    uint64_t seed;
    double confidence; /* as asked for                                                 */
    double duration_s;
    bool ends_early;                   /* with a load test; duration_s is the most              */
    double window_s;                   /* of series */
    const struct result_input *inputs; /* the scenario first, then the files it names           */
    size_t input_count;
    const struct assumption *assumptions;
    size_t assumption_count;
    const struct result_setting *settings;
    size_t setting_count;
    const struct result_difference *differences; /* from baseline to each other setting         */
    size_t difference_count;
    enum verdict verdict;
    bool is_interrupted;
    size_t looks_planned, looks_made;
    char digest[65]; /* SHA-256 over the results, see provenance.h                   */
};

/* When, where and how fast: run.json alone. */
struct run_facts {
    const char *started; /* ISO 8601, UTC                                                */
    double elapsed_s;
    const char *host;
    unsigned threads;      /* of each rank                                                 */
    unsigned ranks;        /* processes that shared the work; 0: it was one program alone  */
    size_t kept, computed; /* points of a sweep: of an earlier run, and of this; both 0: no
                              journal was kept                                             */
};

/* Puts the outcome of a plan's study together with what the scenario says. command[command_count]:
 * normal form. Everything in arena. Also fills the SHA-256s and the digest. */
const struct result *result_make(const struct plan *plan, const struct study_outcome *outcome,
                                 const char *const *command, size_t command_count,
                                 struct arena *arena);

/* A result in which nothing was found yet: what the scenario says, the inputs with their SHA-256s,
 * and the command; no settings, no digest. The grounds of an answer (command_report.h). */
struct result *result_begin(const struct scenario_set *set, const char *const *command,
                            size_t command_count, struct arena *arena);

/* A warning for each self-check that failed, in arena. */
const struct plan_warning *result_failed_checks(const struct result *result, struct arena *arena,
                                                size_t *count);

/* The result with the first `count` series of each setting alone; in arena. */
const struct result *result_with_series(const struct result *result, size_t count,
                                        struct arena *arena);

/* The setting that a reader is asked to agree to: the last that is judged, else the last. The
 * result has at least one. */
const struct result_setting *result_subject(const struct result *result);

/* The metric of that name, or NULL; its prediction has the same place. hint: where it probably is,
 * since settings of one scenario mostly have the same metrics; a search through all for each would
 * be quadratic. */
const struct result_metric *result_find_metric(const struct result_setting *setting,
                                               const char *name, size_t hint);

#endif
