/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_parts.h - one log of requests in several files.
 *
 * A log that was rotated comes in files that follow each other; instances of one service write logs
 * of the same time. Files of one format are parts of one log when they follow each other without a
 * gap, or lie beside each other with other requests in them. Of an application that has a pool each
 * instance has one of its own, so there the longest file stands for itself, and that is said. The
 * same bytes twice, or the same requests seen at two places, count once. */
#ifndef CAPSIM_INPUTS_TELEMETRY_REQUEST_PARTS_H
#define CAPSIM_INPUTS_TELEMETRY_REQUEST_PARTS_H

#include "inputs/telemetry/observed.h"

/* The requests of all files written by the application itself (or by others) that are parts of the
 * log with the most; NULL: there is none with two requests. has_pool: of the application. What is
 * joined or left out becomes a finding. */
const struct observed_requests *request_parts_join(struct observed *observed, bool is_application,
                                                   bool has_pool);
/* True when the files are parts of one log by their format: their rates and means may differ. */
bool request_parts_are_alike(const struct observed *observed, size_t file, size_t other);

#endif
