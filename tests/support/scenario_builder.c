/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scenario_builder.h"

#include <math.h>
#include <string.h>

static const struct distribution *keep_law(struct arena *arena, struct distribution law)
{
    struct distribution *kept = arena_alloc(arena, sizeof *kept);
    *kept = law;
    kept->highest = INFINITY;
    return kept;
}

static void *keep_array(struct arena *arena, const void *elements, size_t count, size_t size)
{
    void *kept = arena_array(arena, count, size);
    if (count > 0)
        memcpy(kept, elements, count * size);
    return kept;
}

const struct distribution *law_constant(struct arena *arena, double value)
{
    return keep_law(arena, (struct distribution){.kind = DISTRIBUTION_CONSTANT, .a = value});
}

const struct distribution *law_exponential(struct arena *arena, double mean)
{
    return keep_law(arena, (struct distribution){.kind = DISTRIBUTION_EXPONENTIAL, .a = mean});
}

const struct distribution *law_erlang(struct arena *arena, int stages, double mean)
{
    return keep_law(
        arena, (struct distribution){.kind = DISTRIBUTION_ERLANG, .a = stages, .b = mean / stages});
}

const struct distribution *law_gamma(struct arena *arena, double mean, double cv)
{
    return keep_law(arena, (struct distribution){.kind = DISTRIBUTION_GAMMA,
                                                 .a = 1.0 / (cv * cv),
                                                 .b = mean * cv * cv});
}

const struct distribution *law_lognormal(struct arena *arena, double mean, double cv)
{
    double log_variance = log1p(cv * cv);
    return keep_law(arena, (struct distribution){.kind = DISTRIBUTION_LOGNORMAL,
                                                 .a = log(mean) - 0.5 * log_variance,
                                                 .b = sqrt(log_variance)});
}

const struct distribution *law_empirical(struct arena *arena, const double *values, size_t count)
{
    return keep_law(
        arena, (struct distribution){.kind = DISTRIBUTION_EMPIRICAL,
                                     .count = count,
                                     .values = keep_array(arena, values, count, sizeof *values)});
}

struct pool_spec build_pool(const char *name, enum pool_kind kind, int64_t max)
{
    return (struct pool_spec){
        .name = name,
        .copies = 1,
        .service = SPEC_NO_SERVICE,
        .kind = kind,
        .max = max,
        .min = kind == POOL_THREADS ? max : 0,
        .discipline = DISCIPLINE_FIFO,
        .queue_limit = SPEC_UNLIMITED,
        .connect_timeout_ns = SPEC_NEVER,
        .connect_concurrency = SPEC_UNLIMITED,
        .idle_timeout_ns = SPEC_NEVER,
        .max_lifetime_ns = SPEC_NEVER,
        .max_uses = SPEC_UNLIMITED,
        .reuse = REUSE_LIFO,
        .is_persistent = true,
    };
}

struct cpu_spec build_cpu(const char *name, int64_t cores_milli)
{
    return (struct cpu_spec){
        .name = name, .copies = 1, .service = SPEC_NO_SERVICE, .cores_milli = cores_milli};
}

struct limiter_spec build_limiter(const char *name, double rate_per_s, int64_t burst)
{
    return (struct limiter_spec){.name = name,
                                 .copies = 1,
                                 .service = SPEC_NO_SERVICE,
                                 .rate_per_s = rate_per_s,
                                 .burst = burst};
}

struct buffer_spec build_buffer(const char *name, int64_t capacity)
{
    return (struct buffer_spec){
        .name = name, .copies = 1, .service = SPEC_NO_SERVICE, .capacity = capacity};
}

struct step build_plain(enum step_kind kind, size_t target)
{
    return (struct step){
        .kind = kind, .timeout_ns = SPEC_NEVER, .cpu = SPEC_NO_CPU, .target = target};
}

struct step build_delay(const struct distribution *duration)
{
    return (struct step){.kind = STEP_DELAY, .timeout_ns = SPEC_NEVER, .duration = duration};
}

