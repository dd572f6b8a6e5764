/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed workloads and load tests by hand, profiles against exact values. */
#include "models/engine/replication.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* One pool and one workload whose requests hold one of it for an exponential time. */
static struct scenario *build_station(struct arrival_spec arrivals, int64_t servers,
                                      const struct distribution *service)
{
    struct scenario *scenario = build_queue(arena, law_exponential(arena, 1), service,
                                            build_pool("pool", POOL_THREADS, servers));
    struct workload_spec *workload = arena_alloc(arena, sizeof *workload);
    *workload = scenario->workloads[0];
    workload->arrivals = arrivals;
    scenario->workloads = workload;
    return scenario;
}

static struct arrival_spec closed(int64_t customers, double think_s)
{
    return (struct arrival_spec){.process = ARRIVAL_CLOSED,
                                 .customers = customers,
                                 .think = law_exponential(arena, think_s)};
}

/* ---- closed ---- */

/* Two customers with constant times on two servers: 2.385 s of thought, 1.5 s of service. Wherever
 * each of them is at time 0, ten rounds of 3.885 s have ten of his requests. */
static void customers_come_back_when_they_are_answered(void **state)
{
    struct arrival_spec arrivals = closed(2, 1);
    arrivals.think = law_constant(arena, 2.385);
    struct scenario *scenario = build_station(arrivals, 2, law_constant(arena, 1.5));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(38850000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.arrival_rate"), 20 / 38.85, 1e-12);
    assert_within(once_value(&once, "w.response.mean"), 1.5, 1e-12);
    assert_within(once_value(&once, "w.in_system"), 30 / 38.85, 1e-9);
}

/* 3000 customers who think for 385 s, one server that takes 1 s: on average 385 of them think. */
static void a_saturated_crowd_begins_with_its_backlog(void **state)
{
    struct arrival_spec arrivals = closed(3000, 1);
    arrivals.think = law_constant(arena, 385);
    struct scenario *scenario = build_station(arrivals, 1, law_constant(arena, 1));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(300000000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.throughput"), 1, 1 / 300.);
    /* 3000 - 385 thinking; each is found thinking with a chance of its own: sd 18. */
    assert_within(once_value(&once, "w.in_system"), 2615, 5 * 18.3);
}

/* 20,000 customers who think for some 300 s: 20,000 / 300 requests a second from the first second
 * on, whatever the law of thought. Each sends about one in the time, so their number varies less
 * than a Poisson number of it would. */
static void a_crowd_begins_as_it_goes_on(void **state)
{
    const struct distribution *const thoughts[] = {
        law_constant(arena, 300), law_lognormal(arena, 300, 0.3), law_exponential(arena, 300)};
    for (size_t i = 0; i < sizeof thoughts / sizeof *thoughts; i++) {
        struct arrival_spec arrivals = closed(20000, 1);
        arrivals.think = thoughts[i];
        struct scenario *scenario = build_station(arrivals, 20000, law_constant(arena, 0.01));
        scenario->run.duration_ns = scenario->run.window_ns = INT64_C(30000000000);
        struct once once = replicate_once(scenario, 0, arena);
        assert_within(once_value(&once, "w.arrival_rate"), 20000 / 300.01, 5 * sqrt(2000) / 30);
    }
}

/* Refused at once, a customer thinks again: 10 s of thought, so 1 request in 10 s each. */
static void a_refused_customer_thinks_again(void **state)
{
    struct arrival_spec arrivals = closed(3, 1);
    arrivals.think = law_constant(arena, 10);
    struct scenario *scenario = build_station(arrivals, 1, law_constant(arena, 5));
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 1);
    pool.queue_limit = 0;
    scenario->pools = &pool;
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(100000000000);
    struct once once = replicate_once(scenario, 0, arena);
    /* Each asks every 10 s when refused and every 15 s when served: 6 to 9 times before 100 s. */
    double asked = once_value(&once, "w.arrival_rate") * 100;
    assert_true(once_value(&once, "w.refused_rate") > 0);
    assert_true(asked > 18 && asked < 27);
    assert_within(once_value(&once, "w.in_system"), once_value(&once, "pool.busy"), 1e-12);
}

static void a_clock_that_stands_still_is_noticed(void **state)
{
    struct arrival_spec arrivals = {.process = ARRIVAL_LOAD_TEST,
                                    .customers = 2,
                                    .requests = SPEC_UNLIMITED,
                                    .duration_ns = INT64_C(1000000000)};
    struct scenario *scenario = build_station(arrivals, 1, law_constant(arena, 5));
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 1);
    pool.queue_limit = 0;
    scenario->pools = &pool;
    struct error err = replicate_failing(scenario, arena);
    assert_int_equal(err.status, STATUS_MODEL);
    assert_string_equal(err.message,
                        "workload w: more than 10000000 requests, sent without thinking and ended "
                        "without taking time, at one instant: the clock stands still");
}

