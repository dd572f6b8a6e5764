/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed.h"
#include "sim/base/sha256.h"
#include "tests/support/scenario_fixture.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <string.h>

enum { MOST = 8 };

struct found {
    struct arena *arena;
    struct deployed_value values[MOST];
    struct error err;
    size_t missing;
};

static bool read_text(struct found *found, enum deployed_format format, const char *text,
                      const char *const *keys, size_t count)
{
    const struct deployed_request request = {"file", text, strlen(text), format, keys, count};
    found->err = (struct error){0};
    return deployed_read(&request, found->arena, found->values, &found->missing, &found->err);
}

static void assert_value(const struct found *found, size_t i, const char *text,
                         enum deployed_kind kind, int line, int column)
{
    assert_string_equal(found->values[i].text, text);
    assert_int_equal(found->values[i].kind, kind);
    assert_int_equal(found->values[i].line, line);
    assert_int_equal(found->values[i].column, column);
}

static void env_is_read_as_the_shell_and_dotenv_do(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF# sizes\r\n\r\nexport A=12 # twelve\r\n"
                               "B = 'a # b $C'\nC=\"x\\\"y\\n\\$\"\nD=p#q\nE='two\nlines'\nF=7";
    static const char *const keys[] = {"A", "B", "C", "D", "E", "F"};
    struct found found = {.arena = arena_open()};
    assert_true(read_text(&found, DEPLOYED_ENV, text, keys, 6));
    assert_value(&found, 0, "12", DEPLOYED_TEXT, 3, 10);
    assert_value(&found, 1, "a # b $C", DEPLOYED_TEXT, 4, 5);
    assert_value(&found, 2, "x\"y\n$", DEPLOYED_TEXT, 5, 3);
    assert_value(&found, 3, "p#q", DEPLOYED_TEXT, 6, 3);
    assert_value(&found, 4, "two\nlines", DEPLOYED_TEXT, 7, 3);
    assert_value(&found, 5, "7", DEPLOYED_TEXT, 9, 3);
    arena_close(found.arena);
}

static void json_has_paths_of_keys_and_positions(void **state)
{
    (void)state;
    static const char text[] =
        "{ // sizes\n  \"pools\": [ { \"max\": \"12\" }, { \"max\": 3e1 } ],\n"
        "  \"a.b\": true, \"c\": { \"d\": null } }";
    static const char *const keys[] = {"pools.0.max", "pools.1.max", "a.b", "c.d"};
    struct found found = {.arena = arena_open()};
    assert_true(read_text(&found, DEPLOYED_JSON, text, keys, 4));
    assert_value(&found, 0, "12", DEPLOYED_TEXT, 2, 23);
    assert_value(&found, 1, "30.0", DEPLOYED_NUMBER, 2, 40);
    assert_value(&found, 2, "true", DEPLOYED_BOOLEAN, 3, 10);
    assert_value(&found, 3, "null", DEPLOYED_NULL, 3, 28);
    arena_close(found.arena);
}

static void toml_has_tables_and_scalars_and_the_rest_is_passed_over(void **state)
{
    (void)state;
    static const char text[] =
        "top = +1_000 # x\nlist = [ \"]\", 'a', # [\n { b = 1 } ]\n"
        "note = \"\"\"a\n] = \\\"\"\"\"\n[pool.\"of a\"]\n'max' = \"\\u0031\\t\"\n"
        "wait.ms = 2.5e3\non = false\r\n[[other]]\nmax = 7\n[last]\nx = 'y'";
    static const char *const keys[] = {"top", "pool.of a.max", "pool.of a.wait.ms", "pool.of a.on",
                                       "last.x"};
    struct found found = {.arena = arena_open()};
    assert_true(read_text(&found, DEPLOYED_TOML, text, keys, 5));
    assert_value(&found, 0, "1000", DEPLOYED_NUMBER, 1, 7);
    assert_value(&found, 1, "1\t", DEPLOYED_TEXT, 7, 9);
    assert_value(&found, 2, "2.5e3", DEPLOYED_NUMBER, 8, 11);
    assert_value(&found, 3, "false", DEPLOYED_BOOLEAN, 9, 6);
    assert_value(&found, 4, "y", DEPLOYED_TEXT, 13, 5);
    arena_close(found.arena);
}

