/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metrics.h"
#include "models/metrics/metric_builder.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/metric_limits.h"
#include "models/metrics/metric_windows.h"
#include <assert.h>
#include <string.h>

enum { MAX_TALLIES = 8 }; /* of one thing */

/* A thing whose metrics become columns, and where what it counts stands. */
struct subject {
    const struct metric_owner *owner;
    const char *resource; /* NULL: the system */
    size_t number;        /* for is_there and whole                                             */
    int level, tally, count;
    int capacity;  /* place of what of its capacity is there (statistics.h); -1: it never changes */
    double copies; /* whose capacities add up                                             */
    bool is_inside; /* of a service's resource, or of a class                                  */
    bool is_worst;  /* each metric's highest value of `worst_of` copies                         */
    int worst_of;
    const struct station_kind *kind; /* of the copies                                           */
};

/* The column of one statistic; is_suffixed: its name says which. */
static struct metric_source *add_column(struct builder *builder, const struct subject *subject,
                                        const struct metric_row *row, const char *metric,
                                        enum metric_source_kind kind,
                                        enum metric_statistic statistic, bool is_suffixed)
{
    struct arena *arena = builder->arena;
    struct metric_identity *identity = arena_alloc(arena, sizeof *identity);
    *identity = (struct metric_identity){
        .row = row,
        .resource = subject->resource,
        .metric = metric,
        .statistic = statistic,
        .is_worst = subject->is_worst,
        .is_shown = metric_is_shown(row, statistic, subject->is_inside, subject->is_worst)};
    const char *name =
        arena_printf(arena, "%s%s%s%s%s%s", subject->resource ? subject->resource : "",
                     subject->resource ? "." : "", subject->is_worst ? "worst." : "", metric,
                     is_suffixed ? "." : "", is_suffixed ? metric_statistic_name(statistic) : "");
    struct metric_source *source = metric_builder_add(builder, kind, name, row->unit);
    struct column *column = metric_builder_last(builder);
    column->identity = identity;
    column->larger_is_better = row->larger_is_better;
    return source;
}

static double whole_of(const struct builder *builder, const struct subject *subject,
                       const struct metric_row *row)
{
    return row->whole ? row->whole(builder->spec, subject->number) : 1;
}

/* The time average, .max and .peak, of all copies together. */
static void add_level(struct builder *builder, const struct subject *subject,
                      const struct metric_row *row)
{
    static const enum metric_statistic statistics[] = {STATISTIC_MEAN, STATISTIC_MAX,
                                                       STATISTIC_PEAK};
    static const enum metric_source_kind kinds[] = {SOURCE_LEVEL_MEAN, SOURCE_LEVEL_MAX,
                                                    SOURCE_LEVEL_PEAK};
    double whole = whole_of(builder, subject, row);
    for (int i = 0; i < 3; i++) {
        struct metric_source *source =
            add_column(builder, subject, row, row->name, kinds[i], statistics[i], i > 0);
        source->at[0] = subject->level + row->at;
        source->scale = row->whole ? whole * subject->copies : whole;
        if (row->whole && i == 0)
            source->capacity = subject->capacity;
        metric_builder_last(builder)->is_share = row->whole != NULL;
        metric_builder_last(builder)->is_queueing = row->is_queue && i == 0;
    }
}

