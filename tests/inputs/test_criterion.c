/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/criterion.h"
#include "tests/support/support.h"

#include <string.h>

static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

static struct criterion_spec parse(const char *expect)
{
    struct criterion_spec criterion = {0};
    struct error err = {0};
    if (!criterion_parse(expect, arena, &criterion, &err))
        fail_msg("%s: %s", expect, err.message);
    return criterion;
}

static void a_limit_has_an_operator_and_a_unit(void **state)
{
    static const struct {
        const char *expect;
        enum comparison op;
        double limit;
        const char *text, *unit;
    } cases[] = {
        {"db_pool.wait.p95 < 10ms", COMPARISON_LESS, 0.01, "10ms", "s"},
        {"db_pool.wait.p95 <= 70%", COMPARISON_LESS_EQUAL, 0.7, "70%", "1"},
        {"db_pool.wait.p95 > 500/s", COMPARISON_GREATER, 500, "500/s", "1/s"},
        {"db_pool.wait.p95 >= 50MB", COMPARISON_GREATER_EQUAL, 50e6, "50MB", "B"},
        {"db_pool.wait.p95 < 12.5", COMPARISON_LESS, 12.5, "12.5", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct criterion_spec criterion = parse(cases[i].expect);
        assert_string_equal(criterion.metric, "db_pool.wait.p95");
        assert_true(criterion.has_limit);
        assert_int_equal(criterion.op, cases[i].op);
        assert_true(criterion.limit == cases[i].limit);
        assert_string_equal(criterion.limit_text, cases[i].text);
        assert_string_equal(criterion.limit_unit, cases[i].unit);
        assert_int_equal(criterion.span, SPAN_WHOLE);
    }
}

static void blanks_are_free(void **state)
{
    struct criterion_spec tight = parse("a-b.wait.p95<=10ms"), loose = parse("  a-b.wait.p95\t<=  "
                                                                             "10ms ");
    assert_string_equal(tight.metric, "a-b.wait.p95");
    assert_string_equal(loose.metric, "a-b.wait.p95");
    assert_int_equal(tight.op, COMPARISON_LESS_EQUAL);
    assert_int_equal(loose.op, COMPARISON_LESS_EQUAL);
    assert_string_equal(tight.limit_text, "10ms");
    assert_string_equal(loose.limit_text, "10ms");
}

static void a_window_follows(void **state)
{
    struct criterion_spec criterion = parse("p.utilization < 70% in  every 5min");
    assert_int_equal(criterion.span, SPAN_IN_EVERY);
    assert_int_equal(criterion.window_ns, 300000000000);
    assert_true(criterion.limit == 0.7);
}

static void a_duration_to_hold_or_to_slide_over_follows(void **state)
{
    struct criterion_spec sustained = parse("p.utilization<70% for 60min");
    assert_int_equal(sustained.span, SPAN_FOR);
    assert_int_equal(sustained.window_ns, 3600000000000);
    struct criterion_spec sliding = parse("w.response.p95 over  5min");
    assert_int_equal(sliding.span, SPAN_OVER);
    assert_int_equal(sliding.window_ns, 300000000000);
    assert_false(sliding.has_limit);
}

static void a_metric_may_stand_alone(void **state)
{
    struct criterion_spec alone = parse("w.response.p95");
    struct criterion_spec windowed = parse("w.response.p95 in every 30s");
    assert_false(alone.has_limit);
    assert_string_equal(alone.metric, "w.response.p95");
    assert_false(windowed.has_limit);
    assert_int_equal(windowed.window_ns, 30000000000);
}

/* A resource may be called "in" or "for": only after the metric are they words of the grammar. */
static void words_of_the_grammar_may_be_names(void **state)
{
    assert_string_equal(parse("in.wait.p95 < 1s").metric, "in.wait.p95");
    assert_string_equal(parse("every < 1s in every 1h").metric, "every");
    assert_string_equal(parse("for < 1s for 1h").metric, "for");
    assert_int_equal(parse("overall.p95 over 1h").span, SPAN_OVER);
}

static void a_message_tells_the_character(void **state)
{
    static const struct {
        const char *expect, *message;
    } cases[] = {
        {"", "a metric is due, such as db_pool.wait.p95 (character 1 of \"\")"},
        {"   ", "a metric is due, such as db_pool.wait.p95 (character 4 of \"   \")"},
        {"95.p < 1s", "a metric is due, such as db_pool.wait.p95 (character 1 of \"95.p < 1s\")"},
        {"w.p95 < ", "a limit is due, such as 10ms, 70% or 500/s (character 9 of \"w.p95 < \")"},
        {"w.p95 => 1s", "<, <=, > or >= is due (character 7 of \"w.p95 => 1s\")"},
        {"w.p95 < 1s in every -1s",
         "must not be negative; got \"-1s\" (character 21 of \"w.p95 < 1s in every -1s\")"},
        {"w.p95 < 1s for 5",
         "must be a duration with its unit, such as \"75ms\" (ns, us, ms, s, min, h, d); got \"5\" "
         "(character 16 of \"w.p95 < 1s for 5\")"},
        {"w.p95 < 1s for 5min over 1h",
         "only one of \"in every WINDOW\", \"over DURATION\" and \"for DURATION\" may follow "
         "(character 21 of \"w.p95 < 1s for 5min over 1h\")"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct criterion_spec criterion = {0};
        struct error err = {0};
        assert_false(criterion_parse(cases[i].expect, arena, &criterion, &err));
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.status, STATUS_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_has_an_operator_and_a_unit),
        cmocka_unit_test(blanks_are_free),
        cmocka_unit_test(a_window_follows),
        cmocka_unit_test(a_duration_to_hold_or_to_slide_over_follows),
        cmocka_unit_test(a_metric_may_stand_alone),
        cmocka_unit_test(words_of_the_grammar_may_be_names),
        cmocka_unit_test(a_message_tells_the_character),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
