/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/counters.h"

struct counters counters_create(struct arena *arena)
{
    return (struct counters){.names = name_table_create(arena)};
}

static void make_room(struct counters *counters)
{
    if (counters->names.count <= counters->capacity)
        return;
    struct counter *grown =
        arena_array(counters->names.arena, counters->names.capacity, sizeof *grown);
    if (counters->capacity > 0)
        memcpy(grown, counters->counters, counters->capacity * sizeof *grown);
    counters->counters = grown;
    counters->capacity = counters->names.capacity;
}

struct counter *counters_add(struct counters *counters, struct slice name, double value,
                             size_t file, int64_t ns)
{
    size_t number = name_table_add(&counters->names, name, COUNTERS_MOST);
    if (number == NAME_TABLE_NONE) {
        counters->left_out++;
        return NULL;
    }
    make_room(counters);
    struct counter *counter = &counters->counters[number];
    if (counter->samples == 0) {
        *counter = (struct counter){.first = value,
                                    .first_file = file,
                                    .first_ns = ns,
                                    .first_snapshot = counters->snapshots};
        counter->last = value;
    }
    counters_add_to(counter, value, file, ns);
    return counter;
}

void counters_add_to(struct counter *counter, double value, size_t file, int64_t ns)
{
    bool is_anew = value < counter->last;
    counter->restarts += is_anew;
    counter->growth += is_anew ? value : value - counter->last;
    counter->samples++;
    counter->last = value;
    counter->last_file = file;
    counter->last_ns = ns;
}

struct counter *counters_find(const struct counters *counters, const char *name)
{
    size_t number = name_table_find(&counters->names, slice_of(name));
    return number == NAME_TABLE_NONE ? NULL : &counters->counters[number];
}

double counters_growth(const struct counter *counter)
{
    bool was_zero = counter->samples == 1 || counter->first_snapshot > 1;
    return counter->growth + (was_zero ? counter->first : 0);
}
