/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/cpu.h"
#include "models/engine/model_internal.h"
#include <assert.h>
#include <string.h>

/* Virtual time is in 2^-62 ns, and so is a speed: a job alone has FULL_SPEED. */
enum { FRACTION_BITS = 62, FIRST_WIDTH = 16 };
#define FULL_SPEED ((uint64_t)1 << FRACTION_BITS)
#define ORDER_MASK ((wide_uint)UINT32_MAX)
#define NO_FINISH (~(wide_uint)0)
#define NO_SLOT UINT32_MAX

/* ---- speeds ------------------------------------------------------------------------------ */

/* Rounded up, so that a job whose work is done at a whole nanosecond leaves at that one. Not below
 * 1 [2^-62]. */
static uint64_t compute_speed(const struct cpu_spec *spec, uint32_t jobs)
{
    uint64_t wanted = (uint64_t)jobs * CPU_MILLI, cores = (uint64_t)spec->cores_milli;
    uint64_t speed = FULL_SPEED;
    if (wanted > cores)
        speed = (uint64_t)((((wide_uint)cores << FRACTION_BITS) + wanted - 1) / wanted);
    double slower = cpu_contention(spec, jobs);
    if (slower > 1)
        speed = (uint64_t)((double)speed / slower);
    return speed > 0 ? speed : 1;
}

static bool has_contention(const struct cpu_spec *spec)
{
    return spec->sigma > 0 || spec->kappa > 0;
}

static void grow_speeds(struct replication_state *system, struct cpu *cpu)
{
    uint32_t count = cpu->speed_count ? 2 * cpu->speed_count : 2 * FIRST_WIDTH;
    uint64_t *speeds = arena_array(system->arena, count, sizeof *speeds);
    if (cpu->speed_count > 0)
        memcpy(speeds, cpu->speeds, cpu->speed_count * sizeof *speeds);
    for (uint32_t jobs = cpu->speed_count; jobs < count; jobs++)
        speeds[jobs] = jobs == 0 ? 0 : compute_speed(cpu->spec, jobs);
    cpu->speeds = speeds;
    cpu->speed_count = count;
}

/* ---- the tree of jobs -------------------------------------------------------------------- */

static void set_finish(struct cpu *cpu, uint32_t slot, wide_uint finish)
{
    const wide_uint *finishes = cpu->finish;
    uint32_t winner = slot;
    cpu->finish[slot] = finish;
    for (uint32_t node = cpu->width + slot; node > 1; node /= 2) {
        uint32_t rival = cpu->winner[node ^ 1];
        winner = finishes[rival] < finishes[winner] ? rival : winner;
        cpu->winner[node / 2] = winner;
    }
}

static void grow_tree(struct replication_state *system, struct cpu *cpu)
{
    uint32_t old = cpu->width, width = old ? 2 * old : FIRST_WIDTH;
    wide_uint *finish = arena_array(system->arena, width, sizeof *finish);
    struct cpu_job *places = arena_array(system->arena, width, sizeof *places);
    uint32_t *winner = arena_array(system->arena, 2 * (size_t)width, sizeof *winner);
    if (old > 0) {
        memcpy(finish, cpu->finish, old * sizeof *finish);
        memcpy(places, cpu->places, old * sizeof *places);
    }
    for (uint32_t slot = width; slot-- > old;) {
        finish[slot] = NO_FINISH;
        places[slot].next_free = cpu->free_slot;
        cpu->free_slot = slot;
    }
    for (uint32_t slot = 0; slot < width; slot++)
        winner[width + slot] = slot;
    for (uint32_t node = width - 1; node >= 1; node--) {
        uint32_t left = winner[(size_t)2 * node], right = winner[(size_t)2 * node + 1];
        winner[node] = finish[right] < finish[left] ? right : left;
    }
    cpu->finish = finish;
    cpu->places = places;
    cpu->winner = winner;
    cpu->width = width;
}

/* ---- virtual time ------------------------------------------------------------------------ */

static wide_uint virtual_time_at(const struct cpu *cpu, int64_t now)
{
    return cpu->virtual_time + (wide_uint)cpu->speed * (uint64_t)(now - cpu->updated);
}

