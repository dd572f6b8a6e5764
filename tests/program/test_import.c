/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import as a program: what it writes, its exit statuses, and that a change to a real service is
 * projected as it was then measured. */
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *telemetry(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "tests/telemetry/%s", name);
    return source_path(path);
}

static char *inside(const char *folder, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = inside(folder, name);
    bool is_found = access(path, F_OK) == 0;
    free(path);
    return is_found;
}

/* Imports the service of tests/telemetry/lab into folder. */
static struct command_result import_lab(const char *folder)
{
    char *haproxy = telemetry("lab/haproxy.log.gz"), *access = telemetry("lab/access.log.gz");
    char *metrics = telemetry("lab/metrics.prom.gz"), *env = telemetry("lab/api.env");
    char *sessions = telemetry("lab/pg_stat_activity.csv");
    struct command_result result =
        capsim_run("import", haproxy, access, metrics, env, sessions, "--out", folder, NULL);
    free(haproxy);
    free(access);
    free(metrics);
    free(env);
    free(sessions);
    return result;
}

static double estimate(json_t *report, const char *metric)
{
    json_t *setting = json_array_get(json_object_get(report, "settings"), 0);
    json_t *found = json_object_get(json_object_get(setting, "metrics"), metric);
    assert_non_null(found);
    return json_number_value(json_object_get(found, "estimate"));
}

/* The pool was then made twice as large and 40 % more requests were sent. Measured: the figures
 * below. What such a projection can do at all is 5 to 7 %: two runs with the same settings differ
 * by up to 3 %, the clients see 0.9 ms more than the proxy. */
static void a_change_is_projected_as_it_was_measured(void **state)
{
    static const struct {
        const char *metric;
        double measured, allowed;
    } figures[] = {{"requests.response.mean", 85.911e-3, 0.1 * 85.911e-3},
                   {"requests.response.p50", 74.247e-3, 0.1 * 74.247e-3},
                   {"requests.response.p95", 201.51e-3, 0.1 * 201.51e-3},
                   {"requests.list.response.mean", 106.17e-3, 0.1 * 106.17e-3},
                   {"requests.order.response.mean", 32.357e-3, 0.1 * 32.357e-3},
                   {"pool.utilization", 0.50404, 0.03}};
    char *folder = folder_make(), *scenario = inside(folder, "scenario.json");
    struct command_result imported = import_lab(folder);
    assert_int_equal(imported.status, 0);
    struct command_result run =
        capsim_run("run", scenario, "-q", "--format", "json", "-n", "10:10", "--set",
                   "resources.pool.max=20", "--set", "workloads.requests.arrivals.scale=1.4", NULL);
    assert_int_equal(run.status, 0);
    json_t *report = command_result_json(&run);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        assert_within(estimate(report, figures[i].metric), figures[i].measured, figures[i].allowed);
    json_decref(report);
    command_result_free(&run);
    command_result_free(&imported);
    free(scenario);
    folder_remove(folder);
}

/* ---- the traps of these files ---------------------------------------------------------------- */

static json_t *drafted(const char *folder)
{
    char *path = inside(folder, "scenario.json"), *text = file_read(path, NULL);
    json_t *scenario = json_loads(text, 0, NULL);
    assert_non_null(scenario);
    free(text);
    free(path);
    return scenario;
}

static void import_into(const char *folder, const char *const *names)
{
    char *paths[8] = {NULL};
    size_t count = 0;
    for (; names[count]; count++)
        paths[count] = telemetry(names[count]);
    struct command_result imported =
        capsim_run("import", "--out", folder, paths[0], paths[1], paths[2], paths[3], paths[4],
                   paths[5], paths[6], paths[7], NULL);
    assert_int_equal(imported.status, 0);
    command_result_free(&imported);
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
}

static char *observed_text(const char *folder)
{
    char *path = inside(folder, "import.txt"), *text = file_read(path, NULL);
    free(path);
    return text;
}

/* Tw is 0 in every line, since the queue is the pool's and inside of Tr: no queue of the proxy is
 * drafted, and the pool's is found by replay. Measured were 6.55 ms on average; 4.5 ms of each
 * response are outside of the hold, which these files do not tell: at a load that is 5 % too high
 * the wait is half as long again. */
static void the_pools_queue_is_inside_of_the_servers_time(void **state)
{
    static const char *const names[] = {"lab/haproxy.log.gz", "lab/api.env", NULL};
    char *folder = folder_make();
    import_into(folder, names);
    json_t *scenario = drafted(folder), *resources = json_object_get(scenario, "resources");
    assert_null(json_object_get(resources, "proxy"));
    char *text = observed_text(folder);
    assert_non_null(strstr(text, "waits of the pool are upper bounds"));
    free(text);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(resources, "pool"), "max")),
                     10);
    char *path = inside(folder, "scenario.json");
    struct command_result run = capsim_run("run", path, "-q", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    assert_true(estimate(report, "pool.wait.mean") > 6.55e-3);
    assert_true(estimate(report, "pool.wait.mean") < 1.7 * 6.55e-3);
    assert_within(estimate(report, "requests.response.mean"), 92.1e-3, 3e-3);
    json_decref(report);
    json_decref(scenario);
    command_result_free(&run);
    free(path);
    folder_remove(folder);
}

