/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.h - several settings of one system, replicated on common random numbers until each
 * criterion is decided.
 *
 * A study knows a model only as "run replication r and fill this vector". Replications are added at
 * the looks of stopping.h, for all settings alike so that differences stay paired, until every
 * criterion of every setting is decided, or the undecided ones' relative half widths are below
 * precision, or the maximum is reached. The outcome depends on the settings, the seed inside the
 * models and the options' numbers; never on threads.
 *
 * A criterion whose quantile is unresolved is not waited for: every replication has the same tail.
 * Without criteria there is nothing to decide, and only the minimum is run. */
#ifndef CAPSIM_SIM_STUDY_STUDY_H
#define CAPSIM_SIM_STUDY_STUDY_H

#include "sim/base/arena.h"
#include "sim/stats/beyond.h"
#include "sim/stats/histogram.h"
#include "sim/stats/run_count.h"
#include "sim/study/replications.h"
#include "sim/study/scope.h"
#include "sim/study/stopping.h"
#include "sim/study/verdict.h"

enum column_kind {
    COLUMN_MEAN,     /* one number per replication; Student t                                   */
    COLUMN_QUANTILE, /* from a histogram, in seconds; sectioning                                */
    COLUMN_RATIO,    /* a total over a total; weight is the lower one (pseudo.h)                */
    COLUMN_SD,       /* of all observations; cluster_mean is the column of their mean           */
    COLUMN_RATE      /* events / trials; weight is the trials                                   */
};

enum { COLUMN_NONE = -1 };

struct metric_identity;

/* One thing that every replication observes. */
struct column {
    const char *name; /* "db_pool.wait.p95"                                                     */
    const char *unit; /* "s", "1/s", "1" (a share), "B", "" (a count)                           */
    enum column_kind kind;
    double quantile;  /* of COLUMN_QUANTILE                                                     */
    int histogram;    /* of COLUMN_QUANTILE: index into the replication's histograms            */
    int cluster_mean; /* of COLUMN_RATE: columns that tell how observations cluster (a mean and */
    int cluster_sd;   /*   its sd over the same requests), or COLUMN_NONE                       */
    bool larger_is_better;
    bool is_share;    /* never above 1, if no replication is                                      */
    bool has_largest; /* of COLUMN_QUANTILE: column `largest` has the largest observation of each */
    int largest;      /*   replication, which no quantile exceeds, whatever its bucket           */
    int mean;         /* of COLUMN_QUANTILE: the column of their mean; the next is their sd      */
    /* Column `unfinished` has the share of what it is about that had not ended when it was
     * observed: a share may be higher by that, a time longer. */
    bool has_unfinished;
    int unfinished;
    bool is_queueing; /* of COLUMN_RATIO: a time or a level that queues, so skewed (pseudo.h)    */
    const struct metric_identity *identity; /* what the model says that it is; a study looks at the
                                               rest alone. NULL: nothing                        */
};

/* What one replication fills in. value comes as NaN and weight as 0 everywhere. A COLUMN_QUANTILE
 * needs its weight only, which is the total of its histogram: the study takes the value from there,
 * so that it rounds as the pooled quantile does. */
struct observation {
    double *value;           /* [columns]; NaN: nothing was observed                     */
    double *weight;          /* [columns]; the number of observations behind it          */
    uint64_t event_hash;     /* of all that happened, in its order; 0: the model has none */
    const uint32_t **counts; /* [histograms], each HISTOGRAM_BUCKETS; in the job's arena */
};

/* Runs one replication. Called from several threads at once, each with its own arena; model is not
 * changed. */
typedef bool study_replicate(const void *model, uint32_t replication, struct arena *arena,
                             struct observation *observation, struct error *err);

