/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/explain.h"
#include "inputs/scenario/scenario.h"
#include "models/engine/model.h"
#include "models/metrics/metric_manual.h"
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

/* Looks up what the model of a scenario reports, without running it; returns how many metrics. */
static size_t count_explained_metrics(const char *path)
{
    struct arena *arena = arena_open();
    struct scenario_set set;
    struct error err = {0};
    if (!scenario_read(&(struct scenario_request){.file = path}, arena, &set, &err))
        fail_msg("%s: %s", path, err.message);
    const struct model *model = model_compile(&set.settings[0].scenario, arena, &err);
    assert_non_null(model);
    size_t count;
    const struct column *columns = model_columns(model, &count);
    for (size_t c = 0; c < model_metric_count(model); c++) {
        bool is_known = false;
        for (size_t k = 0; k < metric_manual_count; k++)
            is_known |= metric_manual_fits(&metric_manual[k], columns[c].name);
        if (!is_known)
            fail_msg("%s: nothing explains %s", path, columns[c].name);
    }
    size_t metrics = model_metric_count(model);
    scenario_close(&set);
    arena_close(arena);
    return metrics;
}

static void every_metric_of_every_shipped_scenario_is_explained(void **state)
{
    char *folder = source_path("inputs/scenarios"), path[1024];
    DIR *files = opendir(folder);
    size_t metrics = 0;
    for (struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".json"))
            metrics += count_explained_metrics(path);
    }
    assert_true(metrics > 300);
    closedir(files);
    free(folder);
}

static void the_list_has_every_metric_and_the_manual_every_key(void **state)
{
    struct arena *arena = arena_open();
    const char *list = explain_topics(arena), *manual = explain_manual(arena);
    for (size_t i = 0; i < metric_manual_count; i++)
        assert_non_null(strstr(list, metric_manual[i].name));
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
        cmocka_unit_test(every_metric_of_every_shipped_scenario_is_explained),
        cmocka_unit_test(the_list_has_every_metric_and_the_manual_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
