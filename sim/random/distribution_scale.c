/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A law with all its values multiplied. */
#include "sim/random/distribution.h"
#include <assert.h>
#include <math.h>

static const double *scale_values(const struct distribution *law, double factor,
                                  struct arena *arena)
{
    double *values = arena_array(arena, law->count, sizeof *values);
    for (size_t i = 0; i < law->count; i++)
        values[i] = law->values[i] * factor;
    return values;
}

static const struct distribution *const *scale_parts(const struct distribution *law, double factor,
                                                     struct arena *arena)
{
    const struct distribution **parts = arena_array(arena, law->count, sizeof(void *));
    for (size_t i = 0; i < law->count; i++)
        parts[i] = distribution_scale(law->parts[i], factor, arena);
    return parts;
}

struct distribution *distribution_scale(const struct distribution *law, double factor,
                                        struct arena *arena)
{
    struct distribution *scaled = arena_alloc(arena, sizeof *scaled);
    assert(factor > 0);
    *scaled = *law;
    scaled->lowest *= factor;
    scaled->highest *= factor;
    switch (law->kind) {
    case DISTRIBUTION_UNIFORM:
        scaled->b *= factor;
        scaled->a *= factor;
        break;
    case DISTRIBUTION_CONSTANT:
    case DISTRIBUTION_EXPONENTIAL:
        scaled->a *= factor;
        break;
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_GAMMA:
    case DISTRIBUTION_WEIBULL:
    case DISTRIBUTION_PARETO:
        scaled->b *= factor;
        break;
    case DISTRIBUTION_LOGNORMAL:
        scaled->a += log(factor);
        break;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        scaled->b *= factor;
        scaled->c *= factor;
        break;
    case DISTRIBUTION_EMPIRICAL:
        scaled->values = scale_values(law, factor, arena);
        break;
    case DISTRIBUTION_MIXTURE:
    case DISTRIBUTION_SUM:
        scaled->parts = scale_parts(law, factor, arena);
        break;
    case DISTRIBUTION_OF_REQUEST:
        assert(law->kind != DISTRIBUTION_OF_REQUEST); /* values of requests are not scaled */
    }
    return scaled;
}
