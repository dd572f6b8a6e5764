/* The engine against its slow twin (pool_twin.h) over thousands of random small scenarios: the same
 * waits, responses, counts and integrals to the nanosecond. Times are mostly whole milliseconds, so
 * that many things happen at one instant and their order shows. */
#include "sim/stats/histogram.h"
#include "tests/pool_twin.h"
#include "tests/scenario_builder.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_GROUPS = 4, MOST_COSTS = TWIN_MOST_REQUESTS * TWIN_MOST_ROUNDS };
static const double LENGTH_S = 0.25;

/* One random scenario, for both sides. */
struct trial {
    struct arena *arena;
    struct stream choices;
    struct stream_key key;
    struct pool_spec pool;
    struct workload_spec workloads[2];
    size_t workload_count;
    const char *groups[MOST_GROUPS]; /* "w0" or "w0.a"                                          */
    int first_group[2], group_count;
    struct twin_pool twin;
    int64_t connect[MOST_COSTS], checkout[MOST_COSTS];
    struct twin_request requests[TWIN_MOST_REQUESTS];
    size_t request_count;
    struct twin_totals totals;
};

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

/* A law of times that is never constant. */
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
    if (kind == POOL_CONNECTIONS)
        pick_connections(trial, &pool);
    trial->pool = pool;
}

static struct class_spec pick_class(struct trial *trial, const char *name, double share)
{
    struct step steps[2 * TWIN_MOST_ROUNDS];
    size_t count = 0, rounds = 1 + pick(trial, TWIN_MOST_ROUNDS);
    for (size_t round = 0; round < rounds; round++) {
        struct step inside = build_delay(pick_law(trial));
        if (toss(trial))
            steps[count++] = build_delay(pick_law(trial));
        steps[count++] = build_hold(trial->arena, 0, &inside, 1);
    }
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

/* A law of a class's steps, drawn for one request. */
static int64_t draw_step_ns(const struct trial *trial, const struct distribution *law,
                            const char *group, int *number, uint32_t index)
{
    char stream[32];
    snprintf(stream, sizeof stream, "%s.draw.%d", group, (*number)++);
    return distribution_to_ns(draw_value(trial, law, stream, index));
}

static int64_t draw_patience_ns(const struct trial *trial, const char *group, int *number,
                                uint32_t index)
{
    const struct distribution *law = trial->pool.acquire_timeout;
    if (!law)
        return TWIN_NEVER;
    if (distribution_is_constant(law))
        return distribution_to_ns(distribution_mean(law));
    return draw_step_ns(trial, law, group, number, index);
}

static void fill_request(const struct trial *trial, struct twin_request *request,
                         const struct class_spec *class, uint32_t index)
{
    const char *group = trial->groups[request->group];
    int number = 0;
    request->priority = class->priority;
    for (size_t s = 0; s < class->step_count; s++) {
        const struct step *step = &class->steps[s];
        if (step->kind == STEP_DELAY) {
            request->before[request->rounds] =
                draw_step_ns(trial, step->duration, group, &number, index);
            continue;
        }
        request->patience[request->rounds] = draw_patience_ns(trial, group, &number, index);
        request->held[request->rounds++] =
            draw_step_ns(trial, step->steps[0].duration, group, &number, index);
    }
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
            assert_true(count < TWIN_MOST_REQUESTS / 2);
            *request = (struct twin_request){.arrives = time,
                                             .group = trial->first_group[number] + is_second};
            fill_request(trial, request, &workload->classes[is_second], of_class[is_second]++);
        }
    }
}

/* Both workloads' requests, the first workload's first at one instant. */
static void merge_requests(struct trial *trial, int64_t until)
{
    static struct twin_request lists[2][TWIN_MOST_REQUESTS / 2];
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
    for (uint32_t i = 0; i < MOST_COSTS; i++)
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
        .connect = draw_costs(trial, pool->connect, "pool.connect", trial->connect),
        .checkout = draw_costs(trial, pool->checkout, "pool.checkout", trial->checkout),
    };
    merge_requests(trial, until);
    trial->totals = pool_twin_run(&trial->twin, trial->requests, trial->request_count, until);
}

/* ---- the engine's side ---- */

struct engine {
    const struct model *model;
    const struct column *columns;
    struct observation observation;
};

static struct engine run_engine(struct trial *trial, struct scenario *scenario)
{
    struct error err = {.status = STATUS_OK};
    struct engine engine;
    struct model *model = model_compile(scenario, trial->arena, &err);
    if (!model)
        fail_msg("%s", err.message);
    size_t count;
    engine.model = model;
    engine.columns = model_columns(model, &count);
    engine.observation.value = arena_array(trial->arena, count, sizeof(double));
    engine.observation.weight = arena_array(trial->arena, count, sizeof(double));
    engine.observation.counts =
        arena_array(trial->arena, model_histogram_count(model), sizeof *engine.observation.counts);
    if (!model_replicate(model, trial->key.replication, trial->arena, &engine.observation, &err))
        fail_msg("%s", err.message);
    return engine;
}

