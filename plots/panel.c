/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/panel.h"
#include "plots/text_width.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TIME_TICKS = 9, MARK_GAP = 14 };

static struct digits_scale scale_of(const struct lines_panel *panel)
{
    return digits_scale_of(panel->unit, panel->largest);
}

static void make_value_axis(struct axis *axis, const struct lines_panel *panel, int ticks,
                            struct arena *arena)
{
    struct digits_scale scale = scale_of(panel);
    /* Above a ceiling there is room for what is asked for beyond it. */
    double high = scale.factor * fmax(panel->largest, ticks > 4 ? 1.2 * panel->ceiling : 0.0);
    axis_make(axis, scale.factor * panel->least, high > 0.0 ? high : 1.0, false, ticks, true,
              arena);
}

void panel_layout(struct panel_layout *layout, struct lines *lines, size_t count, double width,
                  int ticks)
{
    struct arena *arena = lines->request->arena;
    double gutter = 0.0, names = 0.0;
    *layout = (struct panel_layout){.lines = lines};
    layout->time = digits_scale_of("s", lines->end_s - lines->begin_s);
    for (size_t i = 0; i < count; i++) {
        const struct lines_panel *panel = &lines->panels[i];
        make_value_axis(&layout->value_axes[i], panel, ticks, arena);
        gutter = fmax(gutter, axis_gutter(&layout->value_axes[i]));
        for (size_t k = 0; k < panel->mark_count; k++)
            names = fmax(names, text_width(panel->marks[k].name, CANVAS_TEXT, false));
    }
    layout->gutter_right = names > 0.0 ? fmin(names, 0.32 * width) + 14.0 : 0.0;
    layout->left = gutter;
    layout->right = width - (layout->gutter_right > 0.0 ? layout->gutter_right : 14.0);
    axis_make(&layout->time_axis, layout->time.factor * lines->begin_s,
              layout->time.factor * lines->end_s, false, width < 500.0 ? 6 : MAX_TIME_TICKS, false,
              arena);
    layout->time_axis.from = layout->left;
    layout->time_axis.to = layout->right;
}

static double time_at(const struct panel_layout *layout, double time_s)
{
    double inside = fmin(fmax(time_s, layout->lines->begin_s), layout->lines->end_s);
    return axis_at(&layout->time_axis, layout->time.factor * inside);
}

const char *panel_time(const struct panel_layout *layout, double time_s, struct arena *arena)
{
    return digits_scaled(time_s, &layout->time, arena);
}

/* ---- phases ---- */

static bool is_batch(const struct lines_phase *phase)
{
    return strncmp(phase->name, "batch ", 6) == 0;
}

static enum palette ground_of(const struct lines_phase *phase)
{
    return strcmp(phase->name, "rollout") == 0    ? PALETTE_PROP_BG
           : strcmp(phase->name, "rollback") == 0 ? PALETTE_FAIL_BG
                                                  : PALETTE_SURFACE;
}

/* The name, its first word, or its first four letters and a point: what fits with 4 to spare. */
static const char *name_within(const char *name, double room, struct arena *arena)
{
    const char *forms[3] = {name, arena_printf(arena, "%.*s", (int)strcspn(name, " "), name),
                            arena_printf(arena, "%.4s.", name)};
    for (int i = 0; i < 3; i++)
        if (text_width(forms[i], CANVAS_TEXT, true) + 4.0 <= room)
            return forms[i];
    return "";
}

void panel_draw_phases(struct canvas *canvas, const struct panel_layout *layout, double top,
                       double bottom)
{
    const struct lines *lines = layout->lines;
    for (size_t i = 0; i < lines->phase_count; i++) {
        const struct lines_phase *phase = &lines->phases[i];
        double left = time_at(layout, phase->begin_s), right = time_at(layout, phase->end_s);
        if (is_batch(phase))
            continue;
        canvas_rect(canvas, left, top, right, bottom, ground_of(phase));
        const char *name =
            name_within(layout_clean(phase->name, canvas->arena), right - left, canvas->arena);
        canvas_text(canvas, (left + right) / 2.0, top + 15.0, CANVAS_MIDDLE,
                    (struct canvas_style){.ink = PALETTE_INK, .is_bold = true}, name);
    }
    for (size_t i = 0; i < lines->phase_count; i++)
        if (is_batch(&lines->phases[i])) {
            double x = time_at(layout, lines->phases[i].begin_s);
            canvas_line(canvas, x, bottom - 4.0, x, bottom, PALETTE_INK2, 1.0);
        }
}

