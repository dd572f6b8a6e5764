/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/result_read.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, SHOWN = 40 };

/* Where in the report we are. The first mistake is kept; what is read after it does not count. */
struct report_reading {
    struct arena *arena;
    struct error *err;
    const char *pointer; /* of the object being read */
};

/* The value as compact JSON text, as a setting's overrides are kept. */
static const char *compact(const json_t *value, struct arena *arena)
{
    char *digits = arena_alloc(arena, NUMBER_TEXT_SIZE);
    if (json_is_real(value)) {
        number_text_shortest(json_real_value(value), digits);
        return digits;
    }
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *made = arena_strdup(arena, dumped ? dumped : "null");
    free(dumped);
    return made;
}

/* The value of key in object is not what is expected. */
static void refuse(struct report_reading *reading, const json_t *object, const char *key,
                   const char *expected)
{
    const json_t *value = json_object_get(object, key);
    if (reading->err->status != STATUS_OK)
        return;
    snprintf(reading->err->pointer, sizeof reading->err->pointer, "%s/%s", reading->pointer, key);
    if (value)
        error_set(reading->err, STATUS_INPUT, "must be %s; got %.*s", expected, SHOWN,
                  compact(value, reading->arena));
    else
        error_set(reading->err, STATUS_INPUT, "is missing: must be %s; is this a report.json?",
                  expected);
}

static struct report_reading below(const struct report_reading *reading, const char *key)
{
    struct report_reading inner = *reading;
    inner.pointer = arena_printf(reading->arena, "%s/%s", reading->pointer, key);
    return inner;
}

static struct report_reading below_at(const struct report_reading *reading, const char *key,
                                      size_t i)
{
    return below(reading, arena_printf(reading->arena, "%s/%zu", key, i));
}

/* ---- values ---- */

/* null is a number that was not observed. */
static double number(struct report_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value) && !json_is_null(value))
        refuse(reading, object, key, "a number or null");
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static uint64_t count(struct report_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        refuse(reading, object, key, "a whole number");
        return 0;
    }
    return (uint64_t)json_integer_value(value);
}

/* NULL for null, where that is allowed. */
static const char *text(struct report_reading *reading, const json_t *object, const char *key,
                        bool may_be_null)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_string(value))
        return arena_strdup(reading->arena, json_string_value(value));
    if (!may_be_null || !json_is_null(value))
        refuse(reading, object, key, may_be_null ? "a string or null" : "a string");
    return may_be_null ? NULL : "";
}

static bool flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static enum verdict verdict(struct report_reading *reading, const json_t *object)
{
    const json_t *value = json_object_get(object, "verdict");
    const char *word = json_string_value(value);
    for (int i = VERDICT_PASS; word && i < VERDICT_NONE; i++)
        if (strcmp(word, verdict_name((enum verdict)i)) == 0)
            return (enum verdict)i;
    if (!json_is_null(value))
        refuse(reading, object, "verdict", "\"pass\", \"fail\", \"undecided\" or null");
    return VERDICT_NONE;
}

static const json_t *array(struct report_reading *reading, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_array(value))
        refuse(reading, object, key, "a list");
    return value;
}

static const json_t *object_in(struct report_reading *reading, const json_t *object,
                               const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_object(value))
        refuse(reading, object, key, "an object");
    return value;
}

static void hash(struct report_reading *reading, const json_t *object, const char *key, char *to)
{
    const char *hex = text(reading, object, key, false);
    snprintf(to, 65, "%s", hex);
}

static const char *const *strings(struct report_reading *reading, const json_t *object,
                                  const char *key, size_t *size)
{
    const json_t *list = array(reading, object, key);
    const char **made = arena_array(reading->arena, json_array_size(list) + 1, sizeof *made);
    *size = json_array_size(list);
    for (size_t i = 0; i < *size; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (!word)
            refuse(reading, object, key, "a list of strings");
        made[i] = arena_strdup(reading->arena, word ? word : "");
    }
    return made;
}

