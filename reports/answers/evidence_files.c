/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_files.h"
#include "reports/files/output.h"
#include "reports/result/series.h"
#include "reports/text/number_text.h"
#include "reports/writers/command_report.h"
#include <math.h>
#include <string.h>

enum { TEXT_WIDTH = 160 }; /* of files that nobody reads in a narrow terminal */

/* ---- what several share ------------------------------------------------------------------ */

static const struct result_setting *setting_of(const struct evidence *evidence, bool is_after)
{
    return &evidence->result->settings[is_after ? evidence->after : evidence->before];
}

void evidence_files_begin_json(struct json_writer *writer, const struct evidence *evidence,
                               const char *phase, const char *setting)
{
    const struct result *result = evidence->result;
    writer_open_object(writer, EMIT_LINES);
    writer_key(writer, "capsim_evidence_file");
    writer_integer(writer, 1);
    writer_named_string(writer, "projected", "by simulation: nothing here was measured");
    writer_named_string(writer, "phase", phase);
    writer_named_string(writer, "setting", setting);
    writer_key(writer, "provenance");
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "version", result->version);
    writer_named_string(writer, "scenario", result->scenario_name);
    writer_named_string(writer, "sha256", result->scenario_sha256);
    writer_key(writer, "seed");
    writer_integer(writer, result->seed);
    writer_named_string(writer, "digest", result->digest);
    writer_close(writer);
    writer_key(writer, "run");
    writer_open_object(writer, EMIT_LINE);
    writer_named_number(writer, "duration_s", result->duration_s);
    writer_named_number(writer, "confidence", result->confidence);
    writer_close(writer);
}

static bool end_json(struct json_writer *writer, FILE *out, struct error *err)
{
    writer_close(writer);
    writer_end(writer);
    return output_flush(out, err);
}

static void writer_metric(struct json_writer *writer, const struct result_setting *setting,
                          size_t i)
{
    const struct result_metric *metric = &setting->metrics[i];
    writer_key(writer, metric->name);
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "unit", metric->unit);
    writer_named_number(writer, "estimate", metric->estimate.estimate);
    writer_named_number(writer, "low", metric->estimate.low);
    writer_named_number(writer, "high", metric->estimate.high);
    writer_named_number(writer, "one_run_low", setting->predictions[i].low);
    writer_named_number(writer, "one_run_high", setting->predictions[i].high);
    writer_key(writer, "replications");
    writer_integer(writer, metric->estimate.replications);
    writer_close(writer);
}

typedef bool metric_filter(const struct metric_identity *identity);

static void writer_metrics(struct json_writer *writer, const struct result_setting *setting,
                           metric_filter *is_wanted)
{
    writer_key(writer, "metrics");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < setting->metric_count; i++)
        if (!is_wanted || is_wanted(setting->metrics[i].identity))
            writer_metric(writer, setting, i);
    writer_close(writer);
}

static enum metric_role role_of(const struct metric_identity *identity)
{
    return identity->row ? identity->row->role : ROLE_OTHER;
}

/* What a request waits for and how long it takes: the distributions of times. */
static bool is_latency(const struct metric_identity *identity)
{
    enum metric_role role = role_of(identity);
    return role == ROLE_RESPONSE || role == ROLE_WAIT || role == ROLE_STEP;
}

static bool is_error_rate(const struct metric_identity *identity)
{
    enum metric_role role = role_of(identity);
    return role == ROLE_FAILURES || role == ROLE_ERRORS || role == ROLE_CONNECTION_ERRORS ||
           role == ROLE_RETRIES;
}

static bool is_connection(const struct metric_identity *identity)
{
    enum metric_role role = role_of(identity);
    return role == ROLE_USE || role == ROLE_CONNECTION || role == ROLE_DATABASE ||
           role == ROLE_CONNECTION_ERRORS;
}

/* ---- text -------------------------------------------------------------------------------- */

const char *evidence_files_duration(double seconds, struct arena *arena)
{
    bool is_in_minutes = seconds >= 60 && fmod(seconds, 60) == 0;
    return is_in_minutes ? arena_printf(arena, "%.9g min", seconds / 60)
                         : number_text_quantity(seconds, "s", arena);
}

void evidence_files_begin_text(struct document *document, const struct evidence *evidence,
                               const char *title, const char *setting)
{
    const struct result *result = evidence->result;
    struct arena *arena = document->arena;
    document_add(document, BLOCK_TITLE, title);
    document_add_statement(document, TONE_UNSURE, "PROJECTED", "by simulation; not measured");
    document_add(
        document, BLOCK_PARAGRAPH,
        arena_printf(arena,
                     "capsim %s, scenario %s (sha256 %.16s), setting %s, seed %llu, runs of "
                     "%s, digest %.16s. \"one run\" is where one real run of that length "
                     "would be, with %g %% confidence.",
                     result->version, result->scenario_name, result->scenario_sha256, setting,
                     (unsigned long long)result->seed,
                     evidence_files_duration(result->duration_s, arena), result->digest,
                     100 * result->confidence));
}

