/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/rollout_study.h"
#include "models/engine/model_internal.h"
#include "models/engine/rollout.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/metric_windows.h"
#include "models/spec/rollout_rules.h"
#include "models/studies/rollout_columns.h"
#include "models/studies/rollout_way.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- rules and metrics that are followed ----------------------------------------------------- */

static struct builder builder_of(struct model *model, struct arena *arena)
{
    return (struct builder){
        .spec = model->spec, .layout = &model->layout, .arena = arena, .metrics = &model->metrics};
}

static bool watch_rules(struct rollout_study *rehearsal, struct arena *arena, struct error *err)
{
    struct builder before = builder_of(rehearsal->before, arena);
    struct builder after = builder_of(rehearsal->after, arena);
    size_t count = rehearsal->rollout->alert_count + rehearsal->rollout->rollback_count;
    rehearsal->rule_count = count;
    rehearsal->rule_watch = arena_array(arena, count, sizeof *rehearsal->rule_watch);
    rehearsal->rule_column = arena_array(arena, count, sizeof *rehearsal->rule_column);
    for (size_t i = 0; i < count; i++) {
        const struct criterion_spec *when = &rollout_columns_find_rule(rehearsal, i)->when;
        int *watch = rehearsal->rule_watch[i];
        if (!metric_windows_add_rule(&before, when, &watch[0], err) ||
            !metric_windows_add_rule(&after, when, &watch[1], err))
            return false;
        rehearsal->rule_column[i] = metrics_find(&rehearsal->before->metrics, when->metric);
    }
    return true;
}

/* Follows the metric from now on, unless it is followed already or there are too many. */
static void follow(struct rollout_study *rehearsal, const char *name, bool is_in_series,
                   struct arena *arena)
{
    int column = metrics_find(&rehearsal->before->metrics, name);
    struct builder before = builder_of(rehearsal->before, arena);
    struct builder after = builder_of(rehearsal->after, arena);
    if (column == COLUMN_NONE)
        return;
    for (size_t m = 0; m < rehearsal->metric_count; m++) {
        if (rehearsal->metrics[m].column != column)
            continue;
        rehearsal->metrics[m].is_in_series |= is_in_series && rehearsal->metrics[m].watch[0] >= 0;
        return;
    }
    if (rehearsal->metric_count == REHEARSAL_MOST_METRICS)
        return;
    const struct metric_source *source = &rehearsal->before->metrics.sources[column];
    bool has_windows = metric_windows_has_windows(source);
    if (!has_windows && source->kind != SOURCE_LEVEL_MAX)
        return; /* the highest of a whole run has no part in a phase */
    if (source->kind == SOURCE_LEVEL_MAX &&
        source->scale != rehearsal->after->metrics.sources[column].scale)
        return; /* a share of what changes: of which whole cannot be told */
    rehearsal->metrics[rehearsal->metric_count++] = (struct rollout_study_metric){
        .column = column,
        .watch = {has_windows ? metric_windows_watch(&before, column, 1) : -1,
                  has_windows ? metric_windows_watch(&after, column, 1) : -1},
        .is_in_series = is_in_series && has_windows};
}

static void follow_all(struct rollout_study *rehearsal, const char *of, const char *const *stats,
                       bool is_in_series, struct arena *arena)
{
    for (size_t i = 0; stats[i] != NULL; i++)
        follow(rehearsal, arena_printf(arena, "%s.%s", of, stats[i]), is_in_series, arena);
}

static bool is_followed(const struct rollout_study *rehearsal, enum station_number kind, size_t i)
{
    const struct station_rollout *row = &station_kinds[kind]->rollout;
    return row->is_always_followed ||
           station_service(&rehearsal->from, kind, i) == rehearsal->rollout->service ||
           (row->is_followed && row->is_followed(station_spec(&rehearsal->from, kind, i)));
}

