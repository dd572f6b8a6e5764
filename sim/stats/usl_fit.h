/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usl_fit.h - contention and coherency from throughput at several levels of concurrency.
 *
 *     X(N) = rate min(N, servers) / (1 + sigma (N - 1) + kappa N (N - 1))
 *
 * Gunther's law (Guerrilla Capacity Planning (2007), eq. 4.31) for servers = INFINITY; with servers
 * that many cores are shared by N jobs, as a database's are in a scenario. By weighted least
 * squares in the throughputs, started from the line that N / X is in 1, N - 1 and N (N - 1). A
 * coefficient that comes out below 0 is 0 and the rest is fitted again. Three parameters need four
 * levels, or nothing is left to judge them by: fewer are refused. */
#ifndef CAPSIM_SIM_STATS_USL_FIT_H
#define CAPSIM_SIM_STATS_USL_FIT_H

#include <stdbool.h>
#include <stddef.h>

enum { USL_FIT_MIN = 4, USL_FIT_MAX = 64 };

struct usl_level {
    double concurrency, throughput; /* > 0 */
    double error;                   /* standard error of throughput; NaN: not known */
};

struct usl_fit {
    bool is_fitted; /* else why */
    double rate, sigma, kappa;
    double rate_error, sigma_error, kappa_error; /* at 0: what the data do not tell from 0 */
    bool is_sigma_zero, is_kappa_zero;           /* came out below 0 */
    double condition;   /* of the correlations of the three: above 1,000 they are one thing */
    bool is_identified; /* errors are finite, and the condition below 1,000 */
    double misfit;      /* mean square of residuals over errors, per degree of freedom */
    size_t degrees;     /* levels less parameters; errors are Student's where not known */
    double peak;        /* concurrency of most throughput; INFINITY without kappa */
    const char *why;
};

/* level[count]; different concurrencies count, several runs of one are welcome. Where no error is
 * known, all are taken to be the same share of their throughput, which the residuals tell. */
struct usl_fit usl_fit(const struct usl_level *level, size_t count, double servers);
/* X(N). */
double usl_throughput(const struct usl_fit *fit, double servers, double concurrency);

#endif
