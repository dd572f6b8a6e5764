/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/rehearsal_tables.h"
#include <math.h>

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof *(columns)

static void put_estimate(struct table_cell *row, const struct estimate *estimate)
{
    row[0] = table_number(estimate->estimate);
    row[1] = table_number(estimate->low);
    row[2] = table_number(estimate->high);
}

static void add_timeline_row(struct table *table, const struct finding_phase *phase,
                             const char *metric, const char *unit, const struct estimate *estimate)
{
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(phase->name);
    row[1] = table_text(metric);
    row[2] = table_text(unit);
    put_estimate(&row[3], estimate);
    row[6] = table_number((double)estimate->replications);
}

static void add_timeline(struct answer *answer, const struct rehearsal_findings *findings)
{
    static const struct table_column columns[] = {
        {"phase", NULL, false},      {"metric", NULL, false}, {"unit", NULL, false},
        {"estimate", NULL, true},    {"low", NULL, true},     {"high", NULL, true},
        {"replications", NULL, true}};
    struct table *table = answer_add_table(answer, "timeline", COLUMNS(columns));
    for (size_t p = 0; p < findings->rehearsal->phase_count; p++) {
        const struct finding_phase *phase = &findings->phases[p];
        if (phase->runs == 0)
            continue;
        add_timeline_row(table, phase, "begin", "s", &phase->begin);
        add_timeline_row(table, phase, "length", "s", &phase->length);
        for (size_t m = 0; m < findings->metric_count; m++)
            add_timeline_row(table, phase, findings->metrics[m]->name, findings->metrics[m]->unit,
                             &phase->metrics[m]);
    }
}

static void put_chance(struct table_cell *row, const struct finding_chance *chance)
{
    row[0] = table_number((double)chance->events);
    row[1] = table_number(chance->estimate);
    row[2] = table_number(chance->low);
    row[3] = table_number(chance->high);
}

