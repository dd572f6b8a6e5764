/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of each criterion's limit is used up: one row for each, 100 % is the limit. */
#include "plots/picture_makers.h"
#include "plots/view.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_ROWS = 24, MAX_LABEL_LENGTH = 26, ROW_HEIGHT = 26, FRAME_HEIGHT = 70 };

struct criterion_row {
    const json_t *setting, *criterion;
    double used, low, high; /* of the limit */
    double style;           /* line style of its verdict */
};

struct criterion_rows {
    struct criterion_row rows[MAX_ROWS];
    size_t count, judged, passed;
    double largest;
    bool has_settings; /* more than one is judged: rows are named after both */
};

/* What part of its limit a value takes; what must stay above one takes the inverse. */
static double part_of_limit(const json_t *criterion, double value)
{
    double limit = view_number(criterion, "limit");
    return view_text(criterion, "op")[0] == '>' ? limit / value : value / limit;
}

static void add_row(struct criterion_rows *rows, const json_t *setting, const json_t *criterion)
{
    const char *verdict = view_text(criterion, "verdict");
    double used = part_of_limit(criterion, view_number(criterion, "estimate"));
    double one = part_of_limit(criterion, view_number(criterion, "low"));
    double other = part_of_limit(criterion, view_number(criterion, "high"));
    rows->judged++;
    rows->passed += strcmp(verdict, "pass") == 0;
    if (!isfinite(used) || rows->count == MAX_ROWS)
        return;
    struct criterion_row *row = &rows->rows[rows->count++];
    *row = (struct criterion_row){setting,
                                  criterion,
                                  used,
                                  isfinite(one) && isfinite(other) ? fmin(one, other) : used,
                                  isfinite(one) && isfinite(other) ? fmax(one, other) : used,
                                  strcmp(verdict, "pass") == 0   ? 11
                                  : strcmp(verdict, "fail") == 0 ? 12
                                                                 : 13};
    rows->largest = fmax(rows->largest, fmax(row->used, row->high));
}

static void find_rows(struct criterion_rows *rows, const json_t *root)
{
    const json_t *settings = view_settings(root);
    size_t judged = 0;
    for (size_t s = 0; s < json_array_size(settings); s++) {
        const json_t *setting = json_array_get(settings, s);
        const json_t *criteria = json_object_get(setting, "criteria");
        judged += json_array_size(criteria) > 0;
        for (size_t i = 0; i < json_array_size(criteria); i++)
            add_row(rows, setting, json_array_get(criteria, i));
    }
    rows->has_settings = judged > 1;
}

static const char *name_of(const struct criterion_rows *rows, size_t i, struct arena *arena)
{
    const char *name = view_text(rows->rows[i].criterion, "name");
    if (rows->has_settings)
        name = arena_printf(arena, "%s: %s", view_text(rows->rows[i].setting, "name"), name);
    return layout_shorten(layout_clean(name, arena), MAX_LABEL_LENGTH, arena);
}

/* Beyond five times its limit a point would only squeeze the others: it stays at the edge. */
static double shown(double used)
{
    return 100.0 * fmin(used, 5.0);
}

static void write_points(struct script *script, const struct criterion_rows *rows, double style)
{
    script_add(script, "$rows%.0f << END\n", style);
    for (size_t i = 0; i < rows->count; i++) {
        const struct criterion_row *row = &rows->rows[i];
        if (row->style == style)
            script_row(script,
                       (double[]){shown(row->used), -(double)i, shown(row->low), shown(row->high)},
                       4);
    }
    script_add(script, "NaN NaN NaN NaN\nEND\n");
}

/* The figures stand in a column of their own: nowhere else would they never touch the limit. */
static void write_labels(struct script *script, const struct criterion_rows *rows)
{
    script_add(script, "set ytics (");
    for (size_t i = 0; i < rows->count; i++) {
        script_add(script, "%s", i > 0 ? ", " : "");
        script_tic(script, name_of(rows, i, script->arena));
        script_add(script, " %d", -(int)i);
    }
    script_add(script, ") noenhanced\n");
    for (size_t i = 0; i < rows->count; i++) {
        script_add(script, "set label ");
        script_text(script, number_text_quantity(rows->rows[i].used, "1", script->arena));
        script_add(script, " at graph 1, first %d left offset 0.8,0 noenhanced\n", -(int)i);
    }
}

static void write_script(struct script *script, const struct picture_request *request,
                         const struct criterion_rows *rows, const char *headline)
{
    double right = 100.0 * fmin(fmax(1.2, 1.05 * rows->largest), 5.2);
    picture_begin(script, request, headline, FRAME_HEIGHT + ROW_HEIGHT * (int)rows->count, 27, 11);
    for (int style = 11; style <= 13; style++)
        write_points(script, rows, style);
    write_labels(script, rows);
    script_add(script, "set xrange [0:%.3f]\nset yrange [%.1f:0.7]\n", right,
               -(double)rows->count + 0.3);
    script_add(script, "set xlabel 'part of the limit that is used up [%%]'\n"
                       "set grid noytics\n"
                       "set object 1 rectangle from 100, graph 0 to graph 1, graph 1 behind "
                       "fillcolor rgb '#b44600' fillstyle solid 0.12 noborder\n"
                       "set arrow 1 from 100, graph 0 to 100, graph 1 nohead linestyle 20\n"
                       "plot ");
    for (int style = 11; style <= 13; style++)
        script_add(script, "%s$rows%d using 1:2:3:4 with xerrorbars linestyle %d",
                   style > 11 ? ", " : "", style, style);
    script_add(script, "\n");
}

/* "5 of 5 criteria hold; nearest: p95 latency at 73.35 % of its limit" */
static const char *word_headline(const struct criterion_rows *rows, struct arena *arena)
{
    size_t most = 0;
    for (size_t i = 1; i < rows->count; i++)
        if (rows->rows[i].used > rows->rows[most].used)
            most = i;
    return arena_printf(arena, "%zu of %zu criteria hold; %s: %s at %s of its limit", rows->passed,
                        rows->judged, rows->rows[most].used > 1.0 ? "furthest beyond" : "nearest",
                        view_text(rows->rows[most].criterion, "name"),
                        number_text_quantity(rows->rows[most].used, "1", arena));
}

static const char *word_alt(const struct criterion_rows *rows, struct arena *arena)
{
    const char *text = "Part of each limit that is used up.";
    for (size_t i = 0; i < rows->count; i++)
        text = arena_printf(arena, "%s %s: %s, %s.", text, name_of(rows, i, arena),
                            number_text_quantity(rows->rows[i].used, "1", arena),
                            view_text(rows->rows[i].criterion, "verdict"));
    return text;
}

bool picture_make_criteria(const struct picture_request *request, struct picture *picture,
                           struct error *err)
{
    struct criterion_rows *rows = arena_alloc(request->arena, sizeof *rows);
    find_rows(rows, request->root);
    if (rows->count == 0)
        return error_set(err, STATUS_INPUT, "it has no criterion with a limit above 0");
    picture->headline = word_headline(rows, request->arena);
    picture->alt = word_alt(rows, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, request, rows, picture->headline);
    picture->script = script_close(&script);
    return true;
}
