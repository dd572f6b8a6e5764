/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reports/report.schema.json against real reports: each meets it, and no key of the schema is one
 * that no report has. */
#include "tests/support/json_schema.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *load_schema(void)
{
    char *path = source_path("reports/report.schema.json");
    json_t *schema = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    free(path);
    return schema;
}

/* Adds the keys of all objects in value, however deep. */
static void collect_keys(const json_t *value, json_t *keys)
{
    json_t *tree = (json_t *)value;
    for (size_t i = 0; i < json_array_size(value); i++)
        collect_keys(json_array_get(value, i), keys);
    for (void *i = json_object_iter(tree); i; i = json_object_iter_next(tree, i)) {
        json_object_set_new(keys, json_object_iter_key(i), json_true());
        collect_keys(json_object_iter_value(i), keys);
    }
}

static void check_report(const json_t *schema, const char *text, json_t *keys)
{
    char problem[512];
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(report);
    if (!json_schema_check(schema, report, NULL, problem, sizeof problem))
        fail_msg("%s; say so in reports/report.schema.json, too", problem);
    collect_keys(report, keys);
    json_decref(report);
}

static void run_and_check(const json_t *schema, const char *scenario, const char *replications,
                          const char *series, json_t *keys)
{
    char *path = source_path(scenario);
    struct command_result result =
        capsim_run("run", path, "--format", "json", "--quiet", "--replications", replications,
                   "--series", series, NULL);
    check_report(schema, result.output, keys);
    command_result_free(&result);
    free(path);
}

static void save_and_check(const json_t *schema, json_t *keys)
{
    char *folder = folder_make(), *scenario = source_path("inputs/scenarios/mmc.json"), path[512];
    snprintf(path, sizeof path, "%s/kept.json", folder);
    struct command_result result = capsim_run("baseline", "save", scenario, "--out", path,
                                              "--replications", "2:2", "--quiet", NULL);
    assert_int_equal(result.status, 0);
    char *text = file_read(path, NULL), other[512];
    check_report(schema, text, keys);
    free(text);
    command_result_free(&result);
    char *changed = file_read(scenario, NULL);
    memcpy(strstr(changed, "600/s"), "590/s", 5);
    snprintf(other, sizeof other, "%s/changed.json", folder);
    file_write(other, changed, strlen(changed));
    result = capsim_run("baseline", "approve", other, "--baseline", path, "--reason", "fewer",
                        "--by", "a test", "--quiet", NULL);
    assert_int_equal(result.status, 0);
    text = file_read(path, NULL);
    check_report(schema, text, keys);
    free(text);
    free(changed);
    command_result_free(&result);
    free(scenario);
    folder_remove(folder);
}

/* Every key that a definition of the schema lists. */
static void assert_all_are_used(const json_t *schema, const json_t *keys)
{
    json_t *definitions = json_object_get(schema, "$defs");
    /* True only of runs that are far too short, which the runs here are not. */
    static const char *const rare[] = {"withheld",    "reasons", "cycles", "run_needed",
                                       "probability", "held",    "failed"};
    for (void *d = json_object_iter(definitions); d; d = json_object_iter_next(definitions, d)) {
        json_t *properties = json_object_get(json_object_iter_value(d), "properties");
        for (void *i = json_object_iter(properties); i; i = json_object_iter_next(properties, i)) {
            const char *key = json_object_iter_key(i);
            bool is_rare = false;
            for (size_t r = 0; r < sizeof rare / sizeof rare[0]; r++)
                is_rare |= strcmp(key, rare[r]) == 0;
            if (!is_rare && !json_object_get(keys, key))
                fail_msg("no report has %s of %s", key, json_object_iter_key(d));
        }
    }
}

static void reports_meet_the_schema_and_use_all_of_it(void **state)
{
    json_t *schema = load_schema(), *keys = json_object();
    run_and_check(schema, "inputs/scenarios/accubooks-pool.json", "2:2", "api.throughput", keys);
    run_and_check(schema, "inputs/scenarios/accubooks-per-instance.json", "2:2", "web.throughput",
                  keys);
    run_and_check(schema, "inputs/scenarios/mmc.json", "1:1", "query.throughput", keys);
    save_and_check(schema, keys);
    assert_all_are_used(schema, keys);
    json_decref(schema);
    json_decref(keys);
}

static void a_key_of_another_name_is_found(void **state)
{
    json_t *schema = load_schema(), *report = json_pack("{s:i}", "capsim_report", 1);
    char problem[512];
    assert_false(json_schema_check(schema, report, NULL, problem, sizeof problem));
    json_decref(schema);
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_meet_the_schema_and_use_all_of_it),
        cmocka_unit_test(a_key_of_another_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