/* The kinds that are always followed, or the others: what their rows say. */
static void follow_stations(struct rollout_study *rehearsal, bool always, struct arena *arena)
{
    for (size_t k = 0; k < STATION_KINDS; k++) {
        enum station_number kind = (enum station_number)k;
        const struct station_rollout *row = &station_kinds[kind]->rollout;
        if (row->is_always_followed != always)
            continue;
        for (size_t i = 0; i < station_count(&rehearsal->from, kind); i++) {
            if (!is_followed(rehearsal, kind, i))
                continue;
            const char *name = station_name(&rehearsal->from, kind, i);
            if (row->series)
                follow_all(rehearsal, name, row->series, true, arena);
            if (row->followed)
                follow_all(rehearsal, name, row->followed, false, arena);
        }
    }
}

/* What the rules and criteria are about first, then what a rollout does to anything: whose requests
 * fail or take longer, how full pools are, what the database bears. */
static void choose_metrics(struct rollout_study *rehearsal, struct arena *arena)
{
    static const char *const of_workload[] = {
        "throughput",   "error_rate", "response.mean", "response.p50", "response.p95",
        "response.p99", NULL};
    const struct scenario *from = &rehearsal->from;
    rehearsal->metrics = arena_array(arena, REHEARSAL_MOST_METRICS, sizeof *rehearsal->metrics);
    for (size_t i = 0; i < rehearsal->rule_count; i++)
        follow(rehearsal, rollout_columns_find_rule(rehearsal, i)->when.metric, true, arena);
    for (size_t i = 0; i < from->criterion_count; i++)
        follow(rehearsal, from->criteria[i].metric, true, arena);
    follow_stations(rehearsal, true, arena);
    for (size_t w = 0; w < from->workload_count; w++)
        follow_all(rehearsal, from->workloads[w].name, of_workload, false, arena);
    follow_stations(rehearsal, false, arena);
}

/* ---- phases ---------------------------------------------------------------------------------- */

static void lay_out_phases(struct rollout_study *rehearsal, struct arena *arena)
{
    int batches = rollout_rules_count_batches(&rehearsal->from, rehearsal->rollout);
    int each = (batches + REHEARSAL_MOST_BATCH_PHASES - 1) / REHEARSAL_MOST_BATCH_PHASES;
    rehearsal->batch_phases = (size_t)((batches + each - 1) / each);
    rehearsal->phase_count = 5 + rehearsal->batch_phases;
    rehearsal->phases = arena_array(arena, rehearsal->phase_count, sizeof *rehearsal->phases);
    rehearsal->phases[0].name = "before";
    for (int first = 1, phase = 1; first <= batches; first += each, phase++) {
        int last = first + each - 1 < batches ? first + each - 1 : batches;
        const char *name = first == last ? arena_printf(arena, "batch %d", first)
                                         : arena_printf(arena, "batches %d-%d", first, last);
        rehearsal->phases[phase] = (struct rollout_study_phase){name, first, last};
    }
    rehearsal->phases[rollout_study_phase_rollout(rehearsal)].name = "rollout";
    rehearsal->phases[rollout_study_phase_watch(rehearsal)].name = "watch";
    rehearsal->phases[rollout_study_phase_back(rehearsal)].name = "rollback";
    rehearsal->phases[rollout_study_phase_aftermath(rehearsal)].name = "after rollback";
}

/* The longest that a course can take [ns]. */
static int64_t longest_course(const struct rollout_study *rehearsal)
{
    const struct rollout_spec *rollout = rehearsal->rollout;
    int64_t batches = rollout_rules_count_batches(&rehearsal->from, rollout);
    int64_t restart = rollout->drain_timeout_ns + rollout->restart_time_ns;
    int64_t back = batches * restart + rollout->rollback_time_ns + ROLLOUT_AFTERMATH_NS;
    return rollout->at_ns + batches * (restart + rollout->pause_ns) + rollout->watch_ns + back;
}

/* ---- columns --------------------------------------------------------------------------------- */

