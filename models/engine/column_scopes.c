/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/column_scopes.h"
#include "models/metrics/metric_catalogue.h"
#include <string.h>

/* How work enters a column: means of what queues by its square, of use and of time by itself. */
static enum time_power power_of(const struct column *column)
{
    if (column->kind != COLUMN_RATIO && column->kind != COLUMN_SD)
        return TIME_POWER_NONE;
    if (column->is_queueing)
        return TIME_POWER_QUEUE;
    return column->is_share ? TIME_POWER_WORK : TIME_POWER_NONE;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

const struct study_scope *const *column_scopes_make(const struct model *model, struct arena *arena)
{
    const struct metrics *metrics = &model->metrics;
    const struct study_scope **scopes = arena_array(arena, metrics->column_count, sizeof *scopes);
    const struct study_scope *last[TIME_POWER_QUEUE + 1] = {NULL};
    const char *resource = NULL;
    for (size_t c = 0; c < metrics->column_count; c++) {
        const struct column *column = &metrics->columns[c];
        if (!column->identity || !column->identity->row)
            continue;
        if (!is_same(resource, column->identity->resource))
            memset(last, 0, sizeof last);
        resource = column->identity->resource;
        enum time_power power = power_of(column);
        if (!last[power])
            last[power] = time_scales_scope(model->scales, resource, power, arena);
        scopes[c] = last[power];
    }
    return scopes;
}
