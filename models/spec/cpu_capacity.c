/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/cpu_capacity.h"

double cpu_contention(const struct cpu_spec *spec, double jobs)
{
    return 1 + (jobs - 1) * (spec->sigma + spec->kappa * jobs);
}

double cpu_capacity(const struct cpu_spec *spec)
{
    double cores = (double)spec->cores_milli / CPU_MILLI, best = 0;
    for (double jobs = 1; jobs < cores + 1; jobs++) {
        double rate = (jobs < cores ? jobs : cores) / cpu_contention(spec, jobs);
        if (rate < best)
            break; /* one peak */
        best = rate;
    }
    return best * (double)spec->copies;
}
