/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replication_state.h - the state of one replication: requests, stations, what is pending, what was
 * observed.
 *
 * A request is in exactly one place: free, ready, delayed, working on one cpu, waiting in one pool,
 * limiter or buffer, getting a connection in hand, or waiting for its next attempt. Only pool.c
 * moves it in and out of the two of a pool, cpu.c on and off a cpu, limiter.c and buffer.c in and
 * out of theirs, retry.c of the last; only replication_loop.h, operations.c and
 * rare_operations.c run its operations.
 *
 * Order at one instant: first what was scheduled (delays, connections that open), in order of
 * scheduling; then arrivals, by workload; then work that is done, by cpu; then the tokens of
 * limiters; then connections that pools open by themselves; then time-outs (so one who is served at
 * the very instant of its deadline is served); then closings; then the cycles of
 * fleets, by workload; then the rollout. A request that was granted something goes on, in order of
 * granting, before the next event. */
#ifndef CAPSIM_MODELS_ENGINE_REPLICATION_STATE_H
#define CAPSIM_MODELS_ENGINE_REPLICATION_STATE_H

#include "models/engine/follow.h"
#include "models/engine/model.h"
#include "models/engine/request_phase.h"
#include "models/metrics/metrics.h"
#include "models/metrics/statistics.h"
#include "models/program/program.h"
#include "sim/kernel/alarms.h"
#include "sim/kernel/calendar.h"

/* Records are whole cache lines, and a request's id is the number of its first line: finding it is
 * a shift. */
enum { REQUEST_LINE = 64 };
#define NO_REQUEST UINT32_MAX
#define NO_ALARM UINT32_MAX
#define NO_CONNECTION UINT32_MAX

/* Something taken and not yet given back. */
struct held {
    uint32_t pool; /* number of the copy among the pools'; behind those the next kinds'          */
    uint32_t connection;
    int64_t since; /* assigned, opening included [ns]                                          */
};

/* A replica that the request stays on. */
struct visit {
    uint32_t service, replica;
};

/* A service in a replication: how many are on each replica, and whose turn is next. */
struct service_state {
    const struct service_spec *spec;
    uint32_t *present; /* [replicas] */
    uint32_t turn;
    uint32_t out; /* replicas that take no requests, in a rollout; is_out[replicas]: which */
    bool *is_out;
};

struct class_state;

/* What a request is and where it stands. A new one is a copy of its class's. */
struct request_state {
    const struct operation *operation; /* to run next, or that it waits in                      */
    struct class_state *class;
    uint32_t lap; /* rounds of repeat so far                                         */
    uint8_t phase, held_count, loop_count, timer_count, mark_count, visit_count;
    bool will_fail; /* OPENING: the connect will run into its timeout                  */
    uint16_t level; /* of priority, 0 first                                           */
};

/* The head of a request's record; its held, rounds, marks follow the drawn values (replication_held
 * ...). */
struct request {
    struct request_state state;
    uint32_t next, previous; /* neighbours in the list it is in                                */
    uint32_t index;          /* which request of its class                                     */
    uint32_t attempt;        /* failed so far; only where requests are tried again              */
    int64_t arrived;
    int64_t since; /* when the delay or the work began, or when it asked [ns]         */
    int64_t drawn[];
};

/* What a class's requests need at hand. */
struct class_state {
    const struct class_program *program;
    struct request_state fresh; /* of a new request                                            */
    uint32_t next_index;
    int64_t (*blocks)[STREAM_BLOCK]; /* [slots] values of the current 64 indices               */
    const struct draw **slot_draws;  /* [slots]                                                */
    struct tally *response, *response_failed;
    struct time_average *in_system, *in_system_whole; /* the second only for a class of a mix   */
    uint64_t *counts;      /* GROUP_COUNTS                                           */
    struct tally *steps;   /* of the workload                                        */
    struct source *source; /* of the workload                                      */
    int slot_count;
    const struct retry_spec *retry; /* NULL: no failed attempt is tried again                  */
    uint32_t backoff_stream;
    bool has_deadline;
    bool has_more_levels; /* in_system_whole or the system's memory                              */
};

struct source;    /* arrivals.h: a workload's arrivals */
struct pool;      /* pool.h                            */
struct cpu;       /* cpu.h                             */
struct limiter;   /* limiter.h                        */
struct buffer;    /* buffer.h                         */
struct rollout;   /* rollout.h                        */
struct breakdown; /* breakdown.h                           */
struct watcher;   /* watched_loop.h                        */

enum { REPLICATION_LOOK = 4096 }; /* events between two looks for an interruption */

