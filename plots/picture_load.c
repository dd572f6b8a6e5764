/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load curve: a criterion against the load, in the unit that people count in, for one or two
 * values of something else; where the load is today, and up to which one everything holds. */
#include "plots/picture_makers.h"
#include "plots/points.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES = 2, TOP = 26, HEIGHT = 184 };

struct load_curve {
    size_t value;     /* position on the other axis */
    const char *name; /* "50", or "" where only the load varies */
    size_t *points;   /* [count] in the order of the load */
    size_t count;
    enum palette ink;
    double fails, holds; /* the first load that fails, the highest below it that passes; or NaN */
};

struct load_view {
    struct arena *arena;
    struct points points;
    size_t load, other; /* axes; other: of the curves, POINTS_MAX_VARIED when there is none */
    const struct points_panel *panel;
    struct load_curve curves[CURVES];
    size_t curve_count, left_out;
    double today;        /* NaN: not known */
    const char *setting; /* whose load varies; "": not known */
    struct digits_scale scale;
    struct axis x, y;
    struct canvas_box area;
};

/* ---- what there is ---- */

/* A path such as workloads.api.arrivals.customers, whose values are numbers. */
static bool is_load(const struct points_axis *axis)
{
    static const char *const words[] = {".arrivals", ".population", ".users", ".customers"};
    bool is_named = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        is_named |= strstr(axis->name, words[i]) != NULL;
    return is_named && axis->is_numeric && axis->count > 1 &&
           strncmp(axis->name, "workloads.", 10) == 0;
}

static bool find_load(struct load_view *view)
{
    view->other = POINTS_MAX_VARIED;
    for (size_t i = view->points.axis_count; i-- > 0;)
        if (is_load(&view->points.axes[i])) {
            view->load = i;
            view->other = view->points.axis_count == 2 ? 1 - i : POINTS_MAX_VARIED;
            return true;
        }
    return false;
}

/* The last two parts of a path: "db_pool.max". */
static const char *key_of(const char *path)
{
    const char *at = path + strlen(path);
    for (int dots = 0; at > path; at--)
        if (at[-1] == '.' && ++dots == 2)
            break;
    return at;
}

static double load_of(const struct load_view *view, size_t point)
{
    return points_place(&view->points, view->load, point);
}

static void add_curve(struct load_view *view, size_t value, enum palette ink)
{
    struct load_curve *curve = &view->curves[view->curve_count++];
    *curve = (struct load_curve){.value = value, .name = "", .ink = ink};
    curve->points = arena_array(view->arena, view->points.count, sizeof *curve->points);
    curve->holds = curve->fails = NAN;
    if (view->other < POINTS_MAX_VARIED)
        curve->name = view->points.axes[view->other].texts[value];
    for (size_t p = 0; p < view->points.count; p++) {
        if (view->other < POINTS_MAX_VARIED && view->points.at[p][view->other] != value)
            continue;
        size_t k = curve->count++;
        for (; k > 0 && load_of(view, curve->points[k - 1]) > load_of(view, p); k--)
            curve->points[k] = curve->points[k - 1];
        curve->points[k] = p;
    }
    for (size_t i = 0; i < curve->count; i++) {
        double load = load_of(view, curve->points[i]);
        const char *verdict = view->points.verdicts[curve->points[i]];
        if (strcmp(verdict, "pass") == 0)
            curve->holds = load;
        if (strcmp(verdict, "fail") == 0) {
            curve->fails = load;
            return;
        }
    }
}

static void read_curves(struct load_view *view)
{
    size_t count = view->other < POINTS_MAX_VARIED ? view->points.axes[view->other].count : 1;
    if (count > 1)
        add_curve(view, 0, PALETTE_BASE);
    add_curve(view, count - 1, PALETTE_PROP);
    view->left_out = count > CURVES ? count - CURVES : 0;
}

