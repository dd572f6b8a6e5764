/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a name is about, beside a look at everything. */
#include "models/program/scale_groups.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <string.h>

enum { THINGS = 60, WORKS = 90, ROUNDS = 400 };

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static bool is_called(const char *name, const char *asked)
{
    size_t length = strlen(asked);
    return strncmp(name, asked, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

/* Those whose root is marked, or all. */
static void check(const size_t *found, size_t count, const size_t *roots, size_t all,
                  const bool *marks, bool is_any)
{
    size_t n = 0;
    for (size_t i = 0; i < all; i++)
        if (!is_any || marks[roots[i]]) {
            assert_true(n < count);
            assert_int_equal(found[n++], i);
        }
    assert_int_equal(n, count);
}

/* Names one of which begins another, with what sorts before and behind a dot. */
static void a_name_finds_what_a_look_at_everything_finds(void **state)
{
    static const char *const ends[] = {"", ".x", "-x", "0", ".x.y", "_"};
    uint64_t seed = 17;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_open();
        const char *names[THINGS];
        size_t roots[THINGS], owners[WORKS], work_roots[WORKS];
        size_t things = 1 + next(&seed) % THINGS, works = next(&seed) % WORKS;
        for (size_t i = 0; i < things; i++) {
            names[i] = arena_printf(arena, "%c%s", (int)('a' + next(&seed) % 9),
                                    ends[next(&seed) % (sizeof ends / sizeof ends[0])]);
            roots[i] = next(&seed) % 2 && i > 0 ? roots[next(&seed) % i] : i;
        }
        for (size_t i = 0; i < works; i++) {
            owners[i] = next(&seed) % things;
            work_roots[i] = roots[owners[i]];
        }
        const struct scale_groups *groups =
            scale_groups_of(names, roots, things, owners, works, arena);
        for (char letter = 'a'; letter <= 'j'; letter++) {
            const char asked[] = {letter, '\0'};
            bool marks[THINGS] = {false}, is_any = false;
            for (size_t i = 0; i < things; i++)
                if (is_called(names[i], asked))
                    marks[roots[i]] = is_any = true;
            struct scale_group group = scale_groups_find(groups, asked, arena);
            check(group.things, group.thing_count, roots, things, marks, is_any);
            check(group.works, group.work_count, work_roots, works, marks, is_any);
        }
        struct scale_group all = scale_groups_find(groups, NULL, arena);
        assert_int_equal(all.thing_count, things);
        assert_int_equal(all.work_count, works);
        arena_close(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_finds_what_a_look_at_everything_finds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
