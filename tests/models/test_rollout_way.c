/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a rollout is judged: criteria, critical alerts and rollback rules, where nothing is
 * left to chance. */
#include "models/studies/rollout_way.h"
#include "tests/support/rehearsed.h"
#include <math.h>
#include <string.h>

/* Two replicas, a request each 100 ms that holds one of a replica's pool for 30 ms. At 5 min both
 * are down for 190 s: all fail in the windows that end 1, 2 and 3 min later, one in six in the
 * next, 1900 in all. */
static const char outage[] =
    "{ \"capsim\": 1, \"name\": \"s\","
    "\"services\": { \"api\": { \"replicas\": 2, \"resources\": {"
    "  \"p\": { \"kind\": \"connection_pool\", \"max\": 5 } } } },"
    "\"workloads\": { \"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": "
    "\"100ms\" },"
    "  \"steps\": [ { \"visit\": \"api\", \"steps\": [ { \"hold\": \"p\","
    "    \"steps\": [ { \"delay\": \"30ms\" } ] } ] } ] } },"
    "\"settings\": { \"proposed\": { \"services.api.resources.p.max\": 7 } },"
    "\"criteria\": [ %s ],"
    "\"rollout\": { \"at\": \"5min\", \"to\": \"proposed\", \"service\": \"api\", \"batch\": %d,"
    "  \"drain_timeout\": \"1s\", \"restart_time\": \"190s\", \"watch\": \"20min\","
    "  \"alerts\": [ %s ], \"rollback_when\": [ %s ] },"
    "\"run\": { \"duration\": \"1h\", \"warmup\": \"1min\", \"replications\": %d, \"seed\": 1 } }";

static const struct rehearsal_findings *rehearse(void **state, const char *criteria, int batch,
                                                 const char *alerts, const char *rules, int runs)
{
    struct fixture *fixture = *state;
    struct rehearsed *made = arena_alloc(fixture->arena, sizeof *made);
    rehearsed_run(fixture,
                  arena_printf(fixture->arena, outage, criteria, batch, alerts, rules, runs), made);
    return rehearsed_find(fixture, made);
}

static const char errors[] = "{ \"name\": \"e\", \"expect\": \"w.error_rate < 1%\" }";

/* The watch knows nothing of it. */
static void an_outage_on_the_way_fails(void **state)
{
    const struct rehearsal_findings *findings = rehearse(state, errors, 2, "", "", 3);
    assert_int_equal(findings->watch->verdict, VERDICT_PASS);
    assert_int_equal(findings->watch->settings[0].criterion_count, 1);
    assert_int_equal(findings->way_count, 1);
    assert_int_equal(findings->ways[0].failed, 3);
    assert_int_equal(findings->ways[0].held, 0);
    /* All of 600; 3 standard deviations of 1 % are granted. */
    assert_within(findings->ways[0].worst, 1 - 3 * sqrt(0.01 * 0.99 / 600), 1e-9);
    assert_int_equal(findings->way_verdict, VERDICT_FAIL);
    assert_int_equal(findings->outage_verdict, VERDICT_NONE);
    assert_int_equal(findings->verdict, VERDICT_FAIL);
}

static void a_criterion_may_be_of_the_watch_or_of_the_way_alone(void **state)
{
    static const char watch[] =
        "{ \"name\": \"e\", \"expect\": \"w.error_rate < 1%\", \"to\": \"watch\" }";
    static const char way[] =
        "{ \"name\": \"e\", \"expect\": \"w.error_rate < 1%\", \"to\": \"rollout\" }";
    const struct rehearsal_findings *findings = rehearse(state, watch, 2, "", "", 3);
    assert_int_equal(findings->way_count, 0);
    assert_int_equal(findings->verdict, VERDICT_PASS);
    findings = rehearse(state, way, 2, "", "", 3);
    assert_int_equal(findings->watch->settings[0].criterion_count, 0);
    assert_int_equal(findings->watch->verdict, VERDICT_NONE);
    assert_int_equal(findings->verdict, VERDICT_FAIL);
}

/* Of a share of time: by the phase of the batch, whose 240 s see 0.3 of 10 for 50 s. */
static void what_is_no_share_of_events_is_judged_by_phases(void **state)
{
    static const char use[] = "{ \"name\": \"u\", \"expect\": \"w.throughput > 9/s\" }";
    const struct rehearsal_findings *findings = rehearse(state, use, 2, "", "", 3);
    assert_int_equal(findings->ways[0].failed, 3);
    assert_within(findings->ways[0].worst, 500 / 240.0, 0.01);
    assert_int_equal(findings->way_verdict, VERDICT_FAIL);
    /* One at a time the other serves all. */
    findings = rehearse(state, use, 1, "", "", 3);
    assert_int_equal(findings->ways[0].failed, 0);
}

/* 10/s is never above 11/s: nothing that the change did. */
static void what_was_broken_before_the_change_is_not_judged(void **state)
{
    static const char broken[] = "{ \"name\": \"t\", \"expect\": \"w.throughput > 11/s\" }";
    const struct rehearsal_findings *findings = rehearse(state, broken, 2, "", "", 3);
    assert_int_equal(findings->ways[0].held + findings->ways[0].failed, 0);
    assert_int_equal(findings->ways[0].verdict, VERDICT_NONE);
    assert_int_equal(findings->watch->verdict, VERDICT_FAIL);
}

/* It holds for 3 windows, so for 2 min and not for 3; one that fires without the change tells
 * nothing, and one that is not critical decides nothing. */