/* A shell lists the snapshot after before the one before: 13 % less than the holds, not more. And
 * what statements took is never taken for the hold of a connection. */
static void statements_are_less_than_the_holds_in_any_order(void **state)
{
    static const char *const with[] = {"lab/haproxy.log.gz",
                                       "lab/access.log.gz",
                                       "lab/metrics.prom.gz",
                                       "lab/api.env",
                                       "lab/pg_stat_statements_after.csv",
                                       "lab/pg_stat_statements_before.csv",
                                       NULL};
    static const char *const without[] = {"lab/haproxy.log.gz", "lab/access.log.gz",
                                          "lab/metrics.prom.gz", "lab/api.env", NULL};
    char *folders[] = {folder_make(), folder_make()};
    import_into(folders[0], with);
    import_into(folders[1], without);
    char *text = observed_text(folders[0]);
    assert_non_null(strstr(text, "of the holds; the rest is commit, network"));
    assert_null(strstr(text, "was reset in between"));
    json_t *a = drafted(folders[0]), *b = drafted(folders[1]);
    assert_true(json_equal(json_object_get(a, "workloads"), json_object_get(b, "workloads")));
    assert_true(json_equal(json_object_get(a, "resources"), json_object_get(b, "resources")));
    json_decref(a);
    json_decref(b);
    free(text);
    folder_remove(folders[0]);
    folder_remove(folders[1]);
}

static double response_with(const char *folder, const char *set)
{
    char *path = inside(folder, "scenario.json");
    struct command_result run =
        capsim_run("run", path, "-q", "--format", "json", "-n", "10:10", "--set", set, NULL);
    assert_int_equal(run.status, 0);
    json_t *report = command_result_json(&run);
    double mean = estimate(report, "requests.response.mean");
    json_decref(report);
    command_result_free(&run);
    free(path);
    return mean;
}

/* 2.4 visits a request wait 8.2 ms each in a pooler of four: with twelve they wait no more, and the
 * response is shorter by 20 ms. The application's own pool was never full. */
static void a_larger_pooler_shortens_the_applications_hold(void **state)
{
    static const char *const names[] = {
        "made/pooler-access.jsonl.gz", "made/pooler.prom", "made/pooler-stats.1.csv",
        "made/pooler-stats.2.csv",     "made/pooler.ini",  NULL};
    char *folder = folder_make();
    import_into(folder, names);
    double as_it_is = response_with(folder, "resources.pooler.max=4");
    double larger = response_with(folder, "resources.pooler.max=12");
    double more_of_the_other = response_with(folder, "resources.pool.max=200");
    assert_within(as_it_is - larger, 2.4 * 8.22e-3, 4e-3);
    assert_within(more_of_the_other, as_it_is, 1e-3);
    folder_remove(folder);
}

/* Quantiles of a histogram by interpolation are too high by as much as 1.8 (p95 of all: 211.65 ms
 * were measured). */
static void quantiles_are_those_of_single_requests(void **state)
{
    static const char *const names[] = {"lab/haproxy.log.gz", "lab/access.log.gz",
                                        "lab/metrics.prom.gz", "lab/api.env", NULL};
    char *folder = folder_make(), *path = inside(folder, "scenario.json");
    import_into(folder, names);
    struct command_result run = capsim_run("run", path, "-q", "--format", "json", NULL);
    json_t *report = command_result_json(&run);
    assert_within(estimate(report, "requests.response.p95"), 211.65e-3, 0.05 * 211.65e-3);
    assert_within(estimate(report, "requests.response.p50"), 78.97e-3, 0.05 * 78.97e-3);
    json_decref(report);
    command_result_free(&run);
    free(path);
    folder_remove(folder);
}

