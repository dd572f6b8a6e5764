/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decision_picture.h - what would decide an undecided criterion: the interval as it is, the one
 * that would be enough if the estimate stays, and the limit between. */
#ifndef CAPSIM_PLOTS_DECISION_PICTURE_H
#define CAPSIM_PLOTS_DECISION_PICTURE_H

#include "reports/result/result.h"
#include "reports/text/figure.h"

/* Of the first criterion of the setting whose interval has its limit in it; false: there is none.
 * In arena. */
bool decision_picture_make(const struct result_setting *setting, struct arena *arena,
                           struct figure *figure);

#endif
