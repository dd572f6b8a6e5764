/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the time goes: the mean response as one bar to scale, its steps and its waits in order; of
 * `why` the requests as a whole and the slowest of them, of a report the baseline and the setting
 * to agree to. Waits are dark, whatever their length: at least a line. */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/document/headline.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { MAX_PARTS = 24, MAX_BARS = 2, BAR = 28, NAME_ROWS = 6, NAME_GAP = 10, ROW = 16 };

/* A wait is drawn at least as wide as this. */
static const double MIN_STROKE = 1.5;

/* Steps may exceed what they are part of by the noise, not by more: then some run side by side. */
static const double OVERLAP = 1.02;

struct time_part {
    const char *name;
    double length_s;
    bool is_wait;
};

struct time_bar {
    const char *name, *what; /* "baseline", "mean response" */
    enum palette ink;
    double total_s;
    struct time_part parts[MAX_PARTS];
    size_t count;
};

struct time_view {
    struct arena *arena;
    struct time_bar bars[MAX_BARS];
    size_t bar_count, left_out;
    const char *workload;
    struct digits_scale scale;
    struct axis axis;
};

static void add_part(struct time_bar *bar, const char *name, double length_s, bool is_wait)
{
    if (!(length_s > 0.0))
        return;
    if (bar->count == MAX_PARTS) {
        struct time_part *last = &bar->parts[MAX_PARTS - 1];
        last->name = "all the rest";
        last->length_s += length_s;
        return;
    }
    bar->parts[bar->count++] = (struct time_part){name, length_s, is_wait};
}

/* ---- of why ---- */

static void read_breakdown(struct time_view *view, const json_t *rows, const char *key,
                           const char *name, const char *what, enum palette ink)
{
    struct time_bar *bar = &view->bars[view->bar_count];
    *bar = (struct time_bar){.name = name, .what = what, .ink = ink};
    double total = NAN;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *part = view_text(row, "part"), *step = view_text(row, "step");
        double length = view_number(row, key);
        const char *where = step[0] != '\0' ? step : view_text(row, "resource");
        bool is_step = !strstr(part, "wait") && strcmp(part, "connect") != 0;
        if (strcmp(view_text(row, "workload"), view->workload) != 0 || !isfinite(length))
            continue;
        if (strcmp(part, "response") == 0) {
            total = length;
            continue;
        }
        bar->total_s += length;
        add_part(bar,
                 layout_clean(strcmp(part, "step") == 0
                                  ? where
                                  : arena_printf(view->arena, "%s %s", part, where),
                              view->arena),
                 length, !is_step);
    }
    if (total > bar->total_s * (1.0 + 1e-6)) {
        add_part(bar, "the rest", total - bar->total_s, true);
        bar->total_s = total;
    }
    view->bar_count += bar->count > 0;
}

static void read_why(struct time_view *view, const json_t *rows, const char *metric)
{
    view->workload = metric ? metric : view_text(json_array_get(rows, 0), "workload");
    read_breakdown(view, rows, "mean", "all requests", "mean response", PALETTE_PROP);
    read_breakdown(view, rows, "slowest", "the slowest", "mean of the slowest", PALETTE_PROP);
}

/* ---- of a report ---- */

/* The name of the step whose mean time a metric is, or NULL: it says itself what it is of. */
static const char *step_of_mean(const json_t *metric)
{
    static const char step[] = "step.", the_mean[] = "mean";
    const char *of = json_string_value(json_object_get(metric, "metric"));
    const char *statistic = json_string_value(json_object_get(metric, "statistic"));
    if (!of || !statistic || strcmp(statistic, the_mean) != 0)
        return NULL;
    return strncmp(of, step, sizeof step - 1) == 0 ? of + sizeof step - 1 : NULL;
}

static const char *resource_of(const json_t *metric)
{
    const char *resource = json_string_value(json_object_get(metric, "resource"));
    return resource ? resource : "";
}

/* The workload asked for, or the first one that has steps. */
static const char *choose_workload(const struct time_view *view, const json_t *setting,
                                   const char *metric)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(setting, "metrics"), key, value)
    {
        if (step_of_mean(value) && (!metric || strcmp(metric, resource_of(value)) == 0))
            return arena_strdup(view->arena, resource_of(value));
    }
    return NULL;
}

/* What a request of a workload does, in order, as far as that is the same for each: the
 * steps with names, and the takings of pools on the way. */
struct time_course {
    const char *names[MAX_PARTS]; /* of a step, or of a pool */
    bool is_wait[MAX_PARTS];
    size_t count;
};

