/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/draft.h"

#include "inputs/telemetry/class_holds.h"
#include "inputs/telemetry/request_parts.h"
#include "inputs/telemetry/stamp.h"
#include "sim/base/duration_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PATH "workloads.requests"
#define LEAST_WORK_S 1e-3 /* of a class that never got a connection */

/* Sources chosen from the form. */
struct sources {
    const struct observed_requests *user;        /* nearest to the user: arrivals, responses */
    const struct observed_requests *application; /* its responses contain the pool's wait    */
    const struct observed_arrivals *arrivals;    /* of user, or alone                        */
    const struct observed_figure *hold, *wait, *connect, *timeouts; /* of the pool           */
    const struct observed_figure *slots; /* of the proxy: WAIT, when there were any  */
    struct replayed *requests;           /* [count] of application, or of user */
    size_t count;
    int64_t first_end_ns, last_end_ns;
};

static const char *file_of(const struct draft *draft, size_t file)
{
    return draft->observed->files[file].path;
}

/* ---- which sources --------------------------------------------------------------------------- */

static const struct observed_figure *find_total(const struct observed *observed,
                                                enum observed_kind kind, const char *resource,
                                                const char *metric)
{
    const struct observed_figure *figure =
        observed_find_figure(observed, kind, resource, metric, NULL);
    return figure && figure->form == OBSERVED_TOTAL && !isnan(figure->value) ? figure : NULL;
}

/* Whether files tell of a pool of the application. */
static bool has_pool(const struct observed *observed)
{
    return observed_find_setting(observed, "pool.max") ||
           observed_find_figure(observed, OBSERVED_GAUGE, "pool", "busy", NULL) ||
           observed_find_figure(observed, OBSERVED_HOLD, "pool", NULL, NULL);
}

static void choose_requests(struct observed *observed, struct sources *sources)
{
    sources->application = request_parts_join(observed, true, has_pool(observed));
    sources->user = request_parts_join(observed, false, false);
    if (!sources->user)
        sources->user = sources->application;
    if (!sources->application)
        sources->application = sources->user;
}

static void choose_arrivals(const struct observed *observed, struct sources *sources)
{
    for (size_t i = 0; i < observed->arrival_count; i++) {
        const struct observed_arrivals *arrivals = observed->arrivals[i];
        bool is_wanted = strcmp(arrivals->resource, "requests") == 0 && arrivals->count > 1 &&
                         (!sources->user || arrivals->file == sources->user->file);
        if (is_wanted && (!sources->arrivals || arrivals->count > sources->arrivals->count))
            sources->arrivals = arrivals;
    }
}

#define NEARLY_TIMED_OUT 0.9 /* of the acquire timeout, which a failed request took */

/* Whether it failed for want of a connection. Where no file tells the time-out, one that the pool
 * counted makes every failure that. */
static bool gave_up(const struct observed *observed, const struct sources *sources,
                    const struct observed_requests *from, size_t i)
{
    const struct observed_setting *timeout =
        observed_find_setting(observed, "pool.acquire_timeout");
    if (!from->is_failed[i])
        return false;
    if (timeout && timeout->value > 0)
        return (double)from->response_ns[i] / 1e9 >= NEARLY_TIMED_OUT * timeout->value;
    return sources->timeouts && sources->timeouts->value > 0;
}

static void copy_requests(const struct observed *observed, struct sources *sources,
                          struct arena *arena)
{
    const struct observed_requests *from = sources->application;
    sources->count = from->count;
    sources->requests = arena_array(arena, from->count, sizeof *sources->requests);
    sources->first_end_ns = INT64_MAX;
    sources->last_end_ns = INT64_MIN;
    for (size_t i = 0; i < from->count; i++) {
        int64_t end = from->start_ns[i] + from->response_ns[i];
        sources->requests[i] = (struct replayed){.start_ns = from->start_ns[i],
                                                 .end_ns = end,
                                                 .class = from->class[i],
                                                 .gave_up = gave_up(observed, sources, from, i)};
        sources->first_end_ns = end < sources->first_end_ns ? end : sources->first_end_ns;
        sources->last_end_ns = end > sources->last_end_ns ? end : sources->last_end_ns;
    }
}

