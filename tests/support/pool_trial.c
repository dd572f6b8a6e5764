/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/pool_trial.h"

#include "tests/support/support.h"
#include <stdio.h>
#include <string.h>

/* ---- choosing ---- */

static size_t pick(struct trial *trial, size_t count)
{
    return (size_t)(stream_next_uniform(&trial->choices) * (double)count);
}

static bool toss(struct trial *trial)
{
    return pick(trial, 2) == 0;
}

/* 1..most ms, or none. */
static int64_t pick_limit_ns(struct trial *trial, size_t most_ms)
{
    return toss(trial) ? SPEC_NEVER : (int64_t)(1 + pick(trial, most_ms)) * 1000000;
}

static int64_t pick_count(struct trial *trial, int64_t from, size_t choices)
{
    return toss(trial) ? SPEC_UNLIMITED : from + (int64_t)pick(trial, choices);
}

/* A law of times. */
static const struct distribution *pick_law(struct trial *trial)
{
    static const struct {
        size_t count;
        double values[6];
    } tables[] = {{4, {0, 0.001, 0.002, 0.003}},
                  {2, {0.001, 0.002}},
                  {3, {0, 0, 0.005}},
                  {4, {0.001, 0.003, 0.004, 0.008}},
                  {6, {0, 0.001, 0.001, 0.002, 0.002, 0.013}},
                  {5, {0.000137, 0.001385, 0.002385, 0.004019, 0.009973}}};
    if (pick(trial, 8) == 0)
        return law_constant(trial->arena, 0.001 * (double)(1 + pick(trial, 6)));
    size_t table = pick(trial, sizeof tables / sizeof tables[0]);
    return law_empirical(trial->arena, tables[table].values, tables[table].count);
}

/* A cost: none, constant or random. */
static const struct distribution *pick_cost(struct trial *trial)
{
    switch (pick(trial, 4)) {
    case 0:
    case 1:
        return NULL;
    case 2:
        return law_constant(trial->arena, 0.001 * (double)pick(trial, 4));
    default:
        return pick_law(trial);
    }
}

static void pick_connections(struct trial *trial, struct pool_spec *pool)
{
    pool->min = (int64_t)pick(trial, (size_t)pool->max + 1);
    pool->connect = pick_cost(trial);
    pool->connect_timeout_ns = pick_limit_ns(trial, 6);
    pool->connect_concurrency = pick_count(trial, 1, 2);
    pool->checkout = pick_cost(trial);
    pool->idle_timeout_ns = pick_limit_ns(trial, 9);
    pool->max_lifetime_ns = pick_limit_ns(trial, 40);
    pool->max_uses = pick_count(trial, 1, 5);
    pool->reuse = toss(trial) ? REUSE_LIFO : REUSE_FIFO;
    pool->is_persistent = pick(trial, 5) > 0;
}

/* Half of the pools open by themselves in one way or another. */
static void pick_dialect(struct trial *trial, struct pool_spec *pool)
{
    if (toss(trial))
        return;
    pool->min_rule = (enum min_rule)pick(trial, 3);
    pool->connect_for = toss(trial) ? CONNECT_FOR_ASKER : CONNECT_FOR_ANYONE;
    if (pool->connect_for == CONNECT_FOR_ANYONE && pool->queue_limit == 0)
        pool->queue_limit = 1; /* whoever asks waits, if only for no time */
    pool->timeout_covers = toss(trial) ? COVERS_QUEUE : COVERS_QUEUE_AND_CONNECT;
    pool->on_connect_failure = toss(trial) ? CONNECT_FAILURE_FAILS_ASKER : CONNECT_FAILURE_RETRIES;
    pool->connect_pause_ns = toss(trial) ? 0 : (int64_t)pick(trial, 4) * 1000000;
    pool->sweep_ns = toss(trial) ? 0 : (int64_t)(1 + pick(trial, 9)) * 1000000;
    pool->checkout_after_ns = toss(trial) ? 0 : (int64_t)pick(trial, 4) * 1000000;
    pool->has_max_idle = toss(trial);
    pool->max_idle = (int64_t)pick(trial, 3);
}

