/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cycle times: a row for each setting, from the median to the longest. A distribution of cycles is
 * narrow, so its quantiles would be a vertical stroke; the distance to the limit is what tells. */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/quantiles.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { MAX_ROWS = 20, ROW_HEIGHT = 24, TOP = 42 };

struct cycle_row {
    const char *setting, *figures;
    double middle, longest;
    const char *longest_stat; /* "max", or the last quantile that is resolved */
};

struct cycles {
    struct arena *arena;
    const json_t *subject;
    const char *name;
    struct cycle_row rows[MAX_ROWS];
    size_t count, left_out, subject_row;
    double limit, due; /* NaN without one */
    struct digits_scale scale;
    struct axis axis;
    double left, right;
};

static void read_row(struct cycles *cycles, const json_t *setting)
{
    struct cycle_row row = {.setting = layout_clean(view_text(setting, "name"), cycles->arena)};
    row.middle = view_number(quantiles_of(setting, cycles->name, 0, cycles->arena), "estimate");
    row.longest = view_number(
        view_metric(setting, arena_printf(cycles->arena, "%s.max", cycles->name)), "estimate");
    row.longest_stat = "max";
    for (size_t i = QUANTILES; i-- > 0 && isnan(row.longest);) {
        row.longest =
            view_number(quantiles_of(setting, cycles->name, i, cycles->arena), "estimate");
        row.longest_stat = quantiles[i].stat + 1;
    }
    if (isnan(row.middle))
        row.middle = row.longest;
    if (isnan(row.longest))
        return;
    if (cycles->count == MAX_ROWS) {
        cycles->left_out++;
        return;
    }
    if (setting == cycles->subject)
        cycles->subject_row = cycles->count;
    cycles->rows[cycles->count++] = row;
}

/* A cycle's duty is its mean length over the time between two. */
static void read_levels(struct cycles *cycles)
{
    static const char *const stats[] = {".max", ".p999", ".p99", ".p95", ".p90", ".mean"};
    double mean = view_number(
        view_metric(cycles->subject, arena_printf(cycles->arena, "%s.mean", cycles->name)),
        "estimate");
    double duty = view_number(
        view_metric(cycles->subject, arena_printf(cycles->arena, "%s.duty", cycles->name)),
        "estimate");
    cycles->due = duty > 0.0 ? mean / duty : NAN;
    cycles->limit = NAN;
    for (size_t i = 0; i < sizeof stats / sizeof stats[0] && isnan(cycles->limit); i++)
        cycles->limit = view_number(
            quantiles_criterion(cycles->subject, cycles->name, stats[i], cycles->arena), "limit");
}

/* The same number of digits for all: one unit. */
static void make_axis(struct cycles *cycles)
{
    double values[MAX_ROWS * 2 + 2], largest = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < cycles->count; i++) {
        values[count++] = cycles->rows[i].middle;
        values[count++] = cycles->rows[i].longest;
    }
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, values[i]);
    values[count++] = cycles->limit;
    if (cycles->due < 6.0 * fmax(largest, isfinite(cycles->limit) ? cycles->limit : 0.0))
        values[count++] = cycles->due;
    else
        cycles->due = NAN;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, isfinite(values[i]) ? values[i] : 0.0);
    cycles->scale = digits_scale_of("s", largest);
    for (size_t i = 0; i < count; i++)
        values[i] *= cycles->scale.factor;
    axis_make_for(&cycles->axis, values, count, 5, cycles->arena);
}

static const char *word_row(const struct cycles *cycles, const struct cycle_row *row)
{
    const char *longest = digits_scaled(row->longest, &cycles->scale, cycles->arena);
    const char *middle = digits_number(cycles->scale.factor * row->middle, cycles->arena);
    const char *number = digits_number(cycles->scale.factor * row->longest, cycles->arena);
    return strcmp(middle, number) == 0 ? longest
                                       : arena_printf(cycles->arena, "%s to %s", middle, longest);
}

/* ---- drawing ---- */

static double place_of(const struct cycles *cycles, double value)
{
    return axis_at(&cycles->axis, cycles->scale.factor * value);
}

static void divide(struct cycles *cycles, double width)
{
    double names = 0.0, figures = 0.0;
    for (size_t i = 0; i < cycles->count; i++) {
        cycles->rows[i].figures = word_row(cycles, &cycles->rows[i]);
        names = fmax(names, text_width(cycles->rows[i].setting, CANVAS_TEXT, false));
        figures = fmax(figures, text_width(cycles->rows[i].figures, CANVAS_TEXT, true));
    }
    cycles->left = 2.0 + fmin(names, 0.34 * width) + 12.0;
    cycles->right = width - fmin(figures, 0.34 * width) - 14.0;
    cycles->axis.from = cycles->left;
    cycles->axis.to = cycles->right;
}

static void draw_row(struct canvas *canvas, const struct cycles *cycles, size_t i, double y)
{
    const struct cycle_row *row = &cycles->rows[i];
    enum palette ink =
        i == 0 && cycles->count > 1 && cycles->subject_row != 0 ? PALETTE_BASE : PALETTE_PROP;
    double from = place_of(cycles, row->middle), to = place_of(cycles, row->longest);
    canvas_text_within(canvas, 2.0, y + 4.0, cycles->left - 14.0, CANVAS_START,
                       (struct canvas_style){.ink = PALETTE_INK}, row->setting);
    canvas_line(canvas, cycles->left, y, cycles->right, y, PALETTE_GRID, 1.0);
    canvas_line(canvas, from, y, to, y, ink, 2.5);
    canvas_line(canvas, to, y - 5.0, to, y + 5.0, ink, 2.5);
    canvas_dot(canvas, from, y, 4.0, ink);
    canvas_text_within(canvas, canvas->width - 2.0, y + 4.0, canvas->width - cycles->right - 12.0,
                       CANVAS_END, (struct canvas_style){ink, true, 0.0}, row->figures);
}