/* ---- load tests ---- */

/* Seven requests by three at a time on two servers: two end every 2.385 s, the seventh alone. */
static void a_load_test_ends_with_its_last_request(void **state)
{
    struct arrival_spec arrivals = {
        .process = ARRIVAL_LOAD_TEST, .customers = 3, .requests = 7, .duration_ns = SPEC_NEVER};
    struct scenario *scenario = build_station(arrivals, 2, law_constant(arena, 2.385));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(1000000000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.throughput"), 7 / (4 * 2.385), 1e-12);
    assert_within(once_value(&once, "w.arrival_rate"), 7 / (4 * 2.385), 1e-12);
    assert_within(once_value(&once, "pool.utilization"), 7 / 8.0, 1e-12);
    assert_within(once_value(&once, "pool.utilization.peak"), 7 / 8.0, 1e-12);
    /* 0, 0, then one round each but for the last, who finds a server free. */
    assert_within(once_value(&once, "pool.wait.max"), 2.385, 1e-12);
}

static void a_load_test_by_time_sends_nothing_after_it(void **state)
{
    struct arrival_spec arrivals = {.process = ARRIVAL_LOAD_TEST,
                                    .customers = 2,
                                    .requests = SPEC_UNLIMITED,
                                    .duration_ns = INT64_C(5000000000)};
    struct scenario *scenario = build_station(arrivals, 2, law_constant(arena, 2.385));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(1000000000000);
    struct once once = replicate_once(scenario, 0, arena);
    /* At 0, 2.385 and 4.77 two each; the last end at 7.155. */
    assert_within(once_value(&once, "w.throughput"), 6 / 7.155, 1e-12);
    assert_within(once_value(&once, "pool.utilization"), 1, 1e-12);
}

/* 4 requests of two users, from 3 s of the measured time on: two by two, to 7.77 s. */
static void a_load_test_begins_when_it_should(void **state)
{
    struct arrival_spec arrivals = {.process = ARRIVAL_LOAD_TEST,
                                    .customers = 2,
                                    .requests = 4,
                                    .duration_ns = SPEC_NEVER,
                                    .start_ns = INT64_C(3000000000)};
    struct scenario *scenario = build_station(arrivals, 2, law_constant(arena, 2.385));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(60000000000);
    scenario->run.warmup_ns = INT64_C(10000000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.throughput"), 4 / 7.77, 1e-12);
    assert_within(once_value(&once, "pool.utilization"), 4.77 / 7.77, 1e-12);
}

/* For 3 s from 2 s on: sent at 2, and again at 4.385; what would come at 6.77 is not sent. */
static void a_load_test_by_time_counts_from_its_start(void **state)
{
    struct arrival_spec arrivals = {.process = ARRIVAL_LOAD_TEST,
                                    .customers = 1,
                                    .requests = SPEC_UNLIMITED,
                                    .duration_ns = INT64_C(3000000000),
                                    .start_ns = INT64_C(2000000000)};
    struct scenario *scenario = build_station(arrivals, 1, law_constant(arena, 2.385));
    scenario->run.duration_ns = scenario->run.window_ns = INT64_C(60000000000);
    struct once once = replicate_once(scenario, 0, arena);
    assert_within(once_value(&once, "w.throughput"), 2 / 6.77, 1e-12);
}

/* Forty customers go one by one, and a thousand others come and go between any two of them: their
 * records serve again. */
static void who_goes_for_good_leaves_his_record_to_others(void **state)
{
    enum { CUSTOMERS = 40, CROWD = 1000 };
    struct error err = {0};
    struct pool_spec pool = build_pool("pool", POOL_THREADS, 1);
    struct step use = build_delay(law_constant(arena, 0.1)),
                pass = build_delay(law_constant(arena, 0.05));
    struct step hold = build_hold(arena, 0, &use, 1);
    struct class_spec tester = build_class(arena, NULL, 1, 0, &hold, 1);
    struct class_spec passer = build_class(arena, NULL, 1, 0, &pass, 1);
    struct workload_spec workloads[] = {
        build_workload(arena, "test", law_constant(arena, 1), &tester, 1),
        build_workload(arena, "crowd", law_constant(arena, 0.1), &passer, 1)};
    workloads[0].arrivals = (struct arrival_spec){.process = ARRIVAL_LOAD_TEST,
                                                  .customers = CUSTOMERS,
                                                  .requests = CUSTOMERS,
                                                  .duration_ns = SPEC_NEVER};
    workloads[1].arrivals.batch = law_constant(arena, CROWD);
    const struct model *model =
        model_compile(build_scenario(arena, &pool, 1, workloads, 2, 60), arena, &err);
    struct replication_state *system = replication_create(model, 0, arena, &err);
    assert_false(replication_run_until(system, INT64_C(60000000000)));
    assert_true(system->is_over && system->now == CUSTOMERS * INT64_C(100000000));
    assert_int_equal(system->lines / system->lines_each, 2048); /* a power of 2 for 1,040 */
}

/* ---- profiles ---- */

enum { SINE_POINTS = 960 };
static const double PERIOD_S = 60, RATE_PER_S = 600, AMPLITUDE_PER_S = 300;

/* One period of a sine from begin_s on in straight pieces of 62.5 ms: off by at most h^2/8 x g^2
 * x 300/s = 1.6e-3/s, which ten seconds of service make 0.016 jobs. */
static const struct profile_spec *build_sine(double begin_s)
{
    struct profile_spec *profile = arena_alloc(arena, sizeof *profile);
    struct profile_point *points = arena_array(arena, SINE_POINTS, sizeof *points);
    for (int i = 0; i < SINE_POINTS; i++) {
        double part = (double)i / SINE_POINTS;
        points[i].time_ns = llround(part * PERIOD_S * 1e9);
        points[i].factor =
            1 + AMPLITUDE_PER_S / RATE_PER_S * sin(2 * M_PI * (part + begin_s / PERIOD_S));
    }
    *profile = (struct profile_spec){points, SINE_POINTS, llround(PERIOD_S * 1e9)};
    return profile;
}

/* The mean number present at time_s agrees with the row. profile: NULL, none. */
static void assert_busy(const char *id, const struct profile_spec *profile,
                        const struct distribution *service, double time_s, uint32_t often)
{
    uint32_t replications = (uint32_t)repetitions(often, often / 10);
    struct step step = build_delay(service);
    struct class_spec class = build_class(arena, NULL, 1, 0, &step, 1);
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / RATE_PER_S), &class, 1);
    workload.arrivals.profile = profile;
    struct scenario *scenario = build_scenario(arena, NULL, 0, &workload, 1, 1e-3);
    scenario->run.warmup_ns = llround(time_s * 1e9);
    scenario->run.seed = stream_id(id);
    double sum = 0, squares = 0, exact = exact_value(id, "mean_busy(t)");
    struct arena *each = arena_open();
    for (uint32_t r = 0; r < replications; r++) {
        struct once once = replicate_once(scenario, r, each);
        double off = once_value(&once, "w.in_system") - exact;
        sum += off;
        squares += off * off;
        arena_reset(each);
    }
    arena_close(each);
    double mean = sum / replications;
    double error = sqrt((squares - sum * mean) / (replications - 1) / replications);
    /* The pieces, and the window of 1 ms in which the number moves by less than 0.3 a ms. */
    double allowed = 0.016 + 0.3;
    double t = fmax(fabs(mean) - allowed, 0) / error;
    if (!(t < gsl_cdf_tdist_Qinv(0.5e-6, replications - 1)))
        fail_msg("%s: %g off, standard error %g", id, mean, error);
    assert_true(error < 0.01 * exact * sqrt((double)often / replications));
}

