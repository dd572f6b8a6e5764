/* SPDX-License-Identifier: GPL-3.0-or-later */
/* one_run.h - a claim about one run: that a run of this length holds with at least a probability.
 *
 * Far from its limit it is judged by the law of the runs' values (tolerance.h), at looks at which
 * no count can pass; near it by the number of runs that hold (run_count.h), which takes 65 or more.
 * The law may be trusted only when a run has several of every slow time, for a run with a burst and
 * one without are a mixture. Values that do not vary, or have no law, are kept by whole numbers or
 * by other columns (study_criterion.proxies), else they are counted. */
#ifndef CAPSIM_SIM_STUDY_ONE_RUN_H
#define CAPSIM_SIM_STUDY_ONE_RUN_H

#include "sim/study/study.h"

/* Joins the verdict on criterion, which has `counting`, to the decision, and fills held and failed.
 * Returns whether it needs no more replications: it is decided, or by criterion->patience too near
 * its limit. */
bool one_run_judge(const struct study_setting *setting, const struct study_result *result,
                   const struct study_criterion *criterion, struct study_decision *decision);

/* Whether so many parts, each like one of result's runs, all keep the limit with the criterion's
 * probability, so that a run made of them does: each breaks it with at most a part of what a run
 * may (Boole), by the law of their values and with this one-sided confidence. The limit is taken
 * nearer by guard. decision has held and failed of these runs. The worst of the whole must be the
 * worst of its parts. */
bool one_run_passes_by_parts(const struct study_setting *setting, const struct study_result *result,
                             const struct study_criterion *criterion, size_t parts, double guard,
                             double confidence, const struct study_decision *decision);

#endif
