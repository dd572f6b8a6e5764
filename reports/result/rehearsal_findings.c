/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/rehearsal_findings.h"
#include "models/studies/rollout_columns.h"
#include "models/studies/rollout_way.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What everything is taken from. */
struct sources {
    const struct rollout_study *rehearsal;
    const struct study_outcome *outcome;
    const struct study_result *found;
    struct arena *arena;
};

static double value_at(const struct sources *sources, size_t replication, size_t column)
{
    return sources->found->values[replication * sources->rehearsal->setting.column_count + column];
}

/* ---- chances and times ----------------------------------------------------------------------- */

/* Of the replications that observed 0 or 1 there. */
static struct finding_chance chance_of(const struct sources *sources, size_t column)
{
    struct finding_chance chance = {.estimate = NAN, .low = NAN, .high = NAN};
    for (size_t r = 0; r < sources->found->started; r++) {
        double value = value_at(sources, r, column);
        chance.runs += isnan(value) ? 0 : 1;
        chance.events += value > 0;
    }
    if (chance.runs == 0)
        return chance;
    chance.estimate = (double)chance.events / (double)chance.runs;
    estimate_binomial((double)chance.events, (double)chance.runs,
                      sources->rehearsal->options.confidence, &chance.low, &chance.high);
    return chance;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The order statistic of rank ceil(n q). */
static double quantile_of(const double *sorted, size_t count, double q)
{
    size_t rank = (size_t)ceil((double)count * q);
    return count == 0 ? NAN : sorted[rank > 0 ? rank - 1 : 0];
}

static struct finding_times times_of(const struct sources *sources, size_t column)
{
    double *values = arena_array(sources->arena, sources->found->started, sizeof *values);
    size_t count = 0;
    for (size_t r = 0; r < sources->found->started; r++)
        if (!isnan(value_at(sources, r, column)))
            values[count++] = value_at(sources, r, column);
    qsort(values, count, sizeof *values, compare_doubles);
    return (struct finding_times){.runs = count,
                                  .earliest = quantile_of(values, count, 0),
                                  .p10 = quantile_of(values, count, 0.1),
                                  .median = quantile_of(values, count, 0.5),
                                  .p90 = quantile_of(values, count, 0.9),
                                  .latest = quantile_of(values, count, 1)};
}

enum verdict rehearsal_outage_verdict(const struct finding_chance *chance, bool is_limited)
{
    if (is_limited || chance->events == 0)
        return VERDICT_NONE;
    return chance->low > REHEARSAL_TOLERATED ? VERDICT_FAIL : VERDICT_UNDECIDED;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void fill_rules(struct rehearsal_findings *findings, const struct sources *sources)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    struct finding_rule *rules = arena_array(sources->arena, rehearsal->rule_count, sizeof *rules);
    for (size_t i = 0; i < rehearsal->rule_count; i++) {
        size_t base = rollout_columns_rule(rehearsal, i, RULE_FIRED);
        rules[i] = (struct finding_rule){
            .rule = rollout_columns_find_rule(rehearsal, i),
            .is_rollback = i >= rehearsal->rollout->alert_count,
            .fires = chance_of(sources, base + RULE_FIRED),
            .fires_when_healthy = chance_of(sources, base + RULE_HEALTHY_FIRED),
            .first = times_of(sources, base + RULE_FIRST),
            .first_when_healthy = times_of(sources, base + RULE_HEALTHY_FIRST),
            .firing_time_s = sources->found->estimates[base + RULE_FIRING_TIME].estimate};
    }
    findings->rules = rules;
    findings->rule_count = rehearsal->rule_count;
}

static void fill_phases(struct rehearsal_findings *findings, const struct sources *sources)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    const struct estimate *estimates = sources->found->estimates;
    struct finding_phase *phases =
        arena_array(sources->arena, rehearsal->phase_count, sizeof *phases);
    for (size_t p = 0; p < rehearsal->phase_count; p++) {
        size_t begin = rollout_columns_phase(rehearsal, p, PHASE_BEGIN);
        phases[p] = (struct finding_phase){
            .name = rehearsal->phases[p].name,
            .runs = estimates[begin].replications,
            .begin = estimates[begin],
            .length = estimates[rollout_columns_phase(rehearsal, p, PHASE_LENGTH)],
            .metrics = &estimates[rollout_columns_metric(rehearsal, p, 0)]};
    }
    const struct column **metrics =
        arena_array(sources->arena, rehearsal->metric_count, sizeof *metrics);
    for (size_t m = 0; m < rehearsal->metric_count; m++)
        metrics[m] = &rehearsal->setting.columns[rehearsal->metrics[m].column];
    findings->phases = phases;
    findings->metrics = metrics;
    findings->metric_count = rehearsal->metric_count;
}

