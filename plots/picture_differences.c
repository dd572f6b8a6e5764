/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before and after: how each key metric changes from the baseline to the setting to agree to,
 * sorted by size; in per cent where that means something, else by factors on a logarithmic axis. */
#include "models/metrics/metric_catalogue.h"
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANGES = 256, MAX_ROWS = 16, ROW_HEIGHT = 36, TOP = 24 };

/* Beyond these a percentage says less than the values. */
static const double MIN_FACTOR = 1.0 / 3.0, MAX_FACTOR = 3.0;
/* A change beyond this factor is drawn as an arrow. */
static const double FARTHEST = 1e6;

struct change {
    const char *metric, *unit;
    double before, after;
    double factor;    /* after / before; infinite from 0, 0 to 0 */
    double low, high; /* of the factor; NaN without an interval */
    bool is_noise;    /* the interval of the difference holds 0 */
};

struct difference_list {
    struct arena *arena;
    struct change all[MAX_CHANGES];
    size_t count, shown;
    const char *from, *to;
    bool is_percent;
    double least, most; /* factors on the axis */
    struct axis axis;
    double right;
};

/* ---- what changed ---- */

static void add_change(struct difference_list *changes, const json_t *base,
                       const json_t *difference)
{
    const char *metric = view_text(difference, "metric");
    double before = view_number(view_metric(base, metric), "estimate");
    double change = view_number(difference, "estimate");
    double low = view_number(difference, "low"), high = view_number(difference, "high");
    double after = before + change;
    if (!isfinite(after) || before < 0.0 || changes->count == MAX_CHANGES)
        return;
    if (fabs(after) < 1e-9 * before)
        after = 0.0;
    struct change made = {.metric = metric,
                          .unit = view_text(difference, "unit"),
                          .before = before,
                          .after = after,
                          .factor = before > 0.0  ? fmax(after / before, 0.0)
                                    : after > 0.0 ? INFINITY
                                                  : 1.0,
                          .low = before > 0.0 ? fmax((before + low) / before, 0.0) : NAN,
                          .high = before > 0.0 ? fmax((before + high) / before, 0.0) : NAN,
                          .is_noise = change == 0.0 || (low <= 0.0 && high >= 0.0)};
    if (made.unit[0] == '\0')
        made.unit = view_text(view_metric(base, metric), "unit");
    changes->all[changes->count++] = made;
}

/* How large a change is: the logarithm of its factor; a change in the noise has none. */
static double size_of(const struct change *change)
{
    double size = fabs(log(change->factor));
    return change->is_noise ? -1.0 : isfinite(size) ? size : 1e300;
}

static int compare_changes(const void *one, const void *other)
{
    double a = size_of(one), b = size_of(other);
    if (a != b)
        return a > b ? -1 : 1;
    return strcmp(((const struct change *)one)->metric, ((const struct change *)other)->metric);
}

/* Those to the setting that a reader is asked to agree to, or to the last. */
static void find_changes(struct difference_list *changes, const json_t *root)
{
    const json_t *all = json_object_get(root, "differences");
    size_t count = json_array_size(all);
    const char *subject = view_text(view_subject(root), "name");
    if (count == 0)
        return;
    changes->from = view_text(json_array_get(all, 0), "from");
    changes->to = view_text(json_array_get(all, count - 1), "to");
    for (size_t i = 0; i < count; i++)
        if (strcmp(view_text(json_array_get(all, i), "to"), subject) == 0)
            changes->to = subject;
    const json_t *base = view_setting(root, changes->from);
    for (size_t i = 0; i < count; i++) {
        const json_t *difference = json_array_get(all, i);
        if (strcmp(view_text(difference, "to"), changes->to) == 0 &&
            metric_catalogue_identity(view_text(difference, "metric"), changes->arena)->is_shown)
            add_change(changes, base, difference);
    }
    qsort(changes->all, changes->count, sizeof changes->all[0], compare_changes);
    while (changes->shown < changes->count && changes->shown < MAX_ROWS &&
           !changes->all[changes->shown].is_noise)
        changes->shown++;
}

static bool is_mild(const struct change *change)
{
    return change->is_noise || (change->factor >= MIN_FACTOR && change->factor <= MAX_FACTOR);
}

