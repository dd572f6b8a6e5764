/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The collector fleets that are shipped: each figure that their descriptions and README state. */
#include "sim/stats/estimate.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A nanosecond's half [s]: what is nearer is the same time. */
#define SAME 0.5e-9

/* What the scenario in inputs/scenarios comes to, as CSV. */
static struct command_result run_shipped(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "inputs/scenarios/%s.json", name);
    char *whole = source_path(path);
    struct command_result result = capsim_run("run", whole, "--format", "csv", NULL);
    free(whole);
    return result;
}

struct figure {
    double estimate, low, high, standard_error;
    unsigned replications;
};

/* The row of a setting's metric; columns: setting, metric, estimate, low, high, unit,
 * replications, standard_error, flags. */
static struct figure read_figure(const struct command_result *result, const char *setting,
                                 const char *metric)
{
    char start[200];
    struct figure figure;
    snprintf(start, sizeof start, "\n%s,%s,", setting, metric);
    const char *row = strstr(result->output, start);
    if (row == NULL)
        fail_msg("no %s of %s in: %s", metric, setting, result->error);
    int found = sscanf(row + strlen(start), "%lf,%lf,%lf,%*[^,],%u,%lf", &figure.estimate,
                       &figure.low, &figure.high, &figure.replications, &figure.standard_error);
    if (found != 5)
        fail_msg("not a figure: %.100s", row + 1);
    return figure;
}

static double value_of(const struct command_result *result, const char *setting, const char *metric)
{
    return read_figure(result, setting, metric).estimate;
}

/* Within chance of what it must be, at one false alarm in a million. */
static void assert_estimates(const struct command_result *result, const char *setting,
                             const char *metric, double expected)
{
    struct figure figure = read_figure(result, setting, metric);
    assert_true(figure.standard_error > 0);
    assert_within(figure.estimate, expected,
                  estimate_t(1 - 1e-6, figure.replications - 1) * figure.standard_error);
}

/* ---- the published table ---- */

static const struct published {
    const char *setting;
    int collectors, threads;
    double job_s, cycle_s, duty_percent; /* as published                                        */
    double measured_s;                   /* mean cycle with the measured spread: README has it    */
} published[] = {
    {"before_10", 10, 1, 0.475, 4.75, 7.9, 5.779},
    {"before_50", 50, 1, 0.475, 23.75, 39.6, 28.882},
    {"before_100", 100, 1, 0.475, 47.50, 79.2, 57.760},
    {"after_10", 10, 4, 0.380, 1.14, 1.9, 1.378},
    {"after_50", 50, 4, 0.380, 4.94, 8.2, 5.983},
    {"after_100", 100, 4, 0.380, 9.50, 15.8, 11.774},
};

enum { PUBLISHED = sizeof published / sizeof published[0] };

/* 15 s of work for 100 collectors, whatever they wait for: 25 % of one of the 4 cores. */
static void the_published_cycles_come_out_to_the_nanosecond(void **state)
{
    struct command_result result = run_shipped("pganalytics-collectors");
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *row = &published[i];
        double collectors = row->collectors;
        assert_within(value_of(&result, row->setting, "collection.cycle.mean"), row->cycle_s, SAME);
        assert_within(value_of(&result, row->setting, "collection.cycle.max"), row->cycle_s, SAME);
        assert_within(value_of(&result, row->setting, "collection.cycle.sd"), 0, 0);
        assert_within(row->cycle_s, ceil(collectors / row->threads) * row->job_s, 1e-12);
        double duty = value_of(&result, row->setting, "collection.cycle.duty");
        assert_within(duty, row->cycle_s / 60, 1e-12);
        assert_within(100 * duty, row->duty_percent, 0.05); /* rounded to a tenth */
        assert_within(value_of(&result, row->setting, "host.utilization"),
                      collectors * 0.150 / 60 / 4, 1e-12);
    }
    command_result_free(&result);
}

static void what_the_table_left_out_is_judged_beside_it(void **state)
{
    struct command_result result = run_shipped("pganalytics-collectors");
    assert_int_equal(result.status, 1);
    for (size_t i = 0; i < PUBLISHED; i++) {
        assert_within(value_of(&result, published[i].setting, "collection.sampling"), 0.01, 0);
        assert_within(value_of(&result, published[i].setting, "collection.success_rate"), 1, 0);
        assert_within(value_of(&result, published[i].setting, "metrics_buffer.dropped_rate"), 0, 0);
        assert_within(value_of(&result, published[i].setting, "db_pool.connect_time.mean"),
                      published[i].threads == 1 ? 0.100 : 0.005, SAME);
    }
    assert_within(value_of(&result, "after_100", "memory.max"), 102.5e6, 0);
    assert_within(value_of(&result, "after_100", "memory.buffers.max"), 37.5e6, 0);
    const char *limited = "after_100_limit_600";
    assert_within(value_of(&result, limited, "collection.sampling"), 0.06, 0);
    assert_within(value_of(&result, limited, "collection.cycle.mean"), 10.75, SAME);
    double parts = value_of(&result, limited, "memory.base") +
                   value_of(&result, limited, "memory.connections") +
                   value_of(&result, limited, "memory.threads") +
                   value_of(&result, limited, "memory.buffers") +
                   value_of(&result, limited, "memory.requests");
    assert_within(value_of(&result, limited, "memory"), parts, 1e-9 * parts);
    command_result_free(&result);
}

/* ---- the measured spread ---- */

