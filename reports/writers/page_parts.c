/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_parts.h"
#include "reports/document/basis.h"
#include "reports/document/criterion_words.h"
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/document/metric_tables.h"
#include "reports/text/digits.h"
#include "reports/text/number_text.h"
#include "reports/writers/page_blocks.h"
#include "reports/writers/page_verdict.h"
#include <math.h>
#include <string.h>

/* ---- pictures ---- */

static const struct figure *find_figure(const struct page *page, const char *key)
{
    for (size_t i = 0; i < page->extras->figure_count; i++)
        if (strcmp(page->extras->figures[i].key, key) == 0)
            return &page->extras->figures[i];
    const struct outlook *outlook = page->extras->outlook;
    if (outlook && outlook->curve && strcmp(outlook->curve->key, key) == 0)
        return outlook->curve;
    return NULL;
}

enum { MOST_IN_A_GROUP = 4, GROUPS = 5 };

/* Which pictures stand together. What no group names stands with the part that it belongs to. */
static const struct figure_group {
    const char *link, *heading; /* heading: of several */
    const char *keys[MOST_IN_A_GROUP];
} figure_groups[GROUPS] = {
    {"Load and limits", "What it holds, and where it breaks", {"load-curve", "sweep", "heat"}},
    {"Over time", "Over time", {"timeline", "connections", "series"}},
    {"Response time", "How long requests take and wait", {"cycle", "response", "wait"}},
    {"Seen and drafted", "What was seen, and what was drafted", {"arrivals", "quantiles"}},
    {"Measured and projected",
     "What was measured, and what had been projected",
     {"diagonal", "residuals"}}};

static size_t list_group(const struct page *page, const struct figure_group *group,
                         const struct figure **figures)
{
    size_t count = 0;
    for (size_t i = 0; i < MOST_IN_A_GROUP && group->keys[i]; i++) {
        const struct figure *figure = find_figure(page, group->keys[i]);
        bool is_told = strcmp(group->keys[i], "series") == 0 && find_figure(page, "timeline");
        if (figure && !is_told)
            figures[count++] = figure;
    }
    return count;
}

/* Whether number i stands beside the next one. */
static bool is_pair(const struct figure *const *figures, size_t count, size_t i)
{
    return i + 1 < count && !figures[i]->is_wide && !figures[i + 1]->is_wide;
}

/* Two beside each other; over the whole width those that need it, and one that is left over. Where
 * the first is alone its headline is the part's heading. */
static void write_group(const struct page *page, const struct figure_group *group)
{
    const struct figure *figures[MOST_IN_A_GROUP];
    size_t count = list_group(page, group, figures);
    for (size_t i = 0; i < count; i++) {
        if (!is_pair(figures, count, i)) {
            page_blocks_figure(&page->html, figures[i], PAGE_FIGURE_ALONE, i > 0);
            continue;
        }
        fputs("<div class=\"two\">\n", page->html.out);
        page_blocks_figure(&page->html, figures[i++], PAGE_FIGURE_BESIDE, true);
        page_blocks_figure(&page->html, figures[i], PAGE_FIGURE_BESIDE, true);
        fputs("</div>\n", page->html.out);
    }
}

#define WRITE_GROUP(number)                                                                        \
    static void write_group_##number(const struct page *page)                                      \
    {                                                                                              \
        write_group(page, &figure_groups[number]);                                                 \
    }
WRITE_GROUP(0)
WRITE_GROUP(1)
WRITE_GROUP(2)
WRITE_GROUP(3)
WRITE_GROUP(4)

static void write_none(const struct page *page)
{
    fputs("<p>", page->html.out);
    html_text(&page->html, page->extras->no_figures);
    fputs("</p>\n", page->html.out);
}

/* Nearer than this share of each other two times are the same to people. */
static const double SAME = 0.01;

/* Of the first workload its own; of several resources the largest. */
static const struct result_metric *find_role(const struct result_setting *setting,
                                             enum metric_role role, enum metric_statistic statistic)
{
    const struct result_metric *found = NULL;
    for (size_t i = 0; i < setting->metric_count; i++) {
        const struct result_metric *metric = &setting->metrics[i];
        const struct metric_identity *is = metric->identity;
        if (is->row && is->row->role == role && is->statistic == statistic && !is->is_worst &&
            (!found || (role == ROLE_WAIT && metric->estimate.estimate > found->estimate.estimate)))
            found = metric;
    }
    return found;
}

