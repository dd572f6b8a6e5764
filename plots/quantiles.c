/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/quantiles.h"
#include <math.h>
#include <string.h>

const struct quantile quantiles[QUANTILES] = {{".p50", 0.5},  {".p75", 0.25}, {".p90", 0.1},
                                              {".p95", 0.05}, {".p99", 0.01}, {".p999", 0.001}};

const json_t *quantiles_of(const json_t *setting, const char *name, size_t i, struct arena *arena)
{
    const json_t *found =
        view_metric(setting, arena_printf(arena, "%s%s", name, quantiles[i].stat));
    bool is_resolved = !json_is_true(json_object_get(found, "unresolved"));
    return is_resolved && isfinite(view_number(found, "estimate")) ? found : NULL;
}

const json_t *quantiles_criterion(const json_t *setting, const char *name, const char *stat,
                                  struct arena *arena)
{
    return view_criterion_on(setting, arena_printf(arena, "%s%s", name, stat));
}

/* "api.response" when name is that, or with a statistic, and of that role; else NULL. */
static const char *stem_of(const char *name, enum metric_role role, struct arena *arena)
{
    const struct metric_identity *is = metric_catalogue_identity(name, arena);
    bool is_known = is->statistic == STATISTIC_NONE || is->statistic == STATISTIC_MAX ||
                    is->statistic == STATISTIC_MEAN ||
                    isfinite(metric_statistic_quantile(is->statistic));
    if (!is->row || is->row->role != role || is->row->shape != METRIC_TALLY || !is->resource ||
        !is_known)
        return NULL;
    return arena_printf(arena, "%s%s.%s", is->resource, is->is_worst ? ".worst" : "", is->metric);
}

const char *quantiles_choose(const struct picture_request *request, const json_t *subject,
                             enum metric_role role)
{
    const json_t *criteria = json_object_get(subject, "criteria");
    const char *asked = request->metric, *name;
    json_t *value;
    if (asked)
        return stem_of(asked, role, request->arena);
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const char *metric = view_text(json_array_get(criteria, i), "metric");
        const char *stem = stem_of(metric, role, request->arena);
        if (stem && view_metric(subject, metric))
            return stem;
    }
    json_object_foreach(json_object_get(subject, "metrics"), name, value)
    {
        const char *stem = stem_of(name, role, request->arena);
        if (stem)
            return stem;
    }
    return NULL;
}
