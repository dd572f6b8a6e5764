/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/postgresql_message.h"

#include "inputs/telemetry/read_statements.h"
#include <stdio.h>

#define NS_PER_MS INT64_C(1000000)

enum protocol { STATEMENT, PARSE, BIND, EXECUTE, ALONE, PLAN };
static const char *const protocol_names[] = {"statement", "parse", "bind", "execute"};

void postgresql_log_begin(struct postgresql_log *log, struct telemetry_reading *reading)
{
    *log = (struct postgresql_log){.reading = reading, .least_ns = INT64_MAX};
    log->classes = name_table_create(reading->arena);
    log->processes = name_table_create(reading->arena);
    log->begun_ns = arena_array(reading->arena, POSTGRESQL_PROCESSES, sizeof *log->begun_ns);
    for (size_t i = 0; i < POSTGRESQL_PROCESSES; i++)
        log->begun_ns[i] = -1;
}

static struct observed_figure *figure_of(struct postgresql_log *log, enum observed_kind kind,
                                         const char *resource, const char *metric,
                                         const char *method)
{
    struct observed_figure *figure =
        observed_figure(log->reading->observed, log->reading->file, kind, resource, metric, "");
    figure->method = method;
    return figure;
}

/* ---- statements ------------------------------------------------------------------------------ */

static void add_duration(struct postgresql_log *log, const char *command, enum protocol protocol,
                         int64_t ns)
{
    struct telemetry_reading *reading = log->reading;
    size_t class = name_table_add(&log->classes, slice_of(command), POSTGRESQL_CLASSES - 1);
    if (class == NAME_TABLE_NONE)
        class = name_table_add(&log->classes, slice_of("other"), POSTGRESQL_CLASSES);
    struct observed_figure **figure = &log->figures[class][protocol];
    if (!*figure) {
        *figure = observed_figure(reading->observed, reading->file, OBSERVED_SERVICE, "database",
                                  protocol_names[protocol], log->classes.names[class]);
        (*figure)->method = "duration in the server's log: locks are inside, the network is not";
        (*figure)->resolution_ns = 1000;
    }
    observed_add_value(reading->observed, *figure, ns);
}

static void add_arrival(struct postgresql_log *log, int64_t start_ns, int64_t resolution_ns)
{
    if (!log->arrivals) {
        log->arrivals =
            observed_add_arrivals(log->reading->observed, log->reading->file, "statements");
        log->arrivals->stamps_are_ends = true;
    }
    observed_take_resolution(log->arrivals, resolution_ns);
    observed_add_arrival(log->arrivals, start_ns);
}

/* BEGIN opens a transaction of the process, COMMIT, END or ROLLBACK closes it. */
static void follow_transaction(struct postgresql_log *log, struct slice process,
                               const char *command, int64_t start_ns, int64_t end_ns)
{
    size_t number = process.length > 0
                        ? name_table_add(&log->processes, process, POSTGRESQL_PROCESSES)
                        : NAME_TABLE_NONE;
    bool is_begin = strcmp(command, "begin") == 0 || strcmp(command, "start") == 0;
    bool is_end = strcmp(command, "commit") == 0 || strcmp(command, "end") == 0 ||
                  strcmp(command, "rollback") == 0 || strcmp(command, "abort") == 0;
    if (number == NAME_TABLE_NONE || !(is_begin || is_end))
        return;
    if (is_begin) {
        log->begun_ns[number] = start_ns;
        return;
    }
    int64_t begun = log->begun_ns[number];
    log->begun_ns[number] = -1;
    if (begun < 0 || end_ns < begun)
        return;
    struct observed_figure *hold =
        figure_of(log, OBSERVED_HOLD, "database", "transaction",
                  "from BEGIN to the end of COMMIT or ROLLBACK of one process");
    hold->resolution_ns = NS_PER_MS;
    observed_add_value(log->reading->observed, hold, end_ns - begun);
}

/* "statement: ", "execute S_1: ", "plan:"; *text becomes the SQL behind it. */
static enum protocol protocol_of(struct slice *text)
{
    static const char *const prefixes[] = {"statement:", "parse ", "bind ", "execute ", "plan:"};
    static const enum protocol protocols[] = {STATEMENT, PARSE, BIND, EXECUTE, PLAN};
    for (size_t i = 0; i < 5; i++)
        if (slice_starts(*text, prefixes[i])) {
            *text = slice_skip(*text, slice_find(*text, ":") + 1);
            return protocols[i];
        }
    return ALONE;
}

