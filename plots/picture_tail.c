/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tail of a time: the share of requests for which it is longer, against the time, from the
 * quantiles of a report; the curve must pass left of its limit at the limit's share. */
#include "models/metrics/metric_catalogue.h"
#include "plots/picture_makers.h"
#include "plots/style.h"
#include "plots/view.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_POINTS = 8, MAX_LABEL_LENGTH = 18 };

static const struct {
    enum metric_statistic statistic;
    double share; /* of requests beyond it */
} quantiles[] = {{STATISTIC_P50, 0.5},  {STATISTIC_P75, 0.25}, {STATISTIC_P90, 0.1},
                 {STATISTIC_P95, 0.05}, {STATISTIC_P99, 0.01}, {STATISTIC_P999, 0.001}};
enum { QUANTILES = sizeof quantiles / sizeof quantiles[0] };

/* The lower edge of the picture. */
static const double MIN_SHARE = 0.0007;

/* What one picture is about. */
struct tail {
    const struct picture_request *request;
    struct arena *arena;
    const json_t *subject, *criterion; /* criterion NULL: no limit                               */
    const char *name;                  /* "api.response"                                         */
    double limit, limit_share;         /* NaN without one                                        */
    double due_s;                      /* of a cycle: when the next one begins; else NaN         */
    double largest;
    struct view_scale scale;
};

/* The name of the tail's metric with that statistic. */
static const char *statistic_of(const struct tail *tail, enum metric_statistic statistic)
{
    return arena_printf(tail->arena, "%s.%s", tail->name, metric_statistic_name(statistic));
}

static const json_t *quantile_of(const struct tail *tail, const json_t *setting, size_t i)
{
    const json_t *found = view_metric(setting, statistic_of(tail, quantiles[i].statistic));
    return isfinite(view_number(found, "estimate")) ? found : NULL;
}

/* The settings that there are colours for: the first and the last ones. */
static size_t shown_count(const json_t *settings)
{
    size_t count = json_array_size(settings);
    return count < PLOT_STYLE_SETTINGS ? count : PLOT_STYLE_SETTINGS;
}

static const json_t *shown(const json_t *settings, size_t i)
{
    size_t count = json_array_size(settings), left_out = count - shown_count(settings);
    return json_array_get(settings, i == 0 ? 0 : i + left_out);
}

/* "api.response" when name is that, or with a quantile, and of that role; else NULL. */
static const char *stem_of(const char *name, enum metric_role role, struct arena *arena)
{
    const struct metric_identity *is = metric_catalogue_identity(name, arena);
    bool is_whole = is->statistic == STATISTIC_NONE;
    if (!is->row || is->row->role != role || is->row->shape != METRIC_TALLY || !is->resource ||
        (!is_whole && isnan(metric_statistic_quantile(is->statistic))))
        return NULL;
    return arena_printf(arena, "%s%s.%s", is->resource, is->is_worst ? ".worst" : "", is->metric);
}

/* The one asked for, else what a criterion is about, else the first there is. */
static const char *choose_name(const struct picture_request *request, const json_t *subject,
                               enum metric_role role)
{
    const json_t *criteria = json_object_get(subject, "criteria");
    const char *asked = request->metric, *name;
    json_t *value;
    if (asked)
        return stem_of(asked, role, request->arena);
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const char *metric = view_text(json_array_get(criteria, i), "metric");
        const char *stem = stem_of(metric, role, request->arena);
        if (stem && view_metric(subject, metric))
            return stem;
    }
    json_object_foreach(json_object_get(subject, "metrics"), name, value)
    {
        const char *stem = stem_of(name, role, request->arena);
        if (stem)
            return stem;
    }
    return NULL;
}

static void find_limit(struct tail *tail)
{
    tail->limit = tail->limit_share = NAN;
    for (size_t i = 0; i <= QUANTILES; i++) {
        /* Of the highest of all: no share may be beyond it. */
        enum metric_statistic statistic = i < QUANTILES ? quantiles[i].statistic : STATISTIC_MAX;
        const json_t *criterion = view_criterion_on(tail->subject, statistic_of(tail, statistic));
        if (!criterion)
            continue;
        tail->criterion = criterion;
        tail->limit = view_number(criterion, "limit");
        tail->limit_share = i < QUANTILES ? quantiles[i].share : 0.0;
        return;
    }
}

/* A cycle's duty is its mean length over the time between two. */
static void find_due(struct tail *tail)
{
    double mean =
        view_number(view_metric(tail->subject, statistic_of(tail, STATISTIC_MEAN)), "estimate");
    double duty = view_number(
        view_metric(tail->subject, arena_printf(tail->arena, "%s.duty", tail->name)), "estimate");
    tail->due_s = duty > 0.0 ? mean / duty : NAN;
}