/* At times when the empty start is forgotten. */
static void a_sine_of_load_agrees(void **state)
{
    assert_busy("mtginf-exp-75ms-t15", build_sine(15), law_exponential(arena, 0.075), 15, 1000);
    assert_busy("mtginf-det-75ms-t15", build_sine(15), law_constant(arena, 0.075), 15, 1000);
    assert_busy("mtginf-det-75ms-t30", build_sine(30), law_constant(arena, 0.075), 30, 1000);
    assert_busy("mtginf-det-10s-t15", build_sine(75), law_constant(arena, 10), 75, 100);
    assert_busy("mtginf-exp-10s-t15", build_sine(135), law_exponential(arena, 10), 135, 100);
    assert_busy("mtginf-exp-10s-t30", build_sine(150), law_exponential(arena, 10), 150, 100);
}

static void an_endless_station_from_empty_agrees(void **state)
{
    assert_busy("mginf-transient-ln", NULL, law_lognormal(arena, 0.075, 1), 0.1, 4000);
}

struct level {
    const char *metric, *row;
    double sum, squares;
};

/* The means of levels over the 1 us that is measured agree with their rows. */
static void assert_levels(const struct scenario *scenario, struct level *levels, size_t count)
{
    const uint32_t often = 10000, replications = (uint32_t)repetitions(often, often / 10);
    struct arena *each = arena_open();
    for (uint32_t r = 0; r < replications; r++) {
        struct once once = replicate_once(scenario, r, each);
        for (size_t l = 0; l < count; l++) {
            double level = once_value(&once, levels[l].metric);
            levels[l].sum += level;
            levels[l].squares += level * level;
        }
        arena_reset(each);
    }
    arena_close(each);
    for (size_t l = 0; l < count; l++) {
        double exact = exact_value("mm1-transient-empty", levels[l].row);
        double mean = levels[l].sum / replications;
        double error = sqrt((levels[l].squares / replications - mean * mean) / replications);
        assert_true(error < 0.015 * exact * sqrt((double)often / replications));
        assert_within(mean, exact, 4.9 * error); /* once in a million */
    }
}

