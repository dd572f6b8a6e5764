/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each folder of tests/bad_claims is one mistake: claims.json and `error`, the exact message. The
 * claims that are shipped meet their schema, and so do none of those that are broken in form. */
#include "inputs/json/plain_json.h"
#include "inputs/records/claims_record.h"
#include "tests/support/json_schema.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_claims(const char *path, struct arena *arena, struct claims *claims,
                        struct error *err)
{
    struct scenario_set set;
    return claims_record_read(path, NULL, arena, claims, &set, err);
}

static void each_mistake_has_its_message(void **state)
{
    char *folder = source_path("tests/bad_claims"), *root = realpath(folder, NULL);
    DIR *entries = opendir(root);
    const struct dirent *entry;
    size_t count = 0;
    assert_non_null(entries);
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        struct arena *arena = arena_open();
        struct claims claims;
        struct error err = {0};
        char message[2048];
        assert_int_equal(chdir(root), 0);
        assert_int_equal(chdir(entry->d_name), 0);
        char *expected = file_read("error", NULL);
        if (read_claims("claims.json", arena, &claims, &err))
            fail_msg("%s was read", entry->d_name);
        error_format(&err, message, sizeof message);
        expected[strcspn(expected, "\n")] = '\0';
        assert_string_equal(message, expected);
        assert_int_equal(error_exit_code(err.status), 2);
        free(expected);
        arena_close(arena);
        count++;
    }
    closedir(entries);
    assert_true(count >= 30);
    free(root);
    free(folder);
}

/* What a value may be off by, when nothing is said of it. */
static void a_value_is_as_exact_as_it_is_written(void **state)
{
    static const struct {
        const char *value;
        double low, high;
    } rows[] = {{"450", 450, 450},
                {"\"420ms\"", 0.42, 0.42},
                {"\"0.42s\"", 0.415, 0.425},
                {"\"9.50s\"", 9.495, 9.505},
                {"\"15.8%\"", 0.1575, 0.1585},
                {"\"0%\"", 0, 0.005},
                {"\"75%\"", 0.745, 0.755},
                {"\"500/s\", \"uncertain\": \"±10%\"", 450, 550},
                {"\"75%\", \"uncertain\": \"±10%\"", 0.675, 0.825},
                {"\"80ms\", \"uncertain\": \"+-5ms\"", 0.075, 0.085},
                {"4, \"uncertain\": \"±200%\"", 0, 12},
                {"[\"5%\", \"10%\"]", 0.05, 0.1},
                {"\"<= 150MB\"", 0, 150e6},
                {"\"<5ms\"", 0, 0.005},
                {"\">= 5%\"", 0.05, INFINITY}};
    char *folder = folder_make();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_open();
        struct claims claims;
        struct error err = {0};
        const char *text = arena_printf(arena,
                                        "{ \"capsim_claims\": 1, \"name\": \"c\", \"claims\": [ { "
                                        "\"claim\": \"x\", \"metric\": \"x\", \"value\": %s } ] }",
                                        rows[i].value);
        const char *path = arena_printf(arena, "%s/c.json", folder);
        file_write(path, text, strlen(text));
        assert_true(read_claims(path, arena, &claims, &err));
        assert_within(claims.claim[0].low, rows[i].low, 1e-9 * rows[i].low);
        assert_within(claims.claim[0].high, rows[i].high,
                      isfinite(rows[i].high) ? 1e-9 * rows[i].high : 0);
        arena_close(arena);
    }
    folder_remove(folder);
}

static void shipped_claims_meet_the_schema(void **state)
{
    static const char *const files[] = {"inputs/claims/accubooks.json",
                                        "inputs/claims/pganalytics.json"};
    char *schema_path = source_path("inputs/claims.schema.json"), problem[1000];
    json_t *schema = json_load_file(schema_path, 0, NULL);
    assert_non_null(schema);
    for (size_t i = 0; i < 2; i++) {
        struct arena *arena = arena_open();
        size_t length;
        char *path = source_path(files[i]), *text = file_read(path, &length);
        const char *plain = plain_json(text, &length, arena);
        json_t *claims = json_loadb(plain, length, 0, NULL);
        if (!json_schema_check(schema, claims, NULL, problem, sizeof problem))
            fail_msg("%s: %s", files[i], problem);
        json_object_set_new(claims, "clams", json_true());
        assert_false(json_schema_check(schema, claims, NULL, problem, sizeof problem));
        json_decref(claims);
        free(text);
        free(path);
        arena_close(arena);
    }
    json_decref(schema);
    free(schema_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_claims_meet_the_schema), /* before any chdir */
        cmocka_unit_test(a_value_is_as_exact_as_it_is_written),
        cmocka_unit_test(each_mistake_has_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
