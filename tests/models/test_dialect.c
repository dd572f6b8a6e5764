/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each dialect against what the real pool does, as its source says: scripts of askings, when each
 * is granted, times out, and how many connections had been opened by then. Times are in
 * milliseconds; "." in the comments stands for what the script before said. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/spec/dialect.h"
#include "models/stations/arrivals.h"
#include "models/stations/pool.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"
#include <string.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

static int64_t ms_to_ns(double ms)
{
    return distribution_to_ns(ms / 1000);
}

/* ---- scripts ---- */

enum outcome { GRANTED, TIMED_OUT, REFUSED };

struct asking {
    double at, holds;     /* ms                                                             */
    enum outcome outcome; /* and                                                            */
    double when;          /* ms                                                             */
    uint64_t opened;      /* connections opened so far, one that is granted then included     */
};

enum { MAX_ASKINGS = 10 };

/* For pools that draw on one: accepts two connections. */
static const struct cpu_spec database_for_two = {.name = "database",
                                                 .copies = 1,
                                                 .service = SPEC_NO_SERVICE,
                                                 .is_database = true,
                                                 .cores_milli = 1000,
                                                 .max_connections = 5,
                                                 .reserved = 3};

/* Each asking is a workload of its own, whose one arrival is where the script says. */
static struct replication_state *start(const struct pool_spec *pool, const struct asking *script,
                                       size_t count, uint32_t replication)
{
    static const char *const names[MAX_ASKINGS] = {"a", "b", "c", "d", "e",
                                                   "f", "g", "h", "i", "j"};
    static struct error err;
    struct workload_spec workloads[MAX_ASKINGS];
    assert_true(count >= 1 && count <= MAX_ASKINGS);
    for (size_t i = 0; i < count; i++) {
        struct step delay = build_delay(law_constant(arena, script[i].holds / 1000));
        struct step hold = build_hold(arena, 0, &delay, 1);
        struct class_spec class = build_class(arena, NULL, 1.0, 0, &hold, 1);
        workloads[i] = build_workload(arena, names[i], law_constant(arena, 1e6), &class, 1);
    }
    struct scenario *scenario = build_scenario(arena, pool, 1, workloads, count, 1000.0);
    if (pool->draws_on_database)
        build_add_cpus(arena, scenario, &database_for_two, 1);
    struct model *model = model_compile(scenario, arena, &err);
    assert_non_null(model);
    struct replication_state *system = replication_create(model, replication, arena, &err);
    for (size_t i = 0; i < count; i++)
        alarms_set(&system->alarms, system->sources[i].alarm, ms_to_ns(script[i].at));
    return system;
}

static const struct tally *tally_of(const struct replication_state *system, size_t workload,
                                    enum group_tally tally)
{
    const struct statistics_layout *layout = &system->model->layout;
    int group = layout->group_of_workload[workload];
    return &system->statistics.tallies[layout_group_tally(layout, group, tally)];
}

/* When the asking was granted or failed, which has happened. */
static void check_asking(const struct replication_state *system, const struct asking *asking,
                         size_t number)
{
    bool is_granted = asking->outcome == GRANTED;
    const struct tally *tally =
        tally_of(system, number, is_granted ? GROUP_RESPONSE : GROUP_RESPONSE_FAILED);
    if (tally->count != 1)
        fail_msg("asking %zu at %g ms: %s", number, asking->at,
                 is_granted ? "was not granted" : "did not fail");
    if (system->classes[number].counts[GROUP_REFUSED] != (asking->outcome == REFUSED))
        fail_msg("asking %zu at %g ms: %s refused", number, asking->at,
                 asking->outcome == REFUSED ? "was not" : "was");
    int64_t response = (int64_t)tally->sum - (is_granted ? ms_to_ns(asking->holds) : 0);
    if (llabs(ms_to_ns(asking->at) + response - ms_to_ns(asking->when)) > 1)
        fail_msg("asking %zu at %g ms: %s at %.9g ms, not at %.9g ms", number, asking->at,
                 is_granted ? "granted" : "failed", asking->at + (double)response / 1e6,
                 asking->when);
}

static void check_opened(const struct pool_spec *pool, const struct asking *script, size_t count,
                         double when, uint64_t opened)
{
    struct replication_state *system = start(pool, script, count, 0);
    assert_true(replication_run_until(system, ms_to_ns(when) + 2));
    if (system->pools[0].counts[POOL_OPENED] != opened)
        fail_msg("%lu connections opened by %g ms, not %lu",
                 (unsigned long)system->pools[0].counts[POOL_OPENED], when, (unsigned long)opened);
}

