/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pool_twin_state.h"

int64_t twin_count_connections(const struct twin *twin, int state)
{
    int64_t count = 0;
    for (int64_t i = 0; i < twin->pool->max; i++)
        count += twin->connections[i].state == state;
    return count;
}

int64_t twin_count_open(const struct twin *twin)
{
    return twin->pool->max - twin_count_connections(twin, CLOSED);
}

int64_t twin_count_waiting(const struct twin *twin)
{
    int64_t count = 0;
    for (size_t i = 0; i < twin->count; i++)
        count += twin->requests[i].phase == WAITING;
    return count;
}

int64_t twin_count_unowned(const struct twin *twin)
{
    int64_t count = 0;
    for (int64_t i = 0; i < twin->pool->max; i++)
        count += twin->connections[i].state == BEING_OPENED && twin->connections[i].is_unowned;
    return count;
}

int64_t twin_count_rests(const struct twin *twin, bool only_retries)
{
    int64_t count = 0;
    for (size_t i = 0; i < twin->rest_count; i++)
        count += twin->rests[i].is_pending && (twin->rests[i].is_retry || !only_retries);
    return count;
}

void twin_pass_time(struct twin *twin, int64_t to)
{
    double length = (double)(to - twin->now);
    int64_t held = twin_count_connections(twin, HELD) + twin_count_connections(twin, BEING_OPENED) -
                   twin_count_unowned(twin);
    twin->totals.busy += length * (double)held;
    twin->totals.open += length * (double)twin_count_open(twin);
    twin->totals.waiting += length * (double)twin_count_waiting(twin);
    twin->now = to;
}
