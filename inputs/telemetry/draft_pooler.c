/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pooler behind the application: what its totals make of the holds of the application's pool.
 *
 * The application's hold contains the pooler's waits and its holds. Means alone are known of both,
 * and how many visits a request makes: transactions over requests. Each class gets a share of the
 * visits in proportion to its hold, at least one and at most one and a half times the mean; its times are split in the same way, with a
 * spread such that the sum over the visits spreads as the hold did. */
#include "inputs/telemetry/draft.h"

#include <math.h>
#include <string.h>

#define MOST_OF_MEAN                                                                               \
    1.5 /* visits of a class over the mean: a long hold may be one long statement */

struct pooler {
    double hold_s, wait_s; /* means of a visit       */
    double visits;         /* of a request           */
    const char *file;
};

static const struct observed_figure *find_mean(const struct observed *observed,
                                               enum observed_kind kind)
{
    const struct observed_figure *best = NULL;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        bool is_it = figure->kind == kind && strcmp(figure->resource, "pooler") == 0 &&
                     !figure->class[0] && !figure->is_biased && !isnan(figure->mean) &&
                     figure->form == OBSERVED_MOMENTS;
        if (is_it && (!best || figure->count > best->count))
            best = figure;
    }
    return best;
}

/* Transactions a second over requests a second, or counts where no times are known. */
static double find_visits(const struct draft *draft)
{
    double rate = NAN, count = NAN, requests = 0;
    for (size_t i = 0; i < draft->observed->figure_count; i++) {
        const struct observed_figure *figure = draft->observed->figures[i];
        if (strcmp(figure->resource, "pooler") != 0 || figure->class[0])
            continue;
        bool is_count =
            figure->kind == OBSERVED_COUNT && strcmp(figure->metric, "transactions") == 0;
        bool is_rate = figure->kind == OBSERVED_RATE && strcmp(figure->metric, "transactions") == 0;
        if (is_rate)
            rate = figure->form == OBSERVED_TOTAL ? figure->value : figure->mean;
        if (is_count)
            count = figure->value;
    }
    for (size_t i = 0; i < draft->class_count; i++)
        requests += (double)draft->classes[i].count;
    if (rate > 0)
        return rate / draft->rate_per_s;
    return count > 0 && requests > 0 ? count / requests : 1;
}

static double mean_hold(const struct draft *draft)
{
    double mean = 0;
    for (size_t i = 0; i < draft->class_count; i++)
        mean += draft->classes[i].share * draft->classes[i].work.mean;
    return mean;
}

static double cv_of(const struct draft_law *law)
{
    double sum = 0, squares = 0;
    if (!law->is_empirical)
        return law->kind_cv;
    for (size_t i = 0; i < law->count; i++) {
        sum += law->values[i];
        squares += law->values[i] * law->values[i];
    }
    double mean = sum / (double)law->count;
    return sqrt(fmax(squares / (double)law->count - mean * mean, 0)) / mean;
}

/* part: of the class's time without waits, what the pooler's connections are held for. */
static void split_class(struct draft_class *class, double factor, double part, double visits)
{
    double total = class->work.mean * factor, error = class->work.relative_error;
    class->visits = (size_t)fmax(1, round(visits));
    double pieces = (double)class->visits;
    double narrowing = sqrt(part * part + (1 - part) * (1 - part));
    double cv = fmin(cv_of(&class->work) * sqrt(pieces) / narrowing, 5);
    class->between = draft_law_of_mean(total * (1 - part) / pieces, NAN, cv, false);
    class->between.relative_error = error;
    class->work = draft_law_of_mean(total * part / pieces, NAN, cv, false);
    class->work.relative_error = error;
}

static void set_size(struct draft *draft)
{
    const struct observed *observed = draft->observed;
    const struct observed_setting *max = observed_find_setting(observed, "pooler.max");
    const struct observed_figure *busy =
        observed_find_figure(observed, OBSERVED_GAUGE, "pooler", "busy", NULL);
    if (max && max->value >= 1) {
        draft->pooler_max = floor(max->value);
        draft_note(draft, "resources.pooler.max",
                   arena_printf(draft->arena, "as told: %s", max->text),
                   observed->files[max->file].path);
        return;
    }
    draft->pooler_max = busy && busy->largest >= 1 ? busy->largest : 20;
    draft_note(draft, "resources.pooler.max",
               busy ? "ASSUMED: the highest level that was sampled; name the size with --set "
                      "resources.pooler.max=N"
                    : "ASSUMED: PgBouncer's default_pool_size of 20; name the size with --set "
                      "resources.pooler.max=N",
               busy ? observed->files[busy->file].path : "");
    draft_unknown(draft, "the size of the pooler (resources.pooler.max)");
}

static bool find_pooler(struct draft *draft, struct pooler *pooler)
{
    const struct observed_figure *hold = find_mean(draft->observed, OBSERVED_HOLD);
    const struct observed_figure *wait = find_mean(draft->observed, OBSERVED_WAIT);
    if (!hold || !(hold->mean > 0) || draft->class_count == 0)
        return false;
    *pooler = (struct pooler){.hold_s = hold->mean,
                              .wait_s = wait ? wait->mean : 0,
                              .visits = find_visits(draft),
                              .file = draft->observed->files[hold->file].path};
    return true;
}

static void note_pooler(struct draft *draft, const struct pooler *pooler, double held)
{
    draft_note(
        draft, "workloads.requests",
        arena_printf(draft->arena,
                     "through the pooler: %.3g visits a request, held for %.4g ms and waited "
                     "for %.4g ms each, so of %.4g ms of the application's hold %.4g ms are "
                     "the pooler's waits, taken out; visits of a class are in proportion to "
                     "its hold",
                     pooler->visits, 1e3 * pooler->hold_s, 1e3 * pooler->wait_s, 1e3 * held,
                     1e3 * pooler->visits * pooler->wait_s),
        pooler->file);
}

void draft_add_pooler(struct draft *draft)
{
    struct pooler pooler;
    if (!find_pooler(draft, &pooler))
        return;
    double held = mean_hold(draft), waits = pooler.visits * pooler.wait_s;
    double used = pooler.visits * pooler.hold_s;
    draft->has_pooler = true;
    set_size(draft);
    note_pooler(draft, &pooler, held);
    if (!draft->has_pool || used + waits > 1.05 * held) {
        if (draft->has_pool)
            observed_find((struct observed *)(uintptr_t)draft->observed, true,
                          "the pooler: %.3g visits x (%.4g ms held + %.4g ms waited) = %.4g ms a "
                          "request, more than the %.4g ms for which the application held a "
                          "connection",
                          pooler.visits, 1e3 * pooler.hold_s, 1e3 * pooler.wait_s,
                          1e3 * (used + waits), 1e3 * held);
        for (size_t i = 0; i < draft->class_count; i++) {
            draft->classes[i].visits = (size_t)fmax(1, round(pooler.visits));
            draft->classes[i].work =
                draft_law_of_mean(used / (double)draft->classes[i].visits, NAN, 1, true);
            draft->classes[i].work.relative_error = 0.1;
        }
        return;
    }
    double factor = (held - waits) / held, part = fmin(used / (held - waits), 1);
    for (size_t i = 0; i < draft->class_count; i++)
        split_class(
            &draft->classes[i], factor, part,
            fmin(pooler.visits * draft->classes[i].work.mean / held, MOST_OF_MEAN * pooler.visits));
}
