/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/provenance.h"
#include "reports/result/result.h"
#include "sim/base/version.h"
#include "tests/support/result_fixture.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An M/M/c queue with 3 servers in "baseline" and 5 in "proposed", simulated for real, and what
 * result_make made of it. */
struct made {
    struct arena *arena;
    struct setting_spec settings[2];
    struct scenario_set set;
    struct plan plan;
    struct study_outcome outcome;
    const struct result *result;
};

static const char text[] = "{ \"capsim\": 1 }";
static const char *const command[] = {"capsim", "run", "queue.json"};

static const struct override overrides[] = {
    {"resources.pool.max", "4"}, {"run.seed", "7"}, {"resources.pool.max", "5"}};
static const char *const only_baseline[] = {"baseline"};

static const struct criterion_spec criteria[] = {
    {.name = "for baseline",
     .expect = "pool.utilization < 90%",
     .metric = "pool.utilization",
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 0.9,
     .limit_text = "90%",
     .limit_unit = "1",
     .settings = only_baseline,
     .setting_count = 1,
     .pointer = "/criteria/0"},
    {.name = "for the others",
     .expect = "pool.wait.mean < 1s",
     .metric = "pool.wait.mean",
     .has_limit = true,
     .op = COMPARISON_LESS,
     .limit = 1.0,
     .limit_text = "1s",
     .limit_unit = "s",
     .no_worse_than = "baseline",
     .margin = 0.05,
     .pointer = "/criteria/1"},
};

static const struct assumption of_baseline[] = {
    {"b.twice", "1", "one note", NULL, false, NULL},
    {"z.default", "2", "default", NULL, true, NULL},
    {"b.twice", "1", "another note", "a source", false, NULL},
};
static const struct assumption of_proposed[] = {
    {"b.twice", "1", "one note", NULL, false, NULL},
    {"a.new", "3", "only here", NULL, false, NULL},
    {"z.default", "5", "default", NULL, true, NULL},
    {"y.new_default", "4", "default", NULL, true, NULL},
};
static const char *const warnings[] = {"two laws fit"};

static struct scenario queue(struct arena *arena, const char *name, int64_t servers)
{
    struct scenario scenario =
        *build_queue(arena, law_exponential(arena, 0.01), law_exponential(arena, 0.02385),
                     build_pool("pool", POOL_CONNECTIONS, servers));
    scenario.name = "queue";
    scenario.title = "A queue";
    scenario.setting = name;
    scenario.criteria = criteria;
    scenario.criterion_count = 2;
    scenario.run.duration_ns = 20000000000;
    scenario.run.has_auto_warmup = false;
    scenario.run.warmup_ns = 2385000000;
    scenario.run.min_replications = scenario.run.max_replications = 4;
    scenario.run.precision = 0.01;
    scenario.run.confidence = 0.95;
    scenario.run.seed = 7;
    return scenario;
}

static void fill_set(struct made *made)
{
    struct setting_spec *baseline = &made->settings[0], *proposed = &made->settings[1];
    baseline->name = "baseline";
    baseline->scenario = queue(made->arena, "baseline", 3);
    baseline->scenario.assumptions = of_baseline;
    baseline->scenario.assumption_count = 3;
    baseline->scenario.warnings = warnings;
    baseline->scenario.warning_count = 1;
    proposed->name = "proposed";
    proposed->scenario = queue(made->arena, "proposed", 5);
    proposed->scenario.assumptions = of_proposed;
    proposed->scenario.assumption_count = 4;
    proposed->overrides = overrides;
    proposed->override_count = 3;
    made->set = (struct scenario_set){.file = "queue.json",
                                      .text = text,
                                      .text_length = sizeof text - 1,
                                      .settings = made->settings,
                                      .setting_count = 2,
                                      .has_settings = true};
}

static int set_up(void **state)
{
    struct made *made = calloc(1, sizeof *made);
    struct error err = {0};
    bool is_interrupted;
    assert_non_null(made);
    made->arena = arena_open();
    fill_set(made);
    assert_true(plan_make(&made->set, made->arena, &made->plan, &err));
    made->plan.options.workers = (struct replications_options){.threads = 2};
    assert_true(plan_find_warmup(&made->plan, &made->plan.options.workers, made->arena,
                                 &is_interrupted, &err));
    assert_true(
        study_run(made->plan.settings, 2, &made->plan.options, made->arena, &made->outcome, &err));
    made->result = result_make(&made->plan, &made->outcome, command, 3, made->arena);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    struct made *made = *state;
    arena_close(made->arena);
    free(made);
    return 0;
}