/* A proxy that never made anybody wait has slots enough, and is left out. */
static const struct observed_figure *find_slots(const struct observed *observed)
{
    double waits = 0, count = 0;
    const struct observed_figure *found = NULL;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->kind != OBSERVED_WAIT || strcmp(figure->resource, "proxy") != 0 ||
            figure->count == 0)
            continue;
        waits += (double)figure->count * figure->mean;
        count += (double)figure->count;
        found = figure;
    }
    return count > 0 && waits / count > 1e-4 ? found : NULL;
}

static void choose_sources(struct observed *observed, struct arena *arena, struct sources *sources)
{
    choose_requests(observed, sources);
    choose_arrivals(observed, sources);
    sources->hold = draft_best_figure(observed, OBSERVED_HOLD, "pool");
    sources->wait = draft_best_figure(observed, OBSERVED_WAIT, "pool");
    sources->connect = draft_best_figure(observed, OBSERVED_CONNECT, "pool");
    sources->timeouts = find_total(observed, OBSERVED_COUNT, "pool", "timeouts");
    sources->slots = find_slots(observed);
    if (sources->application)
        copy_requests(observed, sources, arena);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Starts in seconds from the first end: before it, requests whose ends are not in the file are
 * missing; after the last end there are none. */
static double *list_starts(const struct observed_requests *requests, double *length_s,
                           size_t *count, struct arena *arena)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    double *times = arena_array(arena, requests->count, sizeof *times);
    for (size_t i = 0; i < requests->count; i++) {
        int64_t end = requests->start_ns[i] + requests->response_ns[i];
        first = end < first ? end : first;
        last = end > last ? end : last;
    }
    *count = 0;
    for (size_t i = 0; i < requests->count; i++)
        if (requests->start_ns[i] >= first && requests->start_ns[i] < last)
            times[(*count)++] = (double)(requests->start_ns[i] - first) / 1e9;
    *length_s = (double)(last - first) / 1e9;
    qsort(times, *count, sizeof *times, compare_doubles);
    return times;
}

static void look_for_closed(struct draft *draft, const struct sources *sources)
{
    const struct observed_requests *from = sources->user;
    struct closed_request *requests = arena_array(draft->arena, from->count, sizeof *requests);
    int64_t origin = from->start_ns[0];
    for (size_t i = 0; i < from->count; i++) {
        requests[i].start_s = (double)(from->start_ns[i] - origin) / 1e9;
        requests[i].end_s = requests[i].start_s + (double)from->response_ns[i] / 1e9;
        requests[i].client = CLOSED_SYSTEM_NO_CLIENT;
    }
    draft->closed = closed_system_find(
        requests, from->count, (double)sources->arrivals->resolution_ns / 1e9, draft->arena);
    if (draft->closed.is_closed)
        draft_note(draft, PATH ".arrivals.customers", draft->closed.reason,
                   file_of(draft, from->file));
}

static void note_arrivals(struct draft *draft, const struct sources *sources)
{
    const char *note = arena_printf(
        draft->arena, "%llu requests in %s; %s", (unsigned long long)sources->user->total,
        duration_text(draft->length_s, draft->arena), draft->fit.reason);
    bool is_mmpp = draft->fit.kind == ARRIVAL_FIT_MMPP;
    draft_note(draft,
               is_mmpp                                  ? PATH ".arrivals.states"
               : draft->fit.kind == ARRIVAL_FIT_RENEWAL ? PATH ".arrivals.interarrival"
               : draft->fit.kind == ARRIVAL_FIT_TRACE   ? PATH ".arrivals.file"
                                                        : PATH ".arrivals.rate",
               note, file_of(draft, sources->arrivals->file));
}

