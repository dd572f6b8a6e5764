/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job: opened from a command line, and its scenario read. */
#include "inputs/cli/interruption.h"
#include "inputs/program/main.h"
#include "inputs/records/run_record.h"
#include "inputs/scenario/scenario_request.h"
#include "reports/document/key_series.h"
#include "reports/files/folder.h"
#include <stdio.h>
#include <unistd.h>

struct scenario_request job_request_of(const struct cli *cli, struct arena *arena)
{
    struct override *overrides = arena_array(arena, cli->override_count, sizeof *overrides);
    for (size_t i = 0; i < cli->override_count; i++)
        overrides[i] = (struct override){cli->overrides[i].path, cli->overrides[i].value};
    return (struct scenario_request){.file = cli->scenario,
                                     .setting_names = cli->settings,
                                     .setting_count = cli->setting_count,
                                     .overrides = overrides,
                                     .override_count = cli->override_count,
                                     .seed = cli->seed,
                                     .replications = cli->replications,
                                     .duration = cli->duration,
                                     .series = cli->given[CLI_OPTION_SERIES].values,
                                     .series_count = cli->given[CLI_OPTION_SERIES].count};
}

/* threads, progress: of whoever runs it now. */
static void open_job(struct job *job, const struct cli *cli, const struct cli *now,
                     struct arena *arena)
{
    time_t seconds = time(NULL);
    struct tm utc;
    *job = (struct job){.cli = cli, .arena = arena, .journal = {.fd = -1}};
    clock_gettime(CLOCK_MONOTONIC, &job->begin);
    if (gmtime_r(&seconds, &utc))
        strftime(job->started, sizeof job->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(job->host, sizeof job->host - 1);
    job->command = cli_normal_form(cli, arena, &job->command_count);
    job->request = job_request_of(cli, arena);
    job->format = now->format;
    job->has_key_series = scenario_request_take_key(&job->request, arena);
    job->progress = progress_open(stderr, now->has_progress);
    job->workers.threads = now->threads > 0 ? now->threads : replications_cores();
    job->workers.is_interrupted = interruption_catch();
    job_join_ranks(job, now->threads > 0);
}

static void show_progress(struct job *job)
{
    job->workers.progress = progress_show;
    job->workers.phase = progress_begin_phase;
    job->workers.progress_context = &job->progress;
}

void job_open(struct job *job, const struct cli *cli, struct arena *arena)
{
    open_job(job, cli, cli, arena);
    job->is_quiet = cli->is_quiet;
    job->out = cli->out;
    job->junit = cli_value(cli, CLI_OPTION_JUNIT);
    job->evidence = cli_value(cli, CLI_OPTION_EVIDENCE);
    job->wants_evidence = job->evidence != NULL;
    job_hush(job);
    if (!job->is_quiet)
        show_progress(job);
}

/* Of a page, unless its scenario is given: the job reads the copies that the page keeps, and no
 * file. */
static void take_copies(struct job *job, const struct run_record *record, const char *given)
{
    const struct input_copy *scenario = given ? NULL : run_record_page_copy(record, 0);
    if (!scenario)
        return;
    job->request.text = scenario->text;
    job->request.text_length = scenario->length;
    job->request.copies = record->copies;
    job->request.copy_count = record->copy_count;
}

void job_open_again(struct job *job, const struct cli *then, const struct cli *cli,
                    const char *scenario, const struct run_record *record, struct arena *arena)
{
    open_job(job, then, cli, arena);
    job->is_again = true;
    job->is_quiet = cli->is_quiet;
    if (!job->is_quiet)
        show_progress(job);
    job->request.file = scenario;
    job->request.label = record->inputs[0].file;
    job->wants_evidence = record->kind == RECORD_EVIDENCE;
    job->kept = job->wants_evidence ? record->folder : record->file;
    take_copies(job, record, cli->other);
}

void job_open_merge(struct job *job, const struct cli *then, const struct cli *cli,
                    struct arena *arena)
{
    open_job(job, then, cli, arena);
    job->is_quiet = cli->is_quiet;
    job->out = cli->out;
    job->folders = cli->files;
    job->folder_count = cli->file_count;
    job_hush(job);
    job->keeps_journal = false;
}

bool job_make_plan(struct job *job, struct plan *plan, struct error *err)
{
    if (plan_make(&job->set, job->arena, plan, err) &&
        (!job->has_key_series || key_series_add(&job->set, job->arena, plan, err)))
        return true;
    scenario_place_error(&job->set, err);
    scenario_blame_option(&job->request, job->arena, err);
    return false;
}

bool job_read_plan(struct job *job, struct plan *plan, struct error *err)
{
    if (job->wants_evidence && job->request.setting_count > 0)
        scenario_request_add_setting(&job->request, "baseline", job->arena);
    return job_read_scenario(job, &job->request, &job->set, err) && job_make_plan(job, plan, err);
}

bool job_prepare_out(const struct job *job, struct error *err)
{
    return !job->out || folder_prepare(job->out, err);
}

void job_close_exploration(struct job *job)
{
    if (job->field)
        candidate_field_close(job->field);
    scenario_close_file(job->variants.file);
    scenario_close(&job->other);
    job->field = NULL;
    job->variants.file = NULL;
    job->other = (struct scenario_set){0};
}

void job_close(struct job *job, bool is_done)
{
    journal_close(&job->journal, is_done);
    job_close_exploration(job);
    scenario_close(&job->set);
}
