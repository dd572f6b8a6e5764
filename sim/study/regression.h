/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regression.h - has a metric changed since it was last estimated, by more than matters?
 *
 * Both estimates come from replications of one design. Where they ran on the same seed the
 * differences are paired, replication by replication: on an unchanged model they are zero to the
 * bit, and a small change shows. Else the interval of the difference is Welch's (1947), with the
 * Welch-Satterthwaite degrees of freedom.
 *
 * One check looks at many metrics; a false alarm in any of them fails it. Each interval is
 * therefore made at 1 - (1 - confidence) / comparisons (Bonferroni), so that an unchanged model
 * fails with a chance of at most 1 - confidence in all. */
#ifndef CAPSIM_SIM_STUDY_REGRESSION_H
#define CAPSIM_SIM_STUDY_REGRESSION_H

#include "sim/stats/estimate.h"
#include "sim/study/verdict.h"
#include <stdint.h>

enum regression_outcome {
    REGRESSION_SAME,   /* identical, or the whole interval is within the tolerance              */
    REGRESSION_BETTER, /* the whole interval is beyond the tolerance, for the better            */
    REGRESSION_WORSE,  /* ... for the worse                                                     */
    REGRESSION_UNSURE, /* the interval has values within and beyond the tolerance for the worse */
    REGRESSION_OUTCOMES
};

/* What one side knows of a metric. */
struct regression_sample {
    struct estimate estimate;
    const double *values; /* replication r's is values[r * stride], r < count; NULL: not kept */
    size_t count, stride;
};

struct regression_rule {
    double confidence;  /* of the whole check                                              */
    size_t comparisons; /* metrics that it looks at, >= 1                                  */
    double tolerance;   /* of the limit or else of the estimate then, 0.05 for 5 %; >= 0   */
    double limit;       /* of the criterion about it; 0: none                              */
    double floor;       /* what never matters, in the metric's unit                        */
    bool larger_is_better;
    bool is_paired; /* both ran on the same seed */
};

struct regression {
    enum regression_outcome outcome;
    struct estimate difference; /* now - then                                          */
    double allowed;             /* tolerance x (limit or |then|), at least the floor   */
    bool is_identical;          /* to the bit, in every replication                    */
    bool is_paired;
};

/* Judges one metric. A quantile that is unresolved on either side is SAME unless it moved beyond
 * the tolerance, and then UNSURE: it decides nothing. A side that observed nothing where the other
 * did is UNSURE. */
struct regression regression_judge(const struct regression_sample *then,
                                   const struct regression_sample *now,
                                   const struct regression_rule *rule);

/* "same", "better", "worse", "unsure" */
const char *regression_name(enum regression_outcome outcome);

/* How much worse one metric may become, or (metric NULL) every other one. */
struct regression_tolerance {
    const char *metric;
    double share;
};

/* ---- what is remembered of an earlier run ------------------------------------------------- */

struct regression_metric {
    const char *name, *unit;
    struct regression_sample sample;
};

struct regression_criterion {
    const char *name;
    enum verdict verdict;
};

struct regression_setting {
    const char *name, *overrides; /* as compact JSON */
    size_t replications;
    const struct regression_metric *metrics;
    size_t metric_count;
    const struct regression_criterion *criteria;
    size_t criterion_count;
};

struct regression_input {
    const char *file, *sha256;
};

/* A change of the results that somebody reviewed and accepted. */
struct regression_approval {
    const char *reason, *by;    /* by NULL: not said                          */
    const char *from, *to;      /* digests of the results before and after    */
    const char *const *changes; /* [change_count] what changed, a line each   */
    size_t change_count;
};

/* An earlier run, as far as a later one can be held against it. */
struct regression_baseline {
    const char *scenario_name, *version, *digest;
    const char *source; /* the scenario's text; NULL: not kept */
    uint64_t seed;
    const char *const *command;
    size_t command_count;
    const struct regression_input *inputs; /* the scenario first */
    size_t input_count;
    const struct regression_setting *settings;
    size_t setting_count;
    const struct regression_approval *approvals; /* oldest first */
    size_t approval_count;
};

#endif
