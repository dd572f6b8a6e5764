/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saved_report.h - a report that capsim wrote, read back for a page or for a check. */
#ifndef CAPSIM_INPUTS_RECORDS_SAVED_REPORT_H
#define CAPSIM_INPUTS_RECORDS_SAVED_REPORT_H

#include "reports/result/result.h"
#include "sim/base/error.h"
#include <jansson.h>

/* The bytes of a file that capsim wrote, and their tree, which is to be let go of. */
struct saved_report {
    const char *path, *text;
    size_t length;
    json_t *root; /* NULL: it could not be read */
};

/* Reads path ("-": standard input), which must be JSON. */
bool saved_report_read(const char *path, struct arena *arena, struct saved_report *written,
                       struct error *err);
/* The result that a report was written from, in arena (result_read.h). NULL: it is none; the error
 * has line, column and pointer. */
const struct result *saved_report_result(const struct saved_report *written, struct arena *arena,
                                         struct error *err);

/* The same of a file that must be a report or an answer; else STATUS_INPUT says so. */
bool saved_report_read_written(const char *path, struct arena *arena, struct saved_report *written,
                               struct error *err);
/* The same of a file that may be a scenario instead: root NULL. What can be read only once is taken
 * for a scenario. */
struct saved_report saved_report_look(const char *path, struct arena *arena);
/* saved_report_result of what may be the answer of another subcommand, which is refused. */
const struct result *saved_report_page(const struct saved_report *written, struct arena *arena,
                                       struct error *err);

#endif