/* A merged mapping gives way to the mapping's own keys as a whole, and to the one merged before. */
static void yaml_follows_anchors_and_merges(void **state)
{
    (void)state;
    static const char text[] = "one: &one { max: 1, wait: 2, deep: { x: 5 } }\n"
                               "two: &two { wait: 3, idle: ~ }\n"
                               "pool:\n  max: 9\n  <<: [ *one, *two ]\n  deep: { y: \"6\" }\n"
                               "list:\n- *one\n- on: True\n";
    static const char *const keys[] = {"pool.max",    "pool.wait",  "pool.idle",
                                       "pool.deep.y", "list.0.max", "list.1.on"};
    static const char *const hidden[] = {"pool.deep.x"};
    struct found found = {.arena = arena_open()};
    assert_true(read_text(&found, DEPLOYED_YAML, text, keys, 6));
    assert_value(&found, 0, "9", DEPLOYED_NUMBER, 4, 8);
    assert_value(&found, 1, "2", DEPLOYED_NUMBER, 1, 27);
    assert_value(&found, 2, "null", DEPLOYED_NULL, 2, 28);
    assert_value(&found, 3, "6", DEPLOYED_TEXT, 6, 14);
    assert_value(&found, 4, "1", DEPLOYED_NUMBER, 1, 18);
    assert_value(&found, 5, "true", DEPLOYED_BOOLEAN, 9, 7);
    assert_false(read_text(&found, DEPLOYED_YAML, text, hidden, 1));
    assert_int_equal(found.missing, 0);
    assert_int_equal(found.err.line, 0);
    arena_close(found.arena);
}

static void the_name_of_a_file_tells_its_format(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum deployed_format format;
    } told[] = {{".env", DEPLOYED_ENV},         {"deploy/.env.production", DEPLOYED_ENV},
                {"shop.env", DEPLOYED_ENV},     {"a/b.json", DEPLOYED_JSON},
                {"Cargo.toml", DEPLOYED_TOML},  {"values.yaml", DEPLOYED_YAML},
                {".env.d/x.yml", DEPLOYED_YAML}};
    enum deployed_format format;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        assert_true(deployed_find_format(told[i].file, &format));
        assert_int_equal(format, told[i].format);
    }
    assert_false(deployed_find_format("deploy.env.d/settings.ini", &format));
    assert_false(deployed_find_format("env", &format));
}

/* Of every format: the values are the same, the hash is the file's, and nothing else is there. */
static void an_extract_stands_for_its_file(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "A.b='x'\nC.1=\"a'b\\n\\$c`\"\nSECRET=swordfish\n",
        "{ \"A\": { \"b\": \"x\" }, \"C\": [ 0, \"a'b\\n$c`\" ], \"SECRET\": \"swordfish\" }",
        "SECRET = 'swordfish'\n[A]\nb = 'x'\n[C]\n1 = \"a'b\\n$c`\"\n",
        "A: {b: x}\nC: [ 0, \"a'b\\n$c`\" ]\nSECRET: swordfish\n"};
    static const char *const keys[] = {"A.b", "C.1"};
    struct found found = {.arena = arena_open()};
    for (size_t i = 0; i < DEPLOYED_FORMATS; i++) {
        enum deployed_format format = (enum deployed_format)i;
        char hash[SHA256_HEX_SIZE];
        const char *text = texts[format];
        sha256_hex(text, strlen(text), hash);
        assert_string_equal(deployed_hash(text, strlen(text), found.arena), hash);
        if (format == DEPLOYED_ENV)
            text = "A.b='x'\nC.1=\"a'b\\n\\$c\\`\"\nSECRET=swordfish\n";
        assert_true(read_text(&found, format, text, keys, 2));
        const char *extract = deployed_extract(format, keys, found.values, 2, hash, found.arena);
        assert_null(strstr(extract, "swordfish"));
        assert_true(read_text(&found, format, extract, keys, 2));
        assert_string_equal(found.values[0].text, "x");
        assert_string_equal(found.values[1].text, "a'b\n$c`");
        assert_string_equal(deployed_hash(extract, strlen(extract), found.arena), hash);
        assert_string_equal(deployed_extract(format, keys, found.values, 2, hash, found.arena),
                            extract);
        char *edited = arena_strdup(found.arena, extract);
        *strrchr(edited, 'x') = 'y';
        assert_string_not_equal(deployed_hash(edited, strlen(edited), found.arena), hash);
    }
    arena_close(found.arena);
}