static bool make_arrivals(struct draft *draft, const struct sources *sources, double hold_s,
                          struct error *err)
{
    size_t count;
    double length_s;
    double *times = list_starts(sources->user, &length_s, &count, draft->arena);
    if (count < 2 || !(length_s > 0))
        return error_set(err, STATUS_INPUT, "%s has too few requests for a rate",
                         file_of(draft, sources->user->file));
    double step_s = (double)sources->arrivals->resolution_ns / 1e9;
    draft->length_s = length_s;
    draft->arrivals = sources->arrivals;
    draft->fit = arrival_fit_times(times, count, 0, length_s, step_s > 1e-9 ? step_s : 0,
                                   fmax(hold_s, 1e-3), 0.01, draft->arena);
    draft->rate_per_s = (double)count / length_s;
    double index = fmax(draft->fit.dispersion.rate_error > 0
                            ? draft->fit.dispersion.rate_error / draft->rate_per_s
                            : 0,
                        1 / sqrt((double)count));
    /* What drifts is no error of the mean. */
    if (draft->fit.kind == ARRIVAL_FIT_PROFILE)
        index = sqrt(fmax(draft->fit.profile.rest_index, 1) / (double)count);
    draft->rate_relative_error = index;
    if (draft->fit.kind == ARRIVAL_FIT_TRACE) {
        draft->trace_s = times;
        draft->trace_count = count;
    }
    if (draft->fit.kind == ARRIVAL_FIT_PROFILE)
        draft_set_profile(draft, times, count);
    if (draft->fit.kind == ARRIVAL_FIT_RENEWAL)
        draft->interarrival = draft_law_of_gaps(times, count, 0, index, draft->arena);
    if (draft->observed->sampled_share >= 1)
        look_for_closed(draft, sources);
    if (!draft->closed.is_closed)
        note_arrivals(draft, sources);
    draft_scale_sample(draft);
    return true;
}

/* ---- the pool -------------------------------------------------------------------------------- */

/* The mean response of the file that tells the pool's hold, over the same requests. */
static double response_beside(const struct observed *observed, const struct observed_figure *hold)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->file != hold->file || figure->kind != OBSERVED_RESPONSE ||
            strcmp(figure->resource, "requests") != 0 || isnan(figure->mean))
            continue;
        sum += (double)figure->count * figure->mean;
        count += (double)figure->count;
    }
    return count > 0 ? sum / count : NAN;
}

static double mean_response(const struct observed_requests *requests)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < requests->count; i++) {
        sum += requests->is_failed[i] ? 0 : (double)requests->response_ns[i];
        count += requests->is_failed[i] ? 0 : 1;
    }
    return count > 0 ? sum / count / 1e9 : 0;
}

/* Every request takes one connection, once: else starts and ends say nothing of the grants. */
static bool is_once_each(const struct sources *sources, double in_window)
{
    if (!sources->hold)
        return true;
    double ratio = (double)sources->hold->count / in_window;
    return ratio > 0.8 && ratio < 1.25;
}

/* The mean wait of those who were granted while the file's counters counted, in s. */
static double wait_meanwhile(const struct draft *draft, const struct sources *sources, size_t file)
{
    const struct observed_file *range = &draft->observed->files[file];
    double sum = 0, count = 0;
    for (size_t i = 0; i < sources->count; i++) {
        const struct replayed *request = &sources->requests[i];
        int64_t granted = request->end_ns - request->hold_ns;
        if (request->gave_up || granted < range->first_ns || granted > range->last_ns)
            continue;
        sum += (double)request->wait_ns;
        count++;
    }
    return count > 0 ? sum / count / 1e9 : draft->replay.mean_wait_s;
}

