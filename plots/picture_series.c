/* Metrics over time: a panel for each, a line for each setting, the band in which one further run
 * would be, and the limit of a criterion on the metric. */
#include "plots/picture_makers.h"
#include "plots/style.h"
#include "plots/view.h"
#include "reports/layout.h"
#include "reports/number_text.h"
#include <math.h>
#include <string.h>

enum { MOST_PANELS = 4, PANEL_HEIGHT = 190, LONGEST_LABEL = 24, LONGEST_METRIC = 60 };

/* One metric, in the settings that have it. */
struct panel {
    const char *metric, *unit;
    const json_t *lines[PLOT_STYLE_SETTINGS]; /* members of series.values */
    size_t line_count;
    double largest, limit;
    struct view_scale scale;
};

struct panels {
    const struct picture_request *request;
    double window_s, span_s;
    struct view_scale time;
    struct panel rows[MOST_PANELS];
    size_t count;
};

static double number_at(const json_t *line, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(line, key), i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static size_t windows_of(const json_t *line)
{
    return json_array_size(json_object_get(line, "estimate"));
}

/* The panel of that metric, new if there is room; or NULL. */
static struct panel *panel_of(struct panels *panels, const json_t *line)
{
    const char *metric = view_text(line, "metric");
    for (size_t i = 0; i < panels->count; i++)
        if (strcmp(panels->rows[i].metric, metric) == 0)
            return &panels->rows[i];
    bool is_wanted = !panels->request->metric || strcmp(panels->request->metric, metric) == 0;
    if (!is_wanted || panels->count == MOST_PANELS)
        return NULL;
    struct panel *panel = &panels->rows[panels->count++];
    *panel = (struct panel){.metric = metric, .unit = view_text(line, "unit"), .limit = NAN};
    return panel;
}

static void add_line(struct panels *panels, const json_t *line)
{
    struct panel *panel = panel_of(panels, line);
    if (!panel || panel->line_count == PLOT_STYLE_SETTINGS || windows_of(line) == 0)
        return;
    panel->lines[panel->line_count++] = line;
    for (size_t i = 0; i < windows_of(line); i++) {
        double high = number_at(line, "band_high", i), value = number_at(line, "estimate", i);
        panel->largest =
            fmax(panel->largest, fmax(isfinite(high) ? high : 0.0, isfinite(value) ? value : 0.0));
    }
    panels->span_s = fmax(panels->span_s, panels->window_s * (double)windows_of(line));
}

/* A limit far above what was seen would flatten the curves. */
static void find_limit(struct panels *panels, struct panel *panel)
{
    const json_t *subject = view_subject(panels->request->root);
    const json_t *criteria = json_object_get(subject, "criteria");
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *criterion = json_array_get(criteria, i);
        const char *metric = view_criterion_metric(criterion, panels->request->arena);
        double limit = view_number(criterion, "limit");
        if (strcmp(metric, panel->metric) == 0 && isfinite(limit) && limit < 8.0 * panel->largest)
            panel->limit = limit;
    }
    if (isfinite(panel->limit))
        panel->largest = fmax(panel->largest, panel->limit);
    panel->scale = view_scale(panel->unit, panel->largest);
}

static bool find_panels(struct panels *panels)
{
    const json_t *series = json_object_get(panels->request->root, "series");
    const json_t *values = json_object_get(series, "values");
    panels->window_s = view_number(series, "window_s");
    for (size_t i = 0; i < json_array_size(values); i++)
        add_line(panels, json_array_get(values, i));
    for (size_t i = 0; i < panels->count; i++)
        find_limit(panels, &panels->rows[i]);
    panels->time = view_scale("s", panels->span_s);
    return panels->count > 0 && panels->window_s > 0.0 && panels->rows[0].line_count > 0;
}

/* ---- the script ---- */

/* A point for each window, at its middle: time, estimate, band. */
static void write_line(struct script *script, const struct panels *panels, size_t row,
                       size_t number)
{
    const struct panel *panel = &panels->rows[row];
    const json_t *line = panel->lines[number];
    script_add(script, "$line%zu_%zu << END\n", row, number);
    for (size_t i = 0; i < windows_of(line); i++) {
        double middle = panels->time.factor * panels->window_s * ((double)i + 0.5);
        double low = number_at(line, "band_low", i), high = number_at(line, "band_high", i);
        script_row(script,
                   (double[]){middle, panel->scale.factor * number_at(line, "estimate", i),
                              panel->scale.factor * low, panel->scale.factor * high},
                   4);
    }
    script_add(script, "END\n");
}

static void write_names(struct script *script, const struct panel *panel)
{
    for (size_t i = 0; i < panel->line_count && panel->line_count > 1; i++) {
        script_add(script, "set label %zu ", 10 + i);
        script_text(script, layout_shorten(
                                layout_clean(view_text(panel->lines[i], "setting"), script->arena),
                                LONGEST_LABEL, script->arena));
        script_add(script,
                   " at graph 1.01, first %.9g left noenhanced textcolor linetype %zu front\n",
                   panel->scale.factor *
                       number_at(panel->lines[i], "estimate", windows_of(panel->lines[i]) - 1),
                   i + 1);
    }
}

/* True if a line runs where a label above the limit would stand. */
static bool is_crowded_above(const struct panel *panel)
{
    for (size_t i = 0; i < panel->line_count; i++)
        for (size_t w = 0; w < windows_of(panel->lines[i]) / 3 + 1; w++) {
            double value = number_at(panel->lines[i], "estimate", w);
            if (value > panel->limit && value < panel->limit + 0.15 * panel->largest)
                return true;
        }
    return false;
}

