/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/candidate.h"
#include "models/metrics/metric_catalogue.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

/* What the settings of a group have in common with their candidates. */
struct point_key {
    int64_t warmup_ns, short_ns, whole_ns;
};

static void *grow(struct arena *arena, const void *old, size_t count, size_t *capacity, size_t size)
{
    *capacity = *capacity > 0 ? 2 * *capacity : FIRST_CAPACITY;
    void *grown = arena_array(arena, *capacity, size);
    if (count > 0)
        memcpy(grown, old, count * size);
    return grown;
}

static bool check_result(const void *model, const struct study_result *result, struct arena *arena)
{
    size_t count;
    const struct model_check *checks = model_checks(model, result, arena, &count);
    for (size_t i = 0; i < count; i++)
        if (!checks[i].holds)
            return false;
    return true;
}

void candidate_field_open(struct candidate_field *field, const struct scenario_set *set,
                          const char *setting, const struct replications_options *workers,
                          struct arena *arena)
{
    const struct run_spec *run = &set->settings[0].scenario.run;
    *field = (struct candidate_field){
        .set = set, .setting = setting, .has_short = true, .arena = arena, .workers = *workers};
    field->probes.options = (struct study_options){.min_replications = run->min_replications,
                                                   .max_replications = run->max_replications,
                                                   .precision = run->precision,
                                                   .confidence = run->confidence,
                                                   .workers = *workers};
    field->probes.check = check_result;
    probe_set_open(&field->probes, arena);
}

void candidate_field_close(struct candidate_field *field)
{
    if (field->probes.machine)
        probe_set_close(&field->probes);
}

/* ---- compiling --------------------------------------------------------------------------- */

/* A candidate is a proposal: what is judged for every setting but the baseline is judged for the
 * candidates of the baseline too. */
static bool has_settings(const struct candidate_field *field)
{
    return field->set->has_settings && strcmp(field->setting, "baseline") != 0;
}

static bool applies(const struct candidate_field *field, const struct criterion_spec *criterion)
{
    return criterion_applies(criterion, field->setting, has_settings(field));
}

static bool is_compared_with(const struct candidate_field *field, const struct scenario *scenario,
                             const char *name)
{
    for (size_t k = 0; k < scenario->criterion_count; k++) {
        const struct criterion_spec *criterion = &scenario->criteria[k];
        if (criterion->no_worse_than && strcmp(criterion->no_worse_than, name) == 0 &&
            applies(field, criterion))
            return true;
    }
    return false;
}

/* The settings compared with, then the candidate: so that a name means the setting as written. */
static struct scenario_set *make_set(const struct candidate_field *field,
                                     const struct setting_spec *spec)
{
    const struct scenario_set *all = field->set;
    struct scenario_set *set = arena_alloc(field->arena, sizeof *set);
    struct setting_spec *settings =
        arena_array(field->arena, all->setting_count + 1, sizeof *settings);
    *set = *all;
    set->has_settings = has_settings(field);
    set->setting_count = 0;
    for (size_t i = 0; i < all->setting_count; i++)
        if (is_compared_with(field, &spec->scenario, all->settings[i].name))
            settings[set->setting_count++] = all->settings[i];
    settings[set->setting_count++] = *spec;
    set->settings = settings;
    return set;
}

/* Whether the metric is the highest window of run.window. */
static bool is_peak(const struct model *model, const char *metric)
{
    size_t count;
    const struct column *columns = model_columns(model, &count);
    int column = model_find_column(model, metric);
    return column != COLUMN_NONE && columns[column].identity->statistic == STATISTIC_PEAK;
}

static int64_t longest_window(const struct model *model, const struct scenario *scenario)
{
    int64_t longest = 0;
    for (size_t k = 0; k < scenario->criterion_count; k++) {
        const struct criterion_spec *criterion = &scenario->criteria[k];
        int64_t window = criterion->span != SPAN_WHOLE       ? criterion->window_ns
                         : is_peak(model, criterion->metric) ? scenario->run.window_ns
                                                             : 0;
        longest = window > longest ? window : longest;
    }
    return longest;
}

