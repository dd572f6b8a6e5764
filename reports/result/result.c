/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/result.h"
#include "reports/result/loose_ends.h"
#include "reports/result/provenance.h"
#include "reports/result/series.h"
#include "reports/result/undecided.h"
#include "sim/base/version.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double NS_PER_S = 1e9;

/* What result_make was given, for the functions that fill a part each. */
struct sources {
    const struct plan *plan;
    const struct study_outcome *outcome;
    struct arena *arena;
};

/* A path given twice was overridden by the later one; in an object a key may stand once. */
static void fill_overrides(struct result_setting *to, const struct setting_spec *from,
                           struct arena *arena)
{
    struct override *kept = arena_array(arena, from->override_count, sizeof *kept);
    for (size_t i = 0; i < from->override_count; i++) {
        size_t place = 0;
        while (place < to->override_count && strcmp(kept[place].path, from->overrides[i].path) != 0)
            place++;
        kept[place] = from->overrides[i];
        to->override_count += place == to->override_count;
    }
    to->overrides = kept;
}

/* Without a steady state there is nothing that more replications of this length would tell more of:
 * an interval would be about the length of the run. */
static void withhold_interval(struct estimate *estimate)
{
    estimate->has_interval = estimate->is_upper_bound = false;
    estimate->low = -INFINITY;
    estimate->high = INFINITY;
}

static void fill_metrics(struct result_setting *to, const struct sources *sources, size_t setting)
{
    size_t column_count, count = model_metric_count(sources->plan->models[setting]);
    const struct column *columns = model_columns(sources->plan->models[setting], &column_count);
    struct result_metric *metrics = arena_array(sources->arena, count, sizeof *metrics);
    struct prediction *predictions = arena_array(sources->arena, count, sizeof *predictions);
    assert(count <= column_count);
    for (size_t i = 0; i < count; i++) {
        metrics[i] =
            (struct result_metric){.name = columns[i].name,
                                   .unit = columns[i].unit,
                                   .estimate = sources->outcome->results[setting].estimates[i],
                                   .larger_is_better = columns[i].larger_is_better,
                                   .identity = columns[i].identity};
        if (to->is_unstable)
            withhold_interval(&metrics[i].estimate);
        predictions[i] =
            series_predict(sources->plan, sources->outcome, setting, i, sources->arena);
    }
    to->metrics = metrics;
    to->predictions = predictions;
    to->metric_count = count;
    to->one_runs = sources->outcome->one_runs ? sources->outcome->one_runs[setting].started : 0;
    to->values = sources->outcome->results[setting].values;
    to->started = sources->outcome->results[setting].started;
    to->event_hashes = sources->outcome->results[setting].event_hashes;
    to->value_stride = column_count;
}

static struct result_criterion join_criterion(const struct criterion_spec *spec,
                                              const struct column *column,
                                              const struct study_decision *decision)
{
    return (struct result_criterion){
        .name = spec->name,
        .expect = spec->expect,
        .unit = column->unit,
        .metric = spec->metric,
        .identity = column->identity,
        .span = spec->span,
        .estimate = decision->estimate,
        .verdict = decision->verdict,
        .is_withheld = decision->is_withheld,
        .withheld = decision->withheld,
        .held = decision->held,
        .failed = decision->failed,
        .cycles = decision->cycles,
        .unseen = decision->unseen,
        .share = decision->share,
        .margin = decision->margin,
        .has_limit = spec->has_limit,
        .op = spec->op,
        .limit = spec->limit,
        .limit_text = spec->limit_text,
        .no_worse_than = spec->no_worse_than,
        .allowed = spec->margin,
        .difference = decision->difference,
    };
}

static struct result_criterion configured_criterion(const struct configured_spec *claim,
                                                    struct arena *arena)
{
    const struct criterion_spec *spec = &claim->criterion;
    bool holds = verdict_meets(claim->value, spec->op, spec->limit);
    return (struct result_criterion){
        .name = spec->name,
        .expect = spec->expect,
        .metric = spec->metric,
        .identity = metric_catalogue_identity(spec->metric, arena),
        .unit = claim->unit,
        .estimate = {.estimate = claim->value,
                     .low = claim->value,
                     .high = claim->value,
                     .has_interval = true},
        .verdict = holds ? VERDICT_PASS : VERDICT_FAIL,
        .is_configured = true,
        .margin = isfinite(claim->value) && isfinite(spec->limit)
                      ? verdict_margin(claim->value, spec->op, spec->limit)
                      : NAN,
        .has_limit = true,
        .op = spec->op,
        .limit = spec->limit,
        .limit_text = spec->limit_text,
        .one = {.low = claim->value, .high = claim->value},
    };
}

