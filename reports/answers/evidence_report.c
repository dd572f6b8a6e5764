/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_report.h"
#include "reports/answers/evidence_files.h"
#include "reports/document/findings.h"
#include "reports/document/metric_tables.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include <math.h>
#include <string.h>

/* The report being made. */
struct making {
    const struct evidence *evidence;
    const struct result_setting *before, *after;
    struct document *document;
    struct arena *arena;
};

static void add_text(struct making *making, enum block_kind kind, const char *text)
{
    document_add(making->document, kind, text);
}

static void add_blank(struct making *making, enum block_kind kind, const char *text)
{
    document_add_blank(making->document, kind, text);
}

/* A row of a table: `texts` up to NULL; the cells after them are left to be filled in. */
static void add_row(struct table *table, const char *const *texts)
{
    struct table_cell *row = table_add_row(table);
    size_t column = 0;
    while (texts[column]) {
        row[column] = table_text(texts[column]);
        column++;
    }
    for (; column < table->column_count; column++)
        row[column] = table_blank();
}

static struct table *make_table(struct making *making, const char *const *names, size_t count)
{
    struct table_column columns[8] = {{NULL, NULL, false}};
    for (size_t i = 0; i < count; i++)
        columns[i].name = names[i];
    return table_make(columns, count, making->arena);
}

static const char *one_run(const struct making *making, const struct prediction *one,
                           const char *unit)
{
    return number_text_range(one->low, one->high, unit, making->arena);
}

/* Adds the blocks of another document; its headings say whose they are. */
static void append(struct making *making, const char *of, const struct document *from)
{
    struct document *to = making->document;
    for (const struct block *block = from->first; block; block = block->next)
        switch (block->kind) {
        case BLOCK_TABLE:
            document_add_table(to, block->table);
            break;
        case BLOCK_COMMAND:
            document_add_command(to, block->words, block->word_count);
            break;
        case BLOCK_STATEMENT:
            document_add_statement(to, block->tone, block->label, block->text);
            break;
        case BLOCK_ITEM:
            document_add_marked_item(to, block->tone, block->label, block->text);
            break;
        case BLOCK_HEADING:
            document_add(to, block->kind, arena_printf(making->arena, "%s: %s", of, block->text));
            break;
        case BLOCK_TITLE:
        case BLOCK_PARAGRAPH:
            document_add(to, block->kind, block->text);
        }
}

/* ---- sections ---------------------------------------------------------------------------- */

static void add_summary(struct making *making)
{
    const struct result *result = making->evidence->result;
    const struct result_setting *after = making->after;
    size_t passed = 0;
    for (size_t i = 0; i < after->criterion_count; i++)
        passed += after->criteria[i].verdict == VERDICT_PASS;
    add_text(making, BLOCK_HEADING, "Summary");
    document_add_statement(
        making->document, findings_tone(after->verdict), findings_word(after->verdict),
        arena_printf(making->arena,
                     "projected for %s: %zu of %zu criteria hold in %zu "
                     "simulated runs of %s",
                     after->name, passed, after->criterion_count, after->replications,
                     evidence_files_duration(result->duration_s, making->arena)));
    if (making->evidence->rehearsal) {
        add_text(making, BLOCK_PARAGRAPH, "Projected with the way there (see Rehearsal):");
        append(making, NULL, making->evidence->rehearsal->verdicts);
    }
    add_blank(making, BLOCK_ITEM, "Carried out on: ");
    add_blank(making, BLOCK_ITEM, "Carried out by: ");
    add_blank(making, BLOCK_ITEM, "Outcome in production: ");
}

static void add_timeline(struct making *making)
{
    static const char *const names[] = {"step", "projected", "evidence", "actual", "remarks"};
    const struct evidence *evidence = making->evidence;
    const struct evidence_test *test = evidence->test;
    struct arena *arena = making->arena;
    const char *length = evidence_files_duration(evidence->result->duration_s, arena);
    const char *deployed = evidence->rehearsal ? evidence->rehearsal->takes : "-";
    struct table *table = make_table(making, names, 5);
    add_row(table,
            (const char *const[]){"figures before the change collected", length, "before/", NULL});
    add_row(table, (const char *const[]){"change deployed", deployed, "during/", NULL});
    if (test)
        add_row(table, (const char *const[]){"synthetic load test",
                                             arena_printf(arena, "%lld requests, %lld at a time",
                                                          (long long)test->requests,
                                                          (long long)test->concurrency),
                                             "after/", NULL});
    add_row(table, (const char *const[]){"sustained monitoring", length, "after/", NULL});
    add_text(making, BLOCK_HEADING, "Timeline");
    document_add_table(making->document, table);
}

