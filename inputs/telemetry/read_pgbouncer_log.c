/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_pgbouncer_log.h"

#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <strings.h>

/* A line of statistics; NAN: not in this layout. */
struct stats {
    double xacts_per_s, queries_per_s, xact_us, query_us, wait_us;
};

/* What the lines of statistics add up to, each weighted by its transactions. */
struct sums {
    double lines, xacts, xact_us, query_us, wait_us, wait_per_s_us;
    bool has_xacts, has_wait, is_old;
};

/* The text behind "stats:", in either case. */
static bool find_stats(struct slice line, struct slice *stats)
{
    size_t at = slice_find(line, "tats: ");
    if (at == 0 || at >= line.length || (line.at[at - 1] != 's' && line.at[at - 1] != 'S'))
        return false;
    *stats = slice_skip(line, at + strlen("tats: "));
    return true;
}

/* "4874 xacts/s", "wait time 45079 us", "query 0 us". */
static bool take_part(struct slice part, struct stats *stats)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {{"xacts/s", offsetof(struct stats, xacts_per_s)},
                {"queries/s", offsetof(struct stats, queries_per_s)},
                {"req/s", offsetof(struct stats, queries_per_s)},
                {"xact", offsetof(struct stats, xact_us)},
                {"query", offsetof(struct stats, query_us)},
                {"wait", offsetof(struct stats, wait_us)}};
    struct slice name, number, rest = slice_trim(part);
    bool is_number_first = rest.length > 0 && rest.at[0] >= '0' && rest.at[0] <= '9';
    name = slice_word(&rest);
    number = slice_word(&rest);
    if (slice_equals(number, "time"))
        number = slice_word(&rest);
    if (is_number_first) {
        struct slice swapped = name;
        name = number;
        number = swapped;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_equals(name, rows[i].name))
            return slice_to_number(number, false, (double *)((char *)stats + rows[i].offset));
    return true;
}

static bool parse_stats(struct slice text, struct stats *stats)
{
    *stats = (struct stats){NAN, NAN, NAN, NAN, NAN};
    while (text.length > 0)
        if (!take_part(slice_cut(&text, ','), stats))
            return false;
    return !isnan(stats->queries_per_s);
}

bool pgbouncer_log_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    for (size_t i = 0; i < 200; i++) {
        struct slice line = telemetry_line(beginning, i), text;
        struct stats stats;
        if ((find_stats(line, &text) && parse_stats(text, &stats)) ||
            slice_has(line, " LOG C-0x") || slice_has(line, " LOG S-0x"))
            return true;
        if (line.length == 0 && i > 20)
            break;
    }
    return false;
}

static struct observed_figure *figure_of(struct telemetry_reading *reading, enum observed_kind kind,
                                         const char *resource, const char *metric)
{
    return observed_figure(reading->observed, reading->file, kind, resource, metric, "");
}

static void add_stats(struct telemetry_reading *reading, const struct stats *stats,
                      struct sums *sums)
{
    bool has_xacts = !isnan(stats->xacts_per_s);
    double rate = has_xacts ? stats->xacts_per_s : stats->queries_per_s;
    struct observed_figure *rates =
        figure_of(reading, OBSERVED_RATE, "pooler", has_xacts ? "transactions" : "queries");
    observed_add_level(reading->observed, rates, rate);
    rates->unit = "1/s";
    rates->method = "average of the lines of statistics, one each stats_period";
    sums->lines++;
    sums->xacts += rate;
    sums->has_xacts |= has_xacts;
    sums->xact_us += has_xacts ? rate * stats->xact_us : 0;
    sums->query_us += isnan(stats->query_us) ? 0 : rate * stats->query_us;
    if (isnan(stats->wait_us))
        return;
    sums->has_wait = true;
    sums->wait_us += rate * stats->wait_us;
    sums->wait_per_s_us += stats->wait_us;
    sums->is_old |= stats->wait_us > stats->xact_us;
}

