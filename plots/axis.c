/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/axis.h"
#include "plots/text_width.h"
#include "reports/text/digits.h"
#include <math.h>
#include <string.h>

static const struct canvas_style LABEL = {.ink = PALETTE_INK2};

/* The smallest of 1, 2, 5 times a power of ten that makes at most `most` ticks over reach. */
static double step_of(double reach, int most)
{
    double power = pow(10.0, floor(log10(reach / most)));
    static const double steps[] = {1.0, 2.0, 5.0, 10.0, 20.0};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (reach / (steps[i] * power) <= most - 1 + 1e-9)
            return steps[i] * power;
    return 50.0 * power;
}

static const char *label_of(double value, double largest, struct arena *arena)
{
    if (largest >= 1e7 && largest < 1e10 && (value >= 1e6 || value == 0.0))
        return arena_printf(arena, "%s%s", digits_exact(value / 1e6, arena),
                            value != 0.0 ? "M" : "");
    if (largest >= 1e4 && largest < 1e10 && (value >= 1e3 || value == 0.0))
        return arena_printf(arena, "%s%s", digits_exact(value / 1e3, arena),
                            value != 0.0 ? "k" : "");
    return digits_exact(value, arena);
}

static void add_tick(struct axis *axis, double value)
{
    if (axis->count < AXIS_MAX_TICKS)
        axis->ticks[axis->count++] = value;
}

static void make_linear(struct axis *axis, int most, bool is_rounded)
{
    double step = step_of(axis->high - axis->low, most);
    if (is_rounded) {
        axis->low = floor(axis->low / step + 1e-9) * step;
        axis->high = ceil(axis->high / step - 1e-9) * step;
    }
    double first = ceil(axis->low / step - 1e-9);
    for (double i = first; i * step <= axis->high + 1e-9 * step; i += 1.0)
        add_tick(axis, i * step);
}

static void make_log(struct axis *axis, int most, bool is_rounded)
{
    static const double factors[] = {1.0, 2.0, 5.0};
    int first = (int)floor(log10(axis->low) + 1e-9), last = (int)ceil(log10(axis->high) - 1e-9);
    bool is_fine = 3.0 * log10(axis->high / axis->low) <= most + 2;
    int stride = is_fine ? 1 : (last - first) / most + 1;
    if (is_rounded && !is_fine) {
        axis->low = pow(10.0, first);
        axis->high = pow(10.0, last);
    }
    for (int power = first; power <= last; power += stride)
        for (size_t i = 0; i < (is_fine ? 3 : 1); i++) {
            double tick = factors[i] * pow(10.0, power);
            if (tick >= axis->low * (1.0 - 1e-9) && tick <= axis->high * (1.0 + 1e-9))
                add_tick(axis, tick);
        }
}

void axis_make(struct axis *axis, double low, double high, bool is_log, int most, bool is_rounded,
               struct arena *arena)
{
    *axis = (struct axis){.low = low, .high = high, .is_log = is_log && low > 0.0};
    if (!(high - low > 1e-9 * fabs(high))) {
        axis->low = axis->is_log ? low / 2.0 : low - fmax(fabs(low), 1.0) / 2.0;
        axis->high = axis->is_log ? low * 2.0 : low + fmax(fabs(low), 1.0) / 2.0;
    }
    if (axis->is_log)
        make_log(axis, most, is_rounded);
    else
        make_linear(axis, most, is_rounded);
    double largest = axis->count > 0 ? axis->ticks[axis->count - 1] : 0.0;
    for (size_t i = 0; i < axis->count; i++)
        axis->labels[i] = label_of(axis->ticks[i], fmax(fabs(axis->ticks[0]), largest), arena);
}

void axis_make_for(struct axis *axis, const double *values, size_t count, int most,
                   struct arena *arena)
{
    double least = INFINITY, largest = 0.0, lowest = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (values[i] > 0.0)
            least = fmin(least, values[i]);
        if (isfinite(values[i])) {
            largest = fmax(largest, values[i]);
            lowest = fmin(lowest, values[i]);
        }
    }
    bool is_log = lowest == 0.0 && largest > AXIS_LOG_FROM * least;
    if (is_log)
        axis_make(axis, least / 1.3, 1.3 * largest, true, most, false, arena);
    else
        axis_make(axis, lowest, largest > 0.0 ? largest : 1.0, false, most, true, arena);
    for (size_t i = 0; i < count; i++)
        axis->has_zero |= is_log && values[i] == 0.0;
}

