/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tail of a time: the share of requests that takes longer, against the time, through the
 * quantiles of a report. A limit is a corner at its own quantile, which the curve must pass below:
 * a line through all of them would say that p99 must meet what p95 must. */
#include "plots/axis.h"
#include "plots/picture_makers.h"
#include "plots/quantiles.h"
#include "plots/text_width.h"
#include "plots/view.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

enum { CURVES = 2, TOP = 24, HEIGHT = 170, MAX_POINTS = QUANTILES + 3 };

/* Curves that nowhere differ by more than this coincide to the eye. */
static const double SAME = 2.0;

/* A limit further beyond all values than this would squeeze them. */
static const double FAR_LIMIT = 4.0;

/* Beyond this ratio a value has the unit that suits it. */
static const double APART = 1000.0;

struct tail_curve {
    const json_t *setting;
    enum palette ink;
    double values[QUANTILES], lows[QUANTILES], highs[QUANTILES]; /* NaN: not resolved */
    double wait_share; /* that is not 0 at all; NaN where it is no wait */
};

struct tail_corner {
    double limit, share; /* share 0: of the longest */
    const char *stat;
    bool is_lower, is_far;
};

struct tail {
    const struct picture_request *request;
    struct arena *arena;
    const json_t *subject;
    const char *name;
    struct tail_curve curves[CURVES]; /* the subject last */
    size_t curve_count, left_out;
    struct tail_corner corners[QUANTILES + 1];
    size_t corner_count;
    struct digits_scale scale;
    bool is_apart; /* values are too far apart for one unit in words */
    struct axis time, share;
    struct canvas_box area;
};

/* ---- what there is ---- */

static void add_curve(struct tail *tail, const json_t *setting, enum palette ink)
{
    struct tail_curve *curve = &tail->curves[tail->curve_count];
    bool has_any = false;
    *curve = (struct tail_curve){.setting = setting, .ink = ink};
    for (size_t i = 0; i < QUANTILES; i++) {
        const json_t *found = quantiles_of(setting, tail->name, i, tail->arena);
        curve->values[i] = view_number(found, "estimate");
        curve->lows[i] = view_number(found, "low");
        curve->highs[i] = view_number(found, "high");
        has_any |= found != NULL;
    }
    curve->wait_share = view_number(
        view_metric(setting, arena_printf(tail->arena, "%s.probability", tail->name)), "estimate");
    tail->curve_count += has_any;
}

static void read_curves(struct tail *tail)
{
    const json_t *settings = view_settings(tail->request->root);
    const json_t *first = json_array_get(settings, 0);
    if (first != tail->subject)
        add_curve(tail, first, PALETTE_BASE);
    add_curve(tail, tail->subject, PALETTE_PROP);
    tail->left_out = json_array_size(settings) - (first != tail->subject ? 2 : 1);
}

static void read_corners(struct tail *tail)
{
    double largest = 0.0;
    for (size_t c = 0; c < tail->curve_count; c++)
        for (size_t i = 0; i < QUANTILES; i++)
            largest = fmax(largest,
                           isfinite(tail->curves[c].values[i]) ? tail->curves[c].values[i] : 0.0);
    for (size_t i = 0; i <= QUANTILES; i++) {
        const char *stat = i < QUANTILES ? quantiles[i].stat : ".max";
        const json_t *criterion = quantiles_criterion(tail->subject, tail->name, stat, tail->arena);
        double limit = view_number(criterion, "limit");
        if (limit >= 0.0)
            tail->corners[tail->corner_count++] = (struct tail_corner){
                limit, i < QUANTILES ? quantiles[i].share : 0.0, stat + 1,
                view_text(criterion, "op")[0] == '>', largest > 0.0 && limit > FAR_LIMIT * largest};
    }
}

