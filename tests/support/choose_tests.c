/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/choose_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/spelling.h"

int __real__cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction set_up, CMFixtureFunction tear_down);

static int argument_count;
static char **arguments;

/* The C library passes a constructor what main() gets. */
__attribute__((constructor)) static void keep_arguments(int count, char **values)
{
    argument_count = count;
    arguments = values;
}

static bool is_named(const char *test)
{
    for (int i = 1; i < argument_count; i++)
        if (strcmp(arguments[i], test) == 0)
            return true;
    return false;
}

static void print_names(FILE *to, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(to, "%s\n", names[i]);
}

static void refuse_unknown_names(const char *const *names, size_t count)
{
    for (int i = 1; i < argument_count; i++) {
        size_t at = 0;
        while (at < count && strcmp(arguments[i], names[at]) != 0)
            at++;
        if (at < count)
            continue;
        const char *nearest = spelling_nearest(arguments[i], names, count);
        fprintf(stderr, "%s: no test is called '%s'", arguments[0], arguments[i]);
        if (nearest)
            fprintf(stderr, "; did you mean '%s'?", nearest);
        fputs("\nits tests:\n", stderr);
        print_names(stderr, names, count);
        exit(2);
    }
}

int __wrap__cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests, size_t count,
                                   CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
    if (argument_count < 2)
        return __real__cmocka_run_group_tests(group, tests, count, set_up, tear_down);
    const char **names = malloc(count * sizeof *names);
    struct CMUnitTest *chosen = malloc(count * sizeof *chosen);
    assert_non_null(names);
    assert_non_null(chosen);
    for (size_t i = 0; i < count; i++)
        names[i] = tests[i].name;
    int failures = 0;
    if (strcmp(arguments[1], "--list") == 0) {
        print_names(stdout, names, count);
    } else {
        refuse_unknown_names(names, count);
        size_t chosen_count = 0;
        for (size_t i = 0; i < count; i++)
            if (is_named(tests[i].name))
                chosen[chosen_count++] = tests[i];
        failures = __real__cmocka_run_group_tests(group, chosen, chosen_count, set_up, tear_down);
    }
    free(names);
    free(chosen);
    return failures;
}
