/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/file_order.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MARKS = 12 };

/* A name without its marks, and what they were, from left to right. */
struct name {
    const char *rest;
    double marks[MARKS];
    size_t mark_count;
};

static bool is_letter(char byte)
{
    return isalpha((unsigned char)byte);
}

static bool is_digit(char byte)
{
    return isdigit((unsigned char)byte);
}

/* 1: of the beginning, 2: of the end, 0: neither. */
static int rank_of_word(const char *word, size_t length)
{
    static const char *const words[2][10] = {
        {"before", "pre", "begin", "start", "first", "old", "prev", "previous", "initial", NULL},
        {"after", "post", "end", "finish", "last", "new", "next", "current", "final", NULL}};
    for (int rank = 0; rank < 2; rank++)
        for (size_t i = 0; words[rank][i]; i++)
            if (strlen(words[rank][i]) == length && strncasecmp(word, words[rank][i], length) == 0)
                return rank + 1;
    return 0;
}

static struct name take_apart(const char *path, struct arena *arena)
{
    char *rest = arena_array(arena, strlen(path) + 1, 1);
    struct name name = {.rest = rest};
    size_t used = 0;
    while (*path) {
        size_t length = 1;
        double mark = -1;
        if (is_digit(*path)) {
            length = strspn(path, "0123456789");
            mark = strtod(path, NULL);
        } else if (is_letter(*path)) {
            while (is_letter(path[length]))
                length++;
            int rank = rank_of_word(path, length);
            mark = rank > 0 ? rank : -1;
        }
        if (mark >= 0 && name.mark_count < MARKS) {
            name.marks[name.mark_count++] = mark;
            rest[used++] = '\1';
        } else {
            memcpy(rest + used, path, length);
            used += length;
        }
        path += length;
    }
    rest[used] = '\0';
    return name;
}

static bool is_before(const struct name *a, const struct name *b)
{
    for (size_t i = 0; i < a->mark_count && i < b->mark_count; i++)
        if (a->marks[i] < b->marks[i] || a->marks[i] > b->marks[i])
            return a->marks[i] < b->marks[i];
    return false;
}

const size_t *file_order_of(const char *const *paths, size_t count, struct arena *arena)
{
    size_t *order = arena_array(arena, count, sizeof *order);
    struct name *names = arena_array(arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = take_apart(paths[i], arena);
        order[i] = i;
    }
    /* Among the places of files of one name, the earlier goes to the front. */
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++) {
            const struct name *a = &names[order[i]], *b = &names[order[k]];
            if (strcmp(a->rest, b->rest) != 0 || !is_before(b, a))
                continue;
            size_t swapped = order[i];
            order[i] = order[k];
            order[k] = swapped;
        }
    return order;
}
