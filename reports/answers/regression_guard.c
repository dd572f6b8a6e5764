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

bool regression_was_key(const char *metric)
{
    static const char *const ends[] = {".utilization",   ".error_rate",   ".throughput",
                                       ".response.mean", ".response.p95", ".wait.p95"};
    const char *step = strstr(metric, ".step.");
    size_t length = strlen(metric);
    if (step)
        return length > 5 && strcmp(metric + length - 5, ".mean") == 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(metric + length - end, ends[i]) == 0)
            return true;
    }
    return false;
}

static bool had_metric(const struct regression_setting *then, const char *name)
{
    for (size_t i = 0; i < then->metric_count; i++)
        if (strcmp(then->metrics[i].name, name) == 0)
            return true;
    return false;
}

const char *regression_find_renamed(const struct result_setting *now,
                                    const struct regression_setting *then, const char *gone)
{
    const char *step = strstr(gone, ".step."), *statistic = strrchr(gone, '.');
    size_t before = step ? (size_t)(step - gone) + strlen(".step.") : 0;
    for (size_t i = 0; step && i < now->metric_count; i++) {
        const char *name = now->metrics[i].name, *end = strrchr(name, '.');
        if (strncmp(name, gone, before) == 0 && strcmp(end, statistic) == 0 &&
            !had_metric(then, name))
            return name;
    }
    return NULL;
}
