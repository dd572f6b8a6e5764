/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_load_summaries.h"

#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/row_table.h"
#include <math.h>
#include <stdlib.h>

#define NS_PER_MS INT64_C(1000000)

/* "name: 12.3 ms" or "name = 12.3 ms": the number behind it. */
static bool find_number(struct slice line, const char *name, double *value)
{
    if (!slice_starts(line, name))
        return false;
    struct slice rest = slice_trim(slice_skip(line, strlen(name)));
    while (rest.length > 0 && (rest.at[0] == ':' || rest.at[0] == '=' || rest.at[0] == ' '))
        rest = slice_skip(rest, 1);
    return slice_to_number(slice_word(&rest), false, value);
}

/* Numbers that a report has by name; NAN: not there. */
struct named_number {
    const char *name;
    double value;
};

static void read_named(struct telemetry_reading *reading, struct named_number *numbers,
                       size_t count)
{
    struct slice line;
    while (line_source_next(reading->source, &line, reading->err))
        for (size_t i = 0; i < count; i++)
            if (isnan(numbers[i].value) && find_number(line, numbers[i].name, &numbers[i].value))
                reading->rows++;
}

static struct observed_figure *figure_of(struct telemetry_reading *reading, enum observed_kind kind,
                                         const char *resource, const char *metric)
{
    return observed_figure(reading->observed, reading->file, kind, resource, metric, "");
}

static void set_total(struct telemetry_reading *reading, enum observed_kind kind,
                      const char *resource, const char *metric, double value, const char *unit,
                      const char *method)
{
    if (isnan(value))
        return;
    struct observed_figure *figure = figure_of(reading, kind, resource, metric);
    observed_set_total(figure, value, unit);
    figure->method = method;
}

/* ---- pgbench --------------------------------------------------------------------------------- */

bool pgbench_accepts_summary(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(beginning, "transaction type: ") && slice_has(beginning, "latency average");
}

bool pgbench_read_summary(struct telemetry_reading *reading)
{
    enum { TRANSACTIONS, MEAN, SD, LAG, CLIENTS, TPS, CONNECT, NUMBERS };
    struct named_number numbers[NUMBERS] = {{"number of transactions actually processed", NAN},
                                            {"latency average", NAN},
                                            {"latency stddev", NAN},
                                            {"rate limit schedule lag: avg", NAN},
                                            {"number of clients", NAN},
                                            {"tps", NAN},
                                            {"initial connection time", NAN}};
    read_named(reading, numbers, NUMBERS);
    double count = numbers[TRANSACTIONS].value;
    if (reading->err->status != STATUS_OK)
        return false;
    if (!(count > 0) || isnan(numbers[MEAN].value))
        return telemetry_fail(reading, "has no number of transactions, or no average latency");
    struct observed_figure *response = figure_of(reading, OBSERVED_RESPONSE, "requests", "latency");
    observed_set_moments(response, (uint64_t)count, numbers[MEAN].value / 1e3,
                         numbers[SD].value / 1e3);
    response->method = isnan(numbers[LAG].value)
                           ? "latency average and stddev"
                           : "latency average and stddev: contain the lag behind the schedule";
    if (!isnan(numbers[LAG].value)) {
        struct observed_figure *lag = figure_of(reading, OBSERVED_WAIT, "schedule", "lag");
        observed_set_moments(lag, (uint64_t)count, numbers[LAG].value / 1e3, NAN);
        lag->method = "rate limit schedule lag";
        struct observed_figure *server =
            figure_of(reading, OBSERVED_RESPONSE, "server", "latency - lag");
        observed_set_moments(server, (uint64_t)count,
                             (numbers[MEAN].value - numbers[LAG].value) / 1e3, NAN);
        server->method = "latency average - lag average";
    }
    set_total(reading, OBSERVED_GAUGE, "requests", "users", numbers[CLIENTS].value, "1",
              "number of clients");
    set_total(reading, OBSERVED_RATE, "requests", "tps", numbers[TPS].value, "1/s", "tps");
    return true;
}

enum { AGGREGATE_COLUMNS = 6, AGGREGATE_LAGGED = 10, AGGREGATE_MOST = 20 };

/* interval, transactions, sum, sum of squares, least, largest [us], and with -R the same of lags.
 */
static size_t parse_aggregate(struct slice line, double numbers[AGGREGATE_MOST])
{
    size_t count = 0;
    while (line.length > 0) {
        struct slice word = slice_word(&line);
        if (count == AGGREGATE_MOST || !slice_to_number(word, false, &numbers[count]) ||
            numbers[count] < 0 || slice_has(word, "."))
            return 0;
        count++;
    }
    bool is_aggregate = count >= AGGREGATE_COLUMNS && numbers[0] > 1e8 && numbers[0] < 4e9 &&
                        numbers[4] <= numbers[5];
    return is_aggregate ? count : 0;
}

