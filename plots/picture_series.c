/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics over time: a panel for each, a line for each setting, the band in which one further run
 * would be, the phases of a rollout, and the levels that criteria and alerts watch. */
#include "plots/lines.h"
#include "plots/picture_makers.h"
#include "plots/view.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { PANEL_HEIGHT = 170, MAX_LABEL_LENGTH = 24, MAX_METRIC_LENGTH = 60, FIRST_NAME = 20 };

/* A phase that takes less of the time than this has no room for its name. */
static const double NAMED_PART = 0.12;

/* The panel's height over the largest value; a line of text in it, as a part of the panel. */
static const double HEADROOM = 1.15, LABEL_HEIGHT = 0.12;

struct series_view {
    struct lines lines;
    struct view_scale time;
};

/* ---- the script ---- */

static void write_line(struct script *script, const struct series_view *view, size_t row,
                       size_t number)
{
    const struct lines_panel *panel = &view->lines.panels[row];
    const struct lines_line *line = &panel->lines[number];
    double factor = view_scale(panel->unit, panel->largest).factor;
    script_add(script, "$line%zu_%zu << END\n", row, number);
    for (size_t i = 0; i < line->count; i++)
        script_row(script,
                   (double[]){view->time.factor * line->middles_s[i], factor * line->values[i],
                              factor * line->lows[i], factor * line->highs[i]},
                   4);
    script_add(script, "END\n");
}

/* The upper end of the panel's axis; of one that is 0 all the time 1 in the unit of the axis. */
static double top_of(const struct lines_panel *panel)
{
    return panel->largest > 0.0 ? HEADROOM * panel->largest
                                : 1.0 / view_scale(panel->unit, 0.0).factor;
}

/* Heights of the lines' names, as parts of the panel: at their ends, but never two in one place. */
static void place_names(const struct lines_panel *panel, double *heights)
{
    for (size_t i = 0; i < panel->line_count; i++) {
        const struct lines_line *line = &panel->lines[i];
        heights[i] = line->count > 0 ? line->values[line->count - 1] / top_of(panel) : 0.0;
        if (!isfinite(heights[i]))
            heights[i] = 0.0;
    }
    for (bool is_moved = true; is_moved;) {
        is_moved = false;
        for (size_t i = 0; i < panel->line_count; i++)
            for (size_t k = 0; k < i; k++)
                if (fabs(heights[i] - heights[k]) < LABEL_HEIGHT - 1e-9) {
                    size_t upper = heights[i] < heights[k] ? k : i;
                    heights[upper] = heights[i + k - upper] + LABEL_HEIGHT;
                    is_moved = true;
                }
    }
}

static void write_names(struct script *script, const struct lines_panel *panel)
{
    double heights[PLOT_STYLE_SETTINGS];
    place_names(panel, heights);
    for (size_t i = 0; i < panel->line_count && panel->line_count > 1; i++) {
        script_add(script, "set label %zu ", FIRST_NAME + i);
        script_text(script, layout_shorten(layout_clean(panel->lines[i].setting, script->arena),
                                           MAX_LABEL_LENGTH, script->arena));
        script_add(script,
                   " at graph 1.01, graph %.4f left noenhanced textcolor linetype %zu front\n",
                   heights[i], i + 1);
    }
}

/* True if a line runs where a label above the level would stand. */
static bool is_crowded_above(const struct lines_panel *panel, double level)
{
    for (size_t i = 0; i < panel->line_count; i++)
        for (size_t w = 0; w < panel->lines[i].count / 2 + 1 && w < panel->lines[i].count; w++) {
            double value = panel->lines[i].values[w];
            if (value > level && value < level + 0.15 * panel->largest)
                return true;
        }
    return false;
}

/* Heights of the marks' labels, as parts of the panel: above their levels, or below where a line
 * runs there, and never two in one place. */
static void place_labels(const struct lines_panel *panel, double *heights)
{
    for (size_t i = 0; i < panel->mark_count; i++) {
        double level = panel->marks[i].level / top_of(panel);
        bool is_below = level > 0.25 && is_crowded_above(panel, panel->marks[i].level);
        heights[i] = level + (is_below ? -0.07 : 0.07);
        for (size_t k = 0; k < i; k++)
            if (fabs(heights[k] - heights[i]) < LABEL_HEIGHT)
                heights[i] = heights[k] + LABEL_HEIGHT;
    }
}

