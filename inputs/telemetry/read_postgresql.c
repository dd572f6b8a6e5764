/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_postgresql.h"

#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/log_pattern.h"
#include "inputs/telemetry/postgresql_message.h"
#include "inputs/telemetry/row_table.h"
#include "inputs/telemetry/stamp.h"

/* A line cut into what matters. */
struct postgresql_line {
    struct stamp stamp; /* resolution_ns 0: none */
    struct slice process, message;
    bool is_log; /* its severity is LOG */
};

/* ---- stderr and syslog ----------------------------------------------------------------------- */

/* Severities, as the server writes them between prefix and message. */
static bool find_severity(struct slice line, size_t *at, size_t *behind)
{
    static const char *const names[] = {
        "LOG:  ",     "DETAIL:  ",  "STATEMENT:  ", "ERROR:  ", "HINT:  ", "FATAL:  ",
        "WARNING:  ", "CONTEXT:  ", "NOTICE:  ",    "PANIC:  ", "INFO:  "};
    const char *colon = line.at, *end = line.at + line.length;
    while ((colon = memmem(colon, (size_t)(end - colon), ":  ", 3)) != NULL) {
        size_t to = (size_t)(colon - line.at) + 3;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t length = strlen(names[i]);
            if (to >= length && memcmp(line.at + to - length, names[i], length) == 0 &&
                (to == length || line.at[to - length - 1] < 'A')) {
                *at = to - length;
                *behind = to;
                return true;
            }
        }
        colon += 3;
    }
    return false;
}

/* "[10384]", "[10384-1]" is no process but a line's number: the first bracket with digits alone. */
static struct slice find_process(struct slice prefix)
{
    while (prefix.length > 0) {
        uint64_t number;
        prefix = slice_skip(prefix, slice_find(prefix, "[") + 1);
        struct slice rest = prefix, inside = slice_cut(&rest, ']');
        if (slice_to_count(inside, &number))
            return inside;
    }
    return (struct slice){"", 0};
}

static bool take_pattern(const struct log_pattern *pattern, struct slice line,
                         struct postgresql_line *parsed)
{
    struct slice values[LOG_PATTERN_FIELDS], rest;
    if (!log_pattern_match(pattern, line, values, &rest))
        return false;
    for (size_t i = 0; i < pattern->count; i++) {
        const char *name = pattern->names[i];
        if (strcmp(name, "m") == 0 || strcmp(name, "t") == 0)
            stamp_parse(values[i], &parsed->stamp);
        else if (strcmp(name, "n") == 0)
            stamp_parse_epoch(values[i], &parsed->stamp);
        else if (strcmp(name, "p") == 0)
            parsed->process = values[i];
    }
    return true;
}

/* pattern NULL: the stamp is what the line begins with. */
static bool parse_line(const struct log_pattern *pattern, struct slice line,
                       struct postgresql_line *parsed)
{
    size_t at, behind;
    *parsed = (struct postgresql_line){.process = {"", 0}};
    if (!find_severity(line, &at, &behind))
        return false;
    struct slice prefix = {line.at, at};
    parsed->is_log = slice_starts(slice_skip(line, at), "LOG:");
    parsed->message = slice_skip(line, behind);
    if (pattern)
        return take_pattern(pattern, line, parsed);
    if (!stamp_parse(prefix, &parsed->stamp))
        parsed->stamp.resolution_ns = 0;
    parsed->process = find_process(prefix);
    return true;
}

bool postgresql_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    for (size_t i = 0; i < 100; i++) {
        struct postgresql_line parsed;
        struct slice line = telemetry_line(beginning, i);
        if (line.length > 0 && line.at[0] != '{' && parse_line(NULL, line, &parsed) &&
            parsed.is_log && parsed.stamp.resolution_ns > 0)
            return true;
    }
    return false;
}

static void take_parsed(struct postgresql_log *log, const struct postgresql_line *parsed)
{
    if (!parsed->is_log)
        telemetry_drop(log->reading, "a message that is no LOG");
    else
        postgresql_log_take(log, parsed->stamp.resolution_ns > 0 ? parsed->stamp.ns : -1,
                            parsed->stamp.resolution_ns, parsed->process, parsed->message);
}

bool postgresql_read(struct telemetry_reading *reading)
{
    struct postgresql_log log;
    struct log_pattern pattern;
    struct slice line;
    bool has_spec = reading->spec && reading->spec[0];
    if (has_spec && !log_pattern_compile(reading->spec, LOG_PATTERN_POSTGRESQL, reading->arena,
                                         &pattern, reading->err))
        return false;
    postgresql_log_begin(&log, reading);
    while (line_source_next(reading->source, &line, reading->err)) {
        struct postgresql_line parsed;
        if (parse_line(has_spec ? &pattern : NULL, line, &parsed))
            take_parsed(&log, &parsed);
        else
            telemetry_drop(reading, "a line that goes on, or without a severity");
    }
    postgresql_log_end(&log);
    return reading->err->status == STATUS_OK;
}

