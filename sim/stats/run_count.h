/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_count.h - does a run hold with at least a given probability? By counting the runs that do
 * not.
 *
 * A claim about one run ("in every 5 min", a largest value) is true or false of each replication.
 * That a run holds with probability pi or more passes at a look when so few failed that this would
 * be rare if a run failed with exactly 1 - pi, and fails when so many did. The boundaries are
 * computed for just these looks, exactly: the law of the number of failures among studies that have
 * not stopped is carried from look to look (Jennison & Turnbull, Group Sequential Methods (2000),
 * ch. 12), and at each look the error spent so far stays within a share of the whole (Lan & DeMets,
 * Biometrika 70 (1983)):
 *
 *     to pass: 0 while no count can pass (pi^R above the level), then 1/2 + 1/2 R / R_max
 *     to fail: R / R_max
 *
 * A single look without a failure is Clopper & Pearson's: 59 runs for 95 % at 95 %. Memory: two
 * arrays of doubles, from an arena; time: the product of the failures that are likely at two looks,
 * milliseconds. */
#ifndef CAPSIM_SIM_STATS_RUN_COUNT_H
#define CAPSIM_SIM_STATS_RUN_COUNT_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    RUN_COUNT_MAX_LOOKS = 32,
    RUN_COUNT_MAX_RUNS = 10000 /* looks beyond that decide nothing: who needs more is too near   */
};

struct run_count_plan {
    size_t looks;                           /* of those asked for: with at most MAX_RUNS runs  */
    size_t runs[RUN_COUNT_MAX_LOOKS];       /* ascending                                        */
    long pass_up_to[RUN_COUNT_MAX_LOOKS];   /* failures; -1: no count passes                    */
    long fail_from[RUN_COUNT_MAX_LOOKS];    /* failures; runs + 1: no count fails               */
    double pass_spent[RUN_COUNT_MAX_LOOKS]; /* error spent up to a look, of pass_level          */
    double fail_spent[RUN_COUNT_MAX_LOOKS]; /*   and of fail_level                              */
};

/* Boundaries for looks at runs[looks] (ascending, >= 1). 0 < probability < 1; pass_level is the
 * chance to pass when a run holds with exactly that probability, fail_level that to fail. */
struct run_count_plan run_count_plan_make(const size_t *runs, size_t looks, double probability,
                                          double pass_level, double fail_level,
                                          struct arena *arena);

enum run_count_answer { RUN_COUNT_PASS, RUN_COUNT_FAIL, RUN_COUNT_OPEN };

/* The answer at look, counting from 0: `failed` runs failed and `held` held. Runs that observed
 * nothing are neither: they count against passing and against failing. OPEN beyond the plan. */
enum run_count_answer run_count_judge(const struct run_count_plan *plan, size_t look, size_t failed,
                                      size_t held);

/* What to expect of a plan when a run fails with this probability. */
struct run_count_forecast {
    double pass, fail;    /* chances; the rest stays open                                       */
    double expected_runs; /* until it is decided, or all                                        */
};
struct run_count_forecast run_count_forecast(const struct run_count_plan *plan, double failing,
                                             struct arena *arena);

/* The fewest runs with which a count can pass, none failing: the least R with probability^R <=
 * level. 65 for 95 % at 0.0375. */
size_t run_count_least(double probability, double level);

#endif
