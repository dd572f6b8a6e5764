/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest: how often a model has been right, from what it said before. */
#include "inputs/program/main.h"
#include "inputs/records/ledger_pairs.h"
#include "inputs/records/ledger_record.h"
#include "reports/answers/backtest_answer.h"
#include "reports/files/atomic_file.h"
#include <string.h>
#include <sys/stat.h>

/* Of the intervals that are given here. */
static const double CONFIDENCE = 0.95;

/* `backtest add LEDGER SCORE`: what is written must be a ledger. */
static bool add(struct job *job, struct made *made, struct error *err)
{
    const struct cli *cli = job->cli;
    struct ledger ledger;
    const char *text;
    size_t length, pairs;
    if (!ledger_pairs_append(cli->files[0], cli->files[1], cli_value(cli, CLI_OPTION_NAME),
                             job->arena, &text, &length, &pairs, err) ||
        !ledger_record_parse(text, length, cli->files[0], job->arena, &ledger, &job->set, err) ||
        !atomic_file_save(cli->files[0], text, length, job->arena, err))
        return false;
    made->told = arena_printf(job->arena, "%s has %zu pair%s\n", cli->files[0], pairs,
                              pairs == 1 ? "" : "s");
    return true;
}

static bool is_a_file(const char *path)
{
    struct stat facts;
    return strcmp(path, "-") == 0 || stat(path, &facts) != 0 || !S_ISDIR(facts.st_mode);
}

/* One ledger, or the pairs of several files and folders. */
static bool read(struct job *job, struct ledger *ledger, struct error *err)
{
    const struct cli *cli = job->cli;
    const char *text;
    size_t length;
    bool is_one = cli->file_count == 1 && is_a_file(job->request.file);
    if (is_one && !ledger_pairs_is_score(job->request.file, job->arena))
        return ledger_record_read(job->request.file, job->request.label, job->arena, ledger,
                                  &job->set, err);
    return ledger_pairs_collect(cli->files, cli->file_count, job->arena, &text, &length, err) &&
           ledger_record_parse(text, length, arena_printf(job->arena, "pairs of %s", cli->files[0]),
                               job->arena, ledger, &job->set, err);
}

bool cmd_backtest(struct job *job, struct made *made, struct error *err)
{
    struct ledger ledger;
    if (cli_is_addition(job->cli))
        return add(job, made, err);
    if (!read(job, &ledger, err) || !job_prepare_out(job, err))
        return false;
    const struct backtest found =
        backtest_judge(ledger.entry, ledger.entries, ledger.confidence, CONFIDENCE, job->arena);
    struct answer *answer = job_begin_answer(job, &job->set);
    backtest_answer_add(answer, &ledger, &found);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
