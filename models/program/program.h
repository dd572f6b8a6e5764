/* SPDX-License-Identifier: GPL-3.0-or-later */
/* program.h - the steps of each class of requests, compiled to a flat list of operations.
 *
 * A request is an index and a program counter: it runs operations until one of them takes time.
 * What takes no time costs no event, and no name is looked at after compiling.
 *
 * Draws. Each law in a class's steps is a draw with a stream named after where it stands, so that
 * compared settings see the same customers:
 * - "<workload>.arrivals": interarrival times, by number of arrival instant (of an MMPP: unit
 *   exponentials that its rates use up);
 * - "<workload>.state", "<workload>.sojourn" of an MMPP: the first state, by 0; how long each state
 *   lasts, by number of stay;
 * - "<workload>.think" of a closed workload, by number of the customer's thinking; its lap is the
 *   customer;
 * - "<workload>.batch": batch sizes, by number of arrival instant;
 * - "<workload>.class": which class (only with a mix), by number of request in the workload;
 * - "<workload>[.<class>].draw.<n>": the n-th law of the class's steps, counted in the order of
 *   the file, by number of request in the class; its lap counts the rounds of `repeat`;
 * - "<workload>[.<class>].backoff": waits before another attempt, by number of request in the
 *   class; its lap is the number of the attempt;
 * - "<pool>.connect", "<pool>.checkout", "<pool>.random", "<pool>.lifetime": by number of opening,
 *   of taking, of random choice, of connection opened; of a service's pool
 *   "<pool>.<replica>.connect" and so on;
 * - "<limiter>.random", "<buffer>.random": by number of random choice; of a service likewise.
 *
 * A draw outside `choose` and `repeat` is made when the request arrives, from a block of 64 made
 * together, and kept with it; the others when they are needed. The value is the same either way.
 * Attempt k of a request starts at lap k times laps_each, so what it draws is its own, and the same
 * however far the attempts before it came. */
#ifndef CAPSIM_MODELS_PROGRAM_PROGRAM_H
#define CAPSIM_MODELS_PROGRAM_PROGRAM_H

#include "models/spec/station_kind.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"

enum operation_code {
    /* The main loop runs these itself. */
    OPERATION_DELAY,   /* let draw's time pass                                          */
    OPERATION_ACQUIRE, /* take one of pool; draw: its acquire_timeout, if that is a law */
    OPERATION_RELEASE, /* give back what was taken last                                 */
    OPERATION_FINISH,
    OPERATION_RETURN,      /* FINISH of a closed workload or a cycle, which are told of it  */
    OPERATION_WORK,        /* let draw's work be done on cpu                                */
    OPERATION_CHOOSE,      /* go to one of the branches                                     */
    OPERATION_JUMP,        /* go to target                                                  */
    OPERATION_LOOP,        /* enter a repeat: go to target at once when times is 0          */
    OPERATION_AGAIN,       /* end of a round: back to target unless it was the last         */
    OPERATION_TIMER_START, /* from here the request must reach TIMER_STOP within timeout_ns */
    OPERATION_TIMER_STOP,
    OPERATION_STEP_START, /* the named step begins: remember when                              */
    OPERATION_STEP_END,   /* and ends                                                          */
    OPERATION_VISIT,      /* a replica is chosen for what follows                              */
    OPERATION_LEAVE,      /* and left                                                          */
    /* From here on rare_operations.c runs them. */
    OPERATION_STATION, /* verb (station_kind.h), with a station: draw, or fixed_ns bytes     */
    OPERATION_FETCH,   /* fetch                                                             */
    OPERATION_SPAWN,   /* a request of workload `target`                                    */
    OPERATION_BEGIN,   /* the first attempt: start the deadline's timer                     */
    OPERATION_END,     /* stop it                                                           */
    OPERATION_VERSION, /* go to target if the replica that is visited has what a rollout brings */
    OPERATION_CANCEL,  /* in no class's steps: a job that is cancelled ends here (cycle.h)      */
    /* Marks (breakdown_marks.h), only in a program made by program_compile_breakdown. target, step:
       parts. */
    OPERATION_MARK_BEGIN,
    OPERATION_MARK,
    OPERATION_MARK_HOLD,
    OPERATION_MARK_WORK, /* draw, fixed_ns: those of the work; fetch: of rows read, or NULL */
    OPERATION_MARK_END
};

enum { DRAW_NONE = -1, STEP_UNNAMED = -1, SLOT_NONE = -1, MAX_SLOTS = INT16_MAX };

struct branch_target {
    double upto; /* cumulative share; the last is 1 */
    uint32_t target;
};

/* Rows are read up to a limit. */
struct fetch {
    bool is_work; /* on a cpu or database, which is the operation's target; else time passes */
    const struct distribution *offered, *time_per_row;
    uint32_t offered_stream, time_stream;
    int64_t row_limit;
};