/* What the replay found against what the pool counted. */
static void compare_waits(struct draft *draft, const struct sources *sources)
{
    const struct observed_figure *wait = sources->wait;
    const struct pool_replay *replay = &draft->replay;
    if (!wait || !(wait->mean > 0))
        return;
    double found = wait_meanwhile(draft, sources, wait->file);
    double error = fmax(3 * (isnan(wait->standard_error) ? 0 : wait->standard_error),
                        0.25 * wait->mean + 5e-4);
    if (fabs(found - wait->mean) > error)
        observed_find((struct observed *)(uintptr_t)draft->observed, true,
                      "waits for the pool: %s on average by %s, %s by the order of %zu "
                      "starts and ends with %zu connections; one of size, log or counters is about "
                      "something else",
                      duration_text(wait->mean, draft->arena), file_of(draft, wait->file),
                      duration_text(found, draft->arena), sources->count, replay->max);
}

#define SHORTEST_CHECKOUT_S 2e-6
#define LONGEST_CHECKOUT_S 1e-3
#define FEW_WAITED 0.05
/* Of an application in one process that hands over a free connection: 20 to 30 us were measured,
 * in others it was up to 100. */
#define ASSUMED_CHECKOUT_S 30e-6
#define ASSUMED_CHECKOUT_CV 0.5

/* Where hardly anybody waits for a connection, what the counters have beyond the replay's waits and
 * connects is the handing over of a connection that is free. Where many wait it cannot be told, and
 * would be all the wait there is in a larger pool. */
static void set_checkout(struct draft *draft, const struct sources *sources)
{
    const struct observed_figure *wait = sources->wait;
    double share = (double)draft->replay.waited / (double)sources->count;
    double rest = wait ? wait->mean - draft->replay.mean_wait_s : NAN;
    draft->has_checkout = true;
    if (!(rest > SHORTEST_CHECKOUT_S && rest < LONGEST_CHECKOUT_S && share < FEW_WAITED)) {
        draft->checkout = draft_law_of_mean(ASSUMED_CHECKOUT_S, 0.5 * ASSUMED_CHECKOUT_S,
                                            ASSUMED_CHECKOUT_CV, true);
        draft_note(draft, "resources.pool.checkout",
                   "ASSUMED: no file tells how long the handing over of a free connection takes; "
                   "30 us, known to a factor of two",
                   "");
        return;
    }
    draft->checkout = draft_law_of_mean(rest, 0.5 * rest, 1, true);
    draft_note(draft, "resources.pool.checkout",
               arena_printf(draft->arena,
                            "%.3g us: the mean wait of %.4g us less that for connections in use or "
                            "to be opened; its spread is assumed",
                            1e6 * rest, 1e6 * wait->mean),
               file_of(draft, wait->file));
}

#define MOST_OF_BESIDE 1.5 /* what is found may be longer than what the counters say by this */

/* The time outside of the pool by counters alone: the mean response in their file less wait and
 * hold; NaN: they do not tell. */
static double outside_beside(const struct observed *observed, const struct sources *sources)
{
    const struct observed_figure *hold = sources->hold, *wait = sources->wait;
    return hold && wait ? response_beside(observed, hold) - hold->mean - wait->mean : NAN;
}

static void replay_pool(struct draft *draft, struct sources *sources)
{
    struct pool_replay *replay = &draft->replay;
    *replay = (struct pool_replay){
        .max = (size_t)draft->pool_max,
        .min = (size_t)draft_setting_or(draft, "pool.min", 0),
        .idle_timeout_ns = llround(draft_setting_or(draft, "pool.idle_timeout", 0) * 1e9),
        .connect_ns = draft->has_connect ? llround(draft->connect.mean * 1e9) : 0};
    double beside = outside_beside(draft->observed, sources);
    if (sources->hold)
        pool_replay_match(replay, sources->requests, sources->count, sources->hold->mean,
                          beside > 0 ? llround(MOST_OF_BESIDE * beside * 1e9) : INT64_MAX,
                          draft->arena);
    else
        pool_replay_run(replay, sources->requests, sources->count, draft->arena);
    compare_waits(draft, sources);
    set_checkout(draft, sources);
}

