/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_settings.h"

#include "inputs/telemetry/row_table.h"
#include <ctype.h>
#include <math.h>

/* ---- .env ------------------------------------------------------------------------------------ */

/* "NAME=" in capitals, perhaps behind "export ". */
static bool split_line(struct slice line, struct slice *name, struct slice *value)
{
    line = slice_trim(line);
    if (slice_starts(line, "export "))
        line = slice_trim(slice_skip(line, strlen("export ")));
    if (line.length == 0 || line.at[0] == '#' || !slice_has(line, "="))
        return false;
    *value = line;
    *name = slice_trim(slice_cut(value, '='));
    *value = slice_unquote(slice_trim(*value));
    for (size_t i = 0; i < name->length; i++) {
        unsigned char byte = (unsigned char)name->at[i];
        if (!isupper(byte) && !isdigit(byte) && byte != '_')
            return false;
    }
    return name->length > 0;
}

bool env_accepts(struct slice beginning, bool is_all)
{
    bool has_pool = false;
    struct slice name, value;
    for (size_t i = 0; is_all && i < 200; i++) {
        struct slice line = telemetry_line(beginning, i);
        if (line.length == 0 || line.at[0] == '#')
            continue;
        if (!split_line(line, &name, &value))
            return false;
        has_pool |= slice_has(name, "POOL");
    }
    return has_pool;
}

struct env_key {
    const char *part, *path;
    bool is_time;
};

/* The longer names first: "IDLE_TIMEOUT" has no "MAX" in it, "MAX_LIFETIME" has. */
static const struct env_key env_keys[] = {
    {"IDLE_TIMEOUT", "pool.idle_timeout", true},
    {"CONNECTION_TIMEOUT", "pool.acquire_timeout", true},
    {"ACQUIRE_TIMEOUT", "pool.acquire_timeout", true},
    {"MAX_LIFETIME", "pool.max_lifetime", true},
    {"MAX_USES", "pool.max_uses", false},
    {"MIN", "pool.min", false},
    {"MAX", "pool.max", false},
    {"SIZE", "pool.max", false},
};

static bool ends_with(struct slice name, const char *suffix)
{
    size_t length = strlen(suffix);
    return name.length > length && memcmp(name.at + name.length - length, suffix, length) == 0;
}

static double seconds_of(struct telemetry_reading *reading, struct slice name, double number)
{
    if (ends_with(name, "_MS") || ends_with(name, "_MILLIS") || ends_with(name, "MILLISECONDS"))
        return number / 1e3;
    if (ends_with(name, "_S") || ends_with(name, "_SECONDS"))
        return number;
    bool is_ms = number >= 1000;
    observed_find(reading->observed, false, "%s: %.*s names no unit; taken as %s",
                  reading->observed->files[reading->file].path, (int)name.length, name.at,
                  is_ms ? "milliseconds" : "seconds");
    return is_ms ? number / 1e3 : number;
}

static void take_env(struct telemetry_reading *reading, struct slice name, struct slice value)
{
    double number;
    for (size_t i = 0; i < sizeof env_keys / sizeof env_keys[0]; i++) {
        if (!slice_has(name, env_keys[i].part))
            continue;
        if (!slice_to_number(value, false, &number) || number < 0) {
            telemetry_drop(reading, "a setting of the pool that is no number");
            return;
        }
        bool is_time = env_keys[i].is_time;
        observed_set_setting(reading->observed, reading->file, env_keys[i].path,
                             is_time ? seconds_of(reading, name, number) : number,
                             is_time ? "s" : "1", slice_copy(value, reading->arena));
        reading->rows++;
        return;
    }
    telemetry_drop(reading, "another setting of the pool");
}

bool env_read(struct telemetry_reading *reading)
{
    struct slice line, name, value;
    while (line_source_next(reading->source, &line, reading->err)) {
        if (!split_line(line, &name, &value))
            continue;
        if (slice_has(name, "POOL"))
            take_env(reading, name, value);
        else
            telemetry_drop(reading, "a setting that is not of the pool");
    }
    return reading->err->status == STATUS_OK;
}

/* ---- pgbouncer.ini --------------------------------------------------------------------------- */

bool pgbouncer_ini_accepts(struct slice beginning, bool is_all)
{
    return is_all && slice_has(beginning, "[pgbouncer]");
}

/* "pool_size=12" among the words of a database's line. */
static bool find_pool_size(struct slice line, double *size)
{
    size_t at = slice_find(line, "pool_size=");
    struct slice rest = slice_skip(line, at + strlen("pool_size="));
    bool is_own_word = at > 0 && at < line.length && line.at[at - 1] == ' ';
    return is_own_word && slice_to_number(slice_word(&rest), false, size) && *size >= 1;
}

