/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct command_result shell(const char *script, struct command command)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    command.argv = argv;
    return command_run(&command);
}

static void a_command_gives_its_output_and_exit_status(void **state)
{
    struct command_result result =
        shell("cat; echo no >&2; exit 7", (struct command){.input = "a\nb"});
    assert_string_equal(result.output, "a\nb");
    assert_string_equal(result.error, "no\n");
    assert_int_equal(result.status, 7);
    assert_false(result.has_hit_limit);
    command_result_free(&result);
}

static void a_command_gets_its_environment_and_folder(void **state)
{
    const char *environment[] = {"CAPSIM_TEST=2.385", "HOME", NULL};
    struct command_result result =
        shell("echo $CAPSIM_TEST ${HOME-none}; pwd",
              (struct command){.environment = environment, .folder = "/usr"});
    assert_string_equal(result.output, "2.385 none\n/usr\n");
    command_result_free(&result);
}

static void a_command_that_does_not_end_is_killed(void **state)
{
    struct command_result result = shell("exec sleep 30", (struct command){.limit_s = 0.1});
    assert_true(result.has_hit_limit);
    assert_int_equal(result.status, 128 + SIGKILL);
    assert_true(result.elapsed_s < 20);
    command_result_free(&result);
}

static void a_command_gets_a_signal_on_time(void **state)
{
    struct command_result result =
        shell("exec sleep 30", (struct command){.signal = SIGTERM, .signal_after_s = 0.1});
    assert_false(result.has_hit_limit);
    assert_int_equal(result.status, 128 + SIGTERM);
    command_result_free(&result);
}

static void a_program_that_does_not_exist_has_status_127(void **state)
{
    const char *argv[] = {"./no-such-program", NULL};
    struct command_result result = command_run(&(struct command){.argv = argv});
    assert_int_equal(result.status, 127);
    assert_non_null(strstr(result.error, "No such file"));
    command_result_free(&result);
}

static void a_file_comes_back_as_it_was_written(void **state)
{
    char *folder = folder_make(), path[4200];
    snprintf(path, sizeof path, "%s/bytes", folder);
    file_write(path, "a\0b\n", 4);
    size_t size;
    char *bytes = file_read(path, &size);
    assert_int_equal(size, 4);
    assert_memory_equal(bytes, "a\0b\n\0", 5);
    free(bytes);
    file_write(path, "", 0);
    bytes = file_read(path, &size);
    assert_int_equal(size, 0);
    assert_string_equal(bytes, "");
    free(bytes);
    folder_remove(folder);
    assert_int_equal(access(path, F_OK), -1);
}

static void exact_values_are_found_by_id_and_metric(void **state)
{
    assert_within(exact_value("mm1-r50", "mean_wait"), 0.1, 0);
    assert_within(exact_value("mm1-r50", "mean_response"), 0.2, 0);
}

/* Meant to fail when the two numbers differ: main runs it alone, in a process of its own. */
static void two_numbers_are_within_a_thousandth(void **state)
{
    char *rest;
    double value = strtod(*state, &rest);
    assert_within(value, strtod(rest, NULL), 0.001);
}

static int run_within(char *numbers)
{
    const struct CMUnitTest alone[] = {
        cmocka_unit_test_prestate(two_numbers_are_within_a_thousandth, numbers)};
    return cmocka_run_group_tests(alone, NULL, NULL);
}

static void a_program_runs_the_tests_that_are_named(void **state)
{
    static const struct {
        const char *name, *said;
        int status;
    } cases[] = {
        {"exact_values_are_found_by_id_and_metric", "[  PASSED  ] 1 test(s).", 0},
        {"exact_value_is_found_by_id_and_metric", "did you mean 'exact_values_are_found_by", 2},
        {"exact_values", "assert_within_passes_and_fails_when_it_should\n", 2},
        {"--list", "a_command_gets_a_signal_on_time\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[] = {"/proc/self/exe", cases[i].name, NULL};
        struct command_result result = command_run(&(struct command){.argv = argv});
        assert_int_equal(result.status, cases[i].status);
        assert_true(strstr(result.output, cases[i].said) || strstr(result.error, cases[i].said));
        command_result_free(&result);
    }
}

static void assert_within_passes_and_fails_when_it_should(void **state)
{
    static const struct {
        const char *numbers;
        int failures;
    } cases[] = {{"WITHIN=2.385 2.3855", 0}, {"WITHIN=2.385 2.387", 1}, {"WITHIN=nan 2.385", 1},
                 {"WITHIN=2.385 nan", 1},    {"WITHIN=inf inf", 0},     {"WITHIN=inf 2.385", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *argv[] = {"/proc/self/exe", NULL}, *numbers[] = {cases[i].numbers, NULL};
        struct command_result result =
            command_run(&(struct command){.argv = argv, .environment = numbers});
        assert_int_equal(result.status, cases[i].failures);
        command_result_free(&result);
    }
}

int main(void)
{
    char *numbers = getenv("WITHIN");
    if (numbers)
        return run_within(numbers);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gives_its_output_and_exit_status),
        cmocka_unit_test(a_command_gets_its_environment_and_folder),
        cmocka_unit_test(a_command_that_does_not_end_is_killed),
        cmocka_unit_test(a_command_gets_a_signal_on_time),
        cmocka_unit_test(a_program_that_does_not_exist_has_status_127),
        cmocka_unit_test(a_file_comes_back_as_it_was_written),
        cmocka_unit_test(exact_values_are_found_by_id_and_metric),
        cmocka_unit_test(a_program_runs_the_tests_that_are_named),
        cmocka_unit_test(assert_within_passes_and_fails_when_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
