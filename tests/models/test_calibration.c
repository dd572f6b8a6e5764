/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Are verdicts wrong as seldom as they say? Studies of queues whose truth is known, judged with the
 * true value on the limit, 2 % above and 2 % below (campaign.h). `make calibrate` does it with
 * 1,000 studies of up to 160 replications each. */
#include "models/program/analytic.h"
#include "tests/support/campaign.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <math.h>

static const double SERVICE_S = 0.2385, RATE_PER_S = 0.8 * 2 / 0.2385;
enum { SERVERS = 2 };

static const struct analytic_station usual = {0.8 * 2 / 0.2385, 0.2385, SERVERS};

/* M/M/2 at load 0.8 of so many requests, after a tenth more of warm-up. */
static struct scenario *build_mm2(double service_s, double requests, struct pool_spec pool,
                                  uint64_t seed, struct arena *arena)
{
    struct scenario *scenario = build_queue(arena, law_exponential(arena, 1 / RATE_PER_S),
                                            law_exponential(arena, service_s), pool);
    scenario->run.duration_ns = (int64_t)(requests / RATE_PER_S * 1e9);
    scenario->run.warmup_ns = scenario->run.duration_ns / 10;
    scenario->run.window_ns = scenario->run.duration_ns / 20;
    scenario->run.seed = seed;
    return scenario;
}

/* ---- means and quantiles ---- */

/* 220 waits beyond the p99: hardly more than the least with which it is judged. */
static struct scenario *build_long(int system, uint64_t seed, struct arena *arena)
{
    return build_mm2(SERVICE_S, 22000, build_pool("pool", POOL_THREADS, SERVERS), seed, arena);
}

static void means_and_quantiles_are_judged_as_they_say(void **state)
{
    struct analytic_answer answer = analytic_solve_mmc(usual);
    struct campaign campaign = {
        .name = "M/M/2, load 0.8",
        .build = build_long,
        .systems = 1,
        .claims = {{"pool.wait.mean", answer.wait_mean_s, 0},
                   {"pool.utilization", answer.utilization, 0},
                   {"pool.wait.p95", analytic_mmc_wait_quantile(usual, 0.95), 0},
                   {"pool.wait.p99", analytic_mmc_wait_quantile(usual, 0.99), 0},
                   {"w.response.p95", analytic_mmc_response_quantile(usual, 0.95), 0}},
        .claim_count = 5};
    campaign_run(&campaign);
}

/* ---- rates ---- */

static const double OFTEN_S = 1.17, SELDOM_S = 3.31;

static struct scenario *build_with_timeout(double timeout_s, uint64_t seed, struct arena *arena)
{
    struct pool_spec pool = build_pool("pool", POOL_THREADS, SERVERS);
    pool.acquire_timeout = law_constant(arena, timeout_s);
    return build_mm2(SERVICE_S, 4000, pool, seed, arena);
}

static struct scenario *build_often(int system, uint64_t seed, struct arena *arena)
{
    return build_with_timeout(OFTEN_S, seed, arena);
}

static struct scenario *build_seldom(int system, uint64_t seed, struct arena *arena)
{
    return build_with_timeout(SELDOM_S, seed, arena);
}

static void rates_are_judged_as_they_say(void **state)
{
    struct campaign campaign = {
        .name = "time-outs",
        .build = build_often,
        .systems = 1,
        .claims = {{"w.error_rate", analytic_solve_mmcd(usual, OFTEN_S).timeout_rate, 0}},
        .claim_count = 1};
    campaign_run(&campaign);
    campaign.name = "rare time-outs";
    campaign.build = build_seldom;
    campaign.claims[0].truth = analytic_solve_mmcd(usual, SELDOM_S).timeout_rate;
    campaign_run(&campaign);
}

/* ---- no worse than ---- */

static const double SLOWER = 1.01; /* the second system's service */

static struct scenario *build_pair(int system, uint64_t seed, struct arena *arena)
{
    return build_mm2(system ? SERVICE_S * SLOWER : SERVICE_S, 5000,
                     build_pool("pool", POOL_THREADS, SERVERS), seed, arena);
}

static void comparisons_are_judged_as_they_say(void **state)
{
    struct analytic_station slower = {RATE_PER_S, SERVICE_S * SLOWER, SERVERS};
    struct campaign campaign = {
        .name = "1 % slower",
        .build = build_pair,
        .systems = 2,
        .claims = {{"pool.wait.mean", analytic_solve_mmc(slower).wait_mean_s,
                    analytic_solve_mmc(usual).wait_mean_s},
                   {"pool.wait.p95", analytic_mmc_wait_quantile(slower, 0.95),
                    analytic_mmc_wait_quantile(usual, 0.95)}},
        .claim_count = 2};
    campaign_run(&campaign);
}

/* ---- windows ---- */

static struct criterion_spec about_windows(const char *name, enum criterion_span span,
                                           int64_t window_ns)
{
    return (struct criterion_spec){.name = name,
                                   .expect = name,
                                   .metric = "pool.utilization",
                                   .has_limit = true,
                                   .op = COMPARISON_LESS,
                                   .limit = 0.9,
                                   .limit_text = "90%",
                                   .limit_unit = "1",
                                   .span = span,
                                   .window_ns = window_ns,
                                   .pointer = "/criteria/0/expect"};
}

static struct scenario *build_windows(int system, uint64_t seed, struct arena *arena)
{
    struct scenario *scenario =
        build_mm2(SERVICE_S, 2000, build_pool("pool", POOL_THREADS, SERVERS), seed, arena);
    struct criterion_spec *criteria = arena_array(arena, 3, sizeof *criteria);
    int64_t window_ns = 2 * scenario->run.window_ns;
    criteria[0] = about_windows("pool.utilization < 90% in every 30s", SPAN_IN_EVERY, window_ns);
    criteria[1] = about_windows("pool.utilization < 90% over 30s", SPAN_OVER, window_ns);
    criteria[2] = about_windows("pool.utilization < 90% for 30s", SPAN_FOR, window_ns);
    scenario->criteria = criteria;
    scenario->criterion_count = 3;
    return scenario;
}

/* No formula has the worst of ten windows: the mean of 200,000 replications, standard error 0.0001.
 */
static struct campaign windows = {.name = "windows",
                                  .build = build_windows,
                                  .systems = 1,
                                  .claims = {{"pool.utilization < 90% in every 30s", 0.915954, 0},
                                             {"pool.utilization < 90% over 30s", 0.930376, 0},
                                             {"pool.utilization < 90% for 30s", 0.706953, 0}},
                                  .claim_count = 3};

static void windows_are_judged_as_they_say(void **state)
{
    campaign_run(&windows);
}

/* The truths above, from other replications: within 4.9 standard errors of both. */
static void the_truths_of_windows_are_so(void **state)
{
    for (size_t c = 0; c < windows.claim_count; c++) {
        double mean, standard_error;
        campaign_find_truth(&windows, windows.claims[c].metric, repetitions(4000, 400), &mean,
                            &standard_error);
        print_message("%s: %.6f +- %.6f\n", windows.claims[c].metric, mean, standard_error);
        assert_within(mean, windows.claims[c].truth, 4.9 * 1.01 * standard_error);
    }
}

/* An argument, with * for anything, chooses which. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_quantiles_are_judged_as_they_say),
        cmocka_unit_test(rates_are_judged_as_they_say),
        cmocka_unit_test(comparisons_are_judged_as_they_say),
        cmocka_unit_test(windows_are_judged_as_they_say),
        cmocka_unit_test(the_truths_of_windows_are_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