static size_t lay_out_columns(struct rollout_study *rehearsal)
{
    rehearsal->healthy_base = rehearsal->after->metrics.column_count;
    rehearsal->rule_base = rehearsal->healthy_base + rehearsal->before->metrics.column_count;
    rehearsal->course_base = rehearsal->rule_base + rehearsal->rule_count * RULE_VALUES;
    rehearsal->phase_base = rehearsal->course_base + ROLLOUT_RUN_VALUES;
    rehearsal->series_base =
        rehearsal->phase_base + rehearsal->phase_count * (PHASE_VALUES + rehearsal->metric_count);
    size_t column = rehearsal->series_base;
    int64_t window = rehearsal->from.run.window_ns;
    rehearsal->windows = (size_t)((longest_course(rehearsal) + window - 1) / window + 2);
    for (size_t m = 0; m < rehearsal->metric_count; m++) {
        rehearsal->metrics[m].first_of_series = column;
        column += rehearsal->metrics[m].is_in_series ? rehearsal->windows : 0;
    }
    rehearsal->way_base = column;
    for (size_t i = 0; i < rehearsal->way_count; i++)
        rehearsal->ways[i].column = column++;
    return column;
}

static int shifted(int column, size_t base)
{
    return column == COLUMN_NONE ? COLUMN_NONE : column + (int)base;
}

/* What has no column of a model is one number per replication. */
static void make_columns(struct rollout_study *rehearsal, struct arena *arena)
{
    const struct metrics *after = &rehearsal->after->metrics;
    const struct metrics *before = &rehearsal->before->metrics;
    size_t count = lay_out_columns(rehearsal);
    size_t histograms = (size_t)rehearsal->after->layout.tally_count;
    struct column *columns = arena_array(arena, count, sizeof *columns);
    for (size_t c = 0; c < count; c++)
        columns[c] = (struct column){.name = "",
                                     .unit = "",
                                     .kind = COLUMN_MEAN,
                                     .histogram = COLUMN_NONE,
                                     .cluster_mean = COLUMN_NONE,
                                     .cluster_sd = COLUMN_NONE};
    memcpy(columns, after->columns, after->column_count * sizeof *columns);
    for (size_t c = 0; c < before->column_count; c++) {
        struct column *column = &columns[rehearsal->healthy_base + c];
        *column = before->columns[c];
        column->histogram = shifted(column->histogram, histograms);
        column->cluster_mean = shifted(column->cluster_mean, rehearsal->healthy_base);
        column->cluster_sd = shifted(column->cluster_sd, rehearsal->healthy_base);
    }
    const struct study_scope **scopes = arena_array(arena, count, sizeof *scopes);
    rollout_way_add_columns(rehearsal, columns, scopes);
    rehearsal->setting.scopes = scopes;
    rehearsal->setting.columns = columns;
    rehearsal->setting.column_count = count;
    rehearsal->setting.histogram_count = 2 * histograms;
}

/* Windows and extremes are about one rollout, of which nearly all must hold. */
static bool is_about_one(const struct rollout_study *rehearsal, size_t criterion)
{
    const struct metrics *metrics = &rehearsal->after->metrics;
    const struct metric_identity *identity =
        metrics->columns[metrics->criterion_columns[criterion]].identity;
    return rehearsal->to.criteria[criterion].span != SPAN_WHOLE ||
           (identity && metric_is_extreme(identity));
}

