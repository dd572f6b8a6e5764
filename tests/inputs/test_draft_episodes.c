/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What telemetry of harder times makes of a draft: snapshots out of order, requests that gave up, a
 * pooler, a ramp. The systems are simulated here, from their definitions. */
#include "inputs/telemetry/draft.h"
#include "inputs/telemetry/file_order.h"
#include "inputs/telemetry/pooler_spread.h"
#include "inputs/telemetry/quiet_holds.h"
#include "tests/support/support.h"
#include "tests/support/telemetry_form.h"
#include <math.h>
#include <string.h>

static double next_uniform(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static double next_exponential(uint64_t *state, double mean)
{
    return -log(next_uniform(state)) * mean;
}

/* ---- snapshots ------------------------------------------------------------------------------- */

static void snapshots_are_read_in_the_order_of_their_names(void **state)
{
    static const char *const paths[] = {"x/pgss_after.csv",  "a.log",         "x/pgss_before.csv",
                                        "x/stats.10.csv",    "x/stats.2.csv", "y/stats.1.csv",
                                        "metrics-after.prom"};
    static const size_t expected[] = {2, 1, 0, 4, 3, 5, 6};
    struct arena *arena = arena_open();
    const size_t *order = file_order_of(paths, 7, arena);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(order[i], expected[i]);
    arena_close(arena);
}

static void words_that_only_contain_a_mark_are_none(void **state)
{
    static const char *const paths[] = {"backend.csv", "backstart.csv", "afternoon.csv",
                                        "beforenoon.csv"};
    struct arena *arena = arena_open();
    const size_t *order = file_order_of(paths, 4, arena);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(order[i], i);
    arena_close(arena);
}

/* ---- who gave up ----------------------------------------------------------------------------- */

/* One connection. The second waits for it until it gives up, the third gets it when the first ends:
 * the place of the second is not held by anybody. */
static void who_gave_up_holds_nothing(void **state)
{
    struct arena *arena = arena_open();
    struct replayed requests[] = {{.start_ns = 0, .end_ns = 1000},
                                  {.start_ns = 100, .end_ns = 1100, .gave_up = true},
                                  {.start_ns = 200, .end_ns = 1500}};
    struct pool_replay replay = {.max = 1};
    pool_replay_run(&replay, requests, 3, arena);
    assert_int_equal(requests[1].hold_ns, 0);
    assert_int_equal(requests[1].wait_ns, 1000);
    assert_int_equal(requests[2].wait_ns, 800);
    assert_int_equal(requests[2].hold_ns, 500);
    assert_within(replay.mean_hold_s, 750e-9, 1e-15);
    assert_within(replay.mean_wait_s, 400e-9, 1e-15);
    arena_close(arena);
}

/* ---- a pooler -------------------------------------------------------------------------------- */

enum { REQUESTS = 20000, PLACES = 6 };

/* Requests that come at random, each with one visit to a pooler of PLACES: class 0 for 40 ms, class
 * 1 for 10 ms, exponential. Their holds in the application contain the wait. */
static struct replayed *simulate_pooler(struct arena *arena)
{
    struct replayed *requests = arena_array(arena, REQUESTS, sizeof *requests);
    double free_at[PLACES] = {0}, now = 0;
    uint64_t state = 23;
    for (size_t i = 0; i < REQUESTS; i++) {
        size_t class = next_uniform(&state) < 0.5, first = 0;
        now += next_exponential(&state, 1 / 190.0);
        for (size_t s = 1; s < PLACES; s++)
            first = free_at[s] < free_at[first] ? s : first;
        double begin = fmax(free_at[first], now);
        free_at[first] = begin + next_exponential(&state, class ? 10e-3 : 40e-3);
        requests[i] = (struct replayed){.start_ns = llround(now * 1e9),
                                        .end_ns = llround(free_at[first] * 1e9),
                                        .class = class};
        requests[i].hold_ns = requests[i].end_ns - requests[i].start_ns;
    }
    return requests;
}

/* Load 4.75 of 6 places: with their waits, holds are 9 ms longer. Six standard errors. */
static void holds_without_waits_are_seen_in_quiet_times(void **state)
{
    struct arena *arena = arena_open();
    struct quiet_hold found[2];
    struct replayed *requests = simulate_pooler(arena);
    double with_waits = 0;
    for (size_t i = 0; i < REQUESTS; i++)
        with_waits += requests[i].class == 1 ? (double)requests[i].hold_ns / 1e9 : 0;
    assert_true(with_waits / (REQUESTS / 2.0) > 17e-3);
    quiet_holds_find(requests, REQUESTS, PLACES, 2, found);
    assert_true(found[0].is_known && found[1].is_known);
    assert_within(found[0].mean_s, 40e-3, 6 * found[0].error_s);
    assert_within(found[1].mean_s, 10e-3, 6 * found[1].error_s);
    assert_true(found[0].error_s < 2e-3 && found[1].error_s < 0.5e-3);
    assert_within(found[1].cv, 1, 0.15);
    arena_close(arena);
}

static void too_few_quiet_holds_are_not_known(void **state)
{
    struct replayed requests[40];
    struct quiet_hold found;
    for (size_t i = 0; i < 40; i++)
        requests[i] = (struct replayed){
            .start_ns = (int64_t)i * 1000, .end_ns = (int64_t)i * 1000 + 500, .hold_ns = 500};
    quiet_holds_find(requests, 40, 3, 1, &found);
    assert_false(found.is_known);
    assert_int_equal(found.ended, 40);
    assert_within(found.mean_s, 500e-9, 1e-15);
}

/* A hold of nothing, and one that begins when another ends. */
static void holds_of_nothing_do_not_stay(void **state)
{
    struct replayed requests[] = {{.start_ns = 10, .end_ns = 10, .hold_ns = 0},
                                  {.start_ns = 10, .end_ns = 30, .hold_ns = 20},
                                  {.start_ns = 30, .end_ns = 50, .hold_ns = 20}};
    struct quiet_hold found;
    quiet_holds_find(requests, 3, 1, 1, &found);
    assert_int_equal(found.ended, 3);
    assert_within(found.mean_s, 40e-9 / 3, 1e-15);
}

/* Requests that hold a connection of the application for three visits to a pooler of PLACES, with
 * work between; class 1 for one. own[c]: the standard deviation of their holds without waits. */
static struct replayed *simulate_visits(double rate, double own[2], double *mean_wait_s,
                                        struct arena *arena)
{
    struct replayed *requests = arena_array(arena, REQUESTS, sizeof *requests);
    double free_at[PLACES] = {0}, now = 0, sum[2] = {0}, squares[2] = {0}, counts[2] = {0};
    double *next = arena_array(arena, REQUESTS, sizeof *next), waits = 0, served = 0;
    double *mine = arena_array(arena, REQUESTS, sizeof *mine);
    int *left = arena_array(arena, REQUESTS, sizeof *left);
    uint64_t state = 29;
    size_t begun = 0, present[4000], count = 0;
    for (size_t i = 0; i < REQUESTS; i++) {
        size_t class = next_uniform(&state) < 0.4;
        now += next_exponential(&state, 1 / rate);
        requests[i] = (struct replayed){.start_ns = llround(now * 1e9), .class = class};
        left[i] = class ? 1 : 3;
        mine[i] = next_exponential(&state, 3e-3);
        next[i] = now + mine[i];
    }
    while (begun < REQUESTS || count > 0) {
        size_t first = 0, server = 0;
        for (size_t k = 1; k < count; k++)
            first = next[present[k]] < next[present[first]] ? k : first;
        if (begun < REQUESTS &&
            (count == 0 || (double)requests[begun].start_ns / 1e9 <= next[present[first]])) {
            assert_true(count < 4000);
            present[count++] = begun++;
            continue;
        }
        size_t i = present[first];
        for (size_t s = 1; s < PLACES; s++)
            server = free_at[s] < free_at[server] ? s : server;
        double start = fmax(free_at[server], next[i]), visit = next_exponential(&state, 25e-3);
        waits += start - next[i];
        served++;
        mine[i] += visit;
        free_at[server] = start + visit;
        double between = --left[i] > 0 ? next_exponential(&state, 3e-3) : 0;
        mine[i] += between;
        next[i] = start + visit + between;
        if (left[i] > 0)
            continue;
        size_t class = requests[i].class;
        requests[i].end_ns = llround(next[i] * 1e9);
        requests[i].hold_ns = requests[i].end_ns - requests[i].start_ns;
        sum[class] += mine[i];
        squares[class] += mine[i] * mine[i];
        counts[class]++;
        present[first] = present[--count];
    }
    for (size_t c = 0; c < 2; c++)
        own[c] = sqrt(squares[c] / counts[c] - pow(sum[c] / counts[c], 2));
    *mean_wait_s = waits / served;
    return requests;
}

static double sd_of_holds(const struct replayed *requests, size_t class)
{
    double count = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < REQUESTS; i++) {
        double hold = (double)requests[i].hold_ns / 1e9;
        count += requests[i].class == class;
        sum += requests[i].class == class ? hold : 0;
        squares += requests[i].class == class ? hold * hold : 0;
    }
    return sqrt(squares / count - sum * sum / count / count);
}