/* The criterion that has that verdict first on the last curve; NULL: none has. */
static const struct points_panel *find_first(const struct load_view *view, const char *verdict)
{
    const struct load_curve *curve = &view->curves[view->curve_count - 1];
    for (size_t k = 0; k < curve->count; k++)
        for (size_t i = 0; i < view->points.panel_count; i++)
            if (strcmp(view->points.panels[i].verdicts[curve->points[k]], verdict) == 0)
                return &view->points.panels[i];
    return NULL;
}

/* The criterion that fails first, or is the first to be undecided; where all hold, the first with a
 * limit. */
static void choose_panel(struct load_view *view)
{
    view->panel = find_first(view, "fail");
    if (!view->panel)
        view->panel = find_first(view, "undecided");
    if (view->panel)
        return;
    view->panel = &view->points.panels[0];
    for (size_t i = view->points.panel_count; i-- > 0;)
        if (isfinite(view->points.panels[i].limit))
            view->panel = &view->points.panels[i];
}

/* The load of the scenario as it is written, where an assumption tells it in the same unit. */
static double find_today(const struct load_view *view, const json_t *root)
{
    const struct points_axis *axis = &view->points.axes[view->load];
    const json_t *assumptions = json_object_get(root, "assumptions");
    for (size_t i = 0; i < json_array_size(assumptions); i++) {
        const json_t *assumption = json_array_get(assumptions, i);
        const char *key = view_text(assumption, "key"), *value = view_text(assumption, "value");
        size_t length = strlen(key);
        const char *rest = axis->name + length;
        json_t *object = NULL;
        double today = NAN;
        char *end = "";
        if (length == 0 || strncmp(axis->name, key, length) != 0 || (*rest != '.' && *rest != '\0'))
            continue;
        if (*rest == '\0') {
            today = strtod(value, &end);
        } else if ((object = json_loads(value, 0, NULL))) {
            const json_t *found = json_object_get(object, rest + 1);
            today = json_is_string(found) ? strtod(json_string_value(found), &end)
                                          : json_number_value(found);
        }
        bool is_same =
            strcmp(end, axis->unit) == 0 || (axis->unit[0] == '\0' && strcmp(end, "/s") == 0);
        if (object)
            json_decref(object);
        if (today > 0.0 && is_same)
            return today;
    }
    return NAN;
}

static void make_axes(struct load_view *view)
{
    double *values = arena_array(view->arena, view->points.count + 1, sizeof *values);
    size_t used = 0;
    double largest = 0.0, limit = view->panel->limit;
    for (size_t c = 0; c < view->curve_count; c++)
        for (size_t i = 0; i < view->curves[c].count; i++)
            values[used++] = view->panel->estimates[view->curves[c].points[i]];
    for (size_t i = 0; i < used; i++)
        largest = fmax(largest, isfinite(values[i]) ? values[i] : 0.0);
    values[used++] = limit;
    if (isfinite(limit))
        largest = fmax(largest, limit);
    view->scale = digits_scale_of(view->panel->unit, largest);
    for (size_t i = 0; i < used; i++)
        values[i] *= view->scale.factor;
    axis_make_for(&view->y, values, used, 6, view->arena);
    points_make_axis(&view->points, view->load, true, 7, &view->x);
}

/* ---- drawing ---- */

static double y_at(const struct load_view *view, double value)
{
    return axis_at(&view->y, view->scale.factor * value);
}

static struct canvas_point point_of(const struct load_view *view, const struct load_curve *curve,
                                    size_t i)
{
    size_t p = curve->points[i];
    return (struct canvas_point){axis_at(&view->x, load_of(view, p)),
                                 y_at(view, view->panel->estimates[p])};
}

static void draw_limit(struct canvas *canvas, const struct load_view *view)
{
    double y = y_at(view, view->panel->limit);
    const struct canvas_box *area = &view->area;
    if (isnan(view->panel->limit))
        return;
    canvas_rect(canvas, area->left, view->panel->is_lower ? y : area->top, area->right,
                view->panel->is_lower ? area->bottom : y, PALETTE_FAIL_BG);
}

