/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand why in an overload: the chain from what is waited for to what makes that full. */
#include "tests/support/support.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 4096 };

struct overload {
    const char *resources, *services, *steps, *rate;
    const char *limit;    /* the culprit                         */
    const char *words[3]; /* of the first lines; NULL: no more   */
    const char *never;    /* what must not be said; NULL: nothing */
};

#define EXP(mean) "{ \"dist\": \"exponential\", \"mean\": \"" mean "\" }"
#define CPU(name, cores) "\"" name "\": { \"kind\": \"cpu\", \"cores\": " cores " }"
#define THREADS(name, count)                                                                       \
    "\"" name "\": { \"kind\": \"thread_pool\", \"threads\": " count ", \"queue_limit\": 400 }"
#define CONNECTIONS(name, max)                                                                     \
    "\"" name "\": { \"kind\": \"connection_pool\", \"max\": " max ", \"acquire_timeout\": "       \
    "\"2s\" }"
#define HOLD(name, steps) "{ \"hold\": \"" name "\", \"steps\": [ " steps " ] }"
#define WORK(name, mean) "{ \"work\": \"" name "\", \"demand\": " EXP(mean) ", \"name\": \"work\" }"

static const struct overload overloads[] = {
    /* The pool is full because the database is saturated. */
    {CONNECTIONS("db_pool", "40") "," CPU("pg", "4"),
     "",
     HOLD("db_pool", WORK("pg", "20ms")),
     "220/s",
     "pg",
     {"db_pool is full because pg is the limit: 4.4 needed, of 4 cores.",
      "More of db_pool alone does less."},
     NULL},
    /* Connections leak: one of 250 is kept for a minute. */
    {CONNECTIONS("db_pool", "20"),
     "",
     HOLD("db_pool",
          "{ \"delay\": " EXP(
              "50ms") ", \"name\": \"query\" }, { \"choose\": [ "
                      "{ \"share\": 0.004, \"steps\": [ { \"delay\": \"60s\", \"name\": \"kept\" } "
                      "] }, { \"share\": 0.996, \"steps\": [] } ] }"),
     "100/s",
     "db_pool",
     {"29 needed, of 20 connections.", "83 % of the time that one is held goes to \"kept\"."},
     NULL},
    /* A lock, held inside of a pool. */
    {CONNECTIONS("db_pool", "20") ", \"lock\": { \"kind\": \"connection_pool\", \"max\": 1 }",
     "",
     HOLD("db_pool",
          "{ \"delay\": " EXP("5ms") " }, " HOLD("lock", "{ \"delay\": " EXP("10ms") " }")),
     "105/s",
     "lock",
     {"db_pool is full because lock is the limit: 1.05 needed, of 1 connection.",
      "One request at a time holds lock: if it is a lock, shorten what",
      "There is no second lock, so none is advised;"},
     "2 connections"},
    /* A rate limiter that is waited for inside of a pool. */
    {THREADS("pool", "30") ", \"gate\": { \"kind\": \"rate_limiter\", \"rate\": \"100/s\", "
                           "\"burst\": 10, \"excess\": \"wait\" }",
     "",
     HOLD("pool", "{ \"pass\": \"gate\" }, { \"delay\": " EXP("20ms") " }"),
     "120/s",
     "gate",
     {"pool is full because gate is the limit: 120 needed, of 100 /s.",
      "More of pool alone does less."},
     NULL},
    /* Threads in front of a processor. */
    {THREADS("threads", "100") "," CPU("cpu", "2"),
     "",
     HOLD("threads", WORK("cpu", "10ms") ", { \"delay\": " EXP("30ms") " }"),
     "210/s",
     "cpu",
     {"2.1 needed, of 2 cores."},
     NULL},
    /* Each replica's core, behind its threads; the database behind all has room. */
    {CPU("pg", "8"),
     "\"services\": { \"web\": { \"replicas\": 4, \"resources\": { " CPU("core", "1") "," THREADS(
         "threads", "16") " } } },",
     "{ \"visit\": \"web\", \"steps\": [ " HOLD("threads",
                                                WORK("core", "10ms") "," WORK("pg", "5ms")) " ] }",
     "420/s",
     "web.core",
     {"web.threads is full because web.core is the limit: 1.05 needed, of 1 core."},
     NULL},
};

