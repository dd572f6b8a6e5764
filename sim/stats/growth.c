/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/growth.h"
#include "sim/stats/neumaier.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

static const double LARGEST_GROWTH = 0.1, LEVEL = 0.01, NEVER_ENDS = 0.01;
/* The jackknife needs so many runs; with fewer than FEW, that each of them rises counts, too. */
enum { MIN_RUNS = 4, FEW = 5, SECOND = 1, THIRD = 2, FOURTH = 3 };

static double quarter_sum(const struct growth_run *runs, size_t count, int quarter)
{
    struct neumaier total = {0, 0};
    for (size_t r = 0; r < count; r++)
        neumaier_add(&total, runs[r].level[quarter]);
    return neumaier_total(&total);
}

/* Standard error of fourth / second by the jackknife. */
static double growth_error(const struct growth_run *runs, size_t count, double second,
                           double fourth)
{
    double mean = 0, squares = 0, n = (double)count;
    for (size_t r = 0; r < count; r++) {
        double others = second - runs[r].level[SECOND];
        if (!(others > 0))
            return INFINITY;
        double pseudo = n * fourth / second - (n - 1) * (fourth - runs[r].level[FOURTH]) / others;
        double distance = pseudo - mean;
        mean += distance / (double)(r + 1);
        squares += distance * (pseudo - mean);
    }
    return sqrt(squares / (n - 1) / n);
}

static bool is_rising(const struct growth_run *run)
{
    double second = run->level[SECOND];
    return run->level[FOURTH] > 1.1 * second + 3 * sqrt(second) &&
           run->level[FOURTH] > run->level[THIRD] && run->level[THIRD] > second;
}

static void judge_growth(const struct growth_run *runs, size_t count, size_t classes,
                         struct growth_finding *finding)
{
    double second = quarter_sum(runs, count, SECOND), fourth = quarter_sum(runs, count, FOURTH);
    if (second > 0)
        finding->growth = fourth / second - 1;
    finding->is_growing = count > 0 && count < FEW;
    for (size_t r = 0; r < count && finding->is_growing; r++)
        finding->is_growing = is_rising(&runs[r]);
    if (count < MIN_RUNS || !(second > 0))
        return;
    finding->error = growth_error(runs, count, second, fourth);
    double t = gsl_cdf_tdist_Qinv(LEVEL / (double)classes, (double)count - 1);
    finding->is_growing |=
        finding->growth > LARGEST_GROWTH && finding->growth - t * finding->error > 0;
}

static void measure_end(const struct growth_run *runs, size_t count, struct growth_finding *finding)
{
    double more = 0, arrived = 0, time_s = 0;
    for (size_t r = 0; r < count; r++) {
        more += runs[r].at_end - runs[r].at_three_quarters;
        arrived += runs[r].arrived_at_end;
        time_s += runs[r].length_s / GROWTH_QUARTERS;
    }
    if (time_s > 0)
        finding->rate_per_s = more / time_s;
    if (finding->is_growing && arrived > 0 && more / arrived > NEVER_ENDS)
        finding->never_ends = more / arrived;
}

static bool stands_still(const struct growth_run *run)
{
    const double short_against_run = 20;
    const double many = 3 * 14; /* so in a quarter none of 14 that are usual: e^-14 by chance */
    bool is_short = run->expected_s > 0 && run->expected_s * short_against_run < run->length_s;
    if (!(run->least_at_end >= 1) || run->completed[FOURTH] > 0)
        return false;
    double before = run->completed[0] + run->completed[SECOND] + run->completed[THIRD];
    if (before > 0)
        return run->response_s * short_against_run < run->length_s || (is_short && before >= many);
    return is_short;
}

struct growth_finding growth_judge(const struct growth_run *runs, size_t count, size_t classes)
{
    struct growth_finding finding = {.growth = NAN, .error = NAN};
    judge_growth(runs, count, classes, &finding);
    measure_end(runs, count, &finding);
    for (size_t r = 0; r < count && !finding.is_standing_still; r++)
        if (stands_still(&runs[r])) {
            finding.is_standing_still = true;
            finding.standing = runs[r].at_end;
        }
    return finding;
}
