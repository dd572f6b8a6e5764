/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_sections.h"
#include "reports/answers/evidence_files.h"
#include "reports/answers/evidence_people.h"
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/document/metric_tables.h"
#include "reports/document/value_words.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static void add_text(struct evidence_making *making, enum block_kind kind, const char *text)
{
    document_add(making->document, kind, text);
}

static void add_blank(struct evidence_making *making, enum block_kind kind, const char *text)
{
    document_add_blank(making->document, kind, text);
}

static const char *one_run(const struct evidence_making *making, const struct prediction *one,
                           const char *unit)
{
    return number_text_range(one->low, one->high, unit, making->arena);
}

/* ---- sections ---------------------------------------------------------------------------- */

static void add_header(struct evidence_making *making)
{
    add_blank(making, BLOCK_ITEM, "Phase: ");
    add_blank(making, BLOCK_ITEM, "Carried out on: ");
    add_blank(making, BLOCK_ITEM, "Carried out by: ");
    add_blank(making, BLOCK_ITEM, "Status (success, rollback, partial): ");
}

/* "resources.db_pool.max from 50 to 200, resources.db_pool.min from 10 to 20" */
const char *evidence_objective(const struct evidence_making *making)
{
    const char *text = "";
    for (size_t i = 0; i < making->evidence->change_count; i++) {
        const struct setting_change *change = &making->evidence->changes[i];
        text = arena_printf(making->arena, "%s%s%s from %s to %s", text, i > 0 ? ", " : "",
                            change->path, change->before ? change->before : "its default",
                            change->after ? change->after : "its default");
    }
    return text;
}

/* "500 requests/s (50,000 customers, 10 % active, ...)": in brackets what an assumption says of the
 * arrivals. */
static const char *load_text(const struct evidence_making *making)
{
    const struct scenario *spec =
        headline_find_scenario(making->evidence->set, making->after->name);
    const struct result *result = making->evidence->result;
    const char *load = headline_load(spec, making->arena);
    for (size_t i = 0; spec && spec->workload_count == 1 && i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        const char *key =
            arena_printf(making->arena, "workloads.%s.arrivals", spec->workloads[0].name);
        if (assumption->value && strcmp(assumption->key, key) == 0)
            return arena_printf(making->arena, "%s (%s)", load,
                                value_words(assumption->value, making->arena));
    }
    return load;
}

static void add_summary(struct evidence_making *making)
{
    const struct result *result = making->evidence->result;
    const struct result_setting *after = making->after;
    size_t passed = 0;
    for (size_t i = 0; i < after->criterion_count; i++)
        passed += after->criteria[i].verdict == VERDICT_PASS;
    add_text(making, BLOCK_HEADING, "Summary");
    add_text(making, BLOCK_ITEM,
             arena_printf(making->arena, "Objective: %s, for %s", evidence_objective(making),
                          load_text(making)));
    document_add_statement(
        making->document, findings_tone(after->verdict), findings_word(after->verdict),
        arena_printf(making->arena,
                     "projected for %s: %zu of %zu criteria hold in %zu "
                     "simulated runs of %s",
                     after->name, passed, after->criterion_count, after->replications,
                     evidence_files_duration(result->duration_s, making->arena)));
    if (making->evidence->rehearsal) {
        add_text(making, BLOCK_PARAGRAPH, "Projected with the way there (see Rehearsal):");
        evidence_people_append(making->document, NULL, making->evidence->rehearsal->verdicts);
    }
    add_text(making, BLOCK_ITEM,
             arena_printf(making->arena, "Duration expected: %s",
                          making->evidence->rehearsal ? making->evidence->rehearsal->takes
                                                      : "not projected without a rollout"));
    add_blank(making, BLOCK_ITEM, "Duration, actual: ");
    add_blank(making, BLOCK_ITEM, "Outcome in production: ");
    add_blank(making, BLOCK_ITEM, "Impact (none, minimal, issues): ");
    add_blank(making, BLOCK_ITEM, "Next phase (proceed, investigate and retry, stop): ");
}

