/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_criteria.h - "criteria": what must hold, for which settings. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_CRITERIA_H
#define CAPSIM_INPUTS_SCENARIO_READ_CRITERIA_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

enum {
    READ_CRITERIA_MAX_WINDOWS = 1000000, /* of "in every", in one replication                     */
    READ_CRITERIA_MAX_STEPS = 10000      /* windows of run.window in "over" and "for": kept apart */
};

/* Reads the list at `at` (absent: none) into scenario, whose run was read. names[name_count]: the
 * settings that there are, "baseline" first. */
bool read_criteria(struct json_cursor *at, const char *const *names, size_t name_count,
                   struct scenario *scenario);

/* Warns where the metric is written with other words than the criterion has it. */
void read_criteria_note_words(const struct json_cursor *expect,
                              const struct criterion_spec *criterion);

/* Whether a window that slides, or a stretch (`over`, `for`), is a whole number of the windows of
 * the series, and not too many; else the text at expect is at fault. */
bool read_criteria_check_steps(const struct json_cursor *expect,
                               const struct criterion_spec *criterion, const struct run_spec *run);

#endif