static struct estimate estimate(struct report_reading *reading, const json_t *object)
{
    return (struct estimate){.estimate = number(reading, object, "estimate"),
                             .low = number(reading, object, "low"),
                             .high = number(reading, object, "high"),
                             .standard_error = number(reading, object, "standard_error"),
                             .replications = count(reading, object, "replications"),
                             .has_interval = !flag(object, "no_interval"),
                             .is_unresolved = flag(object, "unresolved"),
                             .is_upper_bound = flag(object, "upper_bound")};
}

/* ---- a setting ---- */

/* A report of before they were written has the name alone. */
static const struct metric_identity *identity(struct report_reading *reading, const char *name,
                                              const json_t *object)
{
    if (!json_object_get(object, "metric"))
        return metric_catalogue_identity(arena_strdup(reading->arena, name), reading->arena);
    struct metric_identity *made = arena_alloc(reading->arena, sizeof *made);
    *made = metric_catalogue_identify(
        text(reading, object, "resource", true), text(reading, object, "metric", false),
        text(reading, object, "statistic", true), flag(object, "worst"));
    return made;
}

static enum criterion_span span(struct report_reading *reading, const json_t *object)
{
    const char *word = text(reading, object, "span", true);
    for (int i = SPAN_IN_EVERY; i <= SPAN_FOR && word; i++)
        if (strcmp(word, criterion_span_word((enum criterion_span)i)) == 0)
            return (enum criterion_span)i;
    return SPAN_WHOLE;
}

static void read_metrics(struct report_reading *reading, const json_t *object,
                         struct result_setting *setting)
{
    const json_t *metrics = object_in(reading, object, "metrics");
    size_t size = json_object_size(metrics), at = 0;
    struct result_metric *made = arena_array(reading->arena, size, sizeof *made);
    struct prediction *predictions = arena_array(reading->arena, size, sizeof *predictions);
    bool has_predictions = size > 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)metrics, name, value)
    {
        struct report_reading inner =
            below(reading, arena_printf(reading->arena, "metrics/%s", name));
        has_predictions = has_predictions && json_object_get(value, "one_run_low");
        if (has_predictions)
            predictions[at] = (struct prediction){.low = number(&inner, value, "one_run_low"),
                                                  .high = number(&inner, value, "one_run_high")};
        made[at++] = (struct result_metric){.name = arena_strdup(reading->arena, name),
                                            .identity = identity(&inner, name, value),
                                            .unit = text(&inner, value, "unit", false),
                                            .estimate = estimate(&inner, value)};
    }
    setting->metrics = made;
    setting->metric_count = at;
    setting->predictions = has_predictions ? predictions : NULL;
}

static enum comparison comparison(struct report_reading *reading, const json_t *object)
{
    const char *word = text(reading, object, "op", false);
    for (int i = COMPARISON_LESS; i <= COMPARISON_EQUAL; i++)
        if (strcmp(word, comparison_text((enum comparison)i)) == 0)
            return (enum comparison)i;
    refuse(reading, object, "op", "<, <=, >, >= or ==");
    return COMPARISON_LESS;
}

static struct result_criterion read_criterion(struct report_reading *reading, const json_t *object)
{
    struct result_criterion made = {.name = text(reading, object, "name", false),
                                    .expect = text(reading, object, "expect", false),
                                    .unit = text(reading, object, "unit", false),
                                    .estimate = estimate(reading, object),
                                    .verdict = verdict(reading, object),
                                    .is_withheld = flag(object, "withheld"),
                                    .margin = number(reading, object, "margin"),
                                    .is_configured = flag(object, "configured"),
                                    .has_limit = json_object_get(object, "limit") != NULL};
    if (json_object_get(object, "explanation"))
        made.explanation = text(reading, object, "explanation", false);
    if (json_object_get(object, "held")) {
        made.held = (size_t)number(reading, object, "held");
        made.failed = (size_t)number(reading, object, "failed");
        made.probability = number(reading, object, "probability");
    }
    if (made.has_limit) {
        made.limit = number(reading, object, "limit");
        made.op = comparison(reading, object);
    }
    if (json_object_get(object, "no_worse_than")) {
        struct report_reading inner = below(reading, "difference");
        made.no_worse_than = text(reading, object, "no_worse_than", false);
        made.allowed = number(reading, object, "allowed");
        made.difference = estimate(&inner, json_object_get(object, "difference"));
    }
    if (json_object_get(object, "metric")) { /* not in reports of before it was written */
        made.metric = text(reading, object, "metric", false);
        made.span = span(reading, object);
    } else {
        made.metric = "";
    }
    made.identity = metric_catalogue_identity(made.metric, reading->arena);
    return made;
}

