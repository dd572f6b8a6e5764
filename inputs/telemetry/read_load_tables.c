/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_load_tables.h"

#include "inputs/json/wording.h"
#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/row_table.h"
#include "inputs/telemetry/stamp.h"
#include "sim/base/spelling.h"
#include <math.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

static const struct request_time client_times[] = {
    {OBSERVED_RESPONSE, "requests", "response time at the client"},
    {OBSERVED_CONNECT, "client", "connect"},
};

/* True when all of these columns (ends with NULL) are there; else the error. */
static bool need_columns(struct telemetry_reading *reading, const struct row_table *table,
                         const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (row_table_find(table, names[i]) < 0)
            return telemetry_fail(reading, "has no column %s", names[i]);
    return true;
}

static bool take_stamp(struct slice text, struct request_seen *seen)
{
    struct stamp stamp;
    if (!stamp_parse_epoch(text, &stamp) && !stamp_parse(text, &stamp))
        return false;
    seen->stamp_ns = stamp.ns;
    seen->stamp_resolution_ns = stamp.resolution_ns;
    return true;
}

static bool take_time(const struct row_table *table, int column, int64_t unit_ns, int64_t *ns)
{
    int64_t value;
    if (!slice_to_ns(row_table_field(table, column), unit_ns, &value, NULL) || value < 0)
        return false;
    *ns = value;
    return true;
}

static void tell_of_closed_loop(struct telemetry_reading *reading, const char *tool)
{
    observed_find(reading->observed, false,
                  "%s: %s with a fixed number of users waits for each answer before it asks again: "
                  "requests that would have come meanwhile are missing (coordinated omission), and "
                  "the arrivals are those of a closed system",
                  reading->observed->files[reading->file].path, tool);
}

/* ---- load levels ----------------------------------------------------------------------------- */

static const char *const client_names[] = {"clients",     "users",       "threads", "concurrency",
                                           "connections", "num_clients", NULL};
static const char *const rate_names[] = {"tps", "throughput", "rps", "qps", "requests_per_s", NULL};

static const char *first_column(struct slice beginning, const char *const *names)
{
    while (*names && !row_table_has_column(beginning, *names))
        names++;
    return *names;
}

bool load_levels_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return first_column(beginning, client_names) && first_column(beginning, rate_names);
}

static int find_column(const struct row_table *table, const char *const *names)
{
    int column = -1;
    for (; *names && column < 0; names++)
        column = row_table_find(table, *names);
    return column;
}

bool load_levels_read(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (!table)
        return false;
    int clients_at = find_column(table, client_names), rate_at = find_column(table, rate_names);
    bool is_fine = (clients_at >= 0 && rate_at >= 0) ||
                   telemetry_fail(reading, "needs a column of clients (clients, users, threads, "
                                           "concurrency, connections) and one of what they get "
                                           "done (tps, throughput, rps, qps)");
    while (is_fine && row_table_next(table)) {
        double clients, per_s;
        if (!row_table_number(table, clients_at, &clients) ||
            !row_table_number(table, rate_at, &per_s) || !(clients > 0) || !(per_s > 0))
            telemetry_drop(reading, "a row without clients or without what they got done");
        else if (observed_add_load(reading->observed, clients, per_s))
            reading->rows++;
        else
            telemetry_drop(reading, "more load levels than are taken");
    }
    row_table_close(table);
    return is_fine && reading->err->status == STATUS_OK;
}

/* ---- JMeter ---------------------------------------------------------------------------------- */

bool jmeter_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "timeStamp") &&
           row_table_has_column(beginning, "elapsed");
}

static void take_jmeter(struct request_log *log, const struct row_table *table)
{
    struct request_seen seen = request_log_nothing();
    struct slice message = row_table_field(table, row_table_find(table, "responseMessage"));
    double threads;
    seen.resolution_ns = NS_PER_MS;
    seen.route = row_table_field(table, row_table_find(table, "label"));
    seen.is_failed =
        slice_equals(row_table_field(table, row_table_find(table, "success")), "false");
    if (slice_starts(message, "Number of samples in transaction")) {
        telemetry_drop(log->reading, "a transaction, whose samples are there, too");
        return;
    }
    if (!take_stamp(row_table_field(table, row_table_find(table, "timeStamp")), &seen) ||
        !take_time(table, row_table_find(table, "elapsed"), NS_PER_MS, &seen.times_ns[0])) {
        telemetry_drop(log->reading, "a row without a time or an elapsed time");
        return;
    }
    take_time(table, row_table_find(table, "Connect"), NS_PER_MS, &seen.times_ns[1]);
    if (seen.times_ns[1] == 0) /* a connection that was open already */
        seen.times_ns[1] = -1;
    if (row_table_number(table, row_table_find(table, "allThreads"), &threads))
        observed_add_level(log->reading->observed,
                           observed_figure(log->reading->observed, log->reading->file,
                                           OBSERVED_GAUGE, "requests", "users", ""),
                           threads);
    request_log_add(log, &seen);
}