struct replication_state {
    int64_t now;
    uint64_t event_hash; /* of all events so far (event_hash.h) */
    const struct operation *operations;
    struct follow follow;
    struct calendar events; /* of requests: the end of a delay or of an opening               */
    struct events timers; /* of time limits that are not in order: id = request * timers_each + k */
    struct alarms alarms;
    uint32_t timer_alarm;
    uint32_t ready_first, ready_last;
    char *requests; /* [lines * REQUEST_LINE] records of lines_each lines */
    uint32_t lines, lines_each;
    uint32_t free_first;
    uint32_t timers_each; /* 0: waiting; 1..: nested step timeouts; the last: the deadline      */
    size_t held_offset, rounds_offset, marks_offset, visits_offset, job_offset, laps_offset;
    struct pool *pools; /* [copies of all pools]                                               */
    struct limiter *limiters; /* [copies of all limiters], and so on                           */
    struct buffer *buffers;
    struct cpu *cpus;
    void *stations[STATION_KINDS]; /* all copies of each kind, those four as well              */
    struct service_state *services;
    struct source *sources;
    uint32_t source_count;
    struct class_state *classes;
    struct statistics statistics;
    struct time_average *memory; /* [MEMORY_LEVELS]; NULL: not asked for                       */
    int64_t memory_per_request;
    int64_t instant; /* of the last arrival, and how many came at that instant            */
    uint64_t at_this_instant;
    struct stream_key key;
    const struct model *model;
    struct arena *arena;
    struct error *err;       /* set when the replication cannot go on                             */
    bool must_stop;          /* the main loop, after this alarm: err is set, or is_over           */
    bool is_over;            /* the last load test has ended                                      */
    uint32_t load_tests;     /* that are not over yet                                             */
    struct rollout *rollout; /* NULL: the model has none                                    */
    struct breakdown
        *breakdown;          /* breakdown.h; NULL: where the time goes is not asked            */
    uint32_t until_look;     /* events until an interruption is looked for              */
    uint32_t unchecked;      /* events since all invariants were checked (invariants.h) */
    struct watcher *watcher; /* watched_loop.h; the fast loop does not look at it               */
};

/* The request of that number, and what follows it in its record: what it holds, the rounds of
 * its repeats, when its named steps began. */
static inline struct request *replication_request(const struct replication_state *system,
                                                  uint32_t id)
{
    return (struct request *)(void *)(system->requests + (size_t)id * REQUEST_LINE);
}
static inline struct held *replication_held(const struct replication_state *system,
                                            struct request *request)
{
    return (struct held *)(void *)((char *)request + system->held_offset);
}
static inline int64_t *replication_rounds(const struct replication_state *system,
                                          struct request *request)
{
    return (int64_t *)(void *)((char *)request + system->rounds_offset);
}
static inline int64_t *replication_marks(const struct replication_state *system,
                                         struct request *request)
{
    return (int64_t *)(void *)((char *)request + system->marks_offset);
}

static inline struct visit *replication_visits(const struct replication_state *system,
                                               struct request *request)
{
    return (struct visit *)(void *)((char *)request + system->visits_offset);
}

/* What the request's operation asks for: the copy of a pool, cpu, limiter or buffer; of a service's
 * resource the one on its replica. */
static inline uint32_t replication_copy_asked(const struct replication_state *system,
                                              const struct request *request)
{
    const struct operation *operation = request->state.operation;
    if (__builtin_expect(operation->slot == SLOT_NONE, 1))
        return operation->target;
    const char *record = (const char *)request;
    const struct visit *visits =
        (const struct visit *)(const void *)(record + system->visits_offset);
    return operation->target + visits[operation->slot].replica;
}

/* Ends the program unless the request may change to that phase. Defined in invariants.c, and called
 * only when compiled with CAPSIM_CHECK. */
void invariants_assert_phase(const struct replication_state *system, const struct request *request,
                             enum request_phase phase);

/* The request is in that phase from now on: the one place where that is set. */
static inline void replication_set_phase(const struct replication_state *system,
                                         struct request *request, enum request_phase phase)
{
#ifdef CAPSIM_CHECK
    invariants_assert_phase(system, request, phase);
#else
    (void)system;
#endif
    request->state.phase = (uint8_t)phase;
}

/* The record is that of a new request of the class. */
static inline void replication_renew_request(const struct replication_state *system,
                                             struct request *request,
                                             const struct class_state *class)
{
    replication_set_phase(system, request, class->fresh.phase);
    request->state = class->fresh;
}

