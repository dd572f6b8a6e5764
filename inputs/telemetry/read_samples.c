/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_samples.h"

#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/row_table.h"
#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <stdio.h>

static struct observed_figure *figure_of(struct telemetry_reading *reading, enum observed_kind kind,
                                         const char *resource, const char *metric,
                                         const char *method)
{
    struct observed_figure *figure =
        observed_figure(reading->observed, reading->file, kind, resource, metric, "");
    figure->method = method;
    return figure;
}

static void add_count(struct telemetry_reading *reading, const char *metric, const char *method)
{
    struct observed_figure *count = figure_of(reading, OBSERVED_COUNT, "pool", metric, method);
    observed_set_total(count, isnan(count->value) ? 1 : count->value + 1, "1");
    reading->rows++;
}

/* ---- HikariCP -------------------------------------------------------------------------------- */

bool hikari_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(beginning, "ool stats (total=") || slice_has(beginning, "hikari.pool.");
}

/* "active=5,": the number behind a name within the brackets. */
static bool find_level(struct slice text, const char *name, double *level)
{
    struct slice rest = slice_skip(text, slice_find(text, name) + strlen(name));
    size_t digits = 0;
    while (digits < rest.length && rest.at[digits] >= '0' && rest.at[digits] <= '9')
        digits++;
    return slice_to_number((struct slice){rest.at, digits}, false, level);
}

static bool take_pool_stats(struct telemetry_reading *reading, struct slice text)
{
    static const struct {
        const char *name, *metric;
    } levels[] = {
        {"total=", "open"}, {"active=", "busy"}, {"idle=", "idle"}, {"waiting=", "waiting"}};
    double values[4];
    for (size_t i = 0; i < 4; i++)
        if (!find_level(text, levels[i].name, &values[i]))
            return telemetry_drop(reading, "statistics without total, active, idle and waiting");
    for (size_t i = 0; i < 4; i++)
        observed_add_level(reading->observed,
                           figure_of(reading, OBSERVED_GAUGE, "pool", levels[i].metric,
                                     "average of the housekeeper's lines"),
                           values[i]);
    reading->rows++;
    return true;
}

static bool take_hikari(struct telemetry_reading *reading, struct slice line)
{
    size_t stats = slice_find(line, "Pool stats (");
    if (slice_has(line, "Timeout failure stats")) {
        add_count(reading, "timeouts",
                  "lines `Timeout failure stats`: taken when the pool is "
                  "full, so their levels are not averaged");
        return true;
    }
    if (stats >= line.length)
        stats = slice_find(line, "pool stats (");
    if (stats < line.length)
        return take_pool_stats(reading, slice_skip(line, stats));
    if (slice_has(line, "Thread starvation or clock leap")) {
        add_count(reading, "stalls", "lines `Thread starvation or clock leap`");
        observed_find(reading->observed, false,
                      "%s: `Thread starvation or clock leap`: the process itself stood still, and "
                      "what was measured then is not the pool's",
                      reading->observed->files[reading->file].path);
        return true;
    }
    if (slice_has(line, "Added connection")) {
        add_count(reading, "connects", "lines `Added connection`");
        return true;
    }
    return telemetry_drop(reading, "a line about something else");
}

bool hikari_read(struct telemetry_reading *reading)
{
    struct slice line;
    while (line_source_next(reading->source, &line, reading->err)) {
        struct stamp stamp;
        if (stamp_parse(line, &stamp) && !telemetry_take_time(reading, stamp.ns))
            continue;
        take_hikari(reading, line);
    }
    return reading->err->status == STATUS_OK;
}

/* ---- containers ------------------------------------------------------------------------------ */

bool container_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "cpu_perc") && row_table_has_column(beginning, "name");
}

static bool read_time(const struct row_table *table, int column, int64_t *ns)
{
    struct stamp stamp;
    struct slice text = row_table_field(table, column);
    if (!stamp_parse(text, &stamp) && !stamp_parse_epoch(text, &stamp))
        return false;
    *ns = stamp.ns;
    return true;
}