static bool write_document(const struct document *document, FILE *out, struct error *err)
{
    const struct report_style style = {.has_colour = false, .width = TEXT_WIDTH};
    return document_text(document, &style, out, err);
}

static void add_metric_row(struct table *table, const struct result_setting *setting, size_t i)
{
    const struct result_metric *metric = &setting->metrics[i];
    struct table_cell *row = table_add_row(table);
    row[0] = table_text(metric->name);
    row[1] = table_text(
        number_text_estimate(&metric->estimate, metric->unit, !setting->is_unstable, table->arena));
    row[2] = table_text(number_text_range(setting->predictions[i].low, setting->predictions[i].high,
                                          metric->unit, table->arena));
}

/* Some metrics of one setting. */
static bool write_metrics_text(const struct evidence *evidence, const char *title, bool is_after,
                               metric_filter *is_wanted, FILE *out, struct error *err)
{
    static const struct table_column columns[] = {
        {"metric", NULL, false}, {"projected", NULL, true}, {"one run", NULL, true}};
    const struct result_setting *setting = setting_of(evidence, is_after);
    struct arena *arena = arena_open();
    struct document document = {.arena = arena};
    struct table *table = table_make(columns, 3, arena);
    evidence_files_begin_text(&document, evidence, title, setting->name);
    for (size_t i = 0; i < setting->metric_count; i++)
        if (is_wanted(setting->metrics[i].identity))
            add_metric_row(table, setting, i);
    document_add(&document, BLOCK_HEADING, "Figures");
    document_add_table(&document, table);
    bool is_written = write_document(&document, out, err);
    arena_close(arena);
    return is_written;
}

/* ---- before ------------------------------------------------------------------------------ */

static bool write_metrics_json(const struct evidence *evidence, bool is_after,
                               metric_filter *is_wanted, FILE *out, struct error *err)
{
    struct json_writer writer = writer_begin(writer_to_stream, out);
    const struct result_setting *setting = setting_of(evidence, is_after);
    evidence_files_begin_json(&writer, evidence, is_after ? "after" : "before", setting->name);
    writer_metrics(&writer, setting, is_wanted);
    return end_json(&writer, out, err);
}

static bool write_pre_metrics(const void *context, FILE *out, struct error *err)
{
    return write_metrics_json(context, false, NULL, out, err);
}

static bool write_pre_latency(const void *context, FILE *out, struct error *err)
{
    return write_metrics_json(context, false, is_latency, out, err);
}

static bool write_pre_errors(const void *context, FILE *out, struct error *err)
{
    return write_metrics_text(context, "Error rates before the change", false, is_error_rate, out,
                              err);
}

static bool write_pre_connections(const void *context, FILE *out, struct error *err)
{
    return write_metrics_text(context, "Connections before the change", false, is_connection, out,
                              err);
}

/* Each line but the first stands two columns further in, as it does inside of an object. */
static const char *indented(const char *json, struct arena *arena)
{
    size_t lines = 0;
    for (const char *c = json; *c != '\0'; c++)
        lines += *c == '\n';
    char *text = arena_alloc(
             arena,
             arena_add_sizes(strlen(json), arena_add_sizes(arena_multiply_sizes(lines, 2), 1))),
         *to = text;
    for (const char *c = json; *c != '\0'; c++) {
        *to++ = *c;
        if (*c == '\n') {
            *to++ = ' ';
            *to++ = ' ';
        }
    }
    return text;
}

static bool write_config(const struct evidence *evidence, bool is_after, FILE *out,
                         struct error *err)
{
    struct json_writer writer = writer_begin(writer_to_stream, out);
    evidence_files_begin_json(&writer, evidence, is_after ? "during" : "before",
                              setting_of(evidence, is_after)->name);
    writer_key(&writer, "configuration");
    struct arena *arena = arena_open();
    writer_raw(&writer,
               indented(is_after ? evidence->config_after : evidence->config_before, arena));
    arena_close(arena);
    return end_json(&writer, out, err);
}

static bool write_pre_config(const void *context, FILE *out, struct error *err)
{
    return write_config(context, false, out, err);
}

/* ---- during ------------------------------------------------------------------------------ */

static bool write_post_config(const void *context, FILE *out, struct error *err)
{
    return write_config(context, true, out, err);
}

