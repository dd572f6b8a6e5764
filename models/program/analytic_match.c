/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/analytic_match.h"

#include <math.h>
#include <stdio.h>

/* Most steps that a formula may take: some tens of milliseconds. */
#define MAX_STEPS 1e7

/* What a scenario boils down to. */
struct queue {
    struct analytic_station station;
    const struct distribution *service, *patience; /* patience NULL: endless           */
    int64_t batch, queue_limit;                    /* queue_limit SPEC_UNLIMITED: none */
    bool is_in_order;                              /* first come, first served         */
};

static bool is_exponential(const struct distribution *law)
{
    return law->kind == DISTRIBUTION_EXPONENTIAL && !law->is_truncated;
}

static bool takes_no_time(const struct distribution *law)
{
    return !law || (distribution_is_constant(law) && distribution_mean(law) == 0.0);
}

/* The delay inside the one hold that is all of steps, and its pool; NULL if they are anything
 * else. */
static const struct distribution *find_held_delay(const struct class_spec *class, size_t *pool)
{
    if (class->step_count != 1)
        return NULL;
    const struct step *hold = &class->steps[0];
    if (hold->kind != STEP_HOLD || hold->station != STATION_POOL ||
        hold->timeout_ns != SPEC_NEVER || hold->step_count != 1)
        return NULL;
    const struct step *delay = &hold->steps[0];
    if (delay->kind != STEP_DELAY || delay->timeout_ns != SPEC_NEVER)
        return NULL;
    *pool = hold->pool;
    return delay->duration;
}

/* The number that arrive together, 0 when it varies. */
static int64_t constant_batch(const struct distribution *batch)
{
    if (!batch)
        return 1;
    return distribution_is_constant(batch) ? llround(distribution_mean(batch)) : 0;
}

/* The only class of the only workload, when its requests come one by one at a constant rate and are
 * tried once. */
static const struct class_spec *find_only_class(const struct scenario *scenario)
{
    if (scenario->workload_count != 1 || scenario->workloads[0].class_count != 1)
        return NULL;
    const struct workload_spec *workload = &scenario->workloads[0];
    bool is_renewal = workload->arrivals.process == ARRIVAL_POISSON ||
                      workload->arrivals.process == ARRIVAL_RENEWAL;
    if (workload->retry.attempts > 1 || workload->deadline_ns > 0 || !is_renewal ||
        workload->arrivals.profile || !is_exponential(workload->arrivals.interarrival))
        return NULL;
    return &workload->classes[0];
}

static bool reduce_scenario(const struct scenario *scenario, struct queue *queue, size_t *pool)
{
    const struct class_spec *class = find_only_class(scenario);
    const struct workload_spec *workload = &scenario->workloads[0];
    const struct distribution *delay = class ? find_held_delay(class, pool) : NULL;
    if (!delay || delay->kind == DISTRIBUTION_OF_REQUEST)
        return false;
    const struct pool_spec *spec = &scenario->pools[*pool];
    *queue = (struct queue){
        .station = {workload->arrivals.rate_per_s, distribution_mean(delay), spec->max},
        .service = delay,
        .patience = spec->acquire_timeout,
        .batch = constant_batch(workload->arrivals.batch),
        .queue_limit = spec->queue_limit,
        .is_in_order = spec->discipline == DISCIPLINE_FIFO || /* one class has one priority: */
                       spec->discipline == DISCIPLINE_PRIORITY,
    };
    return takes_no_time(spec->connect) && takes_no_time(spec->checkout) &&
           !spec->draws_on_database && spec->connect_pause_ns == 0 &&
           spec->rules.timeout_sweep_ns == 0 && queue->batch >= 1 &&
           queue->station.service_time_s > 0.0 && isfinite(queue->station.service_time_s) &&
           (double)spec->max <= MAX_STEPS;
}

/* Everybody waits as long as it takes, and there is always room to. */
static bool solve_endless(const struct queue *queue, struct arena *scratch,
                          struct analytic_match *match)
{
    struct analytic_station station = queue->station;
    long servers = (long)station.servers;
    if (analytic_offered_load(station) * (double)queue->batch >= (double)servers)
        return false;
    if (queue->batch > 1) {
        if (!is_exponential(queue->service) ||
            (double)servers * fmin((double)queue->batch, (double)servers) > MAX_STEPS)
            return false;
        match->answer = analytic_solve_batches(station, queue->batch, scratch);
        snprintf(match->model, sizeof match->model, "M^%ld/M/%ld", (long)queue->batch, servers);
    } else if (is_exponential(queue->service)) {
        match->answer = analytic_solve_mmc(station);
        snprintf(match->model, sizeof match->model, "M/M/%ld", servers);
    } else if (servers == 1) {
        bool is_constant = distribution_is_constant(queue->service);
        match->answer = analytic_solve_mg1(station, distribution_variance(queue->service));
        snprintf(match->model, sizeof match->model, "M/%c/1", is_constant ? 'D' : 'G');
    } else if (distribution_is_constant(queue->service)) {
        match->answer = analytic_solve_mdc(station);
        snprintf(match->model, sizeof match->model, "M/D/%ld", servers);
    } else {
        return false;
    }
    return isfinite(match->answer.wait_mean_s);
}

