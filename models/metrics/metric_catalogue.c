/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/statistics.h"
#include "models/spec/caller_timeout.h"
#include <math.h>
#include <string.h>

#define COUNT(number) METRIC_COUNT(number)
#define ONE COUNT(STATISTIC_NONE)
#define AVERAGE COUNT(STATISTIC_MEAN)

/* ---- workloads ------------------------------------------------------------------------------- */

static bool has_fetch(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == STEP_FETCH || has_fetch(steps[i].steps, steps[i].step_count))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (has_fetch(steps[i].branches[b].steps, steps[i].branches[b].step_count))
                return true;
    }
    return false;
}

static bool is_fetching(const struct scenario *spec, size_t w)
{
    const struct workload_spec *workload = &spec->workloads[w];
    for (size_t c = 0; c < workload->class_count; c++)
        if (has_fetch(workload->classes[c].steps, workload->classes[c].step_count))
            return true;
    return false;
}

static bool is_retried(const struct scenario *spec, size_t w)
{
    return spec->workloads[w].retry.attempts > 1;
}

static bool is_timed(const struct scenario *spec, size_t w)
{
    return caller_timeout_is_set(&spec->workloads[w]);
}

static bool is_replaced(const struct scenario *spec, size_t w)
{
    const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
    return arrivals->process == ARRIVAL_CYCLE && arrivals->cycle.overrun == OVERRUN_REPLACE;
}

#define FINISHED                                                                                   \
    (COUNT(GROUP_COMPLETED) | COUNT(GROUP_TIMED_OUT) | COUNT(GROUP_REFUSED) |                      \
     COUNT(GROUP_LIMITED) | COUNT(GROUP_CANCELLED))
/* All that arrived, where that is followed to its end. */
#define FOLLOWED (FINISHED | COUNT(GROUP_UNFINISHED))
static const struct metric_row of_workload[] = {
    {.name = "arrival_rate",
     .unit = "1/s",
     .shape = METRIC_RATE,
     .counts = COUNT(GROUP_ARRIVED),
     .meaning = "Requests that arrived."},
    {.name = "throughput",
     .unit = "1/s",
     .shape = METRIC_RATE,
     .counts = COUNT(GROUP_COMPLETED),
     .shown = ONE,
     .role = ROLE_THROUGHPUT,
     .larger_is_better = true,
     .meaning = "Requests that were completed."},
    {.name = "in_system",
     .unit = "",
     .shape = METRIC_LEVEL,
     .is_queue = true,
     .shown = AVERAGE,
     .meaning = "Requests that have arrived and not yet finished."},
    {.name = "response",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = GROUP_RESPONSE,
     .shown = AVERAGE | COUNT(STATISTIC_P50) | COUNT(STATISTIC_P95) | COUNT(STATISTIC_P99),
     .role = ROLE_RESPONSE,
     .meaning = "Arrival to completion, over completed requests, waits and retries included."},
    {.name = "response_failed",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = GROUP_RESPONSE_FAILED,
     .meaning = "Arrival to failure, over failed requests."},
    {.name = "error_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_TIMED_OUT) | COUNT(GROUP_REFUSED) | COUNT(GROUP_CANCELLED),
     .of = FOLLOWED,
     .cluster = GROUP_RESPONSE,
     .shown = ONE,
     .role = ROLE_FAILURES,
     .meaning = "Share of finished requests that failed: timed out, refused or cancelled. What a "
                "rate limiter turns away is no error."},
    {.name = "timeout_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_TIMED_OUT),
     .of = FOLLOWED,
     .cluster = GROUP_RESPONSE,
     .shown = ONE,
     .role = ROLE_CONNECTION_ERRORS,
     .meaning = "Share of finished requests that failed by a time-out."},
    {.name = "refused_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_REFUSED) | COUNT(GROUP_LIMITED),
     .of = FOLLOWED,
     .cluster = GROUP_RESPONSE,
     .role = ROLE_ERRORS,
     .meaning = "Share of finished requests that failed because they were refused, by a limiter "
                "included."},
    {.name = "success_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_COMPLETED),
     .of = FOLLOWED,
     .cluster = GROUP_RESPONSE,
     .role = ROLE_RETRIES,
     .larger_is_better = true,
     .meaning = "Completed over finished."},
    {.name = "retry_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_RETRIED),
     .of = FINISHED,
     .cluster = GROUP_RESPONSE,
     .is_ratio = true,
     .is_there = is_retried,
     .shown = ONE,
     .role = ROLE_RETRIES,
     .meaning = "Attempts beyond the first, per finished request."},
    {.name = "cut_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_CUT),
     .of = FINISHED,
     .cluster = GROUP_RESPONSE,
     .is_ratio = true,
     .is_there = is_timed,
     .meaning = "Work that a time-out or a deadline ended at once, with all that it held, for each "
                "finished request. A real database goes on with it."},
    {.name = "unfinished_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_UNFINISHED),
     .of = FOLLOWED,
     .cluster = GROUP_RESPONSE,
     .is_ratio = true,
     .meaning = "Share of requests that had not ended when they were followed no longer. Their age "
                "is taken for their response; they may yet fail or be completed."},
    {.name = "cancelled_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_CANCELLED),
     .of = FINISHED,
     .cluster = GROUP_RESPONSE,
     .is_there = is_replaced,
     .shown = ONE,
     .meaning = "Share of finished requests that were cancelled when their cycle was replaced."},
    {.name = "sampling",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(GROUP_ROWS_READ),
     .of = COUNT(GROUP_ROWS_OFFERED),
     .cluster = METRIC_NO_CLUSTER,
     .is_ratio = true,
     .is_there = is_fetching,
     .shown = ONE,
     .larger_is_better = true,
     .meaning = "Rows read over rows offered, in steps that fetch."},
    {.name = "step.<step>",
     .unit = "s",
     .shape = METRIC_TALLY,
     .role = ROLE_STEP,
     .meaning = "Time in the step of that name: where a response goes."},
};

