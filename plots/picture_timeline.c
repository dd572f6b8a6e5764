/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rollout on one axis of time: its phases on top, what happens to five metrics, and below a lane
 * for each alert and rule: a bar while it fires, hatched where it fires without the change too. */
#include "plots/panel.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { MAX_PANELS = 5, MAX_LANES = 12, PANEL_HEIGHT = 72, HEADING = 30, LANE_HEIGHT = 24 };

struct lane {
    const char *name, *when, *severity;
    double fired, replications, first_s, length_s, false_alarms;
    bool is_rollback;
};

struct timeline {
    struct arena *arena;
    struct lines *lines;
    const json_t *root;
    struct lane lanes[MAX_LANES];
    size_t lane_count, never, left_out, panel_count;
};

/* Both speak up without the change: what it says is no news of it. */
static bool is_useless(const struct lane *lane)
{
    return lane->false_alarms > 0.0;
}

static void read_lanes(struct timeline *view)
{
    const json_t *rules = json_object_get(view->root, "rules");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        struct lane lane = {.name = layout_clean(view_text(rule, "name"), view->arena),
                            .when = view_text(rule, "when"),
                            .severity = view_text(rule, "severity"),
                            .fired = view_number(rule, "fired"),
                            .replications = view_number(rule, "replications"),
                            .first_s = view_number(rule, "first_median"),
                            .length_s = view_number(rule, "firing_time"),
                            .false_alarms = view_number(rule, "false_alarms"),
                            .is_rollback = strcmp(view_text(rule, "kind"), "rollback") == 0};
        if (!(lane.fired > 0.0) && !is_useless(&lane))
            view->never++;
        else if (view->lane_count < MAX_LANES)
            view->lanes[view->lane_count++] = lane;
        else
            view->left_out++;
    }
}

/* Connections first, then what is watched: those without a level say least. */
static int weight_of(const struct lines_panel *panel)
{
    return panel->database ? 0 : panel->mark_count > 0 ? 1 : 2;
}

static void sort_panels(struct lines *lines)
{
    for (size_t i = 1; i < lines->panel_count; i++) {
        struct lines_panel panel = lines->panels[i];
        size_t k = i;
        for (; k > 0 && weight_of(&lines->panels[k - 1]) > weight_of(&panel); k--)
            lines->panels[k] = lines->panels[k - 1];
        lines->panels[k] = panel;
    }
}

/* ---- drawing ---- */

static const char *word_peak(const struct timeline *view, const struct lines_panel *panel)
{
    struct digits_scale scale = digits_scale_of(panel->unit, panel->largest);
    double middle_s, peak = lines_peak(&panel->lines[0], &middle_s);
    if (isnan(peak))
        return "never measured";
    return peak == 0.0
               ? "0 all the time"
               : arena_printf(view->arena, "at most %s", digits_scaled(peak, &scale, view->arena));
}

static double draw_panels(struct canvas *canvas, const struct timeline *view,
                          const struct panel_layout *layout)
{
    double top = 26.0;
    for (size_t row = 0; row < view->panel_count; row++) {
        const struct lines_panel *panel = &view->lines->panels[row];
        double room = layout->right - layout->left;
        const char *peak = word_peak(view, panel);
        double peak_room = text_width(peak, CANVAS_TEXT, false) + 12.0;
        canvas_text_within(canvas, layout->left, top + 18.0, room - peak_room, CANVAS_START,
                           (struct canvas_style){.ink = PALETTE_INK, .is_bold = true},
                           lines_title(panel, view->arena));
        canvas_text(canvas, layout->right, top + 18.0, CANVAS_END,
                    (struct canvas_style){.ink = PALETTE_INK}, peak);
        panel_draw(canvas, layout, row, top + HEADING, top + HEADING + PANEL_HEIGHT, false);
        top += HEADING + PANEL_HEIGHT;
    }
    panel_draw_time(canvas, layout, top);
    return top + 48.0;
}

static double place_of(const struct panel_layout *layout, double time_s)
{
    double inside = fmin(fmax(time_s, layout->lines->begin_s), layout->lines->end_s);
    return axis_at(&layout->time_axis, layout->time.factor * inside);
}

/* What a lane says at its right: "from 5 min, in 2 of 2". */
static const char *word_lane(const struct timeline *view, const struct panel_layout *layout,
                             const struct lane *lane)
{
    if (is_useless(lane))
        return arena_printf(view->arena, "fires without the change in %.0f of %.0f",
                            lane->false_alarms, lane->replications);
    return arena_printf(
        view->arena, "%s %s, in %.0f of %.0f", lane->is_rollback ? "trips at" : "from",
        panel_time(layout, lane->first_s, view->arena), lane->fired, lane->replications);
}

static const char *name_lane(const struct timeline *view, const struct lane *lane)
{
    if (lane->is_rollback)
        return arena_printf(view->arena, "rollback: %s", lane->name);
    return lane->severity[0] != '\0'
               ? arena_printf(view->arena, "%s, %s", lane->name, lane->severity)
               : lane->name;
}

