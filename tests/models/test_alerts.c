/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts against what a Prometheus rule does, evaluated once a minute. */
#include "models/studies/alerts.h"
#include "tests/support/support.h"

#include <math.h>

static const int64_t MINUTE = INT64_C(60000000000);
static const struct alert_rule above_70_for_5min = {COMPARISON_GREATER, 0.7, 5 * MINUTE};

/* Evaluates the rule on values[count] at minutes 1, 2 ...; returns the last. */
static struct alert follow(const struct alert_rule *rule, const double *values, int count)
{
    struct alert alert = alert_begin();
    for (int i = 0; i < count; i++)
        alert_evaluate(&alert, rule, (i + 1) * MINUTE, values[i]);
    return alert;
}

static void an_alert_without_for_fires_at_the_first_bad_window(void **state)
{
    const struct alert_rule rule = {COMPARISON_GREATER, 0.7, 0};
    struct alert alert = alert_begin();
    assert_false(alert_evaluate(&alert, &rule, MINUTE, 0.65));
    assert_int_equal(alert.first_fired, ALERT_NEVER);
    assert_true(alert_evaluate(&alert, &rule, 2 * MINUTE, 0.71));
    assert_false(alert_evaluate(&alert, &rule, 3 * MINUTE, 0.95)); /* it fires already */
    assert_int_equal(alert.phase, ALERT_FIRING);
    assert_int_equal(alert.first_fired, 2 * MINUTE);
    assert_int_equal(alert.times_fired, 1);
}

static void an_alert_fires_only_after_it_was_pending_all_of_for(void **state)
{
    const double five[] = {0.6, 0.8, 0.8, 0.8, 0.8, 0.8}, six[] = {0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 9};
    struct alert pending = follow(&above_70_for_5min, five, 6);
    assert_int_equal(pending.phase, ALERT_PENDING);
    assert_int_equal(pending.first_active, 2 * MINUTE);
    assert_int_equal(pending.first_fired, ALERT_NEVER);
    struct alert firing = follow(&above_70_for_5min, six, 7);
    assert_int_equal(firing.phase, ALERT_FIRING);
    assert_int_equal(firing.first_fired, 7 * MINUTE); /* 5 min after minute 2 */
}

static void one_good_window_starts_the_wait_afresh(void **state)
{
    const double values[] = {0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8};
    struct alert before = follow(&above_70_for_5min, values, 11);
    assert_int_equal(before.first_fired, ALERT_NEVER);
    assert_int_equal(before.active_since, 7 * MINUTE);
    assert_int_equal(before.first_active, 1 * MINUTE);
    assert_int_equal(follow(&above_70_for_5min, values, 12).first_fired, 12 * MINUTE);
}

static void a_window_without_a_sample_is_not_bad(void **state)
{
    const double values[] = {0.8, 0.8, 0.8, NAN, 0.8, 0.8, 0.8};
    struct alert alert = follow(&above_70_for_5min, values, 7);
    assert_int_equal(alert.active_since, 5 * MINUTE);
    assert_int_equal(alert.evaluations, 6);
    const struct alert_rule at_least = {COMPARISON_GREATER_EQUAL, NAN, 0};
    assert_int_equal(follow(&at_least, values, 7).first_active, ALERT_NEVER);
}

static void episodes_are_added_up(void **state)
{
    const struct alert_rule rule = {COMPARISON_LESS, 500, MINUTE};
    const double values[] = {499, 499, 499, 500, 1, 501, 2, 3, 4, 5};
    struct alert alert = follow(&rule, values, 10);
    /* Fires at 2, ends at 4; is pending at 5; fires at 8 and goes on. */
    assert_int_equal(alert.times_fired, 2);
    assert_int_equal(alert.first_fired, 2 * MINUTE);
    assert_int_equal(alert.firing_since, 8 * MINUTE);
    assert_int_equal(alert.last_ended, 4 * MINUTE);
    assert_int_equal(alert.firing_ns, 2 * MINUTE);
    assert_int_equal(alert_firing_time(&alert, 11 * MINUTE), 5 * MINUTE);
    assert_false(alert_evaluate(&alert, &rule, 11 * MINUTE, 600));
    assert_int_equal(alert_firing_time(&alert, 20 * MINUTE), 5 * MINUTE);
}

static void each_operator_keeps_its_limit(void **state)
{
    const double at[] = {0.7};
    const bool is_true[] = {false, true, false, true};
    for (int op = 0; op < 4; op++) {
        const struct alert_rule rule = {(enum comparison)op, 0.7, 0};
        assert_int_equal(follow(&rule, at, 1).times_fired, is_true[op]);
    }
}

/* A hold that is no multiple of the evaluations' distance is rounded up, as Prometheus does. */
static void a_hold_between_evaluations_ends_at_the_next_one(void **state)
{
    const struct alert_rule rule = {COMPARISON_GREATER, 0.7, 90 * (MINUTE / 60)};
    const double values[] = {0.8, 0.8, 0.8};
    assert_int_equal(follow(&rule, values, 2).phase, ALERT_PENDING);
    assert_int_equal(follow(&rule, values, 3).first_fired, 3 * MINUTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_without_for_fires_at_the_first_bad_window),
        cmocka_unit_test(an_alert_fires_only_after_it_was_pending_all_of_for),
        cmocka_unit_test(one_good_window_starts_the_wait_afresh),
        cmocka_unit_test(a_window_without_a_sample_is_not_bad),
        cmocka_unit_test(episodes_are_added_up),
        cmocka_unit_test(each_operator_keeps_its_limit),
        cmocka_unit_test(a_hold_between_evaluations_ends_at_the_next_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
