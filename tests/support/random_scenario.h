/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_scenario.h - a valid scenario out of any bytes: every choice takes the next of them, and
 * 0, the simplest choice, when there are no more.
 *
 * So whoever changes the bytes (a fuzzer, a stream of random numbers) walks through the scenarios
 * that can be written: pools of every kind and dialect, processors, databases that refuse, limiters
 * and buffers, some of them in services; every step and law; every kind of arrivals; classes,
 * retries, deadlines, settings, criteria. Whatever comes out is valid: capsim must read it and be
 * able to simulate it. A few hundred requests come in a replication. */
#ifndef CAPSIM_TESTS_SUPPORT_RANDOM_SCENARIO_H
#define CAPSIM_TESTS_SUPPORT_RANDOM_SCENARIO_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random_scenario {
    const char *text; /* JSON */
    /* Nobody comes any more after half a second but `flush`, which empties the buffers each half
     * second and takes no time: long before the end everything is given back. Else the run is cut
     * in the middle of its load. */
    bool runs_dry;
};

/* The folder of the files that it may name, from the root of the source tree. */
#define RANDOM_SCENARIO_FOLDER "inputs/scenarios"

/* The scenario of bytes[size], in arena. */
struct random_scenario random_scenario_make(const uint8_t *bytes, size_t size, struct arena *arena);

#endif
