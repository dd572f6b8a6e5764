/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands baseline and check: keep a run, and hold a later one against it. */
#include "inputs/json/quantity.h"
#include "inputs/program/main.h"
#include "inputs/records/saved_report.h"
#include "inputs/scenario/parse_context.h"
#include "inputs/scenario/scenario_changes.h"
#include "reports/answers/regression_report.h"
#include "reports/files/atomic_file.h"
#include "reports/files/output.h"
#include "reports/text/number_text.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a study on the command line came to. */
struct studied {
    struct scenario_set set;
    struct plan plan;
    struct study_outcome outcome;
    const struct result *result;
};

/* False: *status says how the program ends. */
static bool study_scenario(const struct cli *cli, struct arena *arena, struct studied *studied,
                           int *status)
{
    struct error err = {0};
    if (main_read_plan(cli, arena, &studied->set, &studied->plan, &err) &&
        main_study(cli, &studied->plan, arena, &studied->outcome, &err)) {
        size_t words;
        const char *const *command = cli_normal_form(cli, arena, &words);
        studied->result = result_make(&studied->plan, &studied->outcome, command, words, arena);
        return true;
    }
    *status = err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    return false;
}

/* ---- baseline save ----------------------------------------------------------------------- */

/* "pool.json" is kept as "pool.baseline.json", in the folder where the program runs. */
static const char *baseline_path(const struct cli *cli, struct arena *arena)
{
    if (cli->out)
        return cli->out;
    const char *slash = strrchr(cli->scenario, '/'), *name = slash ? slash + 1 : cli->scenario;
    if (strcmp(cli->scenario, "-") == 0)
        name = "scenario";
    size_t length = strlen(name);
    if (length > 5 && strcmp(name + length - 5, ".json") == 0)
        length -= 5;
    return arena_printf(arena, "%.*s.baseline.json", (int)length, name);
}

static bool write_baseline(const struct studied *studied, const char *path, struct arena *arena,
                           struct error *err)
{
    struct atomic_file file = {0};
    bool is_written = atomic_file_open(&file, path, arena, err) &&
                      report_baseline(studied->result, studied->set.text, file.stream, err) &&
                      atomic_file_finish(&file, err) && atomic_file_publish(&file, err);
    if (!is_written)
        error_set_file(err, path);
    atomic_file_discard(&file);
    return is_written;
}

static int save(const struct cli *cli, struct arena *arena, struct studied *studied)
{
    struct error err = {0};
    const char *path = baseline_path(cli, arena);
    int status;
    if (!study_scenario(cli, arena, studied, &status))
        return status;
    if (studied->result->is_interrupted) {
        fprintf(stderr, "capsim: interrupted; nothing was saved\n");
        return EXIT_INTERRUPTED;
    }
    if (!write_baseline(studied, path, arena, &err))
        return main_complain(cli, &err);
    const char *verdict = verdict_name(studied->result->verdict);
    return main_print(
        cli, arena_printf(arena, "%s: saved, verdict %s, %zu replications, digest %.16s\n", path,
                          verdict ? verdict : "none", studied->result->settings[0].replications,
                          studied->result->digest));
}

int main_baseline(const struct cli *cli, struct arena *arena)
{
    struct studied studied = {0};
    int status = save(cli, arena, &studied);
    scenario_close(&studied.set);
    return status;
}

/* ---- check ------------------------------------------------------------------------------- */