/* From empty, at a rate that is 8/s until the time that is looked at and 4/s later. */
static void a_queue_from_empty_agrees(void **state)
{
    static const struct {
        int64_t time_s;
        const char *present, *queue;
    } cases[] = {{1, "E[number_in_system(t=1)]", "E[queue(t=1)]"},
                 {10, "E[number_in_system(t=10)]", "E[queue(t=10)]"},
                 {50, "E[number_in_system(t=50)]", "E[queue(t=50)]"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int64_t time_ns = cases[i].time_s * INT64_C(1000000000);
        const struct profile_point points[] = {{0, 1}, {time_ns + 1000, 1}, {time_ns + 1000, 0.5}};
        const struct profile_spec profile = {points, 3, SPEC_NEVER};
        struct scenario *scenario =
            build_station((struct arrival_spec){.process = ARRIVAL_POISSON,
                                                .rate_per_s = 8,
                                                .interarrival = law_exponential(arena, 1 / 8.0),
                                                .profile = &profile},
                          1, law_exponential(arena, 0.1));
        scenario->run.duration_ns = scenario->run.window_ns = 1000;
        scenario->run.warmup_ns = time_ns;
        struct level levels[] = {{"w.in_system", cases[i].present, 0, 0},
                                 {"pool.queue", cases[i].queue, 0, 0}};
        assert_levels(scenario, levels, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(customers_come_back_when_they_are_answered),
        cmocka_unit_test(a_saturated_crowd_begins_with_its_backlog),
        cmocka_unit_test(a_crowd_begins_as_it_goes_on),
        cmocka_unit_test(a_refused_customer_thinks_again),
        cmocka_unit_test(a_clock_that_stands_still_is_noticed),
        cmocka_unit_test(a_load_test_ends_with_its_last_request),
        cmocka_unit_test(a_load_test_by_time_sends_nothing_after_it),
        cmocka_unit_test(a_load_test_begins_when_it_should),
        cmocka_unit_test(a_load_test_by_time_counts_from_its_start),
        cmocka_unit_test(who_goes_for_good_leaves_his_record_to_others),
        cmocka_unit_test(a_sine_of_load_agrees),
        cmocka_unit_test(an_endless_station_from_empty_agrees),
        cmocka_unit_test(a_queue_from_empty_agrees),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
