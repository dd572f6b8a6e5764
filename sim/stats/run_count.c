/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/run_count.h"
#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* Failures among the studies that go on: chance[f], f < size; all of them, with what lies beyond,
 * add up to going. */
struct walk {
    double *chance, *next;
    size_t size;
    double failing, going;
    size_t runs;
};

/* Failures that matter: more than so many are ten standard deviations away. */
static size_t most_failures(size_t runs, double failing)
{
    double mean = failing * (double)runs;
    double most = mean + 10 * sqrt(mean * (1 - failing)) + 20;
    return most < (double)runs ? (size_t)most + 1 : runs + 1;
}

static struct walk walk_begin(size_t runs, double failing, struct arena *arena)
{
    struct walk walk = {.size = most_failures(runs, failing), .failing = failing, .going = 1};
    walk.chance = arena_array(arena, walk.size, sizeof *walk.chance);
    walk.next = arena_array(arena, walk.size, sizeof *walk.next);
    walk.chance[0] = 1;
    return walk;
}

/* Further replications, up to runs. */
static void walk_to(struct walk *walk, size_t runs)
{
    unsigned added = (unsigned)(runs - walk->runs);
    for (size_t f = 0; f < walk->size; f++)
        walk->next[f] = 0;
    for (size_t more = 0; more <= added && more < walk->size; more++) {
        double chance = gsl_ran_binomial_pdf((unsigned)more, walk->failing, added);
        if (chance > 0)
            for (size_t f = 0; f + more < walk->size; f++)
                walk->next[f + more] += walk->chance[f] * chance;
    }
    double *old = walk->chance;
    walk->chance = walk->next;
    walk->next = old;
    walk->runs = runs;
}

/* The chance of at most `failures` among those that go on. */
static double chance_up_to(const struct walk *walk, long failures)
{
    double sum = 0;
    for (long f = 0; f <= failures && f < (long)walk->size; f++)
        sum += walk->chance[f];
    return sum;
}

/* Takes out those that stop; returns who passed, *fail who failed. */
static double walk_stop(struct walk *walk, long pass_up_to, long fail_from, double *fail)
{
    double pass = chance_up_to(walk, pass_up_to);
    *fail = fmax(walk->going - chance_up_to(walk, fail_from - 1), 0);
    for (long f = 0; f < (long)walk->size; f++)
        if (f <= pass_up_to || f >= fail_from)
            walk->chance[f] = 0;
    walk->going -= pass + *fail;
    return pass;
}

static long largest_that_passes(const struct walk *walk, double budget)
{
    double sum = 0;
    for (long f = 0; f < (long)walk->size; f++) {
        sum += walk->chance[f];
        if (sum > budget)
            return f - 1;
    }
    return (long)walk->size - 1;
}

/* Looked for from above, so that small chances are not lost in what is near 1. */
static long smallest_that_fails(const struct walk *walk, double budget)
{
    double within = chance_up_to(walk, (long)walk->size - 1), sum = fmax(walk->going - within, 0);
    if (sum < 1e-15) /* beyond the failures that matter: rounding */
        sum = 0;
    long f = (long)walk->size;
    while (f > 0 && sum + walk->chance[f - 1] <= budget)
        sum += walk->chance[--f];
    return f < (long)walk->size || walk->size <= walk->runs ? f : (long)walk->runs + 1;
}

struct run_count_plan run_count_plan_make(const size_t *runs, size_t looks, double probability,
                                          double pass_level, double fail_level, struct arena *arena)
{
    assert(looks >= 1 && looks <= RUN_COUNT_MAX_LOOKS && probability > 0 && probability < 1);
    struct run_count_plan plan = {.looks = 0};
    while (plan.looks < looks && runs[plan.looks] <= RUN_COUNT_MAX_RUNS)
        plan.looks++;
    if (plan.looks == 0)
        return plan;
    double most = (double)runs[plan.looks - 1], pass_spent = 0, fail_spent = 0;
    struct walk walk = walk_begin(runs[plan.looks - 1], 1 - probability, arena);
    for (size_t k = 0; k < plan.looks; k++) {
        double done = (double)runs[k] / most, fail;
        bool can_pass = pow(probability, (double)runs[k]) <= pass_level;
        walk_to(&walk, runs[k]);
        plan.runs[k] = runs[k];
        double pass_budget = can_pass ? pass_level * (0.5 + 0.5 * done) - pass_spent : 0;
        plan.pass_up_to[k] = pass_budget > 0 ? largest_that_passes(&walk, pass_budget) : -1;
        plan.fail_from[k] = smallest_that_fails(&walk, fail_level * done - fail_spent);
        pass_spent += walk_stop(&walk, plan.pass_up_to[k], plan.fail_from[k], &fail);
        fail_spent += fail;
        plan.pass_spent[k] = pass_spent;
        plan.fail_spent[k] = fail_spent;
    }
    return plan;
}

enum run_count_answer run_count_judge(const struct run_count_plan *plan, size_t look, size_t failed,
                                      size_t held)
{
    if (look >= plan->looks)
        return RUN_COUNT_OPEN;
    assert(failed + held <= plan->runs[look]);
    size_t without = plan->runs[look] - failed - held;
    if ((long)(failed + without) <= plan->pass_up_to[look])
        return RUN_COUNT_PASS;
    return (long)failed >= plan->fail_from[look] ? RUN_COUNT_FAIL : RUN_COUNT_OPEN;
}

struct run_count_forecast run_count_forecast(const struct run_count_plan *plan, double failing,
                                             struct arena *arena)
{
    struct run_count_forecast forecast = {0, 0, 0};
    if (plan->looks == 0)
        return forecast;
    struct walk walk = walk_begin(plan->runs[plan->looks - 1], failing, arena);
    for (size_t k = 0; k < plan->looks; k++) {
        double fail;
        forecast.expected_runs += walk.going * (double)(plan->runs[k] - walk.runs);
        walk_to(&walk, plan->runs[k]);
        forecast.pass += walk_stop(&walk, plan->pass_up_to[k], plan->fail_from[k], &fail);
        forecast.fail += fail;
    }
    return forecast;
}

size_t run_count_least(double probability, double level)
{
    return (size_t)ceil(log(level) / log(probability));
}
