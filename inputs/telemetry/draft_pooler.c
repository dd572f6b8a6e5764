/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pooler behind the application: what its totals make of the holds of the application's pool.
 *
 * The application's hold contains the pooler's waits and its holds. Means alone are known of both,
 * and how many visits a request makes: transactions over requests. What a class's hold is without
 * waits is seen in quiet times (quiet_holds.h), and what it has beyond that are the waits of its
 * visits. A class of which too little is seen gets visits in proportion to its hold, at least one
 * and at most the mean: a long hold is mostly one long statement. Its times are split in the same
 * way, with a spread such that the sum over the visits spreads as the hold does without its waits,
 * which is seen in quiet times or found by simulation (pooler_spread.h). */
#include "inputs/telemetry/draft.h"

#include "inputs/telemetry/pooler_spread.h"
#include "inputs/telemetry/quiet_holds.h"
#include "sim/base/duration_text.h"

#include <math.h>
#include <string.h>

#define LEAST_LEFT 0.1 /* of a class's hold, when its waits would eat it up */
#define SPREAD_ERROR                                                                               \
    0.15                 /* of the spread of a visit: it is that of a sum, and its law is assumed */
#define UNSEEN_ERROR 0.1 /* of the time of a class whose waits are only a share of all */
#define NEARLY_WHOLE 0.15 /* visits that are as near to a whole number are that */
/* The excess of a hold's fourth moment over its variance's square, and more for the end of the
 * curve, which few outlast. */
#define HEAVY_TAIL 30.0
#define OF_WAITS 0.15 /* error of the variance that simulated waits add */
#define UNSURE 1.0    /* visits: as well as a guess by proportion is known */

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
    return count > 0 && requests > 0 ? count * draft->observed->sampled_share / requests : 1;
}

static double mean_hold(const struct draft *draft)
{
    double mean = 0;
    for (size_t i = 0; i < draft->class_count; i++)
        mean += draft->classes[i].share * draft->classes[i].work.mean;
    return mean;
}

/* The laws of a class of which its visits and their spread are known. */
static void split_class(struct draft_class *class, const struct pooler_class *as, double error)
{
    double cv = pooler_spread_cv(as);
    class->between = draft_law_of_mean(as->between_s, NAN, cv, false);
    class->between.relative_error = error;
    /* Times of statements have longer tails than a gamma of the same spread. */
    class->work = draft_law_of_mean(as->visit_s, NAN, cv, false);
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
    if (quiet && quiet->is_known && pooler->wait_s > 0) {
        double error = hypot(of_hold, quiet->error_s) / pooler->wait_s;
        if (error < UNSURE)
            return (struct visits){(class->work.mean - quiet->mean_s) / pooler->wait_s, error};
    }
    return (struct visits){pooler->visits * fmin(class->work.mean / held, 1), UNSURE};
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

/* Each class's time without waits: each visit waited for as long as any other. What is left is put
 * right as a whole. */
static void take_waits_out(const struct draft *draft, const struct pooler *pooler, double held,
                           double totals[DRAFT_CLASSES])
{
    double waits = pooler->visits * pooler->wait_s, left = 0;
    for (size_t i = 0; i < draft->class_count; i++) {
        const struct draft_class *class = &draft->classes[i];
        totals[i] =
            fmax(class->work.mean - class->visits * pooler->wait_s, LEAST_LEFT * class->work.mean);
        left += class->share * totals[i];
    }
    for (size_t i = 0; i < draft->class_count; i++)
        totals[i] *= (held - waits) / left;
}

/* The spread of each class's hold without waits. Simulation takes what waits add from what was
 * seen, which leaves little that is sure where they are most of it; quiet times tell the spread of
 * few. Relative errors of both, roughly, decide. */
static void find_spreads(const struct draft *draft, const struct pooler *pooler,
                         const struct quiet_hold *quiet, const struct replayed *requests,
                         size_t count, struct pooler_class *as, const size_t *number)
{
    bool has_changed = false;
    size_t servers = (size_t)draft->pooler_max, classes = draft->class_count;
    pooler_spread_find(requests, count, servers, pooler->wait_s, LEAST_LEFT, as, number, classes);
    for (size_t i = 0; i < classes; i++) {
        const struct quiet_hold *seen = quiet ? &quiet[number[i]] : NULL;
        if (!seen || !seen->is_known || as[i].is_known)
            continue;
        double left = pow(as[i].own_sd_s / as[i].seen_sd_s, 2);
        double of_quiet = sqrt(HEAVY_TAIL / 4) * seen->error_s / seen->mean_s / seen->cv;
        if (of_quiet > OF_WAITS * (1 - left) / (2 * left))
            continue;
        as[i].is_known = has_changed = true;
        as[i].own_sd_s = seen->cv * (as[i].between_s + as[i].visit_s) * as[i].visits;
    }
    if (has_changed)
        pooler_spread_find(requests, count, servers, pooler->wait_s, LEAST_LEFT, as, number,
                           classes);
}

static void split_classes(struct draft *draft, const struct pooler *pooler, double held,
                          const struct quiet_hold *quiet, const struct replayed *requests,
                          size_t count)
{
    double totals[DRAFT_CLASSES];
    struct pooler_class as[DRAFT_CLASSES] = {{0}};
    size_t number[DRAFT_CLASSES] = {0};
    double part = pooler->visits * pooler->hold_s / (held - pooler->visits * pooler->wait_s);
    part = fmin(part, 1);
    share_visits(draft, pooler, held, quiet);
    take_waits_out(draft, pooler, held, totals);
    for (size_t i = 0; i < draft->class_count; i++) {
        const struct draft_class *class = &draft->classes[i];
        number[i] = class->number;
        as[i] = (struct pooler_class){.visits = class->visits,
                                      .between_s = totals[i] * (1 - part) / class->visits,
                                      .visit_s = totals[i] * part / class->visits,
                                      .seen_sd_s = class->work.cv * class->work.mean};
    }
    find_spreads(draft, pooler, quiet, requests, count, as, number);
    for (size_t i = 0; i < draft->class_count; i++) {
        struct draft_class *class = &draft->classes[i];
        const struct quiet_hold *seen = quiet ? &quiet[class->number] : NULL;
        double error = seen && seen->is_known ? seen->error_s / seen->mean_s : UNSEEN_ERROR;
        split_class(class, &as[i], fmax(error, class->work.relative_error));
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
    if (!is_told || draft->observed->sampled_share < 1 || !draft->has_pool ||
        draft->pooler_max >= draft->pool_max)
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
    if (requests)
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
    split_classes(draft, &pooler, held, find_quiet(draft, requests, count, classes), requests,
                  count);
}