static bool takes(const struct step *steps, size_t count, size_t pool)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        if (step->kind == STEP_HOLD && step->station == STATION_POOL && step->pool == pool)
            return true;
        if (takes(step->steps, step->step_count, pool))
            return true;
        for (size_t b = 0; b < step->branch_count; b++)
            if (takes(step->branches[b].steps, step->branches[b].step_count, pool))
                return true;
    }
    return false;
}

static size_t count_takers(const struct scenario *spec, size_t pool)
{
    size_t count = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            count += takes(spec->workloads[w].classes[c].steps,
                           spec->workloads[w].classes[c].step_count, pool);
    return count;
}

static void follow(struct time_course *course, const struct scenario *spec,
                   const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count && course->count < MAX_PARTS; i++) {
        const struct step *step = &steps[i];
        bool is_taking = step->kind == STEP_HOLD && step->station == STATION_POOL;
        if (step->name || (is_taking && count_takers(spec, step->pool) == 1)) {
            course->is_wait[course->count] = !step->name;
            course->names[course->count++] = step->name ? step->name : spec->pools[step->pool].name;
        }
        if (!step->name && (step->kind == STEP_HOLD || step->kind == STEP_VISIT))
            follow(course, spec, step->steps, step->step_count);
    }
}

/* Empty where the scenario is not known, or where requests differ: then a mean wait of a pool is
 * not that of every request. */
static struct time_course find_course(const struct scenario_set *set, const char *setting,
                                      const char *name)
{
    struct time_course course = {.count = 0};
    const struct scenario *spec = headline_find_scenario(set, setting);
    for (size_t w = 0; spec && w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        if (strcmp(workload->name, name) == 0 && workload->class_count == 1)
            follow(&course, spec, workload->classes[0].steps, workload->classes[0].step_count);
    }
    return course;
}

/* Adds the parts of the course whose lengths are known; returns their sum. */
static double add_course(struct time_view *view, struct time_bar *bar, const json_t *setting,
                         const struct time_course *course)
{
    double sum = 0.0;
    for (size_t i = 0; i < course->count; i++) {
        const char *name = course->names[i];
        const char *metric =
            course->is_wait[i] ? arena_printf(view->arena, "%s.wait.mean", name)
                               : arena_printf(view->arena, "%s.step.%s.mean", view->workload, name);
        double length = view_number(view_metric(setting, metric), "estimate");
        if (!isfinite(length))
            continue;
        const char *words =
            course->is_wait[i] ? arena_printf(view->arena, "wait for %s", name) : name;
        sum += length;
        add_part(bar, layout_clean(words, view->arena), length, course->is_wait[i]);
    }
    return sum;
}

static bool has_step(const struct time_course *course, const char *name)
{
    for (size_t i = 0; i < course->count; i++)
        if (!course->is_wait[i] && strcmp(course->names[i], name) == 0)
            return true;
    return false;
}

/* Steps in the order of the requests, with the waits between them, or in that of the report; what
 * they leave of the response is the rest: steps without a name, and waits that are not known. False
 * when they exceed it. */
static bool read_setting(struct time_view *view, const struct scenario_set *set,
                         const json_t *setting, enum palette ink)
{
    struct time_bar *bar = &view->bars[view->bar_count];
    const char *key;
    json_t *value;
    double sum = 0.0;
    *bar =
        (struct time_bar){.name = view_text(setting, "name"), .what = "mean response", .ink = ink};
    bar->total_s = view_number(
        view_metric(setting, arena_printf(view->arena, "%s.response.mean", view->workload)),
        "estimate");
    const struct time_course course = find_course(set, bar->name, view->workload);
    sum = add_course(view, bar, setting, &course);
    json_object_foreach(json_object_get(setting, "metrics"), key, value)
    {
        const char *step = step_of_mean(value);
        double length = view_number(value, "estimate");
        if (!step || has_step(&course, step) || strcmp(resource_of(value), view->workload) != 0 ||
            !isfinite(length))
            continue;
        sum += length;
        add_part(bar, layout_clean(step, view->arena), length, false);
    }
    if (!(bar->total_s > 0.0) || sum > OVERLAP * bar->total_s || bar->count == 0)
        return false;
    if (bar->total_s - sum > 1e-6 * bar->total_s)
        add_part(bar, course.count > 0 ? "the rest" : "waits and the rest", bar->total_s - sum,
                 true);
    view->bar_count++;
    return true;
}

