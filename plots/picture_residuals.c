/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured values over what was simulated (calibrate) or projected (score, backtest), each with the
 * interval of one run: a row for each, those first that are furthest out of it. */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_READ = 500, MAX_ROWS = 16, ROW_HEIGHT = 20, TOP = 26 };

/* Beyond these a ratio is an arrow with its figure. */
static const double LOWEST = 0.2, HIGHEST = 3.0;

struct residual {
    const char *name;
    double ratio, low, high; /* over what was simulated */
    double out;              /* how far out, in half intervals; below 1: inside */
};

struct residuals {
    struct arena *arena;
    struct residual rows[MAX_READ];
    size_t count, outside, left_out;
    struct axis axis;
    double left, right;
};

/* "api.response.p95", of a backtest with the pair in front. */
static const char *name_of(const json_t *row, struct arena *arena)
{
    const char *pair = layout_clean(view_text(row, "pair"), arena);
    const char *metric = layout_clean(view_text(row, "metric"), arena);
    return pair[0] ? arena_printf(arena, "%s: %s", pair, metric) : metric;
}

static void read_row(struct residuals *residuals, const json_t *row, const char *expected)
{
    double middle = view_number(row, expected);
    struct residual made = {.name = name_of(row, residuals->arena),
                            .ratio = view_number(row, "measured") / middle,
                            .low = view_number(row, "one_run_low") / middle,
                            .high = view_number(row, "one_run_high") / middle};
    bool is_drawable = middle > 0 && isfinite(made.ratio) && made.ratio >= 0 &&
                       isfinite(made.low) && isfinite(made.high) && made.low <= made.high;
    if (!is_drawable || residuals->count == MAX_READ) {
        residuals->left_out++;
        return;
    }
    double half = made.ratio > 1 ? made.high - 1 : 1 - made.low;
    made.out = fabs(made.ratio - 1) / fmax(half, 1e-12);
    residuals->outside += made.ratio < made.low || made.ratio > made.high;
    residuals->rows[residuals->count++] = made;
}

static int furthest_first(const void *a, const void *b)
{
    const struct residual *x = a, *y = b;
    if (x->out < y->out || x->out > y->out)
        return x->out < y->out ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void make_axis(struct residuals *residuals)
{
    double low = 0.9, high = 1.1;
    for (size_t i = 0; i < residuals->count && i < MAX_ROWS; i++) {
        const struct residual *row = &residuals->rows[i];
        low = fmin(low, fmax(fmin(row->low, row->ratio), LOWEST));
        high = fmax(high, fmin(fmax(row->high, row->ratio), HIGHEST));
    }
    axis_make(&residuals->axis, low, high, false, 5, true, residuals->arena);
}

static void divide(struct residuals *residuals, double width)
{
    double names = 0;
    for (size_t i = 0; i < residuals->count && i < MAX_ROWS; i++)
        names = fmax(names, text_width(residuals->rows[i].name, CANVAS_TEXT, false));
    residuals->left = 2.0 + fmin(names, 0.42 * width) + 12.0;
    residuals->right = width - 46.0;
    residuals->axis.from = residuals->left;
    residuals->axis.to = residuals->right;
}

static double place_of(const struct residuals *residuals, double ratio)
{
    const struct axis *axis = &residuals->axis;
    return axis_at(axis, fmin(fmax(ratio, axis->low), axis->high));
}

static void draw_row(struct canvas *canvas, const struct residuals *residuals,
                     const struct residual *row, double y)
{
    bool is_out = row->ratio < row->low || row->ratio > row->high;
    enum palette ink = is_out ? PALETTE_FAIL : PALETTE_PROP;
    double x = place_of(residuals, row->ratio);
    bool is_beyond = row->ratio < residuals->axis.low || row->ratio > residuals->axis.high;
    canvas_text_within(canvas, 2.0, y + 4.0, residuals->left - 14.0, CANVAS_START,
                       (struct canvas_style){.ink = PALETTE_INK}, row->name);
    canvas_rect(canvas, place_of(residuals, row->low), y - 5.0,
                fmax(place_of(residuals, row->high), place_of(residuals, row->low) + 1.0), y + 5.0,
                PALETTE_BASE_BG);
    if (is_beyond)
        canvas_arrow(canvas, x, y, row->ratio > 1 ? 1 : 3, ink);
    else
        canvas_dot(canvas, x, y, 3.5, ink);
    canvas_text(canvas, canvas->width - 2.0, y + 4.0, CANVAS_END,
                (struct canvas_style){is_out ? PALETTE_FAIL : PALETTE_INK2, is_out, 0.0},
                arena_printf(residuals->arena, "%.2f", fmin(row->ratio, 99.0)));
}

static void draw(struct canvas *canvas, struct residuals *residuals)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    size_t rows = residuals->count < MAX_ROWS ? residuals->count : MAX_ROWS;
    size_t more = residuals->count - rows + residuals->left_out;
    divide(residuals, canvas->width);
    struct canvas_box area = {residuals->left, TOP - 8.0, residuals->right,
                              TOP + ROW_HEIGHT * (double)rows};
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title,
                "measured over simulated; the bar: one run");
    axis_draw_x(canvas, &residuals->axis, &area, "");
    canvas_line(canvas, place_of(residuals, 1.0), area.top, place_of(residuals, 1.0), area.bottom,
                PALETTE_INK2, 1.0);
    for (size_t i = 0; i < rows; i++)
        draw_row(canvas, residuals, &residuals->rows[i], TOP + ROW_HEIGHT * ((double)i + 0.5));
    if (more > 0)
        canvas_text(canvas, 2.0, area.bottom + 36.0, CANVAS_START, title,
                    arena_printf(residuals->arena, "not drawn: %zu more %s", more,
                                 more > 1 ? "metrics" : "metric"));
}

static void read_rows(struct residuals *residuals, const json_t *root)
{
    const char *kind = view_text(root, "kind");
    bool is_score = strcmp(kind, "score") == 0 || strcmp(kind, "backtest") == 0;
    bool is_calibrate = strcmp(kind, "calibrate") == 0;
    const json_t *rows = json_object_get(root, is_score ? "values" : "metrics");
    if (!is_score && !is_calibrate)
        return;
    for (size_t i = 0; i < json_array_size(rows); i++)
        read_row(residuals, json_array_get(rows, i), is_score ? "projected" : "simulated");
}

bool picture_make_residuals(const struct picture_request *request, struct picture *picture,
                            struct error *err)
{
    struct residuals *residuals = arena_alloc(request->arena, sizeof *residuals);
    struct canvas canvas;
    *residuals = (struct residuals){.arena = request->arena};
    read_rows(residuals, request->root);
    if (residuals->count == 0)
        return error_set(err, STATUS_INPUT,
                         "it has no measured values with an interval of one run");
    qsort(residuals->rows, residuals->count, sizeof residuals->rows[0], furthest_first);
    make_axis(residuals);
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, residuals);
    picture_finish(picture, &canvas);
    picture->headline = arena_printf(request->arena,
                                     "%zu of %zu measured values are where one run "
                                     "would be",
                                     residuals->count - residuals->outside, residuals->count);
    picture->alt = arena_printf(
        request->arena,
        "Measured over simulated values with the interval of one run. Furthest out: "
        "%s at %s.",
        residuals->rows[0].name, digits_number(residuals->rows[0].ratio, request->arena));
    return true;
}
