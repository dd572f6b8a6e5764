/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate: reads and checks alone. */
#include "inputs/cli/complaint.h"
#include "inputs/program/main.h"
#include "inputs/scenario/scenario_request.h"
#include "models/studies/rollout_study.h"
#include <stdio.h>

/* What its rules are about, when both of its settings are there. */
static bool check_rollout(struct job *job, struct error *err)
{
    struct rollout_study rehearsal;
    if (!rollout_study_is_read(&job->set) ||
        rollout_study_make(&job->set, job->arena, &rehearsal, err))
        return true;
    scenario_place_error(&job->set, err);
    return false;
}

static int validate(struct job *job)
{
    struct plan plan;
    struct error err = {0};
    size_t count;
    if (!job_read_plan(job, &plan, &err) || !check_rollout(job, &err))
        return main_complain(job->cli, &err);
    const struct scenario *first = &job->set.settings[0].scenario;
    const struct plan_warning *warnings = plan_list_all_warnings(&plan, job->arena, &count);
    for (size_t i = 0; i < count; i++)
        complaint_warn(warnings[i].setting, warnings[i].text, stderr);
    /* A choice that was made for the user: reports have it among the assumptions, but whoever
     * checks a scenario must see it now. */
    for (size_t i = 0; i < first->assumption_count; i++)
        if (first->assumptions[i].doubt)
            complaint_warn(first->assumptions[i].key, first->assumptions[i].doubt, stderr);
    return main_print(job->cli, scenario_tell_valid(&job->set, job->arena));
}

int cmd_validate(const struct cli *cli, struct arena *arena)
{
    struct job job;
    job_open(&job, cli, arena);
    int status = validate(&job);
    job_close(&job, false);
    return status;
}