/* Connects, time-outs and ages of clients. */
static bool take_event(struct telemetry_reading *reading, struct slice line)
{
    struct observed *observed = reading->observed;
    const char *metric = slice_has(line, "query_wait_timeout")         ? "timeouts"
                         : slice_has(line, "new connection to server") ? "server_connects"
                                                                       : NULL;
    if (metric) {
        struct observed_figure *count = figure_of(reading, OBSERVED_COUNT, "pooler", metric);
        observed_set_total(count, isnan(count->value) ? 1 : count->value + 1, "1");
        count->method = "lines of the log";
        return true;
    }
    size_t age = slice_find(line, "(age=");
    uint64_t seconds;
    if (age >= line.length || !slice_has(line, " C-0x"))
        return false;
    struct slice rest = slice_skip(line, age + strlen("(age="));
    struct slice number = slice_cut(&rest, 's');
    if (!slice_to_count(number, &seconds) || seconds > 1000000000)
        return false;
    struct observed_figure *ages = figure_of(reading, OBSERVED_HOLD, "clients", "age");
    ages->method = "how long clients stayed connected to the pooler";
    ages->resolution_ns = 1000000000;
    observed_add_value(observed, ages, (int64_t)seconds * 1000000000);
    return true;
}

static void make_means(struct telemetry_reading *reading, const struct sums *sums)
{
    if (!(sums->xacts > 0) || !sums->has_xacts)
        return;
    struct observed_figure *response = figure_of(reading, OBSERVED_RESPONSE, "pooler", "xact");
    observed_set_moments(response, 0, sums->xact_us / sums->xacts / 1e6, NAN);
    response->method = "xact us, weighted by transactions: contains the wait for a server";
    if (!sums->has_wait)
        return;
    /* Waited in a second, over the transactions of a second. */
    double wait = sums->is_old ? sums->wait_per_s_us / sums->xacts : sums->wait_us / sums->xacts;
    struct observed_figure *waited = figure_of(reading, OBSERVED_WAIT, "pooler", "wait");
    observed_set_moments(waited, 0, wait / 1e6, NAN);
    struct observed_figure *hold = figure_of(reading, OBSERVED_HOLD, "pooler", "xact - wait");
    observed_set_moments(hold, 0, fmax(sums->xact_us / sums->xacts - wait, 0) / 1e6, NAN);
    waited->method = sums->is_old ? "wait us in a second over transactions in a second (before "
                                    "1.23: a line has wait > xact)"
                                  : "wait us, weighted by transactions (as from 1.23 on)";
    hold->method = "xact us - wait, weighted by transactions";
    if (sums->is_old)
        return;
    waited->is_biased = hold->is_biased = true;
    observed_find(reading->observed, false,
                  "%s: no line has wait > xact, so whether `wait` is of one assignment (PgBouncer "
                  "1.23 and later) or of a second (before) cannot be told from the log; SHOW STATS "
                  "before and after settles it",
                  reading->observed->files[reading->file].path);
}

bool pgbouncer_log_read(struct telemetry_reading *reading)
{
    struct slice line, text;
    struct sums sums = {0};
    while (line_source_next(reading->source, &line, reading->err)) {
        struct stamp stamp;
        struct stats stats;
        if (stamp_parse(line, &stamp) && !telemetry_take_time(reading, stamp.ns))
            continue;
        bool is_stats = find_stats(line, &text);
        bool is_taken = is_stats ? parse_stats(text, &stats) : take_event(reading, line);
        if (is_taken && is_stats)
            add_stats(reading, &stats, &sums);
        if (is_taken)
            reading->rows++;
        else
            telemetry_drop(reading, is_stats ? "statistics of an unknown layout"
                                             : "no statistics, connect, close or time-out");
    }
    make_means(reading, &sums);
    return reading->err->status == STATUS_OK;
}
