/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an estimate can't be: a quantile above the largest value, a share above 1, an interval about
 * a queue that grows for ever. */
#include "models/studies/plan.h"
#include "reports/result/result.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

/* Poisson requests for one server; "overloaded" has more than it can do. */
static const char text[] =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"server\": { \"kind\": \"thread_pool\", "
    "\"threads\": 1 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", "
    "\"rate\": \"9.7/s\" }, \"steps\": [ { \"delay\": \"5ms\", \"name\": \"constant\" }, { "
    "\"hold\": "
    "\"server\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\", \"mean\": \"100ms\" } } ] "
    "} ] } }, "
    "\"settings\": { \"overloaded\": { \"workloads.w.arrivals.rate\": \"12/s\" } }, \"criteria\": "
    "[ { "
    "\"name\": \"c\", \"expect\": \"server.utilization < 2\", \"settings\": [ \"overloaded\" ] } "
    "], "
    "\"run\": { \"duration\": \"10s\", \"warmup\": \"1s\", \"replications\": [3, 3] } }";

static const struct result *run_text(struct fixture *fixture)
{
    static const char *const command[] = {"capsim"};
    struct plan *plan = arena_alloc(fixture->arena, sizeof *plan);
    struct study_outcome *outcome = arena_alloc(fixture->arena, sizeof *outcome);
    struct error err = {0};
    bool is_interrupted;
    fixture_read_text(fixture, text);
    assert_true(plan_make(&fixture->set, fixture->arena, plan, &err));
    plan->options.workers = (struct replications_options){.threads = 2};
    assert_true(
        plan_find_warmup(plan, &plan->options.workers, fixture->arena, &is_interrupted, &err));
    assert_true(
        study_run(plan->settings, plan->count, &plan->options, fixture->arena, outcome, &err));
    return result_make(plan, outcome, command, 1, fixture->arena);
}

static struct estimate find(const struct result *result, size_t setting, const char *metric)
{
    const struct result_setting *of = &result->settings[setting];
    for (size_t i = 0; i < of->metric_count; i++)
        if (strcmp(of->metrics[i].name, metric) == 0)
            return of->metrics[i].estimate;
    fail_msg("no metric %s", metric);
    return (struct estimate){0};
}

static void a_quantile_is_not_above_the_largest_value(void **state)
{
    const struct result *result = run_text(*state);
    static const char *const quantiles[] = {"w.step.constant.p75", "w.step.constant.p95",
                                            "w.step.constant.p999"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(find(result, 0, quantiles[i]).estimate == 0.005);
        assert_true(find(result, 0, quantiles[i]).standard_error == 0);
    }
    assert_true(find(result, 0, "w.step.constant.max").estimate == 0.005);
}

/* 0.94, give or take: Student's t alone would reach above 1. */
static void a_share_has_no_interval_above_1(void **state)
{
    const struct estimate use = find(run_text(*state), 0, "server.utilization");
    assert_true(use.has_interval && use.estimate < 1);
    assert_true(use.estimate + 4.3 * use.standard_error > 1); /* else this would show nothing */
    assert_true(use.high == 1);
    assert_true(use.low < use.estimate);
}

static void without_a_steady_state_there_is_no_interval(void **state)
{
    const struct result *result = run_text(*state);
    assert_true(result->settings[1].is_unstable);
    assert_false(find(result, 1, "w.response.mean").has_interval);
    assert_true(isinf(find(result, 1, "w.response.mean").low));
    assert_false(result->settings[1].criteria[0].estimate.has_interval);
    assert_true(find(result, 0, "w.response.mean").has_interval);
    for (size_t i = 0; i < result->difference_count; i++)
        assert_false(result->differences[i].estimate.has_interval);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_quantile_is_not_above_the_largest_value),
        fixture_test(a_share_has_no_interval_above_1),
        fixture_test(without_a_steady_state_there_is_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
