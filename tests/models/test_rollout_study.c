/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rehearsals: rules, rollback, recovery and the watch, where nothing is left to chance; the same
 * bytes on any number of threads. */
#include "models/studies/rollout_columns.h"
#include "tests/support/rehearsed.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two replicas, a request each 100 ms that holds one of a replica's pool for 30 ms; down for 3 min
 * and 10 s, both at once: nothing is served from 5 min on for so long. */
static const char outage[] =
    "{ \"capsim\": 1, \"name\": \"s\","
    "\"services\": { \"api\": { \"replicas\": 2, \"resources\": {"
    "  \"p\": { \"kind\": \"connection_pool\", \"max\": 5 } } } },"
    "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": "
    "\"100ms\" },"
    "  \"steps\": [ { \"visit\": \"api\", \"steps\": [ { \"hold\": \"p\","
    "    \"steps\": [ { \"delay\": \"30ms\" } ] } ] } ] } },"
    "\"settings\": { \"proposed\": { \"services.api.resources.p.max\": 7 } },"
    "\"criteria\": [ { \"name\": \"errors\", \"expect\": \"w.error_rate < 1%%\" },"
    "  { \"name\": \"no slower\", \"expect\": \"w.response.mean\", \"no_worse_than\": \"baseline\" "
    "} ],"
    "\"rollout\": { \"at\": \"5min\", \"to\": \"proposed\", \"service\": \"api\", \"batch\": %d,"
    "  \"drain_timeout\": \"1s\", \"restart_time\": \"190s\", \"watch\": \"20min\","
    "  \"alerts\": [ { \"name\": \"now\", \"when\": \"w.error_rate > 50%%\" },"
    "    { \"name\": \"2 min\", \"when\": \"w.error_rate > 50%%\", \"for\": \"2min\" },"
    "    { \"name\": \"3 min\", \"when\": \"w.error_rate > 50%%\", \"for\": \"3min\" },"
    "    { \"name\": \"always\", \"when\": \"w.throughput > 9/s\" } ],"
    "  \"rollback_when\": [ %s ], \"rollback_time\": \"90s\" },"
    "\"run\": { \"duration\": \"1h\", \"warmup\": \"1min\", \"replications\": 2, \"seed\": 1 } }";

static double first_value(const struct rehearsed *made, size_t column)
{
    return made->outcome.results[0].values[column];
}

static double rule_value(const struct rehearsed *made, size_t rule, enum rule_value value)
{
    return first_value(made, rollout_columns_rule(&made->rehearsal, rule, value));
}

static double rollout_run_value(const struct rehearsed *made, enum rollout_run_value value)
{
    return first_value(made, rollout_columns_course(&made->rehearsal, value));
}

static double phase_value(const struct rehearsed *made, size_t phase, enum phase_value value)
{
    return first_value(made, rollout_columns_phase(&made->rehearsal, phase, value));
}

/* The value of a metric in a phase. */
static double metric_value_in(const struct rehearsed *made, size_t phase, const char *name)
{
    const struct rollout_study *rehearsal = &made->rehearsal;
    for (size_t m = 0; m < rehearsal->metric_count; m++)
        if (strcmp(rehearsal->setting.columns[rehearsal->metrics[m].column].name, name) == 0)
            return first_value(made, rollout_columns_metric(rehearsal, phase, m));
    fail_msg("%s is not followed", name);
    return NAN;
}

static void assert_fires(const struct rehearsed *made, size_t rule, double first_s, double length_s)
{
    assert_int_equal((int)rule_value(made, rule, RULE_FIRED), 1);
    assert_within(rule_value(made, rule, RULE_FIRST), first_s, 0);
    assert_within(rule_value(made, rule, RULE_FIRING_TIME), length_s, 0);
}

