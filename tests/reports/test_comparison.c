/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/comparison_answer.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <string.h>

static struct estimate exact(double value)
{
    return (struct estimate){.estimate = value,
                             .low = value,
                             .high = value,
                             .standard_error = 0,
                             .replications = 10,
                             .has_interval = true};
}

/* From one value to another; the difference has that standard error and twice that half width. */
static struct comparison_metric metric(const char *name, double from, double to, double error)
{
    struct estimate difference = exact(to - from);
    difference.standard_error = error;
    difference.low -= 2 * error;
    difference.high += 2 * error;
    return (struct comparison_metric){.name = name,
                                      .unit = "s",
                                      .from = exact(from),
                                      .to = exact(to),
                                      .difference = difference,
                                      .variance_ratio = 0.25};
}

static void assert_order(const struct comparison_metric *metrics, size_t count,
                         const char *const *names)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(metrics[i].name, names[i]);
}

static void what_changed_by_the_largest_share_comes_first(void **state)
{
    struct comparison_metric metrics[] = {
        metric("a.certain", 0.50, 0.70, 1e-9), metric("b.large", 0.001, 0.009, 0.001),
        metric("c.open", 5, 9, 2.01),          metric("d.same", 3, 3, 0),
        metric("e.less", 0.9, 0.3, 0.01),      metric("f.open", 5, 9, 3)};
    static const char *const order[] = {"b.large", "e.less", "a.certain",
                                        "c.open",  "f.open", "d.same"};
    comparison_sort(metrics, 6);
    assert_order(metrics, 6, order);
    assert_int_equal(metrics[0].kind, CHANGED);
    assert_within(metrics[0].relative, 8.0 / 9, 1e-12);
    assert_within(metrics[1].relative, -2.0 / 3, 1e-12);
    assert_int_equal(metrics[3].kind, CHANGE_OPEN);
    assert_int_equal(metrics[5].kind, CHANGE_NONE);
}

static void an_unresolved_quantile_has_not_changed_for_certain(void **state)
{
    struct comparison_metric metrics[] = {metric("p999", 1, 2, 0.01)};
    metrics[0].difference.is_unresolved = true;
    comparison_sort(metrics, 1);
    assert_int_equal(metrics[0].kind, CHANGE_OPEN);
}

static void what_was_not_observed_comes_last(void **state)
{
    struct comparison_metric metrics[] = {metric("none", NAN, 2, 0.01), metric("same", 1, 1, 0)};
    comparison_sort(metrics, 2);
    assert_string_equal(metrics[1].name, "none");
    assert_int_equal(metrics[1].kind, CHANGE_UNKNOWN);
}

/* One replication has no interval: nothing is certain but what did not move. */
static void without_intervals_nothing_is_certain(void **state)
{
    struct comparison_metric metrics[] = {metric("moved", 1, 2, NAN), metric("same", 1, 1, NAN)};
    for (int i = 0; i < 2; i++)
        metrics[i].difference.has_interval = false;
    comparison_sort(metrics, 2);
    assert_int_equal(metrics[0].kind, CHANGE_OPEN);
    assert_int_equal(metrics[1].kind, CHANGE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changed_by_the_largest_share_comes_first),
        cmocka_unit_test(an_unresolved_quantile_has_not_changed_for_certain),
        cmocka_unit_test(what_was_not_observed_comes_last),
        cmocka_unit_test(without_intervals_nothing_is_certain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