static bool take_duration(struct postgresql_log *log, int64_t stamp_ns, int64_t resolution_ns,
                          struct slice process, struct slice text)
{
    char command[24];
    int64_t ns;
    struct slice number = slice_word(&text), unit = slice_word(&text);
    if (!slice_to_ns(number, NS_PER_MS, &ns, NULL) || ns < 0 || !slice_equals(unit, "ms"))
        return telemetry_drop(log->reading, "a duration that is no number of ms");
    enum protocol protocol = protocol_of(&text);
    if (protocol == PLAN)
        return telemetry_drop(log->reading, "a plan of auto_explain: the statement is there again");
    if (protocol == ALONE)
        return telemetry_drop(log->reading,
                              "a duration without its statement (log_duration): which one it was "
                              "of cannot be told");
    if (stamp_ns >= 0 && !telemetry_take_time(log->reading, stamp_ns))
        return true;
    statements_command(text, command, sizeof command);
    add_duration(log, command, protocol, ns);
    log->durations++;
    if (ns < log->least_ns)
        log->least_ns = ns;
    if (stamp_ns >= 0 && (protocol == STATEMENT || protocol == EXECUTE)) {
        add_arrival(log, stamp_ns - ns, resolution_ns);
        follow_transaction(log, process, command, stamp_ns - ns, stamp_ns);
    }
    log->reading->rows++;
    return true;
}

/* ---- other messages -------------------------------------------------------------------------- */

/* "process 123 still waiting for ShareLock on ... after 1000.123 ms" */
static bool take_lock(struct postgresql_log *log, struct slice message)
{
    int64_t ns;
    bool is_granted = slice_has(message, " acquired ");
    size_t after = slice_find(message, " after ");
    struct slice rest = slice_skip(message, after + strlen(" after "));
    if (!slice_to_ns(slice_word(&rest), NS_PER_MS, &ns, NULL) || ns < 0)
        return telemetry_drop(log->reading, "a lock's wait that is no number of ms");
    if (!is_granted)
        return telemetry_drop(log->reading, "a wait for a lock that goes on");
    struct observed_figure *wait =
        figure_of(log, OBSERVED_WAIT, "locks", "acquired",
                  "waits for locks that lasted longer than deadlock_timeout, when they ended");
    wait->is_biased = true;
    observed_add_value(log->reading->observed, wait, ns);
    log->reading->rows++;
    return true;
}

/* "disconnection: session time: 0:00:00.013 user=..." */
static bool take_session(struct postgresql_log *log, struct slice text)
{
    uint64_t hours, minutes;
    int64_t ns;
    struct slice clock = slice_word(&text);
    struct slice hour = slice_cut(&clock, ':'), minute = slice_cut(&clock, ':');
    if (!slice_to_count(hour, &hours) || hours > 100000 || !slice_to_count(minute, &minutes) ||
        minutes > 59 || !slice_to_ns(clock, 1000 * NS_PER_MS, &ns, NULL) || ns < 0)
        return telemetry_drop(log->reading, "a session time that is none");
    struct observed_figure *hold = figure_of(log, OBSERVED_HOLD, "sessions", "session time",
                                             "how long a client stayed connected to the server");
    hold->resolution_ns = NS_PER_MS;
    observed_add_value(log->reading->observed, hold,
                       (int64_t)(hours * 60 + minutes) * 60000 * NS_PER_MS + ns);
    log->reading->rows++;
    return true;
}

void postgresql_log_take(struct postgresql_log *log, int64_t stamp_ns, int64_t resolution_ns,
                         struct slice process, struct slice message)
{
    static const char duration[] = "duration: ", session[] = "disconnection: session time: ";
    if (slice_starts(message, duration))
        take_duration(log, stamp_ns, resolution_ns, process, slice_skip(message, strlen(duration)));
    else if (slice_starts(message, session))
        take_session(log, slice_skip(message, strlen(session)));
    else if (slice_starts(message, "process ") &&
             (slice_has(message, " still waiting for ") || slice_has(message, " acquired ")))
        take_lock(log, message);
    else
        telemetry_drop(log->reading, "a message about something else");
}

void postgresql_log_end(struct postgresql_log *log)
{
    struct observed *observed = log->reading->observed;
    const char *path = observed->files[log->reading->file].path;
    if (log->durations < 20 || log->least_ns < NS_PER_MS)
        return;
    for (size_t c = 0; c < log->classes.count; c++)
        for (size_t p = 0; p < 4; p++)
            if (log->figures[c][p])
                log->figures[c][p]->truncated_below_ns = log->least_ns;
    observed_find(observed, false,
                  "%s: the shortest of %llu durations is %.3f ms: log_min_duration_statement seems "
                  "to hide what is shorter, so no rate and no mean follows from this file",
                  path, (unsigned long long)log->durations, (double)log->least_ns / 1e6);
}