/* ---- csvlog ---------------------------------------------------------------------------------- */

enum { CSV_TIME = 0, CSV_PROCESS = 3, CSV_SEVERITY = 11, CSV_MESSAGE = 13 };
enum { CSV_LEAST_COLUMNS = 22, CSV_MOST_COLUMNS = 26 };

static size_t count_commas(struct slice line)
{
    size_t commas = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < line.length; i++) {
        if (line.at[i] == '"')
            is_quoted = !is_quoted;
        commas += line.at[i] == ',' && !is_quoted;
    }
    return commas;
}

/* A stamp, and as many commas as some version writes, unless a field goes on in the next line. */
bool postgresql_accepts_csv(struct slice beginning, bool is_all)
{
    struct stamp stamp;
    struct slice line = telemetry_line(beginning, 0);
    (void)is_all;
    if (!stamp_parse(slice_starts(line, "\"") ? slice_skip(line, 1) : line, &stamp))
        return false;
    size_t columns = count_commas(line) + 1;
    bool has_severity = slice_has(line, ",LOG,0") || slice_has(line, ",ERROR,") ||
                        slice_has(line, ",FATAL,") || slice_has(line, ",WARNING,");
    return has_severity && columns > CSV_MESSAGE && columns <= CSV_MOST_COLUMNS;
}

static void take_csv_row(struct postgresql_log *log, const struct row_table *table)
{
    struct postgresql_line parsed = {.process = row_table_field(table, CSV_PROCESS),
                                     .message = row_table_field(table, CSV_MESSAGE)};
    struct telemetry_reading *reading = log->reading;
    parsed.is_log = slice_equals(row_table_field(table, CSV_SEVERITY), "LOG");
    if (row_table_width(table) < CSV_LEAST_COLUMNS)
        telemetry_drop(reading, "a row with fewer than 22 columns");
    else if (!stamp_parse(row_table_field(table, CSV_TIME), &parsed.stamp))
        telemetry_drop(reading, "a row without a time");
    else
        take_parsed(log, &parsed);
}

bool postgresql_read_csv(struct telemetry_reading *reading)
{
    static const char *const names[] = {"log_time", "user_name", "database_name", "process_id"};
    struct postgresql_log log;
    struct row_table *table = row_table_open(reading, ',', names, sizeof names / sizeof names[0]);
    if (!table)
        return false;
    postgresql_log_begin(&log, reading);
    while (row_table_next(table))
        take_csv_row(&log, table);
    row_table_close(table);
    postgresql_log_end(&log);
    return reading->err->status == STATUS_OK;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* CloudNativePG puts csvlog's columns into "record", Cloud SQL the line into "textPayload". */
static const char *take_json(const struct json_line *line, struct json_line *inner,
                             struct postgresql_line *parsed)
{
    *parsed = (struct postgresql_line){.process = {"", 0}};
    struct slice payload = json_line_find(line, "textPayload");
    if (payload.at)
        return parse_line(NULL, payload, parsed) ? NULL : "a payload without a severity";
    struct slice record = json_line_find(line, "record");
    if (record.at && json_line_split(record, inner))
        line = inner;
    struct slice time = json_line_find(line, record.at ? "log_time" : "timestamp");
    parsed->process = json_line_find(line, record.at ? "process_id" : "pid");
    parsed->message = json_line_find(line, "message");
    parsed->is_log = slice_equals(json_line_find(line, "error_severity"), "LOG");
    if (!parsed->message.at || !json_line_find(line, "error_severity").at)
        return "an object without message and error_severity";
    return time.at && stamp_parse(time, &parsed->stamp) ? NULL : "a message without a time";
}

bool postgresql_accepts_json(struct slice beginning, bool is_all)
{
    (void)is_all;
    for (size_t i = 0; i < 10; i++) {
        struct slice text = telemetry_line(beginning, i);
        struct json_line line, inner;
        struct postgresql_line parsed;
        if (text.length > 0 && text.at[0] == '{' && json_line_split(text, &line) &&
            !take_json(&line, &inner, &parsed))
            return true;
    }
    return false;
}

bool postgresql_read_json(struct telemetry_reading *reading)
{
    struct postgresql_log log;
    struct slice text;
    struct json_line *lines = arena_array(reading->arena, 2, sizeof *lines);
    postgresql_log_begin(&log, reading);
    while (line_source_next(reading->source, &text, reading->err)) {
        struct postgresql_line parsed;
        const char *fault = text.length == 0 ? "an empty line"
                            : !json_line_split(text, &lines[0])
                                ? "no JSON object"
                                : take_json(&lines[0], &lines[1], &parsed);
        if (fault)
            telemetry_drop(reading, fault);
        else
            take_parsed(&log, &parsed);
    }
    postgresql_log_end(&log);
    return reading->err->status == STATUS_OK;
}
