/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *read_back(const struct result *result)
{
    char *text = result_fixture_json(result);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%d:%d: %s", error.line, error.column, error.text);
    free(text);
    return root;
}

/* keys, separated by spaces, are the first keys of the object, in this order; `all` says that there
 * is no other. */
static void assert_keys(const json_t *object, const char *keys, bool all)
{
    json_t *read = (json_t *)object;
    void *entry = json_object_iter(read);
    for (; *keys != '\0'; entry = json_object_iter_next(read, entry)) {
        size_t length = strcspn(keys, " ");
        assert_non_null(entry);
        assert_int_equal(strlen(json_object_iter_key(entry)), length);
        assert_memory_equal(json_object_iter_key(entry), keys, length);
        keys += length + strspn(keys + length, " ");
    }
    if (all)
        assert_null(entry);
}

static const json_t *at(const json_t *root, const char *key)
{
    const json_t *value = json_object_get(root, key);
    if (!value)
        fail_msg("no key %s", key);
    return value;
}

static void the_keys_are_the_contract_in_its_order(void **state)
{
    json_t *root = read_back(result_fixture_plain());
    assert_keys(root,
                "capsim_report scenario provenance assumptions settings differences verdict title "
                "description confidence duration_s looks_planned looks_made interrupted",
                true);
    assert_int_equal(json_integer_value(at(root, "capsim_report")), 1);
    assert_keys(at(root, "scenario"), "name sha256", true);
    assert_keys(at(root, "provenance"), "version command seed inputs digest", true);
    assert_keys(json_array_get(at(root, "assumptions"), 0), "key value note source default", true);
    const json_t *proposed = json_array_get(at(root, "settings"), 1);
    assert_keys(proposed, "name overrides replications warmup_s verdict metrics criteria checks",
                false);
    assert_keys(at(at(proposed, "metrics"), "db_pool.open"), "estimate low high unit", false);
    assert_keys(json_array_get(at(proposed, "criteria"), 0),
                "name expect estimate low high unit verdict margin", false);
    assert_keys(json_array_get(at(proposed, "checks"), 0),
                "name simulated expected tolerance holds", true);
    assert_keys(json_array_get(at(root, "differences"), 0), "metric from to estimate low high",
                false);
    json_decref(root);
}

static void every_number_reads_back_exactly(void **state)
{
    const struct result *result = result_fixture_plain();
    json_t *root = read_back(result);
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        const json_t *metrics = at(json_array_get(at(root, "settings"), i), "metrics");
        assert_int_equal(json_object_size(metrics), setting->metric_count);
        for (size_t k = 0; k < setting->metric_count; k++) {
            const struct result_metric *metric = &setting->metrics[k];
            const json_t *read = at(metrics, metric->name);
            assert_true(json_real_value(at(read, "estimate")) == metric->estimate.estimate);
            assert_true(json_real_value(at(read, "low")) == metric->estimate.low);
            assert_true(json_real_value(at(read, "high")) == metric->estimate.high);
            assert_string_equal(json_string_value(at(read, "unit")), metric->unit);
        }
    }
    json_decref(root);
}

static void overrides_are_values_and_not_texts(void **state)
{
    json_t *root = read_back(result_fixture_plain());
    const json_t *overrides = at(json_array_get(at(root, "settings"), 1), "overrides");
    assert_int_equal(json_integer_value(at(overrides, "resources.db_pool.max")), 200);
    json_decref(root);
}

static void what_was_not_judged_has_no_verdict(void **state)
{
    json_t *root = read_back(result_fixture_plain());
    const json_t *settings = at(root, "settings");
    assert_true(json_is_null(at(json_array_get(settings, 0), "verdict")));
    assert_string_equal(json_string_value(at(json_array_get(settings, 1), "verdict")), "pass");
    assert_string_equal(json_string_value(at(root, "verdict")), "pass");
    json_decref(root);
}

static void a_seed_of_63_bits_is_written_whole(void **state)
{
    char *text = result_fixture_json(result_fixture_plain());
    assert_non_null(strstr(text, "\"seed\": 9223372036854775783,"));
    free(text);
}

static void flags_stand_only_where_they_are_true(void **state)
{
    json_t *root = read_back(result_fixture_hostile());
    const json_t *metrics = at(json_array_get(at(root, "settings"), 0), "metrics");
    const json_t *unresolved = at(metrics, "db_pool.wait.p99");
    assert_true(json_is_true(at(unresolved, "unresolved")));
    assert_null(json_object_get(unresolved, "upper_bound"));
    assert_null(json_object_get(unresolved, "no_interval"));
    assert_true(json_is_true(at(at(metrics, "api.error_rate"), "upper_bound")));
    assert_true(json_is_true(at(at(metrics, "api.throughput"), "no_interval")));
    json_decref(root);
}

static void what_is_not_a_number_is_null(void **state)
{
    json_t *root = read_back(result_fixture_hostile());
    const json_t *setting = json_array_get(at(root, "settings"), 0);
    const json_t *unseen = at(at(setting, "metrics"), "api.response.p95");
    assert_true(json_is_null(at(unseen, "estimate")));
    assert_true(json_is_null(at(unseen, "low")));
    const json_t *single = at(at(setting, "metrics"), "api.throughput");
    assert_true(json_real_value(at(single, "estimate")) == 12.385);
    assert_true(json_is_null(at(single, "low")));
    assert_true(json_is_null(at(single, "high")));
    assert_true(json_is_null(at(json_array_get(at(setting, "criteria"), 1), "margin")));
    json_decref(root);
}

static void texts_read_back_as_they_were(void **state)
{
    const struct result *result = result_fixture_hostile();
    json_t *root = read_back(result);
    assert_string_equal(json_string_value(at(root, "title")), result->title);
    assert_string_equal(json_string_value(at(root, "description")), result->description);
    assert_true(json_is_true(at(root, "interrupted")));
    const json_t *setting = json_array_get(at(root, "settings"), 0);
    assert_string_equal(json_string_value(at(json_array_get(at(setting, "criteria"), 0), "name")),
                        result->settings[0].criteria[0].name);
    json_decref(root);
}

static void a_comparison_says_what_was_allowed_and_found(void **state)
{
    json_t *root = read_back(result_fixture_plain());
    const json_t *criteria = at(json_array_get(at(root, "settings"), 1), "criteria");
    const json_t *compared = json_array_get(criteria, 1);
    assert_string_equal(json_string_value(at(compared, "no_worse_than")), "baseline");
    assert_true(json_real_value(at(compared, "allowed")) == 0.05);
    assert_true(json_real_value(at(at(compared, "difference"), "estimate")) == -0.023);
    assert_null(json_object_get(json_array_get(criteria, 0), "difference"));
    json_decref(root);
}

static void a_full_disk_is_an_error(void **state)
{
    struct error err = {0};
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(report_json(result_fixture_plain(), full, &err));
    assert_int_equal(err.status, STATUS_IO);
    assert_string_equal(err.message, "cannot write the report: No space left on device");
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_are_the_contract_in_its_order),
        cmocka_unit_test(every_number_reads_back_exactly),
        cmocka_unit_test(overrides_are_values_and_not_texts),
        cmocka_unit_test(what_was_not_judged_has_no_verdict),
        cmocka_unit_test(a_seed_of_63_bits_is_written_whole),
        cmocka_unit_test(flags_stand_only_where_they_are_true),
        cmocka_unit_test(what_is_not_a_number_is_null),
        cmocka_unit_test(texts_read_back_as_they_were),
        cmocka_unit_test(a_comparison_says_what_was_allowed_and_found),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
