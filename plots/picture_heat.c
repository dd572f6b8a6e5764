/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two values against each other: a field for each combination, coloured by its verdict, with the
 * value of the criterion that fails most in it, and the border of what passes. */
#include "plots/picture_makers.h"
#include "plots/points.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

/* MAX_TOLD: so many fields are told in words, more are for the table. */
enum { TOP = 40, GAP = 2, MAX_TOLD = 100 };

/* A field as wide as this has its number beside its mark, a high one below it; a smaller one has
 * none. */
static const double NUMBER_WIDTH = 46.0, STACKED_WIDTH = 29.0, STACKED_HEIGHT = 30.0,
                    MIN_HEIGHT = 15.0;

struct heat {
    struct arena *arena;
    struct points points;
    const struct points_panel *panel;
    struct digits_scale scale;
    size_t *columns, *rows;          /* positions on the axes in the order of their values */
    double left, top, width, height; /* of the fields; of one of them */
};

static size_t *order_of(const struct points_axis *axis, struct arena *arena)
{
    size_t *order = arena_array(arena, axis->count, sizeof *order);
    for (size_t i = 0; i < axis->count; i++) {
        size_t k = i;
        for (; k > 0 && axis->places[order[k - 1]] > axis->places[i]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

/* The point in that column and row, from the lowest values on, or points.count: not finished. */
static size_t point_in(const struct heat *heat, size_t column, size_t row)
{
    const struct points *points = &heat->points;
    for (size_t p = 0; p < points->count; p++)
        if (points->at[p][0] == heat->columns[column] && points->at[p][1] == heat->rows[row])
            return p;
    return points->count;
}

static bool passes(const struct heat *heat, size_t p)
{
    return p < heat->points.count && strcmp(heat->points.verdicts[p], "pass") == 0;
}

static void choose_panel(struct heat *heat)
{
    double largest = 0.0;
    heat->panel = &heat->points.panels[0];
    for (size_t i = 1; i < heat->points.panel_count; i++)
        if (heat->points.panels[i].failing > heat->panel->failing)
            heat->panel = &heat->points.panels[i];
    for (size_t p = 0; p < heat->points.count; p++)
        largest =
            fmax(largest, isfinite(heat->panel->estimates[p]) ? heat->panel->estimates[p] : 0.0);
    double limit = heat->panel->limit;
    heat->scale = digits_scale_of(
        heat->panel->unit, isfinite(limit) && limit > 0.0 ? fmin(largest, 100.0 * limit) : largest);
}

/* ---- drawing ---- */

static double left_of(const struct heat *heat, size_t column)
{
    return heat->left + heat->width * (double)column;
}

static double top_of(const struct heat *heat, size_t row)
{
    return heat->top + heat->height * (double)(heat->points.axes[1].count - 1 - row);
}

/* Digits without commas; in thousands where they do not fit. */
static const char *field_text(const struct heat *heat, double value, double room, bool is_bold)
{
    double shown = heat->scale.factor * value;
    const char *text = "\u2212";
    if (isfinite(shown) && shown >= 1000.0)
        text = arena_printf(heat->arena, "%.0f", shown);
    else if (isfinite(shown))
        text = digits_number(shown, heat->arena);
    if (isfinite(shown) && text_width(text, CANVAS_TEXT, is_bold) > room)
        text = shown >= 1e6      ? arena_printf(heat->arena, "%.0fM", shown / 1e6)
               : shown >= 1000.0 ? arena_printf(heat->arena, "%.0fk", shown / 1000.0)
                                 : arena_printf(heat->arena, "%.1f", shown);
    return text_width(text, CANVAS_TEXT, is_bold) <= room ? text : "";
}

static enum palette ground_of(const char *verdict)
{
    enum palette ink = canvas_verdict_ink(verdict);
    return ink == PALETTE_PASS   ? PALETTE_PASS_BG
           : ink == PALETTE_FAIL ? PALETTE_FAIL_BG
                                 : PALETTE_UND_BG;
}

enum field_layout { FIELD_BESIDE, FIELD_STACKED, FIELD_MARK_ONLY };

static enum field_layout layout_of(const struct heat *heat)
{
    if (heat->width >= NUMBER_WIDTH && heat->height >= MIN_HEIGHT)
        return FIELD_BESIDE;
    return heat->width >= STACKED_WIDTH && heat->height >= STACKED_HEIGHT ? FIELD_STACKED
                                                                          : FIELD_MARK_ONLY;
}

static void draw_field(struct canvas *canvas, const struct heat *heat, size_t column, size_t row)
{
    size_t p = point_in(heat, column, row);
    double left = left_of(heat, column), top = top_of(heat, row);
    double wide = heat->width - GAP, high = heat->height - GAP;
    enum field_layout layout = layout_of(heat);
    if (p == heat->points.count)
        return;
    const char *verdict = heat->points.verdicts[p];
    bool is_bold = !passes(heat, p), is_beside = layout == FIELD_BESIDE;
    const struct canvas_style style = {is_bold ? canvas_verdict_ink(verdict) : PALETTE_INK, is_bold,
                                       0.0};
    canvas_rect(canvas, left, top, left + wide, top + high, ground_of(verdict));
    if (wide >= 7.0 && high >= 7.0)
        canvas_verdict(canvas, is_beside ? left + 7.0 : left + wide / 2.0,
                       layout == FIELD_STACKED ? top + 9.0 : top + high / 2.0, 3.0, verdict);
    if (is_beside)
        canvas_text(canvas, left + wide - 3.0, top + high / 2.0 + 4.0, CANVAS_END, style,
                    field_text(heat, heat->panel->estimates[p], wide - 15.0, is_bold));
    else if (layout == FIELD_STACKED)
        canvas_text(canvas, left + wide / 2.0, top + high - 5.0, CANVAS_MIDDLE, style,
                    field_text(heat, heat->panel->estimates[p], wide - 2.0, is_bold));
}

/* A piece of the border wherever one neighbour passes and the other does not. */
static void draw_border(struct canvas *canvas, const struct heat *heat)
{
    size_t columns = heat->points.axes[0].count, rows = heat->points.axes[1].count;
    double shift = GAP / 2.0;
    for (size_t x = 0; x < columns; x++)
        for (size_t y = 0; y < rows; y++) {
            size_t p = point_in(heat, x, y);
            size_t right = x + 1 < columns ? point_in(heat, x + 1, y) : heat->points.count;
            size_t above = y + 1 < rows ? point_in(heat, x, y + 1) : heat->points.count;
            double edge = left_of(heat, x + 1) - shift, top = top_of(heat, y) - shift;
            if (p == heat->points.count)
                continue;
            if (right < heat->points.count && passes(heat, right) != passes(heat, p))
                canvas_line(canvas, edge, top - 1.5, edge, top + heat->height + 1.5, PALETTE_INK,
                            3.0);
            if (above < heat->points.count && passes(heat, above) != passes(heat, p))
                canvas_line(canvas, left_of(heat, x) - shift - 1.5, top, edge + 1.5, top,
                            PALETTE_INK, 3.0);
        }
}

static const char *column_text(const struct heat *heat, size_t column)
{
    const struct points_axis *axis = &heat->points.axes[0];
    return text_width_fit(layout_clean(axis->texts[heat->columns[column]], heat->arena),
                          CANVAS_TEXT, false, 80.0, heat->arena);
}

static void draw_labels(struct canvas *canvas, const struct heat *heat, double bottom)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    const struct points_axis *x = &heat->points.axes[0], *y = &heat->points.axes[1];
    size_t stride = (size_t)ceil(16.0 / heat->height);
    double widest = 0.0;
    for (size_t row = 0; row < y->count; row += stride)
        canvas_text_within(canvas, heat->left - 6.0,
                           top_of(heat, row) + (heat->height - GAP) / 2.0 + 4.0, heat->left - 8.0,
                           CANVAS_END, style, layout_clean(y->texts[heat->rows[row]], heat->arena));
    for (size_t i = 0; i < x->count; i++)
        widest = fmax(widest, text_width(column_text(heat, i), CANVAS_TEXT, false));
    stride = (size_t)ceil((widest + 6.0) / heat->width);
    for (size_t column = 0; column < x->count; column += stride) {
        double middle = left_of(heat, column) + (heat->width - GAP) / 2.0;
        struct canvas_box box =
            canvas_box_of(column_text(heat, column), middle, bottom + 15.0, CANVAS_MIDDLE, &style);
        if (box.left >= 0.0 && box.right <= canvas->width)
            canvas_text(canvas, middle, bottom + 15.0, CANVAS_MIDDLE, style,
                        column_text(heat, column));
    }
    canvas_text_within(canvas, canvas->width - 2.0, bottom + 33.0, canvas->width - 4.0, CANVAS_END,
                       style, points_axis_name(x, heat->arena));
}

static const char *word_field(const struct heat *heat)
{
    const char *title = digits_title(heat->panel->name, &heat->scale, heat->arena);
    return isfinite(heat->panel->limit)
               ? arena_printf(heat->arena, "in the field: %s; limit %s", title,
                              digits_scaled(heat->panel->limit, &heat->scale, heat->arena))
               : arena_printf(heat->arena, "in the field: %s", title);
}

static void draw(struct canvas *canvas, struct heat *heat)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    const struct points_axis *x = &heat->points.axes[0], *y = &heat->points.axes[1];
    double gutter = 0.0;
    for (size_t i = 0; i < y->count; i++)
        gutter =
            fmax(gutter, text_width(layout_clean(y->texts[i], heat->arena), CANVAS_TEXT, false));
    heat->left = fmin(gutter, 0.3 * canvas->width) + 10.0;
    heat->top = TOP;
    heat->width = (canvas->width - heat->left) / (double)x->count;
    heat->height = y->count > 24 ? 11.0 : y->count > 12 ? 20.0 : 34.0;
    double bottom = TOP + heat->height * (double)y->count;
    canvas_text_within(canvas, 2.0, 11.0, canvas->width - 4.0, CANVAS_START, style,
                       word_field(heat));
    canvas_text_within(canvas, 2.0, 29.0, canvas->width - 4.0, CANVAS_START, style,
                       arena_printf(heat->arena, "\u2191 %s", points_axis_name(y, heat->arena)));
    for (size_t row = 0; row < y->count; row++)
        for (size_t column = 0; column < x->count; column++)
            draw_field(canvas, heat, column, row);
    draw_border(canvas, heat);
    draw_labels(canvas, heat, bottom);
    size_t share = points_share(&heat->points);
    if (share > 1)
        canvas_text(
            canvas, 2.0, bottom + 51.0, CANVAS_START, style,
            arena_printf(heat->arena, "each field is the worst of up to %zu combinations", share));
    else if (layout_of(heat) == FIELD_MARK_ONLY)
        canvas_text(canvas, 2.0, bottom + 51.0, CANVAS_START, style,
                    "values are in the table: the fields are too small");
}

/* ---- the finding ---- */

/* "15 of 30 combinations pass; most others fail by connection wait p95" */
static const char *word_headline(const struct heat *heat)
{
    size_t passing = heat->points.passing, count = heat->points.combinations;
    const char *text;
    if (passing == count)
        return arena_printf(heat->arena, "All %zu combinations pass", count);
    text = passing == 0 ? arena_printf(heat->arena, "None of %zu combinations passes", count)
                        : arena_printf(heat->arena, "%zu of %zu combinations pass", passing, count);
    return arena_printf(heat->arena, "%s; what fails most is %s", text, heat->panel->name);
}

static const char *word_alt(const struct heat *heat)
{
    const struct points *points = &heat->points;
    const char *text = arena_printf(heat->arena, "Verdicts and %s for combinations of %s and %s.",
                                    heat->panel->name, points->axes[0].name, points->axes[1].name);
    if (points->count > MAX_TOLD)
        return text;
    for (size_t p = 0; p < points->count; p++)
        text = arena_printf(
            heat->arena, "%s %s, %s: %s, %s.", text, points->axes[0].texts[points->at[p][0]],
            points->axes[1].texts[points->at[p][1]], points->verdicts[p],
            digits_quantity(heat->panel->estimates[p], heat->panel->unit, heat->arena));
    return text;
}

bool picture_make_heat(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    struct heat *heat = arena_alloc(request->arena, sizeof *heat);
    *heat = (struct heat){.arena = request->arena};
    if (!points_read(request, &heat->points, err))
        return false;
    if (heat->points.axis_count != 2)
        return error_set(err, STATUS_INPUT, "one value varies: kind sweep shows that");
    heat->columns = order_of(&heat->points.axes[0], heat->arena);
    heat->rows = order_of(&heat->points.axes[1], heat->arena);
    choose_panel(heat);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, heat);
    picture->headline = word_headline(heat);
    picture->alt = word_alt(heat);
    picture_finish(picture, &canvas);
    return true;
}