/* The measured time of short replications; 0: there are none. */
static int64_t short_duration(const struct candidate_field *field, const struct model *model,
                              const struct scenario *scenario)
{
    int64_t whole = scenario->run.duration_ns, length = whole / POINT_SHORT_PART;
    int64_t window = longest_window(model, scenario);
    if (!field->has_short || model_is_time_varying(model))
        return 0;
    double requests = model_expected_requests(model, length);
    if (requests < PLAN_LEAST_REQUESTS) {
        double factor = PLAN_LEAST_REQUESTS / fmax(requests, 1e-300);
        length = factor < POINT_SHORT_PART ? (int64_t)((double)length * factor) : whole;
    }
    if (model_longest_period(model) > window)
        window = model_longest_period(model);
    if (window > 0)
        length = (length + window - 1) / window * window;
    return length <= whole / 2 ? length : 0;
}

static bool make_brief(const struct candidate_field *field, struct candidate *candidate,
                       struct error *err)
{
    const struct scenario_set *whole = candidate->plan.set;
    struct scenario_set *set = arena_alloc(field->arena, sizeof *set);
    struct setting_spec *settings =
        arena_array(field->arena, whole->setting_count, sizeof *settings);
    *set = *whole;
    for (size_t i = 0; i < whole->setting_count; i++) {
        settings[i] = whole->settings[i];
        settings[i].scenario.run.duration_ns = candidate->short_ns;
    }
    set->settings = settings;
    return plan_make(set, field->arena, &candidate->brief, err);
}

/* Claims about one run: the looks at whole runs share the chance of being wrong with the one at
 * short ones, and what is too near its limit is left so. */
static void plan_claims(const struct candidate_field *field, const struct candidate *candidate,
                        const struct plan *plan)
{
    size_t own = plan->count - 1, count = plan->settings[own].criterion_count;
    struct run_spec run = plan->set->settings[own].scenario.run;
    struct study_criterion *criteria = arena_array(field->arena, count, sizeof *criteria);
    if (candidate->short_ns > 0)
        run.confidence = 1 - (1 - PROBE_SHORT_PART) * (1 - run.confidence);
    for (size_t i = 0; i < count; i++) {
        criteria[i] = plan->settings[own].criteria[i];
        if (!criteria[i].counting)
            continue;
        plan_count_runs(&run, criteria[i].probability, &criteria[i], field->arena);
        criteria[i].patience = CANDIDATE_PATIENCE;
    }
    plan->settings[own].criteria = criteria;
}

bool candidate_make(struct candidate_field *field, const struct setting_spec *spec,
                    struct candidate *candidate, struct error *err)
{
    *candidate = (struct candidate){.spec = spec};
    if (!plan_make(make_set(field, spec), field->arena, &candidate->plan, err))
        return false;
    const struct model *model = candidate_model(candidate);
    candidate->utilization = model_offered_utilization(model, NULL);
    candidate->short_ns = short_duration(field, model, &spec->scenario);
    plan_claims(field, candidate, &candidate->plan);
    if (candidate->short_ns == 0)
        return true;
    if (!make_brief(field, candidate, err))
        return false;
    plan_claims(field, candidate, &candidate->brief);
    return true;
}

size_t candidate_index(const struct candidate *candidate)
{
    return candidate->plan.count - 1;
}

const struct model *candidate_model(const struct candidate *candidate)
{
    return candidate->plan.models[candidate_index(candidate)];
}

const struct criterion_spec *candidate_criterion(const struct candidate_field *field,
                                                 const struct candidate *candidate, size_t index)
{
    const struct scenario *scenario = &candidate->spec->scenario;
    for (size_t k = 0;; k++) {
        assert(k < scenario->criterion_count);
        if (applies(field, &scenario->criteria[k]) && index-- == 0)
            return &scenario->criteria[k];
    }
}

