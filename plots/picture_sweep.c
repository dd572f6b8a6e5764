/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A size against what it does: a panel for each criterion, the values that pass on a green ground,
 * limits, and the value that is chosen. */
#include "plots/picture_makers.h"
#include "plots/points.h"
#include "plots/view.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PANEL_HEIGHT = 150, MAX_NAME_LENGTH = 60 };

/* Beyond so many limits a value stands at the upper edge: it would flatten the rest. */
static const double CEILING = 2.5;

struct sweep_view {
    const struct picture_request *request;
    struct points points;
    size_t *order; /* points by their place */
    const char *chosen;
};

static double place_of(const struct sweep_view *view, size_t i)
{
    size_t p = view->order[i];
    return view->points.axes[0].places[view->points.at[p][0]];
}

static void sort_points(struct sweep_view *view)
{
    size_t count = view->points.count;
    view->order = arena_array(view->request->arena, count, sizeof *view->order);
    for (size_t i = 0; i < count; i++) {
        size_t k = i;
        double place = view->points.axes[0].places[view->points.at[i][0]];
        for (; k > 0 && place_of(view, k - 1) > place; k--)
            view->order[k] = view->order[k - 1];
        view->order[k] = i;
    }
}

static bool passes(const struct sweep_view *view, size_t i)
{
    return strcmp(view->points.verdicts[view->order[i]], "pass") == 0;
}

static const char *text_at(const struct sweep_view *view, size_t i)
{
    return view->points.axes[0].texts[view->points.at[view->order[i]][0]];
}

/* Size and limit say which; a sweep's is the least value that passes. */
static void choose(struct sweep_view *view)
{
    static const char *const facts[] = {"smallest", "largest"};
    for (size_t i = 0; i < 2; i++) {
        const char *text = view_text(json_object_get(view->request->root, "facts"), facts[i]);
        if (text[0] != '\0')
            view->chosen = text;
    }
    for (size_t i = 0; i < view->points.count && !view->chosen; i++)
        if (passes(view, i))
            view->chosen = text_at(view, i);
}

/* ---- the script ---- */

/* The middle between two neighbours; outside of them a little further. */
static double edge(const struct sweep_view *view, size_t i)
{
    size_t count = view->points.count;
    double reach = place_of(view, count - 1) - place_of(view, 0);
    double beyond = reach > 0.0 ? 0.05 * reach : 1.0;
    if (i == 0)
        return place_of(view, 0) - beyond;
    return i == count ? place_of(view, count - 1) + beyond
                      : (place_of(view, i - 1) + place_of(view, i)) / 2.0;
}

static void write_regions(struct script *script, const struct sweep_view *view)
{
    for (size_t i = 0; i < view->points.count; i++) {
        if (!passes(view, i))
            continue;
        script_add(script,
                   "set object %zu rectangle from %.9g, graph 0 to %.9g, graph 1 behind fillcolor "
                   "rgb '#006e50' fillstyle solid 0.10 noborder\n",
                   i + 1, edge(view, i), edge(view, i + 1));
    }
}

static void write_axis(struct script *script, const struct sweep_view *view)
{
    const struct points_axis *axis = &view->points.axes[0];
    script_add(script, "set xrange [%.9g:%.9g]\n", edge(view, 0), edge(view, view->points.count));
    if (axis->is_numeric)
        return;
    script_add(script, "set xtics (");
    for (size_t i = 0; i < axis->count; i++) {
        script_add(script, "%s", i > 0 ? ", " : "");
        script_tic(script, axis->texts[i]);
        script_add(script, " %zu", i);
    }
    script_add(script, ") noenhanced\n");
}

static double largest_of(const struct points_panel *panel, size_t count)
{
    double largest = 0.0;
    for (size_t p = 0; p < count; p++)
        largest = fmax(largest, isfinite(panel->highs[p]) ? panel->highs[p] : panel->estimates[p]);
    if (panel->limit > 0.0)
        largest = fmin(fmax(largest, 1.15 * panel->limit), CEILING * panel->limit);
    return largest > 0.0 ? largest : 1.0;
}

