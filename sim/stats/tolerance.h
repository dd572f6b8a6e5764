/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tolerance.h - how far a limit must be from what a few runs showed, so that nearly every run keeps
 * it.
 *
 * A run gives one number, the worst of it: its largest wait, its fullest five minutes. From R runs
 * with mean m and standard deviation s, the share p of all runs lies below m + k s with the given
 * confidence, k the one-sided tolerance factor. Such numbers are maxima of many weakly dependent
 * ones, so Gumbel-like at worst, or normal-like when there is only one window: the factor is the
 * larger of both laws'. The normal one alone passes falsely in 13 % (R = 10) to 24 % (R = 40) of
 * studies of maxima instead of in 2.5 %.
 *
 * Powers: maxima of power laws are Frechet, whose logarithm is Gumbel. So take logarithms unless
 * every law on the way is light: with M itself 5 to 25 % pass falsely for Weibull 0.4, lognormal
 * and Lomax, with ln M 0.2 to 2.6 %. Sources: Owen, "Tables for one-sided tolerance limits" (1963);
 * Hahn & Meeker, Statistical Intervals (1991), ch. 4; Krishnamoorthy & Mathew, Statistical
 * Tolerance Regions (2009); Coles, An Introduction to Statistical Modeling of Extreme Values
 * (2001), ch. 3. */
#ifndef CAPSIM_SIM_STATS_TOLERANCE_H
#define CAPSIM_SIM_STATS_TOLERANCE_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer runs tell next to nothing of a law. */
enum { TOLERANCE_MIN_RUNS = 4, TOLERANCE_FEWEST_RUNS = 3 };

/* The factor for normal values: the quantile `confidence` of a noncentral t with R - 1 degrees of
 * freedom and noncentrality z sqrt(R), z the normal quantile of share, over sqrt(R). runs >= 2,
 * 0.5 <= share < 1, 0.5 <= confidence < 1. */
double tolerance_normal(size_t runs, double share, double confidence);

/* The factor for Gumbel values: the quantile `confidence` of (x_share - mean) / sd in samples of so
 * many. Interpolated in a table for 4 to 320 and for infinitely many runs, shares of 0.8 to 0.9999
 * (beyond: linear in the Gumbel quantile) and confidences of 0.95 to 0.9999; within 1.5 % of the
 * factor. INFINITY outside of these. */
double tolerance_gumbel(size_t runs, double share, double confidence);

/* The larger of both; INFINITY where the second is. Of 3 runs, up to a share of 0.999, twice the
 * normal one: the Gumbel's is 1.4 to 1.7 times that (400,000 samples for each of 3, 4 and 5 runs,
 * shares of 0.95 and 0.99, confidences of 0.975 to 0.995). */
double tolerance_factor(size_t runs, double share, double confidence);

/* The other way round: at most this share of runs goes beyond a limit that is `distance` standard
 * deviations from the mean of so many runs, by the Gumbel law alone. 1 where nothing can be said.
 */
double tolerance_beyond(size_t runs, double distance, double confidence);

/* How a limit stands to the worst values of some runs. */
struct tolerance_case {
    const double *worst; /* [i * stride], NaN: the run observed nothing and is none             */
    size_t count, stride;
    double limit;
    bool is_upper;      /* the limit may not be exceeded; else fallen short of                  */
    bool is_light;      /* every law on the way is light: values themselves, not their logarithm */
    double probability; /* a run is to hold with at least that                                  */
    double confidence;  /* one-sided                                                            */
};

enum tolerance_answer {
    TOLERANCE_OPEN,      /* go on, or count                                                      */
    TOLERANCE_HOLDS,     /* a run holds with at least the probability asked for                  */
    TOLERANCE_BREAKS,    /* nearly every run goes beyond the limit                               */
    TOLERANCE_NO_SPREAD, /* all runs have the same value: no law to go by                        */
    TOLERANCE_NO_LAW     /* too few runs, too skewed, or no logarithm: count only                */
};

/* The answer, with what it rests on. */
struct tolerance_finding {
    enum tolerance_answer answer;
    size_t runs;
    double mean, sd; /* of the values or of their logarithms (is_log)                          */
    double distance; /* from the mean to the limit, in sd; > 0 where the mean keeps the limit  */
    double factor;   /* that distance must reach                                               */
    bool is_log;
};

/* Judges the case. For an upper limit > 0 and values > 0 on logarithms unless is_light; otherwise
 * on the values themselves, which needs is_light. HOLDS when distance >= factor, BREAKS when
 * distance < -factor. From 20 runs on a skewness above 1.14 + 2 sqrt(6 / R), 1.14 being a Gumbel's,
 * is no law to go by. */
struct tolerance_finding tolerance_judge(const struct tolerance_case *tolerance);

#endif
