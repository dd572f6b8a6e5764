/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - whether what was written has arrived.
 *
 * A stream keeps bytes back: a full disk or a closed pipe often shows only when it is flushed, and
 * an earlier failure only in its error flag. */
#ifndef CAPSIM_REPORTS_FILES_OUTPUT_H
#define CAPSIM_REPORTS_FILES_OUTPUT_H

#include "sim/base/error.h"
#include <stdio.h>

/* Flushes out. False with STATUS_IO when that failed, or any write to it before. */
bool output_flush(FILE *out, struct error *err);

#endif
