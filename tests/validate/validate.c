/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate - runs capsim as anybody runs it on every system whose answer is known, and prints the
 * table of what it said (reports/validation.md).
 *
 * usage: build/validate/validate [--only SCENARIO,...] CAPSIM [WHAT=WRONG_CAPSIM]...
 *
 * CAPSIM is judged: the exit status is 1 unless all it said agrees. Each WRONG_CAPSIM, in which
 * WHAT is wrong on purpose, is put through the same but for the cases that take minutes, and must
 * be found out. With --only the family is not whole: its spread is not judged. What people wrote
 * stands between the figures as it is, from tests/validate; campaigns.md there has the last figures
 * of what takes too long to run each time. */
#include "tests/support/replay_cases.h"
#include "tests/support/support.h"
#include "tests/validate/validation_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct suite {
    struct arena *arena;
    struct reference_table exact, replays, measured;
    const char *only;
};

static struct engine_outcome run_engine(const struct suite *suite, const char *what,
                                        const char *program)
{
    struct engine_outcome outcome = {.what = what};
    struct case_choice choice = {suite->only, what != NULL};
    agreements_add(&outcome.exact, program, &suite->exact, &choice, suite->arena);
    agreements_add(&outcome.replays, program, &suite->replays, &choice, suite->arena);
    agreements_add(&outcome.measured, program, &suite->measured, &choice, suite->arena);
    return outcome;
}

static void write_text(const char *name)
{
    char *path = source_path(name), *text = file_read(path, NULL);
    fputs(text, stdout);
    free(text);
    free(path);
}

/* Runs the engines that are wrong on purpose. Returns how many of them seemed right. */
static int run_wrong(const struct suite *suite, const struct engine_outcome *right,
                     char *const *named, int count)
{
    int missed = 0;
    validation_write_wrong_heading(stdout);
    validation_write_wrong(stdout, right, suite->only == NULL);
    for (int i = 0; i < count; i++) {
        char *separator = strchr(named[i], '=');
        if (!separator)
            fail_msg("%s: must be WHAT=PROGRAM", named[i]);
        const char *what =
            arena_printf(suite->arena, "%.*s", (int)(separator - named[i]), named[i]);
        struct engine_outcome outcome = run_engine(suite, what, separator + 1);
        validation_write_wrong(stdout, &outcome, suite->only == NULL);
        missed += engine_outcome_holds(&outcome, suite->only == NULL);
    }
    return missed;
}

int main(int argc, char **argv)
{
    struct suite suite = {.arena = arena_open()};
    int next = 1;
    if (argc > 2 && strcmp(argv[1], "--only") == 0) {
        suite.only = argv[2];
        next = 3;
    }
    if (next >= argc) {
        fprintf(stderr, "usage: validate [--only SCENARIO,...] CAPSIM [WHAT=WRONG_CAPSIM]...\n");
        return 2;
    }
    suite.exact = reference_table_read("tests/exact", suite.arena);
    suite.measured = reference_table_read("tests/measured", suite.arena);
    suite.replays = replay_cases_make(suite.arena);
    struct engine_outcome outcome = run_engine(&suite, NULL, argv[next]);
    write_text("tests/validate/method.md");
    validation_write_summary(stdout, &outcome, &suite.exact);
    printf("\n");
    write_text("tests/validate/wrong_engines.md");
    int missed = run_wrong(&suite, &outcome, &argv[next + 1], argc - next - 1);
    printf("\n");
    write_text("tests/validate/hard_systems.md");
    printf("\n");
    write_text("tests/validate/campaigns.md");
    printf("\n");
    validation_write_values(stdout, &outcome, &suite.exact);
    bool holds = engine_outcome_holds(&outcome, suite.only == NULL);
    if (!holds)
        fprintf(stderr, "validate: capsim does not agree: see \"fails\" and the summary\n");
    if (missed > 0)
        fprintf(stderr, "validate: a wrong engine was not found out\n");
    arena_close(suite.arena);
    return holds && missed == 0 ? 0 : 1;
}
