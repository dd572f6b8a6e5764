/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/rollout_trial.h"

#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/engine/self_check.h"
#include "models/stations/buffer.h"
#include "models/stations/cpu.h"
#include "models/stations/limiter.h"
#include "models/stations/pool.h"
#include "tests/support/support.h"
#include <string.h>

static const int64_t MS = 1000000;

/* The pools: the random one of the service, threads of the service, threads that all share. The
 * cpus: the database that all share, cores of the service. The limiters: one that all share, one of
 * the service. One buffer of the service. */
enum { RANDOM, THREADS, SHARED, POOLS };
enum { DATABASE, CORES, CPUS };
enum { SHARED_GATE, GATE, LIMITERS };

static size_t pick(struct rollout_trial *trial, size_t count)
{
    return (size_t)(stream_next_uniform(&trial->choices) * (double)count);
}

/* The steps on one replica of service 0, and what may come with them: a wait for a token before,
 * work of the database after; a time limit on all of it; a shared thread that is held around. */
static struct step make_visit(struct rollout_trial *trial, const struct class_spec *class)
{
    struct step pass = build_plain(STEP_PASS, SHARED_GATE), own_pass = build_plain(STEP_PASS, GATE);
    struct step work = build_work(DATABASE, law_exponential(trial->arena, 0.002));
    struct step own_work = build_work(CORES, law_exponential(trial->arena, 0.004));
    struct step put = build_plain(STEP_PUT, 0), drain = build_plain(STEP_DRAIN, 0);
    put.size = law_exponential(trial->arena, 40);
    struct step *inside = arena_array(trial->arena, class->step_count + 6, sizeof *inside);
    size_t count = 0;
    if (pick(trial, 3) == 0)
        inside[count++] = pass;
    if (pick(trial, 2) == 0)
        inside[count++] = own_pass;
    for (size_t i = 0; i < class->step_count; i++)
        inside[count++] = class->steps[i];
    if (pick(trial, 3) == 0)
        inside[count++] = work;
    if (pick(trial, 2) == 0)
        inside[count++] = own_work;
    if (pick(trial, 2) == 0)
        inside[count++] = put;
    if (pick(trial, 3) == 0)
        inside[count++] = drain;
    struct step visit = build_hold(trial->arena, 0, inside, count);
    if (pick(trial, 2) == 0) { /* one of the replica's threads around them */
        struct step thread = build_hold(trial->arena, THREADS, inside, count);
        visit = build_hold(trial->arena, 0, &thread, 1);
    }
    visit.kind = STEP_VISIT;
    if (pick(trial, 4) == 0)
        visit.timeout_ns = (int64_t)(2 + pick(trial, 20)) * MS;
    return pick(trial, 3) > 0 ? visit : build_hold(trial->arena, SHARED, &visit, 1);
}

/* The workloads with their steps on replicas; some try again. */
static const struct workload_spec *put_into_visits(struct rollout_trial *trial,
                                                   const struct scenario *scenario)
{
    struct workload_spec *workloads =
        arena_array(trial->arena, scenario->workload_count, sizeof *workloads);
    for (size_t w = 0; w < scenario->workload_count; w++) {
        workloads[w] = scenario->workloads[w];
        struct class_spec *classes =
            arena_array(trial->arena, workloads[w].class_count, sizeof *classes);
        for (size_t c = 0; c < workloads[w].class_count; c++) {
            struct step visit = make_visit(trial, &workloads[w].classes[c]);
            classes[c] = build_class(trial->arena, workloads[w].classes[c].name,
                                     workloads[w].classes[c].share,
                                     workloads[w].classes[c].priority, &visit, 1);
        }
        workloads[w].classes = classes;
        if (pick(trial, 3) == 0)
            workloads[w].retry = (struct retry_spec){.attempts = 3,
                                                     .backoff = law_constant(trial->arena, 0.001),
                                                     .multiplier = 2,
                                                     .on_refused = true,
                                                     .on_timeout = pick(trial, 2) == 0};
    }
    return workloads;
}

static struct pool_spec put_into_service(struct pool_spec pool, int64_t replicas, bool has_database)
{
    pool.name = "api.pool";
    pool.copies = replicas;
    pool.service = 0;
    pool.draws_on_database = has_database && pool.kind == POOL_CONNECTIONS;
    pool.database = 0;
    return pool;
}

