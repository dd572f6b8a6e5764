/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec.h - a scenario as checked structs: what inputs makes, models compile and reports cite.
 *
 * Immutable once read. Units are resolved: durations int64 ns, rates per second, sizes in bytes,
 * shares 0..1. Everything lives in one arena. Indices (pool, workload ...) are positions in the
 * arrays of struct scenario, in the order of the file. One struct scenario is the scenario under
 * one setting: overrides are already applied. */
#ifndef CAPSIM_MODELS_SPEC_SPEC_H
#define CAPSIM_MODELS_SPEC_SPEC_H

#include "models/spec/arrival_trace.h"
#include "sim/random/distribution.h"
#include "sim/study/verdict.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPEC_NO_SERVICE SIZE_MAX
#define SPEC_NO_CPU SIZE_MAX
#define SPEC_NEVER INT64_MAX  /* a duration that is not limited */
enum { SPEC_UNLIMITED = -1 }; /* a count that is not limited    */

/* Limits beyond which a scenario is refused with a message, not simulated badly. */
enum {
    SPEC_MAX_RESOURCES = 10000,
    SPEC_MAX_WORKLOADS = 1000,
    SPEC_MAX_REPLICAS = 1000,
    SPEC_MAX_STEPS = 100000, /* steps in the file                                           */
    SPEC_MAX_NESTING = 64,   /* steps inside steps                                          */
    SPEC_MAX_HELD = 32,      /* resources held at once by one request                       */
    SPEC_MAX_REPLICATIONS = 1000000,
    SPEC_MAX_CUSTOMERS = 1000000, /* of a closed workload: below STREAM_MAX_LAP */
    SPEC_MAX_POOL = 1000000000,
    SPEC_MAX_LAPS = 1 << 21 /* twice what a request's draws can be numbered by */
};

/* The kinds of resources (station_kind.h), in the order of their metrics. */
enum station_number { STATION_POOL, STATION_LIMITER, STATION_BUFFER, STATION_CPU, STATION_KINDS };

enum discipline { DISCIPLINE_FIFO, DISCIPLINE_LIFO, DISCIPLINE_RANDOM, DISCIPLINE_PRIORITY };
enum reuse { REUSE_LIFO, REUSE_FIFO };
enum pool_kind { POOL_CONNECTIONS, POOL_THREADS };

/* In what real pools differ. The first of each is what a pool without a dialect does. */
enum min_rule {
    MIN_FLOOR,      /* idle connections are closed only above min                            */
    MIN_FILL,       /* and the pool opens by itself up to min                                */
    MIN_IDLE_TARGET /* min counts idle connections: the pool opens by itself to have as many */
};
enum connect_for {
    CONNECT_FOR_ASKER,  /* the request that caused a connect waits for it, even if one comes free */
    CONNECT_FOR_ANYONE, /* requests wait; the pool opens as many as wait; the first in the queue  */
                        /*   gets one                                                             */
    CONNECT_FOR_WAITING /* as ASKER for a newcomer, as ANYONE for requests in the queue */
};
enum timeout_covers { COVERS_QUEUE, COVERS_QUEUE_AND_CONNECT };
enum connect_failure { CONNECT_FAILURE_FAILS_ASKER, CONNECT_FAILURE_RETRIES };

/* What only a dialect sets (dialect.h); zeros: nothing of it. Times in ns. */
struct pool_rules {
    int64_t timeout_sweep_ns;   /* period of the search for waits that are too long             */
    int64_t sweep_first_ns;     /* when the sweeps begin                                        */
    bool sweeps_from_first_use; /* they begin with the first acquire                            */
    bool spares_idle;        /* one whose idle limit ends at the floor stays until its next use */
    int64_t fill_every_ns;   /* period at which min is looked at; 0: at once                    */
    int64_t fill_most;       /* connects that one look starts; 0: any number                    */
    bool queues_connects;    /* each waiting request, and each closing, orders a connect, which */
                             /*   is made if min wants it even when no request waits any more */
    int64_t opens_at_start;  /* open from the start                                          */
    bool fails_fast;         /* after a failed connect, without any connection, requests are */
                             /*   refused                                                    */
    int64_t opener_most;     /* most that the pool opens by itself at once; 0: any number    */
    bool times_lifetime;     /* each lifetime has a timer: it ends at once, not at a sweep   */
    bool keeps_old;          /* age is not looked at on release, nor by any alarm            */
    bool drops_old;          /* an old connection is closed when it would be taken           */
    bool reopens_old;        /* and one opens in its place                                   */
    int64_t lifetime_gap_ns; /* least time between two closings of old ones                  */
};

