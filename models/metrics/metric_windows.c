/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_windows.h"
#include "sim/base/spelling.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

void metric_windows_begin(struct builder *builder)
{
    struct metrics *metrics = builder->metrics;
    size_t criteria = builder->spec->criterion_count, clocks = criteria + 1;
    size_t tallies = (size_t)builder->layout->tally_count;
    metrics->clocks = arena_array(builder->arena, clocks, sizeof *metrics->clocks);
    metrics->clocks[metrics->clock_count++] = builder->spec->run.window_ns;
    metrics->is_judged = arena_array(builder->arena, clocks, sizeof(bool));
    metrics->needs_buckets =
        arena_array(builder->arena, arena_multiply_sizes(clocks, tallies), sizeof(bool));
    metrics->criterion_columns =
        arena_array(builder->arena, criteria, sizeof *metrics->criterion_columns);
}

/* Number of the clock with windows of length ns, made when there is none. */
static int find_clock(struct metrics *metrics, int64_t length)
{
    for (size_t c = 0; c < metrics->clock_count; c++)
        if (metrics->clocks[c] == length)
            return (int)c;
    metrics->clocks[metrics->clock_count] = length;
    return (int)metrics->clock_count++;
}

static bool fail_at(const struct criterion_spec *criterion, struct error *err)
{
    snprintf(err->pointer, sizeof err->pointer, "%s", criterion->pointer);
    return false;
}

/* A limit's unit must be the metric's: a share may be a percentage or a bare number, a count a bare
 * number. */
static bool check_unit(const struct criterion_spec *criterion, const struct column *column,
                       struct error *err)
{
    const char *given = criterion->limit_unit, *wanted = column->unit;
    bool is_plain = strcmp(wanted, "1") == 0 || strcmp(wanted, "") == 0;
    if (!criterion->has_limit || strcmp(given, wanted) == 0 || (is_plain && given[0] == '\0'))
        return true;
    const char *accepted = strcmp(wanted, "s") == 0     ? "a duration such as 10ms"
                           : strcmp(wanted, "1/s") == 0 ? "a rate such as 500/s"
                           : strcmp(wanted, "B") == 0   ? "a size such as 50MB"
                           : strcmp(wanted, "1") == 0   ? "a share such as 70% or 0.7"
                                                        : "a number without a unit";
    error_set(err, STATUS_INPUT, "%s needs %s, got \"%s\"", column->name, accepted,
              criterion->limit_text);
    return fail_at(criterion, err);
}

bool metric_windows_has_windows(const struct metric_source *source)
{
    return source->kind != SOURCE_LEVEL_MAX && source->kind != SOURCE_LEVEL_PEAK &&
           source->kind != SOURCE_TALLY_MAX;
}

/* How the expression says its span: "in every", "over", "for"; and the text from there on. */
static const char *span_word(enum criterion_span span)
{
    return span == SPAN_IN_EVERY ? " in every " : span == SPAN_OVER ? " over " : " for ";
}

static const char *span_text(struct builder *builder, const struct criterion_spec *criterion)
{
    const char *word = span_word(criterion->span), *text = strstr(criterion->expect, word);
    return text ? text
                : arena_printf(builder->arena, "%s%.9gs", word, (double)criterion->window_ns / 1e9);
}

static bool check_windows(struct builder *builder, const struct criterion_spec *criterion, int of,
                          struct error *err)
{
    const struct metrics *metrics = builder->metrics;
    const char *word = span_word(criterion->span) + 1;
    if (criterion->window_ns > builder->spec->run.duration_ns) {
        error_set(err, STATUS_INPUT, "the window is longer than %s: no window would ever be judged",
                  builder->spec->rollout ? "rollout.watch" : "run.duration");
        return fail_at(criterion, err);
    }
    if (!metric_windows_has_windows(&metrics->sources[of])) {
        error_set(err, STATUS_INPUT, "%s is already the highest of the whole run: drop \"%.*s\"",
                  metrics->columns[of].name, (int)strlen(word) - 1, word);
        return fail_at(criterion, err);
    }
    return true;
}

