/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/regression_guard.h"
#include <math.h>
#include <string.h>

bool regression_find_limit(const struct result_setting *setting, const char *metric, double *limit)
{
    *limit = 0;
    for (size_t i = 0; i < setting->criterion_count; i++)
        if (strcmp(setting->criteria[i].metric, metric) == 0) {
            *limit = isfinite(setting->criteria[i].limit) ? fabs(setting->criteria[i].limit) : 0;
            return true;
        }
    return false;
}

bool regression_has_direction(const struct metric_identity *identity)
{
    switch (identity->row ? identity->row->role : ROLE_OTHER) {
    case ROLE_USE:
    case ROLE_WAIT:
    case ROLE_RESPONSE:
    case ROLE_STEP:
    case ROLE_FAILURES:
    case ROLE_ERRORS:
    case ROLE_CONNECTION_ERRORS:
    case ROLE_RETRIES:
    case ROLE_THROUGHPUT:
    case ROLE_CYCLE:
    case ROLE_DUTY:
        return true;
    case ROLE_OTHER:
    case ROLE_CONNECTION:
    case ROLE_DATABASE:
        break;
    }
    return false;
}

double regression_floor(const char *unit)
{
    return strcmp(unit, "s") == 0     ? 1e-4
           : strcmp(unit, "1") == 0   ? 1e-4
           : strcmp(unit, "1/s") == 0 ? 1e-2
                                      : 0;
}

bool regression_was_key(const char *metric, struct arena *arena)
{
    const struct metric_identity *identity = metric_catalogue_identity(metric, arena);
    bool is_inside = identity->resource && strchr(identity->resource, '.');
    return identity->row &&
           metric_is_shown(identity->row, identity->statistic, is_inside, identity->is_worst) &&
           regression_has_direction(identity);
}

static bool had_metric(const struct regression_setting *then, const char *name)
{
    for (size_t i = 0; i < then->metric_count; i++)
        if (strcmp(then->metrics[i].name, name) == 0)
            return true;
    return false;
}

/* The same statistic of another step of the workload. */
static bool is_sister(const struct metric_identity *a, const struct metric_identity *b)
{
    return a->row && a->row == b->row && a->row->role == ROLE_STEP &&
           a->statistic == b->statistic && strcmp(a->resource, b->resource) == 0;
}

const char *regression_find_renamed(const struct result_setting *now,
                                    const struct regression_setting *then, const char *gone,
                                    struct arena *arena)
{
    const struct metric_identity *lost = metric_catalogue_identity(gone, arena);
    for (size_t i = 0; i < now->metric_count; i++)
        if (is_sister(lost, now->metrics[i].identity) && !had_metric(then, now->metrics[i].name))
            return now->metrics[i].name;
    return NULL;
}
