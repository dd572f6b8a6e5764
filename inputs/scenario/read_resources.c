/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_resources.h"

#include "inputs/scenario/read_dialect.h"
#include "inputs/scenario/read_discipline.h"
#include "inputs/scenario/read_distribution.h"
#include "inputs/scenario/read_limiter_buffer.h"
#include <math.h>
#include <string.h>

static const char *const reuse_names[] = {"lifo", "fifo"};
static const char *const min_rule_names[] = {"floor", "fill", "idle_target"};
static const char *const connect_for_names[] = {"asker", "anyone"};
static const char *const covers_names[] = {"queue", "queue_and_connect"};
static const char *const failure_names[] = {"fail_asker", "retry"};

/* Limits on one connection's life, and how one is chosen. */
static bool read_lifetime(struct json_cursor *at, struct pool_spec *pool)
{
    size_t reuse = REUSE_LIFO;
    bool ok = cursor_get_duration(at, "idle_timeout", CURSOR_NONE, CURSOR_ABOVE_ZERO,
                                  &pool->idle_timeout_ns) &&
              cursor_get_duration(at, "max_lifetime", CURSOR_NONE, CURSOR_ABOVE_ZERO,
                                  &pool->max_lifetime_ns) &&
              cursor_get_integer(at, "max_uses", CURSOR_NONE, 1, SPEC_MAX_POOL, &pool->max_uses) &&
              cursor_get_choice(at, "reuse", "lifo", reuse_names, 2, &reuse) &&
              cursor_get_bool(at, "persistent", "true", &pool->is_persistent);
    pool->reuse = (enum reuse)reuse;
    return ok;
}

static bool read_opening(struct json_cursor *at, struct pool_spec *pool)
{
    return read_distribution_get(at, "connect", "0s", UNIT_SECONDS, &pool->connect) &&
           cursor_get_duration(at, "connect_timeout", CURSOR_NONE, CURSOR_ABOVE_ZERO,
                               &pool->connect_timeout_ns) &&
           cursor_get_integer(at, "connect_concurrency", CURSOR_NONE, 1, SPEC_MAX_POOL,
                              &pool->connect_concurrency) &&
           read_distribution_get(at, "checkout", "0s", UNIT_SECONDS, &pool->checkout);
}

static bool law_takes_time(const struct distribution *law)
{
    return law != NULL && !(distribution_is_constant(law) && distribution_mean(law) == 0);
}

/* A default that can change nothing is not worth a line among the assumptions. */
static const char *default_if(bool matters, const char *fallback)
{
    return matters ? fallback : CURSOR_OPTIONAL;
}

/* Who gets a connection that opens, and what becomes of one that does not. */
static bool read_connects(struct json_cursor *at, struct pool_spec *pool)
{
    size_t connect_for = CONNECT_FOR_ASKER, covers = COVERS_QUEUE;
    size_t failure = CONNECT_FAILURE_FAILS_ASKER;
    bool takes_time = law_takes_time(pool->connect);
    bool can_fail = takes_time && pool->connect_timeout_ns != SPEC_NEVER;
    bool ok = cursor_get_choice(at, "connect_for", default_if(takes_time, "asker"),
                                connect_for_names, 2, &connect_for) &&
              cursor_get_choice(at, "timeout_covers",
                                default_if(takes_time && pool->acquire_timeout != NULL, "queue"),
                                covers_names, 2, &covers) &&
              cursor_get_duration(at, "connect_pause", default_if(takes_time, "0s"),
                                  CURSOR_FROM_ZERO, &pool->connect_pause_ns) &&
              cursor_get_choice(at, "on_connect_failure", default_if(can_fail, "fail_asker"),
                                failure_names, 2, &failure);
    pool->connect_for = (enum connect_for)connect_for;
    pool->timeout_covers = (enum timeout_covers)covers;
    pool->on_connect_failure = (enum connect_failure)failure;
    if (ok && pool->connect_pause_ns > 0 && pool->connect_concurrency == SPEC_UNLIMITED)
        context_warn(at->context, "%s: `connect_pause` has no effect without connect_concurrency",
                     pool->name);
    return ok;
}

/* The rest after a failed connect: it doubles from the first to the longest. */
static bool read_back_off(struct json_cursor *at, struct pool_spec *pool)
{
    bool matters = pool->on_connect_failure == CONNECT_FAILURE_RETRIES;
    pool->retry_first_ns = 10000000;
    pool->retry_last_ns = 5000000000;
    if (!cursor_get_duration(at, "retry_after", default_if(matters, "10ms"), CURSOR_ABOVE_ZERO,
                             &pool->retry_first_ns) ||
        !cursor_get_duration(at, "retry_after_max", default_if(matters, "5s"), CURSOR_ABOVE_ZERO,
                             &pool->retry_last_ns))
        return false;
    struct json_cursor last = cursor_at(at, "retry_after_max");
    if (pool->retry_last_ns < pool->retry_first_ns)
        return cursor_fail(&last, "must be at least retry_after; got %s", cursor_show(&last));
    return true;
}

