/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_numbers.h - what the benches found, by name, for --json; and the median. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_NUMBERS_H
#define CAPSIM_TESTS_BENCH_MEASURE_NUMBERS_H

#include <stdbool.h>

/* From here on numbers are kept; without this they are not. */
void measure_numbers_begin(void);
/* Keeps "name.what"; a value that is not finite is left out. */
void measure_numbers_keep(const char *name, const char *what, double value);
/* Writes them; false, with a message, when that cannot be. */
bool measure_numbers_write(const char *path);

/* Of values[count], 1 <= count <= 64, which stay as they are. */
double measure_median(const double *values, int count);

#endif