static void draw_phase_lines(struct canvas *canvas, const struct panel_layout *layout, double top,
                             double bottom)
{
    const struct lines *lines = layout->lines;
    for (size_t i = 0; i < lines->phase_count; i++) {
        double x = time_at(layout, lines->phases[i].begin_s);
        if (!is_batch(&lines->phases[i]) && x > layout->left + 1.0)
            canvas_line(canvas, x, top, x, bottom, PALETTE_BASE, 1.0);
    }
}

/* ---- limits ---- */

static int compare_levels(const void *one, const void *other)
{
    const struct lines_mark *const *a = one, *const *b = other;
    return (*a)->level > (*b)->level ? -1 : (*a)->level < (*b)->level;
}

/* Names as high as their lines, spread where they would meet; beyond ones on top. */
static void draw_marks(struct canvas *canvas, const struct panel_layout *layout, size_t row,
                       double top, double bottom)
{
    const struct lines_panel *panel = &layout->lines->panels[row];
    const struct axis *axis = &layout->value_axes[row];
    const struct lines_mark *marks[LINES_MAX_MARKS];
    double wanted[LINES_MAX_MARKS], levels[LINES_MAX_MARKS];
    size_t fitting = (size_t)fmax(1.0, floor((bottom - top + MARK_GAP) / MARK_GAP));
    size_t count = panel->mark_count < fitting ? panel->mark_count : fitting;
    for (size_t i = 0; i < count; i++)
        marks[i] = &panel->marks[i];
    qsort(marks, count, sizeof marks[0], compare_levels);
    for (size_t i = 0; i < count; i++) {
        levels[i] =
            marks[i]->is_beyond ? top : axis_at(axis, scale_of(panel).factor * marks[i]->level);
        wanted[i] = levels[i] + 4.0;
        if (!marks[i]->is_beyond)
            canvas_limit(canvas, layout->left, levels[i], layout->right, levels[i]);
    }
    canvas_spread(wanted, count, MARK_GAP, top + 4.0, bottom + 2.0);
    for (size_t i = 0; i < count; i++) {
        double x = layout->right + 8.0, y = wanted[i] - 4.0;
        if (fabs(y - levels[i]) > 3.0 && !marks[i]->is_beyond)
            canvas_path(canvas,
                        (struct canvas_point[]){{layout->right + 1.0, levels[i]},
                                                {layout->right + 4.0, levels[i]},
                                                {layout->right + 8.0, y}},
                        3, PALETTE_INK2, 0.8);
        canvas_text_within(canvas, x + 2.0, wanted[i], layout->gutter_right - 12.0, CANVAS_START,
                           (struct canvas_style){.ink = PALETTE_INK}, marks[i]->name);
    }
}

/* The field beyond the tightest limit of a criterion, or beyond a ceiling. */
static void draw_field(struct canvas *canvas, const struct panel_layout *layout, size_t row,
                       double top, double bottom)
{
    const struct lines_panel *panel = &layout->lines->panels[row];
    for (size_t i = 0; i < panel->mark_count; i++) {
        const struct lines_mark *mark = &panel->marks[i];
        double y = axis_at(&layout->value_axes[row], scale_of(panel).factor * mark->level);
        if (mark->is_rule || mark->is_beyond)
            continue;
        canvas_rect(canvas, layout->left, mark->is_lower ? y : top, layout->right,
                    mark->is_lower ? bottom : y, PALETTE_FAIL_BG);
        return;
    }
}

/* ---- lines ---- */

static struct canvas_point *points_of(const struct panel_layout *layout, size_t row,
                                      const struct lines_line *line, struct arena *arena)
{
    struct canvas_point *points = arena_array(arena, line->count, sizeof *points);
    double factor = scale_of(&layout->lines->panels[row]).factor;
    for (size_t i = 0; i < line->count; i++)
        points[i] =
            (struct canvas_point){time_at(layout, line->middles_s[i]),
                                  axis_at(&layout->value_axes[row], factor * line->values[i])};
    return points;
}

static void draw_band(struct canvas *canvas, const struct panel_layout *layout, size_t row,
                      const struct lines_line *line)
{
    double factor = scale_of(&layout->lines->panels[row]).factor;
    double *x = arena_array(canvas->arena, line->count, sizeof *x);
    double *low = arena_array(canvas->arena, line->count, sizeof *low);
    double *high = arena_array(canvas->arena, line->count, sizeof *high);
    for (size_t i = 0; i < line->count; i++) {
        x[i] = time_at(layout, line->middles_s[i]);
        low[i] = axis_at(&layout->value_axes[row], factor * line->lows[i]);
        high[i] = axis_at(&layout->value_axes[row], factor * line->highs[i]);
    }
    canvas_band(canvas, x, low, high, line->count, line->ink);
    if (line->count == 1 && isfinite(low[0]) && isfinite(high[0]))
        canvas_whisker(canvas, x[0], high[0], x[0], low[0]);
}

