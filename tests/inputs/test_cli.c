/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli.h"
#include "tests/support/support.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 32 };

struct parsed {
    struct arena *arena;
    const struct cli *cli;
    struct error err;
    bool is_fine;
};

/* "run a.json --seed 7": words apart by one space; "''" is an empty word. */
static void parse(struct parsed *parsed, const char *line)
{
    char *words[MAX_WORDS] = {"capsim"};
    int count = 1;
    char *text = arena_strdup(parsed->arena, line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        words[count++] = strcmp(word, "''") == 0 ? "" : word;
    parsed->err = (struct error){0};
    parsed->is_fine = cli_parse(count, words, parsed->arena, &parsed->cli, &parsed->err);
    assert_int_equal(parsed->is_fine, parsed->err.status == STATUS_OK);
}

static void accept(struct parsed *parsed, const char *line)
{
    parse(parsed, line);
    if (!parsed->is_fine)
        fail_msg("%s: %s", line, parsed->err.message);
}

static void refuse(struct parsed *parsed, const char *line, const char *message)
{
    parse(parsed, line);
    assert_int_equal(parsed->err.status, STATUS_USAGE);
    assert_string_equal(parsed->err.message, message);
}

static int open_parsed(void **state)
{
    static struct parsed parsed;
    parsed = (struct parsed){.arena = arena_open()};
    *state = &parsed;
    return 0;
}

static int close_parsed(void **state)
{
    struct parsed *parsed = *state;
    arena_close(parsed->arena);
    return 0;
}

static void every_option_of_run_is_taken(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run a.json --setting x --set b.c=1 --seed 7 --replications 10:40 --duration 1h "
                   "--threads 3 --format json --out d --quiet");
    const struct cli *cli = parsed->cli;
    assert_int_equal(cli->subcommand, CLI_RUN);
    assert_string_equal(cli->scenario, "a.json");
    assert_int_equal(cli->setting_count, 1);
    assert_string_equal(cli->settings[0], "x");
    assert_int_equal(cli->override_count, 1);
    assert_string_equal(cli->overrides[0].path, "b.c");
    assert_string_equal(cli->overrides[0].value, "1");
    assert_string_equal(cli->seed, "7");
    assert_string_equal(cli->replications, "10:40");
    assert_string_equal(cli->duration, "1h");
    assert_int_equal(cli->threads, 3);
    assert_int_equal(cli->format, CLI_JSON);
    assert_string_equal(cli->out, "d");
    assert_true(cli->is_quiet);
    assert_false(cli->has_progress || cli->has_debug);
    accept(parsed, "run a.json --progress --debug");
    assert_true(parsed->cli->has_progress && parsed->cli->has_debug);
}

static void values_follow_an_equals_sign_or_a_letter_too(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run --seed=7 -j3 -qf csv --set=a.b=c=d a.json");
    assert_string_equal(parsed->cli->seed, "7");
    assert_int_equal(parsed->cli->threads, 3);
    assert_int_equal(parsed->cli->format, CLI_CSV);
    assert_true(parsed->cli->is_quiet);
    assert_string_equal(parsed->cli->overrides[0].path, "a.b");
    assert_string_equal(parsed->cli->overrides[0].value, "c=d");
}

static void a_word_may_hold_more_options_than_there_are_words(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run -hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh");
    assert_int_equal(parsed->cli->subcommand, CLI_HELP);
    assert_int_equal(parsed->cli->given[CLI_OPTION_HELP].count, 32);
    for (size_t i = 0; i < 32; i++)
        assert_string_equal(parsed->cli->given[CLI_OPTION_HELP].values[i], "help");
}

static void what_is_not_given_is_left_out(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run -");
    assert_string_equal(parsed->cli->scenario, "-");
    assert_null(parsed->cli->seed);
    assert_null(parsed->cli->replications);
    assert_null(parsed->cli->duration);
    assert_null(parsed->cli->out);
    assert_int_equal(parsed->cli->threads, 0);
    assert_int_equal(parsed->cli->format, CLI_TEXT);
    assert_int_equal(parsed->cli->setting_count + parsed->cli->override_count, 0);
}

