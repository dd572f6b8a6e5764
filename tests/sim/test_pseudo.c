/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/pseudo.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

static const struct pseudo_law anything = {PSEUDO_SKEW_PLAIN, 0, 0, -INFINITY, INFINITY, false};

/* ---- figures by hand ------------------------------------------------------------------------ */

static const double above[] = {10, 20, 0, 90}, below[] = {100, 100, 50, 250};
static const double above_2[] = {12, 19, 1, 100}, below_2[] = {100, 101, 50, 251};

static void divide(const double *a, const double *b, size_t count, double *ratios)
{
    for (size_t i = 0; i < count; i++)
        ratios[i] = a[i] / b[i];
}

static void a_ratio_is_total_over_total(void **state)
{
    double ratios[4], pseudo[4];
    divide(above, below, 4, ratios);
    struct pseudo_total total = pseudo_of_ratio((struct pseudo_ratio){ratios, below, 1}, 4, pseudo);
    assert_int_equal(total.replications, 4);
    assert_within(total.estimate, 0.24, 1e-15);
    const double expected[] = {0.135, 0.21, 0.16, 0.6};
    for (int i = 0; i < 4; i++)
        assert_within(pseudo[i], expected[i], 1e-14);
    struct estimate mean = estimate_mean(pseudo, 4, 1, 0.95);
    assert_within(mean.estimate, 0.27625, 1e-14);
    assert_within(mean.standard_error, 0.1090370, 5e-8);
    assert_within(mean.low, -0.0708, 5e-5);
    assert_within(mean.high, 0.62325, 5e-6);
}

static void an_interval_stays_in_the_metrics_range_and_contains_the_estimate(void **state)
{
    double ratios[4], pseudo[4];
    divide(above, below, 4, ratios);
    double theta = pseudo_of_ratio((struct pseudo_ratio){ratios, below, 1}, 4, pseudo).estimate;
    struct pseudo_law share = {PSEUDO_SKEW_SHARE, 0, 0, 0, 1, true};
    struct estimate estimate = pseudo_interval(pseudo, 4, theta, &share, 0.95);
    assert_true(estimate.has_interval && estimate.low == 0 && estimate.high <= 1);
    assert_true(estimate.high > 0.6232);
    struct estimate moved = pseudo_interval(pseudo, 4, 0.99, &anything, 0.95);
    assert_true(moved.high >= 0.99 && moved.low < 0);
}

/* df = R+ - 1: a replication with nothing in it neither counts nor weighs. */
static void empty_replications_say_nothing(void **state)
{
    double ratios[6] = {NAN, 0.1, 0.2, 0, NAN, 0.36}, pseudo[6];
    const double weights[6] = {0, 100, 100, 50, 0, 250};
    struct pseudo_total total =
        pseudo_of_ratio((struct pseudo_ratio){ratios, weights, 1}, 6, pseudo);
    assert_int_equal(total.replications, 4);
    assert_within(total.estimate, 0.24, 1e-15);
    assert_true(isnan(pseudo[0]) && isnan(pseudo[4]));
    assert_within(pseudo[5], 0.6, 1e-14);
    struct estimate estimate = pseudo_interval(pseudo, 6, total.estimate, &anything, 0.95);
    assert_int_equal(estimate.replications, 4);
    assert_within(estimate.low, -0.0708, 5e-5);
}

static void equal_ratios_are_that_ratio_to_the_last_bit(void **state)
{
    const double ratios[] = {0.1, 0.1, 0.1}, weights[] = {3, 7, 11};
    double pseudo[3];
    struct pseudo_total total =
        pseudo_of_ratio((struct pseudo_ratio){ratios, weights, 1}, 3, pseudo);
    assert_true(total.estimate == 0.1 && pseudo[0] == 0.1 && pseudo[2] == 0.1);
    struct estimate estimate = pseudo_interval(pseudo, 3, 0.1, &anything, 0.95);
    assert_true(estimate.has_interval && estimate.low == 0.1 && estimate.high == 0.1);
    assert_true(estimate.standard_error == 0);
}