static void read_criteria(struct report_reading *reading, const json_t *object,
                          struct result_setting *setting)
{
    const json_t *criteria = array(reading, object, "criteria");
    size_t size = json_array_size(criteria);
    struct result_criterion *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        struct report_reading inner = below_at(reading, "criteria", i);
        made[i] = read_criterion(&inner, json_array_get(criteria, i));
    }
    setting->criteria = made;
    setting->criterion_count = size;
}

static void read_checks(struct report_reading *reading, const json_t *object,
                        struct result_setting *setting)
{
    const json_t *checks = array(reading, object, "checks");
    size_t size = json_array_size(checks);
    struct model_check *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        const json_t *check = json_array_get(checks, i);
        struct report_reading inner = below_at(reading, "checks", i);
        made[i] = (struct model_check){.name = text(&inner, check, "name", false),
                                       .simulated = number(&inner, check, "simulated"),
                                       .expected = number(&inner, check, "expected"),
                                       .tolerance = number(&inner, check, "tolerance"),
                                       .holds = flag(check, "holds")};
        if (json_object_get(check, "explanation"))
            made[i].words = text(&inner, check, "explanation", false);
    }
    setting->checks = made;
    setting->check_count = size;
}

static void read_overrides(struct report_reading *reading, const json_t *object,
                           struct result_setting *setting)
{
    const json_t *overrides = object_in(reading, object, "overrides");
    struct override *made = arena_array(reading->arena, json_object_size(overrides), sizeof *made);
    const char *path;
    json_t *value;
    json_object_foreach((json_t *)overrides, path, value)
    {
        made[setting->override_count++] = (struct override){
            .path = arena_strdup(reading->arena, path), .value = compact(value, reading->arena)};
    }
    setting->overrides = made;
}

/* Not in reports of before it was written. */
static void read_loads(struct report_reading *reading, const json_t *object,
                       struct result_setting *setting)
{
    if (!json_object_get(object, "offered_load"))
        return;
    const json_t *loads = array(reading, object, "offered_load");
    size_t size = json_array_size(loads);
    struct offered_load *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        const json_t *load = json_array_get(loads, i);
        struct report_reading inner = below_at(reading, "offered_load", i);
        double collapses_s = number(&inner, load, "collapses_s");
        made[i] = (struct offered_load){
            .resource = text(&inner, load, "resource", false),
            .load = number(&inner, load, "load"),
            .capacity = number(&inner, load, "capacity"),
            .accepted = json_object_get(load, "accepted") ? number(&inner, load, "accepted") : 0.0,
            .is_passes = strcmp(text(&inner, load, "unit", false), "1/s") == 0,
            .is_too_much = flag(load, "overloaded"),
            .bound = text(&inner, load, "bound", true),
            .collapses_s = isnan(collapses_s) ? INFINITY : collapses_s};
    }
    setting->loads = made;
    setting->load_count = size;
}

static struct result_setting read_setting(struct report_reading *reading, const json_t *object)
{
    struct result_setting made = {.name = text(reading, object, "name", false),
                                  .replications = count(reading, object, "replications"),
                                  .warmup_s = number(reading, object, "warmup_s"),
                                  .verdict = verdict(reading, object),
                                  .is_unstable = flag(object, "unstable")};
    read_overrides(reading, object, &made);
    read_metrics(reading, object, &made);
    read_criteria(reading, object, &made);
    read_checks(reading, object, &made);
    made.warnings = strings(reading, object, "warnings", &made.warning_count);
    read_loads(reading, object, &made);
    if (json_object_get(object, "one_runs"))
        made.one_runs = count(reading, object, "one_runs");
    return made;
}

/* ---- the whole ---- */

