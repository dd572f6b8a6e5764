/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must not change, or must change in a known way, when the question is put differently: no
 * exact answer is needed to see that one of the two is wrong. */
#include "models/engine/replication.h"
#include "models/stations/pool.h"
#include "sim/stats/estimate.h"
#include "tests/support/replicate_once.h"
#include "tests/support/scenario_fixture.h"
#include <gsl/gsl_cdf.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- whole reports ---- */

/* The metrics of the first setting of a run of this scenario. */
static json_t *run_metrics(const struct fixture *fixture, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/metamorphic.json", fixture->folder);
    file_write(path, text, strlen(text));
    struct command_result result =
        capsim_run("run", path, "--format", "json", "--quiet", "--threads", "2", NULL);
    if (result.status != 0 && result.status != 3)
        fail_msg("%s", result.error);
    json_t *report = command_result_json(&result);
    json_t *setting = json_array_get(json_object_get(report, "settings"), 0);
    json_t *metrics = json_incref(json_object_get(setting, "metrics"));
    assert_true(json_object_size(metrics) > 50);
    json_decref(report);
    command_result_free(&result);
    return metrics;
}

/* What a number of a metric of this unit is multiplied by when times are. */
static double factor_of(json_t *metric, double times)
{
    const char *unit = json_string_value(json_object_get(metric, "unit"));
    return strcmp(unit, "s") == 0 ? times : strcmp(unit, "1/s") == 0 ? 1 / times : 1;
}

/* To the last bit; but a standard deviation is worked out about a whole nanosecond, which is
 * another one in other units. */
static void assert_same_number(const char *name, const char *key, double is, double was)
{
    size_t length = strlen(name);
    bool is_rounded = length > 3 && strcmp(name + length - 3, ".sd") == 0;
    if (is_rounded ? fabs(is - was) > 1e-9 * fabs(was) : is != was)
        fail_msg("%s: %s is %.17g, not %.17g", name, key, is, was);
}

/* Every number of every metric of `before` is in `after`, times longer. Returns how many of them
 * are neither 0 nor 1, which would tell nothing. */
static size_t assert_same_metrics(json_t *before, json_t *after, double times)
{
    const char *name, *key;
    json_t *metric, *value;
    size_t telling = 0;
    json_object_foreach(before, name, metric)
    {
        json_t *other = json_object_get(after, name);
        assert_non_null(other);
        json_object_foreach(metric, key, value)
        {
            json_t *now = json_object_get(other, key);
            double factor = strcmp(key, "replications") == 0 ? 1 : factor_of(metric, times);
            double was = json_number_value(value) * factor;
            assert_true(json_is_number(value) || json_equal(value, now));
            assert_same_number(name, key, json_number_value(now), was);
            telling += was != 0 && was != 1;
        }
    }
    return telling;
}

static void assert_same_reports(const struct fixture *fixture, const char *before,
                                const char *after, double times)
{
    json_t *was = run_metrics(fixture, before), *is = run_metrics(fixture, after);
    size_t telling = assert_same_metrics(was, is, times);
    assert_true(telling > 100);
    json_decref(was);
    json_decref(is);
}

/* ---- time ---- */

/* Chance decides how many come and where they go, not how long anything takes: random times, and
 * those of a processor that is shared, are rounded to the clock's nanoseconds, and so not scaled
 * exactly.
 */
static const char *constant_times(const struct fixture *fixture, int64_t unit_ns)
{
    return arena_printf(
        fixture->arena,
        "{ \"capsim\": 1, \"name\": \"scaled\", \"resources\": {\n"
        "  \"pool\": { \"kind\": \"connection_pool\", \"max\": 6, \"connect\": \"%ldns\",\n"
        "    \"acquire_timeout\": \"%ldns\", \"idle_timeout\": \"%ldns\" },\n"
        "  \"cpu\": { \"kind\": \"cpu\", \"cores\": 6 } },\n"
        "\"workloads\": { \"w\": {\n"
        "  \"arrivals\": { \"process\": \"renewal\", \"interarrival\": \"%ldns\",\n"
        "    \"batch\": { \"dist\": \"empirical\", \"values\": [1, 2, 3, 8, 21] } },\n"
        "  \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"choose\": [\n"
        "    { \"share\": 0.75, \"steps\": [ { \"delay\": \"%ldns\" } ] },\n"
        "    { \"share\": 0.25, \"steps\": [ { \"work\": \"cpu\", \"demand\": \"%ldns\" } ] } ] }\n"
        "  ] } ] } },\n"
        "\"run\": { \"duration\": \"%ldns\", \"warmup\": \"%ldns\", \"window\": \"%ldns\",\n"
        "  \"replications\": [8, 8], \"seed\": 11 } }",
        700 * unit_ns, 3100 * unit_ns, 9000 * unit_ns, 10000 * unit_ns, 2900 * unit_ns,
        1700 * unit_ns, 20000000 * unit_ns, 500000 * unit_ns, 1000000 * unit_ns);
}

