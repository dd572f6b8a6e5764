/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/cycles.h"
#include "tests/support/support.h"
#include <math.h>

/* ---- gates ---------------------------------------------------------------------------------- */

/* States of 100 and 5 min, ten runs of 10 min. */
static void bursts_that_were_due_once_are_no_evidence(void **state)
{
    struct cycles_case bursts = {.run_s = 600, .runs = 10, .relaxation_s = 1, .slowest_s = 6300};
    struct cycles_finding finding = cycles_judge(&bursts);
    assert_false(finding.is_enough);
    assert_within(finding.slow, 0.95238, 1e-5);
    assert_within(finding.cycles, 0.95238, 1e-5);
    assert_within(finding.run_needed_s, 210 * 60, 1e-6);
    bursts.run_s = finding.run_needed_s;
    assert_true(cycles_judge(&bursts).is_enough);
    assert_within(cycles_judge(&bursts).run_needed_s, bursts.run_s, 0);
}

/* M/M/1 at 0.99: 39.6 s; ten runs of 60 s are 15 relaxation times. */
static void near_saturation_a_minute_is_too_short(void **state)
{
    struct cycles_case cycles = {
        .run_s = 60, .runs = 10, .relaxation_s = 39.6, .is_queueing = true, .share = 0.01};
    struct cycles_finding finding = cycles_judge(&cycles);
    assert_false(finding.is_enough);
    assert_within(finding.relaxations, 15.15, 0.01);
    assert_within(finding.relaxations_needed, 500, 1e-9);
    assert_within(finding.run_needed_s, 1980, 1e-6);
}

static void shares_need_clusters_and_means_relaxation_times(void **state)
{
    struct cycles_case cycles = {.run_s = 100, .runs = 10, .relaxation_s = 1};
    assert_within(cycles_judge(&cycles).relaxations_needed, 20, 0);
    cycles.is_queueing = true;
    assert_within(cycles_judge(&cycles).relaxations_needed, 100, 0);
    cycles.share = 0.05;
    assert_within(cycles_judge(&cycles).relaxations_needed, 100, 1e-9);
    cycles.share = 0.001;
    assert_within(cycles_judge(&cycles).relaxations_needed, 5000, 1e-9);
    assert_false(cycles_judge(&cycles).is_enough);
    cycles.clusters = 20; /* that many were seen */
    assert_true(cycles_judge(&cycles).is_enough);
}

static void without_any_scale_everything_is_enough(void **state)
{
    struct cycles_case cycles = {.run_s = 1, .runs = 1, .share = 1e-9, .is_queueing = true};
    struct cycles_finding finding = cycles_judge(&cycles);
    assert_true(finding.is_enough && isinf(finding.cycles) && finding.slow_needed == 0);
}

static void a_pattern_that_repeats_counts_once_a_run(void **state)
{
    assert_within(cycles_of_repeating(3600, 10, 300, 1), 3000, 1e-9);
    assert_within(cycles_of_repeating(60, 10, 300, 1), 600, 1e-9);
}

static void automatic_lengths_hold_what_claims_need(void **state)
{
    struct cycles_plan plan = {.fewest_runs = 10, .relaxation_s = 39.6};
    assert_within(cycles_auto_length(&plan), 792, 1e-9);
    plan.share = 0.001;
    assert_within(cycles_auto_length(&plan), 19800, 1e-6);
    plan.slowest_s = 50000;
    assert_within(cycles_auto_length(&plan), 100000, 1e-6);
    plan.window_s = 300;
    assert_within(cycles_auto_length(&plan), 100200, 1e-6);
    plan.fixed_s = 86400;
    assert_within(cycles_auto_length(&plan), 172800, 1e-6);
    struct cycles_plan quick = {.fewest_runs = 10, .relaxation_s = 0.01, .window_s = 10};
    assert_within(cycles_auto_length(&quick), 10, 1e-9);
    quick.least_s = 31;
    assert_within(cycles_auto_length(&quick), 40, 1e-9);
}

/* ---- what was not seen ---------------------------------------------------------------------- */