bool jmeter_read(struct telemetry_reading *reading)
{
    static const char *const needed[] = {"timeStamp", "elapsed", "label", NULL};
    struct request_log log;
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (!table)
        return false;
    request_log_begin(&log, reading, client_times, 2, false);
    if (need_columns(reading, table, needed))
        while (row_table_next(table))
            take_jmeter(&log, table);
    row_table_close(table);
    request_log_end(&log);
    tell_of_closed_loop(reading, "JMeter");
    return reading->err->status == STATUS_OK;
}

/* ---- k6 -------------------------------------------------------------------------------------- */

bool k6_accepts_csv(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "metric_name") &&
           row_table_has_column(beginning, "metric_value");
}

static void take_k6_other(struct telemetry_reading *reading, struct slice metric, double value)
{
    struct observed *observed = reading->observed;
    if (slice_equals(metric, "vus")) {
        observed_add_level(
            observed,
            observed_figure(observed, reading->file, OBSERVED_GAUGE, "requests", "users", ""),
            value);
    } else if (slice_equals(metric, "http_req_connecting") && value > 0) {
        struct observed_figure *connect = observed_figure(observed, reading->file, OBSERVED_CONNECT,
                                                          "client", "http_req_connecting", "");
        connect->method = "each new connection's own value";
        observed_add_value(observed, connect, llround(value * 1e6));
    } else if (slice_equals(metric, "dropped_iterations")) {
        struct observed_figure *count = observed_figure(observed, reading->file, OBSERVED_COUNT,
                                                        "requests", "dropped_iterations", "");
        observed_set_total(count, value + (isnan(count->value) ? 0 : count->value), "1");
        observed_find(observed, false,
                      "%s: k6 dropped iterations: the rate that was asked for was not reached",
                      observed->files[reading->file].path);
    } else {
        telemetry_drop(reading, "another metric of k6");
        return;
    }
    reading->rows++;
}

/* Which columns are which: looked up once, for a row has 19. */
struct k6_columns {
    int metric, stamp, value, method, name, status;
};

static void take_k6(struct request_log *log, const struct row_table *table,
                    const struct k6_columns *columns)
{
    struct request_seen seen = request_log_nothing();
    struct slice metric = row_table_field(table, columns->metric);
    double value;
    if (!row_table_number(table, columns->value, &value) || value < 0 || value > 1e12) {
        telemetry_drop(log->reading, "a value that is no number");
        return;
    }
    if (!slice_equals(metric, "http_req_duration")) {
        take_k6_other(log->reading, metric, value);
        return;
    }
    struct slice status = row_table_field(table, columns->status);
    seen.method = row_table_field(table, columns->method);
    seen.route = row_table_field(table, columns->name);
    seen.is_failed = status.length > 0 && (status.at[0] == '5' || status.at[0] == '0');
    seen.times_ns[0] = llround(value * 1e6);
    if (take_stamp(row_table_field(table, columns->stamp), &seen))
        request_log_add(log, &seen);
    else
        telemetry_drop(log->reading, "a row without a time");
}

bool k6_read_csv(struct telemetry_reading *reading)
{
    static const char *const needed[] = {"metric_name", "timestamp", "metric_value", NULL};
    struct request_log log;
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (!table)
        return false;
    struct k6_columns columns = {
        row_table_find(table, "metric_name"),  row_table_find(table, "timestamp"),
        row_table_find(table, "metric_value"), row_table_find(table, "method"),
        row_table_find(table, "name"),         row_table_find(table, "status")};
    request_log_begin(&log, reading, client_times, 2, true);
    if (need_columns(reading, table, needed))
        while (row_table_next(table))
            take_k6(&log, table, &columns);
    row_table_close(table);
    request_log_end(&log);
    return reading->err->status == STATUS_OK;
}

