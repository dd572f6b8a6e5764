/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copies of which resource there are: see program.h. */
#include "models/program/program.h"

static struct copies number_kind(const struct scenario *spec, enum station_number kind,
                                 struct arena *arena)
{
    size_t resources = station_count(spec, kind);
    uint32_t *base = arena_array(arena, resources, sizeof *base), total = 0;
    for (size_t i = 0; i < resources; i++) {
        base[i] = total;
        total += (uint32_t)station_copies(spec, kind, i);
    }
    uint32_t *of = arena_array(arena, total, sizeof *of);
    for (size_t i = 0; i < resources; i++)
        for (int64_t c = 0; c < station_copies(spec, kind, i); c++)
            of[base[i] + (size_t)c] = (uint32_t)i;
    return (struct copies){base, of, total};
}

const char *program_copy_name(const struct copies *copies, uint32_t copy, const char *name,
                              int64_t count, struct arena *arena)
{
    unsigned replica = copy - copies->base[copies->of[copy]];
    return count == 1 ? name : arena_printf(arena, "%s.%u", name, replica);
}

void program_number_copies(const struct scenario *spec, struct program *program,
                           struct arena *arena)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        program->copies[kind] = number_kind(spec, (enum station_number)kind, arena);
}
