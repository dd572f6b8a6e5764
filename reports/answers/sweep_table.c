/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/sweep_table.h"
#include "reports/answers/exploration_answer.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

const struct estimate *sweep_table_estimate(const struct sweep_study *study, size_t p,
                                            size_t metric)
{
    int column = sweep_study_column(study, p, metric);
    return column == COLUMN_NONE ? NULL : &sweep_study_probe(study, p)->estimates[column];
}

const struct column *sweep_table_column(const struct sweep_study *study, size_t metric)
{
    size_t count;
    return &model_columns(candidate_model(&study->points[0]), &count)[study->columns[metric]];
}

/* What decides a point, for people: what fails, or else what is undecided. */
static const char *reason_of(const struct sweep_study *study, size_t p, struct arena *arena)
{
    const struct candidate *point = &study->points[p];
    const char *failing = exploration_answer_names(&study->exploration, point, VERDICT_FAIL, arena);
    if (*failing || sweep_study_probe(study, p)->verdict == VERDICT_PASS)
        return failing;
    if (sweep_study_probe(study, p)->has_failed_check)
        return "a self-check failed";
    return exploration_answer_names(&study->exploration, point, VERDICT_UNDECIDED, arena);
}

/* "max" of "resources.db_pool.max": the whole path stands above the table. */
static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && dot[1] ? dot + 1 : path;
}

static const struct table *table_of_points(const struct sweep_study *study, struct arena *arena)
{
    size_t count = 0;
    struct table_column *columns = arena_array(arena, 3 + study->column_count, sizeof *columns);
    const char *names = last_part(study->exploration.varied[0].path);
    for (size_t i = 1; i < study->exploration.varied_count; i++)
        names = arena_printf(arena, "%s, %s", names, last_part(study->exploration.varied[i].path));
    columns[count++] = (struct table_column){names, NULL, true};
    columns[count++].name = "verdict";
    columns[count++].name = "because of";
    for (size_t m = 0; m < study->column_count; m++)
        columns[count++] = (struct table_column){sweep_table_column(study, m)->name, NULL, true};
    struct table *table = table_make(columns, count, arena);
    for (size_t p = 0; p < study->count; p++) {
        if (!sweep_study_is_finished(study, p))
            continue;
        bool is_stable = !model_is_unstable(candidate_model(&study->points[p]));
        struct table_cell *cell = table_add_row(table);
        *cell++ = table_text(sweep_study_name(study, p, arena));
        *cell++ = exploration_answer_verdict_cell(sweep_study_probe(study, p)->verdict);
        *cell++ = table_text(reason_of(study, p, arena));
        for (size_t m = 0; m < study->column_count; m++) {
            const struct estimate *estimate = sweep_table_estimate(study, p, m);
            *cell++ = table_text(estimate ? number_text_estimate(estimate,
                                                                 sweep_table_column(study, m)->unit,
                                                                 is_stable, arena)
                                          : "-");
        }
    }
    table_drop_empty_columns(table);
    return table;
}

/* ---- ranges of points ---------------------------------------------------------------------- */

/* The points in lines along one of the values that vary. */
struct lines {
    const struct sweep_study *study;
    const char **reasons; /* [study->count] */
    size_t along;
    size_t step, length; /* from a point to the next of its line; points in a line */
};

static size_t step_of(const struct sweep_study *study, size_t axis)
{
    size_t step = 1;
    for (size_t i = axis + 1; i < study->exploration.varied_count; i++)
        step *= study->exploration.varied[i].count;
    return step;
}

static struct lines lines_along(const struct sweep_study *study, const char **reasons, size_t axis)
{
    return (struct lines){study, reasons, axis, step_of(study, axis),
                          study->exploration.varied[axis].count};
}

/* The place of point p in its line. */
static size_t place_of(const struct lines *lines, size_t p)
{
    return p / lines->step % lines->length;
}

static bool are_alike(const struct lines *lines, size_t p, size_t q)
{
    const struct sweep_study *study = lines->study;
    if (!sweep_study_is_finished(study, p) || !sweep_study_is_finished(study, q))
        return false;
    return sweep_study_probe(study, p)->verdict == sweep_study_probe(study, q)->verdict &&
           strcmp(lines->reasons[p], lines->reasons[q]) == 0;
}

static bool begins_range(const struct lines *lines, size_t p)
{
    return sweep_study_is_finished(lines->study, p) &&
           (place_of(lines, p) == 0 || !are_alike(lines, p - lines->step, p));
}

/* The last point of the range that begins at p. */
static size_t end_of(const struct lines *lines, size_t p)
{
    while (place_of(lines, p) + 1 < lines->length && are_alike(lines, p, p + lines->step))
        p += lines->step;
    return p;
}