static void write_marks(struct script *script, const struct lines_panel *panel, double factor)
{
    double heights[LINES_MAX_MARKS];
    place_labels(panel, heights);
    for (size_t i = 0; i < panel->mark_count; i++) {
        double level = factor * panel->marks[i].level;
        script_add(script,
                   "set arrow %zu from graph 0, first %.9g to graph 1, first %.9g nohead "
                   "linestyle 20 front\nset label %zu ",
                   i + 1, level, level, i + 1);
        script_text(script, panel->marks[i].name);
        script_add(script,
                   " at graph 0.01, graph %.4f left noenhanced textcolor rgb '#b44600' front\n",
                   heights[i]);
    }
}

/* True if the first panel's line runs low during a phase: its name then stands above. */
static bool runs_low(const struct lines_panel *panel, const struct lines_phase *phase)
{
    const struct lines_line *line = &panel->lines[0];
    for (size_t i = 0; i < line->count; i++)
        if (line->middles_s[i] > phase->begin_s && line->middles_s[i] < phase->end_s &&
            line->values[i] < 0.25 * panel->largest)
            return true;
    return false;
}

/* Each phase begins at a thin line; batches have no names, there are many. */
static void write_phases(struct script *script, const struct series_view *view, size_t row)
{
    double reach = view->lines.end_s - view->lines.begin_s;
    for (size_t i = 0; i < view->lines.phase_count; i++) {
        const struct lines_phase *phase = &view->lines.phases[i];
        double begin = view->time.factor * phase->begin_s;
        bool is_batch = strncmp(phase->name, "batch ", 6) == 0;
        if (!is_batch)
            script_add(script,
                       "set arrow %zu from %.9g, graph 0 to %.9g, graph 1 nohead linestyle 21\n",
                       100 + i, begin, begin);
        if (row > 0 || is_batch || phase->end_s - phase->begin_s < NAMED_PART * reach)
            continue;
        script_add(script, "set label %zu ", 100 + i);
        script_text(script, layout_shorten(layout_clean(phase->name, script->arena),
                                           MAX_LABEL_LENGTH, script->arena));
        script_add(script, " at %.9g, graph %s center noenhanced textcolor rgb '#444444' front\n",
                   view->time.factor * (phase->begin_s + fmin(phase->end_s, view->lines.end_s)) /
                       2.0,
                   runs_low(&view->lines.panels[0], phase) ? "0.5" : "0.07");
    }
}

static void write_panel(struct script *script, const struct series_view *view, size_t row)
{
    const struct lines_panel *panel = &view->lines.panels[row];
    struct view_scale scale = view_scale(panel->unit, panel->largest);
    bool has_unit = scale.unit[0] != '\0';
    script_add(script, "%sunset arrow\n", row > 0 ? "unset label\n" : "");
    write_marks(script, panel, scale.factor);
    write_names(script, panel);
    write_phases(script, view, row);
    script_add(script, "set label 10 ");
    script_text(script,
                arena_printf(script->arena, "%s%s%s%s",
                             layout_shorten(panel->metric, MAX_METRIC_LENGTH, script->arena),
                             has_unit ? " [" : "", scale.unit, has_unit ? "]" : ""));
    script_add(script,
               " at graph 0, graph 1 left offset 0,0.7 noenhanced textcolor rgb '#444444'\n"
               "set yrange [0:%.9g]\nplot ",
               scale.factor * top_of(panel));
    for (size_t i = 0; i < panel->line_count; i++)
        script_add(script,
                   "%s$line%zu_%zu using 1:3:4 with filledcurves linetype %zu fillstyle "
                   "transparent solid 0.18 noborder, $line%zu_%zu using 1:2 with lines linetype "
                   "%zu",
                   i > 0 ? ", " : "", row, i, i + 1, row, i, i + 1);
    script_add(script, "\n");
}

