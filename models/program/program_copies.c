/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copies of which resource there are: see program.h. */
#include "models/program/program.h"

/* counts[resources] copies of each. */
static struct copies number_kind(const int64_t *counts, size_t resources, struct arena *arena)
{
    uint32_t *base = arena_array(arena, resources, sizeof *base), total = 0;
    for (size_t i = 0; i < resources; i++) {
        base[i] = total;
        total += (uint32_t)counts[i];
    }
    uint32_t *of = arena_array(arena, total, sizeof *of);
    for (size_t i = 0; i < resources; i++)
        for (int64_t c = 0; c < counts[i]; c++)
            of[base[i] + (size_t)c] = (uint32_t)i;
    return (struct copies){base, of, total};
}

const char *program_copy_name(const struct copies *copies, uint32_t copy, const char *name,
                              int64_t count, struct arena *arena)
{
    unsigned replica = copy - copies->base[copies->of[copy]];
    return count == 1 ? name : arena_printf(arena, "%s.%u", name, replica);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

void program_number_copies(const struct scenario *spec, struct program *program,
                           struct arena *arena)
{
    size_t most = larger(larger(spec->pool_count, spec->cpu_count),
                         larger(spec->limiter_count, spec->buffer_count));
    int64_t *counts = arena_array(arena, most, sizeof *counts);
    for (size_t p = 0; p < spec->pool_count; p++)
        counts[p] = spec->pools[p].copies;
    struct copies pools = number_kind(counts, spec->pool_count, arena);
    program->pool_base = pools.base;
    program->copy_count = pools.count;
    for (size_t c = 0; c < spec->cpu_count; c++)
        counts[c] = spec->cpus[c].copies;
    program->cpus = number_kind(counts, spec->cpu_count, arena);
    for (size_t l = 0; l < spec->limiter_count; l++)
        counts[l] = spec->limiters[l].copies;
    program->limiters = number_kind(counts, spec->limiter_count, arena);
    for (size_t b = 0; b < spec->buffer_count; b++)
        counts[b] = spec->buffers[b].copies;
    program->buffers = number_kind(counts, spec->buffer_count, arena);
}
