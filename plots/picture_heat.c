/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two values against each other: a field for each combination, coloured by a criterion's estimate,
 * and the line between those that pass and those that do not. */
#include "plots/picture_makers.h"
#include "plots/points.h"
#include "plots/view.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_WORDS = 9 }; /* with more columns no number fits into a field */

struct heat {
    const struct picture_request *request;
    struct points points;
    const struct points_panel *panel;
};

/* Positions of a point by its places: the axes are drawn in the order of their values. */
static double rank(const struct points_axis *axis, size_t at)
{
    double below = 0.0;
    for (size_t i = 0; i < axis->count; i++)
        below += axis->places[i] < axis->places[at];
    return below;
}

static double x_of(const struct heat *heat, size_t p)
{
    return rank(&heat->points.axes[0], heat->points.at[p][0]);
}

static double y_of(const struct heat *heat, size_t p)
{
    return rank(&heat->points.axes[1], heat->points.at[p][1]);
}

static bool passes(const struct heat *heat, size_t p)
{
    return strcmp(heat->points.verdicts[p], "pass") == 0;
}

/* From nearly white to blue; text in near black stays readable on all of it. 1 is the limit, or the
 * largest value. */
static unsigned colour(double part)
{
    double depth = isfinite(part) ? fmin(fmax(part, 0.0), 1.0) : 0.0;
    unsigned red = (unsigned)(238.0 - 140.0 * depth), green = (unsigned)(244.0 - 76.0 * depth);
    unsigned blue = (unsigned)(250.0 - 30.0 * depth);
    return red << 16 | green << 8 | blue;
}

static double largest_estimate(const struct heat *heat)
{
    double largest = 0.0;
    for (size_t p = 0; p < heat->points.count; p++)
        largest = fmax(largest, heat->panel->estimates[p]);
    return largest;
}

/* All fields have one unit, which the headline names: there is no room for it in them. */
static struct view_scale scale_of(const struct heat *heat)
{
    return view_scale(heat->panel->unit, largest_estimate(heat));
}

static double largest_of(const struct heat *heat)
{
    double largest = largest_estimate(heat);
    return heat->panel->limit > 0.0 ? fmin(largest, 2.0 * heat->panel->limit) : largest;
}

/* ---- the script ---- */

/* Three digits of a number, and at most three decimals. */
static int decimals_of(double value)
{
    return value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : value > 0.0 ? 3 : 0;
}

static const char *field_text(double value, struct arena *arena)
{
    return isfinite(value) ? arena_printf(arena, "%.*f", decimals_of(value), value) : "-";
}

static void write_fields(struct script *script, const struct heat *heat)
{
    double largest = largest_of(heat), factor = scale_of(heat).factor;
    script_add(script, "$fields << END\n");
    for (size_t p = 0; p < heat->points.count; p++)
        script_row(
            script,
            (double[]){x_of(heat, p), y_of(heat, p), colour(heat->panel->estimates[p] / largest)},
            3);
    script_add(script, "END\n");
    for (size_t p = 0; p < heat->points.count && heat->points.axes[0].count <= MAX_WORDS; p++) {
        script_add(script, "set label ");
        script_text(script, field_text(factor * heat->panel->estimates[p], script->arena));
        script_add(script,
                   " at %g, %g center noenhanced front textcolor rgb '#1b1f24' "
                   "offset 0,0.35\nset label ",
                   x_of(heat, p), y_of(heat, p));
        script_text(script, heat->points.verdicts[p]);
        script_add(script, " at %g, %g center noenhanced front textcolor rgb '%s' offset 0,-0.55\n",
                   x_of(heat, p), y_of(heat, p), passes(heat, p) ? "#004d38" : "#7a2f00");
    }
}

/* True if there is a point at those places that passes; *is_there: that is finished. */
static bool passes_at(const struct heat *heat, double x, double y, bool *is_there)
{
    for (size_t p = 0; p < heat->points.count; p++)
        if (x_of(heat, p) == x && y_of(heat, p) == y) {
            *is_there = true;
            return passes(heat, p);
        }
    return *is_there = false;
}

