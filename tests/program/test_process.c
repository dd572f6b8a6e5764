/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine, the shell and the user's environment can do to the program while it runs:
 * closed and full outputs, signals, limits, locales, strange files. */
#include "tests/support/support.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char scenario[] =
    "{ \"capsim\": 1, \"name\": \"process\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 13, \"min\": 13 } },\n"
    "  \"workloads\": { \"query\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"91/s\" },\n"
    "    \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\":\n"
    "      { \"dist\": \"exponential\", \"mean\": \"75ms\" } } ] } ] } },\n"
    "  \"settings\": { \"larger\": { \"resources.pool.max\": 31, \"resources.pool.min\": 31 } },\n"
    "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"pool.utilization < 70%\" } ],\n"
    "  \"run\": { \"duration\": \"20s\", \"warmup\": \"auto\", \"replications\": [10, 10], "
    "\"seed\": 7 } }\n";

/* A folder with scenario.json in it; commands run there. */
static int open_folder(void **state)
{
    char *folder = folder_make(), path[256];
    snprintf(path, sizeof path, "%s/scenario.json", folder);
    file_write(path, scenario, strlen(scenario));
    *state = folder;
    return 0;
}

static int close_folder(void **state)
{
    folder_remove(*state);
    return 0;
}

/* Runs a shell's command line in the folder; the program is "$CAPSIM". */
static struct command_result shell(const char *folder, const char *line)
{
    char program[4200];
    snprintf(program, sizeof program, "CAPSIM=%s", capsim_path());
    const char *argv[] = {"bash", "-c", line, NULL}, *environment[] = {program, NULL};
    return command_run(
        &(struct command){.argv = argv, .environment = environment, .folder = folder});
}

/* Runs line and compares status and both outputs; NULL: anything. */
static void expect(const char *folder, const char *line, int status, const char *output,
                   const char *error)
{
    struct command_result result = shell(folder, line);
    if (result.status != status)
        fail_msg("%s\nstatus %d, not %d: %s", line, result.status, status, result.error);
    if (output)
        assert_string_equal(result.output, output);
    if (error)
        assert_string_equal(result.error, error);
    command_result_free(&result);
}

/* ---- standard output ---- */

static void a_full_disk_is_told_with_status_4(void **state)
{
    static const char *const lines[] = {
        "\"$CAPSIM\" run scenario.json > /dev/full",
        "\"$CAPSIM\" run scenario.json --format json > /dev/full",
        "\"$CAPSIM\" run scenario.json --format csv > /dev/full",
        "\"$CAPSIM\" run scenario.json --format markdown > /dev/full",
        ("\"$CAPSIM\" run scenario.json --format json --duration 2000s --set run.window=1s "
         "--series key > /dev/full"), /* a megabyte */
        "\"$CAPSIM\" validate scenario.json > /dev/full",
        "\"$CAPSIM\" help > /dev/full",
        "\"$CAPSIM\" --version > /dev/full",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        expect(*state, lines[i], 4, "",
               "standard output: cannot write the report: No space left on device\n");
}

static void a_closed_standard_output_is_told_with_status_4(void **state)
{
    expect(*state, "\"$CAPSIM\" run scenario.json >&-", 4, "",
           "standard output: cannot write the report: Bad file descriptor\n");
}

/* Were descriptor 1 or 2 free, the first report file would get it, and the text with it. */
static void closed_standard_streams_do_not_reach_the_report(void **state)
{
    expect(*state,
           "\"$CAPSIM\" run scenario.json --format json --out kept > printed || exit 1\n"
           "\"$CAPSIM\" run scenario.json --format json --out o <&- >&- 2>&-\n"
           "[ $? = 4 ] && cmp o/report.json printed && diff <(ls -A o) <(ls -A kept) &&\n"
           "cmp o/report.txt kept/report.txt && cmp o/metrics.csv kept/metrics.csv",
           0, "", "");
}

/* The pipe is closed for certain: echo goes on until it fails. */
static void a_closed_pipe_ends_quietly_with_status_4(void **state)
{
    static const char *const commands[] = {"run scenario.json", "run scenario.json --format json",
                                           "validate scenario.json", "help"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "{ (trap '' PIPE; while echo x; do :; done) 2>/dev/null; \"$CAPSIM\" %s;\n"
                 "echo status $? >&2; } | true",
                 commands[i]);
        expect(*state, line, 0, "", "status 4\n");
    }
}