static void run_script(const struct pool_spec *pool, const struct asking *script, size_t count)
{
    struct replication_state *system = start(pool, script, count, 0);
    assert_true(replication_run_until(system, ms_to_ns(100000)));
    for (size_t i = 0; i < count; i++) {
        check_asking(system, &script[i], i);
        check_opened(pool, script, count, script[i].when, script[i].opened);
    }
}

#define RUN(pool, ...)                                                                             \
    do {                                                                                           \
        const struct asking script[] = {__VA_ARGS__};                                              \
        run_script(&(pool), script, sizeof script / sizeof script[0]);                             \
    } while (0)

/* ---- pools ---- */

static const struct dialect *find_dialect(const char *name)
{
    for (int i = 0; i < DIALECT_COUNT; i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    fail_msg("no dialect %s", name);
    return NULL;
}

/* Connects take 20 ms; limits of the pool's defaults that are longer than a script are left out. */
static struct pool_spec build_dialect_pool(int64_t max)
{
    struct pool_spec pool = build_pool("pool", POOL_CONNECTIONS, max);
    pool.connect = law_constant(arena, 0.020);
    pool.timeout_covers = COVERS_QUEUE_AND_CONNECT;
    return pool;
}

static struct pool_spec finish(struct pool_spec pool, const char *dialect)
{
    const char *warnings[DIALECT_MAX_WARNINGS];
    assert_int_equal(dialect_apply(find_dialect(dialect), &pool, arena, warnings), 0);
    return pool;
}

/* ---- node-postgres ---- */

static struct pool_spec build_node_postgres(int64_t max, double timeout_s)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.idle_timeout_ns = ms_to_ns(10000);
    if (timeout_s > 0)
        pool.acquire_timeout = law_constant(arena, timeout_s);
    return pool;
}

static void node_postgres_opens_for_each_asker_at_once_up_to_max(void **state)
{
    struct pool_spec pool = finish(build_node_postgres(2, 0.2), "node-postgres");
    RUN(pool, {0, 100, GRANTED, 20, 1}, {5, 10, GRANTED, 25, 2},
        {10, 50, GRANTED, 35, 2}, /* full: both count, the one still connecting too */
        {40, 300, GRANTED, 85, 2}, {90, 500, GRANTED, 120, 2}, {130, 1, TIMED_OUT, 330, 2});
}

static void node_postgres_binds_a_connect_to_its_asker(void **state)
{
    struct pool_spec pool = finish(build_node_postgres(2, 0), "node-postgres");
    /* One is free from 23 ms on, and stays free: the second asker waits for its own. */
    RUN(pool, {0, 3, GRANTED, 20, 1}, {15, 10, GRANTED, 35, 2});
}

static void node_postgres_has_one_time_limit_for_queue_and_connect(void **state)
{
    struct pool_spec slow = build_node_postgres(1, 0.2);
    slow.connect = law_constant(arena, 0.3);
    slow = finish(slow, "node-postgres");
    RUN(slow, {0, 10, TIMED_OUT, 200, 0}, {50, 10, TIMED_OUT, 250, 0});
    struct pool_spec kept = build_node_postgres(1, 0.2);
    kept.connect = law_constant(arena, 0.15);
    kept.max_uses = 1;
    kept = finish(kept, "node-postgres");
    /* The second queues until 160, connects, gives up at 300; its client is ready at 310 and kept.
     */
    RUN(kept, {0, 10, GRANTED, 150, 1}, {100, 10, TIMED_OUT, 300, 1}, {320, 5, GRANTED, 320, 2});
}

static void node_postgres_keeps_min_but_never_opens_it(void **state)
{
    struct pool_spec pool = build_node_postgres(3, 0);
    struct pool_spec none = finish(pool, "node-postgres");
    RUN(none, {0, 10, GRANTED, 20, 1}, {10029, 10, GRANTED, 10029, 1},
        {20040, 10, GRANTED, 20060, 2});
    pool.min = 1;
    struct pool_spec one = finish(pool, "node-postgres");
    RUN(one, {0, 10, GRANTED, 20, 1}, {10029, 10, GRANTED, 10029, 1},
        {20040, 10, GRANTED, 20040, 1});
}

/* ---- hikaricp ---- */

