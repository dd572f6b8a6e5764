/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/expected_attempts.h"
#include "models/engine/model_internal.h"
#include "models/program/traffic.h"
#include <math.h>
#include <string.h>

static const double NS_PER_S = 1e9;
/* Who arrived in the measured time is followed for as long again at most. */
static const double FOLLOWED = 1;

double expected_attempts_overloaded(double rho, double attempts)
{
    if (!(rho > 1) || !(attempts > 1))
        return 1;
    /* 1 - f without cancellation: f is next to 1 when attempts are many. */
    double success = -expm1(log1p(-1 / rho) / attempts);
    return fmin(attempts, 1 / (rho * success));
}

double expected_attempts_possible(const struct retry_spec *retry, double failing_s,
                                  double horizon_s)
{
    double attempts = (double)retry->attempts, growth = retry->multiplier;
    double backoff_s = retry->backoff ? distribution_rough_mean(retry->backoff) : 0;
    if (!(attempts > 1))
        return 1;
    double rounds = horizon_s / (failing_s + backoff_s); /* INFINITY: they take no time */
    if (growth > 1 && backoff_s > 0)
        rounds = fmin(rounds, log1p(horizon_s / backoff_s * (growth - 1)) / log(growth));
    return fmin(attempts, 1 + rounds);
}

static bool has_class(const struct model *model, const struct time_marks *marks, size_t w)
{
    size_t first = model->program->class_base[w];
    for (size_t c = 0; c < model->spec->workloads[w].class_count; c++)
        if (marks->classes[first + c])
            return true;
    return false;
}

/* What the limiters that turn away are asked for over what they let pass. */
static double limiter_load(const struct model *model, const struct time_marks *marks)
{
    const struct scenario *spec = model->spec;
    double highest = 0;
    for (size_t l = 0; l < spec->limiter_count; l++)
        if (marks->limiters[l])
            highest = fmax(highest,
                           traffic_passes_per_s(spec, model->rates_per_s, l) /
                               (spec->limiters[l].rate_per_s * (double)spec->limiters[l].copies));
    return highest;
}

/* What a workload's attempts fail at. */
struct overload {
    double rho;       /* highest load over capacity of what it is connected with; NaN: unknown */
    double failing_s; /* what an attempt takes at least to fail there                        */
};

static double failing_time(const struct scenario *spec, const char *resource)
{
    for (size_t p = 0; p < spec->pool_count; p++)
        if (strcmp(spec->pools[p].name, resource) == 0)
            return spec->pools[p].acquire_timeout && spec->pools[p].queue_limit == SPEC_UNLIMITED
                       ? distribution_rough_mean(spec->pools[p].acquire_timeout)
                       : 0;
    return 0;
}

static struct overload find_overload(const struct model *model, size_t w, struct arena *arena)
{
    size_t count;
    const struct offered_load *loads = model_offered_loads(model, &count);
    const char *name = model->spec->workloads[w].name;
    struct time_marks marks = time_scales_marks(model->scales, name, arena);
    struct overload overload = {.rho = limiter_load(model, &marks)};
    if (count == 0 && !(overload.rho > 0))
        overload.rho = NAN;
    for (size_t i = 0; i < count; i++) {
        double rho = loads[i].load / loads[i].capacity;
        struct time_marks touched = time_scales_marks(model->scales, loads[i].resource, arena);
        if (rho > overload.rho && has_class(model, &touched, w))
            overload = (struct overload){rho, failing_time(model->spec, loads[i].resource)};
    }
    return overload;
}

/* Attempts of a request of workload w, likely and at most. */
static struct expected_attempts attempts_of_one(const struct model *model, size_t w,
                                                double length_s, struct arena *arena)
{
    const struct workload_spec *workload = &model->spec->workloads[w];
    const struct retry_spec *retry = &workload->retry;
    double horizon_s = workload->deadline_ns > 0 ? (double)workload->deadline_ns / NS_PER_S
                                                 : (1 + FOLLOWED) * length_s;
    if (retry->attempts <= 1)
        return (struct expected_attempts){1, 1};
    struct overload overload = find_overload(model, w, arena);
    double possible = expected_attempts_possible(retry, overload.failing_s, horizon_s);
    if (isnan(overload.rho))
        return (struct expected_attempts){1, possible};
    double likely = expected_attempts_overloaded(overload.rho, possible);
    double mean_s = (FOLLOWED + 0.5) * length_s;
    double trying = expected_attempts_possible(retry, overload.failing_s, mean_s);
    if (overload.rho > 1 && horizon_s > mean_s && trying < (double)retry->attempts)
        likely = fmin(likely, 1 + (1 - 1 / overload.rho) * trying);
    return (struct expected_attempts){likely, likely};
}

struct expected_attempts expected_attempts_of(const struct model *model, int64_t length)
{
    struct arena *scratch = arena_open();
    const double *requests = model_expected_requests_of(model, length, scratch);
    struct expected_attempts all = {0, 0};
    for (size_t w = 0; w < model->spec->workload_count; w++) {
        struct expected_attempts each =
            attempts_of_one(model, w, (double)length / NS_PER_S, scratch);
        all.likely += requests[w] * each.likely;
        all.most += requests[w] * each.most;
    }
    arena_close(scratch);
    return all;
}