/* ---- comparing ---- */

static void describe(const struct trial *trial)
{
    const struct pool_spec *pool = &trial->pool;
    print_message("trial %u: kind %d max %ld min %ld discipline %d queue_limit %ld uses %ld "
                  "concurrency %ld connect_timeout %ld idle %ld lifetime %ld persistent %d reuse "
                  "%d connect %d checkout %d patience %d; %zu workloads, %d groups, %zu requests\n",
                  trial->key.replication, (int)pool->kind, (long)pool->max, (long)pool->min,
                  (int)pool->discipline, (long)pool->queue_limit, (long)pool->max_uses,
                  (long)pool->connect_concurrency, (long)pool->connect_timeout_ns,
                  (long)pool->idle_timeout_ns, (long)pool->max_lifetime_ns, pool->is_persistent,
                  (int)pool->reuse, pool->connect ? (int)pool->connect->kind : -1,
                  pool->checkout ? (int)pool->checkout->kind : -1,
                  pool->acquire_timeout ? (int)pool->acquire_timeout->kind : -1,
                  trial->workload_count, trial->group_count, trial->request_count);
}

static int column_of(const struct engine *engine, const char *of, const char *metric)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", of, metric);
    int column = model_find_column(engine->model, name);
    if (column == COLUMN_NONE)
        fail_msg("no metric %s", name);
    return column;
}

/* Sums of nanoseconds are exact on both sides; only the last division rounds. */
static void compare(const struct trial *trial, const struct engine *engine, const char *of,
                    const char *metric, double expected)
{
    double value = engine->observation.value[column_of(engine, of, metric)];
    if (fabs(value - expected) <= 1e-13 * fabs(expected) || (isnan(value) && isnan(expected)))
        return;
    describe(trial);
    fail_msg("%s.%s is %.17g, the twin says %.17g", of, metric, value, expected);
}

/* What was observed per request: every bucket of the histogram, the mean and the largest. */
struct times {
    uint32_t buckets[HISTOGRAM_BUCKETS];
    int64_t count, sum, largest;
};

static void times_add(struct times *times, int64_t time)
{
    times->buckets[histogram_bucket(time)]++;
    times->count++;
    times->sum += time;
    times->largest = time > times->largest ? time : times->largest;
}

static void compare_times(const struct trial *trial, const struct engine *engine, const char *of,
                          const char *what, const struct times *times)
{
    char median[32], mean[32], largest[32];
    snprintf(median, sizeof median, "%s.p50", what);
    snprintf(mean, sizeof mean, "%s.mean", what);
    snprintf(largest, sizeof largest, "%s.max", what);
    double count = (double)times->count;
    compare(trial, engine, of, mean, count > 0 ? (double)times->sum / count / 1e9 : NAN);
    compare(trial, engine, of, largest, count > 0 ? (double)times->largest / 1e9 : NAN);
    const struct column *column = &engine->columns[column_of(engine, of, median)];
    if (memcmp(engine->observation.counts[column->histogram], times->buckets,
               sizeof times->buckets) == 0)
        return;
    describe(trial);
    fail_msg("%s.%s: the histograms differ", of, what);
}

static void compare_pool(const struct trial *trial, const struct engine *engine)
{
    static struct times wait, queueing, connecting;
    memset(&wait, 0, sizeof wait);
    memset(&queueing, 0, sizeof queueing);
    memset(&connecting, 0, sizeof connecting);
    for (size_t i = 0; i < trial->request_count; i++) {
        const struct twin_request *request = &trial->requests[i];
        for (int round = 0; round < request->rounds; round++) {
            if (request->in_hand[round] < 0)
                continue;
            times_add(&wait, request->in_hand[round] - request->asked[round]);
            times_add(&queueing, request->given[round] - request->asked[round]);
            times_add(&connecting, request->in_hand[round] - request->given[round]);
        }
    }
    const struct twin_totals *totals = &trial->totals;
    double asked = (double)(wait.count + totals->askings_timed_out + totals->askings_refused);
    double length = LENGTH_S * 1e9;
    compare_times(trial, engine, "pool", "wait", &wait);
    compare_times(trial, engine, "pool", "queueing", &queueing);
    compare_times(trial, engine, "pool", "connect_time", &connecting);
    compare(trial, engine, "pool", "timeout_rate", (double)totals->askings_timed_out / asked);
    compare(trial, engine, "pool", "refused_rate", (double)totals->askings_refused / asked);
    compare(trial, engine, "pool", "connect_rate", (double)totals->opened / LENGTH_S);
    compare(trial, engine, "pool", "busy", totals->busy / length);
    compare(trial, engine, "pool", "open", totals->open / length);
    compare(trial, engine, "pool", "queue", totals->waiting / length);
}

