/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/journal.h"
#include "tests/support/support.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The disk: it takes that long, and counts. In place of the C library's. */
static const int64_t DISK_NS = 4000000;
static long syncs;

int fdatasync(int descriptor)
{
    (void)descriptor;
    syncs++;
    nanosleep(&(struct timespec){.tv_nsec = (long)DISK_NS}, NULL);
    return 0;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000 + now.tv_nsec;
}

struct fixture {
    struct arena *arena;
    char *folder;
    struct error err;
    struct journal journal;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_open();
    fixture->folder = folder_make();
    fixture->journal.fd = -1;
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    journal_close(&fixture->journal, false);
    folder_remove(fixture->folder);
    arena_close(fixture->arena);
    free(fixture);
    return 0;
}

static bool open_journal(struct fixture *fixture, const char *key, bool is_resumed)
{
    journal_close(&fixture->journal, false);
    fixture->err = (struct error){0};
    return journal_open(&fixture->journal, fixture->folder, "j", key, is_resumed, fixture->arena,
                        &fixture->err);
}

static void add(struct fixture *fixture, const char *entry)
{
    assert_true(journal_add(&fixture->journal, entry, &fixture->err));
}

static const char *path_of(const struct fixture *fixture)
{
    return arena_printf(fixture->arena, "%s/j", fixture->folder);
}

static void what_was_added_is_found_again(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    add(fixture, "first 0x1.8p+1");
    add(fixture, "second");
    assert_true(open_journal(fixture, "key", true));
    assert_int_equal(fixture->journal.entry_count, 2);
    assert_string_equal(fixture->journal.entries[0], "first 0x1.8p+1");
    assert_string_equal(fixture->journal.entries[1], "second");
    add(fixture, "third");
    assert_true(open_journal(fixture, "key", true));
    assert_int_equal(fixture->journal.entry_count, 3);
}

/* Killed while writing: whatever the file is cut to, what is whole is kept and it goes on. */
static void a_line_that_was_cut_off_is_dropped(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    add(fixture, "first");
    add(fixture, "second");
    size_t size;
    char *bytes = file_read(path_of(fixture), &size);
    for (size_t cut = 0; cut <= size; cut++) {
        size_t lines = 0;
        for (size_t i = 0; i < cut; i++)
            lines += bytes[i] == '\n';
        file_write(path_of(fixture), bytes, cut);
        assert_true(open_journal(fixture, "key", true));
        assert_int_equal(fixture->journal.entry_count, lines > 0 ? lines - 1 : 0);
        add(fixture, "more");
        assert_true(open_journal(fixture, "key", true));
        assert_int_equal(fixture->journal.entry_count, lines > 0 ? lines : 1);
    }
    free(bytes);
}

static void a_line_that_was_changed_is_dropped(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    add(fixture, "first");
    add(fixture, "second");
    size_t size;
    char *bytes = file_read(path_of(fixture), &size);
    bytes[size - 3] ^= 1;
    file_write(path_of(fixture), bytes, size);
    free(bytes);
    assert_true(open_journal(fixture, "key", true));
    assert_int_equal(fixture->journal.entry_count, 1);
}

static void an_unfinished_one_is_not_written_over(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    add(fixture, "first");
    assert_false(open_journal(fixture, "key", false));
    assert_int_equal(fixture->err.status, STATUS_USAGE);
    assert_string_equal(fixture->err.message,
                        "an unfinished sweep is kept here: continue it with --resume, or remove "
                        "this file to begin anew");
    assert_false(open_journal(fixture, "other", true));
    assert_string_equal(fixture->err.message,
                        "is of another sweep (scenario, options or version differ): it can be "
                        "continued as it was begun, or removed");
    assert_true(open_journal(fixture, "key", true));
    assert_int_equal(fixture->journal.entry_count, 1);
}

static void a_complete_one_is_removed(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    journal_close(&fixture->journal, true);
    assert_int_equal(access(path_of(fixture), F_OK), -1);
    assert_true(open_journal(fixture, "key", true)); /* nothing to resume is a beginning */
    assert_int_equal(fixture->journal.entry_count, 0);
}

static void a_full_disk_is_an_error_of_the_machine(void **state)
{
    struct fixture *fixture = *state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    fixture->journal = (struct journal){.fd = open("/dev/full", O_WRONLY), .path = "full"};
    assert_false(journal_add(&fixture->journal, "entry", &fixture->err));
    assert_int_equal(fixture->err.status, STATUS_IO);
    assert_string_equal(fixture->err.message, "cannot be written: No space left on device");
}

/* However many lines there are, a slow disk takes its part of the time and no more. */
static void many_lines_do_not_wait_for_the_disk(void **state)
{
    enum { LINES = 500 };
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    int64_t began = now_ns();
    syncs = 0;
    for (int i = 0; i < LINES; i++)
        add(fixture, "line");
    int64_t most = 1 + (now_ns() - began) / (JOURNAL_SYNC_PARTS * DISK_NS);
    assert_in_range(syncs, 0, most);
    assert_true(open_journal(fixture, "key", true));
    assert_int_equal(fixture->journal.entry_count, LINES);
}

static void a_line_after_a_while_is_brought_to_the_disk(void **state)
{
    struct fixture *fixture = *state;
    assert_true(open_journal(fixture, "key", false));
    syncs = 0;
    nanosleep(&(struct timespec){.tv_nsec = 2 * JOURNAL_SYNC_PARTS * DISK_NS}, NULL);
    add(fixture, "line");
    assert_int_equal(syncs, 1);
    assert_true(journal_sync(&fixture->journal, &fixture->err));
    assert_int_equal(syncs, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_added_is_found_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_that_was_cut_off_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_that_was_changed_is_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unfinished_one_is_not_written_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_complete_one_is_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_an_error_of_the_machine, setup, teardown),
        cmocka_unit_test_setup_teardown(many_lines_do_not_wait_for_the_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_after_a_while_is_brought_to_the_disk, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
