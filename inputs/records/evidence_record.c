/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/evidence_record.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/scenario/criterion.h"
#include "models/spec/synthetic_test.h"
#include "reports/result/provenance.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Evidence without a load test projects none. */
static bool read_projections(const struct run_record *record, struct arena *arena,
                             struct measured_projections *projections, struct error *err)
{
    struct stat status;
    struct measured_run of_test;
    const char *metrics =
        arena_printf(arena, "%s/post_change/projected_metrics.json", record->folder);
    const char *test =
        arena_printf(arena, "%s/post_change/synthetic_load_test_results.json", record->folder);
    *projections = (struct measured_projections){0};
    if (!measurements_read_projections(metrics, "metrics", 0, arena, &projections->metrics,
                                       &projections->metric_count, &projections->run, err))
        return false;
    return stat(test, &status) != 0 ||
           measurements_read_projections(test, "results", strlen(SYNTHETIC_TEST_NAME "."), arena,
                                         &projections->of_test, &projections->test_count, &of_test,
                                         err);
}

/* The name of the changed setting, which evidence.json tells. */
static const char *name_after(const struct run_record *record, struct arena *arena)
{
    json_t *evidence = json_loads(record->text, 0, NULL);
    const char *after =
        json_string_value(json_object_get(json_object_get(evidence, "change"), "to"));
    const char *name = after ? arena_strdup(arena, after) : "";
    json_decref(evidence);
    return name;
}

bool evidence_record_read(const char *path, struct arena *arena, struct evidence_record *record,
                          struct error *err)
{
    if (!run_record_read(path, arena, &record->run, err))
        return false;
    if (record->run.kind != RECORD_EVIDENCE) {
        error_set_file(err, path);
        return error_set(err, STATUS_INPUT, "is no folder that --evidence wrote");
    }
    record->after = name_after(&record->run, arena);
    record->scenario = run_record_scenario_copy(&record->run, arena);
    return read_projections(&record->run, arena, &record->projections, err);
}

/* ---- a run of another length ------------------------------------------------------------ */

void evidence_record_request(const struct evidence_record *record,
                             const struct measurements *actual, struct arena *arena,
                             struct scenario_request *request)
{
    struct override *overrides = arena_array(arena, request->override_count + 1, sizeof *overrides);
    for (size_t i = 0; i < request->override_count; i++)
        overrides[i] = request->overrides[i];
    overrides[request->override_count++] = (struct override){"criteria", "[]"};
    request->file = record->scenario;
    request->overrides = overrides;
    request->setting_names = &record->after;
    request->setting_count = 1;
    request->series_count = 0;
    request->duration = arena_printf(arena, "%.9gs", actual->duration_s);
    request->replications = arena_printf(arena, "%d:%d", RANK_TEST_RUNS, RANK_TEST_RUNS);
    request->seed = arena_printf(arena, "%llu", (unsigned long long)actual->seed);
}

void evidence_record_replace(struct measured_value *values, size_t count, const char *prefix,
                             const struct result_setting *found, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        struct measured_projection *made = arena_alloc(arena, sizeof *made);
        *made = *values[i].projection;
        made->estimate = made->one_run_low = made->one_run_high = NAN;
        const struct result_metric *metric =
            result_find_metric(found, arena_printf(arena, "%s%s", prefix, made->name), 0);
        if (metric) {
            const struct prediction *one = &found->predictions[metric - found->metrics];
            made->estimate = metric->estimate.estimate;
            made->one_run_low = one->low;
            made->one_run_high = one->high;
        }
        values[i].projection = made;
    }
}

const struct score_column *evidence_record_columns(const struct measurements *actual,
                                                   struct arena *arena)
{
    size_t count = actual->value_count + actual->test_count;
    struct score_column *columns = arena_array(arena, count, sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        bool is_of_test = i >= actual->value_count;
        const struct measured_value *value =
            is_of_test ? &actual->of_test[i - actual->value_count] : &actual->values[i];
        const char *name = value->projection->name;
        columns[i] = (struct score_column){
            .metric = is_of_test ? arena_printf(arena, "%s.%s", SYNTHETIC_TEST_NAME, name) : name,
            .is_of_test = is_of_test,
            .measured = value->measured,
            .half_digit = value->half_digit};
    }
    return columns;
}

