/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/column_scopes.h"
#include "models/engine/failure_margins.h"
#include "models/metrics/metric_catalogue.h"
#include <string.h>

/* Scopes of one resource: by power, those of time averages by power, and those of failures. */
enum {
    SCOPE_LEVELS = TIME_POWER_QUEUE + 1,
    SCOPE_FAILURES = 2 * SCOPE_LEVELS,
    SCOPE_REFUSALS,
    SCOPES
};

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

/* What a buffer drops. */
static bool is_dropping(const struct metric_row *row)
{
    return strcmp(row->name, "dropped_rate") == 0;
}

static bool is_failure(const struct column *column)
{
    const struct metric_row *row = column->identity->row;
    return column->kind == COLUMN_RATE && row->shape == METRIC_SHARE && !row->larger_is_better &&
           (row->role == ROLE_FAILURES || row->role == ROLE_CONNECTION_ERRORS ||
            row->role == ROLE_ERRORS || is_dropping(row));
}

static const struct study_scope *make_scope(const struct model *model, const char *resource,
                                            int which, struct arena *arena)
{
    struct study_scope *scope = arena_alloc(arena, sizeof *scope);
    enum time_power power =
        which < SCOPE_FAILURES ? (enum time_power)(which % SCOPE_LEVELS) : TIME_POWER_NONE;
    *scope = *time_scales_scope(model->scales, resource, power, arena);
    scope->is_time_average = which >= SCOPE_LEVELS && which < SCOPE_FAILURES;
    if (which >= SCOPE_FAILURES)
        failure_margins_find(model, resource, which == SCOPE_REFUSALS, scope, arena);
    return scope;
}

const struct study_scope *const *column_scopes_make(const struct model *model, struct arena *arena)
{
    const struct metrics *metrics = &model->metrics;
    const struct study_scope **scopes = arena_array(arena, metrics->column_count, sizeof *scopes);
    const struct study_scope *last[SCOPES] = {NULL};
    const char *resource = NULL;
    for (size_t c = 0; c < metrics->column_count; c++) {
        const struct column *column = &metrics->columns[c];
        if (!column->identity || !column->identity->row)
            continue;
        if (!is_same(resource, column->identity->resource))
            memset(last, 0, sizeof last);
        resource = column->identity->resource;
        const struct metric_row *row = column->identity->row;
        int which = (int)power_of(column) + (row->shape == METRIC_LEVEL ? SCOPE_LEVELS : 0);
        if (is_failure(column))
            which = row->role == ROLE_ERRORS || is_dropping(row) ? SCOPE_REFUSALS : SCOPE_FAILURES;
        if (!last[which])
            last[which] = make_scope(model, resource, which, arena);
        scopes[c] = last[which];
    }
    return scopes;
}
