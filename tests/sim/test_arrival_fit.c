/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/arrival_fit.h"
#include "sim/stats/closed_system.h"
#include "tests/support/support.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

/* Bounds on what is simulated are so many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

static struct arena *arena;
static gsl_rng *rng;

static int open_all(void **state)
{
    arena = arena_open();
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    return 0;
}

static int close_all(void **state)
{
    gsl_rng_free(rng);
    arena_close(arena);
    return 0;
}

static struct counts poisson_counts(double mean, size_t windows, double window_s)
{
    double *count = arena_array(arena, windows, sizeof *count);
    for (size_t i = 0; i < windows; i++)
        count[i] = gsl_ran_poisson(rng, mean);
    return (struct counts){count, windows, window_s};
}

/* Counts of a two-state process, exact: Poisson with the integrated rate of each window. */
static struct counts two_state_counts(const double rate[2], const double sojourn[2], size_t windows,
                                      double window_s)
{
    double *count = arena_array(arena, windows, sizeof *count);
    int state = gsl_rng_uniform(rng) * (sojourn[0] + sojourn[1]) < sojourn[0] ? 0 : 1;
    double left = gsl_ran_exponential(rng, sojourn[state]);
    for (size_t i = 0; i < windows; i++) {
        double rest = window_s, work = 0;
        while (left < rest) {
            work += rate[state] * left;
            rest -= left;
            state = 1 - state;
            left = gsl_ran_exponential(rng, sojourn[state]);
        }
        work += rate[state] * rest;
        left -= rest;
        count[i] = gsl_ran_poisson(rng, work);
    }
    return (struct counts){count, windows, window_s};
}

/* The level is a bound (Bonferroni): false alarms are at most 1 %, and not far below half of it. */
static void poisson_is_seldom_contradicted(void **state)
{
    static const double MEANS[] = {0.13, 2.385, 171};
    size_t sets = repetitions(4000, 300);
    double level = 0.01;
    for (int m = 0; m < 3; m++) {
        size_t alarms = 0;
        gsl_rng_set(rng, 10 + (unsigned long)m);
        for (size_t set = 0; set < sets; set++) {
            struct counts counts = poisson_counts(MEANS[m], 2048, 0.1);
            struct dispersion found = dispersion_measure(&counts, arena);
            struct dispersion_test test = dispersion_test_poisson(&found, 0, INFINITY, level);
            assert_true(test.is_tested);
            alarms += test.is_bursty || test.is_regular;
            arena_reset(arena);
        }
        double share = (double)alarms / (double)sets;
        assert_true(share < level + ONE_IN_A_MILLION * sqrt(level / (double)sets));
        if (sets >= 4000)
            assert_true(share > 0.25 * level);
    }
}

/* Negative binomial counts of index 1 + mean / n are independent from window to window. Their
 * fourth moment is above a normal's, so the share found may differ from the formula by some 0.03.
 */
static void the_test_has_the_power_that_it_states(void **state)
{
    size_t sets = repetitions(2000, 200), windows = 200;
    double mean = 40, level = 0.01;
    gsl_rng_set(rng, 99);
    for (int i = 0; i < 3; i++) {
        double index = 1.15 + 0.15 * i;
        size_t found_bursty = 0;
        for (size_t set = 0; set < sets; set++) {
            double *count = arena_array(arena, windows, sizeof *count);
            for (size_t w = 0; w < windows; w++)
                count[w] = gsl_ran_negative_binomial(rng, 1 / index, mean / (index - 1));
            struct counts counts = {count, windows, 1};
            struct dispersion found = dispersion_measure(&counts, arena);
            const struct dispersion_scale *scale = &found.scale[0];
            found_bursty += fmin(scale->p_low, scale->p_high) <= level / 2;
            arena_reset(arena);
        }
        double power = dispersion_power(index, windows, level);
        assert_within((double)found_bursty / (double)sets, power,
                      ONE_IN_A_MILLION * sqrt(0.25 / (double)sets) + 0.03);
    }
    assert_within(dispersion_power(1, windows, level), level, 1e-9);
    assert_true(dispersion_power(3, windows, level) > 0.999);
}

/* Means over data sets of the fitted rate, sojourns and dispersion against the truth, in their own
 * standard errors; and the errors stated are within a factor of two of the spread seen. */
