/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tests/hostile.md is true: what it names is there, and no number is left out. What it calls right
 * is taken, and does what it says; files too large for a folder are made here. HOSTILE_ROWS sets
 * the length of the longest trace (make hostile: 100 million rows). */
#include "tests/support/support.h"
#include <dirent.h>
#include <glob.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTRIES = 112, ROWS = 400000, PATH = 4200 };

/* ---- the table ------------------------------------------------------------------------------- */

/* The parts of a row of the table, `| number | what | shown by | outcome |`; false for other lines.
 */
static bool split_row(char *line, long *number, char **shown_by)
{
    char *rest = NULL, *end;
    if (line[0] != '|')
        return false;
    const char *first = strtok_r(line, "|", &rest);
    *number = strtol(first, &end, 10);
    assert_non_null(strtok_r(NULL, "|", &rest));
    *shown_by = strtok_r(NULL, "|", &rest);
    char *outcome = strtok_r(NULL, "|", &rest);
    return end > first && *shown_by && outcome && strlen(outcome) > 3;
}

/* `name` is a folder of bad_input or, as `test_x: name`, a test of that program. */
static void assert_is_there(const char *folder, char *name)
{
    char path[PATH], *colon = strstr(name, ": ");
    if (!colon) {
        snprintf(path, sizeof path, "%s/bad_input/%s/error", folder, name);
        if (access(path, R_OK) != 0)
            fail_msg("tests/hostile.md names %s, which is no folder of bad_input", name);
        return;
    }
    *colon = '\0';
    snprintf(path, sizeof path, "%s/*/%s.c", folder, name);
    glob_t found;
    if (glob(path, 0, NULL, &found) != 0)
        fail_msg("tests/hostile.md names %s, which is no test program", name);
    char *text = file_read(found.gl_pathv[0], NULL), wanted[PATH];
    globfree(&found);
    snprintf(wanted, sizeof wanted, "\nstatic void %s(void **state)", colon + 2);
    if (!strstr(text, wanted))
        fail_msg("tests/hostile.md names %s, which %s has not", colon + 2, path);
    free(text);
}

/* Every name between backquotes; how many. */
static size_t check_names(const char *folder, char *shown_by)
{
    size_t count = 0;
    for (char *at = strchr(shown_by, '`'); at; at = strchr(at + 1, '`'), count++) {
        char *end = strchr(at + 1, '`');
        assert_non_null(end);
        *end = '\0';
        assert_is_there(folder, at + 1);
        at = end;
    }
    return count;
}

static void the_table_is_whole_and_true(void **state)
{
    char *folder = source_path("tests"), *path = source_path("tests/hostile.md"), *rest = NULL;
    char *text = file_read(path, NULL);
    size_t rows[ENTRIES + 1] = {0};
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        long number;
        char *shown_by;
        if (!split_row(line, &number, &shown_by))
            continue;
        assert_in_range(number, 0, ENTRIES); /* 0: what must hold of two runs */
        rows[number]++;
        if (check_names(folder, shown_by) == 0)
            fail_msg("tests/hostile.md: nothing shows %ld", number);
    }
    for (size_t i = 1; i <= ENTRIES; i++)
        if (rows[i] != 1)
            fail_msg("tests/hostile.md has %zu rows for %zu", rows[i], i);
    assert_int_equal(rows[0], 8);
    free(text);
    free(path);
    free(folder);
}

/* ---- what is right --------------------------------------------------------------------------- */

/* A scenario that differs from the usual one in what is given, and a metric of it. */
struct right {
    const char *what;
    const char *pool, *arrivals, *delay, *run, *rows;
    const char *metric;
    double value;
};

#define MIXED(share, time)                                                                         \
    "{ \"share\": " share ", \"dist\": \"constant\", \"value\": \"" time "\" }"
#define TRACE                                                                                      \
    "{ \"process\": \"trace\", \"file\": \"rows.csv\", \"columns\": { \"arrival\": \"at\", "       \
    "\"work\": \"work\" } }"
#define ROWS_OF(title, text)                                                                       \
    {                                                                                              \
        .what = title, .arrivals = TRACE, .delay = "{ \"trace\": \"work\" }", .rows = text,        \
        .metric = "w.arrival_rate", .value = 3.0 / 60                                              \
    }

