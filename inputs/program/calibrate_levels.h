/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate_levels.h - calibrate by load levels: the contention of processors. */
#ifndef CAPSIM_INPUTS_PROGRAM_CALIBRATE_LEVELS_H
#define CAPSIM_INPUTS_PROGRAM_CALIBRATE_LEVELS_H

#include "inputs/program/main.h"
#include "reports/answers/levels_answer.h"

/* True when the file of --measured is no JSON: load levels. */
bool calibrate_levels_are_meant(const struct job *job, struct error *err);
/* Reads the levels of all files of --measured, finds the processors that they are of in the setting
 * and fits. */
bool calibrate_levels_fit(struct job *job, const struct setting_spec *setting,
                          struct levels_found *found, struct error *err);
/* The scenario with the coefficients, as text in the job's arena. */
bool calibrate_levels_write(struct job *job, const struct setting_spec *setting,
                            const struct levels_found *found, const char **text, struct error *err);

#endif