static void two_states_are_recovered(void **state)
{
    static const double RATE[2] = {94.1, 21.7}, SOJOURN[2] = {3.7, 11.3};
    enum { SETS = 12, FIGURES = 6 };
    double k = 1 / SOJOURN[0] + 1 / SOJOURN[1], share = SOJOURN[0] / (SOJOURN[0] + SOJOURN[1]);
    double mean = share * RATE[0] + (1 - share) * RATE[1];
    double variance = share * (1 - share) * (RATE[0] - RATE[1]) * (RATE[0] - RATE[1]);
    double truth[FIGURES] = {RATE[0],    RATE[1], SOJOURN[0],
                             SOJOURN[1], 1 / k,   1 + 2 * variance / (k * mean)};
    size_t beyond_three = 0;
    for (int set = 0; set < SETS; set++) {
        gsl_rng_set(rng, 500 + (unsigned long)set);
        struct counts counts = two_state_counts(RATE, SOJOURN, 1 << 16, 0.25);
        struct arrival_fit fit = arrival_fit_counts(&counts, 0.5, 0.01, arena);
        assert_int_equal(fit.kind, ARRIVAL_FIT_MMPP);
        const struct mmpp_fit *m = &fit.mmpp;
        double value[FIGURES] = {m->rate_per_s[0], m->rate_per_s[1], m->sojourn_s[0],
                                 m->sojourn_s[1],  m->correlation_s, m->dispersion};
        double error[FIGURES] = {m->rate_error[0],    m->rate_error[1],     m->sojourn_error[0],
                                 m->sojourn_error[1], m->correlation_error, m->dispersion_error};
        for (int i = 0; i < FIGURES; i++) {
            double z = (value[i] - truth[i]) / error[i];
            if (fabs(z) > 3)
                print_message("set %d figure %d: %g +- %g not %g\n", set, i, value[i], error[i],
                              truth[i]);
            beyond_three += fabs(z) > 3;
            assert_within(z, 0, 6.5); /* t of 24 degrees of freedom: once in a million */
        }
        assert_within(fit.dispersion.rate_per_s, mean, 5 * fit.dispersion.rate_error);
        arena_reset(arena);
    }
    assert_true(beyond_three <= 4); /* of 72, each with 0.6 % (t, 24): more once in 10^4 */
}

/* All factorial cumulants of Poisson counts beyond the first are 0. k_3 has a variance of some
 * 6 m^3 + 18 m^2 + m over the windows (Kendall & Stuart, 12.16), k_2 less. */
static void a_poisson_process_has_no_third_factorial_cumulant(void **state)
{
    enum { WINDOWS = 20000 };
    double m = 2.385;
    gsl_rng_set(rng, 15);
    struct counts counts = poisson_counts(m, WINDOWS, 1);
    struct dispersion found = dispersion_measure(&counts, arena);
    assert_within(dispersion_third_without(&found.scale[0], DISPERSION_BLOCKS), 0,
                  ONE_IN_A_MILLION * sqrt((6 * m * m * m + 18 * m * m + m) / WINDOWS));
}

static void the_index_is_that_of_the_two_states(void **state)
{
    static const double RATE[2] = {94.1, 21.7}, SOJOURN[2] = {3.7, 11.3};
    gsl_rng_set(rng, 7);
    struct counts counts = two_state_counts(RATE, SOJOURN, 1 << 17, 0.25);
    struct dispersion found = dispersion_measure(&counts, arena);
    double k = 1 / SOJOURN[0] + 1 / SOJOURN[1], share = SOJOURN[0] / (SOJOURN[0] + SOJOURN[1]);
    double mean = share * RATE[0] + (1 - share) * RATE[1];
    double variance = share * (1 - share) * (RATE[0] - RATE[1]) * (RATE[0] - RATE[1]);
    struct mmpp_fit truth = {.correlation_s = 1 / k, .dispersion = 1 + 2 * variance / (k * mean)};
    for (size_t i = 0; i < found.count; i++)
        assert_within(found.scale[i].index, mmpp_fit_index(&truth, found.scale[i].scale_s),
                      6.5 * found.scale[i].error);
}

static void a_constant_rate_has_one_piece(void **state)
{
    size_t sets = repetitions(1000, 100), divided = 0;
    gsl_rng_set(rng, 21);
    for (size_t set = 0; set < sets; set++) {
        struct counts counts = poisson_counts(37, 256, 1);
        divided += rate_profile_fit(&counts, arena).count > 1;
        arena_reset(arena);
    }
    double level = 0.01;
    assert_true((double)divided / (double)sets <
                level + ONE_IN_A_MILLION * sqrt(level / (double)sets));
}