void evidence_record_judge(const struct score_study *study, const struct score_input *inputs,
                           size_t input_count, struct arena *arena, struct score *score)
{
    const double much = 0.5;
    struct score_explanation *list = arena_array(arena, input_count, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < input_count; i++) {
        const struct rank_test_explanation *found = &inputs[i].found;
        if (!(found->explains >= much))
            continue;
        size_t place = count++;
        for (; place > 0 && list[place - 1].explains < found->explains; place--)
            list[place] = list[place - 1];
        list[place] = (struct score_explanation){inputs[i].path, inputs[i].value, found->explains,
                                                 found->change, found->change_error};
    }
    score->p = study->finding.p;
    score->runs = study->finding.runs;
    score->has_draws = study->outcome->one_runs != NULL;
    score->usual = study->finding.usual;
    score->is_refused = study->finding.is_refused;
    score->explanations = list;
    score->explanation_count = count;
}

/* ---- the score --------------------------------------------------------------------------- */

static const struct score_value *list_values(const struct measured_value *values, size_t count,
                                             struct arena *arena)
{
    struct score_value *list = arena_array(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const struct measured_projection *projection = values[i].projection;
        list[i] = (struct score_value){.metric = projection->name,
                                       .unit = projection->unit,
                                       .measured = values[i].measured,
                                       .estimate = projection->estimate,
                                       .low = projection->one_run_low,
                                       .high = projection->one_run_high};
    }
    return list;
}

/* Only a criterion about the run as a whole can be told from one measured value. */
static bool read_criterion(const json_t *from, const struct measurements *actual,
                           struct arena *arena, struct score_criterion *to)
{
    struct criterion_spec spec = {0};
    struct error ignored = {0};
    const char *name = json_string_value(json_object_get(from, "name"));
    const char *expect = json_string_value(json_object_get(from, "expect"));
    const char *verdict = json_string_value(json_object_get(from, "verdict"));
    const char *unit = json_string_value(json_object_get(from, "unit"));
    if (!name || !expect || !criterion_parse(expect, arena, &spec, &ignored) || !spec.has_limit)
        return false;
    *to = (struct score_criterion){.name = arena_strdup(arena, name),
                                   .expect = arena_strdup(arena, expect),
                                   .unit = unit ? arena_strdup(arena, unit) : "",
                                   .projected = verdict ? arena_strdup(arena, verdict) : NULL,
                                   .measured = NAN};
    for (size_t i = 0; i < actual->value_count && spec.span == SPAN_WHOLE; i++)
        if (strcmp(actual->values[i].projection->name, spec.metric) == 0)
            to->measured = actual->values[i].measured;
    double margin = verdict_margin(to->measured, spec.op, spec.limit);
    bool may_equal = spec.op == COMPARISON_LESS_EQUAL || spec.op == COMPARISON_GREATER_EQUAL;
    to->is_met = margin > 0 || (may_equal && margin == 0);
    return true;
}

/* Those of the changed setting, which evidence.json names, from report.json. */
static bool list_criteria(const struct evidence_record *record, const struct measurements *actual,
                          struct arena *arena, struct score *score, struct error *err)
{
    const char *path = arena_printf(arena, "%s/report.json", record->run.folder), *text;
    size_t length;
    json_t *report;
    if (!input_file_read(path, path, arena, &text, &length, err) ||
        !json_text_parse(path, text, length, "a report", arena, &report, err))
        return false;

    const json_t *settings = json_object_get(report, "settings"), *list = NULL;
    for (size_t i = 0; i < json_array_size(settings); i++) {
        const json_t *setting = json_array_get(settings, i);
        const char *name = json_string_value(json_object_get(setting, "name"));
        if (name && strcmp(name, record->after) == 0)
            list = json_object_get(setting, "criteria");
    }
    struct score_criterion *criteria = arena_array(arena, json_array_size(list), sizeof *criteria);
    for (size_t i = 0; i < json_array_size(list); i++)
        score->criterion_count += read_criterion(json_array_get(list, i), actual, arena,
                                                 &criteria[score->criterion_count]);
    score->criteria = criteria;
    json_decref(report);
    return true;
}

bool evidence_record_score(const struct evidence_record *record, const struct measurements *actual,
                           struct arena *arena, struct score *score, struct error *err)
{
    *score = (struct score){.source = actual->source,
                            .duration_s = actual->duration_s,
                            .evidence_s = record->projections.run.duration_s,
                            .confidence = record->projections.run.confidence,
                            .values = list_values(actual->values, actual->value_count, arena),
                            .value_count = actual->value_count,
                            .of_test = list_values(actual->of_test, actual->test_count, arena),
                            .test_count = actual->test_count};
    return list_criteria(record, actual, arena, score, err);
}