static void a_reader_that_stops_early_costs_the_folder_nothing(void **state)
{
    expect(*state,
           "{ (trap '' PIPE; while echo x; do :; done) 2>/dev/null\n"
           "\"$CAPSIM\" run scenario.json --out o; } | true; ls -A o | wc -l",
           0, "10\n", "");
}

/* ---- the folder of --out ---- */

static void an_impossible_folder_is_told_before_the_study(void **state)
{
    expect(*state, "touch f; \"$CAPSIM\" run scenario.json --duration 1000h --out f", 4, "",
           "f: cannot make the folder: File exists\n");
    expect(*state, "\"$CAPSIM\" run scenario.json --duration 1000h --out scenario.json/below", 4,
           "", NULL);
    expect(*state, "\"$CAPSIM\" run scenario.json --duration 1000h --out /dev/null/below", 4, "",
           NULL);
    expect(*state, "\"$CAPSIM\" run scenario.json --duration 1000h --out /proc/below", 4, "", NULL);
}

/* No file may grow beyond 1 KiB: like a disk that fills up while the report is written. */
static void a_disk_that_fills_up_leaves_no_half_report(void **state)
{
    expect(
        *state,
        "\"$CAPSIM\" run scenario.json --out o > printed && cp -r o kept || exit 1\n"
        "(ulimit -f 1; \"$CAPSIM\" run scenario.json --seed 8 --out o | wc -c) > length\n"
        "(ulimit -f 1; \"$CAPSIM\" run scenario.json --seed 8 --out fresh > /dev/null)\n"
        "[ $? = 4 ] && diff -r o kept && [ -z \"$(ls -A fresh)\" ] && [ $(cat length) -gt 1000 ]",
        0, "", NULL);
}

/* By any of its names: also a symbolic link, although that would be replaced itself. */
static void what_is_read_is_not_written_over(void **state)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"run scenario.json --out scenario.json",
         "--out scenario.json would write over scenario.json, which is read; try 'capsim help "
         "run'"},
        {"run scenario.json --junit scenario.json",
         "--junit scenario.json would write over scenario.json, which is read; try 'capsim help "
         "run'"},
        {"baseline save link.json --out ./scenario.json",
         "--out ./scenario.json would write over link.json, which is read; try 'capsim help "
         "baseline'"},
        {"run scenario.json --junit link.json",
         "--junit link.json would write over scenario.json, which is read; try 'capsim help run'"},
        {"compare scenario.json d/compare.json --out d",
         "--out d would write over d/compare.json, which is read; try 'capsim help compare'"},
        {"report d/report.json --out d/report.json",
         "--out d/report.json would write over d/report.json, which is read; try 'capsim help "
         "report'"},
        {"run d/report.json --out d",
         "--out d would write over d/report.json, which is read; try 'capsim help run'"},
    };
    expect(*state,
           "ln -s scenario.json link.json; mkdir d; cp scenario.json d/report.json; cp "
           "scenario.json d/compare.json",
           0, "", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[256], error[256];
        snprintf(line, sizeof line, "\"$CAPSIM\" %s", cases[i].line);
        snprintf(error, sizeof error, "capsim: %s\n", cases[i].error);
        expect(*state, line, 2, "", error);
    }
    expect(*state,
           "cmp scenario.json d/report.json && cmp scenario.json d/compare.json && test -L "
           "link.json && ls -A . d | wc -l",
           0, "8\n", "");
    expect(*state, "\"$CAPSIM\" run scenario.json --out . >/dev/null && ls | wc -l", 0, "13\n", "");
}

static void an_input_error_makes_no_folder(void **state)
{
    expect(*state, "\"$CAPSIM\" run missing.json --out o; test ! -e o", 0, "", NULL);
}

/* ---- signals ---- */

