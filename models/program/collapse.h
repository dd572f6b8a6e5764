/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collapse.h - processors that do less the more jobs share them, and whether that ends in a jam.
 *
 * By the Universal Scalability Law n jobs get min(n, cores) / (1 + (n - 1) (sigma + kappa n)) done
 * at a time, which falls to nothing where kappa > 0. Past the largest n* at which that is still
 * more than what arrives, jobs only pile up: an open system leaves for ever, after a mean time that
 * a birth-death chain gives. From n to n + 1 jobs it takes t_n = 1 / lambda + mu_n / lambda t_(n-1)
 * on average, and T = t_0 + ... + t_n* (Karlin & Taylor, A First Course in Stochastic Processes
 * (1975), ch. 4). A limit on the jobs at n* or below, such as a pool around the work, keeps them
 * out. */
#ifndef CAPSIM_MODELS_PROGRAM_COLLAPSE_H
#define CAPSIM_MODELS_PROGRAM_COLLAPSE_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

/* Mean time until one copy of cpu is past n* [s]: jobs_per_s (> 0) arrive, of mean work_s each;
 * most_jobs: at once at most, INFINITY for any number. INFINITY: never, or kappa is 0. 0 when even
 * at its best it does less than what arrives. */
double collapse_mean_time(const struct cpu_spec *cpu, double jobs_per_s, double work_s,
                          double most_jobs);

/* The jobs that can be on all copies of a cpu at once, by the pools that are held around every step
 * that works on it: of each such step the smallest. INFINITY: some step has none around it. */
double collapse_most_jobs(const struct scenario *spec, size_t cpu, struct arena *arena);

#endif