static void add_rules(struct answer *answer, const struct rehearsal_findings *findings)
{
    static const struct table_column columns[] = {
        {"kind", NULL, false},      {"name", NULL, false},
        {"when", NULL, false},      {"for", "s", true},
        {"severity", NULL, false},  {"replications", "", true},
        {"fired", "", true},        {"probability", "1", true},
        {"low", "1", true},         {"high", "1", true},
        {"first_p10", "s", true},   {"first_median", "s", true},
        {"first_p90", "s", true},   {"firing_time", "s", true},
        {"false_alarms", "", true}, {"false_probability", "1", true},
        {"false_low", "1", true},   {"false_high", "1", true}};
    struct table *table = answer_add_table(answer, "rules", COLUMNS(columns));
    for (size_t i = 0; i < findings->rule_count; i++) {
        const struct finding_rule *rule = &findings->rules[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(rule->is_rollback ? "rollback" : "alert");
        row[1] = table_text(rule->rule->name);
        row[2] = table_text(rule->rule->when.expect);
        row[3] = table_number((double)rule->rule->for_ns / 1e9);
        row[4] = table_text(rule->rule->severity);
        row[5] = table_number((double)rule->fires.runs);
        put_chance(&row[6], &rule->fires);
        row[10] = table_number(rule->first.p10);
        row[11] = table_number(rule->first.median);
        row[12] = table_number(rule->first.p90);
        row[13] = table_number(rule->firing_time_s);
        put_chance(&row[14], &rule->fires_when_healthy);
    }
}

static void add_ways(struct answer *answer, const struct rehearsal_findings *findings)
{
    static const char *const kinds[] = {
        [WAY_CRITERION] = "criterion", [WAY_ALERT] = "alert", [WAY_ROLLBACK] = "rollback"};
    static const struct table_column columns[] = {
        {"kind", NULL, false}, {"name", NULL, false},    {"expect", NULL, false},
        {"unit", NULL, false}, {"verdict", NULL, false}, {"replications", "", true},
        {"held", "", true},    {"failed", "", true},     {"mean_worst", NULL, true},
        {"worst", NULL, true}};
    struct table *table = answer_add_table(answer, "way", COLUMNS(columns));
    for (size_t i = 0; i < findings->way_count; i++) {
        const struct finding_way *finding = &findings->ways[i];
        const char *verdict = verdict_name(finding->verdict);
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(kinds[finding->way->kind]);
        row[1] = table_text(finding->name);
        row[2] = table_text(finding->expect);
        row[3] = table_text(finding->unit);
        row[4] = table_text(verdict ? verdict : "none");
        row[5] = table_number((double)finding->runs);
        row[6] = table_number((double)finding->held);
        row[7] = table_number((double)finding->failed);
        row[8] = table_number(finding->mean);
        row[9] = table_number(finding->worst);
    }
}

static void add_criteria(struct answer *answer, const struct result_setting *watch)
{
    static const struct table_column columns[] = {{"name", NULL, false},
                                                  {"expect", NULL, false},
                                                  {"unit", NULL, false},
                                                  {"estimate", NULL, true},
                                                  {"low", NULL, true},
                                                  {"high", NULL, true},
                                                  {"verdict", NULL, false},
                                                  {"margin", NULL, true},
                                                  {"difference", NULL, true},
                                                  {"difference_low", NULL, true},
                                                  {"difference_high", NULL, true}};
    struct table *table = answer_add_table(answer, "criteria", COLUMNS(columns));
    for (size_t i = 0; i < watch->criterion_count; i++) {
        const struct result_criterion *criterion = &watch->criteria[i];
        struct estimate none = {.estimate = NAN, .low = NAN, .high = NAN};
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(criterion->name);
        row[1] = table_text(criterion->expect);
        row[2] = table_text(criterion->unit);
        put_estimate(&row[3], &criterion->estimate);
        row[6] = table_text(verdict_name(criterion->verdict));
        row[7] = table_number(criterion->margin);
        put_estimate(&row[8], criterion->no_worse_than ? &criterion->difference : &none);
    }
}

static void add_metrics(struct answer *answer, const struct result_setting *watch)
{
    static const struct table_column columns[] = {{"metric", NULL, false},
                                                  {"unit", NULL, false},
                                                  {"estimate", NULL, true},
                                                  {"low", NULL, true},
                                                  {"high", NULL, true}};
    struct table *table = answer_add_table(answer, "metrics", COLUMNS(columns));
    for (size_t i = 0; i < watch->metric_count; i++) {
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(watch->metrics[i].name);
        row[1] = table_text(watch->metrics[i].unit);
        put_estimate(&row[2], &watch->metrics[i].estimate);
    }
}

static void add_series(struct answer *answer, const struct rehearsal_findings *findings)
{
    static const struct table_column columns[] = {{"metric", NULL, false}, {"unit", NULL, false},
                                                  {"start", "s", true},    {"mean", NULL, true},
                                                  {"lowest", NULL, true},  {"highest", NULL, true}};
    struct table *table = answer_add_table(answer, "series", COLUMNS(columns));
    for (size_t s = 0; s < findings->series_count; s++) {
        const struct finding_series *series = &findings->series[s];
        for (size_t w = 0; w < findings->windows; w++) {
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(findings->metrics[series->metric]->name);
            row[1] = table_text(findings->metrics[series->metric]->unit);
            row[2] = table_number((double)w * findings->window_s - findings->before_s);
            row[3] = table_number(series->mean[w]);
            row[4] = table_number(series->lowest[w]);
            row[5] = table_number(series->highest[w]);
        }
    }
}

static void add_checks(struct answer *answer, const struct result_setting *watch)
{
    static const struct table_column columns[] = {{"check", NULL, false},
                                                  {"simulated", NULL, true},
                                                  {"expected", NULL, true},
                                                  {"tolerance", NULL, true},
                                                  {"holds", NULL, false}};
    struct table *table = answer_add_table(answer, "checks", COLUMNS(columns));
    for (size_t i = 0; i < watch->check_count; i++) {
        const struct model_check *check = &watch->checks[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(check->name);
        row[1] = table_number(check->simulated);
        row[2] = table_number(check->expected);
        row[3] = table_number(check->tolerance);
        row[4] = table_text(check->holds ? "yes" : "no");
    }
}

static void add_warnings(struct answer *answer, const struct result_setting *watch)
{
    static const struct table_column columns[] = {{"warning", NULL, false}};
    struct table *table = answer_add_table(answer, "warnings", COLUMNS(columns));
    for (size_t i = 0; i < watch->warning_count; i++)
        table_add_row(table)[0] = table_text(watch->warnings[i]);
}

static void add_times(struct answer *answer, const char *median, const char *latest,
                      const struct finding_times *times)
{
    answer_add_number(answer, median, times->median, "s");
    answer_add_number(answer, latest, times->latest, "s");
}

static void add_facts(struct answer *answer, const struct rehearsal_findings *findings)
{
    const struct rollout_spec *rollout = findings->rehearsal->rollout;
    answer_add_text(answer, "projected", "by simulation, not measured");
    answer_add_text(answer, "from", rollout->from);
    answer_add_text(answer, "to", rollout->to);
    answer_add_number(answer, "replications", (double)findings->runs, "");
    answer_add_number(answer, "rollout_time", findings->rollout_time.estimate, "s");
    answer_add_number(answer, "requests_cut", findings->cut.estimate, "");
    answer_add_number(answer, "requests_unserved", findings->unserved.estimate, "");
    if (findings->has_buffers)
        answer_add_number(answer, "bytes_lost", findings->lost.estimate, "B");
    answer_add_number(answer, "rollback_probability", findings->rolls_back.estimate, "1");
    answer_add_number(answer, "rollback_low", findings->rolls_back.low, "1");
    answer_add_number(answer, "rollback_high", findings->rolls_back.high, "1");
    add_times(answer, "trip_median", "trip_latest", &findings->trip);
    add_times(answer, "rollback_time_median", "rollback_time_latest", &findings->rollback_time);
    answer_add_number(answer, "recovery_probability", findings->recovers.estimate, "1");
    add_times(answer, "recovery_time_median", "recovery_time_latest", &findings->recovery_time);
    const char *way = verdict_name(findings->way_verdict);
    const char *verdict = verdict_name(findings->rollback_verdict);
    answer_add_text(answer, "way_verdict", way ? way : "none");
    answer_add_text(answer, "rollback_verdict", verdict ? verdict : "none");
}

void rehearsal_tables_add(struct answer *answer, const struct rehearsal_findings *findings)
{
    const struct result_setting *watch = &findings->watch->settings[0];
    add_facts(answer, findings);
    add_timeline(answer, findings);
    add_rules(answer, findings);
    add_ways(answer, findings);
    add_criteria(answer, watch);
    add_metrics(answer, watch);
    add_series(answer, findings);
    add_checks(answer, watch);
    add_warnings(answer, watch);
}