/* connection_pool and thread_pool: one state machine. Threads exist from the start. */
struct pool_spec {
    const char *name;
    enum pool_kind kind;
    int64_t max;         /* connections or threads, >= 1                    */
    int64_t min;         /* 0..max; a thread pool has min = max             */
    const char *dialect; /* NULL: none                                      */
    enum discipline discipline;
    const struct distribution
        *acquire_timeout; /* s; a limit on queueing; NULL: none (queue_timeout of threads) */
    int64_t queue_limit;  /* most requests that may wait; SPEC_UNLIMITED                   */
    const struct distribution *connect;  /* s; NULL or constant 0: takes no time             */
    int64_t connect_timeout_ns;          /* SPEC_NEVER: none                                 */
    int64_t connect_concurrency;         /* most connections opening at once; SPEC_UNLIMITED */
    const struct distribution *checkout; /* s; cost of taking an open connection; NULL: none */
    int64_t idle_timeout_ns;             /* SPEC_NEVER: none; applies above min              */
    int64_t max_lifetime_ns;             /* SPEC_NEVER: none                                 */
    int64_t max_uses;                    /* SPEC_UNLIMITED: none                             */
    enum reuse reuse;
    bool is_persistent; /* false: opened and closed for each use           */
    bool has_max_idle;  /* one given back when max_idle are idle is closed */
    int64_t max_idle;
    enum min_rule min_rule;
    enum connect_for connect_for;
    enum timeout_covers timeout_covers;
    enum connect_failure on_connect_failure;
    int64_t connect_pause_ns; /* an opener rests so long after each connect; 0: none */
    int64_t retry_first_ns,
        retry_last_ns;         /* rest after a failed connect, doubling; 0: as default      */
    int64_t checkout_after_ns; /* checkout is paid after so long idle; 0: always            */
    int64_t sweep_ns;          /* period of looking at idle and lifetime limits; 0: at once */
    double lifetime_jitter;    /* each lifetime is shorter by up to this share              */
    struct pool_rules rules;
    double memory_per_unit; /* bytes per open connection or thread                        */
    int64_t copies;         /* 1, or the replicas of its service: each has one of its own */
    size_t service;         /* index of the service it belongs to, or SPEC_NO_SERVICE     */
    bool draws_on_database; /* each connection is one of a database's                     */
    size_t database;        /* its index among the cpus                                   */
};

enum balance { BALANCE_ROUND_ROBIN, BALANCE_RANDOM, BALANCE_LEAST_BUSY };

/* A group of resources that exists several times over; a request inside a visit stays on one
 * replica. */
struct service_spec {
    const char *name;
    int64_t replicas; /* >= 1 */
    enum balance balance;
};

/* cpu and database: processors shared by all that work on them. A database accepts connections
 * besides. */
struct cpu_spec {
    const char *name;
    int64_t copies; /* as of a pool */
    size_t service;
    bool is_database;
    int64_t cores_milli;     /* thousandths of a core, >= 1                       */
    double sigma, kappa;     /* contention and coherency of the USL, >= 0         */
    int64_t max_connections; /* DATABASE                                          */
    int64_t reserved;        /* DATABASE: of these, for others; < max_connections */
};

/* A token bucket: `burst` tokens when full, refilled continuously. */
struct limiter_spec {
    const char *name;
    int64_t copies; /* as of a pool */
    size_t service;
    double rate_per_s; /* tokens                                                          */
    int64_t burst;     /* >= 1                                                            */
    bool is_waiting;   /* a request that finds no token waits for one; false: is refused  */
    enum discipline discipline; /* which waiting request is next */
};

