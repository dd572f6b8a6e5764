/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_model.h - a model that costs nothing, for tests of studies: waits are drawn, not simulated.
 */
#ifndef CAPSIM_TESTS_SUPPORT_FAKE_MODEL_H
#define CAPSIM_TESTS_SUPPORT_FAKE_MODEL_H

#include "sim/study/study.h"

/* Settings with the same seed share their random numbers. */
struct fake {
    uint64_t seed;
    double mean, sd;        /* of the normal column                                          */
    double scale_s;         /* of the exponential waits                                      */
    uint32_t waits;         /* in one replication                                            */
    double loss_rate;       /* chance that one of 1000 tries is lost                         */
    uint32_t fails_at;      /* replication that fails; UINT32_MAX: none                      */
    uint32_t interrupts_at; /* replication that sets is_interrupted; UINT32_MAX: none        */
    atomic_bool *is_interrupted;
};

/* The columns: a normal number, quantiles of the waits, the share of tries that were lost
 * (clustered as the waits are), mean and spread of the waits, and 1000 times the mean plus the
 * normal noise, of which more is better. */
enum {
    FAKE_NORMAL,
    FAKE_P95,
    FAKE_P50,
    FAKE_LOSS,
    FAKE_MEAN_WAIT,
    FAKE_SD_WAIT,
    FAKE_GAIN,
    FAKE_COLUMNS
};

/* Mean 1.7, sd 0.31; 5000 waits of 61.3 ms in the mean; no losses, failures or interruptions. */
struct fake fake_usual(void);

/* A setting on fake with count criteria. */
struct study_setting fake_setting(const struct fake *fake, const struct study_criterion *criteria,
                                  size_t count);
/* "column op limit", without a reference. */
struct study_criterion fake_limit(int column, enum comparison op, double limit);
/* No worse than setting 0, without a limit. */
struct study_criterion fake_no_worse(int column, double margin);

/* One thread, 95 %, and a precision of 0.01 % that is hardly ever reached. */
struct study_options fake_options(size_t min, size_t max);
/* Runs a study and expects no error. */
struct study_outcome fake_run(const struct study_setting *settings, size_t count,
                              const struct study_options *options, struct arena *arena);
/* The study of one setting with one criterion. */
struct study_outcome fake_judge(const struct fake *fake, struct study_criterion criterion,
                                size_t min, size_t max, struct arena *arena);

#endif