static void without_two_replications_there_is_no_interval(void **state)
{
    const double ratio = 0.3, weight = 5;
    double pseudo[1];
    assert_within(pseudo_of_ratio((struct pseudo_ratio){&ratio, &weight, 1}, 1, pseudo).estimate,
                  0.3, 0);
    struct estimate one = pseudo_interval(pseudo, 1, 0.3, &anything, 0.95);
    assert_false(one.has_interval);
    assert_true(one.low == -INFINITY && one.high == INFINITY && one.estimate == 0.3);
    struct pseudo_total none = pseudo_of_ratio((struct pseudo_ratio){NULL, NULL, 1}, 0, pseudo);
    assert_true(isnan(none.estimate) && none.replications == 0);
    assert_true(isnan(pseudo_interval(pseudo, 0, NAN, &anything, 0.95).low));
}

/* ---- the side away from zero ---------------------------------------------------------------- */

static const double skewed[] = {0.8, 1.1, 0.9, 1.0, 2.2, 0.7, 1.2, 0.9, 1.5, 0.7};

static struct estimate interval_of_skewed(enum pseudo_skew skew)
{
    struct pseudo_law law = {skew, 0, 0, -INFINITY, INFINITY, false};
    return pseudo_interval(skewed, 10, 1.1, &law, 0.95);
}

static void the_upper_side_is_lengthened_as_worked_out(void **state)
{
    struct estimate two = interval_of_skewed(PSEUDO_SKEW_PLAIN);
    assert_within(two.standard_error, 0.1445299, 5e-8);
    assert_within(two.low, 0.773051, 5e-7);
    assert_within(two.high, 1.520538, 5e-7);
    assert_within(interval_of_skewed(PSEUDO_SKEW_SHARE).high, 1.569180, 5e-7);
    assert_within(interval_of_skewed(PSEUDO_SKEW_QUEUEING).high, 1.924757, 5e-7);
    assert_within(pseudo_highest(1.1, 0.1445299, 9, 0.95), 1.474483, 5e-6);
}

static void what_begins_above_zero_is_as_skewed_as_its_excess(void **state)
{
    double shifted[10];
    for (int i = 0; i < 10; i++)
        shifted[i] = 100 + skewed[i];
    struct pseudo_law from_zero = {PSEUDO_SKEW_QUEUEING, 0, 0, 0, INFINITY, false};
    struct pseudo_law from_100 = {PSEUDO_SKEW_QUEUEING, 100, 0, 0, INFINITY, false};
    assert_within(pseudo_interval(shifted, 10, 101.1, &from_zero, 0.95).high, 101.520538, 1e-6);
    assert_within(pseudo_interval(shifted, 10, 101.1, &from_100, 0.95).high, 101.924757, 1e-6);
}

/* m - origin is at least a standard error; what the work alone spreads is not skewed. */
static void a_response_that_hardly_waits_keeps_an_upper_bound(void **state)
{
    double t = estimate_t(0.95, 9), se = 0.14452988925785853, sd = se * sqrt(10);
    struct pseudo_law law = {PSEUDO_SKEW_QUEUEING, 1.2, 0, 0, INFINITY, false};
    double most = 1.1 + (t + 2 * 7 * sqrt(10) * (2 * t * t + 1) / (6 * sqrt(10))) * se;
    assert_within(pseudo_interval(skewed, 10, 1.1, &law, 0.95).high, most, 1e-9);
    law.origin_sd = 0.8 * sd;
    double half =
        1.1 + (t + 2 * 7 * sqrt(10) * pow(0.6, 4) * (2 * t * t + 1) / (6 * sqrt(10))) * se;
    assert_within(pseudo_interval(skewed, 10, 1.1, &law, 0.95).high, half, 1e-9);
    law.origin_sd = 2 * sd;
    assert_within(pseudo_interval(skewed, 10, 1.1, &law, 0.95).high, 1.520538, 5e-7);
}

static void a_share_near_one_is_lengthened_below(void **state)
{
    double share[10], rest[10];
    for (int i = 0; i < 10; i++) {
        rest[i] = 0.01 * skewed[i];
        share[i] = 1 - rest[i];
    }
    struct pseudo_law law = {PSEUDO_SKEW_SHARE, 0, 0, 0, 1, true};
    struct estimate near_one = pseudo_interval(share, 10, 0.989, &law, 0.95);
    struct estimate near_zero = pseudo_interval(rest, 10, 0.011, &law, 0.95);
    assert_within(1 - near_one.low, near_zero.high, 1e-12);
    assert_within(1 - near_one.high, near_zero.low, 1e-12);
}

