/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each folder of tests/bad_telemetry is one mistake: `input`, `args` with one of "as FORMAT:SPEC",
 * "label RESOURCE.METRIC=KIND", "set PATH=NUMBER" on each line where there is one, and `error`, the
 * exact message. CAPSIM_WRITE_ERRORS=1 writes the messages instead, to be reviewed. */
#include "inputs/telemetry/telemetry.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CASES = 500, MAX_LABELS = 8 };

struct arguments {
    const char *as;
    struct telemetry_label labels[MAX_LABELS];
    size_t label_count;
};

/* "pool.wait_ms=wait" */
static void take_label(struct arguments *arguments, char *text)
{
    char *kind = strrchr(text, '='), *dot;
    struct telemetry_label *label = &arguments->labels[arguments->label_count++];
    *kind++ = '\0';
    label->column = strdup(text);
    label->kind = observed_find_kind(kind);
    assert_true(label->kind < OBSERVED_KINDS);
    dot = strchr(text, '.');
    *dot = '\0';
    label->resource = strdup(text);
    label->metric = strdup(dot + 1);
}

static void take_argument(struct arguments *arguments, struct telemetry *telemetry, char *line)
{
    char *value = strchr(line, ' ');
    *value++ = '\0';
    if (strcmp(line, "as") == 0) {
        arguments->as = value;
    } else if (strcmp(line, "label") == 0) {
        take_label(arguments, value);
    } else {
        char *number = strchr(value, '=');
        *number++ = '\0';
        observed_set_setting(telemetry->observed, 0, value, strtod(number, NULL), "1", number);
    }
}

static char *path_in(const char *folder, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

/* The message of the case in text. */
static void read_case(const char *folder, char *text, size_t size)
{
    struct arena *arena = arena_open();
    struct telemetry *telemetry = telemetry_create(arena);
    struct arguments arguments = {0};
    struct error err = {0};
    char *input = path_in(folder, "input"), *args = path_in(folder, "args");
    FILE *stream = fopen(args, "r");
    char *lines = stream ? file_read(args, NULL) : strdup(""), *rest = lines, *line;
    if (stream)
        fclose(stream);
    while ((line = strsep(&rest, "\n")) != NULL && *line)
        take_argument(&arguments, telemetry, line);
    telemetry->labels = arguments.labels;
    telemetry->label_count = arguments.label_count;
    if (telemetry_read(telemetry, input, "input", arguments.as, &err))
        telemetry_finish(telemetry, &err);
    error_format(&err, text, size);
    for (size_t i = 0; i < arguments.label_count; i++) {
        free((void *)(uintptr_t)arguments.labels[i].column);
        free((void *)(uintptr_t)arguments.labels[i].resource);
        free((void *)(uintptr_t)arguments.labels[i].metric);
    }
    free(input);
    free(args);
    free(lines);
    arena_close(arena);
}

static void check_case(void **state)
{
    const char *folder = *state;
    char text[1500];
    char *error = path_in(folder, "error");
    read_case(folder, text, sizeof text - 1);
    strcat(text, "\n");
    if (getenv("CAPSIM_WRITE_ERRORS"))
        file_write(error, text, strlen(text));
    char *expected = file_read(error, NULL);
    assert_string_equal(text, expected);
    assert_true(strlen(text) > 1);
    free(expected);
    free(error);
}

/* Too large for a folder. */
static void a_line_without_an_end_is_refused(void **state)
{
    enum { BYTES = 17 << 20 };
    char *folder = folder_make(), *path = path_in(folder, "input"), *bytes = malloc(BYTES);
    struct arena *arena = arena_open();
    struct error err = {0};
    memset(bytes, 'x', BYTES);
    file_write(path, bytes, BYTES);
    assert_false(telemetry_read(telemetry_create(arena), path, "input", "haproxy", &err));
    assert_string_equal(err.message, "has a line longer than 16 MiB");
    assert_int_equal(err.line, 1);
    arena_close(arena);
    free(bytes);
    free(path);
    folder_remove(folder);
}

static void what_is_not_there_is_said(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    char text[600];
    assert_false(telemetry_read(telemetry_create(arena), "/nowhere/at all", "at all", NULL, &err));
    error_format(&err, text, sizeof text);
    assert_string_equal(text, "at all: cannot be read: No such file or directory");
    arena_close(arena);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
    static struct CMUnitTest tests[MAX_CASES];
    char *cases = source_path("tests/bad_telemetry");
    size_t count = 0;
    DIR *folder = opendir(cases);
    if (!folder)
        return 1;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL && count < MAX_CASES;)
        if (entry->d_name[0] != '.')
            tests[count++] = (struct CMUnitTest){.name = strdup(entry->d_name),
                                                 .test_func = check_case,
                                                 .initial_state = path_in(cases, entry->d_name)};
    closedir(folder);
    qsort(tests, count, sizeof tests[0], by_name);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(a_line_without_an_end_is_refused);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(what_is_not_there_is_said);
    int status = _cmocka_run_group_tests("bad_telemetry", tests, count, NULL, NULL);
    for (size_t i = 0; i + 2 < count; i++) {
        free((void *)(uintptr_t)tests[i].name);
        free(tests[i].initial_state);
    }
    free(cases);
    return status;
}