/* One thread: the cycle is the sum of its jobs, 577.5 ms each on average. Four: between the work
 * over the threads and 3/4 of the longest job more (Graham 1969). */
static void with_the_measured_spread_cycles_are_longer(void **state)
{
    struct command_result result = run_shipped("pganalytics-measured");
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *row = &published[i];
        const double mean_s = 0.4635, longest_s = 0.697;
        double least = row->collectors * mean_s / row->threads;
        double cycle = value_of(&result, row->setting, "collection.cycle.mean");
        if (row->threads == 1) {
            assert_estimates(&result, row->setting, "collection.cycle.mean",
                             row->collectors * 0.5775);
        } else {
            assert_true(cycle > least && cycle < least + 0.75 * longest_s);
            assert_true(cycle > row->cycle_s);
        }
        assert_within(cycle, row->measured_s, 0.0005);
        assert_within(value_of(&result, row->setting, "collection.cycle.duty"), cycle / 60, 1e-12);
        /* Jobs are released together, so the last of them takes as long as its cycle. */
        assert_within(value_of(&result, row->setting, "collection.response.max"),
                      value_of(&result, row->setting, "collection.cycle.max"), SAME);
    }
    assert_estimates(&result, "after_50", "host.utilization", 50 * 0.1825 / 60 / 4);
    assert_true(value_of(&result, "before_100", "collection.cycle.overrun_rate") > 0);
    command_result_free(&result);
}

/* ---- what goes wrong ---- */

static void threads_wait_for_a_pool_that_is_smaller(void **state)
{
    struct command_result result = run_shipped("pganalytics-small-pool");
    const char *more = "pool_of_2_and_32_threads";
    assert_within(value_of(&result, "baseline", "collection.cycle.max"), 7 * 0.38, SAME);
    assert_within(value_of(&result, "pool_of_2", "collection.cycle.max"), 50 * 0.08 + 0.3, SAME);
    assert_within(value_of(&result, more, "collection.cycle.max"), 50 * 0.08 + 0.3, SAME);
    assert_within(value_of(&result, "pool_of_2", "db_pool.utilization"), 50 * 0.08 / 60, 1e-12);
    assert_within(value_of(&result, "baseline", "db_pool.wait.mean"), 0.005, SAME);
    assert_true(value_of(&result, "pool_of_2", "db_pool.wait.mean") > 0.2);
    assert_int_equal(result.status, 1);
    command_result_free(&result);
}

static void an_idle_timeout_below_the_period_reconnects_each_cycle(void **state)
{
    struct command_result result = run_shipped("pganalytics-idle-timeout");
    assert_within(value_of(&result, "baseline", "collection.cycle.max"), 3 * 0.38, SAME);
    assert_within(value_of(&result, "baseline", "db_pool.connect_rate"), 0, 0);
    assert_within(value_of(&result, "idle_30s", "collection.cycle.max"), 0.475 + 2 * 0.38, SAME);
    assert_within(value_of(&result, "idle_30s", "db_pool.connect_rate"), 4 / 60.0, 1e-12);
    assert_within(value_of(&result, "idle_30s_min_4", "collection.cycle.max"), 3 * 0.38, SAME);
    assert_within(value_of(&result, "idle_30s_min_4", "db_pool.connect_rate"), 0, 0);
    command_result_free(&result);
}

/* The end of `jobs` jobs on 4 threads, each taken by the thread that is free first; those in the
 * middle of `bad` equal parts take 5.005 s instead of 0.38 s. */
static double schedule_jobs(int jobs, int bad)
{
    double free_s[4] = {0}, end_s = 0;
    for (int k = 0; k < jobs; k++) {
        double length_s = 0.38;
        int first = 0;
        for (int b = 0; b < bad; b++) /* as many healthy ones before as behind, in each part */
            if (k == (int)((b + 0.5) * (jobs - bad) / bad + 0.5) + b)
                length_s = 5.005;
        for (int t = 1; t < 4; t++)
            first = free_s[t] < free_s[first] ? t : first;
        free_s[first] += length_s;
        end_s = fmax(end_s, free_s[first]);
    }
    return end_s;
}

static void one_that_does_not_answer_blocks_its_thread(void **state)
{
    struct command_result result = run_shipped("pganalytics-slow-collector");
    const char *ten = "proposed_10_unreachable";
    assert_within(value_of(&result, "baseline", "collection.cycle.max"), 99 * 0.475 + 5.1, SAME);
    assert_within(value_of(&result, "proposed", "collection.cycle.max"), schedule_jobs(100, 1),
                  1e-9);
    assert_within(value_of(&result, ten, "collection.cycle.max"), schedule_jobs(100, 10), 1e-9);
    assert_within(value_of(&result, "proposed", "collection.success_rate"), 0.99, 0);
    assert_within(value_of(&result, ten, "collection.success_rate"), 0.9, 0);
    assert_within(value_of(&result, ten, "collection.healthy.success_rate"), 1, 0);
    assert_int_equal(result.status, 1);
    command_result_free(&result);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_cycles_come_out_to_the_nanosecond),
        cmocka_unit_test(what_the_table_left_out_is_judged_beside_it),
        cmocka_unit_test(with_the_measured_spread_cycles_are_longer),
        cmocka_unit_test(threads_wait_for_a_pool_that_is_smaller),
        cmocka_unit_test(an_idle_timeout_below_the_period_reconnects_each_cycle),
        cmocka_unit_test(one_that_does_not_answer_blocks_its_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