static bool solve_limited(const struct queue *queue, struct analytic_match *match)
{
    bool is_markov = is_exponential(queue->service);
    long servers = (long)queue->station.servers;
    if (queue->queue_limit == 0) {
        match->answer = analytic_solve_loss(queue->station);
        snprintf(match->model, sizeof match->model, "M/%c/%ld/%ld", is_markov ? 'M' : 'G', servers,
                 servers);
        return true;
    }
    if (!is_markov || queue->patience || (double)queue->queue_limit > MAX_STEPS)
        return false;
    match->answer = analytic_solve_mmck(queue->station, queue->queue_limit);
    snprintf(match->model, sizeof match->model, "M/M/%ld/%ld", servers,
             servers + (long)queue->queue_limit);
    return true;
}

static bool solve_impatient(const struct queue *queue, struct analytic_match *match)
{
    double patience_s = distribution_mean(queue->patience);
    long servers = (long)queue->station.servers;
    if (!queue->is_in_order || !is_exponential(queue->service) || !(patience_s > 0.0))
        return false;
    if (distribution_is_constant(queue->patience)) {
        match->answer = analytic_solve_mmcd(queue->station, patience_s);
        snprintf(match->model, sizeof match->model, "M/M/%ld+D", servers);
        return true;
    }
    if (!is_exponential(queue->patience) ||
        queue->station.arrival_rate_per_s * patience_s > MAX_STEPS)
        return false;
    match->answer = analytic_solve_mmcm(queue->station, patience_s);
    snprintf(match->model, sizeof match->model, "M/M/%ld+M", servers);
    return true;
}

/* The work on one cpu that is all that requests do, or NULL. */
static const struct distribution *find_work(const struct scenario *scenario, size_t *cpu)
{
    const struct class_spec *class = find_only_class(scenario);
    if (!class || class->step_count != 1 || class->steps[0].kind != STEP_WORK ||
        class->steps[0].timeout_ns != SPEC_NEVER ||
        constant_batch(scenario->workloads[0].arrivals.batch) != 1)
        return NULL;
    *cpu = class->steps[0].cpu;
    return class->steps[0].duration;
}

/* Less than a core is one that is slower. */
static bool solve_shared(const struct scenario *scenario, struct analytic_match *match)
{
    enum { MILLI = 1000 };
    const struct distribution *work = find_work(scenario, &match->cpu);
    if (!work || work->kind == DISTRIBUTION_OF_REQUEST || !(distribution_mean(work) > 0))
        return false;
    const struct cpu_spec *cpu = &scenario->cpus[match->cpu];
    double rate_per_s = scenario->workloads[0].arrivals.rate_per_s,
           work_s = distribution_mean(work);
    bool is_part = cpu->cores_milli < MILLI;
    long cores = is_part ? 1 : (long)(cpu->cores_milli / MILLI);
    struct analytic_station station = {
        rate_per_s, is_part ? work_s * MILLI / (double)cpu->cores_milli : work_s, cores};
    bool is_whole = is_part || cpu->cores_milli % MILLI == 0;
    if (!is_whole || cpu->sigma > 0 || cpu->kappa > 0 || (double)cores > MAX_STEPS ||
        !isfinite(station.service_time_s) || analytic_offered_load(station) >= (double)cores)
        return false;
    match->answer = analytic_solve_mmc(station);
    double response_s = match->answer.wait_mean_s + station.service_time_s;
    match->is_shared = true;
    match->jobs = rate_per_s * response_s;
    match->slowdown = response_s / work_s;
    snprintf(match->model, sizeof match->model, "M/%s/%ld-PS", is_exponential(work) ? "M" : "G",
             cores);
    return isfinite(response_s);
}

bool analytic_match_scenario(const struct scenario *scenario, struct arena *scratch,
                             struct analytic_match *match)
{
    struct queue queue;
    *match = (struct analytic_match){.workload = 0};
    if (solve_shared(scenario, match))
        return true;
    if (!reduce_scenario(scenario, &queue, &match->pool))
        return false;
    bool is_limited = queue.queue_limit != SPEC_UNLIMITED;
    if (!is_limited && !queue.patience)
        return solve_endless(&queue, scratch, match);
    if (queue.batch != 1)
        return false;
    return is_limited ? solve_limited(&queue, match) : solve_impatient(&queue, match);
}
