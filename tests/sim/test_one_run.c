/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims about one run: far from the limit by the law of the runs' values, near it by counting. */
#include "sim/study/one_run.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

enum { COLUMN, PROXY, COLUMNS };

/* Runs whose values the caller fills in; looks at 10, 20, 40, 80 and 160. */
struct trial {
    struct arena *arena;
    struct column columns[COLUMNS];
    struct study_scope scope;
    const struct study_scope *scopes[COLUMNS];
    struct study_setting setting;
    struct study_result result;
    struct run_count_plan plan;
    struct study_criterion criterion;
    double values[COLUMNS * 200];
};

static struct trial *trial_open(void **state)
{
    static const size_t looks[] = {10, 20, 40, 80, 160};
    struct trial *trial = *state;
    struct arena *arena = trial->arena;
    *trial = (struct trial){.arena = arena};
    arena_reset(arena);
    trial->columns[COLUMN] = (struct column){.name = "worst", .unit = "s"};
    trial->columns[PROXY] = (struct column){.name = "busy", .unit = ""};
    trial->scope = (struct study_scope){.relaxation_s = 1, .tail_index = INFINITY};
    trial->scopes[COLUMN] = trial->scopes[PROXY] = &trial->scope;
    trial->setting = (struct study_setting){
        .columns = trial->columns, .column_count = COLUMNS, .scopes = trial->scopes, .run_s = 600};
    trial->plan = run_count_plan_make(looks, 5, 0.95, 0.0375, 0.05, arena);
    trial->criterion = (struct study_criterion){.column = COLUMN,
                                                .has_limit = true,
                                                .op = COMPARISON_LESS,
                                                .limit = 70,
                                                .counting = &trial->plan,
                                                .probability = 0.95,
                                                .tolerance_confidence = 0.9958};
    return trial;
}

/* Judges the first runs, of which number r has value(r). */
static struct study_decision judge(struct trial *trial, size_t runs)
{
    struct study_decision decision = {.verdict = VERDICT_NONE};
    trial->result =
        (struct study_result){.replications = runs, .started = runs, .values = trial->values};
    one_run_judge(&trial->setting, &trial->result, &trial->criterion, &decision);
    return decision;
}

/* Values around `middle`, `spread` apart on either side. */
static void spread_values(struct trial *trial, double middle, double spread)
{
    for (size_t r = 0; r < 200; r++)
        trial->values[r * COLUMNS + COLUMN] = middle + spread * ((double)(r * 7 % 10) - 4.5);
}

/* The standard deviation is 0.6: more than 30 of it decide, fewer than 2 do not. */
static void far_from_the_limit_ten_runs_decide(void **state)
{
    struct trial *trial = trial_open(state);
    spread_values(trial, 50, 0.2);
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
    spread_values(trial, 69, 0.2);
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
    spread_values(trial, 90, 0.2);
    struct study_decision broken = judge(trial, 10);
    assert_int_equal(broken.verdict, VERDICT_FAIL);
    assert_int_equal(broken.failed, 10);
    assert_int_equal(broken.held, 0);
}

static void near_the_limit_runs_are_counted(void **state)
{
    struct trial *trial = trial_open(state);
    spread_values(trial, 69, 0.2);
    assert_int_equal(judge(trial, 40).verdict, VERDICT_UNDECIDED);
    assert_int_equal(judge(trial, 80).verdict, VERDICT_PASS);
    /* Ten of 80 beyond it: surely fewer than 95 % hold. */
    for (size_t r = 0; r < 80; r += 8)
        trial->values[r * COLUMNS + COLUMN] = 71;
    assert_int_equal(judge(trial, 80).verdict, VERDICT_FAIL);
    assert_int_equal(judge(trial, 80).failed, 10);
}

/* A lower limit is fallen short of. */
static void a_lower_limit_is_the_other_way_round(void **state)
{
    struct trial *trial = trial_open(state);
    trial->criterion.op = COMPARISON_GREATER;
    trial->scope.is_light = true;
    spread_values(trial, 90, 0.2);
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
    spread_values(trial, 50, 0.2);
    assert_int_equal(judge(trial, 10).verdict, VERDICT_FAIL);
}

/* A run with a burst and one without have no law in common. */
static void runs_shorter_than_their_cycles_are_only_counted(void **state)
{
    struct trial *trial = trial_open(state);
    spread_values(trial, 50, 0.2);
    trial->scope.slowest_s = 600 / 4.0;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
    assert_int_equal(judge(trial, 80).verdict, VERDICT_PASS);
    trial->scope.slowest_s = 600 / 5.0;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
}

