/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_catalogue.h"
#include "tests/support/support.h"
#include <math.h>

static void a_typed_name_is_looked_up_from_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *name, *resource, *metric;
        enum metric_statistic statistic;
        bool is_worst, is_shown;
    } cases[] = {
        {"db_pool.wait", "db_pool", "wait", STATISTIC_NONE, false, false},
        {"db_pool.wait.p95", "db_pool", "wait", STATISTIC_P95, false, true},
        {"db_pool.wait.sd", "db_pool", "wait", STATISTIC_SD, false, false},
        {"api.db_pool.wait.p95", "api.db_pool", "wait", STATISTIC_P95, false, true},
        {"api.db_pool.worst.wait.p95", "api.db_pool", "wait", STATISTIC_P95, true, true},
        {"api.db_pool.worst.wait.p99", "api.db_pool", "wait", STATISTIC_P99, true, false},
        {"wait", NULL, "wait", STATISTIC_NONE, false, false},
        {"db_pool.await", NULL, NULL, STATISTIC_NONE, false, false},
        {"db_pool.wait.probability", "db_pool", "wait.probability", STATISTIC_NONE, false, true},
        {"db_pool.wait.probability.p95", NULL, NULL, STATISTIC_NONE, false, false},
        {"db_pool.wait.peak", NULL, NULL, STATISTIC_NONE, false, false},
        {"probability", NULL, NULL, STATISTIC_NONE, false, false}, /* has fewer words */
        {"wait.probability", NULL, "wait.probability", STATISTIC_NONE, false, true},
        {"db_pool.utilization", "db_pool", "utilization", STATISTIC_MEAN, false, true},
        {"db_pool.utilization.peak", "db_pool", "utilization", STATISTIC_PEAK, false, false},
        {"db_pool.utilization.mean", NULL, NULL, STATISTIC_NONE, false, false},
        {"api.response.p99", "api", "response", STATISTIC_P99, false, true},
        {"api.report.response.p99", "api.report", "response", STATISTIC_P99, false, false},
        {"w.step.query.p99", "w", "step.query", STATISTIC_P99, false, false},
        {"step.query", NULL, "step.query", STATISTIC_NONE, false, false},
        {"query", NULL, NULL, STATISTIC_NONE, false, false},
        {"w.step.", NULL, NULL, STATISTIC_NONE, false, false}, /* a word has letters */
        {"poll.cycle.duty", "poll", "cycle.duty", STATISTIC_NONE, false, true},
        {"poll.cycle.max", "poll", "cycle", STATISTIC_MAX, false, true},
        {"memory", NULL, "memory", STATISTIC_MEAN, false, true},
        {"memory.buffers.max", NULL, "memory.buffers", STATISTIC_MAX, false, false},
        {"", NULL, NULL, STATISTIC_NONE, false, false},
    };
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct metric_identity found = {0};
        const struct metric_owner *owner;
        bool is_found = metric_catalogue_find(cases[i].name, 0, arena, &found, &owner) > 0;
        print_message("%s\n", cases[i].name);
        assert_int_equal(is_found, cases[i].metric != NULL);
        if (!is_found)
            continue;
        assert_string_equal(found.metric, cases[i].metric);
        assert_string_equal(found.resource ? found.resource : "-",
                            cases[i].resource ? cases[i].resource : "-");
        assert_int_equal(found.statistic, cases[i].statistic);
        assert_int_equal(found.is_worst, cases[i].is_worst);
        assert_int_equal(found.is_shown, cases[i].is_shown);
        struct metric_identity again = metric_catalogue_identify(
            found.resource, found.metric, metric_statistic_name(found.statistic), found.is_worst);
        assert_ptr_equal(again.row, found.row);
        assert_int_equal(again.is_shown, found.is_shown);
    }
    arena_close(arena);
}

/* So that a name that several kinds have is read the same whichever row is found for it. */
static void rows_of_one_name_agree_in_what_is_looked_up_by_name(void **state)
{
    (void)state;
    for (size_t o = 0; o < METRIC_OWNERS; o++)
        for (size_t r = 0; r < metric_owner(o)->count; r++) {
            const struct metric_row *row = &metric_owner(o)->rows[r];
            const struct metric_row *first =
                metric_catalogue_identify(NULL, row->name, NULL, false).row;
            print_message("%s of %s\n", row->name, metric_owner(o)->name);
            assert_non_null(row->meaning);
            assert_non_null(row->unit);
            assert_int_equal(first->role, row->role);
            assert_int_equal(first->shape, row->shape);
            assert_int_equal(first->shown, row->shown);
            assert_int_equal(first->shown_worst, row->shown_worst);
            assert_int_equal(first->larger_is_better, row->larger_is_better);
        }
}

static void a_statistic_is_a_quantile_where_its_name_says_so(void **state)
{
    (void)state;
    assert_true(metric_statistic_quantile(STATISTIC_P999) == 0.999);
    assert_true(metric_statistic_quantile(STATISTIC_P50) == 0.5);
    assert_true(isnan(metric_statistic_quantile(STATISTIC_MEAN)));
    assert_true(isnan(metric_statistic_quantile(STATISTIC_MAX)));
    assert_true(isnan(metric_statistic_quantile(STATISTIC_NONE)));
    assert_null(metric_statistic_name(STATISTIC_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typed_name_is_looked_up_from_its_end),
        cmocka_unit_test(rows_of_one_name_agree_in_what_is_looked_up_by_name),
        cmocka_unit_test(a_statistic_is_a_quantile_where_its_name_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