/* Names of the two lines stand above them, side by side or one above the other. */
static void draw_levels(struct canvas *canvas, const struct cycles *cycles, double bottom)
{
    const struct canvas_style style = {.ink = PALETTE_INK};
    const struct canvas_box area = {0.0, 13.0, canvas->width, TOP - 10.0};
    if (isfinite(cycles->limit)) {
        double x = place_of(cycles, cycles->limit);
        canvas_limit(canvas, x, TOP - 12.0, x, bottom);
        const char *text = arena_printf(
            cycles->arena, "limit %s", digits_scaled(cycles->limit, &cycles->scale, cycles->arena));
        canvas_text(canvas, x, TOP - 15.0, CANVAS_MIDDLE, style, text);
    }
    if (isfinite(cycles->due)) {
        double x = place_of(cycles, cycles->due);
        canvas_line(canvas, x, TOP - 12.0, x, bottom, PALETTE_INK2, 1.0);
        const char *text = arena_printf(cycles->arena, "next due, %s",
                                        digits_scaled(cycles->due, &cycles->scale, cycles->arena));
        const struct canvas_place places[] = {{x, TOP - 15.0, CANVAS_MIDDLE},
                                              {x - 2.0, TOP - 15.0, CANVAS_START},
                                              {x + 2.0, TOP - 15.0, CANVAS_END},
                                              {canvas->width - 2.0, TOP - 15.0, CANVAS_END}};
        if (!canvas_place(canvas, places, 4, &area, style, text))
            canvas_text(canvas, x, bottom + 52.0, CANVAS_MIDDLE, style, text);
    }
}

static void draw(struct canvas *canvas, const struct cycles *cycles)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    double bottom = TOP + ROW_HEIGHT * (double)cycles->count;
    struct canvas_box area = {cycles->left, TOP - 12.0, cycles->right, bottom};
    if (isfinite(cycles->limit))
        canvas_rect(canvas, place_of(cycles, cycles->limit), area.top, area.right, bottom,
                    PALETTE_FAIL_BG);
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title, "from the middle cycle to the longest");
    axis_draw_x(canvas, &cycles->axis, &area, "");
    canvas_text_within(canvas, area.right, bottom + 34.0, canvas->width - 4.0, CANVAS_END, title,
                       arena_printf(cycles->arena, "%s, %s%s", cycles->name, cycles->scale.unit,
                                    cycles->axis.is_log ? " (log)" : ""));
    for (size_t i = 0; i < cycles->count; i++)
        draw_row(canvas, cycles, i, TOP + 12.0 + ROW_HEIGHT * (double)i);
    draw_levels(canvas, cycles, bottom);
    if (cycles->left_out > 0)
        canvas_text(canvas, 2.0, canvas->lowest + 16.0, CANVAS_START, title,
                    arena_printf(cycles->arena, "not drawn: %zu more %s", cycles->left_out,
                                 cycles->left_out > 1 ? "settings" : "setting"));
}

/* ---- the finding ---- */

static const char *word_headline(const struct cycles *cycles)
{
    const struct cycle_row *subject = &cycles->rows[cycles->subject_row], *worst = subject;
    for (size_t i = 0; i < cycles->count; i++)
        if (cycles->rows[i].longest > worst->longest)
            worst = &cycles->rows[i];
    const char *text = arena_printf(cycles->arena, "%s: a cycle takes %s at most", subject->setting,
                                    digits_scaled(subject->longest, &cycles->scale, cycles->arena));
    if (isfinite(cycles->limit))
        text = arena_printf(cycles->arena, "%s, limit %s", text,
                            digits_scaled(cycles->limit, &cycles->scale, cycles->arena));
    if (worst == subject)
        return text;
    return arena_printf(cycles->arena, "%s; longest: %s, %s%s", text, worst->setting,
                        digits_scaled(worst->longest, &cycles->scale, cycles->arena),
                        worst->longest > cycles->due ? ", longer than its period" : "");
}

static const char *word_alt(const struct cycles *cycles)
{
    const char *text =
        arena_printf(cycles->arena, "%s, from the median to the longest.", cycles->name);
    for (size_t i = 0; i < cycles->count; i++)
        text = arena_printf(cycles->arena, "%s %s: %s (%s).", text, cycles->rows[i].setting,
                            cycles->rows[i].figures, cycles->rows[i].longest_stat);
    return text;
}

bool picture_make_cycle(const struct picture_request *request, struct picture *picture,
                        struct error *err)
{
    struct cycles *cycles = arena_alloc(request->arena, sizeof *cycles);
    const json_t *settings = view_settings(request->root);
    *cycles = (struct cycles){.arena = request->arena, .subject = view_subject(request->root)};
    cycles->name = cycles->subject ? quantiles_choose(request, cycles->subject, ROLE_CYCLE) : NULL;
    for (size_t s = 0; s < json_array_size(settings) && cycles->name; s++)
        read_row(cycles, json_array_get(settings, s));
    if (cycles->count == 0)
        return error_set(err, STATUS_INPUT, "it has no quantiles of %s",
                         request->metric ? request->metric : "cycle");
    read_levels(cycles);
    make_axis(cycles);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    divide(cycles, canvas.width);
    draw(&canvas, cycles);
    picture->headline = word_headline(cycles);
    picture->alt = word_alt(cycles);
    picture_finish(picture, &canvas);
    return true;
}
