/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/explain.h"
#include "inputs/scenario/scenario.h"
#include "models/metrics/metric_catalogue.h"
#include "models/studies/plan.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_says(const char *topic, const char *expected)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    const char *text = explain(topic, arena, &err);
    if (!text || !strstr(text, expected))
        fail_msg("%s: %s", topic, text ? text : err.message);
    arena_close(arena);
}

static void keys_kinds_metrics_and_statistics_are_explained(void **state)
{
    assert_says("acquire_timeout", "acquire_timeout of connection_pool: a duration");
    assert_says("resources.db_pool.max", "max of connection_pool: a whole number, at least 1\n"
                                         "  Most connections.\n");
    assert_says("lognormal", "Keys: dist (required), mean, cv");
    assert_says("db_pool.wait.p95", "metric wait of a connection or thread pool: seconds");
    assert_says("api.step.query.p99", "metric step.<step> of a workload");
    assert_says("fleet.cycle.duty", "metric cycle.duty");
    assert_says("p999", "statistic p999\n");
    assert_says("run.seed", "seed of run: ");
}

static void a_path_names_one_thing(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    assert_null(strstr(explain("resources.db_pool.max", arena, &err), "exponential"));
    assert_null(strstr(explain("db_pool.wait.p95", arena, &err), "lognormal"));
    arena_close(arena);
}

static void an_unknown_name_gets_the_nearest(void **state)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    assert_null(explain("aquire_timeout", arena, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_string_equal(err.message,
                        "no key, kind or metric is called \"aquire_timeout\"; did you mean "
                        "'acquire_timeout'?; 'capsim explain' alone lists them");
    arena_close(arena);
}

static void the_schema_inside_is_the_schema_outside(void **state)
{
    char *path = source_path("inputs/scenario.schema.json"), *text = file_read(path, NULL);
    assert_string_equal(explain_schema, text);
    free(text);
    free(path);
}

/* What every metric of a scenario is can be found by its name, and is what its column says. */
static size_t check_metrics(const char *path)
{
    struct arena *arena = arena_open();
    struct error err = {0};
    struct scenario_set set;
    struct plan plan;
    size_t columns, metrics = 0;
    if (!scenario_read(&(struct scenario_request){.file = path}, arena, &set, &err) ||
        !plan_make(&set, arena, &plan, &err))
        fail_msg("%s: %s", path, err.message);
    const struct column *column = model_columns(plan.models[0], &columns);
    for (; metrics < model_metric_count(plan.models[0]); metrics++) {
        const struct metric_identity *is = column[metrics].identity;
        struct metric_identity found;
        const struct metric_owner *owner;
        const char *name = column[metrics].name;
        if (!metric_catalogue_find(name, 0, arena, &found, &owner))
            fail_msg("%s: nothing explains %s", path, name);
        bool is_same = strcmp(found.metric, is->metric) == 0 && found.statistic == is->statistic &&
                       found.is_worst == is->is_worst && found.is_shown == is->is_shown &&
                       found.row->role == is->row->role && !found.resource == !is->resource &&
                       (!is->resource || strcmp(found.resource, is->resource) == 0);
        if (!is_same)
            fail_msg("%s: %s is found to be something else", path, name);
    }
    scenario_close(&set);
    arena_close(arena);
    return metrics;
}

static void every_metric_of_every_shipped_scenario_is_found_by_its_name(void **state)
{
    char *folder = source_path("inputs/scenarios");
    DIR *files = opendir(folder);
    size_t metrics = 0;
    for (struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
        char path[1024];
        if (!strstr(entry->d_name, ".json"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        metrics += check_metrics(path);
    }
    assert_true(metrics > 300);
    closedir(files);
    free(folder);
}

static void the_list_has_every_metric_and_the_manual_every_key(void **state)
{
    struct arena *arena = arena_open();
    const char *list = explain_topics(arena), *manual = explain_manual(arena);
    for (size_t o = 0; o < METRIC_OWNERS; o++)
        for (size_t r = 0; r < metric_owner(o)->count; r++)
            assert_non_null(strstr(list, metric_owner(o)->rows[r].name));
    assert_non_null(strstr(list, "acquire_timeout"));
    assert_non_null(strstr(manual, "\n*acquire\\_timeout*\n\tA limit on waiting"));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_kinds_metrics_and_statistics_are_explained),
        cmocka_unit_test(a_path_names_one_thing),
        cmocka_unit_test(an_unknown_name_gets_the_nearest),
        cmocka_unit_test(the_schema_inside_is_the_schema_outside),
        cmocka_unit_test(every_metric_of_every_shipped_scenario_is_found_by_its_name),
        cmocka_unit_test(the_list_has_every_metric_and_the_manual_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
