/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/operational_laws.h"

#include "inputs/telemetry/load_levels.h"
#include "inputs/telemetry/request_parts.h"
#include "sim/base/duration_text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SAME_RATE 0.1  /* rates of one stream, seen over windows that are not quite the same */
#define SAME_MEAN 0.25 /* means of one time, seen at different places */
#define SAME_LEVEL 0.2

double operational_laws_rate(const struct observed_arrivals *arrivals)
{
    double seconds = (double)(arrivals->last_ns - arrivals->first_ns) / 1e9;
    return arrivals->count > 1 && seconds > 0 ? (double)(arrivals->count - 1) / seconds : NAN;
}

static const char *path_of(const struct observed *observed, size_t file)
{
    return observed->files[file].path;
}

static bool is_mean(const struct observed_figure *figure)
{
    return figure->form != OBSERVED_TOTAL && figure->form != OBSERVED_LEVELS &&
           !figure->is_biased && figure->count > 0 && figure->mean >= 0;
}

/* Of each metric in each file the first figure stands for all classes. */
static bool is_first(const struct observed *observed, size_t number)
{
    const struct observed_figure *figure = observed->figures[number];
    for (size_t i = 0; i < number; i++) {
        const struct observed_figure *other = observed->figures[i];
        if (other->kind == figure->kind && other->file == figure->file &&
            strcmp(other->resource, figure->resource) == 0 &&
            strcmp(other->metric, figure->metric) == 0)
            return false;
    }
    return true;
}

/* ---- rates ----------------------------------------------------------------------------------- */

static const struct observed_arrivals *most_arrivals(const struct observed *observed)
{
    const struct observed_arrivals *most = NULL;
    for (size_t i = 0; i < observed->arrival_count; i++) {
        const struct observed_arrivals *arrivals = observed->arrivals[i];
        if (strcmp(arrivals->resource, "requests") == 0 && arrivals->count > 1 &&
            (!most || arrivals->count > most->count))
            most = arrivals;
    }
    return most;
}

static void compare_rates(struct observed *observed)
{
    const struct observed_arrivals *most = most_arrivals(observed);
    for (size_t i = 0; most && i < observed->arrival_count; i++) {
        const struct observed_arrivals *other = observed->arrivals[i];
        double a = operational_laws_rate(most), b = operational_laws_rate(other);
        double error = 4 * (a / sqrt((double)most->count) + b / sqrt((double)other->count));
        if (other == most || strcmp(other->resource, "requests") != 0 || !(b > 0) ||
            request_parts_are_alike(observed, most->file, other->file) ||
            fabs(a - b) <= fmax(error, SAME_RATE * a))
            continue;
        observed_find(observed, true,
                      "%s has %.4g requests a second, %s %.4g: they are not of the same stream, or "
                      "not of the same time",
                      path_of(observed, most->file), a, path_of(observed, other->file), b);
    }
}

#define NOTABLE_SKEW_NS 2e9
#define ALIKE_SKEW_NS 1e9 /* both ends of a range are off by the same */

/* One stream seen by two clocks: its ends are off by the same time. */
static void compare_clocks(struct observed *observed)
{
    const struct observed_arrivals *most = most_arrivals(observed);
    for (size_t i = 0; most && i < observed->arrival_count; i++) {
        const struct observed_arrivals *other = observed->arrivals[i];
        double first = (double)(other->first_ns - most->first_ns);
        double last = (double)(other->last_ns - most->last_ns);
        double counts = (double)other->count / (double)most->count;
        if (other == most || strcmp(other->resource, "requests") != 0 || counts < 0.97 ||
            request_parts_are_alike(observed, most->file, other->file) ||
            fabs(first) < NOTABLE_SKEW_NS || fabs(first - last) > ALIKE_SKEW_NS)
            continue;
        observed_find(observed, false,
                      "%s begins and ends %s %s than %s, with as many requests: their clocks "
                      "differ, and what is told by the time of both is rough",
                      path_of(observed, other->file),
                      duration_text(fabs(first) / 1e9, observed->arena),
                      first > 0 ? "later" : "earlier", path_of(observed, most->file));
    }
}

/* ---- what may be lost or misread ------------------------------------------------------------- */

#define LONG_RESPONSE_S 600.0
#define MANY_LEFT_OUT 0.2 /* of the lines of a log of requests */

/* A response of an hour is one of ms that was taken for one of s, more often than not. */
static void doubt_units(struct observed *observed)
{
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        bool is_time = figure->kind == OBSERVED_RESPONSE || figure->kind == OBSERVED_HOLD;
        if (is_time && is_mean(figure) && is_first(observed, i) && figure->mean > LONG_RESPONSE_S)
            observed_find(
                observed, false, "%s of %s is %s on average (%s): is its unit another one?",
                figure->metric, figure->resource, duration_text(figure->mean, observed->arena),
                path_of(observed, figure->file));
    }
}

static bool is_log_of_requests(const struct observed *observed, size_t file)
{
    for (size_t i = 0; i < observed->arrival_count; i++)
        if (observed->arrivals[i]->file == file &&
            strcmp(observed->arrivals[i]->resource, "requests") == 0)
            return true;
    return false;
}

