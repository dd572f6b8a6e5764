/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakdown.h - where the time of requests goes: a mark behind each operation that takes time adds
 * what has passed since the mark before to one of the request's parts.
 *
 * Only a model compiled for it (model_compile_breakdown) has the marks; they are rare operations,
 * so others pay nothing. They take no time and schedule nothing: the same requests meet the same
 * events with and without them. The parts are per workload, one for each thing to wait for and each
 * step that takes time by itself; what a request does twice goes into one part. At the end of a
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
#include "models/program/program.h"

enum breakdown_kind {
    BREAKDOWN_DELAY, /* a delay or the rows of a fetch; resource: the pool that is held, or none */
    BREAKDOWN_POOL_WAIT, /* in a pool's queue; resource: the pool */
    BREAKDOWN_CONNECT, /* a connection is opened or made ready for it; resource: the pool */
    BREAKDOWN_WORK, /* its own demand; resource: the cpu                                        */
    BREAKDOWN_CPU_WAIT, /* because others work there too; resource: the cpu */
    BREAKDOWN_LIMITER_WAIT, /* for a token; resource: the limiter */
    BREAKDOWN_BUFFER_WAIT, /* for room; resource: the buffer */
    BREAKDOWN_BROKEN_OFF, /* in steps that a failure cut short, of requests that were tried again */
    BREAKDOWN_BACKOFF, /* before another attempt */
    BREAKDOWN_OTHER /* everything for which there is no part left                               */
};

enum { LAPS_MOST_PARTS = 256, LAPS_NO_RESOURCE = -1 };

/* Steps of one name are one part; so are those without a name under the same named step, or else in
 * the same pool. */
struct breakdown_part {
    enum breakdown_kind kind;
    const char *step; /* the step's name, or that of the one around it; NULL: neither has one */
    int resource;     /* index in the scenario, see kind; LAPS_NO_RESOURCE                      */
};

/* The parts of a workload while it is compiled, and where the compiler stands. */
struct breakdown_list {
    struct breakdown_part *parts; /* [LAPS_MOST_PARTS] */
    size_t count;
    const char *within; /* the innermost named step  */
    int holding;        /* the innermost pool        */
};

/* Used by program.c. Makes `mark` the operation that belongs behind `timed`, which step has just
 * been compiled to; false when the step takes no time. has_connect: the step's pool can let an
 * asker wait for a connection that is its own. */
bool breakdown_mark(struct breakdown_list *list, const struct step *step,
                    const struct operation *timed, struct operation *mark);
/* The operations before the first step (behind OPERATION_BEGIN) and before FINISH. */
void breakdown_mark_begin(struct breakdown_list *list, bool has_retry, struct operation *mark);
void breakdown_mark_end(struct operation *mark);

/* ---- while a replication runs ---- */

struct replication_state;
struct request;
struct breakdown;

/* Runs one of the marks. */
void breakdown_run(struct replication_state *system, struct request *request,
                   const struct operation *operation);
/* The request's attempt has failed, and it will be tried again. */
void breakdown_break_off(struct replication_state *system, struct request *request);

/* ---- what was found ---- */

/* The requests that are counted as the slowest: of each group (statistics.h: a workload, or a class
 * of a mix) those with a response of at least slowest_ns[group]. */
struct breakdown_study {
    const struct model
        *model; /* compiled by model_compile_breakdown                               */
    const int64_t *slowest_ns; /* [groups]                                                     */
    const struct column *columns;
    size_t column_count;
    const size_t *base; /* [groups] their first column                                       */
};

/* Columns of a group from its base on. Each part of its workload has two, from LAPS_PARTS on: the
 * mean over all its requests, and over the slowest. */
enum { LAPS_RESPONSE, LAPS_SLOWEST_RESPONSE, LAPS_SLOWEST_SHARE, LAPS_PARTS };

/* Compiles spec with marks; see model_compile. */
struct model *model_compile_breakdown(const struct scenario *spec, struct arena *arena,
                                      struct error *err);

/* Sets up study in arena; slowest_ns must outlive it. */
void breakdown_study_make(const struct model *model, const int64_t *slowest_ns, struct arena *arena,
                          struct breakdown_study *study);
/* One replication: a study_replicate on a struct breakdown_study. All columns are means; NaN: there
 * was no such request. */
study_replicate breakdown_replicate;

/* The parts of a workload of a model with marks. */
const struct breakdown_part *breakdown_parts(const struct model *model, size_t workload,
                                             size_t *count);

#endif