static void the_scenario_and_the_run_are_cited(void **state)
{
    const struct made *made = *state;
    const struct result *result = made->result;
    char hash[SHA256_HEX_SIZE];
    sha256_hex(text, sizeof text - 1, hash);
    assert_string_equal(result->scenario_name, "queue");
    assert_string_equal(result->title, "A queue");
    assert_string_equal(result->scenario_sha256, hash);
    assert_int_equal(result->input_count, 1);
    assert_string_equal(result->inputs[0].file, "queue.json");
    assert_string_equal(result->inputs[0].sha256, hash);
    assert_string_equal(result->version, CAPSIM_VERSION);
    assert_int_equal(result->command_count, 3);
    assert_int_equal(result->seed, 7);
    assert_true(result->confidence == 0.95 && result->duration_s == 20.0);
    assert_true(result->settings[0].warmup_s == 2.385);
    assert_int_equal(result->looks_planned, 1);
    assert_int_equal(result->looks_made, 1);
    assert_false(result->is_interrupted);
}

static void every_metric_carries_its_estimate(void **state)
{
    const struct made *made = *state;
    for (size_t i = 0; i < 2; i++) {
        const struct result_setting *setting = &made->result->settings[i];
        size_t count;
        const struct column *columns = model_columns(made->plan.models[i], &count);
        assert_int_equal(setting->metric_count, model_metric_count(made->plan.models[i]));
        assert_true(setting->metric_count > 10 && setting->metric_count <= count);
        for (size_t k = 0; k < setting->metric_count; k++) {
            assert_string_equal(setting->metrics[k].name, columns[k].name);
            assert_string_equal(setting->metrics[k].unit, columns[k].unit);
            const struct estimate *shown = &setting->metrics[k].estimate;
            const struct estimate *found = &made->outcome.results[i].estimates[k];
            assert_true(shown->estimate == found->estimate || isnan(found->estimate));
            assert_true(shown->low == found->low || isnan(found->low));
            assert_true(shown->high == found->high || isnan(found->high));
            assert_int_equal(shown->replications, found->replications);
        }
    }
}

static void a_setting_has_the_criteria_that_apply_to_it(void **state)
{
    const struct made *made = *state;
    const struct result_setting *settings = made->result->settings;
    assert_int_equal(settings[0].criterion_count, 1);
    assert_string_equal(settings[0].criteria[0].name, "for baseline");
    assert_string_equal(settings[0].criteria[0].unit, "1");
    assert_int_equal(settings[1].criterion_count, 1);
    const struct result_criterion *criterion = &settings[1].criteria[0];
    const struct study_decision *decision = &made->outcome.results[1].decisions[0];
    assert_string_equal(criterion->name, "for the others");
    assert_string_equal(criterion->expect, "pool.wait.mean < 1s");
    assert_string_equal(criterion->unit, "s");
    assert_string_equal(criterion->no_worse_than, "baseline");
    assert_true(criterion->allowed == 0.05 && criterion->limit == 1.0 && criterion->has_limit);
    assert_true(criterion->margin == decision->margin);
    assert_int_equal(criterion->verdict, decision->verdict);
    assert_int_equal(criterion->verdict, VERDICT_PASS);
    assert_true(criterion->difference.estimate == decision->difference.estimate);
    assert_int_equal(made->result->verdict, made->outcome.verdict);
}

static void the_last_override_of_a_path_counts(void **state)
{
    const struct made *made = *state;
    const struct result_setting *proposed = &made->result->settings[1];
    assert_int_equal(proposed->override_count, 2);
    assert_string_equal(proposed->overrides[0].path, "resources.pool.max");
    assert_string_equal(proposed->overrides[0].value, "5");
    assert_string_equal(proposed->overrides[1].path, "run.seed");
    assert_int_equal(made->result->settings[0].override_count, 0);
}

static void differences_go_from_baseline_metric_by_metric(void **state)
{
    const struct made *made = *state;
    const struct result *result = made->result;
    assert_int_equal(result->difference_count, result->settings[0].metric_count);
    for (size_t i = 0; i < result->difference_count; i++) {
        const struct result_difference *difference = &result->differences[i];
        assert_string_equal(difference->metric, result->settings[0].metrics[i].name);
        assert_string_equal(difference->from, "baseline");
        assert_string_equal(difference->to, "proposed");
    }
    int column = model_find_column(made->plan.models[0], "pool.utilization");
    double from = result->settings[0].metrics[column].estimate.estimate;
    double to = result->settings[1].metrics[column].estimate.estimate;
    /* The mean of differences is the difference of means, up to rounding. */
    assert_within(result->differences[column].estimate.estimate, to - from, 1e-12);
    assert_true(result->differences[column].estimate.high < 0.0);
}

