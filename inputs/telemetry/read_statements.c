/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_statements.h"

#include "inputs/telemetry/finish.h"
#include "inputs/telemetry/row_table.h"
#include "inputs/telemetry/stamp.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>

enum { CALLS, TOTAL, SQUARES, PARTS, MOST_KEY = 160, MOST_STATEMENTS = 100 };

static const char *const part_names[PARTS] = {"calls", "total", "squares"};

bool statements_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "queryid") && row_table_has_column(beginning, "calls");
}

void statements_command(struct slice query, char *name, size_t size)
{
    size_t used = 0;
    while (query.length > 0 && !isalpha((unsigned char)query.at[0])) {
        bool is_comment = slice_starts(query, "/*");
        query = slice_skip(query, is_comment ? slice_find(query, "*/") + 2 : 1);
    }
    while (used < query.length && used + 1 < size && isalpha((unsigned char)query.at[used])) {
        name[used] = (char)tolower((unsigned char)query.at[used]);
        used++;
    }
    name[used] = '\0';
    if (used == 0)
        snprintf(name, size, "other");
}

/* "total_exec_time", or "total_time" as it was called up to 12. */
static int find_time(const struct row_table *table, const char *of)
{
    char name[40];
    snprintf(name, sizeof name, "%s_exec_time", of);
    int column = row_table_find(table, name);
    snprintf(name, sizeof name, "%s_time", of);
    return column >= 0 ? column : row_table_find(table, name);
}

/* "userid/dbid/queryid/toplevel command": the key without the part. */
static bool name_statement(const struct row_table *table, char key[MOST_KEY])
{
    static const char *const columns[] = {"userid", "dbid", "queryid", "toplevel"};
    char command[24];
    size_t used = 0;
    for (size_t i = 0; i < 4; i++) {
        struct slice part = row_table_field(table, row_table_find(table, columns[i]));
        if (part.length > 24)
            return false;
        used += (size_t)snprintf(key + used, MOST_KEY - used, "%s%.*s", i > 0 ? "/" : "",
                                 (int)part.length, part.at);
    }
    statements_command(row_table_field(table, row_table_find(table, "query")), command,
                       sizeof command);
    snprintf(key + used, MOST_KEY - used, " %s", command);
    return row_table_field(table, row_table_find(table, "queryid")).length > 0;
}

static bool read_numbers(const struct row_table *table, double parts[PARTS])
{
    double mean, sd = 0;
    if (!row_table_number(table, row_table_find(table, "calls"), &parts[CALLS]) ||
        !row_table_number(table, find_time(table, "total"), &parts[TOTAL]))
        return false;
    if (!row_table_number(table, find_time(table, "mean"), &mean))
        mean = parts[CALLS] > 0 ? parts[TOTAL] / parts[CALLS] : 0;
    bool has_sd = row_table_number(table, find_time(table, "stddev"), &sd);
    /* The view's deviation is the population's: divided by calls. */
    parts[SQUARES] = has_sd ? parts[CALLS] * (sd * sd + mean * mean) : NAN;
    return parts[CALLS] >= 0 && parts[TOTAL] >= 0;
}

static void take_row(struct telemetry_reading *reading, const struct row_table *table, int64_t ns)
{
    char key[MOST_KEY], full[MOST_KEY + 16];
    double parts[PARTS];
    if (slice_equals(row_table_field(table, row_table_find(table, "toplevel")), "f")) {
        telemetry_drop(reading, "a statement inside of another (toplevel = f)");
        return;
    }
    if (!name_statement(table, key) || !read_numbers(table, parts)) {
        telemetry_drop(reading, "a row without a queryid, calls or a time");
        return;
    }
    for (int p = 0; p < PARTS; p++) {
        if (isnan(parts[p]))
            continue;
        snprintf(full, sizeof full, "%s %s", part_names[p], key);
        counters_add(&reading->all->statements, slice_of(full), parts[p], reading->file, ns);
    }
    reading->rows++;
}

static int64_t time_of_row(const struct row_table *table)
{
    struct stamp stamp;
    int column = row_table_find(table, "snapshot") >= 0 ? row_table_find(table, "snapshot")
                                                        : row_table_find(table, "time");
    struct slice text = row_table_field(table, column);
    if (text.length > 0 && (stamp_parse(text, &stamp) || stamp_parse_epoch(text, &stamp)))
        return stamp.ns;
    return INT64_MIN;
}

