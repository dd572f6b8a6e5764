/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against its slow twin (pool_twin.h) over thousands of random small scenarios
 * (pool_trial.h): the same waits, responses, counts and integrals to the nanosecond. */
#include "sim/stats/histogram.h"
#include "tests/support/pool_trial.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
    if (!model_replicate_by_end(model, trial->key.replication, trial->arena, &engine.observation,
                                &err))
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
    print_message("min_rule %d connect_for %d covers %d failure %d pause %ld sweep %ld "
                  "checkout_after %ld max_idle %ld\n",
                  (int)pool->min_rule, (int)pool->connect_for, (int)pool->timeout_covers,
                  (int)pool->on_connect_failure, (long)pool->connect_pause_ns, (long)pool->sweep_ns,
                  (long)pool->checkout_after_ns, pool->has_max_idle ? (long)pool->max_idle : -1L);
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
    double length = TRIAL_LENGTH_S * 1e9;
    compare_times(trial, engine, "pool", "wait", &wait);
    compare_times(trial, engine, "pool", "queueing", &queueing);
    compare_times(trial, engine, "pool", "connect_time", &connecting);
    compare(trial, engine, "pool", "timeout_rate", (double)totals->askings_timed_out / asked);
    compare(trial, engine, "pool", "refused_rate", (double)totals->askings_refused / asked);
    compare(trial, engine, "pool", "connect_rate", (double)totals->opened / TRIAL_LENGTH_S);
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
        int64_t end = is_present ? distribution_to_ns(TRIAL_LENGTH_S) : request->ended;
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
    compare(trial, engine, name, "arrival_rate", (double)arrived / TRIAL_LENGTH_S);
    compare(trial, engine, name, "throughput", (double)response.count / TRIAL_LENGTH_S);
    compare(trial, engine, name, "timeout_rate", (double)timed_out / finished);
    compare(trial, engine, name, "refused_rate", (double)refused / finished);
    compare(trial, engine, name, "in_system", (double)present_time / 1e9 / TRIAL_LENGTH_S);
}

/* ---- the tests ---- */

static struct trial trial;

static void run_trial(uint32_t number, void (*narrow)(struct pool_spec *pool))
{
    struct arena *arena = arena_open();
    struct scenario *scenario = pool_trial_make(&trial, arena, number, narrow);
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
    seen.opened_for_nobody += trial.totals.opened_for_nobody;
    seen.given_up += trial.totals.given_up;
    seen.openings_failed += trial.totals.openings_failed;
    seen.closed_after_use += trial.totals.closed_after_use;
    seen.closed_idle += trial.totals.closed_idle;
    seen.closed_old += trial.totals.closed_old;
}

static void the_engine_does_what_its_twin_does(void **state)
{
    const int64_t trials = (int64_t)repetitions(8000, 400);
    for (uint32_t number = 0; number < trials; number++) {
        run_trial(number, NULL);
        count_seen();
    }
    print_message("%ld askings timed out (%ld opening), %ld refused; %ld opened, %ld closed after "
                  "use, %ld when idle, %ld when old\n",
                  (long)seen.askings_timed_out, (long)seen.openings_failed,
                  (long)seen.askings_refused, (long)seen.opened, (long)seen.closed_after_use,
                  (long)seen.closed_idle, (long)seen.closed_old);
    print_message("%ld opened for nobody, %ld given up while one opened\n",
                  (long)seen.opened_for_nobody, (long)seen.given_up);
    /* Trials in which little happens would prove little. */
    assert_true(seen.askings_timed_out > trials && seen.openings_failed > trials);
    assert_true(seen.askings_refused > trials && seen.closed_after_use > trials);
    assert_true(seen.opened_for_nobody > trials && seen.given_up > trials / 8);
    assert_true(seen.closed_idle > trials / 2 && seen.closed_old > trials / 8);
}

/* Pools that do nothing but queue take the engine's shorter way. */
static void narrow_to_queueing(struct pool_spec *pool)
{
    *pool = (struct pool_spec){.name = pool->name,
                               .copies = 1,
                               .service = SPEC_NO_SERVICE,
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
    const size_t trials = repetitions(2000, 100);
    for (uint32_t number = 0; number < trials; number++)
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