static void pick_rollout(struct rollout_trial *trial, int64_t replicas)
{
    trial->rollout = (struct rollout_spec){
        .from = "baseline",
        .to = "proposed",
        .service = 0,
        .at_ns = (int64_t)pick(trial, 120) * MS,
        .batch = 1 + (int64_t)pick(trial, (size_t)replicas),
        .drain_timeout_ns = pick(trial, 4) == 0 ? SPEC_NEVER : (int64_t)pick(trial, 15) * MS,
        .restart_time_ns = (int64_t)(pick(trial, 4) == 0 ? 0 : 1 + pick(trial, 20)) * MS,
        .pause_ns = (int64_t)pick(trial, 10) * MS,
        .watch_ns = 50 * MS,
        .rollback_time_ns = (int64_t)pick(trial, 50) * MS};
    if (rollout_is_reload(&trial->rollout)) /* by chance: only the tests of reloads want one */
        trial->rollout.restart_time_ns = 2 * MS;
}

/* kept[2 * POOLS]: before, after. */
static const struct pool_spec *make_pools(struct rollout_trial *trial, struct pool_spec first,
                                          struct pool_spec second, int64_t replicas,
                                          bool has_database)
{
    struct pool_spec *kept = arena_array(trial->arena, 2 * POOLS, sizeof *kept);
    if (first.kind != second.kind)
        second = first;
    second.acquire_timeout = first.acquire_timeout;
    kept[RANDOM] = put_into_service(first, replicas, has_database);
    kept[POOLS + RANDOM] = put_into_service(second, replicas, has_database);
    for (size_t i = 0; i < 2; i++) {
        struct pool_spec threads = build_pool("threads", POOL_THREADS, 2 + (int64_t)i);
        kept[i * POOLS + THREADS] = put_into_service(threads, replicas, false);
        kept[i * POOLS + THREADS].name = "api.threads";
        kept[i * POOLS + SHARED] = build_pool("shared", POOL_THREADS, 4);
    }
    return kept;
}

static enum discipline pick_discipline(struct rollout_trial *trial)
{
    return (enum discipline)pick(trial, DISCIPLINE_PRIORITY + 1);
}

/* Gives both settings gates, cores and a buffer of their own on each replica. */
static void add_others(struct rollout_trial *trial, struct scenario *of, int64_t replicas)
{
    struct limiter_spec *limiters = arena_array(trial->arena, LIMITERS, sizeof *limiters);
    struct buffer_spec *buffer = arena_alloc(trial->arena, sizeof *buffer);
    struct cpu_spec *cpus = arena_array(trial->arena, CPUS, sizeof *cpus);
    limiters[SHARED_GATE] = build_limiter("limiter", 500, 2);
    limiters[SHARED_GATE].is_waiting = true;
    limiters[GATE] =
        build_limiter("api.gate", 100 + 50 * (double)pick(trial, 9), 1 + (int64_t)pick(trial, 5));
    limiters[GATE].copies = replicas;
    limiters[GATE].service = 0;
    limiters[GATE].is_waiting = pick(trial, 3) > 0;
    limiters[GATE].discipline = pick_discipline(trial);
    *buffer = build_buffer("api.buffer", 20 + (int64_t)pick(trial, 400));
    buffer->copies = replicas;
    buffer->service = 0;
    buffer->is_waiting = pick(trial, 2) == 0;
    buffer->discipline = pick_discipline(trial);
    cpus[DATABASE] = of->cpus[DATABASE];
    cpus[CORES] = build_cpu("api.cores", 300 + (int64_t)pick(trial, 2000));
    cpus[CORES].copies = replicas;
    cpus[CORES].service = 0;
    cpus[CORES].sigma = pick(trial, 2) == 0 ? 0 : 0.03;
    of->limiters = limiters;
    of->limiter_count = LIMITERS;
    of->buffers = buffer;
    of->buffer_count = 1;
    of->cpus = cpus;
    of->cpu_count = CPUS;
}

/* A copy of the steps, in which those on a replica take other times. */
static const struct step *copy_steps(struct rollout_trial *trial, const struct step *steps,
                                     size_t count, bool is_visiting)
{
    struct step *copies = arena_array(trial->arena, count, sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        struct step *copy = &copies[i];
        *copy = steps[i];
        bool is_inside = is_visiting || copy->kind == STEP_VISIT;
        if (is_visiting && copy->kind == STEP_DELAY)
            copy->duration = law_exponential(trial->arena, 0.001 * (double)(1 + pick(trial, 9)));
        copy->steps = copy_steps(trial, steps[i].steps, steps[i].step_count, is_inside);
        struct branch *branches = arena_array(trial->arena, copy->branch_count, sizeof *branches);
        for (size_t b = 0; b < copy->branch_count; b++) {
            branches[b] = steps[i].branches[b];
            branches[b].steps =
                copy_steps(trial, branches[b].steps, branches[b].step_count, is_inside);
        }
        copy->branches = branches;
    }
    return copies;
}

