/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/lines.h"
#include "plots/view.h"
#include "reports/text/digits.h"
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
    if ((asked && strcmp(asked, metric) != 0) || !has_role(metric, role, lines->request->arena))
        return NULL;
    if (lines->panel_count == LINES_MAX_PANELS) {
        lines->more_panels++;
        return NULL;
    }
    struct lines_panel *panel = &lines->panels[lines->panel_count++];
    *panel = (struct lines_panel){.metric = metric, .unit = unit};
    return panel;
}

static struct lines_line *add_line(struct lines *lines, struct lines_panel *panel, size_t room,
                                   const char *setting)
{
    if (panel->line_count == LINES_MAX_LINES || room == 0)
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
    panel->seen =
        fmax(panel->seen, fmax(isfinite(high) ? high : 0.0, isfinite(value) ? value : 0.0));
    panel->least =
        fmin(panel->least, fmin(isfinite(low) ? low : 0.0, isfinite(value) ? value : 0.0));
}

static double number_at(const json_t *object, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(object, key), i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Two are drawn: the baseline, or else the first, and the one a reader is asked to agree to. */
static bool is_drawn(const struct lines *lines, const char *setting, enum palette *ink)
{
    const json_t *settings = view_settings(lines->request->root);
    const char *base = view_text(json_array_get(settings, 0), "name");
    *ink = PALETTE_PROP;
    if (strcmp(setting, view_text(view_subject(lines->request->root), "name")) == 0)
        return true;
    *ink = PALETTE_BASE;
    return strcmp(setting, base) == 0;
}

/* Of a report: arrays, a window each, from the start of measuring. */
static void read_report(struct lines *lines, const json_t *series, enum metric_role role)
{
    const json_t *values = json_object_get(series, "values");
    lines->window_s = view_number(series, "window_s");
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *object = json_array_get(values, i);
        size_t count = json_array_size(json_object_get(object, "estimate"));
        const char *setting = view_text(object, "setting");
        enum palette ink;
        lines->end_s = fmax(lines->end_s, lines->window_s * (double)count);
        if (!is_drawn(lines, setting, &ink)) {
            lines->left_out += strcmp(view_text(object, "metric"),
                                      view_text(json_array_get(values, 0), "metric")) == 0;
            continue;
        }
        struct lines_panel *panel =
            panel_of(lines, role, view_text(object, "metric"), view_text(object, "unit"));
        struct lines_line *line = panel ? add_line(lines, panel, count, setting) : NULL;
        if (line)
            line->ink = ink;
        for (size_t w = 0; w < count && line; w++)
            add_window(panel, line, lines->window_s * ((double)w + 0.5),
                       number_at(object, "estimate", w), number_at(object, "band_low", w),
                       number_at(object, "band_high", w));
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
            add_line(lines, panel, count, "")->ink = PALETTE_PROP;
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
    } units[] = {{"", 1.0},  {"%", 0.01},   {"us", 1e-6},  {"\u00b5s", 1e-6}, {"ms", 1e-3},
                 {"s", 1.0}, {"min", 60.0}, {"h", 3600.0}, {"/s", 1.0},       {"/min", 1.0 / 60.0}};
    char *end;
    double value = strtod(text, &end);
    size_t length = strcspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0] && end != text; i++)
        if (strlen(units[i].suffix) == length && strncmp(end, units[i].suffix, length) == 0)
            return value * units[i].factor;
    return NAN;
}

/* A level far above all that was seen would flatten the lines. Equal levels share their line. */
static void add_mark(struct lines *lines, struct lines_panel *panel, struct lines_mark mark)
{
    if (!isfinite(mark.level))
        return;
    for (size_t i = 0; i < panel->mark_count; i++)
        if (panel->marks[i].level == mark.level) {
            if (!strstr(panel->marks[i].name, mark.name))
                panel->marks[i].name =
                    arena_printf(lines->request->arena, "%s, %s", mark.name, panel->marks[i].name);
            panel->marks[i].is_rule &= mark.is_rule;
            return;
        }
    if (panel->mark_count < LINES_MAX_MARKS)
        panel->marks[panel->mark_count++] = mark;
}

/* Levels get their figures, in the unit of the panel, behind their names. */
static void finish_marks(struct lines *lines, struct lines_panel *panel)
{
    panel->largest = panel->seen;
    for (size_t i = 0; i < panel->mark_count; i++) {
        struct lines_mark *mark = &panel->marks[i];
        mark->is_beyond = panel->seen > 0.0 && mark->level > 8.0 * panel->seen;
        if (!mark->is_beyond)
            panel->largest = fmax(panel->largest, mark->level);
    }
    for (size_t i = 0; i < panel->mark_count; i++) {
        struct lines_mark *mark = &panel->marks[i];
        struct digits_scale scale = digits_scale_of(panel->unit, fmax(panel->largest, mark->level));
        mark->name = arena_printf(lines->request->arena, "%s %s%s", mark->name,
                                  digits_scaled(mark->level, &scale, lines->request->arena),
                                  mark->is_beyond ? " \u2191" : "");
    }
}