/* 88 % of 6 places are busy: with their waits, holds spread by half as much again. Visits are drawn
 * as lognormal and were exponential, so 10 %. */
static void the_spread_without_waits_is_found_by_simulation(void **state)
{
    static const size_t number[] = {0, 1};
    struct arena *arena = arena_open();
    double own[2], wait;
    struct replayed *requests = simulate_visits(96, own, &wait, arena);
    struct pooler_class class[2];
    for (size_t c = 0; c < 2; c++)
        class[c] = (struct pooler_class){.visits = c ? 1 : 3,
                                         .between_s = 3e-3,
                                         .visit_s = 25e-3,
                                         .seen_sd_s = sd_of_holds(requests, c)};
    assert_true(class[0].seen_sd_s > 1.25 * own[0]);
    pooler_spread_find(requests, REQUESTS, PLACES, wait, 0.1, class, number, 2);
    assert_within(class[0].own_sd_s, own[0], 0.1 * own[0]);
    assert_within(pooler_spread_cv(&class[0]), 1, 0.12);
    /* What is known stays. */
    class[1].is_known = true;
    class[1].own_sd_s = own[1];
    pooler_spread_find(requests, REQUESTS, PLACES, wait, 0.1, class, number, 2);
    assert_within(class[1].own_sd_s, own[1], 0);
    assert_within(class[0].own_sd_s, own[0], 0.1 * own[0]);
    arena_close(arena);
}

