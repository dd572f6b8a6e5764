/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/cycle_classes.h"
#include <assert.h>
#include <stdlib.h>

/* One job on its way to its place: the part of its class's jobs that come before its middle is
 * (2 number + 1) / (2 of). */
struct placed_job {
    int64_t number, of;
    uint16_t class;
};

static int compare_places(const void *a, const void *b)
{
    const struct placed_job *left = a, *right = b;
    int64_t x = (2 * left->number + 1) * right->of, y = (2 * right->number + 1) * left->of;
    if (x != y)
        return x < y ? -1 : 1;
    return (left->class > right->class) - (left->class < right->class);
}

/* A class and what its share has over a whole number of jobs. */
struct remainder {
    double rest;
    uint16_t class;
};

static int compare_remainders(const void *a, const void *b)
{
    const struct remainder *left = a, *right = b;
    if (left->rest > right->rest || left->rest < right->rest)
        return left->rest > right->rest ? -1 : 1;
    return (left->class > right->class) - (left->class < right->class);
}

void cycle_classes_count(const struct workload_spec *workload, int64_t *counts, struct arena *arena)
{
    const double rounding = 1e-9; /* a share of 0.29 of 100 jobs is 29 of them, not 28.999... */
    int64_t left = workload->arrivals.cycle.jobs;
    struct remainder *rests = arena_array(arena, workload->class_count, sizeof *rests);
    for (size_t c = 0; c < workload->class_count; c++) {
        double wanted = workload->classes[c].share * (double)workload->arrivals.cycle.jobs;
        counts[c] = (int64_t)(wanted + rounding);
        rests[c] = (struct remainder){wanted - (double)counts[c], (uint16_t)c};
        left -= counts[c];
    }
    assert(workload->class_count > 0);
    qsort(rests, workload->class_count, sizeof *rests, compare_remainders);
    for (size_t i = 0; left > 0; left--, i = (i + 1) % workload->class_count)
        counts[rests[i].class]++;
}

const uint16_t *cycle_classes_assign(const struct workload_spec *workload, struct arena *arena)
{
    size_t jobs = (size_t)workload->arrivals.cycle.jobs, n = 0;
    if (workload->class_count == 1)
        return NULL;
    int64_t *counts = arena_array(arena, workload->class_count, sizeof *counts);
    struct placed_job *places = arena_array(arena, jobs, sizeof *places);
    uint16_t *classes = arena_array(arena, jobs, sizeof *classes);
    cycle_classes_count(workload, counts, arena);
    for (size_t c = 0; c < workload->class_count; c++)
        for (int64_t i = 0; i < counts[c]; i++)
            places[n++] = (struct placed_job){i, counts[c], (uint16_t)c};
    assert(n == jobs);
    qsort(places, jobs, sizeof *places, compare_places);
    for (size_t i = 0; i < jobs; i++)
        classes[i] = places[i].class;
    return classes;
}
