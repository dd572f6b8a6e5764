/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two values of each of many things against each other, on one diagonal: what was measured against
 * what had been projected (backtest), and the quantiles of drafted laws against those that were
 * seen (import). Both axes are one scale. */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DOTS = 3000, NAMED = 4, TOP = 24, TALLEST = 340 };

struct dot {
    double x, y, low, high; /* low, high: of the interval around x; NaN: none */
    const char *name;
    bool is_out;
};

struct scatter {
    struct arena *arena;
    struct dot *dots;
    size_t count, left_out;
    const char *x_name, *y_name;
    struct axis x, y;
    struct canvas_box area;
};

/* ---- what there is ---- */

static void add_dot(struct scatter *scatter, struct dot dot)
{
    bool is_drawable = dot.x > 0 && dot.y > 0 && isfinite(dot.x) && isfinite(dot.y);
    if (!is_drawable || scatter->count == MAX_DOTS) {
        scatter->left_out++;
        return;
    }
    scatter->dots[scatter->count++] = dot;
}

static void open_scatter(struct scatter *scatter, const struct picture_request *request)
{
    *scatter = (struct scatter){.arena = request->arena};
    scatter->dots = arena_array(request->arena, MAX_DOTS, sizeof *scatter->dots);
}

static void read_diagonal(struct scatter *scatter, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        double low = view_number(row, "one_run_low"), high = view_number(row, "one_run_high");
        double measured = view_number(row, "measured");
        add_dot(scatter, (struct dot){.x = view_number(row, "projected"),
                                      .y = measured,
                                      .low = low,
                                      .high = high,
                                      .name = arena_printf(
                                          scatter->arena, "%s: %s",
                                          layout_clean(view_text(row, "pair"), scatter->arena),
                                          layout_clean(view_text(row, "metric"), scatter->arena)),
                                      .is_out = !(measured >= low && measured <= high)});
    }
    scatter->x_name = "projected (s, 1/s, shares)";
    scatter->y_name = "measured";
}

static void read_quantiles(struct scatter *scatter, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        add_dot(scatter,
                (struct dot){.x = view_number(row, "observed"),
                             .y = view_number(row, "fitted"),
                             .low = NAN,
                             .high = NAN,
                             .name = layout_clean(view_text(row, "class"), scatter->arena)});
    }
    scatter->x_name = "quantile that was seen, s";
    scatter->y_name = "quantile of the drafted law, s";
}

static void make_axes(struct scatter *scatter)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < scatter->count; i++) {
        low = fmin(low, fmin(scatter->dots[i].x, scatter->dots[i].y));
        high = fmax(high, fmax(scatter->dots[i].x, scatter->dots[i].y));
    }
    bool is_log = high > AXIS_LOG_FROM * low;
    axis_make(&scatter->x, is_log ? low : 0, high, is_log, 5, true, scatter->arena);
    scatter->y = scatter->x;
}

/* ---- drawing ---- */

static void divide(struct scatter *scatter, double width)
{
    double left = axis_gutter(&scatter->y) + 4.0;
    double side = fmin(width - left - 12.0, TALLEST);
    scatter->area = (struct canvas_box){left, TOP, left + side, TOP + side};
    scatter->x.from = scatter->area.left;
    scatter->x.to = scatter->area.right;
    scatter->y.from = scatter->area.bottom;
    scatter->y.to = scatter->area.top;
}

/* How far a dot is off the diagonal, as a ratio. */
static double distance(const struct dot *dot)
{
    return fabs(log(dot->y / dot->x));
}

static int furthest_first(const void *a, const void *b)
{
    const struct dot *x = a, *y = b;
    double one = distance(x), other = distance(y);
    return (one < other) - (one > other);
}

static void draw_dot(struct canvas *canvas, const struct scatter *scatter, const struct dot *dot)
{
    double x = axis_at(&scatter->x, dot->x), y = axis_at(&scatter->y, dot->y);
    double low = axis_at(&scatter->x, fmax(dot->low, scatter->x.low));
    double high = axis_at(&scatter->x, fmin(dot->high, scatter->x.high));
    if (isfinite(dot->low) && isfinite(dot->high) && high - low > 3.0)
        canvas_line(canvas, low, y, high, y, PALETTE_BASE, 1.0);
    canvas_dot(canvas, x, y, dot->is_out ? 4.0 : 3.0, dot->is_out ? PALETTE_FAIL : PALETTE_PROP);
}

