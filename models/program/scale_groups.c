/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/scale_groups.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct named {
    const char *name;
    size_t root;
};

/* What belongs to each root: items[first[root]] to before items[first[root + 1]], increasing. */
struct lists {
    size_t *first, *items;
};

struct scale_groups {
    size_t things, works;
    const struct named *by_name; /* [things] sorted */
    struct lists things_of, works_of;
    const size_t *numbers; /* 0, 1, 2, ... for everything */
};

static int compare_names(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->root > y->root) - (x->root < y->root);
}

static int compare_numbers(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* roots[count]: of each item. */
static struct lists sort_into(const size_t *roots, size_t count, size_t things, struct arena *arena)
{
    struct lists lists = {arena_array(arena, things + 2, sizeof *lists.first),
                          arena_array(arena, count + 1, sizeof *lists.items)};
    size_t *next = lists.first + 1; /* until all stand in their places */
    for (size_t i = 0; i < count; i++)
        next[roots[i] + 1]++;
    for (size_t r = 1; r <= things; r++)
        next[r] += next[r - 1];
    for (size_t i = 0; i < count; i++)
        lists.items[next[roots[i]]++] = i;
    return lists;
}

const struct scale_groups *scale_groups_of(const char *const *names, const size_t *roots,
                                           size_t things, const size_t *owners, size_t works,
                                           struct arena *arena)
{
    struct scale_groups *groups = arena_alloc(arena, sizeof *groups);
    struct named *by_name = arena_array(arena, things + 1, sizeof *by_name);
    size_t most = things > works ? things : works;
    size_t *numbers = arena_array(arena, most + 1, sizeof *numbers);
    size_t *work_roots = arena_array(arena, works + 1, sizeof *work_roots);
    for (size_t i = 0; i < most; i++)
        numbers[i] = i;
    for (size_t i = 0; i < things; i++)
        by_name[i] = (struct named){names[i], roots[i]};
    for (size_t i = 0; i < works; i++)
        work_roots[i] = roots[owners[i]];
    qsort(by_name, things, sizeof *by_name, compare_names);
    *groups = (struct scale_groups){.things = things,
                                    .works = works,
                                    .by_name = by_name,
                                    .things_of = sort_into(roots, things, things, arena),
                                    .works_of = sort_into(work_roots, works, things, arena),
                                    .numbers = numbers};
    return groups;
}

/* The first whose first `length` bytes (all of it: SIZE_MAX) are not before the text, or are behind
 * it. */
static size_t find_bound(const struct scale_groups *groups, const char *text, size_t length,
                         bool is_behind)
{
    size_t low = 0, high = groups->things;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(groups->by_name[middle].name, text, length);
        if (order < 0 || (is_behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The roots of those that are called so, each once, increasing. */
static size_t *find_roots(const struct scale_groups *groups, const char *name, struct arena *arena,
                          size_t *count)
{
    const char *prefix = arena_printf(arena, "%s.", name);
    size_t length = strlen(prefix), n = 0;
    size_t first = find_bound(groups, name, SIZE_MAX, false),
           end = find_bound(groups, name, SIZE_MAX, true),
           first_part = find_bound(groups, prefix, length, false),
           end_part = find_bound(groups, prefix, length, true);
    size_t *roots = arena_array(arena, end - first + end_part - first_part + 1, sizeof *roots);
    for (size_t i = first; i < end; i++)
        roots[n++] = groups->by_name[i].root;
    for (size_t i = first_part; i < end_part; i++)
        roots[n++] = groups->by_name[i].root;
    qsort(roots, n, sizeof *roots, compare_numbers);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || roots[i] != roots[i - 1])
            roots[(*count)++] = roots[i];
    return roots;
}

/* What belongs to one of the roots, increasing. */
static const size_t *join(const struct lists *lists, const size_t *roots, size_t root_count,
                          struct arena *arena, size_t *count)
{
    *count = 0;
    for (size_t r = 0; r < root_count; r++)
        *count += lists->first[roots[r] + 1] - lists->first[roots[r]];
    if (root_count == 1)
        return lists->items + lists->first[roots[0]];
    size_t *joined = arena_array(arena, *count + 1, sizeof *joined), n = 0;
    for (size_t r = 0; r < root_count; r++)
        for (size_t i = lists->first[roots[r]]; i < lists->first[roots[r] + 1]; i++)
            joined[n++] = lists->items[i];
    qsort(joined, n, sizeof *joined, compare_numbers);
    return joined;
}

struct scale_group scale_groups_find(const struct scale_groups *groups, const char *name,
                                     struct arena *arena)
{
    struct scale_group group = {groups->numbers, groups->numbers, groups->things, groups->works};
    size_t root_count = 0, *roots = NULL;
    if (name)
        roots = find_roots(groups, name, arena, &root_count);
    if (root_count == 0)
        return group;
    group.things = join(&groups->things_of, roots, root_count, arena, &group.thing_count);
    group.works = join(&groups->works_of, roots, root_count, arena, &group.work_count);
    return group;
}