/* A time limit of a pool, or "none". */
static const char *limit_text(int64_t limit_ns, struct arena *arena)
{
    return limit_ns == SPEC_NEVER ? "none"
                                  : number_text_quantity((double)limit_ns / 1e9, "s", arena);
}

static bool is_changed(const struct evidence *evidence, const char *path)
{
    for (size_t i = 0; i < evidence->change_count; i++)
        if (strcmp(evidence->changes[i].path, path) == 0)
            return true;
    return false;
}

/* What a pool that the change is about has besides, and keeps. */
static void add_unchanged(struct evidence_making *making, struct table *table,
                          const char *pool_path, const struct pool_spec *pool)
{
    struct arena *arena = making->arena;
    const struct {
        const char *key, *value;
    } kept[] = {{"max", arena_printf(arena, "%lld", (long long)pool->max)},
                {"min", arena_printf(arena, "%lld", (long long)pool->min)},
                {"idle_timeout", limit_text(pool->idle_timeout_ns, arena)},
                {"connect_timeout", limit_text(pool->connect_timeout_ns, arena)}};
    bool is_touched = false;
    for (size_t i = 0; i < making->evidence->change_count; i++)
        is_touched |= strncmp(making->evidence->changes[i].path, pool_path, strlen(pool_path)) == 0;
    for (size_t i = 0; is_touched && i < sizeof kept / sizeof kept[0]; i++) {
        const char *path = arena_printf(arena, "%s%s", pool_path, kept[i].key);
        if (!is_changed(making->evidence, path))
            evidence_people_add_row(table,
                                    (const char *const[]){path, kept[i].value, "unchanged", NULL});
    }
}

static void add_pools(struct evidence_making *making, struct table *table)
{
    const struct scenario *spec =
        &making->evidence->set->settings[making->evidence->after].scenario;
    for (size_t p = 0; p < spec->pool_count; p++) {
        const struct pool_spec *pool = &spec->pools[p];
        const char *own = pool->name, *place = "";
        if (pool->service != SPEC_NO_SERVICE) {
            const char *service = spec->services[pool->service].name;
            place = arena_printf(making->arena, "services.%s.", service);
            own += strlen(service) + 1;
        }
        add_unchanged(making, table, arena_printf(making->arena, "%sresources.%s.", place, own),
                      pool);
    }
}

static void add_changes(struct evidence_making *making)
{
    static const char *const names[] = {"setting", "before", "after", "in production"};
    struct table *table =
        evidence_people_table(names, sizeof names / sizeof names[0], making->arena);
    for (size_t i = 0; i < making->evidence->change_count; i++) {
        const struct setting_change *change = &making->evidence->changes[i];
        evidence_people_add_row(
            table,
            (const char *const[]){change->path, change->before ? change->before : "(default)",
                                  change->after ? change->after : "(default)", NULL});
    }
    add_pools(making, table);
    evidence_people_add_row(table, (const char *const[]){"commit", NULL});
    add_text(making, BLOCK_HEADING, "Settings before and after");
    document_add_table(making->document, table);
    add_text(making, BLOCK_PARAGRAPH,
             "Evidence: during_change/config_diff.txt, pre_change/pre_change_config.json, "
             "during_change/post_change_config.json");
}

static const char *evidence_of(const struct result_criterion *criterion)
{
    if (criterion->is_configured)
        return "during_change/post_change_config.json";
    const struct metric_row *row = criterion->identity->row;
    enum metric_role role = row ? row->role : ROLE_OTHER;
    return role == ROLE_FAILURES || role == ROLE_ERRORS || role == ROLE_CONNECTION_ERRORS
               ? "post_change/error_rate_comparison.txt"
           : role == ROLE_RESPONSE         ? "post_change/latency_comparison.json"
           : criterion->span != SPAN_WHOLE ? "post_change/sustained_monitoring.json"
                                           : "post_change/projected_metrics.json";
}