/* ---- hey and ab ------------------------------------------------------------------------------ */

bool hey_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "response-time") &&
           row_table_has_column(beginning, "DNS+dialup");
}

bool hey_read(struct telemetry_reading *reading)
{
    static const char *const needed[] = {"response-time", NULL};
    struct request_log log;
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (!table)
        return false;
    request_log_begin(&log, reading, client_times, 2, false);
    if (need_columns(reading, table, needed))
        while (row_table_next(table)) {
            struct request_seen seen = request_log_nothing();
            seen.resolution_ns = seen.stamp_resolution_ns = NS_PER_S / 10000;
            struct slice status = row_table_field(table, row_table_find(table, "status-code"));
            seen.is_failed = status.length > 0 && status.at[0] == '5';
            take_time(table, row_table_find(table, "offset"), NS_PER_S, &seen.stamp_ns);
            take_time(table, row_table_find(table, "DNS+dialup"), NS_PER_S, &seen.times_ns[1]);
            if (seen.times_ns[1] == 0) /* a connection that was open already */
                seen.times_ns[1] = -1;
            if (take_time(table, row_table_find(table, "response-time"), NS_PER_S,
                          &seen.times_ns[0]))
                request_log_add(&log, &seen);
            else
                telemetry_drop(reading, "a response time that is no number");
        }
    row_table_close(table);
    request_log_end(&log);
    tell_of_closed_loop(reading, "hey");
    return reading->err->status == STATUS_OK;
}

bool ab_accepts_gnuplot(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_starts(telemetry_line(beginning, 0), "starttime\tseconds\tctime");
}

bool ab_read_gnuplot(struct telemetry_reading *reading)
{
    static const char *const needed[] = {"seconds", "ctime", "ttime", NULL};
    struct request_log log;
    struct row_table *table = row_table_open(reading, '\t', NULL, 0);
    if (!table)
        return false;
    request_log_begin(&log, reading, client_times, 2, false);
    if (need_columns(reading, table, needed))
        while (row_table_next(table)) {
            struct request_seen seen = request_log_nothing();
            seen.resolution_ns = NS_PER_MS;
            take_time(table, row_table_find(table, "ctime"), NS_PER_MS, &seen.times_ns[1]);
            if (take_stamp(row_table_field(table, row_table_find(table, "seconds")), &seen) &&
                take_time(table, row_table_find(table, "ttime"), NS_PER_MS, &seen.times_ns[0]))
                request_log_add(&log, &seen);
            else
                telemetry_drop(reading, "a row without a time");
        }
    row_table_close(table);
    request_log_end(&log);
    tell_of_closed_loop(reading, "ab");
    return reading->err->status == STATUS_OK;
}

/* ---- a table of one's own -------------------------------------------------------------------- */

struct own_table {
    const char *time, *class;
    int time_column, class_column;
    int columns[ROW_TABLE_COLUMNS]; /* of each label */
    int64_t units[ROW_TABLE_COLUMNS];
};

static bool read_own_spec(struct telemetry_reading *reading, struct own_table *own)
{
    char shown[WORDING_SIZE];
    struct slice rest = reading->spec ? slice_of(reading->spec) : (struct slice){"", 0};
    while (rest.length > 0) {
        struct slice value = slice_cut(&rest, ','), role = slice_cut(&value, '=');
        const char **to = slice_equals(role, "time")    ? &own->time
                          : slice_equals(role, "class") ? &own->class
                                                        : NULL;
        if (!to || value.length == 0)
            return error_set(reading->err, STATUS_USAGE,
                             "csv: takes time=COLUMN and class=COLUMN; got %s",
                             wording_quote(slice_copy(role, reading->arena), shown));
        *to = slice_copy(value, reading->arena);
    }
    if (reading->all->label_count == 0 && !own->time)
        return error_set(reading->err, STATUS_USAGE,
                         "csv needs --label resource.metric=kind for the columns that count, or "
                         "csv:time=COLUMN for arrivals alone");
    return true;
}