static void make_axes(struct tail *tail)
{
    double values[3 * CURVES * QUANTILES + QUANTILES + 1], largest = 0.0, most_share = 0.5;
    size_t count = 0;
    for (size_t c = 0; c < tail->curve_count; c++) {
        const struct tail_curve *curve = &tail->curves[c];
        most_share = fmax(most_share, isfinite(curve->wait_share) ? curve->wait_share : 0.0);
        for (size_t i = 0; i < QUANTILES; i++) {
            values[count++] = curve->values[i];
            values[count++] = isfinite(curve->values[i]) ? curve->highs[i] : NAN;
            values[count++] =
                isfinite(curve->values[i] + curve->lows[i]) ? fmax(curve->lows[i], 0.0) : NAN;
        }
    }
    for (size_t i = 0; i < tail->corner_count; i++)
        if (!tail->corners[i].is_far)
            values[count++] = 1.05 * tail->corners[i].limit;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, isfinite(values[i]) ? values[i] : 0.0);
    double least = largest;
    for (size_t i = 0; i < count; i++)
        least = values[i] > 0.0 ? fmin(least, values[i]) : least;
    tail->is_apart = least > 0.0 && largest > APART * least;
    tail->scale = digits_scale_of("s", tail->is_apart ? sqrt(least * largest) : largest);
    for (size_t i = 0; i < count; i++)
        values[i] *= tail->scale.factor;
    axis_make_for(&tail->time, values, count, 6, tail->arena);
    if (largest == 0.0)
        axis_make(&tail->time, 0.0, 1.0, false, 3, true, tail->arena);
    axis_make(&tail->share, 0.1, most_share > 0.5 ? 100.0 : 60.0, true, 8, false, tail->arena);
}

/* ---- drawing ---- */

static const char *time_text(const struct tail *tail, double value)
{
    return tail->is_apart ? digits_quantity(value, "s", tail->arena)
                          : digits_scaled(value, &tail->scale, tail->arena);
}

static double time_at(const struct tail *tail, double value)
{
    return axis_at(&tail->time, tail->scale.factor * value);
}

static double share_at(const struct tail *tail, double share)
{
    return axis_at(&tail->share, 100.0 * share);
}

static const char *share_text(double share, struct arena *arena)
{
    return digits_share(share, arena);
}

static void draw_shares(struct canvas *canvas, const struct tail *tail)
{
    static const double shares[] = {1.0, 0.5, 0.25, 0.1, 0.05, 0.01, 0.001};
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        double y = share_at(tail, shares[i]);
        bool is_limit = false;
        if (y < tail->area.top - 1.0)
            continue;
        for (size_t k = 0; k < tail->corner_count; k++)
            is_limit |= tail->corners[k].share == shares[i];
        canvas_line(canvas, tail->area.left, y, tail->area.right, y, PALETTE_GRID, 1.0);
        canvas_text(canvas, tail->area.left - 6.0, y + 4.0, CANVAS_END,
                    (struct canvas_style){is_limit ? PALETTE_INK : PALETTE_INK2, is_limit, 0.0},
                    share_text(shares[i], tail->arena));
    }
}

static void draw_corner(struct canvas *canvas, const struct tail *tail,
                        const struct tail_corner *corner)
{
    const struct canvas_box *area = &tail->area;
    double x = time_at(tail, corner->limit);
    double y = corner->share > 0.0 ? share_at(tail, corner->share) : area->bottom;
    if (corner->is_far)
        return;
    if (corner->is_lower) {
        canvas_rect(canvas, area->left, y, x, area->bottom, PALETTE_FAIL_BG);
        canvas_limit(canvas, x, y, x, area->bottom);
        canvas_limit(canvas, area->left, y, x, y);
        return;
    }
    canvas_rect(canvas, x, area->top, area->right, y, PALETTE_FAIL_BG);
    canvas_limit(canvas, x, area->top, x, y);
    if (corner->share > 0.0)
        canvas_limit(canvas, x, y, area->right, y);
}

