/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do 95 % intervals of the whole engine contain the truth 95 % of the time? A thousand independent
 * studies of M/M/2, each with its own seed, at load 0.5 and 0.9, for the mean and the 95th
 * percentile of the wait.
 *
 * The bounds are those promised to users: 93.5 to 96.5 %, of the mean 97.5 %. With 1,000 studies a
 * coverage of exactly 95 % has a standard error of 0.7 points, so a sound engine is inside at about
 * 97 of 100 seeds; the seeds are fixed. The mean's upper side is longer than Student's (pseudo.h),
 * so that of the 2.5 % that may miss above, none may in the extreme: 97.5 %. With CAPSIM_QUICK
 * there are 10 studies, and no more of them may miss than do once in a million times where
 * intervals hold the truth 95 % of the time. */
#include "models/engine/model.h"
#include "models/program/analytic.h"
#include "sim/study/replications.h"
#include "sim/study/study.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <gsl/gsl_cdf.h>

enum { STUDIES = 1000, STUDIES_IF_QUICK = 10, REPLICATIONS = 20, FIRST_SEED = 238500 };

/* The truth, and how each study did. */
struct campaign {
    double load, requests; /* a replication's, after as many / 10 of warm-up */
    double truth[2]; /* mean, p95 [s]                                                        */
    unsigned char covered[STUDIES][2];
};

static const char *const metrics[2] = {"pool.wait.mean", "pool.wait.p95"};
static const double most_covered[2] = {97.5, 96.5};

/* One study on one thread; the studies run in parallel. */
static bool run_study(void *context, size_t number, struct arena *arena, struct error *err)
{
    struct campaign *campaign = context;
    const double service_s = 0.2385;
    double rate_per_s = campaign->load * 2 / service_s;
    struct scenario *scenario =
        build_queue(arena, law_exponential(arena, 1 / rate_per_s),
                    law_exponential(arena, service_s), build_pool("pool", POOL_THREADS, 2));
    scenario->run.duration_ns = (int64_t)(campaign->requests / rate_per_s * 1e9);
    scenario->run.warmup_ns = scenario->run.duration_ns / 10;
    scenario->run.seed = FIRST_SEED + number;
    struct model *model = model_compile(scenario, arena, err);
    if (!model)
        return false;
    struct study_setting setting = {.model = model,
                                    .replicate = model_replicate,
                                    .histogram_count = model_histogram_count(model)};
    setting.columns = model_columns(model, &setting.column_count);
    struct study_options options = {.min_replications = REPLICATIONS,
                                    .max_replications = REPLICATIONS,
                                    .precision = 0.01,
                                    .confidence = 0.95,
                                    .workers = {.threads = 1}};
    struct study_outcome outcome;
    if (!study_run(&setting, 1, &options, arena, &outcome, err))
        return false;
    for (int m = 0; m < 2; m++) {
        const struct estimate *estimate =
            &outcome.results[0].estimates[model_find_column(model, metrics[m])];
        campaign->covered[number][m] =
            estimate->low <= campaign->truth[m] && campaign->truth[m] <= estimate->high;
    }
    return true;
}

static void assert_often_enough(size_t covered, size_t studies, double most)
{
    double percent = 100.0 * (double)covered / STUDIES;
    if (studies == STUDIES)
        assert_true(percent >= 93.5 && percent <= most);
    else
        assert_true(gsl_cdf_binomial_P((unsigned)covered, 0.95, (unsigned)studies) > 1e-6);
}

static void assert_coverage(struct campaign *campaign)
{
    const size_t studies = repetitions(STUDIES, STUDIES_IF_QUICK);
    const double service_s = 0.2385;
    struct analytic_station station = {campaign->load * 2 / service_s, service_s, 2};
    campaign->truth[0] = analytic_solve_mmc(station).wait_mean_s;
    campaign->truth[1] = analytic_mmc_wait_quantile(station, 0.95);
    struct replications_options workers = {.threads = replications_cores()};
    bool done[STUDIES];
    struct error err = {0};
    bool is_run = replications_run(&workers, run_study, campaign, studies, done, &err);
    assert_string_equal(err.message, "");
    assert_true(is_run);
    for (int m = 0; m < 2; m++) {
        size_t covered = 0;
        for (size_t s = 0; s < studies; s++)
            covered += campaign->covered[s][m];
        print_message("load %.1f, %s: %.1f %% of %zu intervals hold the truth\n", campaign->load,
                      metrics[m], 100.0 * (double)covered / (double)studies, studies);
        assert_often_enough(covered, studies, most_covered[m]);
    }
}

static void intervals_cover_at_half_load(void **state)
{
    (void)state;
    static struct campaign campaign = {.load = 0.5, .requests = 20000};
    assert_coverage(&campaign);
}

static void intervals_cover_at_load_0_9(void **state)
{
    (void)state;
    static struct campaign campaign = {.load = 0.9, .requests = 50000};
    assert_coverage(&campaign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_at_half_load),
        cmocka_unit_test(intervals_cover_at_load_0_9),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
