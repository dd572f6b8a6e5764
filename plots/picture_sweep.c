/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A size against what it does: a panel for each criterion over one axis of values, marks for the
 * verdicts, the range that passes on a green ground. */
#include "plots/picture_makers.h"
#include "plots/points.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { MAX_PANELS = 4, PANEL_HEIGHT = 96, HEADING = 18, FIRST_TOP = 36 };

/* A limit further beyond all values than this would squeeze them. */
static const double FAR_LIMIT = 4.0;

struct sweep_panel {
    const struct points_panel *points;
    struct digits_scale scale;
    struct axis axis;
    bool has_far_limit;
};

struct sweep_view {
    const struct picture_request *request;
    struct arena *arena;
    struct points points;
    const size_t *order; /* points by their place */
    struct sweep_panel panels[MAX_PANELS];
    size_t panel_count;
    struct axis x;
    double left, right;
};

static bool passes(const struct sweep_view *view, size_t i)
{
    return strcmp(view->points.verdicts[view->order[i]], "pass") == 0;
}

static const char *text_at(const struct sweep_view *view, size_t i)
{
    return view->points.axes[0].texts[view->points.at[view->order[i]][0]];
}

static const char *last_text_at(const struct sweep_view *view, size_t i)
{
    return view->points.axes[0].lasts[view->points.at[view->order[i]][0]];
}

/* A number without a unit gets its commas; values that share a point are a range. */
static const char *value_text(const struct sweep_view *view, size_t i)
{
    const struct points_axis *axis = &view->points.axes[0];
    if (axis->share > 1)
        return arena_printf(view->arena, "%s ... %s", text_at(view, i), last_text_at(view, i));
    return axis->is_numeric && axis->unit[0] == '\0'
               ? digits_exact(points_place(&view->points, 0, view->order[i]), view->arena)
               : text_at(view, i);
}

static double x_at(const struct sweep_view *view, size_t i)
{
    return axis_at(&view->x, points_place(&view->points, 0, view->order[i]));
}

/* ---- which panels, and their axes ---- */

static void make_axis(const struct sweep_view *view, struct sweep_panel *panel)
{
    size_t count = view->points.count, used = 0;
    double *values = arena_array(view->arena, 3 * count + 1, sizeof *values), largest = 0.0;
    for (size_t p = 0; p < count; p++) {
        values[used++] = panel->points->estimates[p];
        bool is_there = isfinite(panel->points->estimates[p]);
        values[used++] = is_there ? panel->points->highs[p] : NAN;
        values[used++] =
            is_there && isfinite(panel->points->lows[p]) ? fmax(panel->points->lows[p], 0.0) : NAN;
    }
    for (size_t i = 0; i < used; i++)
        largest = fmax(largest, isfinite(values[i]) ? values[i] : 0.0);
    double limit = panel->points->limit;
    panel->has_far_limit = largest > 0.0 && limit > FAR_LIMIT * largest;
    if (!panel->has_far_limit)
        values[used++] = limit;
    panel->scale = digits_scale_of(
        panel->points->unit, panel->has_far_limit || isnan(limit) ? largest : fmax(largest, limit));
    for (size_t i = 0; i < used; i++)
        values[i] *= panel->scale.factor;
    axis_make_for(&panel->axis, values, used, 4, view->arena);
}

/* Those first that fail somewhere: they are what decides. */
static void choose_panels(struct sweep_view *view)
{
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < view->points.panel_count; i++) {
            const struct points_panel *panel = &view->points.panels[i];
            if ((panel->failing > 0) == (round == 0) && view->panel_count < MAX_PANELS)
                view->panels[view->panel_count++] = (struct sweep_panel){.points = panel};
        }
    for (size_t i = 0; i < view->panel_count; i++)
        make_axis(view, &view->panels[i]);
}

/* ---- drawing ---- */

static double y_at(const struct sweep_panel *panel, double value)
{
    return axis_at(&panel->axis, panel->scale.factor * value);
}

/* The ranges of neighbours that pass, through all panels; each is named above. */
static void draw_ranges(struct canvas *canvas, const struct sweep_view *view, double bottom)
{
    for (size_t i = 0; i < view->points.count; i++) {
        size_t last = i;
        if (!passes(view, i))
            continue;
        while (last + 1 < view->points.count && passes(view, last + 1))
            last++;
        double left = x_at(view, i) - 5.0, right = x_at(view, last) + 5.0;
        bool is_open = last + 1 == view->points.count && view->points.axes[0].is_numeric;
        canvas_rect(canvas, left, 16.0, is_open ? view->right : right, bottom, PALETTE_PASS_BG);
        const char *text = i == last
                               ? arena_printf(view->arena, "passes at %s", value_text(view, i))
                               : arena_printf(view->arena, "passes from %s to %s", text_at(view, i),
                                              last_text_at(view, last));
        const struct canvas_place places[] = {{left + 2.0, 12.0, CANVAS_START},
                                              {right, 12.0, CANVAS_END},
                                              {view->right, 12.0, CANVAS_END}};
        const struct canvas_box area = {0.0, 0.0, canvas->width, 16.0};
        canvas_place(canvas, places, 3, &area, (struct canvas_style){PALETTE_PASS, true, 0.0},
                     layout_clean(text, view->arena));
        i = last;
    }
}