static void write_script(struct script *script, const struct series_view *view,
                         const char *headline)
{
    const struct lines *lines = &view->lines;
    int count = (int)lines->panel_count, height = 48 + PANEL_HEIGHT * count + (count == 1 ? 80 : 0);
    picture_begin(script, lines->request, headline, height, 8,
                  lines->panels[0].line_count > 1 ? 11 : 3);
    for (size_t row = 0; row < lines->panel_count; row++)
        for (size_t i = 0; i < lines->panels[row].line_count; i++)
            write_line(script, view, row, i);
    script_add(script, "set xrange [%.9g:%.9g]\n", view->time.factor * lines->begin_s,
               view->time.factor * lines->end_s);
    double top = 1.0 - (lines->request->is_in_page ? 6.0 : 52.0) / height, bottom = 58.0 / height;
    double each = (top - bottom) / count;
    script_add(script, "set multiplot\n");
    for (size_t row = 0; row < lines->panel_count; row++) {
        bool is_last = row + 1 == lines->panel_count;
        script_add(script, "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
                   top - each * (double)row - 22.0 / height,
                   top - each * (double)(row + 1) + (is_last ? 0.0 : 8.0 / height));
        if (is_last)
            script_add(script, "set format x\nset xlabel 'time [%s]'\n", view->time.unit);
        else
            script_add(script, "set format x ''\n");
        write_panel(script, view, row);
    }
    script_add(script, "unset multiplot\n");
}

/* ---- the finding ---- */

/* The one that goes furthest beyond what is watched, or the first. */
static const struct lines_panel *telling_panel(const struct lines *lines)
{
    const struct lines_panel *found = &lines->panels[0];
    double most = 1.0;
    for (size_t i = 0; i < lines->panel_count; i++) {
        const struct lines_panel *panel = &lines->panels[i];
        double middle_s, peak = lines_peak(panel, &middle_s);
        if (panel->mark_count > 0 && peak > most * panel->marks[0].level) {
            most = peak / panel->marks[0].level;
            found = panel;
        }
    }
    return found;
}

/* "proposed: db_pool.utilization peaks at 18.9 % after 12 min; limit 70 %" */
static const char *word_headline(const struct series_view *view, struct arena *arena)
{
    const struct lines_panel *panel = telling_panel(&view->lines);
    const char *setting = panel->lines[panel->line_count - 1].setting;
    double middle_s, peak = lines_peak(panel, &middle_s);
    const char *text =
        arena_printf(arena, "%s%s%s peaks at %s at %s %s", setting, setting[0] != '\0' ? ": " : "",
                     panel->metric, number_text_quantity(peak, panel->unit, arena),
                     number_text_plain(view->time.factor * middle_s, arena), view->time.unit);
    return panel->mark_count > 0 ? arena_printf(arena, "%s; %s", text, panel->marks[0].name) : text;
}

static const char *word_alt(const struct series_view *view, struct arena *arena)
{
    const struct lines *lines = &view->lines;
    const char *text = arena_printf(arena, "Over %s, in windows of %s.",
                                    number_text_quantity(lines->end_s - lines->begin_s, "s", arena),
                                    number_text_quantity(lines->window_s, "s", arena));
    for (size_t i = 0; i < lines->panel_count; i++) {
        double middle_s, peak = lines_peak(&lines->panels[i], &middle_s);
        text = arena_printf(arena, "%s %s: highest %s.", text, lines->panels[i].metric,
                            number_text_quantity(peak, lines->panels[i].unit, arena));
    }
    for (size_t i = 0; i < lines->phase_count; i++)
        text = arena_printf(arena, "%s %s from %s.", text, lines->phases[i].name,
                            number_text_quantity(lines->phases[i].begin_s, "s", arena));
    return text;
}

static bool make_series(const struct picture_request *request, enum metric_role role,
                        struct picture *picture)
{
    struct series_view *view = arena_alloc(request->arena, sizeof *view);
    if (!lines_read(request, role, &view->lines))
        return false;
    view->time = view_scale("s", view->lines.end_s - view->lines.begin_s);
    picture->headline = word_headline(view, request->arena);
    picture->alt = word_alt(view, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, view, picture->headline);
    picture->script = script_close(&script);
    return true;
}

bool picture_make_series(const struct picture_request *request, struct picture *picture,
                         struct error *err)
{
    return make_series(request, ROLE_OTHER, picture) ||
           error_set(err, STATUS_INPUT,
                     request->metric ? "it has no series of %s: give --series %s to run"
                                     : "it has no series: give --series METRIC to run",
                     request->metric, request->metric);
}

bool picture_make_connections(const struct picture_request *request, struct picture *picture,
                              struct error *err)
{
    return make_series(request, ROLE_DATABASE, picture) ||
           error_set(err, STATUS_INPUT,
                     "it has no series of a database's connections: rehearse gives one, and "
                     "--series DATABASE.connections of run");
}