/* Rows of one verdict: place, estimate, low, high. What is beyond the ceiling has no interval. */
static void write_points(struct script *script, const struct sweep_view *view, size_t row,
                         int style, double factor, double top)
{
    const struct points_panel *panel = &view->points.panels[row];
    script_add(script, "$p%zu_%d << END\n", row, style);
    for (size_t i = 0; i < view->points.count; i++) {
        size_t p = view->order[i];
        double value = panel->estimates[p];
        if (points_style(panel->verdicts[p]) != style || !isfinite(value))
            continue;
        double low = isfinite(panel->lows[p]) ? panel->lows[p] : value;
        double high = isfinite(panel->highs[p]) ? panel->highs[p] : value;
        script_row(script,
                   (double[]){place_of(view, i), factor * fmin(value, top), factor * fmin(low, top),
                              factor * fmin(high, top)},
                   4);
    }
    script_add(script, "NaN NaN NaN NaN\nEND\n");
}

static void write_line(struct script *script, const struct sweep_view *view, size_t row,
                       double factor, double top)
{
    script_add(script, "$l%zu << END\n", row);
    for (size_t i = 0; i < view->points.count; i++)
        script_row(
            script,
            (double[]){place_of(view, i),
                       factor * fmin(view->points.panels[row].estimates[view->order[i]], top)},
            2);
    script_add(script, "END\n");
}

static void write_labels(struct script *script, const struct sweep_view *view, size_t row,
                         const struct view_scale *scale)
{
    const struct points_panel *panel = &view->points.panels[row];
    struct arena *arena = script->arena;
    const char *name = layout_shorten(panel->name, MAX_NAME_LENGTH, arena);
    script_add(script, "%sunset arrow\nset label 1 ", row > 0 ? "unset label\n" : "");
    script_text(script,
                scale->unit[0] != '\0' ? arena_printf(arena, "%s [%s]", name, scale->unit) : name);
    script_add(script,
               " at graph 0, graph 1 left offset 0,0.7 noenhanced textcolor rgb '#444444'\n");
    if (!isfinite(panel->limit))
        return;
    script_add(script,
               "set arrow 1 from graph 0, first %.9g to graph 1, first %.9g nohead linestyle 20 "
               "front\nset label 2 ",
               scale->factor * panel->limit, scale->factor * panel->limit);
    script_text(script, arena_printf(arena, "limit %s",
                                     number_text_quantity(panel->limit, panel->unit, arena)));
    script_add(script,
               " at graph 1, first %.9g left offset 0.5,0 noenhanced textcolor rgb '#b44600' "
               "front\n",
               scale->factor * panel->limit);
}

static void write_chosen(struct script *script, const struct sweep_view *view, size_t row)
{
    for (size_t i = 0; i < view->points.count && view->chosen; i++) {
        if (strcmp(text_at(view, i), view->chosen) != 0)
            continue;
        script_add(script, "set arrow 2 from %.9g, graph 0 to %.9g, graph 1 nohead linestyle 21\n",
                   place_of(view, i), place_of(view, i));
        if (row > 0)
            continue;
        bool is_right = i > view->points.count / 2;
        script_add(script, "set label 3 ");
        script_text(script, arena_printf(script->arena, "chosen: %s", view->chosen));
        script_add(script, " at %.9g, graph 0.9 %s offset %s,0 noenhanced front\n",
                   place_of(view, i), is_right ? "right" : "left", is_right ? "-0.6" : "0.6");
    }
}