/* As a reviewer reads a difference: - what was, + what is. */
static bool write_diff(const void *context, FILE *out, struct error *err)
{
    const struct evidence *evidence = context;
    fprintf(out, "# PROJECTED by simulation: the settings that were simulated\n");
    fprintf(out, "# scenario %s, sha256 %s\n", evidence->result->scenario_name,
            evidence->result->scenario_sha256);
    fprintf(out, "--- %s\n+++ %s\n", setting_of(evidence, false)->name,
            setting_of(evidence, true)->name);
    for (size_t i = 0; i < evidence->change_count; i++) {
        const struct setting_change *change = &evidence->changes[i];
        fprintf(out, "@@ %s @@\n", change->path);
        if (change->before)
            fprintf(out, "- %s\n", change->before);
        if (change->after)
            fprintf(out, "+ %s\n", change->after);
    }
    return output_flush(out, err);
}

/* ---- after ------------------------------------------------------------------------------- */

static bool write_post_metrics(const void *context, FILE *out, struct error *err)
{
    return write_metrics_json(context, true, NULL, out, err);
}

static bool is_between(const struct evidence *evidence, const struct result_difference *difference)
{
    return strcmp(difference->from, setting_of(evidence, false)->name) == 0 &&
           strcmp(difference->to, setting_of(evidence, true)->name) == 0;
}

static bool write_latency_comparison(const void *context, FILE *out, struct error *err)
{
    const struct evidence *evidence = context;
    const struct result *result = evidence->result;
    const struct result_setting *before = setting_of(evidence, false);
    const struct result_setting *after = setting_of(evidence, true);
    struct json_writer writer = writer_begin(writer_to_stream, out);
    evidence_files_begin_json(&writer, evidence, "after", after->name);
    writer_named_string(&writer, "compared_with", before->name);
    writer_key(&writer, "comparison");
    writer_open_object(&writer, EMIT_LINES);
    for (size_t i = 0; i < result->difference_count; i++) {
        const struct result_difference *difference = &result->differences[i];
        const struct result_metric *old, *new;
        if (!is_between(evidence, difference) || !is_latency(difference->identity) ||
            !(old = result_find_metric(before, difference->metric, i)) ||
            !(new = result_find_metric(after, difference->metric, i)))
            continue;
        writer_key(&writer, difference->metric);
        writer_open_object(&writer, EMIT_LINE);
        writer_named_string(&writer, "unit", difference->unit);
        writer_named_number(&writer, "before", old->estimate.estimate);
        writer_named_number(&writer, "after", new->estimate.estimate);
        writer_named_number(&writer, "difference", difference->estimate.estimate);
        writer_named_number(&writer, "low", difference->estimate.low);
        writer_named_number(&writer, "high", difference->estimate.high);
        writer_named_number(&writer, "one_run_low", after->predictions[new - after->metrics].low);
        writer_named_number(&writer, "one_run_high", after->predictions[new - after->metrics].high);
        writer_close(&writer);
    }
    writer_close(&writer);
    return end_json(&writer, out, err);
}

static bool write_error_comparison(const void *context, FILE *out, struct error *err)
{
    static const struct table_column columns[] = {{"metric", NULL, false},
                                                  {"before", NULL, true},
                                                  {"after", NULL, true},
                                                  {"difference", NULL, true},
                                                  {"one run after", NULL, true}};
    const struct evidence *evidence = context;
    const struct result_setting *before = setting_of(evidence, false);
    const struct result_setting *after = setting_of(evidence, true);
    struct arena *arena = arena_open();
    struct document document = {.arena = arena};
    struct table *table = table_make(columns, 5, arena);
    evidence_files_begin_text(&document, evidence, "Error rates before and after the change",
                              after->name);
    for (size_t i = 0; i < evidence->result->difference_count; i++) {
        const struct result_difference *difference = &evidence->result->differences[i];
        const struct result_metric *old, *new;
        if (!is_between(evidence, difference) || !is_error_rate(difference->identity) ||
            !(old = result_find_metric(before, difference->metric, i)) ||
            !(new = result_find_metric(after, difference->metric, i)))
            continue;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(difference->metric);
        row[1] = table_text(
            number_text_estimate(&old->estimate, difference->unit, !before->is_unstable, arena));
        row[2] = table_text(
            number_text_estimate(&new->estimate, difference->unit, !after->is_unstable, arena));
        row[3] =
            table_text(number_text_paired(&difference->estimate, difference->unit, true, arena));
        row[4] = table_text(number_text_range(after->predictions[new - after->metrics].low,
                                              after->predictions[new - after->metrics].high,
                                              difference->unit, arena));
    }
    document_add(&document, BLOCK_HEADING, "Figures");
    document_add_table(&document, table);
    bool is_written = write_document(&document, out, err);
    arena_close(arena);
    return is_written;
}