bool container_read(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    char name[REQUEST_LOG_NAME], resource[REQUEST_LOG_NAME + 8];
    while (table && row_table_next(table)) {
        int64_t ns;
        double level;
        struct slice text = row_table_field(table, row_table_find(table, "cpu_perc"));
        if (text.length > 0 && text.at[text.length - 1] == '%')
            text.length--;
        request_log_name(row_table_field(table, row_table_find(table, "name")), name);
        bool has_time = read_time(table, row_table_find(table, "time"), &ns);
        if (!slice_to_number(text, false, &level) || level < 0 || name[0] == '\0') {
            telemetry_drop(reading, "a row without a name or a share of the processor");
            continue;
        }
        if (has_time && !telemetry_take_time(reading, ns))
            continue;
        snprintf(resource, sizeof resource, "cpu.%s", name);
        observed_add_level(reading->observed,
                           figure_of(reading, OBSERVED_GAUGE, resource, "cores",
                                     "average of the samples, in cores: cpu_perc is of one core"),
                           level / 100);
        reading->rows++;
    }
    if (table)
        row_table_close(table);
    return reading->err->status == STATUS_OK;
}

/* ---- pg_stat_activity ------------------------------------------------------------------------ */

/* Without a header, as psql --csv -t in a loop writes it: clock_timestamp, pid, application_name,
 * state, wait_event_type, wait_event, xact_start, query_start, state_change, query. */
static const char *const activity_names[] = {
    "time",       "pid",        "application_name", "state",        "wait_event_type",
    "wait_event", "xact_start", "query_start",      "state_change", "query"};
enum { ACTIVITY_COLUMNS = sizeof activity_names / sizeof activity_names[0] };

static bool is_headed(struct slice beginning)
{
    return row_table_has_column(beginning, "state") &&
           (row_table_has_column(beginning, "usename") || row_table_has_column(beginning, "pid"));
}

static bool is_headless(struct slice beginning)
{
    struct stamp stamp;
    struct slice line = telemetry_line(beginning, 0);
    return stamp_parse(line, &stamp) &&
           (slice_has(line, ",idle,") || slice_has(line, ",active,") ||
            slice_has(line, ",idle in transaction,")) &&
           !slice_has(line, ",LOG,");
}

bool activity_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return is_headed(beginning) || is_headless(beginning);
}

enum { ACTIVE, IN_TRANSACTION, IDLE, ON_LOCK, STATES };
static const char *const state_names[STATES] = {"active", "idle_in_transaction", "idle", "on_lock"};

static void end_sample(struct telemetry_reading *reading, double levels[STATES])
{
    for (int s = 0; s < STATES; s++) {
        observed_add_level(reading->observed,
                           figure_of(reading, OBSERVED_GAUGE, "database", state_names[s],
                                     "sessions in this state, average of the samples"),
                           levels[s]);
        levels[s] = 0;
    }
}

static void add_sessions(const struct row_table *table, double levels[STATES])
{
    struct slice state = row_table_field(table, row_table_find(table, "state"));
    struct slice event = row_table_field(table, row_table_find(table, "wait_event_type"));
    double count = 1;
    row_table_number(table, row_table_find(table, "count"), &count);
    bool is_idle_in = slice_starts(state, "idle in transaction");
    int s = is_idle_in ? IN_TRANSACTION : slice_equals(state, "active") ? ACTIVE : IDLE;
    levels[s] += count;
    levels[ON_LOCK] += slice_equals(event, "Lock") ? count : 0;
}

/* Rows of one sample have stamps within a few ms. */
bool activity_read(struct telemetry_reading *reading)
{
    bool is_all, has_names = is_headless(line_source_peek(reading->source, &is_all));
    struct row_table *table = row_table_open(reading, ',', has_names ? activity_names : NULL,
                                             has_names ? ACTIVITY_COLUMNS : 0);
    double levels[STATES] = {0};
    int64_t ns, last_ns = INT64_MIN;
    while (table && row_table_next(table)) {
        struct slice user = row_table_field(table, row_table_find(table, "usename"));
        if (!read_time(table, row_table_find(table, "time"), &ns)) {
            telemetry_drop(reading, "a row without a time");
            continue;
        }
        if (!telemetry_take_time(reading, ns))
            continue;
        if (last_ns != INT64_MIN && ns - last_ns > 100000000)
            end_sample(reading, levels);
        last_ns = ns;
        reading->rows++;
        if (slice_equals(user, "monitor") || slice_equals(user, "postgres"))
            telemetry_drop(reading, "a session of monitoring or of the superuser");
        else
            add_sessions(table, levels);
    }
    if (last_ns != INT64_MIN)
        end_sample(reading, levels);
    if (table)
        row_table_close(table);
    return reading->err->status == STATUS_OK;
}
