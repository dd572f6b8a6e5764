/* Real pools on a real PostgreSQL, measured, and the same requests through the simulator.
 *
 * pg-pool 3.14.0 and PostgreSQL 15 on one machine; requests were sent at times drawn before and
 * slept in the database for times drawn before. tests/measured has, for each case, when each
 * request was sent and how long it was to sleep. The real system holds each connection longer than
 * that by a fraction of a millisecond (the round trip, the event loop), which matters near
 * saturation. That time, its means over the run, is a step of its own here and the only thing that
 * is taken from what came out, with the time to connect where connections are opened. Three runs of
 * case A differ by 1.5 % in their mean wait: nobody can be asked to come closer, and nothing here
 * is further off. */
#include "tests/replicate_once.h"
#include "tests/scenario_fixture.h"
#include "tests/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CLOSENESS = 0.015;
/* Of quantiles. With the recorded holding times instead of their means, 0.2 % off in case C. */
static const double CLOSENESS_OF_QUANTILES = 0.02;

/* A workload "w" on a pool "db" with these keys. */
static const struct scenario *read_case(struct fixture *fixture, const char *pool,
                                        const char *arrivals, const char *steps,
                                        const char *duration)
{
    return fixture_read_text(
        fixture,
        arena_printf(fixture->arena,
                     "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"db\": { \"kind\": "
                     "\"connection_pool\", %s } }, \"workloads\": { \"w\": { \"arrivals\": { %s }, "
                     "\"steps\": %s } }, \"run\": { \"duration\": \"%s\" } }",
                     pool, arrivals, steps, duration));
}

/* Plays the requests of tests/measured/`name`.csv; each holds its connection longer by overhead. */
static struct once play(struct fixture *fixture, const char *name, const char *pool,
                        const char *overhead)
{
    bool is_in_seconds = strchr("AB", name[0]) != NULL;
    const char *unit = is_in_seconds ? "s" : "ms";
    const char *file = arena_printf(fixture->arena, "%s.csv", name);
    fixture_copy(fixture, arena_printf(fixture->arena, "tests/measured/%s", file), file);
    const char *arrivals =
        arena_printf(fixture->arena,
                     "\"process\": \"trace\", \"file\": \"%s\", \"unit\": \"%s\", \"columns\": { "
                     "\"arrival\": \"arrival_%s\", \"work\": \"service_%s\" }",
                     file, unit, unit, unit);
    const char *steps =
        arena_printf(fixture->arena,
                     "[ { \"hold\": \"db\", \"steps\": [ { \"delay\": { \"trace\": \"work\" } }, { "
                     "\"delay\": \"%s\", \"name\": \"overhead\" } ] } ]",
                     overhead);
    return replicate_once(read_case(fixture, pool, arrivals, steps, "400s"), 0, fixture->arena);
}

/* scale: what the metric is multiplied by to be what was measured. */
static void assert_close(const struct once *once, const char *metric, double scale, double measured)
{
    double value = once_value(once, metric) * scale;
    bool is_quantile = strstr(metric, ".p9") != NULL;
    print_message("%-16s measured %-10.6g simulated %-10.6g (%+.2f %%)\n", metric, measured, value,
                  100 * (value / measured - 1));
    assert_within(value, measured, (is_quantile ? CLOSENESS_OF_QUANTILES : CLOSENESS) * measured);
}

/* ---- the queue itself ---- */

#define WARM_5 "\"max\": 5, \"min\": 5"
#define COLD_10                                                                                    \
    "\"dialect\": \"node-postgres\", \"max\": 10, \"idle_timeout\": null, \"connect\": "           \
    "\"23.3854ms\""
#define WARM_10 "\"max\": 10, \"min\": 10"

/* What the shortest loop makes of a file: an arrival takes the one of five servers that is free
 * first, unless it would wait longer than patience. */
struct replay {
    int64_t served, gave_up, waits, longest_wait, services; /* [us] */
};

static size_t first_free(const int64_t *free_at)
{
    size_t first = 0;
    for (size_t s = 1; s < 5; s++)
        if (free_at[s] < free_at[first])
            first = s;
    return first;
}