static void find_largest(struct tail *tail)
{
    const json_t *settings = view_settings(tail->request->root);
    for (size_t s = 0; s < shown_count(settings); s++)
        for (size_t i = 0; i < QUANTILES; i++) {
            const json_t *found = quantile_of(tail, shown(settings, s), i);
            double high = view_number(found, "high"), value = view_number(found, "estimate");
            tail->largest = fmax(tail->largest, fmax(value, isfinite(high) ? high : 0.0));
        }
    if (isfinite(tail->limit))
        tail->largest = fmax(tail->largest, 1.15 * tail->limit);
    if (tail->due_s < 6.0 * tail->largest)
        tail->largest = fmax(tail->largest, 1.05 * tail->due_s);
    tail->scale = view_scale("s", tail->largest);
}

/* ---- the script ---- */

static void write_curve(struct script *script, const struct tail *tail, size_t number)
{
    const json_t *setting = shown(view_settings(tail->request->root), number);
    double points[QUANTILES][4];
    size_t count = 0;
    for (size_t i = 0; i < QUANTILES; i++) {
        const json_t *found = quantile_of(tail, setting, i);
        double value = view_number(found, "estimate");
        double low = view_number(found, "low"), high = view_number(found, "high");
        if (!found)
            continue;
        points[count][0] = tail->scale.factor * value;
        points[count][1] = tail->scale.factor * (isfinite(low) ? low : value);
        points[count][2] = tail->scale.factor * (isfinite(high) ? high : value);
        points[count++][3] = quantiles[i].share;
    }
    script_add(script, "$curve%zu << END\n", number);
    for (size_t i = 0; i < count; i++)
        script_row(script, points[i], 4);
    script_add(script, "END\n$band%zu << END\n", number);
    for (size_t i = 0; i < count; i++)
        script_row(script, (double[]){points[i][1], points[i][3]}, 2);
    for (size_t i = count; i-- > 0;)
        script_row(script, (double[]){points[i][2], points[i][3]}, 2);
    script_add(script, "END\n");
}

static const char *name_of(const struct tail *tail, size_t number)
{
    const char *name = view_text(shown(view_settings(tail->request->root), number), "name");
    return layout_shorten(layout_clean(name, tail->arena), MAX_LABEL_LENGTH, tail->arena);
}

/* Names stand right of the picture, where no curve comes. */
static void write_names(struct script *script, const struct tail *tail, size_t count)
{
    for (size_t i = 0; i < count && count > 1; i++) {
        script_add(script, "set label ");
        script_text(script, name_of(tail, i));
        script_add(script,
                   " at graph 1, graph %.3f left offset 0.8,0 noenhanced textcolor linetype %zu "
                   "front\n",
                   0.95 - 0.075 * (double)i, i + 1);
    }
}

/* Columns for them. */
static int names_width(const struct tail *tail, size_t count)
{
    int widest = 0;
    for (size_t i = 0; i < count && count > 1; i++) {
        int width = layout_width(name_of(tail, i));
        widest = width > widest ? width : widest;
    }
    return 3 + widest;
}

/* Words beside a vertical line stand left of it unless there is no room. */
static const char *side_of(const struct tail *tail, double at)
{
    return at > 0.4 * tail->largest ? "right offset -0.6,0" : "left offset 0.6,0";
}

static void write_limit(struct script *script, const struct tail *tail)
{
    if (!isfinite(tail->limit))
        return;
    double limit = tail->scale.factor * tail->limit;
    const char *text = number_text_quantity(tail->limit, "s", tail->arena);
    const char *share = number_text_quantity(1.0 - tail->limit_share, "1", tail->arena);
    script_add(script,
               "set object 1 rectangle from %.9g, %.9g to graph 1, graph 1 behind fillcolor rgb "
               "'#b44600' fillstyle solid 0.12 noborder\n"
               "set arrow 1 from %.9g, graph 0 to %.9g, graph 1 nohead linestyle 20 front\n"
               "set label ",
               limit, fmax(tail->limit_share, MIN_SHARE), limit, limit);
    script_text(script, arena_printf(tail->arena, "limit %s for %s", text,
                                     tail->limit_share > 0.0 ? share : "all"));
    script_add(script, " at %.9g, graph 0.05 %s noenhanced textcolor rgb '#b44600' front\n", limit,
               side_of(tail, tail->limit));
}

/* Where the next cycle begins. */
static void write_due(struct script *script, const struct tail *tail)
{
    double due = tail->scale.factor * tail->due_s;
    if (!(tail->due_s <= tail->largest))
        return;
    script_add(script,
               "set arrow 2 from %.9g, graph 0 to %.9g, graph 1 nohead linestyle 21\nset label ",
               due, due);
    script_text(script, arena_printf(tail->arena, "next one due, %s",
                                     number_text_quantity(tail->due_s, "s", tail->arena)));
    script_add(script, " at %.9g, graph 0.15 %s noenhanced front\n", due,
               side_of(tail, tail->due_s));
}