static struct pool_spec build_hikaricp(int64_t max, int64_t min, double timeout_s)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.min = min;
    pool.min_rule = MIN_IDLE_TARGET;
    pool.acquire_timeout = law_constant(arena, timeout_s);
    pool.connect_concurrency = 1;
    pool.connect_pause_ns = ms_to_ns(30);
    pool.connect_for = CONNECT_FOR_ANYONE;
    pool.on_connect_failure = CONNECT_FAILURE_RETRIES;
    pool.sweep_ns = ms_to_ns(30000);
    return pool;
}

static void hikaricp_opens_one_at_a_time_and_hands_over_whatever_comes_first(void **state)
{
    struct pool_spec pool = finish(build_hikaricp(3, 3, 0.25), "hikaricp");
    RUN(pool, {10, 50, GRANTED, 10, 1}, /* one exists from the start                       */
        {20, 200, GRANTED, 40, 2},      /* its connect                                     */
        {21, 200, GRANTED, 60, 2},      /* given back before the creator, asleep to 70, ...  */
        {95, 300, GRANTED, 95, 3},      /* ... has made, by 90, the one asked for            */
        {100, 300, GRANTED, 240, 3}, {105, 300, GRANTED, 260, 3}, {106, 1, TIMED_OUT, 356, 3});
}

static void hikaricp_fills_up_to_its_idle_target(void **state)
{
    struct pool_spec pool = finish(build_hikaricp(3, 3, 0.25), "hikaricp");
    /* From 100 ms on: 20 ms for the connect, 30 ms of rest. */
    RUN(pool, {119, 0.5, GRANTED, 119, 1}, {121, 0.5, GRANTED, 121, 2}, {169, 0.5, GRANTED, 169, 2},
        {171, 0.5, GRANTED, 171, 3}, {400, 0.5, GRANTED, 400, 3});
}

/* Its 10 min by default are no mistake; nothing else is left of them. */
static void hikaricp_closes_nobody_idle_where_min_is_max(void **state)
{
    struct pool_spec fixed = build_hikaricp(3, 3, 0.25), other = build_hikaricp(3, 2, 0.25);
    fixed.idle_timeout_ns = other.idle_timeout_ns = ms_to_ns(600000);
    assert_true(finish(fixed, "hikaricp").idle_timeout_ns == SPEC_NEVER);
    assert_true(finish(other, "hikaricp").idle_timeout_ns == ms_to_ns(600000));
}

static void hikaricp_looks_at_idle_ones_each_30_s(void **state)
{
    struct pool_spec pool = build_hikaricp(3, 1, 0.25);
    pool.idle_timeout_ns = ms_to_ns(10000);
    pool = finish(pool, "hikaricp");
    /* The look at 0.1 s finds none idle and opens a third, ready at 120 ms. At 30.1 s all were used
     * a moment ago; at 60.1 s two are closed and one stays. */
    RUN(pool, {0, 200, GRANTED, 0, 1}, {10, 200, GRANTED, 30, 2}, {30050, 10, GRANTED, 30050, 3},
        {30050, 10, GRANTED, 30050, 3}, {30050, 10, GRANTED, 30050, 3},
        {60050, 1, GRANTED, 60050, 3}, {60150, 100, GRANTED, 60150, 3},
        {60151, 1, GRANTED, 60171, 4});
}

/* ---- pgbouncer ---- */

static struct pool_spec build_pgbouncer(int64_t max, int64_t min, double timeout_s)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.min = min;
    pool.min_rule = MIN_FILL;
    pool.acquire_timeout = law_constant(arena, timeout_s);
    pool.connect_concurrency = 1;
    pool.connect_for = CONNECT_FOR_ANYONE;
    pool.on_connect_failure = CONNECT_FAILURE_RETRIES;
    pool.retry_first_ns = pool.retry_last_ns = ms_to_ns(15000);
    pool.sweep_ns = 333333333;
    return pool;
}

static void pgbouncer_logs_in_once_at_a_time(void **state)
{
    struct pool_spec pool = finish(build_pgbouncer(3, 0, 0.1), "pgbouncer");
    RUN(pool, {0, 100, GRANTED, 20, 1}, {1, 100, GRANTED, 40, 2}, {2, 300, GRANTED, 60, 3},
        {3, 10, GRANTED, 120, 3}); /* over its limit since 103, but nobody has looked          */
}

static void pgbouncer_sees_time_outs_each_third_of_a_second(void **state)
{
    struct pool_spec pool = finish(build_pgbouncer(1, 0, 0.1), "pgbouncer");
    RUN(pool, {0, 1000, GRANTED, 20, 1}, {10, 1, TIMED_OUT, 333.333333, 1},
        {300, 1, TIMED_OUT, 666.666666, 1});
}

