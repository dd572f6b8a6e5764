/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals over time as they were seen, with the rate that was drafted; and below, how much more
 * than at random they vary at each scale (import). */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { MAX_WINDOWS = 400, MAX_SCALES = 12, TOP = 24, HEIGHT = 130, BETWEEN = 62, BELOW = 96 };

struct arrivals {
    struct arena *arena;
    const char *source;
    struct canvas_point windows[MAX_WINDOWS], drafted[MAX_WINDOWS]; /* s, 1/s */
    size_t window_count, drafted_count;
    double widths[MAX_SCALES], index[MAX_SCALES], error[MAX_SCALES];
    size_t scale_count;
    struct digits_scale unit;
    struct axis time, rate, width, dispersion;
};

/* ---- what there is ---- */

/* The first source that has windows is the draft's; more than fit are joined. */
static void read_windows(struct arrivals *arrivals, const json_t *rows)
{
    size_t size = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *source = view_text(json_array_get(rows, i), "source");
        if (size == 0)
            arrivals->source = source;
        if (strcmp(source, arrivals->source) != 0)
            break;
        size++;
    }
    size_t each = (size + MAX_WINDOWS - 1) / MAX_WINDOWS;
    for (size_t i = 0; each > 0 && i + each <= size; i += each) {
        double sum = 0;
        for (size_t k = 0; k < each; k++)
            sum += view_number(json_array_get(rows, i + k), "rate");
        double from = view_number(json_array_get(rows, i), "start_s");
        double to = view_number(json_array_get(rows, i + each - 1), "end_s");
        if (isfinite(sum) && isfinite(from + to))
            arrivals->windows[arrivals->window_count++] =
                (struct canvas_point){(from + to) / 2, fmax(sum / (double)each, 0)};
    }
}

static void read_drafted(struct arrivals *arrivals, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows) && arrivals->drafted_count < MAX_WINDOWS; i++) {
        const json_t *row = json_array_get(rows, i);
        struct canvas_point point = {view_number(row, "at_s"), view_number(row, "rate")};
        if (isfinite(point.x) && isfinite(point.y) && point.y >= 0)
            arrivals->drafted[arrivals->drafted_count++] = point;
    }
}

static void read_scales(struct arrivals *arrivals, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows) && arrivals->scale_count < MAX_SCALES; i++) {
        const json_t *row = json_array_get(rows, i);
        double width = view_number(row, "window_s"), index = view_number(row, "index");
        double error = view_number(row, "error");
        if (strcmp(view_text(row, "source"), arrivals->source) != 0 || !(width > 0) ||
            !(index > 0) || !isfinite(index))
            continue;
        arrivals->widths[arrivals->scale_count] = width;
        arrivals->index[arrivals->scale_count] = index;
        arrivals->error[arrivals->scale_count++] = isfinite(error) ? fabs(error) : 0;
    }
}

static void make_axes(struct arrivals *arrivals)
{
    double longest = 0, values[2 * MAX_WINDOWS], first = INFINITY, indices[2 * MAX_SCALES];
    size_t count = 0;
    for (size_t i = 0; i < arrivals->window_count; i++) {
        first = fmin(first, arrivals->windows[i].x);
        longest = fmax(longest, arrivals->windows[i].x);
        values[count++] = arrivals->windows[i].y;
    }
    for (size_t i = 0; i < arrivals->drafted_count; i++)
        values[count++] = arrivals->drafted[i].y;
    double highest = 0;
    for (size_t i = 0; i < count; i++)
        highest = fmax(highest, values[i]);
    arrivals->unit = digits_scale_of("s", longest);
    axis_make(&arrivals->time, fmin(0, first) * arrivals->unit.factor,
              longest * arrivals->unit.factor, false, 6, false, arrivals->arena);
    axis_make(&arrivals->rate, 0, highest > 0 ? highest : 1, false, 4, true, arrivals->arena);
    double low = 0.5, high = 2, narrow = INFINITY, wide = 0;
    for (size_t i = 0; i < arrivals->scale_count; i++) {
        indices[i] = arrivals->index[i] + arrivals->error[i];
        high = fmax(high, indices[i]);
        low = fmin(low, arrivals->index[i]);
        narrow = fmin(narrow, arrivals->widths[i]);
        wide = fmax(wide, arrivals->widths[i]);
    }
    axis_make(&arrivals->dispersion, low, high, true, 4, true, arrivals->arena);
    if (arrivals->scale_count > 0)
        axis_make(&arrivals->width, narrow / 1.5, wide * 1.5, true, 5, false, arrivals->arena);
}

/* ---- drawing ---- */

static double time_at(const struct arrivals *arrivals, double s)
{
    double value = s * arrivals->unit.factor;
    return axis_at(&arrivals->time, fmin(fmax(value, arrivals->time.low), arrivals->time.high));
}

