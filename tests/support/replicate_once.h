/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replicate_once.h - one replication, and any of its metrics by name. */
#ifndef CAPSIM_TESTS_SUPPORT_REPLICATE_ONCE_H
#define CAPSIM_TESTS_SUPPORT_REPLICATE_ONCE_H

#include "models/engine/model.h"

struct once {
    struct model *model;
    struct observation observation;
};

/* Compiles the scenario and runs replication number `replication` with the scenario's own warm-up.
 * Fails the test when that fails. */
struct once replicate_once(const struct scenario *scenario, uint32_t replication,
                           struct arena *arena);
/* The same of what ends in the measured time (model_replicate_by_end). */
struct once replicate_once_by_end(const struct scenario *scenario, uint32_t replication,
                                  struct arena *arena);
/* The same, for a scenario that must fail: the error. */
struct error replicate_failing(const struct scenario *scenario, struct arena *arena);
/* The value of a metric; an unknown name fails the test. */
double once_value(const struct once *once, const char *metric);

#endif
