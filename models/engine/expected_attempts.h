/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expected_attempts.h - how often requests try, retries included, before anything is simulated:
 * what a retry storm costs is told before it runs.
 *
 * Where the load offered to something that the requests touch is rho > 1 times its capacity, an
 * attempt fails so often that what succeeds is the capacity. With n attempts at most, of which each
 * fails with the chance f, a request succeeds with 1 - f^n = 1 / rho, and makes (1 - f^n) / (1 - f)
 * attempts. Nobody makes more than fit, each behind its back-off and the wait that ends it, until
 * the deadline or the end of the run; and of a run that ends before that state is reached only the
 * share that finds no room, 1 - 1 / rho, keeps trying, for half of it and the time for which it is
 * followed. Below capacity nothing is tried again; where the load is unknown, everything may be. */
#ifndef CAPSIM_MODELS_ENGINE_EXPECTED_ATTEMPTS_H
#define CAPSIM_MODELS_ENGINE_EXPECTED_ATTEMPTS_H

#include "models/engine/model.h"

struct expected_attempts {
    double likely; /* all requests' together                      */
    double most;   /* the same, where the load is unknown of those that fail as often as they can */
};

/* Of the requests of one replication that lasts length ns. */
struct expected_attempts expected_attempts_of(const struct model *model, int64_t length);

/* Attempts of one request of at most `attempts`, at rho times the capacity; >= 1. */
double expected_attempts_overloaded(double rho, double attempts);

/* The most that fit into horizon_s, each behind failing_s at least that the one before took to
 * fail, and its back-off, which grows by the retry's multiplier. */
double expected_attempts_possible(const struct retry_spec *retry, double failing_s,
                                  double horizon_s);

#endif