/* Some parts of the machine take seconds to start; a replication here takes milliseconds. */
static struct command_result interrupt(const char *folder, int signal, const char *duration)
{
    char path[256];
    snprintf(path, sizeof path, "%s/scenario.json", folder);
    const char *argv[] = {capsim_path(), "run",        path,     "--replications",
                          "50000",       "--duration", duration, "--format",
                          "csv",         NULL};
    return command_run(
        &(struct command){.argv = argv, .signal = signal, .signal_after_s = 3.0, .limit_s = 60});
}

static void an_interruption_prints_what_is_finished(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        struct command_result result = interrupt(*state, signals[i], "100s");
        assert_int_equal(result.status, 130);
        /* Before it stands how long all would take. */
        const char *last = strstr(result.error, "capsim: interrupted");
        assert_non_null(last);
        assert_string_equal(
            last, "capsim: interrupted; the report has the replications that were finished\n");
        const char *row = strstr(result.output, "\nlarger,pool.utilization,");
        assert_non_null(row);
        double estimate, low, high;
        int replications;
        assert_int_equal(sscanf(row, "\nlarger,pool.utilization,%lf,%lf,%lf,1,%d,", &estimate, &low,
                                &high, &replications),
                         4);
        assert_in_range(replications, 1, 49999);
        assert_within(estimate, 6.825 / 31, 0.1);
        command_result_free(&result);
    }
}

/* The first of its studies, of the setting as it is, shows nothing yet. */
static void an_early_interruption_of_why_says_how_far_it_came(void **state)
{
    char path[256];
    snprintf(path, sizeof path, "%s/scenario.json", (const char *)*state);
    const char *argv[] = {capsim_path(),    "why",   path,         "--setting", "larger",
                          "--replications", "50000", "--duration", "100s",      NULL};
    struct command_result result = command_run(
        &(struct command){.argv = argv, .signal = SIGINT, .signal_after_s = 3.0, .limit_s = 60});
    assert_int_equal(result.status, 130);
    assert_string_equal(result.output, "");
    assert_non_null(strstr(result.error, " of 50000 replications of the setting as it is are "
                                         "finished, but none of those that"));
    command_result_free(&result);
}

/* A replication of a hundred days takes much longer than the second before the signal; the pilot
 * before it does too. */
static void an_interruption_before_the_first_result_says_so(void **state)
{
    expect(*state,
           "\"$CAPSIM\" run scenario.json --threads 1 --duration 300h --quiet & "
           "sleep 0.5; kill -TERM $!; wait $!",
           130, "", "capsim: interrupted before there was anything to report\n");
}

static void a_second_signal_ends_the_process_at_once(void **state)
{
    expect(*state,
           "\"$CAPSIM\" run scenario.json --duration 10000h --out o & "
           "sleep 0.3; kill -TERM $!; sleep 0.3; kill -TERM $!; wait $!; echo $?; ls -A o",
           0, "143\n", NULL);
}

/* Without a handler the first second beyond the limit would end it, with nothing to show. */
static void a_limit_on_processor_time_keeps_what_is_finished(void **state)
{
    expect(*state,
           "ulimit -S -t 2; \"$CAPSIM\" run scenario.json --replications 50000 --duration 100s "
           "--quiet | head -3",
           0, NULL, "capsim: interrupted; the report has the replications that were finished\n");
}

/* nohup, and a script's background jobs: whoever started us does not want us to stop. */
static void an_ignored_signal_stays_ignored(void **state)
{
    expect(*state,
           "(trap '' INT; \"$CAPSIM\" run scenario.json --replications 100 --duration 1000s > "
           "printed & "
           "sleep 0.05; kill -INT $!; wait $!)",
           0, "", "");
}

/* ---- the environment ---- */