/* Windows end each minute; those at 1, 2, 3 min are all errors, that at 4 min has 10 s of them. */
static void rules_fire_as_worked_out_by_hand(void **state)
{
    struct rehearsed made;
    rehearsed_run(*state, arena_printf(((struct fixture *)*state)->arena, outage, 2, ""), &made);
    assert_fires(&made, 0, 60, 180);
    assert_fires(&made, 1, 180, 60);
    assert_within(rule_value(&made, 2, RULE_FIRED), 0, 0);
    assert_true(isnan(rule_value(&made, 2, RULE_FIRST)));
    assert_int_equal((int)rule_value(&made, 0, RULE_HEALTHY_FIRED), 0);
    assert_int_equal((int)rule_value(&made, 3, RULE_HEALTHY_FIRED), 1);
    assert_within(rule_value(&made, 3, RULE_HEALTHY_FIRST), 60, 0);
    /* The last replica had a request for 30 ms and is up at 190.03 s; the watch begins with the
     * next window, at 240 s. */
    size_t watch = rollout_study_phase_watch(&made.rehearsal);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_ROLLOUT_TIME), 190.03, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_UNSERVED), 1900, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_TRIPPED), 0, 0);
    assert_within(phase_value(&made, 0, PHASE_BEGIN), -300, 0);
    assert_within(phase_value(&made, 0, PHASE_LENGTH), 300, 0);
    assert_within(phase_value(&made, 1, PHASE_LENGTH), 240, 0);
    assert_within(phase_value(&made, watch, PHASE_BEGIN), 240, 0);
    assert_within(phase_value(&made, watch, PHASE_LENGTH), 1200, 0);
    assert_within(metric_value_in(&made, 0, "w.error_rate"), 0, 0);
    assert_within(metric_value_in(&made, watch, "w.error_rate"), 0, 0);
    /* 0.3 busy of 2 x 5, then of 2 x 7. */
    assert_within(metric_value_in(&made, 0, "api.p.utilization"), 0.3 / 10, 1e-6);
    assert_within(metric_value_in(&made, watch, "api.p.utilization"), 0.3 / 14, 1e-6);
    assert_int_equal(rehearsed_find(*state, &made)->watch->verdict, VERDICT_PASS);
}

/* It trips at 180 s. Both are down then, until 190 s, and come back as they were; going back ends
 * at 270 s, which is seen at 300 s; 15 minutes are watched from there. */
static void a_rule_that_trips_rolls_back(void **state)
{
    static const char rule[] = "{ \"when\": \"w.error_rate > 50%\", \"for\": \"2min\" }";
    struct rehearsed made;
    rehearsed_run(*state, arena_printf(((struct fixture *)*state)->arena, outage, 2, rule), &made);
    size_t back = rollout_study_phase_back(&made.rehearsal);
    size_t aftermath = rollout_study_phase_aftermath(&made.rehearsal);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_TRIPPED), 1, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_TRIP), 180, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_ROLLBACK_TIME), 90, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_RECOVERED), 1, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_RECOVERY_TIME), 0, 0);
    assert_true(isnan(rollout_run_value(&made, ROLLOUT_RUN_ROLLOUT_TIME)));
    assert_within(phase_value(&made, 1, PHASE_LENGTH), 180, 0);
    assert_within(phase_value(&made, back, PHASE_BEGIN), 180, 0);
    assert_within(phase_value(&made, back, PHASE_LENGTH), 120, 0);
    assert_within(phase_value(&made, aftermath, PHASE_LENGTH), 900, 0);
    assert_within(metric_value_in(&made, aftermath, "api.p.utilization"), 0.3 / 10, 1e-6);
    assert_true(
        isnan(phase_value(&made, rollout_study_phase_watch(&made.rehearsal), PHASE_LENGTH)));
    /* The criteria are judged on what would have been without the rollback. */
    assert_int_equal(rehearsed_find(*state, &made)->watch->verdict, VERDICT_PASS);
}

/* One at a time half of the capacity is left, and that is enough: nothing fires but what always
 * does. */
static void one_at_a_time_nothing_fails(void **state)
{
    struct rehearsed made;
    rehearsed_run(*state, arena_printf(((struct fixture *)*state)->arena, outage, 1, ""), &made);
    for (size_t rule = 0; rule < 3; rule++)
        assert_within(rule_value(&made, rule, RULE_FIRED), 0, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_ROLLOUT_TIME), 380.03, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_UNSERVED) +
                      rollout_run_value(&made, ROLLOUT_RUN_CUT),
                  0, 0);
    assert_within(phase_value(&made, 1, PHASE_LENGTH), 190, 0);
    assert_within(phase_value(&made, 2, PHASE_BEGIN), 190, 0);
    assert_within(phase_value(&made, 2, PHASE_LENGTH), 230, 0); /* up to the end of the window */
}

/* Nothing is served: less than before in the windows at 1 to 4 min. Nothing is busy either, and
 * that is no worse. */