/* ---- a rate that drifts ---------------------------------------------------------------------- */

/* The draft of arrivals whose rate at t of 200 s is rate(t), at most 120/s. */
static void draft_of(double (*rate)(double t), struct telemetry_form *form, struct draft *draft)
{
    struct observed *observed = form->observed;
    size_t file = observed_add_file(observed, "made.log");
    struct observed_arrivals *arrivals = observed_add_arrivals(observed, file, "requests");
    struct observed_requests *requests = observed_add_requests(observed, file);
    static const char *const classes[] = {"all"};
    struct error err = {0};
    uint64_t state = 5;
    requests->classes = classes;
    requests->class_count = 1;
    for (double t = next_exponential(&state, 1 / 120.0); t < 200;
         t += next_exponential(&state, 1 / 120.0)) {
        int64_t ns = INT64_C(1700000000000000000) + llround(t * 1e9);
        if (next_uniform(&state) * 120 > rate(t))
            continue;
        observed_add_arrival(arrivals, ns);
        observed_add_request(observed, requests, ns, 5000000, 0, false);
    }
    telemetry_form_finish(form);
    assert_true(draft_make(observed, "made", form->arena, draft, &err));
    assert_int_equal(draft->fit.kind, ARRIVAL_FIT_PROFILE);
}

static double ramp(double t)
{
    return 30 + 90 * t / 200;
}

static double two_loads(double t)
{
    return t < 100 ? 40 : 110;
}

static double rate_at(const struct draft *draft, double t)
{
    size_t k = 1;
    while (k + 1 < draft->knot_count && t >= draft->knots[k].at_s)
        k++;
    const struct draft_knot *a = &draft->knots[k - 1], *b = &draft->knots[k];
    return a->rate_per_s + (b->rate_per_s - a->rate_per_s) * (t - a->at_s) / (b->at_s - a->at_s);
}