static void compare_group(const struct trial *trial, const struct engine *engine, int group)
{
    static struct times response, failed;
    memset(&response, 0, sizeof response);
    memset(&failed, 0, sizeof failed);
    int64_t arrived = 0, timed_out = 0, refused = 0, present_time = 0;
    for (size_t i = 0; i < trial->request_count; i++) {
        const struct twin_request *request = &trial->requests[i];
        if (request->group != group)
            continue;
        bool is_present = request->outcome == TWIN_PRESENT;
        int64_t end = is_present ? distribution_to_ns(LENGTH_S) : request->ended;
        arrived++;
        timed_out += request->outcome == TWIN_TIMED_OUT;
        refused += request->outcome == TWIN_REFUSED;
        present_time += end - request->arrives;
        if (!is_present)
            times_add(request->outcome == TWIN_COMPLETED ? &response : &failed,
                      end - request->arrives);
    }
    const char *name = trial->groups[group];
    double finished = (double)(response.count + failed.count);
    compare_times(trial, engine, name, "response", &response);
    compare_times(trial, engine, name, "response_failed", &failed);
    compare(trial, engine, name, "arrival_rate", (double)arrived / LENGTH_S);
    compare(trial, engine, name, "throughput", (double)response.count / LENGTH_S);
    compare(trial, engine, name, "timeout_rate", (double)timed_out / finished);
    compare(trial, engine, name, "refused_rate", (double)refused / finished);
    compare(trial, engine, name, "in_system", (double)present_time / 1e9 / LENGTH_S);
}

/* ---- the tests ---- */

static struct trial trial;

static void run_trial(uint32_t number, void (*narrow)(struct pool_spec *pool))
{
    struct arena *arena = arena_open();
    memset(&trial, 0, sizeof trial);
    trial.arena = arena;
    trial.key = (struct stream_key){.seed = 20260201, .replication = number};
    trial.choices = stream_at(trial.key, stream_id("trial"), 0, 0);
    pick_pool(&trial);
    if (narrow)
        narrow(&trial.pool);
    trial.workload_count = 1 + pick(&trial, 2);
    for (size_t w = 0; w < trial.workload_count; w++)
        pick_workload(&trial, w);
    struct scenario *scenario =
        build_scenario(arena, &trial.pool, 1, trial.workloads, trial.workload_count, LENGTH_S);
    scenario->run.seed = trial.key.seed;
    run_twin(&trial, scenario->run.duration_ns);
    struct engine engine = run_engine(&trial, scenario);
    compare_pool(&trial, &engine);
    for (int group = 0; group < trial.group_count; group++)
        compare_group(&trial, &engine, group);
    arena_close(arena);
}

/* What happened over many trials. */
static struct twin_totals seen;

static void count_seen(void)
{
    seen.askings_timed_out += trial.totals.askings_timed_out;
    seen.askings_refused += trial.totals.askings_refused;
    seen.opened += trial.totals.opened;
    seen.openings_failed += trial.totals.openings_failed;
    seen.closed_after_use += trial.totals.closed_after_use;
    seen.closed_idle += trial.totals.closed_idle;
    seen.closed_old += trial.totals.closed_old;
}

static void the_engine_does_what_its_twin_does(void **state)
{
    for (uint32_t number = 0; number < 6000; number++) {
        run_trial(number, NULL);
        count_seen();
    }
    print_message("%ld askings timed out (%ld opening), %ld refused; %ld opened, %ld closed after "
                  "use, %ld when idle, %ld when old\n",
                  (long)seen.askings_timed_out, (long)seen.openings_failed,
                  (long)seen.askings_refused, (long)seen.opened, (long)seen.closed_after_use,
                  (long)seen.closed_idle, (long)seen.closed_old);
    /* Trials in which little happens would prove little. */
    assert_true(seen.askings_timed_out > 10000 && seen.openings_failed > 10000);
    assert_true(seen.askings_refused > 10000 && seen.closed_after_use > 10000);
    assert_true(seen.closed_idle > 5000 && seen.closed_old > 1000);
}

/* Pools that do nothing but queue take the engine's shorter way. */
static void narrow_to_queueing(struct pool_spec *pool)
{
    *pool = (struct pool_spec){.name = pool->name,
                               .kind = pool->kind,
                               .max = pool->max,
                               .min = pool->min,
                               .discipline = pool->discipline,
                               .acquire_timeout = pool->acquire_timeout,
                               .queue_limit = pool->queue_limit,
                               .connect_timeout_ns = SPEC_NEVER,
                               .connect_concurrency = pool->connect_concurrency,
                               .idle_timeout_ns = SPEC_NEVER,
                               .max_lifetime_ns = SPEC_NEVER,
                               .max_uses = SPEC_UNLIMITED,
                               .reuse = pool->reuse,
                               .is_persistent = true};
}

static void a_pool_without_costs_does_what_its_twin_does(void **state)
{
    for (uint32_t number = 0; number < 2000; number++)
        run_trial(100000 + number, narrow_to_queueing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engine_does_what_its_twin_does),
        cmocka_unit_test(a_pool_without_costs_does_what_its_twin_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