static void a_relative_rule_compares_with_before(void **state)
{
    static const char rule[] =
        "{ \"when\": \"w.throughput\", \"worse_than\": \"before\", \"margin\": \"10%\" },"
        "{ \"when\": \"api.p.busy\", \"worse_than\": \"before\", \"margin\": \"10%\" }";
    struct rehearsed made;
    rehearsed_run(*state, arena_printf(((struct fixture *)*state)->arena, outage, 2, rule), &made);
    assert_fires(&made, 4, 60, 240); /* fewer are served: 10 s of the fourth minute are missing */
    assert_within(rule_value(&made, 5, RULE_FIRED), 0, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_TRIP), 60, 0);
    assert_within(rollout_run_value(&made, ROLLOUT_RUN_RECOVERY_TIME), 180, 0);
}

/* As outage: nothing is served for 190 s from 5 min on, the watch begins 240 s after that. Of the
 * 5 minutes up to each look the errors are 20, 40, 60, 63, 63, 43, 23 %; what was answered took 30
 * ms at any time; of the pools 0.3 of 10, and then of 14, is busy, and none is there in between. */
static void a_rule_over_a_window_sees_what_was_before_the_watch(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\","
        "\"services\": { \"api\": { \"replicas\": 2, \"resources\": {"
        "  \"p\": { \"kind\": \"connection_pool\", \"max\": 5 } } } },"
        "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": "
        "\"100ms\" },"
        "  \"steps\": [ { \"visit\": \"api\", \"steps\": [ { \"hold\": \"p\","
        "    \"steps\": [ { \"delay\": \"30ms\" } ] } ] } ] } },"
        "\"settings\": { \"proposed\": { \"services.api.resources.p.max\": 7 } },"
        "\"criteria\": [ { \"name\": \"errors\", \"expect\": \"w.error_rate < 1% over 3min\" },"
        "  { \"name\": \"below\", \"expect\": \"api.p.utilization < 2.15% over 3min\" },"
        "  { \"name\": \"above\", \"expect\": \"api.p.utilization > 2.14% over 3min\" } ],"
        "\"rollout\": { \"at\": \"5min\", \"to\": \"proposed\", \"service\": \"api\", \"batch\": 2,"
        "  \"drain_timeout\": \"1s\", \"restart_time\": \"190s\", \"watch\": \"20min\","
        "  \"alerts\": [ { \"name\": \"rate\", \"when\": \"w.error_rate > 41% over 5min\" },"
        "    { \"name\": \"median\", \"when\": \"w.response.p50 >= 29ms over 5min\","
        "      \"for\": \"8min\" },"
        "    { \"name\": \"use\", \"when\": \"api.p.utilization < 2.5% over 5min\" },"
        "    { \"name\": \"held\", \"when\": \"w.error_rate > 50% for 2min\" } ] },"
        "\"run\": { \"duration\": \"1h\", \"warmup\": \"1min\", \"replications\": 2, \"seed\": 1 } "
        "}";
    struct rehearsed made;
    rehearsed_run(*state, text, &made);
    assert_fires(&made, 0, 180, 240);
    assert_fires(&made, 1, 540, 900);
    assert_fires(&made, 2, 300, 1140);
    assert_fires(&made, 3, 180, 60);
    assert_string_equal(rollout_columns_find_rule(&made.rehearsal, 3)->when.expect,
                        "w.error_rate > 50%");
    const struct result_setting *watch = &rehearsed_find(*state, &made)->watch->settings[0];
    for (size_t i = 0; i < watch->criterion_count; i++)
        assert_int_equal(watch->criteria[i].held, 2);
}