static void a_rate_that_steps_is_a_profile(void **state)
{
    static const double RATE[3] = {20, 50, 31.7};
    enum { WINDOWS = 12000 };
    double *count = arena_array(arena, WINDOWS, sizeof *count);
    gsl_rng_set(rng, 3);
    for (int i = 0; i < WINDOWS; i++)
        count[i] = gsl_ran_poisson(rng, 0.1 * RATE[i / 4000]);
    struct counts counts = {count, WINDOWS, 0.1};
    struct arrival_fit fit = arrival_fit_counts(&counts, 0.2, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_PROFILE);
    assert_int_equal(fit.profile.count, 3);
    for (int i = 0; i < 3; i++)
        assert_within(fit.profile.piece[i].rate_per_s, RATE[i],
                      0.3 + ONE_IN_A_MILLION * fit.profile.piece[i].error);
    assert_within(fit.profile.piece[0].to_s, 400, 2 * fit.profile.window_s);
}

/* A log cut by the ends of requests: half of the arrivals of the first second are not in it. */
static void edges_that_lack_arrivals_are_cut_off(void **state)
{
    gsl_rng_set(rng, 16);
    struct counts counts = poisson_counts(8.9, 1500, 0.1);
    double *count = arena_array(arena, 1500, sizeof *count);
    for (int i = 0; i < 1500; i++)
        count[i] = i < 10 || i >= 1490 ? gsl_ran_poisson(rng, 3) : counts.count[i];
    counts.count = count;
    struct arrival_fit fit = arrival_fit_counts(&counts, 0.2, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_POISSON);
    assert_true(fit.cut_start_s > 0.5 && fit.cut_start_s <= 3);
    assert_true(fit.cut_end_s > 0.5 && fit.cut_end_s <= 3);
    assert_within(fit.dispersion.rate_per_s, 89, 5 * fit.dispersion.rate_error);
    assert_true(strstr(fit.reason, "lack arrivals") != NULL);
}

/* From 20 to 60 per second in 20 minutes. */
static void a_ramp_is_a_profile_and_not_two_states(void **state)
{
    enum { WINDOWS = 12000 };
    double *count = arena_array(arena, WINDOWS, sizeof *count);
    gsl_rng_set(rng, 4);
    for (int i = 0; i < WINDOWS; i++)
        count[i] = gsl_ran_poisson(rng, 0.1 * (20 + 40. * i / WINDOWS));
    struct counts counts = {count, WINDOWS, 0.1};
    struct arrival_fit fit = arrival_fit_counts(&counts, 0.2, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_PROFILE);
    assert_true(fit.profile.count >= 4);
}

static void poisson_and_paced_and_rare_bursts_are_told_apart(void **state)
{
    gsl_rng_set(rng, 8);
    struct counts counts = poisson_counts(12.3, 5000, 0.25);
    struct arrival_fit fit = arrival_fit_counts(&counts, 0.5, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_POISSON);
    assert_false(fit.is_weak || fit.is_hidden);
    double *count = arena_array(arena, 5000, sizeof *count);
    for (int i = 0; i < 5000; i++)
        count[i] = 12 + (i & 1);
    fit = arrival_fit_counts(&(struct counts){count, 5000, 0.25}, 0.5, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_TRACE);
    assert_true(fit.test.is_regular && strstr(fit.reason, "regular"));
    /* Batches of 9 at once: not two states, whose correlation has a length. */
    for (int i = 0; i < 5000; i++)
        count[i] = 9 * gsl_ran_poisson(rng, 1.7);
    fit = arrival_fit_counts(&(struct counts){count, 5000, 0.25}, 0.5, 0.01, arena);
    assert_within(fit.index, 9, ONE_IN_A_MILLION * fit.index_error);
    assert_int_equal(fit.kind, ARRIVAL_FIT_TRACE);
    assert_true(strstr(fit.reason, "batches") != NULL);
}

