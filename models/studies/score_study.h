/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score_study.h - would the model show what was measured? As many runs of the measured length as a
 * rank test needs (rank_test.h), on customers that nothing was fitted on; and where the model is
 * off, which change of one input would explain it.
 *
 * The slopes of an input come from a few runs with it raised a little, on the same customers. */
#ifndef CAPSIM_MODELS_STUDIES_SCORE_STUDY_H
#define CAPSIM_MODELS_STUDIES_SCORE_STUDY_H

#include "models/studies/exploration.h"
#include "models/studies/load_test_study.h"
#include "sim/stats/rank_test.h"

enum { SCORE_SLOPE_RUNS = 10 }; /* of each input */

/* A measured value: of a run of the setting, or of a load test on it. */
struct score_column {
    const char *metric; /* as the model calls it */
    bool is_of_test;
    double measured, half_digit; /* rank_test_judge */
};

struct score_input {
    const char *path, *value, *raised;  /* "workloads.api.arrivals.rate", "91/s", "95.55/s" */
    double step;                        /* relative: 0.05                                 */
    struct rank_test_explanation found; /* explains NaN: it was not looked at             */
};

struct score_study {
    struct exploration_source source; /* by the caller, as the rest up to workers is           */
    const struct plan *plan;          /* of the setting alone, run                             */
    const struct study_outcome *outcome;
    const struct load_test_study *test; /* NULL: nothing was measured of one                    */
    const struct score_column *columns; /* [column_count]                                       */
    size_t column_count;
    double confidence;
    struct replications_options workers;
    double *values; /* [(1 + runs) * column_count] the real run, then the simulated ones        */
    size_t runs;
    struct rank_test_finding finding;
};

/* Judges the real run among those of the plan and of the load tests. */
void score_study_judge(struct score_study *study, struct arena *arena);

/* Looks at each input; one that cannot be raised is passed over. False with status STATUS_OK:
 * interrupted. */
bool score_study_explain(struct score_study *study, struct score_input *inputs, size_t count,
                         struct arena *arena, struct error *err);

#endif
