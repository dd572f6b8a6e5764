/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each folder of tests/bad_input is one mistake: scenario.json (and the files it names), `args`
 * with one option of the command line on each line where there is one, and `error`, the exact
 * message. What would be too large for a folder is made here. */
#include "inputs/json/locate.h"
#include "inputs/scenario/read_vary.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/rollout_study.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_CASES = 2000, MAX_ARGS = 8 };

static char *cases_folder;

/* --vary and --log of the case that is read. */
static struct {
    const char *texts[MAX_ARGS];
    size_t count;
    bool is_log;
} varied;

static void add_argument(struct scenario_request *request, struct override *overrides,
                         const char **names, char *line)
{
    char *value = strchr(line, ' ');
    assert_non_null(value);
    *value++ = '\0';
    if (strcmp(line, "--set") == 0) {
        char *equals = strchr(value, '=');
        *equals = '\0';
        overrides[request->override_count++] = (struct override){value, equals + 1};
    } else if (strcmp(line, "--setting") == 0) {
        names[request->setting_count++] = value;
    } else if (strcmp(line, "--seed") == 0) {
        request->seed = value;
    } else if (strcmp(line, "--duration") == 0) {
        request->duration = value;
    } else if (strcmp(line, "--replications") == 0) {
        request->replications = value;
    } else if (strcmp(line, "--vary") == 0) {
        varied.texts[varied.count++] = value;
    } else if (strcmp(line, "--log") == 0) {
        varied.is_log = true;
    } else {
        fail_msg("args has %s", line);
    }
}

/* As the program does: the models know pointers, not lines. */
static void place_error(const struct scenario_set *set, struct error *err)
{
    struct locate_place place;
    if (err->line == 0 && err->pointer[0] &&
        locate_pointer(set->plain, set->plain_length, err->pointer, LOCATE_VALUE, &place)) {
        err->line = place.line;
        err->column = place.column;
    }
}

/* As a sweep does: every value of every --vary, laid over the file. */
static bool read_varied(const struct scenario_request *request, struct arena *arena,
                        struct error *err)
{
    struct scenario_file *file = NULL;
    struct scenario_set set;
    bool is_fine = scenario_open(request, arena, &file, &set, err);
    for (size_t i = 0; i < varied.count && is_fine; i++) {
        struct vary vary;
        is_fine = vary_read(varied.texts[i], varied.is_log, arena, &vary, err);
        for (size_t k = 0; is_fine && k < vary.count; k++) {
            struct override override = {vary.path, vary_value(&vary, k, arena)};
            struct setting_spec variant;
            is_fine = scenario_read_variant(file, "baseline", &override, 1, &variant, err);
        }
    }
    scenario_close_file(file);
    scenario_close(&set);
    return is_fine;
}

/* Reads and compiles the scenario; message[size] gets the error as it is shown, "" for none. */
static int read_scenario(const char *file, char *args, char *message, size_t size)
{
    struct arena *arena = arena_open();
    struct override overrides[MAX_ARGS];
    const char *names[MAX_ARGS];
    struct scenario_request request = {
        .file = file, .overrides = overrides, .setting_names = names};
    struct scenario_set set;
    struct error err = {0};
    varied.count = 0;
    varied.is_log = false;
    for (char *line = args ? strtok(args, "\n") : NULL; line; line = strtok(NULL, "\n"))
        add_argument(&request, overrides, names, line);
    message[0] = '\0';
    struct plan plan;
    struct rollout_study rehearsal;
    bool is_read = scenario_read(&request, arena, &set, &err);
    if (is_read && (!plan_make(&set, arena, &plan, &err) ||
                    (set.rollout && !rollout_study_make(&set, arena, &rehearsal, &err))))
        place_error(&set, &err);
    if (err.status == STATUS_OK && varied.count > 0)
        read_varied(&request, arena, &err);
    if (err.status != STATUS_OK) {
        assert_non_null(err.raised_in);
        error_format(&err, message, size);
    }
    scenario_close(&set);
    arena_close(arena);
    return error_exit_code(err.status);
}

static void a_mistake_has_its_message(void **state)
{
    char message[2048];
    size_t size;
    assert_int_equal(chdir(cases_folder), 0);
    assert_int_equal(chdir(*state), 0);
    char *expected = file_read("error", &size);
    char *args = access("args", F_OK) == 0 ? file_read("args", NULL) : NULL;
    int code = read_scenario("scenario.json", args, message, sizeof message);
    assert_true(size > 0 && expected[size - 1] == '\n');
    expected[size - 1] = '\0';
    assert_string_equal(message, expected);
    assert_null(strpbrk(message, "\n\r\t\033"));
    assert_int_equal(code, 2);
    free(expected);
    free(args);
}