/* Each format, and the files of a folder. */
static void every_format_has_what_was_seen(void **state)
{
    static const struct {
        const char *format, *begins, *has;
    } formats[] = {{"csv", "kind,of,metric,unit,mean,error,p95,count,file,method\n",
                    "\nhold,pool,use_time,s,0.08"},
                   {"markdown", "# What telemetry shows", "| hold | pool | 80.3 ms |"},
                   {"html", "<!DOCTYPE html>", "variance over mean of the counts"},
                   {"html", "<!DOCTYPE html>", "quantile of the drafted law"}};
    char *haproxy = telemetry("lab/haproxy.log.gz"), *access = telemetry("lab/access.log.gz");
    char *metrics = telemetry("lab/metrics.prom.gz"), *env = telemetry("lab/api.env");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct command_result result = capsim_run("import", haproxy, access, metrics, env,
                                                  "--format", formats[i].format, NULL);
        assert_int_equal(result.status, 0);
        assert_int_equal(strncmp(result.output, formats[i].begins, strlen(formats[i].begins)), 0);
        if (!strstr(result.output, formats[i].has))
            fail_msg("%s has no %s", formats[i].format, formats[i].has);
        command_result_free(&result);
    }
    free(haproxy);
    free(access);
    free(metrics);
    free(env);
}

static void a_folder_has_the_page_and_the_tables(void **state)
{
    static const char *const names[] = {"observed.json", "import.txt",       "scenario.json",
                                        "import.html",   "import.md",        "import.json",
                                        "figures.csv",   "rates.csv",        "dispersion.csv",
                                        "quantiles.csv", "drafted_rate.csv", "findings.csv"};
    char *folder = folder_make();
    struct command_result imported = import_lab(folder);
    assert_int_equal(imported.status, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!is_there(folder, names[i]))
            fail_msg("%s is missing", names[i]);
    command_result_free(&imported);
    folder_remove(folder);
}

/* Everything that the draft calls by a name can be called otherwise, and runs. */
static void parts_are_called_as_they_are_wanted(void **state)
{
    char *folder = folder_make(), *path = inside(folder, "scenario.json");
    char *access = telemetry("lab/access.log.gz"), *metrics = telemetry("lab/metrics.prom.gz");
    struct command_result imported =
        capsim_run("import", access, metrics, "--out", folder, "--name", "shop", "--name",
                   "pool=db_pool", "--name", "requests=api", "--name", "list=catalogue", NULL);
    assert_int_equal(imported.status, 0);
    struct command_result run =
        capsim_run("run", path, "-q", "-n", "2", "--format", "json", "--set",
                   "resources.db_pool.max=12", "--set", "workloads.api.arrivals.scale=1.1", NULL);
    json_t *report = command_result_json(&run);
    assert_true(estimate(report, "api.catalogue.response.mean") > 0.09);
    assert_true(estimate(report, "db_pool.utilization") > 0.5);
    json_t *scenario = drafted(folder);
    assert_string_equal(json_string_value(json_object_get(scenario, "name")), "shop");
    char *text = file_read(path, NULL);
    assert_non_null(strstr(text, "\"key\": \"workloads.api.mix.catalogue.steps\""));
    assert_non_null(strstr(text, "\"key\": \"resources.db_pool.max\""));
    free(text);
    json_decref(scenario);
    json_decref(report);
    command_result_free(&run);
    command_result_free(&imported);
    free(access);
    free(metrics);
    free(path);
    folder_remove(folder);
}

static void names_that_are_not_there_are_refused(void **state)
{
    static const char *const cases[][2] = {
        {"lst=x", "nothing that was found is called \"lst\"; did you mean 'list'?"},
        {"lst=x", "; found: requests, list"},
        {"list=item", "--name list=item: something else is called so"},
        {"=x", "--name must be an identifier, or FOUND=NAME"}};
    char *access = telemetry("lab/access.log.gz");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct command_result result = capsim_run("import", access, "--name", cases[i][0], NULL);
        assert_int_equal(result.status, 2);
        if (!strstr(result.error, cases[i][1]))
            fail_msg("%s", result.error);
        command_result_free(&result);
    }
    free(access);
}

static void the_same_files_give_the_same_bytes(void **state)
{
    static const char *const names[] = {"observed.json", "import.txt", "scenario.json"};
    char *folders[] = {folder_make(), folder_make()};
    for (int i = 0; i < 2; i++) {
        struct command_result imported = import_lab(folders[i]);
        assert_int_equal(imported.status, 0);
        command_result_free(&imported);
    }
    for (size_t n = 0; n < 3; n++) {
        char *paths[] = {inside(folders[0], names[n]), inside(folders[1], names[n])};
        char *texts[] = {file_read(paths[0], NULL), file_read(paths[1], NULL)};
        assert_string_equal(texts[0], texts[1]);
        for (int i = 0; i < 2; i++) {
            free(paths[i]);
            free(texts[i]);
        }
    }
    folder_remove(folders[0]);
    folder_remove(folders[1]);
}

static void a_mistake_writes_nothing(void **state)
{
    char *folder = folder_make(), *good = telemetry("lab/api.env");
    char *bad = telemetry("made/own.csv");
    struct command_result result = capsim_run("import", good, bad, "--out", folder, NULL);
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.error, "is of no format that its beginning tells"));
    assert_string_equal(result.output, "");
    assert_false(is_there(folder, "observed.json"));
    command_result_free(&result);
    free(good);
    free(bad);
    folder_remove(folder);
}

