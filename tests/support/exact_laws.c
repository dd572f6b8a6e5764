/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/exact_laws.h"
#include "models/engine/model_internal.h"
#include "sim/base/arena.h"
#include <math.h>
#include <string.h>

/* The two halves of a workload's run, and the quarters of a class, are growth. */
static bool is_law(const char *name)
{
    return !strstr(name, " earlier") && strncmp(name, "check class ", 12) != 0;
}

const char *exact_laws_find_broken(const struct model *model, const struct observation *observation,
                                   double rounding, struct arena *arena)
{
    for (size_t c = model->metrics.check_base; c < model->metrics.beyond_base; c += 2) {
        double left = observation->value[c], right = observation->value[c + 1];
        const char *name = model->metrics.columns[c].name;
        if (is_law(name) && !(fabs(left - right) <= rounding * (1 + fabs(right))))
            return arena_printf(arena, "%s is %.17g, the other side %.17g", name, left, right);
    }
    return NULL;
}
