/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/criterion_place.h"
#include "tests/support/support.h"
#include <string.h>

static void a_criterion_is_found_by_its_name(void **state)
{
    static const char text[] =
        "{\n  \"criteria\": [\n    { \"name\": \"wait\", \"expect\": \"\" },\n"
        "    { \"expect\": \"\",\n      \"name\": \"errors\" }\n  ]\n}\n";
    const struct scenario_set set = {.plain = text, .plain_length = strlen(text)};
    struct arena *arena = arena_open();
    assert_int_equal(criterion_place_line(&set, "wait", arena), 3);
    assert_int_equal(criterion_place_line(&set, "errors", arena), 4);
    assert_int_equal(criterion_place_line(&set, "none", arena), 1);
    assert_int_equal(criterion_place_line(&(struct scenario_set){0}, "wait", arena), 1);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_criterion_is_found_by_its_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