static bool is_beyond(const struct change *change)
{
    return !(change->factor <= FARTHEST && change->factor >= 1.0 / FARTHEST);
}

static void make_axis(struct difference_list *changes)
{
    double least = 1.0, most = 1.0;
    changes->is_percent = true;
    for (size_t i = 0; i < changes->shown; i++) {
        const struct change *row = &changes->all[i];
        changes->is_percent &= is_mild(row);
        if (row->is_noise || is_beyond(row))
            continue;
        least = fmin(least, row->factor);
        most = fmax(most, row->factor);
    }
    if (changes->is_percent || changes->shown == 0) {
        double pad = fmax(0.06 * (most - least), 0.005);
        axis_make(&changes->axis, 100.0 * (least - 1.0 - pad), 100.0 * (most - 1.0 + pad), false, 5,
                  false, changes->arena);
        return;
    }
    least = fmin(least / 1.25, 0.8);
    most = fmax(most * 1.25, 1.25);
    axis_make(&changes->axis, least, most, true, 5, false, changes->arena);
    for (size_t i = 0; i < changes->axis.count; i++)
        changes->axis.labels[i] = arena_printf(changes->arena, "\u00d7%s", changes->axis.labels[i]);
}

/* ---- drawing ---- */

static double place_of(const struct difference_list *changes, double factor)
{
    return axis_at(&changes->axis, changes->is_percent ? 100.0 * (factor - 1.0) : factor);
}

static const char *word_percent(const struct difference_list *changes, const struct change *row)
{
    double percent = 100.0 * (row->factor - 1.0);
    if (fabs(percent) < 0.01)
        return "< 0.01\u00a0%";
    return arena_printf(changes->arena, "%s%s\u00a0%%", percent > 0.0 ? "+" : "",
                        digits_number(percent, changes->arena));
}

static const char *word_values(const struct difference_list *changes, const struct change *row)
{
    const char *before = digits_quantity(row->before, row->unit, changes->arena);
    const char *after = digits_quantity(row->after, row->unit, changes->arena);
    return strcmp(before, after) == 0
               ? arena_printf(changes->arena, "%s, %s", before, word_percent(changes, row))
               : digits_change(row->before, row->after, row->unit, changes->arena);
}

static void draw_row(struct canvas *canvas, const struct difference_list *changes,
                     const struct change *row, double top)
{
    double y = top + 26.0, base = place_of(changes, 1.0), at = place_of(changes, row->factor);
    const struct canvas_style strong = {.ink = PALETTE_INK, .is_bold = true};
    const char *values = word_values(changes, row);
    double room = fmin(text_width(values, CANVAS_TEXT, true), 0.6 * canvas->width);
    canvas_text_within(canvas, 2.0, top + 14.0, canvas->width - room - 16.0, CANVAS_START,
                       (struct canvas_style){.ink = PALETTE_INK},
                       layout_clean(row->metric, changes->arena));
    canvas_text_within(canvas, canvas->width - 2.0, top + 14.0, room, CANVAS_END, strong, values);
    canvas_line(canvas, changes->axis.from, y, changes->axis.to, y, PALETTE_GRID, 1.0);
    canvas_line(canvas, base, y - 7.0, base, y + 7.0, PALETTE_BASE, 1.0);
    if (is_beyond(row)) {
        bool is_up = row->factor > 1.0;
        double edge = is_up ? changes->axis.to : changes->axis.from;
        canvas_dot(canvas, base, y, 3.5, PALETTE_BASE);
        canvas_line(canvas, edge + (is_up ? -14.0 : 14.0), y, edge, y, PALETTE_PROP, 2.5);
        canvas_arrow(canvas, edge, y, is_up ? 1 : 3, PALETTE_PROP);
        return;
    }
    canvas_line(canvas, base, y, at, y, PALETTE_PROP, 2.5);
    canvas_dot(canvas, base, y, 3.5, PALETTE_BASE);
    canvas_dot(canvas, at, y, 4.0, PALETTE_PROP);
    double low = place_of(changes, row->low), high = place_of(changes, row->high);
    if (low > changes->axis.from && high < changes->axis.to && high - low > 8.0)
        canvas_whisker(canvas, low, y, high, y);
}

