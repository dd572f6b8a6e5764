/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/time_moments.h"
#include "models/program/expected_arrivals.h"
#include "models/program/program.h"
#include "models/program/traffic.h"
#include "models/spec/cpu_capacity.h"
#include "sim/stats/tail_part.h"
#include <math.h>

static const double NS_PER_S = 1e9;
/* A patience counts at that quantile, beyond which next to nobody is patient. */
static const double LONGEST_PATIENCE = 1 - 1e-6;
/* What a delay may lack of its mean number present after the warm-up. */
static const double MOST_MISSING = 0.005;

/* Mean and variance of a time. */
struct part {
    double mean, variance;
};

/* One class while its steps are walked. */
struct walk {
    const struct scenario *spec;
    struct time_moments *made;
    size_t workload, class_number, room;
    size_t held[SPEC_MAX_HELD], held_count;
    double private_s;
};

/* A law without a known variance counts as exponential; one without a variance is cut where one in
 * a million lies beyond. */
static struct part part_of_law(const struct distribution *law)
{
    struct part part = {distribution_rough_mean(law), distribution_variance(law)};
    if (isnan(part.variance))
        part.variance = part.mean * part.mean;
    if (isfinite(part.variance))
        return part;
    double highest = distribution_quantile(law, LONGEST_PATIENCE);
    part.variance = part.mean * fmax(highest, part.mean);
    return part;
}

static void add_work(struct walk *walk, const struct distribution *law, double rate)
{
    struct time_moments *made = walk->made;
    if (distribution_is_constant(law) || law->kind == DISTRIBUTION_OF_REQUEST || !(rate > 0))
        return;
    struct time_work work = {.law = law,
                             .class_number = walk->class_number,
                             .draws_per_s = rate,
                             .is_queued = walk->held_count > 0,
                             .spare = INFINITY};
    for (size_t i = 0; i < walk->held_count; i++) {
        const struct pool_spec *pool = &walk->spec->pools[walk->held[i]];
        work.is_bounded |= pool->acquire_timeout || pool->queue_limit != SPEC_UNLIMITED;
        work.pool = walk->held[i];
    }
    if (made->work_count == walk->room)
        return;
    made->works[made->work_count++] = work;
}

static void add_to_station(struct walk *walk, struct time_station *station, double rate,
                           struct part part)
{
    double capacity = station->units * station->copies;
    station->visits_per_s += rate / station->copies;
    station->seconds_per_s += rate * part.mean / station->copies;
    station->squares_per_s += rate * (part.variance + part.mean * part.mean) / station->copies;
    station->loads[walk->workload] += rate * part.mean / capacity;
}

static struct part walk_steps(struct walk *walk, const struct step *steps, size_t count,
                              double rate);

static struct part walk_hold(struct walk *walk, const struct step *step, double rate)
{
    if (step->station != STATION_POOL)
        return walk_steps(walk, step->steps, step->step_count, rate);
    const struct pool_spec *pool = &walk->spec->pools[step->pool];
    bool fits = walk->held_count < SPEC_MAX_HELD;
    if (fits)
        walk->held[walk->held_count++] = step->pool;
    struct part inside = walk_steps(walk, step->steps, step->step_count, rate);
    walk->held_count -= fits;
    if (pool->checkout)
        inside.mean += distribution_rough_mean(pool->checkout);
    if (!pool->is_persistent && pool->connect)
        inside.mean += distribution_rough_mean(pool->connect);
    add_to_station(walk, &walk->made->pools[step->pool], rate, inside);
    return inside;
}

static struct part walk_work(struct walk *walk, const struct step *step, double rate)
{
    struct part part = part_of_law(step->duration);
    if (step->kind == STEP_FETCH) {
        double rows = distribution_is_constant(step->size)
                          ? fmin(distribution_mean(step->size), (double)step->row_limit)
                          : 0;
        part = (struct part){rows * part.mean, rows * rows * part.variance};
    }
    add_work(walk, step->duration, rate);
    if (step->cpu != SPEC_NO_CPU)
        add_to_station(walk, &walk->made->cpus[step->cpu], rate, part);
    return part;
}