/* The tallies whose quantiles column `of` needs in the windows of a clock. */
static void need_buckets(struct builder *builder, int of, int clock)
{
    struct metrics *metrics = builder->metrics;
    const struct metric_source *source = &metrics->sources[of];
    metrics->is_judged[clock] = true;
    if (source->kind != SOURCE_TALLY_QUANTILE && source->kind != SOURCE_TALLY_NONZERO)
        return;
    bool *needs = &metrics->needs_buckets[(size_t)clock * (size_t)builder->layout->tally_count];
    for (int c = 0; c < source->copies; c++)
        needs[source->at[0] + c * source->stride] = true;
}

int metric_windows_watch(struct builder *builder, int of, uint32_t steps)
{
    struct metrics *metrics = builder->metrics;
    for (size_t w = 0; w < metrics->watch_count; w++)
        if (metrics->watches[w].of == of && metrics->watches[w].steps == steps)
            return (int)w;
    if (metrics->watch_count == metrics->watch_room) {
        size_t room = metrics->watch_room ? 2 * metrics->watch_room : 16;
        struct metric_watch *watches = arena_array(builder->arena, room, sizeof *watches);
        if (metrics->watch_count > 0)
            memcpy(watches, metrics->watches, metrics->watch_count * sizeof *watches);
        metrics->watches = watches;
        metrics->watch_room = room;
    }
    metrics->watches[metrics->watch_count] = (struct metric_watch){of, steps};
    need_buckets(builder, of, 0);
    return (int)metrics->watch_count++;
}

/* Windows of run.window that a span is long; inputs check that it is a whole number of them. */
static uint32_t steps_of(const struct builder *builder, const struct criterion_spec *criterion)
{
    int64_t window = builder->spec->run.window_ns;
    assert(criterion->window_ns % window == 0);
    return (uint32_t)(criterion->window_ns / window);
}

/* The worst window is the highest when the limit is above, the lowest when it is below; without a
 * limit it is what the metric's direction says. */
static void add_span(struct builder *builder, const struct criterion_spec *criterion, int of)
{
    static const enum metric_source_kind kinds[] = {
        [SPAN_IN_EVERY] = SOURCE_IN_EVERY, [SPAN_OVER] = SOURCE_OVER, [SPAN_FOR] = SOURCE_FOR};
    struct metrics *metrics = builder->metrics;
    bool larger_is_better = metrics->columns[of].larger_is_better;
    bool is_below = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    const char *name = arena_printf(builder->arena, "%s%s", metrics->columns[of].name,
                                    span_text(builder, criterion));
    struct metric_source *source =
        metric_builder_add(builder, kinds[criterion->span], name, metrics->columns[of].unit);
    metrics->columns[metrics->column_count - 1].identity = metrics->columns[of].identity;
    metrics->columns[metrics->column_count - 1].larger_is_better = larger_is_better;
    metrics->columns[metrics->column_count - 1].is_share = metrics->columns[of].is_share;
    source->is_upper = criterion->has_limit ? is_below : !larger_is_better;
    if (criterion->span == SPAN_IN_EVERY) {
        source->of = of;
        source->clock = find_clock(metrics, criterion->window_ns);
        need_buckets(builder, of, source->clock);
        return;
    }
    source->steps = steps_of(builder, criterion);
    source->of = metric_windows_watch(builder, of, source->kind == SOURCE_OVER ? source->steps : 1);
}

enum { MOST_NEAREST = 5 };

/* The names of metrics that are most like `metric`, with commas between. */
static const char *list_nearest(struct builder *builder, const char *metric,
                                const char *const *names)
{
    const char *nearest[MOST_NEAREST], *text = "";
    size_t count =
        spelling_rank(metric, names, builder->metrics->metric_count, nearest, MOST_NEAREST);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(builder->arena, "%s%s%s", text, i > 0 ? ", " : "", nearest[i]);
    return text;
}