/* Half of the rollouts bring other steps. */
static void pick_steps(struct rollout_trial *trial)
{
    const struct scenario *from = trial->from;
    struct workload_spec *workloads =
        arena_array(trial->arena, from->workload_count, sizeof *workloads);
    trial->rollout.changes_steps = pick(trial, 2) == 0;
    for (size_t w = 0; w < from->workload_count && trial->rollout.changes_steps; w++) {
        workloads[w] = from->workloads[w];
        struct class_spec *classes =
            arena_array(trial->arena, workloads[w].class_count, sizeof *classes);
        for (size_t c = 0; c < workloads[w].class_count; c++) {
            classes[c] = workloads[w].classes[c];
            classes[c].steps = copy_steps(trial, classes[c].steps, classes[c].step_count, false);
        }
        workloads[w].classes = classes;
        trial->to->workloads = workloads;
    }
}

void rollout_trial_make(struct rollout_trial *trial, struct arena *arena, uint32_t number)
{
    static struct trial pools; /* large */
    *trial = (struct rollout_trial){.arena = arena, .number = number};
    struct stream_key key = {.seed = 20260202, .replication = number};
    trial->choices = stream_at(key, stream_id("rollout"), 0, 0);
    int64_t replicas = 1 + (int64_t)pick(trial, 4);
    bool has_database = pick(trial, 3) > 0;
    struct scenario *other = pool_trial_make(&pools, arena, number + 1000000, NULL);
    struct pool_spec second = other->pools[0];
    struct scenario *from = pool_trial_make(&pools, arena, number, NULL);
    struct pool_spec first = from->pools[0];
    const struct pool_spec *kept = make_pools(trial, first, second, replicas, has_database);
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){
        .name = "api", .replicas = replicas, .balance = (enum balance)pick(trial, 3)};
    struct cpu_spec database = build_cpu("database", 1000);
    database.is_database = true;
    database.max_connections = 1 + (int64_t)pick(trial, (size_t)(2 + replicas * first.max));
    build_add_cpus(arena, from, &database, 1);
    add_others(trial, from, replicas);
    from->services = service;
    from->service_count = 1;
    from->workloads = put_into_visits(trial, from);
    from->pools = kept;
    from->pool_count = POOLS;
    from->rollout = &trial->rollout;
    trial->from = from;
    trial->to = arena_alloc(arena, sizeof *trial->to);
    *trial->to = *from;
    add_others(trial, trial->to, replicas);
    trial->to->pools = kept + POOLS;
    pick_rollout(trial, replicas);
    pick_steps(trial);
}

void rollout_trial_make_equal(struct rollout_trial *trial)
{
    trial->to->pools = trial->from->pools;
    trial->to->limiters = trial->from->limiters;
    trial->to->buffers = trial->from->buffers;
    trial->to->cpus = trial->from->cpus;
    trial->to->workloads = trial->from->workloads;
}

/* What waits and how is the same, as a reload asks for. */
static void keep_orders(struct rollout_trial *trial)
{
    struct limiter_spec *limiters = arena_array(trial->arena, LIMITERS, sizeof *limiters);
    struct buffer_spec *buffer = arena_alloc(trial->arena, sizeof *buffer);
    for (size_t l = 0; l < LIMITERS; l++) {
        limiters[l] = trial->from->limiters[l];
        limiters[l].rate_per_s = trial->to->limiters[l].rate_per_s;
        limiters[l].burst = trial->to->limiters[l].burst;
    }
    *buffer = trial->from->buffers[0];
    buffer->capacity = trial->to->buffers[0].capacity;
    trial->to->limiters = limiters;
    trial->to->buffers = buffer;
}

void rollout_trial_make_reload(struct rollout_trial *trial)
{
    struct pool_spec *pool = arena_array(trial->arena, POOLS, sizeof *pool);
    for (size_t p = 0; p < POOLS; p++)
        pool[p] = trial->from->pools[p];
    pool[THREADS].max = pool[THREADS].min = 1 + (int64_t)pick(trial, 4);
    pool->max = 1 + (int64_t)pick(trial, 6);
    if (pool->kind == POOL_THREADS)
        pool->min = pool->max;
    else if (pool->min > 0)
        pool->min = 1 + (int64_t)pick(trial, (size_t)pool->max);
    trial->to->pools = pool;
    keep_orders(trial);
    trial->rollout.batch = (int64_t)pick(trial, 3);
    trial->rollout.drain_timeout_ns = trial->rollout.restart_time_ns = 0;
}

