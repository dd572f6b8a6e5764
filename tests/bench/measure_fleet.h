/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_fleet.h - 10,000 collectors, 24 simulated hours, one core: capsim on the measured fleet
 * (inputs/scenarios/pganalytics-measured.json, grown to 100 threads, connections and cores), beside
 * a loop written by hand.
 *
 * The loop knows that nobody waits for a connection or a core: a job takes the thread that is free
 * first, and its times are drawn together and added up. It keeps the wait, the response and each
 * step in the same histograms, and the cycles. capsim has an event for each step of each job, and
 * keeps every metric of every resource besides. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_FLEET_H
#define CAPSIM_TESTS_BENCH_MEASURE_FLEET_H

#include <stdbool.h>

/* Measures, prints and keeps the numbers by name; false when the two disagree about the cycles. */
bool measure_fleet(void);

#endif
