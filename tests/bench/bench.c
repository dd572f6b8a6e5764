/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench - how fast capsim is: the whole engine, from a scenario file with every metric on, beside
 * loops written by hand for one queue each (reference.h).
 *
 * usage: build/bench/bench [--json FILE]
 *
 * Machines are noisy and differ: read the ratios. Engine and references take turns on one core, and
 * a ratio is the median of the rounds' ratios. The program fails when an answer is wrong, its own
 * or a reference's. --json also writes every number by name, to compare two builds. The columns:
 *   capsim       ns per request, from arrival to departure
 *   M req/s      millions of requests per second; M ev/s, of events
 *   reference    the usual loop with a binary heap, on capsim's own streams, and the ratio to it
 *   +tree        the same with a tree of winners in place of the heap
 *   +xoshiro     and with the fastest random numbers, which capsim's streams cannot be: the limit
 *   met, MISSED  the ratio that was aimed at
 */
#include "sim/base/error.h"
#include "tests/bench/bench_time.h"
#include "tests/bench/measure_engine.h"
#include "tests/bench/measure_fleet.h"
#include "tests/bench/measure_networks.h"
#include "tests/bench/measure_numbers.h"
#include "tests/bench/measure_process.h"
#include "tests/bench/measure_questions.h"
#include "tests/bench/measure_trace.h"
#include "tests/bench/reference.h"
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 9, MAX_OVERRIDES = 4, VARIANTS = 3 };
static const char MMC[] = "inputs/scenarios/mmc.json";
static const char ACCUBOOKS[] = "inputs/scenarios/accubooks-pool.json";

/* Events per request: arrival and departure or time-out; in AccuBooks also the end of the work
 * before the pool is asked (and now and then an opening, which is not counted here). */
enum { QUEUE_EVENTS = 2, ACCUBOOKS_EVENTS = 3 };

static void print_speed(const char *title, double ns, int events)
{
    printf("%-34s %6.1f %8.1f %8.1f", title, ns, 1e3 / ns, events * 1e3 / ns);
}

/* ---- engine and references ---------------------------------------------------------------------
 */

enum loop { LOOP_LINDLEY, LOOP_KIEFER_WOLFOWITZ, LOOP_EVENTS };

struct queue_case {
    const char *name, *title;
    enum loop loop;
    struct reference_queue queue;
    double target_ratio; /* at most, to the variant target_variant */
    int target_variant;
    size_t override_count;
    struct override overrides[MAX_OVERRIDES]; /* that make mmc.json this queue */
};

static const struct queue_case queue_cases[] = {
    {.name = "mm1",
     .title = "M/M/1, load 0.9",
     .loop = LOOP_LINDLEY,
     .queue = {600, 0.0015, 1, 0},
     .target_ratio = 12,
     .target_variant = 2,
     .override_count = 3,
     .overrides = {{"resources.pool.max", "1"},
                   {"resources.pool.min", "1"},
                   {"workloads.query.steps.0.steps.0.delay.mean", "\"1.5ms\""}}},
    {.name = "mmc",
     .title = "M/M/50, load 0.9",
     .loop = LOOP_KIEFER_WOLFOWITZ,
     .queue = {600, 0.075, 50, 0},
     .target_ratio = 2},
    {.name = "mmc_timeout",
     .title = "M/M/50, load 0.9, time-out 100 ms",
     .loop = LOOP_EVENTS,
     .queue = {600, 0.075, 50, 100000000},
     .target_ratio = 1.5,
     .override_count = 1,
     .overrides = {{"resources.pool.acquire_timeout", "\"100ms\""}}},
    {.name = "mmc_overload",
     .title = "M/M/50, load 1.1, time-out 1 s",
     .loop = LOOP_EVENTS,
     .queue = {660, 0.08333333333, 50, 1000000000},
     .target_ratio = 1.6,
     .override_count = 3,
     .overrides = {{"resources.pool.acquire_timeout", "\"1s\""},
                   {"workloads.query.arrivals.rate", "\"660/s\""},
                   {"workloads.query.steps.0.steps.0.delay.mean", "\"83.33333333ms\""}}}};
