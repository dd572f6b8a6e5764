/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool of a draft, and what can be drafted where counters alone are known. */
#include "inputs/telemetry/draft.h"
#include "sim/base/duration_text.h"

#include <math.h>
#include <string.h>

#define ASSUMED_LENGTH_S 600.0 /* of a run, where no file says how long it counted */

static const char *file_of(const struct draft *draft, size_t file)
{
    return draft->observed->files[file].path;
}

const struct observed_figure *draft_best_figure(const struct observed *observed,
                                                enum observed_kind kind, const char *resource)
{
    const struct observed_figure *best = NULL;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->kind != kind || figure->is_biased || figure->class[0] ||
            strcmp(figure->resource, resource) != 0 || figure->form == OBSERVED_TOTAL)
            continue;
        bool is_known = figure->count > 0 && !isnan(figure->mean);
        if (is_known && (!best || figure->count > best->count))
            best = figure;
    }
    return best;
}

double draft_setting_or(const struct draft *draft, const char *path, double other)
{
    const struct observed_setting *setting = observed_find_setting(draft->observed, path);
    return setting ? setting->value : other;
}

bool draft_find_pool_max(struct draft *draft, const struct observed_figure *hold)
{
    const struct observed *observed = draft->observed;
    const struct observed_setting *max = observed_find_setting(observed, "pool.max");
    const struct observed_figure *busy =
        observed_find_figure(observed, OBSERVED_GAUGE, "pool", "busy", NULL);
    if (max && max->value >= 1) {
        draft->pool_max = floor(max->value);
        draft_note(draft, "resources.pool.max",
                   arena_printf(draft->arena, "as told: %s", max->text), file_of(draft, max->file));
        return true;
    }
    if (!busy && !hold)
        return false;
    draft->pool_max = busy && busy->largest >= 1 ? busy->largest : 10;
    draft_note(draft, "resources.pool.max",
               "ASSUMED: no file tells the size; the highest level that was sampled. Name it with "
               "--set resources.pool.max=N",
               busy ? file_of(draft, busy->file) : "");
    draft_unknown(draft, "the size of the pool (resources.pool.max)");
    return true;
}

void draft_set_connect(struct draft *draft, const struct observed_figure *connect)
{
    draft->has_connect = connect != NULL;
    if (!connect) {
        draft->connect = draft_law_of_mean(0.01, 0.005, 1, true);
        draft_note(draft, "resources.pool.connect",
                   "ASSUMED: no file has a connect time; 10 ms, known to a factor of two", "");
        draft_unknown(draft, "how long opening a connection takes");
        return;
    }
    draft->connect = connect->form == OBSERVED_BUCKETS
                         ? draft_law_of_buckets(connect, draft->arena)
                         : draft_law_of_mean(connect->mean, NAN, 1, true);
    draft_note(draft, "resources.pool.connect",
               arena_printf(draft->arena, "%llu connects, mean %s%s",
                            (unsigned long long)connect->count,
                            duration_text(connect->mean, draft->arena),
                            draft->connect.is_cv_assumed ? "; their spread is assumed" : ""),
               file_of(draft, connect->file));
}

/* ---- counters alone -------------------------------------------------------------------------- */

/* Where the connections are that were counted. */
struct counted {
    const char *resource;
    const struct observed_figure *hold, *wait;
    double rate_per_s, relative_error; /* of grants */
    const char *how, *file;
};

static const struct observed_figure *find_rate(const struct observed *observed,
                                               const char *resource)
{
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        bool is_it = figure->kind == OBSERVED_RATE && strcmp(figure->resource, resource) == 0 &&
                     !figure->class[0] && strcmp(figure->metric, "transactions") == 0;
        double rate = figure->form == OBSERVED_TOTAL ? figure->value : figure->mean;
        if (is_it && rate > 0)
            return figure;
    }
    return NULL;
}

