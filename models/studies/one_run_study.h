/* SPDX-License-Identifier: GPL-3.0-or-later */
/* one_run_study.h - single runs with what the uncertain inputs may be: of what one real run of that
 * length will show, the inputs' uncertainty is a part.
 *
 * Each run has a draw of all uncertain inputs (a Latin hypercube, sensitivity.h) and customers of
 * its own. A real run is one more of them, so that its place among them is as likely as any
 * (prediction.h); for that there are as many as order statistics need. */
#ifndef CAPSIM_MODELS_STUDIES_ONE_RUN_STUDY_H
#define CAPSIM_MODELS_STUDIES_ONE_RUN_STUDY_H

#include "models/studies/sensitivity_study.h"

/* Runs for an interval of that confidence: 79 for 95 %, of which the second lowest and the second
 * highest are its ends. */
size_t one_run_study_runs(double confidence);

/* Simulates them for every setting of the plan, whose warm-up is known, and has outcome->one_runs
 * point to what they showed. Nothing is done where no input is uncertain. Interrupted: outcome says
 * so and has none. set: with the central values; source: as of a sensitivity study. */
bool one_run_study_run(const struct sensitivity_source *source, const struct scenario_set *set,
                       const struct plan *plan, const struct replications_options *workers,
                       struct arena *arena, struct study_outcome *outcome, struct error *err);

#endif