static bool add_criteria(struct rollout_study *rehearsal, struct arena *arena, struct error *err)
{
    const struct scenario *to = &rehearsal->to;
    struct study_criterion *criteria =
        arena_array(arena, to->criterion_count + rehearsal->way_count, sizeof *criteria);
    size_t count = 0;
    for (size_t i = 0; i < to->criterion_count; i++) {
        const struct criterion_spec *spec = &to->criteria[i];
        if (!criterion_applies(spec, to->setting, rehearsal->set->has_settings))
            continue;
        struct study_criterion *criterion = &criteria[count++];
        *criterion =
            (struct study_criterion){.column = rehearsal->after->metrics.criterion_columns[i],
                                     .has_limit = spec->has_limit,
                                     .op = spec->op,
                                     .limit = spec->limit,
                                     .reference = -1,
                                     .reference_column = COLUMN_NONE,
                                     .beyond_column = rehearsal->after->metrics.criterion_beyond[i],
                                     .beyond = rehearsal->after->metrics.claims[i]};
        if (spec->has_limit && is_about_one(rehearsal, i))
            plan_count_runs(&to->run, spec->probability, criterion, arena);
        if (!spec->no_worse_than)
            continue;
        if (strcmp(spec->no_worse_than, rehearsal->rollout->from) != 0) {
            error_set(err, STATUS_INPUT,
                      "a rehearsal compares with \"%s\", the setting before, and not with \"%s\"",
                      rehearsal->rollout->from, spec->no_worse_than);
            snprintf(err->pointer, sizeof err->pointer, "%s", spec->pointer);
            return false;
        }
        criterion->margin = spec->margin;
        criterion->reference = 0;
        criterion->reference_column =
            (int)rehearsal->healthy_base + rehearsal->before->metrics.criterion_columns[i];
    }
    rollout_way_add_criteria(rehearsal, criteria + count, arena);
    rehearsal->watch_criteria = count;
    rehearsal->setting.criteria = criteria;
    rehearsal->setting.criterion_count = count + rehearsal->way_count;
    return true;
}

/* ---- making it ------------------------------------------------------------------------------- */

static const struct scenario *find_scenario(const struct scenario_set *set, const char *name)
{
    size_t i = 0;
    while (strcmp(set->settings[i].name, name) != 0)
        i++;
    return &set->settings[i].scenario;
}

static bool check_workloads(const struct scenario *scenario, struct error *err)
{
    for (size_t w = 0; w < scenario->workload_count; w++) {
        if (scenario->workloads[w].arrivals.process != ARRIVAL_LOAD_TEST)
            continue;
        snprintf(err->pointer, sizeof err->pointer, "/workloads/%s/arrivals",
                 scenario->workloads[w].name);
        return error_set(err, STATUS_INPUT,
                         "a load test ends: a rollout is rehearsed with arrivals that go on");
    }
    return true;
}

static bool check_size(const struct rollout_study *rehearsal, struct error *err)
{
    const double most = 4e9;
    double expected = model_expected_requests(rehearsal->before, longest_course(rehearsal));
    if (expected <= most)
        return true;
    snprintf(err->pointer, sizeof err->pointer, "/rollout");
    return error_set(err, STATUS_INPUT,
                     "a replication of this rollout has about %.3g requests; at most %.0g are "
                     "possible",
                     expected, most);
}

static void take_settings(struct rollout_study *rehearsal)
{
    const struct rollout_spec *rollout = rehearsal->rollout;
    rehearsal->from = *find_scenario(rehearsal->set, rollout->from);
    rehearsal->to = *find_scenario(rehearsal->set, rollout->to);
    bool counts_memory = rehearsal->from.memory.is_given || rehearsal->to.memory.is_given;
    struct scenario *both[] = {&rehearsal->from, &rehearsal->to};
    for (size_t i = 0; i < 2; i++) {
        both[i]->rollout = rollout;
        both[i]->run.duration_ns = rollout->watch_ns;
        both[i]->memory.is_given = counts_memory;
    }
}

/* Both models must have the same columns, so that what is watched is the same before and after. */
static bool check_metrics(const struct rollout_study *rehearsal, struct error *err)
{
    const struct metrics *before = &rehearsal->before->metrics, *after = &rehearsal->after->metrics;
    size_t most =
        before->metric_count > after->metric_count ? before->metric_count : after->metric_count;
    for (size_t c = 0; c < most; c++) {
        const char *old = c < before->metric_count ? before->columns[c].name : NULL;
        const char *new = c < after->metric_count ? after->columns[c].name : NULL;
        if (old && new &&strcmp(old, new) == 0)
            continue;
        snprintf(err->pointer, sizeof err->pointer, "/rollout/to");
        return error_set(
            err, STATUS_INPUT,
            "only one of the settings has %s here: a rollout cannot bring or take away a "
            "fetch, nor change the order of named steps",
            old ? old : new);
    }
    return true;
}