static void write_limit(struct script *script, const struct panel *panel)
{
    if (!isfinite(panel->limit))
        return;
    double limit = panel->scale.factor * panel->limit;
    script_add(script,
               "set arrow 1 from graph 0, first %.9g to graph 1, first %.9g nohead "
               "linestyle 20 front\nset label 1 ",
               limit, limit);
    script_text(script,
                arena_printf(script->arena, "limit %s",
                             number_text_quantity(panel->limit, panel->unit, script->arena)));
    script_add(script,
               " at graph 0.01, first %.9g left offset 0,%s noenhanced textcolor rgb "
               "'#b44600' front\n",
               limit, is_crowded_above(panel) ? "-0.7" : "0.6");
}

static void write_panel(struct script *script, const struct panels *panels, size_t row)
{
    const struct panel *panel = &panels->rows[row];
    const char *unit = panel->scale.unit;
    script_add(script, "%sunset arrow\n", row > 0 ? "unset label\n" : "");
    write_limit(script, panel);
    write_names(script, panel);
    script_add(script, "set label 2 ");
    script_text(script,
                arena_printf(script->arena, "%s%s%s%s",
                             layout_shorten(panel->metric, LONGEST_METRIC, script->arena),
                             unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : ""));
    script_add(script, " at graph 0, graph 1 left offset 0,0.7 noenhanced textcolor rgb '#444444'");
    script_add(script, "\nset yrange [0:%.9g]\nplot ",
               fmax(1.15 * panel->scale.factor * panel->largest, 1e-9));
    for (size_t i = 0; i < panel->line_count; i++)
        script_add(script,
                   "%s$line%zu_%zu using 1:3:4 with filledcurves linetype %zu fillstyle "
                   "transparent solid 0.18 noborder, $line%zu_%zu using 1:2 with lines linetype "
                   "%zu",
                   i > 0 ? ", " : "", row, i, i + 1, row, i, i + 1);
    script_add(script, "\n");
}

static void write_script(struct script *script, const struct panels *panels, const char *headline)
{
    int height = 48 + PANEL_HEIGHT * (int)panels->count + (panels->count == 1 ? 80 : 0);
    picture_begin(script, panels->request, headline, height, 8, 11);
    for (size_t row = 0; row < panels->count; row++)
        for (size_t i = 0; i < panels->rows[row].line_count; i++)
            write_line(script, panels, row, i);
    script_add(script, "set xrange [0:%.9g]\n", panels->time.factor * panels->span_s);
    double top = 1.0 - (panels->request->is_in_page ? 6.0 : 52.0) / height, bottom = 58.0 / height;
    double each = (top - bottom) / (double)panels->count;
    script_add(script, "set multiplot\n");
    for (size_t row = 0; row < panels->count; row++) {
        bool is_last = row + 1 == panels->count;
        script_add(script, "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
                   top - each * (double)row - 22.0 / height,
                   top - each * (double)(row + 1) + (is_last ? 0.0 : 8.0 / height));
        if (is_last)
            script_add(script, "set format x\nset xlabel 'time [%s]'\n", panels->time.unit);
        else
            script_add(script, "set format x ''\n");
        write_panel(script, panels, row);
    }
    script_add(script, "unset multiplot\n");
}

/* ---- the finding ---- */

/* The highest window of the subject's line, or of the last. */
static double peak_of(const struct panel *panel, size_t *window)
{
    const json_t *line = panel->lines[panel->line_count - 1];
    double peak = NAN;
    *window = 0;
    for (size_t i = 0; i < windows_of(line); i++) {
        double value = number_at(line, "estimate", i);
        if (isfinite(value) && !(value <= peak)) {
            peak = value;
            *window = i;
        }
    }
    return peak;
}

/* "proposed: db_pool.utilization peaks at 18.9 % after 12 min; the limit is 70 %" */
static const char *word_headline(const struct panels *panels, struct arena *arena)
{
    const struct panel *panel = &panels->rows[0];
    size_t window;
    double peak = peak_of(panel, &window);
    double after = panels->time.factor * panels->window_s * ((double)window + 0.5);
    const char *text = arena_printf(arena, "%s: %s peaks at %s after %s %s",
                                    view_text(panel->lines[panel->line_count - 1], "setting"),
                                    panel->metric, number_text_quantity(peak, panel->unit, arena),
                                    number_text_plain(after, arena), panels->time.unit);
    return isfinite(panel->limit)
               ? arena_printf(arena, "%s; the limit is %s", text,
                              number_text_quantity(panel->limit, panel->unit, arena))
               : text;
}

static const char *word_alt(const struct panels *panels, struct arena *arena)
{
    const char *text = arena_printf(arena, "Over %s, in windows of %s.",
                                    number_text_quantity(panels->span_s, "s", arena),
                                    number_text_quantity(panels->window_s, "s", arena));
    for (size_t i = 0; i < panels->count; i++) {
        size_t window;
        double peak = peak_of(&panels->rows[i], &window);
        text = arena_printf(arena, "%s %s: highest %s.", text, panels->rows[i].metric,
                            number_text_quantity(peak, panels->rows[i].unit, arena));
    }
    return text;
}

bool picture_make_series(const struct picture_request *request, struct picture *picture,
                         struct error *err)
{
    struct panels *panels = arena_alloc(request->arena, sizeof *panels);
    panels->request = request;
    if (!find_panels(panels))
        return error_set(err, STATUS_INPUT,
                         request->metric ? "it has no series of %s: give --series %s to run"
                                         : "it has no series: give --series METRIC to run",
                         request->metric, request->metric);
    picture->headline = word_headline(panels, request->arena);
    picture->alt = word_alt(panels, request->arena);
    struct script script;
    script_open(&script, request->arena);
    write_script(&script, panels, picture->headline);
    picture->script = script_close(&script);
    return true;
}
