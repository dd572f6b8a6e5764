/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/report_json.h"
#include "reports/files/output.h"
#include "reports/result/series.h"

static void writer_flag(struct json_writer *writer, const char *key, bool value)
{
    if (!value)
        return;
    writer_key(writer, key);
    writer_bool(writer, true);
}

static void writer_bounds(struct json_writer *writer, const struct estimate *estimate)
{
    writer_named_number(writer, "estimate", estimate->estimate);
    writer_named_number(writer, "low", estimate->low);
    writer_named_number(writer, "high", estimate->high);
}

/* What else is known of an estimate; behind the contract's keys. */
static void writer_quality(struct json_writer *writer, const struct estimate *estimate)
{
    writer_named_integer(writer, "replications", estimate->replications);
    writer_named_number(writer, "standard_error", estimate->standard_error);
    writer_flag(writer, "no_interval", !estimate->has_interval);
    writer_flag(writer, "unresolved", estimate->is_unresolved);
    writer_flag(writer, "upper_bound", estimate->is_upper_bound);
}

/* What the metric is of: what its name is made of, so that no reader has to take that apart. */
static void writer_identity(struct json_writer *writer, const struct metric_identity *identity)
{
    writer_named_string(writer, "resource", identity->resource);
    writer_named_string(writer, "metric", identity->metric);
    writer_named_string(writer, "statistic", metric_statistic_name(identity->statistic));
    writer_flag(writer, "worst", identity->is_worst);
}

/* Where one real run would be; behind what the digest covers. */
static void writer_prediction(struct json_writer *writer, const struct result_setting *setting,
                              const struct result_metric *metric)
{
    if (!setting->predictions)
        return;
    const struct prediction *one = &setting->predictions[metric - setting->metrics];
    writer_named_number(writer, "one_run_low", one->low);
    writer_named_number(writer, "one_run_high", one->high);
}

static void writer_metric(struct json_writer *writer, const struct result_setting *setting,
                          const struct result_metric *metric, bool has_identity)
{
    writer_key(writer, metric->name);
    writer_open_object(writer, EMIT_LINE);
    writer_bounds(writer, &metric->estimate);
    writer_named_string(writer, "unit", metric->unit);
    writer_quality(writer, &metric->estimate);
    if (has_identity) {
        writer_identity(writer, metric->identity);
        writer_prediction(writer, setting, metric);
    }
    writer_close(writer);
}

static void writer_reference(struct json_writer *writer, const struct result_criterion *criterion)
{
    writer_named_string(writer, "no_worse_than", criterion->no_worse_than);
    writer_named_number(writer, "allowed", criterion->allowed);
    writer_key(writer, "difference");
    writer_open_object(writer, EMIT_LINE);
    writer_bounds(writer, &criterion->difference);
    writer_quality(writer, &criterion->difference);
    writer_close(writer);
}

/* What would decide an undecided one, and what it is withheld for. */
static void writer_reasons(struct json_writer *writer, const struct result_criterion *criterion)
{
    static const char *const words[] = {"cycles",  "start", "tail_unseen", "no_variance",
                                        "growing", "check", "unfinished"};
    if (criterion->verdict != VERDICT_UNDECIDED)
        return;
    if (criterion->explanation)
        writer_named_string(writer, "explanation", criterion->explanation);
    if (criterion->withheld == 0)
        return;
    writer_key(writer, "reasons");
    writer_open_array(writer, EMIT_LINE);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (criterion->withheld & (1U << i))
            writer_string(writer, words[i]);
    writer_close(writer);
    if (criterion->withheld & WITHHELD_CYCLES) {
        writer_named_number(writer, "cycles", criterion->cycles.cycles);
        writer_named_number(writer, "run_needed", criterion->cycles.run_needed_s);
    }
}

static void writer_criterion(struct json_writer *writer, const struct result_criterion *criterion,
                             bool has_identity)
{
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "name", criterion->name);
    writer_named_string(writer, "expect", criterion->expect);
    writer_bounds(writer, &criterion->estimate);
    writer_named_string(writer, "unit", criterion->unit);
    writer_named_string(writer, "verdict", verdict_name(criterion->verdict));
    writer_named_number(writer, "margin", criterion->margin);
    writer_flag(writer, "configured", criterion->is_configured);
    if (criterion->has_limit) {
        writer_named_string(writer, "op", comparison_text(criterion->op));
        writer_named_number(writer, "limit", criterion->limit);
    }
    writer_quality(writer, &criterion->estimate);
    if (criterion->is_withheld) {
        writer_key(writer, "withheld");
        writer_bool(writer, true);
    }
    writer_reasons(writer, criterion);
    if (criterion->held + criterion->failed > 0) {
        writer_named_number(writer, "probability", criterion->probability);
        writer_named_integer(writer, "held", criterion->held);
        writer_named_integer(writer, "failed", criterion->failed);
    }
    if (criterion->no_worse_than)
        writer_reference(writer, criterion);
    if (has_identity) {
        writer_named_string(writer, "metric", criterion->metric);
        writer_named_string(writer, "span", criterion_span_word(criterion->span));
    }
    writer_close(writer);
}

