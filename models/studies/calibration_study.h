/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibration_study.h - the values of a few inputs of a scenario with which it shows what was
 * measured (calibrate.h): each trial is the setting under values laid over it, read anew by whoever
 * can, on the same customers. */
#ifndef CAPSIM_MODELS_STUDIES_CALIBRATION_STUDY_H
#define CAPSIM_MODELS_STUDIES_CALIBRATION_STUDY_H

#include "models/spec/vary.h"
#include "models/studies/exploration.h"
#include "sim/study/calibrate.h"

/* One of the metrics that were measured. */
struct calibration_metric {
    const char *name, *unit;
    int column; /* of the setting's model */
};

struct calibration_study {
    struct exploration_source source; /* by the caller, as the next four are */
    const struct scenario_set *set;
    size_t setting;
    const struct vary *free; /* [frees] ranges */
    size_t frees;
    struct calibration_metric *metric; /* [metrics] */
    struct calibrate_metric *measured; /* likewise */
    size_t metrics;
    size_t replications; /* of each trial, >= 2 */
    bool is_logarithmic;
    int64_t warmup_ns;
    struct replications_options workers;
    double confidence;
    bool is_interrupted;
    struct error trouble; /* of the first trial that could not be simulated */
    struct calibration found;
};

/* Finds the warm-up of the setting as it is written, which all trials share, and calibrates. False
 * with err filled, or with STATUS_OK when interrupted. */
bool calibration_study_run(struct calibration_study *study,
                           const struct replications_options *workers, struct arena *arena,
                           struct error *err);

/* A value of free input number input as it may be written in the scenario: "38.52ms"; in arena. */
const char *calibration_study_write(const struct calibration_study *study, size_t input,
                                    double value, struct arena *arena);

#endif
