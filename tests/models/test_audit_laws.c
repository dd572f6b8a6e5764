/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/audit_laws.h"
#include "sim/random/distribution_fit.h"
#include "tests/support/support.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

static struct arena *arena;
static struct interval_net *net;

static int open_net(void **state)
{
    arena = arena_open();
    net = interval_net_create(arena);
    return 0;
}

static int close_net(void **state)
{
    arena_close(arena);
    return 0;
}

static size_t variable(const char *name, enum interval_unit unit)
{
    return interval_net_add_variable(net, name, unit, unit == UNIT_SHARE ? 1 : INFINITY);
}

/* A claim of exactly this. */
static size_t claim(size_t of, double value)
{
    return interval_net_add_claim(net, of, value, value);
}

static bool has_claim(const struct interval_state *set, size_t wanted)
{
    for (size_t i = 0; i < set->claims; i++)
        if (set->claim[i] == wanted)
            return true;
    return false;
}

static bool has_line(const struct interval_state *set, const char *wanted)
{
    for (size_t i = 0; i < set->lines; i++)
        if (strstr(set->line[i], wanted))
            return true;
    for (size_t i = 0; i < set->lines; i++)
        print_message("  %s\n", set->line[i]);
    return false;
}

/* 450 of 600 connections busy at 500/s are held 0.9 s each, above the p95 of 0.42 s of the whole
 * response. */
static void busy_connections_must_be_held_long_enough(void **state)
{
    size_t busy = variable("busy", UNIT_NONE), servers = variable("connections", UNIT_NONE);
    size_t rate = variable("requests", UNIT_PER_SECOND), hold = variable("hold", UNIT_SECONDS);
    size_t response = variable("response", UNIT_SECONDS), p95 = variable("p95", UNIT_SECONDS);
    audit_add_busy(net, busy, rate, hold, servers);
    audit_add_order(net, "a hold is a part of its response", hold, response);
    audit_add_mean_below(net, response, p95);
    size_t claims[] = {claim(busy, 450), claim(rate, 500), claim(p95, 0.42)};
    size_t of_servers = claim(servers, 600);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.set[0].claims, 3);
    for (int i = 0; i < 3; i++)
        assert_true(has_claim(&found.set[0], claims[i]));
    assert_false(has_claim(&found.set[0], of_servers));
    assert_int_equal(found.culprits, 3);
    assert_non_null(found.set[0].doubt);
    assert_true(has_line(&found.set[0],
                         "busy: 500/s x 420 ms = 210 at most (utilization law), 450 is claimed"));
    /* What it would have to be. */
    bool *without = arena_array(arena, 4, sizeof *without);
    without[claims[2]] = true;
    struct interval_state rest = interval_net_solve(net, without, arena);
    assert_true(rest.is_consistent);
    assert_within(rest.bound[hold].low, 0.9, 1e-9);
}

/* The same without a doubt, from all quantiles that are given and a time-out of 30 s: the mean is
 * at most 0.305 s. */
static void quantiles_and_a_timeout_bound_the_mean_strictly(void **state)
{
    static const double P[] = {0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
    static const double Q[] = {0.18, 0.28, 0.38, 0.42, 0.65, 1.2};
    size_t mean = variable("response", UNIT_SECONDS), most = variable("time-out", UNIT_SECONDS);
    size_t busy = variable("busy", UNIT_NONE), rate = variable("requests", UNIT_PER_SECOND);
    struct audit_quantile quantile[6];
    double upper = 0.001 * 30, lower = 0;
    for (int i = 0; i < 6; i++) {
        quantile[i] = (struct audit_quantile){P[i], variable("quantile", UNIT_SECONDS)};
        claim(quantile[i].variable, Q[i]);
        upper += (P[i] - (i > 0 ? P[i - 1] : 0)) * Q[i];
        lower += ((i < 5 ? P[i + 1] : 1) - P[i]) * Q[i];
    }
    audit_add_mean_of_quantiles(net, mean, quantile, 6, most);
    audit_add_little(net, busy, rate, mean);
    claim(most, 30);
    claim(rate, 500);
    struct interval_state state_of = interval_net_solve(net, NULL, arena);
    assert_true(state_of.is_consistent);
    assert_within(state_of.bound[mean].high, upper, 1e-9);
    assert_within(state_of.bound[mean].low, lower, 1e-9);
    assert_within(state_of.bound[busy].high, 500 * upper, 1e-6);
    claim(busy, 450);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    /* Not all quantiles are needed: those that are ordered stand in for others. */
    assert_true(found.count >= 1 && found.set[0].doubt == NULL);
    assert_true(found.set[0].claims >= 4 && found.set[0].claims < 9);
    assert_true(has_line(&found.set[0], ", 450 is claimed"));
}

/* 50 connections at 75 % and 500/s are held 75 ms; 600 would be 6.25 % busy. */
static void what_follows_is_told_of_both_counts(void **state)
{
    size_t rate = variable("requests", UNIT_PER_SECOND), hold = variable("hold", UNIT_SECONDS);
    size_t servers[2], busy[2], use[2];
    for (int i = 0; i < 2; i++) {
        servers[i] = variable(i ? "connections of 12 instances" : "connections", UNIT_NONE);
        busy[i] = variable("busy", UNIT_NONE);
        use[i] = variable("utilization", UNIT_SHARE);
        audit_add_busy(net, busy[i], rate, hold, servers[i]);
        audit_add_utilization(net, use[i], busy[i], servers[i]);
    }
    claim(servers[0], 50);
    claim(use[0], 0.75);
    claim(rate, 500);
    claim(servers[1], 600);
    struct interval_state state_of = interval_net_solve(net, NULL, arena);
    assert_true(state_of.is_consistent);
    assert_within(state_of.bound[hold].low, 0.075, 1e-9);
    assert_within(state_of.bound[hold].high, 0.075, 1e-9);
    assert_within(state_of.bound[use[1]].high, 0.0625, 1e-9);
    /* That the larger pool is 75 % busy as well contradicts it. */
    size_t both = interval_net_add_claim(net, use[1], 0.7, 0.8);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_true(found.count >= 1 && has_claim(&found.set[0], both));
    assert_true(found.set[0].lines >= 2 && found.set[0].doubt == NULL);
}

/* 100 collectors serialize for 150 ms each minute: 15 s of processor time, 25 % of a core, not 15.8
 * %. */
static void processor_time_is_not_the_share_of_the_window(void **state)
{
    size_t jobs = variable("collectors", UNIT_NONE), each = variable("each", UNIT_SECONDS);
    size_t work = variable("processor time", UNIT_SECONDS);
    size_t window = variable("window", UNIT_SECONDS), share = variable("CPU", UNIT_SHARE);
    audit_add_product(net, "processor time", work, jobs, each);
    audit_add_share(net, share, work, window);
    claim(jobs, 100);
    claim(each, 0.15);
    claim(window, 60);
    interval_net_add_claim(net, share, 0.1575, 0.1585);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.set[0].claims, 4);
    assert_true(has_line(&found.set[0], "100 x 150 ms = 15 s"));
    assert_int_equal(found.culprits, 4);
}