static void pgbouncer_refills_one_at_each_look(void **state)
{
    struct pool_spec pool = finish(build_pgbouncer(3, 2, 0.1), "pgbouncer");
    RUN(pool, {353, 0.1, GRANTED, 353.333333, 1}, {686, 100, GRANTED, 686, 1},
        {687, 100, GRANTED, 687, 2});
}

static void pgbouncer_closes_old_ones_no_faster_than_they_were_made(void **state)
{
    struct pool_spec pool = build_pgbouncer(2, 0, 0.1);
    pool.max_lifetime_ns = ms_to_ns(4000);
    pool = finish(pool, "pgbouncer");
    /* Ready at 20 and 40; due at the looks after 4020 and 4040, the second 2 s after the first. */
    RUN(pool, {0, 100, GRANTED, 20, 1}, {0, 100, GRANTED, 40, 2}, {4330, 1, GRANTED, 4330, 2},
        {4340, 10, GRANTED, 4340, 2}, {4341, 1, GRANTED, 4350, 2}, {6300, 10, GRANTED, 6300, 3},
        {6340, 10, GRANTED, 6340, 3}, {6340, 10, GRANTED, 6350, 3});
}

/* ---- database/sql ---- */

static struct pool_spec build_go(int64_t max)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.has_max_idle = true;
    pool.max_idle = 2;
    pool.discipline = DISCIPLINE_RANDOM;
    pool.sweep_ns = ms_to_ns(1000);
    return pool;
}

static void go_closes_what_is_given_back_beyond_two(void **state)
{
    struct pool_spec pool = finish(build_go(3), "go-database-sql");
    RUN(pool, {0, 30, GRANTED, 20, 3}, {0, 30, GRANTED, 20, 3}, {0, 30, GRANTED, 20, 3},
        {60, 10, GRANTED, 60, 3}, {60, 10, GRANTED, 60, 3}, {60, 10, GRANTED, 80, 4});
}

static void go_opens_for_those_who_wait_when_an_old_one_is_closed(void **state)
{
    struct pool_spec pool = build_go(1);
    pool.max_lifetime_ns = ms_to_ns(40);
    pool = finish(pool, "go-database-sql");
    RUN(pool, {0, 60, GRANTED, 20, 1}, {30, 10, GRANTED, 100, 2},
        {200, 10, GRANTED, 220, 3}); /* the free one is found to be old when it is taken        */
}

/* Each of three has a chance of a third to be first: of 300 trials 100 +- 41 (5 sigma). */
static void go_serves_any_of_those_who_wait(void **state)
{
    const struct asking script[] = {{0, 100, GRANTED, 20, 1},
                                    {1, 1000, GRANTED, 0, 0},
                                    {2, 1000, GRANTED, 0, 0},
                                    {3, 1000, GRANTED, 0, 0}};
    struct pool_spec pool = finish(build_go(1), "go-database-sql");
    int first[4] = {0};
    for (uint32_t replication = 0; replication < 300; replication++) {
        struct replication_state *system = start(&pool, script, 4, replication);
        assert_true(replication_run_until(system, ms_to_ns(1500)));
        for (size_t i = 1; i < 4; i++)
            first[i] += tally_of(system, i, GROUP_RESPONSE)->count == 1;
    }
    assert_int_equal(first[1] + first[2] + first[3], 300);
    for (int i = 1; i < 4; i++)
        assert_in_range(first[i], 59, 141);
}

/* ---- sqlalchemy ---- */

static struct pool_spec build_sqlalchemy(int64_t max, int64_t kept, double timeout_s)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.has_max_idle = true;
    pool.max_idle = kept;
    pool.timeout_covers = COVERS_QUEUE;
    pool.acquire_timeout = law_constant(arena, timeout_s);
    pool.reuse = REUSE_FIFO;
    return pool;
}

static void sqlalchemy_limits_waiting_alone_and_closes_the_overflow(void **state)
{
    struct pool_spec pool = build_sqlalchemy(3, 1, 0.05);
    pool.connect = law_constant(arena, 0.08);
    pool = finish(pool, "sqlalchemy");
    RUN(pool, {0, 100, GRANTED, 80, 3}, {0, 200, GRANTED, 80, 3}, {0, 300, GRANTED, 80, 3},
        {10, 1, TIMED_OUT, 60, 0}, {150, 10, GRANTED, 180, 3}, {285, 10, GRANTED, 285, 3},
        {286, 10, GRANTED, 366, 4});
}