bool pgbench_accepts_aggregate(struct slice beginning, bool is_all)
{
    double numbers[AGGREGATE_MOST];
    (void)is_all;
    return parse_aggregate(telemetry_line(beginning, 0), numbers) > 0;
}

static void set_aggregated(struct observed_figure *figure, double count, double sum, double squares)
{
    double mean = sum / count, variance = (squares - count * mean * mean) / (count - 1);
    observed_set_moments(figure, (uint64_t)count, mean / 1e6,
                         count > 1 ? sqrt(fmax(variance, 0)) / 1e6 : NAN);
}

bool pgbench_read_aggregate(struct telemetry_reading *reading)
{
    struct slice line;
    double count = 0, sum = 0, squares = 0, lag = 0, lag_squares = 0, numbers[AGGREGATE_MOST];
    bool has_lag = false;
    struct observed_figure *rate = figure_of(reading, OBSERVED_RATE, "requests", "transactions");
    while (line_source_next(reading->source, &line, reading->err)) {
        size_t columns = parse_aggregate(line, numbers);
        if (columns == 0) {
            telemetry_drop(reading, "no interval of pgbench");
            continue;
        }
        if (!telemetry_take_time(reading, (int64_t)numbers[0] * 1000000000))
            continue;
        reading->rows++;
        count += numbers[1];
        sum += numbers[2];
        squares += numbers[3];
        observed_add_level(reading->observed, rate, numbers[1]);
        has_lag |= columns >= AGGREGATE_LAGGED;
        lag += columns >= AGGREGATE_LAGGED ? numbers[6] : 0;
        lag_squares += columns >= AGGREGATE_LAGGED ? numbers[7] : 0;
    }
    rate->unit = "1";
    rate->method = "transactions of one interval, averaged";
    if (!(count > 0))
        return reading->err->status == STATUS_OK;
    struct observed_figure *response = figure_of(reading, OBSERVED_RESPONSE, "requests", "latency");
    set_aggregated(response, count, sum, squares);
    response->method = "sums and sums of squares of the intervals";
    if (has_lag) {
        struct observed_figure *wait = figure_of(reading, OBSERVED_WAIT, "schedule", "lag");
        set_aggregated(wait, count, lag, lag_squares);
        wait->method = "sums and sums of squares of the intervals";
    }
    return reading->err->status == STATUS_OK;
}

/* ---- ab -------------------------------------------------------------------------------------- */

bool ab_accepts_report(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(beginning, "This is ApacheBench") && slice_has(beginning, "Time per request:");
}

bool ab_read_report(struct telemetry_reading *reading)
{
    enum { CONCURRENCY, SECONDS, COMPLETE, FAILED, RATE, MEAN, NUMBERS };
    struct named_number numbers[NUMBERS] = {
        {"Concurrency Level", NAN}, {"Time taken for tests", NAN}, {"Complete requests", NAN},
        {"Failed requests", NAN},   {"Requests per second", NAN},  {"Time per request", NAN}};
    read_named(reading, numbers, NUMBERS);
    if (reading->err->status != STATUS_OK)
        return false;
    if (!(numbers[COMPLETE].value > 0) || isnan(numbers[MEAN].value))
        return telemetry_fail(reading, "has no complete requests, or no time per request");
    struct observed_figure *response =
        figure_of(reading, OBSERVED_RESPONSE, "requests", "Time per request");
    observed_set_moments(response, (uint64_t)numbers[COMPLETE].value, numbers[MEAN].value / 1e3,
                         NAN);
    response->method = "Time per request (mean)";
    set_total(reading, OBSERVED_RATE, "requests", "Requests per second", numbers[RATE].value, "1/s",
              "Requests per second");
    set_total(reading, OBSERVED_GAUGE, "requests", "users", numbers[CONCURRENCY].value, "1",
              "Concurrency Level");
    return true;
}

/* Percentiles as buckets: between two of them lies their share of the values. */
struct percentiles {
    double tops[ROW_TABLE_COLUMNS],
        below[ROW_TABLE_COLUMNS]; /* [s]; share of the values up to the top */
    size_t count;
};

/* Percentiles must not fall, nor the values; a repeated value keeps the greater share. */
static void add_percentile(struct percentiles *all, double value_s, double share)
{
    if (all->count > 0 && value_s <= all->tops[all->count - 1]) {
        if (share > all->below[all->count - 1])
            all->below[all->count - 1] = share;
        return;
    }
    if (all->count < ROW_TABLE_COLUMNS - 1 && value_s > 0 && share >= 0 && share <= 1) {
        all->tops[all->count] = value_s;
        all->below[all->count++] = share;
    }
}

