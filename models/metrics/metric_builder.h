/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_builder.h - the table of columns while it is being made: for metrics.c and
 * metric_windows.c.
 *
 * The table doubles when it is full; what it leaves behind stays in the arena. */
#ifndef CAPSIM_MODELS_METRICS_METRIC_BUILDER_H
#define CAPSIM_MODELS_METRICS_METRIC_BUILDER_H

#include "models/metrics/metrics.h"

/* Columns being made, in an arena of their own. room is how many fit. */
struct builder {
    const struct scenario *spec;
    const struct statistics_layout *layout;
    struct arena *arena, *table;
    struct metrics *metrics;
    size_t room;
};

/* A new last column, COLUMN_MEAN, of that name. Its source has no counts and one copy, and is to be
 * filled in before the next column is added. */
struct metric_source *metric_builder_add(struct builder *builder, enum metric_source_kind kind,
                                         const char *name, const char *unit);

/* The column that was added last. */
static inline struct column *metric_builder_last(struct builder *builder)
{
    return &builder->metrics->columns[builder->metrics->column_count - 1];
}

/* The names of the ordinary columns, which are all there now, for metrics_find. */
void metric_builder_sort_names(struct builder *builder);

#endif
