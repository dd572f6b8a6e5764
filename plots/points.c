/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/points.h"
#include "plots/view.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is needed while an answer is read. */
struct reading {
    struct points *points;
    const json_t *rows;
    json_t *numbers[POINTS_MAX_VARIED];    /* of each text that a value has  */
    const char **texts[POINTS_MAX_VARIED]; /* [value_count] in their order   */
    size_t value_count[POINTS_MAX_VARIED], room[POINTS_MAX_VARIED];
    json_t *labels; /* the point of each combination's name */
    size_t *owners; /* [rows] the point of each row         */
};

/* ---- axes ---- */

static size_t add_value(struct reading *reading, size_t axis, const char *text)
{
    const json_t *known = json_object_get(reading->numbers[axis], text);
    size_t count = reading->value_count[axis];
    if (known)
        return (size_t)json_integer_value(known);
    if (count == reading->room[axis]) {
        reading->room[axis] = count > 0 ? 2 * count : POINTS_MAX_VALUES;
        const char **grown =
            arena_array(reading->points->arena, reading->room[axis], sizeof *grown);
        if (count > 0)
            memcpy(grown, reading->texts[axis], count * sizeof *grown);
        reading->texts[axis] = grown;
    }
    reading->texts[axis][count] = text;
    json_object_set_new(reading->numbers[axis], text, json_integer((json_int_t)count));
    return reading->value_count[axis]++;
}

/* As many neighbours share a place as it takes for all to have one. */
static void settle_axis(const struct reading *reading, size_t number)
{
    struct points_axis *axis = &reading->points->axes[number];
    size_t count = reading->value_count[number];
    axis->share = (count + POINTS_MAX_VALUES - 1) / POINTS_MAX_VALUES;
    axis->count = (count + axis->share - 1) / axis->share;
    for (size_t i = 0; i < axis->count; i++) {
        size_t next = (i + 1) * axis->share;
        axis->texts[i] = reading->texts[number][i * axis->share];
        axis->lasts[i] = reading->texts[number][(next < count ? next : count) - 1];
    }
}

/* "80", "10ms": the number, and what is behind it. */
static double parse(const char *text, const char **rest)
{
    char *end;
    double value = strtod(text, &end);
    *rest = end;
    return end == text ? NAN : value;
}

/* Numbers where all values are numbers in one unit. */
static void place_axis(struct points_axis *axis)
{
    const char *unit = "", *rest;
    axis->is_numeric = true;
    for (size_t i = 0; i < axis->count; i++) {
        axis->places[i] = parse(axis->texts[i], &rest);
        if (i == 0)
            unit = rest;
        axis->is_numeric &= isfinite(axis->places[i]) && strcmp(rest, unit) == 0;
    }
    for (size_t i = 0; i < axis->count && !axis->is_numeric; i++)
        axis->places[i] = (double)i;
    axis->unit = axis->is_numeric ? unit : "";
}

/* ---- rows ---- */

/* The keys before "verdict" are what varied; size and limit call it "value". */
static bool read_row(struct reading *reading, size_t p, const char *path)
{
    struct points *points = reading->points;
    const json_t *row = json_array_get(reading->rows, p);
    const char *key;
    json_t *value;
    size_t axis = 0;
    points->verdicts[p] = view_text(row, "verdict");
    json_object_foreach((json_t *)row, key, value)
    {
        if (strcmp(key, "verdict") == 0)
            break;
        if (axis == POINTS_MAX_VARIED || !json_is_string(value))
            return false;
        points->axes[axis].name = path[0] != '\0' ? path : key;
        points->at[p][axis] = add_value(reading, axis, json_string_value(value));
        axis++;
    }
    points->axis_count = axis;
    return axis > 0;
}

/* As the table of criteria names it. */
static const char *label_of(const struct reading *reading, size_t p)
{
    const struct points *points = reading->points;
    const char *first = reading->texts[0][points->at[p][0]];
    return points->axis_count == 1
               ? first
               : arena_printf(points->arena, "%s, %s", first, reading->texts[1][points->at[p][1]]);
}

static int badness(const char *verdict)
{
    return strcmp(verdict, "fail") == 0 ? 2 : strcmp(verdict, "undecided") == 0;
}