struct step build_work(size_t cpu, const struct distribution *demand)
{
    return (struct step){
        .kind = STEP_WORK, .timeout_ns = SPEC_NEVER, .duration = demand, .cpu = cpu};
}

struct step build_hold(struct arena *arena, size_t pool, const struct step *inside, size_t count)
{
    return (struct step){.kind = STEP_HOLD,
                         .timeout_ns = SPEC_NEVER,
                         .pool = pool,
                         .steps = keep_array(arena, inside, count, sizeof *inside),
                         .step_count = count};
}

struct step build_repeat(struct arena *arena, int64_t times, const struct step *inside,
                         size_t count)
{
    struct step repeat = build_hold(arena, 0, inside, count);
    repeat.kind = STEP_REPEAT;
    repeat.times = times;
    return repeat;
}

struct step build_choose(struct arena *arena, double share, const struct step *inside, size_t count)
{
    struct branch branches[2] = {{share, keep_array(arena, inside, count, sizeof *inside), count},
                                 {1.0 - share, NULL, 0}};
    return (struct step){.kind = STEP_CHOOSE,
                         .timeout_ns = SPEC_NEVER,
                         .branches = keep_array(arena, branches, 2, sizeof *branches),
                         .branch_count = 2};
}

struct class_spec build_class(struct arena *arena, const char *name, double share, int64_t priority,
                              const struct step *steps, size_t count)
{
    return (struct class_spec){.name = name,
                               .share = share,
                               .priority = priority,
                               .steps = keep_array(arena, steps, count, sizeof *steps),
                               .step_count = count};
}

struct workload_spec build_workload(struct arena *arena, const char *name,
                                    const struct distribution *interarrival,
                                    const struct class_spec *classes, size_t count)
{
    bool is_poisson = interarrival->kind == DISTRIBUTION_EXPONENTIAL;
    return (struct workload_spec){
        .name = name,
        .arrivals = {.process = is_poisson ? ARRIVAL_POISSON : ARRIVAL_RENEWAL,
                     .rate_per_s = 1.0 / distribution_mean(interarrival),
                     .interarrival = interarrival},
        .classes = keep_array(arena, classes, count, sizeof *classes),
        .class_count = count,
        .has_mix = count > 1,
    };
}

struct scenario *build_scenario(struct arena *arena, const struct pool_spec *pools,
                                size_t pool_count, const struct workload_spec *workloads,
                                size_t workload_count, double duration_s)
{
    struct scenario *scenario = arena_alloc(arena, sizeof *scenario);
    int64_t duration_ns = distribution_to_ns(duration_s);
    *scenario = (struct scenario){
        .name = "built",
        .setting = "baseline",
        .pools = keep_array(arena, pools, pool_count, sizeof *pools),
        .pool_count = pool_count,
        .workloads = keep_array(arena, workloads, workload_count, sizeof *workloads),
        .workload_count = workload_count,
        .run = {.duration_ns = duration_ns,
                .min_replications = 10,
                .max_replications = 10,
                .precision = 0.01,
                .confidence = 0.95,
                .seed = 1,
                .window_ns = duration_ns},
    };
    return scenario;
}

void build_add_cpus(struct arena *arena, struct scenario *scenario, const struct cpu_spec *cpus,
                    size_t count)
{
    scenario->cpus = keep_array(arena, cpus, count, sizeof *cpus);
    scenario->cpu_count = count;
}

struct scenario *build_queue(struct arena *arena, const struct distribution *interarrival,
                             const struct distribution *service, struct pool_spec pool)
{
    struct step delay = build_delay(service);
    struct step hold = build_hold(arena, 0, &delay, 1);
    struct class_spec class = build_class(arena, NULL, 1.0, 0, &hold, 1);
    struct workload_spec workload = build_workload(arena, "w", interarrival, &class, 1);
    pool.name = "pool";
    return build_scenario(arena, &pool, 1, &workload, 1, 600.0);
}
