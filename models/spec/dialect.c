/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources: each table names the files that it was read from. Not followed, as they change no
 * waiting time or only by fractions of a millisecond: the time that closing a socket takes before
 * pg-pool looks at its queue again; hikaricp's preference for the thread's last connection;
 * pgbouncer's reserve pool and limits over several pools; a running thread that overtakes a woken
 * one in sqlalchemy; round trips of a reset before reuse (give them as `checkout`). */
#include "models/spec/dialect.h"
#include <string.h>

static const int64_t S = 1000000000; /* ns */

#define LIST(type, ...)                                                                            \
    (const struct type[])                                                                          \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define NO_USES                                                                                    \
    {                                                                                              \
        "max_uses", "has no effect", true                                                          \
    }

const struct dialect dialects[DIALECT_COUNT] = {
    /* brianc/node-postgres, packages/pg-pool/index.js. connect() opens a client for each asker up
     * to max and hands it to that asker alone. connectionTimeoutMillis starts when it is called and
     * ends when a client is there; a waiter that gives up while its client connects leaves it to
     * the pool. Each connect has the same limit. min is only looked at by the idle timer. */
    {.name = "node-postgres",
     .version = "pg-pool 3.14.0",
     .defaults = LIST(dialect_default, {"max", "10"}, {"idle_timeout", "10s"},
                      {"timeout_covers", "queue_and_connect"}),
     .notes = LIST(dialect_note, {"min",
                                  "opens nothing: since pg-pool 3.10 it keeps idle connections, "
                                  "before that it had no effect",
                                  false}),
     .rules = {.spares_idle = true},
     .limits_connect = true},
    /* brettwooldridge/HikariCP, HikariPool.java and ConcurrentBag.java. One thread opens, and
     * sleeps 30 ms after each; whoever waits first gets what comes first. One connection exists
     * before the pool does; the housekeeper runs after 100 ms and then every 30 s: it closes idle
     * ones and asks for as many as are missing to minimumIdle, as each closing does. */
    {.name = "hikaricp",
     .version = "HikariCP 6.0",
     .defaults =
         LIST(dialect_default, {"max", "10"}, {"min", "=max"}, {"min_rule", "idle_target"},
              {"acquire_timeout", "30s"}, {"timeout_covers", "queue_and_connect"},
              {"connect_concurrency", "1"}, {"connect_pause", "30ms"}, {"connect_for", "anyone"},
              {"on_connect_failure", "retry"}, {"retry_after", "10ms"}, {"retry_after_max", "5s"},
              {"idle_timeout", "10min"}, {"max_lifetime", "30min"}, {"lifetime_jitter", "2.5%"},
              {"sweep", "30s"}, {"checkout_after", "500ms"}),
     .notes = LIST(dialect_note, NO_USES),
     .rules = {.sweep_first_ns = 100000000,
               .times_lifetime = true,
               .fill_every_ns = 30000000000,
               .queues_connects = true,
               .opens_at_start = 1},
     .has_least_times = true},
    /* pgbouncer/pgbouncer, src/objects.c and src/janitor.c. One login at a time for a pool. Every
     * third of a second the janitor drops clients that waited too long, closes servers that were
     * idle too long or are too old, and opens one if fewer than min_pool_size exist. */
    {.name = "pgbouncer",
     .version = "PgBouncer 1.25",
     .defaults = LIST(dialect_default, {"max", "20"}, {"min_rule", "fill"},
                      {"acquire_timeout", "120s"}, {"timeout_covers", "queue_and_connect"},
                      {"connect_timeout", "15s"}, {"connect_concurrency", "1"},
                      {"connect_for", "anyone"}, {"on_connect_failure", "retry"},
                      {"retry_after", "15s"}, {"retry_after_max", "15s"}, {"idle_timeout", "10min"},
                      {"max_lifetime", "1h"}, {"sweep", "333333333ns"}, {"checkout_after", "30s"}),
     .notes = LIST(dialect_note, NO_USES),
     .rules = {.timeout_sweep_ns = 333333333,
               .fill_every_ns = 333333333,
               .fill_most = 1,
               .fails_fast = true},
     .spaces_old = true},
    /* golang/go, src/database/sql/sql.go. conn() takes the newest free connection, or opens one
     * itself below SetMaxOpenConns, or waits; what is given back goes to any of those who wait, and
     * is closed if SetMaxIdleConns are free. After a closing the opener goroutine opens for those
     * who wait. acquire_timeout is the caller's context. */
    {.name = "go-database-sql",
     .version = "database/sql at 01988dc",
     .defaults =
         LIST(dialect_default, {"max", "1000000000"}, {"max_idle", "2"}, {"discipline", "random"},
              {"timeout_covers", "queue_and_connect"}, {"sweep", "1s"}),
     .notes = LIST(dialect_note, {"min", "has no effect", true}, NO_USES),
     .rules = {.opener_most = 1, .drops_old = true}},
    /* sqlalchemy/sqlalchemy, lib/sqlalchemy/pool/impl.py and base.py. pool_size are kept idle,
     * max_overflow more may exist; the caller opens its own; timeout is for waiting alone;
     * pool_recycle is looked at when one is taken. */
    {.name = "sqlalchemy",
     .version = "SQLAlchemy 2.1 QueuePool",
     .defaults = LIST(dialect_default, {"max", "15"}, {"max_idle", "5"}, {"acquire_timeout", "30s"},
                      {"reuse", "fifo"}),
     .notes = LIST(dialect_note, {"min", "has no effect", true},
                   {"idle_timeout", "has no effect", true}, NO_USES),
     .rules = {.keeps_old = true, .drops_old = true, .reopens_old = true}},
    /* Vincit/tarn.js, src/Pool.ts, with the defaults of knex/knex, lib/client.js. At most one
     * create for each who waits; a new resource goes to the first of them. An interval of one
     * second, which begins with the first use, closes what was free too long while min remain. A
     * failed create fails the first who waits (propagateCreateError), and is tried again after 200
     * ms. */
    {.name = "tarn",
     .version = "tarn 3.1 under knex 3.3",
     .defaults = LIST(dialect_default, {"max", "10"}, {"min", "2"}, {"acquire_timeout", "60s"},
                      {"timeout_covers", "queue_and_connect"}, {"connect_timeout", "30s"},
                      {"connect_for", "anyone"}, {"retry_after", "200ms"},
                      {"retry_after_max", "200ms"}, {"idle_timeout", "30s"}, {"sweep", "1s"}),
     .notes =
         LIST(dialect_note, {"min", "opens nothing: it keeps idle connections", false}, NO_USES),
     .rules = {.sweeps_from_first_use = true, .keeps_old = true, .drops_old = true}},
};

