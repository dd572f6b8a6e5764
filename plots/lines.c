/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/lines.h"
#include "plots/view.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ---- */

/* Whether it is the time average of a metric of that role; ROLE_OTHER: whatever it is. */
static bool has_role(const char *metric, enum metric_role role, struct arena *arena)
{
    const struct metric_identity *is = metric_catalogue_identity(metric, arena);
    return role == ROLE_OTHER ||
           (is->row && is->row->role == role && is->statistic == STATISTIC_MEAN);
}

/* The panel of that metric, new if it is wanted and there is room; or NULL. */
static struct lines_panel *panel_of(struct lines *lines, enum metric_role role, const char *metric,
                                    const char *unit)
{
    const char *asked = lines->request->metric;
    for (size_t i = 0; i < lines->panel_count; i++)
        if (strcmp(lines->panels[i].metric, metric) == 0)
            return &lines->panels[i];
    if ((asked && strcmp(asked, metric) != 0) || !has_role(metric, role, lines->request->arena) ||
        lines->panel_count == LINES_MAX_PANELS)
        return NULL;
    struct lines_panel *panel = &lines->panels[lines->panel_count++];
    *panel = (struct lines_panel){.metric = metric, .unit = unit};
    return panel;
}

static struct lines_line *add_line(struct lines *lines, struct lines_panel *panel, size_t room,
                                   const char *setting)
{
    if (panel->line_count == PLOT_STYLE_SETTINGS || room == 0)
        return NULL;
    struct arena *arena = lines->request->arena;
    struct lines_line *line = &panel->lines[panel->line_count++];
    *line = (struct lines_line){.setting = setting};
    line->middles_s = arena_array(arena, room, sizeof(double));
    line->values = arena_array(arena, room, sizeof(double));
    line->lows = arena_array(arena, room, sizeof(double));
    line->highs = arena_array(arena, room, sizeof(double));
    return line;
}

static void add_window(struct lines_panel *panel, struct lines_line *line, double middle_s,
                       double value, double low, double high)
{
    line->middles_s[line->count] = middle_s;
    line->values[line->count] = value;
    line->lows[line->count] = low;
    line->highs[line->count++] = high;
    panel->largest = fmax(panel->largest, isfinite(high) ? high : isfinite(value) ? value : 0.0);
}

static double number_at(const json_t *object, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(object, key), i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Of a report: arrays, a window each, from the start of measuring. */
static void read_report(struct lines *lines, const json_t *series, enum metric_role role)
{
    const json_t *values = json_object_get(series, "values");
    lines->window_s = view_number(series, "window_s");
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *object = json_array_get(values, i);
        size_t count = json_array_size(json_object_get(object, "estimate"));
        struct lines_panel *panel =
            panel_of(lines, role, view_text(object, "metric"), view_text(object, "unit"));
        struct lines_line *line =
            panel ? add_line(lines, panel, count, view_text(object, "setting")) : NULL;
        for (size_t w = 0; w < count && line; w++)
            add_window(panel, line, lines->window_s * ((double)w + 0.5),
                       number_at(object, "estimate", w), number_at(object, "band_low", w),
                       number_at(object, "band_high", w));
        lines->end_s = fmax(lines->end_s, lines->window_s * (double)count);
    }
}

/* Of a rehearsal: a row for each window of each metric; time 0 is the beginning of the rollout. */
static void read_rehearsal(struct lines *lines, const json_t *rows, enum metric_role role)
{
    size_t count = json_array_size(rows);
    lines->window_s = view_number(json_array_get(rows, 1), "start") -
                      view_number(json_array_get(rows, 0), "start");
    lines->begin_s = view_number(json_array_get(rows, 0), "start");
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        double start = view_number(row, "start");
        struct lines_panel *panel =
            panel_of(lines, role, view_text(row, "metric"), view_text(row, "unit"));
        if (panel && panel->line_count == 0)
            add_line(lines, panel, count, "");
        if (panel && panel->line_count > 0)
            add_window(panel, &panel->lines[0], start + lines->window_s / 2.0,
                       view_number(row, "mean"), view_number(row, "lowest"),
                       view_number(row, "highest"));
        lines->end_s = fmax(lines->end_s, start + lines->window_s);
    }
}

static void read_phases(struct lines *lines, const json_t *timeline)
{
    for (size_t i = 0; i < json_array_size(timeline); i++) {
        const json_t *row = json_array_get(timeline, i);
        const char *metric = view_text(row, "metric");
        double value = view_number(row, "estimate");
        if (strcmp(metric, "begin") == 0 && lines->phase_count < LINES_MAX_PHASES &&
            isfinite(value))
            lines->phases[lines->phase_count++] =
                (struct lines_phase){view_text(row, "phase"), value, value};
        else if (strcmp(metric, "length") == 0 && lines->phase_count > 0 && isfinite(value))
            lines->phases[lines->phase_count - 1].end_s =
                lines->phases[lines->phase_count - 1].begin_s + value;
    }
}

