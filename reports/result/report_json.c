#include "reports/result/report_json.h"
#include "reports/files/output.h"
#include "reports/result/series.h"
#include "reports/writers/report.h"

static void emit_flag(struct emit *emit, const char *key, bool value)
{
    if (!value)
        return;
    emit_key(emit, key);
    emit_bool(emit, true);
}

static void emit_bounds(struct emit *emit, const struct estimate *estimate)
{
    emit_named_number(emit, "estimate", estimate->estimate);
    emit_named_number(emit, "low", estimate->low);
    emit_named_number(emit, "high", estimate->high);
}

/* What else is known of an estimate; behind the contract's keys. */
static void emit_quality(struct emit *emit, const struct estimate *estimate)
{
    emit_named_integer(emit, "replications", estimate->replications);
    emit_named_number(emit, "standard_error", estimate->standard_error);
    emit_flag(emit, "no_interval", !estimate->has_interval);
    emit_flag(emit, "unresolved", estimate->is_unresolved);
    emit_flag(emit, "upper_bound", estimate->is_upper_bound);
}

static void emit_metric(struct emit *emit, const struct result_metric *metric)
{
    emit_key(emit, metric->name);
    emit_open_object(emit, EMIT_LINE);
    emit_bounds(emit, &metric->estimate);
    emit_named_string(emit, "unit", metric->unit);
    emit_quality(emit, &metric->estimate);
    emit_close(emit);
}

static void emit_reference(struct emit *emit, const struct result_criterion *criterion)
{
    emit_named_string(emit, "no_worse_than", criterion->no_worse_than);
    emit_named_number(emit, "allowed", criterion->allowed);
    emit_key(emit, "difference");
    emit_open_object(emit, EMIT_LINE);
    emit_bounds(emit, &criterion->difference);
    emit_quality(emit, &criterion->difference);
    emit_close(emit);
}

static void emit_criterion(struct emit *emit, const struct result_criterion *criterion)
{
    emit_open_object(emit, EMIT_LINE);
    emit_named_string(emit, "name", criterion->name);
    emit_named_string(emit, "expect", criterion->expect);
    emit_bounds(emit, &criterion->estimate);
    emit_named_string(emit, "unit", criterion->unit);
    emit_named_string(emit, "verdict", verdict_name(criterion->verdict));
    emit_named_number(emit, "margin", criterion->margin);
    if (criterion->has_limit) {
        emit_named_string(emit, "op", comparison_text(criterion->op));
        emit_named_number(emit, "limit", criterion->limit);
    }
    emit_quality(emit, &criterion->estimate);
    if (criterion->is_withheld) {
        emit_key(emit, "withheld");
        emit_bool(emit, true);
    }
    if (criterion->no_worse_than)
        emit_reference(emit, criterion);
    emit_close(emit);
}

static void emit_check(struct emit *emit, const struct model_check *check)
{
    emit_open_object(emit, EMIT_LINE);
    emit_named_string(emit, "name", check->name);
    emit_named_number(emit, "simulated", check->simulated);
    emit_named_number(emit, "expected", check->expected);
    emit_named_number(emit, "tolerance", check->tolerance);
    emit_key(emit, "holds");
    emit_bool(emit, check->holds);
    emit_close(emit);
}

static void emit_overrides(struct emit *emit, const struct result_setting *setting)
{
    emit_key(emit, "overrides");
    emit_open_object(emit, EMIT_LINE);
    for (size_t i = 0; i < setting->override_count; i++) {
        emit_key(emit, setting->overrides[i].path);
        emit_raw(emit, setting->overrides[i].value);
    }
    emit_close(emit);
}

static void emit_strings(struct emit *emit, const char *key, const char *const *texts, size_t count)
{
    emit_key(emit, key);
    emit_open_array(emit, EMIT_LINE);
    for (size_t i = 0; i < count; i++)
        emit_string(emit, texts[i]);
    emit_close(emit);
}

static void emit_observations(struct emit *emit, const struct result_setting *setting)
{
    emit_key(emit, "metrics");
    emit_open_object(emit, EMIT_LINES);
    for (size_t i = 0; i < setting->metric_count; i++)
        emit_metric(emit, &setting->metrics[i]);
    emit_close(emit);
    emit_key(emit, "criteria");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < setting->criterion_count; i++)
        emit_criterion(emit, &setting->criteria[i]);
    emit_close(emit);
    emit_key(emit, "checks");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < setting->check_count; i++)
        emit_check(emit, &setting->checks[i]);
    emit_close(emit);
}

static void emit_setting(struct emit *emit, const struct result_setting *setting)
{
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "name", setting->name);
    emit_overrides(emit, setting);
    emit_named_integer(emit, "replications", setting->replications);
    emit_named_number(emit, "warmup_s", setting->warmup_s);
    emit_named_string(emit, "verdict", verdict_name(setting->verdict));
    emit_observations(emit, setting);
    emit_key(emit, "unstable");
    emit_bool(emit, setting->is_unstable);
    emit_strings(emit, "warnings", setting->warnings, setting->warning_count);
    emit_close(emit);
}