/* The criteria about what is set come first; returns how many. */
static size_t join_configured(const struct sources *sources, const struct setting_spec *spec,
                              struct result_criterion *criteria)
{
    size_t count = 0;
    for (size_t i = 0; i < spec->scenario.configured_count; i++) {
        const struct configured_spec *claim = &spec->scenario.configured[i];
        if (criterion_is_for(&claim->criterion, spec->name, sources->plan->set->has_settings))
            criteria[count++] = configured_criterion(claim, sources->arena);
    }
    return count;
}

/* A criterion of the study, number index of setting. */
static struct result_criterion studied_criterion(const struct sources *sources, size_t setting,
                                                 size_t index, const struct criterion_spec *spec)
{
    const struct study_setting *studied = &sources->plan->settings[setting];
    const struct study_criterion *judged = &studied->criteria[index];
    struct result_criterion made =
        join_criterion(spec, &studied->columns[judged->column],
                       &sources->outcome->results[setting].decisions[index]);
    made.probability = judged->probability;
    if (judged->beyond_column > 0)
        made.share_limit = (double)judged->beyond.allowed / BEYOND_WHOLE;
    made.run_s = studied->run_s;
    made.warmup_s = sources->plan->warmup_s[setting];
    made.fewest_runs = sources->plan->options.min_replications;
    made.scope = studied->scopes ? studied->scopes[judged->column] : NULL;
    made.one = series_predict(sources->plan, sources->outcome, setting, (size_t)judged->column,
                              sources->arena);
    return made;
}

/* The study's criteria are those of the specification that apply, in its order. */
static struct result_criterion *fill_criteria(struct result_setting *to,
                                              const struct sources *sources, size_t setting)
{
    const struct setting_spec *spec = &sources->plan->set->settings[setting];
    size_t studied = sources->plan->settings[setting].criterion_count, index = 0;
    struct result_criterion *criteria =
        arena_array(sources->arena, studied + spec->scenario.configured_count, sizeof *criteria);
    size_t count = join_configured(sources, spec, criteria);
    for (size_t i = 0; i < count; i++)
        to->verdict = verdict_and(to->verdict, criteria[i].verdict);
    for (size_t i = 0; i < spec->scenario.criterion_count; i++) {
        const struct criterion_spec *criterion = &spec->scenario.criteria[i];
        if (!criterion_applies(criterion, spec->name, sources->plan->set->has_settings))
            continue;
        assert(index < studied);
        criteria[count++] = studied_criterion(sources, setting, index++, criterion);
    }
    assert(index == studied);
    to->criteria = criteria;
    to->criterion_count = count;
    return criteria;
}

/* What fails a self-check is not relied on: its passes are withheld. */
static void withhold_passes(struct result_setting *setting, struct result_criterion *criteria)
{
    bool holds = true;
    for (size_t i = 0; i < setting->check_count; i++)
        holds &= setting->checks[i].holds;
    for (size_t i = 0; !holds && i < setting->criterion_count; i++)
        if (criteria[i].verdict == VERDICT_PASS && !criteria[i].is_configured) {
            criteria[i].verdict = VERDICT_UNDECIDED;
            criteria[i].is_withheld = true;
            criteria[i].withheld |= WITHHELD_CHECK;
            setting->verdict = verdict_and(setting->verdict, VERDICT_UNDECIDED);
        }
}

static struct result_setting make_setting(const struct sources *sources, size_t setting)
{
    const struct setting_spec *spec = &sources->plan->set->settings[setting];
    const struct model *model = sources->plan->models[setting];
    const struct study_result *found = &sources->outcome->results[setting];
    struct result_setting made = {.name = spec->name,
                                  .replications = found->replications,
                                  .warmup_s = sources->plan->warmup_s[setting],
                                  .verdict = found->verdict,
                                  .is_unstable = model_is_unstable(model)};
    fill_overrides(&made, spec, sources->arena);
    made.loads = model_offered_loads(model, &made.load_count);
    fill_metrics(&made, sources, setting);
    struct result_criterion *criteria = fill_criteria(&made, sources, setting);
    made.checks = model_checks(model, found, sources->arena, &made.check_count);
    withhold_passes(&made, criteria);
    for (size_t i = 0; made.is_unstable && i < made.criterion_count; i++) {
        withhold_interval(&criteria[i].estimate);
        withhold_interval(&criteria[i].difference);
    }
    for (size_t i = 0; i < made.criterion_count; i++)
        if (criteria[i].verdict == VERDICT_UNDECIDED)
            criteria[i].explanation = undecided_advice(&criteria[i], sources->arena);
    made.series = series_of_setting(sources->plan, sources->outcome, setting, sources->arena,
                                    &made.series_count);
    made.warnings = plan_list_warnings(sources->plan, setting, sources->arena, &made.warning_count);
    loose_ends_warn(&made, &spec->scenario, sources->arena);
    return made;
}

