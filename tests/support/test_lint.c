/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each rule of `make lint` refuses a small file that breaks it and accepts one that does not. */
#include "tests/support/support.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes text to a file of that path in a folder of its own and runs the shell command there, with
 * the rules of tests/lint in PATH. Fails unless it says what is expected: "" for nothing and exit
 * status 0, else that text somewhere and exit status 1. */
static void assert_rule_says(const char *rule, const char *path, const char *text,
                             const char *expected)
{
    char root[PATH_MAX], in_path[2 * PATH_MAX], script[1024];
    char *source = source_path("tests/lint"), *folder = folder_make();
    assert_non_null(realpath(source, root));
    snprintf(in_path, sizeof in_path, "PATH=%s:%s", root, getenv("PATH"));
    snprintf(script, sizeof script, "f=%s; mkdir -p $(dirname $f) && cat >$f && %s", path, rule);
    const char *argv[] = {"sh", "-c", script, NULL}, *environment[] = {in_path, NULL};
    struct command_result result = command_run(&(struct command){
        .argv = argv, .environment = environment, .folder = folder, .input = text});
    if (result.status != (expected[0] != '\0') || !strstr(result.output, expected))
        fail_msg("%s on %s: status %d, said:\n%s%s", rule, path, result.status, result.output,
                 result.error);
    command_result_free(&result);
    folder_remove(folder);
    free(source);
}

