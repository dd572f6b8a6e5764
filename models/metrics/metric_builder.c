/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_builder.h"
#include <stdlib.h>
#include <string.h>

static void grow(struct builder *builder)
{
    struct metrics *metrics = builder->metrics;
    size_t room = builder->room ? 2 * builder->room : 256;
    struct column *columns = arena_array(builder->table, room, sizeof *columns);
    struct metric_source *sources = arena_array(builder->table, room, sizeof *sources);
    if (builder->room > 0) {
        memcpy(columns, metrics->columns, builder->room * sizeof *columns);
        memcpy(sources, metrics->sources, builder->room * sizeof *sources);
    }
    metrics->columns = columns;
    metrics->sources = sources;
    builder->room = room;
}

/* What is a total over a total, and what is one number a replication. */
static enum column_kind column_kind_of(enum metric_source_kind kind)
{
    bool is_ratio = kind == SOURCE_LEVEL_MEAN || kind == SOURCE_TALLY_MEAN ||
                    kind == SOURCE_PER_SECOND || kind == SOURCE_SHARE;
    return is_ratio ? COLUMN_RATIO : COLUMN_MEAN;
}

struct metric_source *metric_builder_add(struct builder *builder, enum metric_source_kind kind,
                                         const char *name, const char *unit)
{
    struct metrics *metrics = builder->metrics;
    if (metrics->column_count == builder->room)
        grow(builder);
    metrics->columns[metrics->column_count] =
        (struct column){.name = name,
                        .unit = unit,
                        .kind = column_kind_of(kind),
                        .histogram = COLUMN_NONE,
                        .cluster_mean = COLUMN_NONE,
                        .cluster_sd = COLUMN_NONE,
                        .is_queueing = kind == SOURCE_TALLY_MEAN};
    struct metric_source *source = &metrics->sources[metrics->column_count++];
    *source =
        (struct metric_source){.kind = kind,
                               .at = {NO_COUNT, NO_COUNT, NO_COUNT},
                               .over = {NO_COUNT, NO_COUNT, NO_COUNT, NO_COUNT, NO_COUNT, NO_COUNT},
                               .capacity = -1,
                               .copies = 1,
                               .scale = 1};
    return source;
}

/* ---- names -------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right)
{
    const struct metric_name *a = left, *b = right;
    return strcmp(a->name, b->name);
}

void metric_builder_sort_names(struct builder *builder)
{
    struct metrics *metrics = builder->metrics;
    metrics->by_name = arena_array(builder->arena, metrics->metric_count, sizeof *metrics->by_name);
    for (size_t c = 0; c < metrics->metric_count; c++)
        metrics->by_name[c] = (struct metric_name){metrics->columns[c].name, (int)c};
    qsort(metrics->by_name, metrics->metric_count, sizeof *metrics->by_name, compare_names);
}

int metrics_find(const struct metrics *metrics, const char *name)
{
    struct metric_name key = {.name = name};
    const struct metric_name *found = bsearch(&key, metrics->by_name, metrics->metric_count,
                                              sizeof *metrics->by_name, compare_names);
    return found ? found->column : COLUMN_NONE;
}