static size_t count_ranges(const struct lines *lines)
{
    size_t count = 0;
    for (size_t p = 0; p < lines->study->count; p++)
        count += begins_range(lines, p);
    return count;
}

/* Along the value that takes the fewest rows to tell. */
static struct lines choose_lines(const struct sweep_study *study, size_t *ranges,
                                 struct arena *arena)
{
    const char **reasons = arena_array(arena, study->count, sizeof *reasons);
    struct lines best = {0};
    for (size_t p = 0; p < study->count; p++)
        reasons[p] = sweep_study_is_finished(study, p) ? reason_of(study, p, arena) : "";
    for (size_t axis = study->exploration.varied_count; axis-- > 0;) {
        struct lines lines = lines_along(study, reasons, axis);
        size_t count = count_ranges(&lines);
        if (!best.study || count < *ranges) {
            best = lines;
            *ranges = count;
        }
    }
    return best;
}

/* "1.2 ... 45 ms": the lowest and the highest estimate of points first, first + step ... last. */
static const char *span_text(const struct lines *lines, size_t first, size_t last, size_t metric,
                             struct arena *arena)
{
    const struct estimate *low = NULL, *high = NULL;
    const char *unit = sweep_table_column(lines->study, metric)->unit;
    for (size_t p = first; p <= last; p += lines->step) {
        const struct estimate *estimate = sweep_table_estimate(lines->study, p, metric);
        if (!estimate || isnan(estimate->estimate))
            continue;
        low = !low || estimate->estimate < low->estimate ? estimate : low;
        high = !high || estimate->estimate > high->estimate ? estimate : high;
    }
    if (!low)
        return "-";
    const char *from = number_text_quantity(low->estimate, unit, arena);
    const char *to = number_text_quantity(high->estimate, unit, arena);
    return strcmp(from, to) == 0 ? from : arena_printf(arena, "%s ... %s", from, to);
}

static void add_range(const struct lines *lines, size_t first, struct table *table,
                      struct arena *arena)
{
    const struct sweep_study *study = lines->study;
    size_t last = end_of(lines, first);
    struct table_cell *cell = table_add_row(table);
    for (size_t i = 0; i < study->exploration.varied_count; i++) {
        const char *from = study->values[first][i], *to = study->values[last][i];
        *cell++ = table_text(
            first == last || i != lines->along ? from : arena_printf(arena, "%s ... %s", from, to));
    }
    *cell++ = exploration_answer_verdict_cell(sweep_study_probe(study, first)->verdict);
    *cell++ = table_text(arena_printf(arena, "%zu", 1 + (last - first) / lines->step));
    *cell++ = table_text(lines->reasons[first]);
    for (size_t m = 0; m < study->column_count; m++)
        *cell++ = table_text(span_text(lines, first, last, m, arena));
}

static struct table *make_range_table(const struct sweep_study *study, struct arena *arena)
{
    size_t varied = study->exploration.varied_count, count = 0;
    struct table_column *columns =
        arena_array(arena, varied + 3 + study->column_count, sizeof *columns);
    for (size_t i = 0; i < varied; i++)
        columns[count++] =
            (struct table_column){last_part(study->exploration.varied[i].path), NULL, true};
    columns[count++].name = "verdict";
    columns[count++] = (struct table_column){"points", NULL, true};
    columns[count++].name = "because of";
    for (size_t m = 0; m < study->column_count; m++)
        columns[count++] = (struct table_column){sweep_table_column(study, m)->name, NULL, true};
    return table_make(columns, count, arena);
}

/* Line by line: where the verdict changes is where the next row begins. */
static void add_ranges(const struct sweep_study *study, struct answer *answer)
{
    struct arena *arena = answer->arena;
    size_t ranges = 0;
    struct lines lines = choose_lines(study, &ranges, arena);
    struct table *table = make_range_table(study, arena);
    for (size_t start = 0; start < study->count; start++)
        for (size_t p = start; place_of(&lines, start) == 0 && table->row_count < SWEEP_TABLE_ROWS;
             p += lines.step) {
            if (begins_range(&lines, p))
                add_range(&lines, p, table, arena);
            if (place_of(&lines, p) + 1 == lines.length)
                break;
        }
    table_drop_empty_columns(table);
    document_add(answer->document, BLOCK_PARAGRAPH,
                 "Neighbours with the same verdict for the same reason share a row. Each point by "
                 "itself is in the CSV and in the JSON.");
    document_add_table(answer->document, table);
    if (ranges > table->row_count)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena, "Not shown: %zu more rows.", ranges - table->row_count));
}

void sweep_table_add(const struct sweep_study *study, struct answer *answer)
{
    if (study->finished > SWEEP_TABLE_ROWS)
        add_ranges(study, answer);
    else
        document_add_table(answer->document, table_of_points(study, answer->arena));
}
