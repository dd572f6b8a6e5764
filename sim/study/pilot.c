/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/pilot.h"
#include "sim/stats/warmup.h"
#include "sim/study/executor.h"
#include <assert.h>
#include <math.h>

/* A cut is believed in the first quarter of a pilot, and then the whole quarter is left out. */
enum { LATEST_BELIEVED = PILOT_BINS / 4 };

/* The runs of one length. */
struct pilot_round {
    const struct pilot *pilot;
    int64_t length;
    double *series; /* [PILOT_REPLICATIONS * values] */
    size_t values;  /* of one replication            */
};

static bool run_one(void *context, size_t job, struct arena *arena, struct error *err)
{
    const struct pilot_round *round = context;
    return round->pilot->run(round->pilot->model, (uint32_t)job, round->length, PILOT_BINS,
                             round->series + job * round->values, arena, err);
}

static bool ship_one(void *context, size_t job, struct arena *arena, struct parcel *parcel,
                     struct error *err)
{
    const struct pilot_round *round = context;
    double *series = arena_array(arena, round->values, sizeof *series);
    if (!round->pilot->run(round->pilot->model, (uint32_t)job, round->length, PILOT_BINS, series,
                           arena, err))
        return false;
    parcel_put(parcel, series, round->values * sizeof *series);
    return true;
}

static bool take_one(void *context, size_t job, struct parcel *parcel, struct arena *arena,
                     struct error *err)
{
    const struct pilot_round *round = context;
    (void)arena;
    return parcel_get(parcel, round->series + job * round->values,
                      round->values * sizeof *round->series) ||
           error_set(err, STATUS_IO,
                     "a pilot run came back as something else: the ranks do not run "
                     "the same program on the same inputs");
}

/* The mean over the replications that observed something; NaN when none did. */
static double mean_of_bin(const struct pilot_round *round, size_t at)
{
    double sum = 0;
    size_t count = 0;
    for (size_t r = 0; r < PILOT_REPLICATIONS; r++) {
        double value = round->series[r * round->values + at];
        if (!isnan(value)) {
            sum += value;
            count++;
        }
    }
    return count > 0 ? sum / (double)count : NAN;
}

/* Fills mean[PILOT_BINS]. False when a bin is NaN. */
static bool average(const struct pilot_round *round, size_t series, double *mean)
{
    for (size_t bin = 0; bin < PILOT_BINS; bin++) {
        mean[bin] = mean_of_bin(round, series * PILOT_BINS + bin);
        if (isnan(mean[bin]))
            return false;
    }
    return true;
}

/* bins of PILOT_BINS equal ones of length, without overflow. */
static int64_t time_of_bins(int64_t length, int64_t bins)
{
    return length / PILOT_BINS * bins + length % PILOT_BINS * bins / PILOT_BINS;
}

/* Looks at all series. Returns true when the finding is to be believed. */
static bool judge(const struct pilot_round *round, struct pilot_finding *finding)
{
    size_t latest = 0;
    finding->has_settled = true;
    for (size_t series = 0; series < round->pilot->series_count; series++) {
        double mean[PILOT_BINS];
        bool has_settled;
        if (!average(round, series, mean))
            continue;
        size_t cut = warmup_mser5(mean, PILOT_BINS, &has_settled, NULL);
        finding->has_settled &= has_settled;
        latest = cut > latest ? cut : latest;
    }
    bool is_early = latest <= LATEST_BELIEVED;
    finding->length_ns = round->length;
    finding->warmup_ns = time_of_bins(round->length, is_early ? LATEST_BELIEVED : (int64_t)latest);
    return finding->has_settled && is_early;
}

static bool find_in(struct pilot_round *round, const struct replications_options *workers,
                    struct pilot_finding *finding, struct error *err)
{
    int64_t longest = round->pilot->longest_length_ns;
    for (round->length = round->pilot->first_length_ns;; round->length *= 2) {
        if (round->length > longest / 2)
            round->length = longest;
        bool done[PILOT_REPLICATIONS];
        struct work work = {.job = run_one, .ship = ship_one, .take = take_one, .context = round};
        if (!executor_run(workers, &work, PILOT_REPLICATIONS, done, err))
            return false;
        for (size_t r = 0; r < PILOT_REPLICATIONS; r++)
            finding->is_interrupted |= !done[r];
        if (finding->is_interrupted || judge(round, finding) || round->length == longest)
            return true;
    }
}

bool pilot_find_warmup(const struct pilot *pilot, const struct replications_options *workers,
                       struct pilot_finding *finding, struct error *err)
{
    assert(PILOT_BINS <= pilot->first_length_ns &&
           pilot->first_length_ns <= pilot->longest_length_ns);
    *finding = (struct pilot_finding){0};
    struct arena *arena = arena_open();
    struct pilot_round round = {.pilot = pilot, .values = pilot->series_count * PILOT_BINS};
    round.series = arena_array(arena, arena_multiply_sizes(PILOT_REPLICATIONS, round.values),
                               sizeof *round.series);
    bool ok = find_in(&round, workers, finding, err);
    arena_close(arena);
    return ok;
}
