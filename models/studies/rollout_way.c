/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/rollout_way.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/metric_windows.h"
#include "models/studies/rollout_columns.h"
#include <math.h>
#include <string.h>

/* ---- what is to hold ------------------------------------------------------------------------- */

static bool is_below(enum comparison op)
{
    return op == COMPARISON_LESS || op == COMPARISON_LESS_EQUAL;
}

/* What a rule's condition is when it does not hold. */
static enum comparison opposite(enum comparison op)
{
    switch (op) {
    case COMPARISON_LESS:
        return COMPARISON_GREATER_EQUAL;
    case COMPARISON_LESS_EQUAL:
        return COMPARISON_GREATER;
    case COMPARISON_GREATER:
        return COMPARISON_LESS_EQUAL;
    case COMPARISON_GREATER_EQUAL:
    case COMPARISON_EQUAL:
        break;
    }
    return COMPARISON_LESS;
}

/* Windows of run.window that a criterion's own has; 1 where it is no multiple. */
static uint32_t steps_of(const struct rollout_study *rehearsal, const struct criterion_spec *spec)
{
    int64_t window = rehearsal->from.run.window_ns;
    bool has_own = spec->span != SPAN_WHOLE && spec->window_ns % window == 0;
    return has_own ? (uint32_t)(spec->window_ns / window) : 1;
}

static bool find_followed(const struct rollout_study *rehearsal, int column, size_t *metric)
{
    for (*metric = 0; *metric < rehearsal->metric_count; ++*metric)
        if (rehearsal->metrics[*metric].column == column)
            return true;
    return false;
}

static int watch_in(struct model *model, int column, uint32_t steps, struct arena *arena)
{
    struct builder builder = {
        .spec = model->spec, .layout = &model->layout, .arena = arena, .metrics = &model->metrics};
    return metric_windows_watch(&builder, column, steps);
}

/* Whether the criterion can be judged on the way, and how. */
static bool make_way(struct rollout_study *rehearsal, size_t number, struct rollout_way *way,
                     struct arena *arena)
{
    const struct criterion_spec *spec = &rehearsal->to.criteria[number];
    const struct metrics *metrics = &rehearsal->before->metrics;
    int column = metrics_find(metrics, spec->metric);
    if (!spec->has_limit || spec->span == SPAN_FOR || spec->reach == REACH_WATCH ||
        column == COLUMN_NONE ||
        !criterion_is_for(spec, rehearsal->to.setting, rehearsal->set->has_settings))
        return false;
    *way = (struct rollout_way){.kind = WAY_CRITERION,
                                .number = number,
                                .is_lower = !is_below(spec->op),
                                .watch = {-1, -1}};
    way->is_rate = metrics->columns[column].kind == COLUMN_RATE;
    if (!way->is_rate && spec->span == SPAN_WHOLE)
        return find_followed(rehearsal, column, &way->metric);
    if (!metric_windows_has_windows(&metrics->sources[column]))
        return false;
    uint32_t steps = steps_of(rehearsal, spec);
    way->watch[0] = watch_in(rehearsal->before, column, steps, arena);
    way->watch[1] = watch_in(rehearsal->after, column, steps, arena);
    return true;
}

static bool is_critical(const struct rollout_rule *rule)
{
    return rule->severity && strcmp(rule->severity, "critical") == 0;
}

/* An alert fires at the first look that finds its condition true for that long: it was true at one
 * look more than there are windows in that time. */
static struct rollout_way way_of_rule(const struct rollout_study *rehearsal, size_t number)
{
    const struct rollout_rule *rule = rollout_columns_find_rule(rehearsal, number);
    bool is_alert = number < rehearsal->rollout->alert_count;
    bool larger_is_better =
        rehearsal->before->metrics.columns[rehearsal->rule_column[number]].larger_is_better;
    int64_t window = rehearsal->from.run.window_ns;
    return (struct rollout_way){.kind = is_alert ? WAY_ALERT : WAY_ROLLBACK,
                                .number = number,
                                .is_lower =
                                    rule->is_relative ? larger_is_better : is_below(rule->when.op),
                                .watch = {-1, -1},
                                .steps = (uint32_t)((rule->for_ns + window - 1) / window) + 1};
}

