/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_parts.h"
#include "reports/document/basis.h"
#include "reports/document/metric_tables.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_KEY_LENGTH = 60, MAX_VALUE_LENGTH = 160, MAX_JSON_LENGTH = 48 };

const struct result_setting *page_parts_subject(const struct result *result)
{
    for (size_t i = result->setting_count; i-- > 0;)
        if (result->settings[i].verdict != VERDICT_NONE)
            return &result->settings[i];
    return &result->settings[result->setting_count - 1];
}

/* ---- where the time goes ---- */

/* Whether it is the mean of a metric of that role. */
static bool is_mean_of(const struct result_metric *metric, enum metric_role role)
{
    const struct metric_identity *is = metric->identity;
    return is->row && is->row->role == role && is->statistic == STATISTIC_MEAN;
}

/* The mean response of the workload whose step this is; NaN when it was not observed. */
static double response_of_step(const struct result_setting *setting,
                               const struct result_metric *step)
{
    for (size_t i = 0; i < setting->metric_count; i++)
        if (is_mean_of(&setting->metrics[i], ROLE_RESPONSE) &&
            strcmp(setting->metrics[i].identity->resource, step->identity->resource) == 0)
            return setting->metrics[i].estimate.estimate;
    return NAN;
}

static void add_time_row(struct table *table, const struct result_setting *setting,
                         const struct result_metric *metric, double *bars)
{
    struct arena *arena = table->arena;
    bool is_step = is_mean_of(metric, ROLE_STEP);
    double whole = is_step ? response_of_step(setting, metric) : NAN;
    double share = whole > 0.0 ? metric->estimate.estimate / whole : NAN;
    bars[table->row_count] = share;
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(metric->name);
    row[1] = table_text(
        number_text_estimate(&metric->estimate, metric->unit, !setting->is_unstable, arena));
    row[2] = table_text(is_step ? number_text_quantity(share, "1", arena) : "");
}

static struct table *time_table(const struct page *page, double **bars)
{
    static const struct table_column columns[] = {
        {"step, or wait", NULL, false}, {"mean", NULL, true}, {"of the mean response", NULL, true}};
    const struct result_setting *setting = page_parts_subject(page->result);
    struct table *table = table_make(columns, 3, page->html.arena);
    *bars = arena_array(page->html.arena, setting->metric_count, sizeof **bars);
    for (size_t i = 0; i < setting->metric_count; i++)
        if (is_mean_of(&setting->metrics[i], ROLE_STEP))
            add_time_row(table, setting, &setting->metrics[i], *bars);
    for (size_t i = 0; i < setting->metric_count && table->row_count > 0; i++)
        if (is_mean_of(&setting->metrics[i], ROLE_WAIT))
            add_time_row(table, setting, &setting->metrics[i], *bars);
    return table;
}

static void write_time(const struct page *page)
{
    double *bars;
    const struct table *table = time_table(page, &bars);
    html_table(&page->html, &(struct html_table){.table = table,
                                                 .caption = "mean time of each step",
                                                 .anchor = "time",
                                                 .key_columns = 1,
                                                 .bar_of = bars});
}

void page_parts_add_time(struct page *page)
{
    double *bars;
    if (time_table(page, &bars)->row_count == 0)
        return;
    struct document *document = document_make(page->html.arena);
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(page->html.arena,
                              "%s: the mean of each time a named step is run, waits inside it "
                              "included, beside the mean response of its workload. A step may be "
                              "run several times in a request, or not at all.",
                              document_name(document, page_parts_subject(page->result)->name)));
    page_add_part(page, "Where the time goes", document->first, NULL, write_time);
}

/* ---- inputs ---- */

enum input_kind { INPUT_ASSUMED, INPUT_MEASURED, INPUT_FITTED, INPUT_DEFAULT, INPUT_KINDS };

static const char *const kind_words[INPUT_KINDS] = {"assumed", "sourced", "fitted", "default"};

static enum input_kind kind_of(const struct assumption *assumption)
{
    if (assumption->is_default)
        return INPUT_DEFAULT;
    if (!assumption->source)
        return INPUT_ASSUMED;
    return strcmp(assumption->source, "computed by capsim") == 0 ? INPUT_FITTED : INPUT_MEASURED;
}

/* A piece of the scenario's JSON that a note explains is better read there. */
static bool is_explained_json(const struct assumption *assumption)
{
    return assumption->note && (assumption->value[0] == '{' || assumption->value[0] == '[') &&
           layout_width(assumption->value) > MAX_JSON_LENGTH;
}

static void add_input_row(struct table *table, const struct assumption *assumption)
{
    enum input_kind kind = kind_of(assumption);
    bool is_telling = assumption->note && strcmp(assumption->note, "default") != 0;
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(layout_shorten(assumption->key, MAX_KEY_LENGTH, table->arena));
    row[1] = table_toned(kind_words[kind], kind == INPUT_ASSUMED ? TONE_UNSURE : TONE_PLAIN);
    if (assumption->value && !is_explained_json(assumption))
        row[2] = table_text(layout_shorten(assumption->value, MAX_VALUE_LENGTH, table->arena));
    if (is_telling)
        row[3] = table_text(assumption->note);
    if (kind == INPUT_MEASURED || kind == INPUT_ASSUMED)
        row[4] = table_text(assumption->source ? assumption->source : "none");
}

