/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/criterion_bar.h"
#include "plots/decision_picture.h"
#include "plots/picture.h"
#include "plots/text_width.h"
#include "reports/document/criterion_words.h"
#include "reports/document/headline.h"
#include "reports/text/digits.h"
#include "reports/text/limit_share.h"
#include <math.h>

/* Where the limit stands, where the scale ends, and in a zoomed bar the length of a half width. */
static const double LIMIT_AT = 196.0, SCALE_END = 248.0, HALF_WIDTH = 26.0;

struct bar {
    const struct result_criterion *criterion;
    double before, value, low, high; /* places on the scale; NaN: nothing there */
    bool is_zoomed;
};

static double share_of(const struct result_criterion *criterion, double value)
{
    bool is_lower =
        criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
    return limit_share_of(value, is_lower, criterion->limit, criterion->unit);
}

/* Where a share of the limit stands. */
static double place_of(const struct bar *bar, double share, double half)
{
    if (!bar->is_zoomed)
        return LIMIT_AT * share;
    return fmax(LIMIT_AT + (share - 1.0) / half * HALF_WIDTH, 18.0);
}

static struct bar read_bar(const struct result_criterion *criterion, double before)
{
    const struct estimate *estimate = &criterion->estimate;
    double one = share_of(criterion, estimate->low), other = share_of(criterion, estimate->high);
    double value = share_of(criterion, estimate->estimate), half = fabs(other - one) / 2.0;
    struct bar bar = {.criterion = criterion};
    bar.is_zoomed = criterion_words_is_near(criterion) && isfinite(half) && half > 0.0;
    bar.value = place_of(&bar, value, half);
    bar.before = isnan(before) ? NAN : place_of(&bar, share_of(criterion, before), half);
    bar.low = estimate->has_interval ? place_of(&bar, fmin(one, other), half) : NAN;
    bar.high = estimate->has_interval ? place_of(&bar, fmax(one, other), half) : NAN;
    return bar;
}

/* A bar from 0; what is beyond the scale is broken and ends in an arrow. */
static void draw_length(struct canvas *canvas, double end, double top, double bottom,
                        enum palette ink)
{
    bool is_beyond = end > SCALE_END;
    double middle = (top + bottom) / 2.0, shown = is_beyond ? SCALE_END - 10.0 : fmax(end, 2.0);
    if (isnan(end))
        return;
    canvas_rect(canvas, 0.0, top, shown, bottom, ink);
    if (!is_beyond)
        return;
    canvas_line(canvas, shown - 14.0, top - 3.0, shown - 10.0, bottom + 3.0, PALETTE_SURFACE, 3.0);
    canvas_head(canvas, shown + 8.0, middle, 1, (bottom - top) / 2.0 + 3.0, ink);
}

static void draw_interval(struct canvas *canvas, const struct bar *bar)
{
    double low = fmin(bar->low, SCALE_END), high = fmin(bar->high, SCALE_END);
    if (isnan(bar->low) || bar->value > SCALE_END)
        return;
    if (high - low > 3.0)
        canvas_whisker(canvas, low, 22.0, high, 22.0);
    else if (bar->value > 2.0)
        canvas_line(canvas, bar->value, 13.0, bar->value, 31.0, PALETTE_INK, 1.6);
    if (bar->high > SCALE_END)
        canvas_head(canvas, SCALE_END + 8.0, 22.0, 1, 5.0, PALETTE_INK);
}

static void draw_limit(struct canvas *canvas, const struct bar *bar, const char *text)
{
    const struct canvas_style style = {.ink = PALETTE_INK};
    canvas_limit(canvas, LIMIT_AT, 0.0, LIMIT_AT, 33.0);
    struct canvas_box box = canvas_text(canvas, LIMIT_AT, 45.0, CANVAS_MIDDLE, style, text);
    if (!bar->is_zoomed)
        return;
    canvas_line(canvas, 11.0, 3.0, 15.0, 31.0, PALETTE_SURFACE, 3.0);
    if (box.left > 60.0)
        canvas_text(canvas, 0.0, 45.0, CANVAS_START, (struct canvas_style){.ink = PALETTE_INK2},
                    "zoomed");
}