static void repeated_options_keep_their_order(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "validate a.json --setting x --set p=1 --setting y --set p=2");
    assert_int_equal(parsed->cli->setting_count, 2);
    assert_string_equal(parsed->cli->settings[1], "y");
    assert_int_equal(parsed->cli->override_count, 2);
    assert_string_equal(parsed->cli->overrides[1].value, "2");
}

static void two_dashes_end_the_options(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run --seed 7 -- -rf");
    assert_string_equal(parsed->cli->scenario, "-rf");
}

/* Some systems set it; arguments before options must still be followed by options. */
static void posixly_correct_changes_nothing(void **state)
{
    struct parsed *parsed = *state;
    setenv("POSIXLY_CORRECT", "1", 1);
    accept(parsed, "run a.json --seed 7");
    unsetenv("POSIXLY_CORRECT");
    assert_string_equal(parsed->cli->seed, "7");
}

static void help_is_asked_for_in_four_ways(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "help");
    assert_int_equal(parsed->cli->subcommand, CLI_HELP);
    assert_int_equal(parsed->cli->topic, CLI_SUBCOMMANDS);
    accept(parsed, "--help");
    assert_int_equal(parsed->cli->topic, CLI_SUBCOMMANDS);
    const char *const about_run[] = {"help run", "run --help", "run a.json -h", "--help run"};
    for (size_t i = 0; i < 4; i++) {
        accept(parsed, about_run[i]);
        assert_int_equal(parsed->cli->subcommand, CLI_HELP);
        assert_int_equal(parsed->cli->topic, CLI_RUN);
    }
}

static void version_is_a_subcommand_and_an_option(void **state)
{
    struct parsed *parsed = *state;
    const char *const lines[] = {"version", "--version", "-V"};
    for (size_t i = 0; i < 3; i++) {
        accept(parsed, lines[i]);
        assert_int_equal(parsed->cli->subcommand, CLI_VERSION);
    }
}

static void a_misspelt_option_is_told_the_nearest(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run a.json --thraeds 3", "unknown option --thraeds; did you mean --threads?");
    refuse(parsed, "run a.json --Seed=3", "unknown option --Seed; did you mean --seed?");
    refuse(parsed, "run a.json --xyzzy", "unknown option --xyzzy");
    refuse(parsed, "run a.json -x", "unknown option -x");
    refuse(parsed, "rum a.json", "unknown subcommand \"rum\"; did you mean 'run'?");
    refuse(parsed, "simulate a.json", "unknown subcommand \"simulate\"");
    refuse(parsed, "help validat", "unknown subcommand \"validat\"; did you mean 'validate'?");
}

/* An abbreviation would stop working when another option with that beginning is added. */
static void an_option_is_not_abbreviated(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run a.json --thread 3", "unknown option --thread; did you mean --threads?");
    refuse(parsed, "run a.json --thread=3", "unknown option --thread; did you mean --threads?");
    refuse(parsed, "run a.json --se 3", "unknown option --se; did you mean --set?");
}

static void an_option_of_another_subcommand_is_named(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "validate a.json --out d", "--out is not an option of 'validate'");
    refuse(parsed, "version --quiet", "--quiet is not an option of 'version'");
    refuse(parsed, "--seed 7 run a.json", "the subcommand comes before its options");
}

static void an_option_given_twice_is_refused(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run a.json --seed 7 --seed 7", "--seed is given twice");
    refuse(parsed, "run a.json -q --quiet", "--quiet is given twice");
}

static void a_missing_value_is_refused(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run a.json --seed", "--seed needs a value, N");
    refuse(parsed, "run a.json -o", "--out needs a value, DIR");
    refuse(parsed, "run a.json --out=", "--out needs a value, DIR, got \"\"");
    refuse(parsed, "run a.json --out --quiet", "--out needs a value, DIR, got \"--quiet\"");
    refuse(parsed, "run a.json --quiet=yes", "--quiet takes no value");
    accept(parsed, "run a.json --out=--quiet");
}

