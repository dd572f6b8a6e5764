/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_engine.h - capsim as a user meets it: a scenario file read, compiled and replicated, with
 * every metric on. */
#ifndef CAPSIM_TESTS_BENCH_MEASURE_ENGINE_H
#define CAPSIM_TESTS_BENCH_MEASURE_ENGINE_H

#include "models/engine/model.h"

struct engine {
    const struct scenario *spec;
    struct model *model;
    struct arena *arena;   /* of scenario and model                                             */
    struct arena *scratch; /* of one replication                                                */
    struct observation space; /* value and weight, reused; counts */
    double requests;      /* expected in a replication, warm-up included                       */
    uint32_t replication; /* the next one                                                      */
};

/* Reads file with the overrides and compiles the setting (NULL: the first). The warm-up is the
 * file's, or a minute where the file says "auto". Ends the process with a message when the scenario
 * is refused: a benchmark of nothing is worth nothing. */
struct engine engine_open(const char *file, const char *setting, const struct override *overrides,
                          size_t override_count);
void engine_close(struct engine *engine);

/* Runs the next replication. Returns ns per request by the wall clock. */
double engine_replicate(struct engine *engine);
/* The value of a metric in the last replication; "pool.wait.mean". */
double engine_metric(const struct engine *engine, const char *name);

/* Seconds that a study of so many replications takes on so many threads. */
double engine_study(const struct engine *engine, size_t replications, unsigned threads);

#endif
