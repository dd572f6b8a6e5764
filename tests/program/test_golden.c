/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program prints, kept: tests/golden/<case>/ holds `command` (for the shell, run in the
 * source tree; the program is "$CAPSIM"), and the `stdout` and `status` that it must have. A
 * message on standard error is kept by a command that ends in 2>&1. With GOLDEN_UPDATE set, what is
 * printed now becomes what must be printed. */
#include "tests/support/support.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CASES = 256 };

static char *case_file(const char *name, const char *file)
{
    char within_tree[PATH_MAX];
    snprintf(within_tree, sizeof within_tree, "tests/golden/%s/%s", name, file);
    return source_path(within_tree);
}

static struct command_result case_run(const char *name)
{
    char *path = case_file(name, "command"), *script = file_read(path, NULL);
    char *root = source_path("."), program[PATH_MAX + 16];
    snprintf(program, sizeof program, "CAPSIM=%s", capsim_path());
    const char *argv[] = {"sh", "-c", script, NULL}, *environment[] = {program, NULL};
    struct command_result result = command_run(&(struct command){
        .argv = argv, .environment = environment, .folder = root, .limit_s = 120});
    free(root);
    free(script);
    free(path);
    return result;
}

/* The first line that differs says more than two long texts. */
static void assert_same_text(const char *name, const char *now, const char *kept)
{
    int line = 1;
    size_t at = 0, line_begin = 0;
    for (; now[at] == kept[at]; at++) {
        if (now[at] == '\0')
            return;
        if (now[at] == '\n') {
            line++;
            line_begin = at + 1;
        }
    }
    fail_msg("tests/golden/%s/stdout:%d:\nkept  %.*s\nnow   %.*s\n(make golden-update accepts it)",
             name, line, (int)strcspn(kept + line_begin, "\n"), kept + line_begin,
             (int)strcspn(now + line_begin, "\n"), now + line_begin);
}

static void output_and_status_are_as_kept(void **state)
{
    const char *name = *state;
    char *stdout_path = case_file(name, "stdout"), *status_path = case_file(name, "status");
    struct command_result result = case_run(name);
    char status[16];
    snprintf(status, sizeof status, "%d\n", result.status);
    if (getenv("GOLDEN_UPDATE")) {
        file_write(stdout_path, result.output, strlen(result.output));
        file_write(status_path, status, strlen(status));
    } else {
        char *kept_output = file_read(stdout_path, NULL),
             *kept_status = file_read(status_path, NULL);
        print_message("%s", result.error);
        assert_same_text(name, result.output, kept_output);
        assert_string_equal(status, kept_status);
        free(kept_output);
        free(kept_status);
    }
    command_result_free(&result);
    free(stdout_path);
    free(status_path);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    static struct CMUnitTest tests[MAX_CASES];
    struct dirent **cases;
    char *folder = source_path("tests/golden");
    int count = scandir(folder, &cases, is_case, alphasort);
    free(folder);
    if (count < 1 || count > MAX_CASES) {
        print_error("tests/golden: %d cases, not 1 to %d\n", count, MAX_CASES);
        return 1;
    }
    for (int i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i]->d_name,
                                       .test_func = output_and_status_are_as_kept,
                                       .initial_state = cases[i]->d_name};
    int failures = _cmocka_run_group_tests("golden", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(cases[i]);
    free(cases);
    return failures;
}