static void layers_follow_the_path_of_the_data(void **state)
{
    static const struct {
        const char *path, *text, *expected;
    } cases[] = {
        {"models/stations/pool.c", "#include \"sim/base/arena.h\"\n#include <stdio.h>\n", ""},
        {"sim/base/arena.c", "#include \"models/stations/pool.h\"\n", "sim/base may include"},
        {"sim/base/arena.c", "#include \"sim/stats/tally.h\"\n", "sim/base may include"},
        {"sim/study/study.c", "#include \"sim/stats/tally.h\"\n", ""},
        {"inputs/scenario/scenario.c", "#include \"reports/text/table.h\"\n",
         "inputs/scenario may include"},
        {"reports/text/table.c", "#include \"inputs/scenario/scenario.h\"\n",
         "reports/text may include"},
        {"inputs/program/main.c",
         "#include \"reports/text/table.h\"\n#include \"inputs/cli/cli.h\"\n", ""},
        {"models/stations/pool.c", "#include \"pool.h\"\n", "write the path from the root"},
        {"models/stations/pool.c", "#include <jansson.h>\n", "parse no text"},
        {"other/pool.c", "int x;\n", "not in a folder of the design"},
        {"inputs/program/cmd_run.c", "int run(const struct cli *cli);\n", ""},
        {"inputs/program/cmd_run.c", "    struct cli forged = *cli;\n", "only cli_parse makes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rule_says("layers $f", cases[i].path, cases[i].text, cases[i].expected);
}

/* Runs the rule on a file of layers with two rooms, a table for CONTRIBUTING.md that has this row
 * beside that of sim/base, and a README of sim/ with that row. */
static void assert_rooms_says(const char *row, const char *readme_row, const char *expected)
{
    char rule[512];
    snprintf(rule, sizeof rule,
             "echo '| `sim/base` | bytes | arenas | |\n%s' >C.md; "
             "echo '%s' >sim/README.md; rooms $f C.md sim/README.md",
             row, readme_row);
    assert_rule_says(rule, "sim/layers",
                     "room(\"sim/base\", \"\")\nroom(\"sim/stats\", \"sim/base\")\n", expected);
}

static void tables_of_rooms_are_those_of_the_layers(void **state)
{
    static const char both[] = "| `base/` | a | b |\\n| `stats/` | a | b |";
    static const char stats[] = "| `sim/stats` | a | b | `sim/base` |";
    assert_rooms_says(stats, both, "");
    assert_rooms_says("| `sim/stats` | a | b | `sim` |", both, "");
    assert_rooms_says("", both, "CONTRIBUTING.md: the table of rooms lacks sim/stats");
    assert_rooms_says("| `sim/stats` | a | b | |", both, "sim/stats may include sim/base");
    assert_rooms_says("| `sim/stats` | a | b | `sim/base` |\\n| `sim/study` | a | b | |", both,
                      "sim/study is no room of tests/lint/layers");
    assert_rooms_says(stats, "| `base/` | a | b |", "sim/README.md: the table lacks sim/stats");
    assert_rooms_says(stats, "| `base/` | a | b |\\n| `stats/` |\\n| `study/` |",
                      "study/ is no room of tests/lint/layers");
}

/* A file of `functions` functions, each `lines` lines from its { to its }. */
static char *functions_write(int functions, int lines)
{
    static char text[65536];
    size_t length = 0;
    for (int f = 0; f < functions; f++) {
        length += (size_t)sprintf(text + length, "int f%d(void)\n{\n", f);
        for (int line = 2; line < lines; line++)
            length += (size_t)sprintf(text + length, "    ;\n");
        length += (size_t)sprintf(text + length, "}\n");
    }
    return text;
}

static void sizes_are_limited(void **state)
{
    assert_rule_says("sizes $f", "sim/a.c", functions_write(4, 70),
                     "fewer than 95% of the functions are under 50 lines");
    assert_rule_says("sizes $f", "sim/a.c", functions_write(1, 71), "71 lines, over 70: int f0");
    assert_rule_says("sizes $f", "sim/a.c", functions_write(12, 49), "");
    assert_rule_says("sizes $f", "sim/a.c", functions_write(60, 8), "");
    assert_rule_says("sizes $f", "sim/a.c", functions_write(61, 9), "610 lines, over 600");
    char line[128];
    snprintf(line, sizeof line, "%0101d\n", 7);
    assert_rule_says("sizes $f", "sim/a.c", line, "sim/a.c:1: over 100 columns");
    assert_rule_says("sizes $f $f", "sim/a.c", "int x;\n", "a.c: more than one file");
}

static void headers_explain_their_prototypes(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"/* SPDX */\n/* a.h - what it is. */\n\n/* Does. */\nint f(void);\nint g(void);\n", ""},
        {"/* SPDX */\n/* a.h - what it is. */\n\n/* Does. */\nint f(void);\n\nint g(void);\n",
         "int g(void)"},
        {"/* SPDX */\n/* a.h - what it is. */\n\nstruct a {\n    int (*f)(void);\n};\n", ""},
        {"/* SPDX */\n/* Is something. */\n", "must open with /* a.h - what it is"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rule_says("manuals $f", "a.h", cases[i].text, cases[i].expected);
}

static void headers_compile_alone(void **state)
{
    const char *rule = "headers 'gcc -std=c17 -I. -Wall' $f 2>&1";
    assert_rule_says(rule, "a.h", "#include <stddef.h>\nsize_t f(void);\n", "");
    assert_rule_says(rule, "a.h", "size_t f(void);\n", "unknown type name");
}

static void metric_names_are_not_taken_apart(void **state)
{
    static const struct {
        const char *path, *text, *expected;
    } cases[] = {
        {"reports/a.c", "if (strstr(name, \".response.\"))\n", "metric_catalogue.h"},
        {"plots/a.c", "if (ends_with(name, \".p95\"))\n", "metric_catalogue.h"},
        {"models/studies/a.c", "if (strcmp(last, \"peak\") == 0)\n", "metric_catalogue.h"},
        {"inputs/program/a.c", "if (strcmp(last, \".max\") == 0)\n", "metric_catalogue.h"},
        {"inputs/program/a.c", "if (strcmp(end, \".json\") == 0)\n", ""},
        {"reports/a.c", "arena_printf(arena, \"%s.p95\", name);\n", ""},
        {"models/metrics/metric_catalogue.c", "if (strcmp(end, \".p95\") == 0)\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rule_says("metrics $f", cases[i].path, cases[i].text, cases[i].expected);
}

static void words_that_do_not_belong_are_found(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"open(\"/dev/full\"); /* a workshop */\n", ""},
        {"open(\"/wor"
         "k/x\");\n",
         "a path of one machine"},
        {"/* TO"
         "DO: more */\n",
         "finish it"},
        {"typedef struct a a;\n", "types are written struct x"},
        {"a = arena_al"
         "loc(arena, limit + 4);\n",
         "arena_add_sizes"},
        {"a = arena_alloc(arena, sizeof *a);\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rule_says("words $f", "sim/a.c", cases[i].text, cases[i].expected);
}

static void what_is_not_in_the_install_list_is_found(void **state)
{
    const char *rule = "packages gcc 'gcc libc6-dev libgsl-dev' '-lgsl -lm' $f";
    assert_rule_says(rule, "a.c", "#include <gsl/gsl_rng.h>\n#include <math.h>\n", "");
    assert_rule_says(rule, "a.c", "#include <jansson.h>\n", "<jansson.h>");
    assert_rule_says("packages gcc 'gcc libc6-dev' '-lgsl' $f", "a.c", "\n", "-lgsl");
}

static void what_objects_ask_of_libc_is_found(void **state)
{
    const char *rule = "gcc -O2 -w -c -o ${f%c}o $f && symbols .";
    static const struct {
        const char *path, *text, *expected;
    } cases[] = {
        {"models/a.c", "int printf(char *, ...); void f(void) { printf(\"a\\n\"); }", "uses puts"},
        {"models/a.c", "void *malloc(long); void *f(void) { return malloc(7); }", "uses malloc"},
        {"reports/a.c", "void exit(int); void f(void) { exit(2); }", "uses exit"},
        {"sim/base/arena.c", "void exit(int); void f(void) { exit(4); }", ""},
        {"models/a.c", "int fputs(char *, void *); void f(void *x) { fputs(\"a\", x); }", "uses f"},
        {"reports/a.c", "int fputs(char *, void *); void f(void *x) { fputs(\"a\", x); }", ""},
        {"tests/a.c", "int x;", "no object files"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_rule_says(rule, cases[i].path, cases[i].text, cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_follow_the_path_of_the_data),
        cmocka_unit_test(tables_of_rooms_are_those_of_the_layers),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(headers_explain_their_prototypes),
        cmocka_unit_test(headers_compile_alone),
        cmocka_unit_test(metric_names_are_not_taken_apart),
        cmocka_unit_test(words_that_do_not_belong_are_found),
        cmocka_unit_test(what_is_not_in_the_install_list_is_found),
        cmocka_unit_test(what_objects_ask_of_libc_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
