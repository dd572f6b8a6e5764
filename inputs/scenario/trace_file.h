/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_file.h - a CSV file of recorded requests, checked once and kept as rows of numbers.
 *
 * The file is read a block at a time by libcsv, never held whole. Every row is checked: as many
 * fields as the header has, numbers where numbers are due, none below 0, arrivals in order. What
 * the scenario asks for is written, in nanoseconds, to a temporary file without a name, from which
 * replications fetch any rows at any time: so they cannot meet a mistake, and a file that changes
 * later changes nothing. Rows are counted with the header as row 1; blank lines are no rows. */
#ifndef CAPSIM_INPUTS_SCENARIO_TRACE_FILE_H
#define CAPSIM_INPUTS_SCENARIO_TRACE_FILE_H

#include "models/spec/arrival_trace.h"
#include "sim/base/arena.h"

enum { TRACE_FILE_HEX = 65 }; /* a SHA-256 as text */

struct trace_request {
    const char *path, *shown;   /* to open, and for messages                                    */
    const char *const *columns; /* [column_count] names in the header; the first is the arrival */
    size_t column_count;        /* 1 .. 1 + ARRIVAL_TRACE_MAX_VALUES                            */
    double unit_ns;             /* of its numbers                                               */
};

struct trace_facts {
    double means_s[1 + ARRIVAL_TRACE_MAX_VALUES]; /* of each column                            */
    uint64_t bytes;                               /* of the file                               */
    char sha256[TRACE_FILE_HEX];
};

/* Fills trace but rounds, round and scale. Errors name the file, the line, and "row 17, column
 * service_s". trace->descriptor is open until trace_file_close. */
bool trace_file_read(const struct trace_request *request, struct arena *arena,
                     struct arrival_trace *trace, struct trace_facts *facts, struct error *err);
void trace_file_close(int descriptor);

#endif
