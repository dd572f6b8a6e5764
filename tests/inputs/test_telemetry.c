/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each reader on a file of its format: recorded ones (tests/telemetry/captured) with figures that
 * were worked out from the files by other means (awk, psql), and small ones written for the test.
 */
#include "tests/support/support.h"
#include "tests/support/telemetry_form.h"
#include <math.h>
#include <string.h>

static struct telemetry_form form;

static int open_form(void **state)
{
    (void)state;
    form = telemetry_form_open();
    return 0;
}

static int close_form(void **state)
{
    (void)state;
    telemetry_form_close(&form);
    return 0;
}

static const struct observed_figure *figure(const char *labels)
{
    return telemetry_form_figure(&form, labels);
}

static void read_one(const char *name, const char *as)
{
    telemetry_form_add(&form, name, as);
    telemetry_form_finish(&form);
}

/* The format that the only file was taken for. */
static const char *format(void)
{
    return form.observed->files[form.observed->file_count - 1].format;
}

static void assert_mean(const char *labels, double count, double mean)
{
    const struct observed_figure *found = figure(labels);
    assert_within((double)found->count, count, 0);
    assert_within(found->mean, mean, 1e-9 + 1e-6 * fabs(mean));
}

static void assert_total(const char *labels, double value)
{
    assert_within(figure(labels)->value, value, 1e-9 + 1e-9 * fabs(value));
}

/* ---- PgBouncer ------------------------------------------------------------------------------- */

/* (15323154 - 6207703) / 1628 us held, 6207703 / 1628 us waited. */
static void assert_pooler(void)
{
    assert_mean("hold pooler xact_time - wait_time", 1628, 5.5991714e-3);
    assert_mean("wait pooler wait_time", 1628, 3.8130854e-3);
    assert_mean("response pooler xact_time|shop", 1628, 9.4122568e-3);
    assert_total("count pooler queries", 11384);
}

static void show_stats_before_and_after_become_hold_and_wait(void **state)
{
    telemetry_form_add(&form, "captured/stats.1.csv", NULL);
    telemetry_form_add(&form, "captured/stats.2.csv", NULL);
    telemetry_form_finish(&form);
    assert_string_equal(format(), "pgbouncer-stats");
    assert_pooler();
}

static void show_stats_is_read_from_psqls_table(void **state)
{
    read_one("captured/stats.psql.txt", NULL);
    assert_pooler();
}

static void show_stats_is_read_from_psqls_expanded_form(void **state)
{
    read_one("captured/stats.expanded.txt", NULL);
    assert_pooler();
}

static void show_stats_totals_has_other_names(void **state)
{
    read_one("captured/stats_totals.csv", NULL);
    assert_pooler();
}

static void sampled_pools_are_levels_without_the_console(void **state)
{
    read_one("captured/pools.sampled.csv", NULL);
    assert_string_equal(format(), "pgbouncer-pools");
    const struct observed_figure *busy = figure("gauge pooler busy");
    const struct observed_figure *waiting = figure("gauge pooler waiting");
    assert_int_equal(busy->count, 10);
    assert_within(busy->largest, 3, 0);
    assert_within(busy->mean, 2.3, 1e-9);
    assert_within(waiting->mean, 3.2, 1e-9);
    assert_true(busy->standard_error > 0);
}

static void pools_are_read_from_psqls_table(void **state)
{
    read_one("captured/pools.psql.txt", NULL);
    assert_within(figure("gauge pooler idle")->mean, 3, 0);
}

static void show_config_tells_the_size(void **state)
{
    read_one("captured/config.csv", NULL);
    assert_within(observed_find_setting(form.observed, "pooler.max")->value, 3, 0);
    assert_string_equal(observed_find_setting(form.observed, "pooler.mode")->text, "transaction");
}

/* The size of a database's own line comes before the default. */
static void files_of_settings_tell_sizes(void **state)
{
    telemetry_form_add(&form, "made/pgbouncer.ini", NULL);
    telemetry_form_add(&form, "made/haproxy.cfg", NULL);
    telemetry_form_finish(&form);
    assert_within(observed_find_setting(form.observed, "pooler.max")->value, 12, 0);
    assert_within(observed_find_setting(form.observed, "pooler.acquire_timeout")->value, 30, 0);
    assert_within(observed_find_setting(form.observed, "proxy.max")->value, 7, 0);
}