static struct part walk_delay(struct walk *walk, const struct step *step, double rate)
{
    add_work(walk, step->duration, rate);
    double longest =
        step->timeout_ns == SPEC_NEVER ? INFINITY : (double)step->timeout_ns / NS_PER_S;
    if (rate > 0 && step->duration->kind != DISTRIBUTION_OF_REQUEST) {
        double warmup = distribution_is_constant(step->duration)
                            ? distribution_mean(step->duration)
                            : tail_part_warmup(step->duration, MOST_MISSING);
        warmup = fmin(warmup, longest);
        walk->private_s += isfinite(warmup) ? warmup : 0;
    }
    struct part part = part_of_law(step->duration);
    part.mean = program_expected_cut(step, part.mean);
    /* E[min(S, T)^2] <= T E[min(S, T)] */
    if (isfinite(longest))
        part.variance = fmin(part.variance, fmax(0, longest * part.mean - part.mean * part.mean));
    return part;
}

/* Independent times one after the other: the mean adds up, what is beyond it as spreads do. */
static struct part walk_repeat(struct walk *walk, const struct step *step, double rate)
{
    double times = (double)step->times, before = walk->private_s;
    struct part part = walk_steps(walk, step->steps, step->step_count, rate * times);
    double one_s = walk->private_s - before, beyond_s = fmax(0, one_s - part.mean);
    walk->private_s = before + times * (one_s - beyond_s) + sqrt(times) * beyond_s;
    return (struct part){times * part.mean, times * part.variance};
}

static struct part walk_branches(struct walk *walk, const struct step *step, double rate)
{
    double mean = 0, second = 0, before = walk->private_s, longest = before;
    for (size_t b = 0; b < step->branch_count; b++) {
        const struct branch *branch = &step->branches[b];
        walk->private_s = before;
        struct part part =
            walk_steps(walk, branch->steps, branch->step_count, rate * branch->share);
        mean += branch->share * part.mean;
        second += branch->share * (part.variance + part.mean * part.mean);
        longest = fmax(longest, walk->private_s);
    }
    walk->private_s = longest;
    return (struct part){mean, fmax(0, second - mean * mean)};
}

static struct part walk_step(struct walk *walk, const struct step *step, double rate)
{
    switch (step->kind) {
    case STEP_DELAY:
        return walk_delay(walk, step, rate);
    case STEP_WORK:
    case STEP_FETCH:
        return walk_work(walk, step, rate);
    case STEP_HOLD:
        return walk_hold(walk, step, rate);
    case STEP_CHOOSE:
        return walk_branches(walk, step, rate);
    case STEP_VISIT:
        return walk_steps(walk, step->steps, step->step_count, rate);
    case STEP_REPEAT:
        return walk_repeat(walk, step, rate);
    case STEP_PASS:
        walk->made->passes_per_s[step->target] += rate;
        break;
    case STEP_PUT:
    case STEP_DRAIN:
    case STEP_SPAWN:
        break;
    }
    return (struct part){0, 0};
}

static struct part walk_steps(struct walk *walk, const struct step *steps, size_t count,
                              double rate)
{
    struct part sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        struct part part = walk_step(walk, &steps[i], rate);
        sum.mean += part.mean;
        sum.variance += part.variance;
    }
    return sum;
}

static size_t count_steps(const struct step *steps, size_t count)
{
    size_t sum = count;
    for (size_t i = 0; i < count; i++) {
        sum += count_steps(steps[i].steps, steps[i].step_count);
        for (size_t b = 0; b < steps[i].branch_count; b++)
            sum += count_steps(steps[i].branches[b].steps, steps[i].branches[b].step_count);
    }
    return sum;
}

/* ---- what bounds a queue --------------------------------------------------------------------- */

static double limit_of_pool(const struct scenario *spec, const struct time_moments *made, size_t p)
{
    const struct pool_spec *pool = &spec->pools[p];
    const struct time_station *station = &made->pools[p];
    double service = station->visits_per_s > 0 ? station->seconds_per_s / station->visits_per_s : 0;
    double limit = INFINITY, closed = 0;
    if (pool->acquire_timeout) {
        double patience = distribution_quantile(pool->acquire_timeout, LONGEST_PATIENCE);
        if (distribution_is_constant(pool->acquire_timeout))
            patience = distribution_mean(pool->acquire_timeout);
        limit = 2 * (isnan(patience) ? INFINITY : patience);
    }
    if (pool->queue_limit != SPEC_UNLIMITED)
        limit = fmin(limit, (double)(pool->queue_limit + pool->max) * service / (double)pool->max);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        if (!(station->loads[w] > 0))
            continue;
        if (arrival_is_closed(&workload->arrivals))
            closed +=
                (double)workload->arrivals.customers * service /
                    (station->units * station->copies) +
                (workload->arrivals.think ? distribution_rough_mean(workload->arrivals.think) : 0);
        else
            closed +=
                workload->deadline_ns > 0 ? 2 * (double)workload->deadline_ns / NS_PER_S : INFINITY;
    }
    return fmin(limit, closed);
}