static void numbers_out_of_range_are_refused(void **state)
{
    struct parsed *parsed = *state;
    const char *const bad[] = {"0",   "-1",         "1025", "99999999999999999999",
                               "1.5", "4294967297", "3x",   "abc"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refuse(parsed, arena_printf(parsed->arena, "run a.json --threads %s", bad[i]),
               arena_printf(parsed->arena,
                            "--threads must be a whole number from 1 to 1024, got \"%s\"", bad[i]));
    accept(parsed, "run a.json --threads 1024");
    accept(parsed, "run a.json --threads 007");
    assert_int_equal(parsed->cli->threads, 7);
}

static void malformed_values_are_refused(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run a.json --format xml",
           "--format must be text, json, csv, markdown or html, got \"xml\"");
    refuse(parsed, "run a.json --set max",
           "--set must be PATH=VALUE, such as resources.db_pool.max=80, got \"max\"");
    refuse(parsed, "run a.json --set =5",
           "--set must be PATH=VALUE, such as resources.db_pool.max=80, got \"=5\"");
}

static void exactly_one_scenario_is_taken(void **state)
{
    struct parsed *parsed = *state;
    refuse(parsed, "run", "'run' needs a scenario: a file, or - for standard input");
    refuse(parsed, "run --", "'run' needs a scenario: a file, or - for standard input");
    refuse(parsed, "run a.json b.json", "'run' takes one argument, got also \"b.json\"");
    refuse(parsed, "run a.json -- b.json", "'run' takes one argument, got also \"b.json\"");
    refuse(parsed, "run ''", "the name of the scenario is empty");
    refuse(parsed, "version 2", "'version' takes no argument, got also \"2\"");
    refuse(parsed, "''", "unknown subcommand \"\"");
}

static void no_arguments_at_all_are_refused(void **state)
{
    struct parsed *parsed = *state;
    char *none[] = {NULL};
    struct error err = {0};
    assert_false(cli_parse(0, none, parsed->arena, &parsed->cli, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_int_equal(parsed->cli->subcommand, CLI_HELP);
    refuse(parsed, "", "a subcommand is missing");
}

static void a_hundred_thousand_arguments_are_read(void **state)
{
    struct parsed *parsed = *state;
    enum { COUNT = 100001 };
    char **words = arena_array(parsed->arena, COUNT, sizeof *words);
    for (size_t i = 0; i < COUNT; i++)
        words[i] = "--set=a=1";
    words[0] = "capsim";
    words[1] = "run";
    words[2] = "a.json";
    struct error err = {0};
    assert_true(cli_parse(COUNT, words, parsed->arena, &parsed->cli, &err));
    assert_int_equal(parsed->cli->override_count, COUNT - 3);
}

static void the_normal_form_has_only_what_changes_the_result(void **state)
{
    struct parsed *parsed = *state;
    accept(parsed, "run -qj3 --duration 1h --set b=2 --out d --seed=7 --setting x --set a=1 "
                   "--progress --debug --format csv -- -x.json");
    static const char *const expected[] = {
        "capsim", "run", "./-x.json", "--setting", "x",          "--set", "b=2",
        "--set",  "a=1", "--seed",    "7",         "--duration", "1h"};
    size_t count;
    const char *const *words = cli_normal_form(parsed->cli, parsed->arena, &count);
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(words[i], expected[i]);
}

/* The normal form is made by hand from cli's fields; this ties it to the table. */
static void the_normal_form_follows_the_table(void **state)
{
    struct parsed *parsed = *state;
    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        const struct cli_option *option = &cli_options[i];
        if (!(option->subcommands & 1u << CLI_RUN) || i == CLI_OPTION_HELP)
            continue;
        const char *value = i == CLI_OPTION_SET          ? "=a=1"
                            : i == CLI_OPTION_THREADS    ? "=2"
                            : i == CLI_OPTION_FORMAT     ? "=csv"
                            : i == CLI_OPTION_MAX_MEMORY ? "=2GB"
                            : option->argument           ? "=x"
                                                         : "";
        accept(parsed, arena_printf(parsed->arena, "run a.json --%s%s", option->name, value));
        size_t count;
        const char *const *words = cli_normal_form(parsed->cli, parsed->arena, &count);
        assert_int_equal(count, option->changes_result ? 5 : 3);
        if (option->changes_result)
            assert_string_equal(words[3] + 2, option->name);
    }
}

static void options_that_change_the_result_come_first(void **state)
{
    for (size_t i = 1; i < CLI_OPTIONS; i++)
        assert_true(cli_options[i - 1].changes_result >= cli_options[i].changes_result);
}

static void no_name_or_letter_is_used_twice(void **state)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(cli_options[i].name, cli_options[j].name);
            assert_false(cli_options[i].letter && cli_options[i].letter == cli_options[j].letter);
        }
}