static void set_percentiles(struct telemetry_reading *reading, struct observed_figure *figure,
                            struct percentiles *all, double values, double mean_s)
{
    uint64_t counts[ROW_TABLE_COLUMNS];
    double before = 0;
    for (size_t i = 0; i < all->count; i++) {
        counts[i] = (uint64_t)llround(values * all->below[i]) - (uint64_t)llround(values * before);
        before = all->below[i];
    }
    all->tops[all->count] = INFINITY;
    counts[all->count] = (uint64_t)llround(values) - (uint64_t)llround(values * before);
    observed_set_buckets(reading->observed, figure, all->count + 1, all->tops, counts, mean_s);
}

bool ab_accepts_percentiles(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_starts(beginning, "Percentage served,Time in ms");
}

bool ab_read_percentiles(struct telemetry_reading *reading)
{
    struct percentiles all = {.count = 0};
    double share, value;
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    while (table && row_table_next(table)) {
        if (!row_table_number(table, 0, &share) || !row_table_number(table, 1, &value)) {
            telemetry_drop(reading, "no percentile");
            continue;
        }
        reading->rows++;
        add_percentile(&all, value / 1e3, share / 100);
    }
    if (table)
        row_table_close(table);
    struct observed_figure *figure =
        figure_of(reading, OBSERVED_RESPONSE, "requests", "percentiles");
    /* How many values they are of is not in the file: shares of 10,000. */
    set_percentiles(reading, figure, &all, 10000, NAN);
    figure->method = "percentiles alone, as shares of 10,000: the number of values is not in the "
                     "file";
    figure->is_biased = true;
    return reading->err->status == STATUS_OK;
}

/* ---- Locust ---------------------------------------------------------------------------------- */

bool locust_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "Request Count") &&
           row_table_has_column(beginning, "Average Response Time");
}

static void take_locust(struct telemetry_reading *reading, const struct row_table *table)
{
    static const char *const shares[] = {"50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%"};
    char class[REQUEST_LOG_NAME] = "";
    struct percentiles all = {.count = 0};
    struct slice name = row_table_field(table, row_table_find(table, "Name"));
    double count, mean, value;
    if (!row_table_number(table, row_table_find(table, "Request Count"), &count) || !(count > 0) ||
        !row_table_number(table, row_table_find(table, "Average Response Time"), &mean)) {
        telemetry_drop(reading, "a row without a count or an average");
        return;
    }
    if (!slice_equals(name, "Aggregated"))
        request_log_name(name, class);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        if (row_table_number(table, row_table_find(table, shares[i]), &value))
            add_percentile(&all, value / 1e3, strtod(shares[i], NULL) / 100);
    struct observed_figure *figure =
        observed_figure(reading->observed, reading->file, OBSERVED_RESPONSE, "requests",
                        "Average Response Time", class);
    set_percentiles(reading, figure, &all, count, mean / 1e3);
    figure->method = "average; percentiles rounded to two digits, as buckets";
    reading->rows++;
}

bool locust_read(struct telemetry_reading *reading)
{
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    while (table && row_table_next(table))
        take_locust(reading, table);
    if (table)
        row_table_close(table);
    return reading->err->status == STATUS_OK;
}

/* ---- .hgrm ----------------------------------------------------------------------------------- */

/* "       0.537     0.200000      1080538         1.25" */
static bool parse_spectrum(struct slice line, double *value, double *share, double *total)
{
    line = slice_trim(line);
    return slice_to_number(slice_word(&line), false, value) &&
           slice_to_number(slice_word(&line), false, share) &&
           slice_to_number(slice_word(&line), false, total) && *value >= 0 && *share >= 0 &&
           *share <= 1 && *total >= 0 && *total < 1e18;
}

bool hgrm_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(beginning, "Value") && slice_has(beginning, "Percentile") &&
           slice_has(beginning, "TotalCount");
}

/* Each row's own values: those up to it that were not in the row before, all taken at its value,
 * which is the upper end of what the histogram could tell apart. */
bool hgrm_read(struct telemetry_reading *reading)
{
    struct slice line;
    double value, share, total, before = 0;
    struct observed_figure *figure = figure_of(reading, OBSERVED_RESPONSE, "requests", "spectrum");
    while (line_source_next(reading->source, &line, reading->err)) {
        if (!parse_spectrum(line, &value, &share, &total) || value > 1e12) {
            telemetry_drop(reading, "no row of the spectrum");
            continue;
        }
        if (total > before)
            observed_add_values(reading->observed, figure, llround(value * 1e6),
                                (uint64_t)(total - before));
        before = fmax(before, total);
        reading->rows++;
    }
    figure->method = "rows of the spectrum [ms]: each value at the upper end of its step";
    figure->resolution_ns = NS_PER_MS / 1000;
    return reading->err->status == STATUS_OK;
}
