/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/replicate_once.h"

#include "tests/support/support.h"

static bool replicate(const struct scenario *scenario, uint32_t replication, study_replicate *run,
                      struct arena *arena, struct once *once, struct error *err)
{
    size_t columns;
    once->model = model_compile(scenario, arena, err);
    if (!once->model)
        return false;
    model_set_warmup(once->model, scenario->run.warmup_ns);
    model_columns(once->model, &columns);
    once->observation.value = arena_array(arena, columns, sizeof(double));
    once->observation.weight = arena_array(arena, columns, sizeof(double));
    once->observation.counts =
        arena_array(arena, model_histogram_count(once->model), sizeof *once->observation.counts);
    return run(once->model, replication, arena, &once->observation, err);
}

struct once replicate_once(const struct scenario *scenario, uint32_t replication,
                           struct arena *arena)
{
    struct once once = {0};
    struct error err = {0};
    if (!replicate(scenario, replication, model_replicate, arena, &once, &err))
        fail_msg("%s", err.message);
    return once;
}

struct once replicate_once_by_end(const struct scenario *scenario, uint32_t replication,
                                  struct arena *arena)
{
    struct once once = {0};
    struct error err = {0};
    if (!replicate(scenario, replication, model_replicate_by_end, arena, &once, &err))
        fail_msg("%s", err.message);
    return once;
}

struct error replicate_failing(const struct scenario *scenario, struct arena *arena)
{
    struct once once = {0};
    struct error err = {0};
    assert_false(replicate(scenario, 0, model_replicate, arena, &once, &err));
    return err;
}

double once_value(const struct once *once, const char *metric)
{
    int column = model_find_column(once->model, metric);
    if (column == COLUMN_NONE)
        fail_msg("no metric %s", metric);
    return once->observation.value[column];
}
