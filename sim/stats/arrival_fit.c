/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/arrival_fit.h"
#include "sim/base/duration_text.h"
#include "sim/random/stream.h"
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The mean square of the standardized misfits, over scales whose errors go together. */
static const double MAX_MISFIT = 4;

/* States shorter than half a window are batches: the index rises at once. */
static bool has_states(const struct arrival_fit *fit)
{
    return fit->mmpp.is_fitted && fit->mmpp.correlation_s >= 0.5 * fit->dispersion.scale[0].scale_s;
}

static bool is_two_state(const struct arrival_fit *fit)
{
    return has_states(fit) && fit->mmpp.cycles >= ARRIVAL_FIT_CYCLES &&
           fit->mmpp.misfit <= MAX_MISFIT;
}

static enum arrival_fit_kind choose(const struct arrival_fit *fit, double level)
{
    bool has_drift = fit->profile.count > 1;
    enum arrival_fit_kind other = fit->is_renewal ? ARRIVAL_FIT_RENEWAL : ARRIVAL_FIT_TRACE;
    if (fit->test.is_regular && !fit->test.is_bursty)
        return other;
    if (!fit->test.is_bursty && !has_drift)
        return ARRIVAL_FIT_POISSON;
    if (fit->test.is_bursty && is_two_state(fit))
        return ARRIVAL_FIT_MMPP;
    /* Bursts within a window of the profile show at shorter scales. */
    struct dispersion_test within =
        dispersion_test_poisson(&fit->dispersion, 0, fit->profile.window_s / 8, level);
    bool is_bursty_within = within.is_bursty && fit->profile.dispersion > 1.5;
    if (has_drift && fit->profile.rest_p > level && !is_bursty_within)
        return ARRIVAL_FIT_PROFILE;
    return other;
}

static void say(struct arrival_fit *fit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct arrival_fit *fit, const char *format, ...)
{
    size_t used = strlen(fit->reason);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fit->reason + used, sizeof fit->reason - used, format, arguments);
    va_end(arguments);
}

static void explain_trace(struct arrival_fit *fit)
{
    const struct mmpp_fit *mmpp = &fit->mmpp;
    char one[DURATION_TEXT_SIZE];
    if (fit->test.is_regular && !fit->test.is_bursty)
        say(fit, "more regular than Poisson (p = %.2g at %s): paced, or a closed system",
            fit->test.p, duration_text_write(fit->test.at_scale_s, one));
    else if (mmpp->is_fitted && !has_states(fit))
        say(fit, "arrivals come in batches (index %.3g at %s already)", fit->index,
            duration_text_write(fit->nearest_s, one));
    else if (mmpp->is_fitted && mmpp->cycles < ARRIVAL_FIT_CYCLES)
        say(fit, "bursty (index %.3g at %s), with only %.2g cycles of two states seen", fit->index,
            duration_text_write(fit->nearest_s, one), mmpp->cycles);
    else
        say(fit, "bursty (index %.3g at %s) in a way that two states do not have", fit->index,
            duration_text_write(fit->nearest_s, one));
}

static void explain(struct arrival_fit *fit, double pool_scale_s)
{
    const struct mmpp_fit *mmpp = &fit->mmpp;
    char one[DURATION_TEXT_SIZE], other[DURATION_TEXT_SIZE];
    switch (fit->kind) {
    case ARRIVAL_FIT_POISSON:
        if (!fit->test.is_tested)
            say(fit, "too few events to contradict Poisson");
        else
            say(fit,
                "nothing contradicts Poisson (p = %.2g; at %s an index of %.3g would have "
                "been found)",
                fit->test.p, duration_text_write(fit->nearest_s, one), fit->detectable);
        break;
    case ARRIVAL_FIT_MMPP:
        say(fit, "bursty: index %.3g at %s, %.3g in the long run, correlation time %s", fit->index,
            duration_text_write(fit->nearest_s, one), mmpp->dispersion,
            duration_text_write(mmpp->correlation_s, other));
        break;
    case ARRIVAL_FIT_PROFILE:
        say(fit, "the rate drifts: %zu pieces, and within them Poisson (p = %.2g)",
            fit->profile.count, fit->profile.rest_p);
        break;
    case ARRIVAL_FIT_RENEWAL:
        explain_trace(fit);
        say(fit, "; the times between arrivals do not depend on each other");
        break;
    default:
        explain_trace(fit);
    }
    if (fit->cut_start_s > 0 || fit->cut_end_s > 0)
        say(fit, "; %s at the start and %s at the end lack arrivals and are left out",
            duration_text_write(fit->cut_start_s, one), duration_text_write(fit->cut_end_s, other));
    if (fit->is_hidden)
        say(fit, "; bursts shorter than %s cannot be seen, and the pool's scale is %s",
            duration_text_write(fit->dispersion.count ? fit->dispersion.scale[0].scale_s : INFINITY,
                                one),
            duration_text_write(pool_scale_s, other));
}