static void take_ini(struct telemetry_reading *reading, struct slice name, struct slice value,
                     struct slice line)
{
    static const struct {
        const char *name, *path, *unit;
    } keys[] = {{"default_pool_size", "pooler.max", "1"},
                {"min_pool_size", "pooler.min", "1"},
                {"query_wait_timeout", "pooler.acquire_timeout", "s"},
                {"server_idle_timeout", "pooler.idle_timeout", "s"},
                {"server_lifetime", "pooler.max_lifetime", "s"},
                {"max_client_conn", "pooler.clients", "1"}};
    double number;
    struct observed *observed = reading->observed;
    const char *text = slice_copy(value, reading->arena);
    if (slice_equals(name, "pool_mode"))
        observed_set_setting(observed, reading->file, "pooler.mode", NAN, "", text);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (slice_equals(name, keys[i].name) && slice_to_number(value, false, &number) &&
            number >= 0 && (i > 0 || !observed_find_setting(observed, "pooler.max")))
            observed_set_setting(observed, reading->file, keys[i].path, number, keys[i].unit, text);
    if (find_pool_size(line, &number))
        observed_set_setting(observed, reading->file, "pooler.max", number, "1", text);
    reading->rows++;
}

bool pgbouncer_ini_read(struct telemetry_reading *reading)
{
    struct slice line;
    while (line_source_next(reading->source, &line, reading->err)) {
        struct slice value = slice_trim(line), whole = value;
        if (value.length == 0 || value.at[0] == ';' || value.at[0] == '#' || value.at[0] == '[' ||
            !slice_has(value, "="))
            continue;
        struct slice name = slice_trim(slice_cut(&value, '='));
        take_ini(reading, name, slice_trim(value), whole);
    }
    return reading->err->status == STATUS_OK;
}

/* ---- haproxy.cfg ----------------------------------------------------------------------------- */

bool haproxy_cfg_accepts(struct slice beginning, bool is_all)
{
    return is_all && slice_has(beginning, "\nbackend ") &&
           (slice_has(beginning, "\nfrontend ") || slice_has(beginning, "\ndefaults"));
}

/* "server api1 127.0.0.1:18081 check maxconn 500" */
bool haproxy_cfg_read(struct telemetry_reading *reading)
{
    struct slice line;
    double sum = 0, slots;
    while (line_source_next(reading->source, &line, reading->err)) {
        struct slice rest = slice_trim(line);
        reading->rows++;
        if (!slice_starts(rest, "server "))
            continue;
        while (rest.length > 0) {
            bool is_slots = slice_equals(slice_word(&rest), "maxconn");
            if (is_slots && slice_to_number(slice_word(&rest), false, &slots) && slots >= 1)
                sum += slots;
        }
    }
    if (sum > 0)
        observed_set_setting(reading->observed, reading->file, "proxy.max", sum, "1",
                             arena_printf(reading->arena, "%g in all servers", sum));
    return reading->err->status == STATUS_OK;
}

/* ---- pg_settings ----------------------------------------------------------------------------- */

bool pg_settings_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return row_table_has_column(beginning, "name") && row_table_has_column(beginning, "setting");
}

/* PostgreSQL logs a share of statements or transactions when it is told so, and nothing in the log
 * says it. */
static void doubt_sampling(struct telemetry_reading *reading, struct slice name, double value)
{
    static const char *const rates[] = {"log_statement_sample_rate", "log_transaction_sample_rate"};
    for (size_t i = 0; i < 2; i++)
        if (slice_equals(name, rates[i]) && value > 0 && value < 1)
            observed_find(reading->observed, false,
                          "%s: %s is %g: PostgreSQL's log has that share of the %s below its "
                          "threshold, not all of them: its counts are none of all, and its times "
                          "lack short ones",
                          reading->observed->files[reading->file].path, rates[i], value,
                          i == 0 ? "statements" : "transactions");
}

bool pg_settings_read(struct telemetry_reading *reading)
{
    static const struct {
        const char *name, *path, *unit;
        double scale;
    } keys[] = {{"max_connections", "database.max_connections", "1", 1},
                {"superuser_reserved_connections", "database.reserved", "1", 1},
                {"log_min_duration_statement", "database.log_min_duration_statement", "s", 1e-3}};
    struct row_table *table = row_table_open(reading, ',', NULL, 0);
    if (table && (row_table_find(table, "name") < 0 || row_table_find(table, "setting") < 0))
        telemetry_fail(reading, "has no columns name and setting");
    while (table && reading->err->status == STATUS_OK && row_table_next(table)) {
        double number;
        struct slice name = row_table_field(table, row_table_find(table, "name"));
        struct slice value = row_table_field(table, row_table_find(table, "setting"));
        reading->rows++;
        if (slice_to_number(value, false, &number))
            doubt_sampling(reading, name, number);
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
            if (slice_equals(name, keys[i].name) && slice_to_number(value, false, &number))
                observed_set_setting(reading->observed, reading->file, keys[i].path,
                                     number * keys[i].scale, keys[i].unit,
                                     slice_copy(value, reading->arena));
    }
    if (table)
        row_table_close(table);
    return reading->err->status == STATUS_OK;
}