/* ---- warm-up ----------------------------------------------------------------------------- */

/* Whether what was found serves another, who is no nearer to capacity, so takes no longer to forget
 * the start: one up to twice as far from it, and on the same side any whose own search would begin
 * with a pilot of that length, and so find no less. */
static bool serves(const struct candidate_pilot *pilot, const struct candidate_pilot *wanted)
{
    if (pilot->duration_ns != wanted->duration_ns || !(pilot->distance <= wanted->distance))
        return false;
    return pilot->distance >= wanted->distance / 2 ||
           (pilot->is_overload == wanted->is_overload && pilot->length_ns == wanted->length_ns);
}

static const struct candidate_pilot *find_pilot(const struct candidate_field *field,
                                                const struct candidate_pilot *wanted)
{
    for (size_t i = 0; i < field->pilot_count; i++)
        if (serves(&field->pilots[i], wanted))
            return &field->pilots[i];
    return NULL;
}

static void keep_pilot(struct candidate_field *field, const struct candidate_pilot *pilot)
{
    if (field->pilot_count == field->pilot_capacity)
        field->pilots = grow(field->arena, field->pilots, field->pilot_count,
                             &field->pilot_capacity, sizeof *field->pilots);
    field->pilots[field->pilot_count++] = *pilot;
}

/* The warm-up of setting i of the candidate's plan, found or borrowed. */
static bool find_warmup(struct candidate_field *field, struct candidate *candidate, size_t i,
                        int64_t *warmup_ns, bool *is_interrupted, struct error *err)
{
    struct plan *plan = &candidate->plan;
    if (!plan_has_to_find_warmup(plan, i))
        return true;
    double utilization = model_offered_utilization(plan->models[i], NULL);
    struct candidate_pilot own = {.distance = fabs(1 - utilization),
                                  .is_overload = utilization > 1,
                                  .duration_ns = plan->set->settings[i].scenario.run.duration_ns,
                                  .length_ns = plan_first_pilot(plan, i)};
    const struct candidate_pilot *pilot = find_pilot(field, &own);
    struct pilot_finding finding;
    if (pilot) {
        *warmup_ns = pilot->warmup_ns > *warmup_ns ? pilot->warmup_ns : *warmup_ns;
        return true;
    }
    if (!plan_find_warmup_of(plan, i, &field->workers, field->arena, &finding, err))
        return false;
    *is_interrupted = finding.is_interrupted;
    *warmup_ns = finding.warmup_ns > *warmup_ns ? finding.warmup_ns : *warmup_ns;
    field->pilots_run++;
    own.length_ns = finding.length_ns;
    own.warmup_ns = finding.warmup_ns;
    if (finding.has_settled && !isnan(own.distance))
        keep_pilot(field, &own);
    return true;
}

/* ---- probes ------------------------------------------------------------------------------ */

static size_t find_group(struct candidate_field *field, const struct candidate *candidate,
                         const struct point_key *key)
{
    struct probe_set *set = &field->probes;
    size_t references = candidate_index(candidate);
    for (size_t i = 0; i < set->group_count; i++)
        if (references == 0 || memcmp(&field->keys[i], key, sizeof *key) == 0)
            return i;
    if (set->group_count == field->group_capacity) {
        size_t capacity = field->group_capacity;
        set->groups =
            grow(field->arena, set->groups, set->group_count, &capacity, sizeof *set->groups);
        field->keys = grow(field->arena, field->keys, set->group_count, &field->group_capacity,
                           sizeof *field->keys);
    }
    field->keys[set->group_count] = *key;
    set->groups[set->group_count] = (struct probe_group){
        .settings = {candidate->brief.settings, candidate->plan.settings}, .count = references};
    return set->group_count++;
}