/* Every metric of the watch, in every replication, is that of the healthy course. */
static void a_reload_into_the_same_values_changes_no_metric(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\","
        "\"resources\": { \"db\": { \"kind\": \"database\", \"cores\": 4 } },"
        "\"services\": { \"api\": { \"replicas\": 3, \"balance\": \"random\", \"resources\": {"
        "  \"p\": { \"kind\": \"connection_pool\", \"max\": 4, \"min\": 1, \"database\": \"db\","
        "    \"connect\": { \"dist\": \"exponential\", \"mean\": \"20ms\" },"
        "    \"idle_timeout\": \"2s\", \"acquire_timeout\": \"200ms\" } } } },"
        "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"80/s\" },"
        "  \"steps\": [ { \"visit\": \"api\", \"steps\": [ { \"hold\": \"p\", \"steps\": ["
        "    { \"delay\": { \"dist\": \"exponential\", \"mean\": \"60ms\" } },"
        "    { \"work\": \"db\", \"demand\": { \"dist\": \"exponential\", \"mean\": \"20ms\" } }"
        "  ] } ] } ] } },"
        "\"rollout\": { \"at\": \"1min\", \"to\": \"baseline\", \"service\": \"api\", \"batch\": 1,"
        "  \"drain_timeout\": \"0s\", \"restart_time\": \"0s\", \"pause\": \"10s\","
        "  \"watch\": \"5min\" },"
        "\"run\": { \"duration\": \"5min\", \"warmup\": \"30s\", \"replications\": 3, \"seed\": 5 "
        "} }";
    struct rehearsed made;
    rehearsed_run(*state, text, &made);
    size_t columns, stride = made.rehearsal.setting.column_count;
    model_columns(made.rehearsal.after, &columns);
    for (size_t r = 0; r < 3; r++) {
        const double *changed = &made.outcome.results[0].values[r * stride];
        assert_memory_equal(changed, changed + made.rehearsal.healthy_base,
                            columns * sizeof *changed);
        assert_within(changed[rollout_columns_course(&made.rehearsal, ROLLOUT_RUN_ROLLOUT_TIME)],
                      20, 0);
    }
}

/* ---- findings ---- */

/* Both replications trip at 180 s: 2 of 2, whose exact lower bound is sqrt(0.025). */
static void findings_count_replications(void **state)
{
    static const char rule[] = "{ \"when\": \"w.error_rate > 50%\", \"for\": \"2min\" }";
    struct fixture *fixture = *state;
    struct rehearsed made;
    rehearsed_run(fixture, arena_printf(fixture->arena, outage, 2, rule), &made);
    const struct rehearsal_findings *findings = rehearsed_find(fixture, &made);
    assert_int_equal(findings->rolls_back.events, 2);
    assert_within(findings->rolls_back.low, sqrt(0.025), 1e-12);
    assert_within(findings->rolls_back.high, 1, 0);
    assert_within(findings->trip.median, 180, 0);
    assert_within(findings->recovery_time.latest, 0, 0);
    assert_int_equal(findings->rollback_verdict, VERDICT_FAIL);
    assert_int_equal(findings->verdict, VERDICT_FAIL);
    assert_int_equal(findings->rules[0].fires.events, 2);
    assert_int_equal(findings->rules[0].fires_when_healthy.events, 0);
    assert_within(findings->rules[0].fires_when_healthy.high, 1 - sqrt(0.025), 1e-12);
    /* 5 min before, 5 min until it is back, 15 min after: 25 windows. */
    assert_int_equal(findings->windows, 25);
    assert_within(findings->series[0].mean[4], 0, 0);
    assert_within(findings->series[0].highest[6], 1, 0);
}

/* ---- the program ---- */

/* Cycles, customers, bursts, retries, limiters, buffers, processors of replicas, nested services.
 */
static void everything_at_once_is_rehearsed(void **state)
{
    (void)state;
    static const char *const batches[] = {"rollout.batch=2", "rollout.batch=4"};
    char *scenario = source_path("tests/rehearsal/everything.json");
    for (size_t i = 0; i < 2; i++) {
        struct command_result result =
            capsim_run("rehearse", scenario, "--set", batches[i], "--set",
                       "rollout.drain_timeout=30ms", "--format", "json", "--quiet", NULL);
        assert_true(result.status == 0 || result.status == 1 || result.status == 3);
        assert_non_null(strstr(result.output, "\"holds\": \"yes\""));
        assert_null(strstr(result.output, "\"holds\": \"no\""));
        command_result_free(&result);
    }
    free(scenario);
}

static void the_same_bytes_on_any_number_of_threads(void **state)
{
    (void)state;
    static const char *const threads[] = {"1", "2", "4"};
    char *first = NULL, *scenario = source_path("inputs/scenarios/accubooks-rollout.json");
    for (size_t i = 0; i < 3; i++) {
        struct command_result result =
            capsim_run("rehearse", scenario, "--replications", "3", "--duration", "5min", "--set",
                       "rollout.at=2min", "--set", "rollout.batch=4", "--format", "json", "--quiet",
                       "--threads", threads[i], NULL);
        assert_true(result.status == 1 || result.status == 3);
        if (i > 0)
            assert_string_equal(result.output, first);
        if (i == 0)
            first = strdup(result.output);
        command_result_free(&result);
    }
    free(first);
    free(scenario);
}

/* As shipped: fails when it is half done; not with a database that was prepared, which takes 65
 * replications to pass. Fewer than in the file, for time. */
