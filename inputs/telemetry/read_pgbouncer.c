/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_pgbouncer.h"

#include "inputs/telemetry/finish.h"
#include "inputs/telemetry/row_table.h"
#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <stdio.h>

enum { XACT_COUNT, QUERY_COUNT, ASSIGNMENTS, XACT_TIME, QUERY_TIME, WAIT_TIME, TOTALS };

static const char *const total_names[TOTALS] = {
    "total_xact_count", "total_query_count", "total_server_assignment_count",
    "total_xact_time",  "total_query_time",  "total_wait_time"};

/* SHOW STATS_TOTALS calls them without "total_". */
static int find_total(const struct row_table *table, int total)
{
    int column = row_table_find(table, total_names[total]);
    return column >= 0 ? column : row_table_find(table, total_names[total] + strlen("total_"));
}

/* A stamp in a column called time or snapshot, or INT64_MIN. */
static int64_t time_of_row(const struct row_table *table)
{
    struct stamp stamp;
    int column = row_table_find(table, "time") >= 0 ? row_table_find(table, "time")
                                                    : row_table_find(table, "snapshot");
    struct slice text = row_table_field(table, column);
    if (text.length > 0 && (stamp_parse(text, &stamp) || stamp_parse_epoch(text, &stamp)))
        return stamp.ns;
    return INT64_MIN;
}

/* ---- SHOW STATS ------------------------------------------------------------------------------ */

bool pgbouncer_accepts_stats(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "database") &&
           (row_table_has_column(beginning, "total_xact_time") ||
            (row_table_has_column(beginning, "xact_time") &&
             row_table_has_column(beginning, "wait_time")));
}

static bool check_columns(struct telemetry_reading *reading, const struct row_table *table)
{
    static const int needed[] = {XACT_COUNT, XACT_TIME, WAIT_TIME};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (find_total(table, needed[i]) < 0)
            return telemetry_fail(reading,
                                  "has no column %s: that is no SHOW STATS of 1.8 or later",
                                  total_names[needed[i]]);
    return row_table_find(table, "database") >= 0 ||
           telemetry_fail(reading, "has no column database");
}

static void take_stats(struct telemetry_reading *reading, const struct row_table *table)
{
    char key[200];
    struct slice database = row_table_field(table, row_table_find(table, "database"));
    int64_t ns = time_of_row(table);
    if (slice_equals(database, "pgbouncer")) {
        telemetry_drop(reading, "PgBouncer's own console");
        return;
    }
    if (database.length == 0 || database.length > 64) {
        telemetry_drop(reading, "a row without a database");
        return;
    }
    if (ns != INT64_MIN && !telemetry_take_time(reading, ns))
        return;
    for (int t = 0; t < TOTALS; t++) {
        double value;
        if (!row_table_number(table, find_total(table, t), &value))
            continue;
        snprintf(key, sizeof key, "%s %.*s", total_names[t], (int)database.length, database.at);
        counters_add(&reading->all->pooler, slice_of(key), value, reading->file, ns);
    }
    reading->rows++;
}

bool pgbouncer_read_stats(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    uint32_t headers = 0;
    int64_t last_ns = INT64_MIN;
    const char *const *names;
    if (!table)
        return false;
    reading->all->pooler.snapshots++;
    /* The columns of an expanded table are known with its first row, others with the header. */
    bool is_known = row_table_names(table, &names) > 0;
    if (is_known)
        check_columns(reading, table);
    while (reading->err->status == STATUS_OK && row_table_next(table)) {
        if (headers == 0 && !is_known && !check_columns(reading, table))
            break;
        /* psql -x numbers the rows of each snapshot from 1: there a header is a row. */
        bool is_new = time_of_row(table) != last_ns && headers > 0;
        reading->all->pooler.snapshots += is_new;
        headers = 1;
        last_ns = time_of_row(table);
        take_stats(reading, table);
    }
    row_table_close(table);
    /* A snapshot from before the first transaction says that all totals were zero. */
    reading->rows += reading->rows == 0 && headers > 0;
    return reading->err->status == STATUS_OK;
}

static double growth_of(const struct counters *counters, int total, const char *database)
{
    char key[200];
    snprintf(key, sizeof key, "%s %s", total_names[total], database);
    const struct counter *counter = counters_find(counters, key);
    return counter ? counters_growth(counter) : NAN;
}

