/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the studies of several subcommands have in common. */
#include "inputs/json/input_file.h"
#include "inputs/program/main.h"
#include "inputs/records/kept_file.h"
#include "inputs/scenario/read_load_test.h"
#include "inputs/scenario/scenario_request.h"
#include "inputs/scenario/scenario_variants.h"
#include "inputs/scenario/setting_choice.h"
#include "inputs/scenario/setting_config.h"
#include "models/studies/load_test_study.h"
#include "models/studies/one_run_study.h"
#include "reports/answers/evidence_make.h"
#include "reports/document/key_series.h"
#include "reports/files/folder.h"
#include <stdio.h>

bool job_run_plan(struct job *job, struct plan *plan, struct study_outcome *outcome,
                  struct error *err)
{
    struct plan_work expected = plan_expect_work(plan);
    const struct progress_work work = {expected.requests, expected.attempts, expected.least_s,
                                       expected.most_s};
    if (!job->is_quiet)
        progress_announce(&work, job->workers.threads, stderr);
    if (!job->is_quiet)
        progress_announce_memory(plan_expect_bytes(plan, job->workers.threads), stderr);
    return plan_run(plan, &job->workers, job->arena, outcome, err);
}

bool job_draw_one_runs(const struct job *job, const struct scenario_request *request,
                       const struct scenario_set *set, const struct plan *plan,
                       struct study_outcome *outcome, struct error *err)
{
    struct scenario_request drawn = *request;
    struct sensitivity_source source = {&drawn, scenario_draws_read, scenario_draws_explain,
                                        scenario_draws_close};
    drawn.text = set->text;
    drawn.text_length = set->text_length;
    return one_run_study_run(&source, set, plan, &job->workers, job->arena, outcome, err);
}

bool job_open_exploration(struct job *job, const char *setting, struct exploration *exploration,
                          struct error *err)
{
    size_t chosen;
    job->varied_request = job->request;
    job->varied_request.setting_count = 0; /* criteria may compare with any */
    job->varied_request.text = job->set.text;
    job->varied_request.text_length = job->set.text_length;
    job->variants.set = &job->other;
    if (!setting && job->request.setting_count > 0)
        setting = job->request.setting_names[0];
    if (!job_share_text(job, &job->varied_request, err) ||
        !scenario_open(&job->varied_request, job->arena, &job->variants.file, &job->other, err) ||
        !job_agree(job, &job->other, err) ||
        !setting_choice_one(&job->other, setting, SETTING_AS_WRITTEN, job->arena, &chosen, err))
        return false;
    *exploration = (struct exploration){
        .source = {&job->variants, scenario_variants_read, scenario_variants_explain},
        .varied = job->varied,
        .varied_count = job->cli->given[CLI_OPTION_VARY].count};
    candidate_field_open(&exploration->field, &job->other, job->other.settings[chosen].name,
                         &job->workers, job->arena);
    exploration->field.has_short = job->request.replications == NULL;
    job->field = &exploration->field;
    return true;
}

struct changed_model {
    const struct model *before, *after;
};

static bool has_metric(const void *context, const char *name)
{
    const struct changed_model *change = context;
    return model_find_column(change->before, name) != COLUMN_NONE &&
           model_find_column(change->after, name) != COLUMN_NONE;
}

/* Reads and checks the form of the report: as given, or when it is made again the copy that the
 * evidence keeps, for a record says nobody what to read. */
static bool read_form(struct job *job, const struct plan *plan, const struct setting_pair *pair,
                      struct error *err)
{
    const char *given = cli_value(job->cli, CLI_OPTION_EVIDENCE_TEMPLATE);
    const struct changed_model change = {plan->models[pair->from], plan->models[pair->to]};
    struct kept_file copy;
    if (!given)
        return true;
    job->form.file = given;
    if (!job->kept) {
        if (!input_file_read(given, given, job->arena, &job->form.text, &job->form.length, err))
            return false;
    } else {
        if (!kept_file_read(job->kept, EVIDENCE_TEMPLATE, job->arena, &copy, err))
            return false;
        if (copy.state != KEPT_FILE_THERE)
            return error_set(err, STATUS_INPUT, "%s/%s %s", job->kept, EVIDENCE_TEMPLATE,
                             kept_file_state_text(copy.state));
        job->form.text = copy.text;
        job->form.length = copy.length;
    }
    return evidence_template_check(&job->form, has_metric, &change, err);
}

bool job_prepare_evidence(struct job *job, struct plan *plan, struct error *err)
{
    struct setting_pair change;
    struct synthetic_test test;
    if (!job->wants_evidence)
        return cli_value(job->cli, CLI_OPTION_EVIDENCE_TEMPLATE) == NULL ||
               error_set(err, STATUS_USAGE,
                         "--evidence-template is the form of a report that --evidence DIR writes, "
                         "which is not given");
    if (!setting_choice_change(&job->set, &change, err) ||
        !load_test_read(cli_value(job->cli, CLI_OPTION_LOAD_TEST), &test, err) ||
        !read_form(job, plan, &change, err))
        return false;
    if (key_series_add(&job->set, job->arena, plan, err))
        return !job->evidence || folder_prepare(job->evidence, err);
    scenario_place_error(&job->set, err);
    return false;
}

struct evidence *job_make_evidence(struct job *job, const struct plan *plan,
                                   const struct result *result, struct made *made)
{
    struct setting_pair change;
    struct synthetic_test test;
    struct error *err = &made->evidence_err;
    struct load_test_study *study = arena_alloc(job->arena, sizeof *study);
    if (result->is_interrupted || !setting_choice_change(&job->set, &change, err) ||
        !load_test_read(cli_value(job->cli, CLI_OPTION_LOAD_TEST), &test, err) ||
        !load_test_study_run(&job->set, change.to, plan->warmup_s[change.to], &test, &job->workers,
                             job->arena, study, err))
        return NULL;
    struct evidence *evidence =
        evidence_make(result, &job->set, change.from, change.to, job->request.file, job->arena);
    evidence->changes = setting_config_changes(&job->set, change.from, change.to, job->arena,
                                               &evidence->change_count);
    evidence->config_before = setting_config_text(&job->set, change.from, job->arena);
    evidence->config_after = setting_config_text(&job->set, change.to, job->arena);
    evidence_add_test(evidence, &job->set.settings[change.to].scenario, study, job->arena);
    if (job->form.text)
        evidence_add_form(evidence, &job->form);
    main_add_pages(job, evidence, answer_of_result(result, job->arena));
    return evidence;
}