/* One point for each place that has a row; rows become points where they stand. */
static void make_points(struct reading *reading)
{
    struct points *points = reading->points;
    size_t rows = points->combinations, second = points->axes[1].count;
    size_t across = points->axis_count > 1 ? second : 1;
    size_t *taken = arena_array(points->arena, points->axes[0].count * across, sizeof *taken);
    for (size_t p = 0; p < rows; p++) {
        json_t *number;
        const char *label = label_of(reading, p), *verdict = points->verdicts[p];
        size_t x = points->at[p][0] / points->axes[0].share;
        size_t y = points->axis_count > 1 ? points->at[p][1] / points->axes[1].share : 0;
        size_t *point = &taken[x * across + y]; /* from 1 */
        points->passing += strcmp(verdict, "pass") == 0;
        if (*point == 0) {
            *point = ++points->count;
            points->at[*point - 1][0] = x;
            points->at[*point - 1][1] = y;
            points->verdicts[*point - 1] = verdict;
        } else if (badness(verdict) > badness(points->verdicts[*point - 1])) {
            points->verdicts[*point - 1] = verdict;
        }
        reading->owners[p] = *point - 1;
        number = json_integer((json_int_t)*point - 1);
        json_object_set_new(reading->labels, label, number);
    }
}

static bool read_points(struct reading *reading, const json_t *root)
{
    struct points *points = reading->points;
    const char *path = view_text(json_object_get(root, "facts"), "path");
    size_t rows = points->combinations = json_array_size(reading->rows);
    points->at = arena_array(points->arena, rows, sizeof *points->at);
    points->verdicts = arena_array(points->arena, rows, sizeof *points->verdicts);
    points->fails = arena_array(points->arena, rows, sizeof *points->fails);
    reading->owners = arena_array(points->arena, rows, sizeof *reading->owners);
    for (size_t p = 0; p < rows; p++) {
        points->fails[p] = "";
        if (!read_row(reading, p, path))
            return false;
    }
    for (size_t i = 0; i < points->axis_count; i++) {
        settle_axis(reading, i);
        place_axis(&points->axes[i]);
    }
    if (rows > 0)
        make_points(reading);
    return rows > 0;
}

/* ---- panels ---- */

static struct points_panel *add_panel(struct points *points, const char *name, const char *unit)
{
    struct points_panel *panel = &points->panels[points->panel_count++];
    *panel = (struct points_panel){.name = name, .unit = unit, .limit = NAN};
    panel->estimates = arena_array(points->arena, points->count, sizeof(double));
    panel->lows = arena_array(points->arena, points->count, sizeof(double));
    panel->highs = arena_array(points->arena, points->count, sizeof(double));
    panel->margins = arena_array(points->arena, points->count, sizeof(double));
    panel->verdicts = arena_array(points->arena, points->count, sizeof *panel->verdicts);
    for (size_t p = 0; p < points->count; p++)
        panel->verdicts[p] = points->verdicts[p];
    for (size_t p = 0; p < points->count; p++)
        panel->estimates[p] = panel->lows[p] = panel->highs[p] = panel->margins[p] = NAN;
    return panel;
}

static struct points_panel *panel_of(struct points *points, const char *name, const char *unit)
{
    for (size_t i = 0; i < points->panel_count; i++)
        if (strcmp(points->panels[i].name, name) == 0)
            return &points->panels[i];
    if (points->panel_count < POINTS_MAX_PANELS)
        return add_panel(points, name, unit);
    points->more_panels++;
    return NULL;
}

/* What a criterion may be: estimate and margin add up to the limit where it is an upper one, differ
 * by it where it is a lower one; that is the sum which is the same everywhere. */
struct limit_guess {
    double low[2], high[2];
};

static void guess(struct limit_guess *found, double estimate, double margin)
{
    double either[2] = {estimate + margin, estimate - margin};
    for (int i = 0; i < 2 && isfinite(margin); i++) {
        found->low[i] = fmin(found->low[i], either[i]);
        found->high[i] = fmax(found->high[i], either[i]);
    }
}