static void write_frontier(struct script *script, const struct heat *heat)
{
    script_add(script, "$frontier << END\nNaN NaN\n");
    for (size_t p = 0; p < heat->points.count; p++) {
        double x = x_of(heat, p), y = y_of(heat, p);
        bool is_there, is_passing = passes_at(heat, x + 1.0, y, &is_there);
        if (is_there && is_passing != passes(heat, p))
            script_add(script, "\n%g %g\n%g %g\n", x + 0.5, y - 0.5, x + 0.5, y + 0.5);
        is_passing = passes_at(heat, x, y + 1.0, &is_there);
        if (is_there && is_passing != passes(heat, p))
            script_add(script, "\n%g %g\n%g %g\n", x - 0.5, y + 0.5, x + 0.5, y + 0.5);
    }
    script_add(script, "END\n");
}

static void write_tics(struct script *script, const char *which, const struct points_axis *axis)
{
    script_add(script, "set %stics (", which);
    for (size_t i = 0; i < axis->count; i++) {
        script_add(script, "%s", i > 0 ? ", " : "");
        script_tic(script, axis->texts[i]);
        script_add(script, " %g", rank(axis, i));
    }
    script_add(script, ") scale 0 noenhanced\nset %slabel ", which);
    script_text(script, axis->name);
    script_add(script, "\nset %srange [-0.5:%g]\n", which, (double)axis->count - 0.5);
}

static void write_script(struct script *script, const struct heat *heat, const char *headline)
{
    int rows = (int)heat->points.axes[1].count;
    picture_begin(script, heat->request, headline,
                  110 + 40 * (rows < 3    ? 3
                              : rows > 14 ? 14
                                          : rows),
                  13, 2);
    write_tics(script, "x", &heat->points.axes[0]);
    write_tics(script, "y", &heat->points.axes[1]);
    write_fields(script, heat);
    write_frontier(script, heat);
    script_add(script, "unset grid\nset ylabel offset -1.5,0\n"
                       "plot $fields using 1:2:(0.48):(0.46):3 with boxxyerror linecolor rgb "
                       "variable fillstyle solid 1 noborder, $frontier using 1:2 with lines "
                       "linecolor rgb '#b44600' linewidth 4 dashtype 1\n");
}

/* ---- the finding ---- */

/* "15 of 30 combinations pass; figures: pool utilization [%], limit 70 %" */
static const char *word_headline(const struct heat *heat, struct arena *arena)
{
    size_t passing = 0;
    for (size_t p = 0; p < heat->points.count; p++)
        passing += passes(heat, p);
    const char *unit = scale_of(heat).unit;
    const char *text = arena_printf(arena, "%zu of %zu combinations pass; figures: %s%s%s%s",
                                    passing, heat->points.count, heat->panel->name,
                                    unit[0] ? " [" : "", unit, unit[0] ? "]" : "");
    return isfinite(heat->panel->limit)
               ? arena_printf(arena, "%s, limit %s", text,
                              number_text_quantity(heat->panel->limit, heat->panel->unit, arena))
               : text;
}

static const char *word_alt(const struct heat *heat, struct arena *arena)
{
    const struct points *points = &heat->points;
    const char *text = arena_printf(arena, "%s and %s for combinations of %s and %s.", "Verdicts",
                                    heat->panel->name, points->axes[0].name, points->axes[1].name);
    for (size_t p = 0; p < points->count; p++)
        text =
            arena_printf(arena, "%s %s, %s: %s, %s.", text, points->axes[0].texts[points->at[p][0]],
                         points->axes[1].texts[points->at[p][1]], points->verdicts[p],
                         number_text_quantity(heat->panel->estimates[p], heat->panel->unit, arena));
    return text;
}

bool picture_make_heat(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    struct heat *heat = arena_alloc(request->arena, sizeof *heat);
    heat->request = request;
    if (!points_read(request, &heat->points, err))
        return false;
    if (heat->points.axis_count != 2)
        return error_set(err, STATUS_INPUT, "one value varies: kind sweep shows that");
    heat->panel = &heat->points.panels[0];
    picture->headline = word_headline(heat, request->arena);
    picture->alt = word_alt(heat, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, heat, picture->headline);
    picture->script = script_close(&script);
    return true;
}
