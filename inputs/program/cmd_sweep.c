/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep: one setting at every combination of values. */
#include "inputs/program/main.h"
#include "inputs/records/sweep_journal.h"
#include "inputs/scenario/read_vary.h"
#include "reports/answers/exploration_answer.h"
#include "reports/answers/sweep_answer.h"

static bool read(struct job *job, struct sweep_study *study, struct error *err)
{
    const struct cli_values *given = job->cli->given;
    const struct cli_values *vary = &given[CLI_OPTION_VARY], *metrics = &given[CLI_OPTION_METRIC];
    return vary_read_all(vary->values, vary->count, given[CLI_OPTION_LOG].count > 0, job->arena,
                         job->varied, err) &&
           job_open_exploration(job, NULL, &study->exploration, err) && job_prepare_out(job, err) &&
           sweep_study_make(study, metrics->values, metrics->count, err);
}

bool cmd_sweep(struct job *job, struct made *made, struct error *err)
{
    struct sweep_study *study = arena_alloc(job->arena, sizeof *study);
    struct sweep_keeper keeper = {&job->journal, sweep_journal_restore, sweep_journal_keep};
    if (!read(job, study, err))
        return false;
    struct scenario_set grounds = exploration_answer_grounds(&study->exploration);
    struct answer *answer = job_begin_answer(job, &grounds);
    if (job->keeps_journal && !job_open_journal(job, answer->grounds, err))
        return false;
    if (!sweep_study_run(study, job->keeps_journal ? &keeper : NULL, err) || study->finished == 0)
        return false;
    sweep_answer_add(answer, study);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
