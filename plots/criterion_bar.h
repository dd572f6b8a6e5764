/* SPDX-License-Identifier: GPL-3.0-or-later */
/* criterion_bar.h - the bar of a criterion's tile: what it was and what it is, towards its limit.
 *
 * The limit stands at the same place in every bar, so that distances can be compared at a glance;
 * what is beyond the scale has a break and an arrow. A criterion of which the limit lies in the
 * interval is drawn around its limit, with the word "zoomed": its interval would be a stroke. A
 * lower limit is turned round (limit_share.h), so that left is always good. */
#ifndef CAPSIM_PLOTS_CRITERION_BAR_H
#define CAPSIM_PLOTS_CRITERION_BAR_H

#include "plots/canvas.h"
#include "reports/result/result.h"
#include "reports/text/figure.h"

enum { CRITERION_BAR_WIDTH = 260, CRITERION_BAR_HEIGHT = 48 };

/* Draws it as a whole svg element, in arena. before: what the metric was in the setting that a
 * change starts from; NaN: nothing is known of that. NULL for a criterion without a limit. */
const char *criterion_bar_draw(const struct result_criterion *criterion, double before,
                               struct arena *arena);

/* Bars of all criteria of all settings of a result, with the keys that a page looks for; how much
 * more load there is room for, where extras->outlook says it; and of each setting that is too near
 * a limit what would decide it. */
void criterion_bar_fill_page(const struct result *result, struct arena *arena,
                             struct page_extras *extras);

#endif