/* "METRIC > 70%": the level, where it is about the panel's metric; else NaN. */
static double watched_level(const struct lines_panel *panel, const char *expression)
{
    size_t length = strlen(panel->metric), gap;
    if (strncmp(expression, panel->metric, length) != 0 ||
        (gap = strspn(expression + length, " <>=")) == 0)
        return NAN;
    return parse_level(expression + length + gap);
}

static void read_rules(struct lines *lines, struct lines_panel *panel, const json_t *root)
{
    const json_t *rules = json_object_get(root, "rules");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        const char *when = view_text(rule, "when");
        add_mark(lines, panel,
                 (struct lines_mark){.name = strcmp(view_text(rule, "kind"), "rollback") == 0
                                                 ? "rollback"
                                                 : "alert",
                                     .level = watched_level(panel, when),
                                     .is_lower = strchr(when, '<') != NULL,
                                     .is_rule = true});
    }
}

static void read_criteria(struct lines *lines, struct lines_panel *panel, const json_t *root)
{
    const json_t *criteria = json_object_get(view_subject(root), "criteria");
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *criterion = json_array_get(criteria, i);
        if (strcmp(view_text(criterion, "metric"), panel->metric) == 0)
            add_mark(lines, panel,
                     (struct lines_mark){.name = "limit",
                                         .level = view_number(criterion, "limit"),
                                         .is_lower = view_text(criterion, "op")[0] == '>'});
    }
}

/* The number behind those words in a warning about a database; NaN without one. */
static double warned(const json_t *root, const char *database, size_t length, const char *words)
{
    const json_t *warnings = json_object_get(root, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *text = view_text(json_array_get(warnings, i), "warning");
        const char *found = strstr(text, words);
        if (strncmp(text, database, length) == 0 && text[length] == ':' && found)
            return strtod(found + strlen(words), NULL);
    }
    return NAN;
}

static double assumed(const json_t *root, const char *key)
{
    const json_t *assumptions = json_object_get(root, "assumptions");
    for (size_t i = 0; i < json_array_size(assumptions); i++) {
        const json_t *assumption = json_array_get(assumptions, i);
        if (strcmp(view_text(assumption, "key"), key) == 0)
            return parse_level(view_text(assumption, "value"));
    }
    return NAN;
}

/* What a database accepts: what it is set to, less what it reserves (3 unless it is said). */
static void read_most_connections(struct lines *lines, struct lines_panel *panel,
                                  const json_t *root)
{
    struct arena *arena = lines->request->arena;
    if (!has_role(panel->metric, ROLE_DATABASE, arena))
        return;
    panel->database = metric_catalogue_identity(panel->metric, arena)->resource;
    if (!panel->database)
        return;
    size_t length = strlen(panel->database);
    const char *key = arena_printf(arena, "resources.%s.", panel->database);
    double most = assumed(root, arena_printf(arena, "%smax_connections", key));
    double reserved = assumed(root, arena_printf(arena, "%sreserved", key));
    double level = warned(root, panel->database, length, "it accepts ");
    double asked_for = warned(root, panel->database, length, "its pools can open ");
    if (isnan(level))
        level = most - (isfinite(reserved) ? reserved : 3.0);
    add_mark(lines, panel, (struct lines_mark){.name = "accepts", .level = level});
    panel->ceiling = isfinite(level) && level <= 8.0 * panel->seen ? level : 0.0;
    panel->asked_for = isfinite(asked_for) ? asked_for : 0.0;
}

bool lines_read(const struct picture_request *request, enum metric_role role, struct lines *lines)
{
    const json_t *series = json_object_get(request->root, "series");
    *lines = (struct lines){.request = request};
    lines->is_rehearsal = json_is_array(series);
    if (lines->is_rehearsal)
        read_rehearsal(lines, series, role);
    else
        read_report(lines, series, role);
    read_phases(lines, json_object_get(request->root, "timeline"));
    for (size_t i = 0; i < lines->panel_count; i++) {
        struct lines_panel *panel = &lines->panels[i];
        if (panel->line_count == 0)
            return false;
        read_most_connections(lines, panel, request->root);
        read_criteria(lines, panel, request->root);
        read_rules(lines, panel, request->root);
        finish_marks(lines, panel);
    }
    return lines->panel_count > 0 && lines->window_s > 0.0 && lines->end_s > lines->begin_s;
}

double lines_peak(const struct lines_line *line, double *middle_s)
{
    double peak = NAN;
    *middle_s = NAN;
    for (size_t i = 0; i < line->count; i++)
        if (isfinite(line->values[i]) && !(line->values[i] <= peak)) {
            peak = line->values[i];
            *middle_s = line->middles_s[i];
        }
    return peak;
}

const char *lines_title(const struct lines_panel *panel, struct arena *arena)
{
    struct digits_scale scale = digits_scale_of(panel->unit, panel->largest);
    return digits_title(panel->metric, &scale, arena);
}