enum { QUEUE_CASES = sizeof queue_cases / sizeof *queue_cases };

/* The reference's variants, as the columns have them. */
static const struct {
    const char *name;
    enum reference_source source;
    enum reference_list list;
} variants[VARIANTS] = {{"reference", REFERENCE_PHILOX, REFERENCE_HEAP},
                        {"tree", REFERENCE_PHILOX, REFERENCE_TREE},
                        {"xoshiro", REFERENCE_XOSHIRO, REFERENCE_TREE}};

/* Lindley's loop has no list. */
static bool has_variant(const struct queue_case *subject, int variant)
{
    return subject->loop != LOOP_LINDLEY || variants[variant].list == REFERENCE_HEAP ||
           variants[variant].source == REFERENCE_XOSHIRO;
}

static struct reference_answer run_reference(const struct queue_case *subject, int variant,
                                             double requests, uint64_t seed, struct arena *arena)
{
    enum reference_source source = variants[variant].source;
    enum reference_list list = variants[variant].list;
    uint64_t count = (uint64_t)requests;
    arena_reset(arena);
    switch (subject->loop) {
    case LOOP_LINDLEY:
        return reference_lindley(&subject->queue, count, source, seed, arena);
    case LOOP_KIEFER_WOLFOWITZ:
        return reference_kiefer_wolfowitz(&subject->queue, count, source, list, seed, arena);
    case LOOP_EVENTS:
        return reference_event_loop(&subject->queue, count, source, list, seed, arena);
    }
    __builtin_unreachable();
}

/* Adds answer to the mean over the rounds. */
static void add_answer(struct reference_answer *mean, const struct reference_answer *answer)
{
    mean->requests += answer->requests;
    mean->wait_mean_s += answer->wait_mean_s / ROUNDS;
    mean->utilization += answer->utilization / ROUNDS;
    mean->timeout_rate += answer->timeout_rate / ROUNDS;
}

static struct reference_answer engine_answer(const struct engine *engine)
{
    return (struct reference_answer){.requests = (uint64_t)engine->requests,
                                     .wait_mean_s = engine_metric(engine, "pool.wait.mean"),
                                     .utilization = engine_metric(engine, "pool.utilization"),
                                     .timeout_rate = engine_metric(engine, "pool.timeout_rate")};
}

/* What the rounds of one case gave. The last place is the engine's. */
struct rounds {
    double ns[VARIANTS + 1][ROUNDS], ratio[VARIANTS][ROUNDS];
    struct reference_answer answer[VARIANTS + 1];
};

/* Round -1 warms caches and clock and does not count. */
static void run_rounds(const struct queue_case *subject, struct engine *engine,
                       struct rounds *rounds)
{
    struct arena *arena = arena_open();
    for (int round = -1; round < ROUNDS; round++) {
        int at = round < 0 ? 0 : round;
        double engine_ns = engine_replicate(engine);
        struct reference_answer answer = engine_answer(engine);
        rounds->ns[VARIANTS][at] = engine_ns;
        if (round >= 0)
            add_answer(&rounds->answer[VARIANTS], &answer);
        for (int v = 0; v < VARIANTS; v++) {
            if (!has_variant(subject, v))
                continue;
            answer = run_reference(subject, v, engine->requests, (uint64_t)(round + 2), arena);
            rounds->ns[v][at] = 1e9 * answer.elapsed_s / (double)answer.requests;
            rounds->ratio[v][at] = engine_ns / rounds->ns[v][at];
            if (round >= 0)
                add_answer(&rounds->answer[v], &answer);
        }
    }
    arena_close(arena);
}