/* The inputs of the kinds from first to last; counts[INPUT_KINDS] are added to. */
static struct table *input_table(const struct page *page, int first, int last, size_t *counts)
{
    static const struct table_column columns[] = {{"key", NULL, false},
                                                  {"kind", NULL, false},
                                                  {"value", NULL, false},
                                                  {"note", NULL, false},
                                                  {"source", NULL, false}};
    const struct result *result = page->result;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], page->html.arena);
    for (int kind = first; kind <= last; kind++)
        for (size_t i = 0; i < result->assumption_count; i++)
            if ((int)kind_of(&result->assumptions[i]) == kind) {
                counts[kind]++;
                add_input_row(table, &result->assumptions[i]);
            }
    table_drop_empty_columns(table);
    return table;
}

void page_parts_add_inputs(struct page *page)
{
    size_t counts[INPUT_KINDS] = {0};
    struct document *document = document_make(page->html.arena);
    const struct table *given = input_table(page, INPUT_ASSUMED, INPUT_FITTED, counts);
    const struct table *defaults = input_table(page, INPUT_DEFAULT, INPUT_DEFAULT, counts);
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(page->html.arena,
                              "%zu with a source, %zu assumed without one, %zu fitted by capsim, "
                              "%zu defaults taken. Measure what is assumed before relying on a "
                              "narrow margin.",
                              counts[INPUT_MEASURED], counts[INPUT_ASSUMED], counts[INPUT_FITTED],
                              counts[INPUT_DEFAULT]));
    if (given->row_count > 0)
        document_add_cited_table(document, given, "input", 1);
    if (defaults->row_count > 0)
        document_add_cited_table(document, defaults, "input", 1);
    page_add_part(page, "Inputs: measured or assumed", document->first, NULL, NULL);
}

/* ---- uncertainty ---- */

/* "3.1 half widths": how far the limit is from the estimate, in units of the doubt. */
static const char *distance_text(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *estimate = &criterion->estimate;
    double reach = criterion->limit >= estimate->estimate ? estimate->high - estimate->estimate
                                                          : estimate->estimate - estimate->low;
    double distance = fabs(criterion->limit - estimate->estimate);
    if (!criterion->has_limit || !estimate->has_interval || !isfinite(distance))
        return "-";
    if (!(reach > 0.0))
        return "no spread";
    return arena_printf(arena, "%s half widths", number_text_plain(distance / reach, arena));
}

static const char *doubt_of(const struct estimate *estimate)
{
    if (estimate->is_unresolved)
        return "unresolved: decides nothing";
    if (!estimate->has_interval)
        return "no interval";
    return estimate->is_upper_bound ? "no event seen: exact bound" : "";
}

static const struct table *uncertainty_table(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {{"criterion", NULL, false},
                                                  {"setting", NULL, false},
                                                  {"measured", NULL, true},
                                                  {"distance to limit", NULL, true},
                                                  {"remark", NULL, false}};
    struct table *table = table_make(columns, 5, arena);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].criterion_count; k++) {
            const struct result_criterion *criterion = &result->settings[i].criteria[k];
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(criterion->name);
            row[1] = table_text(result->settings[i].name);
            row[2] = table_text(
                number_text_estimate(&criterion->estimate, criterion->unit, true, arena));
            row[3] = table_text(distance_text(criterion, arena));
            row[4] = table_text(doubt_of(&criterion->estimate));
        }
    table_drop_empty_columns(table);
    return table;
}

void page_parts_add_uncertainty(struct page *page)
{
    struct arena *arena = page->html.arena;
    const struct result *result = page->result;
    struct document *document = document_make(arena);
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "Intervals have %s confidence, over independent replications of the "
                              "whole run. They hold the chance of the draws only: what is assumed "
                              "wrongly moves the estimate, not its interval.",
                              number_text_quantity(result->confidence, "1", arena)));
    if (result->looks_planned > 1)
        document_add(document, BLOCK_PARAGRAPH,
                     arena_printf(arena,
                                  "The confidence holds jointly over %zu planned looks at the "
                                  "data, of which %zu were made.",
                                  result->looks_planned, result->looks_made));
    const struct table *table = uncertainty_table(result, arena);
    if (table->row_count > 0)
        document_add_cited_table(document, table, "uncertainty", 2);
    page_add_part(page, "Uncertainty", document->first, NULL, NULL);
}

/* ---- the end ---- */

static void write_sign_off(const struct page *page)
{
    static const char *const lines[] = {"Prepared by", "Reviewed by", "Approved by"};
    const struct html *html = &page->html;
    fprintf(html->out, "<p>Signed for are the results with digest <code>%.16s</code>.</p>\n",
            page->result->digest);
    fputs(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"sign-off\">"
        "<table class=\"sign\">\n<thead><tr><th scope=\"col\">role</th><th scope=\"col\">name</th>"
        "<th scope=\"col\">decision</th><th scope=\"col\">date</th></tr></thead>\n<tbody>\n",
        html->out);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        fprintf(html->out, "<tr><th scope=\"row\">%s</th><td></td><td></td><td></td></tr>\n",
                lines[i]);
    fputs("</tbody></table></div>\n", html->out);
}

void page_parts_add_sign_off(struct page *page)
{
    page_add_part(page, "Sign-off", NULL, NULL, write_sign_off);
}

static void write_metrics(const struct page *page)
{
    const struct table *table = metric_tables_side_by_side(page->result, page->html.arena);
    fprintf(page->html.out,
            "<details>\n<summary>%zu metrics with their intervals; * marks a quantile with too few "
            "observations beyond it. metrics.csv and the JSON have every digit.</summary>\n",
            table->row_count);
    html_table(&page->html, &(struct html_table){.table = table,
                                                 .caption = "every metric of every setting",
                                                 .anchor = "all",
                                                 .key_columns = 1,
                                                 .is_unlinked = true});
    fputs("</details>\n", page->html.out);
}

void page_parts_add_metrics(struct page *page)
{
    page_add_part(page, "Every metric", NULL, NULL, write_metrics);
}
