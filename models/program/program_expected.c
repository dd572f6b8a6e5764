/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the steps of a class take and do on average, when nobody waits. */
#include "models/program/program.h"
#include "sim/stats/tail_part.h"
#include <math.h>

/* Which mean of a law: the exact one, or the rough one. */
typedef double mean_of(const struct distribution *law);

/* Expected length of the steps [s]: delays, opening and checkout, work as if alone; waits for a
 * free one count as nothing. */
static double expected_length(const struct scenario *spec, const struct step *steps, size_t count,
                              mean_of *mean);

static double expected_taking(const struct pool_spec *pool, mean_of *mean)
{
    double connect = pool->connect ? mean(pool->connect) : 0;
    double checkout = pool->checkout ? mean(pool->checkout) : 0;
    if (!pool->is_persistent)
        return connect;
    if (pool->max_uses == SPEC_UNLIMITED) /* opened once, so in the long run never */
        return checkout;
    double opened = 1 / (double)pool->max_uses; /* share of takings */
    return opened * connect + (1 - opened) * checkout;
}

/* The rows read are known when those offered are; otherwise they count as none. */
static double expected_fetch(const struct step *step, mean_of *mean)
{
    if (!distribution_is_constant(step->size))
        return 0;
    return fmin(distribution_mean(step->size), (double)step->row_limit) * mean(step->duration);
}

double program_expected_cut(const struct step *step, double mean_s)
{
    double timeout_s = (double)step->timeout_ns / 1e9;
    if (step->timeout_ns == SPEC_NEVER || mean_s == 0)
        return mean_s;
    if (step->kind != STEP_DELAY || !isfinite(mean_s) || distribution_is_constant(step->duration) ||
        isnan(distribution_cdf(step->duration, timeout_s)))
        return fmin(mean_s, timeout_s);
    return fmin(mean_s * (1 - tail_part_missing(step->duration, timeout_s)), timeout_s);
}

static double expected_branches(const struct scenario *spec, const struct step *step, mean_of *mean)
{
    double length = 0;
    for (size_t b = 0; b < step->branch_count; b++)
        length += step->branches[b].share * expected_length(spec, step->branches[b].steps,
                                                            step->branches[b].step_count, mean);
    return length;
}

/* Of one step, as if it had no time-out of its own. */
static double expected_step(const struct scenario *spec, const struct step *step, mean_of *mean)
{
    double inside = 0;
    switch (step->kind) {
    case STEP_DELAY:
    case STEP_WORK:
        return mean(step->duration);
    case STEP_FETCH:
        return expected_fetch(step, mean);
    case STEP_PASS:
    case STEP_PUT:
    case STEP_DRAIN:
    case STEP_SPAWN:
        return 0; /* only waiting takes time */
    case STEP_HOLD:
        if (step->station == STATION_POOL)
            inside = expected_taking(&spec->pools[step->pool], mean);
        return inside + expected_length(spec, step->steps, step->step_count, mean);
    case STEP_CHOOSE:
        return expected_branches(spec, step, mean);
    case STEP_VISIT:
        return expected_length(spec, step->steps, step->step_count, mean);
    case STEP_REPEAT:
        return (double)step->times * expected_length(spec, step->steps, step->step_count, mean);
    }
    return 0;
}

static double expected_length(const struct scenario *spec, const struct step *steps, size_t count,
                              mean_of *mean)
{
    double length = 0;
    for (size_t i = 0; i < count; i++)
        length += program_expected_cut(&steps[i], expected_step(spec, &steps[i], mean));
    return length;
}

double program_expected_length(const struct scenario *spec, const struct step *steps, size_t count)
{
    return expected_length(spec, steps, count, distribution_rough_mean);
}

void program_expect_holds(const struct scenario *spec, const struct step *steps, size_t count,
                          double weight, double *held)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = step->kind == STEP_REPEAT ? weight * (double)step->times : weight;
        if (step->kind == STEP_HOLD && step->station == STATION_POOL)
            held[step->pool] +=
                weight * program_expected_cut(step, expected_step(spec, step, distribution_mean));
        program_expect_holds(spec, step->steps, step->step_count, inside, held);
        for (size_t b = 0; b < step->branch_count; b++)
            program_expect_holds(spec, step->branches[b].steps, step->branches[b].step_count,
                                 weight * step->branches[b].share, held);
    }
}

double program_expected_visits(const struct step *steps, size_t count, enum step_kind kind,
                               size_t target)
{
    double visits = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = program_expected_visits(step->steps, step->step_count, kind, target);
        if (step->kind == kind && step->target == target)
            inside++;
        for (size_t b = 0; b < step->branch_count; b++)
            inside += step->branches[b].share *
                      program_expected_visits(step->branches[b].steps, step->branches[b].step_count,
                                              kind, target);
        visits += step->kind == STEP_REPEAT ? (double)step->times * inside : inside;
    }
    return visits;
}

double program_expected_rounds(const struct step *steps, size_t count)
{
    double rounds = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = program_expected_rounds(step->steps, step->step_count);
        for (size_t b = 0; b < step->branch_count; b++)
            inside +=
                step->branches[b].share *
                program_expected_rounds(step->branches[b].steps, step->branches[b].step_count);
        rounds += step->kind == STEP_REPEAT ? (double)step->times * (1 + inside) : inside;
    }
    return rounds;
}

double program_expected_steps(const struct step *steps, size_t count)
{
    double all = (double)count;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        all += program_expected_steps(step->steps, step->step_count);
        for (size_t b = 0; b < step->branch_count; b++)
            all += step->branches[b].share *
                   program_expected_steps(step->branches[b].steps, step->branches[b].step_count);
    }
    return all;
}

int64_t program_count_laps(const struct step *steps, size_t count)
{
    int64_t breakdown = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        int64_t inside = program_count_laps(step->steps, step->step_count);
        for (size_t b = 0; b < step->branch_count; b++)
            inside += program_count_laps(step->branches[b].steps, step->branches[b].step_count);
        breakdown += step->kind == STEP_REPEAT ? step->times * (1 + inside) : inside;
        if (breakdown > SPEC_MAX_LAPS)
            return SPEC_MAX_LAPS; /* enough to say that they are too many */
    }
    return breakdown;
}

double program_expected_jobs(const struct step *steps, size_t count, size_t cpu)
{
    double jobs = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = program_expected_jobs(step->steps, step->step_count, cpu);
        if ((step->kind == STEP_WORK || step->kind == STEP_FETCH) && step->cpu == cpu)
            inside++;
        for (size_t b = 0; b < step->branch_count; b++)
            inside +=
                step->branches[b].share *
                program_expected_jobs(step->branches[b].steps, step->branches[b].step_count, cpu);
        jobs += step->kind == STEP_REPEAT ? (double)step->times * inside : inside;
    }
    return jobs;
}

double program_expected_work(const struct step *steps, size_t count, size_t cpu)
{
    double work = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = program_expected_work(step->steps, step->step_count, cpu);
        if (step->kind == STEP_WORK && step->cpu == cpu)
            inside += program_expected_cut(step, distribution_mean(step->duration));
        else if (step->kind == STEP_FETCH && step->cpu == cpu)
            inside += expected_fetch(step, distribution_mean);
        for (size_t b = 0; b < step->branch_count; b++)
            inside +=
                step->branches[b].share *
                program_expected_work(step->branches[b].steps, step->branches[b].step_count, cpu);
        work += step->kind == STEP_REPEAT ? (double)step->times * inside : inside;
    }
    return work;
}
