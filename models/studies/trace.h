/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace.h - what happens in one replication, event by event: who arrives, waits, is granted what by
 * whom, fails and why.
 *
 * The replication is run by the loop that is watched (watched_loop.h), with the same events as any
 * run of it; the trace compares the requests before and after each operation, so no station knows
 * of it. Cost: O(requests present) for each operation of the time that is followed, O(1) for the
 * rest. Times count from the beginning of the replication, its warm-up included. */
#ifndef CAPSIM_MODELS_STUDIES_TRACE_H
#define CAPSIM_MODELS_STUDIES_TRACE_H

#include "models/engine/model.h"
#include "models/engine/request_phase.h"

enum trace_mode {
    TRACE_REQUEST,      /* one request, from its arrival to its end                            */
    TRACE_SPAN,         /* all that happens in from_ns <= time < to_ns                         */
    TRACE_FIRST_FAILURE /* the first request that fails for good, and whatever it had to wait for */
};

/* What is asked. */
struct trace_query {
    enum trace_mode mode;
    uint32_t replication;
    const char *group; /* REQUEST: a workload, or "workload.class" of a mix                     */
    uint64_t number;   /* REQUEST: of its class, from 1 in order of arrival                     */
    int64_t from_ns, to_ns;
};

/* One thing that happened. Texts live until the sink returns; NULL: there is none. */
struct trace_row {
    int64_t time_ns;
    const char *request; /* "api:17", "api.read:3"                                              */
    const char *what;    /* "arrives", "waits for", "is granted", "fails" ...                   */
    const char *station; /* "db_pool", "api.cpu.2": of copy 2; a named delay: its name          */
    enum request_phase phase; /* afterwards                                                     */
    int64_t queue;            /* who waits at the station afterwards; -1: nobody can            */
    const char *by;           /* the request that made it happen, if it was another             */
    const char *why;          /* of "fails": the reason                                         */
};

/* Takes the rows, in order. False, with err filled: no more. */
typedef bool trace_sink(void *context, const struct trace_row *row, struct error *err);

/* What a trace found. */
struct trace_found {
    uint64_t rows, event_hash; /* of the whole replication: that of a run of it                */
    bool has_request;          /* REQUEST, FIRST_FAILURE: it was there                          */
};

/* Traces a replication of the model from its beginning to the end of its measured time. An unknown
 * group is a STATUS_USAGE error with the nearest valid name. */
bool trace_run(const struct model *model, const struct trace_query *query, struct arena *arena,
               trace_sink *sink, void *context, struct trace_found *found, struct error *err);

#endif
