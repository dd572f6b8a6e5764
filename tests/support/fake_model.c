/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/fake_model.h"
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static const struct column columns[FAKE_COLUMNS] = {
    [FAKE_NORMAL] = {"fake.normal", "s", COLUMN_MEAN, 0, 0, COLUMN_NONE, COLUMN_NONE, false, false,
                     false, 0, 0, false, 0, false, NULL},
    [FAKE_P95] = {"fake.wait.p95", "s", COLUMN_QUANTILE, 0.95, 0, COLUMN_NONE, COLUMN_NONE, false,
                  false, false, 0, 0, false, 0, false, NULL},
    [FAKE_P50] = {"fake.wait.p50", "s", COLUMN_QUANTILE, 0.5, 0, COLUMN_NONE, COLUMN_NONE, false,
                  false, false, 0, 0, false, 0, false, NULL},
    [FAKE_LOSS] = {"fake.loss_rate", "1", COLUMN_RATE, 0, 0, FAKE_MEAN_WAIT, FAKE_SD_WAIT, false,
                   false, false, 0, 0, false, 0, false, NULL},
    [FAKE_MEAN_WAIT] = {"fake.wait.mean", "s", COLUMN_MEAN, 0, 0, COLUMN_NONE, COLUMN_NONE, false,
                        false, false, 0, 0, false, 0, false, NULL},
    [FAKE_SD_WAIT] = {"fake.wait.sd", "s", COLUMN_MEAN, 0, 0, COLUMN_NONE, COLUMN_NONE, false,
                      false, false, 0, 0, false, 0, false, NULL},
    [FAKE_GAIN] = {"fake.throughput", "1/s", COLUMN_MEAN, 0, 0, COLUMN_NONE, COLUMN_NONE, true,
                   false, false, 0, 0, false, 0, false, NULL},
};

static void fill_waits(const struct fake *fake, uint32_t replication, struct arena *arena,
                       struct observation *observation)
{
    struct stream stream = stream_at((struct stream_key){fake->seed, replication}, 2, 0, 0);
    uint32_t *counts = arena_array(arena, HISTOGRAM_BUCKETS, sizeof *counts);
    double sum = 0, squares = 0, n = fake->waits;
    for (uint32_t i = 0; i < fake->waits; i++) {
        double wait = -fake->scale_s * log(stream_next_uniform(&stream));
        counts[histogram_bucket((int64_t)(wait * 1e9))]++;
        sum += wait;
        squares += wait * wait;
    }
    observation->counts[0] = counts;
    observation->weight[FAKE_P95] = observation->weight[FAKE_P50] =
        observation->weight[FAKE_MEAN_WAIT] = n;
    if (fake->waits == 0)
        return;
    observation->value[FAKE_MEAN_WAIT] = sum / n;
    observation->value[FAKE_SD_WAIT] = sqrt(fmax(0, squares - sum * sum / n) / (n - 1));
}

static bool replicate(const void *model, uint32_t replication, struct arena *arena,
                      struct observation *observation, struct error *err)
{
    const struct fake *fake = model;
    if (replication == fake->fails_at)
        return error_set(err, STATUS_MODEL, "replication %u failed", replication);
    struct stream stream = stream_at((struct stream_key){fake->seed, replication}, 1, 0, 0);
    double normal = gsl_cdf_ugaussian_Pinv(stream_next_uniform(&stream));
    int lost = 0;
    for (int i = 0; i < 1000 && fake->loss_rate > 0; i++)
        lost += stream_next_uniform(&stream) < fake->loss_rate;
    fill_waits(fake, replication, arena, observation);
    observation->value[FAKE_NORMAL] = fake->mean + fake->sd * normal;
    observation->value[FAKE_GAIN] = 1000 * fake->mean + fake->sd * normal;
    observation->value[FAKE_LOSS] = lost / 1000.0;
    observation->weight[FAKE_NORMAL] = observation->weight[FAKE_GAIN] = 1;
    observation->weight[FAKE_LOSS] = 1000;
    if (replication == fake->interrupts_at)
        atomic_store(fake->is_interrupted, true);
    return true;
}

struct fake fake_usual(void)
{
    return (struct fake){.seed = 2385,
                         .mean = 1.7,
                         .sd = 0.31,
                         .scale_s = 0.0613,
                         .waits = 5000,
                         .fails_at = UINT32_MAX,
                         .interrupts_at = UINT32_MAX};
}

struct study_setting fake_setting(const struct fake *fake, const struct study_criterion *criteria,
                                  size_t count)
{
    return (struct study_setting){.model = fake,
                                  .replicate = replicate,
                                  .columns = columns,
                                  .column_count = FAKE_COLUMNS,
                                  .histogram_count = 1,
                                  .criteria = criteria,
                                  .criterion_count = count};
}

struct study_criterion fake_limit(int column, enum comparison op, double limit)
{
    return (struct study_criterion){
        .column = column, .has_limit = true, .op = op, .limit = limit, .reference = -1};
}

struct study_criterion fake_no_worse(int column, double margin)
{
    return (struct study_criterion){
        .column = column, .reference = 0, .reference_column = column, .margin = margin};
}

struct study_options fake_options(size_t min, size_t max)
{
    return (struct study_options){.min_replications = min,
                                  .max_replications = max,
                                  .precision = 0.0001,
                                  .confidence = 0.95,
                                  .workers = {.threads = 1}};
}

struct study_outcome fake_run(const struct study_setting *settings, size_t count,
                              const struct study_options *options, struct arena *arena)
{
    struct study_outcome outcome;
    struct error err = {0};
    assert_true(study_run(settings, count, options, arena, &outcome, &err));
    return outcome;
}

struct study_outcome fake_judge(const struct fake *fake, struct study_criterion criterion,
                                size_t min, size_t max, struct arena *arena)
{
    struct study_setting setting = fake_setting(fake, &criterion, 1);
    struct study_options options = fake_options(min, max);
    return fake_run(&setting, 1, &options, arena);
}
