/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics over time: a panel for each, the baseline grey and the proposal blue, the band of the
 * replications, the phases of a rollout, and the levels that criteria and alerts watch. */
#include "plots/panel.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "reports/text/digits.h"
#include <math.h>
#include <string.h>

enum { MAX_PANELS = 4, ONLY_HEIGHT = 168, EACH_HEIGHT = 110, HEADING = 30, PHASES = 22 };

static size_t count_shown(const struct lines *lines)
{
    return lines->panel_count < MAX_PANELS ? lines->panel_count : MAX_PANELS;
}

/* ---- drawing ---- */

static const char *word_rest(const struct lines *lines)
{
    struct arena *arena = lines->request->arena;
    size_t more = lines->panel_count - count_shown(lines) + lines->more_panels;
    const char *text = "";
    if (more > 0)
        text = arena_printf(arena, "not drawn: %zu more %s", more, more > 1 ? "metrics" : "metric");
    if (lines->left_out > 0)
        text = arena_printf(arena, "%s%s%zu more %s", text,
                            more > 0 ? ", " : "not drawn: ", lines->left_out,
                            lines->left_out > 1 ? "settings" : "setting");
    return text;
}

static void draw(struct canvas *canvas, struct lines *lines)
{
    size_t count = count_shown(lines);
    double height = count == 1 ? ONLY_HEIGHT : EACH_HEIGHT, top = 0.0;
    struct panel_layout layout;
    panel_layout(&layout, lines, count, canvas->width, count == 1 ? 6 : 4);
    for (size_t row = 0; row < count; row++) {
        canvas_text_within(canvas, 2.0, top + 11.0, canvas->width - 4.0, CANVAS_START,
                           (struct canvas_style){.ink = PALETTE_INK2},
                           lines_title(&lines->panels[row], canvas->arena));
        if (row == 0 && lines->phase_count > 0) {
            panel_draw_phases(canvas, &layout, top + 20.0, top + 20.0 + PHASES);
            top += PHASES;
        }
        top += HEADING - 4.0;
        panel_draw(canvas, &layout, row, top, top + height, true);
        top += height + HEADING - 14.0;
    }
    panel_draw_time(canvas, &layout, top - HEADING + 14.0);
    const char *rest = word_rest(lines);
    if (rest[0] != '\0')
        canvas_text_within(canvas, 2.0, canvas->lowest + 16.0, canvas->width - 4.0, CANVAS_START,
                           (struct canvas_style){.ink = PALETTE_INK2}, rest);
}

/* ---- the finding ---- */

/* How far a line goes beyond the first mark of its panel, as a share of it; 0 without one. */
static double share_beyond(const struct lines_panel *panel)
{
    double middle_s;
    const struct lines_line *line = &panel->lines[panel->line_count - 1];
    double peak = lines_peak(line, &middle_s);
    return panel->mark_count > 0 && panel->marks[0].level > 0.0 && isfinite(peak)
               ? peak / panel->marks[0].level
               : 0.0;
}

static const struct lines_panel *telling_panel(const struct lines *lines)
{
    const struct lines_panel *found = &lines->panels[0];
    for (size_t i = 0; i < lines->panel_count; i++)
        if (share_beyond(&lines->panels[i]) > fmax(1.0, share_beyond(found)))
            found = &lines->panels[i];
    return found;
}

/* "proposed: db_pool.utilization is at most 18.9 %, at 12 min; limit 70 %" */
static const char *word_headline(const struct lines *lines, struct arena *arena)
{
    const struct lines_panel *panel = telling_panel(lines);
    const struct lines_line *line = &panel->lines[panel->line_count - 1];
    struct digits_scale scale = digits_scale_of(panel->unit, panel->largest);
    struct digits_scale time = digits_scale_of("s", lines->end_s - lines->begin_s);
    double middle_s, peak = lines_peak(line, &middle_s);
    const char *text =
        arena_printf(arena, "%s%s", line->setting, line->setting[0] != '\0' ? ": " : "");
    if (isnan(peak))
        return arena_printf(arena, "%s%s was never measured", text, panel->metric);
    if (peak == 0.0)
        text = arena_printf(arena, "%s%s is 0 all the time", text, panel->metric);
    else
        text =
            arena_printf(arena, "%s%s is highest at %s: %s", text, panel->metric,
                         digits_scaled(middle_s, &time, arena), digits_scaled(peak, &scale, arena));
    return panel->mark_count > 0 ? arena_printf(arena, "%s; %s", text, panel->marks[0].name) : text;
}