static struct finding_series make_series(const struct sources *sources, size_t metric)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    size_t first = rehearsal->metrics[metric].first_of_series, windows = rehearsal->windows;
    double *mean = arena_array(sources->arena, windows, sizeof *mean);
    double *lowest = arena_array(sources->arena, windows, sizeof *lowest);
    double *highest = arena_array(sources->arena, windows, sizeof *highest);
    for (size_t w = 0; w < windows; w++) {
        mean[w] = sources->found->estimates[first + w].estimate;
        lowest[w] = highest[w] = NAN;
        for (size_t r = 0; r < sources->found->started; r++) {
            lowest[w] = fmin(lowest[w], value_at(sources, r, first + w));
            highest[w] = fmax(highest[w], value_at(sources, r, first + w));
        }
    }
    return (struct finding_series){metric, mean, lowest, highest};
}

static void fill_series(struct rehearsal_findings *findings, const struct sources *sources)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    struct finding_series *series =
        arena_array(sources->arena, rehearsal->metric_count, sizeof *series);
    for (size_t m = 0; m < rehearsal->metric_count; m++)
        if (rehearsal->metrics[m].is_in_series)
            series[findings->series_count++] = make_series(sources, m);
    for (size_t s = 0; s < findings->series_count; s++)
        for (size_t w = findings->windows; w < rehearsal->windows; w++)
            if (!isnan(series[s].mean[w]))
                findings->windows = w + 1;
    findings->series = series;
}

static void fill_course(struct rehearsal_findings *findings, const struct sources *sources)
{
    size_t base = sources->rehearsal->course_base;
    const struct estimate *estimates = sources->found->estimates;
    findings->rollout_time = estimates[base + ROLLOUT_RUN_ROLLOUT_TIME];
    findings->cut = estimates[base + ROLLOUT_RUN_CUT];
    findings->unserved = estimates[base + ROLLOUT_RUN_UNSERVED];
    findings->lost = estimates[base + ROLLOUT_RUN_LOST];
    for (size_t b = 0; b < sources->rehearsal->from.buffer_count; b++)
        findings->has_buffers |=
            sources->rehearsal->from.buffers[b].service == sources->rehearsal->rollout->service;
    findings->rolls_back = chance_of(sources, base + ROLLOUT_RUN_TRIPPED);
    findings->recovers = chance_of(sources, base + ROLLOUT_RUN_RECOVERED);
    findings->trip = times_of(sources, base + ROLLOUT_RUN_TRIP);
    findings->rollback_time = times_of(sources, base + ROLLOUT_RUN_ROLLBACK_TIME);
    findings->recovery_time = times_of(sources, base + ROLLOUT_RUN_RECOVERY_TIME);
}

/* Mean and worst of what the courses that count had at worst. */
static void summarize_worst(const struct sources *sources, struct finding_way *finding)
{
    const struct rollout_way *way = finding->way;
    double sum = 0;
    size_t count = 0;
    for (size_t r = 0; r < sources->found->started; r++) {
        double value = value_at(sources, r, way->column);
        if (isnan(value))
            continue;
        finding->worst = way->is_lower ? fmin(finding->worst, value) : fmax(finding->worst, value);
        sum += value;
        count++;
    }
    if (count > 0)
        finding->mean = sum / (double)count;
}

static struct finding_way make_way(const struct sources *sources, size_t number)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    const struct rollout_way *way = &rehearsal->ways[number];
    const struct study_decision *decision =
        &sources->found->decisions[rehearsal->watch_criteria + number];
    struct finding_way finding = {.way = way,
                                  .unit = "1",
                                  .verdict = decision->verdict,
                                  .held = decision->held,
                                  .failed = decision->failed,
                                  .runs = sources->found->replications,
                                  .mean = NAN,
                                  .worst = NAN};
    if (way->kind == WAY_CRITERION) {
        const struct criterion_spec *spec = &rehearsal->to.criteria[way->number];
        finding.name = spec->name;
        finding.expect = spec->expect;
        finding.unit = rehearsal->setting.columns[way->column].unit;
    } else {
        const struct rollout_rule *rule = rollout_columns_find_rule(rehearsal, way->number);
        finding.name = rule->name;
        finding.expect = rule->when.expect;
    }
    summarize_worst(sources, &finding);
    return finding;
}