static void times_of_a_power_of_two_scale_everything_exactly(void **state)
{
    const struct fixture *fixture = *state;
    const char *as_is = constant_times(fixture, 1000);
    assert_same_reports(fixture, as_is, constant_times(fixture, 2000), 2);
    assert_same_reports(fixture, as_is, constant_times(fixture, 1024 * 1000), 1024);
}

static const char *random_times(const struct fixture *fixture, int64_t unit_ns)
{
    return arena_printf(
        fixture->arena,
        "{ \"capsim\": 1, \"name\": \"scaled\", \"resources\": {\n"
        "  \"pool\": { \"kind\": \"connection_pool\", \"max\": 3 } },\n"
        "\"workloads\": { \"w\": {\n"
        "  \"arrivals\": { \"process\": \"renewal\", \"interarrival\":\n"
        "    { \"dist\": \"exponential\", \"mean\": \"%ldns\" } },\n"
        "  \"steps\": [ { \"hold\": \"pool\", \"steps\": [ { \"delay\":\n"
        "    { \"dist\": \"lognormal\", \"mean\": \"%ldns\", \"cv\": 1.3 } } ] } ] } },\n"
        "\"run\": { \"duration\": \"%ldns\", \"warmup\": \"0s\", \"window\": \"%ldns\",\n"
        "  \"replications\": [1, 1], \"seed\": 11 } }",
        1000 * unit_ns, 2400 * unit_ns, 4000000 * unit_ns, 4000000 * unit_ns);
}

/* Each of the 8,000 draws is rounded by half a nanosecond at most, on both sides, and a first come
 * first served queue passes on a shift of its input unmagnified: no wait is off by more than 8 us,
 * 16 with the scaled one's own. The mean is of 800 us or so. */
static void random_times_scale_up_to_the_clock(void **state)
{
    struct fixture *fixture = *state;
    struct once as_is =
        replicate_once(fixture_read_text(fixture, random_times(fixture, 1000)), 0, fixture->arena);
    struct once longer = replicate_once(
        fixture_read_text(fixture, random_times(fixture, 1024 * 1000)), 0, fixture->arena);
    double wait_s = once_value(&as_is, "pool.wait.mean");
    assert_true(wait_s > 500e-6);
    assert_within(once_value(&longer, "pool.wait.mean") / 1024, wait_s, 16e-6);
    assert_within(once_value(&longer, "pool.utilization"), once_value(&as_is, "pool.utilization"),
                  16e-6);
    assert_within(once_value(&longer, "w.arrival_rate") * 1024,
                  once_value(&as_is, "w.arrival_rate"),
                  1.0 / 4 + 1e-9); /* one at the end may be on its other side */
}

/* ---- names and order ---- */

#define POOL_A                                                                                     \
    "\"a\": { \"kind\": \"connection_pool\", \"max\": 3, \"acquire_timeout\": \"400ms\" }"
#define POOL_B "\"b\": { \"kind\": \"thread_pool\", \"threads\": 4, \"queue_limit\": 5 }"
#define POOL_C                                                                                     \
    "\"c\": { \"kind\": \"connection_pool\", \"max\": 5, \"connect\": { \"dist\": "                \
    "\"exponential\", \"mean\": \"10ms\" }, \"discipline\": \"random\" }"