static void draw_limit(struct canvas *canvas, const struct sweep_view *view,
                       const struct sweep_panel *panel, const struct canvas_box *area)
{
    double y = y_at(panel, panel->points->limit);
    if (isnan(panel->points->limit) || panel->has_far_limit)
        return;
    canvas_limit(canvas, view->left, y, view->right, y);
    (void)area;
}

static void name_limit(struct canvas *canvas, const struct sweep_view *view,
                       const struct sweep_panel *panel, const struct canvas_box *area)
{
    double y = panel->has_far_limit ? area->top + 14.0 : y_at(panel, panel->points->limit);
    const char *text = arena_printf(view->arena, "limit %s%s",
                                    digits_scaled(panel->points->limit, &panel->scale, view->arena),
                                    panel->has_far_limit ? " \u2191" : "");
    struct canvas_place places[36];
    size_t count = 0;
    if (isnan(panel->points->limit))
        return;
    for (int i = 0; i < 9; i++) {
        double x = view->right - 4.0 - i * (view->right - view->left - 60.0) / 9.0;
        places[count++] = (struct canvas_place){x, y - 6.0, CANVAS_END};
        places[count++] = (struct canvas_place){x, y + 15.0, CANVAS_END};
        places[count++] = (struct canvas_place){x, y - 20.0, CANVAS_END};
        places[count++] = (struct canvas_place){x, y + 29.0, CANVAS_END};
    }
    canvas_place(canvas, places, count, area, (struct canvas_style){.ink = PALETTE_INK}, text);
}

static void draw_points(struct canvas *canvas, const struct sweep_view *view,
                        const struct sweep_panel *panel)
{
    size_t count = view->points.count, used = 0;
    struct canvas_point *points = arena_array(view->arena, 2 * count, sizeof *points);
    bool was_zero = false;
    for (size_t i = 0; i < count; i++) {
        double value = panel->points->estimates[view->order[i]];
        bool is_zero = value == 0.0;
        if (panel->axis.has_zero && i > 0 && is_zero != was_zero)
            points[used++] = (struct canvas_point){NAN, NAN};
        points[used++] = (struct canvas_point){x_at(view, i), y_at(panel, value)};
        was_zero = is_zero;
    }
    canvas_path(canvas, points, used, PALETTE_INK2, 1.0);
    for (size_t i = 0; i < count; i++) {
        size_t p = view->order[i];
        double y = y_at(panel, panel->points->estimates[p]);
        double low = y_at(panel, fmax(panel->points->lows[p], 0.0));
        double high = y_at(panel, panel->points->highs[p]);
        if (isnan(y))
            continue;
        if (isfinite(low) && isfinite(high) && low - high > 12.0)
            canvas_whisker(canvas, x_at(view, i), high, x_at(view, i), low);
        canvas_verdict(canvas, x_at(view, i), y, count > 30 ? 2.5 : 3.6,
                       panel->points->verdicts[p]);
    }
}

/* Values of which a criterion was not measured: there is no mark for them. */
static const char *word_missing(const struct sweep_view *view, const struct sweep_panel *panel)
{
    size_t missing = 0;
    for (size_t p = 0; p < view->points.count; p++)
        missing += isnan(panel->points->estimates[p]) ? 1 : 0;
    return missing > 0 ? arena_printf(view->arena, "; not measured at %zu of %zu", missing,
                                      view->points.count)
                       : "";
}

static void draw_panel(struct canvas *canvas, const struct sweep_view *view,
                       struct sweep_panel *panel, double top)
{
    struct canvas_box area = {view->left, top, view->right, top + PANEL_HEIGHT};
    const char *name = digits_title(panel->points->name, &panel->scale, view->arena);
    panel->axis.from = area.bottom;
    panel->axis.to = area.top + 4.0;
    canvas_text_within(canvas, 2.0, top - 6.0, canvas->width - 4.0, CANVAS_START,
                       (struct canvas_style){.ink = PALETTE_INK2},
                       arena_printf(view->arena, "%s%s%s", name, panel->axis.is_log ? " (log)" : "",
                                    word_missing(view, panel)));
    axis_draw_y(canvas, &panel->axis, &area);
    canvas_line(canvas, area.left, area.bottom, area.right, area.bottom, PALETTE_INK2, 1.0);
    draw_limit(canvas, view, panel, &area);
    draw_points(canvas, view, panel);
    name_limit(canvas, view, panel, &area);
}

