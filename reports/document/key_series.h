/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key_series.h - the metrics whose series a reader is shown unasked: those of criteria, then the
 * other key metrics (metric_tables.h). */
#ifndef CAPSIM_REPORTS_DOCUMENT_KEY_SERIES_H
#define CAPSIM_REPORTS_DOCUMENT_KEY_SERIES_H

#include "models/studies/plan.h"

/* Makes the plan anew, with the series of all key metrics behind those that were asked for, as many
 * as fit. Errors are plan_make's. */
bool key_series_add(struct scenario_set *set, struct arena *arena, struct plan *plan,
                    struct error *err);

#endif