/* 15,000 arrivals: a piece of 40 s is known to 2 %, its ends to twice that and more. */
static void a_ramp_is_drawn_in_straight_lines(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    draft_of(ramp, &form, draft);
    for (double t = 5; t < 200; t += 10)
        assert_within(rate_at(draft, t), ramp(t), 0.12 * ramp(t));
    assert_within(draft->rate_relative_error, 1 / sqrt(15000), 0.003);
    telemetry_form_close(&form);
}

static void a_step_stays_a_step(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    draft_of(two_loads, &form, draft);
    assert_int_equal(draft->knot_count, 4);
    assert_within(draft->knots[1].at_s, 100, 2);
    assert_within(draft->knots[2].at_s, draft->knots[1].at_s, 1e-9);
    assert_within(rate_at(draft, 90), 40, 3);
    assert_within(rate_at(draft, 110), 110, 5);
    telemetry_form_close(&form);
}

/* ---- one log in several files ---------------------------------------------------------------- */

/* A file of requests at random, 50 a second, from from_s to to_s. */
static void add_part(struct observed *observed, const char *path, const char *format, double from_s,
                     double to_s, uint64_t seed, bool is_application)
{
    static const char *const classes[] = {"a", "b"};
    size_t file = observed_add_file(observed, path);
    struct observed_arrivals *arrivals = observed_add_arrivals(observed, file, "requests");
    struct observed_requests *requests = observed_add_requests(observed, file);
    observed->files[file].format = format;
    snprintf(observed->files[file].sha256, sizeof observed->files[file].sha256, "%.3f-%llu", from_s,
             (unsigned long long)seed);
    requests->classes = classes;
    requests->class_count = 2;
    requests->is_application = is_application;
    for (double t = from_s + next_exponential(&seed, 0.02); t < to_s;
         t += next_exponential(&seed, 0.02)) {
        int64_t ns = INT64_C(1700000000000000000) + llround(t * 1e9);
        observed_add_arrival(arrivals, ns);
        observed_add_request(observed, requests, ns, 5000000, next_uniform(&seed) < 0.5, false);
    }
}

static double rate_of_draft(struct telemetry_form *form)
{
    struct draft *draft = arena_alloc(form->arena, sizeof *draft);
    struct error err = {0};
    telemetry_form_finish(form);
    assert_true(draft_make(form->observed, "made", form->arena, draft, &err));
    return draft->rate_per_s;
}

/* 5,000 to 15,000 arrivals: a rate is known to 1.4 %, six of which are 8 %. */
static void a_rotated_log_is_one_log(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    add_part(form.observed, "x.log", "haproxy", 200, 300, 1, false);
    add_part(form.observed, "x.log.2", "haproxy", 0, 100, 2, false);
    add_part(form.observed, "x.log.1", "haproxy", 100, 200, 3, false);
    assert_within(rate_of_draft(&form), 50, 4);
    assert_true(telemetry_form_has_finding(&form, "3 files are parts of one log"));
    telemetry_form_close(&form);
}

static void instances_add_up_unless_each_has_a_pool(void **state)
{
    for (int has_pool = 0; has_pool < 2; has_pool++) {
        struct telemetry_form form = telemetry_form_open();
        add_part(form.observed, "one.log", "json", 0, 100, 1, true);
        add_part(form.observed, "two.log", "json", 0, 100, 2, true);
        if (has_pool)
            observed_set_setting(form.observed, 0, "pool.max", 10, "1", "10");
        assert_within(rate_of_draft(&form), has_pool ? 50 : 100, has_pool ? 4 : 8);
        assert_int_equal(telemetry_form_has_finding(&form, "is of another instance"), has_pool);
        telemetry_form_close(&form);
    }
}

static void the_same_requests_count_once(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    add_part(form.observed, "inner.log", "haproxy", 0, 100, 1, false);
    add_part(form.observed, "outer.log", "haproxy", 0.001, 100, 1, false);
    assert_within(rate_of_draft(&form), 50, 4);
    assert_true(telemetry_form_has_finding(&form, "has the same requests at another place"));
    telemetry_form_close(&form);
}

