/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_numbers.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *numbers; /* NULL: not kept */

void measure_numbers_begin(void)
{
    numbers = json_object();
}

void measure_numbers_keep(const char *name, const char *what, double value)
{
    char key[128];
    snprintf(key, sizeof key, "%s.%s", name, what);
    if (numbers != NULL && isfinite(value))
        json_object_set_new(numbers, key, json_real(value));
}

bool measure_numbers_write(const char *path)
{
    bool is_written = json_dump_file(numbers, path, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0;
    if (!is_written)
        fprintf(stderr, "bench: cannot write %s\n", path);
    json_decref(numbers);
    numbers = NULL;
    return is_written;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double measure_median(const double *values, int count)
{
    double sorted[64];
    memcpy(sorted, values, (size_t)count * sizeof *values);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
    return 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]);
}