static void what_is_skewed_to_the_left_is_lengthened_below(void **state)
{
    double mirrored[10];
    for (int i = 0; i < 10; i++)
        mirrored[i] = 10 - skewed[i];
    struct estimate estimate = pseudo_interval(mirrored, 10, 8.9, &anything, 0.95);
    assert_within(estimate.low, 10 - 1.520538, 1e-6);
}

/* ---- pairs ---------------------------------------------------------------------------------- */

static void pairs_are_the_jackknife_of_the_difference(void **state)
{
    double from[4], to[4], before[4], after[4], ratio;
    divide(above, below, 4, from);
    divide(above_2, below_2, 4, to);
    struct estimate difference =
        pseudo_paired((struct pseudo_ratio){from, below, 1}, (struct pseudo_ratio){to, below_2, 1},
                      4, 0.05, PSEUDO_SKEW_NONE, 0.95, &ratio);
    const double expected[] = {0.0145204, -0.0140937, 0.0143238, 0.0393227};
    pseudo_of_ratio((struct pseudo_ratio){from, below, 1}, 4, before);
    pseudo_of_ratio((struct pseudo_ratio){to, below_2, 1}, 4, after);
    for (int i = 0; i < 4; i++)
        assert_within(after[i] - 1.05 * before[i], expected[i], 5e-8);
    assert_within(difference.estimate, 0.2629482 - 1.05 * 0.24, 5e-8);
    assert_within(difference.standard_error, 0.0109161, 5e-8);
    double half_width = estimate_t(0.95, 3) * difference.standard_error;
    assert_within(difference.high, 0.0135183 + half_width, 1e-7);
    assert_within(difference.low, 0.0135183 - half_width, 1e-7);
    assert_true(ratio > 0 && ratio < 0.05);
}

/* What grows with the slower side is skewed to the right as it is: with cv 0.58 of a run, all of it
 * in the differences, 20/6 x 7 x 2 x 0.58 (2 t^2 + 1) / (6 sqrt 4) standard errors more, and
 * none to the left. */
static void differences_that_go_with_a_queue_are_as_skewed(void **state)
{
    const double from[] = {1, 1, 1, 1}, to[] = {1, 3, 1, 3}, weights[] = {1, 1, 1, 1};
    struct pseudo_ratio before = {from, weights, 1}, after = {to, weights, 1};
    struct estimate known = pseudo_paired(before, after, 4, 0, PSEUDO_SKEW_QUEUEING, 0.95, NULL);
    struct estimate turned = pseudo_paired(after, before, 4, 0, PSEUDO_SKEW_QUEUEING, 0.95, NULL);
    double t = estimate_t(0.95, 3), se = sqrt(4.0 / 3) / 2;
    double longer = 20 / 6.0 * 7 * 2 * sqrt(4.0 / 3) / 2 * (2 * t * t + 1) / (6 * 2);
    assert_within(known.low, 1 - t * se, 1e-12);
    assert_within(known.high, 1 + (t + longer) * se, 1e-12);
    assert_within(turned.high, -known.low, 1e-12);
    assert_within(turned.low, -known.high, 1e-12);
}

static void a_pair_needs_both_sides(void **state)
{
    const double from[] = {0.1, NAN, 0.3, 0.2}, to[] = {0.2, 0.9, 0.4, NAN};
    const double weights[] = {1, 1, 1, 1};
    struct estimate difference = pseudo_paired((struct pseudo_ratio){from, weights, 1},
                                               (struct pseudo_ratio){to, weights, 1}, 4, 0,
                                               PSEUDO_SKEW_QUEUEING, 0.95, NULL);
    assert_int_equal(difference.replications, 2);
    assert_within(difference.estimate, 0.1, 1e-15);
    assert_within(difference.high, 0.1, 1e-12);
}

