/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observed_json.h - what telemetry showed, as JSON: observed.json.
 *
 * Format 1. Times in seconds, stamps in ISO 8601 UTC; a figure that is not known is null. Keys are
 * added, never renamed. No date, host or duration: the same files give the same bytes. */
#ifndef CAPSIM_INPUTS_TELEMETRY_OBSERVED_JSON_H
#define CAPSIM_INPUTS_TELEMETRY_OBSERVED_JSON_H

#include "inputs/telemetry/observed.h"
#include <stdio.h>

/* Writes the finished form to stream, whose error flag tells of a failure. */
void observed_json_write(const struct observed *observed, FILE *stream);

#endif
