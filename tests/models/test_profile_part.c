/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An hour of a day says which hour it is. */
#include "models/program/profile_part.h"
#include "tests/support/support.h"
#include <string.h>

#define HOUR INT64_C(3600000000000)

/* From 0.2 up to 2 at noon and back: 1.1 on average; 0.275 in the first hour. */
static const struct profile_point day[] = {{0, 0.2}, {12 * HOUR, 2}, {24 * HOUR, 0.2}};

static const char *warning_of(int64_t period, int64_t length, struct arena *arena)
{
    const struct profile_spec profile = {day, 3, period};
    const struct workload_spec workload = {.name = "w", .arrivals = {.profile = &profile}};
    return profile_part_warn(&workload, length, arena);
}

static void an_hour_of_a_day_says_which(void **state)
{
    struct arena *arena = arena_open();
    (void)state;
    assert_string_equal(
        warning_of(24 * HOUR, HOUR, arena),
        "w: the first 60 min of the 24 h of its profile are simulated, with a factor of 0.275 on "
        "average "
        "where the whole has 1.1; its peak, a factor of 2 at 12 h, is not among them. Verdicts are "
        "on "
        "this part alone: simulate the whole, or a profile that begins at its peak");
    assert_non_null(strstr(warning_of(24 * HOUR, 13 * HOUR, arena), "at 12 h, is among them"));
    assert_non_null(strstr(warning_of(24 * HOUR, HOUR / 4, arena), "the first 15 min of the 24 h"));
    arena_close(arena);
}

static void what_is_simulated_as_a_whole_needs_no_words(void **state)
{
    struct arena *arena = arena_open();
    struct workload_spec steady = {.name = "w"};
    (void)state;
    assert_null(warning_of(24 * HOUR, 24 * HOUR, arena));
    assert_null(warning_of(SPEC_NEVER, 25 * HOUR, arena)); /* stays as it is from then on */
    assert_non_null(warning_of(SPEC_NEVER, 23 * HOUR, arena));
    assert_null(profile_part_warn(&steady, HOUR, arena));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_of_a_day_says_which),
        cmocka_unit_test(what_is_simulated_as_a_whole_needs_no_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