/* ---- what is outside of the pool ------------------------------------------------------------- */

static void set_outside(struct draft *draft, const struct sources *sources)
{
    const struct observed_figure *hold = sources->hold;
    double at_user = mean_response(sources->user), here = mean_response(sources->application);
    double outside = (double)draft->replay.outside_ns / 1e9;
    double beside = outside_beside(draft->observed, sources);
    if (beside > 0)
        outside = beside;
    /* What the proxy adds to what the application logs. */
    if (sources->user != sources->application && at_user > here)
        outside += at_user - here;
    if (!(outside > 1e-6))
        return;
    draft->has_outside = true;
    /* It spreads, but what was taken out of each response was its mean: the rest of it is in the
     * holds, and would be there twice. */
    draft->outside = draft_law_of_constant(outside, 0.1 * outside);
    draft_note(draft, "workloads.requests",
               arena_printf(draft->arena,
                            "outside of the pool, every class alike: mean %s, the response "
                            "less wait and hold; its spread is in the holds",
                            duration_text(outside, draft->arena)),
               hold ? file_of(draft, hold->file) : file_of(draft, sources->user->file));
}

/* ---- classes --------------------------------------------------------------------------------- */

static void add_class(struct draft *draft, const struct sources *sources, size_t class)
{
    size_t count = 0;
    for (size_t i = 0; i < sources->count; i++)
        count += sources->requests[i].class == class;
    if (count == 0 || draft->class_count == DRAFT_CLASSES)
        return;
    bool has_pooler =
        observed_find_figure(draft->observed, OBSERVED_HOLD, "pooler", NULL, NULL) != NULL;
    size_t taken;
    int64_t *holds = class_holds_list(sources->requests, sources->count, class, !has_pooler, &taken,
                                      draft->arena);
    struct draft_class *to = &draft->classes[draft->class_count++];
    *to = (struct draft_class){
        .name = sources->application->classes[class], .count = count, .number = class};
    to->share = (double)count / (double)sources->count;
    draft_keep_seen(to, holds, taken);
    to->work = taken > 0 ? draft_law_of_values(holds, taken, draft->arena)
                         : draft_law_of_mean(LEAST_WORK_S, NAN, 1, true);
}

static void note_class(struct draft *draft, const struct sources *sources,
                       const struct draft_class *class)
{
    const char *what = draft->has_pool    ? "hold of the pool"
                       : draft->has_proxy ? "hold of the proxy's slot"
                                          : "time taken";
    const char *how = draft->has_pool    ? "the response less the wait that starts and ends of all "
                                           "requests imply, less the time outside of the pool"
                      : draft->has_proxy ? "the response less the wait for a slot"
                                         : "the response itself, as nothing is known of a queue";
    draft_note(draft,
               draft->class_count > 1
                   ? arena_printf(draft->arena, PATH ".mix.%s.steps", class->name)
                   : PATH ".steps",
               arena_printf(draft->arena, "%s of %zu requests, mean %s \u00b1 %.2g %%: %s%s", what,
                            class->count, duration_text(class->work.mean, draft->arena),
                            100 * class->work.relative_error, how,
                            class->work.body_share < 1 ? "; the tail is fitted" : ""),
               file_of(draft, sources->application->file));
}

static void make_classes(struct draft *draft, struct sources *sources)
{
    if (!draft->has_pool)
        for (size_t i = 0; i < sources->count; i++)
            sources->requests[i].hold_ns =
                sources->requests[i].end_ns - sources->requests[i].start_ns;
    for (size_t c = 0; c < sources->application->class_count; c++)
        add_class(draft, sources, c);
}

/* ---- a proxy's slots ------------------------------------------------------------------------- */