/* "p95 response of api does not change", "... falls from 1.2 s to 367 ms"; NULL: not known. */
static const char *word_change(const struct page *page, enum metric_role role,
                               enum metric_statistic statistic, const char *what)
{
    const struct result *result = page->judged;
    struct arena *arena = page->html.arena;
    const struct result_setting *after = result_subject(result), *before = &result->settings[0];
    const struct result_metric *new = find_role(after, role, statistic);
    const struct result_metric *old = find_role(before, role, statistic);
    if (before == after || !new || !old)
        return NULL;
    if (role == ROLE_WAIT && old->estimate.estimate > new->estimate.estimate)
        new = result_find_metric(after, old->name, 0);
    else
        old = result_find_metric(before, new->name, 0);
    double was = old ? old->estimate.estimate : NAN, is = new ? new->estimate.estimate : NAN;
    if (!isfinite(was) || !isfinite(is))
        return NULL;
    const char *name = arena_printf(arena, "%s of %s", what, new->identity->resource);
    if (was == 0.0 && is == 0.0)
        return arena_printf(arena, "%s stays at 0", name);
    if (fabs(is - was) <= SAME * fmax(is, was))
        return arena_printf(arena, "%s does not change", name);
    return arena_printf(arena, "%s %s from %s to %s", name, is < was ? "falls" : "rises",
                        digits_quantity(was, "s", arena), digits_quantity(is, "s", arena));
}

/* Of several pictures: what changes, where two settings are compared. */
static const char *group_heading(const struct page *page, const struct figure_group *group)
{
    bool is_response = group == &figure_groups[2] && page->judged;
    const char *response =
        is_response ? word_change(page, ROLE_RESPONSE, STATISTIC_P95, "p95 response") : NULL;
    const char *wait = response ? word_change(page, ROLE_WAIT, STATISTIC_P99, "p99 wait") : NULL;
    if (!response)
        return group->heading;
    return arena_printf(page->html.arena, "The %s%s%s", response, wait ? "; " : "",
                        wait ? wait : "");
}

void page_parts_add_figures(struct page *page)
{
    static void (*const writers[GROUPS])(const struct page *page) = {
        write_group_0, write_group_1, write_group_2, write_group_3, write_group_4};
    for (size_t i = 0; i < GROUPS; i++) {
        const struct figure *figures[MOST_IN_A_GROUP];
        size_t count = list_group(page, &figure_groups[i], figures);
        if (count > 0)
            page_add_part(
                page, (struct page_part){.link = figure_groups[i].link,
                                         .heading = !is_pair(figures, count, 0)
                                                        ? figures[0]->headline
                                                        : group_heading(page, &figure_groups[i]),
                                         .write = writers[i]});
    }
    if (page->extras->figure_count == 0 && page->extras->no_figures)
        page_add_part(page, (struct page_part){.link = "Pictures", .write = write_none});
}

/* ---- the model ---- */

static void write_model(const struct page *page)
{
    page_blocks_figure(&page->html, page->extras->model, PAGE_FIGURE_ALONE, false);
}

void page_parts_add_model(struct page *page)
{
    const struct figure *model = page->extras->model;
    struct document *document = document_make(page->html.arena);
    if (page->result->description)
        document_add(document, BLOCK_PARAGRAPH, page->result->description);
    if (model || document->first)
        page_add_part(page,
                      (struct page_part){.link = "Model",
                                         .heading = model ? model->headline : "What was simulated",
                                         .first = document->first,
                                         .write = model ? write_model : NULL});
}

/* ---- criteria ---- */

static size_t count_judged(const struct result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        count += result->settings[i].criterion_count > 0;
    return count;
}

/* Where tiles say it all for the one setting that is judged, the picture would say it again. */
static void write_criteria_picture(const struct page *page)
{
    const struct figure *figure = find_figure(page, "criteria");
    bool is_told =
        count_judged(page->judged) == 1 && page->shown->criterion_count <= PAGE_VERDICT_MOST_TILES;
    if (figure && !is_told)
        page_blocks_figure(&page->html, figure, PAGE_FIGURE_ALONE, true);
}

/* "The nearest limit, of p95 latency, is 344 half widths away": whether the verdict could be
 * another one. */