/* ---- levels that are watched ---- */

/* "70%", "10ms", "2/s", "97" in base units; NaN for anything else. */
static double parse_level(const char *text)
{
    static const struct {
        const char *suffix;
        double factor;
    } units[] = {{"", 1.0},     {"%", 0.01},   {"us", 1e-6}, {"ms", 1e-3},        {"s", 1.0},
                 {"min", 60.0}, {"h", 3600.0}, {"/s", 1.0},  {"/min", 1.0 / 60.0}};
    char *end;
    double value = strtod(text, &end);
    size_t length = strcspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0] && end != text; i++)
        if (strlen(units[i].suffix) == length && strncmp(end, units[i].suffix, length) == 0)
            return value * units[i].factor;
    return NAN;
}

/* A level far above all that was seen would flatten the lines. */
static void add_mark(struct lines_panel *panel, const char *name, double level)
{
    if (!isfinite(level) || level > 8.0 * panel->largest || panel->mark_count == LINES_MAX_MARKS)
        return;
    for (size_t i = 0; i < panel->mark_count; i++)
        if (panel->marks[i].level == level)
            return;
    panel->marks[panel->mark_count++] = (struct lines_mark){name, level};
}

/* rule: "METRIC > 70%", written by the user; it counts when it is about the panel's metric. */
static void add_watched(struct lines *lines, struct lines_panel *panel, const char *name,
                        const char *rule)
{
    size_t length = strlen(panel->metric), gap;
    if (strncmp(rule, panel->metric, length) != 0 || (gap = strspn(rule + length, " <>=")) == 0)
        return;
    add_mark(panel, arena_strdup(lines->request->arena, name), parse_level(rule + length + gap));
}

static void read_rules(struct lines *lines, struct lines_panel *panel, const json_t *root)
{
    const json_t *rules = json_object_get(root, "rules");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        const char *name = view_text(rule, "name");
        double first = view_number(rule, "first_median");
        if (isfinite(first))
            name = arena_printf(lines->request->arena, "%s: fires after %s", name,
                                number_text_quantity(first, "s", lines->request->arena));
        add_watched(lines, panel, name, view_text(rule, "when"));
    }
}

static void read_criteria(struct lines *lines, struct lines_panel *panel, const json_t *root)
{
    const json_t *criteria = json_object_get(view_subject(root), "criteria");
    struct arena *arena = lines->request->arena;
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *criterion = json_array_get(criteria, i);
        double limit = view_number(criterion, "limit");
        if (strcmp(view_text(criterion, "metric"), panel->metric) == 0)
            add_mark(
                panel,
                arena_printf(arena, "limit %s", number_text_quantity(limit, panel->unit, arena)),
                limit);
    }
}

/* What a database accepts, where the report's assumptions say it. */
static void read_most_connections(struct lines *lines, struct lines_panel *panel,
                                  const json_t *root)
{
    const json_t *assumptions = json_object_get(root, "assumptions");
    struct arena *arena = lines->request->arena;
    if (!has_role(panel->metric, ROLE_DATABASE, arena))
        return;
    const char *key = arena_printf(arena, "resources.%s.max_connections",
                                   metric_catalogue_identity(panel->metric, arena)->resource);
    for (size_t i = 0; i < json_array_size(assumptions); i++) {
        const json_t *assumption = json_array_get(assumptions, i);
        const char *value = view_text(assumption, "value");
        if (strcmp(view_text(assumption, "key"), key) == 0)
            add_mark(panel, arena_printf(arena, "max_connections %s", value), parse_level(value));
    }
}

bool lines_read(const struct picture_request *request, enum metric_role role, struct lines *lines)
{
    const json_t *series = json_object_get(request->root, "series");
    *lines = (struct lines){.request = request};
    if (json_is_array(series))
        read_rehearsal(lines, series, role);
    else
        read_report(lines, series, role);
    read_phases(lines, json_object_get(request->root, "timeline"));
    for (size_t i = 0; i < lines->panel_count; i++) {
        struct lines_panel *panel = &lines->panels[i];
        if (panel->line_count == 0)
            return false;
        read_most_connections(lines, panel, request->root);
        read_rules(lines, panel, request->root);
        read_criteria(lines, panel, request->root);
        for (size_t k = 0; k < panel->mark_count; k++)
            panel->largest = fmax(panel->largest, panel->marks[k].level);
    }
    return lines->panel_count > 0 && lines->window_s > 0.0 && lines->end_s > lines->begin_s;
}

double lines_peak(const struct lines_panel *panel, double *middle_s)
{
    const struct lines_line *line = &panel->lines[panel->line_count - 1];
    double peak = NAN;
    *middle_s = NAN;
    for (size_t i = 0; i < line->count; i++)
        if (isfinite(line->values[i]) && !(line->values[i] <= peak)) {
            peak = line->values[i];
            *middle_s = line->middles_s[i];
        }
    return peak;
}