static void make_means(struct observed *observed, size_t file, const char *class,
                       const double totals[TOTALS])
{
    double xacts = totals[XACT_COUNT], wait = totals[WAIT_TIME] / 1e6;
    if (!(xacts > 0))
        return;
    bool has_assignments = totals[ASSIGNMENTS] > 0;
    double assignments = has_assignments ? totals[ASSIGNMENTS] : xacts;
    struct observed_figure *hold =
        observed_figure(observed, file, OBSERVED_HOLD, "pooler", "xact_time - wait_time", class);
    observed_set_moments(hold, (uint64_t)xacts, (totals[XACT_TIME] / 1e6 - wait) / xacts, NAN);
    hold->method = "(total_xact_time - total_wait_time) / total_xact_count, of differences";
    struct observed_figure *waited =
        observed_figure(observed, file, OBSERVED_WAIT, "pooler", "wait_time", class);
    observed_set_moments(waited, (uint64_t)assignments, wait / assignments, NAN);
    waited->method = has_assignments
                         ? "total_wait_time / total_server_assignment_count, of differences"
                         : "total_wait_time / total_xact_count, of differences; who gave up is "
                           "not in it";
    struct observed_figure *response =
        observed_figure(observed, file, OBSERVED_RESPONSE, "pooler", "xact_time", class);
    observed_set_moments(response, (uint64_t)xacts, totals[XACT_TIME] / 1e6 / xacts, NAN);
    response->method = "total_xact_time / total_xact_count: contains the wait for a server";
    struct observed_figure *count =
        observed_figure(observed, file, OBSERVED_COUNT, "pooler", "transactions", class);
    observed_set_total(count, xacts, "1");
    count->method = "difference of total_xact_count";
    if (totals[QUERY_COUNT] > 0) {
        struct observed_figure *queries =
            observed_figure(observed, file, OBSERVED_COUNT, "pooler", "queries", class);
        observed_set_total(queries, totals[QUERY_COUNT], "1");
        queries->method = "difference of total_query_count; BEGIN and COMMIT count, too";
    }
}

static void make_rate(struct observed *observed, const struct counter *counter)
{
    if (counter->first_ns == INT64_MIN || counter->last_ns <= counter->first_ns)
        return;
    struct observed_figure *rate =
        observed_figure(observed, counter->last_file, OBSERVED_RATE, "pooler", "transactions", "");
    double seconds = (double)(counter->last_ns - counter->first_ns) / 1e9;
    double before = isnan(rate->value) ? 0 : rate->value;
    observed_set_total(rate, before + counter->growth / seconds, "1/s");
    rate->method = "transactions between the first and the last snapshot, over the time between";
}

/* The names that pgbouncer_exporter's series became figures under are those of SHOW STATS. */
static bool take_exported(struct observed *observed, double totals[TOTALS], size_t *file)
{
    const struct observed_figure *count =
        observed_find_figure(observed, OBSERVED_COUNT, "pooler", total_names[XACT_COUNT], NULL);
    for (int t = 0; t < TOTALS && count; t++) {
        const struct observed_figure *figure =
            observed_find_figure(observed, OBSERVED_COUNT, "pooler", total_names[t], NULL);
        bool is_time = t >= XACT_TIME;
        totals[t] = figure ? figure->value * (is_time ? 1e6 : 1) : NAN;
        *file = count->file;
    }
    return count != NULL;
}

void finish_pooler(struct telemetry *telemetry)
{
    const struct counters *counters = &telemetry->pooler;
    double sums[TOTALS] = {0};
    size_t databases = 0, file = 0, skipped = strlen(total_names[XACT_COUNT]) + 1;
    for (size_t i = 0; i < counters->names.count; i++) {
        const char *name = counters->names.names[i];
        if (strncmp(name, total_names[XACT_COUNT], skipped - 1) != 0)
            continue;
        const char *database = name + skipped;
        double totals[TOTALS];
        for (int t = 0; t < TOTALS; t++) {
            totals[t] = growth_of(counters, t, database);
            sums[t] += isnan(totals[t]) ? 0 : totals[t];
        }
        databases++;
        file = counters->counters[i].last_file;
        make_means(telemetry->observed, file, database, totals);
        make_rate(telemetry->observed, &counters->counters[i]);
        if (counters->counters[i].restarts > 0)
            observed_find(telemetry->observed, false,
                          "PgBouncer restarted between two snapshots of %s: what it counted before "
                          "the restart is missing",
                          database);
    }
    if (databases > 0 || take_exported(telemetry->observed, sums, &file))
        make_means(telemetry->observed, file, "", sums);
}

/* ---- SHOW POOLS ------------------------------------------------------------------------------ */

enum { CL_ACTIVE, CL_WAITING, SV_ACTIVE, SV_IDLE, SV_LOGIN, LEVELS };
static const char *const level_names[LEVELS] = {"cl_active", "waiting", "busy", "idle", "sv_login"};