/* ---- files that are none --------------------------------------------------------------------- */

static void assert_message(const char *file, int code, const char *expected)
{
    char message[2048];
    assert_int_equal(read_scenario(file, NULL, message, sizeof message), code);
    assert_string_equal(message, expected);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
    char *folder = folder_make(), long_path[5000];
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    file_write("file", "{}", 2);
    assert_message("missing.json", 2, "missing.json: cannot be read: No such file or directory");
    assert_message("folder", 2, "folder: is a folder, not a file");
    assert_message("file/x", 2, "file/x: cannot be read: Not a directory");
    assert_message("loop", 2, "loop: cannot be read: Too many levels of symbolic links");
    assert_message("/dev/null", 2, "/dev/null: is empty: a scenario is one JSON object");
    assert_message("a\nb", 2, "a?b: cannot be read: No such file or directory");
    memset(long_path, 'x', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    char message[2048];
    assert_int_equal(read_scenario(long_path, NULL, message, sizeof message), 2);
    assert_non_null(strstr(message, "xxx: cannot be read: File name too long"));
    folder_remove(folder);
}

static void a_socket_is_no_file(void **state)
{
    char *folder = folder_make();
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_message("socket", 2, "socket: cannot be read: No such device or address");
    close(listening);
    folder_remove(folder);
}

static void a_file_without_permission_says_so(void **state)
{
    char *folder = folder_make();
    assert_int_equal(chdir(folder), 0);
    file_write("secret.json", "{}", 2);
    assert_int_equal(chmod("secret.json", 0), 0);
    if (geteuid() == 0) { /* to whom nothing is forbidden */
        folder_remove(folder);
        skip();
    }
    assert_message("secret.json", 2, "secret.json: cannot be read: Permission denied");
    folder_remove(folder);
}

static void an_endless_file_ends_at_the_limit(void **state)
{
    assert_message("/dev/zero", 2, "/dev/zero: is larger than 256 MiB, the most that is read");
}

static void a_pipe_without_a_writer_does_not_hang(void **state)
{
    char *folder = folder_make();
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_message("pipe", 2, "pipe: is a pipe that nobody writes to");
    folder_remove(folder);
}

/* ---- files too large for a folder ------------------------------------------------------------ */

/* Writes `count` times `piece`, between start and end, to "large.json" in a new folder. */
static char *write_large(const char *start, const char *piece, size_t count, const char *end)
{
    char *folder = folder_make();
    assert_int_equal(chdir(folder), 0);
    FILE *file = fopen("large.json", "w");
    assert_non_null(file);
    fputs(start, file);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "%s", piece);
    fputs(end, file);
    assert_int_equal(fclose(file), 0);
    return folder;
}

static void five_million_brackets_are_nested_too_deep(void **state)
{
    char *folder = write_large("", "[[[[[[[[[[", 500000, "");
    assert_message("large.json", 2, "large.json:1:401: nested deeper than 400 levels");
    folder_remove(folder);
}

/* Large is no mistake. */
static void a_scenario_of_100_mb_is_read(void **state)
{
    char *folder = write_large("", "          ", 10000000,
                               "\n{ \"capsim\": 1, \"name\": \"s\", \"workloads\": { \"w\": {\n"
                               "\"arrivals\": { \"process\": \"poisson\", \"rate\": \"1/s\" },\n"
                               "\"steps\": [ { \"delay\": \"1ms\" } ] } },\n"
                               "\"run\": { \"duration\": \"1h\" } }");
    assert_message("large.json", 0, "");
    folder_remove(folder);
}

static void a_text_of_100_mb_is_too_long(void **state)
{
    char *folder = write_large("{ \"capsim\": 1, \"name\": \"", "0123456789", 10000000, "\" }");
    assert_message("large.json", 2,
                   "large.json:1:24: /name: must be at most 1000 bytes of text; got 100000000");
    folder_remove(folder);
}

static void a_key_of_100_mb_is_shown_short(void **state)
{
    char message[2048];
    char *folder = write_large("{ \"capsim\": 1, \"", "0123456789", 10000000, "\": 1 }");
    assert_int_equal(read_scenario("large.json", NULL, message, sizeof message), 2);
    assert_non_null(strstr(message, "unknown key \"01234567890123456789"));
    assert_true(strlen(message) < 800);
    folder_remove(folder);
}

