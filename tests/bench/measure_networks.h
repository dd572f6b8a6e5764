/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_networks.h - capsim beside the loops of reference_network.h: processors that are shared,
 * customers who come again, replicas. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_NETWORKS_H
#define CAPSIM_TESTS_BENCH_MEASURE_NETWORKS_H

#include <stdbool.h>

/* Prints a line for each (measure_pairs.h). False when an answer is wrong. */
bool measure_networks(void);

#endif
