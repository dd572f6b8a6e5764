/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/rare_operations.h"
#include "models/engine/breakdown.h"
#include "models/engine/retry.h"
#include "models/engine/rollout.h"
#include "models/stations/arrivals_fast.h"
#include "models/stations/cpu.h"
#include <math.h>

/* One value of the law for the request, now. */
static double draw_value(const struct replication_state *system, const struct request *request,
                         const struct distribution *law, uint32_t stream_number)
{
    struct stream stream =
        stream_at(system->key, stream_number, request->index, request->state.lap);
    return distribution_sample(law, &stream);
}

struct fetched rare_operations_draw_fetch(const struct replication_state *system,
                                          const struct request *request, const struct fetch *fetch)
{
    double offered = round(draw_value(system, request, fetch->offered, fetch->offered_stream));
    double rows = fmin(offered, (double)fetch->row_limit);
    double row_s = draw_value(system, request, fetch->time_per_row, fetch->time_stream);
    return (struct fetched){offered, rows, distribution_to_ns(rows * row_s)};
}

/* Reading takes the time of its rows: a delay, or work. Returns true when it takes none. */
static bool begin_fetch(struct replication_state *system, uint32_t id, struct request *request)
{
    const struct fetch *fetch = request->state.operation->fetch;
    uint64_t *counts = request->state.class->counts;
    struct fetched fetched = rare_operations_draw_fetch(system, request, fetch);
    replication_count(system, &counts[GROUP_ROWS_OFFERED], request->arrived,
                      (int64_t)fetched.offered);
    replication_count(system, &counts[GROUP_ROWS_READ], request->arrived, (int64_t)fetched.rows);
    if (fetched.length == 0)
        return true;
    if (fetch->is_work) {
        cpu_begin(system, &system->cpus[replication_copy_asked(system, request)], id, request,
                  fetched.length);
        return false;
    }
    request->since = system->now;
    replication_set_phase(system, request, PHASE_DELAYED);
    calendar_schedule(&system->events, id, system->now + fetched.length);
    return false;
}

/* The job starts when those that are ready already have gone on. */
static void spawn(struct replication_state *system, uint32_t workload)
{
    if (replication_is_broken_off(system))
        return;
    uint32_t id = source_make_request(system, &system->sources[workload]);
    if (id != NO_REQUEST)
        replication_make_ready(system, id, replication_request(system, id));
}

static bool run(struct replication_state *system, uint32_t id, struct request *request,
                const struct operation *operation)
{
    switch ((enum operation_code)operation->code) {
    case OPERATION_STATION:
        return operation->verb->run(system, replication_copy_asked(system, request), id, request);
    case OPERATION_FETCH:
        return begin_fetch(system, id, request);
    case OPERATION_SPAWN:
        spawn(system, operation->target);
        return true;
    case OPERATION_BEGIN:
        retry_begin(system, id, request, operation);
        return true;
    case OPERATION_CANCEL:
        replication_fail_request(system, id, FAILURE_CANCELLED);
        return false;
    case OPERATION_VERSION:
        if (rollout_is_changed(system, request))
            request->state.operation = &system->operations[operation->target] - 1;
        return true;
    case OPERATION_END:
        retry_end(system, id, request);
        return true;
    default: /* a mark */
        breakdown_run(system, request, operation);
        return true;
    }
}

bool rare_operations_run(struct replication_state *system, uint32_t id, struct request *request)
{
    if (!run(system, id, request, request->state.operation))
        return false;
    replication_request(system, id)->state.operation++;
    return true;
}

void rare_operations_resume(struct replication_state *system, struct request *request)
{
    retry_resume(system, request);
}

void rare_operations_abandon(struct replication_state *system, uint32_t id, struct request *request,
                             bool is_cancelled)
{
    if (request->state.phase != PHASE_QUEUED)
        return;
    enum station_number kind = request->state.operation->verb->kind;
    station_kinds[kind]->abandon(system, replication_copy_asked(system, request), id, request,
                                 is_cancelled);
}
