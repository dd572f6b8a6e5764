/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the file of measured values of `score`, and as the file of evidence that it is held
 * against: each is read, or there is a message. */
#include "inputs/records/measurements.h"
#include "tests/fuzz/target.h"

#include <math.h>
#include <string.h>

/* One of each unit. */
static const struct measured_projection projected[] = {
    {"api.response.p95", "s", 0.37, 0.3, 0.4},
    {"api.throughput", "1/s", 150, 140, 160},
    {"memory", "B", 5e7, 4e7, 6e7},
    {"db_pool.utilization", "1", 0.19, 0.1, 0.3},
    {"db_pool.busy", "", NAN, NAN, NAN},
};
enum { PROJECTED = sizeof projected / sizeof projected[0] };

static void check_values(const struct measured_value *values, size_t count,
                         const struct measured_projections *from)
{
    for (size_t i = 0; i < count; i++) {
        bool is_metric = values[i].projection >= from->metrics &&
                         values[i].projection < from->metrics + from->metric_count;
        bool is_test = values[i].projection >= from->of_test &&
                       values[i].projection < from->of_test + from->test_count;
        target_require(is_metric || is_test);
        target_require(values[i].measured >= 0 && isfinite(values[i].measured));
    }
}

static void read_measured(const char *path, const struct measured_projections *from,
                          struct arena *arena)
{
    struct measurements actual = {0};
    struct error err = {0};
    bool is_read = measurements_read(path, from, arena, &actual, &err);
    target_check_outcome(is_read, &err);
    if (!is_read)
        return;
    target_require(actual.value_count + actual.test_count > 0 && actual.duration_s > 0);
    check_values(actual.values, actual.value_count, from);
    check_values(actual.of_test, actual.test_count, from);
}

static void read_evidence(const char *path, size_t skipped, struct arena *arena)
{
    struct measured_projections found = {0};
    struct error err = {0};
    bool is_read = measurements_read_projections(path, "metrics", skipped, arena, &found.metrics,
                                                 &found.metric_count, &found.run, &err);
    target_check_outcome(is_read, &err);
    for (size_t i = 0; is_read && i < found.metric_count; i++)
        target_require(found.metrics[i].name && found.metrics[i].unit);
    if (is_read)
        read_measured(path, &found, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes, size);
    const struct measured_projections all = {
        .metrics = projected,
        .metric_count = PROJECTED,
        .of_test = projected,
        .test_count = 2,
        .run = {.duration_s = 3600, .confidence = 0.95, .replications = 20}};
    read_measured(file.path, &all, arena);
    read_evidence(file.path, 0, arena);
    read_evidence(file.path, strlen("test."), arena);
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