static void what_is_the_same_in_every_replication_differs_by_nothing(void **state)
{
    double ratios[4], variance_ratio;
    divide(above, below, 4, ratios);
    struct pseudo_ratio side = {ratios, below, 1};
    struct estimate difference =
        pseudo_paired(side, side, 4, 0, PSEUDO_SKEW_QUEUEING, 0.95, &variance_ratio);
    assert_true(difference.low == 0 && difference.high == 0 && difference.estimate == 0);
    assert_true(variance_ratio == 0);
    struct estimate kept = pseudo_estimate_ratio(side, 4, &anything, 0.95);
    double pseudo[4];
    pseudo_of_ratio(side, 4, pseudo);
    struct estimate stored = pseudo_interval(pseudo, 4, kept.estimate, &anything, 0.95);
    assert_true(kept.low == stored.low && kept.high == stored.high && kept.estimate > 0.2399);
}

/* ---- standard deviation --------------------------------------------------------------------- */

static double plain_sd(const double *x, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    for (size_t i = 0; i < count; i++)
        squares += (x[i] - sum / (double)count) * (x[i] - sum / (double)count);
    return count > 1 ? sqrt(squares / (double)(count - 1)) : NAN;
}

static double plain_mean(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

/* A million above zero, where sums of squares would have lost the spread. */
static void an_sd_is_that_of_all_observations_together(void **state)
{
    const double x[] = {1e6 + 1, 1e6 + 4, 1e6 + 2, 1e6 + 9, 1e6 + 3, 1e6 + 3.5};
    const size_t starts[] = {0, 2, 3, 6};
    double sds[3], means[3], weights[3];
    for (size_t r = 0; r < 3; r++) {
        size_t size = starts[r + 1] - starts[r];
        sds[r] = plain_sd(x + starts[r], size);
        means[r] = plain_mean(x + starts[r], size);
        weights[r] = (double)size;
    }
    struct pseudo_ratio mean = {means, weights, 1};
    struct estimate sd = pseudo_estimate_sd(sds, mean, 3, &anything, 0.95);
    assert_within(sd.estimate, plain_sd(x, 6), 1e-8);
    assert_int_equal(sd.replications, 3);
    /* the pseudo-values by leaving one out */
    const double rest[] = {1e6 + 1, 1e6 + 4, 1e6 + 9, 1e6 + 3, 1e6 + 3.5};
    double pseudo[3] = {3 * plain_sd(x, 6) - 2 * plain_sd(x + 2, 4),
                        3 * plain_sd(x, 6) - 2 * plain_sd(rest, 5),
                        3 * plain_sd(x, 6) - 2 * plain_sd(x, 3)};
    struct estimate expected = pseudo_interval(pseudo, 3, plain_sd(x, 6), &anything, 0.95);
    assert_within(sd.low, expected.low, 1e-6);
    assert_within(sd.high, expected.high, 1e-6);
}

/* ---- shares --------------------------------------------------------------------------------- */

static void a_rate_is_all_events_over_all_trials(void **state)
{
    double ratios[4];
    divide(above, below, 4, ratios);
    struct estimate rate =
        pseudo_estimate_rate((struct pseudo_ratio){ratios, below, 1}, 4, 1, 0.95);
    assert_within(rate.estimate, 0.24, 1e-15);
    assert_true(rate.low == 0 && rate.high > 0.6232 && !rate.is_upper_bound);
}

/* One event in 40 clusters of 100 trials: not less than none would claim. */
static void one_event_claims_no_less_than_none(void **state)
{
    double shares[40] = {0.01}, weights[40];
    for (int r = 0; r < 40; r++)
        weights[r] = 100;
    struct pseudo_ratio ratio = {shares, weights, 1};
    assert_true(pseudo_estimate_rate(ratio, 40, 100, 0.95).high >= 1 - pow(0.025, 1. / 40));
    assert_true(pseudo_estimate_rate(ratio, 40, 1, 0.95).high < 0.01);
}

/* ---- how often it is wrong ------------------------------------------------------------------ */

/* PSEUDO_STUDIES in the environment makes more than `often`. */
static size_t studies(size_t often, size_t seldom)
{
    const char *more = getenv("PSEUDO_STUDIES");
    return more != NULL ? (size_t)atol(more) : repetitions(often, seldom);
}

/* The clusters of one replication: Poisson in number, lengths exponential; what each brings is its
 * length to a power. Two clusters a replication, ten replications: 20 clusters in all. */
static double draw_clusters(gsl_rng *rng, double mean_number, int power)
{
    double total = 0;
    for (unsigned left = gsl_ran_poisson(rng, mean_number); left > 0; left--)
        total += pow(gsl_ran_exponential(rng, 1), power);
    return total;
}

/* Share of studies of ten replications whose interval ends below the truth (*low_side: begins above
 * it). Student's alone when skew is 0. */
static double share_wrong(size_t count, int power, int skew, double *low_side)
{
    enum { R = 10 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double truth = power == 1 ? 0.02 : 0.04; /* 2 clusters of mean power! a run of weight 100 */
    size_t too_low = 0, too_high = 0;
    for (size_t s = 0; s < count; s++) {
        double ratios[R], weights[R], pseudo[R];
        for (int r = 0; r < R; r++) {
            weights[r] = 100;
            ratios[r] = draw_clusters(rng, 2, power) / 100;
        }
        double theta =
            pseudo_of_ratio((struct pseudo_ratio){ratios, weights, 1}, R, pseudo).estimate;
        struct pseudo_law law = {(enum pseudo_skew)skew, 0, 0, 0, INFINITY, false};
        struct estimate e = skew == 0 ? estimate_mean(pseudo, R, 1, 0.95)
                                      : pseudo_interval(pseudo, R, theta, &law, 0.95);
        too_low += e.high < truth ? 1 : 0;
        too_high += e.low > truth ? 1 : 0;
    }
    gsl_rng_free(rng);
    *low_side = (double)too_high / (double)count;
    double share = (double)too_low / (double)count;
    if (getenv("PSEUDO_STUDIES") != NULL)
        print_message("clusters^%d, c = %d: %.2f %% end below, %.2f %% begin above\n", power, skew,
                      100 * share, 100 * *low_side);
    return share;
}

/* Wrong at most so often, by a bound that a true share of `most` exceeds once in a million. */
static void assert_at_most(double share, double most, size_t count)
{
    assert_within(fmax(share, most), most, 4.9 * sqrt(most * (1 - most) / (double)count));
}

static void clusters_seldom_pass_falsely(void **state)
{
    size_t count = studies(4000, 400);
    double low_side;
    double student = share_wrong(count, 1, 0, &low_side);
    assert_true(student > 0.05);
    assert_at_most(share_wrong(count, 1, PSEUDO_SKEW_SHARE, &low_side), 0.025, count);
    assert_at_most(low_side, 0.025, count);
    assert_at_most(share_wrong(count, 1, PSEUDO_SKEW_QUEUEING, &low_side), 0.025, count);
    share_wrong(count, 2, 0, &low_side);
    share_wrong(count, 2, PSEUDO_SKEW_SHARE, &low_side);
    assert_at_most(share_wrong(count, 2, PSEUDO_SKEW_QUEUEING, &low_side), 0.025, count);
    assert_at_most(low_side, 0.025, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_is_total_over_total),
        cmocka_unit_test(an_interval_stays_in_the_metrics_range_and_contains_the_estimate),
        cmocka_unit_test(empty_replications_say_nothing),
        cmocka_unit_test(equal_ratios_are_that_ratio_to_the_last_bit),
        cmocka_unit_test(without_two_replications_there_is_no_interval),
        cmocka_unit_test(the_upper_side_is_lengthened_as_worked_out),
        cmocka_unit_test(what_begins_above_zero_is_as_skewed_as_its_excess),
        cmocka_unit_test(a_response_that_hardly_waits_keeps_an_upper_bound),
        cmocka_unit_test(a_share_near_one_is_lengthened_below),
        cmocka_unit_test(what_is_skewed_to_the_left_is_lengthened_below),
        cmocka_unit_test(pairs_are_the_jackknife_of_the_difference),
        cmocka_unit_test(differences_that_go_with_a_queue_are_as_skewed),
        cmocka_unit_test(a_pair_needs_both_sides),
        cmocka_unit_test(what_is_the_same_in_every_replication_differs_by_nothing),
        cmocka_unit_test(an_sd_is_that_of_all_observations_together),
        cmocka_unit_test(a_rate_is_all_events_over_all_trials),
        cmocka_unit_test(one_event_claims_no_less_than_none),
        cmocka_unit_test(clusters_seldom_pass_falsely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
