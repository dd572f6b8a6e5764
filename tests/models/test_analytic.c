/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms against values computed independently (tests/exact/exact.json). */
#include "models/program/analytic.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>

/* What both sides may be off, relative to the value: sums of thousands of terms, in double. */
#define CLOSED_FORM 1e-9

static struct analytic_station station(double arrival_rate_per_s, double service_time_s,
                                       int64_t servers)
{
    return (struct analytic_station){arrival_rate_per_s, service_time_s, servers};
}

static void assert_exact(const char *id, const char *metric, double value)
{
    double exact = exact_value(id, metric);
    if (!(fabs(value - exact) <= CLOSED_FORM * fabs(exact)))
        print_message("%s, %s:\n", id, metric);
    assert_within(value, exact, CLOSED_FORM * fabs(exact));
}

/* The metrics that every queue has; NULL leaves one out. */
struct names {
    const char *utilization, *wait_probability, *wait_mean, *queue_length;
};
static const struct names usual = {"utilization", "P(wait>0)", "mean_wait", "mean_queue_len"};

static void assert_answer(const char *id, struct analytic_answer answer, struct names names)
{
    if (names.utilization)
        assert_exact(id, names.utilization, answer.utilization);
    if (names.wait_probability)
        assert_exact(id, names.wait_probability, answer.wait_probability);
    if (names.wait_mean)
        assert_exact(id, names.wait_mean, answer.wait_mean_s);
    if (names.queue_length)
        assert_exact(id, names.queue_length, answer.queue_length);
}

/* ---- Erlang ---- */

static void erlang_c_matches_published_values(void **state)
{
    assert_exact("pub-erlC", "P(wait) c=11 a=10", analytic_erlang_c(11, 10.0));
    assert_exact("pub-erlC", "P(wait) c=14 a=10", analytic_erlang_c(14, 10.0));
    assert_exact("pub-erlC", "P(wait) c=132 a=123", analytic_erlang_c(132, 123.0));
    assert_exact("pub-erlC", "P(wait) c=12421 a=12345", analytic_erlang_c(12421, 12345.0));
    assert_within(analytic_erlang_c(7, 7.0), 1.0, 0.0);
}

static void erlang_b_holds_where_it_underflows(void **state)
{
    const char *id = "pub-erlB-log";
    assert_exact(id, "ln P(block) c=100 a=120", analytic_log_erlang_b(100, 120.0));
    assert_exact(id, "ln P(block) c=10000 a=12000", analytic_log_erlang_b(10000, 12000.0));
    assert_exact(id, "ln P(block) c=100 a=20", analytic_log_erlang_b(100, 20.0));
    assert_exact(id, "ln P(block) c=10000 a=200", analytic_log_erlang_b(10000, 200.0));
    assert_exact(id, "ln P(block) c=100 a=10000", analytic_log_erlang_b(100, 10000.0));
}

/* With c = a, 1/B = sqrt(pi c / 2) + 2/3 + O(1 / sqrt c): Stirling's series of Ramanujan's Q. */
static void erlang_b_holds_for_a_million_servers(void **state)
{
    double servers = 1e6;
    double inverse = sqrt(acos(-1.0) * servers / 2.0) + 2.0 / 3.0;
    assert_within(1.0 / analytic_erlang_b(1000000, servers), inverse, 2e-3);
}

/* The recursion may start late; from 0 it is Erlang's own. */
static void erlang_b_is_the_plain_recursion(void **state)
{
    const double loads[] = {0.0137, 0.731, 3.119, 47.77, 913.3};
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        double blocked = 1.0;
        for (int64_t n = 1; n <= 2000; n++) {
            blocked = loads[i] * blocked / ((double)n + loads[i] * blocked);
            if (blocked > 1e-290)
                assert_within(analytic_erlang_b(n, loads[i]) / blocked, 1.0, 1e-11);
        }
    }
    assert_within(analytic_erlang_b(0, 2.385), 1.0, 0.0);
}

/* ---- nobody leaves ---- */