void cpu_update(const struct replication_state *system, struct cpu *cpu)
{
    wide_uint now = virtual_time_at(cpu, system->now);
    if (cpu->has_contention)
        cpu->work_given += (now - cpu->virtual_time) * (uint64_t)cpu->jobs->level;
    cpu->virtual_time = now;
    cpu->updated = system->now;
}

/* Sets the alarm to the first nanosecond at which the first job's work is done. */
static void set_alarm(struct replication_state *system, struct cpu *cpu)
{
    wide_uint finish = cpu->finish[cpu->winner[1]];
    int64_t time = ALARMS_NEVER;
    if (cpu->jobs->level > 0) {
        finish &= ~ORDER_MASK;
        wide_uint rest = finish > cpu->virtual_time ? finish - cpu->virtual_time : 0;
        wide_uint wait = cpu->speed == FULL_SPEED ? (rest + FULL_SPEED - 1) >> FRACTION_BITS
                                                  : (rest + cpu->speed - 1) / cpu->speed;
        if (wait < (wide_uint)(ALARMS_NEVER - system->now))
            time = system->now + (int64_t)wait;
    }
    alarms_set(&system->alarms, cpu->alarm, time);
}

/* The jobs that are present share the cores anew. */
static inline void share_out(struct replication_state *system, struct cpu *cpu)
{
    int64_t busy = cpu->busy->level, cores = cpu->spec->cores_milli;
    int64_t wanted = cpu->jobs->level * CPU_MILLI;
    if (wanted > cores)
        wanted = cores;
    if (wanted != busy)
        time_average_change(cpu->busy, wanted - busy, system->now);
    cpu->speed = cpu->speeds[cpu->jobs->level];
    set_alarm(system, cpu);
}

/* The number of jobs becomes one more or one less: all speeds change. */
static void change_jobs(struct replication_state *system, struct cpu *cpu, int64_t change)
{
    time_average_change(cpu->jobs, change, system->now);
    if (cpu->jobs->level == cpu->speed_count)
        grow_speeds(system, cpu);
    share_out(system, cpu);
}

/* ---- jobs -------------------------------------------------------------------------------- */

void cpu_init(struct replication_state *system, uint32_t number, uint32_t alarm)
{
    const struct statistics_layout *layout = &system->model->layout;
    struct statistics *statistics = &system->statistics;
    struct cpu *cpu = &system->cpus[number];
    const struct cpu_spec *spec =
        &system->model->spec->cpus[system->model->program->copies[STATION_CPU].of[number]];
    *cpu = (struct cpu){
        .spec = spec,
        .busy = &statistics->levels[layout_station_level(layout, STATION_CPU, number, CPU_BUSY)],
        .jobs = &statistics->levels[layout_station_level(layout, STATION_CPU, number, CPU_JOBS)],
        .connections =
            &statistics->levels[layout_station_level(layout, STATION_CPU, number, CPU_CONNECTIONS)],
        .slowdown =
            &statistics->tallies[layout_station_tally(layout, STATION_CPU, number, CPU_SLOWDOWN)],
        .counts = &statistics->counts[layout_station_count(layout, STATION_CPU, number, 0)],
        .free_slot = NO_SLOT,
        .alarm = alarm,
        .has_contention = has_contention(spec)};
    grow_speeds(system, cpu);
    grow_tree(system, cpu);
}

void cpu_reload(struct replication_state *system, struct cpu *cpu, const struct cpu_spec *spec)
{
    cpu_update(system, cpu);
    cpu->spec = spec;
    cpu->has_contention = has_contention(spec);
    for (uint32_t jobs = 1; jobs < cpu->speed_count; jobs++)
        cpu->speeds[jobs] = compute_speed(spec, jobs);
    share_out(system, cpu);
}