static void add_changes(struct making *making)
{
    static const char *const names[] = {"setting", "before", "after", "in production"};
    struct table *table = make_table(making, names, 4);
    for (size_t i = 0; i < making->evidence->change_count; i++) {
        const struct setting_change *change = &making->evidence->changes[i];
        add_row(table,
                (const char *const[]){change->path, change->before ? change->before : "(default)",
                                      change->after ? change->after : "(default)", NULL});
    }
    add_text(making, BLOCK_HEADING, "Settings before and after");
    document_add_table(making->document, table);
    add_text(making, BLOCK_PARAGRAPH,
             "Evidence: during/config_diff.txt, before/pre_change_config.json, "
             "during/post_change_config.json");
}

static const char *evidence_of(const struct result_criterion *criterion)
{
    const struct metric_row *row = criterion->identity->row;
    enum metric_role role = row ? row->role : ROLE_OTHER;
    return role == ROLE_FAILURES || role == ROLE_ERRORS || role == ROLE_CONNECTION_ERRORS
               ? "error_rate_comparison.txt"
           : role == ROLE_RESPONSE         ? "latency_comparison.json"
           : criterion->span != SPAN_WHOLE ? "sustained_monitoring.json"
                                           : "projected_metrics.json";
}

static void add_criteria(struct making *making)
{
    static const char *const names[] = {"criterion",        "target",   "projected", "one run",
                                        "projected status", "evidence", "actual",    "status"};
    struct table *table = make_table(making, names, 8);
    for (size_t i = 0; i < making->after->criterion_count; i++) {
        const struct result_criterion *criterion = &making->after->criteria[i];
        add_row(table, (const char *const[]){
                           criterion->name, findings_expectation(criterion, making->arena),
                           number_text_estimate(&criterion->estimate, criterion->unit,
                                                !making->after->is_unstable, making->arena),
                           one_run(making, &criterion->one, criterion->unit),
                           findings_word(criterion->verdict),
                           arena_printf(making->arena, "after/%s", evidence_of(criterion)), NULL});
    }
    add_text(making, BLOCK_HEADING, "Success criteria");
    document_add_table(making->document, table);
    add_text(
        making, BLOCK_PARAGRAPH,
        arena_printf(making->arena,
                     "Projected: the mean of all runs there could be, with the half width of "
                     "its %g %% confidence interval. One run: where the figure of one real run "
                     "of the same length would be, with the same confidence. Put the measured "
                     "figure beside it.",
                     100 * making->evidence->result->confidence));
}

static void add_baseline(struct making *making)
{
    static const char *const names[] = {"metric",  "before", "after",        "difference",
                                        "one run", "actual", "actual change"};
    const struct result *result = making->evidence->result;
    struct table *table = make_table(making, names, 7);
    for (size_t i = 0; i < making->after->metric_count; i++) {
        const struct result_metric *metric = &making->after->metrics[i];
        const struct result_metric *old = result_find_metric(making->before, metric->name, i);
        const char *difference = "-";
        if (!metric->identity->is_shown || !old)
            continue;
        for (size_t d = 0; d < result->difference_count; d++)
            if (strcmp(result->differences[d].metric, metric->name) == 0 &&
                strcmp(result->differences[d].from, making->before->name) == 0 &&
                strcmp(result->differences[d].to, making->after->name) == 0)
                difference = number_text_paired(&result->differences[d].estimate, metric->unit,
                                                true, making->arena);
        add_row(table, (const char *const[]){
                           metric->name,
                           number_text_estimate(&old->estimate, metric->unit,
                                                !making->before->is_unstable, making->arena),
                           number_text_estimate(&metric->estimate, metric->unit,
                                                !making->after->is_unstable, making->arena),
                           difference,
                           one_run(making, &making->after->predictions[i], metric->unit), NULL});
    }
    add_text(making, BLOCK_HEADING, "Baseline and result");
    document_add_table(making->document, table);
    add_text(making, BLOCK_PARAGRAPH,
             "Evidence: before/pre_change_metrics.json, after/projected_metrics.json; the "
             "differences are paired on the same customers.");
}

