/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_trace.h - a recorded load, from its file to the answer, beside reference_trace. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_TRACE_H
#define CAPSIM_TESTS_BENCH_MEASURE_TRACE_H

#include <stdbool.h>

/* Writes a trace of a million rows to a folder in /tmp, prints the line, and removes the folder.
 * The time is that of reading scenario and trace and of running them once. False when the two
 * answers differ, or when the trace cannot be written. */
bool measure_trace(void);

#endif