/* The key metrics of the changed system, window by window. */
static bool write_monitoring(const void *context, FILE *out, struct error *err)
{
    const struct evidence *evidence = context;
    const struct result_setting *after = setting_of(evidence, true);
    struct result only = *evidence->result;
    only.settings = after;
    only.setting_count = 1;
    struct json_writer writer = writer_begin(writer_to_stream, out);
    evidence_files_begin_json(&writer, evidence, "after", after->name);
    series_emit(&writer, &only);
    return end_json(&writer, out, err);
}

static void writer_resolution(struct json_writer *writer, const struct evidence_test *test)
{
    writer_key(writer, "resolution_of_p95");
    writer_open_object(writer, EMIT_LINES);
    writer_named_number(writer, "a_s", test->a_s);
    writer_named_number(writer, "b_s", test->b_s);
    writer_named_number(writer, "figure_over_truth_low", test->p95.low);
    writer_named_number(writer, "figure_over_truth_high", test->p95.high);
    writer_named_number(writer, "chance_that_b_shows_below_a", test->p95.missed);
    writer_named_number(writer, "chance_to_tell_b_from_a", test->p95.power);
    writer_key(writer, "can_tell_b_from_a");
    writer_bool(writer, test->p95.can_tell);
    writer_named_number(writer, "requests_needed",
                        ceil(test->p95.times_as_large * (double)test->requests));
    writer_close(writer);
}

static bool write_test(const void *context, FILE *out, struct error *err)
{
    const struct evidence *evidence = context;
    const struct evidence_test *test = evidence->test;
    struct json_writer writer = writer_begin(writer_to_stream, out);
    evidence_files_begin_json(&writer, evidence, "after", setting_of(evidence, true)->name);
    writer_key(&writer, "requests");
    writer_integer(&writer, (uint64_t)test->requests);
    writer_key(&writer, "concurrency");
    writer_integer(&writer, (uint64_t)test->concurrency);
    writer_named_string(&writer, "requests_of", test->workload);
    writer_key(&writer, "tests");
    writer_integer(&writer, test->found->replications);
    writer_key(&writer, "results");
    writer_open_object(&writer, EMIT_LINES);
    for (size_t i = 0; i < test->found->metric_count; i++) {
        const struct metric_identity *is = test->found->metrics[i].identity;
        if (is->is_shown || (is->resource && strcmp(is->resource, test->name) == 0))
            writer_metric(&writer, test->found, i);
    }
    writer_close(&writer);
    writer_resolution(&writer, test);
    return end_json(&writer, out, err);
}

/* ---- the run's own report ---------------------------------------------------------------- */

static bool write_report(const struct evidence *evidence, enum report_format format, FILE *out,
                         struct error *err)
{
    static const struct report_style style = {.has_colour = false, .width = TEXT_WIDTH};
    struct arena *arena = arena_open();
    const struct answer *answer = answer_of_result(evidence->result, arena);
    bool is_written = answer_write(answer, format, &style, NULL, out, err);
    arena_close(arena);
    return is_written;
}

static bool write_report_json(const void *context, FILE *out, struct error *err)
{
    return write_report(context, REPORT_JSON, out, err);
}

static bool write_report_text(const void *context, FILE *out, struct error *err)
{
    return write_report(context, REPORT_TEXT, out, err);
}

const struct folder_file *evidence_files_list(const struct evidence *evidence, struct arena *arena,
                                              size_t *count)
{
    const struct folder_file own[] = {
        {"report.json", write_report_json, evidence},
        {"report.txt", write_report_text, evidence},
        {"pre_change/pre_change_metrics.json", write_pre_metrics, evidence},
        {"pre_change/pre_change_config.json", write_pre_config, evidence},
        {"pre_change/pre_change_latency.json", write_pre_latency, evidence},
        {"pre_change/pre_change_error_rate.txt", write_pre_errors, evidence},
        {"pre_change/pre_change_connections.txt", write_pre_connections, evidence},
        {"during_change/config_diff.txt", write_diff, evidence},
        {"during_change/post_change_config.json", write_post_config, evidence},
        {"post_change/sustained_monitoring.json", write_monitoring, evidence},
        {"post_change/error_rate_comparison.txt", write_error_comparison, evidence},
        {"post_change/latency_comparison.json", write_latency_comparison, evidence},
        {"post_change/projected_metrics.json", write_post_metrics, evidence},
        {"post_change/synthetic_load_test_results.json", write_test, evidence}};
    size_t own_count = sizeof own / sizeof own[0] - (evidence->test ? 0 : 1);
    struct folder_file *list = arena_array(arena, own_count + evidence->extra_count, sizeof *list);
    memcpy(list, own, own_count * sizeof *list);
    if (evidence->extra_count > 0)
        memcpy(list + own_count, evidence->extras, evidence->extra_count * sizeof *list);
    *count = own_count + evidence->extra_count;
    return list;
}
