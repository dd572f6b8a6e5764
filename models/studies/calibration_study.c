/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/calibration_study.h"
#include <math.h>

static double unit_of_range(const struct vary *free)
{
    return pow(10, -free->decimals);
}

const char *calibration_study_write(const struct calibration_study *study, size_t input,
                                    double value, struct arena *arena)
{
    return arena_printf(arena, "%.9g%s", value, study->free[input].unit);
}

/* Means and covariance of the metrics over the replications; NaN where one did not observe it. */
static void summarize(const struct calibration_study *study, const struct study_result *result,
                      size_t columns, double *mean, double *covariance)
{
    size_t n = study->replications, m = study->metrics;
    for (size_t i = 0; i < m; i++) {
        mean[i] = 0;
        for (size_t r = 0; r < n; r++)
            mean[i] += result->values[r * columns + (size_t)study->metric[i].column] / (double)n;
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0;
            for (size_t r = 0; r < n; r++) {
                const double *row = result->values + r * columns;
                sum += (row[study->metric[i].column] - mean[i]) *
                       (row[study->metric[j].column] - mean[j]);
            }
            covariance[i * m + j] = sum / ((double)n - 1);
        }
}

/* The setting under those values, compiled. What criteria ask is not asked here. */
static bool plan_trial(struct calibration_study *study, const double *inputs, uint64_t seed,
                       struct arena *arena, struct plan *plan, struct error *err)
{
    struct override *overrides = arena_array(arena, study->frees, sizeof *overrides);
    struct setting_spec *variant = arena_alloc(arena, sizeof *variant);
    struct scenario_set *set = arena_alloc(arena, sizeof *set);
    for (size_t i = 0; i < study->frees; i++)
        overrides[i] = (struct override){study->free[i].path,
                                         calibration_study_write(study, i, inputs[i], arena)};
    if (!study->source.read(study->source.context, study->set->settings[study->setting].name,
                            overrides, study->frees, variant, err))
        return false;
    variant->scenario.run.seed = seed;
    variant->scenario.criterion_count = 0;
    *set = *study->set;
    set->settings = variant;
    set->setting_count = 1;
    if (!plan_make(set, arena, plan, err)) {
        study->source.explain(study->source.context, overrides, study->frees, err);
        return false;
    }
    model_set_warmup(plan->models[0], study->warmup_ns);
    return true;
}

static size_t simulate(void *context, const double *inputs, uint64_t seed, double *mean,
                       double *covariance)
{
    struct calibration_study *study = context;
    struct arena *arena = arena_open();
    struct plan plan;
    struct study_outcome outcome;
    struct error err = {0};
    size_t replications = 0;
    if (!study->is_interrupted && plan_trial(study, inputs, seed, arena, &plan, &err)) {
        struct study_options options = plan.options;
        options.min_replications = options.max_replications = study->replications;
        options.workers = study->workers;
        bool is_run = study_run(plan.settings, 1, &options, arena, &outcome, &err);
        study->is_interrupted |= is_run && outcome.is_interrupted;
        if (is_run && !outcome.is_interrupted) {
            summarize(study, &outcome.results[0], plan.settings[0].column_count, mean, covariance);
            replications = study->replications;
        }
    }
    if (study->trouble.status == STATUS_OK)
        study->trouble = err;
    arena_close(arena);
    return replications;
}

static bool find_warmup(struct calibration_study *study, struct arena *arena, struct error *err)
{
    struct scenario_set one = *study->set;
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    struct plan plan;
    *setting = study->set->settings[study->setting];
    setting->scenario.criterion_count = 0;
    one.settings = setting;
    one.setting_count = 1;
    if (!plan_make(&one, arena, &plan, err) ||
        !plan_find_warmup(&plan, &study->workers, arena, &study->is_interrupted, err) ||
        study->is_interrupted)
        return false;
    study->warmup_ns = (int64_t)llround(plan.warmup_s[0] * 1e9);
    return true;
}

bool calibration_study_run(struct calibration_study *study,
                           const struct replications_options *workers, struct arena *arena,
                           struct error *err)
{
    struct calibrate_input input[CALIBRATE_INPUTS];
    study->workers = *workers;
    replications_begin_phase(workers, "warm-up runs", 0);
    if (!find_warmup(study, arena, err))
        return false;
    for (size_t i = 0; i < study->frees; i++)
        input[i] = (struct calibrate_input){
            (double)study->free[i].low * unit_of_range(&study->free[i]),
            (double)study->free[i].high * unit_of_range(&study->free[i]), study->is_logarithmic};
    replications_begin_phase(workers, "trials", 0);
    const struct calibrate_task task = {.input = input,
                                        .inputs = study->frees,
                                        .metric = study->measured,
                                        .metrics = study->metrics,
                                        .simulate = simulate,
                                        .context = study,
                                        .seed =
                                            study->set->settings[study->setting].scenario.run.seed,
                                        .confidence = study->confidence};
    study->found = calibrate(&task, arena);
    if (study->is_interrupted)
        return false;
    if (!study->found.is_fitted && study->trouble.status != STATUS_OK) {
        *err = study->trouble;
        return false;
    }
    return true;
}
