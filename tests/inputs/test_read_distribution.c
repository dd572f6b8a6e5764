/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_distribution.h"
#include "tests/support/scenario_fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The law of a delay written as `json`. */
static const struct distribution *read_law(struct fixture *fixture, const char *json)
{
    const char *steps = arena_printf(fixture->arena, "[ { \"delay\": %s } ]", json);
    const struct scenario *scenario = fixture_read_system(fixture, "{}", POISSON, steps);
    return scenario->workloads[0].classes[0].steps[0].duration;
}

static void laws_have_their_parameters(void **state)
{
    static const struct {
        const char *json;
        enum distribution_kind kind;
        double a, b;
    } cases[] = {
        {"\"75ms\"", DISTRIBUTION_CONSTANT, 0.075, 0},
        {"{ \"dist\": \"constant\", \"value\": \"2s\" }", DISTRIBUTION_CONSTANT, 2, 0},
        {"{ \"dist\": \"uniform\", \"min\": \"1s\", \"max\": \"3s\" }", DISTRIBUTION_UNIFORM, 1, 3},
        {"{ \"dist\": \"exponential\", \"mean\": \"2.385ms\" }", DISTRIBUTION_EXPONENTIAL, 0.002385,
         0},
        {"{ \"dist\": \"erlang\", \"stages\": 4, \"mean\": \"2s\" }", DISTRIBUTION_ERLANG, 4, 0.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct distribution *law = read_law(*state, cases[i].json);
        assert_int_equal(law->kind, cases[i].kind);
        assert_true(law->a == cases[i].a);
        assert_true(cases[i].b == 0 || law->b == cases[i].b);
        assert_false(law->is_truncated);
        assert_true(law->highest == INFINITY);
    }
}

/* A fitted law must have what it was fitted from. */
static void fitted_laws_have_their_facts(void **state)
{
    static const char *const kinds[] = {"gamma", "lognormal", "weibull"};
    for (size_t i = 0; i < 3; i++) {
        char json[200];
        snprintf(json, sizeof json, "{ \"dist\": \"%s\", \"mean\": \"75ms\", \"cv\": 0.7 }",
                 kinds[i]);
        const struct distribution *law = read_law(*state, json);
        assert_within(distribution_mean(law), 0.075, 1e-9);
        assert_within(sqrt(distribution_variance(law)), 0.7 * 0.075, 1e-9);
        snprintf(json, sizeof json, "{ \"dist\": \"%s\", \"p50\": \"60ms\", \"p99\": \"300ms\" }",
                 kinds[i]);
        law = read_law(*state, json);
        assert_within(distribution_cdf(law, 0.06), 0.5, 1e-8);
        assert_within(distribution_cdf(law, 0.3), 0.99, 1e-8);
    }
}

static void wide_laws_have_their_mean_and_spread(void **state)
{
    static const char *const kinds[] = {"pareto", "hyperexponential"};
    for (size_t i = 0; i < 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{ \"dist\": \"%s\", \"mean\": \"75ms\", \"cv\": 2.385 }",
                 kinds[i]);
        const struct distribution *law = read_law(*state, json);
        assert_within(distribution_mean(law), 0.075, 1e-9);
        assert_within(sqrt(distribution_variance(law)), 2.385 * 0.075, 1e-9);
    }
}

static void a_law_may_be_truncated(void **state)
{
    const struct distribution *law =
        read_law(*state, "{ \"dist\": \"exponential\", \"mean\": "
                         "\"1s\", \"min\": \"100ms\", \"max\": \"3s\" }");
    assert_true(law->is_truncated);
    assert_true(law->lowest == 0.1);
    assert_true(law->highest == 3);
    law = read_law(*state, "{ \"sum\": [\"1s\", { \"dist\": \"exponential\", \"mean\": \"1s\" }], "
                           "\"max\": \"5s\" }");
    assert_true(law->is_truncated);
    assert_true(law->highest == 5);
}

static void laws_are_added_and_mixed(void **state)
{
    const struct distribution *sum = read_law(
        *state, "{ \"sum\": [\"10ms\", { \"dist\": \"exponential\", \"mean\": \"2s\" }] }");
    assert_int_equal(sum->kind, DISTRIBUTION_SUM);
    assert_int_equal(sum->count, 2);
    assert_true(sum->parts[0]->a == 0.01);
    assert_true(sum->parts[1]->a == 2);
    const struct distribution *mixture =
        read_law(*state, "{ \"dist\": \"mixture\", \"parts\": ["
                         "{ \"share\": \"70%\", \"dist\": \"constant\", \"value\": \"1s\" },"
                         "{ \"share\": 0.2, \"sum\": [\"1s\", \"2s\"] },"
                         "{ \"share\": 0.1, \"dist\": \"exponential\", \"mean\": \"5s\" } ] }");
    assert_int_equal(mixture->kind, DISTRIBUTION_MIXTURE);
    assert_int_equal(mixture->count, 3);
    assert_true(mixture->shares[0] == 0.7);
    assert_int_equal(mixture->parts[1]->kind, DISTRIBUTION_SUM);
    assert_within(distribution_mean(mixture), 0.7 + 0.6 + 0.5, 1e-12);
}

static void measured_values_are_sorted(void **state)
{
    const struct distribution *law = read_law(
        *state, "{ \"dist\": \"empirical\", \"values\": [\"3s\", \"0s\", \"20ms\", \"3s\"] }");
    static const double sorted[] = {0, 0.02, 3, 3};
    assert_int_equal(law->kind, DISTRIBUTION_EMPIRICAL);
    assert_int_equal(law->count, 4);
    assert_memory_equal(law->values, sorted, sizeof sorted);
}

static void measured_values_come_from_a_file(void **state)
{
    struct fixture *fixture = *state;
    static const char csv[] = "duration\r\n3.5\n\n\"20\"\n 0 \n1e3";
    static const double sorted[] = {0, 0.0035, 0.02, 1};
    file_write(arena_printf(fixture->arena, "%s/times.csv", fixture->folder), csv, sizeof csv - 1);
    const struct distribution *law =
        read_law(fixture, "{ \"dist\": \"empirical\", \"file\": \"times.csv\", \"unit\": \"ms\" }");
    assert_int_equal(law->count, 4);
    assert_memory_equal(law->values, sorted, sizeof sorted);
    assert_int_equal(fixture->set.input_count, 1);
    assert_string_equal(fixture->set.input_files[0], "times.csv");
    assert_int_equal(fixture->set.input_lengths[0], sizeof csv - 1);
    assert_memory_equal(fixture->set.input_texts[0], csv, sizeof csv - 1);
}

static void a_link_out_of_the_folder_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    const char *link = arena_printf(fixture->arena, "%s/times.csv", fixture->folder);
    const char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"s\", \"workloads\": { \"w\": { \"arrivals\": " POISSON ","
        "\"steps\": [ { \"delay\": { \"dist\": \"empirical\", \"file\": \"times.csv\" } } ] } } }";
    assert_int_equal(symlink("/proc/self/stat", link), 0);
    file_write(path, text, sizeof text - 1);
    assert_false(scenario_read(&(struct scenario_request){.file = path}, fixture->arena,
                               &fixture->set, &err));
    assert_string_equal(err.message, "must be a file in the scenario's folder or below it; got "
                                     "\"times.csv\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(laws_have_their_parameters),
        fixture_test(fitted_laws_have_their_facts),
        fixture_test(wide_laws_have_their_mean_and_spread),
        fixture_test(a_law_may_be_truncated),
        fixture_test(laws_are_added_and_mixed),
        fixture_test(measured_values_are_sorted),
        fixture_test(measured_values_come_from_a_file),
        fixture_test(a_link_out_of_the_folder_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
