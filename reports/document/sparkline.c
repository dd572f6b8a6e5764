/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/sparkline.h"
#include "reports/result/series.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

const char *sparkline_make(const double *values, size_t count, double top, struct arena *arena)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    enum { HEIGHTS = sizeof blocks / sizeof blocks[0] };
    size_t width = count < SPARKLINE_WIDTH ? count : SPARKLINE_WIDTH;
    const char *text = "";
    for (size_t block = 0; block < width; block++) {
        size_t from = block * count / width, to = (block + 1) * count / width, seen = 0;
        double sum = 0.0;
        for (size_t i = from; i < to; i++)
            if (isfinite(values[i])) {
                sum += values[i];
                seen++;
            }
        double part = seen > 0 ? sum / (double)seen / top : NAN;
        int height = isfinite(part) ? (int)fmin(fmax(part * HEIGHTS, 0.0), HEIGHTS - 1) : -1;
        text = arena_printf(arena, "%s%s", text, height < 0 ? " " : blocks[height]);
    }
    return text;
}

const char *sparkline_bar(double share, struct arena *arena)
{
    static const char full[] = "████████";
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    enum { WIDTH = 8, BYTES = (sizeof full - 1) / WIDTH };
    int eighths = (int)lround(fmin(fmax(share, 0), 1) * WIDTH * 8);
    return arena_printf(arena, "%.*s%s", eighths / 8 * BYTES, full, parts[eighths % 8]);
}

/* The highest window of that metric in any setting. */
static double highest_of(const struct result *result, const char *metric)
{
    double highest = 0.0;
    for (size_t s = 0; s < result->setting_count; s++)
        for (size_t i = 0; i < result->settings[s].series_count; i++) {
            const struct result_series *series = &result->settings[s].series[i];
            for (size_t w = 0; w < series->count && strcmp(series->metric, metric) == 0; w++)
                highest = fmax(highest, series->windows[w].mean.estimate);
        }
    return highest;
}

static void add_row(struct table *table, const struct document *document,
                    const struct result_setting *setting, const struct result_series *series,
                    double top)
{
    struct arena *arena = document->arena;
    double *values = arena_array(arena, series->count, sizeof *values);
    double lowest = NAN, highest = NAN;
    for (size_t w = 0; w < series->count; w++) {
        values[w] = series->windows[w].mean.estimate;
        lowest = fmin(lowest, values[w]);
        highest = fmax(highest, values[w]);
    }
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(document_name(document, series->metric));
    row[1] = table_text(document_name(document, setting->name));
    row[2] = table_text(sparkline_make(values, series->count, top > 0.0 ? top : 1.0, arena));
    row[3] = table_text(number_text_quantity(lowest, series->unit, arena));
    row[4] = table_text(number_text_quantity(highest, series->unit, arena));
}

void sparkline_add_series(struct document *document, const struct result *result)
{
    static const struct table_column columns[] = {{"metric", NULL, false},
                                                  {"setting", NULL, false},
                                                  {"over time", NULL, false},
                                                  {"lowest", NULL, true},
                                                  {"highest", NULL, true}};
    if (!series_exist(result))
        return;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], document->arena);
    size_t most = 0;
    for (size_t s = 0; s < result->setting_count; s++)
        most = result->settings[s].series_count > most ? result->settings[s].series_count : most;
    for (size_t i = 0; i < most; i++)
        for (size_t s = 0; s < result->setting_count; s++)
            if (i < result->settings[s].series_count) {
                const struct result_series *series = &result->settings[s].series[i];
                add_row(table, document, &result->settings[s], series,
                        highest_of(result, series->metric));
            }
    document_add(document, BLOCK_HEADING, "Over time");
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(document->arena, "Means of windows of %s, from 0 to the highest.",
                              number_text_quantity(result->window_s, "s", document->arena)));
    document_add_table(document, table);
}
