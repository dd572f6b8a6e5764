/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_record.h - a ledger of projections and what was measured (inputs/ledger-format.md). */
#ifndef CAPSIM_INPUTS_RECORDS_LEDGER_RECORD_H
#define CAPSIM_INPUTS_RECORDS_LEDGER_RECORD_H

#include "models/spec/spec.h"
#include "reports/result/ledger.h"

/* Reads the ledger at path, which messages and provenance call label (NULL: path). *set is what an
 * answer stands on: the file, its name and title. STATUS_INPUT with the place of a mistake. */
bool ledger_record_read(const char *path, const char *label, struct arena *arena,
                        struct ledger *ledger, struct scenario_set *set, struct error *err);
/* The same of text[length], which messages and provenance call file. */
bool ledger_record_parse(const char *text, size_t length, const char *file, struct arena *arena,
                         struct ledger *ledger, struct scenario_set *set, struct error *err);

#endif