/* ---- in a scenario ------------------------------------------------------------------------- */

static const char scenario[] =
    "{ \"capsim\": 1, \"name\": \"s\", \"resources\": { \"p\": { \"kind\": \"connection_pool\","
    " \"max\": 50, \"acquire_timeout\": \"1s\" }, \"c\": { \"kind\": \"cpu\", \"cores\": 2 } },"
    " \"workloads\": { \"w\": { \"arrivals\": { \"process\": \"poisson\", \"rate\": \"3/s\" },"
    " \"steps\": [ { \"work\": \"c\", \"demand\": \"1ms\" }, { \"hold\": \"p\", \"steps\": ["
    " { \"delay\": \"9ms\" } ] } ] } },"
    " \"settings\": {"
    " \"one\": { \"from\": \"a.env\", \"map\": { \"MAX\": \"resources.p.max\","
    " \"WAIT\": { \"path\": \"resources.p.acquire_timeout\", \"unit\": \"ms\", \"none\": 0 } } },"
    " \"two\": { \"from\": \"a.env\", \"map\": { \"CPU\": \"resources.c.cores\","
    " \"MAX\": \"resources.p.max\" }, \"resources.p.min\": 3,"
    " \"memory.base\": \"1MB\" },"
    " \"three\": { \"from\": \"a.env\", \"map\": { \"MEMORY\": \"memory.base\","
    " \"IDLE\": { \"path\": \"resources.p.acquire_timeout\", \"unit\": \"ms\", \"none\": 0 } } } },"
    " \"run\": { \"duration\": \"1min\" } }";

static void values_become_what_a_scenario_writes(void **state)
{
    struct fixture *fixture = *state;
    static const char env[] = "SECRET=swordfish\nMAX=\"70\"\nWAIT=0\nCPU=250m\nMEMORY=512Mi\n"
                              "IDLE=30000\n";
    char hash[SHA256_HEX_SIZE];
    sha256_hex(env, strlen(env), hash);
    char path[4096];
    snprintf(path, sizeof path, "%s/a.env", fixture->folder);
    file_write(path, env, strlen(env));
    fixture_read_text(fixture, scenario);
    const struct scenario_set *set = &fixture->set;
    assert_int_equal(set->setting_count, 4);
    const struct setting_spec *one = &set->settings[1], *two = &set->settings[2];
    assert_int_equal(one->override_count, 2);
    assert_string_equal(one->overrides[0].path, "resources.p.max");
    assert_string_equal(one->overrides[0].value, "70");
    assert_string_equal(one->overrides[1].value, "null");
    assert_int_equal(two->override_count, 4);
    assert_string_equal(two->overrides[0].value, "0.25");
    assert_string_equal(two->overrides[2].path, "resources.p.min");
    assert_string_equal(set->settings[3].overrides[0].value, "\"512MiB\"");
    assert_string_equal(set->settings[3].overrides[1].value, "\"30000ms\"");

    assert_int_equal(set->input_count, 1);
    assert_string_equal(set->input_files[0], "a.env");
    assert_string_equal(set->input_hashes[0], hash);
    assert_null(strstr(set->input_texts[0], "swordfish"));
    assert_non_null(
        strstr(set->input_texts[0], "MAX='70'\nWAIT='0'\nCPU='250m'\nMEMORY='512Mi'\n"));
    assert_int_equal(set->input_lengths[0], strlen(set->input_texts[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(env_is_read_as_the_shell_and_dotenv_do),
        cmocka_unit_test(json_has_paths_of_keys_and_positions),
        cmocka_unit_test(toml_has_tables_and_scalars_and_the_rest_is_passed_over),
        cmocka_unit_test(yaml_follows_anchors_and_merges),
        cmocka_unit_test(the_name_of_a_file_tells_its_format),
        cmocka_unit_test(an_extract_stands_for_its_file),
        fixture_test(values_become_what_a_scenario_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