/* What is looked at from time to time, or when a connection changes hands. */
static bool read_upkeep(struct json_cursor *at, struct pool_spec *pool)
{
    bool ages = pool->max_lifetime_ns != SPEC_NEVER;
    bool is_swept = ages || pool->idle_timeout_ns != SPEC_NEVER;
    bool is_checked = law_takes_time(pool->checkout);
    size_t min_rule = MIN_FLOOR;
    pool->max_idle = SPEC_UNLIMITED;
    bool ok =
        cursor_get_choice(at, "min_rule", default_if(pool->min > 0, "floor"), min_rule_names, 3,
                          &min_rule) &&
        cursor_get_duration(at, "sweep", default_if(is_swept, "0s"), CURSOR_FROM_ZERO,
                            &pool->sweep_ns) &&
        cursor_get_share(at, "lifetime_jitter", default_if(ages, "0%"), &pool->lifetime_jitter) &&
        cursor_get_duration(at, "checkout_after", default_if(is_checked, "0s"), CURSOR_FROM_ZERO,
                            &pool->checkout_after_ns) &&
        cursor_get_integer(at, "max_idle", CURSOR_NONE, 0, SPEC_MAX_POOL, &pool->max_idle);
    pool->min_rule = (enum min_rule)min_rule;
    pool->has_max_idle = pool->max_idle != SPEC_UNLIMITED;
    return ok;
}

/* A limit on queueing; 0s is one too: whoever would have to wait leaves. */
static bool read_patience(struct json_cursor *at, const char *key, struct pool_spec *pool)
{
    return read_distribution_get(at, key, CURSOR_NONE, UNIT_SECONDS, &pool->acquire_timeout);
}

static bool read_connection_pool(struct json_cursor *at, struct pool_spec *pool)
{
    static const char *const keys[] = {"kind",
                                       "max",
                                       "min",
                                       "acquire_timeout",
                                       "connect",
                                       "connect_timeout",
                                       "connect_concurrency",
                                       "checkout",
                                       "idle_timeout",
                                       "max_lifetime",
                                       "reuse",
                                       "persistent",
                                       "max_uses",
                                       "discipline",
                                       "memory_per_connection",
                                       "dialect",
                                       "min_rule",
                                       "connect_pause",
                                       "connect_for",
                                       "timeout_covers",
                                       "sweep",
                                       "lifetime_jitter",
                                       "on_connect_failure",
                                       "retry_after",
                                       "retry_after_max",
                                       "max_idle",
                                       "checkout_after",
                                       "database",
                                       NULL};
    struct read_dialect dialect = {0};
    pool->kind = POOL_CONNECTIONS;
    if (!cursor_open(at, "connection_pool", keys) || !read_dialect_begin(at, &dialect) ||
        !cursor_get_integer(at, "max", CURSOR_REQUIRED, 1, SPEC_MAX_POOL, &pool->max) ||
        !cursor_get_integer(at, "min", "0", 0, SPEC_MAX_POOL, &pool->min))
        return false;
    cursor_at(at, "database"); /* looked up when all resources are known */
    struct json_cursor min = cursor_at(at, "min");
    if (pool->min > pool->max && read_dialect_laid(&dialect, "min"))
        return cursor_fail(&min,
                           "is %lld where none is given, the default of %s, and must be at "
                           "most max, %lld: give a min",
                           (long long)pool->min, dialect.dialect->version, (long long)pool->max);
    if (pool->min > pool->max)
        return cursor_fail(&min, "must be at most max, %lld; got %lld", (long long)pool->max,
                           (long long)pool->min);
    bool ok = read_patience(at, "acquire_timeout", pool) && read_opening(at, pool) &&
              read_lifetime(at, pool) && read_discipline(at, "fifo", &pool->discipline) &&
              read_connects(at, pool) && read_back_off(at, pool) && read_upkeep(at, pool) &&
              cursor_get_size(at, "memory_per_connection", CURSOR_OPTIONAL, &pool->memory_per_unit);
    if (ok)
        read_dialect_end(at, &dialect, pool);
    return ok;
}