static void writer_check(struct json_writer *writer, const struct model_check *check)
{
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "name", check->name);
    writer_named_number(writer, "simulated", check->simulated);
    writer_named_number(writer, "expected", check->expected);
    writer_named_number(writer, "tolerance", check->tolerance);
    writer_key(writer, "holds");
    writer_bool(writer, check->holds);
    if (check->words)
        writer_named_string(writer, "explanation", check->words);
    writer_close(writer);
}

static void writer_overrides(struct json_writer *writer, const struct result_setting *setting)
{
    writer_key(writer, "overrides");
    writer_open_object(writer, EMIT_LINE);
    for (size_t i = 0; i < setting->override_count; i++) {
        writer_key(writer, setting->overrides[i].path);
        writer_raw(writer, setting->overrides[i].value);
    }
    writer_close(writer);
}

static void writer_strings(struct json_writer *writer, const char *key, const char *const *texts,
                           size_t count)
{
    writer_key(writer, key);
    writer_open_array(writer, EMIT_LINE);
    for (size_t i = 0; i < count; i++)
        writer_string(writer, texts[i]);
    writer_close(writer);
}

static void writer_observations(struct json_writer *writer, const struct result_setting *setting,
                                bool has_identity)
{
    writer_key(writer, "metrics");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < setting->metric_count; i++)
        writer_metric(writer, setting, &setting->metrics[i], has_identity);
    writer_close(writer);
    writer_key(writer, "criteria");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < setting->criterion_count; i++)
        writer_criterion(writer, &setting->criteria[i], has_identity);
    writer_close(writer);
    writer_key(writer, "checks");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < setting->check_count; i++)
        writer_check(writer, &setting->checks[i]);
    writer_close(writer);
}

/* What arrives at each station against what it can do. */
static void writer_loads(struct json_writer *writer, const struct result_setting *setting)
{
    writer_key(writer, "offered_load");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < setting->load_count; i++) {
        const struct offered_load *load = &setting->loads[i];
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "resource", load->resource);
        writer_named_number(writer, "load", load->load);
        writer_named_number(writer, "capacity", load->capacity);
        if (load->accepted > 0.0)
            writer_named_number(writer, "accepted", load->accepted);
        writer_named_number(writer, "utilization", load->load / load->capacity);
        writer_named_string(writer, "unit", load->is_passes ? "1/s" : "");
        writer_key(writer, "overloaded");
        writer_bool(writer, load->is_too_much);
        writer_named_string(writer, "bound", load->bound);
        writer_named_number(writer, "collapses_s", load->collapses_s);
        writer_close(writer);
    }
    writer_close(writer);
}

static void writer_setting(struct json_writer *writer, const struct result_setting *setting,
                           bool has_identity)
{
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "name", setting->name);
    writer_overrides(writer, setting);
    writer_named_integer(writer, "replications", setting->replications);
    writer_named_number(writer, "warmup_s", setting->warmup_s);
    writer_named_string(writer, "verdict", verdict_name(setting->verdict));
    writer_observations(writer, setting, has_identity);
    writer_key(writer, "unstable");
    writer_bool(writer, setting->is_unstable);
    writer_strings(writer, "warnings", setting->warnings, setting->warning_count);
    writer_loads(writer, setting);
    if (has_identity && setting->one_runs > 0)
        writer_named_integer(writer, "one_runs", setting->one_runs);
    writer_close(writer);
}

static void writer_difference(struct json_writer *writer,
                              const struct result_difference *difference)
{
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "metric", difference->metric);
    writer_named_string(writer, "from", difference->from);
    writer_named_string(writer, "to", difference->to);
    writer_bounds(writer, &difference->estimate);
    writer_named_string(writer, "unit", difference->unit);
    writer_quality(writer, &difference->estimate);
    writer_close(writer);
}

/* has_identity: with what each metric and criterion is of. */
static void writer_findings(struct json_writer *writer, const struct result *result,
                            bool has_identity)
{
    writer_key(writer, "settings");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < result->setting_count; i++)
        writer_setting(writer, &result->settings[i], has_identity);
    writer_close(writer);
    writer_key(writer, "differences");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < result->difference_count; i++)
        writer_difference(writer, &result->differences[i]);
    writer_close(writer);
    writer_named_string(writer, "verdict", verdict_name(result->verdict));
}

