/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/calibrate_metrics.h"

#include "inputs/records/calibration_record.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/scenario_written.h"
#include <math.h>

/* Of metrics: they need something that is free, and are in one file. */
static bool check_metrics(const struct cli *cli, struct error *err)
{
    if (cli->given[CLI_OPTION_MEASURED].count > 1)
        return error_set(err, STATUS_USAGE, "--measured is given twice, but for load levels");
    return cli->given[CLI_OPTION_FREE].count > 0 ||
           error_set(err, STATUS_USAGE,
                     "'calibrate' needs --free, once to 8 times, got it 0 times; only load levels "
                     "do without");
}

static bool read_frees(struct job *job, struct calibration_study *study, struct error *err)
{
    const struct cli_values *frees = &job->cli->given[CLI_OPTION_FREE];
    return calibration_record_frees(frees->values, frees->count, job->arena, study, err);
}

/* What was measured, by the metrics that the setting has. */
static bool read_measured(struct job *job, struct calibration_study *study, struct error *err)
{
    const struct cli_values *held = &job->cli->given[CLI_OPTION_HOLD_OUT];
    const char *path = cli_value(job->cli, CLI_OPTION_MEASURED);
    struct plan plan;
    if (!job_agree_on_file(job, path, err))
        return false;
    if (!plan_make(&job->other, job->arena, &plan, err)) {
        scenario_place_error(&job->other, err);
        return false;
    }
    study->replications = job->request.replications && plan.options.min_replications > 1
                              ? plan.options.min_replications
                              : CALIBRATION_REPLICATIONS;
    return calibration_record_measured(path, held->values, held->count, plan.models[study->setting],
                                       job->arena, study, err);
}

bool calibrate_metrics_read(struct job *job, struct calibration_study *study, struct error *err)
{
    return check_metrics(job->cli, err) && read_frees(job, study, err) &&
           read_measured(job, study, err);
}

/* The values that were found, as they go into the scenario. */
static const struct found_value *list_found(const struct job *job,
                                            const struct calibration_study *study)
{
    struct arena *arena = job->arena;
    struct found_value *found = arena_array(arena, study->frees, sizeof *found);
    for (size_t i = 0; i < study->frees; i++) {
        const struct calibrate_value *value = &study->found.value[i];
        const char *text = calibration_study_write(study, i, value->value, arena);
        bool is_known = value->is_identified && isfinite(value->error) && value->value != 0;
        found[i] = (struct found_value){
            .path = study->free[i].path,
            .value = text,
            .note = is_known
                        ? arena_printf(arena, "calibrated: %s, standard error %.3g%s", text,
                                       value->error, study->free[i].unit)
                        : arena_printf(arena, "calibrated: %s, but not known from the data", text),
            .source = cli_value(job->cli, CLI_OPTION_MEASURED),
            .relative_error = is_known ? fabs(value->error / value->value) : NAN};
    }
    return found;
}

/* The scenario with what was found; none, where nothing was. */
bool calibrate_metrics_write(struct job *job, const struct calibration_study *study,
                             struct answer *answer, struct error *err)
{
    const struct setting_spec *setting = &job->other.settings[study->setting];
    return !study->found.is_fitted ||
           scenario_written(&job->other, setting->overrides, setting->override_count,
                            list_found(job, study), study->frees, job->arena, &answer->scenario,
                            err);
}
