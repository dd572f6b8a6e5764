/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_network.h - more loops that capsim is held against: what is more than one open queue.
 *
 * As in reference.h each is written for its one system, tests/bench/<name>.json, and keeps what
 * capsim keeps of it: sums and histograms of times, integrals of numbers present. Each draws from
 * capsim's own streams, in blocks. Not all have a closed form: measure_networks.c holds their mean
 * times against capsim's. */
#ifndef CAPSIM_TESTS_BENCH_REFERENCE_NETWORK_H
#define CAPSIM_TESTS_BENCH_REFERENCE_NETWORK_H

#include "sim/base/arena.h"
#include <stdint.h>

/* From an empty system to end_ns; what is granted, or ends, before warmup_ns is not observed. */
struct reference_span {
    int64_t warmup_ns, end_ns;
};

struct reference_times {
    uint64_t requests;  /* that began, all of them                                              */
    double elapsed_s;   /* by the wall clock                                                    */
    double mean_s;      /* of the wait or the response, as each loop says                       */
    double utilization; /* of all servers, over the whole span                                */
};

/* sharing.json: customers think and work on one core, which they share. Virtual time with two
 * heaps: of who thinks, and of who works by the virtual time of their departure. Mean response. */
struct reference_times reference_sharing(struct reference_span span, uint64_t seed,
                                         struct arena *arena);

/* closed.json: customers think and hold one connection of a pool. Two heaps, and a ring of those
 * who wait. Mean wait. */
struct reference_times reference_closed(struct reference_span span, uint64_t seed,
                                        struct arena *arena);

/* replicas.json: arrivals go round the pools, each by Kiefer and Wolfowitz. Mean wait. */
struct reference_times reference_replicas(struct reference_span span, uint64_t seed,
                                          struct arena *arena);

/* trace.json: the lines "arrival_s,service_s" of the CSV file, below its header, read and put
 * through one pool by Kiefer and Wolfowitz. Numbers have no sign, no exponent and at most nine
 * decimals. Mean wait: capsim's but for rounding, since nothing is random. Only end_ns counts. */
struct reference_times reference_trace(const char *path, struct reference_span span,
                                       struct arena *arena);

#endif