static struct command_result explain(const char *folder, const char *resources,
                                     const char *services, const char *workloads,
                                     const char *format)
{
    char path[PATH], *text;
    snprintf(path, sizeof path, "%s/s.json", folder);
    assert_true(asprintf(&text,
                         "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { %s }, %s "
                         "\"workloads\": { %s }, \"run\": { \"duration\": \"5min\", \"seed\": 3, "
                         "\"replications\": [5, 5] } }",
                         resources, services, workloads) > 0);
    file_write(path, text, strlen(text));
    free(text);
    return capsim_run("why", path, "-q", "-f", format, NULL);
}

/* As one line: where lines end is not what is tested. */
static void unfold(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++)
        if (*from != '\n' && *from != ' ')
            *to++ = *from;
        else if (to == text || to[-1] != ' ')
            *to++ = ' ';
    *to = '\0';
}

static void the_chain_ends_at_the_culprit(void **state)
{
    (void)state;
    char *folder = folder_make();
    for (size_t i = 0; i < sizeof overloads / sizeof overloads[0]; i++) {
        const struct overload *overload = &overloads[i];
        char *workload;
        assert_true(asprintf(&workload,
                             "\"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": "
                             "\"%s\" }, \"steps\": [ %s ] }",
                             overload->rate, overload->steps) > 0);
        struct command_result shown =
            explain(folder, overload->resources, overload->services, workload, "text");
        assert_int_equal(shown.status, 0);
        unfold(shown.output);
        char limit[64];
        snprintf(limit, sizeof limit, " LIMIT %s: ", overload->limit);
        if (!strstr(shown.output, limit))
            fail_msg("%zu: not limited by %s: %s", i, overload->limit, shown.output);
        for (int w = 0; w < 3 && overload->words[w]; w++)
            if (!strstr(shown.output, overload->words[w]))
                fail_msg("%zu: \"%s\" is not said: %s", i, overload->words[w], shown.output);
        if (overload->never)
            assert_null(strstr(shown.output, overload->never));
        command_result_free(&shown);
        free(workload);
    }
    folder_remove(folder);
}

/* For machines there is no row of a second lock either; one of the pool around it is there. */
static void a_second_lock_is_in_no_list(void **state)
{
    (void)state;
    char *folder = folder_make();
    struct command_result result = explain(
        folder, overloads[2].resources, "",
        "\"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"105/s\" }, \"steps\": "
        "[ " HOLD("db_pool", HOLD("lock", "{ \"delay\": " EXP("10ms") " }")) " ] }",
        "json");
    assert_int_equal(result.status, 0);
    json_t *root = command_result_json(&result);
    const json_t *changes = json_object_get(root, "changes"), *change;
    size_t i;
    assert_true(json_array_size(changes) > 0);
    json_array_foreach(changes, i, change)
    {
        const char *resource = json_string_value(json_object_get(change, "resource"));
        assert_string_equal(resource, "db_pool");
    }
    json_decref(root);
    command_result_free(&result);
    folder_remove(folder);
}

/* What overloads another workload does not fill the pool that this one waits for. */
static void another_s_overload_is_no_culprit(void **state)
{
    (void)state;
    char *folder = folder_make();
    struct command_result result = explain(
        folder, CONNECTIONS("db_pool", "10") "," THREADS("batch_pool", "2"), "",
        "\"api\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"8/s\" }, \"steps\": "
        "[ " HOLD(
            "db_pool",
            "{ \"delay\": " EXP(
                "1s") " }") " ] }, \"batch\": { \"arrivals\": { "
                            "\"process\": \"poisson\", \"rate\": \"50/s\" }, \"steps\": [ " HOLD(
                                "batch_pool", "{ \"delay\": " EXP("1s") " }") " ] }",
        "text");
    assert_int_equal(result.status, 0);
    unfold(result.output);
    assert_non_null(strstr(result.output, "LIMIT db_pool: "));
    assert_non_null(strstr(result.output, "LIMIT batch_pool: "));
    command_result_free(&result);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_ends_at_the_culprit),
        cmocka_unit_test(a_second_lock_is_in_no_list),
        cmocka_unit_test(another_s_overload_is_no_culprit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
