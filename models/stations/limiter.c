/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/limiter.h"
#include "models/engine/model_internal.h"
#include <assert.h>
#include <math.h>

enum { FINE_BITS = 32 }; /* of a nanosecond */

static wide_int fine(int64_t time_ns)
{
    return (wide_int)time_ns << FINE_BITS;
}

/* Not a hair more than 1 / rate: that would make those wait a nanosecond longer whose token comes
 * at a whole one. */
static wide_int find_interval(double rate_per_s)
{
    wide_int interval = (wide_int)(1e9 / rate_per_s * 0x1p32);
    bool is_whole = interval % fine(1) == 0;
    return is_whole ? interval : interval - 1;
}

static void set_spec(struct limiter *limiter, const struct limiter_spec *spec)
{
    limiter->spec = spec;
    limiter->interval = find_interval(spec->rate_per_s);
    limiter->tolerance = (spec->burst - 1) * limiter->interval;
}

void limiter_init(struct replication_state *system, uint32_t number, uint32_t alarm)
{
    const struct limiter_spec *spec =
        &system->model->spec->limiters[system->model->program->copies[STATION_LIMITER].of[number]];
    const struct statistics_layout *layout = &system->model->layout;
    struct statistics *statistics = &system->statistics;
    struct limiter *limiter = &system->limiters[number];
    *limiter = (struct limiter){
        .queue =
            &statistics
                 ->levels[layout_station_level(layout, STATION_LIMITER, number, LIMITER_QUEUE)],
        .wait = &statistics
                     ->tallies[layout_station_tally(layout, STATION_LIMITER, number, LIMITER_WAIT)],
        .counts = &statistics->counts[layout_station_count(layout, STATION_LIMITER, number, 0)],
        .alarm = alarm};
    set_spec(limiter, spec);
    waiting_init(&limiter->waiting, spec->discipline,
                 program_copy_name(&system->model->program->copies[STATION_LIMITER], number,
                                   spec->name, spec->copies, system->arena),
                 system->model->level_count, system->arena);
}

bool limiter_has_token(const struct limiter *limiter, int64_t now)
{
    return limiter->full_at - limiter->tolerance <= fine(now);
}

bool limiter_is_within_burst(const struct limiter *limiter, int64_t now)
{
    const wide_int rounding = fine(1); /* of a reload, which goes through a double */
    return limiter->full_at - fine(now) <= limiter->tolerance + limiter->interval + rounding;
}

/* When the first who waits can go on [ns]: the first whole ns at which its token is there. */
static void set_alarm(struct replication_state *system, struct limiter *limiter)
{
    wide_int due = (limiter->full_at - limiter->tolerance + fine(1) - 1) >> FINE_BITS;
    bool is_asleep = limiter->waiting.count == 0 || due >= ALARMS_NEVER;
    alarms_set(&system->alarms, limiter->alarm, is_asleep ? ALARMS_NEVER : (int64_t)due);
}

bool limiter_pass(struct replication_state *system, struct limiter *limiter, uint32_t id,
                  struct request *request)
{
    if (limiter->waiting.count == 0 && limiter_has_token(limiter, system->now)) {
        if (limiter->full_at < fine(system->now))
            limiter->full_at = fine(system->now);
        limiter->full_at += limiter->interval;
        tally_add_zero(limiter->wait);
        replication_count(system, &limiter->counts[LIMITER_PASSED], system->now, 1);
        return true;
    }
    if (!limiter->spec->is_waiting) {
        replication_count(system, &limiter->counts[LIMITER_REFUSED], system->now, 1);
        replication_fail_request(system, id, FAILURE_LIMITED);
        return false;
    }
    waiting_add(system, &limiter->waiting, id, request);
    replication_set_phase(system, request, PHASE_QUEUED);
    request->since = system->now;
    time_average_increase(limiter->queue, system->now);
    if (limiter->waiting.count == 1)
        set_alarm(system, limiter);
    return false;
}

static void leave_queue(struct replication_state *system, struct limiter *limiter, uint32_t id,
                        struct request *request)
{
    waiting_remove(system, &limiter->waiting, id, request);
    time_average_decrease(limiter->queue, system->now);
    limiter->queue_time += (uint64_t)(system->now - request->since);
}

void limiter_wake(struct replication_state *system, struct limiter *limiter)
{
    while (limiter->waiting.count > 0 && limiter_has_token(limiter, system->now)) {
        uint32_t id = waiting_next(system, &limiter->waiting);
        struct request *request = replication_request(system, id);
        leave_queue(system, limiter, id, request);
        replication_observe(system, limiter->wait, system->now - request->since, request->since);
        replication_count(system, &limiter->counts[LIMITER_PASSED], request->since, 1);
        /* From when its token was there, not from the whole ns after: or the rate would be less. */
        limiter->full_at += limiter->interval;
        request->state.operation++;
        replication_make_ready(system, id, request);
    }
    set_alarm(system, limiter);
}

void limiter_abandon(struct replication_state *system, struct limiter *limiter, uint32_t id,
                     struct request *request)
{
    assert(request->state.phase == PHASE_QUEUED);
    leave_queue(system, limiter, id, request);
    replication_count(system, &limiter->counts[LIMITER_TIMED_OUT], request->since, 1);
    set_alarm(system, limiter);
}

void limiter_renew(struct replication_state *system, struct limiter *limiter,
                   const struct limiter_spec *spec)
{
    set_spec(limiter, spec);
    limiter->full_at = 0;
    waiting_renew(&limiter->waiting, spec->discipline, system->model->level_count, system->arena);
}

/* How many tokens are missing, fractions included. */
static double count_missing(const struct limiter *limiter, int64_t now)
{
    wide_int until_full = limiter->full_at - fine(now);
    return until_full > 0 ? (double)until_full / (double)limiter->interval : 0;
}

void limiter_reload(struct replication_state *system, struct limiter *limiter,
                    const struct limiter_spec *spec)
{
    bool is_other =
        spec->rate_per_s != limiter->spec->rate_per_s || spec->burst != limiter->spec->burst;
    double more = (double)(spec->burst - limiter->spec->burst);
    double missing = fmax(0, count_missing(limiter, system->now) + more);
    set_spec(limiter, spec);
    if (!is_other)
        return;
    limiter->full_at = fine(system->now) + (wide_int)(missing * (double)limiter->interval);
    set_alarm(system, limiter);
}

double limiter_most_passed(const struct limiter *limiter, int64_t length)
{
    wide_int passed = fine(length) / limiter->interval;
    return (double)limiter->spec->burst + 1 + (double)passed;
}
