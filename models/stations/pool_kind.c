/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of connection and thread pools: see station_kind.h. */
#include "models/engine/model_internal.h"
#include "models/engine/replica.h"
#include "models/engine/self_check.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/pool.h"
#include "models/stations/pool_restart.h"
#include "models/stations/station_checks.h"
#include "models/stations/station_kinds.h"
#include <string.h>

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static double max_of_pool(const struct scenario *spec, size_t pool)
{
    return (double)spec->pools[pool].max;
}

#define ASKED (COUNT(POOL_GRANTED) | COUNT(POOL_TIMED_OUT) | COUNT(POOL_REFUSED))
static const struct metric_row rows[] = {
    {.name = "utilization",
     .unit = "1",
     .shape = METRIC_LEVEL,
     .at = POOL_BUSY,
     .whole = max_of_pool,
     .shown = AVERAGE,
     .shown_inside = AVERAGE,
     .shown_worst = AVERAGE,
     .role = ROLE_USE,
     .meaning =
         "Connections or threads held by requests, opening included, over max: the time average."},
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning =
         "Asked to in hand: queueing, opening and checkout, over the requests that got one."},
    {.name = "wait.probability",
     .unit = "1",
     .shape = METRIC_NONZERO,
     .at = POOL_WAIT,
     .cluster = POOL_WAIT,
     .shown = ONE,
     .shown_inside = ONE,
     .role = ROLE_WAIT,
     .meaning = "Share of those that got one which had to wait at all."},
    {.name = "queueing",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_QUEUEING,
     .meaning = "The part of the wait before one was assigned."},
    {.name = "busy",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = POOL_BUSY,
     .role = ROLE_CONNECTION,
     .meaning = "Held by requests."},
    {.name = "open",
     .unit = "",
     .shape = METRIC_LEVEL,
     .at = POOL_OPEN,
     .shown = AVERAGE,
     .shown_inside = AVERAGE,
     .role = ROLE_CONNECTION,
     .meaning = "Open: held, idle or opening."},
    {.name = "queue",
     .unit = "",
     .shape = METRIC_LEVEL,
     .is_queue = true,
     .at = POOL_QUEUE,
     .role = ROLE_CONNECTION,
     .meaning = "Requests that wait for one."},
    {.name = "timeout_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(POOL_TIMED_OUT),
     .of = ASKED,
     .cluster = POOL_WAIT,
     .shown = ONE,
     .role = ROLE_CONNECTION_ERRORS,
     .meaning = "Share of askings that ended in a time-out."},
    {.name = "refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(POOL_REFUSED),
     .of = ASKED,
     .cluster = POOL_WAIT,
     .role = ROLE_ERRORS,
     .meaning = "Share of askings that were refused."},
    {.name = "connect_rate",
     .unit = "1/s",
     .shape = METRIC_RATE,
     .counts = COUNT(POOL_OPENED),
     .role = ROLE_CONNECTION,
     .meaning = "Connections opened."},
    {.name = "connect_time",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = POOL_CONNECT,
     .meaning = "The part of the wait spent on opening and checkout."},
};

/* ---- self-checks ----------------------------------------------------------------------------- */

static const char *const law_names[] = {"Little's law (queue)", "utilization law (busy)"};
static const char *const column_names[] = {"queue", "queue law", "busy", "busy law"};

/* All copies together. */
static void check(const struct replication_state *system, size_t i, const struct presence *start,
                  const struct presence *end, int64_t length, struct observation *observation,
                  size_t column)
{
    const struct model *model = system->model;
    uint32_t first = model->program->copies[STATION_POOL].base[i];
    uint64_t queued = 0, held = 0;
    for (uint32_t c = first; c < first + (uint32_t)model->spec->pools[i].copies; c++) {
        queued += system->pools[c].queue_time + self_check_waited(STATION_POOL, c, start, end);
        held += system->pools[c].held_time + self_check_held(STATION_POOL, c, start, end);
    }
    self_check_put_level(system, STATION_POOL, i, POOL_QUEUE, queued, length, observation, column);
    self_check_put_level(system, STATION_POOL, i, POOL_BUSY, held, length, observation, column + 2);
}

/* ---- a replication --------------------------------------------------------------------------- */

