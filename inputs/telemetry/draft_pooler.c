/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pooler behind the application: what its totals make of the holds of the application's pool.
 *
 * The application's hold contains the pooler's waits and its holds. Means alone are known of both,
 * and how many visits a request makes: transactions over requests. What a class's hold is without
 * waits is seen in quiet times (quiet_holds.h), and what it has beyond that are the waits of its
 * visits. A class of which too little is seen gets visits in proportion to its hold, at least one
 * and at most one and a half times the mean. Its times are split in the same way, with a spread
 * such that the sum over the visits spreads as the hold did. */
#include "inputs/telemetry/draft.h"

#include "inputs/telemetry/quiet_holds.h"
#include "sim/base/duration_text.h"

#include <math.h>
#include <string.h>

#define WIDEST_CV 5.0
#define LEAST_LEFT 0.1 /* of a class's hold, when its waits would eat it up */
/* Visits of a class over the mean: a long hold may be one long statement. */
#define MOST_OF_MEAN 1.5
#define SPREAD_ERROR                                                                               \
    0.15                 /* of the spread of a visit: it is that of a sum, and its law is assumed */
#define UNSEEN_ERROR 0.1 /* of the time of a class whose waits are only a share of all */
#define NEARLY_WHOLE 0.15 /* visits that are as near to a whole number are that */
#define UNSURE 1.0        /* visits: as well as a guess by proportion is known */

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

/* The chance to wait for one of `servers` at an offered load of `load` Erlangs (Erlang C, by the
 * recursion of Erlang B); 1 at or above the limit. */
static double wait_probability(double servers, double load)
{
    double blocking = 1;
    for (double i = 1; i <= servers; i++)
        blocking = load * blocking / (i + load * blocking);
    return load < servers ? blocking / (1 - load / servers * (1 - blocking)) : 1;
}

/* The variance of the sum of a request's waits over that of one: visits that are close in time meet
 * the same queue, which forgets in its relaxation time, s / (c (1 - sqrt(rho))^2) of M/M/c. Source:
 * Odoni & Roth, Operations Research 31 (1983), on the time to reach equilibrium. */
static double sum_of_waits(const struct draft_class *class, double servers, double load,
                           double hold_s)
{
    double visits = class->visits, apart_s = class->work.mean / visits;
    double room = 1 - sqrt(fmin(load / servers, 0.999));
    double relaxation_s = hold_s / (servers * room * room), sum = visits;
    for (double lag = 1; lag < visits; lag++)
        sum += 2 * (visits - lag) * exp(-lag * apart_s / relaxation_s);
    return sum;
}

/* The spread of a class's hold without its waits. Who waits does so for an exponential time, more
 * or less: with a mean of w over all the variance is w^2 (2 / p - 1) at a chance p to wait. */
static double cv_without_waits(const struct draft *draft, const struct pooler *pooler,
                               const struct draft_class *class, double total_s)
{
    double sd = class->work.cv * class->work.mean;
    double load = draft->rate_per_s * pooler->visits * pooler->hold_s;
    double chance = wait_probability(draft->pooler_max, load);
    double of_waits = sum_of_waits(class, draft->pooler_max, load, pooler->hold_s) *
                      pooler->wait_s * pooler->wait_s * (2 / chance - 1);
    return sqrt(fmax(sd * sd - of_waits, LEAST_LEFT * sd * sd)) / total_s;
}

/* total_s: the class's time without waits; part: of it, what the pooler's connections are held for.
 */
static void split_class(struct draft_class *class, double total_s, double part, double cv_total,
                        double error)
{
    double pieces = class->visits;
    double narrowing = sqrt(part * part + (1 - part) * (1 - part));
    double cv = fmin(cv_total * sqrt(pieces) / narrowing, WIDEST_CV);
    class->between = draft_law_of_mean(total_s * (1 - part) / pieces, NAN, cv, false);
    class->between.relative_error = error;
    /* Times of statements have longer tails than a gamma of the same spread. */
    class->work = draft_law_of_mean(total_s * part / pieces, NAN, cv, false);
    class->work.kind = DISTRIBUTION_LOGNORMAL;
    class->work.relative_error = error;
    class->work.cv_error = SPREAD_ERROR;
}

/* A class's visits, and how well they are known. */
struct visits {
    double value, error;
};

/* What a class's hold has beyond that of quiet times, or in proportion to its hold. */
static struct visits guess_visits(const struct draft_class *class, const struct pooler *pooler,
                                  double held, const struct quiet_hold *quiet)
{
    double of_hold = class->work.cv * class->work.mean / sqrt((double)class->count);
    double most = MOST_OF_MEAN * pooler->visits;
    if (quiet && quiet->is_known && pooler->wait_s > 0) {
        double error = hypot(of_hold, quiet->error_s) / pooler->wait_s;
        if (error < UNSURE)
            return (struct visits){(class->work.mean - quiet->mean_s) / pooler->wait_s, error};
    }
    return (struct visits){fmin(pooler->visits * class->work.mean / held, most), UNSURE};
}