static void the_shipped_rollout_fails_unless_prepared(void **state)
{
    (void)state;
    static const struct {
        const char *file, *replications;
        int status;
    } shipped[] = {{"inputs/scenarios/accubooks-rollout.json", "2", 1},
                   {"inputs/scenarios/accubooks-rollout-prepared.json", "3", 3}};
    for (size_t i = 0; i < 2; i++) {
        char *scenario = source_path(shipped[i].file);
        struct command_result result =
            capsim_run("rehearse", scenario, "--replications", shipped[i].replications,
                       "--duration", "6min", "--quiet", NULL);
        assert_int_equal(result.status, shipped[i].status);
        command_result_free(&result);
        free(scenario);
    }
}

/* Evidence of a rehearsal has its course, and can be made again. */
static void evidence_has_the_rehearsal_and_is_verified(void **state)
{
    struct fixture *fixture = *state;
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    char *folder = arena_printf(fixture->arena, "%s/evidence", fixture->folder);
    char *text = arena_printf(fixture->arena, outage, 2, "");
    file_write(path, text, strlen(text));
    struct command_result made =
        capsim_run("rehearse", path, "--evidence", folder, "--load-test", "20:2", "--quiet", NULL);
    assert_int_equal(made.status, 1);
    command_result_free(&made);
    char *timeline = file_read(
        arena_printf(fixture->arena, "%s/during_change/projected_timeline.csv", folder), NULL);
    assert_non_null(strstr(timeline, "watch,w.error_rate,1,0,"));
    free(timeline);
    char *report =
        file_read(arena_printf(fixture->arena, "%s/post_execution_report.md", folder), NULL);
    assert_non_null(strstr(report, "## Rehearsal: Alerts and rollback rules"));
    assert_non_null(strstr(report, "## Rehearsal: Criteria for proposed"));
    assert_non_null(strstr(report, "| during | rolling restart completed | 3.17 min |"));
    char *page =
        file_read(arena_printf(fixture->arena, "%s/during_change/rehearsal.html", folder), NULL);
    assert_non_null(strstr(page, "<figure id=\"picture-model\">"));
    free(page);
    assert_non_null(strstr(report, "The scenario gives no rollback rule."));
    free(report);
    struct command_result verified = capsim_run("verify", folder, NULL);
    assert_int_equal(verified.status, 0);
    command_result_free(&verified);
}

static void evidence_is_about_a_change_of_the_baseline(void **state)
{
    struct fixture *fixture = *state;
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    char *folder = arena_printf(fixture->arena, "%s/evidence", fixture->folder);
    char *text = arena_printf(fixture->arena, outage, 2, "");
    file_write(path, text, strlen(text));
    struct command_result made = capsim_run("rehearse", path, "--evidence", folder, "--set",
                                            "rollout.to=baseline", "--quiet", NULL);
    assert_int_equal(made.status, 2);
    assert_non_null(strstr(made.error, "--evidence: is about a change of baseline: this rollout is "
                                       "from \"baseline\" to \"baseline\""));
    command_result_free(&made);
}

static void without_a_rollout_there_is_nothing_to_rehearse(void **state)
{
    (void)state;
    char *scenario = source_path("inputs/scenarios/mmc.json");
    struct command_result result = capsim_run("rehearse", scenario, NULL);
    assert_int_equal(result.status, 2);
    assert_string_equal(result.output, "");
    assert_non_null(strstr(result.error, "has no \"rollout\": there is nothing to rehearse"));
    command_result_free(&result);
    free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(rules_fire_as_worked_out_by_hand),
        fixture_test(a_rule_that_trips_rolls_back),
        fixture_test(one_at_a_time_nothing_fails),
        fixture_test(a_relative_rule_compares_with_before),
        fixture_test(a_rule_over_a_window_sees_what_was_before_the_watch),
        fixture_test(a_reload_into_the_same_values_changes_no_metric),
        fixture_test(findings_count_replications),
        cmocka_unit_test(everything_at_once_is_rehearsed),
        cmocka_unit_test(the_same_bytes_on_any_number_of_threads),
        fixture_test(evidence_has_the_rehearsal_and_is_verified),
        fixture_test(evidence_is_about_a_change_of_the_baseline),
        cmocka_unit_test(without_a_rollout_there_is_nothing_to_rehearse),
        cmocka_unit_test(the_shipped_rollout_fails_unless_prepared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
