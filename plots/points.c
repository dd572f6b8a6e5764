/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/points.h"
#include "plots/view.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXTS = sizeof((struct points_axis *)0)->texts / sizeof(char *) };

/* ---- axes ---- */

/* Its place among the texts; with more than fit, count is MAX_TEXTS + 1. */
static size_t add_text(struct points_axis *axis, const char *text)
{
    for (size_t i = 0; i < axis->count && i < MAX_TEXTS; i++)
        if (strcmp(axis->texts[i], text) == 0)
            return i;
    if (axis->count >= MAX_TEXTS) {
        axis->count = MAX_TEXTS + 1;
        return MAX_TEXTS;
    }
    axis->texts[axis->count] = text;
    return axis->count++;
}

/* "80", "10ms": the number, and what is behind it. */
static double parse(const char *text, const char **rest)
{
    char *end;
    double value = strtod(text, &end);
    *rest = end;
    return end == text ? NAN : value;
}

/* Numbers where all values are numbers in one unit. */
static void place_axis(struct points_axis *axis)
{
    const char *unit = "", *rest;
    axis->is_numeric = true;
    for (size_t i = 0; i < axis->count; i++) {
        axis->places[i] = parse(axis->texts[i], &rest);
        if (i == 0)
            unit = rest;
        axis->is_numeric &= isfinite(axis->places[i]) && strcmp(rest, unit) == 0;
    }
    for (size_t i = 0; i < axis->count && !axis->is_numeric; i++)
        axis->places[i] = (double)i;
    axis->unit = axis->is_numeric ? unit : "";
}

/* ---- rows ---- */

/* The keys before "verdict" are what varied; size and limit call it "value". */
static bool read_axes(struct points *points, const json_t *rows, const json_t *root)
{
    const char *key;
    json_t *value;
    points->count = json_array_size(rows);
    points->at = arena_array(points->arena, points->count, sizeof *points->at);
    points->verdicts = arena_array(points->arena, points->count, sizeof *points->verdicts);
    points->fails = arena_array(points->arena, points->count, sizeof *points->fails);
    for (size_t p = 0; p < points->count; p++) {
        size_t axis = 0;
        const json_t *row = json_array_get(rows, p);
        points->verdicts[p] = view_text(row, "verdict");
        points->fails[p] = "";
        json_object_foreach((json_t *)row, key, value)
        {
            if (strcmp(key, "verdict") == 0)
                break;
            if (axis == POINTS_MAX_VARIED || !json_is_string(value))
                return false;
            const char *path = view_text(json_object_get(root, "facts"), "path");
            points->axes[axis].name = path[0] != '\0' ? path : key;
            points->at[p][axis] = add_text(&points->axes[axis], json_string_value(value));
            axis++;
        }
        points->axis_count = axis;
    }
    return points->count > 0 && points->axis_count > 0 && points->axes[0].count <= MAX_TEXTS &&
           points->axes[1].count <= MAX_TEXTS;
}

static const char *label_of(const struct points *points, size_t p)
{
    const char *first = points->axes[0].texts[points->at[p][0]];
    return points->axis_count == 1 ? first
                                   : arena_printf(points->arena, "%s, %s", first,
                                                  points->axes[1].texts[points->at[p][1]]);
}

/* ---- panels ---- */

static struct points_panel *add_panel(struct points *points, const char *name, const char *unit)
{
    struct points_panel *panel = &points->panels[points->panel_count++];
    *panel = (struct points_panel){.name = name, .unit = unit, .limit = NAN};
    panel->estimates = arena_array(points->arena, points->count, sizeof(double));
    panel->lows = arena_array(points->arena, points->count, sizeof(double));
    panel->highs = arena_array(points->arena, points->count, sizeof(double));
    panel->verdicts = arena_array(points->arena, points->count, sizeof *panel->verdicts);
    for (size_t p = 0; p < points->count; p++)
        panel->verdicts[p] = points->verdicts[p];
    for (size_t p = 0; p < points->count; p++)
        panel->estimates[p] = panel->lows[p] = panel->highs[p] = NAN;
    return panel;
}

static struct points_panel *panel_of(struct points *points, const char *name, const char *unit)
{
    for (size_t i = 0; i < points->panel_count; i++)
        if (strcmp(points->panels[i].name, name) == 0)
            return &points->panels[i];
    if (points->panel_count < POINTS_MAX_PANELS)
        return add_panel(points, name, unit);
    points->more_panels++;
    return NULL;
}

/* What a criterion may be: estimate and margin add up to the limit where it is an upper one, differ
 * by it where it is a lower one; that is the sum which is the same everywhere. */
struct limit_guess {
    double low[2], high[2];
};

static void guess(struct limit_guess *found, double estimate, double margin)
{
    double either[2] = {estimate + margin, estimate - margin};
    for (int i = 0; i < 2 && isfinite(margin); i++) {
        found->low[i] = fmin(found->low[i], either[i]);
        found->high[i] = fmax(found->high[i], either[i]);
    }
}

/* A share cannot be asked to exceed 1. */
static double settle(const struct limit_guess *found, const char *unit, bool *is_lower)
{
    double spread[2] = {found->high[0] - found->low[0], found->high[1] - found->low[1]};
    bool is_over = strcmp(unit, "1") == 0 && found->high[0] > 1.0 + 1e-9;
    int best = spread[1] < spread[0] || (is_over && spread[1] == spread[0]);
    bool is_one = spread[best] <= 1e-9 * fabs(found->high[best]) + 1e-12;
    *is_lower = best == 1;
    return isfinite(spread[best]) && is_one ? found->high[best] : NAN;
}