static bool is_missing_some(const struct scenario *spec, size_t w)
{
    enum overrun overrun = spec->workloads[w].arrivals.cycle.overrun;
    return overrun == OVERRUN_SKIP || overrun == OVERRUN_COALESCE;
}

static bool is_queueing(const struct scenario *spec, size_t w)
{
    return spec->workloads[w].arrivals.cycle.overrun == OVERRUN_QUEUE;
}

static double period_of(const struct scenario *spec, size_t w)
{
    return (double)spec->workloads[w].arrivals.cycle.every_ns / 1e9;
}

static const struct metric_row of_cycle[] = {
    {.name = "cycle",
     .unit = "s",
     .shape = METRIC_TALLY,
     .at = CYCLE_LENGTH,
     .shown = AVERAGE | COUNT(STATISTIC_MAX),
     .role = ROLE_CYCLE,
     .meaning = "Release of the cycle's jobs to completion of the last."},
    {.name = "cycle.duty",
     .unit = "1",
     .shape = METRIC_MEAN,
     .at = CYCLE_LENGTH,
     .whole = period_of,
     .shown = ONE,
     .role = ROLE_DUTY,
     .meaning = "Mean cycle over its period: the share of time in which the fleet is busy. Not "
                "processor use."},
    {.name = "cycle.overrun_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(CYCLE_OVERRUN),
     .of = COUNT(CYCLE_OVERRUN) | COUNT(CYCLE_IN_TIME),
     .cluster = CYCLE_LENGTH,
     .shown = ONE,
     .meaning = "Share of cycles that were not done when the next was due."},
    {.name = "cycle.missed_rate",
     .unit = "1",
     .shape = METRIC_SHARE,
     .counts = COUNT(CYCLE_MISSED),
     .of = COUNT(CYCLE_MISSED) | COUNT(CYCLE_BEGUN),
     .cluster = CYCLE_LENGTH,
     .is_there = is_missing_some,
     .shown = ONE,
     .meaning = "Share of due cycles that were dropped or merged."},
    {.name = "cycle.backlog",
     .unit = "",
     .shape = METRIC_LEVEL,
     .is_queue = true,
     .at = CYCLE_BACKLOG,
     .is_there = is_queueing,
     .shown = AVERAGE,
     .meaning = "Cycles that are due and wait to start."},
};

/* ---- the whole system ------------------------------------------------------------------------ */

#define MEMORY(part, used_for, called, words)                                                      \
    {                                                                                              \
        .name = called, .unit = "B", .shape = METRIC_LEVEL, .at = part, .shown = AVERAGE,          \
        .role = used_for, .meaning = words                                                         \
    }