static void write_script(struct script *script, const struct tail *tail, const char *headline)
{
    size_t count = shown_count(view_settings(tail->request->root));
    picture_begin(script, tail->request, headline, PICTURE_HEIGHT, 9, names_width(tail, count));
    for (size_t i = 0; i < count; i++)
        write_curve(script, tail, i);
    script_add(script,
               "set logscale y\nset yrange [0.0007:0.7]\n"
               "set ytics ('50 %%%%' 0.5, '25 %%%%' 0.25, '10 %%%%' 0.1, '5 %%%%' 0.05, '1 %%%%' "
               "0.01, '0.1 %%%%' 0.001)\nset ylabel 'share that takes longer'\nset xlabel ");
    script_text(script, arena_printf(tail->arena, "%s [%s]", tail->name, tail->scale.unit));
    script_add(script, "\nset xrange [0:");
    script_number(script, 1.04 * tail->scale.factor * fmax(tail->largest, 1e-9));
    script_add(script, "]\n");
    write_limit(script, tail);
    write_due(script, tail);
    write_names(script, tail, count);
    script_add(script, "plot ");
    for (size_t i = 0; i < count; i++)
        script_add(script,
                   "%s$band%zu using 1:2 with filledcurves closed linecolor rgb "
                   "'#9aa4ae' fillstyle transparent solid 0.35 noborder, $curve%zu using "
                   "1:4 with linespoints linetype %zu",
                   i > 0 ? ", " : "", i, i, i + 1);
    script_add(script, "\n");
}

/* ---- the finding ---- */

/* "95 % of api.response within 366.7 ms; the limit is 500 ms" */
static const char *word_headline(const struct tail *tail)
{
    struct arena *arena = tail->arena;
    size_t best = isfinite(tail->limit_share) ? 0 : 3;
    while (best < QUANTILES - 1 && isfinite(tail->limit_share) &&
           quantiles[best].share != tail->limit_share)
        best++;
    double value = view_number(quantile_of(tail, tail->subject, best), "estimate");
    const char *text =
        arena_printf(arena, "%s: %s of %s are at most %s", view_text(tail->subject, "name"),
                     number_text_quantity(1.0 - quantiles[best].share, "1", arena), tail->name,
                     number_text_quantity(value, "s", arena));
    return isfinite(tail->limit) ? arena_printf(arena, "%s; the limit is %s", text,
                                                number_text_quantity(tail->limit, "s", arena))
                                 : text;
}

static const char *word_alt(const struct tail *tail)
{
    const json_t *settings = view_settings(tail->request->root);
    const char *text = arena_printf(tail->arena, "Tail of %s.", tail->name);
    for (size_t s = 0; s < shown_count(settings); s++) {
        const json_t *setting = shown(settings, s);
        text = arena_printf(tail->arena, "%s %s:", text, view_text(setting, "name"));
        for (size_t i = 0; i < QUANTILES; i++) {
            double value = view_number(quantile_of(tail, setting, i), "estimate");
            text = arena_printf(
                tail->arena, "%s %s %s%s", text, metric_statistic_name(quantiles[i].statistic),
                number_text_quantity(value, "s", tail->arena), i + 1 < QUANTILES ? "," : ".");
        }
    }
    return text;
}

/* what: the metrics of that role, in a message. */
static bool make_tail(const struct picture_request *request, enum metric_role role,
                      const char *what, struct picture *picture, struct error *err)
{
    struct tail tail = {
        .request = request, .arena = request->arena, .subject = view_subject(request->root)};
    tail.name = tail.subject ? choose_name(request, tail.subject, role) : NULL;
    if (!tail.name || !quantile_of(&tail, tail.subject, 0))
        return error_set(err, STATUS_INPUT, "it has no quantiles of %s",
                         request->metric ? request->metric : what);
    find_limit(&tail);
    find_due(&tail);
    find_largest(&tail);
    picture->headline = word_headline(&tail);
    picture->alt = word_alt(&tail);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, &tail, picture->headline);
    picture->script = script_close(&script);
    return true;
}

bool picture_make_response(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    return make_tail(request, ROLE_RESPONSE, "response", picture, err);
}

bool picture_make_cycle(const struct picture_request *request, struct picture *picture,
                        struct error *err)
{
    return make_tail(request, ROLE_CYCLE, "cycle", picture, err);
}

bool picture_make_wait(const struct picture_request *request, struct picture *picture,
                       struct error *err)
{
    return make_tail(request, ROLE_WAIT, "wait", picture, err);
}
