/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.h - from what the replications of a study observed so far to estimates and decisions.
 *
 * Used by study.c at each look. confidence is the nominal one of a look (stopping.h). */
#ifndef CAPSIM_SIM_STUDY_JUDGE_H
#define CAPSIM_SIM_STUDY_JUDGE_H

#include "sim/study/study.h"

/* A share of which neither setting that is compared showed any is no worse up to that. */
#define JUDGE_NEXT_TO_NOTHING 1e-4

/* The estimate of one column of a setting. */
struct estimate judge_column(const struct study_setting *setting, const struct study_result *result,
                             int column, double confidence);

/* One column of one setting. */
struct judge_place {
    size_t setting;
    int column;
};

/* The paired difference to - (1 + margin) * from: of ratios by their pseudo-values. Quantiles are
 * centred on the pooled quantiles and unresolved when one of them is, unless both were the same in
 * every replication. */
struct estimate judge_difference(const struct study_setting *settings,
                                 const struct study_result *results, struct judge_place from,
                                 struct judge_place to, double margin, double confidence);

/* Variance of the paired difference over that of an unpaired one. */
double judge_variance_ratio(const struct study_setting *settings,
                            const struct study_result *results, struct judge_place from,
                            struct judge_place to, double confidence);

/* Whether a larger value of the criterion's column is better: by its limit, or else by the
 * column. */
bool judge_is_larger_better(const struct study_setting *setting,
                            const struct study_criterion *criterion);

/* Fills decision on one criterion of a setting. Returns true when more replications are not needed:
 * it is decided, or cannot be, or what is compared is known to the relative precision. */
bool judge_criterion(const struct study_setting *settings, const struct study_result *results,
                     size_t setting, const struct study_criterion *criterion, double confidence,
                     double precision, struct study_decision *decision);

#endif
