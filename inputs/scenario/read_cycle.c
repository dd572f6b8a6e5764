/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_cycle.h"

#include "inputs/scenario/read_scale.h"

#define MAX_RATE_PER_S 1e9 /* one arrival for each tick of the clock */

/* Keys that other processes take and a cycle has no use for. */
static bool refuse_others(struct json_cursor *at)
{
    static const struct {
        const char *key, *reason;
    } others[] = {
        {"batch", "a cycle has no \"batch\": \"jobs\" says how many come together"},
        {"profile", "a cycle has no \"profile\": its jobs do not come at a rate that could vary; "
                    "several workloads can have cycles of their own"},
        {"profile_period", "a cycle has no \"profile\": \"every\" says how often it begins"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct json_cursor key = cursor_at(at, others[i].key);
        if (key.value != NULL)
            return cursor_fail_key(&key, "%s", others[i].reason);
    }
    return true;
}

static bool read_release(struct json_cursor *at, struct cycle_spec *cycle)
{
    struct json_cursor spread = cursor_at(at, "spread"), barrier = cursor_at(at, "barrier");
    if (!cursor_get_duration(at, "spread", "0s", CURSOR_FROM_ZERO, &cycle->spread_ns) ||
        !cursor_get_integer(at, "barrier", CURSOR_NONE, 1, SPEC_MAX_CUSTOMERS, &cycle->barrier))
        return false;
    if (cycle->spread_ns > cycle->every_ns)
        return cursor_fail(&spread,
                           "must not be longer than \"every\": the jobs of one cycle "
                           "would still come when the next is due; got %s",
                           cursor_show(&spread));
    if (cycle->spread_ns > 0 && cycle->barrier > 0)
        return cursor_fail_key(&barrier, "either \"barrier\" or \"spread\": jobs start when the "
                                         "chunk before has ended, or at times of their own");
    return true;
}

bool read_cycle(struct json_cursor *at, struct arrival_spec *arrivals, struct trace_names *names)
{
    static const char *const keys[] = {"process", "every",   "jobs",  "overrun",
                                       "spread",  "barrier", "scale", NULL};
    static const char *const rules[] = {"wait", "queue", "skip", "coalesce", "overlap", "replace"};
    struct cycle_spec *cycle = &arrivals->cycle;
    size_t rule = OVERRUN_WAIT;
    double scale;
    (void)names;
    if (!refuse_others(at) || !cursor_open(at, "arrivals", keys) ||
        !cursor_get_duration(at, "every", CURSOR_REQUIRED, CURSOR_ABOVE_ZERO, &cycle->every_ns) ||
        !cursor_get_integer(at, "jobs", CURSOR_REQUIRED, 1, SPEC_MAX_CUSTOMERS, &cycle->jobs) ||
        !read_scale_of(at, &scale) || !read_scale_count(at, "jobs", scale, &cycle->jobs) ||
        !cursor_get_choice(at, "overrun", "wait", rules, sizeof rules / sizeof rules[0], &rule) ||
        !read_release(at, cycle))
        return false;
    cycle->overrun = (enum overrun)rule;
    if (cycle->overrun == OVERRUN_SKIP && cycle->spread_ns == cycle->every_ns)
        context_warn(at->context,
                     "%s: with \"spread\" as long as \"every\" the last jobs of a cycle end after "
                     "the next one is due, and \"overrun\": \"skip\" leaves that out: half of the "
                     "cycles are skipped; spread them over less, or write \"overlap\"",
                     cursor_path(at));
    arrivals->rate_per_s = (double)cycle->jobs / ((double)cycle->every_ns / 1e9);
    struct json_cursor jobs = cursor_at(at, "jobs");
    return arrivals->rate_per_s <= MAX_RATE_PER_S ||
           cursor_fail(&jobs, "comes to more than 1e9/s, one for each tick of the clock; got %s",
                       cursor_show(&jobs));
}
