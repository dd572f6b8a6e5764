/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep: one setting at every combination of values. */
#include "inputs/cli/shard.h"
#include "inputs/program/main.h"
#include "inputs/records/sweep_journal.h"
#include "inputs/scenario/read_vary.h"
#include "reports/answers/exploration_answer.h"
#include "reports/answers/sweep_answer.h"

static bool read(struct job *job, struct sweep_study *study, struct error *err)
{
    const struct cli_values *given = job->cli->given;
    const struct cli_values *vary = &given[CLI_OPTION_VARY], *metrics = &given[CLI_OPTION_METRIC];
    const char *text = cli_value(job->cli, CLI_OPTION_SHARD);
    struct shard shard = {0};
    if (text && !shard_read(text, &shard, err))
        return false;
    study->shard = shard.index;
    study->shards = shard.count;
    return vary_read_all(vary->values, vary->count, given[CLI_OPTION_LOG].count > 0, job->arena,
                         job->varied, err) &&
           job_open_exploration(job, NULL, &study->exploration, err) && job_prepare_out(job, err) &&
           sweep_study_make(study, metrics->values, metrics->count, err);
}

/* What was finished before, here or in shards. */
static bool open_journal(struct job *job, const struct sweep_study *study,
                         const struct result *grounds, struct error *err)
{
    if (job->folder_count > 0)
        return sweep_journal_merge(&job->journal, job->folders, job->folder_count, grounds,
                                   job->arena, err);
    return !job->keeps_journal ||
           (job_open_journal(job, grounds, err) &&
            (study->shards == 0 || job->journal.fd < 0 || job->journal.entry_count > 0 ||
             sweep_journal_note_command(&job->journal, job->command, job->command_count, job->arena,
                                        err)));
}

/* What a shard leaves is its journal. */
static bool finish_shard(struct job *job, const struct sweep_study *study, struct made *made,
                         struct error *err)
{
    made->nothing = "interrupted; what was finished is kept, and --resume goes on";
    made->told =
        arena_printf(job->arena,
                     "Shard %zu of %zu: %zu points are kept in %s. When all shards are "
                     "done: capsim merge DIR...\n",
                     study->shard + 1, study->shards, study->finished, job->out ? job->out : "");
    return journal_sync(&job->journal, err) && !study->exploration.field.probes.is_interrupted;
}

bool cmd_sweep(struct job *job, struct made *made, struct error *err)
{
    struct sweep_study *study = arena_alloc(job->arena, sizeof *study);
    struct sweep_keeper keeper = {
        &job->journal, job->folder_count > 0 ? sweep_journal_restore_all : sweep_journal_restore,
        sweep_journal_keep, sweep_journal_begin};
    bool has_keeper = job->keeps_journal || job->folder_count > 0;
    if (!read(job, study, err))
        return false;
    struct scenario_set grounds = exploration_answer_grounds(&study->exploration);
    struct answer *answer = job_begin_answer(job, &grounds);
    if (!open_journal(job, study, answer->grounds, err))
        return false;
    bool ok = sweep_study_run(study, has_keeper ? &keeper : NULL, err);
    if (!ok || study->exploration.field.probes.is_interrupted)
        sweep_journal_stop(&job->journal);
    made->kept = study->kept;
    made->computed = study->finished - study->kept;
    made->incomplete = sweep_answer_left_out(study, job->arena);
    if (ok && study->shards > 0)
        return finish_shard(job, study, made, err);
    if (!ok || (study->finished == 0 && study->left_out == 0))
        return false;
    sweep_answer_add(answer, study);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
