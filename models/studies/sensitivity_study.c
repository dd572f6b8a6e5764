/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/sensitivity_study.h"
#include "models/spec/uncertainty.h"
#include <math.h>

/* So many draws are one study, so that all cores have work; what one gives does not depend on it.
 * */
enum { DRAWS_TOGETHER = 4, DEFAULT_DRAWS = 40, DEFAULT_REPLICATIONS = 5 };

/* ---- what is watched --------------------------------------------------------------------- */

static void list_criteria(const struct sensitivity_study *study, size_t setting,
                          struct sensitivity_quantity *quantities, size_t *count)
{
    const struct study_setting *judged = &study->plan->settings[setting];
    const struct setting_spec *spec = &study->set->settings[setting];
    size_t number = 0;
    for (size_t c = 0; c < spec->scenario.criterion_count; c++) {
        const struct criterion_spec *criterion = &spec->scenario.criteria[c];
        if (!criterion_applies(criterion, spec->name, study->set->has_settings))
            continue;
        int column = judged->criteria[number].column;
        quantities[(*count)++] =
            (struct sensitivity_quantity){.setting = spec->name,
                                          .name = criterion->name,
                                          .metric = judged->columns[column].name,
                                          .unit = judged->columns[column].unit,
                                          .setting_number = setting,
                                          .criterion = (int)number++,
                                          .column = column};
    }
}

/* Where nothing is judged: the mean responses. */
static void list_responses(const struct sensitivity_study *study, size_t setting,
                           struct sensitivity_quantity *quantities, size_t *count)
{
    const struct setting_spec *spec = &study->set->settings[setting];
    for (size_t w = 0; w < spec->scenario.workload_count; w++) {
        const char *metric =
            arena_printf(study->arena, "%s.response.mean", spec->scenario.workloads[w].name);
        quantities[(*count)++] = (struct sensitivity_quantity){
            .setting = spec->name,
            .name = metric,
            .metric = metric,
            .unit = "s",
            .setting_number = setting,
            .criterion = -1,
            .column = model_find_column(study->plan->models[setting], metric)};
    }
}

static void list_quantities(struct sensitivity_study *study)
{
    size_t most = 0, count = 0;
    for (size_t s = 0; s < study->set->setting_count; s++)
        most += study->set->settings[s].scenario.criterion_count +
                study->set->settings[s].scenario.workload_count;
    struct sensitivity_quantity *quantities = arena_array(study->arena, most, sizeof *quantities);
    for (size_t s = 0; s < study->set->setting_count; s++)
        list_criteria(study, s, quantities, &count);
    for (size_t s = 0; count == 0 && s < study->set->setting_count; s++)
        list_responses(study, s, quantities, &count);
    study->findings.quantities = quantities;
    study->findings.quantity_count = count;
}

/* ---- draws ------------------------------------------------------------------------------- */

bool sensitivity_source_plan(const struct sensitivity_source *source,
                             const struct scenario_set *central, const double *u,
                             const double *warmup_s, struct arena *arena, struct scenario_set *set,
                             struct plan *plan, struct error *err)
{
    size_t count = central->uncertain.count;
    struct uncertain_draw *draws = arena_array(arena, count, sizeof *draws);
    for (size_t k = 0; k < count; k++)
        draws[k] = (struct uncertain_draw){central->uncertain.inputs[k].path, u[k]};
    if (!source->read(source->context, draws, count, arena, set, err))
        return false;
    if (!plan_make(set, arena, plan, err)) {
        source->explain(source->context, set, err);
        return false;
    }
    for (size_t s = 0; s < plan->count; s++)
        model_set_warmup(plan->models[s], (int64_t)llround(warmup_s[s] * 1e9));
    return true;
}

/* True if what was estimated meets the criterion. */
static bool is_met(const struct study_criterion *criterion, const struct study_setting *setting,
                   const struct study_decision *decision)
{
    bool is_larger = setting->columns[criterion->column].larger_is_better;
    if (criterion->has_limit) {
        is_larger =
            criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
        if (!(decision->margin > 0))
            return false;
    }
    if (criterion->reference < 0)
        return true;
    double difference = decision->difference.estimate;
    return is_larger ? difference >= 0 : difference <= 0;
}

/* What draw d gave: values of every replication, verdicts. results: of its settings. */
static void keep_draw(struct sensitivity_study *study, size_t d,
                      const struct study_setting *settings, const struct study_result *results)
{
    struct sensitivity_findings *findings = &study->findings;
    for (size_t q = 0; q < findings->quantity_count; q++) {
        const struct sensitivity_quantity *quantity = &findings->quantities[q];
        const struct study_setting *setting = &settings[quantity->setting_number];
        const struct study_result *result = &results[quantity->setting_number];
        double *to = study->values + (q * findings->draws_planned + d) * findings->replications;
        for (size_t r = 0; r < findings->replications; r++)
            to[r] = result->values[r * setting->column_count + (size_t)quantity->column];
        if (quantity->criterion < 0)
            continue;
        const struct study_decision *decision = &result->decisions[quantity->criterion];
        size_t at = d * findings->quantity_count + q;
        /* What would only hold until the queue has grown does not hold. */
        study->holds[at] = !decision->is_withheld &&
                           is_met(&setting->criteria[quantity->criterion], setting, decision);
        study->is_sure[at] = decision->verdict == (study->holds[at] ? VERDICT_PASS : VERDICT_FAIL);
    }
}