static bool read_report(struct time_view *view, const json_t *root, const struct scenario_set *set,
                        const char *metric)
{
    const json_t *settings = view_settings(root), *subject = view_subject(root);
    const json_t *first = json_array_get(settings, 0);
    view->workload = choose_workload(view, subject, metric);
    if (!view->workload)
        return false;
    if (first != subject)
        read_setting(view, set, first, PALETTE_BASE);
    view->left_out = json_array_size(settings) - (first != subject ? 2 : 1);
    return read_setting(view, set, subject, PALETTE_PROP);
}

/* ---- drawing ---- */

static const char *word_part(const struct time_view *view, const struct time_bar *bar,
                             const struct time_part *part)
{
    return arena_printf(view->arena, "%s %s (%s)", part->name,
                        digits_quantity(part->length_s, "s", view->arena),
                        digits_share(part->length_s / bar->total_s, view->arena));
}

/* Ends of the parts: to scale but for what is thinner than a line. */
static void place_parts(const struct time_view *view, const struct time_bar *bar, double *ends)
{
    double at = 0.0;
    for (size_t i = 0; i < bar->count; i++) {
        at += bar->parts[i].length_s;
        ends[i] = axis_at(&view->axis, view->scale.factor * at);
    }
}

/* A name that does not fit inside stands below, near its part, in the first row with room. */
static bool name_below(struct canvas *canvas, const char *text, double x, double top)
{
    struct canvas_place places[3 * NAME_ROWS];
    const struct canvas_box area = {0.0, top, canvas->width, top + ROW * NAME_ROWS + 4.0};
    for (int i = 0; i < NAME_ROWS; i++) {
        double y = top + 12.0 + ROW * i;
        places[3 * i] = (struct canvas_place){x, y, CANVAS_MIDDLE};
        places[3 * i + 1] =
            (struct canvas_place){fmin(x - 2.0, canvas->width - 4.0), y, CANVAS_END};
        places[3 * i + 2] = (struct canvas_place){fmax(x - 2.0, 2.0), y, CANVAS_START};
    }
    if (!canvas_place(canvas, places, 3 * NAME_ROWS, &area,
                      (struct canvas_style){.ink = PALETTE_INK}, text))
        return false;
    struct canvas_box around = canvas->texts[canvas->text_count - 1];
    around.left -= NAME_GAP;
    around.right += NAME_GAP;
    canvas_reserve(canvas, around);
    return true;
}

static double draw_bar(struct canvas *canvas, const struct time_view *view,
                       const struct time_bar *bar, double top)
{
    double ends[MAX_PARTS], left = view->axis.from, bar_top = top + 24.0, unnamed_s = 0.0;
    size_t unnamed = 0;
    const char *total = arena_printf(view->arena, "%s %s", bar->what,
                                     digits_quantity(bar->total_s, "s", view->arena));
    double room = text_width(total, CANVAS_TEXT, true);
    canvas_text_within(canvas, 2.0, top + 14.0, canvas->width - room - 16.0, CANVAS_START,
                       (struct canvas_style){bar->ink, true, 0.0},
                       layout_clean(bar->name, view->arena));
    canvas_text(canvas, canvas->width - 2.0, top + 14.0, CANVAS_END,
                (struct canvas_style){PALETTE_INK, true, 0.0}, total);
    place_parts(view, bar, ends);
    for (size_t i = 0, steps = 0; i < bar->count; i++) {
        const struct time_part *part = &bar->parts[i];
        double from = i > 0 ? ends[i - 1] : left;
        double to = part->is_wait ? fmax(ends[i], from + MIN_STROKE) : ends[i];
        canvas_rect(canvas, from, part->is_wait ? bar_top - 4.0 : bar_top, to,
                    bar_top + BAR + (part->is_wait ? 4.0 : 0.0),
                    part->is_wait    ? PALETTE_INK
                    : steps % 2 == 0 ? PALETTE_PROP_BG
                                     : PALETTE_BASE_BG);
        steps += !part->is_wait;
    }
    double lowest = bar_top + BAR + 4.0;
    for (size_t i = 0; i < bar->count; i++) {
        const struct time_part *part = &bar->parts[i];
        double from = i > 0 ? ends[i - 1] : left, middle = (from + ends[i]) / 2.0;
        const char *text = arena_printf(view->arena, "%s %s", part->name,
                                        digits_quantity(part->length_s, "s", view->arena));
        if (!part->is_wait && text_width(text, CANVAS_TEXT, false) + 8.0 <= ends[i] - from)
            canvas_text(canvas, middle, bar_top + 18.0, CANVAS_MIDDLE,
                        (struct canvas_style){.ink = PALETTE_INK}, text);
        else if (!name_below(canvas,
                             text_width_fit(word_part(view, bar, part), CANVAS_TEXT, false,
                                            canvas->width - 8.0, view->arena),
                             middle, lowest)) {
            unnamed++;
            unnamed_s += part->length_s;
        }
    }
    if (unnamed > 0)
        canvas_text(canvas, 2.0, lowest + 12.0 + ROW * NAME_ROWS, CANVAS_START,
                    (struct canvas_style){.ink = PALETTE_INK2},
                    arena_printf(view->arena, "%zu more parts, %s together", unnamed,
                                 digits_quantity(unnamed_s, "s", view->arena)));
    return fmax(canvas->lowest, lowest) + 10.0;
}