/* From 0 to where a logarithmic scale goes on. */
static const double ZERO_ROOM = 22.0;

double axis_at(const struct axis *axis, double value)
{
    double from = axis->from;
    if (axis->has_zero && value == 0.0)
        return from;
    if (axis->has_zero)
        from += copysign(ZERO_ROOM, axis->to - axis->from);
    double part = axis->is_log ? log(value / axis->low) / log(axis->high / axis->low)
                               : (value - axis->low) / (axis->high - axis->low);
    return isfinite(part) ? from + part * (axis->to - from) : NAN;
}

double axis_gutter(const struct axis *axis)
{
    double widest = 0.0;
    for (size_t i = 0; i < axis->count; i++)
        widest = fmax(widest, text_width(axis->labels[i], CANVAS_TEXT, false));
    return widest + 10.0;
}

/* Two strokes across the axis where a scale with 0 is broken. */
static void draw_break(struct canvas *canvas, double x, double y, bool is_level)
{
    for (int i = -1; i <= 1; i += 2) {
        double dx = is_level ? 2.0 * i : 0.0, dy = is_level ? 0.0 : 2.0 * i;
        canvas_line(canvas, x + dx - (is_level ? 2.0 : 4.0), y + dy + (is_level ? 4.0 : 2.0),
                    x + dx + (is_level ? 2.0 : 4.0), y + dy - (is_level ? 4.0 : 2.0), PALETTE_INK2,
                    1.0);
    }
}

void axis_draw_y(struct canvas *canvas, const struct axis *axis, const struct canvas_box *area)
{
    for (size_t i = 0; i < axis->count; i++) {
        double y = axis_at(axis, axis->ticks[i]);
        canvas_line(canvas, area->left, y, area->right, y, PALETTE_GRID, 1.0);
        struct canvas_box box =
            canvas_box_of(axis->labels[i], area->left - 6.0, y + 4.0, CANVAS_END, &LABEL);
        if (canvas_is_free(canvas, &box))
            canvas_text(canvas, area->left - 6.0, y + 4.0, CANVAS_END, LABEL, axis->labels[i]);
    }
    if (axis->has_zero) {
        canvas_text(canvas, area->left - 6.0, axis->from + 4.0, CANVAS_END, LABEL, "0");
        draw_break(canvas, area->left, axis->from - 11.0, false);
    }
}

void axis_draw_x(struct canvas *canvas, const struct axis *axis, const struct canvas_box *area,
                 const char *name)
{
    double last = -INFINITY;
    if (axis->has_zero) {
        last =
            canvas_text(canvas, axis->from, area->bottom + 17.0, CANVAS_MIDDLE, LABEL, "0").right;
        draw_break(canvas, axis->from + 11.0, area->bottom, true);
    }
    canvas_line(canvas, area->left, area->bottom, area->right, area->bottom, PALETTE_INK2, 1.0);
    for (size_t i = 0; i < axis->count; i++) {
        double x = axis_at(axis, axis->ticks[i]);
        struct canvas_box box =
            canvas_box_of(axis->labels[i], x, area->bottom + 17.0, CANVAS_MIDDLE, &LABEL);
        double shift = fmin(fmin(0.0, canvas->width - box.right), fmax(0.0, -box.left));
        canvas_line(canvas, x, area->bottom, x, area->bottom + 4.0, PALETTE_INK2, 1.0);
        if (box.left < last + 6.0 || box.left < 0.0)
            continue;
        last = canvas_text(canvas, x + shift, area->bottom + 17.0, CANVAS_MIDDLE, LABEL,
                           axis->labels[i])
                   .right;
    }
    if (name[0] != '\0')
        canvas_text(canvas, area->right, area->bottom + 34.0, CANVAS_END, LABEL, name);
}
