/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The share of each criterion's limit that is used: a row for each, failures first, 100 % is the
 * limit. What must stay above a limit is turned round, so that left is always good. */
#include "plots/picture_makers.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include "reports/text/limit_share.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 64,
    ROW_HEIGHT = 24,
    WRAPPED_HEIGHT = 34,
    FIRST_ROW = 36,
    MARK_ROOM = 24,
    MIN_BAR = 84
};

/* The scale ends here; what is beyond has a break and an arrow. */
static const double SCALE_END = 1.25;

struct criterion_row {
    const json_t *setting, *criterion;
    double used, low, high; /* shares of the limit; NaN: not measured, or no limit */
    const char *label, *figures;
    int rank; /* 0 fails, 1 is undecided, 2 passes */
};

struct criteria_view {
    struct arena *arena;
    const json_t *subject;
    struct criterion_row rows[MAX_ROWS]; /* of the subject, then the worst of each other setting */
    size_t count, own, failing, undecided, left_out, others, others_failing;
    double label_room, figure_room, left, right; /* of the bars */
    double row_height;                           /* more where a name takes two lines */
};

static double share_of_limit(const json_t *criterion, double value)
{
    return limit_share_of(value, view_text(criterion, "op")[0] == '>',
                          view_number(criterion, "limit"), view_text(criterion, "unit"));
}

static const char *word_figures(const json_t *criterion, struct arena *arena)
{
    double limit = view_number(criterion, "limit");
    const char *expect = view_text(criterion, "expect");
    if (isfinite(limit))
        return digits_against(view_number(criterion, "estimate"), view_text(criterion, "op"), limit,
                              view_text(criterion, "unit"), arena);
    const char *rest = expect + strcspn(expect, " ");
    return rest[0] != '\0' ? rest + 1 : expect;
}

static int rank_of(const char *verdict)
{
    return strcmp(verdict, "fail") == 0 ? 0 : strcmp(verdict, "pass") == 0 ? 2 : 1;
}

static struct criterion_row read_row(const struct criteria_view *view, const json_t *setting,
                                     const json_t *criterion)
{
    double one = share_of_limit(criterion, view_number(criterion, "low"));
    double other = share_of_limit(criterion, view_number(criterion, "high"));
    return (struct criterion_row){.setting = setting,
                                  .criterion = criterion,
                                  .used =
                                      share_of_limit(criterion, view_number(criterion, "estimate")),
                                  .low = fmin(one, other),
                                  .high = fmax(one, other),
                                  .label = layout_clean(view_text(criterion, "name"), view->arena),
                                  .figures = word_figures(criterion, view->arena),
                                  .rank = rank_of(view_text(criterion, "verdict"))};
}

/* Failures first, then undecided ones, each by the share that is used. */
static int compare_rows(const void *one, const void *other)
{
    const struct criterion_row *a = one, *b = other;
    double first = isfinite(a->used) ? a->used : isnan(a->used) ? -1.0 : 1e300;
    double second = isfinite(b->used) ? b->used : isnan(b->used) ? -1.0 : 1e300;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return first > second ? -1 : first < second;
}

static void read_subject(struct criteria_view *view)
{
    const json_t *criteria = json_object_get(view->subject, "criteria");
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        if (json_is_true(json_object_get(json_array_get(criteria, i), "configured")))
            continue; /* it uses no share of a limit */
        if (view->count == MAX_ROWS / 2) {
            view->left_out = json_array_size(criteria) - i;
            break;
        }
        view->rows[view->count++] = read_row(view, view->subject, json_array_get(criteria, i));
    }
    view->own = view->count;
    qsort(view->rows, view->own, sizeof view->rows[0], compare_rows);
    for (size_t i = 0; i < view->own; i++) {
        view->failing += view->rows[i].rank == 0;
        view->undecided += view->rows[i].rank == 1;
    }
}

/* Of each other setting that is judged the criterion that is worst. */
static void read_others(struct criteria_view *view, const json_t *root)
{
    const json_t *settings = view_settings(root);
    for (size_t s = 0; s < json_array_size(settings); s++) {
        const json_t *setting = json_array_get(settings, s);
        const json_t *criteria = json_object_get(setting, "criteria");
        struct criterion_row worst = {.rank = 3};
        for (size_t i = 0; i < json_array_size(criteria) && setting != view->subject; i++) {
            if (json_is_true(json_object_get(json_array_get(criteria, i), "configured")))
                continue;
            struct criterion_row row = read_row(view, setting, json_array_get(criteria, i));
            if (worst.rank == 3 || compare_rows(&row, &worst) < 0)
                worst = row;
        }
        if (worst.rank == 3)
            continue;
        view->others++;
        view->others_failing += worst.rank == 0;
        worst.label = layout_clean(arena_printf(view->arena, "%s: %s", view_text(setting, "name"),
                                                view_text(worst.criterion, "name")),
                                   view->arena);
        if (view->count < MAX_ROWS)
            view->rows[view->count++] = worst;
    }
}