/* The replications' own values of a metric, if they were kept; null: nothing was observed. */
static void take_values(const json_t *kept, struct regression_metric *metric, struct arena *arena)
{
    const json_t *list = json_object_get(kept, metric->name);
    size_t count = json_array_size(list);
    if (!list)
        return;
    double *values = arena_array(arena, count, sizeof *values);
    for (size_t r = 0; r < count; r++) {
        const json_t *value = json_array_get(list, r);
        values[r] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    metric->sample.values = values;
    metric->sample.count = count;
    metric->sample.stride = 1;
}

/* written: the same setting, as JSON; kept: values of its replications. */
static struct regression_setting remember_setting(const struct result_setting *setting,
                                                  const json_t *written, const json_t *kept,
                                                  struct arena *arena)
{
    struct regression_metric *metrics = arena_array(arena, setting->metric_count, sizeof *metrics);
    struct regression_criterion *criteria =
        arena_array(arena, setting->criterion_count, sizeof *criteria);
    for (size_t i = 0; i < setting->metric_count; i++) {
        struct estimate estimate = setting->metrics[i].estimate;
        estimate.has_interval &= !isnan(estimate.standard_error) && estimate.replications > 1;
        metrics[i] = (struct regression_metric){.name = setting->metrics[i].name,
                                                .unit = setting->metrics[i].unit,
                                                .sample = {.estimate = estimate}};
        take_values(kept, &metrics[i], arena);
    }
    for (size_t i = 0; i < setting->criterion_count; i++)
        criteria[i] =
            (struct regression_criterion){setting->criteria[i].name, setting->criteria[i].verdict};
    return (struct regression_setting){
        .name = setting->name,
        .overrides = json_text_compact(arena, json_object_get(written, "overrides"), SIZE_MAX),
        .replications = setting->replications,
        .metrics = metrics,
        .metric_count = setting->metric_count,
        .criteria = criteria,
        .criterion_count = setting->criterion_count};
}

/* The result as a baseline; root: the report that it was read from, which may keep more. */
static struct regression_baseline remember(const struct result *result, const json_t *root,
                                           struct arena *arena)
{
    const json_t *saved = json_object_get(root, "baseline"),
                 *list = json_object_get(root, "settings");
    const json_t *kept = json_object_get(saved, "values");
    const char *source = json_string_value(json_object_get(saved, "source"));
    struct regression_setting *settings =
        arena_array(arena, result->setting_count, sizeof *settings);
    struct regression_input *inputs = arena_array(arena, result->input_count, sizeof *inputs);
    for (size_t i = 0; i < result->setting_count; i++)
        settings[i] = remember_setting(&result->settings[i], json_array_get(list, i),
                                       json_object_get(kept, result->settings[i].name), arena);
    for (size_t i = 0; i < result->input_count; i++)
        inputs[i] = (struct regression_input){result->inputs[i].file, result->inputs[i].sha256};
    return (struct regression_baseline){.scenario_name = result->scenario_name,
                                        .version = result->version,
                                        .digest = result->digest,
                                        .source = source ? arena_strdup(arena, source) : NULL,
                                        .seed = result->seed,
                                        .command = result->command,
                                        .command_count = result->command_count,
                                        .inputs = inputs,
                                        .input_count = result->input_count,
                                        .settings = settings,
                                        .setting_count = result->setting_count};
}

static bool read_baseline(const char *path, struct arena *arena,
                          struct regression_baseline *baseline, struct error *err)
{
    struct saved_report written;
    if (!saved_report_read(path, arena, &written, err))
        return false;
    const struct result *result = saved_report_result(&written, arena, err);
    if (result)
        *baseline = remember(result, written.root, arena);
    json_decref(written.root);
    return result != NULL;
}

/* The command line, with the baseline's own where this one says nothing: its settings, overrides,
 * duration and replications, on its seed. */
static struct cli repeat_baseline(const struct cli *cli, const struct regression_baseline *baseline,
                                  struct arena *arena)
{
    static const enum cli_option_name taken[] = {CLI_OPTION_SETTING, CLI_OPTION_SET,
                                                 CLI_OPTION_DURATION, CLI_OPTION_REPLICATIONS};
    struct cli repeated = *cli, then;
    struct error ignored = {0};
    char **words = arena_array(arena, baseline->command_count + 1, sizeof *words);
    for (size_t i = 0; i < baseline->command_count; i++)
        words[i] = arena_strdup(arena, baseline->command[i]);
    if (cli_parse((int)baseline->command_count, words, arena, &then, &ignored))
        for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
            cli_take_over(&repeated, &then, taken[i]);
    if (!repeated.seed)
        repeated.seed = arena_printf(arena, "%" PRIu64, baseline->seed);
    return repeated;
}

static bool read_tolerances(const struct cli *cli, struct arena *arena,
                            struct regression_request *request, struct error *err)
{
    const struct cli_values *given = &cli->given[CLI_OPTION_TOLERANCE];
    struct regression_tolerance *tolerances = arena_array(arena, given->count, sizeof *tolerances);
    request->tolerances = tolerances;
    for (size_t i = 0; i < given->count; i++) {
        const char *text = given->values[i], *equals = strrchr(text, '=');
        if (equals)
            tolerances[i].metric = arena_printf(arena, "%.*s", (int)(equals - text), text);
        if (!quantity_parse_share(equals ? equals + 1 : text, &tolerances[i].share, err))
            return false;
        request->tolerance_count++;
        if (equals && !regression_report_knows(request, tolerances[i].metric))
            return error_set(err, STATUS_USAGE,
                             "--tolerance: neither the run nor the baseline has a metric \"%s\"",
                             tolerances[i].metric);
    }
    return true;
}

struct junit {
    const char *name;
    const struct junit_case *cases;
    size_t count;
};

static int write_junit(const struct cli *cli, const struct junit *junit, struct arena *arena)
{
    const char *path = cli_value(cli, CLI_OPTION_JUNIT);
    struct atomic_file file = {0};
    struct error err = {0};
    bool is_written = atomic_file_open(&file, path, arena, &err) &&
                      report_junit(junit->name, junit->cases, junit->count, file.stream, &err) &&
                      atomic_file_finish(&file, &err) && atomic_file_publish(&file, &err);
    if (!is_written)
        error_set_file(&err, path);
    atomic_file_discard(&file);
    return is_written ? EXIT_PASS : main_complain(cli, &err);
}

static int judge(const struct cli *cli, struct arena *arena, const struct studied *studied,
                 struct regression_request *request, const struct run_facts *facts)
{
    struct error err = {0};
    size_t words, cases;
    if (!read_tolerances(cli, arena, request, &err))
        return main_complain(cli, &err);
    if (request->baseline->source)
        request->changes = scenario_changes_list(request->baseline->source, studied->set.text,
                                                 arena, &request->change_count);
    const char *const *command = cli_normal_form(cli, arena, &words);
    struct answer *answer = answer_begin("check", &studied->set, command, words, arena);
    const struct junit_case *junit = regression_report(request, answer, &cases);
    answer->is_brief = true;
    answer->is_interrupted = studied->result->is_interrupted;
    answer_finish(answer);
    int junit_status = EXIT_PASS;
    if (cli_value(cli, CLI_OPTION_JUNIT))
        junit_status =
            write_junit(cli, &(struct junit){studied->result->scenario_name, junit, cases}, arena);
    int status = main_write_answer(cli, answer, facts);
    return junit_status != EXIT_PASS ? junit_status : status;
}

static int check(const struct cli *cli, struct arena *arena, struct studied *studied)
{
    struct regression_baseline baseline;
    struct error err = {0};
    struct main_clock clock;
    int status;
    main_clock_start(&clock);
    if (!read_baseline(cli_value(cli, CLI_OPTION_BASELINE), arena, &baseline, &err))
        return main_complain(cli, &err);
    const struct cli repeated = repeat_baseline(cli, &baseline, arena);
    if (!study_scenario(&repeated, arena, studied, &status))
        return status;
    struct regression_request request = {.baseline = &baseline,
                                         .result = studied->result,
                                         .is_strict = cli->given[CLI_OPTION_STRICT].count > 0};
    struct run_facts facts = main_clock_facts(&clock, studied->plan.options.workers.threads);
    return judge(cli, arena, studied, &request, &facts);
}

int main_check(const struct cli *cli, struct arena *arena)
{
    struct studied studied = {0};
    int status = check(cli, arena, &studied);
    scenario_close(&studied.set);
    return status;
}

/* "expected db_pool.utilization < 70%, is 93.78 ± 0.11 %" */
static const char *word_criterion(const struct result_criterion *criterion, struct arena *arena)
{
    const char *text =
        arena_printf(arena, "expected %s, is %s", criterion->expect,
                     number_text_estimate(&criterion->estimate, criterion->unit, true, arena));
    if (!isfinite(criterion->difference.estimate))
        return text;
    return arena_printf(arena, "%s, difference %s", text,
                        number_text_paired(&criterion->difference, criterion->unit, true, arena));
}

int main_write_criteria_junit(const struct cli *cli, const struct result *result,
                              struct arena *arena)
{
    size_t count = 0, n = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        count += result->settings[i].criterion_count;
    struct junit_case *cases = arena_array(arena, count, sizeof *cases);
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].criterion_count; k++, n++) {
            const struct result_criterion *criterion = &result->settings[i].criteria[k];
            cases[n] = (struct junit_case){.suite = result->settings[i].name,
                                           .name = criterion->name,
                                           .verdict = criterion->verdict,
                                           .message = word_criterion(criterion, arena)};
        }
    return write_junit(cli, &(struct junit){result->scenario_name, cases, n}, arena);
}
