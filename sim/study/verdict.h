/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.h - pass, fail or undecided, from an interval and a limit. */
#ifndef CAPSIM_SIM_STUDY_VERDICT_H
#define CAPSIM_SIM_STUDY_VERDICT_H

#include "sim/stats/estimate.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_UNDECIDED,
    VERDICT_NONE /* nothing was judged */
};
enum comparison {
    COMPARISON_LESS,
    COMPARISON_LESS_EQUAL,
    COMPARISON_GREATER,
    COMPARISON_GREATER_EQUAL,
    COMPARISON_EQUAL /* of what is set, never of what is measured */
};

/* Whether "value op limit" holds. */
bool verdict_meets(double value, enum comparison op, double limit);

/* pass when the whole interval meets "x op limit", fail when none of it does, else undecided. An
 * estimate that is NaN or infinite, unresolved or without an interval is undecided. */
enum verdict verdict_of(const struct estimate *estimate, enum comparison op, double limit);

/* Both must hold: fail if either fails, else undecided if either is, else pass. VERDICT_NONE is
 * neutral. */
enum verdict verdict_and(enum verdict a, enum verdict b);

/* "pass", "fail", "undecided"; NULL for VERDICT_NONE. */
const char *verdict_name(enum verdict verdict);
/* "<", "<=", ">", ">=", "==" */
const char *comparison_text(enum comparison op);
/* Distance to the limit in the criterion's direction, in its unit: positive when the estimate meets
 * it. */
double verdict_margin(double estimate, enum comparison op, double limit);

#endif