/* Units that the load leaves of the pool around each law. */
static void find_spare(const struct scenario *spec, struct time_moments *made)
{
    for (size_t i = 0; i < made->work_count; i++) {
        struct time_work *work = &made->works[i];
        if (!work->is_queued)
            continue;
        const struct time_station *station = &made->pools[work->pool];
        double load = 0;
        for (size_t w = 0; w < spec->workload_count; w++)
            load += station->loads[w];
        work->spare = fmax(1, station->units - floor(load * station->units));
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Rates of all workloads: those that do not follow from the scenario alone as nobody's waiting
 * would make them. */
static const double *all_rates(const struct scenario *spec, const double *open_rates,
                               struct arena *arena)
{
    double *own = arena_array(arena, spec->workload_count, sizeof *own);
    bool has_others = false;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        own[w] = expected_arrivals_long_run(workload);
        if (own[w] > 0 || workload->arrivals.process == ARRIVAL_NONE)
            continue;
        has_others = true;
        own[w] = arrival_is_closed(&workload->arrivals)
                     ? expected_arrivals(spec, workload, (int64_t)NS_PER_S, arena)
                     : workload->arrivals.rate_per_s;
        own[w] = isfinite(own[w]) ? own[w] : 0;
    }
    return has_others ? traffic_find_rates(spec, own, arena) : open_rates;
}

static struct time_station *open_stations(size_t count, size_t workloads, struct arena *arena)
{
    struct time_station *stations = arena_array(arena, count, sizeof *stations);
    for (size_t i = 0; i < count; i++) {
        stations[i].loads = arena_array(arena, workloads, sizeof *stations[i].loads);
        stations[i].limit_s = INFINITY;
    }
    return stations;
}

static void open_all(const struct scenario *spec, struct time_moments *made, struct arena *arena)
{
    size_t *base = arena_array(arena, spec->workload_count, sizeof *base);
    size_t steps = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        base[w] = made->class_count;
        made->class_count += spec->workloads[w].class_count;
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            steps += count_steps(spec->workloads[w].classes[c].steps,
                                 spec->workloads[w].classes[c].step_count);
    }
    made->class_base = base;
    made->pools = open_stations(spec->pool_count, spec->workload_count, arena);
    made->cpus = open_stations(spec->cpu_count, spec->workload_count, arena);
    made->passes_per_s = arena_array(arena, spec->limiter_count, sizeof *made->passes_per_s);
    made->private_s = arena_array(arena, made->class_count, sizeof *made->private_s);
    made->works = arena_array(arena, steps, sizeof *made->works);
    for (size_t p = 0; p < spec->pool_count; p++) {
        made->pools[p].units = (double)spec->pools[p].max;
        made->pools[p].copies = (double)spec->pools[p].copies;
    }
    for (size_t c = 0; c < spec->cpu_count; c++) {
        made->cpus[c].copies = (double)spec->cpus[c].copies;
        made->cpus[c].units = cpu_capacity(&spec->cpus[c]) / made->cpus[c].copies;
        made->cpus[c].is_shared = true;
    }
}

const struct time_moments *time_moments_of(const struct scenario *spec, const double *rates_per_s,
                                           struct arena *arena)
{
    struct time_moments *made = arena_alloc(arena, sizeof *made);
    size_t steps = 0;
    open_all(spec, made, arena);
    made->rates_per_s = all_rates(spec, rates_per_s, arena);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++) {
            const struct class_spec *class = &spec->workloads[w].classes[c];
            steps += count_steps(class->steps, class->step_count);
            struct walk walk = {.spec = spec,
                                .made = made,
                                .workload = w,
                                .class_number = made->class_base[w] + c,
                                .room = steps};
            walk_steps(&walk, class->steps, class->step_count, made->rates_per_s[w] * class->share);
            made->private_s[walk.class_number] = walk.private_s;
        }
    for (size_t p = 0; p < spec->pool_count; p++)
        made->pools[p].limit_s = limit_of_pool(spec, made, p);
    for (size_t c = 0; c < spec->cpu_count; c++)
        for (size_t w = 0; w < spec->workload_count; w++)
            if (made->cpus[c].loads[w] > 0 && arrival_is_closed(&spec->workloads[w].arrivals))
                made->cpus[c].limit_s = (double)spec->workloads[w].arrivals.customers *
                                        made->cpus[c].seconds_per_s / made->cpus[c].visits_per_s /
                                        (made->cpus[c].units * made->cpus[c].copies);
    find_spare(spec, made);
    return made;
}