static int64_t capacity(const void *spec)
{
    return ((const struct pool_spec *)spec)->max;
}

static void restart(struct replication_state *system, uint32_t copy)
{
    system->pools[copy].queue_time = system->pools[copy].held_time = 0;
}

static void stop(struct replica_change *change, size_t i, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    replica_change_capacity(change, STATION_POOL, i, copy, -pool->max);
    pool_shut(change->system, pool);
}

static void start(struct replica_change *change, size_t i, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    pool_renew(change->system, pool, &change->values->pools[i]);
    replica_change_capacity(change, STATION_POOL, i, copy, pool->max);
}

static void reload(struct replica_change *change, size_t i, uint32_t copy)
{
    struct pool *pool = &change->system->pools[copy];
    int64_t before = pool->max;
    pool_reload(change->system, pool, &change->values->pools[i]);
    replica_change_capacity(change, STATION_POOL, i, copy, pool->max - before);
}

static const char *find_broken(const struct replication_state *system, uint32_t copy, uint32_t *id)
{
    return pool_check(system, &system->pools[copy], id);
}

static struct station_use count_use(const struct replication_state *system, uint32_t copy)
{
    const struct pool *pool = &system->pools[copy];
    return (struct station_use){.waiting = pool->waiting, .held = pool->busy->level};
}

/* ---- studies --------------------------------------------------------------------------------- */

static bool is_key(const char *key, const char *name)
{
    size_t length = strlen(name);
    return strncmp(key, name, length) == 0 && (key[length] == '\0' || key[length] == '.');
}

/* A random time limit is drawn by the steps, whatever the replica's version. */
static const char *find_obstacle(const void *spec, const char *key)
{
    const struct distribution *limit = ((const struct pool_spec *)spec)->acquire_timeout;
    bool is_limit = is_key(key, "acquire_timeout") || is_key(key, "queue_timeout");
    return is_limit && limit && !distribution_is_constant(limit)
               ? "no rollout can change a time limit that is random"
               : NULL;
}

static const char *const followed[] = {"utilization",  "wait.p95",     "open", "timeout_rate",
                                       "refused_rate", "connect_rate", NULL};

static bool is_followed(const void *spec)
{
    return ((const struct pool_spec *)spec)->draws_on_database;
}

static double amount_of(const void *spec)
{
    return (double)capacity(spec);
}

/* One that is kept full stays so. */
static bool change_by(void *spec, int64_t by)
{
    struct pool_spec *pool = spec;
    int64_t max = pool->max + by;
    bool is_fixed = pool->min == pool->max, opens_all = pool->rules.opens_at_start == pool->max;
    if (max < 1 || max > SPEC_MAX_POOL || (!is_fixed && pool->min > max) ||
        (!opens_all && pool->rules.opens_at_start > max))
        return false;
    pool->max = max;
    pool->min = is_fixed ? max : pool->min;
    pool->rules.opens_at_start = opens_all ? max : pool->rules.opens_at_start;
    return true;
}

static const char *thing_of(const void *spec)
{
    return ((const struct pool_spec *)spec)->kind == POOL_THREADS ? "thread" : "connection";
}

const struct station_kind pool_kind = {
    .formats = {"connection_pool", "thread_pool"},
    .place = STATION_SPECS(pool_spec, pools, pool_count),
    .levels = POOL_LEVELS,
    .tallies = POOL_TALLIES,
    .counts = POOL_COUNTS,
    .metrics = {"a connection or thread pool", rows, sizeof rows / sizeof rows[0]},
    .capacity = capacity,
    .laws = 2,
    .law_names = law_names,
    .column_names = column_names,
    .check = check,
    .state_size = sizeof(struct pool),
    .restart = restart,
    .stop = stop,
    .start = start,
    .reload = reload,
    .find_broken = find_broken,
    .count_use = count_use,
    .rollout = {.in_place = {"max", "min", "threads", "queue_limit"},
                .in_place_text = "max, min, threads and queue_limit",
                .find_obstacle = find_obstacle,
                .followed = followed,
                .is_followed = is_followed},
    .amount = {.rank = 0,
               .word = "pool",
               .unit = "",
               .of = amount_of,
               .change = change_by,
               .thing = thing_of,
               .full = "utilization"},
};