static void read_settings(struct report_reading *reading, const json_t *root, struct result *result)
{
    const json_t *settings = array(reading, root, "settings");
    size_t size = json_array_size(settings);
    struct result_setting *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        struct report_reading inner = below_at(reading, "settings", i);
        made[i] = read_setting(&inner, json_array_get(settings, i));
    }
    if (size == 0)
        refuse(reading, root, "settings", "a list of at least one setting");
    result->settings = made;
    result->setting_count = size;
}

static void read_differences(struct report_reading *reading, const json_t *root,
                             struct result *result)
{
    const json_t *differences = array(reading, root, "differences");
    size_t size = json_array_size(differences);
    struct result_difference *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        const json_t *difference = json_array_get(differences, i);
        struct report_reading inner = below_at(reading, "differences", i);
        made[i] = (struct result_difference){.metric = text(&inner, difference, "metric", false),
                                             .from = text(&inner, difference, "from", false),
                                             .to = text(&inner, difference, "to", false),
                                             .unit = text(&inner, difference, "unit", false),
                                             .estimate = estimate(&inner, difference)};
        made[i].identity = metric_catalogue_identity(made[i].metric, reading->arena);
    }
    result->differences = made;
    result->difference_count = size;
}

static void read_assumptions(struct report_reading *reading, const json_t *root,
                             struct result *result)
{
    const json_t *assumptions = array(reading, root, "assumptions");
    size_t size = json_array_size(assumptions);
    struct assumption *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        const json_t *assumption = json_array_get(assumptions, i);
        struct report_reading inner = below_at(reading, "assumptions", i);
        made[i] = (struct assumption){.key = text(&inner, assumption, "key", false),
                                      .value = text(&inner, assumption, "value", true),
                                      .note = text(&inner, assumption, "note", true),
                                      .source = text(&inner, assumption, "source", true),
                                      .is_default = flag(assumption, "default")};
    }
    result->assumptions = made;
    result->assumption_count = size;
}

static void read_provenance(struct report_reading *reading, const json_t *root,
                            struct result *result)
{
    const json_t *provenance = object_in(reading, root, "provenance");
    struct report_reading here = below(reading, "provenance");
    const json_t *inputs = array(&here, provenance, "inputs");
    size_t size = json_array_size(inputs);
    struct result_input *made = arena_array(reading->arena, size, sizeof *made);
    for (size_t i = 0; i < size; i++) {
        struct report_reading inner = below_at(&here, "inputs", i);
        made[i].file = text(&inner, json_array_get(inputs, i), "file", false);
        hash(&inner, json_array_get(inputs, i), "sha256", made[i].sha256);
    }
    result->version = text(&here, provenance, "version", false);
    result->command = strings(&here, provenance, "command", &result->command_count);
    result->seed = count(&here, provenance, "seed");
    hash(&here, provenance, "digest", result->digest);
    result->inputs = made;
    result->input_count = size;
    result->scenario_file = size > 0 ? made[0].file : "";
}

const struct result *result_read(const json_t *root, struct arena *arena, struct error *err)
{
    struct result *result = arena_alloc(arena, sizeof *result);
    struct report_reading reading = {arena, err, ""};
    if (json_integer_value(json_object_get(root, "capsim_report")) != FORMAT)
        refuse(&reading, root, "capsim_report", "1, the format of reports that this version reads");
    const json_t *scenario = object_in(&reading, root, "scenario");
    struct report_reading inner = below(&reading, "scenario");
    result->scenario_name = text(&inner, scenario, "name", false);
    hash(&inner, scenario, "sha256", result->scenario_sha256);
    result->title = text(&reading, root, "title", true);
    result->description = text(&reading, root, "description", true);
    result->confidence = number(&reading, root, "confidence");
    result->duration_s = number(&reading, root, "duration_s");
    result->looks_planned = count(&reading, root, "looks_planned");
    result->looks_made = count(&reading, root, "looks_made");
    result->is_interrupted = flag(root, "interrupted");
    result->verdict = verdict(&reading, root);
    read_provenance(&reading, root, result);
    read_assumptions(&reading, root, result);
    read_settings(&reading, root, result);
    read_differences(&reading, root, result);
    return err->status == STATUS_OK ? result : NULL;
}