/* The settings of one draw among those of others: references move along. */
static void place_settings(const struct plan *plan, size_t first, struct study_setting *settings,
                           struct arena *arena)
{
    for (size_t s = 0; s < plan->count; s++) {
        struct study_setting *setting = &settings[first + s];
        *setting = plan->settings[s];
        struct study_criterion *criteria =
            arena_array(arena, setting->criterion_count, sizeof *criteria);
        for (size_t c = 0; c < setting->criterion_count; c++) {
            criteria[c] = setting->criteria[c];
            if (criteria[c].reference >= 0)
                criteria[c].reference += (int)first;
        }
        setting->criteria = criteria;
    }
}

/* Simulates draws first..last-1 as one study. What was interrupted is left out. */
static bool study_draws(struct sensitivity_study *study, size_t first, size_t last,
                        struct arena *arena, struct error *err)
{
    struct sensitivity_findings *findings = &study->findings;
    size_t each = study->plan->count, count = (last - first) * each;
    struct study_setting *settings = arena_array(arena, count, sizeof *settings);
    struct scenario_set *sets = arena_array(arena, last - first, sizeof *sets);
    struct study_options options = study->plan->options;
    struct study_outcome outcome;
    bool is_fine = true;
    options.min_replications = options.max_replications = findings->replications;
    options.workers = study->workers;
    for (size_t d = first; d < last && is_fine; d++) {
        struct plan plan;
        is_fine = sensitivity_source_plan(
            &study->source, study->set, study->u + d * findings->input_count, study->plan->warmup_s,
            arena, &sets[d - first], &plan, err);
        if (is_fine)
            place_settings(&plan, (d - first) * each, settings, arena);
    }
    is_fine = is_fine && study_run(settings, count, &options, arena, &outcome, err);
    if (is_fine && outcome.is_interrupted)
        findings->is_interrupted = true;
    for (size_t d = first; d < last && is_fine && !outcome.is_interrupted; d++) {
        keep_draw(study, d, settings + (d - first) * each, outcome.results + (d - first) * each);
        findings->draws = d + 1;
    }
    for (size_t d = first; d < last; d++)
        study->source.close(study->source.context, &sets[d - first]);
    return is_fine;
}

static bool study_all(struct sensitivity_study *study, struct error *err)
{
    size_t planned = study->findings.draws_planned;
    bool is_fine = true;
    for (size_t d = 0; d < planned && is_fine && !study->findings.is_interrupted;
         d += DRAWS_TOGETHER) {
        struct arena *arena = arena_open();
        size_t last = d + DRAWS_TOGETHER < planned ? d + DRAWS_TOGETHER : planned;
        is_fine = study_draws(study, d, last, arena, err);
        arena_close(arena);
    }
    return is_fine;
}

/* The factor of an input at each draw: what the drawn value is over the central one. */
static void fill_factors(struct sensitivity_study *study, double *factors)
{
    const struct sensitivity_findings *findings = &study->findings;
    for (size_t d = 0; d < findings->draws_planned; d++)
        for (size_t k = 0; k < findings->input_count; k++) {
            size_t at = d * findings->input_count + k;
            factors[at] = uncertain_factor(&findings->inputs[k], study->u[at]);
        }
}

void sensitivity_study_make(struct sensitivity_study *study, const struct scenario_set *set,
                            struct plan *plan, size_t draws, size_t replications,
                            struct arena *arena)
{
    struct sensitivity_findings *findings = &study->findings;
    draws = draws > 0 ? draws : DEFAULT_DRAWS;
    replications = replications > 0 ? replications : DEFAULT_REPLICATIONS;
    study->arena = arena;
    study->set = set;
    study->plan = plan;
    *findings = (struct sensitivity_findings){.set = set,
                                              .inputs = set->uncertain.inputs,
                                              .input_count = set->uncertain.count,
                                              .draws_planned = draws,
                                              .replications = replications > 1 ? replications : 2,
                                              .confidence = plan->options.confidence};
    list_quantities(study);
    size_t cells = draws * findings->quantity_count;
    double *factors =
        arena_array(arena, arena_multiply_sizes(draws, findings->input_count), sizeof *factors);
    study->u =
        arena_array(arena, arena_multiply_sizes(draws, findings->input_count), sizeof *study->u);
    study->values = arena_array(arena, arena_multiply_sizes(cells, findings->replications),
                                sizeof *study->values);
    study->holds = arena_array(arena, cells, sizeof *study->holds);
    study->is_sure = arena_array(arena, cells, sizeof *study->is_sure);
    sensitivity_design(set->settings[0].scenario.run.seed, draws, findings->input_count, study->u,
                       arena);
    fill_factors(study, factors);
    findings->factors = factors;
    findings->values = study->values;
    findings->holds = study->holds;
    findings->is_sure = study->is_sure;
}

bool sensitivity_study_run(struct sensitivity_study *study,
                           const struct replications_options *workers, struct error *err)
{
    struct sensitivity_findings *findings = &study->findings;
    bool is_stopped;
    study->workers = *workers;
    replications_begin_phase(workers, "warm-up runs", 0);
    if (!plan_find_warmup(study->plan, workers, study->arena, &is_stopped, err) || is_stopped)
        return false;
    replications_begin_phase(workers, "replications of draws",
                             findings->draws_planned * findings->replications * study->plan->count);
    findings->warmup_s = study->plan->warmup_s[0];
    return study_all(study, err) && findings->draws > 0;
}