static const enum probe_extreme *find_extremes(const struct candidate_field *field,
                                               const struct candidate *candidate)
{
    const struct study_setting *setting = &candidate->plan.settings[candidate_index(candidate)];
    size_t count = setting->criterion_count;
    enum probe_extreme *extremes = arena_array(field->arena, count, sizeof *extremes);
    for (size_t i = 0; i < count; i++) {
        const struct criterion_spec *criterion = candidate_criterion(field, candidate, i);
        bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
        /* The worst window, or the best stretch. */
        bool is_highest = is_upper == (criterion->span != SPAN_FOR);
        if (criterion->span != SPAN_WHOLE)
            extremes[i] = is_highest ? PROBE_HIGHEST : PROBE_LOWEST;
        else if (metric_is_extreme(setting->columns[setting->criteria[i].column].identity))
            extremes[i] = PROBE_HIGHEST;
    }
    return extremes;
}

/* A short replication has the same warm-up, and is transient for the same reasons. */
static void set_warmups(struct candidate *candidate, int64_t warmup_ns)
{
    plan_set_warmup(&candidate->plan, warmup_ns);
    for (size_t i = 0; i < candidate->brief.count; i++) {
        model_set_warmup(candidate->brief.models[i],
                         (int64_t)llround(candidate->plan.warmup_s[i] * 1e9));
        candidate->brief.settings[i].is_transient = candidate->plan.settings[i].is_transient;
        candidate->brief.settings[i].is_short_start = candidate->plan.settings[i].is_short_start;
        candidate->brief.settings[i].is_from_start = candidate->plan.settings[i].is_from_start;
        candidate->brief.settings[i].warmup_s = candidate->plan.settings[i].warmup_s;
    }
}

static void add_probe(struct candidate_field *field, struct candidate *candidate,
                      struct probe probe)
{
    struct probe_set *set = &field->probes;
    if (set->count == field->probe_capacity) {
        size_t capacity = field->probe_capacity;
        set->probes = grow(field->arena, set->probes, set->count, &capacity, sizeof *set->probes);
        field->candidates = grow(field->arena, field->candidates, set->count,
                                 &field->probe_capacity, sizeof *field->candidates);
    }
    candidate->probe = set->count;
    field->candidates[set->count] = candidate;
    set->probes[set->count++] = probe;
}

bool candidate_find_warmup(struct candidate_field *field, struct candidate *candidate,
                           bool *is_interrupted, struct error *err)
{
    *is_interrupted = false;
    for (size_t i = 0; i < candidate->plan.count && !*is_interrupted; i++)
        if (!find_warmup(field, candidate, i, &candidate->warmup_ns, is_interrupted, err))
            return false;
    return true;
}

void candidate_add(struct candidate_field *field, struct candidate *candidate,
                   const struct candidate_wanted *wanted)
{
    size_t own = candidate_index(candidate);
    set_warmups(candidate, candidate->warmup_ns);
    int64_t whole_ns = candidate->spec->scenario.run.duration_ns;
    double warmup_ns = candidate->plan.warmup_s[own] * 1e9;
    const struct point_key key = {llround(warmup_ns), candidate->short_ns, whole_ns};
    struct probe probe = {.group = find_group(field, candidate, &key),
                          .extremes = find_extremes(field, candidate),
                          .wanted = wanted->columns,
                          .wanted_count = wanted->count,
                          .wanted_precision = wanted->precision,
                          .is_only_shown = wanted->is_only_shown};
    probe.settings[PROBE_WHOLE] = candidate->plan.settings[own];
    if (candidate->short_ns > 0) {
        probe.settings[PROBE_SHORT] = candidate->brief.settings[own];
        /* A window that slides has twice as many places. */
        probe.blocks = 2 * (size_t)((whole_ns + candidate->short_ns - 1) / candidate->short_ns);
        probe.short_cost =
            ((double)candidate->short_ns + warmup_ns) / ((double)whole_ns + warmup_ns);
    }
    add_probe(field, candidate, probe);
}