/* Its texts above, the bar on the axis of time below them. */
static double draw_lane(struct canvas *canvas, const struct timeline *view,
                        const struct panel_layout *layout, const struct lane *lane, double top)
{
    const struct canvas_style style = {.ink = PALETTE_INK};
    double end = canvas->width - 2.0;
    const char *said = word_lane(view, layout, lane);
    double said_room = fmin(text_width(said, CANVAS_TEXT, false), 0.55 * (end - layout->left));
    canvas_text_within(canvas, layout->left, top + 13.0, end - layout->left - said_room - 10.0,
                       CANVAS_START, style, layout_clean(name_lane(view, lane), view->arena));
    canvas_text_within(canvas, end, top + 13.0, said_room, CANVAS_END, style, said);
    if (isfinite(lane->first_s)) {
        double from = place_of(layout, lane->first_s);
        double to = place_of(layout, lane->first_s + fmax(lane->length_s, 0.0));
        canvas_rect(canvas, layout->left, top + 18.0, layout->right, top + 28.0, PALETTE_SURFACE);
        if (is_useless(lane))
            canvas_hatch(canvas, from, top + 18.0, fmax(to, from + 3.0), top + 28.0);
        else
            canvas_rect(canvas, from, top + 18.0, fmax(to, from + 3.0), top + 28.0, PALETTE_FAIL);
        return top + LANE_HEIGHT + 12.0;
    }
    return top + LANE_HEIGHT;
}

static void draw_lanes(struct canvas *canvas, const struct timeline *view,
                       const struct panel_layout *layout, double top)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    for (size_t i = 0; i < view->lane_count; i++)
        top = draw_lane(canvas, view, layout, &view->lanes[i], top);
    if (view->never > 0)
        canvas_text(canvas, layout->left, top + 13.0, CANVAS_START, style,
                    arena_printf(view->arena, "%zu %s never %s", view->never,
                                 view->never > 1 ? "other alerts and rules" : "alert or rule",
                                 view->never > 1 ? "fire" : "fires"));
    if (view->left_out > 0)
        canvas_text(canvas, layout->left, top + 31.0, CANVAS_START, style,
                    arena_printf(view->arena, "%zu more fire", view->left_out));
}

/* ---- the finding ---- */

static const struct lane *first_lane(const struct timeline *view, bool is_rollback)
{
    const struct lane *found = NULL;
    for (size_t i = 0; i < view->lane_count; i++) {
        const struct lane *lane = &view->lanes[i];
        if (lane->is_rollback == is_rollback && !is_useless(lane) && isfinite(lane->first_s) &&
            (!found || lane->first_s < found->first_s))
            found = lane;
    }
    return found;
}

/* "An alert fires at 5 min, the rollback starts at 10 min; postgres is full from 3.5 min on" */
static const char *word_headline(const struct timeline *view, const struct panel_layout *layout)
{
    const struct lane *alert = first_lane(view, false), *rollback = first_lane(view, true);
    const struct lines_panel *panel = &view->lines->panels[0];
    const char *text = "The rollout goes through: no alert fires, nothing is rolled back";
    if (alert && rollback)
        text = arena_printf(view->arena, "The first alert fires at %s, the rollback starts at %s",
                            panel_time(layout, alert->first_s, view->arena),
                            panel_time(layout, rollback->first_s, view->arena));
    else if (rollback)
        text = arena_printf(view->arena, "The rollback starts at %s; no alert fires before",
                            panel_time(layout, rollback->first_s, view->arena));
    else if (alert)
        text = arena_printf(view->arena, "An alert fires at %s; nothing is rolled back",
                            panel_time(layout, alert->first_s, view->arena));
    for (size_t i = 0; i < panel->lines[0].count && weight_of(panel) == 0 && panel->mark_count > 0;
         i++)
        if (panel->lines[0].values[i] > 0.99 * panel->marks[0].level)
            return arena_printf(view->arena, "%s is full from %s on. %s", panel->database,
                                panel_time(layout, panel->lines[0].middles_s[i], view->arena),
                                text);
    return text;
}

static const char *word_alt(const struct timeline *view, const struct panel_layout *layout)
{
    const char *text = "Phases:";
    for (size_t i = 0; i < view->lines->phase_count; i++)
        text = arena_printf(view->arena, "%s %s from %s,", text, view->lines->phases[i].name,
                            panel_time(layout, view->lines->phases[i].begin_s, view->arena));
    for (size_t i = 0; i < view->panel_count; i++)
        text = arena_printf(view->arena, "%s %s %s,", text, view->lines->panels[i].metric,
                            word_peak(view, &view->lines->panels[i]));
    for (size_t i = 0; i < view->lane_count; i++)
        text = arena_printf(view->arena, "%s %s: %s,", text, view->lanes[i].name,
                            word_lane(view, layout, &view->lanes[i]));
    return arena_printf(view->arena, "%s %zu alerts and rules never fire.", text, view->never);
}

bool picture_make_timeline(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    struct timeline *view = arena_alloc(request->arena, sizeof *view);
    struct picture_request all = *request;
    all.metric = NULL;
    *view = (struct timeline){.arena = request->arena, .root = request->root};
    view->lines = arena_alloc(request->arena, sizeof *view->lines);
    if (!json_is_array(json_object_get(request->root, "series")) ||
        !lines_read(&all, ROLE_OTHER, view->lines))
        return error_set(err, STATUS_INPUT, "it is no answer of rehearse");
    sort_panels(view->lines);
    view->panel_count =
        view->lines->panel_count < MAX_PANELS ? view->lines->panel_count : MAX_PANELS;
    read_lanes(view);
    struct canvas canvas;
    struct panel_layout layout;
    picture_begin(&canvas, request, PICTURE_WIDE);
    panel_layout(&layout, view->lines, view->panel_count, canvas.width, 3);
    panel_draw_phases(&canvas, &layout, 0.0, 24.0);
    draw_lanes(&canvas, view, &layout, draw_panels(&canvas, view, &layout));
    picture->headline = word_headline(view, &layout);
    picture->alt = word_alt(view, &layout);
    picture->note =
        "Lines: the mean of each window over the rehearsals; shaded: from the lowest to "
        "the highest. Dashed: limits of alerts and rollback rules. Thin marks: batches.";
    picture_finish(picture, &canvas);
    return true;
}
