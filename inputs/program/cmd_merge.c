/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge: the shards of a sweep, put together as if it had been run at once. */
#include "inputs/program/main.h"
#include "inputs/records/sweep_journal.h"

/* The command as it was given for each shard, of a sweep. */
static const struct cli *read_command(const struct cli *cli, struct arena *arena, struct error *err)
{
    char **words;
    size_t count;
    const struct cli *then;
    if (!sweep_journal_read_command(cli->files[0], arena, &words, &count, err))
        return NULL;
    if (cli_parse((int)count, words, arena, &then, err) && then->subcommand == CLI_SWEEP)
        return then;
    error_set(err, STATUS_INPUT, "is not of a sweep");
    error_set_file(err, cli->files[0]);
    return NULL;
}

int cmd_merge(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct job job;
    struct made made = {0};
    const struct cli *then = read_command(cli, arena, &err);
    if (!then)
        return main_complain(cli, &err);
    job_open_merge(&job, then, cli, arena);
    bool is_made = cmd_sweep(&job, &made, &err);
    int status = job_write(&job, &made, is_made, &err);
    job_close(&job, false);
    return status;
}
