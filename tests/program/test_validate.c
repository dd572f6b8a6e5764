/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A short `make validate`: the cases that take no time, through the command line, and that the
 * program which judges them can tell right from wrong. */
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

/* Clockwork, replays, real systems, and of each kind of exact value one. */
#define SHORT_CASES                                                                                \
    "det-dd1,det-ddc,det-overload,det-makespan,usl-0.05,mm1-r50,erlA-4,mmck-4-20,repair-20-1,"     \
    "mtginf-det-75ms-t15,A,B,C,E0,G,H,H-cycles,I,pgbench"

/* `validate` stands beside the program under test. */
static struct command_result validate(const char *cases, const char *engine, const char *wrong)
{
    const char *capsim = capsim_path();
    char program[4096];
    snprintf(program, sizeof program, "%.*s/validate/validate",
             (int)(strrchr(capsim, '/') - capsim), capsim);
    return command_run(&(struct command){
        .argv = (const char *const[]){program, "--only", cases, engine, wrong, NULL},
        .limit_s = 600});
}

static void what_is_known_is_met_from_the_command_line(void **state)
{
    struct command_result result = validate(SHORT_CASES, capsim_path(), NULL);
    assert_string_equal(result.error, "");
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "| replays of recorded requests | 42 | 42 |"));
    assert_null(strstr(result.output, "**fails**"));
    command_result_free(&result);
}

static void a_program_that_reports_nothing_fails(void **state)
{
    struct command_result result = validate("det-dd1", "/bin/false", NULL);
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.error, "capsim does not agree"));
    assert_non_null(strstr(result.output, "**fails**"));
    command_result_free(&result);
}

/* What is called wrong must fail somewhere: this is capsim as it is. */
static void an_engine_that_is_not_found_out_fails(void **state)
{
    char named[4096];
    snprintf(named, sizeof named, "nothing=%s", capsim_path());
    struct command_result result = validate("det-dd1", capsim_path(), named);
    assert_int_equal(result.status, 1);
    assert_string_equal(result.error, "validate: a wrong engine was not found out\n");
    command_result_free(&result);
    result = validate("det-dd1", capsim_path(), "silence=/bin/false");
    assert_int_equal(result.status, 0);
    command_result_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_is_met_from_the_command_line),
        cmocka_unit_test(a_program_that_reports_nothing_fails),
        cmocka_unit_test(an_engine_that_is_not_found_out_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
