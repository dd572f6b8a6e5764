/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_law.h - a law for what was recorded: by likelihood, with standard errors, and chosen.
 *
 * Every law is fitted to all of the data (fit_data.h): exact values by their density, intervals and
 * what was longer by their probability, each divided by the chance that its source records it.
 * Parameters are varied by their logarithms, standard errors come from the observed information by
 * the delta method. Nothing here is NaN but what is said to be; a law that the data cannot tell
 * apart from its limit (a gamma of no spread, two phases of one mean) has no standard errors.
 *
 * The choice is Schwarz's information criterion. A law that stands out may still be wrong: the
 * greatest gap between its distribution function and that of the data is held against Kolmogorov's
 * bound, and where it is beyond, the data want an empirical law.
 *
 * Cost: some 300 to 1,500 evaluations of each value; group the data first (fit_data_group).
 * Sources: Lawless (fit_data.h), ch. 5; Schwarz, Annals of Statistics 6 (1978); Anderson & Darling
 * (1954). fit_empirical.h has the rest. */
#ifndef CAPSIM_SIM_STATS_FIT_LAW_H
#define CAPSIM_SIM_STATS_FIT_LAW_H

#include "sim/random/distribution.h"
#include "sim/stats/fit_data.h"
#include "sim/stats/maximize.h"

struct fit_law {
    enum distribution_kind kind;
    struct distribution law; /* HYPEREXPONENTIAL: any two phases, not only balanced means */
    size_t parameters;       /* of likelihood: 0 (constant) to 3 */
    struct maximum maximum;  /* in logarithms; see fit_law_parameter */
    bool is_fitted;          /* false: the data leave no such law; why says so */
    bool has_errors;
    double log_likelihood;
    double bic;              /* parameters log(total) - 2 log_likelihood */
    double anderson_darling; /* A^2 = n int (F_n - F)^2 / (F (1 - F)) dF, of what was recordable */
    double greatest_gap;     /* sup |F_n - F| */
    double mean, mean_error, cv, cv_error; /* INFINITY where there is none; errors NaN without */
    double recorded, recorded_error;       /* share of all values that the first source records */
    const char *why;                       /* "" or what keeps it from being fitted */
};

/* Fits LOGNORMAL, GAMMA, WEIBULL, HYPEREXPONENTIAL, EXPONENTIAL, PARETO (Lomax) or CONSTANT.
 * arena: scratch of 8 bytes a value, and the curve. */
struct fit_law fit_law(const struct fit_data *data, enum distribution_kind kind,
                       struct arena *arena);

/* The p-quantile, 0 < p < 1, and its standard error (NaN without). */
double fit_law_quantile(const struct fit_law *fit, double p, double *error);
/* Parameter i as the law has it (law.a, law.b, law.c), and its standard error. */
double fit_law_parameter(const struct fit_law *fit, size_t i, double *error);

/* Where only moments are known, or the mean alone (sd NaN): the law is not fitted but declared, and
 * its cv is what `cv` says, known to lie in [cv_low, cv_high]. */
struct fit_moments {
    double count, mean, sd; /* sd of one value; NaN: not known */
};
struct fit_declared {
    struct distribution law;
    double mean, mean_error; /* error NaN if the sd is not known */
    double cv, cv_error;     /* error from the fourth moment of the law itself */
    double cv_low, cv_high;  /* cv -+ 2 errors, or 0.5 to 2 where nothing is known of it */
    bool is_cv_known;
};
/* kind GAMMA, LOGNORMAL or WEIBULL; mean > 0 and finite. An sd of 0 gives a constant. */
struct fit_declared fit_law_of_moments(enum distribution_kind kind, struct fit_moments moments);

enum { FIT_LAW_KINDS = 6 };

struct fit_choice {
    struct fit_law fits[FIT_LAW_KINDS]; /* those that could be fitted, best first */
    size_t count;
    bool is_close;        /* the second's criterion is within 2 of the first's */
    bool is_contradicted; /* the best one's gap exceeds Kolmogorov's bound at 1 % */
    double gap_allowed;   /* 1.63 / sqrt(n): generous, for parameters were fitted */
    char reason[256];     /* "gamma: BIC 12.3 below lognormal; gap 0.011, 0.016 allowed" */
};

/* Fits all and orders them. Data where every value may be the same are a constant. */
struct fit_choice fit_law_choose(const struct fit_data *data, struct arena *arena);

/* "lognormal", "hyperexponential" ... for texts. */
const char *fit_law_name(enum distribution_kind kind);

#endif
