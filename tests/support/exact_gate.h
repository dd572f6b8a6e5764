/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exact_gate.h - simulated values against exact ones, judged as one family.
 *
 * Each case is replicated 60 times with a seed of its own (10 times with CAPSIM_QUICK, support.h).
 * A value fails when it is further from the exact one than a Student t with that many replications
 * goes once in a million families of GATE_MAX_VALUES values (Bonferroni), or when its standard
 * error is above 1 % of the exact value (2.4 % of 10): then the test could not see an error. A
 * quantile may be off by the histogram's 0.2 % and a nanosecond besides; the exact value itself is
 * good to 1e-9. Whether the standard errors are right shows in all cases together. In each case
 * groups of GATE_GROUP replications give a t statistic for every mean and rate, turned into the
 * normal score of the same chance; the scores' root mean square over the family must be near 1.
 * Groups are independent, values within a group may be anything up to equal: taking them as equal,
 * the mean square is at worst a chi-square over its degrees of freedom, one for each group, which
 * gives the bounds for a false alarm in a million. */
#ifndef CAPSIM_TESTS_SUPPORT_EXACT_GATE_H
#define CAPSIM_TESTS_SUPPORT_EXACT_GATE_H

#include "models/spec/spec.h"
#include <stddef.h>

enum { GATE_GROUP = 5, GATE_MAX_VALUES = 512 };

/* One thing to compare. An exact value of 0 must be met exactly. */
struct gate_value {
    const char *metric; /* "pool.wait.p95"                                                       */
    double exact;       /* [s, 1/s or 1]                                                         */
    double scale;       /* what 1 % is of; 0: of the exact value                                 */
};

/* Simulates scenario for duration_s after a warm-up of a tenth of that and compares; a value that
 * fails is printed. id names the case and gives the seed. With CAPSIM_SHOW set in the environment
 * every value is printed. */
void gate_run(const char *id, struct scenario *scenario, double duration_s,
              const struct gate_value *values, size_t count);

/* Fails if a value of a case since the last call failed. */
void gate_assert_agreement(void);

/* Fails unless the scores of all cases so far spread as they must; prints the spread. */
void gate_assert_spread(void);

#endif