/* ---- drawing ---- */

/* Labels give way to figures, and both to the bars. */
static void divide(struct criteria_view *view, double width)
{
    double labels = 0.0, figures = 0.0;
    for (size_t i = 0; i < view->count; i++) {
        labels = fmax(labels, text_width(view->rows[i].label, CANVAS_TEXT, false));
        figures = fmax(figures, text_width(view->rows[i].figures, CANVAS_TEXT, true));
    }
    view->figure_room = fmin(figures, 0.42 * width);
    view->label_room = fmin(labels, width - 14.0 - 10.0 - MIN_BAR - MARK_ROOM - view->figure_room);
    view->row_height = labels > view->label_room ? WRAPPED_HEIGHT : ROW_HEIGHT;
    view->left = 2.0 + view->label_room + 10.0;
    view->right = width - 2.0 - view->figure_room - MARK_ROOM - 8.0;
}

static double place_of(const struct criteria_view *view, double used)
{
    return view->left + used / SCALE_END * (view->right - view->left);
}

static void draw_bar(struct canvas *canvas, const struct criteria_view *view,
                     const struct criterion_row *row, double y)
{
    bool is_beyond = row->used > SCALE_END;
    double end = is_beyond ? view->right - 12.0 : place_of(view, row->used);
    canvas_line(canvas, view->left, y, view->right, y, PALETTE_GRID, 1.0);
    if (isnan(row->used))
        return;
    canvas_rect(canvas, view->left, y - 4.0, fmax(end, view->left + 1.5), y + 4.0, PALETTE_PROP);
    if (is_beyond) {
        canvas_line(canvas, end - 12.0, y - 7.0, end - 8.0, y + 7.0, PALETTE_PAPER, 3.0);
        canvas_path(canvas, (struct canvas_point[]){{end, y}, {end + 5.0, y}}, 2, PALETTE_PROP,
                    8.0);
        canvas_arrow(canvas, end + 8.0, y, 1, PALETTE_PROP);
    } else if (isfinite(row->low) && place_of(view, row->high) - place_of(view, row->low) > 3.0) {
        double high = fmin(row->high, SCALE_END);
        canvas_whisker(canvas, place_of(view, row->low), y, place_of(view, high), y);
        if (high < row->high)
            canvas_arrow(canvas, view->right - 4.0, y, 1, PALETTE_INK);
    }
}

static void draw_row(struct canvas *canvas, const struct criteria_view *view,
                     const struct criterion_row *row, double y)
{
    const struct canvas_style plain = {.ink = PALETTE_INK};
    const struct canvas_style strong = {.ink = PALETTE_INK, .is_bold = row->rank == 0};
    const char *next;
    size_t length = text_width_break(row->label, CANVAS_TEXT, false, view->label_room, &next);
    bool is_whole = *next == '\0';
    canvas_text_within(canvas, 2.0, is_whole ? y + 4.0 : y - 3.0, view->label_room, CANVAS_START,
                       plain, arena_printf(view->arena, "%.*s", (int)length, row->label));
    if (!is_whole)
        canvas_text_within(canvas, 2.0, y + 11.0, view->label_room, CANVAS_START, plain, next);
    draw_bar(canvas, view, row, y);
    canvas_verdict(canvas, view->right + 12.0, y, 4.5, view_text(row->criterion, "verdict"));
    canvas_text_within(canvas, canvas->width - 2.0, y + 4.0, view->figure_room, CANVAS_END, strong,
                       row->figures);
}

static void draw_scale(struct canvas *canvas, const struct criteria_view *view, double bottom)
{
    static const double shares[] = {1.0, 0.0, 0.5};
    static const char *const texts[] = {"100\u00a0%", "0\u00a0%", "50\u00a0%"};
    const struct canvas_style style = {.ink = PALETTE_INK2};
    canvas_limit(canvas, place_of(view, 1.0), 16.0, place_of(view, 1.0), bottom + 2.0);
    for (int i = 0; i < 3; i++) {
        double x = place_of(view, shares[i]);
        struct canvas_box box = canvas_box_of(texts[i], x, bottom + 18.0, CANVAS_MIDDLE, &style);
        box.left -= 6.0;
        box.right += 6.0;
        if (canvas_is_free(canvas, &box))
            canvas_text(canvas, x, bottom + 18.0, CANVAS_MIDDLE, style, texts[i]);
    }
}

