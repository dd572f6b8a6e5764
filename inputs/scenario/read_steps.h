/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_steps.h - "steps": what a request does, one step inside another.
 *
 * To add a kind of step: one reader function and one line in the table of read_steps.c. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_STEPS_H
#define CAPSIM_INPUTS_SCENARIO_READ_STEPS_H

#include "inputs/scenario/resource_names.h"

/* A pool that is held around a step, and those around that. */
struct route_hold {
    size_t pool;
    const struct route_hold *outer; /* NULL: it is the outermost */
};

/* Where in a request the reader is. Passed down by value: small, for steps nest deep. */
struct route {
    struct resource_names *system;
    int depth; /* steps around this one */
    int held_count;
    const struct route_hold *held; /* the innermost; NULL: none                            */
    const struct visited *visited; /* the innermost; NULL: none                            */
    bool is_bounded; /* a step around this one has a timeout                         */
    int64_t laps;    /* how often the steps around this one repeat it                */
    size_t workload; /* whose steps they are                                         */
};

enum { READ_STEPS_MAX_LAPS = 1 << 20 }; /* STREAM_MAX_LAP: a draw's number holds no more */

/* The list of at least `least` steps at `at`. */
bool read_steps(const struct json_cursor *at, const struct route *route, size_t least,
                const struct step **steps, size_t *count);

/* Fails unless the shares, summed up by the caller, make 1; at: the list or object of them. */
bool read_steps_check_shares(const struct json_cursor *at, double sum);

#endif
