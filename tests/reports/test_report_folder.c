/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/folder.h"
#include "reports/writers/command_report.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {
    "report.json",  "report.txt",      "report.md",       "metrics.csv", "report.html",
    "criteria.csv", "differences.csv", "assumptions.csv", "checks.csv",  "run.json"};
enum { NAMES = sizeof names / sizeof names[0] };

static char *path_in(const char *folder, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return strdup(path);
}

static char *text_in(const char *folder, const char *name)
{
    char *path = path_in(folder, name), *text = file_read(path, NULL);
    free(path);
    return text;
}

static size_t files_in(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static bool write_folder(const struct result *result, const char *folder, struct error *err)
{
    *err = (struct error){0};
    struct arena *arena = arena_open();
    bool is_written =
        answer_folder(answer_of_result(result, arena), NULL, result_fixture_facts(), folder, err);
    arena_close(arena);
    return is_written;
}

static void the_files_are_what_the_writers_write(void **state)
{
    const struct result *result = result_fixture_hostile();
    char *folder = folder_make();
    struct error err;
    assert_true(write_folder(result, folder, &err));
    assert_int_equal(files_in(folder), NAMES);
    char *expected[] = {result_fixture_json(result), result_fixture_text(result, 100, false),
                        result_fixture_markdown(result), result_fixture_csv(result),
                        result_fixture_html(result)};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        char *found = text_in(folder, names[i]);
        assert_string_equal(found, expected[i]);
        free(found);
        free(expected[i]);
    }
    folder_remove(folder);
}

static void when_and_where_is_in_run_json_alone(void **state)
{
    char *folder = folder_make();
    struct error err;
    assert_true(write_folder(result_fixture_plain(), folder, &err));
    for (size_t i = 0; i < NAMES; i++) {
        char *text = text_in(folder, names[i]);
        assert_true((strstr(text, "2026-02-01T12:00:00Z") != NULL) == (i == NAMES - 1));
        free(text);
    }
    char *text = text_in(folder, "run.json");
    json_t *run = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(run);
    assert_true(json_real_value(json_object_get(run, "elapsed_s")) == 2.385);
    assert_string_equal(json_string_value(json_object_get(run, "host")), "here");
    assert_int_equal(json_integer_value(json_object_get(run, "threads")), 4);
    assert_string_equal(json_string_value(json_object_get(run, "digest")),
                        result_fixture_plain()->digest);
    json_decref(run);
    free(text);
    folder_remove(folder);
}

static void missing_folders_are_made(void **state)
{
    char *folder = folder_make(), *deep = path_in(folder, "a//b/c/");
    struct error err;
    assert_true(write_folder(result_fixture_plain(), deep, &err));
    assert_true(write_folder(result_fixture_plain(), deep, &err));
    assert_int_equal(files_in(deep), NAMES);
    free(deep);
    folder_remove(folder);
}

static void a_file_in_the_way_is_an_error(void **state)
{
    char *folder = folder_make(), *file = path_in(folder, "x"), *below = path_in(file, "y");
    struct error err;
    file_write(file, "x", 1);
    assert_false(write_folder(result_fixture_plain(), below, &err));
    assert_int_equal(err.status, STATUS_IO);
    assert_string_equal(err.file, file);
    assert_string_equal(err.message, "cannot make the folder: File exists");
    err = (struct error){0};
    assert_false(folder_prepare(below, &err));
    assert_int_equal(err.status, STATUS_IO);
    free(below);
    free(file);
    folder_remove(folder);
}

static void an_empty_name_is_not_the_root(void **state)
{
    struct error err;
    assert_false(write_folder(result_fixture_plain(), "", &err));
    assert_int_equal(err.status, STATUS_IO);
}

static void preparing_leaves_an_empty_folder(void **state)
{
    char *folder = folder_make(), *inner = path_in(folder, "out");
    struct error err = {0};
    assert_true(folder_prepare(inner, &err));
    assert_int_equal(files_in(inner), 0);
    free(inner);
    folder_remove(folder);
}

/* In a child, since root may write anywhere: an ordinary user meets a folder that is not his. */
static void a_folder_without_permission_is_told_before_the_study(void **state)
{
    char *folder = folder_make();
    struct error err = {0};
    uid_t user = geteuid();
    assert_int_equal(chmod(folder, 0555), 0);
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    bool is_prepared = folder_prepare(folder, &err);
    if (user == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_false(is_prepared);
    assert_string_equal(err.file, folder);
    assert_string_equal(err.message, "cannot create a file there: Permission denied");
    folder_remove(folder);
}

/* A limit on the size of files stands for a full disk: report.json is larger, the others are not.
 * The report of before must still be there, whole. */
static void a_full_disk_leaves_the_report_of_before(void **state)
{
    char *folder = folder_make();
    struct error err;
    assert_true(write_folder(result_fixture_plain(), folder, &err));
    struct rlimit before, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool is_written = write_folder(result_fixture_hostile(), folder, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(is_written);
    assert_int_equal(err.status, STATUS_IO);
    char *path = path_in(folder, "report.json");
    assert_string_equal(err.file, path);
    free(path);
    assert_int_equal(files_in(folder), NAMES);
    char *found = text_in(folder, "report.json"),
         *expected = result_fixture_json(result_fixture_plain());
    assert_string_equal(found, expected);
    free(found);
    free(expected);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_are_what_the_writers_write),
        cmocka_unit_test(when_and_where_is_in_run_json_alone),
        cmocka_unit_test(missing_folders_are_made),
        cmocka_unit_test(a_file_in_the_way_is_an_error),
        cmocka_unit_test(an_empty_name_is_not_the_root),
        cmocka_unit_test(preparing_leaves_an_empty_folder),
        cmocka_unit_test(a_folder_without_permission_is_told_before_the_study),
        cmocka_unit_test(a_full_disk_leaves_the_report_of_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
