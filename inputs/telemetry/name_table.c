/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/name_table.h"

enum { FIRST_CAPACITY = 16 };

struct name_table name_table_create(struct arena *arena)
{
    struct name_table table = {
        .arena = arena, .capacity = FIRST_CAPACITY, .slot_count = 2 * FIRST_CAPACITY};
    table.names = arena_array(arena, table.capacity, sizeof *table.names);
    table.slots = arena_array(arena, table.slot_count, sizeof *table.slots);
    return table;
}

static uint64_t hash_of(struct slice name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.at[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

/* The slot that has the name, or the free one where it belongs. */
static size_t slot_of(const struct name_table *table, struct slice name)
{
    size_t slot = (size_t)hash_of(name) & (table->slot_count - 1);
    while (table->slots[slot] != 0 && !slice_equals(name, table->names[table->slots[slot] - 1]))
        slot = (slot + 1) & (table->slot_count - 1);
    return slot;
}

static void grow(struct name_table *table)
{
    const char **names = arena_array(table->arena, 2 * table->capacity, sizeof *names);
    memcpy(names, table->names, table->count * sizeof *names);
    table->names = names;
    table->capacity *= 2;
    table->slot_count *= 2;
    table->slots = arena_array(table->arena, table->slot_count, sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++)
        table->slots[slot_of(table, slice_of(names[i]))] = (uint32_t)i + 1;
}

size_t name_table_find(const struct name_table *table, struct slice name)
{
    uint32_t number = table->slots[slot_of(table, name)];
    return number == 0 ? NAME_TABLE_NONE : number - 1;
}

size_t name_table_add(struct name_table *table, struct slice name, size_t most)
{
    size_t slot = slot_of(table, name);
    if (table->slots[slot] != 0)
        return table->slots[slot] - 1;
    if (table->count >= most)
        return NAME_TABLE_NONE;
    if (table->count == table->capacity) {
        grow(table);
        slot = slot_of(table, name);
    }
    table->names[table->count] = slice_copy(name, table->arena);
    table->slots[slot] = (uint32_t)++table->count;
    return table->count - 1;
}
