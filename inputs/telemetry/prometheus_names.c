/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/prometheus_names.h"

#define TIMES(name, kind, resource, metric, unit)                                                  \
    {                                                                                              \
        name, PROMETHEUS_TIMES, kind, resource, metric, unit                                       \
    }
#define LEVEL(name, resource, metric)                                                              \
    {                                                                                              \
        name, PROMETHEUS_LEVEL, OBSERVED_GAUGE, resource, metric, 1                                \
    }
#define COUNT(name, resource, metric, unit)                                                        \
    {                                                                                              \
        name, PROMETHEUS_COUNT, OBSERVED_COUNT, resource, metric, unit                             \
    }
#define SIZE(name, path)                                                                           \
    {                                                                                              \
        name, PROMETHEUS_SIZE, OBSERVED_GAUGE, "", path, 1                                         \
    }

static const struct prometheus_row rows[] = {
    /* Micrometer's HikariCP */
    TIMES("hikaricp_connections_usage_seconds", OBSERVED_HOLD, "pool", "usage", 1),
    TIMES("hikaricp_connections_acquire_seconds", OBSERVED_WAIT, "pool", "acquire", 1),
    TIMES("hikaricp_connections_creation_seconds", OBSERVED_CONNECT, "pool", "creation", 1),
    LEVEL("hikaricp_connections_active", "pool", "busy"),
    LEVEL("hikaricp_connections_idle", "pool", "idle"),
    LEVEL("hikaricp_connections_pending", "pool", "waiting"),
    LEVEL("hikaricp_connections", "pool", "open"),
    COUNT("hikaricp_connections_timeout", "pool", "timeouts", 1),
    SIZE("hikaricp_connections_max", "pool.max"),
    SIZE("hikaricp_connections_min", "pool.min"),
    /* its older collectors */
    TIMES("hikaricp_connection_usage_millis", OBSERVED_HOLD, "pool", "usage", 1e-3),
    TIMES("hikaricp_connection_acquired_nanos", OBSERVED_WAIT, "pool", "acquire", 1e-9),
    TIMES("hikaricp_connection_creation_millis", OBSERVED_CONNECT, "pool", "creation", 1e-3),
    LEVEL("hikaricp_active_connections", "pool", "busy"),
    LEVEL("hikaricp_idle_connections", "pool", "idle"),
    LEVEL("hikaricp_pending_threads", "pool", "waiting"),
    COUNT("hikaricp_connection_timeout", "pool", "timeouts", 1),
    SIZE("hikaricp_max_connections", "pool.max"),
    SIZE("hikaricp_min_connections", "pool.min"),
    /* OpenTelemetry, and its names before they were stable */
    TIMES("db_client_connection_use_time_seconds", OBSERVED_HOLD, "pool", "use_time", 1),
    TIMES("db_client_connection_wait_time_seconds", OBSERVED_WAIT, "pool", "wait_time", 1),
    TIMES("db_client_connection_create_time_seconds", OBSERVED_CONNECT, "pool", "create_time", 1),
    TIMES("db_client_connections_use_time_milliseconds", OBSERVED_HOLD, "pool", "use_time", 1e-3),
    TIMES("db_client_connections_wait_time_milliseconds", OBSERVED_WAIT, "pool", "wait_time", 1e-3),
    TIMES("db_client_connections_create_time_milliseconds", OBSERVED_CONNECT, "pool", "create_time",
          1e-3),
    LEVEL("db_client_connection_count", "pool", "state"),
    LEVEL("db_client_connections_usage", "pool", "state"),
    LEVEL("db_client_connection_pending_requests", "pool", "waiting"),
    LEVEL("db_client_connections_pending_requests", "pool", "waiting"),
    COUNT("db_client_connection_timeouts", "pool", "timeouts", 1),
    COUNT("db_client_connections_timeouts", "pool", "timeouts", 1),
    SIZE("db_client_connection_max", "pool.max"),
    SIZE("db_client_connections_max", "pool.max"),
    SIZE("db_client_connection_idle_min", "pool.min"),
    TIMES("http_server_request_duration_seconds", OBSERVED_RESPONSE, "requests", "duration", 1),
    TIMES("http_server_requests_seconds", OBSERVED_RESPONSE, "requests", "duration", 1),
    TIMES("http_request_duration_seconds", OBSERVED_RESPONSE, "requests", "duration", 1),
    LEVEL("http_server_active_requests", "requests", "in_system"),
    /* pgbouncer_exporter; its xact and query times contain the wait, too */
    COUNT("pgbouncer_stats_sql_transactions_pooled", "pooler", "total_xact_count", 1),
    COUNT("pgbouncer_stats_queries_pooled", "pooler", "total_query_count", 1),
    COUNT("pgbouncer_stats_server_in_transaction_seconds", "pooler", "total_xact_time", 1),
    COUNT("pgbouncer_stats_queries_duration_seconds", "pooler", "total_query_time", 1),
    COUNT("pgbouncer_stats_client_wait_seconds", "pooler", "total_wait_time", 1),
    COUNT("pgbouncer_stats_server_assignments", "pooler", "total_server_assignment_count", 1),
    LEVEL("pgbouncer_pools_client_active_connections", "pooler", "cl_active"),
    LEVEL("pgbouncer_pools_client_waiting_connections", "pooler", "cl_waiting"),
    LEVEL("pgbouncer_pools_server_active_connections", "pooler", "busy"),
    LEVEL("pgbouncer_pools_server_idle_connections", "pooler", "idle"),
    LEVEL("pgbouncer_pools_server_login_connections", "pooler", "sv_login"),
    SIZE("pgbouncer_databases_pool_size", "pooler.max"),
    {"process_cpu_seconds", PROMETHEUS_SECONDS, OBSERVED_RATE, "cpu.process", "cores", 1},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static bool ends_with(struct slice *name, const char *suffix)
{
    size_t length = strlen(suffix);
    if (name->length <= length || memcmp(name->at + name->length - length, suffix, length) != 0)
        return false;
    name->length -= length;
    return true;
}

static const struct prometheus_row *find_row(struct slice name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (slice_equals(name, rows[i].name))
            return &rows[i];
    return NULL;
}

const struct prometheus_row *prometheus_find(struct slice name, enum prometheus_part *part)
{
    *part = PROMETHEUS_PLAIN;
    const struct prometheus_row *row = find_row(name);
    if (row)
        return row->role == PROMETHEUS_TIMES ? NULL : row;
    if (ends_with(&name, "_bucket"))
        *part = PROMETHEUS_BUCKET;
    else if (ends_with(&name, "_sum"))
        *part = PROMETHEUS_SUM;
    else if (ends_with(&name, "_count"))
        *part = PROMETHEUS_COUNTER;
    else if (!ends_with(&name, "_total"))
        return NULL;
    row = find_row(name);
    bool is_part = *part != PROMETHEUS_PLAIN;
    return row && is_part == (row->role == PROMETHEUS_TIMES) ? row : NULL;
}

struct slice prometheus_label(struct slice labels, const char *key)
{
    while (labels.length > 0) {
        struct slice name = slice_trim(slice_cut(&labels, '='));
        labels = slice_trim(labels);
        if (!slice_starts(labels, "\""))
            break;
        size_t end = 1;
        while (end < labels.length && labels.at[end] != '"')
            end += labels.at[end] == '\\' ? 2 : 1;
        struct slice value = {labels.at + 1, (end < labels.length ? end : labels.length) - 1};
        if (slice_equals(name, key))
            return value;
        labels = slice_skip(labels, end + 1);
        while (labels.length > 0 && (labels.at[0] == ',' || labels.at[0] == ' '))
            labels = slice_skip(labels, 1);
    }
    return (struct slice){0};
}
