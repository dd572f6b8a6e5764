/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bottleneck.h - where the response time of one setting goes, which resource limits it, and what
 * one more or one less of each would change.
 *
 * Three studies on the same streams: the scenario as it is, which gives each workload's p99 and the
 * utilizations; the scenario with marks (breakdown.h), which splits the responses of all requests
 * and of the slowest 1 %; and the scenario with one more and one less of each resource, for paired
 * differences. All have the same number of replications, run.replications' minimum, and the same
 * warm-up. */
#ifndef CAPSIM_MODELS_STUDIES_BOTTLENECK_H
#define CAPSIM_MODELS_STUDIES_BOTTLENECK_H

#include "models/studies/breakdown_study.h"
#include "models/studies/holding.h"
#include "models/studies/plan.h"

/* A resource of some kind, or a service: all that each of its replicas has. */
enum { BOTTLENECK_SERVICE = STATION_KINDS };

struct bottleneck_resource {
    int kind;     /* enum station_number, or BOTTLENECK_SERVICE */
    size_t index; /* in the scenario's array of its kind */
    const char *name;
    double amount; /* in the unit of its kind (station_kind.h); replicas */
    /* Time average, 0 to 1: in use over what is there, or what asks for it over its rate (its
     * kind's row says). NaN: unknown (a service). */
    double utilization;
    double waiting; /* share of the time of the slowest 1 % of the workload that waits longest */
};

/* One more or one less. */
struct bottleneck_change {
    const struct bottleneck_resource *resource;
    double to;             /* amount                                                           */
    size_t setting;        /* number in settings and results                                   */
    bool has_steady_state; /* else only shown as such                                          */
};

/* At most so many resources are varied: those that the slowest wait for longest, then the
 * busiest. */
enum { BOTTLENECK_MOST_CHANGED = 8 };

struct bottleneck {
    const struct scenario *spec; /* without criteria                                           */
    struct plan plan;            /* of that alone                                              */
    struct breakdown_study breakdown;
    int64_t *slowest_ns; /* [groups]                                                            */
    struct study_options options;
    struct study_outcome marked;
    struct study_setting *settings; /* 0 as it is, then the changes                             */
    struct study_result *results;   /* likewise                                                 */
    double confidence;              /* nominal, of all intervals                                */
    size_t replications;            /* finished, of the scenario as it is                       */
    struct bottleneck_resource
        *resources; /* in the order of their importance                         */
    size_t resource_count;
    struct bottleneck_change *changes;
    size_t change_count;
    bool is_interrupted;
};

/* Prepares the study of one setting of set; both must outlive it. Errors are model_compile's. */
bool bottleneck_make(const struct scenario_set *set, const struct scenario *spec,
                     struct arena *arena, struct bottleneck *bottleneck, struct error *err);

/* Runs the studies. False with status STATUS_OK: interrupted before the split was known. */
bool bottleneck_study_run(struct bottleneck *bottleneck, const struct replications_options *workers,
                          struct arena *arena, struct error *err);

/* The groups (workloads, and classes of a mix) with their names. */
size_t bottleneck_group_count(const struct bottleneck *bottleneck);
const char *bottleneck_group_name(const struct bottleneck *bottleneck, size_t group);
size_t bottleneck_group_workload(const struct bottleneck *bottleneck, size_t group);
bool bottleneck_is_workload(const struct bottleneck *bottleneck, size_t group);

/* An estimate of column `place` (breakdown_study.h) of a group. */
struct estimate bottleneck_estimate(const struct bottleneck *bottleneck, size_t group,
                                    size_t place);

/* The resource that a part waits for or works on; NULL for none. is_waiting: the part is
 * waiting. */
const struct bottleneck_resource *bottleneck_resource_of(const struct bottleneck *bottleneck,
                                                         const struct breakdown_part *part,
                                                         bool *is_waiting);

/* What a change does to a metric ("api.response.mean"), paired; an estimate of NaN when there is no
 * such metric, or nothing was finished. */
struct estimate bottleneck_effect(const struct bottleneck *bottleneck,
                                  const struct bottleneck_change *change, const char *metric);
/* What limits a workload (its name) that waits for `waited`: the resource of which one more
 * shortens the p99 of its responses by the most, beyond the error; where none does, the one of
 * waited and of what is used while it is held that is asked for most beyond its capacity; else
 * waited itself. A pool is often full only because those that hold one of it wait for another
 * resource: more of the pool then gives nothing. */
const struct bottleneck_resource *bottleneck_culprit(const struct bottleneck *bottleneck,
                                                     const char *workload,
                                                     const struct bottleneck_resource *waited,
                                                     struct arena *arena);
/* What is offered to a resource over what it can bear, known without simulating; NaN: unknown. */
double bottleneck_offered(const struct bottleneck *bottleneck,
                          const struct bottleneck_resource *resource);
/* What one of it is held for; of what is no pool nothing is known. */
struct holding bottleneck_holding(const struct bottleneck *bottleneck,
                                  const struct bottleneck_resource *resource);
/* True if requests use `behind`, or hold it, while they hold one of `held`, a pool. */
bool bottleneck_is_behind(const struct bottleneck *bottleneck,
                          const struct bottleneck_resource *held,
                          const struct bottleneck_resource *behind);
/* True of a resource that one request at a time can hold: perhaps a lock, of which there is no
 * second. */
bool bottleneck_is_exclusive(const struct bottleneck_resource *resource);
/* True if that is something to do: not a second one of what may be a lock, which is only tried to
 * know whether it limits. */
bool bottleneck_is_advice(const struct bottleneck_change *change);
/* The metric as it is. */
struct estimate bottleneck_metric(const struct bottleneck *bottleneck, const char *metric);

#endif