static void help_names_every_option_and_fits_the_screen(void **state)
{
    struct parsed *parsed = *state;
    for (size_t topic = 0; topic <= CLI_SUBCOMMANDS; topic++) {
        const char *text = cli_help((enum cli_subcommand)topic, parsed->arena);
        for (size_t i = 0; i < CLI_OPTIONS && topic < CLI_SUBCOMMANDS; i++) {
            const char *name = arena_printf(parsed->arena, " --%s ", cli_options[i].name);
            bool belongs = cli_options[i].subcommands >> topic & 1;
            if (cli_options[i].argument || i == CLI_OPTION_HELP)
                assert_int_equal(strstr(text, name) != NULL, belongs);
        }
        for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
            size_t length = strcspn(line, "\n");
            assert_in_range(length, 0, 80);
            assert_true(length == 0 || line[length - 1] != ' ');
        }
    }
}

/* --out names a folder to most, a file to some: help does not say both. */
static void help_says_what_an_option_is_to_its_subcommand(void **state)
{
    struct parsed *parsed = *state;
    const char *run = cli_help(CLI_RUN, parsed->arena), *plot = cli_help(CLI_PLOT, parsed->arena);
    assert_non_null(strstr(run, "--out DIR"));
    assert_null(strstr(run, ".svg"));
    assert_non_null(strstr(plot, "--out FILE"));
    assert_null(strstr(plot, "--out DIR"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_of_run_is_taken),
        cmocka_unit_test(values_follow_an_equals_sign_or_a_letter_too),
        cmocka_unit_test(a_word_may_hold_more_options_than_there_are_words),
        cmocka_unit_test(what_is_not_given_is_left_out),
        cmocka_unit_test(repeated_options_keep_their_order),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(posixly_correct_changes_nothing),
        cmocka_unit_test(help_is_asked_for_in_four_ways),
        cmocka_unit_test(version_is_a_subcommand_and_an_option),
        cmocka_unit_test(a_misspelt_option_is_told_the_nearest),
        cmocka_unit_test(an_option_is_not_abbreviated),
        cmocka_unit_test(an_option_of_another_subcommand_is_named),
        cmocka_unit_test(an_option_given_twice_is_refused),
        cmocka_unit_test(a_missing_value_is_refused),
        cmocka_unit_test(numbers_out_of_range_are_refused),
        cmocka_unit_test(malformed_values_are_refused),
        cmocka_unit_test(exactly_one_scenario_is_taken),
        cmocka_unit_test(no_arguments_at_all_are_refused),
        cmocka_unit_test(a_hundred_thousand_arguments_are_read),
        cmocka_unit_test(the_normal_form_has_only_what_changes_the_result),
        cmocka_unit_test(the_normal_form_follows_the_table),
        cmocka_unit_test(options_that_change_the_result_come_first),
        cmocka_unit_test(no_name_or_letter_is_used_twice),
        cmocka_unit_test(help_names_every_option_and_fits_the_screen),
        cmocka_unit_test(help_says_what_an_option_is_to_its_subcommand),
    };
    return cmocka_run_group_tests(tests, open_parsed, close_parsed);
}
