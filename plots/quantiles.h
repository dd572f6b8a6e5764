/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantiles.h - the quantiles of a time in a report: which time a picture is about, and what it
 * came to in each setting. */
#ifndef CAPSIM_PLOTS_QUANTILES_H
#define CAPSIM_PLOTS_QUANTILES_H

#include "models/metrics/metric_catalogue.h"
#include "plots/picture.h"
#include "plots/view.h"

enum { QUANTILES = 6 };
/* ".p95" and the share of requests beyond it, 0.05; from the median on. */
extern const struct quantile {
    const char *stat;
    double share;
} quantiles[QUANTILES];

/* The time a picture is about, "api.response", of that role: the one
 * asked for, else what a criterion of the subject is about, else the first there is; or NULL. */
const char *quantiles_choose(const struct picture_request *request, const json_t *subject,
                             enum metric_role role);

/* Its quantile i in a setting; NULL when it was not measured, or too few samples lie beyond it. */
const json_t *quantiles_of(const json_t *setting, const char *name, size_t i, struct arena *arena);

/* The criterion of a setting about that statistic of it (".p95", ".max"), with a limit and for the
 * run as a whole; or NULL. */
const json_t *quantiles_criterion(const json_t *setting, const char *name, const char *stat,
                                  struct arena *arena);

#endif
