/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_retry.h"

#include "inputs/scenario/read_distribution.h"
#include "models/program/program.h"
#include <string.h>

enum { MAX_ATTEMPTS = 1000000 };
#define MAX_MULTIPLIER 1000.0

/* What is tried again; both when the key is missing. */
static bool read_on(struct json_cursor *at, struct retry_spec *retry)
{
    static const char *const names[] = {"timeout", "refused"};
    struct json_cursor on;
    bool found;
    if (!cursor_find(at, "on", "[\"timeout\",\"refused\"]", &on, &found))
        return false;
    retry->on_timeout = retry->on_refused = !found;
    if (!found)
        return true;
    if (!cursor_open_list(&on, "what is tried again: timeout, refused", 1))
        return false;
    for (size_t i = 0; i < json_array_size(on.value); i++) {
        struct json_cursor element = cursor_element(&on, i);
        size_t choice;
        if (!cursor_as_choice(&element, "failure", names, 2, &choice))
            return false;
        bool *chosen = choice == 0 ? &retry->on_timeout : &retry->on_refused;
        if (*chosen)
            return cursor_fail(&element, "is there already");
        *chosen = true;
    }
    return true;
}

static bool read_multiplier(struct json_cursor *at, struct retry_spec *retry)
{
    struct json_cursor multiplier;
    bool found;
    retry->multiplier = 1;
    return cursor_find(at, "multiplier", "1", &multiplier, &found) &&
           (!found || cursor_as_number(&multiplier, 1, MAX_MULTIPLIER, &retry->multiplier));
}

bool read_retry(struct json_cursor *at, struct workload_spec *workload)
{
    static const char *const keys[] = {"attempts", "backoff", "multiplier", "on", NULL};
    struct json_cursor retry = cursor_at(at, "retry"), deadline = cursor_at(at, "deadline");
    if (deadline.value != NULL && !json_is_null(deadline.value) &&
        !cursor_as_duration(&deadline, CURSOR_ABOVE_ZERO, &workload->deadline_ns, NULL))
        return false;
    if (retry.value == NULL || json_is_null(retry.value))
        return true;
    return cursor_open(&retry, "retry", keys) &&
           cursor_get_integer(&retry, "attempts", CURSOR_REQUIRED, 1, MAX_ATTEMPTS,
                              &workload->retry.attempts) &&
           read_distribution_get(&retry, "backoff", CURSOR_REQUIRED, UNIT_SECONDS,
                                 &workload->retry.backoff) &&
           read_multiplier(&retry, &workload->retry) && read_on(&retry, &workload->retry) &&
           cursor_close(&retry);
}

bool read_retry_check_laps(struct json_cursor *at, const struct workload_spec *workload)
{
    struct json_cursor retry = cursor_at(at, "retry");
    for (size_t c = 0; c < workload->class_count && workload->retry.attempts > 1; c++) {
        const struct class_spec *class = &workload->classes[c];
        int64_t laps = 1 + program_count_laps(class->steps, class->step_count);
        if (laps > STREAM_MAX_LAP / workload->retry.attempts)
            return cursor_fail(&retry,
                               "attempts times the rounds of repeat in each come to more than %d",
                               STREAM_MAX_LAP);
    }
    return true;
}
