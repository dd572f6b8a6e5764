/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The self-check by formula: a queue that has one and does not behave so alarms, and one that does
 * hardly ever. */
#include "models/engine/model.h"
#include "models/studies/plan.h"
#include "tests/support/family.h"
#include "tests/support/scenario_fixture.h"
#include <math.h>
#include <string.h>

static const char queue[] =
    "{ \"capsim\": 1, \"name\": \"queue\", \"resources\": { \"pool\": { \"kind\": \"thread_pool\","
    "  \"threads\": 1 } }, \"workloads\": { \"w\": {"
    "  \"arrivals\": { \"process\": \"poisson\", \"rate\": \"%d/s\" },"
    "  \"steps\": [ { \"hold\": \"pool\", \"steps\": ["
    "    { \"delay\": { \"dist\": \"exponential\", \"mean\": \"%s\" } } ] } ] } },"
    "\"run\": { \"duration\": \"%ds\", \"warmup\": \"%ds\", \"replications\": 10, \"seed\": %zu } "
    "}";

/* A study of the scenario, in the fixture's arena. */
struct studied {
    struct plan plan;
    struct study_outcome outcome;
};

static struct studied study(struct fixture *fixture, const char *text)
{
    struct studied studied;
    struct error err = {0};
    const struct replications_options workers = {.threads = 1};
    bool is_stopped;
    fixture_read_text(fixture, text);
    if (!plan_make(&fixture->set, fixture->arena, &studied.plan, &err) ||
        !plan_find_warmup(&studied.plan, &workers, fixture->arena, &is_stopped, &err))
        fail_msg("%s", err.message);
    studied.plan.options.workers = workers;
    if (!study_run(studied.plan.settings, 1, &studied.plan.options, fixture->arena,
                   &studied.outcome, &err))
        fail_msg("%s", err.message);
    return studied;
}

/* Formulas that do not hold of the result; *all: how many there are. */
static size_t count_alarms(const struct model *model, const struct study_result *result,
                           struct arena *arena, size_t *all, const char **words)
{
    size_t count, alarms = 0;
    const struct model_check *checks = model_checks(model, result, arena, &count);
    *all = 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(checks[i].name, "formula", 7) != 0)
            continue;
        ++*all;
        alarms += !checks[i].holds;
        *words = checks[i].holds ? *words : checks[i].words;
    }
    return alarms;
}

/* Work that is 4 % shorter than the formula's is eight standard errors of the utilization away:
 * found, where a bound of one false alarm in a million with ten replications, eleven standard
 * errors, would not find it. */
static void another_queue_alarms(void **state)
{
    struct fixture *fixture = *state;
    const char *words = NULL;
    size_t all;
    struct studied right =
        study(fixture, arena_printf(fixture->arena, queue, 45, "20ms", 200, 30, (size_t)7));
    assert_int_equal(
        count_alarms(right.plan.models[0], right.outcome.results, fixture->arena, &all, &words), 0);
    assert_int_equal(all, 3);
    struct studied wrong =
        study(fixture, arena_printf(fixture->arena, queue, 45, "19.2ms", 200, 30, (size_t)7));
    assert_true(count_alarms(right.plan.models[0], wrong.outcome.results, fixture->arena, &all,
                             &words) > 0);
    assert_non_null(strstr(words, "disagrees with the formula of M/M/1"));
    int column = model_find_column(wrong.plan.models[0], "pool.utilization");
    const struct estimate *use = &wrong.outcome.results[0].estimates[column];
    assert_true(fabs(use->estimate - 0.9) < estimate_t(1 - 1e-6, 9) * use->standard_error);
}

/* Ten short runs each, 16 relaxation times long: all three formulas together alarm in one of a
 * thousand studies. The bound is exceeded once in a million. */
static void the_queue_itself_hardly_ever_alarms(void **state)
{
    struct fixture *fixture = *state;
    size_t studies = repetitions(1000, 50), alarmed = 0;
    for (size_t s = 0; s < studies; s++) {
        const char *words;
        size_t all;
        arena_reset(fixture->arena);
        struct studied studied =
            study(fixture, arena_printf(fixture->arena, queue, 60, "10ms", 3, 1, (size_t)4100 + s));
        alarmed += count_alarms(studied.plan.models[0], studied.outcome.results, fixture->arena,
                                &all, &words) > 0;
    }
    print_message("%zu of %zu alarm\n", alarmed, studies);
    assert_true(alarmed <= family_most(studies, 1e-3, 1e-6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(another_queue_alarms),
        fixture_test(the_queue_itself_hardly_ever_alarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