#define CPU "\"cpu\": { \"kind\": \"cpu\", \"cores\": 2 }"
#define WORKLOAD(name, rate, first, second)                                                        \
    "\"" name "\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"" rate "\" },\n"        \
    "  \"steps\": [ { \"hold\": \"" first "\", \"steps\": [\n"                                     \
    "    { \"delay\": { \"dist\": \"exponential\", \"mean\": \"70ms\" } },\n"                      \
    "    { \"work\": \"cpu\", \"demand\": { \"dist\": \"exponential\", \"mean\": \"9ms\" } } ] "   \
    "},\n"                                                                                         \
    "    { \"hold\": \"" second "\", \"steps\": [ { \"delay\":\n"                                  \
    "      { \"dist\": \"lognormal\", \"mean\": \"40ms\", \"cv\": 2 } } ] } ] }"
#define W_ONE WORKLOAD("one", "30/s", "a", "b")
#define W_TWO WORKLOAD("two", "50/s", "c", "b")
#define SCENARIO(resources, workloads)                                                             \
    "{ \"capsim\": 1, \"name\": \"order\", \"resources\": {\n" resources "},\n"                    \
    "\"workloads\": {\n" workloads "},\n"                                                          \
    "\"run\": { \"duration\": \"2min\", \"warmup\": \"5s\", \"replications\": [6, 6], "            \
    "\"seed\": 3 } }"

/* Streams are keyed by names. */
static void the_order_of_resources_and_workloads_means_nothing(void **state)
{
    static const char *const others[] = {
        SCENARIO(POOL_B "," POOL_A "," POOL_C "," CPU, W_ONE "," W_TWO),
        SCENARIO(CPU "," POOL_C "," POOL_B "," POOL_A, W_ONE "," W_TWO),
        SCENARIO(POOL_A "," POOL_B "," POOL_C "," CPU, W_TWO "," W_ONE),
        SCENARIO(POOL_C "," CPU "," POOL_A "," POOL_B, W_TWO "," W_ONE),
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_same_reports(*state, SCENARIO(POOL_A "," POOL_B "," POOL_C "," CPU, W_ONE "," W_TWO),
                            others[i], 1);
}

static void what_nobody_uses_changes_nothing(void **state)
{
    static const char *const unused[] = {
        SCENARIO("\"z\": { \"kind\": \"connection_pool\", \"max\": 9, \"min\": 2 }," POOL_A
                 "," POOL_B "," POOL_C "," CPU,
                 W_ONE "," W_TWO),
        SCENARIO(POOL_A "," POOL_B ", \"z\": { \"kind\": \"database\", \"cores\": 3 }," POOL_C
                        "," CPU,
                 W_ONE "," W_TWO),
        SCENARIO(POOL_A "," POOL_B "," POOL_C "," CPU
                        ", \"z\": { \"kind\": \"rate_limiter\", \"rate\": \"5/s\" }",
                 W_ONE "," W_TWO),
        SCENARIO(POOL_A "," POOL_B "," POOL_C "," CPU
                        ", \"z\": { \"kind\": \"buffer\", \"capacity\": \"5KB\" }",
                 W_ONE "," W_TWO),
    };
    for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
        assert_same_reports(*state, SCENARIO(POOL_A "," POOL_B "," POOL_C "," CPU, W_ONE "," W_TWO),
                            unused[i], 1);
}

/* ---- limits ---- */

/* M/M/4 at load 0.85 behind a pool with one more key. */
static const char *one_pool(const struct fixture *fixture, const char *pool)
{
    return arena_printf(fixture->arena,
                        "{ \"capsim\": 1, \"name\": \"limits\", \"resources\": { \"p\": { %s } },\n"
                        "\"workloads\": { \"w\": {\n"
                        "  \"arrivals\": { \"process\": \"poisson\", \"rate\": \"34/s\" },\n"
                        "  \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\":\n"
                        "    { \"dist\": \"exponential\", \"mean\": \"100ms\" } } ] } ] } },\n"
                        "\"run\": { \"duration\": \"10min\", \"warmup\": \"10s\",\n"
                        "  \"replications\": [10, 10], \"seed\": 5 } }",
                        pool);
}

#define CONNECTIONS "\"kind\": \"connection_pool\", \"max\": 4"
#define THREADS "\"kind\": \"thread_pool\", \"threads\": 4"

/* Of the same customers: the values of a metric at each step towards no limit, then without one. */
static void assert_reaches_no_limit(struct fixture *fixture, const char *const *pools, size_t count,
                                    const char *failing)
{
    double wait_s = -1, failed = 2;
    for (size_t i = 0; i < count; i++) {
        const struct scenario *scenario = fixture_read_text(fixture, one_pool(fixture, pools[i]));
        struct once once = replicate_once(scenario, 0, fixture->arena);
        assert_true(once_value(&once, "p.wait.mean") >= wait_s);
        assert_true(once_value(&once, failing) <= failed);
        wait_s = once_value(&once, "p.wait.mean");
        failed = once_value(&once, failing);
    }
    assert_true(failed == 0);
}

static void a_longer_time_out_comes_to_none(void **state)
{
    static const char *const pools[] = {CONNECTIONS ", \"acquire_timeout\": \"1ms\"",
                                        CONNECTIONS ", \"acquire_timeout\": \"100ms\"",
                                        CONNECTIONS ", \"acquire_timeout\": \"1s\"",
                                        CONNECTIONS ", \"acquire_timeout\": \"100h\"", CONNECTIONS};
    assert_reaches_no_limit(*state, pools, 5, "w.timeout_rate");
    assert_same_reports(*state, one_pool(*state, pools[3]), one_pool(*state, pools[4]), 1);
}

static void a_longer_queue_comes_to_no_limit(void **state)
{
    static const char *const pools[] = {
        THREADS ", \"queue_limit\": 0", THREADS ", \"queue_limit\": 3",
        THREADS ", \"queue_limit\": 30", THREADS ", \"queue_limit\": 1000000000", THREADS};
    assert_reaches_no_limit(*state, pools, 5, "w.refused_rate");
    assert_same_reports(*state, one_pool(*state, pools[3]), one_pool(*state, pools[4]), 1);
}

/* ---- laws ---- */

enum { REPLICATIONS = 40 };

/* The mean of a metric over replications of its own, with its standard error. */
static struct estimate mean_of(struct fixture *fixture, const char *text, const char *metric)
{
    double values[REPLICATIONS];
    const struct scenario *scenario = fixture_read_text(fixture, text);
    struct arena *arena = arena_open();
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        struct once once = replicate_once(scenario, r, arena);
        values[r] = once_value(&once, metric);
        arena_reset(arena);
    }
    arena_close(arena);
    return estimate_mean(values, REPLICATIONS, 1, 0.95);
}

