/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/rehearsal_answer.h"
#include "reports/answers/rehearsal_tables.h"
#include "reports/answers/rehearsal_words.h"
#include "reports/document/criterion_words.h"
#include "reports/document/findings.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

/* ---- verdicts -------------------------------------------------------------------------------- */

/* What it takes to pass by counting, where nothing ever broke. */
static const char *counting_text(const struct rehearsal_findings *findings, struct arena *arena)
{
    const struct rollout_study *rehearsal = findings->rehearsal;
    const struct study_criterion *claim = &rehearsal->setting.criteria[rehearsal->watch_criteria];
    for (size_t look = 0; look < claim->counting->looks; look++)
        if (claim->counting->pass_up_to[look] >= 0)
            return arena_printf(arena, "%zu replications without a break would pass",
                                claim->counting->runs[look]);
    return arena_printf(
        arena, "run.replications of at least %zu without a break would pass",
        run_count_least(claim->probability, 0.75 * (1 - rehearsal->options.confidence)));
}

static void add_rollback_verdict(struct document *document,
                                 const struct rehearsal_findings *findings)
{
    const struct finding_chance *chance = &findings->rolls_back;
    struct arena *arena = document->arena;
    if (findings->rollback_verdict == VERDICT_NONE)
        return;
    const char *text =
        chance->events == 0
            ? arena_printf(arena, "no rollback rule trips in %s (a chance of at most %s)%s%s",
                           document_count(document, chance->runs, "replication"),
                           rehearsal_words_share(chance->high, arena),
                           findings->rollback_verdict == VERDICT_UNDECIDED ? ": " : "",
                           findings->rollback_verdict == VERDICT_UNDECIDED
                               ? counting_text(findings, arena)
                               : "")
            : arena_printf(arena, "a rollback rule trips in %s replications, %s into the rollout",
                           rehearsal_words_chance(chance, arena),
                           rehearsal_words_times(&findings->trip, arena));
    findings_add_verdict(document, findings->rollback_verdict, text);
}

/* Of a rule its level over its limit. */
static const char *worst_text(const struct finding_way *finding, struct arena *arena)
{
    if (finding->way->kind != WAY_CRITERION)
        return arena_printf(arena, "%.3g times its limit at worst", finding->worst);
    return arena_printf(arena, "%s at worst",
                        number_text_quantity(finding->worst, finding->unit, arena));
}

/* "on the way, w.error_rate < 1% is broken in 3 of 3 replications, 99.8 % at worst" */
static const char *way_text(const struct finding_way *finding, struct document *document)
{
    struct arena *arena = document->arena;
    bool is_rule = finding->way->kind != WAY_CRITERION;
    const char *what =
        is_rule ? arena_printf(arena, "critical alert %s", document_name(document, finding->name))
                : arena_printf(arena, "on the way, %s", finding->expect);
    return arena_printf(arena, "%s %s in %zu of %s, %s", what, is_rule ? "fires" : "is broken",
                        finding->failed,
                        document_count(document, finding->held + finding->failed, "replication"),
                        worst_text(finding, arena));
}

/* One line for each that broke, one for all that passed, one for all that are open. */
static void add_way_verdicts(struct document *document, const struct rehearsal_findings *findings)
{
    struct arena *arena = document->arena;
    size_t passed = 0, open = 0;
    for (size_t i = 0; i < findings->way_count; i++) {
        const struct finding_way *finding = &findings->ways[i];
        if (finding->way->kind == WAY_ROLLBACK || finding->verdict == VERDICT_NONE)
            continue;
        if (finding->failed > 0 && finding->verdict != VERDICT_PASS)
            findings_add_verdict(document, finding->verdict, way_text(finding, document));
        else if (finding->verdict == VERDICT_PASS)
            passed++;
        else
            open++;
    }
    const char *kind = "of its criteria and critical alerts";
    if (open > 0)
        findings_add_verdict(
            document, VERDICT_UNDECIDED,
            arena_printf(arena, "on the way %zu %s never broke, in too few replications: %s", open,
                         kind, counting_text(findings, arena)));
    if (passed > 0)
        findings_add_verdict(document, VERDICT_PASS,
                             arena_printf(arena, "on the way %zu %s %s", passed, kind,
                                          passed == 1 ? "holds" : "hold"));
}

