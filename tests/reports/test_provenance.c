/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/provenance.h"
#include "tests/support/result_fixture.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* FIPS 180-4's examples, and a million times "a". */
static void hashes_are_sha_256(void **state)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char *many = malloc(1000000);
    assert_non_null(many);
    memset(many, 'a', 1000000);
    sha256_hex(many, 1000000, hex);
    free(many);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void assert_same_digest(const struct result *a, const struct result *b, bool is_same)
{
    char hex_a[SHA256_HEX_SIZE], hex_b[SHA256_HEX_SIZE];
    provenance_digest(a, hex_a);
    provenance_digest(b, hex_b);
    assert_int_equal(strlen(hex_a), SHA256_HEX_SIZE - 1);
    assert_true((strcmp(hex_a, hex_b) == 0) == is_same);
}

/* Where and how it ran is in run_facts, which the digest does not see. */
static void the_digest_ignores_path_command_and_itself(void **state)
{
    static const char *const command[] = {"capsim", "run", "elsewhere/other.json"};
    static const struct result_input inputs[] = {{"elsewhere/other.json", "00"}};
    struct result other = *result_fixture_plain();
    other.scenario_file = "elsewhere/other.json";
    other.command = command;
    other.command_count = 3;
    other.inputs = inputs;
    other.version = "9.9.9";
    strcpy(other.digest, "not yet");
    assert_same_digest(result_fixture_plain(), &other, true);
}

static void the_digest_sees_the_last_bit_of_any_metric(void **state)
{
    struct result other = *result_fixture_plain();
    struct result_setting settings[2] = {other.settings[0], other.settings[1]};
    struct result_metric metrics[16];
    memcpy(metrics, settings[1].metrics, settings[1].metric_count * sizeof metrics[0]);
    settings[1].metrics = metrics;
    other.settings = settings;
    assert_same_digest(result_fixture_plain(), &other, true);
    for (size_t i = 0; i < settings[1].metric_count; i++) {
        double value = metrics[i].estimate.estimate;
        metrics[i].estimate.estimate = nextafter(value, INFINITY);
        assert_same_digest(result_fixture_plain(), &other, false);
        metrics[i].estimate.estimate = value;
    }
}

static void the_digest_sees_verdicts_differences_and_overrides(void **state)
{
    struct result other = *result_fixture_plain();
    other.verdict = VERDICT_FAIL;
    assert_same_digest(result_fixture_plain(), &other, false);
    other = *result_fixture_plain();
    other.difference_count--;
    assert_same_digest(result_fixture_plain(), &other, false);
    other = *result_fixture_plain();
    struct result_setting settings[2] = {other.settings[0], other.settings[1]};
    other.settings = settings;
    settings[1].override_count--;
    assert_same_digest(result_fixture_plain(), &other, false);
}

/* Leaves out what metrics and criteria are of: from that key to the end of its object, which is a
 * line. */
static void leave_out_identities(char *text)
{
    char *to = text;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        const char *resource = strstr(line, ", \"resource\": "),
                   *metric = strstr(line, ", \"metric\": ");
        const char *from = resource && (!metric || resource < metric) ? resource : metric;
        size_t kept = from && from < line + length ? (size_t)(from - line) : length;
        memmove(to, line, kept);
        to += kept;
        if (kept < length) {
            bool is_last = line[length - 1] != ',';
            memcpy(to, is_last ? " }" : " },", is_last ? 2 : 3);
            to += is_last ? 2 : 3;
        }
        line += length;
        if (*line == '\n')
            *to++ = *line++;
    }
    *to = '\0';
}

/* So that anyone can compute it: the documented object, cut out of the JSON report. */
static void the_digest_is_of_the_sections_in_the_report(void **state)
{
    char *json = result_fixture_json(result_fixture_plain());
    const char *begin = strstr(json, "  \"settings\": ["), *end = strstr(json, ",\n  \"title\":");
    assert_non_null(begin);
    assert_non_null(end);
    size_t length = (size_t)(end - begin);
    char *object = malloc(length + 16);
    assert_non_null(object);
    strcpy(object, "{\n");
    strncat(object, begin, length);
    strcat(object, "\n}\n");
    leave_out_identities(object);
    char expected[SHA256_HEX_SIZE], digest[SHA256_HEX_SIZE];
    sha256_hex(object, strlen(object), expected);
    provenance_digest(result_fixture_plain(), digest);
    free(object);
    free(json);
    assert_string_equal(digest, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_sha_256),
        cmocka_unit_test(the_digest_ignores_path_command_and_itself),
        cmocka_unit_test(the_digest_sees_the_last_bit_of_any_metric),
        cmocka_unit_test(the_digest_sees_verdicts_differences_and_overrides),
        cmocka_unit_test(the_digest_is_of_the_sections_in_the_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