/* The dots that are furthest off, if they are off by more than a tenth. */
static void name_dots(struct canvas *canvas, const struct scatter *scatter)
{
    const char *last = "";
    for (size_t i = 0, named = 0; i < scatter->count && named < NAMED; i++) {
        const struct dot *dot = &scatter->dots[i];
        if (distance(dot) < 0.1)
            break;
        if (strcmp(dot->name, last) == 0)
            continue;
        double x = axis_at(&scatter->x, dot->x), y = axis_at(&scatter->y, dot->y);
        const struct canvas_place places[] = {
            {x + 7.0, y + 4.0, CANVAS_START},  {x - 7.0, y + 4.0, CANVAS_END},
            {x + 7.0, y - 9.0, CANVAS_START},  {x - 7.0, y - 9.0, CANVAS_END},
            {x + 7.0, y + 17.0, CANVAS_START}, {x - 7.0, y + 17.0, CANVAS_END}};
        const char *text =
            text_width_fit(dot->name, CANVAS_TEXT, false,
                           0.5 * (scatter->area.right - scatter->area.left), scatter->arena);
        canvas_place(canvas, places, sizeof places / sizeof places[0], &scatter->area,
                     (struct canvas_style){.ink = dot->is_out ? PALETTE_FAIL : PALETTE_INK2}, text);
        last = dot->name;
        named++;
    }
}

static void draw(struct canvas *canvas, struct scatter *scatter)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    const char *scale = scatter->x.is_log ? " (log)" : "";
    divide(scatter, canvas->width);
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title,
                arena_printf(scatter->arena, "%s%s", scatter->y_name, scale));
    axis_draw_y(canvas, &scatter->y, &scatter->area);
    axis_draw_x(canvas, &scatter->x, &scatter->area, "");
    canvas_text_within(canvas, scatter->area.right, scatter->area.bottom + 34.0,
                       scatter->area.right - 4.0, CANVAS_END, title,
                       arena_printf(scatter->arena, "%s%s", scatter->x_name, scale));
    canvas_line(canvas, scatter->area.left, scatter->area.bottom, scatter->area.right,
                scatter->area.top, PALETTE_INK2, 1.0);
    qsort(scatter->dots, scatter->count, sizeof *scatter->dots, furthest_first);
    for (size_t i = scatter->count; i-- > 0;)
        draw_dot(canvas, scatter, &scatter->dots[i]);
    name_dots(canvas, scatter);
    if (scatter->left_out > 0)
        canvas_text(canvas, 2.0, scatter->area.bottom + 52.0, CANVAS_START, title,
                    arena_printf(scatter->arena, "not drawn: %zu that %s 0 or not known",
                                 scatter->left_out, scatter->left_out > 1 ? "are" : "is"));
}

static bool finish(struct scatter *scatter, const struct picture_request *request,
                   struct picture *picture)
{
    struct canvas canvas;
    make_axes(scatter);
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, scatter);
    picture_finish(picture, &canvas);
    return true;
}

/* ---- the finding ---- */

static size_t count_out(const struct scatter *scatter)
{
    size_t out = 0;
    for (size_t i = 0; i < scatter->count; i++)
        out += scatter->dots[i].is_out;
    return out;
}

bool picture_make_diagonal(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    struct scatter scatter;
    const json_t *rows = json_object_get(request->root, "values");
    open_scatter(&scatter, request);
    if (strcmp(view_text(request->root, "kind"), "backtest") == 0)
        read_diagonal(&scatter, rows);
    if (scatter.count == 0)
        return error_set(err, STATUS_INPUT, "it has no values that were projected and measured");
    size_t out = count_out(&scatter);
    finish(&scatter, request, picture);
    picture->headline = arena_printf(request->arena,
                                     "%zu of %zu measured values are outside of their one-run "
                                     "interval",
                                     out, scatter.count);
    picture->alt = arena_printf(request->arena,
                                "Measured against projected values, %zu in all, with the diagonal "
                                "on which they are the same. Furthest off: %s, by a factor of %s.",
                                scatter.count, scatter.dots[0].name,
                                digits_number(exp(distance(&scatter.dots[0])), request->arena));
    return true;
}

bool picture_make_quantiles(const struct picture_request *request, struct picture *picture,
                            struct error *err)
{
    struct scatter scatter;
    const json_t *rows = json_object_get(request->root, "quantiles");
    open_scatter(&scatter, request);
    if (strcmp(view_text(request->root, "kind"), "import") == 0)
        read_quantiles(&scatter, rows);
    if (scatter.count == 0)
        return error_set(err, STATUS_INPUT, "it has no quantiles of laws that were drafted");
    finish(&scatter, request, picture);
    const char *most = digits_share(exp(distance(&scatter.dots[0])) - 1, request->arena);
    picture->headline = arena_printf(
        request->arena, "Quantiles of the drafted laws are within %s of those seen", most);
    picture->alt =
        arena_printf(request->arena,
                     "Quantiles of the drafted laws against those that were seen, %zu in "
                     "all, with the diagonal. Furthest off: %s, by %s.",
                     scatter.count, scatter.dots[0].name, most);
    return true;
}