/* ---- the load test ----------------------------------------------------------------------- */

static void explain_resolution(struct making *making, const struct evidence_test *test)
{
    struct arena *arena = making->arena;
    const struct resolution *found = &test->p95;
    if (isnan(found->power))
        return;
    const char *a = number_text_quantity(test->a_s, "s", arena);
    const char *b = number_text_quantity(test->b_s, "s", arena);
    add_text(making, BLOCK_PARAGRAPH,
             arena_printf(arena,
                          "By chance alone the p95 of %lld requests is between %.2f and %.2f times "
                          "the true one. So if the true p95 were %s, such a test would still show "
                          "less than %s with a chance of %s; it would tell %s from %s in %s of all "
                          "tests.",
                          (long long)test->requests, found->low, found->high, b, a,
                          found->missed > 0 ? number_text_quantity(found->missed, "1", arena)
                                            : arena_printf(arena, "less than %.3g %%",
                                                           100 / (double)found->tests),
                          b, a, number_text_quantity(found->power, "1", arena)));
    double needed = ceil(found->times_as_large * (double)test->requests);
    add_text(making, BLOCK_PARAGRAPH,
             found->can_tell
                 ? "That is enough to rely on."
                 : arena_printf(
                       arena, "That is not enough to rely on: about %.0f requests would be needed.",
                       needed));
}

static void add_test(struct making *making)
{
    static const char *const names[] = {"figure", "expected", "one test", "actual"};
    const struct evidence_test *test = making->evidence->test;
    if (!test)
        return;
    struct table *table = make_table(making, names, 4);
    static const struct {
        enum metric_role role;
        enum metric_statistic statistic;
    } figures[] = {{ROLE_RESPONSE, STATISTIC_MEAN}, {ROLE_RESPONSE, STATISTIC_P50},
                   {ROLE_RESPONSE, STATISTIC_P95},  {ROLE_RESPONSE, STATISTIC_P99},
                   {ROLE_FAILURES, STATISTIC_NONE}, {ROLE_THROUGHPUT, STATISTIC_NONE}};
    for (size_t i = 0; i < test->found->metric_count; i++) {
        const struct result_metric *metric = &test->found->metrics[i];
        const struct metric_identity *is = metric->identity;
        bool is_shown = is->row->role == ROLE_USE && is->is_shown;
        bool is_of_test = is->resource && strcmp(is->resource, test->name) == 0;
        for (size_t k = 0; k < sizeof figures / sizeof figures[0]; k++)
            is_shown |= is_of_test && is->row->role == figures[k].role &&
                        is->statistic == figures[k].statistic;
        if (is_shown)
            add_row(table, (const char *const[]){
                               metric->name,
                               number_text_quantity(metric->estimate.estimate, metric->unit,
                                                    making->arena),
                               one_run(making, &test->found->predictions[i], metric->unit), NULL});
    }
    add_text(making, BLOCK_HEADING, "Synthetic load test");
    add_text(
        making, BLOCK_PARAGRAPH,
        arena_printf(making->arena,
                     "%lld requests of %s, %lld at a time, on top of its load; projected from "
                     "%zu such tests. One test: what a single one shows, with %g %% confidence.",
                     (long long)test->requests, test->workload, (long long)test->concurrency,
                     test->found->replications, 100 * making->evidence->result->confidence));
    document_add_table(making->document, table);
    explain_resolution(making, test);
    add_text(making, BLOCK_PARAGRAPH, "Evidence: after/synthetic_load_test_results.json");
}

/* ---- watching ---------------------------------------------------------------------------- */

/* The window that is projected highest, and where one run's could be there. */
static const struct result_window *highest(const struct result_series *series)
{
    const struct result_window *found = NULL;
    for (size_t n = 0; n < series->count; n++)
        if (isfinite(series->windows[n].mean.estimate) &&
            (!found || series->windows[n].mean.estimate > found->mean.estimate))
            found = &series->windows[n];
    return found;
}