bool pgbouncer_accepts_pools(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "cl_waiting") &&
           row_table_has_column(beginning, "sv_active");
}

static double sum_columns(const struct row_table *table, const char *const *names)
{
    double sum = 0, value;
    for (size_t i = 0; names[i]; i++)
        if (row_table_number(table, row_table_find(table, names[i]), &value))
            sum += value;
    return sum;
}

static void add_pool(const struct row_table *table, double levels[LEVELS])
{
    static const char *const columns[LEVELS][4] = {{"cl_active", NULL},
                                                   {"cl_waiting", NULL},
                                                   {"sv_active", NULL},
                                                   {"sv_idle", "sv_used", "sv_tested", NULL},
                                                   {"sv_login", NULL}};
    for (int i = 0; i < LEVELS; i++)
        levels[i] += sum_columns(table, columns[i]);
}

/* All pools of one snapshot together. */
static void end_snapshot(struct telemetry_reading *reading, double levels[LEVELS])
{
    for (int i = 0; i < LEVELS; i++) {
        struct observed_figure *figure = observed_figure(
            reading->observed, reading->file, OBSERVED_GAUGE, "pooler", level_names[i], "");
        figure->method = "average of the snapshots of SHOW POOLS, all pools together";
        observed_add_level(reading->observed, figure, levels[i]);
        levels[i] = 0;
    }
}

#define SAMPLE_NS 100000000 /* rows of one sample are stamped within this */

/* A row of another sample. Without times (INT64_MIN) there is one. */
static bool is_later(int64_t ns, int64_t before)
{
    return ns != before &&
           (ns == INT64_MIN || before == INT64_MIN || ns < before || ns - before > SAMPLE_NS);
}

bool pgbouncer_read_pools(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    double levels[LEVELS] = {0};
    uint32_t headers = 0;
    int64_t last_ns = INT64_MIN;
    if (!table)
        return false;
    while (row_table_next(table)) {
        if (row_table_find(table, "cl_active") < 0 || row_table_find(table, "sv_active") < 0) {
            telemetry_fail(reading, "has no columns cl_active and sv_active");
            break;
        }
        int64_t ns = time_of_row(table);
        bool is_expanded = row_table_headers(table) > 1 && ns == INT64_MIN;
        bool is_new = headers > 0 && (is_later(ns, last_ns) ||
                                      (row_table_headers(table) != headers && !is_expanded));
        if (is_new)
            end_snapshot(reading, levels);
        headers = row_table_headers(table);
        last_ns = ns;
        if (ns != INT64_MIN && !telemetry_take_time(reading, ns))
            continue;
        reading->rows++;
        if (slice_equals(row_table_field(table, row_table_find(table, "database")), "pgbouncer"))
            telemetry_drop(reading, "PgBouncer's own console");
        else
            add_pool(table, levels);
    }
    if (headers > 0)
        end_snapshot(reading, levels);
    row_table_close(table);
    return reading->err->status == STATUS_OK;
}

/* ---- SHOW CONFIG ----------------------------------------------------------------------------- */

bool pgbouncer_accepts_config(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "key") && row_table_has_column(beginning, "changeable");
}

bool pgbouncer_read_config(struct telemetry_reading *reading)
{
    static const struct {
        const char *key, *path, *unit;
    } keys[] = {{"default_pool_size", "pooler.max", "1"},
                {"min_pool_size", "pooler.min", "1"},
                {"query_wait_timeout", "pooler.acquire_timeout", "s"},
                {"server_idle_timeout", "pooler.idle_timeout", "s"},
                {"server_lifetime", "pooler.max_lifetime", "s"},
                {"max_client_conn", "pooler.clients", "1"}};
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (table && (row_table_find(table, "key") < 0 || row_table_find(table, "value") < 0))
        telemetry_fail(reading, "has no columns key and value");
    while (table && reading->err->status == STATUS_OK && row_table_next(table)) {
        struct slice key = row_table_field(table, row_table_find(table, "key"));
        struct slice value = row_table_field(table, row_table_find(table, "value"));
        double number;
        reading->rows++;
        if (slice_equals(key, "pool_mode"))
            observed_set_setting(reading->observed, reading->file, "pooler.mode", NAN, "",
                                 slice_copy(value, reading->arena));
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (slice_equals(key, keys[i].key) && slice_to_number(value, false, &number))
                observed_set_setting(reading->observed, reading->file, keys[i].path, number,
                                     keys[i].unit, slice_copy(value, reading->arena));
    }
    if (table)
        row_table_close(table);
    return reading->err->status == STATUS_OK;
}
