/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score.h - measured values beside what was projected, as plain data. */
#ifndef CAPSIM_REPORTS_RESULT_SCORE_H
#define CAPSIM_REPORTS_RESULT_SCORE_H

#include <stdbool.h>
#include <stddef.h>

struct score_value {
    const char *metric, *unit;
    double measured, estimate, low, high; /* low, high: of one run */
};

/* A criterion, as projected and as measured. */
struct score_criterion {
    const char *name, *expect, *unit, *projected; /* projected: "pass" ... or NULL             */
    double measured;                              /* NaN: its metric was not measured           */
    bool is_met;
};

/* An input whose change would explain much of the difference. */
struct score_explanation {
    const char *path, *value;
    double explains, change, change_error;
};

struct score {
    bool has_draws; /* runs: with values drawn for what is uncertain */
    double p; /* share of simulated runs at least as far outside; NaN: nothing was judged       */
    size_t runs, usual; /* simulated; outside in more than 5 % of them                          */
    bool is_refused;
    const struct score_explanation *explanations; /* of a model that is refused; most first     */
    size_t explanation_count;
    const char *source; /* or NULL */
    double duration_s;  /* that was measured, and that the intervals are of                  */
    double evidence_s;  /* that the evidence projects                                        */
    double confidence;
    const struct score_value *values, *of_test;
    size_t value_count, test_count;
    const struct score_criterion *criteria;
    size_t criterion_count;
};

#endif
