/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_record.h - a folder of evidence read back, to hold against it what was measured. */
#ifndef CAPSIM_INPUTS_RECORDS_EVIDENCE_RECORD_H
#define CAPSIM_INPUTS_RECORDS_EVIDENCE_RECORD_H

#include "inputs/records/measurements.h"
#include "inputs/records/run_record.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/score_study.h"
#include "reports/result/result.h"
#include "reports/result/score.h"

struct evidence_record {
    struct run_record run;
    struct measured_projections projections; /* of the change, and of a load test if there is one */
    const char *after;                       /* the changed setting */
    const char *scenario;                    /* path of its copy    */
};

/* Reads the folder at path. STATUS_INPUT: it is no folder of evidence. */
bool evidence_record_read(const char *path, struct arena *arena, struct evidence_record *record,
                          struct error *err);

/* A prediction is of a run of one length: an hour's p95 varies less than a minute's, and its
 * highest value is higher; and what was measured is judged by runs on customers that nothing was
 * fitted on. So runs of the measured length are simulated. Makes `request`, which is that of the
 * evidence, one of the changed setting alone for so long, RANK_TEST_RUNS times with the
 * seed of the measurement, without criteria: they may be about longer windows. */
void evidence_record_request(const struct evidence_record *record,
                             const struct measurements *actual, struct arena *arena,
                             struct scenario_request *request);
/* Takes what was found of the values, in runs of the setting or in load tests, in place of what the
 * evidence projects, by name; what was not observed in runs of that length is not projected. */
void evidence_record_replace(struct measured_value *values, size_t count, const char *prefix,
                             const struct result_setting *found, struct arena *arena);

/* The measured values as score_study wants them: [value_count + test_count], in arena. */
const struct score_column *evidence_record_columns(const struct measurements *actual,
                                                   struct arena *arena);
/* What the study found, and those of its inputs that explain half or more. */
void evidence_record_judge(const struct score_study *study, const struct score_input *inputs,
                           size_t input_count, struct arena *arena, struct score *score);

/* What was measured beside what was projected, and the criteria of the changed setting. */
bool evidence_record_score(const struct evidence_record *record, const struct measurements *actual,
                           struct arena *arena, struct score *score, struct error *err);

#endif
