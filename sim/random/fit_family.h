/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_family.h - the laws that are fitted from any two facts, by their scale and spread.
 *
 * Each has a scale, and one parameter of spread that grows from a constant at 0. A fact over the
 * scale is a function of the spread alone. In logarithms, for that ratio may be 1e-200. */
#ifndef CAPSIM_SIM_RANDOM_FIT_FAMILY_H
#define CAPSIM_SIM_RANDOM_FIT_FAMILY_H

#include "sim/random/distribution_fit.h"

struct fit_family {
    enum distribution_kind kind;
    const char *name;
    double least_spread, greatest_spread; /* where log_fact holds; equations are solved between */
    /* log(fact / scale) of the mean or a quantile. */
    double (*log_fact)(enum distribution_known what, double spread);
    /* log(1 + cv^2), increasing. */
    double (*log_second_moment)(double spread);
    /* The law of this spread that has a fact of this value, log_fact being what log_fact gives. */
    struct distribution (*make)(double spread, double value, double log_fact);
};

/* LOGNORMAL, GAMMA or WEIBULL; NULL for any other. */
const struct fit_family *fit_family_of(enum distribution_kind kind);

#endif