/* The statistics of a tally; returns the column of its mean (its sd is the next). */
static int add_tally(struct builder *builder, const struct subject *subject,
                     const struct metric_row *row, const char *metric, int tally)
{
    int mean = (int)builder->metrics->column_count;
    for (int s = STATISTIC_MEAN; s <= STATISTIC_MAX; s++) {
        double q = metric_statistic_quantile((enum metric_statistic)s);
        enum metric_source_kind kind = s == STATISTIC_MEAN  ? SOURCE_TALLY_MEAN
                                       : s == STATISTIC_SD  ? SOURCE_TALLY_SD
                                       : s == STATISTIC_MAX ? SOURCE_TALLY_MAX
                                                            : SOURCE_TALLY_QUANTILE;
        struct metric_source *source =
            add_column(builder, subject, row, metric, kind, (enum metric_statistic)s, true);
        source->at[0] = tally;
        if (kind == SOURCE_TALLY_SD) {
            metric_builder_last(builder)->kind = COLUMN_SD;
            metric_builder_last(builder)->cluster_mean = mean;
        }
        if (kind != SOURCE_TALLY_QUANTILE)
            continue;
        struct column *column = metric_builder_last(builder);
        source->quantile = column->quantile = q;
        column->kind = COLUMN_QUANTILE;
        column->histogram = tally;
        column->mean = mean;
        column->has_largest = true;
        column->largest = mean + STATISTIC_MAX;
    }
    return mean;
}

/* cluster: the column of a mean over the same requests, its sd next to it. */
static void add_share(struct builder *builder, const struct subject *subject,
                      const struct metric_row *row, int cluster)
{
    bool is_nonzero = row->shape == METRIC_NONZERO;
    struct metric_source *source =
        add_column(builder, subject, row, row->name,
                   is_nonzero ? SOURCE_TALLY_NONZERO : SOURCE_SHARE, STATISTIC_NONE, false);
    struct column *column = metric_builder_last(builder);
    column->kind = row->is_ratio ? COLUMN_RATIO : COLUMN_RATE;
    column->cluster_mean = cluster;
    column->cluster_sd = cluster == COLUMN_NONE ? COLUMN_NONE : cluster + 1;
    if (is_nonzero)
        source->at[0] = subject->tally + row->at;
    for (int i = 0, at = 0, over = 0; i < 32 && !is_nonzero; i++) {
        if (row->counts & METRIC_COUNT(i))
            source->at[at++] = subject->count + i;
        if (row->of & METRIC_COUNT(i))
            source->over[over++] = subject->count + i;
    }
}

static void add_rate(struct builder *builder, const struct subject *subject,
                     const struct metric_row *row)
{
    struct metric_source *source =
        add_column(builder, subject, row, row->name, SOURCE_PER_SECOND, STATISTIC_NONE, false);
    source->at[0] = subject->count + __builtin_ctz(row->counts);
}

static void add_mean(struct builder *builder, const struct subject *subject,
                     const struct metric_row *row)
{
    struct metric_source *source =
        add_column(builder, subject, row, row->name, SOURCE_TALLY_MEAN, STATISTIC_NONE, false);
    source->at[0] = subject->tally + row->at;
    source->scale = whole_of(builder, subject, row);
}

/* The columns from `first` on are of copy 0: from now on of the worst copy, each metric's highest
 * value, whichever replica that is. */
static void take_worst(struct builder *builder, const struct subject *subject, size_t first)
{
    struct metrics *metrics = builder->metrics;
    for (size_t c = first; c < metrics->column_count; c++) {
        struct metric_source *source = &metrics->sources[c];
        metrics->columns[c].kind = COLUMN_MEAN; /* another copy may be the worst in each run */
        metrics->columns[c].histogram = COLUMN_NONE;
        source->copies = subject->worst_of;
        source->stride = source->kind <= SOURCE_LEVEL_PEAK      ? subject->kind->levels
                         : source->kind <= SOURCE_TALLY_NONZERO ? subject->kind->tallies
                                                                : subject->kind->counts;
    }
}