static void nothing_in_the_environment_changes_a_byte(void **state)
{
    static const char *const settings[] = {"LC_ALL=de_DE.UTF-8",
                                           "LC_ALL=tr_TR.UTF-8",
                                           "LC_ALL=no_such_locale",
                                           "LANG=",
                                           "GSL_RNG_TYPE=junk",
                                           "GSL_RNG_SEED=5",
                                           "MALLOC_PERTURB_=165",
                                           "TZ=:junk",
                                           "TMPDIR=/nonexistent",
                                           "COLUMNS=20",
                                           "POSIXLY_CORRECT=1",
                                           "NO_COLOR=1",
                                           "TERM=xterm-256color",
                                           "-u HOME",
                                           "-i"};
    struct command_result plain = shell(*state, "\"$CAPSIM\" run scenario.json --out plain");
    assert_int_equal(plain.status, 0);
    assert_null(strchr(plain.output, '\x1b'));
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "env %s \"$CAPSIM\" run scenario.json --out o && diff -r -x run.json o plain",
                 settings[i]);
        expect(*state, line, 0, plain.output, "");
    }
    command_result_free(&plain);
}

/* A locale that is there for certain: it is made here. With a comma it would spoil every number. */
static void a_decimal_comma_changes_no_byte(void **state)
{
    struct command_result made =
        shell(*state,
              "mkdir locale && localedef -i de_DE -f UTF-8 locale/de_DE.UTF-8 2>/dev/null &&\n"
              "[ \"$(LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 0,5')\" = 0,5 ]");
    int status = made.status;
    command_result_free(&made);
    if (status != 0)
        skip(); /* its source is in the package locales */
    expect(*state,
           "\"$CAPSIM\" run scenario.json --out plain >/dev/null\n"
           "env LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 \"$CAPSIM\" run scenario.json --out comma "
           ">/dev/null; diff -r -x run.json plain comma",
           0, "", "");
}

static void neither_cores_nor_threads_nor_haste_change_a_byte(void **state)
{
    static const char *const ways[] = {"taskset -c 0", "nice -n 19", "chrt --idle 0"};
    struct command_result plain = shell(*state, "\"$CAPSIM\" run scenario.json --format json");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "%s \"$CAPSIM\" run scenario.json --format json --threads $((7 + 57 * %zu))",
                 ways[i], i % 2);
        expect(*state, line, 0, plain.output, "");
    }
    command_result_free(&plain);
}

/* A terminal of one column, as a terminal has it: narrower than anything that could be read. */
static void a_terminal_of_one_column_gets_a_whole_report(void **state)
{
    expect(
        *state,
        "script -qc 'stty cols 1 rows 1; \"$CAPSIM\" run scenario.json' /dev/null < /dev/null |\n"
        "tr -d '\\r' | sed 's/\\x1b[^m]*m//g' >shown; grep -c '^PASS  larger' shown\n"
        "tail -1 shown | grep -c .",
        0, "1\n1\n", "");
}

/* 64 KiB; ThreadSanitizer itself needs more. */
#ifdef __SANITIZE_THREAD__
#define SMALL_STACK "ulimit -s 1024"
#else
#define SMALL_STACK "ulimit -s 64"
#endif
/* 64 MiB of addresses; what a sanitizer reserves is terabytes. */
#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__
#define SMALL_MEMORY "true"
#else
#define SMALL_MEMORY "ulimit -v 98304" /* libarchive brings the tables of ICU */
#endif

/* Four descriptors are the standard three and one file at a time. */
static void small_limits_are_enough(void **state)
{
    static const char *const limits[] = {
        SMALL_STACK,   SMALL_MEMORY, "exec 3>&- 4>&- 5>&-; ulimit -n 4",
        "ulimit -c 0", "umask 777",  "cd /"};
    struct command_result plain = shell(*state, "\"$CAPSIM\" run - < scenario.json");
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "f=$PWD; %s && \"$CAPSIM\" run - --out \"$f/o\" < \"$f/scenario.json\"",
                 limits[i]);
        expect(*state, line, 0, plain.output, "");
    }
    command_result_free(&plain);
}

/* ---- the scenario's file ---- */

static void a_limit_on_memory_is_kept_and_told(void **state)
{
    expect(*state, "\"$CAPSIM\" run scenario.json --max-memory 1MB --quiet", 4, "",
           "capsim: out of memory: the limit of 1000000 bytes is reached\n");
    expect(*state, "\"$CAPSIM\" run scenario.json --max-memory 1GB --quiet > /dev/null", 0, "", "");
    expect(*state, "\"$CAPSIM\" run scenario.json --max-memory 1KB", 2, "",
           "capsim: --max-memory must be a size from 1MB to 1000TB, got \"1KB\"; try 'capsim help "
           "run'\n");
}