static void sqlalchemy_takes_the_one_idle_longest_and_renews_it_if_it_is_old(void **state)
{
    struct pool_spec pool = build_sqlalchemy(2, 2, 0.05);
    pool.max_lifetime_ns = ms_to_ns(100);
    struct pool_spec fifo = finish(pool, "sqlalchemy");
    RUN(fifo, {0, 5, GRANTED, 20, 1}, {22, 18, GRANTED, 42, 2}, {125, 10, GRANTED, 145, 3});
    pool.reuse = REUSE_LIFO;
    struct pool_spec lifo = finish(pool, "sqlalchemy");
    RUN(lifo, {0, 5, GRANTED, 20, 1}, {22, 18, GRANTED, 42, 2}, {125, 10, GRANTED, 125, 2});
}

/* ---- tarn ---- */

static struct pool_spec build_tarn(int64_t max, double timeout_s)
{
    struct pool_spec pool = build_dialect_pool(max);
    pool.acquire_timeout = law_constant(arena, timeout_s);
    pool.connect_for = CONNECT_FOR_ANYONE;
    pool.retry_first_ns = pool.retry_last_ns = ms_to_ns(200);
    pool.idle_timeout_ns = ms_to_ns(100);
    pool.sweep_ns = ms_to_ns(1000);
    return pool;
}

static void tarn_hands_a_new_one_to_whoever_waits_first(void **state)
{
    struct pool_spec pool = finish(build_tarn(2, 0.1), "tarn");
    RUN(pool, {0, 3, GRANTED, 20, 1}, {15, 10, GRANTED, 23, 1}, {36, 1, GRANTED, 36, 2});
}

static void tarn_reaps_each_second_from_its_first_use(void **state)
{
    struct pool_spec pool = finish(build_tarn(2, 0.1), "tarn");
    RUN(pool, {0, 3, GRANTED, 20, 1}, {15, 10, GRANTED, 23, 1}, {1010, 1, GRANTED, 1010, 2},
        {1500, 100, GRANTED, 1500, 2}, {1510, 1, GRANTED, 1530, 3}, {2030, 1, GRANTED, 2050, 4});
}

static void tarn_limits_queue_and_create_together_and_keeps_what_comes_late(void **state)
{
    struct pool_spec pool = build_tarn(2, 0.1);
    pool.connect = law_constant(arena, 0.15);
    pool = finish(pool, "tarn");
    RUN(pool, {0, 1, TIMED_OUT, 100, 0}, {160, 1, GRANTED, 160, 1});
}

static void tarn_fails_the_first_who_waits_when_a_create_fails(void **state)
{
    struct pool_spec pool = build_tarn(2, 1);
    pool.connect = law_constant(arena, 0.08);
    pool.connect_timeout_ns = ms_to_ns(50);
    pool = finish(pool, "tarn");
    RUN(pool, {0, 1, TIMED_OUT, 50, 0}, {10, 1, TIMED_OUT, 60, 0},
        {70, 1, TIMED_OUT, 120, 0}); /* a newcomer starts a create of its own                  */
}

/* ---- a database that has no room --------------------------------------------------------- */

/* The pool may have three and the database accepts two; as semantics of each pool have it, whoever
 * caused the third is refused when the connect is through, or waits. */
static struct pool_spec on_database(struct pool_spec pool)
{
    pool.draws_on_database = true;
    return pool;
}

static void who_opens_for_himself_is_refused_with_his_connection(void **state)
{
    const struct pool_spec pools[] = {
        on_database(finish(build_node_postgres(3, 0), "node-postgres")),
        on_database(finish(build_go(3), "go-database-sql")),
        on_database(finish(build_sqlalchemy(3, 3, 30), "sqlalchemy"))};
    for (size_t p = 0; p < sizeof pools / sizeof *pools; p++)
        RUN(pools[p], {0, 500, GRANTED, 20, 1}, {1, 500, GRANTED, 21, 2}, {2, 1, REFUSED, 22, 2},
            {30, 1, REFUSED, 50, 2}, {600, 1, GRANTED, 600, 2});
}

static void tarn_rejects_the_first_who_waits_when_it_is_refused(void **state)
{
    struct pool_spec pool = on_database(finish(build_tarn(3, 10), "tarn"));
    RUN(pool, {0, 500, GRANTED, 20, 1}, {1, 500, GRANTED, 21, 2}, {2, 1, REFUSED, 22, 2},
        {30, 1, REFUSED, 50, 2});
}