/* All that the catalogue has of its owner, but for named steps. */
static void add_subject(struct builder *builder, const struct subject *subject)
{
    int mean_of[MAX_TALLIES];
    size_t first = builder->metrics->column_count;
    for (size_t r = 0; r < subject->owner->count; r++) {
        const struct metric_row *row = &subject->owner->rows[r];
        if (row->role == ROLE_STEP ||
            (row->is_there && !row->is_there(builder->spec, subject->number)))
            continue;
        switch (row->shape) {
        case METRIC_LEVEL:
            add_level(builder, subject, row);
            break;
        case METRIC_TALLY:
            assert(row->at < MAX_TALLIES);
            mean_of[row->at] =
                add_tally(builder, subject, row, row->name, subject->tally + row->at);
            break;
        case METRIC_MEAN:
            add_mean(builder, subject, row);
            break;
        case METRIC_NONZERO:
        case METRIC_SHARE:
            add_share(builder, subject, row,
                      row->cluster == METRIC_NO_CLUSTER ? COLUMN_NONE : mean_of[row->cluster]);
            break;
        case METRIC_RATE:
            add_rate(builder, subject, row);
            break;
        }
    }
    if (subject->is_worst)
        take_worst(builder, subject, first);
}

/* A resource as a whole, and for a service's also its worst copy, "<name>.worst". */
static void add_station(struct builder *builder, enum station_number kind, size_t i,
                        const struct program *program)
{
    const struct statistics_layout *layout = builder->layout;
    const struct station_kind *row = station_kinds[kind];
    size_t whole = layout->kinds[kind].reported[i], first = program->copies[kind].base[i];
    int64_t copies = station_copies(builder->spec, kind, i);
    struct subject subject = {.owner = &row->metrics,
                              .resource = station_name(builder->spec, kind, i),
                              .number = i,
                              .level = layout_station_level(layout, kind, whole, 0),
                              .tally = layout_station_tally(layout, kind, whole, 0),
                              .count = layout_station_count(layout, kind, whole, 0),
                              .capacity = layout_capacity(layout, kind, whole),
                              .copies = (double)copies,
                              .is_inside =
                                  station_service(builder->spec, kind, i) != SPEC_NO_SERVICE};
    add_subject(builder, &subject);
    if (copies == 1)
        return;
    subject.level = layout_station_level(layout, kind, first, 0);
    subject.tally = layout_station_tally(layout, kind, first, 0);
    subject.count = layout_station_count(layout, kind, first, 0);
    subject.capacity = layout_capacity(layout, kind, first);
    subject.copies = 1;
    subject.is_worst = true;
    subject.worst_of = (int)copies;
    subject.kind = row;
    add_subject(builder, &subject);
}

/* What the requests that had not ended leave open: shares of what arrived, and responses. */
static void mark_unfinished(struct builder *builder, size_t first)
{
    struct metrics *metrics = builder->metrics;
    const uint32_t unfinished = METRIC_COUNT(GROUP_UNFINISHED);
    size_t column = first;
    while (metrics->columns[column].identity->row->counts != unfinished)
        column++;
    for (size_t c = first; c < metrics->column_count; c++) {
        const struct metric_row *row = metrics->columns[c].identity->row;
        bool is_share = row->shape == METRIC_SHARE && (row->of & unfinished) && c != column;
        bool is_response = row->shape == METRIC_TALLY && row->at == GROUP_RESPONSE;
        metrics->columns[c].has_unfinished = is_share || is_response;
        metrics->columns[c].unfinished = (int)column;
    }
}

/* A workload, or a class of a mix: is_inside. */
static struct subject group_of(const struct builder *builder, int group, bool is_inside)
{
    const struct statistics_layout *layout = builder->layout;
    return (struct subject){.owner = metric_owner(METRIC_OWNER_WORKLOAD),
                            .resource = layout->groups_by_number[group].name,
                            .number = layout->groups_by_number[group].workload,
                            .level = layout_group_level(layout, group),
                            .tally = layout_group_tally(layout, group, 0),
                            .count = layout_group_count(layout, group, 0),
                            .capacity = -1,
                            .is_inside = is_inside};
}

