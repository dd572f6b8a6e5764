/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of formats, in the order in which messages list them. */
#include "inputs/telemetry/read_access_log.h"
#include "inputs/telemetry/read_haproxy.h"
#include "inputs/telemetry/read_hlog.h"
#include "inputs/telemetry/read_jmeter_xml.h"
#include "inputs/telemetry/read_json_log.h"
#include "inputs/telemetry/read_load_lines.h"
#include "inputs/telemetry/read_load_summaries.h"
#include "inputs/telemetry/read_load_tables.h"
#include "inputs/telemetry/read_pgbouncer.h"
#include "inputs/telemetry/read_pgbouncer_log.h"
#include "inputs/telemetry/read_postgresql.h"
#include "inputs/telemetry/read_prometheus.h"
#include "inputs/telemetry/read_proxy_log.h"
#include "inputs/telemetry/read_samples.h"
#include "inputs/telemetry/read_settings.h"
#include "inputs/telemetry/read_statements.h"
#include "inputs/telemetry/read_traces.h"

const struct telemetry_format telemetry_formats[] = {
    {"pgbouncer-stats", "PgBouncer's SHOW STATS", "columns database and total_xact_time",
     pgbouncer_accepts_stats, pgbouncer_read_stats, NULL, false},
    {"pgbouncer-pools", "PgBouncer's SHOW POOLS", "columns cl_waiting and sv_active",
     pgbouncer_accepts_pools, pgbouncer_read_pools, NULL, false},
    {"pgbouncer-config", "PgBouncer's SHOW CONFIG", "columns key and changeable",
     pgbouncer_accepts_config, pgbouncer_read_config, NULL, false},
    {"pgbouncer-log", "PgBouncer's log", "a line of statistics, or of a client or server",
     pgbouncer_log_accepts, pgbouncer_log_read, NULL, false},
    {"postgresql", "PostgreSQL's log (stderr or syslog)", "a stamp, and LOG: behind it",
     postgresql_accepts, postgresql_read, "log_line_prefix", false},
    {"postgresql-csv", "PostgreSQL's csvlog", "a stamp and up to 26 columns with a severity",
     postgresql_accepts_csv, postgresql_read_csv, NULL, false},
    {"postgresql-json", "PostgreSQL's jsonlog", "objects with message and error_severity",
     postgresql_accepts_json, postgresql_read_json, NULL, false},
    {"pg_stat_statements", "pg_stat_statements", "columns queryid and calls", statements_accepts,
     statements_read, NULL, false},
    {"pg_stat_activity", "samples of pg_stat_activity", "columns state and pid or usename",
     activity_accepts, activity_read, NULL, false},
    {"pg_settings", "PostgreSQL's settings", "columns name and setting", pg_settings_accepts,
     pg_settings_read, NULL, false},
    {"haproxy", "HAProxy's httplog", "a line with [accept date] and five timers", haproxy_accepts,
     haproxy_read, NULL, false},
    {"nginx", "an access log of nginx", "", NULL, access_log_read_nginx, "the log_format", true},
    {"apache", "an access log of Apache", "", NULL, access_log_read_apache, "the LogFormat", true},
    {"tomcat", "an access log of Tomcat", "", NULL, access_log_read_tomcat, "the pattern", true},
    {"combined", "an access log without times", "common or combined, and nothing behind",
     access_log_accepts_combined, access_log_read_combined, NULL, false},
    {"json", "requests as lines of JSON", "objects with a response time and a stamp",
     json_log_accepts, json_log_read, "ROLE=FIELD[UNIT],...", false},
    {"alb", "an access log of AWS ALB", "a stamp and three processing times", alb_accepts, alb_read,
     NULL, false},
    {"envoy", "an access log of Envoy", "[start], a request, flags, bytes and two durations",
     envoy_accepts, envoy_read, NULL, false},
    {"traefik", "an access log of Traefik", "common, and a count, router, server and ms behind it",
     traefik_accepts, traefik_read, NULL, false},
    {"prometheus", "Prometheus' text format", "# HELP or # TYPE", prometheus_accepts,
     prometheus_read, NULL, false},
    {"query-range", "an answer of Prometheus' query_range", "data and resultType",
     query_range_accepts, query_range_read, NULL, false},
    {"hikaricp", "HikariCP's log", "Pool stats (total=...)", hikari_accepts, hikari_read, NULL,
     false},
    {"containers", "statistics of containers", "columns name and cpu_perc", container_accepts,
     container_read, NULL, false},
    {"env", "an application's .env", "lines NAME=VALUE, one with POOL", env_accepts, env_read, NULL,
     false},
    {"pgbouncer-ini", "PgBouncer's pgbouncer.ini", "[pgbouncer]", pgbouncer_ini_accepts,
     pgbouncer_ini_read, NULL, false},
    {"haproxy-cfg", "HAProxy's haproxy.cfg", "backend and frontend", haproxy_cfg_accepts,
     haproxy_cfg_read, NULL, false},
    {"pgbench-log", "pgbench -l", "six to eight numbers, a stamp among them", pgbench_accepts_log,
     pgbench_read_log, NULL, false},
    {"pgbench-aggregate", "pgbench --aggregate-interval", "a stamp, and sums of an interval",
     pgbench_accepts_aggregate, pgbench_read_aggregate, NULL, false},
    {"pgbench", "pgbench's report", "transaction type: and latency average",
     pgbench_accepts_summary, pgbench_read_summary, NULL, false},
    {"load-levels", "a table of load levels", "columns clients and tps", load_levels_accepts,
     load_levels_read, NULL, false},
    {"k6-csv", "k6's csv", "columns metric_name and metric_value", k6_accepts_csv, k6_read_csv,
     NULL, false},
    {"k6-json", "k6's json", "objects with metric, type and data", k6_accepts_json, k6_read_json,
     NULL, false},
    {"jmeter", "JMeter's csv", "columns timeStamp and elapsed", jmeter_accepts, jmeter_read, NULL,
     false},
    {"jmeter-xml", "JMeter's XML", "<testResults", jmeter_xml_accepts, jmeter_xml_read, NULL,
     false},
    {"gatling", "Gatling's simulation.log (text)", "RUN and a tab", gatling_accepts, gatling_read,
     NULL, false},
    {"vegeta", "vegeta encode -to json", "objects with attack and latency", vegeta_accepts,
     vegeta_read, NULL, false},
    {"hey", "hey -o csv", "columns response-time and DNS+dialup", hey_accepts, hey_read, NULL,
     false},
    {"ab", "ab's report", "This is ApacheBench", ab_accepts_report, ab_read_report, NULL, false},
    {"ab-gnuplot", "ab -g", "columns starttime, seconds, ctime", ab_accepts_gnuplot,
     ab_read_gnuplot, NULL, false},
    {"ab-percentiles", "ab -e", "Percentage served,Time in ms", ab_accepts_percentiles,
     ab_read_percentiles, NULL, false},
    {"locust", "Locust's statistics", "columns Request Count and Average Response Time",
     locust_accepts, locust_read, NULL, false},
    {"hlog", "HdrHistogram's log", "Histogram log format version", hlog_accepts, hlog_read,
     "the unit of the values", false},
    {"hgrm", "HdrHistogram's percentiles", "Value, Percentile, TotalCount", hgrm_accepts, hgrm_read,
     NULL, false},
    {"otlp", "OTLP/JSON traces", "resourceSpans", otlp_accepts, otlp_read, NULL, false},
    {"jaeger", "Jaeger's traces", "traceID and spans", jaeger_accepts, jaeger_read, NULL, false},
    {"csv", "a table with named columns", "", NULL, csv_read, "time=COLUMN,class=COLUMN", false},
    {NULL, NULL, NULL, NULL, NULL, NULL, false},
};