/* By a rate that a file tells; by the time that a counter counted; by Little's law. */
static bool find_grants(const struct draft *draft, struct counted *counted)
{
    const struct observed *observed = draft->observed;
    const struct observed_figure *hold = counted->hold;
    const struct observed_figure *rate = find_rate(observed, counted->resource);
    const struct observed_figure *busy =
        observed_find_figure(observed, OBSERVED_GAUGE, counted->resource, "busy", NULL);
    const struct observed_file *file = &observed->files[hold->file];
    double length_s =
        file->last_ns > file->first_ns ? (double)(file->last_ns - file->first_ns) / 1e9 : NAN;
    counted->file = file->path;
    counted->relative_error = 1 / sqrt((double)hold->count);
    if (rate) {
        counted->rate_per_s = rate->form == OBSERVED_TOTAL ? rate->value : rate->mean;
        counted->how = "as the file says";
        counted->file = file_of(draft, rate->file);
    } else if (length_s > 0) {
        counted->rate_per_s = (double)hold->count / length_s;
        counted->how = arena_printf(draft->arena, "%llu in %s", (unsigned long long)hold->count,
                                    duration_text(length_s, draft->arena));
    } else if (busy && busy->mean > 0) {
        counted->rate_per_s = busy->mean / hold->mean;
        counted->how = arena_printf(draft->arena,
                                    "Little's law: %.4g in use on average of %llu samples over "
                                    "%s held",
                                    busy->mean, (unsigned long long)busy->count,
                                    duration_text(hold->mean, draft->arena));
        counted->file = file_of(draft, busy->file);
        counted->relative_error =
            busy->standard_error > 0 ? busy->standard_error / busy->mean : 0.3;
    }
    return counted->rate_per_s > 0;
}

static bool find_counted(const struct draft *draft, struct counted *counted)
{
    static const char *const resources[] = {"pool", "pooler"};
    for (size_t i = 0; i < 2; i++) {
        *counted = (struct counted){.resource = resources[i]};
        counted->hold = draft_best_figure(draft->observed, OBSERVED_HOLD, resources[i]);
        counted->wait = draft_best_figure(draft->observed, OBSERVED_WAIT, resources[i]);
        if (counted->hold && counted->hold->mean > 0 && find_grants(draft, counted))
            return true;
    }
    return false;
}

static void add_only_class(struct draft *draft, const struct counted *counted)
{
    const struct observed_figure *hold = counted->hold;
    double error =
        hold->standard_error > 0 ? hold->standard_error : hold->mean / sqrt((double)hold->count);
    struct draft_law law = hold->form == OBSERVED_BUCKETS
                               ? draft_law_of_buckets(hold, draft->arena)
                               : draft_law_of_mean(hold->mean, error, 1, true);
    draft->class_count = 1;
    draft->classes[0] =
        (struct draft_class){.name = "all", .count = hold->count, .share = 1, .work = law};
    draft_note(draft, "workloads.requests.steps",
               arena_printf(draft->arena, "hold of the %s, %llu counted, mean %s%s",
                            counted->resource, (unsigned long long)hold->count,
                            duration_text(hold->mean, draft->arena),
                            law.is_cv_assumed ? "; ASSUMED: its spread, which counters hide" : ""),
               file_of(draft, hold->file));
}

static void list_hidden(struct draft *draft, const struct counted *counted)
{
    draft_unknown(draft, "bursts: counters tell how many came, not when; Poisson is assumed");
    draft_unknown(draft, "classes of requests, and what they do outside of the connection");
    draft_unknown(draft, "how times grow with load (contention): one load level tells nothing");
    if (counted->wait && counted->wait->mean > 0)
        observed_find((struct observed *)(uintptr_t)draft->observed, false,
                      "waits for the %s were %s on average: hold it against what a run of the "
                      "draft says, which does not know of bursts",
                      counted->resource, duration_text(counted->wait->mean, draft->arena));
}

bool draft_make_of_counters(struct draft *draft, struct error *err)
{
    struct counted counted;
    if (!find_counted(draft, &counted))
        return error_set(err, STATUS_INPUT,
                         "no file tells when requests came: a log of requests with times is due "
                         "(an access log, HAProxy's, a load generator's), or what a pool or a "
                         "pooler counted and for how long each was held");
    bool is_pool = strcmp(counted.resource, "pool") == 0;
    const struct observed_file *file = &draft->observed->files[counted.hold->file];
    draft->length_s = file->last_ns > file->first_ns
                          ? (double)(file->last_ns - file->first_ns) / 1e9
                          : ASSUMED_LENGTH_S;
    draft->rate_per_s = counted.rate_per_s;
    draft->rate_relative_error = counted.relative_error;
    draft_note(draft, "workloads.requests.arrivals.rate",
               arena_printf(draft->arena,
                            "grants of the %s: %s; ASSUMED Poisson, as counters do not tell bursts",
                            counted.resource, counted.how),
               counted.file);
    add_only_class(draft, &counted);
    draft->has_pool = is_pool && draft_find_pool_max(draft, counted.hold);
    if (draft->has_pool)
        draft_set_connect(draft, draft_best_figure(draft->observed, OBSERVED_CONNECT, "pool"));
    else
        draft_add_pooler(draft, NULL, 0, 0);
    list_hidden(draft, &counted);
    return true;
}