static void pick_pool(struct trial *trial)
{
    static const enum discipline disciplines[] = {DISCIPLINE_FIFO, DISCIPLINE_FIFO, DISCIPLINE_LIFO,
                                                  DISCIPLINE_PRIORITY};
    enum pool_kind kind = pick(trial, 5) == 0 ? POOL_THREADS : POOL_CONNECTIONS;
    struct pool_spec pool = build_pool("pool", kind, 1 + (int64_t)pick(trial, 5));
    pool.discipline = disciplines[pick(trial, 4)];
    pool.queue_limit = pick_count(trial, 0, 6);
    switch (pick(trial, 3)) {
    case 0:
        pool.acquire_timeout = law_constant(trial->arena, 0.001 * (double)(1 + pick(trial, 12)));
        break;
    case 1:
        pool.acquire_timeout = pick_law(trial);
        break;
    default:
        break;
    }
    if (kind == POOL_CONNECTIONS) {
        pick_connections(trial, &pool);
        pick_dialect(trial, &pool);
    }
    trial->pool = pool;
}

/* Time may pass, then one is held; plainly, perhaps, or several times. */
static struct step pick_round(struct trial *trial)
{
    struct step inside = build_delay(pick_law(trial)), round[2];
    size_t count = 0;
    if (toss(trial))
        round[count++] = build_delay(pick_law(trial));
    round[count++] = build_hold(trial->arena, 0, &inside, 1);
    switch (pick(trial, 4)) {
    case 0:
        return build_choose(trial->arena, 0.375, round, count);
    case 1:
        return build_repeat(trial->arena, (int64_t)pick(trial, 3), round, count);
    default:
        return build_repeat(trial->arena, 1, round, count);
    }
}

static struct class_spec pick_class(struct trial *trial, const char *name, double share)
{
    struct step steps[4];
    size_t count = 0;
    if (toss(trial)) { /* a delay and a hold that are sure: drawn on arrival */
        struct step inside = build_delay(pick_law(trial));
        steps[count++] = build_delay(pick_law(trial));
        steps[count++] = build_hold(trial->arena, 0, &inside, 1);
    }
    if (count == 0 || toss(trial))
        steps[count++] = pick_round(trial);
    if (toss(trial))
        steps[count++] = pick_round(trial);
    return build_class(trial->arena, name, share, (int64_t)pick(trial, 3), steps, count);
}

static void pick_workload(struct trial *trial, size_t number)
{
    struct class_spec classes[2];
    size_t count = 1 + pick(trial, 2);
    const char *name = number == 0 ? "w0" : "w1";
    trial->first_group[number] = trial->group_count;
    for (size_t c = 0; c < count; c++) {
        const char *class_name = count == 1 ? NULL : c == 0 ? "a" : "b";
        double share = count == 1 ? 1.0 : c == 0 ? 0.375 : 0.625;
        classes[c] = pick_class(trial, class_name, share);
        trial->groups[trial->group_count++] =
            count == 1 ? name : arena_printf(trial->arena, "%s.%s", name, class_name);
    }
    trial->workloads[number] = build_workload(trial->arena, name, pick_law(trial), classes, count);
    if (pick(trial, 3) == 0) {
        static const double sizes[] = {0, 1, 1, 2, 4};
        trial->workloads[number].arrivals.batch = law_empirical(trial->arena, sizes, 5);
    }
}

/* ---- the twin's side: the same draws by the names that program.h documents ---- */

static double draw_value(const struct trial *trial, const struct distribution *law,
                         const char *stream, uint32_t index)
{
    struct stream draw = stream_at(trial->key, stream_id(stream), index, 0);
    return distribution_sample(law, &draw);
}

/* One request on its way through the steps of its class. */
struct walk {
    const struct trial *trial;
    struct twin_request *request;
    const char *group;
    uint32_t index, lap; /* which request of its class; rounds of repeat so far                 */
    int number;          /* of the next draw                                                    */
    int optional;        /* depth in choose and repeat                                          */
    bool is_taken;       /* false: only counts the draws that are passed by                     */
};

static struct stream walk_draw(struct walk *walk)
{
    char stream[32];
    snprintf(stream, sizeof stream, "%s.draw.%d", walk->group, walk->number++);
    return stream_at(walk->trial->key, stream_id(stream), walk->index,
                     walk->optional ? walk->lap : 0);
}