static void no_event_in_so_many_cycles_bounds_its_rate(void **state)
{
    assert_within(cycles_highest_unseen(20, 0.95), 0.1684, 5e-5);
    assert_within(cycles_highest_unseen(200, 0.95), 0.01828, 5e-6);
    assert_within(cycles_highest_unseen(2000, 0.95), 0.001843, 5e-7);
    assert_within(cycles_highest_unseen(200000, 0.95), 1.844e-5, 5e-9);
    assert_within(cycles_highest_unseen(360000, 0.95), 0.0000102, 5e-8);
    assert_within(cycles_highest_unseen(1200, 0.95), 0.00307, 5e-6);
    assert_within(cycles_needed_unseen(0.05, 0.95), 72, 0);
    assert_within(cycles_needed_unseen(0.01, 0.95), 368, 0);
    assert_within(cycles_needed_unseen(0.001, 0.95), 3688, 0);
}

/* Ten values with exactly this mean and sd. */
static void make_levels(double mean, double sd, bool is_log, double levels[10])
{
    for (int i = 0; i < 10; i++) {
        double x = mean + sd * sqrt(0.9) * (i % 2 == 0 ? 1 : -1);
        levels[i] = is_log ? exp(x) : x;
    }
}

static void a_limit_that_nothing_came_near_is_not_reached(void **state)
{
    double levels[10];
    struct cycles_margin margin = {.largest = levels, .count = 10, .stride = 1, .limit = 1};
    make_levels(-1.43, 0.12, true, levels);
    assert_within(cycles_margin_bound(&margin, 0.95), 5.40e-4, 0.03 * 5.4e-4);
    /* The largest wait of a run some 60 +- 9 ms, the time-out 10 s. */
    make_levels(log(0.06), 0.15, true, levels);
    margin.limit = 10;
    assert_true(cycles_margin_bound(&margin, 0.95) < 1e-9);
}

/* M/M/1 at 0.98, patience 10 s, largest waits 1.5 +- 0.26 s: the light law tells far more. */
static void light_laws_are_judged_on_the_level_itself(void **state)
{
    double levels[10];
    struct cycles_margin margin = {.largest = levels, .count = 10, .stride = 1, .limit = 10};
    make_levels(log(1.5), 0.169, true, levels);
    assert_within(cycles_margin_bound(&margin, 0.95), 8e-4, 1e-4);
    make_levels(1.5, 0.26, false, levels);
    margin.is_light = true;
    assert_within(cycles_margin_bound(&margin, 0.95), 1e-9, 1e-9);
}

static void equal_whole_numbers_have_the_spread_of_a_half(void **state)
{
    const double levels[] = {4, 4, 4, NAN, 4, 4};
    struct cycles_margin margin = {.largest = levels, .count = 6, .stride = 1, .limit = 1000};
    assert_true(cycles_margin_bound(&margin, 0.95) == 1);
    margin.is_counted = true;
    double bound = cycles_margin_bound(&margin, 0.95);
    assert_true(bound > 0 && bound < 0.01);
    margin.limit = 5;
    assert_true(cycles_margin_bound(&margin, 0.95) == 1);
    const double nobody[] = {0, 0, 0, 0, 0, 0};
    struct cycles_margin nothing = {
        .largest = nobody, .count = 6, .stride = 1, .limit = 10, .is_counted = true};
    assert_true(cycles_margin_bound(&nothing, 0.95) == 1);
}

/* 16 units and a queue of 1000: where nobody waited the busy units tell how near it was. */
static void units_and_their_queue_are_one_level(void **state)
{
    const double queues[] = {0, 2, 0, 1, 0, 4}, busy[] = {14, 16, 15, 16, 13, 16};
    const double present[] = {14, 18, 15, 17, 13, 20};
    struct cycles_margin apart = {.largest = queues,
                                  .count = 6,
                                  .stride = 1,
                                  .limit = 1017,
                                  .is_counted = true,
                                  .below = busy,
                                  .units = 16};
    struct cycles_margin together = {
        .largest = present, .count = 6, .stride = 1, .limit = 1017, .is_counted = true};
    double bound = cycles_margin_bound(&apart, 0.95);
    assert_true(bound < 1e-4 && bound == cycles_margin_bound(&together, 0.95));
}