static const char *criteria_heading(const struct page *page)
{
    struct arena *arena = page->html.arena;
    const struct result_setting *shown = page->shown;
    size_t open = 0, failing = 0;
    for (size_t i = 0; i < shown->criterion_count; i++) {
        open += shown->criteria[i].verdict == VERDICT_UNDECIDED;
        failing += shown->criteria[i].verdict == VERDICT_FAIL;
    }
    if (open > 0)
        return arena_printf(arena, "%zu of %zu criteria %s undecided", open, shown->criterion_count,
                            open == 1 ? "is" : "are");
    if (failing > 0)
        return arena_printf(arena, "%zu of %zu criteria %s", failing, shown->criterion_count,
                            failing == 1 ? "fails" : "fail");
    return "Every criterion holds, with its whole interval";
}

static void add_confidence(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    const char *looks =
        result->looks_planned > 1
            ? arena_printf(arena, ", jointly over %zu planned looks at the data (%zu made)",
                           result->looks_planned, result->looks_made)
            : "";
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "Intervals have %s confidence%s, over independent replications of "
                              "the whole run. They hold the chance of the draws only: an input "
                              "that is wrong moves the estimate, not its interval.",
                              number_text_quantity(result->confidence, "1", arena), looks));
}

void page_parts_add_criteria(struct page *page)
{
    const struct result *judged = page->judged;
    struct document *document = document_make(page->html.arena);
    size_t settings = judged ? count_judged(judged) : 0;
    if (settings == 0)
        return;
    if (settings > 1)
        add_confidence(document, judged);
    for (size_t i = 0; i < judged->setting_count; i++) {
        const struct result_setting *setting = &judged->settings[i];
        if (setting->criterion_count == 0)
            continue;
        if (settings > 1)
            document_add(document, BLOCK_HEADING,
                         arena_printf(page->html.arena, "Criteria for %s",
                                      document_name(document, setting->name)));
        findings_add_criteria_of(document, setting, true);
    }
    if (settings == 1)
        add_confidence(document, judged);
    page_add_part(page, (struct page_part){.link = "Criteria",
                                           .heading = criteria_heading(page),
                                           .first = document->first,
                                           .write = write_criteria_picture});
}

/* ---- settings compared ---- */

/* More settings than these stand beside each other without their changes, which are folded. */
enum { MOST_COMPARED = 3, SETTINGS_IN_A_TABLE = 6 };

/* The column with the values of the setting that is judged; 0: it is not there. */
static size_t strong_column(const struct page *page, const struct table *table,
                            enum metric_columns columns)
{
    const char *subject = result_subject(page->result)->name;
    for (size_t i = 1; i < table->column_count && columns != METRIC_CHANGES; i++)
        if (page->result->setting_count > 1 && strcmp(table->columns[i].name, subject) == 0)
            return i;
    return 0;
}

/* anchor: of the rows; NULL: none. */
static void write_settings(const struct page *page, enum metric_columns columns, size_t most,
                           const char *caption, const char *anchor)
{
    const struct result *result = page->result;
    size_t others = result->setting_count - 1, first = 1;
    do {
        size_t count = others - (first - 1);
        count = count > most ? most : count;
        const char *const *groups, *const *labels;
        const struct table *table = metric_tables_compared(result, first, count, columns, &groups,
                                                           &labels, page->html.arena);
        html_table(&page->html, &(struct html_table){.table = table,
                                                     .caption = caption,
                                                     .anchor = anchor,
                                                     .key_columns = 1,
                                                     .strong = strong_column(page, table, columns),
                                                     .label_of = labels,
                                                     .group_of = groups});
        first += count;
    } while (first <= others);
}

static void write_compared(const struct page *page)
{
    const struct html *html = &page->html;
    const struct result *result = page->result;
    bool has_many = result->setting_count - 1 > MOST_COMPARED;
    struct document *document = document_make(html->arena);
    write_settings(page, has_many ? METRIC_VALUES : METRIC_BOTH,
                   has_many ? SETTINGS_IN_A_TABLE : MOST_COMPARED, "settings compared", "metric");
    findings_add_unresolved(document, result);
    if (result->difference_count > 0)
        document_add(document, BLOCK_PARAGRAPH,
                     "Changes are paired: every setting served the same requests. pp: percentage "
                     "points.");
    page_blocks_write(html, document->first, NULL, "");
    if (!has_many || result->difference_count == 0)
        return;
    fprintf(html->out, "<details class=\"screen\"><summary>The changes of %zu settings from ",
            result->setting_count - 1);
    html_text(html, result->settings[0].name);
    fputs(", metric by metric</summary>\n", html->out);
    write_settings(page, METRIC_CHANGES, SETTINGS_IN_A_TABLE, "changes", "difference");
    fputs("</details>\n", html->out);
}