static bool check_answers(const struct queue_case *subject, const struct rounds *rounds)
{
    char name[128];
    snprintf(name, sizeof name, "%s, capsim", subject->title);
    bool is_right = reference_is_right(&subject->queue, &rounds->answer[VARIANTS], name);
    for (int v = 0; v < VARIANTS; v++) {
        snprintf(name, sizeof name, "%s, %s", subject->title, variants[v].name);
        if (has_variant(subject, v))
            is_right &= reference_is_right(&subject->queue, &rounds->answer[v], name);
    }
    /* The same draws in two lists must give the same waits to the last bit. */
    if (has_variant(subject, 1) && rounds->answer[0].wait_mean_s != rounds->answer[1].wait_mean_s) {
        printf("WRONG: %s: heap and tree differ\n", subject->title);
        is_right = false;
    }
    return is_right;
}

static bool measure_queue(const struct queue_case *subject)
{
    struct rounds rounds = {0};
    struct engine engine = engine_open(MMC, NULL, subject->overrides, subject->override_count);
    run_rounds(subject, &engine, &rounds);
    engine_close(&engine);
    double ns = measure_median(rounds.ns[VARIANTS], ROUNDS);
    measure_numbers_keep(subject->name, "capsim_ns", ns);
    print_speed(subject->title, ns, QUEUE_EVENTS);
    for (int v = 0; v < VARIANTS; v++) {
        if (!has_variant(subject, v)) {
            printf("             -");
            continue;
        }
        double reference = measure_median(rounds.ns[v], ROUNDS),
               ratio = measure_median(rounds.ratio[v], ROUNDS);
        char what[64];
        snprintf(what, sizeof what, "%s_ns", variants[v].name);
        measure_numbers_keep(subject->name, what, reference);
        snprintf(what, sizeof what, "%s_ratio", variants[v].name);
        measure_numbers_keep(subject->name, what, ratio);
        printf(" %6.1f %5.2fx", reference, ratio);
    }
    double ratio = measure_median(rounds.ratio[subject->target_variant], ROUNDS);
    printf("  %s (%gx%s)\n", ratio <= subject->target_ratio ? "met" : "MISSED",
           subject->target_ratio, subject->target_variant == 2 ? " of xoshiro" : "");
    fflush(stdout);
    return check_answers(subject, &rounds);
}

static void measure_accubooks(const char *setting, const char *title)
{
    enum { REPLICATIONS = 5 };
    double ns[REPLICATIONS];
    struct engine engine = engine_open(ACCUBOOKS, setting, NULL, 0);
    engine_replicate(&engine);
    for (int i = 0; i < REPLICATIONS; i++)
        ns[i] = engine_replicate(&engine);
    engine_close(&engine);
    double middle = measure_median(ns, REPLICATIONS);
    measure_numbers_keep("accubooks", setting, middle);
    print_speed(title, middle, ACCUBOOKS_EVENTS);
    printf("\n");
    fflush(stdout);
}

/* ---- many cores, memory, processes -------------------------------------------------------------
 */

static void measure_cores(unsigned cores)
{
    enum { TURNS = 3 };
    const size_t replications = 12 * cores; /* equal shares: no core waits for the last */
    double one[TURNS], all[TURNS], speed_up[TURNS];
    struct engine engine = engine_open(MMC, NULL, NULL, 0);
    for (int i = 0; i < TURNS; i++) {
        one[i] = engine_study(&engine, replications, 1);
        all[i] = engine_study(&engine, replications, cores);
        speed_up[i] = one[i] / all[i];
    }
    engine_close(&engine);
    double factor = measure_median(speed_up, TURNS);
    measure_numbers_keep("study", "one_core_s", measure_median(one, TURNS));
    measure_numbers_keep("study", "all_cores_s", measure_median(all, TURNS));
    measure_numbers_keep("study", "speed_up", factor);
    printf("study of M/M/50, %zu replications    %.2f s on one core, %.2f s on %u: %.2fx\n",
           replications, measure_median(one, TURNS), measure_median(all, TURNS), cores, factor);
    fflush(stdout);
}

