/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_process.h - what the operating system knows of a process: its memory, its time. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_PROCESS_H
#define CAPSIM_TESTS_BENCH_MEASURE_PROCESS_H

/* The most memory this process had resident so far, since its exec [KiB]. */
long process_peak_kib(void);

/* Runs argv (ends with NULL) to its end, without output. Returns seconds from start to end;
 * *status, exit status; NaN and 127 when it cannot be started. */
double process_time(const char *const *argv, int *status);

/* Runs this program again with the one argument given and returns the number it prints; NaN when it
 * prints none. */
double process_ask_self(const char *argument);

#endif