static void write_panel(struct script *script, const struct sweep_view *view, size_t row)
{
    const struct points_panel *panel = &view->points.panels[row];
    double top = largest_of(panel, view->points.count);
    struct view_scale scale = view_scale(panel->unit, top);
    for (int style = 11; style <= 13; style++)
        write_points(script, view, row, style, scale.factor, top);
    write_line(script, view, row, scale.factor, top);
    write_labels(script, view, row, &scale);
    write_chosen(script, view, row);
    script_add(script,
               "set yrange [0:%.9g]\nplot $l%zu using 1:2 with lines linecolor rgb "
               "'#9aa4ae' linewidth 1",
               1.08 * scale.factor * top, row);
    for (int style = 11; style <= 13; style++)
        script_add(script, ", $p%zu_%d using 1:2:3:4 with yerrorbars linestyle %d", row, style,
                   style);
    script_add(script, "\n");
}

static void write_script(struct script *script, const struct sweep_view *view, const char *headline)
{
    size_t panels = view->points.panel_count;
    const struct points_axis *axis = &view->points.axes[0];
    int height = 62 + PANEL_HEIGHT * (int)panels;
    double top = 1.0 - (view->request->is_in_page ? 4.0 : 52.0) / height, bottom = 58.0 / height;
    double each = (top - bottom) / (double)panels;
    picture_begin(script, view->request, headline, height, 8, 14);
    write_axis(script, view);
    write_regions(script, view);
    script_add(script, "set multiplot\n");
    for (size_t row = 0; row < panels; row++) {
        bool is_last = row + 1 == panels;
        script_add(script, "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
                   top - each * (double)row - 22.0 / height,
                   top - each * (double)(row + 1) + (is_last ? 0.0 : 8.0 / height));
        script_add(script, is_last ? "set format x\nset xlabel " : "set format x ''\nset xlabel ");
        script_text(script, !is_last ? ""
                                     : arena_printf(script->arena, "%s%s%s%s", axis->name,
                                                    axis->unit[0] != '\0' ? " [" : "", axis->unit,
                                                    axis->unit[0] != '\0' ? "]" : ""));
        script_add(script, "\n");
        write_panel(script, view, row);
    }
    script_add(script, "unset multiplot\n");
}

/* ---- the finding ---- */

/* "resources.db_pool.max passes from 55 to 80; 50 fails: pool utilization" */
static const char *word_headline(const struct sweep_view *view, struct arena *arena)
{
    size_t count = view->points.count, first = 0, last = 0;
    const char *name = view->points.axes[0].name, *before = "";
    while (first < count && !passes(view, first))
        first++;
    if (first == count)
        return arena_printf(arena, "No value of %s passes, of %zu from %s to %s", name, count,
                            text_at(view, 0), text_at(view, count - 1));
    for (size_t i = first; i < count && passes(view, i); i++)
        last = i;
    bool is_failed = first > 0 && points_style(view->points.verdicts[view->order[first - 1]]) == 12;
    if (first > 0)
        before = arena_printf(arena, "; %s %s%s", text_at(view, first - 1),
                              is_failed ? "fails: " : "is undecided",
                              is_failed ? view->points.fails[view->order[first - 1]] : "");
    return arena_printf(arena, "%s passes from %s to %s%s", name, text_at(view, first),
                        text_at(view, last), before);
}

static const char *word_alt(const struct sweep_view *view, struct arena *arena)
{
    const char *text = arena_printf(arena, "Verdicts for values of %s.", view->points.axes[0].name);
    for (size_t i = 0; i < view->points.count; i++)
        text = arena_printf(arena, "%s %s: %s%s%s.", text, text_at(view, i),
                            view->points.verdicts[view->order[i]],
                            view->points.fails[view->order[i]][0] != '\0' ? ", " : "",
                            view->points.fails[view->order[i]]);
    return text;
}

bool picture_make_sweep(const struct picture_request *request, struct picture *picture,
                        struct error *err)
{
    struct sweep_view *view = arena_alloc(request->arena, sizeof *view);
    view->request = request;
    if (!points_read(request, &view->points, err))
        return false;
    if (view->points.axis_count != 1)
        return error_set(err, STATUS_INPUT, "two values vary: kind heat shows that");
    sort_points(view);
    choose(view);
    picture->headline = word_headline(view, request->arena);
    picture->alt = word_alt(view, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, view, picture->headline);
    picture->script = script_close(&script);
    return true;
}