void rollout_way_make(struct rollout_study *rehearsal, struct arena *arena)
{
    size_t most = rehearsal->to.criterion_count + rehearsal->rule_count;
    rehearsal->ways = arena_array(arena, most, sizeof *rehearsal->ways);
    for (size_t i = 0; i < rehearsal->to.criterion_count; i++)
        if (make_way(rehearsal, i, &rehearsal->ways[rehearsal->way_count], arena))
            rehearsal->way_count++;
    for (size_t i = 0; i < rehearsal->rule_count; i++)
        if (i >= rehearsal->rollout->alert_count ||
            is_critical(rollout_columns_find_rule(rehearsal, i)))
            rehearsal->ways[rehearsal->way_count++] = way_of_rule(rehearsal, i);
}

void rollout_way_add_columns(const struct rollout_study *rehearsal, struct column *columns,
                             const struct study_scope **scopes)
{
    /* Worst values of windows: their laws are not known to be light. */
    static const struct study_scope heavy = {.tail_index = INFINITY};
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        struct column *column = &columns[way->column];
        scopes[way->column] = &heavy;
        if (way->kind != WAY_CRITERION)
            continue;
        const char *metric = rehearsal->to.criteria[way->number].metric;
        int of = metrics_find(&rehearsal->after->metrics, metric);
        column->name = rehearsal->after->metrics.columns[of].name;
        column->unit = rehearsal->after->metrics.columns[of].unit;
        column->identity = rehearsal->after->metrics.columns[of].identity;
    }
}

/* A rule does not fire: its level over its limit keeps 1. */
static struct study_criterion claim_of(const struct rollout_study *rehearsal,
                                       const struct rollout_way *way)
{
    struct study_criterion claim = {.column = (int)way->column,
                                    .has_limit = true,
                                    .limit = 1,
                                    .reference = -1,
                                    .reference_column = COLUMN_NONE,
                                    .may_be_moot = true,
                                    .yields_to_failure = true};
    if (way->kind == WAY_CRITERION) {
        const struct criterion_spec *spec = &rehearsal->to.criteria[way->number];
        claim.op = spec->op;
        claim.limit = spec->limit;
        return claim;
    }
    const struct rollout_rule *rule = rollout_columns_find_rule(rehearsal, way->number);
    if (rule->is_relative)
        claim.op = way->is_lower ? COMPARISON_GREATER_EQUAL : COMPARISON_LESS_EQUAL;
    else
        claim.op = opposite(rule->when.op);
    if (!rule->is_relative && rule->when.limit == 0)
        claim.limit = 0;
    return claim;
}

void rollout_way_add_criteria(const struct rollout_study *rehearsal,
                              struct study_criterion *criteria, struct arena *arena)
{
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        double probability =
            way->kind == WAY_CRITERION ? rehearsal->to.criteria[way->number].probability : 0;
        criteria[i] = claim_of(rehearsal, way);
        plan_count_runs(&rehearsal->to.run, probability, &criteria[i], arena);
    }
}

static bool visits(const struct step *steps, size_t count, size_t service)
{
    for (size_t i = 0; i < count; i++) {
        if ((steps[i].kind == STEP_VISIT && steps[i].service == service) ||
            visits(steps[i].steps, steps[i].step_count, service))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (visits(steps[i].branches[b].steps, steps[i].branches[b].step_count, service))
                return true;
    }
    return false;
}

static bool is_exposed(const struct rollout_study *rehearsal, const struct workload_spec *workload)
{
    for (size_t c = 0; c < workload->class_count; c++)
        if (visits(workload->classes[c].steps, workload->classes[c].step_count,
                   rehearsal->rollout->service))
            return true;
    return false;
}

/* Whether the criterion limits failures of all requests of that workload. */
static bool is_limit_of_errors(const struct rollout_study *rehearsal,
                               const struct criterion_spec *spec, const char *workload)
{
    const struct metrics *metrics = &rehearsal->before->metrics;
    int column = metrics_find(metrics, spec->metric);
    const struct metric_identity *is =
        column == COLUMN_NONE ? NULL : metrics->columns[column].identity;
    if (!is || !is->row || !is->resource || strcmp(is->resource, workload) != 0)
        return false;
    bool is_of_all = is->row->role == ROLE_FAILURES || strcmp(is->row->name, "success_rate") == 0 ||
                     strcmp(is->row->name, "refused_rate") == 0;
    return spec->has_limit && is_of_all &&
           criterion_is_for(spec, rehearsal->to.setting, rehearsal->set->has_settings);
}

