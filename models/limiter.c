#include "models/limiter.h"
#include "models/compiled.h"
#include <assert.h>

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

void limiter_init(struct system *system, uint32_t number, uint32_t alarm)
{
    const struct limiter_spec *spec = &system->model->spec->limiters[number];
    const struct observed_layout *layout = &system->model->layout;
    struct observed *observed = &system->observed;
    int n = (int)number;
    wide_int interval = find_interval(spec->rate_per_s);
    system->limiters[number] = (struct limiter){
        .spec = spec,
        .interval = interval,
        .tolerance = (spec->burst - 1) * interval,
        .waiting = {NOBODY, NOBODY},
        .queue = &observed->levels[layout->limiter_levels + n * LIMITER_LEVELS + LIMITER_QUEUE],
        .wait = &observed->tallies[layout->limiter_tallies + n * LIMITER_TALLIES + LIMITER_WAIT],
        .counts = &observed->counts[layout->limiter_counts + n * LIMITER_COUNTS],
        .alarm = alarm};
}

static bool has_token(const struct limiter *limiter, int64_t now)
{
    return limiter->full_at - limiter->tolerance <= fine(now);
}

/* When the first who waits can go on [ns]: the first whole ns at which its token is there. */
static void set_alarm(struct system *system, struct limiter *limiter)
{
    wide_int due = (limiter->full_at - limiter->tolerance + fine(1) - 1) >> FINE_BITS;
    bool is_asleep = limiter->waiting.first == NOBODY || due >= ALARMS_NEVER;
    alarms_set(&system->alarms, limiter->alarm, is_asleep ? ALARMS_NEVER : (int64_t)due);
}

bool limiter_pass(struct system *system, struct limiter *limiter, uint32_t id,
                  struct request *request)
{
    if (limiter->waiting.first == NOBODY && has_token(limiter, system->now)) {
        if (limiter->full_at < fine(system->now))
            limiter->full_at = fine(system->now);
        limiter->full_at += limiter->interval;
        tally_add_zero(limiter->wait);
        limiter->counts[LIMITER_PASSED]++;
        return true;
    }
    if (!limiter->spec->is_waiting) {
        limiter->counts[LIMITER_REFUSED]++;
        system_fail_request(system, id, FAILURE_LIMITED);
        return false;
    }
    fifo_add(system, &limiter->waiting, id, request);
    request->state.phase = PHASE_PASSING;
    request->since = system->now;
    time_average_increase(limiter->queue, system->now);
    if (limiter->waiting.first == id)
        set_alarm(system, limiter);
    return false;
}

static void leave_queue(struct system *system, struct limiter *limiter, struct request *request)
{
    fifo_remove(system, &limiter->waiting, request);
    time_average_decrease(limiter->queue, system->now);
    limiter->queue_time += (uint64_t)(system->now - request->since);
}

void limiter_wake(struct system *system, struct limiter *limiter)
{
    while (limiter->waiting.first != NOBODY && has_token(limiter, system->now)) {
        uint32_t id = limiter->waiting.first;
        struct request *request = system_request(system, id);
        leave_queue(system, limiter, request);
        tally_add(limiter->wait, system->now - request->since);
        limiter->counts[LIMITER_PASSED]++;
        /* From when its token was there, not from the whole ns after: or the rate would be less. */
        limiter->full_at += limiter->interval;
        request->state.operation++;
        system_make_ready(system, id, request);
    }
    set_alarm(system, limiter);
}

void limiter_abandon(struct system *system, struct limiter *limiter, struct request *request)
{
    assert(request->state.phase == PHASE_PASSING);
    leave_queue(system, limiter, request);
    limiter->counts[LIMITER_TIMED_OUT]++;
    set_alarm(system, limiter);
}

double limiter_most_passed(const struct limiter *limiter, int64_t length)
{
    return (double)limiter->spec->burst + 1 + (double)(fine(length) / limiter->interval);
}
