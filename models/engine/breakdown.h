/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakdown.h - where the time of requests goes: a mark behind each operation that takes time adds
 * what has passed since the mark before to one of the request's parts.
 *
 * Only a model compiled for it (model_compile_breakdown) has the marks; they are rare operations,
 * so others pay nothing. They take no time and schedule nothing: the same requests meet the same
 * events with and without them. The parts are those of breakdown_marks.h. At the end of a
 * request its parts add up to its response to the nanosecond (asserted), and go to two sums: of all
 * requests, and of those that were among the slowest.
 *
 * Of an attempt that failed and is tried again, what it had finished stays in its parts; waiting
 * that was cut short counts as waiting, any other operation that was cut short as
 * BREAKDOWN_BROKEN_OFF, and the time up to the next attempt as BREAKDOWN_BACKOFF. Requests that
 * fail for good are left out, as they are from the response. Work on a processor is split into its
 * demand, BREAKDOWN_WORK, and what sharing the cores and contention added, BREAKDOWN_CPU_WAIT.
 * Cost: two additions a mark. */
#ifndef CAPSIM_MODELS_ENGINE_BREAKDOWN_H
#define CAPSIM_MODELS_ENGINE_BREAKDOWN_H

#include "models/engine/model.h"
#include "models/program/breakdown_marks.h"
#include "sim/base/wide.h"

struct replication_state;
struct request;
struct breakdown;

/* Runs one of the marks. */
void breakdown_run(struct replication_state *system, struct request *request,
                   const struct operation *operation);
/* The request's attempt has failed, and it will be tried again. */
void breakdown_break_off(struct replication_state *system, struct request *request);

/* Whose requests are added up. A class has a bar of its own and one of its workload. */
enum breakdown_view {
    BREAKDOWN_ALL,
    BREAKDOWN_SLOWEST_OF_CLASS,
    BREAKDOWN_SLOWEST_OF_WORKLOAD,
    BREAKDOWN_VIEWS
};

struct breakdown_sums {
    uint64_t requests;
    wide_int response; /* [ns] */
    wide_int *parts;   /* [parts of the workload] [ns] */
};

/* Gives a replication of a model with marks its sums. The slowest of a group (statistics.h: a
 * workload, or a class of a mix) are those with a response of at least slowest_ns[group]. */
void breakdown_begin(struct replication_state *system, const int64_t *slowest_ns);
/* The measured time begins now: the sums are zero. */
void breakdown_restart(struct replication_state *system);
/* Adds up one view of the classes of a group; parts[parts of its workload] are zeros. */
struct breakdown_sums breakdown_add_up(const struct replication_state *system, int group,
                                       enum breakdown_view view, wide_int *parts);

/* The parts of a workload of a model with marks. */
const struct breakdown_part *breakdown_parts(const struct model *model, size_t workload,
                                             size_t *count);

#endif