bool statements_read(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    uint32_t headers = 0;
    int64_t last_ns = INT64_MIN;
    if (!table)
        return false;
    if (row_table_find(table, "calls") < 0 || find_time(table, "total") < 0)
        telemetry_fail(reading, "has no column calls, or no total_exec_time (total_time up to 12)");
    reading->all->statements.snapshots++;
    while (reading->err->status == STATUS_OK && row_table_next(table)) {
        int64_t ns = time_of_row(table);
        reading->all->statements.snapshots +=
            headers > 0 && (ns != last_ns || row_table_headers(table) != headers);
        headers = row_table_headers(table);
        last_ns = ns;
        if (ns != INT64_MIN)
            observed_file_time(reading->observed, reading->file, ns);
        take_row(reading, table, ns);
    }
    row_table_close(table);
    return reading->err->status == STATUS_OK;
}

/* ---- the difference -------------------------------------------------------------------------- */

static double part_growth(const struct counters *counters, int part, const char *key)
{
    char full[MOST_KEY + 16];
    snprintf(full, sizeof full, "%s %s", part_names[part], key);
    const struct counter *counter = counters_find(counters, full);
    return counter ? counters_growth(counter) : NAN;
}

static void make_statement(struct telemetry *telemetry, const char *key, size_t file,
                           const double parts[PARTS])
{
    char class[64];
    const char *command = strrchr(key, ' ') + 1;
    struct slice rest = slice_of(key);
    slice_cut(&rest, '/');
    slice_cut(&rest, '/');
    struct slice id = slice_cut(&rest, '/');
    snprintf(class, sizeof class, "%s_%.*s", command, (int)id.length, id.at);
    for (char *byte = class; *byte; byte++)
        *byte = *byte == '-' ? 'm' : *byte;
    struct observed_figure *figure = observed_figure(telemetry->observed, file, OBSERVED_SERVICE,
                                                     "database", "total_exec_time", class);
    double mean = parts[TOTAL] / parts[CALLS];
    double variance = parts[SQUARES] / parts[CALLS] - mean * mean;
    observed_set_moments(figure, (uint64_t)parts[CALLS], mean / 1e3,
                         isnan(variance) ? NAN : sqrt(fmax(variance, 0)) / 1e3);
    figure->method = "server time between two snapshots: no commit, no network, no time between";
}

static void make_totals(struct telemetry *telemetry, size_t file, double calls, double total)
{
    struct observed *observed = telemetry->observed;
    struct observed_figure *all =
        observed_figure(observed, file, OBSERVED_SERVICE, "database", "total_exec_time", "");
    observed_set_moments(all, (uint64_t)calls, total / calls / 1e3, NAN);
    all->method = "all statements together: total_exec_time / calls, of differences";
    struct observed_figure *count =
        observed_figure(observed, file, OBSERVED_COUNT, "database", "statements", "");
    observed_set_total(count, calls, "1");
    count->method = "difference of calls";
    struct observed_figure *busy =
        observed_figure(observed, file, OBSERVED_COUNT, "database", "busy_seconds", "");
    observed_set_total(busy, total / 1e3, "s");
    busy->method = "difference of total_exec_time: a lower bound of what connections were held for";
}

void finish_statements(struct telemetry *telemetry)
{
    const struct counters *counters = &telemetry->statements;
    size_t skipped = strlen(part_names[CALLS]) + 1, file = 0, made = 0, gone = 0, restarted = 0;
    double calls = 0, total = 0;
    for (size_t i = 0; i < counters->names.count; i++) {
        const char *name = counters->names.names[i];
        const struct counter *counter = &counters->counters[i];
        if (strncmp(name, "calls ", skipped) != 0)
            continue;
        double parts[PARTS];
        for (int p = 0; p < PARTS; p++)
            parts[p] = part_growth(counters, p, name + skipped);
        bool is_gone = counters->snapshots > 1 && counter->samples == 1 &&
                       counter->first_snapshot < counters->snapshots;
        gone += is_gone;
        restarted += counter->restarts > 0;
        if (is_gone || !(parts[CALLS] > 0))
            continue;
        calls += parts[CALLS];
        total += parts[TOTAL];
        file = counter->last_file;
        if (made++ < MOST_STATEMENTS)
            make_statement(telemetry, name + skipped, file, parts);
    }
    if (calls > 0)
        make_totals(telemetry, file, calls, total);
    if (restarted > 0)
        observed_find(
            telemetry->observed, false,
            "%zu statement%s of pg_stat_statements had fewer calls later than earlier: it "
            "was reset in between, and what came before is missing; or its snapshots were "
            "given in the wrong order",
            restarted, restarted == 1 ? "" : "s");
    if (gone > 0)
        observed_find(telemetry->observed, false,
                      "%zu statement%s of the first snapshot of pg_stat_statements are not in the "
                      "last: they were evicted, and what they took is missing",
                      gone, gone == 1 ? "" : "s");
}