static void without_baseline_there_are_no_differences(void **state)
{
    const struct made *made = *state;
    struct setting_spec settings[2] = {made->settings[0], made->settings[1]};
    struct scenario_set set = made->set;
    struct plan plan = made->plan;
    settings[0].name = "other"; /* one criterion applies to it, too: the second */
    set.settings = settings;
    plan.set = &set;
    const struct result *result = result_make(&plan, &made->outcome, command, 3, made->arena);
    assert_int_equal(result->difference_count, 0);
}

static void assumptions_are_those_given_then_the_defaults(void **state)
{
    static const struct {
        const char *key, *note, *value;
    } expected[] = {{"b.twice", "one note", "1"},
                    {"b.twice", "another note", "1"},
                    {"a.new", "only here", "3"},
                    {"z.default", "default", "2"},
                    {"y.new_default", "default", "4"}};
    const struct made *made = *state;
    const size_t count = sizeof expected / sizeof expected[0];
    assert_int_equal(made->result->assumption_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct assumption *assumption = &made->result->assumptions[i];
        assert_string_equal(assumption->key, expected[i].key);
        assert_string_equal(assumption->note, expected[i].note);
        assert_string_equal(assumption->value, expected[i].value);
        assert_int_equal(assumption->is_default, i >= 3);
    }
}

static void warnings_come_from_reading_the_model_and_the_warm_up(void **state)
{
    const struct made *made = *state;
    const char *of_plan[2] = {NULL, "did not settle"};
    struct plan plan = made->plan;
    plan.warnings = of_plan;
    const struct result *result = result_make(&plan, &made->outcome, command, 3, made->arena);
    assert_int_equal(result->settings[0].warning_count, 1);
    assert_string_equal(result->settings[0].warnings[0], "two laws fit");
    assert_int_equal(result->settings[1].warning_count, 1);
    assert_string_equal(result->settings[1].warnings[0], "did not settle");
}

static void the_self_checks_are_there_and_hold(void **state)
{
    const struct made *made = *state;
    for (size_t i = 0; i < 2; i++) {
        assert_true(made->result->settings[i].check_count > 0);
        for (size_t k = 0; k < made->result->settings[i].check_count; k++)
            assert_true(made->result->settings[i].checks[k].holds);
    }
}

static void the_digest_is_filled_in_and_the_same_again(void **state)
{
    const struct made *made = *state;
    char digest[SHA256_HEX_SIZE];
    provenance_digest(made->result, digest);
    assert_string_equal(made->result->digest, digest);
    assert_int_equal(strlen(digest), 64);
    const struct result *again = result_make(&made->plan, &made->outcome, command, 3, made->arena);
    assert_string_equal(again->digest, digest);
}

static void every_writer_takes_it(void **state)
{
    const struct made *made = *state;
    char *json = result_fixture_json(made->result), *csv = result_fixture_csv(made->result);
    char *markdown = result_fixture_markdown(made->result);
    char *shown = result_fixture_text(made->result, 100, true);
    assert_non_null(strstr(json, "\"pool.wait.mean\""));
    assert_non_null(strstr(csv, "\nproposed,pool.wait.mean,"));
    assert_non_null(strstr(markdown, "| pool.wait.mean |"));
    assert_non_null(strstr(shown, "  pool.wait.mean "));
    free(json);
    free(csv);
    free(markdown);
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scenario_and_the_run_are_cited),
        cmocka_unit_test(every_metric_carries_its_estimate),
        cmocka_unit_test(a_setting_has_the_criteria_that_apply_to_it),
        cmocka_unit_test(the_last_override_of_a_path_counts),
        cmocka_unit_test(differences_go_from_baseline_metric_by_metric),
        cmocka_unit_test(without_baseline_there_are_no_differences),
        cmocka_unit_test(assumptions_are_those_given_then_the_defaults),
        cmocka_unit_test(warnings_come_from_reading_the_model_and_the_warm_up),
        cmocka_unit_test(the_self_checks_are_there_and_hold),
        cmocka_unit_test(the_digest_is_filled_in_and_the_same_again),
        cmocka_unit_test(every_writer_takes_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
