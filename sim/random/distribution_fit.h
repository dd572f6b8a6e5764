/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution_fit.h - from what people know (a mean and a p95) to a law's parameters.
 *
 * gamma, lognormal and weibull may be given by any two of mean, cv, p50, p90, p95, p99. The solvers
 * are GSL's bracketing root finders on the one-dimensional equation that remains after the scale is
 * eliminated. */
#ifndef CAPSIM_SIM_RANDOM_DISTRIBUTION_FIT_H
#define CAPSIM_SIM_RANDOM_DISTRIBUTION_FIT_H

#include "sim/base/error.h"
#include "sim/random/distribution.h"

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

/* What is to be said about a fit; text is "" when there is nothing. */
struct distribution_doubt {
    bool is_choice; /* two laws fit; else the facts are such that a mistake is likely */
    char text[256];
};

/* Fits kind into law. Which two facts:
 *     GAMMA, LOGNORMAL, WEIBULL                any two
 *     UNIFORM, PARETO (Lomax), HYPEREXPONENTIAL  mean and cv
 *     EXPONENTIAL                              mean and cv (1), or mean alone, given twice
 * Where two laws fit (a lognormal from mean and p95), takes the one with the smaller spread and
 * names the other in doubt. A p90 or more that is not above the mean fits only a very wide law:
 * taken, with a doubt. Where none fits: false, with a message that gives the feasible range ("p95 /
 * mean must be at most 3.86813 for a lognormal, got 4"). Values must be finite and > 0; a cv of 0
 * gives a constant where the kind has such a limit, otherwise cv is 1e-6 to 1e6. The fit gives the
 * facts back to about 1e-12 of them. */
bool distribution_fit(enum distribution_kind kind, struct distribution_fact first,
                      struct distribution_fact second, struct distribution *law,
                      struct distribution_doubt *doubt, struct error *err);

#endif
