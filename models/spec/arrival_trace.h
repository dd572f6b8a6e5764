/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrival_trace.h - recorded arrivals, and the values that each of them brings, as models see them.
 *
 * inputs has read the file once, checked every row and keeps the rows where any part of them can be
 * fetched at any time (trace_file.h); so replications read the same rows from several threads and
 * in constant memory, and find no mistake in them. */
#ifndef CAPSIM_MODELS_SPEC_ARRIVAL_TRACE_H
#define CAPSIM_MODELS_SPEC_ARRIVAL_TRACE_H

#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRIVAL_TRACE_MAX_VALUES = 16, ARRIVAL_TRACE_ENDLESS = -1 };

struct arrival_trace {
    const char *file;   /* as the scenario names it                                          */
    uint64_t rows;      /* >= 1                                                              */
    size_t value_count; /* values of each row, beside its arrival                            */
    int64_t first_ns, last_ns; /* arrival of the first and of the last row, 0 <= first <= last */
    int64_t rounds;   /* how often it is played; ARRIVAL_TRACE_ENDLESS                    */
    int64_t round_ns; /* from one playing to the next, > 0 when it is repeated            */
    double scale;     /* how many times faster it is played, > 0; values stay as they are */
    /* Fetches count rows from number row on into cells, 1 + value_count for each: its arrival, not
     * before the one of the row before it, then its values [ns, >= 0]. Any thread may call it at
     * any time. Fails with STATUS_IO when the machine does. */
    bool (*fetch)(const struct arrival_trace *trace, uint64_t row, size_t count, int64_t *cells,
                  struct error *err);
    int descriptor; /* for fetch */
};

#endif