static void fill_settings(struct result *result, const struct sources *sources)
{
    size_t count = sources->plan->set->setting_count;
    struct result_setting *settings = arena_array(sources->arena, count, sizeof *settings);
    for (size_t i = 0; i < count; i++)
        settings[i] = make_setting(sources, i);
    result->settings = settings;
    result->setting_count = count;
    for (size_t i = 0; i < count; i++)
        result->verdict = verdict_and(result->verdict, settings[i].verdict);
}

/* The column of that name in a model, or COLUMN_NONE; mostly it is where the other model has it. */
static int find_column(const struct model *model, const char *name, size_t hint)
{
    size_t count;
    const struct column *columns = model_columns(model, &count);
    if (hint < count && strcmp(columns[hint].name, name) == 0)
        return (int)hint;
    return model_find_column(model, name);
}

/* Adds the differences of setting `to` from setting `from`; returns how many. */
static size_t add_differences(struct result_difference *differences, const struct result *result,
                              const struct sources *sources, size_t from, size_t to)
{
    const struct result_setting *base = &result->settings[from], *other = &result->settings[to];
    size_t count = 0;
    for (size_t i = 0; i < base->metric_count; i++) {
        int column = find_column(sources->plan->models[to], base->metrics[i].name, i);
        if (column == COLUMN_NONE)
            continue;
        differences[count++] = (struct result_difference){
            .metric = base->metrics[i].name,
            .identity = base->metrics[i].identity,
            .from = base->name,
            .to = other->name,
            .unit = base->metrics[i].unit,
            .estimate = study_difference(sources->plan->settings, sources->outcome, from, (int)i,
                                         to, column, NULL)};
        if (base->is_unstable || other->is_unstable)
            withhold_interval(&differences[count - 1].estimate);
    }
    return count;
}

static void fill_differences(struct result *result, const struct sources *sources)
{
    size_t baseline = 0, count = 0;
    while (baseline < result->setting_count &&
           strcmp(result->settings[baseline].name, "baseline") != 0)
        baseline++;
    if (baseline == result->setting_count)
        return;
    struct result_difference *differences = arena_array(
        sources->arena, result->settings[baseline].metric_count * (result->setting_count - 1),
        sizeof *differences);
    for (size_t to = 0; to < result->setting_count; to++)
        if (to != baseline)
            count += add_differences(differences + count, result, sources, baseline, to);
    result->differences = differences;
    result->difference_count = count;
}

/* An assumption, and where it stands among all settings' assumptions. */
struct listed {
    const struct assumption *assumption;
    size_t setting, place;
};

static int by_key_then_place(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = strcmp(x->assumption->key, y->assumption->key);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_kind_then_place(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->assumption->is_default != y->assumption->is_default)
        return x->assumption->is_default ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

static struct listed *list_assumptions(const struct scenario_set *set, struct arena *arena,
                                       size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < set->setting_count; i++)
        *count += set->settings[i].scenario.assumption_count;
    struct listed *all = arena_array(arena, *count, sizeof *all);
    size_t place = 0;
    for (size_t i = 0; i < set->setting_count; i++)
        for (size_t k = 0; k < set->settings[i].scenario.assumption_count; k++, place++)
            all[place] = (struct listed){&set->settings[i].scenario.assumptions[k], i, place};
    return all;
}

/* Those of the first setting, and of each later one those whose key is new; first what was given,
 * then the defaults. A key may stand twice within one setting: two notes on one figure. */
static void fill_assumptions(struct result *result, const struct scenario_set *set,
                             struct arena *arena)
{
    size_t count, kept = 0;
    struct listed *all = list_assumptions(set, arena, &count);
    if (count == 0)
        return;
    qsort(all, count, sizeof *all, by_key_then_place);
    size_t first_setting = 0;
    for (size_t i = 0; i < count; i++) {
        const struct assumption *before = kept > 0 ? all[kept - 1].assumption : NULL;
        if (!before || strcmp(before->key, all[i].assumption->key) != 0)
            first_setting = all[i].setting;
        if (all[i].setting == first_setting)
            all[kept++] = all[i];
    }
    qsort(all, kept, sizeof *all, by_kind_then_place);
    struct assumption *assumptions = arena_array(arena, kept, sizeof *assumptions);
    for (size_t i = 0; i < kept; i++)
        assumptions[i] = *all[i].assumption;
    result->assumptions = assumptions;
    result->assumption_count = kept;
}