/* The creator tries again after 10 ms, 20 ms ...; who waits is served by what is given back, or
 * runs to his limit. */
static void hikaricp_lets_wait_when_it_is_refused(void **state)
{
    struct pool_spec pool = on_database(finish(build_hikaricp(3, 3, 0.25), "hikaricp"));
    RUN(pool, {10, 500, GRANTED, 10, 1}, {20, 500, GRANTED, 40, 2}, {80, 1, TIMED_OUT, 330, 2},
        {400, 5, GRANTED, 510, 2}, {450, 5, GRANTED, 515, 2});
}

static void pgbouncer_lets_wait_when_it_is_refused(void **state)
{
    struct pool_spec pool = on_database(finish(build_pgbouncer(3, 0, 10), "pgbouncer"));
    RUN(pool, {0, 500, GRANTED, 20, 1}, {1, 800, GRANTED, 40, 2}, {2, 5, GRANTED, 520, 2},
        {530, 5, GRANTED, 530, 2});
}

/* After a login that failed, and without any server, clients are refused at once; the first one
 * after server_login_retry too, but for him a login is tried. */
static void pgbouncer_fails_fast_without_any_server(void **state)
{
    struct pool_spec pool = build_pgbouncer(3, 0, 1);
    pool.connect = law_constant(arena, 0.08);
    pool.connect_timeout_ns = ms_to_ns(50);
    pool = finish(pool, "pgbouncer");
    const struct asking script[] = {
        {0, 1, TIMED_OUT, 1333.333333, 0}, /* nobody looks at those who wait */
        {60, 1, REFUSED, 60, 0},
        {16000, 1, REFUSED, 16000, 0},
        {16040, 1, REFUSED, 16040, 0}};
    run_script(&pool, script, 4);
    struct replication_state *system = start(&pool, script, 4, 0);
    assert_true(replication_run_until(system, ms_to_ns(15999)));
    assert_int_equal(system->pools[0].connects, 1);
    assert_true(replication_run_until(system, ms_to_ns(16100)));
    assert_int_equal(system->pools[0].connects, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_postgres_opens_for_each_asker_at_once_up_to_max),
        cmocka_unit_test(node_postgres_binds_a_connect_to_its_asker),
        cmocka_unit_test(node_postgres_has_one_time_limit_for_queue_and_connect),
        cmocka_unit_test(node_postgres_keeps_min_but_never_opens_it),
        cmocka_unit_test(hikaricp_opens_one_at_a_time_and_hands_over_whatever_comes_first),
        cmocka_unit_test(hikaricp_fills_up_to_its_idle_target),
        cmocka_unit_test(hikaricp_closes_nobody_idle_where_min_is_max),
        cmocka_unit_test(hikaricp_looks_at_idle_ones_each_30_s),
        cmocka_unit_test(pgbouncer_logs_in_once_at_a_time),
        cmocka_unit_test(pgbouncer_sees_time_outs_each_third_of_a_second),
        cmocka_unit_test(pgbouncer_refills_one_at_each_look),
        cmocka_unit_test(pgbouncer_closes_old_ones_no_faster_than_they_were_made),
        cmocka_unit_test(go_closes_what_is_given_back_beyond_two),
        cmocka_unit_test(go_opens_for_those_who_wait_when_an_old_one_is_closed),
        cmocka_unit_test(go_serves_any_of_those_who_wait),
        cmocka_unit_test(sqlalchemy_limits_waiting_alone_and_closes_the_overflow),
        cmocka_unit_test(sqlalchemy_takes_the_one_idle_longest_and_renews_it_if_it_is_old),
        cmocka_unit_test(tarn_hands_a_new_one_to_whoever_waits_first),
        cmocka_unit_test(tarn_reaps_each_second_from_its_first_use),
        cmocka_unit_test(tarn_limits_queue_and_create_together_and_keeps_what_comes_late),
        cmocka_unit_test(tarn_fails_the_first_who_waits_when_a_create_fails),
        cmocka_unit_test(who_opens_for_himself_is_refused_with_his_connection),
        cmocka_unit_test(tarn_rejects_the_first_who_waits_when_it_is_refused),
        cmocka_unit_test(hikaricp_lets_wait_when_it_is_refused),
        cmocka_unit_test(pgbouncer_lets_wait_when_it_is_refused),
        cmocka_unit_test(pgbouncer_fails_fast_without_any_server),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
