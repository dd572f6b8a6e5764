/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/plain_json.h"
#include "inputs/scenario/typed_words.h"
#include "tests/support/scenario_fixture.h"

#include <string.h>

#define PLAIN(pool, law, arrivals, expect)                                                         \
    "{\"capsim\":1,\"name\":\"s\",\"resources\":{\"p\":{" pool "}},\"workloads\":{\"w\":{"         \
    "\"arrivals\":{" arrivals "},\"steps\":[{\"hold\":\"p\",\"steps\":[{\"delay\":" law "}]}]}},"  \
    "\"criteria\":[{\"name\":\"c\",\"expect\":\"" expect "\"}],\"run\":{\"duration\":\"1h\"}}"
#define RATE_3 "\"process\":\"poisson\",\"rate\":\"3/s\""
#define POOL_5 "\"kind\":\"connection_pool\",\"max\":5"

static void assert_warned(const struct scenario *scenario, const char *part)
{
    for (size_t i = 0; i < scenario->warning_count; i++)
        if (strstr(scenario->warnings[i], part) != NULL)
            return;
    fail_msg("no warning has %s", part);
}

static void words_of_pools_are_understood_and_noted(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *scenario = fixture_read_text(
        fixture, PLAIN("\"kind\":\"pool\",\"maximumPoolSize\":7,\"minimumIdle\":3,"
                       "\"maxLifetime\":\"1min\"",
                       "\"75ms\"", RATE_3, "w.response.p95 < 1s"));
    assert_int_equal(scenario->pools[0].max, 7);
    assert_int_equal(scenario->pools[0].min, 3);
    assert_int_equal(scenario->pools[0].max_lifetime_ns, 60000000000);
    assert_warned(scenario, "resources.p.maximumPoolSize: read as \"max\"");
    assert_warned(scenario, "\"pool\" is read as \"connection_pool\"");
}

static void words_of_laws_and_arrivals_are_understood(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *scenario = fixture_read_text(
        fixture, PLAIN(POOL_5, "{\"type\":\"exp\",\"avg\":\"75ms\"}",
                       "\"type\":\"Poisson\",\"rate\":\"3/s\"", "w.response.p95 < 1s"));
    assert_warned(scenario, "\"exp\" is read as \"exponential\"");
    assert_warned(scenario, ".avg: read as \"mean\"");
    assert_warned(scenario, "\"Poisson\" is read as \"poisson\"");
}

static void words_of_load_testers_are_understood_in_criteria(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *scenario =
        fixture_read_text(fixture, PLAIN(POOL_5, "\"75ms\"", RATE_3, "w.latency.p(95) < 1s"));
    assert_string_equal(scenario->criteria[0].metric, "w.response.p95");
    assert_string_equal(scenario->criteria[0].expect, "w.latency.p(95) < 1s");
    assert_warned(scenario, "\"w.latency.p(95)\" is read as \"w.response.p95\"");
}

static void nothing_is_noted_where_nothing_was_reworded(void **state)
{
    struct fixture *fixture = *state;
    const struct scenario *scenario =
        fixture_read_text(fixture, PLAIN(POOL_5, "\"75ms\"", RATE_3, "w.response.p95<1s"));
    assert_int_equal(scenario->warning_count, 0);
}

static void an_override_outweighs_another_word_for_its_key(void **state)
{
    struct fixture *fixture = *state;
    static const char text[] = PLAIN("\"kind\":\"connection_pool\",\"maximumPoolSize\":7",
                                     "\"75ms\"", RATE_3, "w.response.p95 < 1s");
    struct override max = {"resources.p.max", "9"};
    fixture_read(fixture, &(struct scenario_request){.file = "s.json",
                                                     .text = text,
                                                     .text_length = strlen(text),
                                                     .overrides = &max,
                                                     .override_count = 1});
    assert_int_equal(fixture_setting(fixture, 0)->pools[0].max, 9);
}

static void metrics_keep_names_that_are_theirs(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[][2] = {
        {"w.response.p95", "w.response.p95"},
        {"w.response.avg", "w.response.mean"},
        {"w.response.p(99.9)", "w.response.p999"},
        {"w.response.p99.9", "w.response.p999"},
        {"w.response.95th", "w.response.p95"},
        {"w.duration.median", "w.response.p50"},
        {"w.step.duration", "w.step.duration"},
        {"w.step.avg.avg", "w.step.avg.mean"},
        {"duration.wait.p95", "duration.wait.p95"},
        {"w.latency.response.p95", "w.latency.response.p95"},
        {"w", "w"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(typed_words_metric(cases[i][0], fixture->arena), cases[i][1]);
}

static void comments_become_blanks_and_places_stay(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[][2] = {
        {"{\"a\": 1, // µ\n}", "{\"a\": 1      \n}"},
        {"[1, /* µ\n */ 2,]", "[1,     \n    2 ]"},
        {"{\"a//b\": \"/* c */,]\"}", "{\"a//b\": \"/* c */,]\"}"},
        {"[,]", "[,]"},
        {"[1,,]", "[1,,]"},
        {"[1] /* open", "[1] /* open"},
        {"[1, // a\n // b\n ]", "[1      \n     \n ]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i][0]);
        const char *plain = plain_json(cases[i][0], &length, fixture->arena);
        assert_string_equal(plain, cases[i][1]);
        assert_int_equal(length, strlen(plain));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(words_of_pools_are_understood_and_noted),
        fixture_test(words_of_laws_and_arrivals_are_understood),
        fixture_test(words_of_load_testers_are_understood_in_criteria),
        fixture_test(nothing_is_noted_where_nothing_was_reworded),
        fixture_test(an_override_outweighs_another_word_for_its_key),
        fixture_test(metrics_keep_names_that_are_theirs),
        fixture_test(comments_become_blanks_and_places_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