static const struct right rights[] = {
    {.what = "as usual", .metric = "w.response.mean", .value = 0.1},
    {.what = "minus zero is zero",
     .delay = "{ \"dist\": \"lognormal\", \"mean\": \"100ms\", \"cv\": -0.0 }",
     .metric = "w.response.max",
     .value = 0.1},
    {.what = "shares that add up to 1 but for the last bit",
     .delay = "{ \"dist\": \"mixture\", \"parts\": [ " MIXED("0.1", "100ms") "," MIXED(
         "0.2", "100ms") "," MIXED("0.7", "100ms") " ] }",
     .metric = "w.response.mean",
     .value = 0.1},
    {.what = "no time at all", .delay = "\"0s\"", .metric = "w.response.max", .value = 0},
    {.what = "no spread",
     .delay = "{ \"dist\": \"gamma\", \"mean\": \"100ms\", \"cv\": 0 }",
     .metric = "w.response.max",
     .value = 0.1},
    {.what = "one customer",
     .arrivals = "{ \"process\": \"closed\", \"customers\": 1, \"think\": \"100ms\" }",
     .metric = "p.utilization",
     .value = 0.5 / 500},
    {.what = "no queue",
     .pool = "{ \"kind\": \"thread_pool\", \"threads\": 1, \"queue_limit\": 0 }",
     .metric = "p.queue.max",
     .value = 0},
    {.what = "a queue shorter than the servers are many",
     .pool = "{ \"kind\": \"thread_pool\", \"threads\": 2, \"queue_limit\": 1 }",
     .metric = "p.queue.max",
     .value = 1},
    {.what = "a time-out at once",
     .pool = "{ \"kind\": \"connection_pool\", \"max\": 1, \"acquire_timeout\": \"0s\" }",
     .metric = "p.wait.max",
     .value = 0},
    {.what = "a time-out at the moment of the turn: served",
     .pool = "{ \"kind\": \"connection_pool\", \"max\": 1, \"acquire_timeout\": \"100ms\" }",
     .arrivals = "{ \"process\": \"renewal\", \"interarrival\": \"200ms\", \"batch\": 2 }",
     .metric = "p.wait.mean",
     .value = 0.05},
    {.what = "a table of one value",
     .delay = "{ \"dist\": \"empirical\", \"values\": [\"100ms\"] }",
     .metric = "w.response.max",
     .value = 0.1},
    {.what = "a table out of order, with equal values",
     .delay = "{ \"dist\": \"empirical\", \"values\": [\"100ms\", \"5ms\", \"100ms\", \"5ms\"] }",
     .metric = "w.response.max",
     .value = 0.1},
    {.what = "microseconds in 136 years",
     .arrivals = "{ \"process\": \"renewal\", \"interarrival\": \"1h\" }",
     .delay = "\"1us\"",
     .run = "\"duration\": \"1200000h\", \"window\": \"1000h\"",
     .metric = "w.response.mean",
     .value = 1e-6},
    {.what = "the largest seed",
     .run = "\"duration\": \"1min\", \"seed\": 9223372036854775807",
     .metric = "w.response.mean",
     .value = 0.1},
    {.what = "seed 0",
     .run = "\"duration\": \"1min\", \"seed\": 0",
     .metric = "w.response.mean",
     .value = 0.1},
    ROWS_OF("carriage returns alone", "at,work\r1,0.1\r2,0.1\r3,0.1\r"),
    ROWS_OF("both line ends", "at,work\r\n1,0.1\r\n\r\n2,0.1\r\n3,0.1\r\n"),
    ROWS_OF("no end of the last line", "at,work\n1,0.1\n2,0.1\n3,0.1"),
    ROWS_OF("equal times", "at,work\n1,0.1\n1,0.1\n1,0.1\n"),
    ROWS_OF("exponents and quotes", "at,work\n1,1e-1\n\"2\",1.5e-1\n3,0.1\n"),
    ROWS_OF("columns that nobody asked for",
            "note,at,work,x\n\"a,\"\"b\",1,0.1,\n,2,0.1,\nc,3,0.1,y\n"),
};

#define OR(given, usual) ((given) ? (given) : (usual))

static char *scenario_of(const struct right *right)
{
    char *text = NULL;
    assert_true(
        asprintf(&text,
                 "{ \"capsim\": 1, \"name\": \"right\",\n"
                 "  \"resources\": { \"p\": %s },\n"
                 "  \"workloads\": { \"w\": { \"arrivals\": %s,\n"
                 "    \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": %s } ] } ] } },\n"
                 "  \"run\": { \"warmup\": \"0s\", \"replications\": 2, %s } }\n",
                 OR(right->pool, "{ \"kind\": \"connection_pool\", \"max\": 500 }"),
                 OR(right->arrivals, "{ \"process\": \"poisson\", \"rate\": \"30/s\" }"),
                 OR(right->delay, "\"100ms\""), OR(right->run, "\"duration\": \"1min\"")) > 0);
    return text;
}