/* Never seen is no value; the same to the last bit is one, if it is apart from the limit; whole
 * numbers are as far as rounding goes. */
static void values_without_a_spread(void **state)
{
    static const struct {
        const char *unit;
        double value, limit;
        enum verdict verdict;
    } cases[] = {{"s", 0, 70, VERDICT_UNDECIDED},  {"s", 50, 70, VERDICT_PASS},
                 {"s", 69, 70, VERDICT_UNDECIDED}, {"", 3, 70, VERDICT_PASS},
                 {"", 3, 3.5, VERDICT_UNDECIDED},  {"s", 80, 70, VERDICT_FAIL}};
    struct trial *trial = trial_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trial->columns[COLUMN].unit = cases[i].unit;
        trial->criterion.limit = cases[i].limit;
        spread_values(trial, cases[i].value, 0);
        if (judge(trial, 10).verdict != cases[i].verdict)
            fail_msg("case %zu: %d", i, (int)judge(trial, 10).verdict);
    }
}

/* The model knows the most that a run can come to: nothing is left to count, whatever its slow
 * times and though the runs' values have no law. What the runs break is not saved by it. */
static void what_no_run_can_exceed_holds_at_once(void **state)
{
    struct trial *trial = trial_open(state);
    trial->scope.slowest_s = 600;
    spread_values(trial, 50, 0.2);
    trial->criterion.has_highest = true;
    trial->criterion.highest = 70;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
    trial->criterion.op = COMPARISON_LESS_EQUAL;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
    trial->criterion.highest = 69;
    trial->criterion.op = COMPARISON_LESS;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
    trial->values[COLUMN] = 71;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
}

/* No wait was seen, and the pool was never nearly full: then nobody can have waited. */
static void another_column_may_keep_it(void **state)
{
    struct trial *trial = trial_open(state);
    const struct study_margin full = {.column = PROXY, .limit = 20};
    spread_values(trial, 0, 0);
    for (size_t r = 0; r < 200; r++)
        trial->values[r * COLUMNS + PROXY] = 5 + (double)(r * 7 % 3);
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
    trial->criterion.proxies = &full;
    trial->criterion.proxy_count = 1;
    assert_int_equal(judge(trial, 10).verdict, VERDICT_PASS);
    trial->values[PROXY] = 20; /* it was full once */
    assert_int_equal(judge(trial, 10).verdict, VERDICT_UNDECIDED);
}

/* Whether more runs are wanted of a claim that may stay undecided. */
static bool needs_more(struct trial *trial, size_t runs)
{
    struct study_decision decision = {.verdict = VERDICT_NONE};
    trial->result =
        (struct study_result){.replications = runs, .started = runs, .values = trial->values};
    trial->criterion.patience = 20;
    bool needs_no_more =
        one_run_judge(&trial->setting, &trial->result, &trial->criterion, &decision);
    assert_int_equal(decision.verdict, VERDICT_UNDECIDED);
    return !needs_no_more;
}

/* A search does not count what is very near; it goes on where so many runs may still decide, and
 * where only counting can tell. */
static void a_search_leaves_undecided_what_is_too_near(void **state)
{
    struct trial *trial = trial_open(state);
    spread_values(trial, 69, 0.2); /* 1.6 standard deviations: 20 runs take 4 */
    assert_false(needs_more(trial, 10));
    spread_values(trial, 67.8, 0.2); /* 3.6 */
    assert_true(needs_more(trial, 10));
    spread_values(trial, 68.4, 0.2); /* 2.6 */
    assert_false(needs_more(trial, 20));
    spread_values(trial, 69.6, 0.2); /* in 3 of 10 a failure: 6 of 20 fail it */
    assert_true(needs_more(trial, 10));
    spread_values(trial, 69, 0.2);
    trial->scope.slowest_s = 600 / 4.0;
    assert_true(needs_more(trial, 10) && needs_more(trial, 40));
}

/* A study that is no search counts. */
static void without_a_limit_of_patience_runs_are_counted(void **state)
{
    struct trial *trial = trial_open(state);
    struct study_decision decision = {.verdict = VERDICT_NONE};
    spread_values(trial, 69, 0.2);
    trial->result =
        (struct study_result){.replications = 20, .started = 20, .values = trial->values};
    assert_false(one_run_judge(&trial->setting, &trial->result, &trial->criterion, &decision));
}

