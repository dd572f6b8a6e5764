/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/series.h"
#include <math.h>
#include <string.h>

/* Whether some replication had more than a whole. */
static bool is_above_one(const double *values, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        if (values[i * stride] > 1)
            return true;
    return false;
}

/* No replication had an event, or none had anything else: the next may all the same. */
static void predict_rare(const struct plan *plan, const struct study_outcome *outcome,
                         size_t setting, size_t column, struct prediction *prediction)
{
    const struct study_result *found = &outcome->results[setting];
    const struct estimate *estimate = &found->estimates[column];
    size_t stride = plan->settings[setting].column_count;
    double trials = 0;
    size_t observed = 0;
    for (size_t r = 0; r < found->started; r++) {
        trials += found->weights[column + r * stride];
        observed += isnan(found->values[column + r * stride]) ? 0 : 1;
    }
    trials /= fmax((double)observed, 1);
    if (trials <= 0 || !estimate->has_interval)
        return;
    if (prediction->high <= 0)
        prediction->high = prediction_of_rare(estimate->high, trials, plan->options.confidence);
    else if (prediction->low >= 1)
        prediction->low =
            1 - prediction_of_rare(1 - estimate->low, trials, plan->options.confidence);
}

/* Of runs with drawn inputs where there are any that observed it, else of the replications. */
static const double *predict_next(const struct plan *plan, const struct study_outcome *outcome,
                                  size_t setting, size_t column, struct prediction *made,
                                  size_t *runs, struct arena *arena)
{
    size_t stride = plan->settings[setting].column_count;
    const struct study_result *found[] = {outcome->one_runs ? &outcome->one_runs[setting] : NULL,
                                          &outcome->results[setting]};
    const double *values = NULL;
    made->replications = 0;
    for (size_t i = 0; i < 2 && made->replications < 2; i++) {
        if (!found[i])
            continue;
        values = found[i]->values + column;
        *runs = found[i]->started;
        *made = prediction_of_next(values, *runs, stride, plan->options.confidence, arena);
    }
    return values;
}

struct prediction series_predict(const struct plan *plan, const struct study_outcome *outcome,
                                 size_t setting, size_t column, struct arena *arena)
{
    const struct study_setting *studied = &plan->settings[setting];
    struct prediction prediction;
    size_t runs = 0;
    const double *values = predict_next(plan, outcome, setting, column, &prediction, &runs, arena);
    if (prediction.replications < 2)
        return prediction;
    if (studied->columns[column].kind == COLUMN_RATE && prediction.low == prediction.high)
        predict_rare(plan, outcome, setting, column, &prediction);
    prediction.low = fmax(prediction.low, 0);
    if (strcmp(studied->columns[column].unit, "1") == 0 &&
        !is_above_one(values, runs, studied->column_count))
        prediction.high = fmin(prediction.high, 1);
    return prediction;
}

const struct result_series *series_of_setting(const struct plan *plan,
                                              const struct study_outcome *outcome, size_t setting,
                                              struct arena *arena, size_t *count)
{
    const struct model *model = plan->models[setting];
    *count = model_window_series_count(model);
    struct result_series *list = arena_array(arena, *count, sizeof *list);
    for (size_t s = 0; s < *count; s++) {
        struct model_window_series series = model_window_series(model, s);
        struct result_window *windows = arena_array(arena, series.length, sizeof *windows);
        for (size_t n = 0; n < series.length; n++) {
            size_t column = (size_t)series.first_column + n;
            windows[n].mean = outcome->results[setting].estimates[column];
            windows[n].one = series_predict(plan, outcome, setting, column, arena);
        }
        list[s] = (struct result_series){series.metric, series.unit, windows, series.length};
    }
    return list;
}

bool series_exist(const struct result *result)
{
    for (size_t i = 0; i < result->setting_count; i++)
        if (result->settings[i].series_count > 0)
            return true;
    return false;
}

/* What a series has of each window, by name. */
enum { ESTIMATE, LOW, HIGH, BAND_LOW, BAND_HIGH, FIELDS };
static const char *const field_names[FIELDS] = {"estimate", "low", "high", "band_low", "band_high"};

static double field_of(const struct result_window *window, int field)
{
    const double fields[FIELDS] = {window->mean.estimate, window->mean.low, window->mean.high,
                                   window->one.low, window->one.high};
    return fields[field];
}

static void writer_series(struct json_writer *writer, const char *setting,
                          const struct result_series *series)
{
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "setting", setting);
    writer_named_string(writer, "metric", series->metric);
    writer_named_string(writer, "unit", series->unit);
    for (int field = 0; field < FIELDS; field++) {
        writer_key(writer, field_names[field]);
        writer_open_array(writer, EMIT_LINE);
        for (size_t n = 0; n < series->count; n++)
            writer_number(writer, field_of(&series->windows[n], field));
        writer_close(writer);
    }
    writer_close(writer);
}

void series_emit(struct json_writer *writer, const struct result *result)
{
    writer_key(writer, "series");
    writer_open_object(writer, EMIT_LINES);
    writer_key(writer, "window_s");
    writer_number(writer, result->window_s);
    writer_key(writer, "values");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t s = 0; s < result->settings[i].series_count; s++)
            writer_series(writer, result->settings[i].name, &result->settings[i].series[s]);
    writer_close(writer);
    writer_close(writer);
}

static void fill_row(struct table_cell *row, const struct result *result, const char *setting,
                     const struct result_series *series, size_t n)
{
    row[0] = table_text(setting);
    row[1] = table_text(series->metric);
    row[2] = table_text(series->unit);
    row[3] = table_number((double)n * result->window_s);
    row[4] = table_number((double)(n + 1) * result->window_s);
    for (int field = 0; field < FIELDS; field++)
        row[5 + field] = table_number(field_of(&series->windows[n], field));
    row[5 + FIELDS] = table_number((double)series->windows[n].mean.replications);
}

const struct table *series_table(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false},  {"metric", NULL, false},     {"unit", NULL, false},
        {"start_s", NULL, true},   {"end_s", NULL, true},       {"estimate", NULL, true},
        {"low", NULL, true},       {"high", NULL, true},        {"band_low", NULL, true},
        {"band_high", NULL, true}, {"replications", NULL, true}};
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t s = 0; s < result->settings[i].series_count; s++) {
            const struct result_series *series = &result->settings[i].series[s];
            for (size_t n = 0; n < series->count; n++)
                fill_row(table_add_row(table), result, result->settings[i].name, series, n);
        }
    return table;
}