static void draw_curve(struct canvas *canvas, const struct load_view *view,
                       const struct load_curve *curve)
{
    struct canvas_point *points = arena_array(view->arena, 2 * curve->count, sizeof *points);
    size_t used = 0;
    bool was_zero = false;
    for (size_t i = 0; i < curve->count; i++) {
        bool is_zero = view->panel->estimates[curve->points[i]] == 0.0;
        if (view->y.has_zero && i > 0 && is_zero != was_zero)
            points[used++] = (struct canvas_point){NAN, NAN};
        points[used++] = point_of(view, curve, i);
        was_zero = is_zero;
    }
    canvas_curve(canvas, points, used, curve->ink, curve->ink == PALETTE_BASE ? 2.0 : 2.5);
    for (size_t i = 0; i < curve->count; i++) {
        struct canvas_point at = point_of(view, curve, i);
        if (isfinite(at.y))
            canvas_dot(canvas, at.x, at.y, 2.4, curve->ink);
    }
}

/* The last load that holds, and a cross at the next. */
static void draw_break(struct canvas *canvas, const struct load_view *view,
                       const struct load_curve *curve)
{
    for (size_t i = 0; i < curve->count; i++) {
        double load = load_of(view, curve->points[i]);
        struct canvas_point at = point_of(view, curve, i);
        if (!isfinite(at.y))
            continue;
        if (load == curve->holds)
            canvas_verdict(canvas, at.x, at.y, 4.5, "pass");
        if (load == curve->fails)
            canvas_verdict(canvas, at.x, at.y, 4.5, view->points.verdicts[curve->points[i]]);
    }
}

static void name_break(struct canvas *canvas, const struct load_view *view,
                       const struct load_curve *curve)
{
    for (size_t i = 0; i < curve->count; i++) {
        struct canvas_point at = point_of(view, curve, i);
        if (load_of(view, curve->points[i]) != curve->holds || !isfinite(at.y))
            continue;
        const struct canvas_place places[] = {
            {at.x - 8.0, at.y - 8.0, CANVAS_END},    {at.x + 9.0, at.y + 16.0, CANVAS_START},
            {at.x + 10.0, at.y + 4.0, CANVAS_START}, {at.x - 10.0, at.y + 4.0, CANVAS_END},
            {at.x, at.y - 10.0, CANVAS_MIDDLE},      {at.x, at.y + 20.0, CANVAS_MIDDLE},
            {at.x + 9.0, at.y + 30.0, CANVAS_START}, {at.x - 9.0, at.y - 24.0, CANVAS_END}};
        canvas_place(canvas, places, sizeof places / sizeof places[0], &view->area,
                     (struct canvas_style){PALETTE_INK, true, 0.0},
                     digits_capacity(curve->holds, view->arena));
    }
}

static void name_curve(struct canvas *canvas, const struct load_view *view,
                       const struct load_curve *curve)
{
    struct canvas_place *places = arena_array(view->arena, 6 * curve->count, sizeof *places);
    size_t count = 0;
    for (size_t i = curve->count; i-- > 0;) {
        struct canvas_point at = point_of(view, curve, i);
        places[count++] = (struct canvas_place){at.x + 10.0, at.y + 16.0, CANVAS_START};
        places[count++] = (struct canvas_place){at.x - 10.0, at.y - 8.0, CANVAS_END};
        places[count++] = (struct canvas_place){at.x, at.y - 12.0, CANVAS_END};
        places[count++] = (struct canvas_place){at.x, at.y + 20.0, CANVAS_END};
        places[count++] = (struct canvas_place){at.x + 12.0, at.y + 30.0, CANVAS_START};
        places[count++] = (struct canvas_place){at.x, at.y + 34.0, CANVAS_END};
    }
    if (curve->name[0] == '\0')
        return;
    const char *last = strrchr(view->points.axes[view->other].name, '.');
    const char *text = arena_printf(
        view->arena, "%s %s", last ? last + 1 : view->points.axes[view->other].name, curve->name);
    canvas_place(
        canvas, places, count, &view->area, (struct canvas_style){curve->ink, true, 0.0},
        text_width_fit(layout_clean(text, view->arena), CANVAS_TEXT, true, 130.0, view->arena));
}

