/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibration_record.h - what a calibration is asked: which inputs are free, and what was measured
 * (measurements.h is the format). */
#ifndef CAPSIM_INPUTS_RECORDS_CALIBRATION_RECORD_H
#define CAPSIM_INPUTS_RECORDS_CALIBRATION_RECORD_H

#include "models/studies/calibration_study.h"

enum { CALIBRATION_REPLICATIONS = 20 };

/* Reads texts[count], "PATH=LOW:HIGH", 1 to CALIBRATE_INPUTS of them, into study->free. A
 * STATUS_USAGE error shows the option. */
bool calibration_record_frees(const char *const *texts, size_t count, struct arena *arena,
                              struct calibration_study *study, struct error *err);

/* Reads the measured values of path into study->metric and study->measured; those named by
 * held_out[count] take no part in the fit. study->set and study->setting are there. STATUS_INPUT
 * with its place: an unknown metric, another length than a run has. */
bool calibration_record_measured(const char *path, const char *const *held_out, size_t count,
                                 const struct model *model, struct arena *arena,
                                 struct calibration_study *study, struct error *err);

#endif