/* What failed for the rollout, where anything did. */
static void add_outage(struct document *document, const struct rehearsal_findings *findings)
{
    struct arena *arena = document->arena;
    bool was_cut = findings->cut.estimate > 0, was_out = findings->unserved.estimate > 0;
    if (!was_cut && !was_out)
        return;
    const char *out = arena_printf(arena, "%s requests are refused because no replica is up",
                                   number_text_estimate(&findings->unserved, "", true, arena));
    const char *cut = arena_printf(arena, "%s are stopped with their replica",
                                   number_text_estimate(&findings->cut, "", true, arena));
    const char *text = !was_cut  ? out
                       : was_out ? arena_printf(arena, "%s, %s", out, cut)
                                 : arena_printf(arena, "requests: %s", cut);
    if (findings->outage_verdict != VERDICT_NONE)
        findings_add_verdict(document, findings->outage_verdict,
                             arena_printf(arena,
                                          "%s, and no criterion limits the errors of each "
                                          "workload there",
                                          text));
    else
        document_add_statement(document, TONE_UNSURE, "OUTAGE", text);
}

static void add_verdicts(struct document *document, const struct rehearsal_findings *findings)
{
    const struct result_setting *watch = &findings->watch->settings[0];
    int judged = (watch->verdict != VERDICT_NONE) + (findings->way_verdict != VERDICT_NONE) +
                 (findings->rollback_verdict != VERDICT_NONE) +
                 (findings->outage_verdict != VERDICT_NONE);
    if (judged != 1)
        findings_add_verdict(document, findings->verdict,
                             judged > 0 ? "the rollout as rehearsed"
                                        : "no criterion applies, and no rollback rule is given");
    add_outage(document, findings);
    add_way_verdicts(document, findings);
    if (watch->verdict != VERDICT_NONE)
        findings_add_setting_verdict(document, watch);
    add_rollback_verdict(document, findings);
    findings_add_failed_checks(document, watch);
    if (findings->watch->is_interrupted)
        document_add_statement(document, TONE_UNSURE, "INTERRUPTED",
                               "these are the results of the replications that were finished");
    if (watch->is_unstable)
        document_add_statement(document, TONE_UNSURE, "UNSTABLE",
                               "a queue grows without bound; the watch shows no steady state");
}

/* ---- the rollout and its timeline ------------------------------------------------------------ */

static const char *what_changes(const struct document *document,
                                const struct rehearsal_findings *findings)
{
    const struct rollout_study *rehearsal = findings->rehearsal;
    const struct rollout_spec *rollout = rehearsal->rollout;
    struct arena *arena = document->arena;
    if (rollout->service == SPEC_NO_SERVICE)
        return "what is in no service changes in place";
    const struct service_spec *service = &rehearsal->from.services[rollout->service];
    const char *replicas = document_count(document, (size_t)service->replicas, "replica");
    if (rollout->batch == 0)
        return arena_printf(arena, "%s of %s, all changed in place", replicas,
                            document_name(document, service->name));
    if (rollout_is_reload(rollout))
        return arena_printf(arena, "%s of %s, %lld at a time, changed in place, with %s between",
                            replicas, document_name(document, service->name),
                            (long long)rollout->batch,
                            rehearsal_words_seconds((double)rollout->pause_ns / 1e9, arena));
    return arena_printf(arena,
                        "%s of %s, %lld at a time, each drained for %s at most and down for "
                        "%s, with %s between batches",
                        replicas, document_name(document, service->name), (long long)rollout->batch,
                        rehearsal_words_seconds((double)rollout->drain_timeout_ns / 1e9, arena),
                        rehearsal_words_seconds((double)rollout->restart_time_ns / 1e9, arena),
                        rehearsal_words_seconds((double)rollout->pause_ns / 1e9, arena));
}