/* Runs the text in folder with more words; the first setting of its report. */
static json_t *run_setting(const char *folder, const char *text, const char *const *more,
                           char **error)
{
    char path[PATH];
    const char *argv[12] = {capsim_path(), "run", "s.json", "--format", "json"};
    for (size_t i = 0; more && more[i]; i++)
        argv[5 + i] = more[i];
    snprintf(path, sizeof path, "%s/s.json", folder);
    file_write(path, text, strlen(text));
    struct command_result result = command_run(&(struct command){.argv = argv, .folder = folder});
    json_t *report = command_result_json(&result);
    json_t *setting = json_incref(json_array_get(json_object_get(report, "settings"), 0));
    json_decref(report);
    free(result.output);
    *error = result.error;
    return setting;
}

static struct command_result validate(const char *folder, const char *text)
{
    char path[PATH];
    const char *argv[] = {capsim_path(), "validate", "s.json", NULL};
    snprintf(path, sizeof path, "%s/s.json", folder);
    file_write(path, text, strlen(text));
    return command_run(&(struct command){.argv = argv, .folder = folder});
}

static json_t *metric_of(json_t *setting, const char *name)
{
    json_t *metric = json_object_get(json_object_get(setting, "metrics"), name);
    assert_non_null(metric);
    return metric;
}

static void assert_right(const char *folder, const struct right *right, const char *text)
{
    char path[PATH], *error;
    if (right->rows) {
        snprintf(path, sizeof path, "%s/rows.csv", folder);
        file_write(path, right->rows, strlen(right->rows));
    }
    const char *const quiet[] = {"--quiet", NULL}; /* a short trace is warned of */
    json_t *setting = run_setting(folder, text, quiet, &error);
    double value =
        json_number_value(json_object_get(metric_of(setting, right->metric), "estimate"));
    if (fabs(value - right->value) > 1e-12)
        fail_msg("%s: %s is %.17g, not %.17g", right->what, right->metric, value, right->value);
    assert_string_equal(error, "");
    free(error);
    json_decref(setting);
}

static void what_is_right_is_taken(void **state)
{
    char *folder = folder_make();
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        char *text = scenario_of(&rights[i]);
        assert_right(folder, &rights[i], text);
        free(text);
    }
    folder_remove(folder);
}

static void line_ends_of_windows_are_taken(void **state)
{
    char *folder = folder_make(), *text = scenario_of(&rights[0]);
    char crlf[2000];
    size_t length = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            crlf[length++] = '\r';
        crlf[length++] = *at;
    }
    crlf[length] = '\0';
    assert_right(folder, &rights[0], crlf);
    free(text);
    folder_remove(folder);
}

static void what_may_be_a_slip_is_taken_with_a_warning(void **state)
{
    static const struct {
        struct right right;
        const char *warning;
    } cases[] = {
        {{.delay = "{ \"dist\": \"lognormal\", \"mean\": \"75ms\", \"p95\": \"200ms\" }"},
         "two lognormal laws have this mean and p95"},
        {{.delay = "{ \"dist\": \"pareto\", \"mean\": \"75ms\", \"cv\": 2 }"},
         "a pareto with a cv of 2 has no third moment"},
        {{.pool = "{ \"kind\": \"thread_pool\", \"threads\": 9 },\n"
                  "\"q\": { \"kind\": \"thread_pool\", \"threads\": 9 }"},
         "resources.q is never used"},
    };
    char *folder = folder_make();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = scenario_of(&cases[i].right);
        struct command_result result = validate(folder, text);
        assert_int_equal(result.status, 0);
        if (strncmp(result.error, "capsim: warning: ", 17) != 0 ||
            !strstr(result.error, cases[i].warning))
            fail_msg("says \"%s\", not %s", result.error, cases[i].warning);
        command_result_free(&result);
        free(text);
    }
    folder_remove(folder);
}

