/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims_record.h - a file of claims about a system (inputs/claims-format.md is its manual).
 *
 * A value is what may be written in a scenario, in the unit of what it is ("420ms", "500/s",
 * "16 GB", "75%", a bare count), or a range of two; with "<=" or ">=" in front it is a bound. With
 * "uncertain" it may be off by so much; without, one that is written with decimals or in % by half
 * of its last digit, and a whole one by nothing. */
#ifndef CAPSIM_INPUTS_RECORDS_CLAIMS_RECORD_H
#define CAPSIM_INPUTS_RECORDS_CLAIMS_RECORD_H

#include "models/spec/spec.h"
#include "models/studies/claims_audit.h"

/* The same of a text; file: in messages. */
bool claims_record_parse(const char *file, const char *text, size_t length, struct arena *arena,
                         struct claims *claims, struct error *err);
/* Reads the claims at path, which messages and provenance call label (NULL: path). *set is what an
 * answer stands on: the file, its name and title. STATUS_INPUT with the place of a mistake. */
bool claims_record_read(const char *path, const char *label, struct arena *arena,
                        struct claims *claims, struct scenario_set *set, struct error *err);

#endif