static void add_course(struct document *document, const struct rehearsal_findings *findings)
{
    const struct rollout_spec *rollout = findings->rehearsal->rollout;
    struct arena *arena = document->arena;
    document_add(document, BLOCK_HEADING, "The rollout");
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(arena, "From %s to %s after %s: %s. Then %s of watching.",
                              document_name(document, rollout->from),
                              document_name(document, rollout->to),
                              rehearsal_words_seconds(findings->before_s, arena),
                              what_changes(document, findings),
                              rehearsal_words_seconds((double)rollout->watch_ns / 1e9, arena)));
    if (findings->rollout_time.replications > 0 && !isnan(findings->rollout_time.estimate))
        document_add(document, BLOCK_ITEM,
                     arena_printf(arena, "the last replica is up after %s",
                                  number_text_estimate(&findings->rollout_time, "s", true, arena)));
    document_add(document, BLOCK_ITEM,
                 arena_printf(arena,
                              "requests that fail because their replica is stopped: %s; that find "
                              "no replica up: %s",
                              number_text_estimate(&findings->cut, "", true, arena),
                              number_text_estimate(&findings->unserved, "", true, arena)));
    if (findings->has_buffers && !rollout_is_reload(rollout))
        document_add(document, BLOCK_ITEM,
                     arena_printf(arena,
                                  "in the buffers of replicas that are stopped, and lost: %s",
                                  number_text_estimate(&findings->lost, "B", true, arena)));
}

enum { METRICS_TOGETHER = 4 }; /* in one table */

/* For people only what rules and criteria are about, and the most connections. */
static bool is_shown(const struct rehearsal_findings *findings, size_t metric)
{
    const struct metric_identity *is = findings->metrics[metric]->identity;
    return findings->rehearsal->metrics[metric].is_in_series ||
           (is->row->role == ROLE_DATABASE && is->statistic == STATISTIC_MAX);
}

/* "api.db_pool utilization": a header that can be broken between what it is of and what it is. */
static const char *header_of(const struct column *column, struct arena *arena)
{
    const char *resource = column->identity->resource;
    return resource ? arena_printf(arena, "%s %s", resource, column->name + strlen(resource) + 1)
                    : column->name;
}

/* Of the metrics shown[count]. */
static const struct table *timeline_table(const struct rehearsal_findings *findings,
                                          const size_t *shown, size_t shown_count,
                                          struct arena *arena)
{
    struct table_column columns[3 + METRICS_TOGETHER] = {
        {"phase", NULL, false}, {"begins", NULL, true}, {"lasts", NULL, true}};
    size_t count = 3;
    for (size_t i = 0; i < shown_count; i++)
        columns[count++] =
            (struct table_column){header_of(findings->metrics[shown[i]], arena), NULL, true};
    struct table *table = table_make(columns, count, arena);
    for (size_t p = 0; p < findings->rehearsal->phase_count; p++) {
        const struct finding_phase *phase = &findings->phases[p];
        if (phase->runs == 0)
            continue;
        struct table_cell *row = table_add_row(table);
        size_t column = 3;
        row[0] = table_text(phase->name);
        row[1] = table_text(rehearsal_words_seconds(phase->begin.estimate, arena));
        row[2] = table_text(rehearsal_words_seconds(phase->length.estimate, arena));
        for (size_t i = 0; i < shown_count; i++)
            row[column++] = table_text(number_text_quantity(
                phase->metrics[shown[i]].estimate, findings->metrics[shown[i]]->unit, arena));
    }
    return table;
}

