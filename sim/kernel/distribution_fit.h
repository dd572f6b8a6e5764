/* distribution_fit.h - from what people know (a mean and a p95) to a law's parameters.
 *
 * gamma, lognormal and weibull may be given by any two of mean, cv, p50, p90, p95, p99. The solvers
 * are GSL's bracketing root finders on the one-dimensional equation that remains after the scale is
 * eliminated. */
#ifndef CAPSIM_SIM_KERNEL_DISTRIBUTION_FIT_H
#define CAPSIM_SIM_KERNEL_DISTRIBUTION_FIT_H

#include "sim/kernel/distribution.h"
#include "sim/kernel/error.h"

enum distribution_known {
    KNOWN_MEAN,
    KNOWN_CV,
    KNOWN_P50,
    KNOWN_P90,
    KNOWN_P95,
    KNOWN_P99,
    KNOWN_COUNT
};

/* One thing that is known of a law. value: in the law's unit (cv: a plain number). */
struct distribution_fact {
    enum distribution_known what;
    double value;
};

/* The name of a fact as the scenario format spells it: "mean", "cv", "p50" ... */
const char *distribution_known_name(enum distribution_known what);

/* Fits kind (GAMMA, LOGNORMAL, WEIBULL: any two facts; UNIFORM, EXPONENTIAL, PARETO,
 * HYPEREXPONENTIAL: mean and cv, or mean alone for EXPONENTIAL) into law. Where two laws fit (a
 * lognormal from mean and p95), takes the one with the smaller spread and writes a warning into
 * warning[warning_size] ("" when there is none) that names both. Where none fits: false, with a
 * message that gives the feasible range ("p95 / mean must be at most 3.87 for a lognormal, got 4").
 * The two facts must differ. Values must be finite and > 0 (cv of 0 gives a constant). */
bool distribution_fit(enum distribution_kind kind, struct distribution_fact first,
                      struct distribution_fact second, struct distribution *law, char *warning,
                      size_t warning_size, struct error *err);

#endif