/* A constant is no draw. */
static int64_t walk_draw_ns(struct walk *walk, const struct distribution *law)
{
    if (distribution_is_constant(law))
        return distribution_to_ns(distribution_mean(law));
    struct stream draw = walk_draw(walk);
    return distribution_to_ns(distribution_sample(law, &draw));
}

static void walk_steps(struct walk *walk, const struct step *steps, size_t count);

static void walk_hold(struct walk *walk, const struct step *hold)
{
    const struct distribution *limit = walk->trial->pool.acquire_timeout;
    struct twin_request *request = walk->request;
    int64_t patience = limit ? walk_draw_ns(walk, limit) : TWIN_NEVER;
    int64_t held = walk_draw_ns(walk, hold->steps[0].duration);
    if (!walk->is_taken)
        return;
    assert_true(request->rounds < TWIN_MAX_ROUNDS);
    request->patience[request->rounds] = patience;
    request->held[request->rounds++] = held;
}

static void walk_repeat(struct walk *walk, const struct step *repeat)
{
    int first = walk->number;
    bool is_taken = walk->is_taken;
    walk->is_taken = is_taken && repeat->times > 0;
    walk_steps(walk, repeat->steps, repeat->step_count);
    walk->lap += walk->is_taken;
    for (int64_t round = 1; walk->is_taken && round < repeat->times; round++) {
        walk->number = first;
        walk_steps(walk, repeat->steps, repeat->step_count);
        walk->lap++;
    }
    walk->is_taken = is_taken;
}

static void walk_optional(struct walk *walk, const struct step *step)
{
    bool is_taken = walk->is_taken;
    if (step->kind == STEP_REPEAT) {
        walk->optional++;
        walk_repeat(walk, step);
    } else {
        struct stream draw = walk_draw(walk);
        walk->optional++;
        walk->is_taken = is_taken && stream_next_uniform(&draw) < step->branches[0].share;
        walk_steps(walk, step->branches[0].steps, step->branches[0].step_count);
    }
    walk->optional--;
    walk->is_taken = is_taken;
}

static void walk_steps(struct walk *walk, const struct step *steps, size_t count)
{
    for (size_t s = 0; s < count; s++) {
        if (steps[s].kind == STEP_HOLD) {
            walk_hold(walk, &steps[s]);
        } else if (steps[s].kind == STEP_DELAY) {
            int64_t length = walk_draw_ns(walk, steps[s].duration);
            if (walk->is_taken)
                walk->request->before[walk->request->rounds] = length;
        } else {
            walk_optional(walk, &steps[s]);
        }
    }
}

static void fill_request(const struct trial *trial, struct twin_request *request,
                         const struct class_spec *class, uint32_t index)
{
    struct walk walk = {.trial = trial,
                        .request = request,
                        .group = trial->groups[request->group],
                        .index = index,
                        .is_taken = true};
    request->priority = class->priority;
    walk_steps(&walk, class->steps, class->step_count);
}

/* The requests of one workload that arrive before `until`, in order; returns how many. */
static size_t draw_requests(struct trial *trial, size_t number, int64_t until,
                            struct twin_request *requests)
{
    const struct workload_spec *workload = &trial->workloads[number];
    char arrivals[32], batches[32], classes[32];
    snprintf(arrivals, sizeof arrivals, "%s.arrivals", workload->name);
    snprintf(batches, sizeof batches, "%s.batch", workload->name);
    snprintf(classes, sizeof classes, "%s.class", workload->name);
    uint32_t of_class[2] = {0, 0};
    size_t count = 0;
    int64_t time = 0;
    for (uint32_t instant = 0;; instant++) {
        time += distribution_to_ns(
            draw_value(trial, workload->arrivals.interarrival, arrivals, instant));
        if (time >= until)
            return count;
        double size = workload->arrivals.batch
                          ? draw_value(trial, workload->arrivals.batch, batches, instant)
                          : 1.0;
        for (int i = 0; i < (int)size; i++) {
            struct stream draw = stream_at(trial->key, stream_id(classes), (uint32_t)count, 0);
            bool is_second = workload->class_count == 2 &&
                             stream_next_uniform(&draw) >= workload->classes[0].share;
            struct twin_request *request = &requests[count++];
            assert_true(count < TWIN_MAX_REQUESTS / 2);
            *request = (struct twin_request){.arrives = time,
                                             .group = trial->first_group[number] + is_second};
            fill_request(trial, request, &workload->classes[is_second], of_class[is_second]++);
        }
    }
}

