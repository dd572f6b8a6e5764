/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "sim/study/study.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

/* Bounds on a simulated share are this many standard errors: exceeded once in a million. */
static const double ONE_IN_A_MILLION = 4.9;

static const double TRUE_MEAN = 1.7, TRUE_SD = 0.31;

static const struct column column = {.name = "fake.normal",
                                     .unit = "s",
                                     .kind = COLUMN_MEAN,
                                     .cluster_mean = COLUMN_NONE,
                                     .cluster_sd = COLUMN_NONE};

/* One normal number; the model is its seed. */
static bool replicate(const void *model, uint32_t replication, struct arena *arena,
                      struct observation *observation, struct error *err)
{
    (void)arena, (void)err;
    const uint64_t *seed = model;
    struct stream stream = stream_at((struct stream_key){*seed, replication}, 1, 0, 0);
    double normal = gsl_cdf_ugaussian_Pinv(stream_next_uniform(&stream));
    observation->value[0] = TRUE_MEAN + TRUE_SD * normal;
    observation->weight[0] = 1;
    return true;
}

static struct study_outcome judge(uint64_t seed, double limit, struct arena *arena)
{
    struct study_criterion criterion = {
        .has_limit = true, .op = COMPARISON_LESS, .limit = limit, .reference = -1};
    struct study_setting setting = {.model = &seed,
                                    .replicate = replicate,
                                    .columns = &column,
                                    .column_count = 1,
                                    .criteria = &criterion,
                                    .criterion_count = 1};
    struct study_options options = {.min_replications = 10,
                                    .max_replications = 160,
                                    .confidence = 0.95,
                                    .workers = {.threads = 1}};
    struct study_outcome outcome;
    struct error err = {0};
    assert_true(study_run(&setting, 1, &options, arena, &outcome, &err));
    return outcome;
}

/* What many studies did, with the limit `distance` standard errors of 40 replications above the
 * true mean. Shares of the studies, and replications of the average one. */
struct tried {
    double covered, naively_covered, passed, failed, replications;
};

static void add_study(struct tried *tried, uint64_t seed, double limit, double share,
                      struct arena *arena)
{
    struct study_outcome outcome = judge(seed, limit, arena);
    const struct study_result *result = &outcome.results[0];
    struct estimate estimate = result->decisions[0].estimate;
    struct estimate naive = estimate_mean(result->values, result->started, 1, 0.95);
    tried->covered += share * (estimate.low <= TRUE_MEAN && TRUE_MEAN <= estimate.high);
    tried->naively_covered += share * (naive.low <= TRUE_MEAN && TRUE_MEAN <= naive.high);
    tried->passed += share * (outcome.verdict == VERDICT_PASS);
    tried->failed += share * (outcome.verdict == VERDICT_FAIL);
    tried->replications += share * (double)result->replications;
}

static struct tried try_many(double distance, int studies)
{
    struct arena *arena = arena_open();
    struct tried tried = {0, 0, 0, 0, 0};
    for (int i = 0; i < studies; i++) {
        double limit = TRUE_MEAN + distance * TRUE_SD / sqrt(40);
        add_study(&tried, 100 + (uint64_t)i, limit, 1.0 / studies, arena);
        arena_reset(arena);
    }
    arena_close(arena);
    return tried;
}

/* A study stops at the samples that flatter it: the ordinary 95 % interval of its last look covers
 * 90.6 % here. 10,000 studies: one standard error is 0.22 %. */
static void stopping_early_does_not_spoil_the_confidence(void **state)
{
    double bound = ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / 10000);
    struct tried tried = try_many(1, 10000);
    assert_true(tried.covered > 0.95 - bound);
    assert_true(tried.failed < 0.025 + ONE_IN_A_MILLION * sqrt(0.025 / 10000));
    assert_true(tried.naively_covered < 0.95 - bound);
    assert_true(tried.passed > 0.3);
}

static void with_the_truth_on_the_limit_few_studies_decide(void **state)
{
    struct tried tried = try_many(0, 10000);
    assert_within(tried.passed + tried.failed, 0.05, ONE_IN_A_MILLION * sqrt(0.95 * 0.05 / 10000));
}

/* The limit is 0, 2 and 6 standard errors of 40 replications away. */
static void a_clearer_case_costs_fewer_replications(void **state)
{
    struct tried close = try_many(0, 500), near = try_many(2, 500), far = try_many(6, 500);
    assert_true(close.replications > near.replications && near.replications > far.replications);
    assert_true(close.replications > 150 && far.replications < 30);
    assert_true(near.passed > 0.8 && far.passed > 0.999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopping_early_does_not_spoil_the_confidence),
        cmocka_unit_test(with_the_truth_on_the_limit_few_studies_decide),
        cmocka_unit_test(a_clearer_case_costs_fewer_replications),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
