/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_runs.h - the runs and load tests that measured values are judged by. */
#ifndef CAPSIM_INPUTS_PROGRAM_SCORE_RUNS_H
#define CAPSIM_INPUTS_PROGRAM_SCORE_RUNS_H

#include "inputs/program/main.h"
#include "inputs/records/evidence_record.h"

struct score_runs {
    struct plan plan; /* of job->other */
    struct study_outcome outcome;
    struct load_test_study test; /* if one was measured */
};

/* Simulates runs of the measured length, on customers that the evidence has not seen, and load
 * tests if one was measured; what they show is projected of the values in actual. job->variants can
 * read the setting under other values. As job_make. */
bool score_runs_make(struct job *job, const struct evidence_record *record,
                     struct measurements *actual, struct score_runs *made, struct error *err);

#endif