/* What is put in stays until a drain empties it. */
struct buffer_spec {
    const char *name;
    int64_t copies; /* as of a pool */
    size_t service;
    int64_t capacity;           /* bytes, >= 1                                              */
    bool is_waiting;            /* what does not fit waits until it does; false: is dropped */
    enum discipline discipline; /* which waiting request is next                            */
};

enum step_kind {
    STEP_DELAY,
    STEP_WORK,
    STEP_HOLD,
    STEP_CHOOSE,
    STEP_REPEAT,
    STEP_VISIT,
    STEP_PASS,
    STEP_PUT,
    STEP_DRAIN,
    STEP_FETCH,
    STEP_SPAWN
};

struct step;
struct branch {
    double share; /* the branches of a step add up to 1 */
    const struct step *steps;
    size_t step_count;
};

/* One step of a request. Which fields count depends on kind. */
struct step {
    enum step_kind kind;
    const char *name;   /* reported by that name; NULL: not reported                      */
    int64_t timeout_ns; /* SPEC_NEVER: none; the request fails when the step takes longer */
    const struct distribution *duration; /* DELAY, s; WORK: demand, s alone on a core; FETCH: of
                                            one row */
    enum station_number station;         /* HOLD: the kind of what is held                     */
    size_t pool;                         /* HOLD: its index among that kind                    */
    size_t cpu;                          /* WORK: index of the cpu; FETCH: or SPEC_NO_CPU      */
    size_t service;                      /* VISIT: index of the service                        */
    size_t target;                       /* PASS: limiter; PUT, DRAIN: buffer; SPAWN: workload */
    const struct distribution *size;     /* PUT, bytes; FETCH, rows offered                    */
    int64_t row_limit;                   /* FETCH, rows                                        */
    int64_t times;                       /* REPEAT, >= 0                                       */
    const struct branch *branches;       /* CHOOSE                                             */
    size_t branch_count;
    const struct step *steps; /* HOLD, REPEAT: what is inside */
    size_t step_count;
};

/* A class of requests. A workload without a mix has one class, with name NULL and share 1. */
struct class_spec {
    const char *name;
    double share;     /* the classes of a workload add up to 1           */
    int64_t priority; /* 0 first                                         */
    const struct step *steps;
    size_t step_count;
};

enum arrival_process {
    ARRIVAL_POISSON,
    ARRIVAL_RENEWAL,
    ARRIVAL_MMPP,
    ARRIVAL_CLOSED,
    ARRIVAL_LOAD_TEST,
    ARRIVAL_TRACE,
    ARRIVAL_CYCLE,
    ARRIVAL_NONE /* only spawned */
};

/* What happens to a cycle that is due while the one before runs; see cycle.h. */
enum overrun {
    OVERRUN_WAIT,
    OVERRUN_QUEUE,
    OVERRUN_SKIP,
    OVERRUN_COALESCE,
    OVERRUN_OVERLAP,
    OVERRUN_REPLACE
};

/* A fleet of jobs that is released anew each period. */
struct cycle_spec {
    int64_t every_ns; /* > 0                                                               */
    int64_t jobs;     /* >= 1                                                              */
    enum overrun overrun;
    int64_t spread_ns; /* 0..every_ns: over which the jobs of a cycle are released          */
    int64_t barrier;   /* jobs of a chunk, >= 1, which end before the next begin; 0: none   */
};

/* A state of a Markov-modulated Poisson process. */
struct mmpp_state {
    double rate_per_s;                  /* >= 0                                            */
    const struct distribution *sojourn; /* s, exponential                                  */
};

struct profile_point {
    int64_t time_ns; /* the first at 0, then never earlier than the one before; two at one time:
                        a jump */
    double factor;   /* >= 0 */
};

/* A factor on the rate, linear between the points; see profile.h. */
struct profile_spec {
    const struct profile_point *points; /* count >= 1 */
    size_t count;
    int64_t period_ns; /* >= the last time, > 0, and the factor is linear from the last point
                          to the first of the next round; SPEC_NEVER: the last factor stays */
};

