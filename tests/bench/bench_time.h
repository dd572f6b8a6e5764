/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_time.h - a clock, and one core to hold still on. */
#ifndef CAPSIM_TESTS_BENCH_BENCH_TIME_H
#define CAPSIM_TESTS_BENCH_BENCH_TIME_H

#include <sched.h>
#include <time.h>

/* Seconds of the monotonic clock. */
static inline double bench_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Keeps this thread on the last core it may use: the first ones serve interrupts. */
static inline void bench_pin(void)
{
    cpu_set_t mine, one;
    if (sched_getaffinity(0, sizeof mine, &mine) != 0)
        return;
    CPU_ZERO(&one);
    for (size_t core = CPU_SETSIZE; core-- > 0;) {
        if (CPU_ISSET(core, &mine)) {
            CPU_SET(core, &one);
            break;
        }
    }
    sched_setaffinity(0, sizeof one, &one);
}

#endif