/* A share cannot be asked to exceed 1. */
static double settle(const struct limit_guess *found, const char *unit, bool *is_lower)
{
    double spread[2] = {found->high[0] - found->low[0], found->high[1] - found->low[1]};
    bool is_over = strcmp(unit, "1") == 0 && found->high[0] > 1.0 + 1e-9;
    int best = spread[1] < spread[0] || (is_over && spread[1] == spread[0]);
    bool is_one = spread[best] <= 1e-9 * fabs(found->high[best]) + 1e-12;
    *is_lower = best == 1;
    return isfinite(spread[best]) && is_one ? found->high[best] : NAN;
}

/* Of neighbours that share a point the worst stays: the verdict, then the margin. */
static bool is_worse(const struct points_panel *panel, size_t p, const char *verdict, double margin)
{
    int further = badness(verdict) - badness(panel->verdicts[p]);
    return further > 0 || (further == 0 && !(margin >= panel->margins[p]));
}

static void read_criterion(struct points_panel *panel, size_t p, const json_t *row, bool is_first)
{
    const char *verdict = view_text(row, "verdict");
    double margin = view_number(row, "margin");
    panel->failing += strcmp(verdict, "pass") != 0;
    if (!is_first && !is_worse(panel, p, verdict, margin))
        return;
    panel->verdicts[p] = verdict;
    panel->estimates[p] = view_number(row, "estimate");
    panel->lows[p] = view_number(row, "low");
    panel->highs[p] = view_number(row, "high");
    panel->margins[p] = margin;
}

static void read_criteria(struct reading *reading, const json_t *criteria, const char *wanted)
{
    struct points *points = reading->points;
    struct limit_guess guesses[POINTS_MAX_PANELS];
    bool *is_read[POINTS_MAX_PANELS] = {NULL};
    for (size_t i = 0; i < POINTS_MAX_PANELS; i++)
        guesses[i] = (struct limit_guess){{INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *row = json_array_get(criteria, i);
        const json_t *number = json_object_get(reading->labels, view_text(row, "point"));
        const char *name = view_text(row, "criterion");
        size_t p = (size_t)json_integer_value(number);
        if (!number)
            continue;
        if (points->fails[p][0] == '\0' && badness(view_text(row, "verdict")) == 2)
            points->fails[p] = name;
        struct points_panel *panel = wanted && strcmp(wanted, name) != 0
                                         ? NULL
                                         : panel_of(points, name, view_text(row, "unit"));
        if (!panel)
            continue;
        bool **read = &is_read[panel - points->panels];
        if (!*read)
            *read = arena_array(points->arena, points->count, sizeof **read);
        read_criterion(panel, p, row, !(*read)[p]);
        (*read)[p] = true;
        guess(&guesses[panel - points->panels], view_number(row, "estimate"),
              view_number(row, "margin"));
    }
    for (size_t i = 0; i < points->panel_count; i++)
        points->panels[i].limit =
            settle(&guesses[i], points->panels[i].unit, &points->panels[i].is_lower);
}

/* The metrics of a sweep: those columns that have a "... low" beside them. Nothing says which of
 * two is worse: the first of a point stays. */
static void read_metrics(struct reading *reading, const json_t *units, const char *wanted)
{
    struct points *points = reading->points;
    const json_t *first = json_array_get(reading->rows, 0);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)first, key, value)
    {
        const char *low = arena_printf(points->arena, "%s low", key);
        const char *high = arena_printf(points->arena, "%s high", key);
        if (!json_object_get(first, low) || (wanted && strcmp(wanted, key) != 0))
            continue;
        struct points_panel *panel = panel_of(points, key, view_text(units, key));
        for (size_t r = points->combinations; r-- > 0 && panel;) {
            const json_t *row = json_array_get(reading->rows, r);
            size_t p = reading->owners[r];
            panel->estimates[p] = view_number(row, key);
            panel->lows[p] = view_number(row, low);
            panel->highs[p] = view_number(row, high);
        }
    }
}

/* A place where a point is missing must not look as if all of it passed. */
static bool is_incomplete(const struct points *points, const json_t *root)
{
    const json_t *planned = json_object_get(json_object_get(root, "facts"), "points_planned");
    return view_number(planned, "value") > (double)points->combinations;
}