static void doubt_losses(struct observed *observed)
{
    for (size_t i = 0; i < observed->drop_count; i++) {
        const struct observed_drop *drop = &observed->drops[i];
        double rows = (double)observed->files[drop->file].rows;
        double share = (double)drop->rows / ((double)drop->rows + rows);
        if (share < MANY_LEFT_OUT || !is_log_of_requests(observed, drop->file) ||
            strstr(drop->reason, "check of health") || strstr(drop->reason, "outside"))
            continue;
        observed_find(
            observed, false,
            "%.0f %% of the lines of %s were left out (%s; the first is line %llu): where "
            "they were requests, too, the rate is too low",
            100 * share, path_of(observed, drop->file), drop->reason,
            (unsigned long long)drop->first_line);
    }
}

/* ---- one figure, several sources ------------------------------------------------------------- */

static double error_of(const struct observed_figure *figure)
{
    return isnan(figure->standard_error) ? 0 : figure->standard_error;
}

/* Two parts of one log, or two scrapes, may differ. */
static bool is_same_thing(const struct observed *observed, const struct observed_figure *a,
                          const struct observed_figure *b)
{
    return a->kind == b->kind && a->file != b->file &&
           !request_parts_are_alike(observed, a->file, b->file) &&
           strcmp(a->resource, b->resource) == 0 && strcmp(a->class, b->class) == 0;
}

static void compare_pair(struct observed *observed, const struct observed_figure *a,
                         const struct observed_figure *b)
{
    double larger = fmax(a->mean, b->mean), error = 4 * (error_of(a) + error_of(b));
    if (fabs(a->mean - b->mean) <= fmax(fmax(error, SAME_MEAN * larger), 1e-3))
        return;
    observed_find(observed, true, "%s of %s%s%s: %s on average by %s (%s), %s by %s (%s)",
                  observed_kind_names[a->kind], a->resource, a->class[0] ? "." : "", a->class,
                  duration_text(a->mean, observed->arena), path_of(observed, a->file), a->metric,
                  duration_text(b->mean, observed->arena), path_of(observed, b->file), b->metric);
}

static void compare_means(struct observed *observed)
{
    for (size_t i = 0; i < observed->figure_count; i++)
        for (size_t k = i + 1; k < observed->figure_count; k++) {
            const struct observed_figure *a = observed->figures[i], *b = observed->figures[k];
            if (is_same_thing(observed, a, b) && a->kind < OBSERVED_COUNT && is_mean(a) &&
                is_mean(b))
                compare_pair(observed, a, b);
        }
}

/* ---- the utilization law --------------------------------------------------------------------- */

/* Of those who asked for a connection, who got one: the others did not hold it. */
static double granted_share(const struct observed *observed, const struct observed_figure *figure)
{
    const struct observed_figure *timeouts =
        observed_find_figure(observed, OBSERVED_COUNT, "pool", "timeouts", NULL);
    double gave_up = timeouts && timeouts->value > 0 ? timeouts->value : 0;
    return (double)figure->count / ((double)figure->count + gave_up);
}

/* How often a time was taken in a second: of a log of requests the share of its class, of the
 * pooler its own rate. */
static double rate_of(const struct observed *observed, const struct observed_figure *figure)
{
    const struct observed_arrivals *arrivals = NULL;
    for (size_t i = 0; i < observed->arrival_count && !arrivals; i++)
        if (observed->arrivals[i]->file == figure->file)
            arrivals = observed->arrivals[i];
    if (arrivals) {
        double seconds = (double)(arrivals->last_ns - arrivals->first_ns) / 1e9;
        return seconds > 0 ? (double)figure->count / seconds / observed->sampled_share : NAN;
    }
    const struct observed_figure *rate =
        observed_find_figure(observed, OBSERVED_RATE, figure->resource, "transactions", NULL);
    if (rate && strcmp(figure->resource, "pooler") == 0)
        return rate->form == OBSERVED_TOTAL ? rate->value : rate->mean;
    /* A pool's counters have no times of their own, but every request takes one. */
    const struct observed_arrivals *most = most_arrivals(observed);
    if (!most || strcmp(figure->resource, "pool") != 0)
        return NAN;
    return operational_laws_rate(most) / observed->sampled_share * granted_share(observed, figure);
}

static double size_of(const struct observed *observed, const char *resource)
{
    char path[100];
    snprintf(path, sizeof path, "%s.max", resource);
    const struct observed_setting *setting = observed_find_setting(observed, path);
    return setting && setting->value >= 1 ? setting->value : NAN;
}

/* Busy places of a resource by all of its times of one metric in one file. */
static double busy_of(const struct observed *observed, const struct observed_figure *first)
{
    double busy = 0;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        bool is_part = figure->kind == first->kind && figure->file == first->file &&
                       strcmp(figure->resource, first->resource) == 0 &&
                       strcmp(figure->metric, first->metric) == 0 && is_mean(figure);
        if (!is_part)
            continue;
        /* Where there is a figure of all, those of classes are inside it. */
        if (!figure->class[0])
            return rate_of(observed, figure) * figure->mean;
        busy += rate_of(observed, figure) * figure->mean;
    }
    return busy;
}

