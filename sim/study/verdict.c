/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/verdict.h"
#include <math.h>

bool verdict_meets(double x, enum comparison op, double limit)
{
    switch (op) {
    case COMPARISON_LESS:
        return x < limit;
    case COMPARISON_LESS_EQUAL:
        return x <= limit;
    case COMPARISON_GREATER:
        return x > limit;
    case COMPARISON_GREATER_EQUAL:
        return x >= limit;
    case COMPARISON_EQUAL:
        return x == limit;
    }
    return false;
}

enum verdict verdict_of(const struct estimate *estimate, enum comparison op, double limit)
{
    if (!estimate->has_interval || estimate->is_unresolved || !isfinite(estimate->estimate))
        return VERDICT_UNDECIDED;
    bool low_meets = verdict_meets(estimate->low, op, limit);
    bool high_meets = verdict_meets(estimate->high, op, limit);
    if (low_meets && high_meets)
        return VERDICT_PASS;
    return low_meets || high_meets ? VERDICT_UNDECIDED : VERDICT_FAIL;
}

enum verdict verdict_and(enum verdict a, enum verdict b)
{
    if (a == VERDICT_FAIL || b == VERDICT_FAIL)
        return VERDICT_FAIL;
    if (a == VERDICT_UNDECIDED || b == VERDICT_UNDECIDED)
        return VERDICT_UNDECIDED;
    return a == VERDICT_NONE ? b : a;
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return "pass";
    case VERDICT_FAIL:
        return "fail";
    case VERDICT_UNDECIDED:
        return "undecided";
    case VERDICT_NONE:
        break;
    }
    return NULL;
}

const char *comparison_text(enum comparison op)
{
    static const char *const text[] = {
        [COMPARISON_LESS] = "<",    [COMPARISON_LESS_EQUAL] = "<=",
        [COMPARISON_GREATER] = ">", [COMPARISON_GREATER_EQUAL] = ">=",
        [COMPARISON_EQUAL] = "==",
    };
    return text[op];
}

double verdict_margin(double estimate, enum comparison op, double limit)
{
    if (op == COMPARISON_EQUAL)
        return estimate == limit ? 0 : -fabs(estimate - limit);
    bool is_upper = op == COMPARISON_LESS || op == COMPARISON_LESS_EQUAL;
    return is_upper ? limit - estimate : estimate - limit;
}
