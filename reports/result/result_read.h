/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_read.h - a report.json back into the result that it was written from.
 *
 * All that a page shows is there again: the page of a run and the page of its report are the same
 * bytes. Series and the replications' own values stay in the JSON. Unknown keys are left alone: a
 * later version may write more. */
#ifndef CAPSIM_REPORTS_RESULT_RESULT_READ_H
#define CAPSIM_REPORTS_RESULT_RESULT_READ_H

#include "reports/result/result.h"
#include <jansson.h>

/* The result of root, a report of format 1; everything is copied into arena. NULL with STATUS_INPUT
 * and the JSON pointer when a key is missing or of another type. */
const struct result *result_read(const json_t *root, struct arena *arena, struct error *err);

#endif
