/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/growth.h"
#include "tests/support/support.h"
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

static struct growth_run run_of(double a, double b, double c, double d)
{
    return (struct growth_run){
        .level = {a, b, c, d}, .completed = {9, 9, 9, 9}, .length_s = 400, .response_s = 1};
}

static void three_runs_that_all_rise_are_growing(void **state)
{
    const struct growth_run rising[] = {run_of(100, 300, 500, 700), run_of(110, 290, 510, 690),
                                        run_of(90, 310, 490, 720)};
    struct growth_finding finding = growth_judge(rising, 3, 1);
    assert_true(finding.is_growing && !finding.is_standing_still);
    assert_within(finding.growth, 2110. / 900 - 1, 1e-12);
    const struct growth_run small[] = {run_of(10, 12, 14, 16), run_of(10, 12, 14, 16),
                                       run_of(10, 12, 14, 16)};
    assert_false(growth_judge(small, 3, 1).is_growing);
    const struct growth_run mixed[] = {run_of(100, 300, 500, 700), run_of(110, 290, 510, 300)};
    assert_false(growth_judge(mixed, 2, 1).is_growing);
}

static void the_end_tells_how_fast_and_how_many_never_leave(void **state)
{
    struct growth_run run = run_of(100, 300, 500, 700);
    run.at_three_quarters = 600;
    run.at_end = 800;
    run.arrived_at_end = 6000;
    struct growth_finding finding = growth_judge(&run, 1, 1);
    assert_within(finding.rate_per_s, 2, 1e-12);
    assert_within(finding.never_ends, 1. / 30, 1e-12);
    run.arrived_at_end = 60000;
    assert_within(growth_judge(&run, 1, 1).never_ends, 0, 0);
}

static void ten_percent_are_needed_and_sure(void **state)
{
    struct growth_run runs[10];
    for (int r = 0; r < 10; r++)
        runs[r] = run_of(100, 100 + r % 2, 100, 108 + r % 2);
    assert_false(growth_judge(runs, 10, 1).is_growing); /* sure, but too little */
    for (int r = 0; r < 10; r++)
        runs[r].level[3] = 115 + r % 2;
    struct growth_finding finding = growth_judge(runs, 10, 1);
    assert_true(finding.is_growing);
    assert_within(finding.growth, 115.5 / 100.5 - 1, 1e-12);
    for (int r = 0; r < 10; r++)
        runs[r].level[3] = r % 3 == 0 ? 200 : 80; /* much, but not sure */
    assert_false(growth_judge(runs, 10, 1).is_growing);
}

static void nobody_present_is_no_growth(void **state)
{
    struct growth_run runs[6];
    for (int r = 0; r < 6; r++)
        runs[r] = run_of(0, 0, 0, 0);
    struct growth_finding finding = growth_judge(runs, 6, 1);
    assert_true(!finding.is_growing && isnan(finding.growth));
    assert_false(growth_judge(runs, 0, 1).is_growing);
}

static void a_deadlock_stands_still(void **state)
{
    struct growth_run runs[10];
    for (int r = 0; r < 10; r++)
        runs[r] = run_of(40, 50, 50, 50);
    struct growth_run *stuck = &runs[7];
    stuck->completed[3] = 0;
    stuck->least_at_end = stuck->at_end = 50;
    struct growth_finding finding = growth_judge(runs, 10, 1);
    assert_true(finding.is_standing_still);
    assert_within(finding.standing, 50, 0);
    stuck->response_s = 30; /* they take long, and may yet come */
    assert_false(growth_judge(runs, 10, 1).is_standing_still);
    /* Their means are of those that are stuck, but work is short and many left before. */
    stuck->expected_s = 1;
    stuck->completed[0] = 42;
    stuck->completed[1] = stuck->completed[2] = 0;
    assert_true(growth_judge(runs, 10, 1).is_standing_still);
    stuck->completed[0] = 41;
    assert_false(growth_judge(runs, 10, 1).is_standing_still);
    stuck->expected_s = 0;
    stuck->completed[0] = stuck->completed[1] = stuck->completed[2] = 0;
    stuck->response_s = NAN;
    assert_false(growth_judge(runs, 10, 1).is_standing_still);
    stuck->expected_s = 19;
    assert_true(growth_judge(runs, 10, 1).is_standing_still);
    stuck->least_at_end = 0;
    assert_false(growth_judge(runs, 10, 1).is_standing_still);
}

/* ---- M/M/1 ---------------------------------------------------------------------------------- */

/* Number in an M/M/1 of service 1 from empty, a warm-up of `warmup` left out, averaged over
 * quarters of `length`. */
static struct growth_run simulate_mm1(gsl_rng *rng, double load, double warmup, double length)
{
    struct growth_run run = {.length_s = length, .completed = {1, 1, 1, 1}};
    double now = -warmup, n = 0;
    while (now < length) {
        double rate = load + (n > 0 ? 1 : 0), until = now + gsl_ran_exponential(rng, 1 / rate);
        for (int q = 0; q < GROWTH_QUARTERS; q++) {
            double from = fmax(now, q * length / 4), to = fmin(until, (q + 1) * length / 4);
            run.level[q] += to > from ? n * (to - from) / (length / 4) : 0;
        }
        n += gsl_rng_uniform(rng) * rate < load ? 1 : -1;
        now = until;
    }
    return run;
}

static double share_flagged(double load, double warmup, double length, size_t studies)
{
    size_t flagged = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t s = 0; s < studies; s++) {
        struct growth_run runs[10];
        for (int r = 0; r < 10; r++)
            runs[r] = simulate_mm1(rng, load, warmup, length);
        flagged += growth_judge(runs, 10, 1).is_growing ? 1 : 0;
    }
    gsl_rng_free(rng);
    double share = (double)flagged / (double)studies;
    if (getenv("GROWTH_STUDIES") != NULL)
        print_message("load %g, %g services: %.2f %% flagged\n", load, length, 100 * share);
    return share;
}

/* Load 0.9: a relaxation time is 362 services. GROWTH_STUDIES for more. */
static void steady_queues_are_seldom_flagged(void **state)
{
    const char *more = getenv("GROWTH_STUDIES");
    size_t studies = more != NULL ? (size_t)atol(more) : repetitions(300, 50);
    double noise = 4.9 * sqrt(0.01 / (double)studies);
    assert_true(share_flagged(0.9, 1500, 724, studies) < 0.01 + noise);
    assert_true(share_flagged(0.9, 1500, 3620, studies) < 0.01 + noise);
}

static void queues_that_grow_are_flagged(void **state)
{
    const char *more = getenv("GROWTH_STUDIES");
    size_t studies = more != NULL ? (size_t)atol(more) / 10 : repetitions(60, 20);
    assert_true(share_flagged(1.1, 0, 7200, studies) > 0.95);
    double slightly = share_flagged(1.02, 0, 7200, studies);
    assert_true(slightly > 0.2 && slightly <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_runs_that_all_rise_are_growing),
        cmocka_unit_test(the_end_tells_how_fast_and_how_many_never_leave),
        cmocka_unit_test(ten_percent_are_needed_and_sure),
        cmocka_unit_test(nobody_present_is_no_growth),
        cmocka_unit_test(a_deadlock_stands_still),
        cmocka_unit_test(steady_queues_are_seldom_flagged),
        cmocka_unit_test(queues_that_grow_are_flagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
