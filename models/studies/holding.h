/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holding.h - what a pool's connections, or a lock, are held for: which step inside takes the most
 * of that time, worked out from the scenario without simulating, so without waits. */
#ifndef CAPSIM_MODELS_STUDIES_HOLDING_H
#define CAPSIM_MODELS_STUDIES_HOLDING_H

#include "models/spec/spec.h"

struct holding {
    const struct step *longest; /* the step that takes most; NULL: unknown, or nothing takes time */
    double share;               /* of the time that it is held, 0 to 1                          */
    size_t count;               /* steps that take time                                         */
};

/* Of what the steps of every class do while they hold one of pool `pool`, each class weighed by
 * rates_per_s[workloads]. */
struct holding holding_of(const struct scenario *spec, const double *rates_per_s, size_t pool);

#endif
