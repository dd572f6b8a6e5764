/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_rules.h - what follows from a rollout's spec alone: whether it is possible, and in how
 * many batches. */
#ifndef CAPSIM_MODELS_SPEC_ROLLOUT_RULES_H
#define CAPSIM_MODELS_SPEC_ROLLOUT_RULES_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* Why `from` cannot become `to` by this rollout, as text in arena, or NULL: it can. Both have the
 * same resources, services and workloads in the same order, and differ in nothing else that no
 * rollout can change; only pools are compared. */
const char *rollout_rules_check(const struct scenario *from, const struct scenario *to,
                                const struct rollout_spec *rollout, struct arena *arena);
/* How many replicas change; 1: what is in no service. */
uint32_t rollout_rules_count_replicas(const struct scenario *from,
                                      const struct rollout_spec *rollout);
/* How many of so many replicas change at a time. */
uint32_t rollout_rules_size_of_batch(uint32_t replicas, const struct rollout_spec *rollout);
/* How many batches of at most `size` replicas make so many; size >= 1. */
int rollout_rules_divide(uint32_t replicas, uint32_t size);
/* How many batches the rollout takes. */
int rollout_rules_count_batches(const struct scenario *from, const struct rollout_spec *rollout);

#endif
