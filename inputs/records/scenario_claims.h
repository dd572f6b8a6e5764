/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_claims.h - what a scenario itself claims: its offered loads and sizes, how long a
 * request takes when nobody waits, its rates, and its criteria, which claim what must hold.
 *
 * A criterion that no simulation can meet contradicts them before anything is simulated: a
 * utilization below 70 % where rates and holds ask for 90 %, a p95 below the mean of the steps. */
#ifndef CAPSIM_INPUTS_RECORDS_SCENARIO_CLAIMS_H
#define CAPSIM_INPUTS_RECORDS_SCENARIO_CLAIMS_H

#include "models/engine/model.h"
#include "models/studies/claims_audit.h"

/* The claims of a setting of set, which was compiled to model. Everything in arena. */
bool scenario_claims_make(const struct scenario_set *set, size_t setting, const struct model *model,
                          struct arena *arena, struct claims *claims, struct error *err);

#endif