static void read_criteria(struct points *points, const json_t *criteria, const char *wanted)
{
    struct limit_guess guesses[POINTS_MAX_PANELS];
    for (size_t i = 0; i < POINTS_MAX_PANELS; i++)
        guesses[i] = (struct limit_guess){{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (size_t p = 0; p < points->count; p++) {
        const char *label = label_of(points, p);
        for (size_t i = 0; i < json_array_size(criteria); i++) {
            const json_t *row = json_array_get(criteria, i);
            const char *name = view_text(row, "criterion");
            if (strcmp(view_text(row, "point"), label) != 0)
                continue;
            if (points->fails[p][0] == '\0' && strcmp(view_text(row, "verdict"), "fail") == 0)
                points->fails[p] = name;
            struct points_panel *panel = wanted && strcmp(wanted, name) != 0
                                             ? NULL
                                             : panel_of(points, name, view_text(row, "unit"));
            if (!panel)
                continue;
            panel->verdicts[p] = view_text(row, "verdict");
            panel->failing += strcmp(panel->verdicts[p], "pass") != 0;
            panel->estimates[p] = view_number(row, "estimate");
            panel->lows[p] = view_number(row, "low");
            panel->highs[p] = view_number(row, "high");
            guess(&guesses[panel - points->panels], panel->estimates[p],
                  view_number(row, "margin"));
        }
    }
    for (size_t i = 0; i < points->panel_count; i++)
        points->panels[i].limit =
            settle(&guesses[i], points->panels[i].unit, &points->panels[i].is_lower);
}

/* The metrics of a sweep: those columns that have a "... low" beside them. */
static void read_metrics(struct points *points, const json_t *rows, const json_t *units,
                         const char *wanted)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_array_get(rows, 0), key, value)
    {
        const char *low = arena_printf(points->arena, "%s low", key);
        const char *high = arena_printf(points->arena, "%s high", key);
        if (!json_object_get(json_array_get(rows, 0), low) || (wanted && strcmp(wanted, key) != 0))
            continue;
        struct points_panel *panel = panel_of(points, key, view_text(units, key));
        for (size_t p = 0; p < points->count && panel; p++) {
            panel->estimates[p] = view_number(json_array_get(rows, p), key);
            panel->lows[p] = view_number(json_array_get(rows, p), low);
            panel->highs[p] = view_number(json_array_get(rows, p), high);
        }
    }
}

bool points_read(const struct picture_request *request, struct points *points, struct error *err)
{
    const json_t *root = request->root, *rows = json_object_get(root, "points");
    if (!json_is_array(rows))
        rows = json_object_get(root, "steps");
    *points = (struct points){.arena = request->arena};
    if (!json_is_array(rows) || !read_axes(points, rows, root))
        return error_set(err, STATUS_INPUT,
                         "it is no answer of sweep, size or limit that varies at most %d values "
                         "over %d each",
                         POINTS_MAX_VARIED, (int)MAX_TEXTS);
    for (size_t i = 0; i < points->axis_count; i++)
        place_axis(&points->axes[i]);
    read_criteria(points, json_object_get(root, "criteria"), request->metric);
    if (points->panel_count == 0)
        read_metrics(points, rows, json_object_get(json_object_get(root, "units"), "points"),
                     request->metric);
    return points->panel_count > 0 ||
           error_set(err, STATUS_INPUT, "it has neither criteria nor metrics%s%s",
                     request->metric ? " called " : "", request->metric ? request->metric : "");
}

const size_t *points_order(const struct points *points)
{
    size_t *order = arena_array(points->arena, points->count, sizeof *order);
    for (size_t i = 0; i < points->count; i++) {
        double place = points->axes[0].places[points->at[i][0]];
        size_t k = i;
        for (; k > 0 && points->axes[0].places[points->at[order[k - 1]][0]] > place; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

double points_place(const struct points *points, size_t number, size_t point)
{
    return points->axes[number].places[points->at[point][number]];
}

/* A tick for each text, or for every second, third ... */
static void name_ticks(const struct points_axis *values, struct axis *axis)
{
    size_t stride = 1 + (values->count - 1) / AXIS_MAX_TICKS;
    axis->count = 0;
    for (size_t i = 0; i < values->count; i += stride) {
        axis->ticks[axis->count] = values->places[i];
        axis->labels[axis->count++] = values->texts[i];
    }
}

void points_make_axis(const struct points *points, size_t number, bool is_from_zero, int most,
                      struct axis *axis)
{
    const struct points_axis *values = &points->axes[number];
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < values->count; i++) {
        low = fmin(low, values->places[i]);
        high = fmax(high, values->places[i]);
    }
    bool is_log = values->is_numeric && low > 0.0 && high > AXIS_LOG_FROM * low;
    double pad = is_log ? 0.0 : 0.04 * (high - low);
    if (is_log)
        axis_make(axis, low / 1.2, high * 1.2, true, most, false, points->arena);
    else
        axis_make(axis, is_from_zero && low >= 0.0 ? 0.0 : low - pad, high + pad, false, most,
                  false, points->arena);
    if (!values->is_numeric)
        name_ticks(values, axis);
}

const char *points_axis_name(const struct points_axis *axis, struct arena *arena)
{
    const char *name = axis->name, *last = strrchr(name, '.'), *unit = axis->unit;
    size_t owner = strcspn(name, "."), length;
    if (last && name[owner] == '.') {
        const char *whose = name + owner + 1;
        length = strcspn(whose, ".");
        if (whose + length <= last)
            name = arena_printf(arena, "%s of %.*s", last + 1, (int)length, whose);
    }
    return unit[0] != '\0' ? arena_printf(arena, "%s, %s", name, unit) : name;
}
