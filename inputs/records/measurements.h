/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measurements.h - what was measured in production, to be compared with what was projected.
 *
 * One JSON object: { "metrics": { "db_pool.utilization": "19.1%", "api.response.p95": "371ms" } }
 * with values as in a scenario (a quantity with its unit, or a bare number in base units: s, 1/s,
 * B, shares 0..1); null is "not measured". Beside it, all optional: "load_test", the same of one
 * synthetic load test ("response.p95"); "duration", how long was measured ("60min"; not given: as
 * long as was projected); "source", a text. */
#ifndef CAPSIM_INPUTS_RECORDS_MEASUREMENTS_H
#define CAPSIM_INPUTS_RECORDS_MEASUREMENTS_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stddef.h>
#include <stdint.h>

/* What was projected of one metric, as evidence keeps it. */
struct measured_projection {
    const char *name, *unit;
    double estimate, one_run_low, one_run_high; /* NaN: nothing was observed */
};

/* A measured value and its projection. */
struct measured_value {
    const struct measured_projection *projection;
    double measured;
    double half_digit; /* half of the last digit that it was written with; 0: not known */
};

struct measurements {
    const char *source; /* or NULL */
    double duration_s;  /* that was measured */
    uint64_t seed;      /* made of what was measured: of customers that nothing else has seen    */
    struct measured_value *values, *of_test;
    size_t value_count, test_count;
};

/* The runs that a projection rests on. */
struct measured_run {
    double duration_s, confidence;
    size_t replications; /* the most of any metric */
};

/* The projections in a file of evidence: the object under `key` ("metrics", "results"), each name
 * without the first `skipped` bytes. Errors say the file. */
bool measurements_read_projections(const char *path, const char *key, size_t skipped,
                                   struct arena *arena,
                                   const struct measured_projection **projections, size_t *count,
                                   struct measured_run *run, struct error *err);

/* What is known of the projections. */
struct measured_projections {
    const struct measured_projection *metrics, *of_test;
    size_t metric_count, test_count;
    struct measured_run run; /* of metrics */
};

/* Reads the measured values of path ("-": standard input). An unknown metric or a value in the
 * wrong unit is a STATUS_INPUT error with its place. */
bool measurements_read(const char *path, const struct measured_projections *projections,
                       struct arena *arena, struct measurements *actual, struct error *err);

#endif
