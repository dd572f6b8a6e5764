/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/score_study.h"
#include <math.h>
#include <string.h>

/* What replication r of a setting showed in a column; NaN: nothing. */
static double value_of(const struct study_setting *setting, const struct study_outcome *outcome,
                       size_t r, int column)
{
    const struct study_result *result = &outcome->results[0];
    if (column == COLUMN_NONE || r >= result->started || !result->done[r])
        return NAN;
    return result->values[r * setting->column_count + (size_t)column];
}

/* The runs that the measured one is ranked among: with values drawn for what is uncertain, where
 * anything is, as the one-run intervals are. Else a right model whose inputs are known roughly
 * would be refused. */
static const struct study_result *runs_of(const struct score_study *study)
{
    const struct study_outcome *outcome = study->outcome;
    return outcome->one_runs ? &outcome->one_runs[0] : &outcome->results[0];
}

static double run_value(const struct score_study *study, size_t r, int column)
{
    const struct study_outcome *outcome = study->outcome;
    const struct study_setting *setting = study->plan->settings;
    if (!outcome->one_runs)
        return value_of(setting, outcome, r, column);
    return column == COLUMN_NONE
               ? NAN
               : outcome->one_runs[0].values[r * setting->column_count + (size_t)column];
}

/* A load test is on another day than the run that it is beside: the two have no customers in
 * common. */
static double simulated(const struct score_study *study, size_t r,
                        const struct score_column *column)
{
    if (!column->is_of_test)
        return run_value(study, r, model_find_column(study->plan->models[0], column->metric));
    const struct load_test_study *test = study->test;
    return value_of(test->plan.settings, &test->outcome, (r + 1) % test->outcome.results[0].started,
                    model_find_column(test->plan.models[0], column->metric));
}

void score_study_judge(struct score_study *study, struct arena *arena)
{
    size_t columns = study->column_count;
    study->runs = runs_of(study)->started;
    study->values = arena_array(arena, (1 + study->runs) * columns, sizeof *study->values);
    double *half_digits = arena_array(arena, columns, sizeof *half_digits);
    for (size_t c = 0; c < columns; c++) {
        study->values[c] = study->columns[c].measured;
        half_digits[c] = study->columns[c].half_digit;
        for (size_t r = 0; r < study->runs; r++)
            study->values[(1 + r) * columns + c] = simulated(study, r, &study->columns[c]);
    }
    study->finding =
        rank_test_judge(study->values, study->runs, columns, half_digits, study->confidence, arena);
}

/* The mean over the first replications. */
static double mean_of(const struct study_setting *setting, const struct study_outcome *outcome,
                      int column)
{
    double sum = 0;
    for (size_t r = 0; r < SCORE_SLOPE_RUNS; r++)
        sum += value_of(setting, outcome, r, column);
    return sum / SCORE_SLOPE_RUNS;
}

/* Runs the setting with the input raised. */
static bool run_raised(const struct score_study *study, const struct score_input *input,
                       struct arena *arena, struct study_setting *setting,
                       struct study_outcome *outcome, struct error *err)
{
    const struct override raised = {input->path, input->raised};
    struct setting_spec variant;
    struct study_options options = study->plan->options;
    if (!study->source.read(study->source.context, study->plan->set->settings[0].name, &raised, 1,
                            &variant, err))
        return false;
    struct model *model = model_compile(&variant.scenario, arena, err);
    if (!model)
        return false;
    model_set_warmup(model, llround(study->plan->warmup_s[0] * 1e9));
    *setting = (struct study_setting){.model = model,
                                      .replicate = model_replicate,
                                      .histogram_count = model_histogram_count(model)};
    setting->columns = model_columns(model, &setting->column_count);
    options.min_replications = options.max_replications = SCORE_SLOPE_RUNS;
    options.workers = study->workers;
    return study_run(setting, 1, &options, arena, outcome, err) && !outcome->is_interrupted;
}

/* Change of each value per relative change of the input; of load tests none is known. */
static void fill_slopes(const struct score_study *study, const struct score_input *input,
                        const struct study_setting *setting, const struct study_outcome *outcome,
                        double *slopes)
{
    for (size_t c = 0; c < study->column_count; c++) {
        const struct score_column *column = &study->columns[c];
        int then = model_find_column(study->plan->models[0], column->metric);
        int now = model_find_column(setting->model, column->metric);
        double change =
            mean_of(setting, outcome, now) - mean_of(study->plan->settings, study->outcome, then);
        slopes[c] = column->is_of_test ? NAN : change / input->step;
    }
}

bool score_study_explain(struct score_study *study, struct score_input *inputs, size_t count,
                         struct arena *arena, struct error *err)
{
    double *slopes = arena_array(arena, study->column_count, sizeof *slopes);
    replications_begin_phase(&study->workers, "inputs that may explain it", count);
    for (size_t i = 0; i < count; i++) {
        struct study_setting setting;
        struct study_outcome outcome;
        inputs[i].found = (struct rank_test_explanation){NAN, NAN, NAN};
        *err = (struct error){0};
        if (!run_raised(study, &inputs[i], arena, &setting, &outcome, err)) {
            if (err->status == STATUS_OK)
                return false;
            continue;
        }
        fill_slopes(study, &inputs[i], &setting, &outcome, slopes);
        inputs[i].found =
            rank_test_explain(study->values, study->runs, study->column_count, slopes, arena);
    }
    *err = (struct error){0};
    return true;
}
