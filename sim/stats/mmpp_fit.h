/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmpp_fit.h - a Poisson process whose rate changes between two values, fitted to counts.
 *
 * With states of rates r_1 > r_2 and exponential sojourns the rate has variance A and its
 * correlation dies as exp(-k t), k = 1 / sojourn_1 + 1 / sojourn_2, so that the index of dispersion
 * at the scale t is
 *     I(t) = 1 + D (1 - (1 - exp(-k t)) / (k t)),  D = 2 A / (k rate).
 * D and k are fitted to the measured indices by weighted least squares (D is linear: k alone is
 * searched). The share of time in the high state comes from the third factorial cumulant of the
 * counts at the scale next to 1 / k,
 *     K_3(t) = 6 m_3 int_0^t (t - u) u exp(-k u) du,
 * m_3 being the third central moment of the rate (two states: E[d(s1) d(s2) d(s3)] = m_3
 * exp(-k (s3 - s1))). Where that moment asks for a negative rate, the low state is silent. Standard
 * errors: jackknife over blocks. Sources: Fischer & Meier-Hellstern, "The Markov-modulated Poisson
 * process (MMPP) cookbook", Performance Evaluation 18 (1993), 171; Heffes & Lucantoni, IEEE JSAC 4
 * (1986). */
#ifndef CAPSIM_SIM_STATS_MMPP_FIT_H
#define CAPSIM_SIM_STATS_MMPP_FIT_H

#include "sim/stats/dispersion.h"

struct mmpp_fit {
    bool is_fitted; /* false: no scale's index is above 1, or fewer than 3 scales */
    double rate_per_s[2], rate_error[2];     /* [0] is the high state */
    double sojourn_s[2], sojourn_error[2];   /* means */
    double dispersion, dispersion_error;     /* 1 + D: the index of ever longer windows */
    double correlation_s, correlation_error; /* 1 / k */
    double cycles;                           /* of both states that the data hold */
    double misfit;      /* mean of ((measured - fitted index) / error)^2 over the scales */
    bool is_silent_low; /* the low state's rate was limited to 0 */
};

/* From what was measured at all scales. */
struct mmpp_fit mmpp_fit(const struct dispersion *found);

/* I(t) of the process with these states. */
double mmpp_fit_index(const struct mmpp_fit *fit, double scale_s);

#endif