static void draw(struct canvas *canvas, struct sweep_view *view)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    double step = PANEL_HEIGHT + HEADING + 12.0;
    double bottom = FIRST_TOP + step * (double)(view->panel_count - 1) + PANEL_HEIGHT;
    for (size_t i = 0; i < view->panel_count; i++)
        view->left = fmax(view->left, axis_gutter(&view->panels[i].axis));
    view->right = canvas->width - 8.0;
    view->x.from = view->left;
    view->x.to = view->right;
    draw_ranges(canvas, view, bottom);
    for (size_t i = 0; i < view->panel_count; i++)
        draw_panel(canvas, view, &view->panels[i], FIRST_TOP + step * (double)i);
    struct canvas_box area = {view->left, bottom, view->right, bottom};
    axis_draw_x(canvas, &view->x, &area, "");
    canvas_text_within(canvas, view->right, bottom + 34.0, canvas->width - 8.0, CANVAS_END, style,
                       arena_printf(view->arena, "%s%s",
                                    points_axis_name(&view->points.axes[0], view->arena),
                                    view->x.is_log ? " (log)" : ""));
    if (points_share(&view->points) > 1)
        canvas_text(canvas, 2.0, bottom + 34.0, CANVAS_START, style,
                    arena_printf(view->arena, "each mark is the worst of up to %zu values",
                                 points_share(&view->points)));
    size_t more = view->points.panel_count - view->panel_count + view->points.more_panels;
    if (more > 0)
        canvas_text(canvas, 2.0, bottom + 52.0, CANVAS_START, style,
                    arena_printf(view->arena, "not drawn: %zu more %s", more,
                                 more > 1 ? "criteria" : "criterion"));
}

/* ---- the finding ---- */

/* "max of db_pool passes from 55 to 80; 50 fails: pool utilization" */
static const char *word_headline(const struct sweep_view *view)
{
    size_t count = view->points.count, first = 0, last = 0;
    const char *name = view->points.axes[0].name, *before = "";
    while (first < count && !passes(view, first))
        first++;
    if (first == count && view->points.passing > 0)
        return arena_printf(view->arena,
                            "%zu of %zu values of %s pass, none of them with all of its neighbours",
                            view->points.passing, view->points.combinations, name);
    if (first == count)
        return arena_printf(view->arena, "No value of %s passes, of %zu from %s to %s", name,
                            view->points.combinations, value_text(view, 0),
                            value_text(view, count - 1));
    for (size_t i = first; i < count && passes(view, i); i++)
        last = i;
    size_t below = first > 0 ? view->order[first - 1] : 0;
    bool is_failed = first > 0 && strcmp(view->points.verdicts[below], "fail") == 0;
    if (first > 0)
        before = arena_printf(view->arena, "; %s %s%s", value_text(view, first - 1),
                              is_failed ? "fails: " : "is undecided",
                              is_failed ? view->points.fails[below] : "");
    if (first == last)
        return arena_printf(view->arena, "%s passes at %s%s", name, value_text(view, first),
                            before);
    if (view->points.axes[0].share > 1)
        return arena_printf(view->arena, "%s passes from %s to %s%s", name, text_at(view, first),
                            last_text_at(view, last), before);
    return arena_printf(view->arena, "%s passes from %s to %s%s", name, value_text(view, first),
                        value_text(view, last), before);
}

static const char *word_alt(const struct sweep_view *view)
{
    const char *text =
        arena_printf(view->arena, "Verdicts for values of %s.", view->points.axes[0].name);
    for (size_t i = 0; i < view->points.count; i++)
        text = arena_printf(view->arena, "%s %s: %s%s%s.", text, value_text(view, i),
                            view->points.verdicts[view->order[i]],
                            view->points.fails[view->order[i]][0] != '\0' ? ", " : "",
                            view->points.fails[view->order[i]]);
    return text;
}

bool picture_make_sweep(const struct picture_request *request, struct picture *picture,
                        struct error *err)
{
    struct sweep_view *view = arena_alloc(request->arena, sizeof *view);
    *view = (struct sweep_view){.request = request, .arena = request->arena};
    if (!points_read(request, &view->points, err))
        return false;
    if (view->points.axis_count != 1)
        return error_set(err, STATUS_INPUT, "two values vary: kind heat shows that");
    view->order = points_order(&view->points);
    choose_panels(view);
    points_make_axis(&view->points, 0, false, 7, &view->x);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, view);
    picture->headline = word_headline(view);
    picture->alt = word_alt(view);
    picture_finish(picture, &canvas);
    return true;
}
