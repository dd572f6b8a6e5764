/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of rate limiters: see station_kind.h. */
#include "models/engine/model_internal.h"
#include "models/engine/replica.h"
#include "models/engine/self_check.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/program/traffic.h"
#include "models/stations/limiter.h"
#include "models/stations/station_checks.h"
#include "models/stations/station_kinds.h"
#include <math.h>

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)
#define WAIT_SHOWN (AVERAGE | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99))

static const struct metric_row rows[] = {
    {.name = "wait",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = LIMITER_WAIT,
     .shown = WAIT_SHOWN,
     .shown_inside = WAIT_SHOWN,
     .shown_worst = COUNT(STATISTIC_P95),
     .role = ROLE_WAIT,
     .meaning = "Wait for a token, over the requests that passed."},
    {.name = "refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(LIMITER_REFUSED),
     .of = COUNT(LIMITER_PASSED) | COUNT(LIMITER_REFUSED) | COUNT(LIMITER_TIMED_OUT),
     .cluster = LIMITER_WAIT,
     .role = ROLE_ERRORS,
     .meaning = "Share of requests that found no token and were turned away."},
};

/* ---- self-checks ----------------------------------------------------------------------------- */

static const char *const law_names[] = {"Little's law (queue)", "no more passed than tokens"};
static const char *const column_names[] = {"limited", "limited law", "passed", "tokens"};

/* Those passed are at most as many as there were tokens. */
static void check(const struct replication_state *system, size_t i, const struct presence *start,
                  const struct presence *end, int64_t length, struct observation *observation,
                  size_t column)
{
    uint32_t first = system->model->program->copies[STATION_LIMITER].base[i];
    uint64_t waited = 0;
    double passed = 0, allowed = 0;
    for (uint32_t c = first; c < first + system->model->spec->limiters[i].copies; c++) {
        const struct limiter *limiter = &system->limiters[c];
        double its_passed = (double)limiter->counts[LIMITER_PASSED];
        waited += limiter->queue_time + self_check_waited(STATION_LIMITER, c, start, end);
        passed += its_passed;
        allowed += fmin(its_passed, limiter_most_passed(limiter, length));
    }
    self_check_put_level(system, STATION_LIMITER, i, LIMITER_QUEUE, waited, length, observation,
                         column);
    self_check_put(observation, column + 2, passed, allowed);
}

/* ---- a replication --------------------------------------------------------------------------- */

static bool pass(struct replication_state *system, uint32_t copy, uint32_t id,
                 struct request *request)
{
    return limiter_pass(system, &system->limiters[copy], id, request);
}

static const struct station_verb verbs[] = {
    {STEP_PASS, STATION_LIMITER, true, pass, "passes", "refused: there is no token"}};

static void abandon(struct replication_state *system, uint32_t copy, uint32_t id,
                    struct request *request, bool is_cancelled)
{
    limiter_abandon(system, &system->limiters[copy], id, request);
    system->limiters[copy].counts[LIMITER_TIMED_OUT] -= is_cancelled;
}

static void restart(struct replication_state *system, uint32_t copy)
{
    system->limiters[copy].queue_time = 0;
}

static void start(struct replica_change *change, size_t i, uint32_t copy)
{
    limiter_renew(change->system, &change->system->limiters[copy], &change->values->limiters[i]);
}

static void reload(struct replica_change *change, size_t i, uint32_t copy)
{
    limiter_reload(change->system, &change->system->limiters[copy], &change->values->limiters[i]);
}

static const char *find_broken(const struct replication_state *system, uint32_t copy, uint32_t *id)
{
    return limiter_check(system, &system->limiters[copy], id);
}

static struct station_use count_use(const struct replication_state *system, uint32_t copy)
{
    const struct limiter *limiter = &system->limiters[copy];
    return (struct station_use){.waiting = limiter->waiting.count, .held = 0};
}

/* ---- studies --------------------------------------------------------------------------------- */

static const char *const followed[] = {"wait.p95", "refused_rate", NULL};

static double amount_of(const void *spec)
{
    return ((const struct limiter_spec *)spec)->rate_per_s;
}

/* One more is a hundredth. */
static bool change_by(void *spec, int64_t by)
{
    ((struct limiter_spec *)spec)->rate_per_s *= 1 + 0.01 * (double)by;
    return true;
}

const struct station_kind limiter_kind = {
    .formats = {"rate_limiter"},
    .place = STATION_SPECS(limiter_spec, limiters, limiter_count),
    .levels = LIMITER_LEVELS,
    .tallies = LIMITER_TALLIES,
    .counts = LIMITER_COUNTS,
    .metrics = {"a rate limiter", rows, sizeof rows / sizeof rows[0]},
    .laws = 2,
    .law_names = law_names,
    .column_names = column_names,
    .check = check,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof verbs[0],
    .abandon = abandon,
    .wait_word = "limiter wait",
    .wait_phrase = "wait for",
    .state_size = sizeof(struct limiter),
    .restart = restart,
    .start = start,
    .reload = reload,
    .find_broken = find_broken,
    .count_use = count_use,
    .rollout = {.in_place = {"rate", "burst"},
                .in_place_text = "rate and burst",
                .followed = followed},
    .amount = {.rank = 2,
               .word = "rate limiter",
               .unit = "1/s",
               .of = amount_of,
               .change = change_by,
               .asked = traffic_passes_per_s},
};