static bool find_own_column(struct telemetry_reading *reading, const struct row_table *table,
                            const char *name, int *column)
{
    const char *const *names;
    size_t count = row_table_names(table, &names);
    char shown[WORDING_SIZE];
    *column = row_table_find(table, name);
    if (*column >= 0)
        return true;
    const char *meant = spelling_nearest(name, names, count);
    return telemetry_fail(reading, "has no column %s%s%s%s", wording_quote(name, shown),
                          meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

/* "_ms" at the end of a column's name. */
static bool find_own_unit(struct telemetry_reading *reading, const struct telemetry_label *label,
                          int64_t *unit_ns)
{
    static const struct {
        const char *suffix;
        int64_t unit_ns;
    } units[] = {{"_ns", 1}, {"_us", 1000}, {"_ms", 1000000}, {"_s", 1000000000}};
    size_t length = strlen(label->column);
    *unit_ns = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t ending = strlen(units[i].suffix);
        if (length > ending && strcmp(label->column + length - ending, units[i].suffix) == 0)
            *unit_ns = units[i].unit_ns;
    }
    if (*unit_ns > 0 || label->kind >= OBSERVED_COUNT)
        return true;
    return telemetry_fail(reading,
                          "column %s is a %s: its name must end in its unit, _ns, _us, _ms or _s",
                          label->column, observed_kind_names[label->kind]);
}

static bool find_own_columns(struct telemetry_reading *reading, const struct row_table *table,
                             struct own_table *own)
{
    own->time_column = own->class_column = -1;
    if ((own->time && !find_own_column(reading, table, own->time, &own->time_column)) ||
        (own->class && !find_own_column(reading, table, own->class, &own->class_column)))
        return false;
    for (size_t i = 0; i < reading->all->label_count && i < ROW_TABLE_COLUMNS; i++)
        if (!find_own_column(reading, table, reading->all->labels[i].column, &own->columns[i]) ||
            !find_own_unit(reading, &reading->all->labels[i], &own->units[i]))
            return false;
    return true;
}

static void take_own_value(struct telemetry_reading *reading, const struct row_table *table,
                           const struct own_table *own, size_t i, const char *class)
{
    const struct telemetry_label *label = &reading->all->labels[i];
    struct observed_figure *figure = observed_figure(reading->observed, reading->file, label->kind,
                                                     label->resource, label->metric, class);
    double number;
    int64_t ns;
    figure->method = "each row's own value, of the kind that --label says";
    if (label->kind < OBSERVED_COUNT) {
        if (slice_to_ns(row_table_field(table, own->columns[i]), own->units[i], &ns, NULL) &&
            ns >= 0)
            observed_add_value(reading->observed, figure, ns);
        else
            telemetry_drop(reading, "a time that is empty or no number");
        return;
    }
    if (!row_table_number(table, own->columns[i], &number))
        telemetry_drop(reading, "a figure that is empty or no number");
    else if (label->kind == OBSERVED_COUNT)
        observed_set_total(figure, number + (isnan(figure->value) ? 0 : figure->value), "1");
    else
        observed_add_level(reading->observed, figure, number);
}

static void take_own_row(struct telemetry_reading *reading, const struct row_table *table,
                         const struct own_table *own, struct observed_arrivals *arrivals)
{
    struct stamp stamp;
    char class[REQUEST_LOG_NAME] = "";
    if (own->time_column >= 0) {
        struct slice text = row_table_field(table, own->time_column);
        if (!stamp_parse(text, &stamp) && !stamp_parse_epoch(text, &stamp)) {
            if (!slice_to_ns(text, NS_PER_S, &stamp.ns, &stamp.resolution_ns) || stamp.ns < 0) {
                telemetry_drop(reading, "a row without a time");
                return;
            }
        }
        if (!telemetry_take_time(reading, stamp.ns))
            return;
        observed_take_resolution(arrivals, stamp.resolution_ns);
        observed_add_arrival(arrivals, stamp.ns);
    }
    if (own->class_column >= 0)
        request_log_name(row_table_field(table, own->class_column), class);
    for (size_t i = 0; i < reading->all->label_count && i < ROW_TABLE_COLUMNS; i++)
        take_own_value(reading, table, own, i, class);
    reading->rows++;
}

bool csv_read(struct telemetry_reading *reading)
{
    struct own_table own = {0};
    struct observed_arrivals *arrivals = NULL;
    if (!read_own_spec(reading, &own))
        return false;
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (!table)
        return false;
    if (own.time)
        arrivals = observed_add_arrivals(reading->observed, reading->file, "requests");
    if (find_own_columns(reading, table, &own))
        while (row_table_next(table))
            take_own_row(reading, table, &own, arrivals);
    row_table_close(table);
    return reading->err->status == STATUS_OK;
}
