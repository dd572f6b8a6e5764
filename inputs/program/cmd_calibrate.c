/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate: the values of a few inputs with which a scenario shows what was measured. */
#include "inputs/program/calibrate_levels.h"
#include "inputs/program/calibrate_metrics.h"
#include "inputs/program/main.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/setting_choice.h"
#include "reports/answers/calibrate_answer.h"

/* The setting to vary, and the inputs that are free. */
static bool open_scenario(struct job *job, struct calibration_study *study, struct error *err)
{
    const char *name = job->request.setting_count > 0 ? job->request.setting_names[0] : NULL;
    study->is_logarithmic = job->cli->given[CLI_OPTION_LOG].count > 0;
    job->varied_request = job->request;
    job->varied_request.setting_count = 0;
    job->variants.set = &job->other;
    if (!job_share_text(job, &job->varied_request, err) ||
        !scenario_open(&job->varied_request, job->arena, &job->variants.file, &job->other, err) ||
        !job_agree(job, &job->other, err) ||
        !setting_choice_one(&job->other, name, SETTING_AS_WRITTEN, job->arena, &study->setting,
                            err))
        return false;
    study->set = &job->other;
    study->source = (struct exploration_source){&job->variants, scenario_variants_read,
                                                scenario_variants_explain};
    study->confidence = job->other.settings[study->setting].scenario.run.confidence;
    return true;
}

/* By load levels: a fit, and nothing to simulate. */
static bool calibrate_by_levels(struct job *job, const struct calibration_study *study,
                                struct made *made, struct error *err)
{
    const struct setting_spec *setting = &job->other.settings[study->setting];
    struct levels_found found;
    if (!calibrate_levels_fit(job, setting, &found, err) || !job_prepare_out(job, err))
        return false;
    struct answer *answer = job_begin_answer(job, &job->other);
    levels_answer_add(answer, &found);
    if (job->out && found.fit.is_fitted &&
        !calibrate_levels_write(job, setting, &found, &answer->scenario, err))
        return false;
    answer_finish(answer);
    made->answer = answer;
    return true;
}

bool cmd_calibrate(struct job *job, struct made *made, struct error *err)
{
    struct calibration_study *study = arena_alloc(job->arena, sizeof *study);
    if (!open_scenario(job, study, err))
        return false;
    if (calibrate_levels_are_meant(job, err))
        return calibrate_by_levels(job, study, made, err);
    if (err->status != STATUS_OK || !calibrate_metrics_read(job, study, err) ||
        !job_prepare_out(job, err) || !calibration_study_run(study, &job->workers, job->arena, err))
        return false;
    struct answer *answer = job_begin_answer(job, &job->other);
    calibrate_answer_add(answer, study, job->request.file);
    if (job->out && !calibrate_metrics_write(job, study, answer, err))
        return false;
    answer_finish(answer);
    made->answer = answer;
    return true;
}
