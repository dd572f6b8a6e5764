/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of a real run, as data and as written. */
#include "models/studies/plan.h"
#include "reports/result/series.h"
#include "reports/text/json_writer.h"
#include "reports/writers/report.h"
#include "sim/study/study.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOWS = 10, REPLICATIONS = 6 };

/* 3 servers, 10 windows of 5 s and a half one, two settings. */
static const char scenario[] =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"connection_pool\","
    " \"max\": 3 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\","
    " \"rate\": \"20/s\" }, \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\":"
    " \"exponential\", \"mean\": \"100ms\" } } ] } ] } },"
    " \"settings\": { \"larger\": { \"resources.p.max\": 5 } },"
    " \"run\": { \"duration\": \"52500ms\", \"warmup\": \"5s\", \"window\": \"5s\","
    " \"replications\": 6 } }";

/* What the tests look at: the run with its series. */
struct made {
    struct plan plan;
    struct study_outcome outcome;
    const struct result *result;
};

static struct made make(struct fixture *fixture)
{
    static const char *const series[] = {"p.utilization", "w.throughput", "w.response_failed.p95"};
    static const char *const command[] = {"capsim"};
    struct made made;
    struct error err = {0};
    char *path = arena_printf(fixture->arena, "%s/s.json", fixture->folder);
    file_write(path, scenario, strlen(scenario));
    fixture_read(fixture,
                 &(struct scenario_request){.file = path, .series = series, .series_count = 3});
    assert_true(plan_make(&fixture->set, fixture->arena, &made.plan, &err));
    made.plan.options.workers = (struct replications_options){.threads = 2};
    bool is_interrupted;
    assert_true(plan_find_warmup(&made.plan, &made.plan.options.workers, fixture->arena,
                                 &is_interrupted, &err));
    assert_true(study_run(made.plan.settings, made.plan.count, &made.plan.options, fixture->arena,
                          &made.outcome, &err));
    made.result = result_make(&made.plan, &made.outcome, command, 1, fixture->arena);
    return made;
}

/* The windows are of the same length, so the mean of their means is the mean of all their time; the
 * half window at the end is left out, so it is not that of the run. */
static void the_windows_are_the_run_cut_into_pieces(void **state)
{
    struct made made = make(*state);
    const struct result_setting *larger = &made.result->settings[1];
    assert_int_equal(larger->series_count, 3);
    const struct result_series *throughput = &larger->series[1];
    assert_string_equal(throughput->metric, "w.throughput");
    assert_string_equal(throughput->unit, "1/s");
    assert_int_equal(throughput->count, WINDOWS);
    double completed = 0, estimate = NAN;
    for (size_t n = 0; n < WINDOWS; n++) {
        assert_int_equal(throughput->windows[n].mean.replications, REPLICATIONS);
        completed += throughput->windows[n].mean.estimate * 5;
    }
    for (size_t i = 0; i < larger->metric_count; i++)
        if (strcmp(larger->metrics[i].name, "w.throughput") == 0)
            estimate = larger->metrics[i].estimate.estimate;
    double last_half = estimate * 52.5 - completed; /* of 6 replications with 50 on average */
    assert_within(last_half, 50, 4.9 * sqrt(50.0 / REPLICATIONS));
    assert_within(last_half * REPLICATIONS, round(last_half * REPLICATIONS), 1e-6);
}

static void one_run_varies_more_than_the_mean(void **state)
{
    struct made made = make(*state);
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < WINDOWS; n++) {
            const struct result_window *window = &made.result->settings[i].series[0].windows[n];
            double wider = sqrt(1 + REPLICATIONS); /* sqrt(1 + 1/n) over sqrt(1/n) */
            assert_true(window->one.low >= 0 && window->one.high <= 1);
            if (window->one.low > 0)
                assert_within(window->mean.estimate - window->one.low,
                              wider * (window->mean.estimate - window->mean.low), 1e-12);
        }
}

static void what_no_window_saw_is_null(void **state)
{
    struct made made = make(*state);
    char *bytes = NULL;
    size_t size;
    struct error err = {0};
    FILE *out = open_memstream(&bytes, &size);
    assert_true(report_json(made.result, out, &err));
    fclose(out);
    json_t *report = json_loads(bytes, 0, NULL);
    json_t *series = json_object_get(report, "series"), *values = json_object_get(series, "values");
    assert_within(json_number_value(json_object_get(series, "window_s")), 5, 0);
    assert_int_equal(json_array_size(values), 6);
    json_t *failed = json_array_get(values, 2), *second = json_array_get(values, 3);
    assert_string_equal(json_string_value(json_object_get(failed, "setting")), "baseline");
    assert_string_equal(json_string_value(json_object_get(failed, "metric")),
                        "w.response_failed.p95");
    assert_int_equal(json_array_size(json_object_get(failed, "band_high")), WINDOWS);
    assert_true(json_is_null(json_array_get(json_object_get(failed, "estimate"), 9)));
    assert_string_equal(json_string_value(json_object_get(second, "setting")), "larger");
    assert_true(json_is_real(json_array_get(json_object_get(second, "low"), 0)));
    json_decref(report);
    free(bytes);
}

static void the_table_has_a_row_for_each_window(void **state)
{
    struct fixture *fixture = *state;
    struct made made = make(fixture);
    const struct table *table = series_table(made.result, fixture->arena);
    assert_int_equal(table->row_count, 6 * WINDOWS);
    size_t row = 4 * WINDOWS + 7; /* larger, w.throughput, the eighth window */
    assert_string_equal(table_cell_at(table, row, 0)->text, "larger");
    assert_string_equal(table_cell_at(table, row, 1)->text, "w.throughput");
    assert_within(table_cell_at(table, row, 3)->number, 35, 0);
    assert_within(table_cell_at(table, row, 4)->number, 40, 0);
    const struct result_window *window = &made.result->settings[1].series[1].windows[7];
    assert_within(table_cell_at(table, row, 5)->number, window->mean.estimate, 0);
    assert_within(table_cell_at(table, row, 9)->number, window->one.high, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(the_windows_are_the_run_cut_into_pieces),
        fixture_test(one_run_varies_more_than_the_mean),
        fixture_test(what_no_window_saw_is_null),
        fixture_test(the_table_has_a_row_for_each_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
