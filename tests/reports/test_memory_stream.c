/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/memory_stream.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void every_byte_is_kept(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    struct arena *arena = arena_open();
    struct memory_stream memory;
    memory_stream_open(&memory, arena);
    for (int i = 0; i < LINES; i++)
        fprintf(memory.stream, "%07d", i);
    fputc('\0', memory.stream);
    memory_stream_close(&memory);
    assert_null(memory.stream);
    assert_int_equal(memory.size, 7 * LINES + 1);
    for (int i = 0; i < LINES; i++) {
        char line[8];
        snprintf(line, sizeof line, "%07d", i);
        assert_memory_equal(memory.bytes + 7 * (size_t)i, line, 7);
    }
    assert_int_equal(memory.bytes[memory.size], 0);
    arena_close(arena);
}

static void nothing_written_is_an_empty_text(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    struct memory_stream memory;
    memory_stream_open(&memory, arena);
    memory_stream_close(&memory);
    assert_int_equal(memory.size, 0);
    assert_string_equal(memory.bytes, "");
    arena_close(arena);
}

/* The limit is met by a write, and again by the flush of what is left at the process's end. */
static void without_memory_the_process_ends_with_4(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        static struct memory_stream memory;
        static struct arena *volatile arena;
        close(STDERR_FILENO);
        arena = arena_open();
        memory_stream_open(&memory, arena);
        arena_limit(300000);
        alarm(60);
        for (int i = 0; i < 1000000; i++)
            fputs("2385", memory.stream);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_kept),
        cmocka_unit_test(nothing_written_is_an_empty_text),
        cmocka_unit_test(without_memory_the_process_ends_with_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
