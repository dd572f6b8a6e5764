/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validation_report.h - the table of `make validate`, as Markdown: what was compared, how it is
 * judged, every value, and whether wrong engines are seen. Nothing in it depends on the machine or
 * the day. */
#ifndef CAPSIM_TESTS_VALIDATE_VALIDATION_REPORT_H
#define CAPSIM_TESTS_VALIDATE_VALIDATION_REPORT_H

#include "tests/validate/agreement.h"
#include <stdio.h>

/* What an engine gave: against exact.json, against the loop over recordings, against real systems.
 */
struct engine_outcome {
    const char *what; /* is wrong with it; NULL: capsim as it is                                 */
    struct agreements exact, replays, measured;
};

/* True if everything agrees and the spread of z is what it must be (when the whole family was run).
 */
bool engine_outcome_holds(const struct engine_outcome *outcome, bool is_whole);

/* What stands above the values: the summary of the outcome. */
void validation_write_summary(FILE *out, const struct engine_outcome *outcome,
                              const struct reference_table *exact);
/* One line for each wrong engine; call it after the heading. */
void validation_write_wrong_heading(FILE *out);
void validation_write_wrong(FILE *out, const struct engine_outcome *outcome, bool is_whole);
/* Every value of the outcome, and the rows that no scenario expresses. */
void validation_write_values(FILE *out, const struct engine_outcome *outcome,
                             const struct reference_table *exact);

#endif