/* Half of the runs without a wait: they count as the smallest wait; more of them tell nothing. */
static void runs_without_a_wait_count_as_the_smallest(void **state)
{
    double waits[] = {0, 0.05, 0.1, 0, 0.07, 0.06};
    struct cycles_margin margin = {.largest = waits, .count = 6, .stride = 1, .limit = 10};
    assert_true(cycles_margin_bound(&margin, 0.95) < 1e-3);
    waits[1] = waits[2] = 0;
    assert_true(cycles_margin_bound(&margin, 0.95) == 1);
}

/* ---- periods -------------------------------------------------------------------------------- */

/* A period of which each run shows the same easier part is not seen by more runs; a limit on an age
 * is, by runs as long as it; and work's own memory asks for 20 times, where a queue's does for 100.
 */
static void periods_that_repeat_need_a_whole_one(void **state)
{
    struct cycles_case part = {.run_s = 600, .runs = 80, .fixed_s = 3600};
    assert_true(cycles_judge(&part).is_part && !cycles_judge(&part).is_enough);
    assert_within(cycles_judge(&part).run_needed_s, 3600, 0);
    part.run_s = 3600;
    assert_true(cycles_judge(&part).is_enough);
    struct cycles_case age = {.run_s = 3600, .runs = 10, .slowest_s = 3600, .is_limit = true};
    assert_true(cycles_judge(&age).is_enough);
    age.is_limit = false;
    assert_false(cycles_judge(&age).is_enough);
}

static void the_memory_of_work_alone_needs_twenty_times(void **state)
{
    struct cycles_case held = {
        .run_s = 250, .runs = 10, .relaxation_s = 100, .memory_s = 99, .is_queueing = true};
    assert_within(cycles_judge(&held).relaxations_needed, 20, 0);
    assert_true(cycles_judge(&held).is_enough);
    held.memory_s = 40;
    assert_within(cycles_judge(&held).relaxations_needed, 60, 1e-9);
}

/* ---- advice --------------------------------------------------------------------------------- */

/* Looks 10 to 160. */
static void advice_decides_in_nine_of_ten(void **state)
{
    const double c = 2.484;
    assert_within(cycles_more_information(1.5 + 1e-9, c), 123.35, 0.01);
    assert_within(cycles_more_information(-1.75, c), 25.28, 0.005);
    assert_within(cycles_more_information(2, c), 10.04, 0.005);
    assert_within(cycles_more_information(2.25, c), 5.09, 0.005);
    assert_within(cycles_more_information(2.6, c), 1, 0);
    assert_true(isinf(cycles_more_information(1.5, c)));
}

static void a_dear_warm_up_asks_for_longer_runs(void **state)
{
    struct cycles_advice more = cycles_advise(4, 20, 10, 600, 100);
    assert_within(more.runs, 80, 0);
    assert_within(more.run_s, 600, 0);
    struct cycles_advice longer = cycles_advise(4, 20, 10, 600, 150);
    assert_within(longer.runs, 10, 0);
    assert_within(longer.run_s, 4800, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_that_were_due_once_are_no_evidence),
        cmocka_unit_test(near_saturation_a_minute_is_too_short),
        cmocka_unit_test(shares_need_clusters_and_means_relaxation_times),
        cmocka_unit_test(without_any_scale_everything_is_enough),
        cmocka_unit_test(a_pattern_that_repeats_counts_once_a_run),
        cmocka_unit_test(automatic_lengths_hold_what_claims_need),
        cmocka_unit_test(no_event_in_so_many_cycles_bounds_its_rate),
        cmocka_unit_test(a_limit_that_nothing_came_near_is_not_reached),
        cmocka_unit_test(light_laws_are_judged_on_the_level_itself),
        cmocka_unit_test(units_and_their_queue_are_one_level),
        cmocka_unit_test(runs_without_a_wait_count_as_the_smallest),
        cmocka_unit_test(periods_that_repeat_need_a_whole_one),
        cmocka_unit_test(the_memory_of_work_alone_needs_twenty_times),
        cmocka_unit_test(equal_whole_numbers_have_the_spread_of_a_half),
        cmocka_unit_test(advice_decides_in_nine_of_ten),
        cmocka_unit_test(a_dear_warm_up_asks_for_longer_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
