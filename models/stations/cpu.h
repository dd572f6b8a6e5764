/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpu.h - processors shared by all that work on them at once: a cpu, and the processors of a
 * database with the connections that it accepts.
 *
 * With n jobs present each advances at the speed min(1, cores / n) / (1 + sigma (n - 1) + kappa n
 * (n - 1)): processor sharing, slowed down by contention. Without contention this is the
 * egalitarian limit of round robin (Kleinrock, Queueing Systems 2 (1976), ch. 4). With as many
 * cores as jobs the throughput of N jobs that never pause is lambda N / (1 + sigma (N - 1) + kappa
 * N (N - 1)), the Universal Scalability Law (Gunther, Guerrilla Capacity Planning (2007),
 * eq. 4.31); with fewer, the sharing of cores comes on top. N is the number present, not the number
 * on a core: one that was preempted keeps its locks and its share of the caches, so more jobs than
 * cores do harm.
 *
 * Virtual time is the work that each job present since the last idle instant has got. It runs at
 * the common speed, so jobs leave in order of the virtual time of their arrival plus their demand,
 * and only the first of them needs an alarm: O(log n) for an arrival or a departure, n the most
 * present so far (Parekh & Gallager, "A generalized processor sharing approach to flow control",
 * IEEE/ACM Trans. Networking 1 (1993)). It is a fixed-point number of 2^-62 ns. A speed of 1 is
 * exact; any other is rounded up by less than 2^-62, so a job that stays for a century is off by
 * less than a nanosecond, and nothing builds up: an idle cpu starts again from 0. A job leaves at
 * the first nanosecond at which its work is done.
 * Invariants:
 * (1) busy = min(jobs, cores);
 * (2) every job's virtual finish is at or after virtual_time, but for those that leave at this very
 *     instant;
 * (3) a request that is WORKING has one slot, in `previous`.
 * Owner: the replication's arena. */
#ifndef CAPSIM_MODELS_STATIONS_CPU_H
#define CAPSIM_MODELS_STATIONS_CPU_H

#include "models/engine/replication_state.h"
#include "models/spec/cpu_capacity.h"

/* A place for one job. */
struct cpu_job {
    int64_t demand; /* [ns]                                                                    */
    uint32_t id;    /* of the request                                                          */
    uint32_t next_free;
};

struct cpu {
    const struct cpu_spec *spec;
    struct time_average *busy;        /* thousandths of a core                                  */
    struct time_average *jobs;        /* present                                                */
    struct time_average *connections; /* of the pools that name it, opening included            */
    struct tally *slowdown;           /* time taken / demand, in 1e-9                           */
    uint64_t *counts;                 /* CPU_COUNTS                                             */
    wide_uint virtual_time;           /* [2^-62 ns] at updated                                  */
    int64_t updated;
    uint64_t speed;   /* of each job since updated [2^-62]                                      */
    uint64_t *speeds; /* [speed_count] with 0, 1, 2 ... jobs                                    */
    uint32_t speed_count;
    wide_uint *finish;      /* [width] virtual time of a slot's departure; its last 32 bits are the
                          order of arrival instead, so of equals the first goes first           */
    uint32_t *winner;       /* [2 * width] tree over the slots: node 1 has the first to leave */
    struct cpu_job *places; /* [width] */
    uint32_t width, free_slot, order, alarm;
    bool has_contention;
    /* For the self-checks, since the observation began: */
    uint64_t time_present;   /* of all that left [ns, modulo 2^64]                              */
    wide_uint work_received; /* by all that left [2^-62 ns, modulo 2^128]                       */
    wide_uint work_given;    /* jobs * speed over time, with contention only                    */
};

/* Makes copy number `number` (program.h) idle. alarm: its slot. */
void cpu_init(struct replication_state *system, uint32_t number, uint32_t alarm);

/* Its cores, contention and connections become those of spec, which is of the same kind, while it
 * goes on: work that was done stays done; of connections beyond the new limit no one is closed. */
void cpu_reload(struct replication_state *system, struct cpu *cpu, const struct cpu_spec *spec);

/* The request works for demand [ns, > 0] and is WORKING from now on. */
void cpu_begin(struct replication_state *system, struct cpu *cpu, uint32_t id,
               struct request *request, int64_t demand);
/* The alarm: the first that is done goes on. */
void cpu_finish(struct replication_state *system, struct cpu *cpu);
/* Takes a request that is WORKING off the cpu: it has failed. */
void cpu_abandon(struct replication_state *system, struct cpu *cpu, const struct request *request);

/* Work that a WORKING request has received so far [2^-62 ns]. */
wide_uint cpu_received(const struct replication_state *system, const struct cpu *cpu,
                       const struct request *request);
/* For station_checks.h: whether a slot (< width) has no job; whether its job's work is done by now,
 * and has been for a nanosecond. */
bool cpu_is_free_slot(const struct cpu *cpu, uint32_t slot);
bool cpu_is_done(const struct replication_state *system, const struct cpu *cpu, uint32_t slot);
/* Brings virtual_time and work_given to the present. */
void cpu_update(const struct replication_state *system, struct cpu *cpu);

/* One more connection, if the database accepts it: false is counted as refused. Each accepted one
 * is given back by cpu_close_connection. */
bool cpu_open_connection(struct replication_state *system, struct cpu *cpu);
void cpu_close_connection(struct replication_state *system, struct cpu *cpu);

#endif
