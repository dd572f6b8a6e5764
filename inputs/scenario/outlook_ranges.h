/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook_ranges.h - what a reader of a verdict asks next, as ranges of a search: how little of the
 * resource that a change sets would do, and how much more load there is room for. */
#ifndef CAPSIM_INPUTS_SCENARIO_OUTLOOK_RANGES_H
#define CAPSIM_INPUTS_SCENARIO_OUTLOOK_RANGES_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

enum { OUTLOOK_MOST_LOAD = 4, OUTLOOK_MOST_SIZE = 8 }; /* times what the setting has */

struct outlook_range {
    const char *vary; /* "resources.db_pool.max=20:200", as typed after --vary; NULL: none */
    const char *noun; /* of a load: "customers", "requests/s", "jobs"                       */
    double now;       /* what the setting has                                               */
};

/* The size under setting number i: of the one count of connections, threads, cores or replicas that
 * it has differently from the set's first setting, or, if it changes nothing, that the file has
 * once. Up to what it has; is_more: from there on. A pool is not made smaller than its min. */
struct outlook_range outlook_range_of_size(const struct scenario_set *set, size_t i, bool is_more,
                                           struct arena *arena);

/* The load under setting number i, from what it is on: customers, a rate or jobs of the one
 * workload that arrives by itself. */
struct outlook_range outlook_range_of_load(const struct scenario_set *set, size_t i,
                                           struct arena *arena);

#endif
