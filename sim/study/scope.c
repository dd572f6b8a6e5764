/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/scope.h"
#include "sim/stats/tail_part.h"
#include <math.h>

double study_scope_unseen(const struct study_scope *scope, size_t runs, double run_s)
{
    double unseen[] = {0, 0};
    for (size_t i = 0; i < scope->tail_count; i++) {
        const struct study_tail *tail = &scope->tails[i];
        double draws = tail->draws_per_s * run_s * (double)runs;
        unseen[tail->power > 1] += tail->part * tail_part_unseen(tail->law, tail->power, draws);
    }
    return fmin(fmax(unseen[0], unseen[1]), 1);
}

double study_scope_missing(const struct study_scope *scope, double warmup_s)
{
    double missing = 0;
    for (size_t i = 0; i < scope->tail_count && scope->is_time_average; i++)
        if (scope->tails[i].power == 1)
            missing += scope->tails[i].part * tail_part_missing(scope->tails[i].law, warmup_s);
    return fmin(missing, 1);
}
