/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_diagram.h - what was simulated, as a diagram: a box for each workload, service, step and
 * resource, an arrow for each way of a request.
 *
 * Layers stand from left to right, in bands below each other where they are too many; on a phone
 * the boxes stand below each other. A box shows what it is, its size before and after, and as bars
 * how much of it is in use. */
#ifndef CAPSIM_PLOTS_MODEL_DIAGRAM_H
#define CAPSIM_PLOTS_MODEL_DIAGRAM_H

#include "plots/canvas.h"
#include "reports/result/result.h"
#include "reports/text/figure.h"

/* The figure for a page: what the set says of the setting that is judged, and of its first one;
 * judged: their figures, or NULL. In arena; NULL when there is nothing to draw. */
const struct figure *model_diagram_make(const struct scenario_set *set, const struct result *judged,
                                        struct arena *arena);

/* One svg element of that width, of at least 300. NULL when there is nothing to draw. */
const char *model_diagram_draw(const struct scenario_set *set, const struct result *judged,
                               double width, struct arena *arena);

#endif