/* 32 bytes: two to a cache line. */
struct operation {
    uint16_t code; /* enum operation_code */
    int16_t slot;  /* DELAY: place of its time in the request's drawn values; of what acquires a
                      resource: which of the visits around it picks the copy, outermost 0;
                      SLOT_NONE: neither */
    int step;      /* DELAY, STEP_END: number of the named step in the workload, or STEP_UNNAMED */
    int draw;      /* DELAY, WORK, ACQUIRE, CHOOSE: number of the draw in the class, or DRAW_NONE */
    uint32_t target;  /* JUMP, LOOP, AGAIN: operation; VISIT: service; of a resource: its copy 0;
                         others: see their code                                              */
    int64_t fixed_ns; /* DELAY, WORK, STATION: the time, or size, when it is constant, else -1   */
    union {
        int64_t times;      /* LOOP                                                            */
        int64_t timeout_ns; /* TIMER_START; BEGIN: the deadline, 0 for none                    */
        const struct fetch *fetch;            /* FETCH                                         */
        const struct branch_target *branches; /* CHOOSE                                        */
        const struct station_verb *verb;      /* STATION                                       */
    };
};

/* A law that each request of the class draws from. */
struct draw {
    const struct distribution *law; /* NULL: a uniform, for CHOOSE */
    uint32_t stream;
    int slot; /* place in the request's drawn values, or -1: drawn when needed. A value that
                 the request brings (DISTRIBUTION_OF_REQUEST) is behind the drawn ones */
};

struct class_program {
    uint32_t first_operation;
    const struct draw *draws;
    int draw_count;
    int slot_count;     /* values drawn on arrival                                          */
    int own_count;      /* values behind them that come from the trace                      */
    bool comes_back;    /* ends with OPERATION_RETURN: its customer or cycle has the record */
    uint32_t laps_each; /* laps that an attempt can use                                     */
};

/* Resources of one kind: those of a service exist once for each replica, and the copies of each
 * follow each other. */
struct copies {
    const uint32_t *base; /* [resources] number of its copy 0                                  */
    const uint32_t *of;   /* [count] which resource a copy is one of                           */
    uint32_t count;
};
struct breakdown_list;

/* All classes of all workloads: class number base[w] + c. */
struct program {
    const struct operation *operations;
    uint32_t operation_count;
    uint32_t cancel_operation; /* the one CANCEL */
    const struct class_program *classes;
    size_t class_count;
    struct copies copies[STATION_KINDS]; /* of the resources of each kind                    */
    const size_t *class_base; /* [workloads]                                             */
    const char *const *const *step_names; /* [workloads][step_count[w]]                        */
    const size_t *step_count; /* [workloads]                                             */
    const struct breakdown_list
        *breakdown; /* [workloads] parts of a request's time; NULL: without marks */
    size_t max_parts;
    int max_slots, max_held, max_loops, max_timers, max_marks, max_visits; /* per request */
};

/* Numbers the copies of every resource: fills copies. */
void program_number_copies(const struct scenario *spec, struct program *program,
                           struct arena *arena);

/* The name that a copy's streams begin with: the resource's, and where it has several copies the
 * number of the replica. */
const char *program_copy_name(const struct copies *copies, uint32_t copy, const char *name,
                              int64_t count, struct arena *arena);

/* Compiles the steps of every class. Cannot fail: inputs has checked the spec. */
const struct program *program_compile(const struct scenario *spec, struct arena *arena);
/* The same for a rollout from spec to `to` (spec.h): where that changes steps, a visit of its
 * service has both, and takes those of the replica's version. What is drawn in both has the same
 * streams, counted from the beginning of the visit, so that customers keep their draws. */
const struct program *program_compile_rollout(const struct scenario *spec,
                                              const struct scenario *to, struct arena *arena);
/* The same with a mark behind each operation that takes time. */
const struct program *program_compile_breakdown(const struct scenario *spec, struct arena *arena);

/* The mean number of rounds of `repeat` that end while steps[count] run once. */
double program_expected_rounds(const struct step *steps, size_t count);
/* The mean number of steps that steps[count] run, those inside `repeat` counted once. */
double program_expected_steps(const struct step *steps, size_t count);
/* An upper bound on the rounds of `repeat` that end while steps[count] run once. */
int64_t program_count_laps(const struct step *steps, size_t count);

/* How often steps[count] run a step of this kind that names target, on average. */
double program_expected_visits(const struct step *steps, size_t count, enum step_kind kind,
                               size_t target);
/* mean_s [s], what a step takes without its time-out, cut by it: E[min(S, T)] of a delay whose law
 * has a distribution function, and the smaller one of mean and time-out, an upper bound, of all
 * else. */
double program_expected_cut(const struct step *step, double mean_s);
/* Expected time [s] that steps[count] take without waiting, cut by their time-outs; of laws without
 * a known mean a rough one. */
double program_expected_length(const struct scenario *spec, const struct step *steps, size_t count);

/* Adds to held[pools] the expected time [s] that one request of a class (steps[count]) holds of
 * each, with the time for opening and checkout, times weight. Waits for other pools inside count as
 * nothing, so these are lower bounds. */
void program_expect_holds(const struct scenario *spec, const struct step *steps, size_t count,
                          double weight, double *held);
/* How often a request of a class begins work on cpu, on average. */
double program_expected_jobs(const struct step *steps, size_t count, size_t cpu);
/* Expected work [s] of one request of a class on cpu. */
double program_expected_work(const struct step *steps, size_t count, size_t cpu);

#endif