static bool compile_both(struct rollout_study *rehearsal, struct arena *arena, struct error *err)
{
    const struct scenario *from = &rehearsal->from, *to = &rehearsal->to;
    return check_workloads(from, err) &&
           (rehearsal->before = model_compile_rollout(from, to, arena, err)) != NULL &&
           (rehearsal->after = model_compile_rollout(to, from, arena, err)) != NULL &&
           check_metrics(rehearsal, err) && check_size(rehearsal, err) &&
           watch_rules(rehearsal, arena, err);
}

bool rollout_study_make(const struct scenario_set *set, struct arena *arena,
                        struct rollout_study *rehearsal, struct error *err)
{
    *rehearsal = (struct rollout_study){.set = set, .rollout = set->rollout};
    take_settings(rehearsal);
    if (!compile_both(rehearsal, arena, err)) {
        if (!err->file[0])
            error_set_file(err, set->file);
        return false;
    }
    choose_metrics(rehearsal, arena);
    lay_out_phases(rehearsal, arena);
    rollout_way_make(rehearsal, arena);
    make_columns(rehearsal, arena);
    const struct run_spec *run = &rehearsal->to.run;
    rehearsal->options = (struct study_options){.min_replications = run->min_replications,
                                                .max_replications = run->max_replications,
                                                .precision = run->precision,
                                                .confidence = run->confidence};
    rehearsal->setting.model = rehearsal;
    rehearsal->setting.replicate = rollout_study_replicate;
    rehearsal->setting.is_transient = model_is_unstable(rehearsal->after);
    if (add_criteria(rehearsal, arena, err))
        return true;
    error_set_file(err, set->file);
    return false;
}

bool rollout_study_find_warmup(struct rollout_study *rehearsal,
                               const struct replications_options *workers, struct arena *arena,
                               bool *is_interrupted, struct error *err)
{
    struct setting_spec setting = {.name = rehearsal->rollout->from, .scenario = rehearsal->from};
    struct scenario_set set = {.settings = &setting, .setting_count = 1};
    struct study_setting study = {0};
    struct plan plan = {.set = &set,
                        .count = 1,
                        .models = &rehearsal->before,
                        .settings = &study,
                        .warmup_s = &rehearsal->warmup_s,
                        .warnings = &rehearsal->warning};
    if (!plan_find_warmup(&plan, workers, arena, is_interrupted, err))
        return false;
    rehearsal->setting.is_transient |= study.is_transient;
    return true;
}

bool rollout_study_run(struct rollout_study *rehearsal, const struct replications_options *workers,
                       struct arena *arena, struct study_outcome *outcome, struct error *err)
{
    bool is_stopped;
    rehearsal->options.workers = *workers;
    replications_begin_phase(workers, "warm-up runs", 0);
    if (!rollout_study_find_warmup(rehearsal, workers, arena, &is_stopped, err) || is_stopped)
        return false;
    replications_begin_phase(workers, "replications", 0);
    return study_run(&rehearsal->setting, 1, &rehearsal->options, arena, outcome, err) &&
           outcome->results[0].replications > 0;
}

bool rollout_study_is_read(const struct scenario_set *set)
{
    bool has_from = false, has_to = false;
    for (size_t i = 0; set->rollout && i < set->setting_count; i++) {
        has_from |= strcmp(set->settings[i].name, set->rollout->from) == 0;
        has_to |= strcmp(set->settings[i].name, set->rollout->to) == 0;
    }
    return has_from && has_to;
}