const char *criterion_bar_draw(const struct result_criterion *criterion, double before,
                               struct arena *arena)
{
    struct canvas canvas;
    if (!criterion->has_limit || criterion->is_configured)
        return NULL;
    const struct bar bar = read_bar(criterion, before);
    const struct digits_scale scale = criterion_words_scale(criterion, before);
    bool is_lower =
        criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
    canvas_open(&canvas, CRITERION_BAR_WIDTH, arena);
    canvas_line(&canvas, 0.0, 32.0, 252.0, 32.0, PALETTE_GRID, 1.0);
    draw_length(&canvas, bar.before, 6.0, 13.0, PALETTE_BASE);
    draw_length(&canvas, bar.value, 16.0, 28.0, PALETTE_PROP);
    draw_interval(&canvas, &bar);
    draw_limit(&canvas, &bar,
               arena_printf(arena, "%s %s", is_lower ? "at least" : "limit",
                            digits_scaled(criterion->limit, &scale, arena)));
    return arena_printf(
        arena, "%s%s</svg>",
        picture_open_element(CRITERION_BAR_WIDTH, CRITERION_BAR_HEIGHT, " class=\"bar\"", arena),
        canvas_content(&canvas));
}

/* The most load that was seen to pass, and the load of today as a line. */
static struct figure draw_room(const struct outlook *outlook, struct arena *arena)
{
    struct canvas canvas;
    double scale = 0.9 * SCALE_END / fmax(outlook->room, outlook->load);
    const char *today = arena_printf(arena, "today %s", digits_number(outlook->load, arena));
    canvas_open(&canvas, CRITERION_BAR_WIDTH, arena);
    canvas_line(&canvas, 0.0, 32.0, 252.0, 32.0, PALETTE_GRID, 1.0);
    draw_length(&canvas, scale * outlook->room, 16.0, 28.0, PALETTE_PROP);
    canvas_limit(&canvas, scale * outlook->load, 0.0, scale * outlook->load, 33.0);
    double half = text_width(today, CANVAS_TEXT, false) / 2.0;
    canvas_text(&canvas, fmax(scale * outlook->load, half + 1.0), 45.0, CANVAS_MIDDLE,
                (struct canvas_style){.ink = PALETTE_INK}, today);
    return (struct figure){
        .key = PAGE_ROOM_BAR,
        .headline = "room for growth",
        .alt = arena_printf(arena, "%s today, %s hold", digits_number(outlook->load, arena),
                            digits_capacity(outlook->room, arena)),
        .svg = arena_printf(arena, "%s%s</svg>",
                            picture_open_element(CRITERION_BAR_WIDTH, CRITERION_BAR_HEIGHT,
                                                 " class=\"bar\"", arena),
                            canvas_content(&canvas))};
}

static const char *word_alt(const struct result_criterion *criterion, double before,
                            struct arena *arena)
{
    const struct digits_scale scale = criterion_words_scale(criterion, before);
    const char *was =
        isnan(before) ? ""
                      : arena_printf(arena, "%s before, ", digits_scaled(before, &scale, arena));
    return arena_printf(arena, "%s: %s%s; %s %s is asked", criterion->name, was,
                        digits_scaled(criterion->estimate.estimate, &scale, arena),
                        criterion_words_op(criterion->op),
                        digits_scaled(criterion->limit, &scale, arena));
}

void criterion_bar_fill_page(const struct result *result, struct arena *arena,
                             struct page_extras *extras)
{
    size_t room = arena_add_sizes(1, result->setting_count), count = 0;
    for (size_t s = 0; s < result->setting_count; s++)
        room = arena_add_sizes(room, result->settings[s].criterion_count);
    struct figure *bars = arena_array(arena, room, sizeof *bars);
    for (size_t s = 0; s < result->setting_count; s++)
        for (size_t i = 0; i < result->settings[s].criterion_count; i++) {
            const struct result_criterion *criterion = &result->settings[s].criteria[i];
            const struct result_metric *metric =
                criterion_words_before(result, &result->settings[s], criterion);
            double before = metric ? metric->estimate.estimate : NAN;
            const char *svg = criterion_bar_draw(criterion, before, arena);
            if (svg)
                bars[count++] = (struct figure){.key = arena_printf(arena, "%zu-%zu", s, i),
                                                .headline = criterion->name,
                                                .alt = word_alt(criterion, before, arena),
                                                .svg = svg};
        }
    if (extras->outlook && extras->outlook->room > 0.0)
        bars[count++] = draw_room(extras->outlook, arena);
    for (size_t s = 0; s < result->setting_count; s++)
        if (decision_picture_make(&result->settings[s], arena, &bars[count]))
            bars[count++].key = arena_printf(arena, PAGE_DECISION_PICTURE "-%zu", s);
    extras->bars = bars;
    extras->bar_count = count;
}