/* The paired change of a metric, or NULL. */
const struct result_difference *evidence_change_of(const struct evidence_making *making,
                                                   const char *metric)
{
    const struct result *result = making->evidence->result;
    for (size_t d = 0; metric && d < result->difference_count; d++)
        if (strcmp(result->differences[d].metric, metric) == 0 &&
            strcmp(result->differences[d].from, making->before->name) == 0 &&
            strcmp(result->differences[d].to, making->after->name) == 0)
            return &result->differences[d];
    return NULL;
}

/* "no (-56.4 +- 0.4 pp)": the whole interval is no worse; "yes (...)": all of it is worse; else
 * "not significant (...)"; "-": not compared. */
static const char *word_regression(const struct evidence_making *making,
                                   const struct result_criterion *criterion)
{
    const struct result_metric *metric =
        criterion->metric ? result_find_metric(making->after, criterion->metric, 0) : NULL;
    const struct result_difference *change =
        criterion->span == SPAN_WHOLE ? evidence_change_of(making, criterion->metric) : NULL;
    if (!change || !metric)
        return "-";
    double sign = metric->larger_is_better ? -1.0 : 1.0;
    double one = sign * change->estimate.low, other = sign * change->estimate.high;
    const char *word = criterion->verdict == VERDICT_UNDECIDED ? "undecided"
                       : !change->estimate.has_interval        ? "not known"
                       : fmax(one, other) <= 0.0               ? "no"
                       : fmin(one, other) > 0.0                ? "yes"
                                                               : "not significant";
    return arena_printf(making->arena, "%s (%s)", word,
                        number_text_paired(&change->estimate, change->unit, true, making->arena));
}

/* What a configured criterion is about, before the change; "-": the change leaves it. */
static const char *value_before(const struct evidence_making *making,
                                const struct result_criterion *criterion)
{
    const struct evidence *evidence = making->evidence;
    const struct scenario *spec = &evidence->set->settings[evidence->after].scenario;
    for (size_t i = 0; i < spec->configured_count; i++) {
        const struct configured_spec *claim = &spec->configured[i];
        if (strcmp(claim->criterion.metric, criterion->metric) != 0)
            continue;
        for (size_t k = 0; k < evidence->change_count; k++)
            if (strcmp(evidence->changes[k].path, claim->path) == 0)
                return evidence->changes[k].before ? evidence->changes[k].before : "(default)";
    }
    return "-";
}

static const char *baseline_of(const struct evidence_making *making,
                               const struct result_criterion *criterion)
{
    if (criterion->is_configured)
        return value_before(making, criterion);
    const struct result_metric *old = criterion->metric && criterion->span == SPAN_WHOLE
                                          ? result_find_metric(making->before, criterion->metric, 0)
                                          : NULL;
    return old ? number_text_estimate(&old->estimate, old->unit, !making->before->is_unstable,
                                      making->arena)
               : "-";
}

/* Whether a criterion of its own is about the setting at path. */
static bool is_claimed(const struct evidence_making *making, const char *path)
{
    const struct scenario *spec =
        &making->evidence->set->settings[making->evidence->after].scenario;
    for (size_t i = 0; i < spec->configured_count; i++)
        if (strcmp(spec->configured[i].path, path) == 0)
            return true;
    return false;
}

/* Each setting of the change is one too: it is to be what was simulated. */
static void add_configuration_criteria(struct evidence_making *making, struct table *table)
{
    for (size_t i = 0; i < making->evidence->change_count; i++) {
        const struct setting_change *change = &making->evidence->changes[i];
        const char *after = change->after ? change->after : "(default)";
        if (is_claimed(making, change->path))
            continue;
        evidence_people_add_row(
            table,
            (const char *const[]){arena_printf(making->arena, "%s = %s", change->path, after),
                                  after, change->before ? change->before : "(default)", after, "-",
                                  "PASS", "-", "during_change/post_change_config.json", NULL});
    }
}