static void a_run_that_is_too_long_names_who_asked_for_it(void **state)
{
    expect(*state, "\"$CAPSIM\" run scenario.json --duration 15000h", 2, "",
           "--duration 15000h: a replication of this length has about 4.91e+09 requests; at most "
           "4e+09 are possible\n");
    expect(
        *state, "\"$CAPSIM\" run scenario.json --set run.duration=15000h", 2, "",
        "--set run.duration=15000h: a replication of this length has about 4.91e+09 requests; at "
        "most 4e+09 are possible\n");
    expect(*state, "sed -i 's/\"20s\"/\"15000h\"/' scenario.json; \"$CAPSIM\" run scenario.json", 2,
           "",
           "scenario.json:9:24: /run/duration: a replication of this length has about 4.91e+09 "
           "requests; at most 4e+09 are possible\n");
}

static void a_long_run_says_so_before_it_starts(void **state)
{
    struct command_result result =
        shell(*state, "timeout -s INT 1 \"$CAPSIM\" run scenario.json --duration 2000h --threads 2 "
                      "--replications 10:80");
    if (!strstr(result.error, "capsim: about 1.3e+10 requests, some 17 min ") ||
        !strstr(result.error, " on 2 threads; up to 2 h 19 min") ||
        !strstr(result.error,
                " if the criteria need all replications; Ctrl-C keeps what is finished"))
        fail_msg("says %s", result.error);
    command_result_free(&result);
}

/* Somebody appends to it as long as it is read: then it is not what its hash will say. */
static void a_file_that_grows_while_it_is_read_is_told(void **state)
{
    expect(*state,
           "{ echo at; seq 1 2000000; } > rows.csv\n"
           "sed '/\"arrivals\"/s/{.*}/{ \"process\": \"trace\", \"file\": \"rows.csv\", "
           "\"columns\": { "
           "\"arrival\": \"at\" } }/' scenario.json > traced.json\n"
           "{ trap 'exit 0' TERM; for ((i = 2000001;; i++)); do echo $i >> rows.csv; done; } & \n"
           "\"$CAPSIM\" run traced.json --quiet; s=$?; kill $!; wait $!; exit $s",
           4, "",
           "traced.json:4:47: /workloads/query/arrivals/file: \"rows.csv\" changed while it was "
           "read\n");
}