static void add_timeline(struct document *document, const struct rehearsal_findings *findings)
{
    document_add(document, BLOCK_HEADING, "Timeline");
    document_add(document, BLOCK_PARAGRAPH,
                 arena_printf(document->arena,
                              "Means over %s, each phase over those that came to it; begins: from "
                              "the beginning of the rollout. \"rollout\" is all batches together.",
                              document_count(document, findings->runs, "replication")));
    size_t shown[METRICS_TOGETHER] = {0}, count = 0;
    for (size_t m = 0; m <= findings->metric_count; m++) {
        bool is_end = m == findings->metric_count;
        if (count == METRICS_TOGETHER || (is_end && count > 0)) {
            document_add_table(document, timeline_table(findings, shown, count, document->arena));
            count = 0;
        }
        if (!is_end && is_shown(findings, m))
            shown[count++] = m;
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

static const struct table *rules_table(const struct document *document,
                                       const struct rehearsal_findings *findings, bool is_rollback)
{
    const struct table_column columns[] = {{is_rollback ? "rollback rule" : "alert", NULL, false},
                                           {is_rollback ? "trips in" : "fires in", NULL, false},
                                           {"first", NULL, false},
                                           {"false alarms", NULL, false},
                                           {"severity", NULL, false},
                                           {"when", NULL, false}};
    struct arena *arena = document->arena;
    struct table *table = table_make(columns, sizeof columns / sizeof *columns, arena);
    for (size_t i = 0; i < findings->rule_count; i++) {
        const struct finding_rule *rule = &findings->rules[i];
        if (rule->is_rollback != is_rollback)
            continue;
        enum tone tone =
            rule->fires.events > 0 ? (is_rollback ? TONE_BAD : TONE_UNSURE) : TONE_PLAIN;
        const char *when = rehearsal_words_when(rule->rule, arena);
        bool is_named = strcmp(rule->rule->name, rule->rule->when.expect) != 0;
        struct table_cell *row = table_add_row(table);
        row[1] = table_toned(rehearsal_words_chance(&rule->fires, arena), tone);
        row[0] = table_text(is_named ? document_name(document, rule->rule->name) : when);
        row[2] = table_text(rehearsal_words_times(&rule->first, arena));
        row[3] = table_text(rehearsal_words_chance(&rule->fires_when_healthy, arena));
        row[4] = table_text(rule->rule->severity);
        row[5] = table_text(is_named ? when : NULL);
    }
    table_drop_empty_columns(table);
    return table;
}

static void add_rollback(struct document *document, const struct rehearsal_findings *findings)
{
    struct arena *arena = document->arena;
    if (findings->rolls_back.events == 0)
        return;
    document_add(document, BLOCK_ITEM,
                 arena_printf(arena,
                              "rolled back in %s replications, %s into the rollout; every replica "
                              "is as before %s later",
                              rehearsal_words_chance(&findings->rolls_back, arena),
                              rehearsal_words_times(&findings->trip, arena),
                              rehearsal_words_times(&findings->rollback_time, arena)));
    const char *time = findings->recovery_time.runs > 0
                           ? arena_printf(arena, ", %s after the rule tripped",
                                          rehearsal_words_times(&findings->recovery_time, arena))
                           : "";
    document_add(document, BLOCK_ITEM,
                 arena_printf(arena, "recovered (no rollback rule's condition holds) in %s%s",
                              rehearsal_words_chance(&findings->recovers, arena), time));
}

static void add_rules(struct document *document, const struct rehearsal_findings *findings)
{
    const struct rollout_spec *rollout = findings->rehearsal->rollout;
    if (findings->rule_count == 0)
        return;
    document_add(document, BLOCK_HEADING, "Alerts and rollback rules");
    document_add(
        document, BLOCK_PARAGRAPH,
        arena_printf(document->arena,
                     "In how many replications, with the exact interval of the chance; first: from "
                     "the beginning of the rollout, median and the middle 80 %%; false alarms: on "
                     "the same customers without any change. Looked at after each %s.",
                     rehearsal_words_seconds(findings->window_s, document->arena)));
    if (rollout->alert_count > 0)
        document_add_table(document, rules_table(document, findings, false));
    if (rollout->rollback_count > 0)
        document_add_table(document, rules_table(document, findings, true));
    add_rollback(document, findings);
}

/* ---- connections over time ------------------------------------------------------------------- */

enum { SHOWN_WINDOWS = 20 };

static const struct finding_series *find_series(const struct rehearsal_findings *findings,
                                                const char *name)
{
    for (size_t s = 0; s < findings->series_count; s++)
        if (strcmp(findings->metrics[findings->series[s].metric]->name, name) == 0)
            return &findings->series[s];
    return NULL;
}

/* A window of every `each`, that each series is known in. */
static const struct table *connections_table(const struct rehearsal_findings *findings,
                                             const struct finding_series *series,
                                             struct arena *arena)
{
    static const struct table_column columns[] = {{"window begins", NULL, true},
                                                  {"connections", NULL, true},
                                                  {"lowest", NULL, true},
                                                  {"highest", NULL, true}};
    struct table *table = table_make(columns, 4, arena);
    size_t each = (findings->windows + SHOWN_WINDOWS - 1) / SHOWN_WINDOWS;
    for (size_t w = 0; w < findings->windows; w += each) {
        double start = (double)w * findings->window_s - findings->before_s;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(rehearsal_words_seconds(start, arena));
        row[1] = table_text(number_text_quantity(series->mean[w], "", arena));
        row[2] = table_text(number_text_quantity(series->lowest[w], "", arena));
        row[3] = table_text(number_text_quantity(series->highest[w], "", arena));
    }
    return table;
}

static void add_connections(struct document *document, const struct rehearsal_findings *findings)
{
    const struct scenario *from = &findings->rehearsal->from;
    struct arena *arena = document->arena;
    for (size_t c = 0; c < from->cpu_count; c++) {
        const struct cpu_spec *cpu = &from->cpus[c];
        const struct finding_series *series =
            find_series(findings, arena_printf(arena, "%s.connections", cpu->name));
        if (!series || findings->windows == 0)
            continue;
        document_add(document, BLOCK_HEADING,
                     arena_printf(arena, "Connections of %s", document_name(document, cpu->name)));
        document_add(
            document, BLOCK_PARAGRAPH,
            arena_printf(arena,
                         "It accepts %lld (max_connections %lld less %lld reserved). Averages of "
                         "single windows of %s: mean, lowest and highest over replications.",
                         (long long)(cpu->max_connections - cpu->reserved),
                         (long long)cpu->max_connections, (long long)cpu->reserved,
                         rehearsal_words_seconds(findings->window_s, arena)));
        document_add_table(document, connections_table(findings, series, arena));
    }
}

/* ---- for its page ---------------------------------------------------------------------------- */

/* The setting that the rollout starts from, as it was before it: figures of the phase "before". */
static struct result_setting before_setting(const struct rehearsal_findings *findings,
                                            struct arena *arena)
{
    const struct finding_phase *phase = &findings->phases[0];
    struct result_metric *metrics = arena_array(arena, findings->metric_count, sizeof *metrics);
    for (size_t m = 0; m < findings->metric_count; m++) {
        const struct column *column = findings->metrics[m];
        metrics[m] = (struct result_metric){.name = column->name,
                                            .unit = column->unit,
                                            .estimate = phase->metrics[m],
                                            .larger_is_better = column->larger_is_better,
                                            .identity = column->identity};
    }
    return (struct result_setting){.name = findings->rehearsal->rollout->from,
                                   .replications = findings->runs,
                                   .verdict = VERDICT_NONE,
                                   .metrics = metrics,
                                   .metric_count = phase->runs > 0 ? findings->metric_count : 0};
}

/* The watch behind what was before it. */
static const struct result *judged_of(const struct rehearsal_findings *findings,
                                      struct arena *arena)
{
    struct result *judged = arena_alloc(arena, sizeof *judged);
    struct result_setting *settings = arena_array(arena, 2, sizeof *settings);
    *judged = *findings->watch;
    settings[0] = before_setting(findings, arena);
    settings[1] = findings->watch->settings[0];
    judged->settings = settings;
    judged->setting_count = 2;
    return judged;
}

static const char *word_clause(const struct rehearsal_findings *findings, struct arena *arena)
{
    const struct finding_chance *trips = &findings->rolls_back;
    if (findings->rollback_verdict == VERDICT_FAIL)
        return trips->events == trips->runs
                   ? arena_printf(arena, "The rollout is rolled back after %s",
                                  rehearsal_words_seconds(findings->trip.median, arena))
                   : arena_printf(arena, "The rollout is rolled back in %zu of %zu rehearsals",
                                  trips->events, trips->runs);
    switch (findings->verdict) {
    case VERDICT_PASS:
        return "The rollout holds every criterion";
    case VERDICT_FAIL:
        return findings->outage_verdict == VERDICT_FAIL
                   ? "The rollout leaves requests without a replica"
               : findings->way_verdict == VERDICT_FAIL
                   ? "The rollout breaks its criteria on the way"
                   : "The rollout goes through, and fails criteria behind it";
    case VERDICT_UNDECIDED:
        return "The rehearsals do not decide whether the rollout holds";
    case VERDICT_NONE:
        break;
    }
    return "The rollout was rehearsed; nothing judges it";
}

/* "2 of 7 criteria and critical alerts fail on the way. ": what is judged before the watch. */
static const char *word_way(const struct rehearsal_findings *findings, struct arena *arena)
{
    size_t judged = 0, failed = 0;
    for (size_t i = 0; i < findings->way_count; i++)
        if (findings->ways[i].way->kind != WAY_ROLLBACK) {
            judged += findings->ways[i].verdict != VERDICT_NONE;
            failed += findings->ways[i].verdict == VERDICT_FAIL;
        }
    return failed == 0 ? ""
                       : arena_printf(arena,
                                      "%zu of %zu criteria and critical alerts fail%s on "
                                      "the way. ",
                                      failed, judged, failed == 1 ? "s" : "");
}

/* What fails on the way; the criteria that fail behind it, with the worst in figures; what the
 * rollback rules do. */
static const char *word_sentences(const struct rehearsal_findings *findings, struct arena *arena)
{
    const struct result_setting *watch = &findings->watch->settings[0];
    const struct finding_chance *trips = &findings->rolls_back;
    const char *cause = findings->verdict == VERDICT_FAIL
                            ? rehearsal_words_cause(&findings->rehearsal->to, arena)
                            : "";
    const char *text = arena_printf(arena, "%s%s", cause, word_way(findings, arena));
    size_t *order = arena_array(arena, watch->criterion_count, sizeof *order);
    size_t hold = 0;
    criterion_words_order(watch, order);
    for (size_t i = 0; i < watch->criterion_count; i++)
        hold += watch->criteria[i].verdict == VERDICT_PASS;
    if (watch->verdict == VERDICT_FAIL)
        text = arena_printf(arena, "%sWithout a rollback, %s. ", text,
                            criterion_words_failure(&watch->criteria[order[0]], arena));
    if (watch->criterion_count > 0)
        text = arena_printf(arena, "%s%zu of %zu criteria hold%s after it. ", text, hold,
                            watch->criterion_count, hold == 1 ? "s" : "");
    if (trips->events > 0)
        return arena_printf(arena, "%sA rollback rule trips in %zu of %zu rehearsals.", text,
                            trips->events, trips->runs);
    if (findings->rollback_verdict != VERDICT_NONE)
        return arena_printf(arena,
                            "%sNo rollback rule trips in %zu rehearsals (a chance of at "
                            "most %s).",
                            text, trips->runs, rehearsal_words_share(trips->high, arena));
    return text;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void add_warnings(struct document *document, const struct result_setting *watch)
{
    for (size_t i = 0; i < watch->warning_count; i++)
        document_add_marked_item(document, TONE_UNSURE, "warning", watch->warnings[i]);
}

/* The criteria of evidence are of the setting by itself; these are of what the rollout leaves. */
static void add_watch(struct document *document, const struct rehearsal_findings *findings)
{
    if (findings->watch->settings[0].criterion_count == 0)
        return;
    findings_add_criteria(document, findings->watch);
    document_add(
        document, BLOCK_PARAGRAPH,
        "Judged on the watch after the rollout, which goes on without a rollback for them. "
        "The success criteria above are of the new setting by itself, where every replica "
        "has it from the start.");
}

static const char *rollout_takes(const struct rehearsal_findings *findings, struct arena *arena)
{
    if (findings->rollout_time.replications > 0 && !isnan(findings->rollout_time.estimate))
        return number_text_estimate(&findings->rollout_time, "s", true, arena);
    return arena_printf(arena, "rolled back after %s",
                        rehearsal_words_times(&findings->trip, arena));
}

const struct evidence_rehearsal *
rehearsal_answer_for_evidence(const struct rehearsal_findings *findings, struct arena *arena)
{
    struct evidence_rehearsal *parts = arena_alloc(arena, sizeof *parts);
    struct document *verdicts = document_make(arena), *course = document_make(arena);
    struct document *rollback = document_make(arena);
    add_verdicts(verdicts, findings);
    add_course(course, findings);
    add_timeline(course, findings);
    add_rules(course, findings);
    add_watch(course, findings);
    add_connections(course, findings);
    add_rollback_verdict(rollback, findings);
    if (findings->rollback_verdict == VERDICT_NONE)
        document_add(rollback, BLOCK_PARAGRAPH, "The scenario gives no rollback rule.");
    add_rollback(rollback, findings);
    *parts =
        (struct evidence_rehearsal){verdicts, rollout_takes(findings, arena), course, rollback};
    return parts;
}

void rehearsal_answer_add(struct answer *answer, const struct rehearsal_findings *findings)
{
    struct document *document = answer->document;
    const struct result_setting *watch = &findings->watch->settings[0];
    answer->verdict = findings->verdict;
    answer->is_interrupted = findings->watch->is_interrupted;
    answer->judged = judged_of(findings, answer->arena);
    answer->clause = word_clause(findings, answer->arena);
    answer->sentences = word_sentences(findings, answer->arena);
    rehearsal_tables_add(answer, findings);
    add_verdicts(document, findings);
    add_course(document, findings);
    add_warnings(document, watch);
    add_timeline(document, findings);
    add_rules(document, findings);
    findings_add_criteria(document, findings->watch);
    add_connections(document, findings);
}