/* Names a line with its highest value, beside that, else where the line ends or begins. */
static void name_line(struct canvas *canvas, const struct panel_layout *layout, size_t row,
                      const struct lines_line *line, const struct canvas_box *area)
{
    const struct lines_panel *panel = &layout->lines->panels[row];
    struct digits_scale scale = scale_of(panel);
    double middle_s, peak = lines_peak(line, &middle_s);
    if (isnan(peak))
        return;
    struct canvas_point at = {time_at(layout, middle_s),
                              axis_at(&layout->value_axes[row], scale.factor * peak)};
    const char *figure = digits_scaled(peak, &scale, canvas->arena);
    const char *name = text_width_fit(layout_clean(line->setting, canvas->arena), CANVAS_TEXT, true,
                                      (area->right - area->left) / 2.0, canvas->arena);
    const char *text =
        name[0] != '\0' ? arena_printf(canvas->arena, "%s, at most %s", name, figure) : figure;
    struct canvas_style style = {.ink = line->ink, .is_bold = true};
    struct canvas_place places[40] = {{at.x + 8.0, at.y + 4.0, CANVAS_START},
                                      {at.x - 8.0, at.y + 4.0, CANVAS_END},
                                      {at.x, at.y - 8.0, CANVAS_MIDDLE},
                                      {at.x, at.y + 18.0, CANVAS_MIDDLE}};
    size_t count = 4;
    for (int i = 0; i < 12; i++) {
        size_t w = (line->count - 1) * (size_t)(i + 1) / 13;
        double x = time_at(layout, line->middles_s[w]);
        double y = axis_at(&layout->value_axes[row], scale.factor * line->values[w]);
        places[count++] = (struct canvas_place){x, y - 9.0, CANVAS_MIDDLE};
        places[count++] = (struct canvas_place){x, y + 20.0, CANVAS_MIDDLE};
        places[count++] = (struct canvas_place){x, y - 26.0, CANVAS_MIDDLE};
    }
    canvas_place(canvas, places, count, area, style, text);
}

/* What lies beyond the scale is a figure with an arrow. */
static void name_asked(struct canvas *canvas, const struct lines_panel *panel,
                       const struct canvas_box *area)
{
    const char *text = arena_printf(canvas->arena, "\u2191 %s may be asked for",
                                    digits_number(panel->asked_for, canvas->arena));
    struct canvas_place places[8];
    for (int i = 0; i < 8; i++)
        places[i] = (struct canvas_place){area->left + 5.0 + i * (area->right - area->left) / 12.0,
                                          area->top + 14.0, CANVAS_START};
    canvas_place(canvas, places, 8, area, (struct canvas_style){PALETTE_FAIL, true, 0.0}, text);
}

void panel_draw(struct canvas *canvas, const struct panel_layout *layout, size_t row, double top,
                double bottom, bool has_names)
{
    struct lines_panel *panel = &layout->lines->panels[row];
    struct panel_layout *own = arena_alloc(canvas->arena, sizeof *own);
    *own = *layout;
    own->value_axes[row].from = bottom;
    own->value_axes[row].to = top;
    struct canvas_box area = {layout->left, top, layout->right, bottom};
    draw_field(canvas, own, row, top, bottom);
    axis_draw_y(canvas, &own->value_axes[row], &area);
    draw_phase_lines(canvas, own, top, bottom);
    canvas_line(canvas, layout->left, bottom, layout->right, bottom, PALETTE_INK2, 1.0);
    for (size_t i = 0; i < panel->line_count; i++)
        draw_band(canvas, own, row, &panel->lines[i]);
    draw_marks(canvas, own, row, top, bottom);
    for (size_t i = 0; i < panel->line_count; i++)
        canvas_curve(canvas, points_of(own, row, &panel->lines[i], canvas->arena),
                     panel->lines[i].count, panel->lines[i].ink,
                     panel->lines[i].ink == PALETTE_BASE ? 2.0 : 2.5);
    if (panel->asked_for > panel->ceiling && has_names)
        name_asked(canvas, panel, &area);
    for (size_t i = panel->line_count; i-- > 0 && has_names;)
        name_line(canvas, own, row, &panel->lines[i], &area);
}

void panel_draw_time(struct canvas *canvas, const struct panel_layout *layout, double bottom)
{
    struct canvas_box area = {layout->left, bottom, layout->right, bottom};
    bool is_short = layout->right - layout->left < 240.0;
    const char *since = !layout->lines->is_rehearsal ? "since the measurement began"
                        : is_short                   ? "since the rollout"
                                                     : "since the rollout began";
    axis_draw_x(canvas, &layout->time_axis, &area,
                arena_printf(canvas->arena, "%s %s", layout->time.unit, since));
}