static bool read_answer(struct reading *reading, const struct picture_request *request,
                        struct error *err)
{
    const json_t *root = request->root;
    struct points *points = reading->points;
    if (!json_is_array(reading->rows) || !read_points(reading, root))
        return error_set(err, STATUS_INPUT,
                         "it is no answer of sweep, size or limit that varies at most %d values",
                         POINTS_MAX_VARIED);
    if (points_share(points) > 1 && is_incomplete(points, root))
        return error_set(err, STATUS_INPUT,
                         "not all points were finished, and they are too many to be drawn one by "
                         "one");
    read_criteria(reading, json_object_get(root, "criteria"), request->metric);
    if (points->panel_count == 0)
        read_metrics(reading, json_object_get(json_object_get(root, "units"), "points"),
                     request->metric);
    return points->panel_count > 0 ||
           error_set(err, STATUS_INPUT, "it has neither criteria nor metrics%s%s",
                     request->metric ? " called " : "", request->metric ? request->metric : "");
}

bool points_read(const struct picture_request *request, struct points *points, struct error *err)
{
    const json_t *rows = json_object_get(request->root, "points");
    struct reading reading = {.points = points, .labels = json_object()};
    reading.rows = json_is_array(rows) ? rows : json_object_get(request->root, "steps");
    *points = (struct points){.arena = request->arena};
    for (size_t i = 0; i < POINTS_MAX_VARIED; i++)
        reading.numbers[i] = json_object();
    bool is_read = read_answer(&reading, request, err);
    for (size_t i = 0; i < POINTS_MAX_VARIED; i++)
        json_decref(reading.numbers[i]);
    json_decref(reading.labels);
    return is_read;
}

size_t points_share(const struct points *points)
{
    size_t share = 1;
    for (size_t i = 0; i < points->axis_count; i++)
        share *= points->axes[i].share;
    return share;
}

const size_t *points_order(const struct points *points)
{
    size_t *order = arena_array(points->arena, points->count, sizeof *order);
    for (size_t i = 0; i < points->count; i++) {
        double place = points->axes[0].places[points->at[i][0]];
        size_t k = i;
        for (; k > 0 && points->axes[0].places[points->at[order[k - 1]][0]] > place; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    return order;
}

double points_place(const struct points *points, size_t number, size_t point)
{
    return points->axes[number].places[points->at[point][number]];
}

/* A tick for each text, or for every second, third ... */
static void name_ticks(const struct points_axis *values, struct axis *axis)
{
    size_t stride = 1 + (values->count - 1) / AXIS_MAX_TICKS;
    axis->count = 0;
    for (size_t i = 0; i < values->count; i += stride) {
        axis->ticks[axis->count] = values->places[i];
        axis->labels[axis->count++] = values->texts[i];
    }
}

void points_make_axis(const struct points *points, size_t number, bool is_from_zero, int most,
                      struct axis *axis)
{
    const struct points_axis *values = &points->axes[number];
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < values->count; i++) {
        low = fmin(low, values->places[i]);
        high = fmax(high, values->places[i]);
    }
    bool is_log = values->is_numeric && low > 0.0 && high > AXIS_LOG_FROM * low;
    double pad = is_log ? 0.0 : 0.04 * (high - low);
    if (is_log)
        axis_make(axis, low / 1.2, high * 1.2, true, most, false, points->arena);
    else
        axis_make(axis, is_from_zero && low >= 0.0 ? 0.0 : low - pad, high + pad, false, most,
                  false, points->arena);
    if (!values->is_numeric)
        name_ticks(values, axis);
}

const char *points_axis_name(const struct points_axis *axis, struct arena *arena)
{
    const char *name = axis->name, *last = strrchr(name, '.'), *unit = axis->unit;
    size_t owner = strcspn(name, "."), length;
    if (last && name[owner] == '.') {
        const char *whose = name + owner + 1;
        length = strcspn(whose, ".");
        if (whose + length <= last)
            name = arena_printf(arena, "%s of %.*s", last + 1, (int)length, whose);
    }
    return unit[0] != '\0' ? arena_printf(arena, "%s, %s", name, unit) : name;
}
