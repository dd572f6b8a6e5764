/* SPDX-License-Identifier: GPL-3.0-or-later */
/* levels_answer.h - contention by load levels, as an answer of calibrate. */
#ifndef CAPSIM_REPORTS_ANSWERS_LEVELS_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_LEVELS_ANSWER_H

#include "reports/writers/command_report.h"
#include "sim/stats/usl_fit.h"

/* What was fitted to level[count] on the processors called resource, of which there are servers. */
struct levels_found {
    const struct usl_level *level;
    size_t count;
    struct usl_fit fit;
    double servers, confidence;
    const char *resource, *scenario; /* scenario: the file, for the command */
};

/* Half the width of the interval of a coefficient with this standard error. */
double levels_answer_width(const struct levels_found *found, double error);
/* Adds statement, tables (inputs, levels), facts and the command. */
void levels_answer_add(struct answer *answer, const struct levels_found *found);

#endif
