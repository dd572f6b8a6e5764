/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank_test.h - is what was measured once like what a model shows? The measurement's rank among
 * simulated runs.
 *
 * If the model is right, the real run is one of R + 1 exchangeable ones. Each is judged by the R
 * others: how many of its values lie outside of their prediction intervals, and how far all lie
 * from their means. The share of runs that are at least as far outside as the real one is then an
 * exact p-value, whatever the correlation between the values (Barnard, JRSS B 25 (1963); Besag &
 * Clifford, Biometrika 76 (1989); Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World
 * (2005), ch. 2). The simulated runs must not be those that the model was fitted on. Counting alone
 * is no such test: correlated values are outside together. */
#ifndef CAPSIM_SIM_STATS_RANK_TEST_H
#define CAPSIM_SIM_STATS_RANK_TEST_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/* Simulated runs that `score` makes: then refusing at p <= 2 / 60 refuses a right model in 3.3 %.
 */
enum { RANK_TEST_RUNS = 59 };

/* p at which a model is refused: with 59 runs ranks 1 and 2. */
extern const double rank_test_refuses_at;

struct rank_test_finding {
    size_t outside; /* values of the real run outside of its intervals                     */
    size_t usual;   /* the most that more than 5 % of simulated runs have outside          */
    size_t runs;    /* simulated                                                           */
    double p;
    bool is_refused;
};

/* The real run's values[0 .. columns - 1] and then those of `runs` simulated ones. NaN: was not
 * observed, counts nowhere. half_digits[columns], or NULL: half the last digit that the evidence
 * was written with; so much is added to each interval and taken off each distance. confidence: of
 * the prediction intervals (prediction.h). Time: runs^2 columns. */
struct rank_test_finding rank_test_judge(const double *values, size_t runs, size_t columns,
                                         const double *half_digits, double confidence,
                                         struct arena *arena);

/* The share of the objects 0 .. count - 1 that are at least as far outside as object 0: more
 * values outside, or as many and the sum of squared distances at least as large. */
double rank_test_p(const size_t *outside, const double *distance, size_t count);

/* What a change of one input would explain of the difference between the real run and the mean of
 * the simulated ones. */
struct rank_test_explanation {
    double explains; /* 0 to 1: share of the squared distance; NaN when nothing differs or varies */
    double change;   /* relative change of the input that fits best                              */
    double change_error; /* its standard error                                                   */
};

/* values, runs, columns as above; slopes[columns]: change of each value per relative change of the
 * input. Distances are measured by the covariance of the simulated runs, shrunk by 0.3 towards its
 * diagonal (Schaefer & Strimmer, Stat. Appl. Genet. Mol. Biol. 4 (2005)): with
 * z the difference, g the slopes and V that matrix, change = g'V^-1 z / g'V^-1 g and explains =
 * (g'V^-1 z)^2 / (g'V^-1 g z'V^-1 z). Columns that do not vary or have a NaN are left out. */
struct rank_test_explanation rank_test_explain(const double *values, size_t runs, size_t columns,
                                               const double *slopes, struct arena *arena);

#endif