static void name_limit(struct canvas *canvas, const struct load_view *view)
{
    double y = y_at(view, view->panel->limit);
    struct canvas_place places[20];
    if (isnan(view->panel->limit))
        return;
    for (int i = 0; i < 10; i++) {
        double x = view->area.right - 4.0 - i * (view->area.right - view->area.left - 90.0) / 10.0;
        places[2 * i] = (struct canvas_place){x, y + 15.0, CANVAS_END};
        places[2 * i + 1] = (struct canvas_place){x, y - 6.0, CANVAS_END};
    }
    canvas_place(canvas, places, 20, &view->area, (struct canvas_style){.ink = PALETTE_INK},
                 arena_printf(view->arena, "limit %s",
                              digits_scaled(view->panel->limit, &view->scale, view->arena)));
}

static void draw_today(struct canvas *canvas, const struct load_view *view)
{
    bool is_beyond = view->today > view->x.high || view->today < view->x.low;
    double x = is_beyond ? view->area.right : axis_at(&view->x, view->today);
    if (isnan(view->today))
        return;
    if (!is_beyond)
        canvas_line(canvas, x, view->area.top, x, view->area.bottom, PALETTE_INK2, 0.8);
    struct canvas_place places[20];
    for (int i = 0; i < 10; i++) {
        double y = view->area.bottom - 7.0 - 16.0 * i;
        places[2 * i] = (struct canvas_place){x + 5.0, y, CANVAS_START};
        places[2 * i + 1] = (struct canvas_place){x - 5.0, y, CANVAS_END};
    }
    canvas_place(canvas, places, 20, &view->area, (struct canvas_style){.ink = PALETTE_INK},
                 arena_printf(view->arena, "today %s%s%s", digits_exact(view->today, view->arena),
                              view->points.axes[view->load].unit,
                              !is_beyond                   ? ""
                              : view->today > view->x.high ? " \u2192"
                                                           : " \u2190"));
}

static void draw(struct canvas *canvas, struct load_view *view)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    view->area =
        (struct canvas_box){axis_gutter(&view->y), TOP, canvas->width - 12.0, TOP + HEIGHT};
    view->x.from = view->area.left;
    view->x.to = view->area.right;
    view->y.from = view->area.bottom;
    view->y.to = view->area.top;
    draw_limit(canvas, view);
    canvas_text_within(canvas, 2.0, 11.0, canvas->width - 4.0, CANVAS_START, style,
                       arena_printf(view->arena, "%s%s",
                                    digits_title(view->panel->name, &view->scale, view->arena),
                                    view->y.is_log ? " (log)" : ""));
    axis_draw_y(canvas, &view->y, &view->area);
    axis_draw_x(canvas, &view->x, &view->area, "");
    canvas_text_within(canvas, view->area.right, view->area.bottom + 34.0, canvas->width - 4.0,
                       CANVAS_END, style,
                       arena_printf(view->arena, "%s%s",
                                    points_axis_name(&view->points.axes[view->load], view->arena),
                                    view->x.is_log ? " (log)" : ""));
    if (isfinite(view->panel->limit))
        canvas_limit(canvas, view->area.left, y_at(view, view->panel->limit), view->area.right,
                     y_at(view, view->panel->limit));
    for (size_t c = 0; c < view->curve_count; c++)
        draw_curve(canvas, view, &view->curves[c]);
    for (size_t c = 0; c < view->curve_count; c++)
        draw_break(canvas, view, &view->curves[c]);
    for (size_t c = view->curve_count; c-- > 0;)
        name_break(canvas, view, &view->curves[c]);
    name_limit(canvas, view);
    for (size_t c = view->curve_count; c-- > 0;)
        name_curve(canvas, view, &view->curves[c]);
    draw_today(canvas, view);
    if (view->left_out > 0)
        canvas_text_within(canvas, 2.0, view->area.bottom + 52.0, canvas->width - 4.0, CANVAS_START,
                           style,
                           arena_printf(view->arena, "not drawn: %zu more values of %s",
                                        view->left_out, view->points.axes[view->other].name));
}

