/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wide.h - the 128-bit integer: sums of nanoseconds over a long run overflow 64 bits. A compiler
 * extension of gcc and clang, named once so that -Wpedantic stays on everywhere else. */
#ifndef CAPSIM_SIM_BASE_WIDE_H
#define CAPSIM_SIM_BASE_WIDE_H

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

/* *sum plus value, which is not negative. In halves: gcc takes the plain sum through the stack
 * where registers are short, at three times the instructions. */
static inline void wide_add(wide_int *sum, uint64_t value)
{
    uint64_t low = (uint64_t)*sum, high = (uint64_t)(*sum >> 64);
    high += __builtin_add_overflow(low, value, &low);
    *sum = (wide_int)((wide_uint)high << 64 | low);
}

/* A sum that goes up and down and seldom leaves 64 bits: low + high * 2^64, with low signed, so
 * that high is not touched until it does. All zero: 0. */
struct wide_sum {
    int64_t low, high;
};

/* The sum as one integer. */
static inline wide_int wide_sum_value(const struct wide_sum *sum)
{
    return (wide_int)((wide_uint)(wide_int)sum->high << 64) + sum->low;
}

/* The integer as a sum. */
static inline struct wide_sum wide_sum_of(wide_int value)
{
    int64_t low = (int64_t)(uint64_t)value;
    return (struct wide_sum){low, (int64_t)((value - low) >> 64)};
}

/* *sum plus or minus value, which is not negative. */
static inline void wide_sum_add(struct wide_sum *sum, int64_t value)
{
    if (__builtin_expect(__builtin_add_overflow(sum->low, value, &sum->low), 0))
        sum->high++;
}

static inline void wide_sum_subtract(struct wide_sum *sum, int64_t value)
{
    if (__builtin_expect(__builtin_sub_overflow(sum->low, value, &sum->low), 0))
        sum->high--;
}

#endif
