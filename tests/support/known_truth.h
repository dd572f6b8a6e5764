/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known_truth.h - the true value of a metric by a formula that is named in a table of systems.
 *
 * "FORMULA METRIC", as "mmc wait.p95" or "mg1 in_system", with the numbers that the formula needs
 * in a JSON object: rate [1/s], service [s], servers, scv (squared coefficient of variation of the
 * service), patience [s], queue_limit, batch, customers, think [s]; states: a list of pairs of rate
 * and sojourn.
 *
 *     mmc, mg1, mdc, mmck, mmcd, batches, loss   models/program/analytic.h
 *     ps         processor sharing, response.mean and in_system: those of M/M/1 whatever the law
 *     mginf      delays without a limit: in_system is rate * service
 *     closed     the machine repair model: customers who think, whatever the law of that
 *     modulated  modulated_queue.h */
#ifndef CAPSIM_TESTS_SUPPORT_KNOWN_TRUTH_H
#define CAPSIM_TESTS_SUPPORT_KNOWN_TRUTH_H

#include "sim/base/arena.h"
#include <jansson.h>

/* NaN when there is no such formula or it does not know the metric. */
double known_truth(const char *formula, const json_t *station, struct arena *arena);

#endif