static bool fail_unknown(struct builder *builder, const char *metric, enum status status,
                         struct error *err)
{
    const struct metrics *metrics = builder->metrics;
    const char **names = arena_array(builder->arena, metrics->metric_count, sizeof *names);
    for (size_t c = 0; c < metrics->metric_count; c++)
        names[c] = metrics->columns[c].name;
    const char *nearest = spelling_nearest(metric, names, metrics->metric_count);
    if (nearest)
        error_set(err, status, "unknown metric \"%s\"; did you mean \"%s\"?", metric, nearest);
    else
        error_set(err, status, "unknown metric \"%s\"; the nearest of %zu are %s", metric,
                  metrics->metric_count, list_nearest(builder, metric, names));
    return false;
}

/* The ordinary column that a criterion or a rule is about, in *of. */
static bool find_column(struct builder *builder, const struct criterion_spec *criterion, int *of,
                        struct error *err)
{
    *of = metrics_find(builder->metrics, criterion->metric);
    if (*of == COLUMN_NONE) {
        fail_unknown(builder, criterion->metric, STATUS_INPUT, err);
        return fail_at(criterion, err);
    }
    return check_unit(criterion, &builder->metrics->columns[*of], err) &&
           (criterion->span == SPAN_WHOLE || check_windows(builder, criterion, *of, err));
}

bool metric_windows_add_criteria(struct builder *builder, struct error *err)
{
    struct metrics *metrics = builder->metrics;
    for (size_t i = 0; i < builder->spec->criterion_count; i++) {
        const struct criterion_spec *criterion = &builder->spec->criteria[i];
        int column;
        if (!find_column(builder, criterion, &column, err))
            return false;
        if (criterion->span != SPAN_WHOLE) {
            add_span(builder, criterion, column);
            column = (int)metrics->column_count - 1;
        }
        metrics->criterion_columns[i] = column;
    }
    return true;
}

bool metric_windows_add_rule(struct builder *builder, const struct criterion_spec *when, int *watch,
                             struct error *err)
{
    int of;
    assert(when->span == SPAN_WHOLE || when->span == SPAN_OVER);
    if (!find_column(builder, when, &of, err))
        return false;
    if (!metric_windows_has_windows(&builder->metrics->sources[of])) {
        error_set(err, STATUS_INPUT,
                  "%s is the highest of the whole run: it has no value in a window",
                  builder->metrics->columns[of].name);
        return fail_at(when, err);
    }
    *watch =
        metric_windows_watch(builder, of, when->span == SPAN_OVER ? steps_of(builder, when) : 1);
    return true;
}

static bool add_series(struct builder *builder, const char *metric, struct error *err)
{
    struct metrics *metrics = builder->metrics;
    int of = metrics_find(metrics, metric);
    if (of == COLUMN_NONE)
        return fail_unknown(builder, metric, STATUS_USAGE, err);
    if (!metric_windows_has_windows(&metrics->sources[of]))
        return error_set(err, STATUS_USAGE, "%s is the highest of the whole run: it has no series",
                         metric);
    if ((metrics->series_count + 1) * metrics->series_length > METRIC_SPANS_MOST_VALUES)
        return error_set(err, STATUS_USAGE,
                         "%zu series of %zu windows are more than %d values; ask for fewer, or for "
                         "a longer run.window",
                         builder->spec->run.series_count, metrics->series_length,
                         METRIC_SPANS_MOST_VALUES);
    const char *name = metrics->columns[of].name, *unit = metrics->columns[of].unit;
    metrics->series[metrics->series_count++] = (struct metric_series){
        of, metric_windows_watch(builder, of, 1), (int)metrics->column_count};
    for (size_t n = 0; n < metrics->series_length; n++)
        metric_builder_add(builder, SOURCE_SERIES, name, unit);
    return true;
}

bool metric_windows_add_series(struct builder *builder, struct error *err)
{
    struct metrics *metrics = builder->metrics;
    const struct run_spec *run = &builder->spec->run;
    metrics->series = arena_array(builder->arena, run->series_count, sizeof *metrics->series);
    metrics->series_length = (size_t)(run->duration_ns / run->window_ns);
    for (size_t i = 0; i < run->series_count; i++)
        if (!add_series(builder, run->series[i], err)) {
            error_set_file(err, "--series");
            return false;
        }
    return true;
}