/* Stamps in whole seconds hide bursts of a tenth of a second, and windows are whole seconds. */
static void stamps_say_what_they_hide(void **state)
{
    enum { EVENTS = 6000 };
    double *time = arena_array(arena, EVENTS, sizeof *time), at = 1000;
    gsl_rng_set(rng, 5);
    for (int i = 0; i < EVENTS; i++)
        time[i] = floor(at += gsl_ran_exponential(rng, 0.1));
    struct arrival_fit fit = arrival_fit_times(time, EVENTS, 1000, floor(at), 1, 0.05, 0.01, arena);
    assert_true(fit.is_hidden && strstr(fit.reason, "cannot be seen"));
    assert_within(fit.dispersion.scale[0].scale_s, 1, 0);
    assert_int_equal(fit.kind, ARRIVAL_FIT_POISSON);
    fit = arrival_fit_times(time, EVENTS, 1000, floor(at), 1, 8.3, 0.01, arena);
    assert_false(fit.is_hidden);
    assert_within(fit.dispersion.scale[0].scale_s, 3, 0);
}

/* Epoch seconds leave a double 2e-7 s: a stamp must not slip into the millisecond before. */
static void stamps_since_1970_stay_in_their_windows(void **state)
{
    double time[1000];
    for (int i = 0; i < 1000; i++)
        time[i] = 1.7e9 + i / 1000.;
    struct counts counts = counts_of_times(time, 1000, 1.7e9, 1.7e9 + 1, 0.001, arena);
    assert_int_equal(counts.windows, 1000);
    for (int i = 0; i < 1000; i++)
        assert_within(counts.count[i], 1, 0);
}

static void too_few_events_say_so(void **state)
{
    static const double TIMES[] = {0.1, 2.3, 2.4, 7.7, 9};
    struct arrival_fit fit = arrival_fit_times(TIMES, 5, 0, 10, 0, 0.4, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_POISSON);
    assert_true(fit.is_weak && strstr(fit.reason, "too few"));
    fit = arrival_fit_times(TIMES, 0, 0, 10, 0, 0.4, 0.01, arena);
    assert_true(fit.kind == ARRIVAL_FIT_POISSON && fit.dispersion.rate_per_s == 0);
}

/* ---- closed systems ------------------------------------------------------------------------- */

enum { REQUESTS = 3000, CLIENTS = 8 };

/* Clients that think between an answer and the next question. */
static struct closed_request *closed_requests(double think_s, bool has_clients)
{
    struct closed_request *request = arena_array(arena, REQUESTS, sizeof *request);
    double free_at[CLIENTS] = {0};
    for (int i = 0; i < REQUESTS; i++) {
        int c = i % CLIENTS;
        double start = free_at[c] + (think_s > 0 ? gsl_ran_exponential(rng, think_s) : 0.0001);
        free_at[c] = start + gsl_ran_exponential(rng, 0.0417);
        request[i] = (struct closed_request){start, free_at[c],
                                             has_clients ? (uint32_t)c : CLOSED_SYSTEM_NO_CLIENT};
    }
    return request;
}

static struct closed_request *open_requests(double in_system, bool has_clients)
{
    struct closed_request *request = arena_array(arena, REQUESTS, sizeof *request);
    double at = 0;
    for (int i = 0; i < REQUESTS; i++) {
        at += gsl_ran_exponential(rng, 0.0417 / in_system);
        request[i] = (struct closed_request){
            at, at + gsl_ran_exponential(rng, 0.0417),
            has_clients ? (uint32_t)gsl_rng_uniform_int(rng, CLIENTS) : CLOSED_SYSTEM_NO_CLIENT};
    }
    return request;
}

static void constant_concurrency_is_closed(void **state)
{
    gsl_rng_set(rng, 61);
    struct closed_system found =
        closed_system_find(closed_requests(0, false), REQUESTS, 0.001, arena);
    assert_true(found.is_closed && found.is_by_level && !found.is_by_client);
    assert_int_equal(found.population, CLIENTS);
    assert_true(isnan(found.think_mean_s) && strstr(found.reason, "hold arrivals back"));
}

static void one_in_flight_for_each_client_is_closed(void **state)
{
    gsl_rng_set(rng, 62);
    struct closed_system found =
        closed_system_find(closed_requests(0.2385, true), REQUESTS, 0, arena);
    assert_true(found.is_closed && found.is_by_client && !found.is_by_level);
    assert_int_equal(found.population, CLIENTS);
    assert_within(found.think_mean_s, 0.2385, 5 * 0.2385 / sqrt(REQUESTS));
    assert_within(found.think_sd_s, 0.2385, 5 * 0.2385 * sqrt(2. / REQUESTS));
}