/* POISSON, RENEWAL, MMPP and TRACE are open: they do not look at the system.
 * - MMPP: goes through its states in turn for ever and starts in one as it would be found after a
 *   long time: in each with chance its share of the time, drawn anew for each replication.
 * - CLOSED: each customer thinks, sends a request, waits for its end (also by failing), thinks
 *   again; all begin to think at time 0.
 * - LOAD_TEST: customers who do not think, until `requests` are sent or `duration_ns` has passed;
 *   the measured time ends when the last of their requests does.
 * - CYCLE: see cycle.h.
 * - TRACE: arrivals from a file, the same in every replication; time 0 of the file is the start of
 *   the simulation. Played faster by its scale; after the last row it is over, or begins again. */
struct arrival_spec {
    enum arrival_process process;
    double rate_per_s; /* of arrival instants in the long run, without profile: POISSON as given,
                          RENEWAL 1 / mean, MMPP by its states, TRACE of one playing, CYCLE
                          jobs / every; else 0 */
    const struct distribution *interarrival; /* s; POISSON, RENEWAL; MMPP: exponential of mean 1 */
    const struct distribution
        *batch; /* number arriving together, rounded to the nearest integer >= 0; NULL: 1 */
    const struct mmpp_state *states; /* MMPP, at least one with a rate above 0 */
    size_t state_count;
    int64_t customers;                /* CLOSED, LOAD_TEST (concurrency), >= 1            */
    const struct distribution *think; /* CLOSED, s                                        */
    int64_t requests;                 /* LOAD_TEST, >= 1; SPEC_UNLIMITED                  */
    int64_t duration_ns;              /* LOAD_TEST; SPEC_NEVER                            */
    int64_t start_ns;                 /* LOAD_TEST: everybody's first request, from the start of the
                                           measured time on */
    bool has_start;                   /* LOAD_TEST: somebody said when                    */
    const struct arrival_trace *trace;  /* TRACE; LOAD_TEST: whose rows its requests bring, in
                                           turn; or NULL                                    */
    struct cycle_spec cycle;            /* CYCLE                                            */
    const struct profile_spec *profile; /* of an open process; NULL: none                   */
};

/* True if customers come back: a closed workload or a load test. */
static inline bool arrival_is_closed(const struct arrival_spec *arrivals)
{
    return arrivals->process == ARRIVAL_CLOSED || arrivals->process == ARRIVAL_LOAD_TEST;
}

/* True if the workload is told of the end of each of its requests. */
static inline bool arrival_awaits_ends(const struct arrival_spec *arrivals)
{
    return arrival_is_closed(arrivals) || arrivals->process == ARRIVAL_CYCLE;
}

/* A request whose attempt fails gives back all it holds, waits, and starts over. */
struct retry_spec {
    int64_t attempts;                   /* most, the first included; 0 or 1: no retry */
    const struct distribution *backoff; /* s, before the second attempt               */
    double multiplier;                  /* of the backoff, with each attempt          */
    bool on_timeout, on_refused;        /* what is tried again                        */
};

struct workload_spec {
    const char *name;
    struct arrival_spec arrivals;
    struct retry_spec retry;
    int64_t deadline_ns; /* from arrival to completion, retries included; 0: none */
    const struct class_spec *classes;
    size_t class_count;
    bool has_mix; /* classes are reported by name */
};

/* What of the run a criterion is about.
 * - IN_EVERY: each window of window_ns, one after the other.
 * - OVER: a window of window_ns that slides by run.window.
 * - FOR: some stretch of window_ns, each run.window of which meets it. */
enum criterion_span { SPAN_WHOLE, SPAN_IN_EVERY, SPAN_OVER, SPAN_FOR };

/* Which part of a rehearsed rollout a criterion is judged on. */
enum criterion_reach {
    REACH_ALL,    /* the way from one setting to the other, and the watch after it */
    REACH_WATCH,  /* the watch alone                                                */
    REACH_ROLLOUT /* the way alone; outside of a rehearsal it is not judged          */
};