static void draw_curve(struct canvas *canvas, const struct arrivals *arrivals,
                       const struct canvas_point *points, size_t count, enum palette ink,
                       double width)
{
    struct canvas_point *places = arena_array(arrivals->arena, count + 1, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct canvas_point){time_at(arrivals, points[i].x),
                                          axis_at(&arrivals->rate, points[i].y)};
    canvas_curve(canvas, places, count, ink, width);
}

static void draw_rates(struct canvas *canvas, struct arrivals *arrivals, double left)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    struct canvas_box area = {left, TOP, canvas->width - 12.0, TOP + HEIGHT};
    arrivals->time.from = area.left;
    arrivals->time.to = area.right;
    arrivals->rate.from = area.bottom;
    arrivals->rate.to = area.top;
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title,
                "arrivals a second: seen (grey), drafted (blue)");
    axis_draw_y(canvas, &arrivals->rate, &area);
    axis_draw_x(canvas, &arrivals->time, &area, "");
    canvas_text(canvas, area.right, area.bottom + 34.0, CANVAS_END, title,
                arena_printf(arrivals->arena, "time, %s", arrivals->unit.unit));
    draw_curve(canvas, arrivals, arrivals->windows, arrivals->window_count, PALETTE_BASE, 1.5);
    draw_curve(canvas, arrivals, arrivals->drafted, arrivals->drafted_count, PALETTE_PROP, 2.0);
}

static void draw_dispersion(struct canvas *canvas, struct arrivals *arrivals, double left)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    double top = TOP + HEIGHT + BETWEEN;
    struct canvas_box area = {left, top, canvas->width - 12.0, top + BELOW};
    if (arrivals->scale_count == 0)
        return;
    arrivals->width.from = area.left;
    arrivals->width.to = area.right;
    arrivals->dispersion.from = area.bottom;
    arrivals->dispersion.to = area.top;
    canvas_text(canvas, 2.0, top - 12.0, CANVAS_START, title,
                "variance over mean of the counts; 1: at random");
    axis_draw_y(canvas, &arrivals->dispersion, &area);
    axis_draw_x(canvas, &arrivals->width, &area, "");
    canvas_text(canvas, area.right, area.bottom + 34.0, CANVAS_END, title,
                "in windows of, s (log)");
    canvas_limit(canvas, area.left, axis_at(&arrivals->dispersion, 1), area.right,
                 axis_at(&arrivals->dispersion, 1));
    for (size_t i = 0; i < arrivals->scale_count; i++) {
        double x = axis_at(&arrivals->width, arrivals->widths[i]);
        double from = fmax(arrivals->index[i] - arrivals->error[i], arrivals->dispersion.low);
        canvas_whisker(canvas, x, axis_at(&arrivals->dispersion, from), x,
                       axis_at(&arrivals->dispersion, arrivals->index[i] + arrivals->error[i]));
        canvas_dot(canvas, x, axis_at(&arrivals->dispersion, arrivals->index[i]), 3.5,
                   PALETTE_PROP);
    }
}

static const char *word_dispersion(const struct arrivals *arrivals)
{
    const char *text = "";
    for (size_t i = 0; i < arrivals->scale_count; i++)
        text = arena_printf(arrivals->arena, "%s%s %s in %s", text, i > 0 ? "," : "",
                            digits_number(arrivals->index[i], arrivals->arena),
                            digits_quantity(arrivals->widths[i], "s", arrivals->arena));
    return text;
}

bool picture_make_arrivals(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    struct arrivals *arrivals = arena_alloc(request->arena, sizeof *arrivals);
    struct canvas canvas;
    *arrivals = (struct arrivals){.arena = request->arena, .source = ""};
    if (strcmp(view_text(request->root, "kind"), "import") == 0) {
        read_windows(arrivals, json_object_get(request->root, "rates"));
        read_drafted(arrivals, json_object_get(request->root, "drafted_rate"));
        read_scales(arrivals, json_object_get(request->root, "dispersion"));
    }
    if (arrivals->window_count == 0)
        return error_set(err, STATUS_INPUT, "it has no arrivals over time");
    make_axes(arrivals);
    picture_begin(&canvas, request, PICTURE_NARROW);
    double left = fmax(axis_gutter(&arrivals->rate), axis_gutter(&arrivals->dispersion)) + 4.0;
    draw_rates(&canvas, arrivals, left);
    draw_dispersion(&canvas, arrivals, left);
    picture_finish(picture, &canvas);
    const json_t *facts = json_object_get(request->root, "facts");
    const char *process = view_text(facts, "arrivals");
    double rate = view_number(json_object_get(facts, "rate"), "value");
    picture->headline = arena_printf(request->arena, "%s arrivals a second%s%s",
                                     digits_number(rate, request->arena), process[0] ? ": " : "",
                                     layout_clean(process, request->arena));
    picture->alt = arena_printf(request->arena,
                                "Arrivals a second over time as seen and as drafted, and variance "
                                "over mean of their counts:%s.",
                                word_dispersion(arrivals));
    return true;
}