static void open_arrivals_are_not_closed(void **state)
{
    static const double IN_SYSTEM[] = {0.1, 1, 4.7, 60};
    gsl_rng_set(rng, 63);
    for (int i = 0; i < 4; i++) {
        for (int named = 0; named < 2; named++) {
            struct closed_system found =
                closed_system_find(open_requests(IN_SYSTEM[i], named == 1), REQUESTS, 0, arena);
            assert_false(found.is_closed);
            /* L of M/G/infinity; its integral's variance: 2 L times the mean over the time. */
            assert_within(found.level_mean / IN_SYSTEM[i], 1, 5 * sqrt(2.3 / REQUESTS));
        }
    }
    assert_false(closed_system_find(open_requests(1, true), 20, 0, arena).is_closed);
}

/* Times of arrivals until length_s, of gaps that are gamma with this shape, in batches of geometric
 * size with this chance of one more. */
static size_t gamma_times(double *times, size_t room, double mean_gap, double shape, double more,
                          double length_s)
{
    double now = 0;
    size_t count = 0;
    for (;;) {
        now += gsl_ran_gamma(rng, shape, mean_gap / shape);
        if (now >= length_s)
            return count;
        do {
            assert_true(count < room);
            times[count++] = now;
        } while (gsl_rng_uniform(rng) < more);
    }
}

/* Paced arrivals, and batches of 4 on average, are laws of times that do not depend on each other;
 * bursts of 2 s each 15 s are none, however the times are spread. */
static void independent_times_are_a_renewal_process(void **state)
{
    enum { ROOM = 60000 };
    double *times = arena_array(arena, ROOM, sizeof *times);
    gsl_rng_set(rng, 77);
    size_t count = gamma_times(times, ROOM, 0.01, 9, 0, 300);
    struct arrival_fit fit = arrival_fit_times(times, count, 0, 300, 0.001, 0.1, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_RENEWAL);
    assert_true(fit.test.is_regular && strstr(fit.reason, "do not depend on each other"));
    count = gamma_times(times, ROOM, 0.05, 1, 0.75, 300);
    fit = arrival_fit_times(times, count, 0, 300, 0.001, 0.1, 0.01, arena);
    assert_int_equal(fit.kind, ARRIVAL_FIT_RENEWAL);
    assert_true(strstr(fit.reason, "batches") != NULL);
    /* Stamps in whole seconds do not tell the times between. */
    fit = arrival_fit_times(times, count, 0, 300, 1, 0.1, 0.01, arena);
    assert_int_not_equal(fit.kind, ARRIVAL_FIT_RENEWAL);
    count = 0;
    for (double now = 0; now < 300;
         now += gsl_ran_exponential(rng, fmod(now, 15) < 2 ? 0.005 : 0.02))
        times[count++] = now;
    fit = arrival_fit_times(times, count, 0, 300, 0.001, 0.1, 0.01, arena);
    assert_true(fit.test.is_bursty);
    assert_int_not_equal(fit.kind, ARRIVAL_FIT_RENEWAL);
    assert_false(fit.is_renewal);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_is_seldom_contradicted),
        cmocka_unit_test(the_test_has_the_power_that_it_states),
        cmocka_unit_test(two_states_are_recovered),
        cmocka_unit_test(a_poisson_process_has_no_third_factorial_cumulant),
        cmocka_unit_test(the_index_is_that_of_the_two_states),
        cmocka_unit_test(a_constant_rate_has_one_piece),
        cmocka_unit_test(independent_times_are_a_renewal_process),
        cmocka_unit_test(a_rate_that_steps_is_a_profile),
        cmocka_unit_test(edges_that_lack_arrivals_are_cut_off),
        cmocka_unit_test(a_ramp_is_a_profile_and_not_two_states),
        cmocka_unit_test(poisson_and_paced_and_rare_bursts_are_told_apart),
        cmocka_unit_test(stamps_say_what_they_hide),
        cmocka_unit_test(stamps_since_1970_stay_in_their_windows),
        cmocka_unit_test(too_few_events_say_so),
        cmocka_unit_test(constant_concurrency_is_closed),
        cmocka_unit_test(one_in_flight_for_each_client_is_closed),
        cmocka_unit_test(open_arrivals_are_not_closed),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