static struct replay replay_by_hand(struct fixture *fixture, const char *name, int64_t patience)
{
    struct replay replay = {0};
    int64_t free_at[5] = {0};
    double arrival_s, service_s;
    FILE *file = fopen(arena_printf(fixture->arena, "%s/%s", fixture->folder, name), "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "arrival_s,service_s"), 0);
    while (fscanf(file, "%lf,%lf", &arrival_s, &service_s) == 2) {
        int64_t arrival = llround(arrival_s * 1e6), service = llround(service_s * 1e6);
        size_t server = first_free(free_at);
        int64_t wait = free_at[server] > arrival ? free_at[server] - arrival : 0;
        if (wait > patience) {
            replay.gave_up++;
            continue;
        }
        free_at[server] = arrival + wait + service;
        replay.served++;
        replay.waits += wait;
        replay.services += service;
        replay.longest_wait = wait > replay.longest_wait ? wait : replay.longest_wait;
    }
    fclose(file);
    return replay;
}

static void assert_same(const struct once *once, const struct replay *replay)
{
    double served = (double)replay->served;
    double wait_s = (double)replay->waits / served / 1e6;
    assert_within(once_value(once, "w.throughput") * 400, served, 1e-6);
    assert_within(once_value(once, "db.wait.mean"), wait_s, 1e-12);
    assert_within(once_value(once, "db.wait.max"), (double)replay->longest_wait / 1e6, 1e-12);
    assert_within(once_value(once, "w.response.mean"),
                  wait_s + (double)replay->services / served / 1e6, 1e-12);
    assert_within(once_value(once, "db.busy") * 400, (double)replay->services / 1e6, 1e-9);
}

/* The summary of the measurement was worked out for the instants at which requests should have been
 * sent; the file has those at which they were, 38 us later on average. */
static const double LATENESS = 1e-3;

static void a_replay_is_the_exact_queue_on_the_same_requests(void **state)
{
    struct once once = play(*state, "A", WARM_5, "0s");
    struct replay replay = replay_by_hand(*state, "A.csv", INT64_MAX);
    const double summary_s = 0.028563340220786902;
    assert_int_equal(replay.served, 24005);
    assert_same(&once, &replay);
    assert_within(once_value(&once, "db.wait.mean"), summary_s, LATENESS * summary_s);
}

static void a_replay_with_time_outs_gives_up_on_the_same_requests(void **state)
{
    struct once once = play(*state, "B", WARM_5 ", \"acquire_timeout\": \"200ms\"", "0s");
    struct replay replay = replay_by_hand(*state, "B.csv", 200000);
    const double summary_s = 0.06944878674659184;
    assert_same(&once, &replay);
    assert_within(once_value(&once, "db.timeout_rate") * 28682, (double)replay.gave_up, 1e-9);
    assert_within((double)replay.gave_up, 659, 2); /* of 28682, in the summary */
    assert_within(once_value(&once, "db.wait.mean"), summary_s, LATENESS * summary_s);
}

/* ---- what was measured ---- */

/* Five connections, 80 requests a second, exponential times of 50 ms. */
static void a_pool_at_80_percent_waits_as_measured(void **state)
{
    struct once once = play(*state, "A", WARM_5, "0.454427ms");
    assert_close(&once, "db.wait.mean", 1, 0.030206042);
    assert_close(&once, "db.wait.p95", 1, 0.129658800);
    assert_close(&once, "db.wait.p99", 1, 0.217594800);
    assert_close(&once, "db.utilization", 400 / 300.0, 0.806807851);
}

/* 95 a second; who has waited 200 ms gives up. */
static void a_pool_with_time_outs_waits_as_measured(void **state)
{
    struct once once = play(*state, "B", WARM_5 ", \"acquire_timeout\": \"200ms\"", "0.410628ms");
    assert_close(&once, "db.wait.mean", 1, 0.072550011);
    assert_close(&once, "db.wait.p95", 1, 0.181523400);
    assert_close(&once, "db.utilization", 400 / 300.0, 0.935135521);
    assert_close(&once, "w.throughput", 400, 27933);
    /* A client's timer is off by up to 3 ms, and the requests that pass by less are few. */
    assert_within(once_value(&once, "db.timeout_rate"), 749 / 28682.0, 0.001);
}

/* Ten connections, 171 a second, lognormal times of 50 ms with cv 1.5. */
static void a_pool_with_heavy_tails_waits_as_measured(void **state)
{
    struct once once = play(*state, "C", WARM_10, "0.475858ms");
    assert_close(&once, "db.wait.mean", 1, 0.032887938);
    assert_close(&once, "db.wait.p95", 1, 0.152380850);
    assert_close(&once, "db.wait.p99", 1, 0.236660320);
    assert_close(&once, "db.utilization", 400 / 300.0, 0.867270856);
}

/* 1.4 requests a second, so that most connections have been closed after a second of idling: 92 of
 * 328 requests open their own, in 7.26 ms; the others had theirs after 0.113 ms. */
static void a_pool_that_closes_idle_ones_opens_as_measured(void **state)
{
    struct once once = play(*state, "E0",
                            "\"dialect\": \"node-postgres\", \"max\": 5, \"min\": 0, "
                            "\"idle_timeout\": \"1s\", \"connect\": \"7.26113ms\", "
                            "\"checkout\": \"0.113225ms\"",
                            "0.839451ms");
    /* One fewer: the last request comes 1.1 ms after the mean holding time of the one before. */
    assert_within(once_value(&once, "db.connect_rate") * 400, 91, 1e-9);
    assert_close(&once, "db.wait.mean", 1, 0.002118125);
    assert_close(&once, "db.open", 400 / 240.0, 0.782790309);
}

/* Twenty users who think for 300 ms and hold one of four connections for 60 ms. */
static void a_closed_pool_waits_as_measured(void **state)
{
    struct once once = play(*state, "G", "\"max\": 4, \"min\": 4", "0.519701ms");
    assert_close(&once, "db.wait.mean", 1, 0.019570946);
    assert_close(&once, "db.wait.p95", 1, 0.085711400);
    assert_close(&once, "db.utilization", 400 / 240.0, 0.801757459);
}

/* 500 requests by 50 users on a pool that is empty at first: ten connect together, in 23.4 ms. */
static void a_load_test_on_a_cold_pool_waits_as_measured(void **state)
{
    struct once once = play(*state, "I", COLD_10, "0.624674ms");
    assert_within(once_value(&once, "db.connect_rate") * 400, 10, 1e-9);
    assert_close(&once, "db.wait.mean", 1, 0.192778788);
    assert_close(&once, "db.wait.p95", 1, 0.260114950);
    assert_close(&once, "w.response.mean", 1, 0.243759472);
    assert_close(&once, "db.wait.max", 1, 0.28455);
}

/* A hundred jobs at once every 5 s, 38 ms each, on four connections. */
static void batches_wait_as_measured(void **state)
{
    const struct scenario *scenario =
        read_case(*state, "\"max\": 4, \"min\": 4",
                  "\"process\": \"renewal\", \"interarrival\": \"5s\", \"batch\": 100",
                  "[ { \"hold\": \"db\", \"steps\": [ { \"delay\": \"38ms\" }, { \"delay\": "
                  "\"0.732438ms\" } ] } ]",
                  "124s");
    struct once once = replicate_once(scenario, 0, ((struct fixture *)*state)->arena);
    assert_within(once_value(&once, "w.throughput") * 124, 2400, 1e-9);
    assert_close(&once, "db.wait.mean", 1, 0.465966848);
    assert_close(&once, "db.wait.p95", 1, 0.894041101);
    assert_close(&once, "w.response.mean", 1, 0.504699280);
    assert_close(&once, "w.response.max", 1, 0.979661);
}

/* The same as a fleet's cycles: from the first to the end of the last of the hundred, 24 times. */
static void batches_last_as_measured(void **state)
{
    const struct scenario *scenario =
        read_case(*state, "\"max\": 4, \"min\": 4",
                  "\"process\": \"cycle\", \"every\": \"5s\", \"jobs\": 100",
                  "[ { \"hold\": \"db\", \"steps\": [ { \"delay\": \"38ms\" }, { \"delay\": "
                  "\"0.732438ms\" } ] } ]",
                  "120s");
    struct once once = replicate_once(scenario, 0, ((struct fixture *)*state)->arena);
    assert_within(once_value(&once, "w.throughput") * 120, 2400, 1e-9);
    assert_close(&once, "w.cycle.mean", 1, 0.969858917);
    assert_close(&once, "w.cycle.max", 1, 0.979898);
    assert_close(&once, "w.cycle.duty", 1, 0.969858917 / 5);
    assert_close(&once, "db.wait.mean", 1, 0.465966848);
    assert_close(&once, "db.utilization", 1, 0.193662192);
}

/* ---- by the arrival process, not from the trace ---- */

enum { RUNS = 100 };

struct likely {
    const char *metric;
    double measured;
};

/* The measurement is one run; RUNS of the same length spread by sd. Their mean, which is as good as
 * exact beside that, must not be further from it than sd and what nobody can explain. */
static void assert_likely(const struct scenario *scenario, const struct likely *likely)
{
    struct arena *arena = arena_open();
    double sum = 0, squares = 0;
    for (uint32_t r = 0; r < RUNS; r++) {
        struct once once = replicate_once(scenario, r, arena);
        double value = once_value(&once, likely->metric);
        sum += value;
        squares += value * value;
        arena_reset(arena);
    }
    arena_close(arena);
    double mean = sum / RUNS, sd = sqrt((squares - sum * mean) / (RUNS - 1));
    print_message("%-16s measured %-10.6g simulated %-10.6g (%+.2f %%), sd %.2f %%\n",
                  likely->metric, likely->measured, mean, 100 * (mean / likely->measured - 1),
                  100 * sd / mean);
    assert_true(sd < 0.06 * mean); /* else there would be nothing to see */
    assert_within(mean, likely->measured, sd + CLOSENESS * likely->measured);
}

#define HOLD_FOR(mean, overhead)                                                                   \
    "[ { \"hold\": \"db\", \"steps\": [ { \"delay\": { \"dist\": \"exponential\", \"mean\": "      \
    "\"" mean "\" } }, { \"delay\": \"" overhead "\" } ] } ]"

static void users_who_think_wait_as_measured(void **state)
{
    const struct scenario *scenario =
        read_case(*state, "\"max\": 4, \"min\": 4",
                  "\"process\": \"closed\", \"customers\": 20, \"think\": { \"dist\": "
                  "\"exponential\", \"mean\": \"300ms\" }",
                  HOLD_FOR("59.97825ms", "0.519701ms"), "240s");
    assert_likely(scenario, &(struct likely){"db.wait.mean", 0.019570946});
    assert_likely(scenario, &(struct likely){"w.throughput", 53.0333333});
    assert_likely(scenario, &(struct likely){"db.utilization", 0.801757459});
}

static void a_load_test_waits_as_measured(void **state)
{
    const struct scenario *scenario = read_case(
        *state, COLD_10, "\"process\": \"load_test\", \"concurrency\": 50, \"requests\": 500",
        HOLD_FOR("50.356ms", "0.624674ms"), "10s");
    assert_likely(scenario, &(struct likely){"db.wait.mean", 0.192778788});
    assert_likely(scenario, &(struct likely){"w.throughput", 191.000222});
    assert_likely(scenario, &(struct likely){"w.response.mean", 0.243759472});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_replay_is_the_exact_queue_on_the_same_requests),
        fixture_test(a_replay_with_time_outs_gives_up_on_the_same_requests),
        fixture_test(a_pool_at_80_percent_waits_as_measured),
        fixture_test(a_pool_with_time_outs_waits_as_measured),
        fixture_test(a_pool_with_heavy_tails_waits_as_measured),
        fixture_test(a_pool_that_closes_idle_ones_opens_as_measured),
        fixture_test(a_closed_pool_waits_as_measured),
        fixture_test(a_load_test_on_a_cold_pool_waits_as_measured),
        fixture_test(batches_wait_as_measured),
        fixture_test(batches_last_as_measured),
        fixture_test(users_who_think_wait_as_measured),
        fixture_test(a_load_test_waits_as_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