/* 100 rows of 10,000 a second are 1 %, not 5 to 10 %. */
static void a_sample_is_a_share_of_what_comes(void **state)
{
    size_t limit = variable("rows kept", UNIT_PER_SECOND),
           rate = variable("queries", UNIT_PER_SECOND);
    size_t share = variable("sampled", UNIT_SHARE);
    audit_add_share(net, share, limit, rate);
    claim(limit, 100);
    claim(rate, 10000);
    interval_net_add_claim(net, share, 0.05, 0.10);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_true(has_line(&found.set[0], "100/s / 10000/s = 1 % at most (share), 5 % is claimed"));
    assert_int_equal(found.set[0].lines, 1);
}

/* 20 of 200 called 20 % of the maximum. */
static void percent_of_a_maximum_is_arithmetic(void **state)
{
    size_t least = variable("pool.min", UNIT_NONE), most = variable("pool.max", UNIT_NONE);
    size_t share = variable("min of max", UNIT_SHARE);
    audit_add_share(net, share, least, most);
    claim(least, 20);
    claim(most, 200);
    interval_net_add_claim(net, share, 0.195, 0.205);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_true(has_line(&found.set[0], "20 / 200 = 10 % at most (share), 19.5 % is claimed"));
}

/* 100 jobs of 475 ms on 4 threads take 25 rounds, 11.875 s; 9.5 s are claimed. */
static void a_cycle_takes_its_rounds(void **state)
{
    size_t total = variable("cycle", UNIT_SECONDS), rounds = variable("rounds", UNIT_NONE);
    size_t jobs = variable("collectors", UNIT_NONE), threads = variable("threads", UNIT_NONE);
    size_t each = variable("each", UNIT_SECONDS);
    audit_add_makespan(net, total, rounds, jobs, threads, each);
    claim(jobs, 98);
    claim(threads, 4);
    size_t of_each = claim(each, 0.475);
    claim(total, 9.5);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_true(has_line(&found.set[0], "98 / 4, rounded up = 25"));
    bool *without = arena_array(arena, 4, sizeof *without);
    without[of_each] = true;
    assert_within(interval_net_solve(net, without, arena).bound[each].high, 0.38, 1e-9);
}

/* Two conflicts that share no claim are two sets, and no claim alone is to blame. */
static void separate_conflicts_are_separate_sets(void **state)
{
    for (int i = 0; i < 2; i++) {
        size_t part = variable("part", UNIT_NONE), whole = variable("whole", UNIT_NONE);
        audit_add_order(net, "a part", part, whole);
        claim(part, 7 + i);
        claim(whole, 5);
    }
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 2);
    assert_true(found.is_complete);
    assert_int_equal(found.set[0].claims, 2);
    assert_int_equal(found.set[1].claims, 2);
    assert_int_equal(found.culprits, 0);
}