static void fill_ways(struct rehearsal_findings *findings, const struct sources *sources)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    struct finding_way *ways = arena_array(sources->arena, rehearsal->way_count, sizeof *ways);
    findings->way_verdict = findings->rollback_verdict = VERDICT_NONE;
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        ways[i] = make_way(sources, i);
        enum verdict *joined = ways[i].way->kind == WAY_ROLLBACK ? &findings->rollback_verdict
                                                                 : &findings->way_verdict;
        *joined = verdict_and(*joined, ways[i].verdict);
    }
    findings->ways = ways;
    findings->way_count = rehearsal->way_count;
    findings->outage = chance_of(sources, rehearsal->course_base + ROLLOUT_RUN_UNSERVED);
    findings->outage_verdict =
        rehearsal_outage_verdict(&findings->outage, rollout_way_limits_errors(rehearsal));
}

/* The outcome as far as the watch goes. */
static struct study_outcome *outcome_of_watch(const struct sources *sources)
{
    struct study_outcome *outcome = arena_alloc(sources->arena, sizeof *outcome);
    struct study_result *watched = arena_alloc(sources->arena, sizeof *watched);
    *outcome = *sources->outcome;
    *watched = *sources->found;
    watched->verdict = VERDICT_NONE;
    for (size_t i = 0; i < sources->rehearsal->watch_criteria; i++)
        watched->verdict = verdict_and(watched->verdict, watched->decisions[i].verdict);
    outcome->results = watched;
    outcome->verdict = watched->verdict;
    return outcome;
}

/* The watch as a run of the setting `to`. */
static const struct result *make_watch(const struct sources *sources, const char *const *command,
                                       size_t command_count)
{
    const struct rollout_study *rehearsal = sources->rehearsal;
    struct arena *arena = sources->arena;
    struct scenario_set *set = arena_alloc(arena, sizeof *set);
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    struct plan *plan = arena_alloc(arena, sizeof *plan);
    *set = *rehearsal->set;
    size_t to = 0;
    while (strcmp(set->settings[to].name, rehearsal->rollout->to) != 0)
        to++;
    *setting = set->settings[to];
    setting->scenario = rehearsal->to;
    set->settings = setting;
    set->setting_count = 1;
    struct study_setting *studied = arena_alloc(arena, sizeof *studied);
    struct model **models = arena_alloc(arena, sizeof *models);
    double *warmup_s = arena_alloc(arena, sizeof *warmup_s);
    const char **warning = arena_alloc(arena, sizeof *warning);
    *studied = rehearsal->setting;
    studied->criterion_count = rehearsal->watch_criteria;
    *models = rehearsal->after;
    *warmup_s = rehearsal->warmup_s;
    *warning = rehearsal->warning;
    *plan = (struct plan){.set = set,
                          .count = 1,
                          .models = models,
                          .settings = studied,
                          .options = rehearsal->options,
                          .warmup_s = warmup_s,
                          .warnings = warning};
    return result_make(plan, outcome_of_watch(sources), command, command_count, arena);
}

const struct rehearsal_findings *rehearsal_findings_make(const struct rollout_study *rehearsal,
                                                         const struct study_outcome *outcome,
                                                         const char *const *command,
                                                         size_t command_count, struct arena *arena)
{
    struct sources sources = {rehearsal, outcome, &outcome->results[0], arena};
    struct rehearsal_findings *findings = arena_alloc(arena, sizeof *findings);
    *findings = (struct rehearsal_findings){.rehearsal = rehearsal,
                                            .watch = make_watch(&sources, command, command_count),
                                            .runs = sources.found->replications,
                                            .window_s = (double)rehearsal->from.run.window_ns / 1e9,
                                            .before_s = (double)rehearsal->rollout->at_ns / 1e9};
    fill_rules(findings, &sources);
    fill_phases(findings, &sources);
    fill_series(findings, &sources);
    fill_course(findings, &sources);
    fill_ways(findings, &sources);
    findings->verdict =
        verdict_and(verdict_and(findings->watch->verdict, findings->rollback_verdict),
                    verdict_and(findings->way_verdict, findings->outage_verdict));
    return findings;
}
