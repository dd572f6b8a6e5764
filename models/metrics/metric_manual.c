/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/metrics/metric_manual.h"
#include <string.h>

#define POOL "a connection or thread pool"
#define CPU "a cpu or database"
#define LIMITER "a rate limiter"
#define BUFFER "a buffer"
#define WORKLOAD "a workload, or a class of one"
#define CYCLE "a workload with cycle arrivals"
#define WHOLE "the whole system"

const struct metric_entry metric_manual[] = {
    {POOL, "utilization", "1",
     "Connections or threads held by requests, opening included, over max: the time average.",
     false},
    {POOL, "wait", "s",
     "Asked to in hand: queueing, opening and checkout, over the requests that got one.", true},
    {POOL, "wait.probability", "1", "Share of those that got one which had to wait at all.", false},
    {POOL, "queueing", "s", "The part of the wait before one was assigned.", true},
    {POOL, "connect_time", "s", "The part of the wait spent on opening and checkout.", true},
    {POOL, "connect_rate", "1/s", "Connections opened.", false},
    {POOL, "busy", "", "Held by requests.", false},
    {POOL, "open", "", "Open: held, idle or opening.", false},
    {POOL, "queue", "", "Requests that wait for one.", false},
    {POOL, "timeout_rate", "1", "Share of askings that ended in a time-out.", false},
    {POOL, "refused_rate", "1", "Share of askings that were refused.", false},
    {CPU, "utilization", "1", "Busy cores over cores.", false},
    {CPU, "queue", "", "Jobs present: all that share the processors.", false},
    {CPU, "slowdown", "", "Time that work took over the time it would take alone on a core.", true},
    {CPU, "connections", "", "Connections that the database has; of a database alone.", false},
    {CPU, "connection_refused_rate", "1", "Share of connects refused beyond max_connections.",
     false},
    {LIMITER, "wait", "s", "Wait for a token, over the requests that passed.", true},
    {LIMITER, "queue", "", "Requests that wait for a token.", false},
    {LIMITER, "refused_rate", "1", "Share of requests that found no token and were turned away.",
     false},
    {LIMITER, "timeout_rate", "1", "Share of those that asked which gave up waiting.", false},
    {BUFFER, "level", "B", "What lies in it.", false},
    {BUFFER, "wait", "s", "Wait for room, over what was put in.", true},
    {BUFFER, "queue", "", "Puts that wait for room.", false},
    {BUFFER, "dropped_rate", "1", "Share of puts that found no room and were dropped.", false},
    {BUFFER, "timeout_rate", "1", "Share of puts that gave up waiting.", false},
    {WORKLOAD, "arrival_rate", "1/s", "Requests that arrived.", false},
    {WORKLOAD, "throughput", "1/s", "Requests that were completed.", false},
    {WORKLOAD, "in_system", "", "Requests that have arrived and not yet finished.", false},
    {WORKLOAD, "response", "s",
     "Arrival to completion, over completed requests, waits and retries included.", true},
    {WORKLOAD, "response_failed", "s", "Arrival to failure, over failed requests.", true},
    {WORKLOAD, "error_rate", "1",
     "Share of finished requests that failed: timed out, refused or cancelled. What a rate limiter "
     "turns away is no error.",
     false},
    {WORKLOAD, "timeout_rate", "1", "Share of finished requests that failed by a time-out.", false},
    {WORKLOAD, "refused_rate", "1",
     "Share of finished requests that failed because they were refused, by a limiter included.",
     false},
    {WORKLOAD, "cancelled_rate", "1",
     "Share of finished requests that were cancelled when their cycle was replaced.", false},
    {WORKLOAD, "retry_rate", "1", "Attempts beyond the first, per finished request.", false},
    {WORKLOAD, "success_rate", "1", "Completed over finished.", false},
    {WORKLOAD, "sampling", "1", "Rows read over rows offered, in steps that fetch.", false},
    {WORKLOAD, "step.<step>", "s", "Time in the step of that name: where a response goes.", true},
    {CYCLE, "cycle", "s", "Release of the cycle's jobs to completion of the last.", true},
    {CYCLE, "cycle.duty", "1",
     "Mean cycle over its period: the share of time in which the fleet is busy. Not processor use.",
     false},
    {CYCLE, "cycle.overrun_rate", "1", "Share of cycles that were not done when the next was due.",
     false},
    {CYCLE, "cycle.missed_rate", "1", "Share of due cycles that were dropped or merged.", false},
    {CYCLE, "cycle.backlog", "", "Cycles that are due and wait to start.", false},
    {WHOLE, "memory", "B", "Base, and what is open, held, buffered and in flight.", false},
    {WHOLE, "memory.base", "B", "The part of memory that is always there.", false},
    {WHOLE, "memory.connections", "B", "The part of memory held by open connections.", false},
    {WHOLE, "memory.threads", "B", "The part of memory held by threads.", false},
    {WHOLE, "memory.buffers", "B", "The part of memory held by what lies in buffers.", false},
    {WHOLE, "memory.requests", "B", "The part of memory held by requests in flight.", false},
};
const size_t metric_manual_count = sizeof metric_manual / sizeof metric_manual[0];

const struct metric_statistic metric_statistics[] = {
    {"mean", "The mean."},
    {"sd", "The standard deviation."},
    {"p50", "The median."},
    {"p75", "Three of four are at or below it."},
    {"p90", "Nine of ten are at or below it."},
    {"p95", "95 % are at or below it."},
    {"p99", "99 % are at or below it."},
    {"p999", "99.9 % are at or below it."},
    {"max", "The largest of a replication."},
    {"peak", "The highest time average of a window (run.window)."},
};
const size_t metric_statistic_count = sizeof metric_statistics / sizeof metric_statistics[0];

/* Whether word, of length bytes, is what pattern says; "<step>" stands for any one word. */
static bool fits_word(const char *pattern, size_t pattern_length, const char *word, size_t length)
{
    if (pattern[0] == '<')
        return length > 0;
    return pattern_length == length && strncmp(pattern, word, length) == 0;
}

/* Whether the words of text, of length bytes, end in those of name. */
static bool ends_in(const char *text, size_t length, const char *name)
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
        if (pattern == name_length)
            return true;
        if (word == length)
            return false;
        length -= word + 1;
        name_length -= pattern + 1;
    }
}

bool metric_manual_fits(const struct metric_entry *entry, const char *full_name)
{
    size_t length = strlen(full_name);
    if (ends_in(full_name, length, entry->name))
        return true;
    const char *dot = strrchr(full_name, '.');
    for (size_t i = 0; dot && i < metric_statistic_count; i++)
        if (strcmp(dot + 1, metric_statistics[i].name) == 0)
            return ends_in(full_name, (size_t)(dot - full_name), entry->name);
    return false;
}