static void add_criteria(struct evidence_making *making)
{
    static const char *const names[] = {
        "criterion",        "target",     "baseline", "projected", "one run",
        "projected status", "regression", "evidence", "actual",    "status"};
    struct table *table =
        evidence_people_table(names, sizeof names / sizeof names[0], making->arena);
    add_configuration_criteria(making, table);
    for (size_t i = 0; i < making->after->criterion_count; i++) {
        const struct result_criterion *criterion = &making->after->criteria[i];
        evidence_people_add_row(
            table, (const char *const[]){
                       criterion->name, findings_expectation(criterion, making->arena),
                       baseline_of(making, criterion),
                       number_text_estimate(&criterion->estimate, criterion->unit,
                                            !making->after->is_unstable, making->arena),
                       one_run(making, &criterion->one, criterion->unit),
                       findings_word(criterion->verdict), word_regression(making, criterion),
                       evidence_of(criterion), NULL});
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

/* The key metrics, and what reviewers ask for besides: connections in use, the p95 of each step. */
static bool is_asked_for(const struct metric_identity *identity)
{
    enum metric_role role = identity->row ? identity->row->role : ROLE_OTHER;
    return identity->is_shown || (role == ROLE_STEP && identity->statistic == STATISTIC_P95) ||
           (role == ROLE_CONNECTION && identity->statistic == STATISTIC_MEAN &&
            !identity->is_worst);
}

/* What reviewers ask for and the model does not have. */
static void add_unmeasured(struct evidence_making *making, struct table *table)
{
    static const char *const names[] = {"CPU of the database", "memory", "disk I/O"};
    const struct scenario *spec =
        &making->evidence->set->settings[making->evidence->after].scenario;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!(i == 0 && spec->cpu_count > 0) && !(i == 1 && spec->memory.is_given))
            evidence_people_add_row(table, (const char *const[]){names[i], "not simulated",
                                                                 "not simulated", "-", "-", NULL});
}

static void add_baseline(struct evidence_making *making)
{
    static const char *const names[] = {"metric",  "before", "after",        "difference",
                                        "one run", "actual", "actual change"};
    struct table *table =
        evidence_people_table(names, sizeof names / sizeof names[0], making->arena);
    for (size_t i = 0; i < making->after->metric_count; i++) {
        const struct result_metric *metric = &making->after->metrics[i];
        const struct result_metric *old = result_find_metric(making->before, metric->name, i);
        const struct result_difference *change = evidence_change_of(making, metric->name);
        if (!is_asked_for(metric->identity) || !old)
            continue;
        const char *difference =
            change ? number_text_paired(&change->estimate, metric->unit, true, making->arena) : "-";
        evidence_people_add_row(
            table,
            (const char *const[]){
                metric->name,
                number_text_estimate(&old->estimate, metric->unit, !making->before->is_unstable,
                                     making->arena),
                number_text_estimate(&metric->estimate, metric->unit, !making->after->is_unstable,
                                     making->arena),
                difference, one_run(making, &making->after->predictions[i], metric->unit), NULL});
    }
    add_unmeasured(making, table);
    add_text(making, BLOCK_HEADING, "Baseline and result");
    document_add_table(making->document, table);
    add_blank(making, BLOCK_ITEM, "Baseline measured at: ");
    add_blank(making, BLOCK_ITEM, "Result measured at: ");
    add_text(
        making, BLOCK_PARAGRAPH,
        "Evidence: pre_change/pre_change_metrics.json, post_change/projected_metrics.json; the "
        "differences are paired on the same customers.");
}

/* ---- the load test ----------------------------------------------------------------------- */

static void explain_resolution(struct evidence_making *making, const struct evidence_test *test)
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

/* How many of the requests succeed and fail, and when the test was. */
static void add_outcome(struct evidence_making *making, const struct evidence_test *test)
{
    static const char *const names[] = {"requests", "expected", "actual", "share"};
    struct arena *arena = making->arena;
    const struct result_metric *errors =
        result_find_metric(test->found, arena_printf(arena, "%s.error_rate", test->name), 0);
    double share = errors ? errors->estimate.estimate : NAN;
    double failed = (double)test->requests * share;
    struct table *table = evidence_people_table(names, sizeof names / sizeof names[0], arena);
    evidence_people_add_row(
        table,
        (const char *const[]){
            "succeeded", number_text_quantity((double)test->requests - failed, "", arena), NULL});
    evidence_people_add_row(
        table, (const char *const[]){"failed", number_text_quantity(failed, "", arena), NULL});
    document_add_table(making->document, table);
    add_blank(making, BLOCK_ITEM, "Load test started: ");
    add_blank(making, BLOCK_ITEM, "Load test completed: ");
    add_blank(making, BLOCK_ITEM, "Status of the load test: ");
}

static void add_test(struct evidence_making *making)
{
    static const char *const names[] = {"figure", "expected", "one test", "actual"};
    const struct evidence_test *test = making->evidence->test;
    if (!test)
        return;
    struct table *table =
        evidence_people_table(names, sizeof names / sizeof names[0], making->arena);
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
            evidence_people_add_row(
                table,
                (const char *const[]){
                    metric->name,
                    number_text_quantity(metric->estimate.estimate, metric->unit, making->arena),
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
    add_outcome(making, test);
    explain_resolution(making, test);
    add_text(making, BLOCK_PARAGRAPH, "Evidence: post_change/synthetic_load_test_results.json");
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

static void add_monitoring(struct evidence_making *making)
{
    static const char *const names[] = {"metric", "highest window", "one run there", "actual"};
    struct table *table =
        evidence_people_table(names, sizeof names / sizeof names[0], making->arena);
    for (size_t s = 0; s < making->after->series_count; s++) {
        const struct result_series *series = &making->after->series[s];
        const struct result_window *window = highest(series);
        if (window)
            evidence_people_add_row(
                table, (const char *const[]){series->metric,
                                             number_text_estimate(&window->mean, series->unit,
                                                                  !making->after->is_unstable,
                                                                  making->arena),
                                             one_run(making, &window->one, series->unit), NULL});
    }
    add_text(making, BLOCK_HEADING, "Sustained monitoring");
    add_text(
        making, BLOCK_PARAGRAPH,
        arena_printf(making->arena, "Windows of %s, from post_change/sustained_monitoring.json.",
                     evidence_files_duration(making->evidence->result->window_s, making->arena)));
    document_add_table(making->document, table);
}

static void add_basis(struct evidence_making *making)
{
    const struct result *result = making->evidence->result;
    add_text(making, BLOCK_HEADING, "Appendix: what this rests on");
    add_text(making, BLOCK_PARAGRAPH,
             "Configurations: pre_change/pre_change_config.json, "
             "during_change/post_change_config.json. All "
             "files, with what each is: index.html.");
    add_text(making, BLOCK_ITEM, "Test results: post_change/synthetic_load_test_results.json");
    add_blank(making, BLOCK_ITEM, "Incident reports: ");
    add_blank(making, BLOCK_ITEM, "Deployment logs: ");
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

/* ---- putting it together ------------------------------------------------------------------ */

static void add_timeline(struct evidence_making *making)
{
    evidence_people_add_timeline(making->document, making->evidence);
}

static void add_rehearsal(struct evidence_making *making)
{
    if (making->evidence->rehearsal)
        evidence_people_append(making->document, "Rehearsal", making->evidence->rehearsal->course);
}

static void add_incidents(struct evidence_making *making)
{
    evidence_people_add_incidents(making->document);
}

static void add_rollback(struct evidence_making *making)
{
    evidence_people_add_rollback(making->document, making->evidence);
}

static void add_checklist(struct evidence_making *making)
{
    evidence_people_add_checklist(making->document, making->evidence);
}

static void add_assessment(struct evidence_making *making)
{
    evidence_people_add_assessment(making->document, making->evidence);
}

static void add_decision(struct evidence_making *making)
{
    evidence_people_add_decision(making->document);
}

/* In the order of evidence_template_names. */
static void (*const sections[])(struct evidence_making *making) = {
    add_header,   add_summary,   add_timeline,   add_changes,   add_criteria,
    add_baseline, add_test,      add_monitoring, add_rehearsal, add_incidents,
    add_rollback, add_checklist, add_assessment, add_decision,  add_basis};

void evidence_sections_add(struct evidence_making *making, size_t section)
{
    assert(section < sizeof sections / sizeof sections[0]);
    sections[section](making);
}
