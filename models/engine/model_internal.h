/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_internal.h - what is inside a struct model: for the files of models/ alone. */
#ifndef CAPSIM_MODELS_ENGINE_MODEL_INTERNAL_H
#define CAPSIM_MODELS_ENGINE_MODEL_INTERNAL_H

#include "models/engine/model.h"
#include "models/metrics/metrics.h"
#include "models/metrics/statistics.h"
#include "models/program/program.h"
#include "models/program/time_scales.h"

enum alarm_kind {
    ALARM_ARRIVAL,
    ALARM_CPU,
    ALARM_LIMITER,
    ALARM_OPENER,
    ALARM_QUEUE_TIMEOUT,
    ALARM_TIMERS,
    ALARM_IDLE,
    ALARM_AGE,
    ALARM_ROLLOUT,
    ALARM_CYCLE
};

/* What an alarm wakes: a workload, a cpu, a limiter, a pool, the timers, or the rollout. */
struct alarm_target {
    enum alarm_kind kind;
    uint32_t number;
};

struct model {
    const struct scenario *spec;
    const struct scenario *to; /* what a rollout changes it to; NULL: there is none */
    const struct program *program;
    struct statistics_layout layout;
    struct metrics metrics;
    int64_t warmup_ns;
    const char *const *warnings;
    size_t warning_count;
    bool is_unstable;
    bool is_time_varying;      /* some arrivals change with time, or end                     */
    const double *rates_per_s; /* [workloads] requests that arrive or are spawned in the long run */
    const struct offered_load *loads; /* [load_count]                                            */
    size_t load_count;
    const struct time_scales *scales;
    const struct study_scope *const *scopes; /* [columns] */
    struct arena *arena; /* that it was compiled into                                  */
    uint16_t *levels;    /* [classes of the program] priority, 0 first, without gaps         */
    uint32_t level_count;
    const uint16_t *const *cycle_classes; /* [workloads] cycle_classes_assign, or NULL          */
    const struct alarm_target *alarms; /* [alarm_count] in order of priority at one instant      */
    size_t alarm_count;
    uint32_t timers_each; /* 0: no time limit needs a timer; else 1 + nested step timeouts, + 1 for
                             the deadline */
};

/* The pool that copy number `copy` is one of. */
const struct pool_spec *model_pool_of_copy(const struct model *model, uint32_t copy);
/* Its alarm of that kind, or NO_ALARM. */
uint32_t model_alarm_of_pool(const struct model *model, enum alarm_kind kind, uint32_t copy);

/* Columns of the self-checks, from metrics.check_base: for each pool, each workload, each resource
 * of another kind (by its row's laws), each cycle, the two sides of each law; then
 * of each class of the program how it grows. */
enum workload_check {
    CHECK_PRESENT,
    CHECK_PRESENT_LAW,
    CHECK_ARRIVED,
    CHECK_FLOW,
    CHECK_EARLIER, /* mean number in system in the first and in the second half: growth           */
    CHECK_LATER,
    WORKLOAD_CHECKS
};
enum cycle_check {
    CHECK_DUE,
    CHECK_DUE_FLOW,
    CHECK_BEGUN,
    CHECK_BEGUN_FLOW,
    CHECK_RELEASED,
    CHECK_RELEASED_FLOW,
    CYCLE_CHECKS
};
/* growth.h: averages over four quarters, what left in each, and how the last one ends. */
enum class_check {
    CHECK_LEVELS,
    CHECK_LEFT = 4,
    CHECK_LATE_ARRIVALS = 8,
    CHECK_AT_END,
    CLASS_CHECKS
};

/* [workloads] requests of each in `length` ns, in arena. */
const double *model_expected_requests_of(const struct model *model, int64_t length,
                                         struct arena *arena);

#endif