static void what_is_no_file_is_refused_with_its_name(void **state)
{
    static const struct {
        const char *make, *name, *error;
    } cases[] = {
        {"true", "missing.json", "missing.json: cannot be read: No such file or directory\n"},
        {"mkdir d", "d", "d: is a folder, not a file\n"},
        {"true", "/dev/null", "/dev/null: is empty: a scenario is one JSON object\n"},
        {"ln -s l l", "l", "l: cannot be read: Too many levels of symbolic links\n"},
        {"true", "scenario.json/x", "scenario.json/x: cannot be read: Not a directory\n"},
        {"true", "$'a\\nb\\e[2J'", "a?b?[2J: cannot be read: No such file or directory\n"},
        {"mkfifo p", "p", "p: is a pipe that nobody writes to\n"},
        {"true", "''", "capsim: the name of the scenario is empty; try 'capsim help validate'\n"},
        {"true", "-rf", "capsim: unknown option -r; try 'capsim help validate'\n"},
        {"true", "-- -rf", "-rf: cannot be read: No such file or directory\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[256];
        snprintf(line, sizeof line, "%s; \"$CAPSIM\" validate %s", cases[i].make, cases[i].name);
        expect(*state, line, 2, "", cases[i].error);
    }
}

/* root may read and write everything, unless it gives that up. */
static void permissions_are_respected(void **state)
{
    const char *obey = geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search "
                                        "--inh-caps=-dac_override,-dac_read_search "
                                      : "";
    char line[512];
    snprintf(line, sizeof line, "mkdir o; chmod 555 o; %s\"$CAPSIM\" run scenario.json --out o",
             obey);
    expect(*state, line, 4, "", "o: cannot create a file there: Permission denied\n");
    snprintf(line, sizeof line, "chmod 0 scenario.json; %s\"$CAPSIM\" run scenario.json", obey);
    expect(*state, line, 2, "", "scenario.json: cannot be read: Permission denied\n");
}

static void a_closed_or_slow_standard_input_is_read_as_it_is(void **state)
{
    expect(*state, "\"$CAPSIM\" validate - <&-", 4, "", "-: cannot be read: Bad file descriptor\n");
    expect(*state, "(sleep 0.2; cat scenario.json) | \"$CAPSIM\" validate -", 0,
           "-: valid: 2 settings, 1 criterion, 1 resource, 1 workload\n", "");
    expect(*state, "\"$CAPSIM\" validate <(sleep 0.2; cat scenario.json) >/dev/null", 0, "", "");
}

static void odd_names_are_no_harm(void **state)
{
    expect(*state, "cp scenario.json ./-rf; \"$CAPSIM\" run -- -rf --out=o >/dev/null", 2, "",
           NULL);
    expect(*state, "\"$CAPSIM\" run --out=--o -- -rf > /dev/null && ls -A -- --o | wc -l", 0,
           "10\n", "");
    expect(*state,
           "mkdir $'n\\n`id`'; cp scenario.json $'n\\n`id`/s p.json'\n"
           "\"$CAPSIM\" run $'n\\n`id`/s p.json' --out $'n\\n`id`' | grep -c uid=",
           1, "0\n", "");
}

static void a_hundred_thousand_arguments_are_read(void **state)
{
    expect(*state,
           "\"$CAPSIM\" validate scenario.json $(yes -- -slarger | head -n 100000) | "
           "cut -d: -f1,2",
           0, "scenario.json: valid\n", "");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_full_disk_is_told_with_status_4),
        IN_FOLDER(a_closed_standard_output_is_told_with_status_4),
        IN_FOLDER(closed_standard_streams_do_not_reach_the_report),
        IN_FOLDER(a_closed_pipe_ends_quietly_with_status_4),
        IN_FOLDER(a_reader_that_stops_early_costs_the_folder_nothing),
        IN_FOLDER(an_impossible_folder_is_told_before_the_study),
        IN_FOLDER(a_disk_that_fills_up_leaves_no_half_report),
        IN_FOLDER(what_is_read_is_not_written_over),
        IN_FOLDER(an_input_error_makes_no_folder),
        IN_FOLDER(an_interruption_prints_what_is_finished),
        IN_FOLDER(an_early_interruption_of_why_says_how_far_it_came),
        IN_FOLDER(an_interruption_before_the_first_result_says_so),
        IN_FOLDER(a_second_signal_ends_the_process_at_once),
        IN_FOLDER(a_limit_on_processor_time_keeps_what_is_finished),
        IN_FOLDER(an_ignored_signal_stays_ignored),
        IN_FOLDER(nothing_in_the_environment_changes_a_byte),
        IN_FOLDER(a_decimal_comma_changes_no_byte),
        IN_FOLDER(neither_cores_nor_threads_nor_haste_change_a_byte),
        IN_FOLDER(a_terminal_of_one_column_gets_a_whole_report),
        IN_FOLDER(small_limits_are_enough),
        IN_FOLDER(a_limit_on_memory_is_kept_and_told),
        IN_FOLDER(a_run_that_is_too_long_names_who_asked_for_it),
        IN_FOLDER(a_long_run_says_so_before_it_starts),
        IN_FOLDER(a_file_that_grows_while_it_is_read_is_told),
        IN_FOLDER(what_is_no_file_is_refused_with_its_name),
        IN_FOLDER(permissions_are_respected),
        IN_FOLDER(a_closed_or_slow_standard_input_is_read_as_it_is),
        IN_FOLDER(odd_names_are_no_harm),
        IN_FOLDER(a_hundred_thousand_arguments_are_read),
    };
    /* A shell that ran the tests in its background left these ignored; the program would too. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