static void add_steps(struct builder *builder, const struct subject *workload,
                      const struct program *program)
{
    const struct metric_row *row = workload->owner->rows;
    size_t w = workload->number;
    while (row->role != ROLE_STEP)
        row++;
    for (size_t s = 0; s < program->step_count[w]; s++)
        add_tally(builder, workload, row,
                  arena_printf(builder->arena, "step.%s", program->step_names[w][s]),
                  layout_step_tally(builder->layout, builder->layout->step_base[w] + (int)s));
}

static void add_cycle(struct builder *builder, size_t w)
{
    const struct statistics_layout *layout = builder->layout;
    int cycle = layout->cycle_of_workload[w];
    struct subject subject = {.owner = metric_owner(METRIC_OWNER_CYCLE),
                              .resource = builder->spec->workloads[w].name,
                              .number = w,
                              .level = layout_cycle_level(layout, cycle, 0),
                              .tally = layout_cycle_tally(layout, cycle, 0),
                              .count = layout_cycle_count(layout, cycle, 0),
                              .capacity = -1};
    add_subject(builder, &subject);
}

static void add_workload(struct builder *builder, size_t w, const struct program *program)
{
    const struct statistics_layout *layout = builder->layout;
    int group = layout->group_of_workload[w];
    struct subject workload = group_of(builder, group, false);
    size_t first = builder->metrics->column_count;
    add_subject(builder, &workload);
    mark_unfinished(builder, first);
    add_steps(builder, &workload, program);
    if (layout->cycle_of_workload[w] >= 0)
        add_cycle(builder, w);
    for (int part = 0; part < layout->groups_by_number[group].parts; part++) {
        struct subject class = group_of(builder, group + 1 + part, true);
        first = builder->metrics->column_count;
        add_subject(builder, &class);
        mark_unfinished(builder, first);
    }
}

static bool add_all(struct builder *builder, const struct program *program,
                    const char *const *check_names, size_t check_count, struct error *err)
{
    const struct scenario *spec = builder->spec;
    struct metrics *metrics = builder->metrics;
    metric_windows_begin(builder);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (size_t i = 0; i < station_count(spec, (enum station_number)kind); i++)
            add_station(builder, (enum station_number)kind, i, program);
    for (size_t w = 0; w < spec->workload_count; w++)
        add_workload(builder, w, program);
    if (builder->layout->memory_level >= 0)
        add_subject(builder, &(struct subject){.owner = metric_owner(METRIC_OWNER_SYSTEM),
                                               .level = builder->layout->memory_level,
                                               .capacity = -1});
    metrics->metric_count = metrics->column_count;
    metric_builder_sort_names(builder);
    if (!metric_windows_add_criteria(builder, err))
        return false;
    metrics->check_base = metrics->column_count;
    for (size_t i = 0; i < check_count; i++)
        metric_builder_add(builder, SOURCE_CHECK, check_names[i], "");
    if (!metric_windows_add_series(builder, err))
        return false;
    metric_limits_add(builder);
    return true;
}

/* A table of just the size, in arena. */
static void keep_table(struct metrics *metrics, struct arena *arena)
{
    struct column *columns = arena_array(arena, metrics->column_count, sizeof *columns);
    struct metric_source *sources = arena_array(arena, metrics->column_count, sizeof *sources);
    for (size_t c = 0; c < metrics->column_count; c++) {
        columns[c] = metrics->columns[c];
        sources[c] = metrics->sources[c];
    }
    metrics->columns = columns;
    metrics->sources = sources;
}

bool metrics_make(const struct scenario *spec, const struct statistics_layout *layout,
                  const struct program *program, const char *const *check_names, size_t check_count,
                  struct arena *arena, struct metrics *metrics, struct error *err)
{
    *metrics = (struct metrics){0};
    struct builder builder = {
        .spec = spec, .layout = layout, .arena = arena, .table = arena_open(), .metrics = metrics};
    bool is_made = add_all(&builder, program, check_names, check_count, err);
    keep_table(metrics, arena);
    arena_close(builder.table);
    return is_made;
}
