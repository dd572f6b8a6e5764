/* wide.h - the 128-bit integer: sums of nanoseconds over a long run overflow 64 bits. A compiler
 * extension of gcc and clang, named once so that -Wpedantic stays on everywhere else. */
#ifndef CAPSIM_SIM_KERNEL_WIDE_H
#define CAPSIM_SIM_KERNEL_WIDE_H

#include <stdint.h>

__extension__ typedef __int128 wide_int;
__extension__ typedef unsigned __int128 wide_uint;

/* The lesser of two, without a branch. gcc makes conditional moves of the plain expression; clang
 * makes a branch of it, which is wrong every other time and costs three times as much. */
static inline wide_uint wide_least(wide_uint a, wide_uint b)
{
#ifdef __clang__
    uint64_t take_b = -(uint64_t)(b < a), low = (uint64_t)a, high = (uint64_t)(a >> 64);
    low ^= (low ^ (uint64_t)b) & take_b;
    high ^= (high ^ (uint64_t)(b >> 64)) & take_b;
    return (wide_uint)high << 64 | low;
#else
    return b < a ? b : a;
#endif
}

/* *sum plus or minus value. In halves: gcc takes the plain sum through the stack where registers
 * are short, at three times the instructions. */
static inline void wide_add(wide_int *sum, uint64_t value)
{
    uint64_t low = (uint64_t)*sum, high = (uint64_t)(*sum >> 64);
    high += __builtin_add_overflow(low, value, &low);
    *sum = (wide_int)((wide_uint)high << 64 | low);
}

static inline void wide_subtract(wide_int *sum, uint64_t value)
{
    uint64_t low = (uint64_t)*sum, high = (uint64_t)(*sum >> 64);
    high -= __builtin_sub_overflow(low, value, &low);
    *sum = (wide_int)((wide_uint)high << 64 | low);
}

#endif
