/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/arena.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID = 256 };

static void memory_is_zeroed_apart_and_aligned(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    for (int round = 0; round < 3; round++) {
        unsigned char *previous = NULL;
        for (size_t size = 1; size < 300000; size = size * 3 / 2 + 1) {
            unsigned char *memory = arena_alloc(arena, size);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            memset(memory, 0xa5, size);
            if (previous)
                assert_int_equal(previous[0], 0xa5);
            previous = memory;
        }
        arena_reset(arena);
    }
    arena_close(arena);
}

static void reset_keeps_the_blocks(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    size_t held = 0;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 1000; i++)
            arena_alloc(arena, 2385);
        if (round == 0)
            held = arena_bytes(arena);
        assert_int_equal(arena_bytes(arena), held);
        arena_reset(arena);
    }
    arena_close(arena);
}

static void text_is_copied_and_formatted(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    char text[] = "db_pool";
    char *copy = arena_strdup(arena, text);
    text[0] = 'x';
    assert_string_equal(copy, "db_pool");
    assert_string_equal(arena_printf(arena, "%s.%d", copy, 2385), "db_pool.2385");
    assert_non_null(arena_alloc(arena, 0));
    arena_close(arena);
    arena_close(NULL);
}

/* Asks in a child, whose arenas may hold `most` bytes (0: any); what it says goes to said[SAID]. */
static int status_of_asking(size_t count, size_t size, size_t most, char *said)
{
    FILE *file = tmpfile();
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(file), STDERR_FILENO);
        static struct arena *volatile arena; /* in sight of a leak checker when the process ends */
        arena_limit(most);
        arena = arena_open();
        arena_array(arena, count, size);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    rewind(file);
    said[fread(said, 1, SAID - 1, file)] = '\0';
    fclose(file);
    return WEXITSTATUS(status);
}

static int status_of_sizes(size_t a, size_t b, size_t (*work_out)(size_t, size_t))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        work_out(a, b);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void impossible_demands_end_the_process_with_4(void **state)
{
    (void)state;
    char said[SAID], expected[SAID];
    assert_true(arena_add_sizes(SIZE_MAX - 3, 3) == SIZE_MAX);
    assert_true(arena_multiply_sizes(SIZE_MAX / 3, 3) == SIZE_MAX);
    assert_int_equal(status_of_sizes(SIZE_MAX, 4, arena_add_sizes), 4);
    assert_int_equal(status_of_sizes(SIZE_MAX / 2, 3, arena_multiply_sizes), 4);
    assert_int_equal(status_of_asking(SIZE_MAX / 2, 16, 0, said), 4);
    assert_int_equal(status_of_asking(1, SIZE_MAX / 3, 0, said), 4);
    snprintf(expected, sizeof expected, "capsim: out of memory: could not get %zu more bytes\n",
             SIZE_MAX / 3);
    assert_string_equal(said, expected);
    assert_int_equal(status_of_asking(10, 16, 0, said), 0);
    assert_string_equal(said, "");
}

static void a_limit_is_for_all_arenas_together(void **state)
{
    (void)state;
    char said[SAID];
    struct arena *other = arena_open();
    arena_alloc(other, 3000000);
    assert_int_equal(status_of_asking(1, 2385, 3000000, said), 4);
    assert_string_equal(said, "capsim: out of memory: the limit of 3000000 bytes is reached\n");
    arena_close(other);
    assert_int_equal(status_of_asking(1, 2385, 3000000, said), 0);
    assert_string_equal(said, "");
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static void what_is_not_handed_out_is_watched(void **state)
{
    (void)state;
    struct arena *arena = arena_open();
    for (size_t size = 0; size < 300; size++) {
        char *bytes = arena_alloc(arena, size), *next = arena_alloc(arena, 1);
        assert_null(__asan_region_is_poisoned(bytes, size));
        assert_true(__asan_address_is_poisoned(bytes + size));
        assert_true(__asan_address_is_poisoned(next - 1));
    }
    char *first = arena_alloc(arena, 1);
    arena_reset(arena);
    assert_true(__asan_address_is_poisoned(first));
    arena_close(arena);
}
#endif

static void arenas_inside_end_with_theirs(void **state)
{
    struct arena *arena = arena_open();
    char *text = arena_strdup(arena_open_inside(arena_open_inside(arena)), "inside");
    assert_string_equal(text, "inside");
    arena_reset(arena); /* the sanitizers see that nothing is left */
    assert_non_null(arena_open_inside(arena));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef __SANITIZE_ADDRESS__
        cmocka_unit_test(what_is_not_handed_out_is_watched),
#endif
        cmocka_unit_test(memory_is_zeroed_apart_and_aligned),
        cmocka_unit_test(reset_keeps_the_blocks),
        cmocka_unit_test(text_is_copied_and_formatted),
        cmocka_unit_test(impossible_demands_end_the_process_with_4),
        cmocka_unit_test(arenas_inside_end_with_theirs),
        cmocka_unit_test(a_limit_is_for_all_arenas_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
