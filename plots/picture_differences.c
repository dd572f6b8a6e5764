/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before and after: how much each key metric changes, in per cent of the baseline's value, with the
 * interval of the paired difference. */
#include "models/metrics/metric_catalogue.h"
#include "plots/picture_makers.h"
#include "plots/style.h"
#include "plots/view.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_ROWS = 24, MAX_LABEL_LENGTH = 28, ROW_HEIGHT = 22, FRAME_HEIGHT = 66 };

/* A change beyond three times the baseline is drawn at the edge. */
static const double EDGE = 300.0;

struct change {
    const char *metric;
    double percent, low, high; /* of the baseline's value */
};

struct difference_list {
    struct change rows[MAX_ROWS];
    size_t count;
    const char *from, *to;
    double least, most;
};

static void add_change(struct difference_list *changes, const json_t *base,
                       const json_t *difference)
{
    const char *metric = view_text(difference, "metric");
    double before = view_number(view_metric(base, metric), "estimate");
    double change = view_number(difference, "estimate");
    double low = view_number(difference, "low"), high = view_number(difference, "high");
    if (!(before > 0.0) || !isfinite(change) || changes->count == MAX_ROWS)
        return;
    double factor = 100.0 / before;
    changes->rows[changes->count++] =
        (struct change){metric, factor * change, factor * (isfinite(low) ? low : change),
                        factor * (isfinite(high) ? high : change)};
    changes->least = fmin(changes->least, fmax(factor * change, -EDGE));
    changes->most = fmax(changes->most, fmin(factor * change, EDGE));
}

/* Those to the setting that a reader is asked to agree to, or to the last. */
static void find_changes(struct difference_list *changes, const json_t *root, struct arena *arena)
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
            metric_catalogue_identity(view_text(difference, "metric"), arena)->is_shown)
            add_change(changes, base, difference);
    }
}

static void write_rows(struct script *script, const struct difference_list *changes)
{
    script_add(script, "$rows << END\n");
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *row = &changes->rows[i];
        script_row(script,
                   (double[]){fmax(fmin(row->percent, EDGE), -EDGE), -(double)i,
                              fmax(fmin(row->low, EDGE), -EDGE),
                              fmax(fmin(row->high, EDGE), -EDGE)},
                   4);
    }
    script_add(script, "END\nset ytics (");
    for (size_t i = 0; i < changes->count; i++) {
        script_add(script, "%s", i > 0 ? ", " : "");
        script_tic(script, layout_shorten(layout_clean(changes->rows[i].metric, script->arena),
                                          MAX_LABEL_LENGTH, script->arena));
        script_add(script, " %d", -(int)i);
    }
    script_add(script, ") noenhanced\n");
}

/* Three digits; below what a picture can show, nothing. */
static const char *signed_percent(double percent, struct arena *arena)
{
    if (fabs(percent) < 0.005)
        return "0 %";
    return arena_printf(arena, "%+.*f %%", fabs(percent) < 1.0 ? 2 : fabs(percent) < 100.0,
                        percent);
}

static void write_values(struct script *script, const struct difference_list *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        script_add(script, "set label ");
        script_text(script, signed_percent(changes->rows[i].percent, script->arena));
        script_add(script, " at graph 1, first %d left offset 0.8,0 noenhanced\n", -(int)i);
    }
}

static void write_script(struct script *script, const struct picture_request *request,
                         const struct difference_list *changes, const char *headline)
{
    double reach = changes->most - changes->least;
    double pad = reach > 0.0 ? 0.08 * reach : 1.0;
    picture_begin(script, request, headline, FRAME_HEIGHT + ROW_HEIGHT * (int)changes->count, 27,
                  11);
    write_rows(script, changes);
    write_values(script, changes);
    script_add(script, "set xrange [");
    script_number(script, changes->least - pad);
    script_add(script, ":");
    script_number(script, changes->most + pad);
    script_add(script, "]\nset yrange [%.1f:0.7]\nset grid noytics\n",
               -(double)changes->count + 0.3);
    script_add(script, "set xlabel ");
    script_text(script, arena_printf(script->arena, "change from %s to %s [%%]",
                                     layout_shorten(layout_clean(changes->from, script->arena),
                                                    MAX_LABEL_LENGTH, script->arena),
                                     layout_shorten(layout_clean(changes->to, script->arena),
                                                    MAX_LABEL_LENGTH, script->arena)));
    script_add(script, "\nset arrow 1 from 0, graph 0 to 0, graph 1 nohead linestyle 21\n"
                       "plot $rows using 1:2:3:4 with xerrorbars linetype 1 pointsize 0.8\n");
}

/* "From baseline to proposed: db_pool.utilization -75 %, db_pool.wait.mean -98 %" */
static const char *word_headline(const struct difference_list *changes, struct arena *arena)
{
    size_t most = 0, second = 0;
    for (size_t i = 1; i < changes->count; i++)
        if (fabs(changes->rows[i].percent) > fabs(changes->rows[most].percent))
            most = i;
    second = most == 0 && changes->count > 1 ? 1 : 0;
    for (size_t i = 0; i < changes->count; i++)
        if (i != most && fabs(changes->rows[i].percent) > fabs(changes->rows[second].percent))
            second = i;
    const char *text = arena_printf(arena, "From %s to %s: %s %s", changes->from, changes->to,
                                    changes->rows[most].metric,
                                    signed_percent(changes->rows[most].percent, arena));
    return second == most ? text
                          : arena_printf(arena, "%s, %s %s", text, changes->rows[second].metric,
                                         signed_percent(changes->rows[second].percent, arena));
}

static const char *word_alt(const struct difference_list *changes, struct arena *arena)
{
    const char *text = arena_printf(arena, "Changes from %s to %s, in per cent of %s.",
                                    changes->from, changes->to, changes->from);
    for (size_t i = 0; i < changes->count; i++)
        text = arena_printf(arena, "%s %s %s.", text, changes->rows[i].metric,
                            signed_percent(changes->rows[i].percent, arena));
    return text;
}

bool picture_make_differences(const struct picture_request *request, struct picture *picture,
                              struct error *err)
{
    struct difference_list *changes = arena_alloc(request->arena, sizeof *changes);
    find_changes(changes, request->root, request->arena);
    if (changes->count == 0)
        return error_set(err, STATUS_INPUT, "it has no differences between two settings");
    picture->headline = word_headline(changes, request->arena);
    picture->alt = word_alt(changes, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, request, changes, picture->headline);
    picture->script = script_close(&script);
    return true;
}