static void fill_inputs(struct result *result, const struct scenario_set *set, struct arena *arena)
{
    struct result_input *inputs = arena_array(arena, 1 + set->input_count, sizeof *inputs);
    inputs[0].file = set->file;
    sha256_hex(set->text, set->text_length, inputs[0].sha256);
    for (size_t i = 0; i < set->input_count; i++) {
        inputs[1 + i].file = set->input_files[i];
        if (set->input_hashes[i] == NULL)
            sha256_hex(set->input_texts[i], set->input_lengths[i], inputs[1 + i].sha256);
        else
            snprintf(inputs[1 + i].sha256, sizeof inputs[1 + i].sha256, "%s", set->input_hashes[i]);
    }
    memcpy(result->scenario_sha256, inputs[0].sha256, sizeof result->scenario_sha256);
    result->inputs = inputs;
    result->input_count = 1 + set->input_count;
}

struct result *result_begin(const struct scenario_set *set, const char *const *command,
                            size_t command_count, struct arena *arena)
{
    const struct scenario *scenario = &set->settings[0].scenario;
    struct result *result = arena_alloc(arena, sizeof *result);
    *result = (struct result){
        .scenario_name = scenario->name,
        .title = scenario->title,
        .description = scenario->description,
        .scenario_file = set->file,
        .version = CAPSIM_VERSION,
        .command = command,
        .command_count = command_count,
        .seed = scenario->run.seed,
        .confidence = scenario->run.confidence,
        .duration_s = (double)scenario->run.duration_ns / NS_PER_S,
        .window_s = (double)scenario->run.window_ns / NS_PER_S,
        .verdict = VERDICT_NONE,
    };
    for (size_t w = 0; w < scenario->workload_count; w++)
        result->ends_early |= scenario->workloads[w].arrivals.process == ARRIVAL_LOAD_TEST;
    fill_inputs(result, set, arena);
    fill_assumptions(result, set, arena);
    return result;
}

const struct result *result_make(const struct plan *plan, const struct study_outcome *outcome,
                                 const char *const *command, size_t command_count,
                                 struct arena *arena)
{
    assert(plan->set->setting_count > 0 && plan->set->setting_count == plan->count);
    const struct sources sources = {plan, outcome, arena};
    struct result *result = result_begin(plan->set, command, command_count, arena);
    result->verdict = outcome->verdict;
    result->is_interrupted = outcome->is_interrupted;
    result->looks_planned = outcome->plan.looks;
    result->looks_made = outcome->looks_made;
    fill_settings(result, &sources);
    fill_differences(result, &sources);
    loose_ends_assume(result, &plan->set->settings[0].scenario, arena);
    provenance_digest(result, result->digest);
    return result;
}

const struct result_setting *result_subject(const struct result *result)
{
    for (size_t i = result->setting_count; i-- > 0;)
        if (result->settings[i].verdict != VERDICT_NONE)
            return &result->settings[i];
    return &result->settings[result->setting_count - 1];
}

const struct result *result_with_series(const struct result *result, size_t count,
                                        struct arena *arena)
{
    struct result *shown = arena_alloc(arena, sizeof *shown);
    struct result_setting *settings = arena_array(arena, result->setting_count, sizeof *settings);
    for (size_t i = 0; i < result->setting_count; i++) {
        settings[i] = result->settings[i];
        settings[i].series_count = count;
    }
    *shown = *result;
    shown->settings = settings;
    return shown;
}

static struct plan_warning warn_of_check(const char *setting, const struct model_check *check,
                                         struct arena *arena)
{
    return (struct plan_warning){
        setting,
        check->words ? check->words : arena_printf(arena, "self-check failed: %s", check->name)};
}

const struct plan_warning *result_failed_checks(const struct result *result, struct arena *arena,
                                                size_t *count)
{
    size_t most = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        most += result->settings[i].check_count;
    struct plan_warning *failed = arena_array(arena, most, sizeof *failed);
    *count = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].check_count; k++)
            if (!result->settings[i].checks[k].holds)
                failed[(*count)++] =
                    warn_of_check(result->settings[i].name, &result->settings[i].checks[k], arena);
    return failed;
}