/* The counts without what the ends lack, by their profile. */
static struct counts without_edges(const struct counts *counts, struct arrival_fit *fit,
                                   struct arena *arena)
{
    struct counts left = *counts;
    double longest = ARRIVAL_FIT_EDGE * counts->window_s * (double)counts->windows;
    fit->profile = rate_profile_fit(counts, arena);
    if (fit->profile.count < 2)
        return left;
    const struct rate_piece *first = &fit->profile.piece[0];
    const struct rate_piece *last = &fit->profile.piece[fit->profile.count - 1];
    double end = last->to_s;
    fit->cut_start_s = first->to_s <= longest ? first->to_s : 0;
    fit->cut_end_s = end - last->from_s <= longest ? end - last->from_s : 0;
    if (fit->cut_start_s == 0 && fit->cut_end_s == 0)
        return left;
    size_t skipped = (size_t)(fit->cut_start_s / counts->window_s + 0.5);
    size_t until = (size_t)((end - fit->cut_end_s) / counts->window_s + 0.5);
    left.count += skipped;
    left.windows = until - skipped;
    fit->profile = rate_profile_fit(&left, arena);
    return left;
}

/* ---- independent times ----------------------------------------------------------------------- */

enum { SHUFFLES = 4, FEWEST_TIMES = 400 };
static const double MAX_Z = 3.5; /* of any scale, of about a dozen */

/* What is judged, and from which times. */
struct times {
    const double *at_s;
    size_t count;
    double from_s, to_s, step_s;
};

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The same times between arrivals in another order, of Fisher and Yates. */
static void shuffle(const double *gaps, size_t count, uint32_t round, double from_s, double *times)
{
    const struct stream_key key = {.seed = 1, .replication = round};
    for (size_t i = 0; i < count; i++)
        times[i] = gaps[i];
    for (size_t i = count; i > 1; i--) {
        struct stream draw = stream_at(key, stream_id("arrival_fit.shuffle"), (uint32_t)i, 0);
        size_t k = (size_t)(stream_uniform_of_bits(stream_next_bits(&draw)) * (double)i);
        double kept = times[i - 1];
        times[i - 1] = times[k];
        times[k] = kept;
    }
    for (size_t i = 0; i < count; i++)
        times[i] = from_s += times[i];
}

/* Whether the indices at all scales are those of the times in other orders. */
static bool is_in_any_order(const struct dispersion *found, const struct counts *counts,
                            const double *gaps, size_t count, const struct times *of,
                            struct arena *arena)
{
    double *times = arena_array(arena, count, sizeof *times), misfit = 0;
    double index[DISPERSION_SCALES] = {0}, square[DISPERSION_SCALES] = {0};
    for (uint32_t round = 0; round < SHUFFLES; round++) {
        shuffle(gaps, count, round, of->from_s, times);
        struct counts other =
            counts_of_times(times, count, of->from_s, of->to_s, counts->window_s, arena);
        struct dispersion shuffled = dispersion_measure(&other, arena);
        for (size_t i = 0; i < found->count && i < shuffled.count; i++) {
            index[i] += shuffled.scale[i].index / SHUFFLES;
            square[i] += pow(shuffled.scale[i].error, 2) / (SHUFFLES * SHUFFLES);
        }
    }
    for (size_t i = 0; i < found->count; i++) {
        double error = sqrt(pow(found->scale[i].error, 2) + square[i]);
        double z = (found->scale[i].index - index[i]) / error;
        misfit += z * z / (double)found->count;
        if (!(fabs(z) <= MAX_Z))
            return false;
    }
    return found->count > 0 && misfit <= MAX_MISFIT;
}

