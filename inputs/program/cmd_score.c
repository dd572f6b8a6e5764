/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand score: what was measured after a change, held against the evidence before it. */
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/program/cmd_evidence.h"
#include "inputs/program/main.h"
#include "inputs/records/measurements.h"
#include "inputs/records/run_record.h"
#include "inputs/scenario/criterion.h"
#include "models/spec/synthetic_test.h"
#include "reports/answers/score_answer.h"
#include "reports/files/folder.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static bool fail_folder(const struct cli *cli, struct error *err)
{
    error_set_file(err, cli->scenario);
    return error_set(err, STATUS_INPUT, "is no folder that --evidence wrote");
}

/* Evidence without a load test projects none. */
static bool read_projections(const struct run_record *record, struct arena *arena,
                             struct measured_projections *projections, struct error *err)
{
    struct stat status;
    struct measured_run of_test;
    const char *metrics = arena_printf(arena, "%s/after/projected_metrics.json", record->folder);
    const char *test =
        arena_printf(arena, "%s/after/synthetic_load_test_results.json", record->folder);
    *projections = (struct measured_projections){0};
    if (!measurements_read_projections(metrics, "metrics", 0, arena, &projections->metrics,
                                       &projections->metric_count, &projections->run, err))
        return false;
    return stat(test, &status) != 0 ||
           measurements_read_projections(test, "results", strlen(SYNTHETIC_TEST_NAME "."), arena,
                                         &projections->of_test, &projections->test_count, &of_test,
                                         err);
}

/* ---- a run of another length ------------------------------------------------------------ */

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

/* The changed setting alone, as often as in the evidence, without criteria: they may be about
 * longer windows. */
static bool read_changed(const struct cli *then, const char *after, double duration_s,
                         size_t replications, struct arena *arena, struct scenario_set *set,
                         struct error *err)
{
    struct scenario_request request = main_request(then, arena);
    struct override *overrides = arena_array(arena, request.override_count + 1, sizeof *overrides);
    for (size_t i = 0; i < request.override_count; i++)
        overrides[i] = request.overrides[i];
    overrides[request.override_count++] = (struct override){"criteria", "[]"};
    request.overrides = overrides;
    request.setting_names = &after;
    request.setting_count = 1;
    request.series_count = 0;
    request.duration = arena_printf(arena, "%.9gs", duration_s);
    request.replications = arena_printf(arena, "%zu:%zu", replications, replications);
    return scenario_read(&request, arena, set, err);
}

/* Takes what was found in place of what the evidence projects, by name; what was not observed in
 * runs of that length is not projected. */
static void replace_projections(struct measurements *actual, const struct result_setting *found,
                                struct arena *arena)
{
    for (size_t i = 0; i < actual->value_count; i++) {
        struct measured_projection *made = arena_alloc(arena, sizeof *made);
        *made = *actual->values[i].projection;
        made->estimate = made->one_run_low = made->one_run_high = NAN;
        const struct result_metric *metric = result_find_metric(found, made->name, 0);
        if (metric) {
            const struct prediction *one = &found->predictions[metric - found->metrics];
            made->estimate = metric->estimate.estimate;
            made->one_run_low = one->low;
            made->one_run_high = one->high;
        }
        actual->values[i].projection = made;
    }
}

/* A prediction is of a run of one length: an hour's p95 varies less than a minute's, and its
 * highest value is higher. So runs of the measured length are simulated. False with STATUS_OK:
 * interrupted before. */
static bool project_again(const struct cli *cli, const struct run_record *record, double duration_s,
                          size_t replications, struct arena *arena, struct measurements *actual,
                          struct error *err)
{
    struct cli then;
    struct scenario_set set = {0};
    struct plan plan;
    struct study_outcome outcome;
    if (!cli_parse((int)record->command_count, record->command, arena, &then, err)) {
        error_set_file(err, record->file);
        return false;
    }
    then.scenario = arena_printf(arena, "%s/inputs/%s", record->folder,
                                 main_evidence_input_name(record->inputs[0].file));
    bool is_made = read_changed(&then, name_after(record, arena), duration_s, replications, arena,
                                &set, err) &&
                   plan_make(&set, arena, &plan, err) &&
                   main_study(cli, &plan, arena, &outcome, err) && !outcome.is_interrupted;
    if (is_made)
        replace_projections(actual, result_make(&plan, &outcome, NULL, 0, arena)->settings, arena);
    scenario_close(&set);
    return is_made;
}

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

/* ---- criteria ---------------------------------------------------------------------------- */

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
static bool list_criteria(const struct run_record *record, const struct measurements *actual,
                          struct arena *arena, struct score *score, struct error *err)
{
    const char *path = arena_printf(arena, "%s/report.json", record->folder), *text;
    size_t length;
    json_t *report;
    if (!input_file_read(path, path, arena, &text, &length, err) ||
        !json_text_parse(path, text, length, "a report", arena, &report, err))
        return false;
    const char *after = name_after(record, arena);
    const json_t *settings = json_object_get(report, "settings"), *list = NULL;
    for (size_t i = 0; i < json_array_size(settings); i++) {
        const json_t *setting = json_array_get(settings, i);
        const char *name = json_string_value(json_object_get(setting, "name"));
        if (name && strcmp(name, after) == 0)
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

/* ---- the subcommand ---------------------------------------------------------------------- */

static bool read_all(const struct cli *cli, struct arena *arena, struct run_record *record,
                     struct measurements *actual, struct score *score, struct error *err)
{
    struct measured_projections projections;
    if (!run_record_read(cli->scenario, arena, record, err))
        return false;
    if (record->kind != RECORD_EVIDENCE)
        return fail_folder(cli, err);
    if (!read_projections(record, arena, &projections, err) ||
        !measurements_read(cli_value(cli, CLI_OPTION_ACTUAL), &projections, arena, actual, err))
        return false;
    if (actual->duration_s != projections.run.duration_s &&
        !project_again(cli, record, actual->duration_s, projections.run.replications, arena, actual,
                       err))
        return false;
    *score = (struct score){.source = actual->source,
                            .duration_s = actual->duration_s,
                            .evidence_s = projections.run.duration_s,
                            .confidence = projections.run.confidence,
                            .values = list_values(actual->values, actual->value_count, arena),
                            .value_count = actual->value_count,
                            .of_test = list_values(actual->of_test, actual->test_count, arena),
                            .test_count = actual->test_count};
    return list_criteria(record, actual, arena, score, err) &&
           (!cli->out || folder_prepare(cli->out, err));
}

static int score(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct run_record record;
    struct measurements actual;
    struct score found;
    struct error err = {0};
    main_clock_start(&clock);
    if (!read_all(cli, arena, &record, &actual, &found, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    const char *copy = arena_printf(arena, "%s/inputs/%s", record.folder,
                                    main_evidence_input_name(record.inputs[0].file));
    if (!scenario_read(&(struct scenario_request){.file = copy}, arena, set, &err))
        return main_complain(cli, &err);
    set->file = record.inputs[0].file;
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    struct answer *answer = answer_begin("score", set, command, words, arena);
    score_answer_add(answer, &found);
    answer_finish(answer);
    struct run_facts facts = main_clock_facts(&clock, 1);
    return main_write_answer(cli, answer, &facts);
}

int main_score(const struct cli *cli, struct arena *arena)
{
    struct scenario_set set = {0};
    int status = score(cli, arena, &set);
    scenario_close(&set);
    return status;
}
