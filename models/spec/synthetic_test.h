/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synthetic_test.h - a load test as teams run it after a change: so many requests, so many at a
 * time, on the system as it then is.
 *
 * The scenario goes on as it is, with all its load. When it has warmed up, a further workload,
 * SYNTHETIC_TEST_NAME, sends its requests: those of the busiest workload, by virtual users who do
 * not think. The measured time is that of the test. */
#ifndef CAPSIM_MODELS_SPEC_SYNTHETIC_TEST_H
#define CAPSIM_MODELS_SPEC_SYNTHETIC_TEST_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

#define SYNTHETIC_TEST_NAME "synthetic_load_test"

struct synthetic_test {
    int64_t requests, concurrency; /* >= 1 */
    int64_t longest_ns;            /* it is stopped after this */
    size_t replications;           /* >= 1 */
};

/* The number of the workload whose requests the test sends: of those with arrivals of their own the
 * one with the highest rate; closed ones count by their customers. */
size_t synthetic_test_subject(const struct scenario *spec);

/* The scenario with the test, without criteria, warmed up for warmup_ns; in arena, sharing what
 * spec points to. */
struct scenario *synthetic_test_scenario(const struct scenario *spec,
                                         const struct synthetic_test *test, int64_t warmup_ns,
                                         struct arena *arena);

#endif