static void name_corner(struct canvas *canvas, const struct tail *tail,
                        const struct tail_corner *corner)
{
    double x = time_at(tail, corner->limit);
    const char *stat = strcmp(corner->stat, "max") == 0 ? "longest" : corner->stat;
    const char *text =
        arena_printf(tail->arena, "limit %s %s%s", stat, time_text(tail, corner->limit),
                     corner->is_far ? " \u2192" : "");
    struct canvas_place places[2 * 14];
    size_t count = 0;
    for (int i = 0; i < 14; i++) {
        double y = tail->area.top + 13.0 + 12.0 * i;
        if (!corner->is_far)
            places[count++] = (struct canvas_place){x + 7.0, y, CANVAS_START};
        places[count++] = corner->is_far
                              ? (struct canvas_place){tail->area.right - 4.0, y, CANVAS_END}
                              : (struct canvas_place){x - 7.0, y, CANVAS_END};
    }
    canvas_place(canvas, places, count, &tail->area, (struct canvas_style){.ink = PALETTE_INK},
                 text);
}

/* Zeros stand on the axis, joined with each other; from the share that waits at all the curve
 * leaves it. On a broken scale nothing leads from 0 to the rest. */
static size_t curve_points(const struct tail *tail, const struct tail_curve *curve,
                           struct canvas_point *points)
{
    const struct canvas_point gap = {NAN, NAN};
    size_t count = 0;
    bool has_left = false;
    for (size_t i = 0; i < QUANTILES; i++) {
        double value = curve->values[i];
        if (isnan(value))
            continue;
        if (value > 0.0 && !has_left) {
            has_left = true;
            if (count > 0)
                points[count++] = gap;
            if (curve->wait_share < 1.0 && curve->wait_share > quantiles[i].share &&
                !tail->time.has_zero && !tail->time.is_log)
                points[count++] =
                    (struct canvas_point){time_at(tail, 0.0), share_at(tail, curve->wait_share)};
        }
        points[count++] =
            (struct canvas_point){time_at(tail, value), share_at(tail, quantiles[i].share)};
    }
    return count;
}

static void draw_curve(struct canvas *canvas, const struct tail *tail,
                       const struct tail_curve *curve)
{
    struct canvas_point points[MAX_POINTS];
    size_t count = curve_points(tail, curve, points);
    canvas_curve(canvas, points, count, curve->ink, curve->ink == PALETTE_BASE ? 2.0 : 2.5);
    for (size_t i = 0; i < QUANTILES; i++) {
        double y = share_at(tail, quantiles[i].share);
        if (isnan(curve->values[i]))
            continue;
        double low = time_at(tail, fmax(curve->lows[i], 0.0)),
               high = time_at(tail, curve->highs[i]);
        if (isfinite(low) && isfinite(high) && fabs(high - low) > 3.0)
            canvas_whisker(canvas, low, y, high, y);
        canvas_dot(canvas, time_at(tail, curve->values[i]), y, 3.5, curve->ink);
    }
}

static bool coincide(const struct tail *tail)
{
    if (tail->curve_count < 2)
        return false;
    for (size_t i = 0; i < QUANTILES; i++) {
        double one = time_at(tail, tail->curves[0].values[i]);
        double other = time_at(tail, tail->curves[1].values[i]);
        if (isnan(one) != isnan(other) || fabs(one - other) > SAME)
            return false;
    }
    return true;
}

/* Which of the quantiles is told in words: that of the tightest limit, else p95, else the last. */
static size_t telling_quantile(const struct tail *tail, const struct tail_curve *curve)
{
    size_t best = 3;
    for (size_t i = 0; i < QUANTILES; i++)
        for (size_t k = 0; k < tail->corner_count; k++)
            if (tail->corners[k].share == quantiles[i].share)
                best = i;
    while (best > 0 && isnan(curve->values[best]))
        best--;
    return best;
}

