/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/value_words.h"
#include "tests/support/support.h"
#include <string.h>

static void a_piece_of_a_scenario_reads_as_it_is_said(void **state)
{
    static const struct {
        const char *json, *words;
    } cases[] = {{"{\"dist\":\"lognormal\",\"mean\":\"75ms\",\"p95\":\"180ms\"}",
                  "75 ms mean, p95 180 ms, lognormal"},
                 {"{\"process\":\"poisson\",\"customers\":50000,\"active\":0.1,\"rate_per_active\":"
                  "\"0.1/s\"}",
                  "50,000 customers, 10\u00a0% active, 0.1/s each, poisson"},
                 {"[{\"delay\":{\"dist\":\"exponential\",\"mean\":\"2.5s\"},\"name\":\"app\"},"
                  "{\"hold\":\"pool\",\"timeout\":\"1s\",\"steps\":[{\"delay\":\"3ms\"}]}]",
                  "app: 2.5 s mean, exponential; hold pool, timeout 1 s (3 ms)"},
                 {"{\"process\":\"cycle\",\"jobs\":100,\"every\":\"60s\",\"spread\":\"15s\"}",
                  "100 jobs, every 60 s, spread 15 s, cycle"},
                 {"{\"max\":20,\"on\":[\"timeout\",\"refused\"],\"is\":true,\"no\":null}",
                  "max 20, on (timeout, refused), is true, no none"},
                 {"\"70%\"", "70 %"},
                 {"\"500/s\"", "500/s"},
                 {"\"10.0.0.1\"", "10.0.0.1"},
                 {"12", "12"},
                 {"\"\"", ""},
                 {"[]", ""},
                 {"{}", ""},
                 {"[{\"delay\":{\"dist\":\"exponential\",\"mean\":\"5ms\"}},{\"ho\u2026",
                  "(delay (dist exponential, mean 5ms)), (ho\u2026"},
                 {"lognormal: mu -2.8", "lognormal: mu -2.8"}};
    struct arena *arena = arena_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(value_words(cases[i].json, arena), cases[i].words);
    arena_close(arena);
}

/* No depth and no type makes it fail. */
static void what_is_no_scenario_is_worded_all_the_same(void **state)
{
    struct arena *arena = arena_open();
    char deep[2 * 500 + 1];
    memset(deep, '[', 500);
    memset(deep + 500, ']', 500);
    deep[1000] = '\0';
    assert_non_null(value_words(deep, arena));
    assert_non_null(value_words("{\"dist\":null,\"mean\":[{\"process\":{}}]}", arena));
    assert_non_null(value_words("{\"hold\":{},\"name\":5,\"steps\":7}", arena));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_of_a_scenario_reads_as_it_is_said),
        cmocka_unit_test(what_is_no_scenario_is_worded_all_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