/* The bound that was used came from a claim, but what the variable can be at all is enough. */
static void a_claim_that_is_not_needed_is_left_out(void **state)
{
    size_t whole = variable("whole", UNIT_NONE), part = variable("part", UNIT_NONE);
    size_t other = interval_net_add_variable(net, "other", UNIT_NONE, 20);
    audit_add_sum(net, "sum", whole, (size_t[]){part, other}, 2);
    claim(part, 10);
    size_t needless = claim(other, 10), of_whole = claim(whole, 100);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.set[0].claims, 2);
    assert_true(has_claim(&found.set[0], of_whole) && !has_claim(&found.set[0], needless));
}

static void two_claims_of_one_figure_may_contradict(void **state)
{
    size_t pool = variable("pool.max", UNIT_NONE);
    claim(pool, 50);
    claim(pool, 600);
    struct interval_conflicts found = interval_net_conflicts(net, arena);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.set[0].line[0],
                        "pool.max: 600 at least, and 50 at most, are claimed");
}

/* Random systems whose figures are true, each claimed within 5 %: never a conflict, and the truth
 * is in every interval that follows. One claim moved far off is always found. */
static void what_is_true_is_never_contradicted(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (int trial = 0; trial < 300; trial++) {
        net = interval_net_create(arena);
        double x = 10 + 990 * gsl_rng_uniform(rng), s = 0.01 + gsl_rng_uniform(rng);
        double c = ceil(x * s * (1.1 + gsl_rng_uniform(rng))), w = gsl_rng_uniform(rng);
        double truth[] = {x, s, c, x * s, x * s / c, w, s + w, x * (s + w)};
        size_t v[8];
        for (int i = 0; i < 8; i++)
            v[i] = variable("x", i == 4 ? UNIT_SHARE : UNIT_NONE);
        audit_add_busy(net, v[3], v[0], v[1], v[2]);
        audit_add_utilization(net, v[4], v[3], v[2]);
        audit_add_sum(net, "response", v[6], (size_t[]){v[1], v[5]}, 2);
        audit_add_little(net, v[7], v[0], v[6]);
        for (int i = 0; i < 8; i++)
            if (gsl_rng_uniform(rng) < 0.7)
                interval_net_add_claim(net, v[i], 0.95 * truth[i], 1.05 * truth[i]);
        struct interval_state found = interval_net_solve(net, NULL, arena);
        assert_true(found.is_consistent);
        for (int i = 0; i < 8; i++)
            assert_true(found.bound[v[i]].low <= truth[i] * (1 + 1e-9) &&
                        truth[i] <= found.bound[v[i]].high * (1 + 1e-9));
        interval_net_add_claim(net, v[0], 0.95 * x, 1.05 * x);
        interval_net_add_claim(net, v[6], 0.95 * (s + w), 1.05 * (s + w));
        interval_net_add_claim(net, v[7], 1.2 * truth[7], 1.3 * truth[7]);
        struct interval_conflicts conflicts = interval_net_conflicts(net, arena);
        assert_true(conflicts.count >= 1 && conflicts.set[0].claims <= 3);
        arena_reset(arena);
    }
    gsl_rng_free(rng);
}

/* What audit_add_mean_below says of the three families. */
static void a_mean_lies_below_its_high_quantiles(void **state)
{
    static const enum distribution_kind KINDS[] = {DISTRIBUTION_GAMMA, DISTRIBUTION_WEIBULL,
                                                   DISTRIBUTION_LOGNORMAL};
    for (int k = 0; k < 3; k++) {
        for (int i = 1; i <= 50; i++) {
            struct distribution law;
            struct distribution_doubt doubt;
            struct error err = {0};
            double cv = 0.1 * i;
            assert_true(distribution_fit(KINDS[k], (struct distribution_fact){KNOWN_MEAN, 2.385},
                                         (struct distribution_fact){KNOWN_CV, cv}, &law, &doubt,
                                         &err));
            if (distribution_quantile(&law, 0.95) < 2.385)
                print_message("kind %d cv %g: p95 below\n", KINDS[k], cv);
            if (cv <= 3 && distribution_quantile(&law, 0.9) < 2.385)
                print_message("kind %d cv %g: p90 below\n", KINDS[k], cv);
            assert_true(distribution_quantile(&law, 0.95) >= 2.385);
            if (cv <= 3)
                assert_true(distribution_quantile(&law, 0.9) >= 2.385);
        }
    }
}

int main(void)
{
    gsl_set_error_handler_off();
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_net, close_net)
    const struct CMUnitTest tests[] = {
        TEST(busy_connections_must_be_held_long_enough),
        TEST(quantiles_and_a_timeout_bound_the_mean_strictly),
        TEST(what_follows_is_told_of_both_counts),
        TEST(processor_time_is_not_the_share_of_the_window),
        TEST(a_sample_is_a_share_of_what_comes),
        TEST(percent_of_a_maximum_is_arithmetic),
        TEST(a_cycle_takes_its_rounds),
        TEST(separate_conflicts_are_separate_sets),
        TEST(a_claim_that_is_not_needed_is_left_out),
        TEST(two_claims_of_one_figure_may_contradict),
        TEST(what_is_true_is_never_contradicted),
        TEST(a_mean_lies_below_its_high_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
