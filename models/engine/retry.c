/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/retry.h"
#include "models/engine/breakdown.h"
#include <math.h>

static uint32_t deadline_timer(const struct replication_state *system, uint32_t id)
{
    return id * system->timers_each + system->timers_each - 1;
}

void retry_begin(struct replication_state *system, uint32_t id, struct request *request,
                 const struct operation *operation)
{
    request->attempt = 0;
    if (request->state.class->has_deadline)
        replication_schedule_timer(system, deadline_timer(system, id),
                                   system->now + operation->timeout_ns);
}

void retry_end(struct replication_state *system, uint32_t id, const struct request *request)
{
    if (request->state.class->has_deadline)
        events_cancel(&system->timers, deadline_timer(system, id));
}

bool retry_is_deadline(const struct replication_state *system, uint32_t timer)
{
    uint32_t id = timer / system->timers_each;
    return replication_request(system, id)->state.class->has_deadline &&
           timer == deadline_timer(system, id);
}

static bool is_tried_again(const struct request *request, enum failure failure)
{
    const struct retry_spec *retry = request->state.class->retry;
    if (!retry || failure == FAILURE_DEADLINE || failure == FAILURE_CANCELLED ||
        request->attempt + 1 >= retry->attempts)
        return false;
    return failure == FAILURE_TIMEOUT ? retry->on_timeout : retry->on_refused;
}

/* Draws again what was drawn on arrival. */
static void draw_values(const struct replication_state *system, struct request *request)
{
    const struct class_state *class = request->state.class;
    for (int slot = 0; slot < class->slot_count; slot++) {
        const struct draw *draw = class->slot_draws[slot];
        struct stream stream =
            stream_at(system->key, draw->stream, request->index, request->state.lap);
        request->drawn[slot] = draw->law
                                   ? distribution_to_ns(distribution_sample(draw->law, &stream))
                                   : (int64_t)stream_next_bits(&stream);
    }
}

bool retry_take(struct replication_state *system, uint32_t id, struct request *request,
                enum failure failure)
{
    struct class_state *class = request->state.class;
    if (!is_tried_again(request, failure))
        return false;
    if (system->breakdown)
        breakdown_break_off(system, request);
    const struct retry_spec *retry = class->retry;
    struct stream stream =
        stream_at(system->key, class->backoff_stream, request->index, request->attempt);
    double backoff_s = distribution_sample(retry->backoff, &stream);
    int64_t backoff = distribution_to_ns(
        backoff_s > 0 ? backoff_s * pow(retry->multiplier, request->attempt) : 0);
    replication_count(system, &class->counts[GROUP_RETRIED], request->arrived, 1);
    request->attempt++;
    request->state.lap = request->attempt * class->program->laps_each;
    request->state.loop_count = request->state.timer_count = request->state.mark_count = 0;
    request->state.will_fail = false;
    draw_values(system, request);
    if (backoff == 0 && replication_is_broken_off(system))
        return true;
    if (backoff == 0) {
        retry_resume(system, request);
        replication_make_ready(system, id, request);
        return true;
    }
    replication_set_phase(system, request, PHASE_BACKOFF);
    calendar_schedule(&system->events, id, system->now + backoff);
    return true;
}

void retry_resume(const struct replication_state *system, struct request *request)
{
    request->state.operation =
        &system->operations[request->state.class->program->first_operation + 1];
    replication_set_phase(system, request, PHASE_READY);
}