struct criterion_spec {
    const char *name;
    const char *expect; /* as written                                      */
    const char *metric; /* "db_pool.wait.p95"                              */
    bool has_limit;     /* false: only no_worse_than                       */
    enum comparison op;
    double limit;           /* in the metric's unit                            */
    const char *limit_text; /* "10ms", as written                              */
    const char *limit_unit; /* "s", "1/s", "B", "1" (given with %), "" (a bare number: fits all but
                               s, 1/s and B) */
    enum criterion_span span;
    int64_t window_ns; /* unless SPAN_WHOLE; of OVER and FOR a multiple of run.window */
    double
        probability; /* of a claim about one run: that it holds, at least                        */
    const char *no_worse_than;   /* name of a setting, or NULL                                  */
    double margin;               /* relative, 0.05 for "5%"                                     */
    const char *const *settings; /* only these; NULL: every setting but baseline                */
    size_t setting_count;
    enum criterion_reach reach;
    const char *pointer; /* JSON pointer of "expect", for messages */
};

/* A criterion about what is set: "db_pool.max == 200". Of criterion it has name, expect, metric
 * (the place as written), op, limit, limit_text and the settings that it is for. */
struct configured_spec {
    struct criterion_spec criterion;
    size_t place;           /* in the file's list of criteria                                   */
    const char *path;       /* "resources.db_pool.max"                                          */
    const char *value_text; /* what it is, as written or as the default; "none"                 */
    const char *unit;       /* "s", "1/s", "B", "1" or ""                                       */
    double value;           /* INFINITY: none                                                   */
};

/* "in every", "over", "for"; NULL for SPAN_WHOLE. */
const char *criterion_span_word(enum criterion_span span);

/* Whether the criterion is meant for the setting of this name: one of those it lists, or without a
 * list any but "baseline"; where the file has no settings (has_settings false) "baseline". */
bool criterion_is_for(const struct criterion_spec *criterion, const char *setting,
                      bool has_settings);

/* Whether it is judged on a run of that setting: meant for it, and not for a rollout alone. */
bool criterion_applies(const struct criterion_spec *criterion, const char *setting,
                       bool has_settings);

/* Where a figure came from, or a default that was taken. value is the figure as text. */
struct assumption {
    const char *key, *value, *note, *source; /* source NULL: none was given */
    bool is_default;
    const char *doubt; /* what `validate` warns of, said in the note too; NULL: nothing */
};

struct run_spec {
    int64_t duration_ns; /* measured time, after the warm-up */
    bool has_auto_duration;
    bool has_auto_warmup;
    int64_t warmup_ns; /* unless automatic */
    size_t min_replications, max_replications;
    double precision, confidence;
    uint64_t seed;
    int64_t window_ns;         /* of the time series                      */
    const char *const *series; /* metrics whose series is kept (--series) */
    size_t series_count;
};

/* An alert or a rollback rule: looked at after every run.window (alerts.h). */
struct rollout_rule {
    const char *name;           /* of an alert; a rollback rule goes by what it says        */
    const char *severity;       /* "warning", "critical" ...; NULL: none was given          */
    struct criterion_spec when; /* expect, pointer, metric and, unless is_relative, a limit */
    bool is_relative; /* the limit is the metric before the rollout, times 1 + margin, or 1 - margin
                         where larger is better                                         */
    double margin;    /* relative: 0.2 for "20%"                                        */
    int64_t for_ns;   /* how long it must hold without a break                          */
};

/* The change of a running service from one setting to another. Times are simulated ns; `at` counts
 * from the start of the measured time. */
struct rollout_spec {
    const char *from, *to; /* settings                                                      */
    size_t service;        /* whose replicas change; SPEC_NO_SERVICE: what is in no service */
    int64_t at_ns;
    int64_t batch;            /* replicas at a time; 0: all values change in place       */
    int64_t drain_timeout_ns; /* SPEC_NEVER: none                                        */
    int64_t restart_time_ns, pause_ns;
    int64_t watch_ns;   /* > 0                                                      */
    bool changes_steps; /* inside visits of service the steps are others afterwards */
    int64_t rollback_time_ns;
    const struct rollout_rule *alerts, *rollbacks;
    size_t alert_count, rollback_count;
};

