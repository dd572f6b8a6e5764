/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expected_arrivals.h - how many requests a workload sends, worked out before anything is
 * simulated. */
#ifndef CAPSIM_MODELS_PROGRAM_EXPECTED_ARRIVALS_H
#define CAPSIM_MODELS_PROGRAM_EXPECTED_ARRIVALS_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* Requests per second in the long run: what a queue must be able to serve. 0 for those who wait for
 * their answers (closed, load test, a cycle that begins when the last has ended: they cannot
 * overload anything for ever) and for a trace that ends. */
double expected_arrivals_long_run(const struct workload_spec *workload);

/* Expected number of requests in the first length ns; of customers who wait for their answers the
 * most that the pools and cpus let through. What it needs meanwhile is left in arena. */
double expected_arrivals(const struct scenario *spec, const struct workload_spec *workload,
                         int64_t length, struct arena *arena);

/* Requests per second that customers who wait for their answers send in the long run: N / (Z + S),
 * and no more than what the busiest pool lets through, or the busiest cpu (asymptotic bounds:
 * Denning & Buzen 1978, "The operational analysis of queueing network models"). INFINITY where
 * nothing takes time. */
double expected_arrivals_closed(const struct scenario *spec, const struct workload_spec *workload,
                                struct arena *arena);

/* True if the workload's rate changes with time or its arrivals end. */
bool expected_arrivals_is_time_varying(const struct workload_spec *workload);

/* What is to be said of a trace that does not fill the first `length` ns, all that is simulated: it
 * begins only after them, or ends before; as text in arena. NULL: nothing. */
const char *expected_arrivals_warn_of_trace(const struct workload_spec *workload, int64_t length,
                                            struct arena *arena);

/* True if customers send requests and get answers for ever without time passing: none thinks, and
 * no step takes time. */
bool expected_arrivals_stands_still(const struct scenario *spec,
                                    const struct workload_spec *workload);

#endif