static void add_monitoring(struct making *making)
{
    static const char *const names[] = {"metric", "highest window", "one run there", "actual"};
    struct table *table = make_table(making, names, 4);
    for (size_t s = 0; s < making->after->series_count; s++) {
        const struct result_series *series = &making->after->series[s];
        const struct result_window *window = highest(series);
        if (window)
            add_row(table, (const char *const[]){
                               series->metric,
                               number_text_estimate(&window->mean, series->unit,
                                                    !making->after->is_unstable, making->arena),
                               one_run(making, &window->one, series->unit), NULL});
    }
    add_text(making, BLOCK_HEADING, "Sustained monitoring");
    add_text(
        making, BLOCK_PARAGRAPH,
        arena_printf(making->arena, "Windows of %s, from after/sustained_monitoring.json.",
                     evidence_files_duration(making->evidence->result->window_s, making->arena)));
    document_add_table(making->document, table);
}

/* What only production can tell. */
static void add_rest(struct making *making)
{
    static const char *const names[] = {"role", "name", "decision", "date"};
    static const char *const roles[] = {"author", "reviewer", "operations"};
    struct table *table = make_table(making, names, 4);
    add_text(making, BLOCK_HEADING, "Incidents");
    add_blank(making, BLOCK_PARAGRAPH, "");
    add_text(making, BLOCK_HEADING, "Rollback");
    if (making->evidence->rehearsal)
        append(making, NULL, making->evidence->rehearsal->rollback);
    else
        add_text(making, BLOCK_PARAGRAPH,
                 "Not projected: capsim rehearse does, for a scenario with a \"rollout\".");
    add_blank(making, BLOCK_ITEM, "Needed: ");
    add_blank(making, BLOCK_ITEM, "Why, when, how long it took: ");
    add_text(making, BLOCK_HEADING, "Assessment");
    add_blank(making, BLOCK_ITEM,
              "How the measured figures compare with the projected ones (capsim score): ");
    add_blank(making, BLOCK_ITEM, "What the model left out: ");
    add_blank(making, BLOCK_ITEM, "Decision: ");
    add_text(making, BLOCK_HEADING, "Sign-off");
    for (size_t i = 0; i < 3; i++)
        add_row(table, (const char *const[]){roles[i], NULL});
    document_add_table(making->document, table);
}

static void add_basis(struct making *making)
{
    const struct result *result = making->evidence->result;
    add_text(making, BLOCK_HEADING, "What this rests on");
    for (size_t i = 0; i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        if (!assumption->is_default)
            add_text(
                making, BLOCK_ITEM,
                arena_printf(making->arena, "%s: %s (%s)", assumption->key,
                             assumption->note ? assumption->note : assumption->value,
                             assumption->source ? assumption->source : "no source: to be checked"));
    }
    add_text(making, BLOCK_PARAGRAPH, "The run, which anybody can repeat:");
    document_add_command(making->document, result->command, result->command_count);
    add_text(making, BLOCK_PARAGRAPH,
             "capsim verify with this folder tells whether any figure in it was changed.");
}

static bool write_report(const struct evidence *evidence, const char *blank, FILE *out,
                         struct error *err)
{
    const struct result *result = evidence->result;
    struct arena *arena = arena_open();
    struct document document = {.arena = arena, .blank = blank};
    struct making making = {evidence, &result->settings[evidence->before],
                            &result->settings[evidence->after], &document, arena};
    const char *title = result->title ? result->title : result->scenario_name;
    evidence_files_begin_text(&document, evidence,
                              arena_printf(arena, "Post-execution report: %s", title),
                              making.after->name);
    add_summary(&making);
    add_timeline(&making);
    add_changes(&making);
    add_criteria(&making);
    add_baseline(&making);
    add_test(&making);
    add_monitoring(&making);
    if (evidence->rehearsal)
        append(&making, "Rehearsal", evidence->rehearsal->course);
    add_rest(&making);
    add_basis(&making);
    bool is_written = document_markdown(&document, out, err);
    arena_close(arena);
    return is_written;
}

bool evidence_report_write(const void *context, FILE *out, struct error *err)
{
    return write_report(context, EVIDENCE_BLANK, out, err);
}

bool evidence_report_write_marked(const void *context, FILE *out, struct error *err)
{
    return write_report(context, EVIDENCE_MARK, out, err);
}
