/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/station_kinds.h"
#include <stddef.h>

const struct station_kind *const station_kinds[STATION_KINDS] = {
    [STATION_POOL] = &pool_kind,
    [STATION_LIMITER] = &limiter_kind,
    [STATION_BUFFER] = &buffer_kind,
    [STATION_CPU] = &cpu_kind,
};

const struct station_verb *station_verb_of_step(enum step_kind step)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (size_t v = 0; v < station_kinds[kind]->verb_count; v++)
            if (station_kinds[kind]->verbs[v].step == step)
                return &station_kinds[kind]->verbs[v];
    return NULL;
}