static void a_million_keys_are_read_at_once(void **state)
{
    char *folder = folder_make();
    assert_int_equal(chdir(folder), 0);
    FILE *file = fopen("large.json", "w");
    assert_non_null(file);
    fputs("{ \"capsim\": 1, \"name\": \"s\", \"resources\": {\n", file);
    for (int i = 0; i < 1000000; i++)
        fprintf(file, "\"p%d\": 1,\n", i);
    fputs("\"p7\": 1 } }", file);
    assert_int_equal(fclose(file), 0);
    assert_message("large.json", 2, "large.json:1000002:1: /resources/p7: this key is given twice");
    folder_remove(folder);
}

static void more_resources_than_the_most_are_refused(void **state)
{
    char *folder = folder_make();
    assert_int_equal(chdir(folder), 0);
    FILE *file = fopen("large.json", "w");
    assert_non_null(file);
    fputs("{ \"capsim\": 1, \"name\": \"s\", \"workloads\": {}, \"resources\": {\n", file);
    for (int i = 0; i <= SPEC_MAX_RESOURCES; i++)
        fprintf(file, "%s\"p%d\": {}", i ? ",\n" : "", i);
    fputs("} }", file);
    assert_int_equal(fclose(file), 0);
    assert_message("large.json", 2,
                   "large.json:1:59: /resources: must be at most 10000 resources; got 10001");
    folder_remove(folder);
}

static void more_steps_than_the_most_are_refused(void **state)
{
    char *folder =
        write_large("{ \"capsim\": 1, \"name\": \"s\", \"workloads\": { \"w\": {\n"
                    "\"arrivals\": { \"process\": \"poisson\", \"rate\": \"1/s\" },\n"
                    "\"steps\": [\n",
                    "{ \"delay\": \"1ms\" },\n", SPEC_MAX_STEPS, "{ \"delay\": \"1ms\" } ] } } }");
    assert_message(
        "large.json", 2,
        "large.json:100004:1: /workloads/w/steps/100000: is one step more than the most, "
        "100000");
    folder_remove(folder);
}

/* ---- the list -------------------------------------------------------------------------------- */

static int compare_tests(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

/* One test for each folder, by the folder's name. */
static size_t list_cases(struct CMUnitTest tests[MAX_CASES])
{
    char *folder = source_path("tests/bad_input");
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;
    cases_folder = realpath(folder, NULL);
    if (!entries || !cases_folder)
        return 0;
    while ((entry = readdir(entries)) != NULL && count < MAX_CASES) {
        if (entry->d_name[0] == '.')
            continue;
        char *name = strdup(entry->d_name);
        tests[count++] = (struct CMUnitTest){name, a_mistake_has_its_message, NULL, NULL, name};
    }
    closedir(entries);
    free(folder);
    qsort(tests, count, sizeof *tests, compare_tests);
    return count;
}

int main(void)
{
    static const struct CMUnitTest files[] = {
        cmocka_unit_test(a_file_that_cannot_be_read_says_why),
        cmocka_unit_test(a_socket_is_no_file),
        cmocka_unit_test(a_file_without_permission_says_so),
        cmocka_unit_test(an_endless_file_ends_at_the_limit),
        cmocka_unit_test(a_pipe_without_a_writer_does_not_hang),
        cmocka_unit_test(five_million_brackets_are_nested_too_deep),
        cmocka_unit_test(a_scenario_of_100_mb_is_read),
        cmocka_unit_test(a_text_of_100_mb_is_too_long),
        cmocka_unit_test(a_key_of_100_mb_is_shown_short),
        cmocka_unit_test(a_million_keys_are_read_at_once),
        cmocka_unit_test(more_resources_than_the_most_are_refused),
        cmocka_unit_test(more_steps_than_the_most_are_refused),
    };
    enum { FILES = sizeof files / sizeof *files };
    static struct CMUnitTest tests[MAX_CASES + FILES];
    gsl_set_error_handler_off();
    size_t count = list_cases(tests);
    memcpy(tests + count, files, sizeof files);
    int failed = _cmocka_run_group_tests("bad_input", tests, count + FILES, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        free(tests[i].initial_state);
    free(cases_folder);
    return failed + (count == 0);
}
