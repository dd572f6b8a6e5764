/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_heap.h - a binary heap of 64-bit keys for the reference loops: the least first. */
#ifndef CAPSIM_TESTS_BENCH_REFERENCE_HEAP_H
#define CAPSIM_TESTS_BENCH_REFERENCE_HEAP_H

#include <stdint.h>

/* key[1..count], and one behind them that is never less than another. */
struct reference_heap {
    uint64_t *key;
    uint32_t count;
};

/* The least key; UINT64_MAX when there is none. */
static inline uint64_t reference_heap_least(const struct reference_heap *heap)
{
    return heap->count > 0 ? heap->key[1] : UINT64_MAX;
}

/* Puts key in place of the least. There is one. */
static inline void reference_heap_replace(struct reference_heap *heap, uint64_t key)
{
    uint32_t at = 1, child = 2;
    while (child <= heap->count) {
        uint64_t left = heap->key[child], right = heap->key[child + 1];
        uint32_t goes_right = right < left;
        uint64_t least = goes_right ? right : left;
        if (least >= key)
            break;
        heap->key[at] = least;
        at = child + goes_right;
        child = 2 * at;
    }
    heap->key[at] = key;
}

/* Adds key; there is room for it and for one more. */
static inline void reference_heap_push(struct reference_heap *heap, uint64_t key)
{
    uint32_t at = ++heap->count;
    heap->key[at + 1] = UINT64_MAX;
    while (at > 1 && heap->key[at / 2] > key) {
        heap->key[at] = heap->key[at / 2];
        at /= 2;
    }
    heap->key[at] = key;
}

/* Takes the least away. There is one. */
static inline void reference_heap_pop(struct reference_heap *heap)
{
    uint64_t last = heap->key[heap->count];
    heap->key[heap->count--] = UINT64_MAX;
    if (heap->count > 0)
        reference_heap_replace(heap, last);
}

#endif
