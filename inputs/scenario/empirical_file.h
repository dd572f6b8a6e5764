/* SPDX-License-Identifier: GPL-3.0-or-later */
/* empirical_file.h - a table of measured values: CSV text with one numeric column. */
#ifndef CAPSIM_INPUTS_SCENARIO_EMPIRICAL_FILE_H
#define CAPSIM_INPUTS_SCENARIO_EMPIRICAL_FILE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stddef.h>

/* The numbers of text[length] in the order of the file, in arena; *count >= 1 of them. A first row
 * that is no number is a header. Blank lines count as lines, not as values. The error names file
 * and the line. */
bool empirical_file_parse(const char *file, const char *text, size_t length, struct arena *arena,
                          double **values, size_t *count, struct error *err);

#endif