/* How often one difference of two such means may be that far off by chance. */
static double most_apart(const struct estimate *a, const struct estimate *b, double alarms)
{
    double error =
        sqrt(a->standard_error * a->standard_error + b->standard_error * b->standard_error);
    return error * gsl_cdf_tdist_Qinv(alarms / 2, REPLICATIONS - 1);
}

static const char *twice(const struct fixture *fixture, int times)
{
    return arena_printf(fixture->arena,
                        "{ \"capsim\": 1, \"name\": \"scale\", \"resources\": {\n"
                        "  \"p\": { \"kind\": \"connection_pool\", \"max\": %d } },\n"
                        "\"workloads\": { \"w\": {\n"
                        "  \"arrivals\": { \"process\": \"poisson\", \"rate\": \"%d/s\" },\n"
                        "  \"steps\": [ { \"hold\": \"p\", \"steps\": [ { \"delay\":\n"
                        "    { \"dist\": \"exponential\", \"mean\": \"80ms\" } } ] } ] } },\n"
                        "\"run\": { \"duration\": \"20min\", \"warmup\": \"1min\", \"seed\": 9 } }",
                        times, 10 * times);
}

/* At the same load, of 0.8, more servers wait less: 320, 142, 60 and 23 ms. */
static void twice_the_servers_and_customers_wait_less(void **state)
{
    struct estimate smaller = mean_of(*state, twice(*state, 1), "p.wait.mean");
    for (int times = 2; times <= 8; times *= 2) {
        struct estimate larger = mean_of(*state, twice(*state, times), "p.wait.mean");
        assert_true(smaller.estimate - larger.estimate > most_apart(&smaller, &larger, 1e-6));
        smaller = larger;
    }
}

