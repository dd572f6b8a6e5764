/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/cpu_twin.h"

#include "tests/support/support.h"

struct twin {
    int64_t cores_milli;
    double sigma, kappa;
    struct cpu_twin_request *requests;
    size_t count;
    int64_t now, working;
    struct cpu_twin_totals totals;
};

/* Of each job [1 / CPU_TWIN_UNIT ns of work a ns]. */
static wide_int speed(const struct twin *twin)
{
    int64_t n = twin->working;
    wide_int speed = CPU_TWIN_UNIT;
    if (n * 1000 > twin->cores_milli)
        speed = CPU_TWIN_UNIT / 1000 * twin->cores_milli / n;
    long double slower = 1 + twin->sigma * (long double)(n - 1) +
                         twin->kappa * (long double)n * (long double)(n - 1);
    return slower > 1 ? (wide_int)((long double)speed / slower) : speed;
}

static int64_t time_out_at(const struct cpu_twin_request *request)
{
    return request->timeout == CPU_TWIN_NEVER ? CPU_TWIN_NEVER
                                              : request->began[request->stage] + request->timeout;
}

/* The next instant at which something happens to this request. */
static int64_t next_of(const struct twin *twin, const struct cpu_twin_request *request)
{
    if (request->outcome != CPU_TWIN_PRESENT)
        return CPU_TWIN_NEVER;
    if (!request->is_working)
        return request->due;
    wide_int rate = speed(twin), left = request->left > 0 ? request->left : 0;
    int64_t done = twin->now + (int64_t)((left + rate - 1) / rate);
    int64_t limit = time_out_at(request);
    return done < limit ? done : limit;
}

static void pass_time(struct twin *twin, int64_t until)
{
    int64_t passed = until - twin->now, busy = twin->working * 1000;
    wide_int work = twin->working > 0 ? speed(twin) * passed : 0;
    for (size_t i = 0; i < twin->count; i++)
        if (twin->requests[i].is_working)
            twin->requests[i].left -= work;
    twin->totals.busy_milli +=
        (wide_int)(busy < twin->cores_milli ? busy : twin->cores_milli) * passed;
    twin->totals.jobs += (wide_int)twin->working * passed;
    twin->now = until;
}

static void begin(struct twin *twin, struct cpu_twin_request *request)
{
    request->is_working = true;
    request->began[request->stage] = twin->now;
    request->left = CPU_TWIN_UNIT * request->demand[request->stage];
    assert_true(++twin->working <= CPU_TWIN_MAX_PRESENT);
}

static void stop(struct twin *twin, struct cpu_twin_request *request, enum cpu_twin_outcome outcome)
{
    request->is_working = false;
    request->outcome = outcome;
    request->ended = twin->now;
    twin->working--;
}

static void finish_stage(struct twin *twin, struct cpu_twin_request *request)
{
    request->done[request->stage] = twin->now;
    request->due = twin->now + request->pause;
    bool is_last = ++request->stage == CPU_TWIN_STAGES;
    stop(twin, request, is_last ? CPU_TWIN_COMPLETED : CPU_TWIN_PRESENT);
}

/* Work that is done counts before a time-out of the same instant. */
static void handle_instant(struct twin *twin)
{
    for (size_t i = 0; i < twin->count; i++) {
        struct cpu_twin_request *request = &twin->requests[i];
        if (request->outcome == CPU_TWIN_PRESENT && !request->is_working &&
            request->due == twin->now)
            begin(twin, request);
        else if (request->is_working && request->left <= 0)
            finish_stage(twin, request);
        else if (request->is_working && time_out_at(request) == twin->now)
            stop(twin, request, CPU_TWIN_TIMED_OUT);
    }
}

struct cpu_twin_totals cpu_twin_run(int64_t cores_milli, double sigma, double kappa,
                                    struct cpu_twin_request *requests, size_t count, int64_t until)
{
    struct twin twin = {.cores_milli = cores_milli,
                        .sigma = sigma,
                        .kappa = kappa,
                        .requests = requests,
                        .count = count};
    for (size_t i = 0; i < count; i++) {
        requests[i].due = requests[i].arrives;
        for (int stage = 0; stage < CPU_TWIN_STAGES; stage++)
            requests[i].began[stage] = requests[i].done[stage] = -1;
    }
    for (;;) {
        int64_t next = CPU_TWIN_NEVER;
        for (size_t i = 0; i < count; i++) {
            int64_t time = next_of(&twin, &requests[i]);
            next = time < next ? time : next;
        }
        if (next >= until)
            break;
        pass_time(&twin, next);
        handle_instant(&twin);
    }
    pass_time(&twin, until);
    return twin.totals;
}