static bool read_thread_pool(struct json_cursor *at, struct pool_spec *pool)
{
    static const char *const keys[] = {
        "kind", "threads", "queue_limit", "queue_timeout", "memory_per_thread", "discipline", NULL};
    pool->kind = POOL_THREADS;
    if (!cursor_open(at, "thread_pool", keys) ||
        !cursor_get_integer(at, "threads", CURSOR_REQUIRED, 1, SPEC_MAX_POOL, &pool->max) ||
        !cursor_get_integer(at, "queue_limit", CURSOR_NONE, 0, SPEC_MAX_POOL, &pool->queue_limit) ||
        !read_patience(at, "queue_timeout", pool))
        return false;
    pool->min = pool->max;
    return read_discipline(at, "fifo", &pool->discipline) &&
           cursor_get_size(at, "memory_per_thread", CURSOR_OPTIONAL, &pool->memory_per_unit);
}

/* ---- processors ---------------------------------------------------------------------------- */

/* Thousandths of a core are as fine as container limits get. */
static bool read_cores(struct json_cursor *at, struct cpu_spec *cpu)
{
    enum { MILLI = 1000, MAX_CORES = 1000000 };
    struct json_cursor cores;
    double value;
    if (!cursor_require(at, "cores", &cores) ||
        !cursor_as_number(&cores, 1.0 / MILLI, MAX_CORES, &value))
        return false;
    cpu->cores_milli = llround(value * MILLI);
    return fabs(value * MILLI - (double)cpu->cores_milli) < 1e-6 ||
           cursor_fail(&cores, "must be a multiple of 0.001; got %s", cursor_show(&cores));
}

static bool get_coefficient(struct json_cursor *at, const char *key, double *value)
{
    struct json_cursor child;
    bool found;
    return cursor_find(at, key, "0", &child, &found) &&
           (!found || cursor_as_number(&child, 0, 1, value));
}

static bool read_contention(struct json_cursor *at, struct cpu_spec *cpu)
{
    static const char *const keys[] = {"sigma", "kappa", NULL};
    struct json_cursor contention;
    bool found;
    if (!cursor_find(at, "contention", CURSOR_NONE, &contention, &found))
        return false;
    if (!found)
        return true;
    return cursor_open(&contention, "contention", keys) &&
           get_coefficient(&contention, "sigma", &cpu->sigma) &&
           get_coefficient(&contention, "kappa", &cpu->kappa) && cursor_close(&contention);
}

static bool read_cpu(struct json_cursor *at, struct cpu_spec *cpu)
{
    static const char *const keys[] = {"kind", "cores", "contention", NULL};
    return cursor_open(at, "cpu", keys) && read_cores(at, cpu) && read_contention(at, cpu);
}

static bool read_database(struct json_cursor *at, struct cpu_spec *cpu)
{
    static const char *const keys[] = {"kind",     "cores", "contention", "max_connections",
                                       "reserved", NULL};
    cpu->is_database = true;
    cpu->max_connections = 100;
    cpu->reserved = 3;
    if (!cursor_open(at, "database", keys) || !read_cores(at, cpu) || !read_contention(at, cpu) ||
        !cursor_get_integer(at, "max_connections", "100", 1, SPEC_MAX_POOL,
                            &cpu->max_connections) ||
        !cursor_get_integer(at, "reserved", "3", 0, SPEC_MAX_POOL, &cpu->reserved))
        return false;
    struct json_cursor reserved = cursor_at(at, "reserved");
    return cpu->reserved < cpu->max_connections ||
           cursor_fail(&reserved, "must be below max_connections, %lld; got %lld",
                       (long long)cpu->max_connections, (long long)cpu->reserved);
}

static bool read_cpu_spec(struct json_cursor *at, void *spec, struct resource_names *system)
{
    (void)system;
    return read_cpu(at, spec);
}

static bool read_database_spec(struct json_cursor *at, void *spec, struct resource_names *system)
{
    (void)system;
    return read_database(at, spec);
}

/* ---- any resource ---------------------------------------------------------------------------- */

/* Nothing is limited unless the scenario says so. */
static bool read_pool(struct json_cursor *at, struct pool_spec *pool, struct resource_names *system,
                      bool (*read)(struct json_cursor *at, struct pool_spec *pool))
{
    pool->queue_limit = pool->connect_concurrency = pool->max_uses = SPEC_UNLIMITED;
    pool->connect_timeout_ns = pool->idle_timeout_ns = pool->max_lifetime_ns = SPEC_NEVER;
    pool->is_persistent = true;
    if (!read(at, pool))
        return false;
    system->has_priority_queue |= pool->discipline == DISCIPLINE_PRIORITY;
    return true;
}

static bool read_connections(struct json_cursor *at, void *spec, struct resource_names *system)
{
    return read_pool(at, spec, system, read_connection_pool);
}

