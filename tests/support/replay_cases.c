/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/replay_cases.h"

#include "tests/support/queue_replay.h"

/* The runs of tests/measured last so long: whoever asked is gone by then. */
static const double DURATION_S = 400;

struct recording {
    const char *scenario;
    double unit_us;
    int servers;
    int64_t patience_us; /* INT64_MAX: what the scenario says, none                              */
};

static void add_value(struct reference_case *one, const char *metric, double expected)
{
    one->values[one->value_count++] = (struct reference){
        .name = "the loop",
        .source =
            "first come, first served by the first that is free (tests/support/queue_replay.c)",
        .metric = metric,
        .expected = expected,
        .scale = expected,
        .window = REFERENCE_WHOLE_RUN};
}

static void make_case(const struct recording *recording, struct reference_case *one,
                      struct arena *arena)
{
    struct queue_replay replay =
        queue_replay_file(arena_printf(arena, "tests/measured/%s.csv", recording->scenario),
                          recording->unit_us, recording->servers, recording->patience_us);
    double served = (double)replay.served, gave_up = (double)replay.gave_up;
    *one = (struct reference_case){
        .scenario = recording->scenario,
        .path = arena_printf(arena, "tests/measured/%s.json", recording->scenario),
        .sets = {"workloads.w.steps.0.steps.1.delay=0s"},
        .set_count = 1,
        .values = arena_array(arena, 6, sizeof *one->values)};
    if (recording->patience_us != INT64_MAX)
        one->sets[one->set_count++] = arena_printf(arena, "resources.db.acquire_timeout=%gms",
                                                   (double)recording->patience_us / 1e3);
    add_value(one, "w.throughput", served / DURATION_S);
    add_value(one, "db.timeout_rate", gave_up / (served + gave_up));
    add_value(one, "db.wait.mean", (double)replay.waits_us / served / 1e6);
    add_value(one, "db.wait.max", (double)replay.longest_wait_us / 1e6);
    add_value(one, "w.response.mean",
              (double)(replay.waits_us + replay.services_us) / served / 1e6);
    add_value(one, "db.busy", (double)replay.services_us / 1e6 / DURATION_S);
}

struct reference_table replay_cases_make(struct arena *arena)
{
    static const struct recording recordings[] = {
        {"A", 1e6, 5, INT64_MAX}, {"C", 1e3, 10, INT64_MAX}, {"A", 1e6, 5, 50000},
        {"A", 1e6, 5, 5000},      {"B", 1e6, 5, 200000},     {"B", 1e6, 5, 20000},
        {"B", 1e6, 5, 2000},
    };
    enum { COUNT = sizeof recordings / sizeof *recordings };
    struct reference_table table = {.case_count = COUNT};
    table.cases = arena_array(arena, COUNT, sizeof *table.cases);
    for (size_t i = 0; i < COUNT; i++)
        make_case(&recordings[i], &table.cases[i], arena);
    return table;
}