static void one_format_is_for_the_files_that_need_it(void **state)
{
    char *own = telemetry("made/own.csv"), *env = telemetry("lab/api.env");
    struct command_result result =
        capsim_run("import", env, own, "--as", "csv:time=at", "--label", "pool.wait_ms=wait", NULL);
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "taken for env"));
    assert_non_null(strstr(result.output, "taken for csv (--as)"));
    command_result_free(&result);
    free(own);
    free(env);
}

static void contradicting_sources_end_with_1(void **state)
{
    char *access = telemetry("lab/access.log.gz"), *hey = telemetry("made/hey.csv");
    char *log = telemetry("captured/pgbench_log.20409");
    struct command_result result = capsim_run("import", access, hey, log, NULL);
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.output, "Contradictions"));
    command_result_free(&result);
    free(access);
    free(hey);
    free(log);
}

static void sizes_that_no_file_tells_come_by_set(void **state)
{
    char *metrics = telemetry("made/hikari.prom"), *log = telemetry("made/k6.csv");
    char *folder = folder_make(), *scenario = inside(folder, "draft.json");
    struct command_result result =
        capsim_run("import", metrics, log, "--set", "resources.pool.max=33", "--scenario", scenario,
                   "--name", "shop", "--format", "json", NULL);
    assert_int_equal(result.status, 1); /* two files of different things */
    json_t *observed = command_result_json(&result);
    json_decref(observed);
    char *text = file_read(scenario, NULL);
    assert_non_null(strstr(text, "\"name\": \"shop\""));
    assert_non_null(strstr(text, "\"max\": 33"));
    free(text);
    command_result_free(&result);
    free(metrics);
    free(log);
    free(scenario);
    folder_remove(folder);
}

static void refuse(const char *option, const char *value, const char *message)
{
    char *env = telemetry("lab/api.env");
    struct command_result result = capsim_run("import", env, option, value, NULL);
    assert_int_equal(result.status, 2);
    if (!strstr(result.error, message))
        fail_msg("%s %s: %s", option, value, result.error);
    command_result_free(&result);
    free(env);
}

static void options_are_checked(void **state)
{
    refuse("--from", "noon", "--from must be a time such as 2026-12-01T01:20:03Z");
    refuse("--label", "pool=wait", "--label must be RESOURCE.METRIC=KIND");
    refuse("--label", "pool.wait_ms=wiat", "did you mean 'wait'?");
    refuse("--set", "workloads.x=3", "--set of import takes resources.pool.max");
    refuse("--set", "resources.pool.max=many", "must be a number");
    refuse("--sampled", "120%", "--sampled must be a share above 0 of up to 100%");
    refuse("--sampled", "1/0", "such as 10% or 1/10; got");
    refuse("--name", "pool=9 lives", "--name must be an identifier, or FOUND=NAME");
    refuse("--name", "two words", "--name must be an identifier");
}

static void a_range_of_time_is_taken(void **state)
{
    char *access = telemetry("lab/access.log.gz");
    struct command_result result =
        capsim_run("import", access, "--from", "2026-12-01T01:20:10Z", "--to",
                   "2026-12-01T01:20:20Z", "--format", "json", NULL);
    assert_int_equal(result.status, 0);
    json_t *observed = command_result_json(&result);
    json_t *arrivals = json_array_get(json_object_get(observed, "arrivals"), 0);
    /* Poisson at 89.3/s for 10 s: within five standard deviations. */
    assert_within(json_number_value(json_object_get(arrivals, "count")), 893, 5 * sqrt(893));
    json_decref(observed);
    command_result_free(&result);
    free(access);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_projected_as_it_was_measured),
        cmocka_unit_test(the_pools_queue_is_inside_of_the_servers_time),
        cmocka_unit_test(statements_are_less_than_the_holds_in_any_order),
        cmocka_unit_test(a_larger_pooler_shortens_the_applications_hold),
        cmocka_unit_test(quantiles_are_those_of_single_requests),
        cmocka_unit_test(every_format_has_what_was_seen),
        cmocka_unit_test(a_folder_has_the_page_and_the_tables),
        cmocka_unit_test(parts_are_called_as_they_are_wanted),
        cmocka_unit_test(names_that_are_not_there_are_refused),
        cmocka_unit_test(the_same_files_give_the_same_bytes),
        cmocka_unit_test(a_mistake_writes_nothing),
        cmocka_unit_test(one_format_is_for_the_files_that_need_it),
        cmocka_unit_test(contradicting_sources_end_with_1),
        cmocka_unit_test(sizes_that_no_file_tells_come_by_set),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(a_range_of_time_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