static void draw(struct canvas *canvas, struct time_view *view)
{
    double largest = 0.0, top = 0.0;
    for (size_t i = 0; i < view->bar_count; i++)
        largest = fmax(largest, view->bars[i].total_s);
    view->scale = digits_scale_of("s", largest);
    axis_make(&view->axis, 0.0, view->scale.factor * largest, false, 6, true, view->arena);
    view->axis.from = 8.0;
    view->axis.to = canvas->width - 10.0;
    for (size_t i = 0; i < view->bar_count; i++)
        top = draw_bar(canvas, view, &view->bars[i], top);
    struct canvas_box area = {view->axis.from, top, view->axis.to, top};
    axis_draw_x(canvas, &view->axis, &area, "");
    canvas_text_within(
        canvas, canvas->width - 4.0, top + 34.0, canvas->width - 8.0, CANVAS_END,
        (struct canvas_style){.ink = PALETTE_INK2},
        layout_clean(arena_printf(view->arena, "%s, %s", view->workload, view->scale.unit),
                     view->arena));
    if (view->left_out > 0)
        canvas_text(canvas, 2.0, top + 52.0, CANVAS_START,
                    (struct canvas_style){.ink = PALETTE_INK2},
                    arena_printf(view->arena, "not drawn: %zu more %s", view->left_out,
                                 view->left_out > 1 ? "settings" : "setting"));
}

/* ---- the finding ---- */

static const char *word_headline(const struct time_view *view, bool is_why)
{
    const struct time_bar *bar = &view->bars[is_why ? 0 : view->bar_count - 1];
    const struct time_part *most = &bar->parts[0];
    double waits = 0.0;
    for (size_t i = 0; i < bar->count; i++) {
        if (bar->parts[i].length_s > most->length_s)
            most = &bar->parts[i];
        waits += bar->parts[i].is_wait ? bar->parts[i].length_s : 0.0;
    }
    const char *text = arena_printf(
        view->arena, "%s: %s of the response is %s", is_why ? view->workload : bar->name,
        digits_quantity(most->length_s / bar->total_s, "1", view->arena), most->name);
    if (waits == 0.0)
        return arena_printf(view->arena, "%s; no time is spent waiting", text);
    return most->is_wait ? text
                         : arena_printf(view->arena, "%s; waits take %s", text,
                                        digits_quantity(waits, "s", view->arena));
}

static const char *word_alt(const struct time_view *view)
{
    const char *text = arena_printf(view->arena, "Where the time of %s goes.", view->workload);
    for (size_t i = 0; i < view->bar_count; i++) {
        const struct time_bar *bar = &view->bars[i];
        text = arena_printf(view->arena, "%s %s, %s %s:", text, bar->name, bar->what,
                            digits_quantity(bar->total_s, "s", view->arena));
        for (size_t k = 0; k < bar->count; k++)
            text = arena_printf(view->arena, "%s %s%s", text, word_part(view, bar, &bar->parts[k]),
                                k + 1 < bar->count ? "," : ".");
    }
    return text;
}

bool picture_make_time(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    struct time_view *view = arena_alloc(request->arena, sizeof *view);
    const json_t *rows = json_object_get(request->root, "breakdown");
    bool is_why = json_array_size(rows) > 0;
    *view = (struct time_view){.arena = request->arena};
    if (is_why)
        read_why(view, rows, request->metric);
    else if (!read_report(view, request->root, request->set, request->metric))
        view->bar_count = 0;
    if (view->bar_count == 0)
        return error_set(
            err, STATUS_INPUT,
            "it does not say where a workload's time goes: its steps have no names, or "
            "run side by side; 'capsim why' says it");
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, view);
    picture->headline = word_headline(view, is_why);
    picture->alt = word_alt(view);
    picture_finish(picture, &canvas);
    return true;
}
