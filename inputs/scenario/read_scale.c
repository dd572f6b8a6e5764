/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_scale.h"

#include "models/spec/spec.h"
#include <math.h>

#define MAX_SCALE 1e6

bool read_scale_or_default(struct json_cursor *at, double *scale)
{
    struct json_cursor value;
    bool found;
    *scale = 1;
    return cursor_find(at, "scale", "1", &value, &found) &&
           (!found || cursor_as_number(&value, 1 / MAX_SCALE, MAX_SCALE, scale));
}

bool read_scale_of(struct json_cursor *at, double *scale)
{
    *scale = 1;
    return json_object_get(at->value, "scale") == NULL || read_scale_or_default(at, scale);
}

bool read_scale_count(struct json_cursor *at, const char *what, double scale, int64_t *count)
{
    double scaled = round((double)*count * scale);
    struct json_cursor place = cursor_at(at, "scale");
    if (scaled < 1 || scaled > SPEC_MAX_CUSTOMERS)
        return cursor_fail(&place, "%lld %s x %s must be 1 to %lld", (long long)*count, what,
                           cursor_show(&place), (long long)SPEC_MAX_CUSTOMERS);
    *count = (int64_t)scaled;
    return true;
}
