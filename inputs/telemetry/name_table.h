/* SPDX-License-Identifier: GPL-3.0-or-later */
/* name_table.h - names numbered in the order in which they are first met, found again in O(1).
 *
 * Open addressing with linear probing over FNV-1a; at most half full. Owner: the arena. */
#ifndef CAPSIM_INPUTS_TELEMETRY_NAME_TABLE_H
#define CAPSIM_INPUTS_TELEMETRY_NAME_TABLE_H

#include "inputs/telemetry/slice.h"

struct name_table {
    struct arena *arena;
    const char **names; /* [count], each ends with a NUL */
    uint32_t *slots;    /* [slot_count] number + 1; 0: free */
    size_t count, capacity, slot_count;
};

/* NAME_TABLE_NONE: not there. */
#define NAME_TABLE_NONE SIZE_MAX

/* An empty table. */
struct name_table name_table_create(struct arena *arena);
/* The number of name, which is put in when it is not there and there are fewer than most;
 * NAME_TABLE_NONE when it is full. */
size_t name_table_add(struct name_table *table, struct slice name, size_t most);
/* The number of name, or NAME_TABLE_NONE. */
size_t name_table_find(const struct name_table *table, struct slice name);

#endif