/* wait > xact: us waited in a second. (20000 + 60000) / (100 + 300) = 200 us; xact (100 x 5000 +
 * 300 x 7000) / 400 = 6500 us. */
static void wait_above_xact_proves_the_old_meaning(void **state)
{
    read_one("made/pgbouncer-1.8.log", NULL);
    assert_within(figure("wait pooler wait")->mean, 200e-6, 1e-12);
    assert_within(figure("hold pooler xact - wait")->mean, 6300e-6, 1e-12);
    assert_total("count pooler timeouts", 1);
    assert_total("count pooler server_connects", 1);
    assert_within(figure("hold clients age")->mean, 7, 0);
    assert_false(figure("wait pooler wait")->is_biased);
}

static void wait_below_xact_may_be_either_and_says_so(void **state)
{
    read_one("made/pgbouncer-1.23.log", NULL);
    assert_true(figure("wait pooler wait")->is_biased);
    assert_true(telemetry_form_has_finding(&form, "no line has wait > xact"));
}

static void the_oldest_layout_has_queries_alone(void **state)
{
    read_one("made/pgbouncer-1.7.log", NULL);
    assert_within(figure("rate pooler queries")->mean, 12, 0);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

static void csvlog_has_statements_and_whole_transactions(void **state)
{
    read_one("captured/pg15-csvlog.csv", NULL);
    assert_string_equal(format(), "postgresql-csv");
    assert_mean("service database statement|update", 81, 171.666667e-6);
    assert_mean("hold database transaction", 27, 6.755667e-3);
    assert_int_equal(
        telemetry_form_dropped(&form, "a plan of auto_explain: the statement is there again"), 1);
}

static void jsonlog_says_what_csvlog_says(void **state)
{
    read_one("captured/pg15-jsonlog.jsonl", NULL);
    assert_string_equal(format(), "postgresql-json");
    assert_mean("service database statement|update", 81, 171.666667e-6);
}

static void stderr_is_read_by_its_prefix_and_without_it(void **state)
{
    static const char name[] = "captured/pg15-min-duration-0-auto-explain.log";
    telemetry_form_add(&form, name, NULL);
    telemetry_form_add(&form, name, "postgresql:%m [%p] %q%u@%d app=%a client=%h ");
    telemetry_form_finish(&form);
    const struct observed_figure *plain = figure("service database statement|update");
    assert_int_equal(plain->count, 101);
    for (size_t i = 0; i < form.observed->figure_count; i++) {
        const struct observed_figure *other = form.observed->figures[i];
        if (other != plain && strcmp(other->metric, "statement") == 0 &&
            strcmp(other->class, "update") == 0)
            assert_within(other->mean, plain->mean, 0);
    }
    assert_int_equal(form.observed->arrivals[0]->count, form.observed->arrivals[1]->count);
}

static void syslog_stamps_have_no_year_and_whole_seconds(void **state)
{
    read_one("made/pg-syslog.log", NULL);
    assert_mean("service database statement|select", 2, 1e-3);
    assert_int_equal(form.observed->arrivals[0]->resolution_ns, 1000000000);
}

static void wrapped_json_may_be_newest_first(void **state)
{
    read_one("made/cnpg.jsonl", NULL);
    assert_mean("service database statement|select", 2, 3e-3);
    assert_mean("service database execute|select", 1, 6e-3);
    assert_int_equal(form.observed->arrivals[0]->count, 3);
    assert_int_equal(form.observed->arrivals[0]->scales[2].late, 0);
}

/* The statement's own line of pgss.2.csv, for it is not in the first snapshot. */
static void two_snapshots_of_statements_are_subtracted(void **state)
{
    telemetry_form_add(&form, "captured/pgss.1.csv", NULL);
    telemetry_form_add(&form, "captured/pgss.2.csv", NULL);
    telemetry_form_finish(&form);
    const struct observed_figure *update =
        figure("service database total_exec_time|update_5812186252248936594");
    assert_int_equal(update->count, 1626);
    assert_within(update->mean, 0.13722860762607642e-3, 1e-12);
    assert_within(update->sd, 0.853981948689883e-3, 1e-9);
    assert_total("count database statements", 11398);
}

static void statements_are_read_from_psqls_table(void **state)
{
    read_one("captured/pgss.psql.txt", NULL);
    assert_mean("service database total_exec_time|update_5812186252248936594", 1626,
                0.137228608e-3);
}

static void sessions_are_levels_by_state(void **state)
{
    read_one("captured/activity.csv", NULL);
    assert_within(figure("gauge database active")->mean, 0.5, 1e-9);
    assert_within(figure("gauge database idle_in_transaction")->mean, 0.7, 1e-9);
}

/* ---- proxies --------------------------------------------------------------------------------- */

static void httplog_separates_queue_connect_and_server(void **state)
{
    read_one("captured/haproxy.log", NULL);
    assert_string_equal(format(), "haproxy");
    assert_mean("wait proxy Tw|api_items", 391, 60.80307e-3);
    assert_mean("connect proxy Tc|api_items", 391, 1.951407e-3);
    assert_mean("response server Tr|api_items", 391, 37.10230e-3);
    assert_int_equal(form.observed->arrivals[0]->failed, 9);
    assert_int_equal(form.observed->arrivals[0]->count, 400);
}

static void nginx_is_read_by_the_users_format(void **state)
{
    read_one("captured/rt-uct-urt.log",
             "nginx:$remote_addr - $remote_user [$time_local] \"$request\" $status "
             "$body_bytes_sent rt=$request_time uct=\"$upstream_connect_time\" "
             "uht=\"$upstream_header_time\" urt=\"$upstream_response_time\"");
    assert_mean("response requests request time|api_items", 196, 116.301020e-3);
    assert_mean("response server upstream response time|api_items", 196, 116.341837e-3);
}

static void another_layout_of_the_same_requests_gives_the_same(void **state)
{
    read_one("captured/timed-combined.log",
             "nginx:$remote_addr - $remote_user [$time_local] \"$request\" $status "
             "$body_bytes_sent \"$http_referer\" \"$http_user_agent\" $request_time "
             "$upstream_response_time $pipe");
    assert_mean("response requests request time|api_items", 196, 116.301020e-3);
}

static void json_lines_are_read_by_the_names_of_their_fields(void **state)
{
    read_one("captured/nginx-json.log", NULL);
    assert_string_equal(format(), "json");
    assert_mean("response requests request time|api_items", 196, 116.301020e-3);
    assert_false(form.observed->requests[0]->is_application);
}

static void combined_without_times_gives_arrivals_alone(void **state)
{
    read_one("captured/combined-no-times.log", NULL);
    assert_string_equal(format(), "combined");
    assert_int_equal(form.observed->arrivals[0]->count, 200);
    assert_int_equal(form.observed->figure_count, 0);
}

/* %D is microseconds in httpd, milliseconds in Tomcat up to 9. */
static void the_same_letter_has_another_unit_in_tomcat(void **state)
{
    static const char pattern[] = "%h %l %u %t \"%r\" %s %b %D";
    char as[80];
    snprintf(as, sizeof as, "tomcat:%s", pattern);
    telemetry_form_add(&form, "made/tomcat.log", as);
    telemetry_form_finish(&form);
    assert_mean("response requests request time|list", 2, 50e-3);
    telemetry_form_close(&form);
    form = telemetry_form_open();
    snprintf(as, sizeof as, "apache:%s", pattern);
    read_one("made/tomcat.log", as);
    assert_mean("response requests request time|list", 2, 50e-6);
}

static void an_alb_that_got_no_answer_failed(void **state)
{
    read_one("made/alb.log", NULL);
    assert_mean("response requests sum of the three processing times|list", 1, 51e-3);
    assert_mean("response server target_processing_time|list", 1, 48e-3);
    assert_int_equal(form.observed->arrivals[0]->failed, 1);
}

/* ---- metrics --------------------------------------------------------------------------------- */

/* 16 s over 200 uses between the two scrapes; another pool and a check of health are left out. */
static void scrapes_before_and_after_are_subtracted(void **state)
{
    telemetry_form_add(&form, "made/hikari.prom", NULL);
    telemetry_form_add(&form, "made/hikari-after.prom", NULL);
    telemetry_form_finish(&form);
    assert_mean("hold pool usage", 200, 80e-3);
    assert_mean("wait pool acquire", 200, 2e-3);
    assert_total("count pool timeouts", 2);
    assert_mean("response requests duration|list", 200, 80e-3);
    assert_int_equal(telemetry_form_dropped(&form, "of another pool than the first"), 2);
    assert_within(observed_find_setting(form.observed, "pool.max")->value, 12, 0);
}

/* 400 uses of 24 s, then a restart and 200 of 6 s. */
static void a_counter_that_restarts_is_counted_on(void **state)
{
    read_one("made/query-range.json", NULL);
    assert_mean("hold pool use_time", 600, 50e-3);
    assert_within(figure("gauge pool busy")->mean, 4, 1e-9);
    assert_true(telemetry_form_has_finding(&form, "began anew 1 time"));
}

static void a_file_of_scrapes_gives_buckets_and_levels(void **state)
{
    read_one("lab/metrics.prom.gz", NULL);
    const struct observed_figure *hold = figure("hold pool use_time");
    assert_int_equal(hold->form, OBSERVED_BUCKETS);
    assert_int_equal(hold->count, 12943);
    assert_within(hold->mean, 80.2979e-3, 1e-7);
    assert_int_equal(figure("gauge pool busy")->count, 30);
    assert_within(figure("rate cpu.process cores")->value, 0.12247, 1e-5);
    /* None was opened between the scrapes: those before the first tell. */
    assert_mean("connect pool create_time", 10, 16.0148926e-3);
}

static void housekeeper_lines_count_and_failures_do_not(void **state)
{
    read_one("made/hikari.log", NULL);
    assert_within(figure("gauge pool busy")->mean, 6, 0);
    assert_within(figure("gauge pool waiting")->mean, 1.5, 0);
    assert_total("count pool timeouts", 1);
    assert_true(telemetry_form_has_finding(&form, "stood still"));
}

static void a_secret_of_an_env_file_is_not_kept(void **state)
{
    read_one("lab/api.env", NULL);
    assert_within(observed_find_setting(form.observed, "pool.max")->value, 10, 0);
    assert_within(observed_find_setting(form.observed, "pool.idle_timeout")->value, 10, 0);
    for (size_t i = 0; i < form.observed->setting_count; i++)
        assert_memory_equal(form.observed->settings[i].path, "pool.", 5);
}

static void containers_use_cores(void **state)
{
    read_one("lab/container_stats.csv", NULL);
    assert_within(figure("gauge cpu.api cores")->mean, 0.122267, 1e-6);
}

/* ---- load generators ------------------------------------------------------------------------- */

/* awk: 1626 lines, mean latency 13.184 ms, mean lag 1.763 ms: what pgbench itself reports. */
static void pgbench_latency_less_its_lag_is_the_servers(void **state)
{
    telemetry_form_add(&form, "captured/pgbench_log.20409", NULL);
    telemetry_form_add(&form, "captured/pgbench.txt", NULL);
    telemetry_form_finish(&form);
    const struct observed_figure *log = figure("response requests latency|script");
    assert_int_equal(log->count, 1626);
    assert_within(log->mean, 13.184e-3, 1e-6);
    assert_within(figure("wait schedule lag behind the schedule|script")->mean, 1.763e-3, 1e-6);
    assert_within(figure("response server latency - lag")->mean, 11.421e-3, 1e-9);
    assert_within(figure("response requests latency")->mean, 13.184e-3, 1e-12);
}

/* The report of the same run: 614 transactions, of which 607 are in whole intervals. */
static void intervals_of_pgbench_add_up(void **state)
{
    read_one("captured/pgbench_agg.20519", NULL);
    const struct observed_figure *all = figure("response requests latency");
    assert_int_equal(all->count, 607);
    assert_within(all->mean, 1628162.0 / 607 * 1e-6, 1e-12);
}

static void k6_rows_are_responses_that_end_at_their_stamp(void **state)
{
    read_one("made/k6.csv", NULL);
    assert_mean("response requests response time at the client|list", 2, 100.5e-3);
    assert_mean("connect client http_req_connecting", 1, 3.25e-3);
    assert_total("count requests dropped_iterations", 2);
    assert_int_equal(form.observed->arrivals[0]->failed, 1);
    assert_int_equal(form.observed->arrivals[0]->resolution_ns, 1000000000);
}

static void k6_json_says_the_same_with_finer_stamps(void **state)
{
    read_one("made/k6.json", NULL);
    assert_mean("response requests response time at the client|item", 2, 30.5e-3);
}

static void transactions_of_jmeter_are_not_counted_twice(void **state)
{
    read_one("made/jmeter.csv", NULL);
    assert_mean("response requests response time at the client|GET_list", 1, 120e-3);
    assert_mean("response requests response time at the client|GET_item_of_two_lines", 1, 30e-3);
    assert_mean("connect client connect|GET_list", 1, 7e-3);
    assert_int_equal(telemetry_form_dropped(&form, "a transaction, whose samples are there, too"),
                     1);
}

static void vegeta_without_an_answer_failed(void **state)
{
    read_one("made/vegeta.json", NULL);
    assert_mean("response requests response time at the client|list", 2, 2e-3);
    assert_int_equal(form.observed->arrivals[0]->failed, 1);
}

static void gatling_as_text_is_read(void **state)
{
    read_one("made/gatling-3.log", NULL);
    assert_mean("response requests response time at the client|GET_list", 2, 80e-3);
}

static void hey_has_offsets_from_the_start(void **state)
{
    read_one("made/hey.csv", NULL);
    assert_mean("response requests response time at the client|all", 2, 20e-3);
    assert_mean("connect client connect|all", 1, 4e-3);
}

static void ab_gives_moments_percentiles_and_values(void **state)
{
    telemetry_form_add(&form, "captured/ab.txt", NULL);
    telemetry_form_add(&form, "captured/ab.percentiles.csv", NULL);
    telemetry_form_add(&form, "captured/ab.gnuplot.tsv", NULL);
    telemetry_form_finish(&form);
    assert_mean("response requests Time per request", 400, 103.983e-3);
    assert_within(observed_quantile(figure("response requests percentiles"), 0.5), 63.587e-3, 1e-9);
    assert_mean("response requests response time at the client|all", 400, 102.8925e-3);
}

static void locusts_percentiles_become_buckets(void **state)
{
    read_one("made/locust.csv", NULL);
    const struct observed_figure *list = figure("response requests Average Response Time|list");
    assert_int_equal(list->form, OBSERVED_BUCKETS);
    assert_within(list->mean, 110.5e-3, 1e-12);
    assert_within(observed_quantile(list, 0.95), 0.3, 1e-9);
}

/* Made with three digits by another program: 1000 three times, 2000 twice, 5000000 once. */
static void a_packed_histogram_is_decoded(void **state)
{
    read_one("made/made.hlog", "hlog:us");
    const struct observed_figure *tagged = figure("response requests histogram|list");
    assert_int_equal(tagged->count, 6);
    assert_within(tagged->mean, (3 * 1e-3 + 2 * 2e-3 + 5) / 6, 5e-3 * 0.84);
    assert_within(tagged->least, 1e-3, 1e-6);
    assert_within(tagged->largest, 5, 5e-3);
}

static void a_spectrum_is_counted_step_by_step(void **state)
{
    read_one("made/wrk2.hgrm", NULL);
    assert_mean("response requests spectrum", 10, 2.6e-3);
}

/* ---- traces and tables of one's own ---------------------------------------------------------- */

static void spans_are_told_by_kind(void **state)
{
    read_one("made/otlp.json", NULL);
    assert_mean("response requests server span|list", 1, 120e-3);
    assert_mean("wait pool span", 1, 4e-3);
    assert_mean("response database client span", 1, 100e-3);
    assert_true(telemetry_form_has_finding(&form, "traces are sampled"));
}

static void jaegers_spans_are_in_microseconds(void **state)
{
    read_one("made/jaeger.json", NULL);
    assert_mean("response requests server span|list", 1, 120e-3);
    assert_mean("response database client span", 1, 100e-3);
}

static void columns_of_a_table_are_what_their_labels_say(void **state)
{
    const struct telemetry_label labels[] = {
        {"pool.wait_ms", "pool", "wait_ms", OBSERVED_WAIT},
        {"server.took_ms", "server", "took_ms", OBSERVED_RESPONSE},
        {"pool.busy", "pool", "busy", OBSERVED_GAUGE}};
    form.telemetry->labels = labels;
    form.telemetry->label_count = 3;
    read_one("made/own.csv", "csv:time=at,class=route");
    assert_mean("wait pool wait_ms|list", 2, 2e-3);
    assert_mean("response server took_ms|item", 2, 125e-3);
    assert_within(figure("gauge pool busy|list")->mean, 3.5, 0);
    assert_int_equal(telemetry_form_dropped(&form, "a time that is empty or no number"), 1);
    assert_int_equal(form.observed->arrivals[0]->count, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_form, close_form)
    const struct CMUnitTest tests[] = {
        TEST(show_stats_before_and_after_become_hold_and_wait),
        TEST(show_stats_is_read_from_psqls_table),
        TEST(show_stats_is_read_from_psqls_expanded_form),
        TEST(show_stats_totals_has_other_names),
        TEST(sampled_pools_are_levels_without_the_console),
        TEST(pools_are_read_from_psqls_table),
        TEST(show_config_tells_the_size),
        TEST(files_of_settings_tell_sizes),
        TEST(wait_above_xact_proves_the_old_meaning),
        TEST(wait_below_xact_may_be_either_and_says_so),
        TEST(the_oldest_layout_has_queries_alone),
        TEST(csvlog_has_statements_and_whole_transactions),
        TEST(jsonlog_says_what_csvlog_says),
        TEST(stderr_is_read_by_its_prefix_and_without_it),
        TEST(syslog_stamps_have_no_year_and_whole_seconds),
        TEST(wrapped_json_may_be_newest_first),
        TEST(two_snapshots_of_statements_are_subtracted),
        TEST(statements_are_read_from_psqls_table),
        TEST(sessions_are_levels_by_state),
        TEST(httplog_separates_queue_connect_and_server),
        TEST(nginx_is_read_by_the_users_format),
        TEST(another_layout_of_the_same_requests_gives_the_same),
        TEST(json_lines_are_read_by_the_names_of_their_fields),
        TEST(combined_without_times_gives_arrivals_alone),
        TEST(the_same_letter_has_another_unit_in_tomcat),
        TEST(an_alb_that_got_no_answer_failed),
        TEST(scrapes_before_and_after_are_subtracted),
        TEST(a_counter_that_restarts_is_counted_on),
        TEST(a_file_of_scrapes_gives_buckets_and_levels),
        TEST(housekeeper_lines_count_and_failures_do_not),
        TEST(a_secret_of_an_env_file_is_not_kept),
        TEST(containers_use_cores),
        TEST(pgbench_latency_less_its_lag_is_the_servers),
        TEST(intervals_of_pgbench_add_up),
        TEST(k6_rows_are_responses_that_end_at_their_stamp),
        TEST(k6_json_says_the_same_with_finer_stamps),
        TEST(transactions_of_jmeter_are_not_counted_twice),
        TEST(vegeta_without_an_answer_failed),
        TEST(gatling_as_text_is_read),
        TEST(hey_has_offsets_from_the_start),
        TEST(ab_gives_moments_percentiles_and_values),
        TEST(locusts_percentiles_become_buckets),
        TEST(a_packed_histogram_is_decoded),
        TEST(a_spectrum_is_counted_step_by_step),
        TEST(spans_are_told_by_kind),
        TEST(jaegers_spans_are_in_microseconds),
        TEST(columns_of_a_table_are_what_their_labels_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
