/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/key_series.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/metric_windows.h"
#include <string.h>

/* Whether a criterion is about the metric: those come before other key metrics. */
static bool is_judged(const struct scenario *scenario, const char *metric)
{
    for (size_t i = 0; i < scenario->criterion_count; i++)
        if (strcmp(scenario->criteria[i].metric, metric) == 0)
            return true;
    return false;
}

/* Whether column c of the first model may be added to series[count]: it has windows in every
 * setting, and is not there yet. */
static bool is_new_series(const struct plan *plan, size_t c, const char *metric,
                          const char *const *series, size_t count)
{
    bool is_wanted = model_has_windows(plan->models[0], c);
    for (size_t i = 1; i < plan->count && is_wanted; i++)
        is_wanted = model_find_column(plan->models[i], metric) != COLUMN_NONE;
    for (size_t i = 0; i < count && is_wanted; i++)
        is_wanted = strcmp(series[i], metric) != 0;
    return is_wanted;
}

/* The series asked for, then those of criteria, then of the other key metrics, as many as fit. */
static const char **list_series(const struct plan *plan, struct arena *arena, size_t *listed)
{
    const struct scenario *scenario = &plan->set->settings[0].scenario;
    const struct run_spec *run = &scenario->run;
    size_t columns, count = model_metric_count(plan->models[0]);
    const struct column *column = model_columns(plan->models[0], &columns);
    size_t room = METRIC_SPANS_MOST_VALUES / (size_t)(run->duration_ns / run->window_ns);
    const char **series = arena_array(arena, count + run->series_count, sizeof *series);
    for (*listed = 0; *listed < run->series_count; ++*listed)
        series[*listed] = run->series[*listed];
    for (int others = 0; others < 2; others++)
        for (size_t c = 0; c < count && *listed < room; c++) {
            const char *name = column[c].name;
            bool is_wanted = others ? column[c].identity->is_shown : is_judged(scenario, name);
            if (is_wanted && is_new_series(plan, c, name, series, *listed))
                series[(*listed)++] = name;
        }
    return series;
}

bool key_series_add(struct scenario_set *set, struct arena *arena, struct plan *plan,
                    struct error *err)
{
    size_t count;
    const char **series = list_series(plan, arena, &count);
    struct setting_spec *settings = arena_array(arena, set->setting_count, sizeof *settings);
    for (size_t i = 0; i < set->setting_count; i++) {
        settings[i] = set->settings[i];
        settings[i].scenario.run.series = series;
        settings[i].scenario.run.series_count = count;
    }
    set->settings = settings;
    return plan_make(set, arena, plan, err);
}