/* The child's part: one replication of that many requests, then its peak memory. */
static int report_memory(const char *requests)
{
    char duration[64];
    snprintf(duration, sizeof duration, "\"%.0fs\"", strtod(requests, NULL) / 600);
    struct override overrides[] = {{"run.duration", duration}, {"run.warmup", "\"0s\""}};
    struct engine engine = engine_open(MMC, NULL, overrides, 2);
    engine_replicate(&engine);
    printf("%ld\n", process_peak_kib());
    engine_close(&engine);
    return 0;
}

static void measure_memory(void)
{
    static const char *const requests[] = {"1e5", "1e6", "1e7", "1e8"};
    printf("peak memory, one M/M/50 replication ");
    for (int i = 0; i < 4; i++) {
        double kib = process_ask_self(requests[i]);
        measure_numbers_keep("peak_kib", requests[i], kib);
        printf("%s %.1f MiB at %s", i ? "," : "", kib / 1024, requests[i]);
        fflush(stdout);
    }
    printf(" requests\n");
}

/* False when the program fails; a verdict, whichever, is no failure. */
static bool measure_program(void)
{
    enum { STARTS = 21 };
    const char *program = getenv("CAPSIM");
    program = program ? program : "build/capsim";
    if (access(program, X_OK) != 0) {
        printf("no program %s: start-up and run are not measured\n", program);
        return true;
    }
    const char *const validate[] = {program, "validate", ACCUBOOKS, NULL};
    const char *const run[] = {program, "run", ACCUBOOKS, "--quiet", NULL};
    double seconds[STARTS];
    int status = 0, run_status;
    bool is_right = true;
    for (int i = 0; i < STARTS; i++) {
        seconds[i] = process_time(validate, &status);
        is_right &= status == 0;
    }
    double start_ms = 1e3 * measure_median(seconds, STARTS);
    measure_numbers_keep("capsim", "validate_ms", start_ms);
    printf("capsim validate                     %.1f ms (exit %d)  %s\n", start_ms, status,
           start_ms < 10 ? "met" : "MISSED");
    double run_s = process_time(run, &run_status);
    measure_numbers_keep("capsim", "run_s", run_s);
    printf("capsim run                          %.2f s (exit %d)  %s\n", run_s, run_status,
           run_s < 3 ? "met" : "MISSED");
    is_right &= measure_questions(program, ACCUBOOKS, measure_numbers_keep);
    return is_right && run_status != 2 && run_status != 4 && run_status < 126;
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    if (argc == 2 && argv[1][0] != '-')
        return report_memory(argv[1]);
    const char *json = argc == 3 && strcmp(argv[1], "--json") == 0 ? argv[2] : NULL;
    if (argc > 1 && json == NULL) {
        fprintf(stderr, "usage: bench [--json FILE]\n");
        return 2;
    }
    if (json)
        measure_numbers_begin();
    unsigned cores = replications_cores();
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    bench_pin();
    printf("%-34s %6s %8s %8s %13s %13s %13s\n", "ns per request, one core", "capsim", "M req/s",
           "M ev/s", "reference", "+ tree", "+ xoshiro");
    bool is_right = true;
    for (int i = 0; i < (int)QUEUE_CASES; i++)
        is_right &= measure_queue(&queue_cases[i]);
    measure_accubooks("baseline", "AccuBooks, 50 connections");
    measure_accubooks("proposed", "AccuBooks, 200 connections");
    is_right &= measure_networks();
    is_right &= measure_trace();
    is_right &= measure_fleet();
    sched_setaffinity(0, sizeof all, &all);
    measure_cores(cores);
    measure_memory();
    is_right &= measure_program();
    is_right &= json == NULL || measure_numbers_write(json);
    return is_right ? 0 : 1;
}