/* "postgres is full for 9 min: it accepts 97 connections, 2,400 may be asked for" */
static const char *word_connections(const struct lines *lines, struct arena *arena)
{
    const struct lines_panel *panel = &lines->panels[0];
    const struct lines_line *line = &panel->lines[panel->line_count - 1];
    double full_s = 0.0, middle_s, peak = lines_peak(line, &middle_s);
    if (panel->mark_count == 0 || isnan(peak) || !panel->database)
        return word_headline(lines, arena);
    for (size_t i = 0; i < line->count; i++)
        full_s += line->values[i] > 0.99 * panel->marks[0].level ? lines->window_s : 0.0;
    if (full_s > 0.0)
        return arena_printf(arena, "%s is full for %s: it accepts %s connections", panel->database,
                            digits_quantity(full_s, "s", arena),
                            digits_number(panel->marks[0].level, arena));
    return arena_printf(arena, "%s has at most %s of the %s connections it accepts",
                        panel->database, digits_number(peak, arena),
                        digits_number(panel->marks[0].level, arena));
}

static const char *word_alt(const struct lines *lines, struct arena *arena)
{
    const char *text = arena_printf(arena, "Over %s, in windows of %s.",
                                    digits_quantity(lines->end_s - lines->begin_s, "s", arena),
                                    digits_quantity(lines->window_s, "s", arena));
    for (size_t i = 0; i < lines->panel_count; i++)
        for (size_t k = 0; k < lines->panels[i].line_count; k++) {
            const struct lines_line *line = &lines->panels[i].lines[k];
            double middle_s, peak = lines_peak(line, &middle_s);
            text = arena_printf(arena, "%s %s%s%s: highest %s.", text, line->setting,
                                line->setting[0] != '\0' ? " " : "", lines->panels[i].metric,
                                digits_quantity(peak, lines->panels[i].unit, arena));
        }
    for (size_t i = 0; i < lines->phase_count; i++)
        text = arena_printf(arena, "%s %s from %s.", text, lines->phases[i].name,
                            digits_quantity(lines->phases[i].begin_s, "s", arena));
    return text;
}

static bool make_series(const struct picture_request *request, enum metric_role role, double width,
                        struct picture *picture)
{
    struct lines *lines = arena_alloc(request->arena, sizeof *lines);
    struct canvas canvas;
    if (!lines_read(request, role, lines))
        return false;
    picture_begin(&canvas, request, width);
    draw(&canvas, lines);
    picture->headline = role == ROLE_DATABASE ? word_connections(lines, request->arena)
                                              : word_headline(lines, request->arena);
    picture->alt = word_alt(lines, request->arena);
    picture->note = "Lines: the mean of each window over the replications; shaded: from the lowest "
                    "to the highest.";
    picture_finish(picture, &canvas);
    return true;
}

bool picture_make_series(const struct picture_request *request, struct picture *picture,
                         struct error *err)
{
    return make_series(request, ROLE_OTHER, PICTURE_WIDE, picture) ||
           error_set(err, STATUS_INPUT,
                     request->metric ? "it has no series of %s: give --series %s to run"
                                     : "it has no series: give --series METRIC to run",
                     request->metric, request->metric);
}

bool picture_make_connections(const struct picture_request *request, struct picture *picture,
                              struct error *err)
{
    return make_series(request, ROLE_DATABASE, PICTURE_NARROW, picture) ||
           error_set(err, STATUS_INPUT,
                     "it has no series of a database's connections: rehearse gives one, and "
                     "--series DATABASE.connections of run");
}
