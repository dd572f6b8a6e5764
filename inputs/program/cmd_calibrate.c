/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate: the values of a few inputs with which a scenario shows what was measured. */
#include "inputs/program/main.h"
#include "inputs/records/calibration_record.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/calibrate_answer.h"

/* The setting to vary, and the inputs that are free. */
static bool open_scenario(struct job *job, struct calibration_study *study, struct error *err)
{
    const char *name = job->request.setting_count > 0 ? job->request.setting_names[0] : NULL;
    const struct cli_values *frees = &job->cli->given[CLI_OPTION_FREE];
    study->is_logarithmic = job->cli->given[CLI_OPTION_LOG].count > 0;
    job->varied_request = job->request;
    job->varied_request.setting_count = 0;
    job->variants.set = &job->other;
    if (!job_share_text(job, &job->varied_request, err) ||
        !scenario_open(&job->varied_request, job->arena, &job->variants.file, &job->other, err) ||
        !job_agree(job, &job->other, err) ||
        !setting_choice_one(&job->other, name, SETTING_AS_WRITTEN, job->arena, &study->setting,
                            err) ||
        !calibration_record_frees(frees->values, frees->count, job->arena, study, err))
        return false;
    study->set = &job->other;
    study->source = (struct exploration_source){&job->variants, scenario_variants_read,
                                                scenario_variants_explain};
    study->confidence = job->other.settings[study->setting].scenario.run.confidence;
    return true;
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

bool cmd_calibrate(struct job *job, struct made *made, struct error *err)
{
    struct calibration_study *study = arena_alloc(job->arena, sizeof *study);
    if (!open_scenario(job, study, err) || !read_measured(job, study, err) ||
        !job_prepare_out(job, err) || !calibration_study_run(study, &job->workers, job->arena, err))
        return false;
    struct answer *answer = job_begin_answer(job, &job->other);
    calibrate_answer_add(answer, study, job->request.file);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