bool rollout_way_limits_errors(const struct rollout_study *rehearsal)
{
    for (size_t w = 0; w < rehearsal->to.workload_count; w++) {
        const struct workload_spec *workload = &rehearsal->to.workloads[w];
        bool is_limited = !is_exposed(rehearsal, workload);
        for (size_t i = 0; i < rehearsal->to.criterion_count && !is_limited; i++)
            is_limited = is_limit_of_errors(rehearsal, &rehearsal->to.criteria[i], workload->name);
        if (!is_limited)
            return false;
    }
    return true;
}

/* ---- in a course ----------------------------------------------------------------------------- */

void rollout_way_begin(struct rollout_run *course, struct arena *arena)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    course->ways = arena_array(arena, rehearsal->way_count, sizeof *course->ways);
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        course->ways[i] = (struct rollout_way_state){.worst = NAN, .before = NAN};
        if (way->kind != WAY_CRITERION)
            course->ways[i].held = stretch_make(way->steps, way->is_lower, arena);
    }
}

static void note(const struct rollout_way *way, double *worst, double value)
{
    if (!isnan(value) && (isnan(*worst) || (way->is_lower ? value < *worst : value > *worst)))
        *worst = value;
}

/* What a share in a window of so many must have been, less what chance may add to the limit. */
static double granted(const struct rollout_study *rehearsal, const struct rollout_way *way,
                      double value, double weight)
{
    const double deviations = 3;
    double limit = fmin(fmax(rehearsal->to.criteria[way->number].limit, 0), 1);
    double slack = deviations * sqrt(limit * (1 - limit) / weight);
    return way->is_lower ? fmin(value + slack, 1) : fmax(value - slack, 0);
}

void rollout_way_note_window(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    const struct rollout *rollout = course->system->rollout;
    if (course->kind != ROLLOUT_RUN_CHANGE || course->watch_start != SPEC_NEVER ||
        rollout->stage == ROLLOUT_BACK)
        return;
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        int watch = way->watch[course->which];
        if (watch < 0)
            continue;
        double value = course->windows.values[watch], weight = course->windows.weights[watch];
        if (way->is_rate && weight > 0)
            value = granted(rehearsal, way, value, weight);
        bool is_before = course->system->now <= course->change;
        note(way, is_before ? &course->ways[i].before : &course->ways[i].worst, value);
    }
}

void rollout_way_note_rule(struct rollout_run *course, size_t rule, double value)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        if (rehearsal->ways[i].kind == WAY_CRITERION || rehearsal->ways[i].number != rule)
            continue;
        double limit = course->rules[rule].limit;
        stretch_add(&course->ways[i].held, limit == 0 ? value : value / limit);
    }
}

void rollout_way_note_phase(struct rollout_run *course, size_t phase, size_t metric, double value)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    if (phase > rehearsal->batch_phases)
        return;
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        if (way->kind != WAY_CRITERION || way->watch[0] >= 0 || way->metric != metric)
            continue;
        note(way, phase == 0 ? &course->ways[i].before : &course->ways[i].worst, value);
    }
}

static void put(struct rollout_run *course, size_t column, double value)
{
    course->whole->value[column] = value;
    course->whole->weight[column] = isnan(value) ? 0 : 1;
}

/* The level that a rule held; a condition that was never true for want of anything observed keeps
 * any limit. */
static double level_held(const struct rollout_way *way, const struct rollout_way_state *state)
{
    double level = stretch_level(&state->held);
    if (isfinite(level))
        return level;
    return way->is_lower ? NAN : 0;
}

static double worst_of(const struct rollout_study *rehearsal, const struct rollout_way *way,
                       const struct rollout_way_state *state)
{
    if (way->kind != WAY_CRITERION)
        return level_held(way, state);
    const struct criterion_spec *spec = &rehearsal->to.criteria[way->number];
    bool was_broken = !isnan(state->before) && !verdict_meets(state->before, spec->op, spec->limit);
    return was_broken ? NAN : state->worst;
}

void rollout_way_observe(struct rollout_run *course)
{
    const struct rollout_study *rehearsal = course->rehearsal;
    for (size_t i = 0; i < rehearsal->way_count; i++) {
        const struct rollout_way *way = &rehearsal->ways[i];
        if (course->kind == ROLLOUT_RUN_CHANGE)
            put(course, way->column, worst_of(rehearsal, way, &course->ways[i]));
        else if (course->kind == ROLLOUT_RUN_HEALTHY && way->kind == WAY_ALERT &&
                 course->alerts[way->number].first_fired != ALERT_NEVER)
            put(course, way->column, NAN);
    }
}