/* Both workloads' requests, the first workload's first at one instant. */
static void merge_requests(struct trial *trial, int64_t until)
{
    static struct twin_request lists[2][TWIN_MAX_REQUESTS / 2];
    size_t counts[2] = {0, 0}, next[2] = {0, 0};
    for (size_t w = 0; w < trial->workload_count; w++)
        counts[w] = draw_requests(trial, w, until, lists[w]);
    trial->request_count = counts[0] + counts[1];
    for (size_t i = 0; i < trial->request_count; i++) {
        bool is_second =
            next[0] == counts[0] ||
            (next[1] < counts[1] && lists[1][next[1]].arrives < lists[0][next[0]].arrives);
        trial->requests[i] = lists[is_second][next[is_second]++];
    }
}

static const int64_t *draw_costs(const struct trial *trial, const struct distribution *law,
                                 const char *stream, int64_t *costs)
{
    if (!law)
        return NULL;
    for (uint32_t i = 0; i < TRIAL_MAX_COSTS; i++)
        costs[i] = distribution_to_ns(draw_value(trial, law, stream, i));
    return costs;
}

static int64_t twin_limit(int64_t count)
{
    return count == SPEC_UNLIMITED ? TWIN_NEVER : count;
}

static void run_twin(struct trial *trial, int64_t until)
{
    const struct pool_spec *pool = &trial->pool;
    trial->twin = (struct twin_pool){
        .max = pool->max,
        .min = pool->min,
        .starts_full = pool->kind == POOL_THREADS,
        .order = pool->discipline == DISCIPLINE_LIFO       ? TWIN_LIFO
                 : pool->discipline == DISCIPLINE_PRIORITY ? TWIN_PRIORITY
                                                           : TWIN_FIFO,
        .queue_limit = twin_limit(pool->queue_limit),
        .connect_concurrency = twin_limit(pool->connect_concurrency),
        .max_uses = twin_limit(pool->max_uses),
        .connect_timeout = pool->connect_timeout_ns,
        .idle_timeout = pool->idle_timeout_ns,
        .max_lifetime = pool->max_lifetime_ns,
        .is_persistent = pool->is_persistent,
        .reuses_latest = pool->reuse == REUSE_LIFO,
        .min_rule = (enum twin_min)pool->min_rule,
        .opens_for_anyone = pool->connect_for == CONNECT_FOR_ANYONE,
        .covers_connect = pool->timeout_covers == COVERS_QUEUE_AND_CONNECT,
        .retries = pool->on_connect_failure == CONNECT_FAILURE_RETRIES,
        .pause = pool->connect_pause_ns,
        .sweep = pool->sweep_ns,
        .checkout_after = pool->checkout_after_ns,
        .max_idle = pool->has_max_idle ? pool->max_idle : TWIN_NEVER,
        .connect = draw_costs(trial, pool->connect, "pool.connect", trial->connect),
        .checkout = draw_costs(trial, pool->checkout, "pool.checkout", trial->checkout),
    };
    merge_requests(trial, until);
    trial->totals = pool_twin_run(&trial->twin, trial->requests, trial->request_count, until);
}

struct scenario *pool_trial_make(struct trial *trial, struct arena *arena, uint32_t number,
                                 void (*narrow)(struct pool_spec *pool))
{
    memset(trial, 0, sizeof *trial);
    trial->arena = arena;
    trial->key = (struct stream_key){.seed = 20260201, .replication = number};
    trial->choices = stream_at(trial->key, stream_id("trial"), 0, 0);
    pick_pool(trial);
    if (narrow)
        narrow(&trial->pool);
    trial->workload_count = 1 + pick(trial, 2);
    for (size_t w = 0; w < trial->workload_count; w++)
        pick_workload(trial, w);
    struct scenario *scenario = build_scenario(arena, &trial->pool, 1, trial->workloads,
                                               trial->workload_count, TRIAL_LENGTH_S);
    scenario->run.seed = trial->key.seed;
    run_twin(trial, scenario->run.duration_ns);
    return scenario;
}