static bool passes_by_parts(struct trial *trial, size_t runs, size_t parts, double confidence)
{
    struct study_decision decision = {.held = runs};
    trial->result =
        (struct study_result){.replications = runs, .started = runs, .values = trial->values};
    for (size_t r = 0; r < runs; r++)
        decision.failed += trial->values[r * COLUMNS + COLUMN] >= trial->criterion.limit;
    return one_run_passes_by_parts(&trial->setting, &trial->result, &trial->criterion, parts, 0,
                                   confidence, &decision);
}

/* Short runs whose worst is Gumbel or normal, and the limit where a run of 24 of them holds with
 * just 95 %: it passes no more often than it may. */
static void a_run_of_many_parts_passes_falsely_as_seldom_as_asked(void **state)
{
    const size_t parts = 24, trials = repetitions(20000, 2000);
    const double allowed = 0.01, beyond = 0.05 / (double)parts;
    struct trial *trial = trial_open(state);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_ranlxd1);
    for (int is_gumbel = 0; is_gumbel <= 1; is_gumbel++) {
        size_t passed = 0;
        trial->scope.is_light = true;
        trial->criterion.limit =
            100 + (is_gumbel ? -log(-log1p(-beyond)) : gsl_cdf_ugaussian_Qinv(beyond));
        for (size_t t = 0; t < trials; t++) {
            for (size_t r = 0; r < 10; r++)
                trial->values[r * COLUMNS + COLUMN] =
                    100 +
                    (is_gumbel ? -log(-log(gsl_rng_uniform_pos(rng))) : gsl_ran_gaussian(rng, 1));
            passed += passes_by_parts(trial, 10, parts, 1 - allowed);
        }
        /* The table is good to 1.5 % of a factor, which is 0.15 of the chance. */
        double noise = 4.9 * sqrt(allowed / (double)trials);
        assert_true((double)passed / (double)trials < 1.15 * allowed + noise);
        assert_true(!is_gumbel || passed > 0);
    }
    gsl_rng_free(rng);
    spread_values(trial, 50, 0.2);
    trial->criterion.limit = 70;
    assert_true(passes_by_parts(trial, 10, parts, 1 - allowed));
    trial->scope.slowest_s = 600 / 4.0; /* a part may be between two bursts */
    assert_false(passes_by_parts(trial, 10, parts, 1 - allowed));
    trial->scope.slowest_s = 0;
    assert_true(passes_by_parts(trial, 10, parts, 1 - allowed));
    trial->values[COLUMN] = 71; /* one part broke it */
    assert_false(passes_by_parts(trial, 10, parts, 1 - allowed));
}

/* Runs that observed nothing count against passing, or not at all where they are not concerned. */
static void runs_without_a_value(void **state)
{
    struct trial *trial = trial_open(state);
    spread_values(trial, 69, 0.2);
    for (size_t r = 0; r < 80; r += 4)
        trial->values[r * COLUMNS + COLUMN] = NAN;
    struct study_decision decision = judge(trial, 80);
    assert_int_equal(decision.verdict, VERDICT_UNDECIDED);
    assert_int_equal(decision.held, 60);
    spread_values(trial, NAN, 0);
    assert_int_equal(judge(trial, 80).verdict, VERDICT_UNDECIDED);
    trial->criterion.may_be_moot = true;
    assert_int_equal(judge(trial, 80).verdict, VERDICT_NONE);
}

static int setup(void **state)
{
    static struct trial trial;
    trial.arena = arena_open();
    *state = &trial;
    return 0;
}

static int teardown(void **state)
{
    struct trial *trial = *state;
    arena_close(trial->arena);
    return 0;
}

#define trial_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        trial_test(far_from_the_limit_ten_runs_decide),
        trial_test(near_the_limit_runs_are_counted),
        trial_test(a_lower_limit_is_the_other_way_round),
        trial_test(runs_shorter_than_their_cycles_are_only_counted),
        trial_test(values_without_a_spread),
        trial_test(what_no_run_can_exceed_holds_at_once),
        trial_test(another_column_may_keep_it),
        trial_test(a_search_leaves_undecided_what_is_too_near),
        trial_test(without_a_limit_of_patience_runs_are_counted),
        trial_test(a_run_of_many_parts_passes_falsely_as_seldom_as_asked),
        trial_test(runs_without_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
