/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/pool_needs.h"

static bool takes_time(const struct distribution *law)
{
    return law && !(distribution_is_constant(law) && distribution_mean(law) == 0);
}

bool pool_keeps_records(const struct pool_spec *spec)
{
    if (spec->kind == POOL_THREADS)
        return false;
    return spec->draws_on_database || takes_time(spec->connect) || takes_time(spec->checkout) ||
           !spec->is_persistent || spec->idle_timeout_ns != SPEC_NEVER ||
           spec->max_lifetime_ns != SPEC_NEVER || spec->max_uses != SPEC_UNLIMITED ||
           spec->has_max_idle || (spec->min_rule != MIN_FLOOR && spec->min > 0) ||
           spec->connect_pause_ns > 0 || spec->rules.opens_at_start > 0;
}

bool pool_has_constant_timeout(const struct pool_spec *spec)
{
    return spec->acquire_timeout && distribution_is_constant(spec->acquire_timeout);
}

bool pool_covers_connect(const struct pool_spec *spec)
{
    bool waits_apart = spec->connect_for != CONNECT_FOR_ANYONE && takes_time(spec->connect);
    return spec->timeout_covers == COVERS_QUEUE_AND_CONNECT && spec->acquire_timeout &&
           spec->kind == POOL_CONNECTIONS && (waits_apart || takes_time(spec->checkout));
}

bool pool_needs_timeout_alarm(const struct pool_spec *spec)
{
    return pool_has_constant_timeout(spec) && spec->discipline == DISCIPLINE_FIFO &&
           !pool_covers_connect(spec);
}

bool pool_needs_idle_alarm(const struct pool_spec *spec)
{
    return spec->idle_timeout_ns != SPEC_NEVER && spec->min < spec->max && pool_keeps_records(spec);
}

bool pool_needs_age_alarm(const struct pool_spec *spec)
{
    return spec->max_lifetime_ns != SPEC_NEVER && pool_keeps_records(spec) &&
           !spec->rules.keeps_old;
}

bool pool_needs_opener_alarm(const struct pool_spec *spec)
{
    return pool_keeps_records(spec) &&
           (spec->connect_for != CONNECT_FOR_ASKER || spec->connect_pause_ns > 0 ||
            (spec->min_rule != MIN_FLOOR && spec->min > 0) || pool_covers_connect(spec) ||
            spec->rules.opens_at_start > 0);
}

bool pool_needs_timers(const struct pool_spec *spec)
{
    return spec->acquire_timeout && !pool_needs_timeout_alarm(spec);
}

/* Everything about a pool that does not follow from its max and min. */
bool pool_can_reload(const struct pool_spec *from, const struct pool_spec *to)
{
    return pool_keeps_records(from) == pool_keeps_records(to) &&
           pool_needs_opener_alarm(from) == pool_needs_opener_alarm(to) &&
           pool_needs_timers(from) == pool_needs_timers(to) && from->discipline == to->discipline;
}
