/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "duration": "auto" is as long as what is claimed asks for. */
#include "models/metrics/run_length.h"
#include "tests/support/scenario_fixture.h"
#include <string.h>

/* M/M/1 of 100/s at that load, with one criterion. */
static const struct scenario *queue_of(void **state, const char *work, const char *criterion)
{
    struct fixture *fixture = *state;
    return fixture_read_text(
        fixture,
        arena_printf(fixture->arena,
                     "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\":"
                     " \"thread_pool\", \"threads\": 1 } }, \"workloads\": { \"w\": {"
                     " \"arrivals\": { \"process\": \"poisson\", \"rate\": \"100/s\" },"
                     " \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\":"
                     " \"exponential\", \"mean\": \"%s\" } } ] } ] } },"
                     " \"criteria\": [ { \"name\": \"c\", \"expect\": \"%s\" } ], \"run\": {"
                     " \"duration\": \"auto\", \"replications\": [ 10, 40 ],"
                     " \"window\": \"1s\" } }",
                     work, criterion));
}

/* The relaxation time of M/M/1 near saturation is 4 rho / (1 - rho)^2 of the work (relaxation.h):
 * 39,600 times 9.9 ms at 0.99. 20 of them in a run; of a p99 500 in all. */
static void near_saturation_a_run_is_of_relaxation_times(void **state)
{
    const struct scenario *mean = queue_of(state, "9.9ms", "p.wait.mean < 1s");
    struct fixture *fixture = *state;
    struct run_length found = run_length_find(mean, fixture->arena);
    double relaxation_s = 392.04;
    assert_int_equal(mean->run.duration_ns, found.length_ns);
    assert_within((double)found.length_ns / 1e9, 20 * relaxation_s, 20);
    assert_non_null(strstr(found.reason, "relaxation times of \"p\""));
    assert_false(found.is_cut);
    const struct scenario *tail = queue_of(state, "9.9ms", "p.wait.p99 < 1s");
    assert_within((double)tail->run.duration_ns / 1e9, 500 * relaxation_s / 10, 40);
}

/* Where nothing is slow, 2,000 requests of 100/s. */
static void a_quick_system_is_run_for_its_requests(void **state)
{
    const struct scenario *quick = queue_of(state, "1ms", "p.wait.mean < 1s");
    assert_within((double)quick->run.duration_ns / 1e9, 20, 0);
    const struct scenario *windows = queue_of(state, "1ms", "p.utilization < 50% in every 5min");
    assert_within((double)windows->run.duration_ns / 1e9, 3000, 0);
}

/* 99.9999 % would take some 4.5 days a run. */
static void what_is_too_much_is_cut_and_said(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *hopeless = queue_of(state, "9.9999ms", "p.wait.mean < 1s");
    struct run_length found = run_length_find(hopeless, fixture->arena);
    assert_true(found.is_cut);
    assert_within((double)found.length_ns / 1e9, RUN_LENGTH_MOST_REQUESTS / 100 / 10, 1);
    assert_true(found.wanted_s > (double)found.length_ns / 1e9);
    bool is_said = false;
    for (size_t i = 0; i < hopeless->assumption_count; i++)
        is_said |= strcmp(hopeless->assumptions[i].key, "run.duration") == 0 &&
                   strstr(hopeless->assumptions[i].note, "which is too much");
    assert_true(is_said);
}

/* Both run as long as the slower of them needs. */
static void settings_run_alike(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\","
        " \"threads\": 1 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\","
        " \"rate\": \"100/s\" }, \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": { "
        "\"dist\":"
        " \"exponential\", \"mean\": \"9.9ms\" } } ] } ] } }, \"settings\": { \"two\": {"
        " \"resources.p.threads\": 2 } }, \"run\": { \"duration\": \"auto\" } }";
    struct fixture *fixture = *state;
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    file_write(path, text, strlen(text));
    fixture_read(fixture, &(struct scenario_request){.file = path});
    int64_t one = fixture_setting(fixture, 0)->run.duration_ns;
    assert_int_equal(fixture_setting(fixture, 1)->run.duration_ns, one);
    assert_within((double)one / 1e9, 20 * 392.04, 60);
}

/* Cycles of a minute: whole ones. */
static void cycles_are_run_as_a_whole(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *fleet = fixture_read_text(
        fixture,
        "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"thread_pool\","
        " \"threads\": 5 } }, \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"cycle\","
        " \"every\": \"7min\", \"jobs\": 100, \"overrun\": \"skip\" }, \"steps\": [ { \"hold\": "
        "\"p\","
        " \"steps\": [ { \"delay\": \"1s\" } ] } ] } }, \"run\": { \"duration\": \"auto\" } }");
    assert_int_equal(fleet->run.duration_ns % (7 * INT64_C(60000000000)), 0);
    assert_true(fleet->run.duration_ns > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(near_saturation_a_run_is_of_relaxation_times),
        fixture_test(a_quick_system_is_run_for_its_requests),
        fixture_test(what_is_too_much_is_cut_and_said),
        fixture_test(settings_run_alike),
        fixture_test(cycles_are_run_as_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
