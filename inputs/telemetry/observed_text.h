/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observed_text.h - what telemetry showed, for people: what each file was taken for and by what
 * sign, arrivals with their dispersion, every figure with its kind, findings, what cannot be
 * known. */
#ifndef CAPSIM_INPUTS_TELEMETRY_OBSERVED_TEXT_H
#define CAPSIM_INPUTS_TELEMETRY_OBSERVED_TEXT_H

#include "inputs/telemetry/draft.h"

/* Writes the finished form; draft NULL: none was made, and `why_not` says why. The stream's error
 * flag tells of a failure. */
void observed_text_write(const struct observed *observed, const struct draft *draft,
                         const char *why_not, FILE *stream);

#endif
