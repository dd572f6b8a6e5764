/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h - a scenario compiled for simulation, its metrics, and one replication of it.
 *
 * The life of a model: model_compile (once per setting) - model_bind (criteria to columns) -
 * model_set_warmup - model_replicate (many times, from several threads) and model_series (the pilot
 * runs that find the warm-up) - model_checks (after the study). A model is not changed by
 * replicating it. */
#ifndef CAPSIM_MODELS_ENGINE_MODEL_H
#define CAPSIM_MODELS_ENGINE_MODEL_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/study/study.h"

struct model;

/* Compiles spec (which must outlive the model) into arena. Also resolves each criterion's metric to
 * a column: an unknown metric, or a limit in the wrong unit, is a STATUS_INPUT error at the
 * criterion's pointer with the nearest valid name. Errors of STATUS_MODEL: a nested hold that can
 * deadlock; customers who never think and whose requests take no time. Writes warnings to
 * model_warnings. */
struct model *model_compile(const struct scenario *spec, struct arena *arena, struct error *err);

/* Compiles `from` so that its replications can be changed into `to` while they run (rollout.h):
 * both have the same rollout, and differ in nothing but what it can change (rollout_rules_check).
 * Otherwise as model_compile. */
struct model *model_compile_rollout(const struct scenario *from, const struct scenario *to,
                                    struct arena *arena, struct error *err);

/* Compiles spec with a mark behind each operation that takes time (breakdown.h). Otherwise as
 * model_compile. */
struct model *model_compile_breakdown(const struct scenario *spec, struct arena *arena,
                                      struct error *err);

/* The metrics that every replication observes, in the order of the report. */
const struct column *model_columns(const struct model *model, size_t *count);
size_t model_histogram_count(const struct model *model);
/* The column of a metric by its name ("db_pool.wait.p95"), or COLUMN_NONE. Criteria with `in every`
 * have columns too, named "db_pool.utilization in every 5min"; they come after
 * model_metric_count(model) ordinary ones. */
int model_find_column(const struct model *model, const char *name);
size_t model_metric_count(const struct model *model);
/* The series that run.series asked for: each is that metric in the windows of run.window, columns
 * first_column .. first_column + length - 1. */
struct model_window_series {
    const char *metric, *unit;
    int first_column;
    size_t length;
};
size_t model_window_series_count(const struct model *model);
struct model_window_series model_window_series(const struct model *model, size_t index);
/* True if the ordinary column has a value in each window: not what is the highest of the run. */
bool model_has_windows(const struct model *model, size_t column);
/* The column that criterion number index of the spec judges. */
int model_criterion_column(const struct model *model, size_t index);
/* The column of the share beyond the limit of a criterion about a quantile, 0 if it has none, and
 * what is claimed of that share. */
int model_criterion_beyond(const struct model *model, size_t index);
struct beyond_claim model_criterion_claim(const struct model *model, size_t index);

/* What the model noticed before any simulation: a queue that grows without bound ... */
const char *const *model_warnings(const struct model *model, size_t *count);
/* True if some queue's offered load is at or above its capacity with nothing to bound it: no steady
 * state. */
bool model_is_unstable(const struct model *model);
/* What arrives at a station against what it can do, in the long run, as if nothing failed. */
struct offered_load {
    const char *resource;
    /* Of a pool in units held, of processors in seconds of work per second, of a limiter in passes
     * per second; of all copies together. */
    double load, capacity;
    double accepted;    /* of a pool: connections that its database accepts, where that is less than
                           capacity; else 0 */
    bool is_passes;     /* of a limiter                                                          */
    bool is_too_much;   /* load is not below capacity; of clockwork, above it                    */
    const char *bound;  /* what bounds its queue: "acquire_timeout"; NULL: nothing               */
    double collapses_s; /* of processors that do less the more jobs they have: mean time until
                           there is no way back (collapse.h); INFINITY: never                    */
};

/* Of the pools, processors and waiting limiters of the model that anything is offered to, in their
 * order. None where customers wait for their answers, which makes the load unknown. */
const struct offered_load *model_offered_loads(const struct model *model, size_t *count);
/* The load offered to the station called name (a pool as a whole, a cpu, a database) over its
 * capacity, worked out without simulating; name NULL: the highest of all. NaN: no such station, or
 * customers who wait for their answers make it unknown. */
double model_offered_utilization(const struct model *model, const char *name);
/* What one copy of the pool of that name can hand out; 0: there is none. */
double model_pool_units(const struct model *model, const char *name);
/* The share of the processors of that name that can be busy at once, by the pools that are held
 * around all work on them; 1 where nothing limits it, or where there are several copies. */
double model_highest_utilization(const struct model *model, const char *name, struct arena *arena);
/* True if arrivals follow a profile or a trace, or come from a load test: no steady state is
 * claimed, and there is no warm-up to find. */
bool model_is_time_varying(const struct model *model);
/* The longest period of its cycles [ns], 0 when it has none. */
int64_t model_longest_period(const struct model *model);
/* True if nothing arrives but jobs of cycles, each of which begins when the last has ended: what a
 * cycle finds does not depend on those long before it. */
bool model_is_periodic(const struct model *model);
/* [columns] what each depends on (scope.h); of self-checks NULL. */
const struct study_scope *const *model_scopes(const struct model *model);
/* What must be left out of a run that begins empty so that a tail of that share is full [s]
 * (time_scales.h); *relaxation_s: of the slowest station. */
double model_needed_warmup(const struct model *model, double share, double *relaxation_s);
/* Expected number of requests in one replication of `length` ns. */
double model_expected_requests(const struct model *model, int64_t length);
/* How often `repeat` goes round in them. */
double model_expected_rounds(const struct model *model, int64_t length);
/* How many steps all of them take, those inside `repeat` counted once. */
double model_expected_steps(const struct model *model, int64_t length);

/* The part of each replication to come that is not measured [ns, >= 0]. */
void model_set_warmup(struct model *model, int64_t warmup_ns);

/* Runs one replication: a study_replicate. Waits, responses and shares are of what begins in the
 * measured time, followed to its end (follow.h). */
study_replicate model_replicate;
/* The same, of what ends in the measured time, as a dashboard shows it: biased where requests
 * outlast the run, but equal to the nanosecond to a twin that stops there. */
study_replicate model_replicate_by_end;

/* A pilot run from empty for length ns: series[s * bins + b] is series s in the b-th of `bins`
 * equal bins. Series 0..model_series_count-1: each workload's number in system and mean response.
 * NaN: nothing finished in that bin. */
size_t model_series_count(const struct model *model);
bool model_series(const struct model *model, uint32_t replication, int64_t length, size_t bins,
                  double *series, struct arena *arena, struct error *err);

/* A law that every run must obey, compared with what was simulated. */
struct model_check {
    const char *name; /* "Little's law: db_pool"                                           */
    double simulated, expected, tolerance;
    bool holds;        /* |simulated - expected| <= tolerance                               */
    const char *words; /* what is the matter, for people; NULL: the figures say it        */
};

/* The self-checks of a study's result on this model, in arena. */
const struct model_check *model_checks(const struct model *model, const struct study_result *result,
                                       struct arena *arena, size_t *count);

#endif