void report_json_findings(struct json_writer *writer, const struct result *result)
{
    writer_findings(writer, result, false);
}

void report_json_provenance(struct json_writer *writer, const struct result *result)
{
    writer_key(writer, "provenance");
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "version", result->version);
    writer_strings(writer, "command", result->command, result->command_count);
    writer_named_integer(writer, "seed", result->seed);
    writer_key(writer, "inputs");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < result->input_count; i++) {
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "file", result->inputs[i].file);
        writer_named_string(writer, "sha256", result->inputs[i].sha256);
        writer_close(writer);
    }
    writer_close(writer);
    writer_named_string(writer, "digest", result->digest);
    writer_close(writer);
}

static void writer_assumptions(struct json_writer *writer, const struct result *result)
{
    writer_key(writer, "assumptions");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "key", assumption->key);
        writer_named_string(writer, "value", assumption->value);
        writer_named_string(writer, "note", assumption->note);
        writer_named_string(writer, "source", assumption->source);
        writer_key(writer, "default");
        writer_bool(writer, assumption->is_default);
        writer_close(writer);
    }
    writer_close(writer);
}

/* What the contract's first version did not name. */
static void writer_circumstances(struct json_writer *writer, const struct result *result)
{
    writer_named_string(writer, "title", result->title);
    writer_named_string(writer, "description", result->description);
    writer_named_number(writer, "confidence", result->confidence);
    writer_named_number(writer, "duration_s", result->duration_s);
    writer_named_integer(writer, "looks_planned", result->looks_planned);
    writer_named_integer(writer, "looks_made", result->looks_made);
    writer_key(writer, "interrupted");
    writer_bool(writer, result->is_interrupted);
    if (series_exist(result))
        series_emit(writer, result);
}

void report_json_grounds(struct json_writer *writer, const struct result *result)
{
    writer_key(writer, "scenario");
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "name", result->scenario_name);
    writer_named_string(writer, "sha256", result->scenario_sha256);
    writer_close(writer);
    report_json_provenance(writer, result);
    writer_assumptions(writer, result);
}

static void writer_values(struct json_writer *writer, const struct result_setting *setting)
{
    writer_key(writer, setting->name);
    writer_open_object(writer, EMIT_LINES);
    for (size_t m = 0; m < setting->metric_count; m++) {
        writer_key(writer, setting->metrics[m].name);
        writer_open_array(writer, EMIT_LINE);
        for (size_t r = 0; r < setting->started; r++)
            writer_number(writer, setting->values[r * setting->value_stride + m]);
        writer_close(writer);
    }
    writer_close(writer);
}

static void writer_approvals(struct json_writer *writer, const struct report_kept *kept)
{
    if (kept->approval_count == 0)
        return;
    writer_key(writer, "approvals");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < kept->approval_count; i++) {
        const struct regression_approval *approval = &kept->approvals[i];
        writer_open_object(writer, EMIT_LINES);
        writer_named_string(writer, "reason", approval->reason);
        if (approval->by)
            writer_named_string(writer, "by", approval->by);
        writer_named_string(writer, "from", approval->from);
        writer_named_string(writer, "to", approval->to);
        writer_key(writer, "changes");
        writer_open_array(writer, EMIT_LINES);
        for (size_t k = 0; k < approval->change_count; k++)
            writer_string(writer, approval->changes[k]);
        writer_close(writer);
        writer_close(writer);
    }
    writer_close(writer);
}

/* What a later run is held against beside the report itself. */
static void writer_baseline(struct json_writer *writer, const struct result *result,
                            const struct report_kept *kept)
{
    writer_key(writer, "baseline");
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "source", kept->source);
    writer_approvals(writer, kept);
    writer_key(writer, "values");
    writer_open_object(writer, EMIT_LINES);
    for (size_t i = 0; i < result->setting_count; i++)
        writer_values(writer, &result->settings[i]);
    writer_close(writer);
    writer_close(writer);
}

static bool write_report(const struct result *result, const struct report_kept *kept, FILE *out,
                         struct error *err)
{
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINES);
    writer_named_integer(&writer, "capsim_report", 1);
    report_json_grounds(&writer, result);
    writer_findings(&writer, result, true);
    writer_circumstances(&writer, result);
    if (kept)
        writer_baseline(&writer, result, kept);
    writer_close(&writer);
    writer_end(&writer);
    return output_flush(out, err);
}

bool report_json(const struct result *result, FILE *out, struct error *err)
{
    return write_report(result, NULL, out, err);
}

bool report_baseline(const struct result *result, const struct report_kept *kept, FILE *out,
                     struct error *err)
{
    return write_report(result, kept, out, err);
}
