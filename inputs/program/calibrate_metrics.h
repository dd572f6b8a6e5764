/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate_metrics.h - calibrate by metrics: what is free and what was measured in, the scenario
 * with what was found out. */
#ifndef CAPSIM_INPUTS_PROGRAM_CALIBRATE_METRICS_H
#define CAPSIM_INPUTS_PROGRAM_CALIBRATE_METRICS_H

#include "inputs/program/main.h"
#include "models/studies/calibration_study.h"

/* Reads the free inputs and, by the metrics that the setting has, what was measured. */
bool calibrate_metrics_read(struct job *job, struct calibration_study *study, struct error *err);
/* Puts the scenario with what was found into the answer; none, where nothing was. */
bool calibrate_metrics_write(struct job *job, const struct calibration_study *study,
                             struct answer *answer, struct error *err);

#endif