static const struct metric_row of_system[] = {
    MEMORY(MEMORY_ALL, ROLE_OTHER, "memory",
           "Base, and what is open, held, buffered and in flight."),
    MEMORY(MEMORY_BASE, ROLE_OTHER, "memory.base", "The part of memory that is always there."),
    MEMORY(MEMORY_CONNECTIONS, ROLE_CONNECTION, "memory.connections",
           "The part of memory held by open connections."),
    MEMORY(MEMORY_THREADS, ROLE_OTHER, "memory.threads", "The part of memory held by threads."),
    MEMORY(MEMORY_BUFFERS, ROLE_OTHER, "memory.buffers",
           "The part of memory held by what lies in buffers."),
    MEMORY(MEMORY_REQUESTS, ROLE_OTHER, "memory.requests",
           "The part of memory held by requests in flight."),
};

#define ROWS(list) list, sizeof list / sizeof list[0]
static const struct metric_owner others[] = {
    [METRIC_OWNER_WORKLOAD - STATION_KINDS] = {"a workload, or a class of one", ROWS(of_workload)},
    [METRIC_OWNER_CYCLE - STATION_KINDS] = {"a workload with cycle arrivals", ROWS(of_cycle)},
    [METRIC_OWNER_SYSTEM - STATION_KINDS] = {"the whole system", ROWS(of_system)},
};

const struct metric_owner *metric_owner(size_t number)
{
    return number < STATION_KINDS ? &station_kinds[number]->metrics
                                  : &others[number - STATION_KINDS];
}

/* ---- statistics ------------------------------------------------------------------------------ */

const struct metric_statistic_words metric_statistics[STATISTIC_COUNT] = {
    [STATISTIC_MEAN] = {"mean", "The mean."},
    [STATISTIC_SD] = {"sd", "The standard deviation."},
    [STATISTIC_P50] = {"p50", "The median."},
    [STATISTIC_P75] = {"p75", "Three of four are at or below it."},
    [STATISTIC_P90] = {"p90", "Nine of ten are at or below it."},
    [STATISTIC_P95] = {"p95", "95 % are at or below it."},
    [STATISTIC_P99] = {"p99", "99 % are at or below it."},
    [STATISTIC_P999] = {"p999", "99.9 % are at or below it."},
    [STATISTIC_MAX] = {"max", "The largest of a replication."},
    [STATISTIC_PEAK] = {"peak", "The highest time average of a window (run.window)."},
};

const char *metric_statistic_name(enum metric_statistic statistic)
{
    return statistic == STATISTIC_NONE ? NULL : metric_statistics[statistic].name;
}

double metric_statistic_quantile(enum metric_statistic statistic)
{
    static const double quantiles[STATISTIC_COUNT + 1] = {
        [STATISTIC_P50] = 0.5,  [STATISTIC_P75] = 0.75, [STATISTIC_P90] = 0.9,
        [STATISTIC_P95] = 0.95, [STATISTIC_P99] = 0.99, [STATISTIC_P999] = 0.999};
    return quantiles[statistic] > 0 ? quantiles[statistic] : NAN;
}

bool metric_is_extreme(const struct metric_identity *identity)
{
    return identity->row &&
           (identity->statistic == STATISTIC_MAX || identity->statistic == STATISTIC_PEAK);
}

bool metric_is_shown(const struct metric_row *row, enum metric_statistic statistic, bool is_inside,
                     bool is_worst)
{
    uint32_t shown = is_worst ? row->shown_worst : is_inside ? row->shown_inside : row->shown;
    return (shown & METRIC_COUNT(statistic)) != 0;
}

/* ---- by name --------------------------------------------------------------------------------- */

/* Whether word, of length bytes, is what pattern says; "<step>" stands for any one word. */
static bool fits_word(const char *pattern, size_t pattern_length, const char *word, size_t length)
{
    if (pattern[0] == '<')
        return length > 0;
    return pattern_length == length && strncmp(pattern, word, length) == 0;
}

/* Whether the words of text, of length bytes, end in those of name: then where they begin in
 * *at. */
static bool ends_in(const char *text, size_t length, const char *name, size_t *at)
{
    size_t name_length = strlen(name);
    for (;;) {
        size_t word = 0, pattern = 0;
        while (word < length && text[length - 1 - word] != '.')
            word++;
        while (pattern < name_length && name[name_length - 1 - pattern] != '.')
            pattern++;
        if (!fits_word(name + name_length - pattern, pattern, text + length - word, word))
            return false;
        *at = length - word;
        if (pattern == name_length)
            return true;
        if (word == length)
            return false;
        length -= word + 1;
        name_length -= pattern + 1;
    }
}

