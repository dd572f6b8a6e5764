/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counters.h - counters seen several times: what they grew by, whatever restarted in between.
 *
 * A counter that is less than before has begun anew: all it shows then is growth, and the restart
 * is counted. Bounded: COUNTERS_MOST series. */
#ifndef CAPSIM_INPUTS_TELEMETRY_COUNTERS_H
#define CAPSIM_INPUTS_TELEMETRY_COUNTERS_H

#include "inputs/telemetry/name_table.h"

enum { COUNTERS_MOST = 1 << 16 };

struct counter {
    double first, last, growth;
    uint64_t samples, restarts;
    size_t first_file, last_file;
    uint32_t first_snapshot;
    int64_t first_ns, last_ns; /* INT64_MIN: no time was given */
};

struct counters {
    struct name_table names;
    struct counter *counters; /* [capacity], by the number of the name */
    size_t capacity;
    uint32_t snapshots; /* begun so far */
    uint64_t left_out;  /* of samples: beyond COUNTERS_MOST series */
};

/* An empty table. */
struct counters counters_create(struct arena *arena);
/* A sample of the series; its counter, or NULL when the table is full. */
struct counter *counters_add(struct counters *counters, struct slice name, double value,
                             size_t file, int64_t ns);
/* A further sample of a counter that counters_add gave, as long as no series is new. */
void counters_add_to(struct counter *counter, double value, size_t file, int64_t ns);
/* The counter of that name, or NULL. */
struct counter *counters_find(const struct counters *counters, const char *name);
/* What it grew by. Seen once: all since its start. First seen in a later snapshot than the first:
 * it was zero before. */
double counters_growth(const struct counter *counter);

#endif