#define HALF(name, rate)                                                                           \
    "\"" name "\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"" rate "\" }, "         \
    "\"steps\": [ " USE " ] }"
#define USE                                                                                        \
    "{ \"hold\": \"p\", \"steps\": [ { \"delay\": { \"dist\": \"lognormal\", \"mean\": "           \
    "\"100ms\", \"cv\": 1.5 } } ] }"
#define SPLIT(workloads)                                                                           \
    "{ \"capsim\": 1, \"name\": \"split\", \"resources\": { \"p\": { \"kind\": "                   \
    "\"connection_pool\", \"max\": 4, \"acquire_timeout\": \"500ms\" } }, \"workloads\": "         \
    "{ " workloads                                                                                 \
    " }, \"run\": { \"duration\": \"20min\", \"warmup\": \"1min\", \"seed\": 13 } }"

/* One stream of 34/s, two of 17/s, and one whose customers are of two classes: all the same to the
 * pool. Four metrics of two pairs are eight chances of a false alarm. */
static void a_poisson_stream_may_be_split(void **state)
{
    static const char *const metrics[] = {"p.wait.mean", "p.utilization", "p.timeout_rate",
                                          "p.wait.probability"};
    static const char *const others[] = {
        SPLIT(HALF("left", "17/s") "," HALF("right", "17/s")),
        SPLIT("\"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"34/s\" }, \"mix\": {"
              " \"left\": { \"share\": 0.5, \"steps\": [ " USE " ] },"
              " \"right\": { \"share\": 0.5, \"steps\": [ " USE " ] } } }")};
    for (size_t m = 0; m < 4; m++) {
        struct estimate whole = mean_of(*state, SPLIT(HALF("w", "34/s")), metrics[m]);
        for (size_t i = 0; i < 2; i++) {
            struct estimate split = mean_of(*state, others[i], metrics[m]);
            assert_true(whole.standard_error < 0.1 * whole.estimate);
            assert_within(split.estimate, whole.estimate, most_apart(&whole, &split, 1e-6 / 8));
        }
    }
}

/* ---- conservation ---- */

/* First come, first served by one; with time-outs, with a limited queue. */
static void nobody_is_lost_at_any_time(void **state)
{
    static const char *const pools[] = {
        "\"kind\": \"connection_pool\", \"max\": 1, \"acquire_timeout\": \"300ms\"",
        "\"kind\": \"thread_pool\", \"threads\": 1, \"queue_limit\": 3",
        ("\"kind\": \"thread_pool\", \"threads\": 1, \"queue_limit\": 5, \"queue_timeout\": "
         "\"200ms\""),
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
        struct error err = {0};
        const struct scenario *scenario = fixture_read_text(fixture, one_pool(fixture, pools[i]));
        struct model *model = model_compile(scenario, fixture->arena, &err);
        assert_non_null(model);
        struct replication_state *system = replication_create(model, 0, fixture->arena, &err);
        const struct class_state *class = &system->classes[0];
        uint64_t gone = 0;
        for (int64_t ms = 1; ms < 300000; ms++) {
            assert_true(replication_run_until(system, ms * 1000000));
            gone = class->response->count + class->counts[GROUP_TIMED_OUT] +
                   class->counts[GROUP_REFUSED];
            assert_int_equal(class->counts[GROUP_ARRIVED],
                             gone + (uint64_t) class->in_system->level);
            assert_int_equal(class->in_system->level,
                             system->pools[0].busy->level + system->pools[0].queue->level);
        }
        assert_true(class->response->count > 1000 && gone - class->response->count > 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(times_of_a_power_of_two_scale_everything_exactly),
        fixture_test(random_times_scale_up_to_the_clock),
        fixture_test(the_order_of_resources_and_workloads_means_nothing),
        fixture_test(what_nobody_uses_changes_nothing),
        fixture_test(a_longer_time_out_comes_to_none),
        fixture_test(a_longer_queue_comes_to_no_limit),
        fixture_test(twice_the_servers_and_customers_wait_less),
        fixture_test(a_poisson_stream_may_be_split),
        fixture_test(nobody_is_lost_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
