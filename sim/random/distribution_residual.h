/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distribution_residual.h - what is left of a time that is found running.
 *
 * Whoever looks at a renewal process in equilibrium finds a length-biased interval Z*, density
 * z f(z) / E[Z], and stands anywhere in it: what is left is U Z*, density (1 - F(x)) / E[Z] (Cox,
 * Renewal Theory, 1962, ch. 5; mean E[Z^2] / (2 E[Z])). Closed populations begin with it, so that a
 * run starts as it goes on: with whole think times all customers would be in step for a while.
 *
 * Z* by law: uniform by inversion; gamma of one more stage for exponential, Erlang, gamma;
 * lognormal(mu + s^2, s); Weibull by G^(1/k), G gamma(1 + 1/k); Lomax by b G(2) / G(a - 1);
 * mixtures and hyperexponentials by their parts, with chances share x mean; a sum by the same of
 * one part and fresh draws of the others; empirical by rejection in proportion to the value.
 * Truncation truncates the biased law. */
#ifndef CAPSIM_SIM_RANDOM_DISTRIBUTION_RESIDUAL_H
#define CAPSIM_SIM_RANDOM_DISTRIBUTION_RESIDUAL_H

#include "sim/random/distribution.h"

/* A value of Z* of a law with a positive mean; 0 if its mean is 0. A Lomax of shape <= 1 has no
 * such law and is not asked. Some 20 to 100 ns; rejection is bounded as in distribution_sample. */
double distribution_sample_biased(const struct distribution *law, struct stream *draw);

/* A value of U Z*. */
double distribution_sample_residual(const struct distribution *law, struct stream *draw);

#endif