/* ---- the finding ---- */

static const char *word_curve(const struct load_view *view, const struct load_curve *curve)
{
    const struct points_axis *axis = &view->points.axes[view->load];
    const char *last = strrchr(axis->name, '.'), *what = last ? last + 1 : axis->name;
    const char *name = view->setting[0] != '\0' ? view->setting : "It";
    if (curve->name[0] != '\0') {
        name = arena_printf(view->arena, "%s %s", key_of(view->points.axes[view->other].name),
                            curve->name);
    }
    if (isnan(curve->holds) && isnan(curve->fails))
        return arena_printf(view->arena, "%s is undecided at every load", name);
    if (isnan(curve->holds))
        return arena_printf(view->arena, "%s fails from %s%s on", name,
                            digits_exact(curve->fails, view->arena), axis->unit);
    double highest = load_of(view, curve->points[curve->count - 1]);
    bool is_count = strcmp(what, "customers") == 0 || strcmp(what, "users") == 0;
    return arena_printf(view->arena, "%s holds %s%s%s%s%s", name,
                        isnan(curve->fails) && curve->holds == highest ? "all loads tried, to "
                                                                       : "",
                        digits_capacity(curve->holds, view->arena), axis->unit, is_count ? " " : "",
                        is_count ? what : "");
}

static const char *word_headline(const struct load_view *view)
{
    const struct load_curve *last = &view->curves[view->curve_count - 1];
    const char *text = word_curve(view, last);
    if (isfinite(last->fails) && isfinite(last->holds))
        text = arena_printf(view->arena, "%s; at %s%s %s fails", text,
                            digits_exact(last->fails, view->arena),
                            view->points.axes[view->load].unit, view->panel->name);
    else if (isfinite(last->holds) && find_first(view, "undecided") == view->panel)
        text =
            arena_printf(view->arena, "%s; beyond that %s is undecided", text, view->panel->name);
    if (view->curve_count == 2)
        text = arena_printf(view->arena, "%s. %s", text, word_curve(view, &view->curves[0]));
    if (isfinite(view->today))
        text = arena_printf(view->arena, "%s. Today: %s%s", text,
                            digits_exact(view->today, view->arena),
                            view->points.axes[view->load].unit);
    return text;
}

static const char *word_alt(const struct load_view *view)
{
    const char *text = arena_printf(view->arena, "%s against %s.", view->panel->name,
                                    view->points.axes[view->load].name);
    for (size_t c = 0; c < view->curve_count; c++) {
        const struct load_curve *curve = &view->curves[c];
        text = arena_printf(view->arena, "%s %s:", text, curve->name);
        for (size_t i = 0; i < curve->count; i++)
            text = arena_printf(view->arena, "%s %s %s,", text,
                                digits_number(load_of(view, curve->points[i]), view->arena),
                                digits_quantity(view->panel->estimates[curve->points[i]],
                                                view->panel->unit, view->arena));
    }
    return text;
}

bool picture_make_load(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    struct load_view *view = arena_alloc(request->arena, sizeof *view);
    *view = (struct load_view){.arena = request->arena};
    if (!points_read(request, &view->points, err))
        return false;
    if (points_share(&view->points) > 1)
        return error_set(err, STATUS_INPUT,
                         "it has more values than a curve: kinds sweep and heat "
                         "show that");
    if (!find_load(view))
        return error_set(err, STATUS_INPUT,
                         "no load varies in it: sweep with --vary "
                         "workloads.NAME.arrivals.customers=LOW:HIGH, or .rate");
    read_curves(view);
    choose_panel(view);
    view->today = find_today(view, request->root);
    view->setting =
        layout_clean(view_text(json_object_get(request->root, "facts"), "setting"), view->arena);
    make_axes(view);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, view);
    picture->headline = word_headline(view);
    picture->alt = word_alt(view);
    picture_finish(picture, &canvas);
    return true;
}