/* How long a rollback is watched. */
#define ROLLOUT_AFTERMATH_NS INT64_C(900000000000)

/* True if nothing is restarted: values change in place. A restart that takes no time and lets
 * nothing drain is none. */
static inline bool rollout_is_reload(const struct rollout_spec *rollout)
{
    return rollout->batch == 0 || (rollout->drain_timeout_ns == 0 && rollout->restart_time_ns == 0);
}

struct memory_spec {
    bool is_given;            /* anything of the scenario uses memory            */
    double base, per_request; /* bytes                                           */
};

struct scenario {
    const char *name, *title, *description; /* title, description: NULL when not given         */
    const char *setting;                    /* the name of the setting this is                 */
    const struct pool_spec *pools;
    size_t pool_count;
    const struct service_spec *services;
    size_t service_count;
    const struct limiter_spec *limiters;
    size_t limiter_count;
    const struct buffer_spec *buffers;
    size_t buffer_count;
    const struct cpu_spec *cpus;
    size_t cpu_count;
    const struct workload_spec *workloads;
    size_t workload_count;
    const struct criterion_spec
        *criteria; /* all of them; criterion_applies says which count here */
    size_t criterion_count;
    struct configured_spec *configured; /* the criteria about what is set; likewise */
    size_t configured_count;
    const struct assumption *assumptions; /* those given, then the defaults taken */
    size_t assumption_count;
    const char *const *warnings; /* from reading: a pool is never used, an odd law */
    size_t warning_count;
    struct memory_spec memory;
    struct run_spec run;
    const struct rollout_spec *rollout; /* that is rehearsed; NULL: none is */
};

/* One override of a setting: the path and the new value as compact JSON text. */
struct override {
    const char *path, *value;
};

/* A setting of the file, or "baseline" as written. */
struct setting_spec {
    const char *name;
    const struct override *overrides; /* those of the file, then those of the command line */
    size_t override_count;
    struct scenario scenario; /* with the overrides applied */
};

/* A value that two settings have differently, as compact JSON; NULL: not given (the default). */
struct setting_change {
    const char *path, *before, *after;
};

/* An input that is known only so well, and a quantile of what it may be. */
struct uncertain_input {
    const char *path;        /* "workloads.api.arrivals.rate"                         */
    const char *value;       /* the central one, as written                           */
    const char *uncertainty; /* likewise: "±10%", ["60ms","90ms"]                     */
    bool is_range;           /* equally likely in a range; else lognormal             */
    double low, high;        /* of a range, over the central value                    */
    double error;            /* standard error over the central value                 */
};

struct uncertain_draw {
    const char *path;
    double u; /* 0 < u < 1 */
};

struct uncertain_list {
    struct uncertain_input *inputs;
    size_t count, capacity;
};

/* All that one scenario file says, under each setting chosen. */
struct scenario_set {
    const char *file; /* as the user gave it; "-" for standard input        */
    const char *text; /* the file's bytes, NUL-terminated                   */
    size_t text_length;
    const char *plain; /* likewise, without comments and trailing commas    */
    size_t plain_length;
    const struct setting_spec
        *settings; /* those chosen: baseline first, then in the file's order */
    size_t setting_count;
    bool has_settings;              /* the file has a "settings" with at least one name       */
    const char *const *input_files; /* other files read (empirical), as given in the scenario */
    const char *const *input_texts; /* their bytes; NULL: a trace, which is not kept whole; of a
                                       deployed file only what was read of it */
    const size_t *input_lengths;
    const char *const *input_hashes; /* of a trace or a deployed file: its SHA-256 in hexadecimal;
                                        else NULL: that of its text */
    size_t input_count;
    struct uncertain_list uncertain; /* over all settings         */
    const int *trace_descriptors;    /* open until scenario_close */
    size_t trace_count;
    const struct rollout_spec *rollout; /* NULL: the file has none */
};

#endif