/* The request goes on at this instant, after those that are ready already. */
static inline void replication_make_ready(struct replication_state *system, uint32_t id,
                                          struct request *request)
{
    replication_set_phase(system, request, PHASE_READY);
    request->next = NO_REQUEST;
    if (system->ready_first == NO_REQUEST)
        system->ready_first = id;
    else
        replication_request(system, system->ready_last)->next = id;
    system->ready_last = id;
}

/* Observes what began at `began` and lasted to now, or counts it, where it is to be (follow.h). */
static inline void replication_observe(struct replication_state *system, struct tally *tally,
                                       int64_t value, int64_t began)
{
    if (__builtin_expect(began < system->follow.common, 0))
        follow_observe_rare(system, tally, value, began);
    else
        tally_add(tally, value);
}
static inline void replication_count(struct replication_state *system, uint64_t *count,
                                     int64_t began, int64_t change)
{
    if (__builtin_expect(began < system->follow.common, 0))
        follow_count_rare(system, count, began, change);
    else
        *count += (uint64_t)change;
}
/* The end of a request, or of a cycle. */
static inline void replication_observe_end(struct replication_state *system, struct tally *tally,
                                           int64_t began)
{
    if (__builtin_expect(began < system->follow.common, 0))
        follow_end_rare(system, tally, system->now - began, began);
    else
        tally_add(tally, system->now - began);
}

/* So many bytes more or less; system->memory is there. */
static inline void replication_change_memory(struct replication_state *system,
                                             enum memory_level part, int64_t bytes)
{
    time_average_change(&system->memory[MEMORY_ALL], bytes, system->now);
    time_average_change(&system->memory[part], bytes, system->now);
}

/* Wakes the timers' alarm no later than time. */
static inline void replication_schedule_timer(struct replication_state *system, uint32_t timer,
                                              int64_t time)
{
    events_schedule(&system->timers, timer, time);
    if (time < alarms_time(&system->alarms, system->timer_alarm))
        alarms_set(&system->alarms, system->timer_alarm, time);
}

/* Lets everything happen that happens before `until` [ns], and sets the clock to it. Returns false
 * when the replication cannot go on: err says why, or the last load test has ended (is_over), and
 * the clock stands where that was, or it was interrupted (replications_must_stop). */
bool replication_run_until(struct replication_state *system, int64_t until);

/* Something was done that takes no time and could go on at this instant for as long as it likes:
 * another attempt, another round, another job. Returns true when the replication was interrupted
 * meanwhile: nobody is ready any more, and the main loop stops after this event. */
bool replication_is_broken_off(struct replication_state *system);

/* Makes room for more requests; all records may move, so pointers to them are spent. Returns false,
 * with err filled, when the limit of requests present is reached. */
__attribute__((cold)) bool replication_grow_requests(struct replication_state *system);

/* A free record, or NO_REQUEST as replication_grow_requests fails. Records may move. */
static inline uint32_t replication_take_request(struct replication_state *system)
{
    if (__builtin_expect(system->free_first == NO_REQUEST, 0) && !replication_grow_requests(system))
        return NO_REQUEST;
    uint32_t id = system->free_first;
    system->free_first = replication_request(system, id)->next;
    return id;
}

/* For stations of other kinds than pools: the request has copy `copy` of that kind from now on. To
 * let go of it: one less in held_count. */
void replication_hold(struct replication_state *system, struct request *request,
                      enum station_number kind, uint32_t copy);
/* The kind of what is held by the number in struct held, which becomes that of its copy. */
enum station_number replication_kind_held(const struct replication_state *system, uint32_t *number);

enum failure {
    FAILURE_TIMEOUT,
    FAILURE_REFUSED,
    FAILURE_LIMITED,  /* refused by a rate limiter                                               */
    FAILURE_DEADLINE, /* a time-out of the request as a whole: it is not tried again            */
    FAILURE_CANCELLED /* a job whose cycle is replaced: likewise                                */
};
/* Ends the request's attempt: its work is broken off; what it holds is given back, last taken
 * first; its timers and its event are forgotten. Then it waits for its next attempt, or it ends and
 * is counted. It is in no list of a pool, limiter or buffer. */
void replication_fail_request(struct replication_state *system, uint32_t id, enum failure failure);
/* The same for one that may wait anywhere, and leaves the list it is in; it is not READY. */
void replication_cut_short(struct replication_state *system, uint32_t id, enum failure failure);

/* The pool that the request waits for, in its queue or for a connection; NULL: it does not. */
struct pool *replication_pool_awaited(const struct replication_state *system,
                                      struct request *request);

/* Value n of draw for this request, now; see program.h. */
int64_t replication_draw_ns(const struct replication_state *system, const struct request *request,
                            const struct draw *draw);
double replication_draw_uniform(const struct replication_state *system,
                                const struct request *request, const struct draw *draw);

#endif
