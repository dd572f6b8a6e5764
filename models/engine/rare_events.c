/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/rare_events.h"
#include "models/engine/rare_operations.h"
#include "models/engine/retry.h"
#include "models/engine/rollout.h"
#include "models/stations/arrivals.h"
#include "models/stations/cpu.h"
#include "models/stations/cycle.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"

/* A random patience has run out, or the time limit of a step or of the request. */
static void time_out_step(struct replication_state *system, uint32_t timer)
{
    uint32_t id = timer / system->timers_each;
    if (timer % system->timers_each == 0)
        pool_time_out_one(system, replication_pool_awaited(system, replication_request(system, id)),
                          id);
    else
        replication_cut_short(
            system, id, retry_is_deadline(system, timer) ? FAILURE_DEADLINE : FAILURE_TIMEOUT);
}

static void handle_timer(struct replication_state *system)
{
    struct events *timers = &system->timers;
    if (events_next_time(timers) <= system->now) {
        uint32_t timer = events_pop(timers);
        time_out_step(system, timer);
    }
    alarms_set(&system->alarms, system->timer_alarm, events_next_time(timers));
}

void rare_events_wake(struct replication_state *system, struct alarm_target target)
{
    switch (target.kind) {
    case ALARM_ARRIVAL:
        break;
    case ALARM_LIMITER:
        limiter_wake(system, &system->limiters[target.number]);
        break;
    case ALARM_CPU:
        cpu_finish(system, &system->cpus[target.number]);
        break;
    case ALARM_QUEUE_TIMEOUT:
        pool_time_out(system, &system->pools[target.number]);
        break;
    case ALARM_TIMERS:
        handle_timer(system);
        break;
    case ALARM_IDLE:
        pool_close_idle(system, &system->pools[target.number]);
        break;
    case ALARM_AGE:
        pool_close_old(system, &system->pools[target.number]);
        break;
    case ALARM_OPENER:
        pool_refill_wake(system, &system->pools[target.number]);
        break;
    case ALARM_ROLLOUT:
        rollout_wake(system);
        break;
    case ALARM_CYCLE:
        cycle_wake(system, target.number);
        break;
    }
}
