/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest: how often a model has been right, from a ledger of what it said before. */
#include "inputs/program/main.h"
#include "inputs/records/ledger_record.h"
#include "reports/answers/backtest_answer.h"

/* Of the intervals that are given here. */
static const double CONFIDENCE = 0.95;

bool cmd_backtest(struct job *job, struct made *made, struct error *err)
{
    struct ledger ledger;
    if (!ledger_record_read(job->request.file, job->request.label, job->arena, &ledger, &job->set,
                            err) ||
        !job_prepare_out(job, err))
        return false;
    const struct backtest found =
        backtest_judge(ledger.entry, ledger.entries, ledger.confidence, CONFIDENCE, job->arena);
    struct answer *answer = job_begin_answer(job, &job->set);
    backtest_answer_add(answer, &ledger, &found);
    answer_finish(answer);
    made->answer = answer;
    return true;
}
