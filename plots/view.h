/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h - what a report's JSON says, read with distrust: a key that is missing or of another type
 * reads as nothing. Texts belong to the JSON. */
#ifndef CAPSIM_PLOTS_VIEW_H
#define CAPSIM_PLOTS_VIEW_H

#include "sim/base/arena.h"
#include <jansson.h>
#include <stdbool.h>

/* The number or text under a key; NaN, "". */
double view_number(const json_t *object, const char *key);
const char *view_text(const json_t *object, const char *key);

/* The settings of a report; NULL when root is no report. Their index i is below json_array_size. */
const json_t *view_settings(const json_t *root);
/* The setting of that name, or NULL. */
const json_t *view_setting(const json_t *root, const char *name);
/* The setting that a reader is asked to agree to: the last that is judged, else the last; NULL. */
const json_t *view_subject(const json_t *root);
/* The estimate (estimate, low, high, unit) of a metric in a setting, or NULL. */
const json_t *view_metric(const json_t *setting, const char *name);

/* The first criterion of the setting about metric with a limit and no window, or NULL. */
const json_t *view_criterion_on(const json_t *setting, const char *metric);

#endif