/* Whether a column of the row can have that statistic, with its name as a suffix. */
static bool has_suffix(const struct metric_row *row, enum metric_statistic statistic)
{
    if (row->shape == METRIC_TALLY)
        return statistic != STATISTIC_PEAK;
    return row->shape == METRIC_LEVEL &&
           (statistic == STATISTIC_MAX || statistic == STATISTIC_PEAK);
}

/* The statistic at the end of a name, and the length of what is before it. */
static enum metric_statistic statistic_of(const char *name, size_t *length)
{
    size_t at;
    *length = strlen(name);
    for (int s = 0; s < STATISTIC_COUNT; s++)
        if (ends_in(name, *length, metric_statistics[s].name, &at) && at > 0) {
            *length = at - 1;
            return (enum metric_statistic)s;
        }
    return STATISTIC_NONE;
}

static bool fits(const char *name, const struct metric_row *row, struct arena *arena,
                 struct metric_identity *identity)
{
    size_t whole = strlen(name), length, at = 0;
    enum metric_statistic statistic = STATISTIC_NONE;
    if (!ends_in(name, whole, row->name, &at)) {
        statistic = statistic_of(name, &length);
        if (statistic == STATISTIC_NONE || !has_suffix(row, statistic) ||
            !ends_in(name, length, row->name, &at))
            return false;
        whole = length;
    } else if (row->shape == METRIC_LEVEL) {
        statistic = STATISTIC_MEAN;
    }
    static const char worst[] = "worst";
    size_t end = at > 0 ? at - 1 : 0, place;
    bool is_worst = end > 0 && ends_in(name, end, worst, &place) && place > 0;
    end = is_worst ? place - 1 : end;
    if (end == strlen("memory") && strncmp(name, "memory", end) == 0)
        return false; /* the system's: nothing else is called so */
    bool is_inside = memchr(name, '.', end) != NULL;
    *identity = (struct metric_identity){
        .row = row,
        .resource = at > 0 ? arena_printf(arena, "%.*s", (int)end, name) : NULL,
        .metric = arena_printf(arena, "%.*s", (int)(whole - at), name + at),
        .statistic = statistic,
        .is_worst = is_worst,
        .is_shown = metric_is_shown(row, statistic, is_inside, is_worst)};
    return true;
}

size_t metric_catalogue_find(const char *name, size_t from, struct arena *arena,
                             struct metric_identity *identity, const struct metric_owner **owner)
{
    size_t number = 0;
    for (size_t o = 0; o < METRIC_OWNERS; o++)
        for (size_t r = 0; r < metric_owner(o)->count; r++, number++)
            if (number >= from && fits(name, &metric_owner(o)->rows[r], arena, identity)) {
                *owner = metric_owner(o);
                return number + 1;
            }
    return 0;
}

struct metric_identity metric_catalogue_identify(const char *resource, const char *metric,
                                                 const char *statistic, bool is_worst)
{
    struct metric_identity identity = {
        .resource = resource, .metric = metric, .statistic = STATISTIC_NONE, .is_worst = is_worst};
    size_t length = strlen(metric), at;
    for (int s = 0; s < STATISTIC_COUNT && statistic; s++)
        if (strcmp(metric_statistics[s].name, statistic) == 0)
            identity.statistic = (enum metric_statistic)s;
    for (size_t o = 0; o < METRIC_OWNERS && !identity.row; o++)
        for (size_t r = 0; r < metric_owner(o)->count && !identity.row; r++)
            if (ends_in(metric, length, metric_owner(o)->rows[r].name, &at) && at == 0)
                identity.row = &metric_owner(o)->rows[r];
    identity.is_shown =
        identity.row && metric_is_shown(identity.row, identity.statistic,
                                        resource && strchr(resource, '.') != NULL, is_worst);
    return identity;
}

const struct metric_identity *metric_catalogue_identity(const char *name, struct arena *arena)
{
    struct metric_identity *identity = arena_alloc(arena, sizeof *identity);
    const struct metric_owner *owner;
    if (metric_catalogue_find(name, 0, arena, identity, &owner) == 0)
        *identity = (struct metric_identity){.metric = name, .statistic = STATISTIC_NONE};
    return identity;
}
