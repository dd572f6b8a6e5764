/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpu_capacity.h - what processors can do, from their spec alone; the laws are those of cpu.h. */
#ifndef CAPSIM_MODELS_SPEC_CPU_CAPACITY_H
#define CAPSIM_MODELS_SPEC_CPU_CAPACITY_H

#include "models/spec/spec.h"

enum { CPU_MILLI = 1000 }; /* cores are counted in thousandths, as Kubernetes does */

/* By how much each of so many jobs (>= 1) is slower for the others: the denominator of the
 * Universal Scalability Law. */
double cpu_contention(const struct cpu_spec *spec, double jobs);
/* What a cpu can do at best [seconds of work per second]: the most of n * speed over n, of all its
 * copies together. */
double cpu_capacity(const struct cpu_spec *spec);

#endif
