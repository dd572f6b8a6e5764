/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/alerts.h"
#include <assert.h>
#include <math.h>

struct alert alert_begin(void)
{
    return (struct alert){.phase = ALERT_INACTIVE,
                          .first_active = ALERT_NEVER,
                          .first_fired = ALERT_NEVER,
                          .last_ended = ALERT_NEVER};
}

/* Comparing with NaN is false, whatever the operator. */
static bool is_true(const struct alert_rule *rule, double value)
{
    switch (rule->op) {
    case COMPARISON_LESS:
        return value < rule->limit;
    case COMPARISON_LESS_EQUAL:
        return value <= rule->limit;
    case COMPARISON_GREATER:
        return value > rule->limit;
    case COMPARISON_GREATER_EQUAL:
    case COMPARISON_EQUAL:
        break;
    }
    return value >= rule->limit;
}

static void end(struct alert *alert, int64_t now)
{
    if (alert->phase == ALERT_FIRING) {
        alert->firing_ns += now - alert->firing_since;
        alert->last_ended = now;
    }
    alert->phase = ALERT_INACTIVE;
}

bool alert_evaluate(struct alert *alert, const struct alert_rule *rule, int64_t now, double value)
{
    assert(rule->hold_ns >= 0);
    if (!isnan(value))
        alert->evaluations++;
    if (!is_true(rule, value)) {
        end(alert, now);
        return false;
    }
    if (alert->phase == ALERT_INACTIVE) {
        alert->phase = ALERT_PENDING;
        alert->active_since = now;
        if (alert->first_active == ALERT_NEVER)
            alert->first_active = now;
    }
    if (alert->phase == ALERT_FIRING || now - alert->active_since < rule->hold_ns)
        return false;
    alert->phase = ALERT_FIRING;
    alert->firing_since = now;
    alert->times_fired++;
    if (alert->first_fired == ALERT_NEVER)
        alert->first_fired = now;
    return true;
}

int64_t alert_firing_time(const struct alert *alert, int64_t now)
{
    return alert->firing_ns + (alert->phase == ALERT_FIRING ? now - alert->firing_since : 0);
}