void cpu_begin(struct replication_state *system, struct cpu *cpu, uint32_t id,
               struct request *request, int64_t demand)
{
    cpu_update(system, cpu);
    if (cpu->jobs->level == 0) {
        cpu->virtual_time = 0;
        cpu->order = 0;
    }
    if (cpu->free_slot == NO_SLOT)
        grow_tree(system, cpu);
    uint32_t slot = cpu->free_slot;
    struct cpu_job *job = &cpu->places[slot];
    cpu->free_slot = job->next_free;
    *job = (struct cpu_job){.demand = demand, .id = id};
    request->since = system->now;
    request->previous = slot;
    replication_set_phase(system, request, PHASE_WORKING);
    wide_uint finish = cpu->virtual_time + ((wide_uint)(uint64_t)demand << FRACTION_BITS);
    set_finish(cpu, slot, (finish & ~ORDER_MASK) | cpu->order++);
    change_jobs(system, cpu, 1);
}

wide_uint cpu_received(const struct replication_state *system, const struct cpu *cpu,
                       const struct request *request)
{
    uint32_t slot = request->previous;
    wide_uint began = (cpu->finish[slot] & ~ORDER_MASK) -
                      ((wide_uint)(uint64_t)cpu->places[slot].demand << FRACTION_BITS);
    return virtual_time_at(cpu, system->now) - began;
}

bool cpu_is_free_slot(const struct cpu *cpu, uint32_t slot)
{
    return cpu->finish[slot] == NO_FINISH;
}

bool cpu_is_done(const struct replication_state *system, const struct cpu *cpu, uint32_t slot)
{
    return virtual_time_at(cpu, system->now) > (cpu->finish[slot] & ~ORDER_MASK);
}

/* The request's job leaves, done or not. cpu_update was called. */
static void remove_job(struct replication_state *system, struct cpu *cpu,
                       const struct request *request)
{
    uint32_t slot = request->previous;
    cpu->time_present += (uint64_t)(system->now - request->since);
    cpu->work_received += cpu_received(system, cpu, request);
    set_finish(cpu, slot, NO_FINISH);
    cpu->places[slot].next_free = cpu->free_slot;
    cpu->free_slot = slot;
    change_jobs(system, cpu, -1);
}

/* a / b in 1e-9, rounded down; b > 0. */
static int64_t divide(int64_t a, int64_t b)
{
    const int64_t unit = 1000000000;
    if (a < INT64_MAX / unit)
        return a * unit / b;
    wide_uint ratio = (wide_uint)(uint64_t)a * (uint64_t)unit / (uint64_t)b;
    return ratio > INT64_MAX ? INT64_MAX : (int64_t)ratio;
}

void cpu_finish(struct replication_state *system, struct cpu *cpu)
{
    uint32_t slot = cpu->winner[1], id = cpu->places[slot].id;
    struct request *request = replication_request(system, id);
    int64_t demand = cpu->places[slot].demand;
    cpu_update(system, cpu);
    /* Work is done to the nanosecond: all of it, and less than one too much. */
    assert(cpu->virtual_time >= (cpu->finish[slot] & ~ORDER_MASK));
    assert(cpu->virtual_time - (cpu->finish[slot] & ~ORDER_MASK) < FULL_SPEED);
    remove_job(system, cpu, request);
    replication_observe(system, cpu->slowdown, divide(system->now - request->since, demand),
                        request->since);
    request->state.operation++;
    replication_make_ready(system, id, request);
}

void cpu_abandon(struct replication_state *system, struct cpu *cpu, const struct request *request)
{
    cpu_update(system, cpu);
    remove_job(system, cpu, request);
}

/* ---- connections ------------------------------------------------------------------------- */

bool cpu_open_connection(struct replication_state *system, struct cpu *cpu)
{
    if (cpu->connections->level >= cpu->spec->max_connections - cpu->spec->reserved) {
        replication_count(system, &cpu->counts[CPU_REFUSED], system->now, 1);
        return false;
    }
    replication_count(system, &cpu->counts[CPU_ACCEPTED], system->now, 1);
    time_average_increase(cpu->connections, system->now);
    return true;
}

void cpu_close_connection(struct replication_state *system, struct cpu *cpu)
{
    time_average_decrease(cpu->connections, system->now);
}