/* What must hold. */
struct study_criterion {
    int column;
    bool has_limit;
    enum comparison op;
    double limit;
    int reference;        /* setting that this one may not be worse than, or -1                  */
    int reference_column; /* the same metric there                                               */
    /* Relative: 0.05 allows 5 % worse. Worse is larger, unless op (when has_limit) or else the
     * column's larger_is_better says otherwise. */
    double margin;
    /* Of a quantile with a limit: the column of the share beyond it, by which it is judged, and
     * what is claimed of that share. 0: there is none; the quantile's interval is judged. */
    int beyond_column;
    struct beyond_claim beyond;
    /* It is about the long run, so the simulated time is held against the setting's scopes. */
    bool is_long_run; /* what is compared with a reference is, too                               */
    /* It is about one run, whose value the column is: a run holds with at least probability. NULL:
     * it is not; its looks are those of the count, and tolerance_confidence is the one-sided one of
     * looks at which no count can pass yet. */
    const struct run_count_plan *counting;
    double probability, tolerance_confidence;
    /* In a search: with so many runs, or as soon as so many would not do by what was seen, a claim
     * that its law leaves open is too near its limit, and stays undecided. 0: it is counted. */
    size_t patience;
    /* Where values have no spread or no law: other columns which, below a limit in nearly every
     * run, make this one hold. */
    const struct study_margin *proxies; /* [proxy_count] */
    size_t proxy_count;
    /* It is about one run and has an upper limit, and no run can come to more than `highest`. */
    bool has_highest;
    double highest;
    /* A run that observed nothing does not concern it; when none did it is not judged. */
    bool may_be_moot;
    /* It needs no more replications once another criterion of its setting fails. */
    bool yields_to_failure;
};

struct study_setting {
    const void *model;
    study_replicate *replicate;
    const struct column *columns;
    size_t column_count, histogram_count;
    const struct study_criterion *criteria;
    size_t criterion_count;
    /* Its replications show no steady state: the queue grows without bound, or the run is too
     * short. A criterion may fail, but what a longer run would change never passes. */
    bool is_transient;
    /* [column_count] what each column depends on, NULL: nothing is known of it; NULL: of none. */
    const struct study_scope *const *scopes;
    double
        run_s; /* measured time of a replication; 0: its claims are not about the long run      */
    double warmup_s;  /* not measured, before it                                                */
    size_t most_runs; /* that may still be run                                                  */
    bool
        is_short_start; /* the warm-up is shorter than what is left of the empty start            */
    bool
        is_from_start; /* there is no warm-up: its claims are about a run of this length that begins
                            so, which needs no relaxation, though each slow state             */
};

struct study_options {
    size_t min_replications, max_replications; /* 1 <= min <= max */
    double precision, confidence;
    struct replications_options workers;
};

/* The decision on one criterion. */
struct study_decision {
    struct estimate estimate;   /* of the metric itself                                      */
    struct estimate share;      /* beyond the limit, where that is judged; NaN else              */
    struct estimate difference; /* this - (1 + margin) * reference, or this - (1 - margin) * */
                                /*   reference when larger is better; NaN without a reference    */
    enum verdict verdict;
    bool is_withheld; /* undecided for a reason of withheld, else it would pass or fail        */
    size_t held,
        failed;        /* runs, of a criterion about one run                                     */
    unsigned withheld; /* enum study_withheld                                       */
    struct cycles_finding cycles; /* what a claim about the long run rests on                  */
    double unseen; /* part of the mean that was probably not shown, by which high is larger     */
    double margin; /* distance to the limit (has_limit), else to the reference; > 0 is good */
};

struct study_result {
    size_t replications;      /* that were finished                               */
    size_t started;           /* rows below; those not done are NaN with weight 0 */
    bool *done;               /* [started]                                        */
    uint64_t *event_hashes;   /* [started] see struct observation; 0 of those not done */
    double *values, *weights; /* [started * column_count], row r is replication r */
    struct histogram *merged; /* [histogram_count], which grow in merged_arena    */
    struct arena *merged_arena;
    struct estimate *estimates;       /* [column_count]                                   */
    struct study_decision *decisions; /* [criterion_count]                                */
    enum verdict verdict;             /* VERDICT_NONE without criteria                    */
};

struct study_outcome {
    struct study_result *results; /* [settings], in their order */
    struct stopping_plan plan;
    /* [settings] values and weights alone, of single runs among which a real one is looked for; a
     * column may have none. NULL: the replications are such runs. */
    const struct study_result *one_runs;
    size_t looks_made;
    bool is_interrupted; /* stopped early: the results are those of what was finished */
    enum verdict verdict;
};

/* Runs the study. Everything in outcome lives in arena. */
bool study_run(const struct study_setting *settings, size_t count,
               const struct study_options *options, struct arena *arena,
               struct study_outcome *outcome, struct error *err);

/* The paired difference of column_to of setting `to` from column_from of setting `from`, with
 * margin 0; for quantiles centred on the difference of the pooled quantiles. *variance_ratio (may
 * be NULL): variance of the paired difference over that of an unpaired one. */
struct estimate study_difference(const struct study_setting *settings,
                                 const struct study_outcome *outcome, size_t from, int column_from,
                                 size_t to, int column_to, double *variance_ratio);

#endif