/* Half, just and five times more than it can do: values of this run, without intervals. */
static void an_overload_is_called_unstable_and_has_no_interval(void **state)
{
    static const char *const rates[] = {"100/s", "100.01/s", "500/s"};
    char *folder = folder_make(), arrivals[100], *error;
    const char *const quiet[] = {"--quiet", NULL};
    for (size_t i = 0; i < 3; i++) {
        snprintf(arrivals, sizeof arrivals, "{ \"process\": \"poisson\", \"rate\": \"%s\" }",
                 rates[i]);
        char *text = scenario_of(&(struct right){
            .pool = "{ \"kind\": \"connection_pool\", \"max\": 10 }",
            .arrivals = arrivals,
            .delay = "{ \"dist\": \"exponential\", \"mean\": \"100ms\" }",
            .run = "\"duration\": \"1min\" }, \"criteria\": [ { \"name\": \"c\", \"expect\": "
                   "\"w.response.p95 < 1s\" } ], \"memory\": { \"base\": \"1MB\""});
        json_t *setting = run_setting(folder, text, quiet, &error);
        assert_true(json_is_true(json_object_get(setting, "unstable")));
        json_t *metric = metric_of(setting, "p.wait.mean");
        assert_true(json_number_value(json_object_get(metric, "estimate")) > 0);
        assert_true(json_is_null(json_object_get(metric, "low")) &&
                    json_is_null(json_object_get(metric, "high")));
        assert_string_not_equal(json_string_value(json_object_get(setting, "verdict")), "pass");
        const char *argv[] = {capsim_path(), "run", "s.json", NULL};
        struct command_result shown =
            command_run(&(struct command){.argv = argv, .folder = folder});
        assert_non_null(strstr(shown.output, "OVERLOADED  baseline: p: offered load "));
        assert_null(strstr(shown.output, "one replication gives no interval"));
        command_result_free(&shown);
        json_decref(setting);
        free(text);
        free(error);
    }
    folder_remove(folder);
}

static void one_replication_has_no_interval(void **state)
{
    char *folder = folder_make(), *error, *text = scenario_of(&rights[0]);
    const char *const one[] = {"--replications", "1", "--threads", "1024", NULL};
    json_t *setting = run_setting(folder, text, one, &error);
    json_t *metric = metric_of(setting, "w.arrival_rate");
    assert_true(json_is_null(json_object_get(metric, "low")));
    assert_true(json_is_true(json_object_get(metric, "no_interval")));
    json_decref(setting);
    free(text);
    free(error);
    folder_remove(folder);
}

/* A million attempts of what never succeeds end. */
static void what_is_tried_again_for_ever_ends(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"again\", \"resources\": { \"p\": { \"kind\": "
        "\"thread_pool\", \"threads\": 1, \"queue_limit\": 0 } },\n"
        "\"workloads\": {\n"
        "  \"hog\": { \"arrivals\": { \"process\": \"closed\", \"customers\": 1, \"think\": \"0s\" "
        "},"
        "    \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1h\" } ] } ] },\n"
        "  \"w\": { \"arrivals\": { \"process\": \"renewal\", \"interarrival\": \"50s\" },\n"
        "    \"retry\": { \"attempts\": 1000000, \"backoff\": \"0s\" },\n"
        "    \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"1s\" } ] } ] } },\n"
        "\"run\": { \"duration\": \"1min\", \"warmup\": \"0s\", \"replications\": 1 } }";
    char *folder = folder_make(), *error;
    json_t *setting = run_setting(folder, text, NULL, &error);
    json_t *metric = metric_of(setting, "w.error_rate");
    assert_within(json_number_value(json_object_get(metric, "estimate")), 1, 0);
    json_decref(setting);
    free(error);
    folder_remove(folder);
}

/* As if there were no priorities. */
static void equal_priorities_go_in_order_of_arrival(void **state)
{
    static const char text[] =
        "{ \"capsim\": 1, \"name\": \"equal\", \"resources\": { \"p\": { \"kind\": "
        "\"thread_pool\", \"threads\": 2, \"discipline\": \"%s\" } },\n"
        "\"workloads\": {\n"
        "  \"a\": { \"priority\": 3, \"arrivals\": { \"process\": \"poisson\", \"rate\": \"9/s\" "
        "},\n"
        "    \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"90ms\" } ] } ] },\n"
        "  \"b\": { \"priority\": 3, \"arrivals\": { \"process\": \"poisson\", \"rate\": \"9/s\" "
        "},\n"
        "    \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\": \"110ms\" } ] } ] } },\n"
        "\"run\": { \"duration\": \"2min\", \"warmup\": \"0s\", \"replications\": 3 } }";
    char *folder = folder_make(), *error[2], *written[2];
    const char *const quiet[] = {"--quiet", NULL};
    json_t *settings[2];
    for (size_t i = 0; i < 2; i++) {
        assert_true(asprintf(&written[i], text, i == 0 ? "fifo" : "priority") > 0);
        settings[i] = run_setting(folder, written[i], quiet, &error[i]);
        free(written[i]);
        free(error[i]);
    }
    json_t *waits = metric_of(settings[0], "p.wait.p95");
    assert_true(json_number_value(json_object_get(waits, "estimate")) > 0.1);
    assert_true(json_equal(json_object_get(settings[0], "metrics"),
                           json_object_get(settings[1], "metrics")));
    json_decref(settings[0]);
    json_decref(settings[1]);
    folder_remove(folder);
}

