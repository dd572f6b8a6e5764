/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/decision_picture.h"
#include "plots/axis.h"
#include "plots/picture.h"
#include "plots/text_width.h"
#include "reports/document/criterion_words.h"
#include "reports/result/undecided.h"
#include "reports/text/digits.h"
#include <math.h>

enum { TOP = 22, BOTTOM = 128, HEIGHT = 172, NOW = 48, THEN = 96, RIGHT = 12 };

/* How much of the distance to the limit half of an interval may reach that decides. */
static const double ENOUGH = 0.96;

struct decision {
    const struct result_criterion *criterion;
    struct arena *arena;
    struct digits_scale scale;
    struct axis axis;
    double estimate, limit, half, enough;
    const char *now, *then; /* what the two intervals are of */
};

static const struct result_criterion *find_near(const struct result_setting *setting)
{
    for (size_t i = 0; i < setting->criterion_count; i++)
        if (criterion_words_is_near(&setting->criteria[i]))
            return &setting->criteria[i];
    return NULL;
}

static struct decision read_decision(const struct result_criterion *criterion,
                                     const struct result_setting *setting, struct arena *arena)
{
    const struct estimate *estimate = &criterion->estimate;
    struct decision decision = {
        .criterion = criterion, .arena = arena, .scale = criterion_words_scale(criterion, NAN)};
    double factor = decision.scale.factor;
    double runs = undecided_replications(estimate, criterion->limit);
    decision.estimate = factor * estimate->estimate;
    decision.limit = factor * criterion->limit;
    decision.half = factor * (estimate->high - estimate->low) / 2.0;
    decision.enough = ENOUGH * fabs(decision.limit - decision.estimate);
    decision.now = arena_printf(arena, "now: %zu replications", setting->replications);
    decision.then = isfinite(runs) && runs > (double)setting->replications
                        ? arena_printf(arena, "enough: about %s", digits_number(runs, arena))
                        : "enough";
    return decision;
}

/* Half a width to two digits. */
static double round_half(double half)
{
    double unit = pow(10.0, floor(log10(half)) - 1.0);
    return round(half / unit) * unit;
}

static void draw_interval(struct canvas *canvas, const struct decision *decision, double half,
                          double y, bool is_now)
{
    double low = axis_at(&decision->axis, decision->estimate - half);
    double high = axis_at(&decision->axis, decision->estimate + half);
    double at = axis_at(&decision->axis, decision->estimate);
    for (double x = low; x < high && !is_now; x += 6.0)
        canvas_line(canvas, x, y, fmin(x + 3.0, high), y, PALETTE_UND, 1.6);
    if (is_now)
        canvas_line(canvas, low, y, high, y, PALETTE_UND, 2.5);
    canvas_line(canvas, low, y - 5.0, low, y + 5.0, PALETTE_UND, 1.6);
    canvas_line(canvas, high, y - 5.0, high, y + 5.0, PALETTE_UND, 1.6);
    canvas_verdict(canvas, at, y, 5.0, "undecided");
}

/* Left of the limit where most room is, else right: never over it. */
static void name_interval(struct canvas *canvas, const struct decision *decision, double half,
                          double y, bool is_now)
{
    const char *text = arena_printf(decision->arena, "%s \u00b1 %s",
                                    digits_number(decision->estimate, decision->arena),
                                    digits_scaled(round_half(half) / decision->scale.factor,
                                                  &decision->scale, decision->arena));
    double limit = axis_at(&decision->axis, decision->limit);
    bool is_left = decision->estimate <= decision->limit;
    canvas_text(canvas, limit + (is_left ? -7.0 : 7.0), y + 20.0,
                is_left ? CANVAS_END : CANVAS_START,
                (struct canvas_style){PALETTE_UND, is_now, 0.0}, text);
}

static void draw_field(struct canvas *canvas, const struct decision *decision)
{
    enum comparison op = decision->criterion->op;
    bool is_lower = op == COMPARISON_GREATER || op == COMPARISON_GREATER_EQUAL;
    double limit = axis_at(&decision->axis, decision->limit), left = decision->axis.from;
    double right = decision->axis.to;
    const struct canvas_style ink = {.ink = PALETTE_INK};
    canvas_rect(canvas, is_lower ? left : limit, TOP, is_lower ? limit : right, BOTTOM,
                PALETTE_FAIL_BG);
    canvas_limit(canvas, limit, TOP - 8.0, limit, BOTTOM);
    canvas_text(canvas, limit - 6.0, TOP - 8.0, CANVAS_END, ink, is_lower ? "fails" : "passes");
    canvas_text(canvas, limit + 6.0, TOP - 8.0, CANVAS_START, ink, is_lower ? "passes" : "fails");
}

static void draw(struct canvas *canvas, struct decision *decision)
{
    double reach =
        1.25 * fmax(decision->half + fabs(decision->limit - decision->estimate), decision->half);
    double gutter = fmax(text_width(decision->now, CANVAS_TEXT, false),
                         text_width(decision->then, CANVAS_TEXT, false)) +
                    14.0;
    axis_make(&decision->axis, decision->limit - reach, decision->limit + reach, false, 5, false,
              decision->arena);
    decision->axis.from = gutter;
    decision->axis.to = canvas->width - RIGHT;
    draw_field(canvas, decision);
    draw_interval(canvas, decision, decision->half, NOW, true);
    draw_interval(canvas, decision, decision->enough, THEN, false);
    name_interval(canvas, decision, decision->half, NOW, true);
    name_interval(canvas, decision, decision->enough, THEN, false);
    const struct canvas_style ink = {.ink = PALETTE_INK};
    canvas_text(canvas, 2.0, NOW + 4.0, CANVAS_START, ink, decision->now);
    canvas_text(canvas, 2.0, THEN + 4.0, CANVAS_START, ink, decision->then);
    struct canvas_box area = {decision->axis.from, TOP, decision->axis.to, BOTTOM};
    axis_draw_x(canvas, &decision->axis, &area, "");
    canvas_text_within(canvas, area.right, BOTTOM + 34.0, area.right - 4.0, CANVAS_END,
                       (struct canvas_style){.ink = PALETTE_INK2},
                       digits_title(decision->criterion->name, &decision->scale, decision->arena));
}

bool decision_picture_make(const struct result_setting *setting, struct arena *arena,
                           struct figure *figure)
{
    const struct result_criterion *criterion = find_near(setting);
    struct canvas canvas;
    if (!criterion)
        return false;
    struct decision decision = read_decision(criterion, setting, arena);
    if (!(decision.half > 0.0) || !isfinite(decision.half))
        return false;
    canvas_open(&canvas, PICTURE_NARROW, arena);
    draw(&canvas, &decision);
    const char *limit = digits_scaled(criterion->limit, &decision.scale, arena);
    const char *value = arena_printf(
        arena, "%s \u00b1 %s", digits_number(decision.estimate, arena),
        digits_scaled(round_half(decision.half) / decision.scale.factor, &decision.scale, arena));
    *figure = (struct figure){
        .headline =
            arena_printf(arena, "%s: the limit, %s, lies in the interval", criterion->name, limit),
        .alt = arena_printf(
            arena, "%s is %s, its limit %s; half a width below %s would decide it", criterion->name,
            value, limit,
            digits_scaled(decision.enough / decision.scale.factor, &decision.scale, arena)),
        .svg = arena_printf(arena, "%s%s</svg>\n",
                            picture_open_element(PICTURE_NARROW, HEIGHT, "", arena),
                            canvas_content(&canvas))};
    return true;
}