static void draw(struct canvas *canvas, const struct criteria_view *view)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    bool has_others = view->count > view->own;
    double other_top = FIRST_ROW + view->row_height * (double)view->own + (has_others ? 22.0 : 0.0);
    double bottom = other_top + view->row_height * (double)(view->count - view->own) - 14.0;
    canvas_rect(canvas, place_of(view, 1.0), 20.0, view->right, bottom, PALETTE_FAIL_BG);
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title, "share of the limit used");
    canvas_text(canvas, canvas->width - 2.0, 11.0, CANVAS_END, title, "measured \u00b7 limit");
    for (size_t i = 0; i < view->count; i++)
        draw_row(canvas, view, &view->rows[i],
                 i < view->own ? FIRST_ROW + view->row_height * (double)i
                               : other_top + view->row_height * (double)(i - view->own));
    if (has_others)
        canvas_text_within(canvas, 2.0, other_top - 21.0, place_of(view, 1.0) - 8.0, CANVAS_START,
                           title, "worst of each other setting");
    draw_scale(canvas, view, bottom);
    if (view->left_out > 0)
        canvas_text(
            canvas, 2.0, bottom + 36.0, CANVAS_START, title,
            arena_printf(view->arena, "%zu more criteria are in the table", view->left_out));
}

/* ---- the finding ---- */

static const char *word_worst(const struct criteria_view *view)
{
    const struct criterion_row *row = &view->rows[0];
    const char *name = view_text(row->criterion, "name"), *unit = view_text(row->criterion, "unit");
    double value = view_number(row->criterion, "estimate");
    double limit = view_number(row->criterion, "limit");
    bool is_lower = view_text(row->criterion, "op")[0] == '>';
    if (!isfinite(limit))
        return name;
    double large = isfinite(value) ? fmax(fabs(value), fabs(limit)) : fabs(limit);
    struct digits_scale scale = digits_scale_of(unit, large);
    bool is_apart = large >= 1000.0 * fmin(fabs(limit), isfinite(value) ? fabs(value) : limit);
    if (row->rank != 2 || !isfinite(row->used))
        return arena_printf(view->arena, "%s, %s where %s %s is asked", name,
                            is_apart ? digits_quantity(value, unit, view->arena)
                                     : digits_scaled(value, &scale, view->arena),
                            is_lower ? "more than" : "less than",
                            is_apart ? digits_quantity(limit, unit, view->arena)
                                     : digits_scaled(limit, &scale, view->arena));
    return arena_printf(view->arena, "%s, at %s of its limit", name,
                        digits_quantity(row->used, "1", view->arena));
}

static const char *word_headline(const struct criteria_view *view)
{
    size_t count = view->own + view->left_out;
    const char *worst = word_worst(view), *text;
    if (count == 1 && view->failing + view->undecided == 1)
        text = arena_printf(view->arena, "The criterion %s: %s",
                            view->failing == 1 ? "fails" : "is undecided", worst);
    else if (view->failing == view->own)
        text = arena_printf(view->arena, "All %zu criteria fail; worst: %s", count, worst);
    else if (view->failing > 0)
        text = arena_printf(view->arena, "%zu of %zu criteria %s; worst: %s", view->failing, count,
                            view->failing == 1 ? "fails" : "fail", worst);
    else if (view->undecided > 0)
        text = arena_printf(view->arena, "%zu of %zu criteria %s undecided: %s", view->undecided,
                            count, view->undecided == 1 ? "is" : "are", worst);
    else if (count == 1)
        text = arena_printf(view->arena, "The criterion holds: %s", worst);
    else
        text = arena_printf(view->arena, "All %zu criteria hold; nearest: %s", count, worst);
    if (view->others == 0)
        return text;
    text = arena_printf(view->arena, "%s: %s", view_text(view->subject, "name"), text);
    if (view->others_failing == 0)
        return text;
    return view->others == 1 ? arena_printf(view->arena, "%s; the other setting fails", text)
                             : arena_printf(view->arena, "%s; %zu of %zu other settings %s", text,
                                            view->others_failing, view->others,
                                            view->others_failing == 1 ? "fails" : "fail");
}

static const char *word_alt(const struct criteria_view *view)
{
    const char *text = "Share of each limit that is used.";
    for (size_t i = 0; i < view->count; i++) {
        const struct criterion_row *row = &view->rows[i];
        text = arena_printf(view->arena, "%s %s: %s, %s, %s.", text, row->label,
                            isfinite(row->used) ? digits_quantity(row->used, "1", view->arena)
                                                : "no share",
                            row->figures, view_text(row->criterion, "verdict"));
    }
    return text;
}

bool picture_make_criteria(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    struct criteria_view *view = arena_alloc(request->arena, sizeof *view);
    view->arena = request->arena;
    view->subject = view_subject(request->root);
    read_subject(view);
    if (view->count == 0)
        return error_set(err, STATUS_INPUT, "it judges no criterion");
    read_others(view, request->root);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    divide(view, canvas.width);
    draw(&canvas, view);
    picture->headline = word_headline(view);
    picture->alt = word_alt(view);
    picture_finish(picture, &canvas);
    return true;
}