void rollout_trial_open(struct rollout_trial *trial, bool begins)
{
    trial->model = model_compile_rollout(trial->from, trial->to, trial->arena, &trial->err);
    assert_non_null(trial->model);
    trial->system = replication_create(trial->model, trial->number, trial->arena, &trial->err);
    assert_int_equal(trial->err.status, STATUS_OK);
    if (begins)
        rollout_start(trial->system, trial->rollout.at_ns);
}

struct rollout_totals rollout_trial_count(const struct rollout_trial *trial)
{
    const struct replication_state *system = trial->system;
    struct rollout_totals totals = {0};
    for (size_t c = 0; c < trial->model->program->class_count; c++) {
        const struct class_state *class = &system->classes[c];
        totals.arrived += class->counts[GROUP_ARRIVED];
        totals.completed += class->response->count;
        totals.failed += class->counts[GROUP_TIMED_OUT] + class->counts[GROUP_REFUSED] +
                         class->counts[GROUP_LIMITED];
    }
    for (uint32_t id = 0; id < system->lines; id += system->lines_each)
        totals.present += replication_request(system, id)->state.phase != PHASE_FREE;
    return totals;
}

/* Connections of the copy that the database has accepted. */
static int64_t count_accepted(const struct pool *pool)
{
    int64_t accepted = 0;
    for (uint32_t n = 0; n < pool->record_count; n++)
        accepted += pool->connections[n].is_accepted;
    return accepted;
}

/* Of the pools of a replica that is not down. */
static void check_pool(struct rollout_trial *trial, uint32_t copy)
{
    const struct pool *pool = &trial->system->pools[copy];
    int64_t open = pool->open->level;
    assert_true(pool->busy->level <= open);
    assert_true(pool->connects >= trial->connects[copy]); /* no draw is used twice */
    trial->connects[copy] = pool->connects;
    if (open <= pool->max)
        return;
    /* Only what is held may be more, for a while, and only after a reload. */
    assert_true(rollout_is_reload(&trial->rollout));
    assert_int_equal(pool->idle_count, 0);
}

static void check_shut(const struct pool *pool)
{
    assert_int_equal(pool->open->level, 0);
    assert_int_equal(pool->busy->level, 0);
    assert_int_equal(pool->waiting, 0);
}

/* Its values are those that it should have. */
static void check_values(const struct rollout_trial *trial, uint32_t number,
                         const struct scenario *values)
{
    const struct replication_state *system = trial->system;
    const struct program *program = trial->model->program;
    for (size_t p = RANDOM; p <= THREADS; p++)
        assert_ptr_equal(system->pools[program->copies[STATION_POOL].base[p] + number].spec,
                         &values->pools[p]);
    assert_ptr_equal(system->cpus[program->copies[STATION_CPU].base[CORES] + number].spec,
                     &values->cpus[CORES]);
    assert_ptr_equal(system->limiters[program->copies[STATION_LIMITER].base[GATE] + number].spec,
                     &values->limiters[GATE]);
    assert_ptr_equal(system->buffers[program->copies[STATION_BUFFER].base[0] + number].spec,
                     values->buffers);
}

/* Of what is not a pool. */
static void check_others(const struct rollout_trial *trial, uint32_t number, bool is_down)
{
    const struct replication_state *system = trial->system;
    const struct program *program = trial->model->program;
    const struct cpu *cores = &system->cpus[program->copies[STATION_CPU].base[CORES] + number];
    const struct limiter *gate =
        &system->limiters[program->copies[STATION_LIMITER].base[GATE] + number];
    const struct buffer *buffer =
        &system->buffers[program->copies[STATION_BUFFER].base[0] + number];
    int64_t wanted = cores->jobs->level * CPU_MILLI, has = cores->spec->cores_milli;
    assert_int_equal(cores->busy->level, wanted < has ? wanted : has);
    assert_int_equal(buffer->level->level, buffer->put_bytes - buffer->drained_bytes);
    if (!rollout_is_reload(&trial->rollout))
        assert_true(buffer->level->level <= buffer->spec->capacity);
    wide_int until_full = gate->full_at - ((wide_int)system->now << 32);
    assert_true(until_full <= gate->spec->burst * gate->interval);
    if (!is_down)
        return;
    assert_int_equal(cores->jobs->level, 0);
    assert_int_equal(gate->waiting.count, 0);
    assert_int_equal(buffer->waiting.count, 0);
    assert_int_equal(buffer->level->level, 0);
}