static const char *curve_text(const struct tail *tail, const struct tail_curve *curve)
{
    size_t best = telling_quantile(tail, curve);
    const char *name = text_width_fit(layout_clean(view_text(curve->setting, "name"), tail->arena),
                                      CANVAS_TEXT, true, 110.0, tail->arena);
    double longest = 0.0;
    for (size_t i = 0; i < QUANTILES; i++)
        longest = fmax(longest, isfinite(curve->values[i]) ? curve->values[i] : 0.0);
    if (coincide(tail))
        name = "both settings";
    if (curve->values[best] == 0.0 && curve->wait_share > 0.0)
        return arena_printf(tail->arena, "%s: %s wait", name,
                            share_text(curve->wait_share, tail->arena));
    if (longest == 0.0)
        return arena_printf(tail->arena, "%s: none waits", name);
    return arena_printf(tail->arena, "%s: %s %s", name, quantiles[best].stat + 1,
                        time_text(tail, curve->values[best]));
}

static void name_curve(struct canvas *canvas, const struct tail *tail,
                       const struct tail_curve *curve)
{
    struct canvas_place places[QUANTILES * 6];
    size_t count = 0, best = telling_quantile(tail, curve);
    for (size_t i = 0; i < QUANTILES; i++) {
        size_t at = (best + i) % QUANTILES;
        double x = time_at(tail, curve->values[at]), y = share_at(tail, quantiles[at].share);
        places[count++] = (struct canvas_place){x - 10.0, y + 4.0, CANVAS_END};
        places[count++] = (struct canvas_place){x + 10.0, y + 4.0, CANVAS_START};
        places[count++] = (struct canvas_place){x + 9.0, y - 8.0, CANVAS_START};
        places[count++] = (struct canvas_place){x - 9.0, y + 16.0, CANVAS_END};
        places[count++] = (struct canvas_place){x - 9.0, y - 10.0, CANVAS_END};
        places[count++] = (struct canvas_place){x + 9.0, y + 18.0, CANVAS_START};
    }
    canvas_place(canvas, places, count, &tail->area, (struct canvas_style){curve->ink, true, 0.0},
                 curve_text(tail, curve));
}

static const char *axis_name(const struct tail *tail)
{
    const char *kind = tail->time.is_log ? " (log)" : "";
    return arena_printf(tail->arena, "%s, %s%s", tail->name, tail->scale.unit, kind);
}

static void draw(struct canvas *canvas, struct tail *tail)
{
    const struct canvas_style title = {.ink = PALETTE_INK2};
    tail->area = (struct canvas_box){text_width("0.1\u00a0%", CANVAS_TEXT, true) + 12.0, TOP,
                                     canvas->width - 12.0, TOP + HEIGHT};
    tail->time.from = tail->area.left;
    tail->time.to = tail->area.right;
    tail->share.from = tail->area.bottom;
    tail->share.to = tail->area.top;
    canvas_text(canvas, 2.0, 11.0, CANVAS_START, title,
                "share of requests that takes longer (log)");
    for (size_t i = 0; i < tail->corner_count; i++)
        draw_corner(canvas, tail, &tail->corners[i]);
    draw_shares(canvas, tail);
    axis_draw_x(canvas, &tail->time, &tail->area, "");
    canvas_text_within(canvas, tail->area.right, tail->area.bottom + 34.0, canvas->width - 4.0,
                       CANVAS_END, title, axis_name(tail));
    for (size_t c = coincide(tail) ? 1 : 0; c < tail->curve_count; c++)
        draw_curve(canvas, tail, &tail->curves[c]);
    for (size_t i = 0; i < tail->corner_count; i++)
        name_corner(canvas, tail, &tail->corners[i]);
    for (size_t c = tail->curve_count; c-- > (coincide(tail) ? 1 : 0);)
        name_curve(canvas, tail, &tail->curves[c]);
    if (tail->left_out > 0)
        canvas_text(canvas, 2.0, tail->area.bottom + 52.0, CANVAS_START, title,
                    arena_printf(tail->arena, "not drawn: %zu more %s", tail->left_out,
                                 tail->left_out > 1 ? "settings" : "setting"));
}

/* ---- the finding ---- */

