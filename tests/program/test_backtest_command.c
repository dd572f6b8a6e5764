/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest: the ledger that is shipped, ledgers of known coverage, and each mistake of
 * tests/bad_ledgers with its message. */
#include "sim/base/arena.h"
#include "tests/support/json_schema.h"
#include "tests/support/support.h"
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static json_t *backtest(const char *path, int *status)
{
    struct command_result run = capsim_run("backtest", path, "--format", "json", NULL);
    json_t *answer = command_result_json(&run);
    *status = run.status;
    command_result_free(&run);
    return answer;
}

static double fact(const json_t *answer, const char *key)
{
    return json_number_at(json_object_get(json_object_get(answer, "facts"), key), "value");
}

static void the_shipped_ledger_is_judged_and_meets_its_schema(void **state)
{
    int status;
    char *path = source_path("inputs/ledgers/measured-pools.json"), problem[1000];
    char *schema_path = source_path("inputs/ledger.schema.json");
    json_t *answer = backtest(path, &status), *schema = json_load_file(schema_path, 0, NULL);
    json_t *ledger = json_load_file(path, 0, NULL);
    if (!json_schema_check(schema, ledger, NULL, problem, sizeof problem))
        fail_msg("%s", problem);
    /* The users that were drawn are right; constant times promise no spread, and are off. */
    assert_int_equal(status, 1);
    assert_within(fact(answer, "pairs"), 8, 0);
    assert_within(fact(answer, "values"), 13, 0);
    assert_within(fact(answer, "inside"), 6, 0);
    assert_true(fact(answer, "coverage_low") < 6.0 / 13 &&
                6.0 / 13 < fact(answer, "coverage_high"));
    assert_within(fact(answer, "bias"), 1, 0.05);
    json_decref(ledger);
    json_decref(schema);
    json_decref(answer);
    free(schema_path);
    free(path);
}

/* A ledger of so many pairs of one value each, 1 projected within 0.9 to 1.1; every
 * `outside_each`-th is 1.3. */
static void write_ledger(const char *path, int pairs, int outside_each)
{
    struct arena *arena = arena_open();
    const char *text = "{ \"capsim_ledger\": 1, \"name\": \"l\", \"confidence\": \"95%\", "
                       "\"pairs\": [";
    for (int i = 0; i < pairs; i++)
        text = arena_printf(arena,
                            "%s%s { \"name\": \"p%d\", \"values\": [ { \"metric\": \"m\", "
                            "\"unit\": \"s\", \"measured\": %s, \"projected\": 1, "
                            "\"one_run_low\": 0.9, \"one_run_high\": 1.1, \"place\": \"x\" } ] }",
                            text, i ? "," : "", i, (i + 1) % outside_each == 0 ? "1.3" : "1.05");
    text = arena_printf(arena, "%s ] }", text);
    file_write(path, text, strlen(text));
    arena_close(arena);
}

/* The score of a change whose one measured value was so much. */
static void write_score(const char *path, const char *digest, const char *measured)
{
    struct arena *arena = arena_open();
    const char *text = arena_printf(
        arena,
        "{ \"capsim_answer\": 1, \"kind\": \"score\", \"scenario\": { \"name\": \"api\" }, "
        "\"provenance\": { \"digest\": \"%s\" }, \"facts\": { \"confidence\": { \"value\": 0.95 } "
        "}, \"values\": [ { \"metric\": \"m\", \"unit\": \"s\", \"measured\": %s, "
        "\"projected\": 1, \"one_run_low\": 0.9, \"one_run_high\": 1.1, \"place\": \"x\" } ] }",
        digest, measured);
    file_write(path, text, strlen(text));
    arena_close(arena);
}

/* Added one by one, or all in a folder at once: the same pairs. */
static void scores_become_pairs(void **state)
{
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *ledger = arena_printf(arena, "%s/l.json", folder);
    const char *scores = arena_printf(arena, "%s/scores", folder);
    static const char *const measured[] = {"1.05", "1.3", "0.95", "1", "1.02"};
    int status;
    assert_int_equal(mkdir(scores, 0755), 0);
    for (int i = 0; i < 5; i++) {
        const char *score = arena_printf(arena, "%s/%d.json", scores, i);
        write_score(score, arena_printf(arena, "%d234567890abcdef", i), measured[i]);
        struct command_result run =
            capsim_run("backtest", "add", ledger, score, "--name", i == 1 ? "bad" : "good", NULL);
        assert_int_equal(run.status, 0);
        command_result_free(&run);
    }
    json_t *one = backtest(ledger, &status), *all = backtest(scores, &status);
    assert_within(fact(one, "pairs"), 5, 0);
    assert_within(fact(one, "inside"), 4, 0);
    assert_within(fact(all, "pairs"), 5, 0);
    assert_within(fact(all, "inside"), 4, 0);
    json_decref(one);
    json_decref(all);
    struct command_result run = capsim_run("backtest", ledger, NULL);
    assert_non_null(strstr(run.output, "bad"));
    command_result_free(&run);
    /* Once more is a mistake, and leaves the ledger as it is. */
    run = capsim_run("backtest", "add", ledger, arena_printf(arena, "%s/3.json", scores), NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(
        strstr(run.error, "3.json: is in the ledger already (digest 3234567890abcdef)"));
    command_result_free(&run);
    run = capsim_run("backtest", "add", scores, NULL);
    assert_int_equal(run.status, 2);
    assert_non_null(strstr(run.error, "takes a ledger and a score, got 1 name"));
    command_result_free(&run);
    folder_remove(folder);
    arena_close(arena);
}

static void intervals_that_miss_too_often_fail(void **state)
{
    static const struct {
        int pairs, outside_each, status;
        double inside, inflation;
    } rows[] = {{40, 40, 0, 39, 0.5}, {40, 2, 1, 20, 3}, {4, 9, 3, 4, NAN}};
    char *folder = folder_make();
    struct arena *arena = arena_open();
    const char *path = arena_printf(arena, "%s/l.json", folder);
    for (size_t i = 0; i < 3; i++) {
        int status;
        write_ledger(path, rows[i].pairs, rows[i].outside_each);
        json_t *answer = backtest(path, &status);
        assert_int_equal(status, rows[i].status);
        assert_within(fact(answer, "inside"), rows[i].inside, 0);
        if (isnan(rows[i].inflation))
            assert_true(isnan(fact(answer, "inflation")));
        else
            assert_within(fact(answer, "inflation"), rows[i].inflation, 1e-9);
        json_decref(answer);
    }
    arena_close(arena);
    folder_remove(folder);
}

static void each_mistake_has_its_message(void **state)
{
    char *folder = source_path("tests/bad_ledgers");
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;
    assert_non_null(entries);
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        struct arena *arena = arena_open();
        const char *within = arena_printf(arena, "%s/%s", folder, entry->d_name);
        const char *argv[] = {capsim_path(), "backtest", "ledger.json", NULL};
        struct command_result run = command_run(&(struct command){.argv = argv, .folder = within});
        char *expected = file_read(arena_printf(arena, "%s/error", within), NULL);
        assert_int_equal(run.status, 2);
        assert_string_equal(run.error, expected);
        command_result_free(&run);
        free(expected);
        arena_close(arena);
        count++;
    }
    closedir(entries);
    assert_true(count >= 10);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_ledger_is_judged_and_meets_its_schema),
        cmocka_unit_test(intervals_that_miss_too_often_fail),
        cmocka_unit_test(scores_become_pairs),
        cmocka_unit_test(each_mistake_has_its_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
