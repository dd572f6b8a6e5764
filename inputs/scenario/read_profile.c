/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_profile.h"

enum { MAX_POINTS = 100000 };
#define MAX_FACTOR 1e6
#define MAX_RATE_PER_S 1e9 /* one arrival for each tick of the clock */

/* Number i of points. */
static bool read_point(struct json_cursor *at, const struct arrival_spec *arrivals,
                       struct profile_point *points, size_t i)
{
    struct profile_point *point = &points[i];
    if (!json_is_array(at->value) || json_array_size(at->value) != 2)
        return cursor_fail_type(at, "a list of two, [time, factor]");
    struct json_cursor time = cursor_element(at, 0), factor = cursor_element(at, 1);
    if (!cursor_as_duration(&time, CURSOR_FROM_ZERO, &point->time_ns, NULL) ||
        !cursor_as_number(&factor, 0, MAX_FACTOR, &point->factor))
        return false;
    if (i == 0 && point->time_ns != 0)
        return cursor_fail(&time, "the first time must be 0s; got %s", cursor_show(&time));
    if (i > 0 && point->time_ns < points[i - 1].time_ns)
        return cursor_fail(&time, "times must be in order; got %s", cursor_show(&time));
    if (arrivals->rate_per_s * point->factor > MAX_RATE_PER_S)
        return cursor_fail(&factor,
                           "comes to more than 1e9/s, one for each tick of the clock; "
                           "got %s",
                           cursor_show(&factor));
    return true;
}

static bool read_points(struct json_cursor *list, const struct arrival_spec *arrivals,
                        struct profile_spec *profile)
{
    if (!cursor_open_list(list, "[time, factor]", 1))
        return false;
    profile->count = json_array_size(list->value);
    if (profile->count > MAX_POINTS)
        return cursor_fail(list, "must be at most %d points; got %zu", MAX_POINTS, profile->count);
    struct profile_point *points =
        arena_array(list->context->arena, profile->count, sizeof *points);
    profile->points = points;
    for (size_t i = 0; i < profile->count; i++) {
        struct json_cursor element = cursor_element(list, i);
        if (!read_point(&element, arrivals, points, i))
            return false;
    }
    return true;
}

/* True if some time of some length has a factor above 0. */
static bool has_load(const struct profile_spec *profile)
{
    const struct profile_point *points = profile->points;
    size_t last = profile->count - 1;
    bool is_periodic = profile->period_ns != SPEC_NEVER;
    for (size_t i = 0; i < last; i++)
        if (points[i].time_ns < points[i + 1].time_ns &&
            (points[i].factor > 0 || points[i + 1].factor > 0))
            return true;
    if (!is_periodic)
        return points[last].factor > 0;
    return points[last].time_ns < profile->period_ns &&
           (points[last].factor > 0 || points[0].factor > 0);
}

bool read_profile(struct json_cursor *at, struct arrival_spec *arrivals)
{
    struct json_cursor list = cursor_at(at, "profile"), period = cursor_at(at, "profile_period");
    if (list.value == NULL)
        return period.value == NULL ||
               cursor_fail_key(&period,
                               "\"profile_period\" is how often a \"profile\" repeats, and "
                               "there is none");
    struct profile_spec *profile = arena_alloc(at->context->arena, sizeof *profile);
    *profile = (struct profile_spec){.period_ns = SPEC_NEVER};
    if (!read_points(&list, arrivals, profile) ||
        !cursor_get_duration(at, "profile_period", CURSOR_NONE, CURSOR_ABOVE_ZERO,
                             &profile->period_ns))
        return false;
    if (profile->period_ns < profile->points[profile->count - 1].time_ns)
        return cursor_fail(&period, "must not be shorter than the last time of the profile; got %s",
                           cursor_show(&period));
    if (!has_load(profile))
        return cursor_fail(&list, "no request ever arrives: the factor is always 0");
    arrivals->profile = profile;
    return true;
}