void page_parts_add_settings(struct page *page)
{
    const struct result *result = page->result;
    if (result->setting_count == 0)
        return;
    struct document *document = document_make(page->html.arena);
    findings_add_measuring(document, result);
    page_add_part(page, (struct page_part){.link = result->setting_count > 1 ? "Settings compared"
                                                                             : "Measured",
                                           .first = document->first,
                                           .write = write_compared});
}

void page_parts_add_one_run(struct page *page)
{
    if (!page->result)
        return;
    struct document *document = document_make(page->html.arena);
    findings_add_one_run(document, page->result);
    page_add_blocks(page, document->first, NULL);
}

void page_parts_add_warnings(struct page *page)
{
    struct document *document = document_make(page->html.arena);
    if (!page->judged)
        return;
    basis_add_warnings(document, page->judged);
    page_add_blocks(page, document->first, NULL);
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
    const struct result_setting *setting = result_subject(page->result);
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

static const struct answer *find_answer(const struct page *page, const char *kind)
{
    for (size_t i = 0; i < page->extras->answer_count; i++)
        if (strcmp(page->extras->answers[i]->kind, kind) == 0)
            return page->extras->answers[i];
    return NULL;
}

static void write_time(const struct page *page)
{
    const struct figure *figure = find_figure(page, "time");
    const struct answer *why = find_answer(page, "why");
    if (figure)
        page_blocks_figure(&page->html, figure, PAGE_FIGURE_ALONE, false);
    if (why) {
        page_blocks_write(&page->html, why->document->first->next, why->first_of_grounds,
                          "where the time goes");
        return;
    }
    double *bars;
    const struct table *table = time_table(page, &bars);
    html_table(&page->html, &(struct html_table){.table = table,
                                                 .caption = "mean time of each step",
                                                 .anchor = "time",
                                                 .key_columns = 1,
                                                 .bar_of = bars});
}

/* Of `why` what stands behind its title, up to its grounds. */
void page_parts_add_time(struct page *page)
{
    double *bars;
    const struct answer *why = find_answer(page, "why");
    const struct figure *figure = find_figure(page, "time");
    struct document *document = document_make(page->html.arena);
    struct page_part part = {.link = "Where the time goes",
                             .heading = figure ? figure->headline : NULL,
                             .write = write_time};
    if (why) {
        page_add_part(page, part);
        return;
    }
    if (time_table(page, &bars)->row_count == 0)
        return;
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(page->html.arena,
                              "%s: the mean of each time a named step is run, waits inside it "
                              "included, beside the mean response of its workload. A step may be "
                              "run several times in a request, or not at all.",
                              document_name(document, result_subject(page->result)->name)));
    part.first = document->first;
    page_add_part(page, part);
}

/* ---- the end ---- */

static void write_sign_off(const struct page *page)
{
    static const struct table_column columns[] = {{"role", NULL, false},
                                                  {"name", NULL, false},
                                                  {"decision", NULL, false},
                                                  {"date", NULL, false}};
    static const char *const lines[] = {"Prepared by", "Reviewed by", "Approved by"};
    struct table *table = table_make(columns, 4, page->html.arena);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        table_add_row(table)[0] = table_text(lines[i]);
    html_table(&page->html,
               &(struct html_table){.table = table, .caption = "sign-off", .is_form = true});
    fprintf(page->html.out, "<p>Signed for are the results with digest <code>%.16s</code>.</p>\n",
            page->result->digest);
}

void page_parts_add_sign_off(struct page *page)
{
    page_add_part(page, (struct page_part){.link = "Sign-off", .write = write_sign_off});
}

static void write_metrics(const struct page *page)
{
    const struct table *table = metric_tables_side_by_side(page->result, page->html.arena);
    fprintf(page->html.out,
            "<details class=\"screen\">\n<summary>%zu metrics with their intervals; * marks a "
            "quantile with too few observations beyond it. metrics.csv and the JSON have every "
            "digit.</summary>\n",
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
    page_add_part(page, (struct page_part){
                            .link = "Every metric", .write = write_metrics, .is_on_screen = true});
}
