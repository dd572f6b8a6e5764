/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - memory that is handed out by moving a pointer and taken back all at once.
 *
 * One arena per replication (reset between replications, its blocks are kept) and one for the
 * scenario. What is created in an arena needs no destroy. An arena that cannot grow says so on
 * standard error and ends the process with exit code 4: no caller has to test for NULL. Not for use
 * by two threads at once. */
#ifndef CAPSIM_SIM_BASE_ARENA_H
#define CAPSIM_SIM_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena. Ends the process with 4 if there is no memory. */
struct arena *arena_open(void);
/* The same, which ends with `arena`: when that is closed or reset. Another thread may use it. */
struct arena *arena_open_inside(struct arena *arena);
/* Frees the arena and all that was created in it. NULL is allowed. */
void arena_close(struct arena *arena);
/* Takes everything back; the blocks stay with the arena for the next round. */
void arena_reset(struct arena *arena);

/* size bytes (0 allowed), aligned for any type including __int128, contents zeroed. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
/* count elements of size bytes each, zeroed; ends with 4 when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));
/* The sum and the product of sizes. One that does not fit asks for more than there can be: the
 * process ends with 4, as without memory. */
size_t arena_add_sizes(size_t a, size_t b);
size_t arena_multiply_sizes(size_t a, size_t b);
/* A copy of text. */
char *arena_strdup(struct arena *arena, const char *text) __attribute__((returns_nonnull));
/* A formatted string. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
/* From here on all arenas together hold at most so many bytes; whoever asks for more ends the
 * process, as without memory. 0: no limit but the machine's. Call it before there are threads. */
void arena_limit(size_t bytes);

/* For a library that asks for its own memory and may not notice that there is none: memory from
 * malloc, or the end of the process with the arena's message and exit status 4. */
void *arena_library_malloc(size_t size) __attribute__((returns_nonnull));
void arena_library_free(void *memory);
/* What a library has allocated: memory itself, or if it is NULL the same end. */
void *arena_library_memory(void *memory) __attribute__((returns_nonnull));

/* Bytes held by all arenas together. */
size_t arena_held(void);
/* Bytes held by the arena's blocks: its peak since arena_open. */
size_t arena_bytes(const struct arena *arena);

#endif
