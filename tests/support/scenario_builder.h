/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_builder.h - small scenarios made in C, as inputs would make them from a file.
 *
 * Everything lives in the arena given. Whatever is not an argument has the scenario format's
 * default; what is returned may be changed before it is simulated. */
#ifndef CAPSIM_TESTS_SUPPORT_SCENARIO_BUILDER_H
#define CAPSIM_TESTS_SUPPORT_SCENARIO_BUILDER_H

#include "models/engine/model.h"
#include "models/spec/spec.h"

/* Laws by their mean [s] and shape. */
const struct distribution *law_constant(struct arena *arena, double value);
const struct distribution *law_exponential(struct arena *arena, double mean);
const struct distribution *law_erlang(struct arena *arena, int stages, double mean);
const struct distribution *law_gamma(struct arena *arena, double mean, double cv);
const struct distribution *law_lognormal(struct arena *arena, double mean, double cv);
/* Each of values[count], ascending, equally likely. */
const struct distribution *law_empirical(struct arena *arena, const double *values, size_t count);

/* A pool without limits or costs; threads all exist from the start. */
struct pool_spec build_pool(const char *name, enum pool_kind kind, int64_t max);

/* Processors without contention; cores_milli: thousandths of a core. */
struct cpu_spec build_cpu(const char *name, int64_t cores_milli);

/* A limiter that refuses; a buffer that drops. capacity in bytes. */
struct limiter_spec build_limiter(const char *name, double rate_per_s, int64_t burst);
struct buffer_spec build_buffer(const char *name, int64_t capacity);

/* Time that passes, as long as duration says. */
struct step build_delay(const struct distribution *duration);
/* So much work on a cpu. */
struct step build_work(size_t cpu, const struct distribution *demand);
/* A step that needs no more than what it names: a limiter, a buffer, a workload, or nothing. */
struct step build_plain(enum step_kind kind, size_t target);
/* Hold one of pool for the steps inside, which are copied. */
struct step build_hold(struct arena *arena, size_t pool, const struct step *inside, size_t count);

/* The steps inside, times over; and with chance share the steps inside, else nothing. Copied. */
struct step build_repeat(struct arena *arena, int64_t times, const struct step *inside,
                         size_t count);
struct step build_choose(struct arena *arena, double share, const struct step *inside,
                         size_t count);

/* Steps are copied. */
struct class_spec build_class(struct arena *arena, const char *name, double share, int64_t priority,
                              const struct step *steps, size_t count);
/* Poisson when interarrival is exponential, else renewal; classes are copied and make a mix when
 * there are several. */
struct workload_spec build_workload(struct arena *arena, const char *name,
                                    const struct distribution *interarrival,
                                    const struct class_spec *classes, size_t count);
/* Arrays are copied. One run of duration_s without warm-up, seed 1. */
struct scenario *build_scenario(struct arena *arena, const struct pool_spec *pools,
                                size_t pool_count, const struct workload_spec *workloads,
                                size_t workload_count, double duration_s);

/* Gives scenario these cpus, which are copied. */
void build_add_cpus(struct arena *arena, struct scenario *scenario, const struct cpu_spec *cpus,
                    size_t count);

/* One pool called "pool", and one workload called "w" whose requests hold one of it for a time. */
struct scenario *build_queue(struct arena *arena, const struct distribution *interarrival,
                             const struct distribution *service, struct pool_spec pool);

#endif