static void a_critical_alert_that_fires_fails(void **state)
{
    static const char alerts[] =
        "{ \"name\": \"2\", \"when\": \"w.error_rate > 50%\", \"for\": \"2min\","
        "  \"severity\": \"critical\" },"
        "{ \"name\": \"3\", \"when\": \"w.error_rate > 50%\", \"for\": \"3min\","
        "  \"severity\": \"critical\" },"
        "{ \"name\": \"always\", \"when\": \"w.throughput > 9/s\", \"severity\": \"critical\" },"
        "{ \"name\": \"mild\", \"when\": \"w.error_rate > 50%\", \"severity\": \"warning\" }";
    const struct rehearsal_findings *findings = rehearse(state, "", 2, alerts, "", 3);
    assert_int_equal(findings->way_count, 3);
    /* 50 %; the first of the window was served when it was shut. */
    assert_within(findings->ways[0].worst, 599 / 600.0 / 0.5, 1e-9);
    assert_int_equal(findings->ways[0].verdict, VERDICT_FAIL);
    assert_within(findings->ways[1].worst, 101 / 600.0 / 0.5, 1e-9);
    assert_int_equal(findings->ways[1].failed, 0);
    assert_int_equal(findings->ways[2].verdict, VERDICT_NONE);
    assert_int_equal(findings->verdict, VERDICT_FAIL);
}

/* The rate before is 10/s; 10 % fewer are allowed. */
static void a_rollback_rule_that_trips_fails(void **state)
{
    static const char rule[] =
        "{ \"when\": \"w.throughput\", \"worse_than\": \"before\", \"margin\": \"10%\" }";
    const struct rehearsal_findings *findings = rehearse(state, errors, 2, "", rule, 3);
    assert_int_equal(findings->rolls_back.events, 3);
    assert_int_equal(findings->rollback_verdict, VERDICT_FAIL);
    findings = rehearse(state, errors, 1, "", rule, 3);
    assert_int_equal(findings->rolls_back.events, 0);
    /* 600 of 600 over 90 % of that, in every window of three replications alike. */
    assert_within(findings->ways[1].worst, 1 / 0.9, 1e-9);
    assert_int_equal(findings->rollback_verdict, VERDICT_UNDECIDED);
}

/* Where no criterion limits the errors of a workload that was turned away. */
static void an_outage_without_a_limit_on_errors_fails(void **state)
{
    static const char use[] = "{ \"name\": \"u\", \"expect\": \"api.p.utilization < 70%\" }";
    const struct rehearsal_findings *findings = rehearse(state, use, 2, "", "", 3);
    assert_int_equal(findings->outage.events, 3);
    assert_int_equal(findings->outage_verdict, VERDICT_FAIL);
    assert_int_equal(findings->verdict, VERDICT_FAIL);
    findings = rehearse(state, use, 1, "", "", 3);
    assert_int_equal(findings->outage_verdict, VERDICT_NONE);
}

/* 4 of 20 is surely above 5 %: the exact lower bound is 5.7 %. */
static void an_outage_in_one_of_twenty_decides_nothing(void **state)
{
    (void)state;
    static const struct {
        size_t events;
        enum verdict verdict;
    } cases[] = {{0, VERDICT_NONE}, {1, VERDICT_UNDECIDED}, {4, VERDICT_FAIL}, {20, VERDICT_FAIL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct finding_chance chance = {.events = cases[i].events, .runs = 20};
        estimate_binomial((double)chance.events, 20, 0.95, &chance.low, &chance.high);
        assert_int_equal(rehearsal_outage_verdict(&chance, false), cases[i].verdict);
        assert_int_equal(rehearsal_outage_verdict(&chance, true), VERDICT_NONE);
    }
}

/* Without an error in any of them: 3 tell nothing of 95 % of rollouts, 65 do. */
static void what_never_failed_passes_when_enough_rollouts_were_simulated(void **state)
{
    const struct rehearsal_findings *findings = rehearse(state, errors, 1, "", "", 3);
    assert_int_equal(findings->ways[0].failed, 0);
    assert_int_equal(findings->verdict, VERDICT_UNDECIDED);
    findings = rehearse(state, errors, 1, "", "", 65);
    assert_int_equal(findings->ways[0].held, 65);
    assert_int_equal(findings->verdict, VERDICT_PASS);
}

/* The longest response of a watch is a claim about one rollout: its runs are counted, and three
 * tell nothing; an average of longest responses would say more than it knows. */
static void an_extreme_of_the_watch_is_counted(void **state)
{
    static const char longest[] =
        "{ \"name\": \"m\", \"expect\": \"w.response.max < 100ms\", \"to\": \"watch\" }";
    const struct rehearsal_findings *findings = rehearse(state, longest, 1, "", "", 3);
    const struct result_criterion *criterion = &findings->watch->settings[0].criteria[0];
    assert_int_equal(criterion->held, 3);
    assert_int_equal(criterion->failed, 0);
    assert_int_equal(findings->verdict, VERDICT_UNDECIDED);
    findings = rehearse(state, longest, 1, "", "", 65);
    assert_int_equal(findings->watch->settings[0].criteria[0].held, 65);
    assert_int_equal(findings->verdict, VERDICT_PASS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(an_outage_on_the_way_fails),
        fixture_test(a_criterion_may_be_of_the_watch_or_of_the_way_alone),
        fixture_test(what_is_no_share_of_events_is_judged_by_phases),
        fixture_test(what_was_broken_before_the_change_is_not_judged),
        fixture_test(a_critical_alert_that_fires_fails),
        fixture_test(a_rollback_rule_that_trips_fails),
        fixture_test(an_outage_without_a_limit_on_errors_fails),
        cmocka_unit_test(an_outage_in_one_of_twenty_decides_nothing),
        fixture_test(an_extreme_of_the_watch_is_counted),
        fixture_test(what_never_failed_passes_when_enough_rollouts_were_simulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