/* Times that are cut off to a step near the pool's scale say nothing of what is between them. */
static bool is_renewal(const struct dispersion *found, const struct counts *counts,
                       const struct times *of, double pool_scale_s)
{
    struct arena *scratch = arena_open();
    double *sorted = arena_array(scratch, of->count, sizeof *sorted), last = of->from_s;
    bool is_told = of->count >= FEWEST_TIMES && of->step_s <= pool_scale_s / 8;
    for (size_t i = 0; i < of->count; i++)
        sorted[i] = of->at_s[i];
    qsort(sorted, of->count, sizeof *sorted, compare_times);
    for (size_t i = 0; i < of->count; i++) {
        double gap = sorted[i] - last;
        last = sorted[i];
        sorted[i] = gap;
    }
    is_told = is_told && is_in_any_order(found, counts, sorted, of->count, of, scratch);
    arena_close(scratch);
    return is_told;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* of: NULL where counts alone are known. */
static struct arrival_fit fit_all(const struct counts *counts, const struct times *of,
                                  double pool_scale_s, double level, struct arena *arena)
{
    struct arrival_fit fit = {
        .index = NAN, .index_error = NAN, .nearest_s = NAN, .detectable = INFINITY};
    struct counts left = without_edges(counts, &fit, arena);
    fit.dispersion = dispersion_measure(&left, arena);
    fit.test = dispersion_test_poisson(&fit.dispersion, 0, INFINITY, level);
    fit.mmpp = mmpp_fit(&fit.dispersion);
    double nearest = INFINITY;
    for (size_t i = 0; i < fit.dispersion.count; i++) {
        const struct dispersion_scale *scale = &fit.dispersion.scale[i];
        double away = fabs(log(scale->scale_s / pool_scale_s));
        if (away < nearest) {
            nearest = away;
            fit.nearest_s = scale->scale_s;
            fit.index = scale->index;
            fit.index_error = scale->error;
            fit.detectable = scale->detectable;
        }
    }
    fit.is_hidden = fit.dispersion.count == 0 || fit.dispersion.scale[0].scale_s > 2 * pool_scale_s;
    fit.kind = choose(&fit, level);
    if (of && fit.kind == ARRIVAL_FIT_TRACE && fit.cut_start_s == 0 && fit.cut_end_s == 0) {
        fit.is_renewal = is_renewal(&fit.dispersion, &left, of, pool_scale_s);
        fit.kind = choose(&fit, level);
    }
    fit.is_weak = fit.kind == ARRIVAL_FIT_POISSON && fit.detectable > 2;
    explain(&fit, pool_scale_s);
    return fit;
}

struct arrival_fit arrival_fit_counts(const struct counts *counts, double pool_scale_s,
                                      double level, struct arena *arena)
{
    return fit_all(counts, NULL, pool_scale_s, level, arena);
}

struct arrival_fit arrival_fit_times(const double *times_s, size_t events, double from_s,
                                     double to_s, double step_s, double pool_scale_s, double level,
                                     struct arena *arena)
{
    const double MAX_WINDOWS = 1 << 22;
    assert(to_s > from_s && pool_scale_s > 0 && step_s >= 0);
    double window = fmax(pool_scale_s / 4, (to_s - from_s) / MAX_WINDOWS);
    if (step_s > 0)
        window = step_s * ceil(window / step_s * (1 - 1e-12));
    struct counts counts = counts_of_times(times_s, events, from_s, to_s, window, arena);
    const struct times of = {times_s, events, from_s, to_s, step_s};
    return fit_all(&counts, &of, pool_scale_s, level, arena);
}