/* ---- what is large --------------------------------------------------------------------------- */

static FILE *open_rows(const char *folder)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/rows.csv", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static void assert_refused(const char *folder, const struct right *right, const char *message)
{
    char *text = scenario_of(right);
    struct command_result result = validate(folder, text);
    assert_string_equal(result.error, message);
    assert_int_equal(result.status, 2);
    assert_true(result.elapsed_s < 30);
    command_result_free(&result);
    free(text);
}

/* Writes start and then 64 MiB of sevens to rows.csv. */
static void write_long_field(const char *folder, const char *start)
{
    FILE *file = open_rows(folder);
    fputs(start, file);
    for (int i = 0; i < 64 << 20; i++)
        putc('7', file);
    assert_int_equal(fclose(file), 0);
}

static const struct right with_trace = {.arrivals = TRACE, .delay = "{ \"trace\": \"work\" }"};

static void a_field_of_64_mib_is_refused(void **state)
{
    char *folder = folder_make();
    write_long_field(folder, "at,work\n1,");
    assert_refused(folder, &with_trace,
                   "rows.csv:2: row 2: has a field longer than 1 MiB: a quote may not be closed\n");
    write_long_field(folder, "0.5\n");
    assert_refused(folder,
                   &(struct right){.delay = "{ \"dist\": \"empirical\", \"file\": \"rows.csv\" }"},
                   "rows.csv:2: has a line longer than 1 MiB: one number on each line is due\n");
    folder_remove(folder);
}

static void a_line_of_ten_million_fields_is_refused(void **state)
{
    char *folder = folder_make();
    FILE *file = open_rows(folder);
    fputs("at,work\n1,0.1", file);
    for (int i = 0; i < 10000000; i++)
        fputs(",1", file);
    assert_int_equal(fclose(file), 0);
    assert_refused(folder, &with_trace,
                   "rows.csv:2: row 2: has 10000002 fields where the header has 2\n");
    folder_remove(folder);
}

/* Memory does not grow with the rows. */
static void a_long_trace_takes_no_more_memory_than_a_short_one(void **state)
{
    const char *given = getenv("HOSTILE_ROWS");
    long rows = given ? strtol(given, NULL, 10) : ROWS;
    long peak_kib[2];
    for (size_t i = 0; i < 2; i++) {
        char *folder = folder_make(), path[PATH];
        struct right right = {
            .arrivals = TRACE, .delay = "{ \"trace\": \"work\" }", .run = "\"duration\": \"30h\""};
        char *text = scenario_of(&right);
        FILE *file = open_rows(folder);
        fputs("at,work\n", file);
        for (long row = 0; row < (i == 0 ? rows / 100 : rows); row++)
            fprintf(file, "%ld.%03ld,0.01\n", row / 1000, row % 1000);
        assert_int_equal(fclose(file), 0);
        snprintf(path, sizeof path, "%s/s.json", folder);
        file_write(path, text, strlen(text));
        const char *argv[] = {capsim_path(), "run", "s.json", "--threads", "2", NULL};
        struct command_result result = command_run(
            &(struct command){.argv = argv, .folder = folder, .limit_s = 60 + 1e-6 * (double)rows});
        assert_int_equal(result.status, 0);
        peak_kib[i] = result.peak_kib;
        command_result_free(&result);
        free(text);
        folder_remove(folder);
    }
    print_message("%ld rows: %ld KiB, %ld rows: %ld KiB\n", rows / 100, peak_kib[0], rows,
                  peak_kib[1]);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* these keep what was freed */
    assert_true(peak_kib[1] < peak_kib[0] + 4096);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole_and_true),
        cmocka_unit_test(what_is_right_is_taken),
        cmocka_unit_test(line_ends_of_windows_are_taken),
        cmocka_unit_test(what_may_be_a_slip_is_taken_with_a_warning),
        cmocka_unit_test(an_overload_is_called_unstable_and_has_no_interval),
        cmocka_unit_test(one_replication_has_no_interval),
        cmocka_unit_test(what_is_tried_again_for_ever_ends),
        cmocka_unit_test(equal_priorities_go_in_order_of_arrival),
        cmocka_unit_test(a_field_of_64_mib_is_refused),
        cmocka_unit_test(a_line_of_ten_million_fields_is_refused),
        cmocka_unit_test(a_long_trace_takes_no_more_memory_than_a_short_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
