/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does what is advised decide? Studies that were left undecided are repeated with the replications
 * that the advice names. */
#include "reports/result/undecided.h"
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

enum { STUDIES = 2000, FIRST = 20 };

static const double MEAN = 1.7, SD = 0.31;

static const struct column column = {.name = "fake.normal",
                                     .unit = "s",
                                     .kind = COLUMN_MEAN,
                                     .cluster_mean = COLUMN_NONE,
                                     .cluster_sd = COLUMN_NONE};

/* One normal number; the model is its seed. */
static bool replicate(const void *model, uint32_t replication, struct arena *arena,
                      struct observation *observation, struct error *err)
{
    const uint64_t *seed = model;
    struct stream stream = stream_at((struct stream_key){*seed, replication}, 1, 0, 0);
    observation->value[0] = MEAN + SD * gsl_cdf_ugaussian_Pinv(stream_next_uniform(&stream));
    observation->weight[0] = 1;
    return true;
}

static struct study_outcome judge(uint64_t seed, double limit, size_t most, struct arena *arena)
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
                                    .max_replications = most,
                                    .confidence = 0.95,
                                    .workers = {.threads = 1}};
    struct study_outcome outcome;
    struct error err = {0};
    assert_true(study_run(&setting, 1, &options, arena, &outcome, &err));
    return outcome;
}

/* The share of studies that the advice decides, of those undecided ones that get a number.
 * distance: of the limit from the truth, in standard errors of the first study. */
static double share_decided(double distance)
{
    size_t undecided = 0, decided = 0;
    double limit = MEAN + distance * SD / sqrt(FIRST);
    for (uint64_t seed = 1; seed <= STUDIES; seed++) {
        struct arena *arena = arena_open();
        struct study_outcome first = judge(seed, limit, FIRST, arena);
        if (first.verdict == VERDICT_UNDECIDED) {
            double needed = undecided_replications(&first.results[0].decisions[0].estimate, limit);
            if (isfinite(needed)) {
                undecided++;
                decided +=
                    judge(seed, limit, (size_t)ceil(needed), arena).verdict != VERDICT_UNDECIDED;
            }
        }
        arena_close(arena);
    }
    print_message("limit %.1f standard errors away: %zu advised, advice decides %.1f %%\n",
                  distance, undecided, 100.0 * (double)decided / (double)undecided);
    return (double)decided / (double)undecided;
}

/* Nine in ten; 4.9 standard errors of a share of so many studies are less than 0.08. */
static void what_is_advised_probably_decides(void **state)
{
    assert_true(share_decided(1) > 0.9 - 0.08);
    assert_true(share_decided(2) > 0.9 - 0.08);
    assert_true(share_decided(3) > 0.9 - 0.08);
}

/* A run that was to have 400 replications and was interrupted after 4: the advice may be for fewer
 * than the scenario's least number. */
/* No error in either setting: that it is no worse is settled, only its own limit is open. */
static void a_difference_that_is_settled_needs_no_more(void **state)
{
    struct arena *arena = arena_open();
    const struct estimate none = {.estimate = 0, .has_interval = true, .replications = 3};
    struct result_criterion criterion = {.has_limit = true,
                                         .op = COMPARISON_LESS,
                                         .limit = 0.001,
                                         .unit = "1",
                                         .estimate = none,
                                         .no_worse_than = "baseline",
                                         .difference = none};
    criterion.estimate.high = 0.116;
    criterion.estimate.is_upper_bound = true;
    assert_non_null(strstr(undecided_advice(&criterion, arena), "about 350 replications"));
    arena_close(arena);
}

static void few_runs_of_an_interrupted_study_have_an_advice(void **state)
{
    struct arena *arena = arena_open();
    struct result_criterion criterion = {.name = "sustained",
                                         .expect = "pool.utilization < 70% in every 5min",
                                         .unit = "1",
                                         .verdict = VERDICT_UNDECIDED,
                                         .has_limit = true,
                                         .limit = 0.7,
                                         .held = 4,
                                         .probability = 0.95,
                                         .fewest_runs = 400,
                                         .estimate = {.estimate = 0.19,
                                                      .low = 0.18,
                                                      .high = 0.2,
                                                      .standard_error = 0.003,
                                                      .has_interval = true,
                                                      .replications = 4}};
    const char *advice = undecided_advice(&criterion, arena);
    assert_non_null(strstr(advice, "replications would probably decide it"));
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_advised_probably_decides),
        cmocka_unit_test(a_difference_that_is_settled_needs_no_more),
        cmocka_unit_test(few_runs_of_an_interrupted_study_have_an_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