static bool read_threads(struct json_cursor *at, void *spec, struct resource_names *system)
{
    return read_pool(at, spec, system, read_thread_pool);
}

static const struct resource_kind {
    const char *name;
    enum station_number kind;
    bool (*read)(struct json_cursor *at, void *spec, struct resource_names *system);
} kinds[] = {
    {"connection_pool", STATION_POOL, read_connections},
    {"thread_pool", STATION_POOL, read_threads},
    {"cpu", STATION_CPU, read_cpu_spec},
    {"database", STATION_CPU, read_database_spec},
    {"rate_limiter", STATION_LIMITER, limiter_buffer_read_limiter},
    {"buffer", STATION_BUFFER, limiter_buffer_read_buffer},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

/* A pool may name a database that comes later in the file. */
static bool read_pools_database(struct json_cursor *at, const struct resource_place *place,
                                struct resource_names *system)
{
    struct visited own = {.service = place->service};
    struct json_cursor database = cursor_at(at, "database");
    const json_t *index = json_object_get(system->of[STATION_POOL].names, place->name);
    if (index == NULL || database.value == NULL || json_is_null(database.value))
        return true;
    struct pool_spec *pool = &resource_names_pools(system)[json_integer_value(index)];
    if (!resource_names_find_cpu(system, place->service == SPEC_NO_SERVICE ? NULL : &own, &database,
                                 true, &pool->database))
        return false;
    pool->draws_on_database = system->of[STATION_CPU].is_used[pool->database] = true;
    return true;
}

static bool read_one(struct json_cursor *at, const struct resource_place *place,
                     struct resource_names *system)
{
    const char *names[KIND_COUNT];
    size_t choice;
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "an object (resource)");
    at->what = "resource";
    struct json_cursor kind;
    if (!cursor_understand(at, "resource", (const char *const[]){"kind", NULL}) ||
        !cursor_require(at, "kind", &kind) ||
        !cursor_as_choice(&kind, "kind of resource", names, KIND_COUNT, &choice))
        return false;
    enum station_number of = kinds[choice].kind;
    if (!kinds[choice].read(at, resource_names_next(system, of, place), system))
        return false;
    resource_names_add(system, of, place);
    cursor_at(at, "kind");
    return cursor_close(at);
}

/* The place of a resource by its own name; copies as in struct pool_spec. */
static struct resource_place place_of(const struct json_cursor *at, const char *name,
                                      size_t service, const struct resource_names *system)
{
    struct arena *arena = at->context->arena;
    if (service == SPEC_NO_SERVICE)
        return (struct resource_place){arena_strdup(arena, name), 1, service};
    const struct service_spec *owner = &system->services[service];
    return (struct resource_place){arena_printf(arena, "%s.%s", owner->name, name), owner->replicas,
                                   service};
}

/* Each of the object's resources, `read` being one of the two above. */
static bool read_each(struct json_cursor *at, size_t service, struct resource_names *system,
                      bool (*read)(struct json_cursor *at, const struct resource_place *place,
                                   struct resource_names *system))
{
    const char *name;
    json_t *value;
    json_object_foreach(at->value, name, value)
    {
        struct json_cursor resource = cursor_at(at, name);
        struct resource_place place = place_of(at, name, service, system);
        if (!read(&resource, &place, system))
            return false;
    }
    return true;
}

bool read_resources_of_service(struct json_cursor *at, size_t service,
                               struct resource_names *system)
{
    if (!cursor_open_names(at, "resources", 1))
        return false;
    size_t count = json_object_size(at->value) + resource_names_count(system);
    if (count > SPEC_MAX_RESOURCES)
        return cursor_fail(at, "makes more than %d resources with those before; got %zu",
                           SPEC_MAX_RESOURCES, count);
    return read_each(at, service, system, read_one) &&
           read_each(at, service, system, read_pools_database);
}

bool read_resources(struct json_cursor *at, struct resource_names *system)
{
    if (at->value == NULL)
        return true;
    if (!cursor_open_names(at, "resources", 0))
        return false;
    size_t count = json_object_size(at->value);
    if (count > SPEC_MAX_RESOURCES)
        return cursor_fail(at, "must be at most %d resources; got %zu", SPEC_MAX_RESOURCES, count);
    struct json_cursor memory = cursor_at(at, "memory");
    if (memory.value != NULL)
        return cursor_fail_key(&memory, "\"memory\" is the name of a metric already");
    return read_each(at, SPEC_NO_SERVICE, system, read_one);
}

bool read_resources_find_databases(struct json_cursor *at, struct resource_names *system)
{
    return at->value == NULL || read_each(at, SPEC_NO_SERVICE, system, read_pools_database);
}