static bool check_utilization(struct observed *observed, const struct observed_figure *figure,
                              bool is_refused, struct error *err)
{
    double size = size_of(observed, figure->resource), busy = busy_of(observed, figure);
    double share = busy / size;
    bool is_hold = figure->kind == OBSERVED_SERVICE || figure->kind == OBSERVED_HOLD;
    if (!(share > 0))
        return true;
    if (is_hold && share > 1.02) {
        char text[400];
        snprintf(
            text, sizeof text,
            "%s.%s as a %s: %.4g busy of %g, a utilization of %.0f %%, which cannot be: rate x "
            "time = %.4g/s x %s. It is a response with a queue in it, or the size is "
            "another",
            figure->resource, figure->metric, observed_kind_names[figure->kind], busy, size,
            100 * share, busy / figure->mean, duration_text(figure->mean, observed->arena));
        if (is_refused)
            return error_set(err, STATUS_INPUT, "%s", text);
        observed_find(observed, true, "%s", text);
    } else if (is_hold) {
        observed_find(observed, false, "utilization law: %s.%s by %s: %.4g of %g busy, %.1f %%",
                      figure->resource, figure->metric, path_of(observed, figure->file), busy, size,
                      100 * share);
    }
    return true;
}

/* ---- responses behind a known number of places ----------------------------------------------- */

/* What a response would imply, if somebody took it for a service: said, as it is the classic error.
 */
static void tell_of_responses(struct observed *observed)
{
    static const char *const sizes[] = {"pool", "proxy"};
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->kind != OBSERVED_RESPONSE || !is_mean(figure) || !is_first(observed, i))
            continue;
        double busy = busy_of(observed, figure);
        for (size_t s = 0; s < 2; s++) {
            double size = size_of(observed, sizes[s]);
            if (busy / size > 1)
                observed_find(observed, false,
                              "%s of %s is a response: as a service it would make %.4g of the %g "
                              "places of %s busy, %.0f %%",
                              figure->metric, figure->resource, busy, size, sizes[s],
                              100 * busy / size);
        }
    }
}

/* ---- Little's law ---------------------------------------------------------------------------- */

/* A sampled level against rate x time. */
static void check_little(struct observed *observed, const char *resource, const char *metric,
                         enum observed_kind kind)
{
    const struct observed_figure *level =
        observed_find_figure(observed, OBSERVED_GAUGE, resource, metric, NULL);
    if (!level || level->form != OBSERVED_LEVELS || level->count < 10)
        return;
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->kind != kind || strcmp(figure->resource, resource) != 0 || !is_mean(figure) ||
            !is_first(observed, i))
            continue;
        double product = busy_of(observed, figure), error = 4 * error_of(level);
        if (!(product > 0))
            continue;
        bool is_same = fabs(product - level->mean) <= fmax(error, SAME_LEVEL * product);
        observed_find(observed, !is_same,
                      "Little's law: %s.%s is %.3g on average of %llu samples (%s); rate x time "
                      "gives %.3g (%s)%s",
                      resource, metric, level->mean, (unsigned long long)level->count,
                      path_of(observed, level->file), product, path_of(observed, figure->file),
                      is_same ? "" : ": one of them is of something else");
        return;
    }
}

/* Statements on the server run inside of the holds of connections. */
static void check_statements(struct observed *observed)
{
    const struct observed_figure *busy =
        observed_find_figure(observed, OBSERVED_COUNT, "database", "busy_seconds", NULL);
    double held = 0;
    for (size_t i = 0; busy && i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->kind == OBSERVED_HOLD && strcmp(figure->resource, "pool") == 0 &&
            is_mean(figure))
            held = fmax(held, (double)figure->count * figure->mean);
    }
    if (!(held > 0) || !(busy->value > 0))
        return;
    observed_find(observed, busy->value > 1.3 * held,
                  "the statements took %s on the server, connections were held for %s: "
                  "%.0f %% of the holds%s",
                  duration_text(busy->value, observed->arena), duration_text(held, observed->arena),
                  100 * busy->value / held,
                  busy->value > 1.3 * held
                      ? ": more than they can, unless others use the database, too"
                      : "; the rest is commit, network and the application's work between");
}

bool operational_laws_check(struct observed *observed,
                            bool (*is_labelled)(const void *context,
                                                const struct observed_figure *figure),
                            const void *context, struct error *err)
{
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (!is_mean(figure) || !is_first(observed, i))
            continue;
        if (!check_utilization(observed, figure, is_labelled(context, figure), err))
            return false;
    }
    tell_of_responses(observed);
    check_little(observed, "pool", "busy", OBSERVED_HOLD);
    check_little(observed, "pooler", "busy", OBSERVED_HOLD);
    check_little(observed, "requests", "in_system", OBSERVED_RESPONSE);
    check_statements(observed);
    compare_rates(observed);
    compare_clocks(observed);
    doubt_units(observed);
    doubt_losses(observed);
    observed->knows_contention = load_levels_tell(observed);
    compare_means(observed);
    return true;
}