/* Each class's visits, with the pooler's mean over all: by least squares, so that those change most
 * which are known least. */
static void share_visits(struct draft *draft, const struct pooler *pooler, double held,
                         const struct quiet_hold *quiet)
{
    struct visits guesses[DRAFT_CLASSES];
    double mean = 0, weight = 0;
    for (size_t i = 0; i < draft->class_count; i++) {
        const struct draft_class *class = &draft->classes[i];
        guesses[i] = guess_visits(class, pooler, held, quiet ? &quiet[class->number] : NULL);
        mean += class->share * guesses[i].value;
        weight += pow(class->share * guesses[i].error, 2);
    }
    for (size_t i = 0; i < draft->class_count; i++) {
        struct draft_class *class = &draft->classes[i];
        double change = weight > 0 ? (pooler->visits - mean) / weight : 0;
        double visits = guesses[i].value + change * class->share * pow(guesses[i].error, 2);
        bool is_whole = fabs(visits - round(visits)) < NEARLY_WHOLE;
        class->visits = fmax(1, is_whole ? round(visits) : visits);
    }
}

/* Each visit waited for as long as any other. What is left is put right as a whole. */
static void split_classes(struct draft *draft, const struct pooler *pooler, double held,
                          const struct quiet_hold *quiet)
{
    double waits = pooler->visits * pooler->wait_s, left = 0;
    double part = fmin(pooler->visits * pooler->hold_s / (held - waits), 1);
    double totals[DRAFT_CLASSES];
    share_visits(draft, pooler, held, quiet);
    for (size_t i = 0; i < draft->class_count; i++) {
        struct draft_class *class = &draft->classes[i];
        totals[i] =
            fmax(class->work.mean - class->visits * pooler->wait_s, LEAST_LEFT * class->work.mean);
        left += class->share * totals[i];
    }
    for (size_t i = 0; i < draft->class_count; i++) {
        struct draft_class *class = &draft->classes[i];
        double total = totals[i] * (held - waits) / left;
        const struct quiet_hold *seen = quiet ? &quiet[class->number] : NULL;
        bool is_seen = seen && seen->is_known;
        double cv = is_seen ? seen->cv : cv_without_waits(draft, pooler, class, total);
        double error = is_seen ? seen->error_s / seen->mean_s : UNSEEN_ERROR;
        split_class(class, total, part, cv, fmax(error, class->work.relative_error));
    }
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
    draft_note(draft, "workloads.requests",
               arena_printf(draft->arena,
                            "through the pooler: %.3g visits a request, held for %s and waited "
                            "for %s each, so of %s of the application's hold %s are "
                            "the pooler's waits, taken out; a class has the visits that its hold "
                            "has in waits beyond that of quiet times, or in proportion to it",
                            pooler->visits, duration_text(pooler->hold_s, draft->arena),
                            duration_text(pooler->wait_s, draft->arena),
                            duration_text(held, draft->arena),
                            duration_text(pooler->visits * pooler->wait_s, draft->arena)),
               pooler->file);
}

/* Of each class of the log; NULL: the size of the pooler is not known, or there are no holds. */
static const struct quiet_hold *
find_quiet(const struct draft *draft, const struct replayed *requests, size_t count, size_t classes)
{
    bool is_told = observed_find_setting(draft->observed, "pooler.max") != NULL;
    if (!is_told || !draft->has_pool || draft->pooler_max >= draft->pool_max)
        return NULL;
    struct quiet_hold *found = arena_array(draft->arena, classes, sizeof *found);
    quiet_holds_find(requests, count, (size_t)draft->pooler_max, classes, found);
    return found;
}

void draft_add_pooler(struct draft *draft, const struct replayed *requests, size_t count,
                      size_t classes)
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
                          "the pooler: %.3g visits x (%s held + %s waited) = %s a "
                          "request, more than the %s for which the application held a "
                          "connection",
                          pooler.visits, duration_text(pooler.hold_s, draft->arena),
                          duration_text(pooler.wait_s, draft->arena),
                          duration_text(used + waits, draft->arena),
                          duration_text(held, draft->arena));
        for (size_t i = 0; i < draft->class_count; i++) {
            draft->classes[i].visits = fmax(1, round(pooler.visits));
            draft->classes[i].work =
                draft_law_of_mean(used / draft->classes[i].visits, NAN, 1, true);
            draft->classes[i].work.relative_error = 0.1;
        }
        return;
    }
    split_classes(draft, &pooler, held, find_quiet(draft, requests, count, classes));
}