static void a_log_of_another_day_is_left_out(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    add_part(form.observed, "monday.log", "haproxy", 0, 100, 1, false);
    add_part(form.observed, "tuesday.log", "haproxy", 86400, 86520, 2, false);
    assert_within(rate_of_draft(&form), 50, 4);
    assert_true(telemetry_form_has_finding(&form, "monday.log is of another time"));
    telemetry_form_close(&form);
}

/* What is said of a clock that is 37 s ahead, of a unit that cannot be, of lines that are no
 * requests. */
static void doubts_are_told(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    add_part(form.observed, "proxy.log", "haproxy", 0, 100, 1, false);
    add_part(form.observed, "app.log", "json", 37, 137, 1, true);
    struct observed_figure *figure =
        observed_figure(form.observed, 1, OBSERVED_RESPONSE, "requests", "took", "");
    observed_add_value(form.observed, figure, INT64_C(5000000000000));
    form.observed->files[1].rows = 100;
    for (int i = 0; i < 60; i++)
        observed_drop(form.observed, 1, "a message without a response time", 2);
    rate_of_draft(&form);
    assert_true(telemetry_form_has_finding(&form, "app.log begins and ends 37 s later"));
    assert_true(telemetry_form_has_finding(&form, "is its unit another one?"));
    assert_true(telemetry_form_has_finding(&form, "38 % of the lines of app.log were left out"));
    telemetry_form_close(&form);
}

/* ---- load levels ----------------------------------------------------------------------------- */

static void add_level(struct observed *observed, double clients)
{
    char path[40];
    /* 1,000/s for one, sigma 0.05, kappa 0.001. */
    double tps = 1000 * clients / (1 + 0.05 * (clients - 1) + 0.001 * clients * (clients - 1));
    snprintf(path, sizeof path, "pgbench-%.0f.txt", clients);
    size_t file = observed_add_file(observed, path);
    observed->files[file].format = "pgbench";
    observed_set_total(observed_figure(observed, file, OBSERVED_GAUGE, "requests", "users", ""),
                       clients, "1");
    observed_set_total(observed_figure(observed, file, OBSERVED_RATE, "requests", "tps", ""),
                       tps * (clients > 10 ? 1.0001 : 0.9999), "1/s");
}

static void contention_is_told_by_four_load_levels(void **state)
{
    static const double levels[] = {1, 4, 16, 64};
    for (size_t count = 1; count <= 4; count++) {
        struct telemetry_form form = telemetry_form_open();
        for (size_t i = 0; i < count; i++)
            add_level(form.observed, levels[i]);
        telemetry_form_finish(&form);
        assert_int_equal(telemetry_form_has_finding(&form, "is not known: "),
                         count == 2 || count == 3);
        assert_int_equal(telemetry_form_has_finding(&form, "contention by 4 load levels"),
                         count == 4);
        assert_int_equal(telemetry_form_has_finding(&form, "kappa = 0.001"), count == 4);
        assert_int_equal(form.observed->knows_contention, count == 4);
        telemetry_form_close(&form);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshots_are_read_in_the_order_of_their_names),
        cmocka_unit_test(words_that_only_contain_a_mark_are_none),
        cmocka_unit_test(who_gave_up_holds_nothing),
        cmocka_unit_test(holds_without_waits_are_seen_in_quiet_times),
        cmocka_unit_test(too_few_quiet_holds_are_not_known),
        cmocka_unit_test(the_spread_without_waits_is_found_by_simulation),
        cmocka_unit_test(holds_of_nothing_do_not_stay),
        cmocka_unit_test(a_ramp_is_drawn_in_straight_lines),
        cmocka_unit_test(a_step_stays_a_step),
        cmocka_unit_test(a_rotated_log_is_one_log),
        cmocka_unit_test(instances_add_up_unless_each_has_a_pool),
        cmocka_unit_test(the_same_requests_count_once),
        cmocka_unit_test(a_log_of_another_day_is_left_out),
        cmocka_unit_test(doubts_are_told),
        cmocka_unit_test(contention_is_told_by_four_load_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