static void emit_difference(struct emit *emit, const struct result_difference *difference)
{
    emit_open_object(emit, EMIT_LINE);
    emit_named_string(emit, "metric", difference->metric);
    emit_named_string(emit, "from", difference->from);
    emit_named_string(emit, "to", difference->to);
    emit_bounds(emit, &difference->estimate);
    emit_named_string(emit, "unit", difference->unit);
    emit_quality(emit, &difference->estimate);
    emit_close(emit);
}

void report_json_findings(struct emit *emit, const struct result *result)
{
    emit_key(emit, "settings");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < result->setting_count; i++)
        emit_setting(emit, &result->settings[i]);
    emit_close(emit);
    emit_key(emit, "differences");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < result->difference_count; i++)
        emit_difference(emit, &result->differences[i]);
    emit_close(emit);
    emit_named_string(emit, "verdict", verdict_name(result->verdict));
}

static void emit_provenance(struct emit *emit, const struct result *result)
{
    emit_key(emit, "provenance");
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "version", result->version);
    emit_strings(emit, "command", result->command, result->command_count);
    emit_named_integer(emit, "seed", result->seed);
    emit_key(emit, "inputs");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < result->input_count; i++) {
        emit_open_object(emit, EMIT_LINE);
        emit_named_string(emit, "file", result->inputs[i].file);
        emit_named_string(emit, "sha256", result->inputs[i].sha256);
        emit_close(emit);
    }
    emit_close(emit);
    emit_named_string(emit, "digest", result->digest);
    emit_close(emit);
}

static void emit_assumptions(struct emit *emit, const struct result *result)
{
    emit_key(emit, "assumptions");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        emit_open_object(emit, EMIT_LINE);
        emit_named_string(emit, "key", assumption->key);
        emit_named_string(emit, "value", assumption->value);
        emit_named_string(emit, "note", assumption->note);
        emit_named_string(emit, "source", assumption->source);
        emit_key(emit, "default");
        emit_bool(emit, assumption->is_default);
        emit_close(emit);
    }
    emit_close(emit);
}

/* What the contract's first version did not name. */
static void emit_circumstances(struct emit *emit, const struct result *result)
{
    emit_named_string(emit, "title", result->title);
    emit_named_string(emit, "description", result->description);
    emit_named_number(emit, "confidence", result->confidence);
    emit_named_number(emit, "duration_s", result->duration_s);
    emit_named_integer(emit, "looks_planned", result->looks_planned);
    emit_named_integer(emit, "looks_made", result->looks_made);
    emit_key(emit, "interrupted");
    emit_bool(emit, result->is_interrupted);
    if (series_exist(result))
        series_emit(emit, result);
}

void report_json_grounds(struct emit *emit, const struct result *result)
{
    emit_key(emit, "scenario");
    emit_open_object(emit, EMIT_LINE);
    emit_named_string(emit, "name", result->scenario_name);
    emit_named_string(emit, "sha256", result->scenario_sha256);
    emit_close(emit);
    emit_provenance(emit, result);
    emit_assumptions(emit, result);
}

static void emit_values(struct emit *emit, const struct result_setting *setting)
{
    emit_key(emit, setting->name);
    emit_open_object(emit, EMIT_LINES);
    for (size_t m = 0; m < setting->metric_count; m++) {
        emit_key(emit, setting->metrics[m].name);
        emit_open_array(emit, EMIT_LINE);
        for (size_t r = 0; r < setting->started; r++)
            emit_number(emit, setting->values[r * setting->value_stride + m]);
        emit_close(emit);
    }
    emit_close(emit);
}

/* What a later run is held against beside the report itself. */
static void emit_baseline(struct emit *emit, const struct result *result, const char *source)
{
    emit_key(emit, "baseline");
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "source", source);
    emit_key(emit, "values");
    emit_open_object(emit, EMIT_LINES);
    for (size_t i = 0; i < result->setting_count; i++)
        emit_values(emit, &result->settings[i]);
    emit_close(emit);
    emit_close(emit);
}

static bool write_report(const struct result *result, const char *source, FILE *out,
                         struct error *err)
{
    struct emit emit = emit_begin(emit_to_stream, out);
    emit_open_object(&emit, EMIT_LINES);
    emit_named_integer(&emit, "capsim_report", 1);
    report_json_grounds(&emit, result);
    report_json_findings(&emit, result);
    emit_circumstances(&emit, result);
    if (source)
        emit_baseline(&emit, result, source);
    emit_close(&emit);
    emit_end(&emit);
    return output_flush(out, err);
}

bool report_json(const struct result *result, FILE *out, struct error *err)
{
    return write_report(result, NULL, out, err);
}

bool report_baseline(const struct result *result, const char *source, FILE *out, struct error *err)
{
    return write_report(result, source, out, err);
}