/* Holds of a slot, class by class, are figures of their own. Its size is the fewest that carry the
 * load unless it is told. */
static void set_proxy(struct draft *draft, const struct sources *sources)
{
    const struct observed_setting *max = observed_find_setting(draft->observed, "proxy.max");
    const struct observed_figure *wait = sources->slots;
    double busy = 0;
    if (!wait || draft->has_pool)
        return;
    for (size_t c = 0; c < draft->class_count; c++) {
        struct draft_class *class = &draft->classes[c];
        const struct observed_figure *hold =
            observed_find_figure(draft->observed, OBSERVED_HOLD, "proxy", NULL, class->name);
        if (!hold || hold->count == 0)
            return;
        class->work = draft_law_of_histogram(hold, draft->arena);
        class->has_seen = false;
        busy += draft->rate_per_s * class->share * hold->mean;
    }
    draft->has_proxy = true;
    draft->proxy_max = max ? max->value : fmax(1, ceil(busy + 1e-9));
    draft_note(draft, "resources.proxy.threads",
               max ? "as told"
                   : "ASSUMED: the fewest slots that can carry the load; name them with "
                     "--set resources.proxy.threads=N",
               file_of(draft, wait->file));
    if (!max)
        draft_unknown(draft, "the slots of the proxy (its maxconn)");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void list_unknown(struct draft *draft, const struct sources *sources)
{
    if (sources->timeouts && sources->timeouts->value > 0)
        draft_unknown(draft, "how long those would have waited who gave up");
    if (draft->has_pool && !sources->hold)
        draft_unknown(draft,
                      "what of a response lies outside of the hold of a connection: taken as "
                      "nothing, so that utilization and waits of the pool are upper bounds");
    draft_unknown(draft, "the arrivals that would have come, if some were turned away before");
    if (!draft->observed->knows_contention)
        draft_unknown(draft, "how times grow with load (contention): one load level tells nothing");
    if (sources->arrivals->resolution_ns >= 1000000000)
        draft_unknown(draft, "bursts within a second: the stamps are whole seconds");
    draft_unknown(draft, "whether times of one request depend on each other");
}

bool draft_make(struct observed *observed, const char *name, struct arena *arena,
                struct draft *draft, struct error *err)
{
    struct sources sources = {0};
    *draft = (struct draft){.observed = observed, .arena = arena, .name = name};
    choose_sources(observed, arena, &sources);
    if (!sources.user || !sources.arrivals)
        return draft_make_of_counters(draft, err);
    double scale = sources.hold          ? sources.hold->mean
                   : sources.application ? mean_response(sources.application)
                                         : 0;
    if (!make_arrivals(draft, &sources, scale, err))
        return false;
    double logged = draft->rate_per_s * (double)(sources.last_end_ns - sources.first_end_ns) / 1e9;
    draft->has_pool = draft_find_pool_max(draft, sources.hold);
    if (draft->has_pool && !is_once_each(&sources, logged))
        observed_find(observed, false,
                      "the pool was used %llu times for %.0f requests: not once each, so the waits "
                      "that were taken out of the responses are rough; if the log has only a "
                      "share of them, say which with --sampled",
                      (unsigned long long)sources.hold->count, logged);
    if (draft->has_pool && observed->sampled_share < 1) {
        draft_set_connect(draft, sources.connect);
        draft_hold_sample(draft, sources.requests, sources.count, sources.hold);
    } else if (draft->has_pool) {
        draft_set_connect(draft, sources.connect);
        replay_pool(draft, &sources);
        set_outside(draft, &sources);
    }
    make_classes(draft, &sources);
    set_proxy(draft, &sources);
    for (size_t c = 0; c < draft->class_count; c++)
        note_class(draft, &sources, &draft->classes[c]);
    draft_add_pooler(draft, sources.requests, sources.count, sources.application->class_count);
    list_unknown(draft, &sources);
    return true;
}
