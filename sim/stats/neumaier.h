/* SPDX-License-Identifier: GPL-3.0-or-later */
/* neumaier.h - a sum whose error does not grow with the number of terms.
 *
 * Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM
 * 54 (1974). Terms are added in the order of the replications, so threads cannot change a bit. */
#ifndef CAPSIM_SIM_STATS_NEUMAIER_H
#define CAPSIM_SIM_STATS_NEUMAIER_H

#include <math.h>

/* Begins as {0, 0}. */
struct neumaier {
    double sum, compensation;
};

/* Adds value. */
static inline void neumaier_add(struct neumaier *total, double value)
{
    double sum = total->sum + value;
    if (fabs(total->sum) >= fabs(value))
        total->compensation += (total->sum - sum) + value;
    else
        total->compensation += (value - sum) + total->sum;
    total->sum = sum;
}

/* What has been added so far. */
static inline double neumaier_total(const struct neumaier *total)
{
    return total->sum + total->compensation;
}

#endif
