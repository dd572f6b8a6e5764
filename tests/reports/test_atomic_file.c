/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/atomic_file.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own and an arena for each test. */
struct place {
    struct arena *arena;
    char *folder;
};

static int set_up(void **state)
{
    struct place *place = malloc(sizeof *place);
    assert_non_null(place);
    *place = (struct place){arena_open(), folder_make()};
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    arena_close(place->arena);
    folder_remove(place->folder);
    free(place);
    return 0;
}

static const char *path_of(const struct place *place, const char *name)
{
    return arena_printf(place->arena, "%s/%s", place->folder, name);
}

static size_t files_in(const struct place *place)
{
    size_t count = 0;
    DIR *folder = opendir(place->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void assert_holds(const char *path, const char *text)
{
    char *found = file_read(path, NULL);
    assert_string_equal(found, text);
    free(found);
}

static void write_whole(const struct place *place, const char *path, const char *text)
{
    struct atomic_file file;
    struct error err = {0};
    assert_true(atomic_file_open(&file, path, place->arena, &err));
    fputs(text, file.stream);
    assert_true(atomic_file_finish(&file, &err));
    assert_true(atomic_file_publish(&file, &err));
    atomic_file_discard(&file);
    assert_int_equal(err.status, STATUS_OK);
}

static void a_published_file_is_whole_and_alone(void **state)
{
    const struct place *place = *state;
    write_whole(place, path_of(place, "report.txt"), "2.385\n");
    assert_holds(path_of(place, "report.txt"), "2.385\n");
    assert_int_equal(files_in(place), 1);
}

static void the_old_file_stays_until_the_new_one_is_published(void **state)
{
    const struct place *place = *state;
    const char *path = path_of(place, "report.txt");
    struct atomic_file file;
    struct error err = {0};
    file_write(path, "old", 3);
    assert_true(atomic_file_open(&file, path, place->arena, &err));
    fputs("new", file.stream);
    assert_holds(path, "old");
    assert_true(atomic_file_finish(&file, &err));
    assert_holds(path, "old");
    assert_true(atomic_file_publish(&file, &err));
    assert_holds(path, "new");
}

static void a_discarded_file_leaves_nothing(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    struct error err = {0};
    assert_true(atomic_file_open(&file, path_of(place, "report.txt"), place->arena, &err));
    fputs("half", file.stream);
    atomic_file_discard(&file);
    atomic_file_discard(&file);
    assert_int_equal(files_in(place), 0);
}

static void a_zeroed_file_can_be_discarded(void **state)
{
    struct atomic_file file = {0};
    atomic_file_discard(&file);
    assert_null(file.stream);
}

/* What the link points at may be anybody's; it must not be written to. */
static void a_symbolic_link_is_replaced_and_not_followed(void **state)
{
    const struct place *place = *state;
    const char *target = path_of(place, "target"), *link = path_of(place, "report.txt");
    struct stat status;
    file_write(target, "precious", 8);
    assert_int_equal(symlink("target", link), 0);
    write_whole(place, link, "new");
    assert_holds(target, "precious");
    assert_holds(link, "new");
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISREG(status.st_mode));
}

static void a_loop_of_links_is_replaced(void **state)
{
    const struct place *place = *state;
    const char *link = path_of(place, "report.txt");
    assert_int_equal(symlink("report.txt", link), 0);
    write_whole(place, link, "new");
    assert_holds(link, "new");
}

static void new_files_obey_the_umask(void **state)
{
    const struct place *place = *state;
    struct stat status;
    mode_t before = umask(027);
    write_whole(place, path_of(place, "report.txt"), "x");
    umask(before);
    assert_int_equal(stat(path_of(place, "report.txt"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_left_over_of_a_killed_process_is_no_obstacle(void **state)
{
    const struct place *place = *state;
    const char *left_over = arena_printf(place->arena, ".capsim-%ld-0.tmp", (long)getpid());
    file_write(path_of(place, left_over), "torn", 4);
    write_whole(place, path_of(place, "report.txt"), "whole");
    assert_holds(path_of(place, "report.txt"), "whole");
    assert_holds(path_of(place, left_over), "torn");
}

static void a_missing_folder_is_an_error(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    struct error err = {0};
    const char *path = path_of(place, "missing/report.txt");
    assert_false(atomic_file_open(&file, path, place->arena, &err));
    assert_int_equal(err.status, STATUS_IO);
    assert_string_equal(err.file, path);
    assert_string_equal(err.message, "cannot create a file there: No such file or directory");
    atomic_file_discard(&file);
}

static void a_folder_of_that_name_is_an_error_and_nothing_is_left(void **state)
{
    const struct place *place = *state;
    struct atomic_file file;
    struct error err = {0};
    assert_int_equal(mkdir(path_of(place, "report.txt"), 0777), 0);
    assert_true(atomic_file_open(&file, path_of(place, "report.txt"), place->arena, &err));
    assert_true(atomic_file_finish(&file, &err));
    assert_false(atomic_file_publish(&file, &err));
    assert_string_equal(err.message, "cannot put it in place: Is a directory");
    atomic_file_discard(&file);
    assert_int_equal(files_in(place), 1);
}

/* A limit on the size of files stands for a disk that is full. */
static void a_full_disk_is_an_error_and_nothing_is_left(void **state)
{
    const struct place *place = *state;
    struct rlimit before, small = {0};
    struct atomic_file file;
    struct error err = {0};
    char block[4096];
    memset(block, 'x', sizeof block);
    assert_true(atomic_file_open(&file, path_of(place, "report.txt"), place->arena, &err));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 10000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 10; i++)
        fwrite(block, 1, sizeof block, file.stream);
    bool is_finished = atomic_file_finish(&file, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(is_finished);
    assert_int_equal(err.status, STATUS_IO);
    assert_non_null(strstr(err.message, "cannot write it: "));
    atomic_file_discard(&file);
    assert_int_equal(files_in(place), 0);
}

static void a_name_without_a_folder_is_in_the_working_folder(void **state)
{
    const struct place *place = *state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(place->folder), 0);
    write_whole(place, "-rf", "x");
    assert_int_equal(chdir(before), 0);
    assert_holds(path_of(place, "-rf"), "x");
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_published_file_is_whole_and_alone),
        IN_A_FOLDER(the_old_file_stays_until_the_new_one_is_published),
        IN_A_FOLDER(a_discarded_file_leaves_nothing),
        cmocka_unit_test(a_zeroed_file_can_be_discarded),
        IN_A_FOLDER(a_symbolic_link_is_replaced_and_not_followed),
        IN_A_FOLDER(a_loop_of_links_is_replaced),
        IN_A_FOLDER(new_files_obey_the_umask),
        IN_A_FOLDER(a_left_over_of_a_killed_process_is_no_obstacle),
        IN_A_FOLDER(a_missing_folder_is_an_error),
        IN_A_FOLDER(a_folder_of_that_name_is_an_error_and_nothing_is_left),
        IN_A_FOLDER(a_full_disk_is_an_error_and_nothing_is_left),
        IN_A_FOLDER(a_name_without_a_folder_is_in_the_working_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
