/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/arena.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT = 64, FIRST_BLOCK = 1 << 13, MAX_STEP = 1 << 26 };

/* Where AddressSanitizer watches, it sees what an arena has not handed out, and a gap behind all
 * that it has: else one could run over into the other unseen. */
#if defined(__SANITIZE_ADDRESS__)
#define WATCHES_ADDRESSES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHES_ADDRESSES 1
#endif
#endif
#ifdef WATCHES_ADDRESSES
#include <sanitizer/asan_interface.h>
enum { GAP = ALIGNMENT };
#define FORBID(bytes, size) __asan_poison_memory_region(bytes, size)
#define ALLOW(bytes, size) __asan_unpoison_memory_region(bytes, size)
#else
enum { GAP = 0 };
#define FORBID(bytes, size) ((void)0)
#define ALLOW(bytes, size) ((void)0)
#endif

/* A block of memory; what is handed out follows the header. */
struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(ALIGNMENT) char bytes[];
};

/* Blocks in the order they are filled; `current` is being filled, those after it are empty. */
struct arena {
    struct arena_block *first, *current;
    size_t total;
    struct arena *inside, *next; /* arenas inside it; the next one beside it */
};

/* No request this large is honest: it comes of a size that overflowed, or cannot be met. */
static const size_t MAX_REQUEST = (size_t)1 << 40;

/* Several threads may find at once that there is no more: one of them says so and ends the process,
 * the others wait for that. What exit itself runs, such as the last flush of a stream, may ask
 * again: then there is nothing to wait for. */
static void be_the_one_that_ends(void)
{
    static atomic_flag is_ending = ATOMIC_FLAG_INIT;
    static _Thread_local bool is_the_one;
    if (is_the_one)
        _exit(4);
    while (atomic_flag_test_and_set(&is_ending))
        pause();
    is_the_one = true;
}

static _Noreturn void end_without_memory(size_t size)
{
    be_the_one_that_ends();
    fprintf(stderr, "capsim: out of memory: could not get %zu more bytes\n", size);
    exit(4);
}

/* Bytes that all arenas hold, and the most that they may. */
static atomic_size_t held_by_all;
static size_t most_for_all;

void arena_limit(size_t bytes)
{
    most_for_all = bytes;
}

static _Noreturn void end_at_limit(void)
{
    be_the_one_that_ends();
    fprintf(stderr, "capsim: out of memory: the limit of %zu bytes is reached\n", most_for_all);
    exit(4);
}

/* The arena's own; alignment is a cache line so that hot records do not straddle two. */
static void *get_memory(size_t size)
{
    void *memory = NULL;
    size_t held = atomic_fetch_add(&held_by_all, size) + size;
    if (most_for_all > 0 && held > most_for_all)
        end_at_limit();
    if (size > MAX_REQUEST || posix_memalign(&memory, ALIGNMENT, size) != 0)
        end_without_memory(size);
    return memory;
}

void *arena_library_malloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (!memory)
        end_without_memory(size);
    return memory;
}

void *arena_library_memory(void *memory)
{
    if (memory)
        return memory;
    be_the_one_that_ends();
    fprintf(stderr, "capsim: out of memory\n");
    exit(4);
}

void arena_library_free(void *memory)
{
    free(memory);
}

struct arena *arena_open(void)
{
    struct arena *arena = get_memory(sizeof *arena);
    *arena = (struct arena){0};
    return arena;
}

struct arena *arena_open_inside(struct arena *arena)
{
    struct arena *inside = arena_open();
    inside->next = arena->inside;
    arena->inside = inside;
    return inside;
}

static void close_inside(struct arena *arena)
{
    for (struct arena *inside = arena->inside, *next; inside; inside = next) {
        next = inside->next;
        arena_close(inside);
    }
    arena->inside = NULL;
}

void arena_close(struct arena *arena)
{
    if (!arena)
        return;
    close_inside(arena);
    for (struct arena_block *block = arena->first, *next; block; block = next) {
        next = block->next;
        ALLOW(block->bytes, block->size);
        atomic_fetch_sub(&held_by_all, sizeof *block + block->size);
        free(block);
    }
    atomic_fetch_sub(&held_by_all, sizeof *arena);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    close_inside(arena);
    for (struct arena_block *block = arena->first; block; block = block->next) {
        FORBID(block->bytes, block->used);
        block->used = 0;
    }
    arena->current = arena->first;
}

/* Blocks double up to MAX_STEP, so their number stays small and little is wasted. */
static struct arena_block *add_block(struct arena *arena, size_t size)
{
    size_t capacity = arena->total < FIRST_BLOCK ? FIRST_BLOCK
                      : arena->total > MAX_STEP  ? MAX_STEP
                                                 : arena->total;
    if (capacity < size)
        capacity = size;
    struct arena_block *block = get_memory(sizeof *block + capacity);
    *block = (struct arena_block){.size = capacity};
    FORBID(block->bytes, capacity);
    arena->total += capacity;
    if (arena->current) {
        block->next = arena->current->next;
        arena->current->next = block;
    } else {
        arena->first = block;
    }
    return block;
}

/* What fills a cache line begins one: records and nodes of that size lie in as few as can be. */
void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > MAX_REQUEST)
        end_without_memory(size);
    size_t unit = size < ALIGNMENT ? alignof(max_align_t) : ALIGNMENT, asked = size;
    size = ((size + unit - 1) & ~(unit - 1)) + GAP;
    struct arena_block *block = arena->current;
    if (block)
        block->used = (block->used + unit - 1) & ~(unit - 1);
    while (block && block->size - block->used < size)
        block = block->next;
    if (!block)
        block = add_block(arena, size);
    arena->current = block;
    void *memory = block->bytes + block->used;
    block->used += size;
    ALLOW(memory, asked);
    return memset(memory, 0, asked);
}

size_t arena_add_sizes(size_t a, size_t b)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        end_without_memory(SIZE_MAX);
    return sum;
}

size_t arena_multiply_sizes(size_t a, size_t b)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        end_without_memory(SIZE_MAX);
    return product;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, arena_multiply_sizes(count, size));
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t size = arena_add_sizes(strlen(text), 1);
    return memcpy(arena_alloc(arena, size), text, size);
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = arena_alloc(arena, size);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

size_t arena_held(void)
{
    return atomic_load(&held_by_all);
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->total;
}