static const char *word_value(const struct tail *tail, const struct tail_curve *curve)
{
    size_t best = telling_quantile(tail, curve);
    double value = curve->values[best];
    if (value > 0.0)
        return arena_printf(tail->arena, "%s of %s take longer than %s",
                            share_text(quantiles[best].share, tail->arena), tail->name,
                            time_text(tail, value));
    if (curve->wait_share > 0.0)
        return arena_printf(tail->arena, "%s of %s are above 0",
                            share_text(curve->wait_share, tail->arena), tail->name);
    return arena_printf(tail->arena, "%s is 0 for at least %s", tail->name,
                        share_text(1.0 - quantiles[best].share, tail->arena));
}

static const char *word_short(const struct tail *tail, const struct tail_curve *curve)
{
    size_t best = telling_quantile(tail, curve);
    return curve->values[best] == 0.0 && curve->wait_share > 0.0
               ? share_text(curve->wait_share, tail->arena)
               : time_text(tail, curve->values[best]);
}

/* "proposed: 5 % of api.response take longer than 367 ms, baseline 410 ms; limit 500 ms" */
static const char *word_headline(const struct tail *tail)
{
    const struct tail_curve *last = &tail->curves[tail->curve_count - 1];
    size_t best = telling_quantile(tail, last);
    const char *text = arena_printf(tail->arena, "%s: %s", view_text(last->setting, "name"),
                                    word_value(tail, last));
    if (coincide(tail))
        text = arena_printf(tail->arena, "Both settings: %s", word_value(tail, last));
    else if (tail->curve_count == 2)
        text =
            arena_printf(tail->arena, "%s; %s %s", text, view_text(tail->curves[0].setting, "name"),
                         word_short(tail, &tail->curves[0]));
    for (size_t k = 0; k < tail->corner_count; k++)
        if (tail->corners[k].share == quantiles[best].share)
            return arena_printf(tail->arena, "%s; limit %s", text,
                                digits_quantity(tail->corners[k].limit, "s", tail->arena));
    return text;
}

static const char *word_alt(const struct tail *tail)
{
    const char *text = arena_printf(tail->arena, "Tail of %s.", tail->name);
    for (size_t c = 0; c < tail->curve_count; c++) {
        text =
            arena_printf(tail->arena, "%s %s:", text, view_text(tail->curves[c].setting, "name"));
        for (size_t i = 0; i < QUANTILES; i++)
            text = arena_printf(tail->arena, "%s %s %s%s", text, quantiles[i].stat + 1,
                                digits_quantity(tail->curves[c].values[i], "s", tail->arena),
                                i + 1 < QUANTILES ? "," : ".");
    }
    for (size_t i = 0; i < tail->corner_count; i++)
        text = arena_printf(tail->arena, "%s Limit of %s: %s.", text, tail->corners[i].stat,
                            digits_quantity(tail->corners[i].limit, "s", tail->arena));
    return text;
}

/* what: the metrics of that role, in a message. */
static bool make_tail(const struct picture_request *request, enum metric_role role,
                      const char *what, struct picture *picture, struct error *err)
{
    struct tail *tail = arena_alloc(request->arena, sizeof *tail);
    *tail = (struct tail){
        .request = request, .arena = request->arena, .subject = view_subject(request->root)};
    tail->name = tail->subject ? quantiles_choose(request, tail->subject, role) : NULL;
    if (tail->name)
        read_curves(tail);
    if (tail->curve_count == 0)
        return error_set(err, STATUS_INPUT, "it has no quantiles of %s",
                         request->metric ? request->metric : what);
    read_corners(tail);
    make_axes(tail);
    struct canvas canvas;
    picture_begin(&canvas, request, PICTURE_NARROW);
    draw(&canvas, tail);
    picture->headline = word_headline(tail);
    picture->alt = word_alt(tail);
    picture_finish(picture, &canvas);
    return true;
}

bool picture_make_response(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    return make_tail(request, ROLE_RESPONSE, "response", picture, err);
}

bool picture_make_wait(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    return make_tail(request, ROLE_WAIT, "wait", picture, err);
}
