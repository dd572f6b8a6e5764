/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stations of random scenarios, and the services that some of them belong to. */
#include "tests/support/random_parts.h"
#include <stdio.h>

static const char *const disciplines[] = {"fifo", "lifo", "random", "priority"};

#define WORD(maker, ...)                                                                           \
    json_string(random_word((maker), (const char *const[]){__VA_ARGS__},                           \
                            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static void maybe(struct random_maker *maker, json_t *object, const char *key, int percent,
                  json_t *value)
{
    if (random_chance(maker, percent))
        json_object_set_new(object, key, value);
    else
        json_decref(value);
}

int random_count(const struct random_maker *maker, enum random_kind kind)
{
    int count = 0;
    for (size_t i = 0; i < maker->station_count; i++)
        count += maker->stations[i].kind == kind;
    return count;
}

const struct random_station *random_station(const struct random_maker *maker, enum random_kind kind,
                                            int index)
{
    const struct random_station *station = maker->stations;
    while (station->kind != kind || index-- > 0)
        station++;
    return station;
}

/* ---- pools ---- */

/* Limits of a connection's life: where the run is long, so that there are not too many of them. */
static json_t *life(struct random_maker *maker)
{
    return maker->runs_dry ? random_ms(maker, 500, 755) : random_ms(maker, 1, 50);
}

/* Opening that may fail succeeds in the end: who tries again waits no longer than that. */
static void add_opening(struct random_maker *maker, json_t *pool)
{
    bool can_fail = random_chance(maker, 25);
    json_object_set_new(
        pool, "connect",
        can_fail ? json_pack("{s:s, s:o}", "dist", "exponential", "mean", random_ms(maker, 1, 4))
                 : random_law(maker, 5));
    if (can_fail)
        json_object_set_new(pool, "connect_timeout", random_ms(maker, 2, 5));
    maybe(maker, pool, "on_connect_failure", 50, json_string("retry"));
    json_object_set_new(pool, "retry_after", json_string("1ms"));
    json_object_set_new(pool, "retry_after_max", random_ms(maker, 1, 20));
    maybe(maker, pool, "connect_concurrency", 25, json_integer(1 + random_below(maker, 3)));
    maybe(maker, pool, "connect_pause", 25, random_ms(maker, 0, 3));
    maybe(maker, pool, "connect_for", 50, json_string("anyone"));
    maybe(maker, pool, "timeout_covers", 50, json_string("queue_and_connect"));
    maybe(maker, pool, "checkout", 25, random_law(maker, 2));
    maybe(maker, pool, "checkout_after", 25, random_ms(maker, 0, 5));
}

static void add_upkeep(struct random_maker *maker, json_t *pool, int max)
{
    maybe(maker, pool, "min", 40, json_integer(random_below(maker, max + 1)));
    maybe(maker, pool, "min_rule", 50, WORD(maker, "floor", "fill", "idle_target"));
    maybe(maker, pool, "idle_timeout", 40, life(maker));
    maybe(maker, pool, "max_lifetime", 30, life(maker));
    maybe(maker, pool, "lifetime_jitter", 30, json_string("25%"));
    maybe(maker, pool, "sweep", 30, life(maker));
    maybe(maker, pool, "max_uses", 20, json_integer(1 + random_below(maker, 4)));
    maybe(maker, pool, "max_idle", 20, json_integer(random_below(maker, max + 1)));
    maybe(maker, pool, "reuse", 30, json_string("fifo"));
    maybe(maker, pool, "persistent", 20, json_false());
    maybe(maker, pool, "memory_per_connection", 50, json_string("7B"));
}

/* A database that the pool can reach, or NULL. */
static const struct random_station *some_database(struct random_maker *maker, int service)
{
    for (int i = 0; i < random_count(maker, RANDOM_CPU); i++) {
        const struct random_station *cpu = random_station(maker, RANDOM_CPU, i);
        bool can_reach = cpu->service == RANDOM_NO_SERVICE || cpu->service == service;
        if (cpu->is_database && can_reach && random_chance(maker, 60))
            return cpu;
    }
    return NULL;
}

/* Of a database that is full nobody may ask again and again without end: it may stay full. */
static void add_database(struct random_maker *maker, json_t *pool, int service)
{
    const struct random_station *database = some_database(maker, service);
    if (!database)
        return;
    json_object_set_new(pool, "database", json_string(database->name));
    if (!database->refuses)
        return;
    json_object_set_new(pool, "on_connect_failure", json_string("fail_asker"));
    json_object_set_new(pool, "acquire_timeout", random_ms(maker, 0, 20));
    json_object_del(pool, "dialect");
}

static json_t *connection_pool(struct random_maker *maker, struct random_station *station)
{
    json_t *pool = json_pack("{s:s, s:I}", "kind", "connection_pool", "max", station->size);
    maybe(maker, pool, "acquire_timeout", 40, random_law(maker, 10));
    json_object_set_new(pool, "discipline", json_string(random_word(maker, disciplines, 4)));
    if (random_chance(maker, 25)) {
        json_object_set_new(pool, "dialect",
                            WORD(maker, "node-postgres", "hikaricp", "pgbouncer", "go-database-sql",
                                 "sqlalchemy", "tarn"));
        json_object_set_new(pool, "connect", random_law(maker, 5));
        /* tarn's own is 2, which may be above max. */
        json_object_set_new(pool, "min", json_integer(random_below(maker, (int)station->size + 1)));
    } else {
        add_opening(maker, pool);
        add_upkeep(maker, pool, (int)station->size);
    }
    add_database(maker, pool, station->service);
    return pool;
}

static json_t *thread_pool(struct random_maker *maker, const struct random_station *station)
{
    json_t *pool = json_pack("{s:s, s:I}", "kind", "thread_pool", "threads", station->size);
    maybe(maker, pool, "queue_limit", 40, json_integer(random_below(maker, 4)));
    maybe(maker, pool, "queue_timeout", 40, random_law(maker, 10));
    maybe(maker, pool, "memory_per_thread", 50, json_string("5B"));
    json_object_set_new(pool, "discipline", json_string(random_word(maker, disciplines, 4)));
    return pool;
}

static json_t *some_pool(struct random_maker *maker, struct random_station *station)
{
    station->size = 1 + random_below(maker, 4);
    station->is_thread_pool = random_chance(maker, 35);
    return station->is_thread_pool ? thread_pool(maker, station) : connection_pool(maker, station);
}

/* ---- the others ---- */

static json_t *some_cpu(struct random_maker *maker, struct random_station *station)
{
    station->is_database = random_chance(maker, 50);
    json_t *cpu = json_pack("{s:s, s:f}", "kind", station->is_database ? "database" : "cpu",
                            "cores", 0.25 * (1 + random_below(maker, 16)));
    maybe(maker, cpu, "contention", 40, json_pack("{s:f, s:f}", "sigma", 0.1, "kappa", 0.01));
    if (!station->is_database)
        return cpu;
    station->refuses = random_chance(maker, 50);
    int most = station->refuses ? 2 + random_below(maker, 4) : 1000;
    json_object_set_new(cpu, "max_connections", json_integer(most));
    json_object_set_new(cpu, "reserved", json_integer(random_below(maker, 2)));
    return cpu;
}

static json_t *some_limiter(struct random_maker *maker, struct random_station *station)
{
    (void)station;
    json_t *limiter = json_pack("{s:s, s:o}", "kind", "rate_limiter", "rate",
                                json_sprintf("%d/s", 100 + 3 * random_below(maker, 256)));
    json_object_set_new(limiter, "burst", json_integer(1 + random_below(maker, 4)));
    json_object_set_new(limiter, "excess", WORD(maker, "refuse", "wait"));
    maybe(maker, limiter, "discipline", 60, json_string(random_word(maker, disciplines, 4)));
    return limiter;
}

/* Whoever flushes by the rule of the least busy would keep away from a replica where somebody waits
 * for just that. */
static json_t *some_buffer(struct random_maker *maker, struct random_station *station)
{
    bool may_wait = station->service == RANDOM_NO_SERVICE || !maker->least_busy[station->service];
    station->size = 500 + 4 * random_below(maker, 256);
    json_t *buffer = json_pack("{s:s, s:o}", "kind", "buffer", "capacity",
                               json_sprintf("%dB", (int)station->size));
    if (may_wait)
        maybe(maker, buffer, "when_full", 50, json_string("wait"));
    maybe(maker, buffer, "discipline", 60, json_string(random_word(maker, disciplines, 4)));
    return buffer;
}

/* ---- all of them ---- */

static void add_station(struct random_maker *maker, json_t *scenario, enum random_kind kind,
                        int number)
{
    static const char letters[] = "pclb";
    static json_t *(*const make[])(struct random_maker *, struct random_station *) = {
        some_pool, some_cpu, some_limiter, some_buffer};
    struct random_station *station = &maker->stations[maker->station_count];
    *station = (struct random_station){.kind = kind, .service = RANDOM_NO_SERVICE};
    snprintf(station->name, sizeof station->name, "%c%d", letters[kind], number);
    if (maker->services > 0 && random_chance(maker, 40))
        station->service = random_below(maker, maker->services);
    json_t *made = make[kind](maker, station), *place = json_object_get(scenario, "resources");
    if (station->service != RANDOM_NO_SERVICE) {
        char name[16];
        snprintf(name, sizeof name, "s%d", station->service);
        json_t *service = json_object_get(json_object_get(scenario, "services"), name);
        place = json_object_get(service, "resources");
    }
    json_object_set_new(place, station->name, made);
    maker->station_count++;
}

/* Each has a pool that nobody else has, because a service without resources is none. */
static void add_services(struct random_maker *maker, json_t *scenario)
{
    maker->services = random_below(maker, RANDOM_MAX_SERVICES + 1);
    json_t *services = json_object();
    for (int s = 0; s < maker->services; s++) {
        char name[16];
        maker->least_busy[s] = random_chance(maker, 33);
        const char *balance = maker->least_busy[s]       ? "least_busy"
                              : random_chance(maker, 50) ? "random"
                                                         : "round_robin";
        snprintf(name, sizeof name, "s%d", s);
        json_object_set_new(services, name,
                            json_pack("{s:i, s:s, s:{s:{s:s, s:i}}}", "replicas",
                                      1 + random_below(maker, 3), "balance", balance, "resources",
                                      s > 0 ? "own1" : "own0", "kind", "thread_pool", "threads",
                                      2));
    }
    if (maker->services > 0)
        json_object_set_new(scenario, "services", services);
    else
        json_decref(services);
}

/* Processors first: pools name databases. */
void random_add_resources(struct random_maker *maker, json_t *scenario)
{
    static const enum random_kind order[] = {RANDOM_CPU, RANDOM_POOL, RANDOM_LIMITER,
                                             RANDOM_BUFFER};
    static const int most[] = {2, 3, 2, 2};
    add_services(maker, scenario);
    json_object_set_new(scenario, "resources", json_object());
    for (int k = 0; k < RANDOM_KINDS; k++) {
        int count = random_below(maker, most[k] + 1);
        for (int i = 0; i < count || (i == 0 && order[k] == RANDOM_POOL); i++)
            add_station(maker, scenario, order[k], i);
    }
}
