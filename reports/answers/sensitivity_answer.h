/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity_answer.h - what `capsim sensitivity` found, as an answer: how likely each verdict is
 * over what the inputs may be, how much of the spread is theirs, and which to measure next. */
#ifndef CAPSIM_REPORTS_ANSWERS_SENSITIVITY_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_SENSITIVITY_ANSWER_H

#include "models/studies/plan.h"
#include "reports/writers/command_report.h"
#include "sim/study/sensitivity.h"

/* Something that every draw gives a value: a criterion's metric in a setting, or where nothing is
 * judged, a workload's mean response. */
struct sensitivity_quantity {
    const char *setting, *name, *metric, *unit;
    size_t setting_number;
    int criterion; /* number in the setting's study_criterion; -1: not judged                */
    int column;    /* of the setting's model                                                */
};

/* What the draws gave. Row d of each is draw d. */
struct sensitivity_findings {
    const struct scenario_set *set; /* with the central values                             */
    const struct uncertain_input *inputs;
    size_t input_count;
    const struct sensitivity_quantity *quantities;
    size_t quantity_count;
    size_t draws, replications; /* finished, of those planned; each                          */
    size_t draws_planned;
    const double *factors; /* [draws * input_count] input over its central value           */
    const double *values;  /* [quantity_count][draws_planned * replications]               */
    const bool *holds;     /* [draws_planned * quantity_count] by the estimate             */
    const bool *is_sure;   /* likewise: the interval says so too                           */
    double confidence;
    double warmup_s;
    bool is_interrupted;
};

/* Adds everything to answer, which must be fresh. Tables: "verdicts", "variance", "inputs",
 * "draws". */
void sensitivity_answer_add(struct answer *answer, const struct sensitivity_findings *findings);

#endif
