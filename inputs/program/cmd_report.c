/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report: the page of a scenario that is run for it, or of a report that is there. */
#include "inputs/program/main.h"
#include "inputs/program/ranks.h"
#include "inputs/records/saved_report.h"
#include "inputs/scenario/setting_choice.h"
#include "plots/criterion_bar.h"
#include "plots/picture.h"
#include "reports/answers/report_page.h"
#include <stdio.h>

static bool show(struct job *job, const struct saved_report *written, struct made *made,
                 struct error *err)
{
    if (!cli_check_unchanged(job->cli, err))
        return false;
    const struct result *result = saved_report_page(written, job->arena, err);
    if (!result)
        return false;
    picture_fill_page(written->root, NULL, job->arena, &made->extras);
    criterion_bar_fill_page(result, job->arena, &made->extras);
    made->answer = answer_of_result(result, job->arena);
    made->is_page_alone = true;
    return true;
}

/* A search for the size first, if --vary asks for one; then the run, where its time goes, and
 * unless it is to be quick how little would do and how much more would go. */
static bool make(struct job *job, struct made *made, struct error *err)
{
    struct plan plan;
    struct study_outcome outcome;
    const struct answer *size = NULL;
    if (!job_read_plan(job, &plan, err) ||
        (!answer_is_page(job->out) && !job_prepare_out(job, err)))
        return false;
    const char *judged = job->set.settings[setting_choice_judged(&job->set)].name;
    if (job->cli->given[CLI_OPTION_VARY].count > 0 &&
        !(size = job_search(job, judged, SEARCH_LOWEST, true, err)))
        return false;
    if (!job_run_plan(job, &plan, &outcome, err) ||
        !job_draw_one_runs(job, &job->request, &job->set, &plan, &outcome, err))
        return false;
    const struct result *result =
        result_make(&plan, &outcome, job->command, job->command_count, job->arena);
    struct answer *answer =
        report_page_make(result, &job->set, size, &job->workers, &made->extras, job->arena);
    const char *interruption = NULL;
    if (job->cli->given[CLI_OPTION_QUICK].count == 0 && !answer->is_interrupted)
        made->extras.outlook = job_outlook(job, result, &interruption);
    if (interruption) {
        answer->is_interrupted = true;
        answer->interruption = interruption;
    }
    made->answer = answer;
    return true;
}

bool cmd_report(struct job *job, struct made *made, struct error *err)
{
    made->is_page = true;
    if (!job->out && !job->is_again && !program_ranks() && !cli_check_page(stdout, err))
        return false;
    struct saved_report written = saved_report_look(job->request.file, job->arena);
    bool is_made = written.root ? show(job, &written, made, err) : make(job, made, err);
    json_decref(written.root);
    return is_made;
}