static void check_replica(struct rollout_trial *trial, uint32_t number)
{
    const struct replication_state *system = trial->system;
    const struct rollout_replica *replica = &system->rollout->replicas[number];
    const uint32_t *base = trial->model->program->copies[STATION_POOL].base;
    bool is_down = replica->phase == REPLICA_DOWN;
    assert_int_equal(system->services[0].is_out[number], replica->phase != REPLICA_UP);
    if (is_down)
        assert_int_equal(system->services[0].present[number], 0);
    if (replica->phase == REPLICA_UP)
        check_values(trial, number, replica->is_changed ? trial->to : trial->from);
    check_others(trial, number, is_down);
    for (size_t p = RANDOM; p <= THREADS; p++) {
        if (is_down)
            check_shut(&system->pools[base[p] + number]);
        else
            check_pool(trial, base[p] + number);
    }
}

/* Little's law to the nanosecond, through all restarts: what was held and waited for adds up. */
static void check_sums(const struct rollout_trial *trial)
{
    const struct replication_state *system = trial->system;
    const struct program *program = trial->model->program;
    int64_t now = system->now;
    struct presence presence = presence_make(trial->model, trial->arena);
    presence_take(system, &presence);
    for (uint32_t copy = 0; copy < program->copies[STATION_POOL].count; copy++) {
        const struct pool *pool = &system->pools[copy];
        uint64_t held = pool->held_time + (uint64_t)presence.held[STATION_POOL][copy];
        uint64_t queued = pool->queue_time + (uint64_t)presence.waited[STATION_POOL][copy];
        assert_true(held == (uint64_t)time_average_integral(pool->busy, now));
        assert_true(queued == (uint64_t)time_average_integral(pool->queue, now));
    }
    for (uint32_t copy = 0; copy < program->copies[STATION_CPU].count; copy++) {
        const struct cpu *cpu = &system->cpus[copy];
        uint64_t worked = cpu->time_present + (uint64_t)presence.waited[STATION_CPU][copy];
        assert_true(worked == (uint64_t)time_average_integral(cpu->jobs, now));
    }
    for (uint32_t copy = 0; copy < program->copies[STATION_LIMITER].count; copy++) {
        const struct limiter *limiter = &system->limiters[copy];
        uint64_t waited = limiter->queue_time + (uint64_t)presence.waited[STATION_LIMITER][copy];
        assert_true(waited == (uint64_t)time_average_integral(limiter->queue, now));
    }
    for (uint32_t copy = 0; copy < program->copies[STATION_BUFFER].count; copy++) {
        const struct buffer *buffer = &system->buffers[copy];
        uint64_t waited = buffer->queue_time + (uint64_t)presence.waited[STATION_BUFFER][copy];
        assert_true(waited == (uint64_t)time_average_integral(buffer->queue, now));
    }
}

void rollout_trial_check(struct rollout_trial *trial)
{
    struct replication_state *system = trial->system;
    const struct statistics_layout *layout = &trial->model->layout;
    struct rollout_totals totals = rollout_trial_count(trial);
    assert_int_equal(trial->err.status, STATUS_OK);
    assert_int_equal(totals.arrived, totals.completed + totals.failed + totals.present);
    uint32_t replicas = (uint32_t)trial->from->services[0].replicas, out = 0;
    bool is_by_hand = trial->from->buffer_count == 0; /* one pool and the database */
    int64_t accepted = 0, up = 0, cores_up = 0;
    for (uint32_t r = 0; r < replicas; r++) {
        out += system->services[0].is_out[r];
        accepted += count_accepted(&system->pools[r]);
        if (!is_by_hand)
            check_replica(trial, r);
        if (system->rollout->replicas[r].phase == REPLICA_DOWN)
            continue;
        up += system->pools[r].max;
        if (!is_by_hand)
            cores_up += system->cpus[1 + r].spec->cores_milli;
    }
    assert_int_equal(out, system->services[0].out);
    assert_true(out <= system->rollout->batch_size);
    assert_int_equal(accepted, system->cpus[0].connections->level);
    assert_true(accepted <= trial->from->cpus[0].max_connections);
    const struct time_average *capacity = system->rollout->capacity;
    assert_int_equal(capacity[layout_capacity(layout, STATION_POOL,
                                              layout->kinds[STATION_POOL].reported[RANDOM])]
                         .level,
                     up);
    if (!is_by_hand)
        assert_int_equal(capacity[layout_capacity(layout, STATION_CPU,
                                                  layout->kinds[STATION_CPU].reported[CORES])]
                             .level,
                         cores_up);
    check_sums(trial);
}
