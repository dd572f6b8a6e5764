/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_entry.h - what was found of a candidate, as a line of a journal: text from which every
 * number comes back exactly. */
#ifndef CAPSIM_INPUTS_RECORDS_JOURNAL_ENTRY_H
#define CAPSIM_INPUTS_RECORDS_JOURNAL_ENTRY_H

#include "sim/study/probe.h"

/* The finished probe number index as a line; of its estimates only columns[count] (COLUMN_NONE is
 * left out). In arena. */
const char *journal_entry_write(size_t index, const struct probe *probe, const int *columns,
                                size_t count, struct arena *arena);

/* The number that a line begins with. */
bool journal_entry_index(const char *line, size_t *index);

/* Fills the probe, which was not run, from its line. False when the line is not of such a probe. */
bool journal_entry_read(const char *line, struct probe *probe, const int *columns, size_t count,
                        struct arena *arena);

#endif
