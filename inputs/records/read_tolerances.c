/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/read_tolerances.h"
#include "inputs/json/quantity.h"
#include <string.h>

const struct regression_tolerance *tolerances_read(const char *const *texts, size_t count,
                                                   struct arena *arena, struct error *err)
{
    struct regression_tolerance *tolerances = arena_array(arena, count, sizeof *tolerances);
    for (size_t i = 0; i < count; i++) {
        const char *equals = strrchr(texts[i], '=');
        if (equals)
            tolerances[i].metric = arena_printf(arena, "%.*s", (int)(equals - texts[i]), texts[i]);
        if (!quantity_parse_share(equals ? equals + 1 : texts[i], &tolerances[i].share, err))
            return NULL;
    }
    return tolerances;
}