void dialect_ignore(struct pool_spec *pool, const char *key)
{
    if (strcmp(key, "min") == 0)
        pool->min = 0;
    else if (strcmp(key, "idle_timeout") == 0)
        pool->idle_timeout_ns = SPEC_NEVER;
    else if (strcmp(key, "max_uses") == 0)
        pool->max_uses = SPEC_UNLIMITED;
}

static bool has_constant_timeout(const struct pool_spec *pool)
{
    return pool->acquire_timeout && distribution_is_constant(pool->acquire_timeout);
}

/* HikariConfig.validateNumerics: what is too short becomes the default. */
static size_t replace_short_times(struct pool_spec *pool, struct arena *arena,
                                  const char *warnings[DIALECT_MAX_WARNINGS])
{
    size_t count = 0;
    if (has_constant_timeout(pool) && distribution_mean(pool->acquire_timeout) < 0.25) {
        struct distribution *law = arena_alloc(arena, sizeof *law);
        *law = *pool->acquire_timeout;
        law->a = 30;
        pool->acquire_timeout = law;
        warnings[count++] = "`acquire_timeout` below 250ms is taken as 30s";
    }
    if (pool->max_lifetime_ns < 30 * S) {
        pool->max_lifetime_ns = 1800 * S;
        warnings[count++] = "`max_lifetime` below 30s is taken as 30min";
    }
    if (pool->idle_timeout_ns < 10 * S) {
        pool->idle_timeout_ns = 600 * S;
        warnings[count++] = "`idle_timeout` below 10s is taken as 10min";
    }
    if (pool->min == pool->max && pool->idle_timeout_ns != SPEC_NEVER) {
        if (pool->idle_timeout_ns != 600 * S)
            warnings[count++] = "`idle_timeout` has no effect while min is max";
        pool->idle_timeout_ns = SPEC_NEVER;
    }
    return count;
}

size_t dialect_apply(const struct dialect *dialect, struct pool_spec *pool, struct arena *arena,
                     const char *warnings[DIALECT_MAX_WARNINGS])
{
    pool->dialect = dialect->name;
    pool->rules = dialect->rules;
    if (dialect->rules.opener_most > 0 && pool->connect_for == CONNECT_FOR_ASKER)
        pool->connect_for = CONNECT_FOR_WAITING;
    if (dialect->limits_connect && pool->connect_timeout_ns == SPEC_NEVER &&
        has_constant_timeout(pool))
        pool->connect_timeout_ns = distribution_to_ns(distribution_mean(pool->acquire_timeout));
    if (dialect->spaces_old && pool->max_lifetime_ns != SPEC_NEVER)
        pool->rules.lifetime_gap_ns = pool->max_lifetime_ns / pool->max;
    return dialect->has_least_times ? replace_short_times(pool, arena, warnings) : 0;
}
