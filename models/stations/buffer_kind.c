/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of buffers: see station_kind.h. */
#include "models/engine/model_internal.h"
#include "models/engine/replica.h"
#include "models/engine/self_check.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/stations/buffer.h"
#include "models/stations/station_checks.h"
#include "models/stations/station_kinds.h"

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static const struct metric_row rows[] = {
    {.name = "level",
     .unit = "B",
     .shape = METRIC_LEVEL,
     .at = BUFFER_LEVEL,
     .shown = AVERAGE,
     .meaning = "What lies in it."},
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = BUFFER_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning = "Wait for room, over what was put in."},
    {.name = "dropped_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(BUFFER_DROPPED),
     .of = COUNT(BUFFER_PUT) | COUNT(BUFFER_DROPPED) | COUNT(BUFFER_TIMED_OUT),
     .cluster = BUFFER_WAIT,
     .shown = ONE,
     .meaning = "Share of puts that found no room and were dropped."},
};

/* ---- self-checks ----------------------------------------------------------------------------- */

static const char *const law_names[] = {"Little's law (queue)", "bytes put less bytes drained"};
static const char *const column_names[] = {"putting", "putting law", "buffered", "bytes"};

static void check(const struct replication_state *system, size_t i, const struct presence *start,
                  const struct presence *end, int64_t length, struct observation *observation,
                  size_t column)
{
    uint32_t first = system->model->program->copies[STATION_BUFFER].base[i];
    uint64_t waited = 0;
    int64_t level = 0, bytes = 0;
    for (uint32_t c = first; c < first + system->model->spec->buffers[i].copies; c++) {
        const struct buffer *buffer = &system->buffers[c];
        waited += buffer->queue_time + self_check_waited(STATION_BUFFER, c, start, end);
        level += buffer->level->level;
        bytes += buffer->level_before + buffer->put_bytes - buffer->drained_bytes;
    }
    self_check_put_level(system, STATION_BUFFER, i, BUFFER_QUEUE, waited, length, observation,
                         column);
    self_check_put(observation, column + 2, (double)level, (double)bytes);
}

/* ---- a replication --------------------------------------------------------------------------- */

static bool put(struct replication_state *system, uint32_t copy, uint32_t id,
                struct request *request)
{
    return buffer_put(system, &system->buffers[copy], id, request);
}

static bool drain(struct replication_state *system, uint32_t copy, uint32_t id,
                  struct request *request)
{
    (void)id;
    (void)request;
    buffer_drain(system, &system->buffers[copy]);
    return true;
}

static const struct station_verb verbs[] = {
    {STEP_PUT, STATION_BUFFER, true, put, "puts into", NULL},
    {STEP_DRAIN, STATION_BUFFER, false, drain, "drains", NULL}};

static void abandon(struct replication_state *system, uint32_t copy, uint32_t id,
                    struct request *request, bool is_cancelled)
{
    buffer_abandon(system, &system->buffers[copy], id, request);
    system->buffers[copy].counts[BUFFER_TIMED_OUT] -= is_cancelled;
}

static void restart(struct replication_state *system, uint32_t copy)
{
    buffer_restart(&system->buffers[copy]);
}

static void stop(struct replica_change *change, size_t i, uint32_t copy)
{
    (void)i;
    change->lost += buffer_lose(change->system, &change->system->buffers[copy]);
}

static void start(struct replica_change *change, size_t i, uint32_t copy)
{
    buffer_renew(change->system, &change->system->buffers[copy], &change->values->buffers[i]);
}

static void reload(struct replica_change *change, size_t i, uint32_t copy)
{
    buffer_reload(change->system, &change->system->buffers[copy], &change->values->buffers[i]);
}

static const char *find_broken(const struct replication_state *system, uint32_t copy, uint32_t *id)
{
    return buffer_check(system, &system->buffers[copy], id);
}

static struct station_use count_use(const struct replication_state *system, uint32_t copy)
{
    const struct buffer *buffer = &system->buffers[copy];
    return (struct station_use){.waiting = buffer->waiting.count, .held = 0};
}

/* ---- studies --------------------------------------------------------------------------------- */

static const char *const followed[] = {"level", "dropped_rate", NULL};

static double amount_of(const void *spec)
{
    return (double)((const struct buffer_spec *)spec)->capacity;
}

/* One more is a hundredth, or a byte. */
static bool change_by(void *spec, int64_t by)
{
    struct buffer_spec *buffer = spec;
    int64_t step = buffer->capacity / 100;
    buffer->capacity += by * (step > 0 ? step : 1);
    return buffer->capacity > 0;
}

const struct station_kind buffer_kind = {
    .formats = {"buffer"},
    .place = STATION_SPECS(buffer_spec, buffers, buffer_count),
    .levels = BUFFER_LEVELS,
    .tallies = BUFFER_TALLIES,
    .counts = BUFFER_COUNTS,
    .metrics = {"a buffer", rows, sizeof rows / sizeof rows[0]},
    .laws = 2,
    .law_names = law_names,
    .column_names = column_names,
    .check = check,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .abandon = abandon,
    .wait_word = "buffer wait",
    .wait_phrase = "wait for room in",
    .state_size = sizeof(struct buffer),
    .init = buffer_init,
    .restart = restart,
    .stop = stop,
    .start = start,
    .reload = reload,
    .find_broken = find_broken,
    .count_use = count_use,
    .rollout = {.in_place = {"capacity"}, .in_place_text = "capacity", .followed = followed},
    .amount = {.rank = 3,
               .word = "buffer",
               .unit = "B",
               .of = amount_of,
               .change = change_by,
               .full = "level",
               .is_full_an_amount = true},
};