/* What changes less, or not beyond its noise: by name, in at most four lines. */
static void draw_rest(struct canvas *canvas, const struct difference_list *changes, double y)
{
    const struct canvas_style style = {.ink = PALETTE_INK2};
    const char *text = "";
    bool is_noise = changes->all[changes->shown].is_noise;
    for (size_t i = changes->shown; i < changes->count; i++)
        text = arena_printf(changes->arena, "%s%s%s", text, i > changes->shown ? ", " : "",
                            layout_clean(changes->all[i].metric, changes->arena));
    text =
        arena_printf(changes->arena, "%s: %s",
                     is_noise ? "no change beyond the noise" : "not drawn, they change less", text);
    for (int line = 0; line < 4 && *text != '\0'; line++) {
        const char *next;
        double room = canvas->width - 4.0;
        size_t length = text_width_break(text, CANVAS_TEXT, false, room, &next);
        canvas_text_within(canvas, 2.0, y + 16.0 * line, room, CANVAS_START, style,
                           line == 3 ? text
                                     : arena_printf(changes->arena, "%.*s", (int)length, text));
        text = next;
    }
}

static void draw(struct canvas *canvas, struct difference_list *changes)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    double bottom = TOP + ROW_HEIGHT * (double)changes->shown;
    changes->axis.from = 12.0;
    changes->axis.to = canvas->width - 12.0;
    struct canvas_box area = {changes->axis.from, TOP, changes->axis.to, bottom};
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title,
                changes->is_percent ? "change in %" : "factor (log)");
    canvas_text(canvas, canvas->width - 2.0, 11.0, CANVAS_END, title, "before \u2192 after");
    for (size_t i = 0; i < changes->shown; i++)
        draw_row(canvas, changes, &changes->all[i], TOP + ROW_HEIGHT * (double)i);
    axis_draw_x(canvas, &changes->axis, &area, "");
    canvas_text_within(
        canvas, canvas->width - 2.0, bottom + 34.0, canvas->width - 4.0, CANVAS_END, title,
        layout_clean(arena_printf(changes->arena, "from %s to %s", changes->from, changes->to),
                     changes->arena));
    if (changes->count > changes->shown)
        draw_rest(canvas, changes, bottom + 52.0);
}

/* ---- the finding ---- */

static const char *word_change(const struct difference_list *changes, const struct change *row)
{
    if (is_mild(row))
        return arena_printf(changes->arena, "%s %s", row->metric, word_percent(changes, row));
    return arena_printf(changes->arena, "%s %s", row->metric,
                        digits_change(row->before, row->after, row->unit, changes->arena));
}

/* "From baseline to proposed: db_pool.utilization 75 → 18.8 %, db_pool.open +23 %" */
static const char *word_headline(const struct difference_list *changes)
{
    const char *text = arena_printf(changes->arena, "From %s to %s", changes->from, changes->to);
    if (changes->all[0].is_noise)
        return arena_printf(changes->arena, "%s nothing changes beyond the noise", text);
    text = arena_printf(changes->arena, "%s: %s", text, word_change(changes, &changes->all[0]));
    return changes->count > 1 && !changes->all[1].is_noise
               ? arena_printf(changes->arena, "%s; %s", text,
                              word_change(changes, &changes->all[1]))
               : text;
}

static const char *word_alt(const struct difference_list *changes)
{
    const char *text =
        arena_printf(changes->arena, "Changes from %s to %s.", changes->from, changes->to);
    for (size_t i = 0; i < changes->shown; i++)
        text = arena_printf(changes->arena, "%s %s %s.", text, changes->all[i].metric,
                            word_values(changes, &changes->all[i]));
    return text;
}

bool picture_make_differences(const struct picture_request *request, struct picture *picture,
                              struct error *err)
{
    struct difference_list *changes = arena_alloc(request->arena, sizeof *changes);
    changes->arena = request->arena;
    find_changes(changes, request->root);
    if (changes->count == 0)
        return error_set(err, STATUS_INPUT, "it has no differences between two settings");
    make_axis(changes);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, changes);
    picture->headline = word_headline(changes);
    picture->alt = word_alt(changes);
    picture_finish(picture, &canvas);
    return true;
}