static void mmc_matches_exact_values(void **state)
{
    static const struct {
        const char *id;
        struct analytic_station station;
    } cases[] = {
        {"mm1-r50", {5.0, 0.1, 1}},         {"mm1-r80", {8.0, 0.1, 1}},
        {"mmc-2", {16.0, 0.1, 2}},          {"mmc-4-etaeqmu", {50.0, 0.06, 4}},
        {"mmc-10-r95", {190.0, 0.05, 10}},  {"mmc-50-r90", {600.0, 0.075, 50}},
        {"mmc-50-r96", {640.0, 0.075, 50}}, {"mmc-200-r94", {2500.0, 0.075, 200}},
    };
    static const struct {
        double p;
        const char *wait, *response;
    } quantiles[] = {{0.5, "wait_p50", "response_p50"},
                     {0.95, "wait_p95", "response_p95"},
                     {0.99, "wait_p99", "response_p99"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *id = cases[i].id;
        struct analytic_answer answer = analytic_solve_mmc(cases[i].station);
        assert_answer(id, answer, usual);
        assert_exact(id, "mean_response", answer.wait_mean_s + cases[i].station.service_time_s);
        for (size_t q = 0; q < 3; q++) {
            double p = quantiles[q].p;
            assert_exact(id, quantiles[q].wait, analytic_mmc_wait_quantile(cases[i].station, p));
            assert_exact(id, quantiles[q].response,
                         analytic_mmc_response_quantile(cases[i].station, p));
        }
    }
}

static void mmc_matches_published_values(void **state)
{
    struct analytic_answer dome = analytic_solve_mmc(station(0.75, 1.0, 2));
    assert_answer("pub-burger-dome", dome,
                  (struct names){NULL, "P(wait>0)", "mean_wait", "mean_queue_len"});
    struct analytic_answer simmer = analytic_solve_mmc(station(0.25, 3.0, 1));
    assert_exact("pub-simmer-mm1", "mean_number", simmer.queue_length + simmer.utilization);
    assert_exact("pub-cimba-mm1", "mean_queue_len",
                 analytic_solve_mmc(station(0.75, 1.0, 1)).queue_length);
    struct analytic_answer central = analytic_solve_mmc(station(16.0, 0.1, 2));
    assert_exact("central2-r80", "mean_response", central.wait_mean_s + 0.1);
}

/* Near saturation e^(mu t) would overflow long before the quantile is reached. */
static void mmc_response_quantile_holds_near_saturation(void **state)
{
    struct analytic_station nearly_full = station(9.9993, 0.1, 1); /* response is exponential */
    assert_within(analytic_mmc_response_quantile(nearly_full, 0.99), log(100.0) / 0.0007, 1e-5);
}

static void an_unstable_queue_waits_for_ever(void **state)
{
    struct analytic_answer answer = analytic_solve_mmc(station(23.85, 0.1, 2));
    assert_within(answer.utilization, 1.0, 0.0);
    assert_within(answer.wait_probability, 1.0, 0.0);
    assert_within(answer.throughput_per_s, 20.0, 1e-12);
    assert_true(isinf(answer.wait_mean_s) && isinf(answer.queue_length));
    assert_true(isinf(analytic_mmc_wait_quantile(station(20.0, 0.1, 2), 0.5)));
    assert_true(isinf(analytic_solve_mdc(station(20.0, 0.1, 2)).wait_mean_s));
}

static void mg1_matches_exact_values(void **state)
{
    struct analytic_station busy = station(8.0, 0.1, 1), busier = station(9.0, 0.1, 1);
    struct names no_queue = {NULL, "P(wait>0)", "mean_wait", NULL};
    assert_answer("mg1-ln-cv1", analytic_solve_mg1(busy, 0.01), no_queue);
    assert_answer("mg1-ln-cv2", analytic_solve_mg1(busy, 0.04), no_queue);
    assert_answer("mg1-gamma-scv0.5", analytic_solve_mg1(busier, 0.005), no_queue);
    assert_answer("md1-r90", analytic_solve_mg1(busier, 0.0), no_queue);
    assert_exact("mh21-scv4", "mean_wait", analytic_solve_mg1(busy, 0.04).wait_mean_s);
}

static void mdc_matches_exact_values(void **state)
{
    struct names no_queue = {NULL, "P(wait>0)", "mean_wait", NULL};
    assert_answer("md1-r90", analytic_solve_mdc(station(9.0, 0.1, 1)), no_queue);
    assert_answer("mdc-2-r80", analytic_solve_mdc(station(16.0, 0.1, 2)), no_queue);
    assert_answer("mdc-4-r90", analytic_solve_mdc(station(36.0, 0.1, 4)), no_queue);
    assert_answer("mdc-50-r90", analytic_solve_mdc(station(600.0, 0.075, 50)), no_queue);
    assert_true(isnan(analytic_solve_mdc(station(19.999, 0.1, 2)).wait_mean_s));
}

static void batches_match_exact_values(void **state)
{
    struct arena *scratch = arena_open();
    struct names means = {"utilization", NULL, "mean_wait", NULL};
    assert_answer("mx1-b10", analytic_solve_batches(station(0.8, 0.1, 1), 10, scratch), means);
    assert_answer("mx4-b10", analytic_solve_batches(station(5.0, 0.06, 4), 10, scratch), means);
    /* A batch of one is M/M/c; also where the states' weights leave the range of a double. */
    assert_answer("mmc-50-r96", analytic_solve_batches(station(640.0, 0.075, 50), 1, scratch),
                  usual);
    struct analytic_station large = station(1500.0, 1.0, 1613);
    assert_within(analytic_solve_batches(large, 1, scratch).wait_mean_s /
                      analytic_solve_mmc(large).wait_mean_s,
                  1.0, 1e-7);
    arena_close(scratch);
}

/* ---- requests are refused or leave ---- */

static void loss_matches_exact_values(void **state)
{
    static const struct {
        const char *id;
        struct analytic_station station;
    } cases[] = {{"erlb-50-a45", {600.0, 0.075, 50}},
                 {"erlb-100-a100", {2000.0, 0.05, 100}},
                 {"erlb-200-a187.5", {2500.0, 0.075, 200}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct analytic_answer answer = analytic_solve_loss(cases[i].station);
        assert_exact(cases[i].id, "P(block)", answer.refused_rate);
        assert_exact(cases[i].id, "utilization", answer.utilization);
        assert_exact(cases[i].id, "throughput", answer.throughput_per_s);
        struct analytic_answer room_for_none = analytic_solve_mmck(cases[i].station, 0);
        assert_exact(cases[i].id, "P(block)", room_for_none.refused_rate);
        assert_within(room_for_none.wait_mean_s, 0.0, 0.0);
        assert_within(room_for_none.wait_probability, 0.0, 0.0);
    }
}

static void mmck_matches_exact_values(void **state)
{
    static const struct {
        const char *id;
        struct analytic_station station;
        int64_t queue_limit;
    } cases[] = {{"mmck-4-20", {70.0, 0.06, 4}, 16}, {"mmck-1-10", {9.0, 0.1, 1}, 9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct analytic_answer answer = analytic_solve_mmck(cases[i].station, cases[i].queue_limit);
        assert_exact(cases[i].id, "P(block)", answer.refused_rate);
        assert_exact(cases[i].id, "utilization", answer.utilization);
        assert_exact(cases[i].id, "throughput", answer.throughput_per_s);
        assert_exact(cases[i].id, "mean_wait_admitted", answer.wait_mean_s);
    }
    assert_exact("pub-mm46", "P(block)",
                 analytic_solve_mmck(station(50.0, 0.1, 4), 2).refused_rate);
    assert_exact("pub-mm37", "mean_response",
                 analytic_solve_mmck(station(40.0, 1.0 / 30.0, 3), 4).wait_mean_s + 1.0 / 30.0);
}

/* With room for very many, M/M/c below saturation; above it, one is always served at once. */
static void mmck_with_much_room_is_mmc(void **state)
{
    struct analytic_station calm = station(8.0, 0.1, 1), flooded = station(23.85, 0.1, 2);
    struct analytic_answer answer = analytic_solve_mmck(calm, 1000000000);
    assert_within(answer.wait_mean_s, 0.4, 1e-12);
    assert_within(answer.wait_probability, 0.8, 1e-12);
    answer = analytic_solve_mmck(flooded, 100000);
    assert_within(answer.throughput_per_s, 20.0, 1e-9);
    assert_within(answer.queue_length, 100000.0 - 20.0 / 3.85, 1e-6);
}

static void exponential_patience_matches_exact_values(void **state)
{
    static const struct {
        const char *id;
        struct analytic_station station;
        double patience_s;
    } cases[] = {{"erlA-50-under", {600.0, 0.075, 50}, 0.5},
                 {"erlA-4", {70.0, 0.06, 4}, 0.2},
                 {"erlA-200", {2700.0, 0.075, 200}, 0.5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct analytic_answer answer = analytic_solve_mmcm(cases[i].station, cases[i].patience_s);
        double waits = answer.wait_probability * (1.0 - answer.timeout_rate) + answer.timeout_rate;
        assert_exact(cases[i].id, "P(abandon)", answer.timeout_rate);
        assert_exact(cases[i].id, "P(must_wait)", waits);
        assert_exact(cases[i].id, "mean_wait_all", answer.wait_mean_asked_s);
        assert_exact(cases[i].id, "mean_wait_served", answer.wait_mean_s);
        assert_exact(cases[i].id, "utilization", answer.utilization);
    }
}

static void exponential_patience_matches_published_values(void **state)
{
    struct analytic_answer answer = analytic_solve_mmcm(station(0.1, 240.0, 28), 300.0);
    assert_exact("pub-erlA", "mean_queue_len", answer.queue_length);
    assert_exact("pub-erlA", "mean_wait", answer.wait_mean_asked_s);
    assert_exact("pub-erlA", "mean_number", answer.queue_length + 28.0 * answer.utilization);
    /* The row's own parameters: patience 30, c 25. */
    assert_exact("pub-erlA", "P(abandon)",
                 analytic_solve_mmcm(station(0.1, 240.0, 25), 30.0).timeout_rate);
}

/* Far above capacity the weights grow beyond the range of a double before they fall. The queue
 * settles where patience takes away what is too much: (lambda - c mu) patience. */
static void exponential_patience_holds_far_above_capacity(void **state)
{
    struct analytic_answer answer = analytic_solve_mmcm(station(9000.0, 0.01, 50), 3.7);
    assert_within(answer.timeout_rate, 4.0 / 9.0, 1e-12);
    assert_within(answer.queue_length, 4000.0 * 3.7, 1e-6);
    assert_within(answer.utilization, 1.0, 1e-12);
}

struct mmcd_case {
    const char *id;
    struct analytic_station station;
    double timeout_s;
};
static const struct mmcd_case mmcd_cases[] = {
    {"mmnD-50-crit", {666.6666666666666, 0.075, 50}, 0.25},
    {"mmnD-10-30s-over", {11.0, 1.0, 10}, 30.0},
    {"mmnD-200-100ms", {2700.0, 0.075, 200}, 0.1},
    {"mmnD-1-500ms", {9.0, 0.1, 1}, 0.5},
    {"mmnD-4-200ms", {60.0, 0.06, 4}, 0.2},
};

static void constant_patience_matches_exact_values(void **state)
{
    for (size_t i = 0; i < sizeof mmcd_cases / sizeof mmcd_cases[0]; i++) {
        const struct mmcd_case *c = &mmcd_cases[i];
        struct analytic_answer answer = analytic_solve_mmcd(c->station, c->timeout_s);
        double waits = answer.wait_probability * (1.0 - answer.timeout_rate) + answer.timeout_rate;
        assert_exact(c->id, "P(timeout)", answer.timeout_rate);
        assert_exact(c->id, "P(must_wait)", waits);
        assert_exact(c->id, "mean_wait_all", answer.wait_mean_asked_s);
        assert_exact(c->id, "mean_wait_served", answer.wait_mean_s);
        assert_exact(c->id, "utilization", answer.utilization);
        assert_exact(c->id, "throughput", answer.throughput_per_s);
        const double p[] = {0.5, 0.95, 0.99};
        const char *const names[] = {"wait_p50_served", "wait_p95_served", "wait_p99_served"};
        for (size_t q = 0; q < 3; q++)
            assert_exact(c->id, names[q],
                         analytic_mmcd_wait_quantile(c->station, c->timeout_s, p[q]));
    }
}

/* A patience that nobody reaches leaves M/M/c; nobody's wait is longer than the limit. */
static void constant_patience_has_its_limits(void **state)
{
    struct analytic_station calm = station(16.0, 0.1, 2);
    struct analytic_answer patient = analytic_solve_mmcd(calm, 300.0);
    assert_within(patient.wait_mean_s, exact_value("mmc-2", "mean_wait"), 1e-12);
    assert_within(patient.timeout_rate, 0.0, 1e-300);
    struct analytic_station flooded = station(1000.0, 1.0, 10);
    assert_within(analytic_solve_mmcd(flooded, 30.0).timeout_rate, 0.99, 1e-12);
    assert_within(analytic_mmcd_wait_quantile(flooded, 30.0, 0.5), 30.0 - log(2.0) / 990.0, 1e-9);
    struct analytic_station idle = station(10.0, 0.01, 900); /* 1/B overflows */
    assert_within(analytic_solve_mmcd(idle, 0.5).utilization, 0.1 / 900.0, 1e-15);
    assert_within(analytic_solve_mmcm(idle, 0.5).utilization, 0.1 / 900.0, 1e-15);
    assert_within(analytic_solve_mmck(idle, 7).utilization, 0.1 / 900.0, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erlang_c_matches_published_values),
        cmocka_unit_test(erlang_b_holds_where_it_underflows),
        cmocka_unit_test(erlang_b_holds_for_a_million_servers),
        cmocka_unit_test(erlang_b_is_the_plain_recursion),
        cmocka_unit_test(mmc_matches_exact_values),
        cmocka_unit_test(mmc_matches_published_values),
        cmocka_unit_test(mmc_response_quantile_holds_near_saturation),
        cmocka_unit_test(an_unstable_queue_waits_for_ever),
        cmocka_unit_test(mg1_matches_exact_values),
        cmocka_unit_test(mdc_matches_exact_values),
        cmocka_unit_test(batches_match_exact_values),
        cmocka_unit_test(loss_matches_exact_values),
        cmocka_unit_test(mmck_matches_exact_values),
        cmocka_unit_test(mmck_with_much_room_is_mmc),
        cmocka_unit_test(exponential_patience_matches_exact_values),
        cmocka_unit_test(exponential_patience_matches_published_values),
        cmocka_unit_test(exponential_patience_holds_far_above_capacity),
        cmocka_unit_test(constant_patience_matches_exact_values),
        cmocka_unit_test(constant_patience_has_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
