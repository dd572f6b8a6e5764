/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands run and validate. */
#include "inputs/cli/terminal.h"
#include "inputs/program/cmd_evidence.h"
#include "inputs/program/main.h"
#include "models/studies/rollout_study.h"
#include "reports/files/folder.h"
#include "reports/files/output.h"
#include <stdio.h>
#include <string.h>

static bool write_json(const void *result, FILE *out, struct error *err)
{
    return report_json(result, out, err);
}

static bool write_format(const struct result *result, enum cli_format format,
                         const struct page_extras *extras, struct error *err)
{
    struct report_style style = {.has_colour = terminal_has_colour(stdout),
                                 .width = terminal_width(stdout)};
    switch (format) {
    case CLI_JSON:
        return report_json(result, stdout, err);
    case CLI_CSV:
        return report_csv(result, stdout, err);
    case CLI_MARKDOWN:
        return report_markdown(result, stdout, err);
    case CLI_HTML:
        return report_html(result, extras, stdout, err);
    case CLI_TEXT:
    case CLI_FORMATS:
        break;
    }
    return report_text(result, &style, stdout, err);
}

static void warn_of_checks(const struct result *result)
{
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].check_count; k++)
            if (!result->settings[i].checks[k].holds)
                fprintf(stderr, "capsim: warning: %s: self-check failed: %s\n",
                        result->settings[i].name, result->settings[i].checks[k].name);
}

/* The folder first: it must be whole even if whoever reads standard output stops early. Standard
 * output all the same when the folder fails: the study may have taken hours. */
static int write_result(const struct cli *cli, const struct result *result,
                        const struct run_facts *facts, struct arena *arena)
{
    struct error folder_err = {0}, err = {0};
    int status = EXIT_PASS;
    struct page_extras extras = {0};
    if (cli->out || cli->format == CLI_HTML)
        extras = main_draw_extras(write_json, result, arena);
    if (cli->out && !report_folder(result, &extras, facts, cli->out, &folder_err))
        status = main_complain(cli, &folder_err);
    if (!write_format(result, cli->format, &extras, &err) || !output_flush(stdout, &err))
        status = main_complain_of_output(cli, &err);
    return status;
}

static int write_evidence(const struct cli *cli, const struct scenario_set *set,
                          const struct plan *plan, const struct result *result, struct arena *arena)
{
    struct error err = {0};
    struct evidence evidence;
    struct main_evidence from = {.set = set, .plan = plan, .result = result};
    if (result->is_interrupted)
        return main_report_no_evidence();
    if (!main_find_change(set, &from.change, &err) ||
        !main_make_evidence(cli, &from, &evidence, arena, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_no_evidence();
    return evidence_write(&evidence, cli_value(cli, CLI_OPTION_EVIDENCE), &err)
               ? EXIT_PASS
               : main_complain(cli, &err);
}

/* The result without the series that only evidence has. */
static const struct result *with_series_asked_for(const struct cli *cli,
                                                  const struct result *result, struct arena *arena)
{
    const struct cli_values *asked = &cli->given[CLI_OPTION_SERIES];
    struct result *shown = arena_alloc(arena, sizeof *shown);
    struct result_setting *settings = arena_array(arena, result->setting_count, sizeof *settings);
    for (size_t k = 0; k < asked->count; k++)
        if (strcmp(asked->values[k], "key") == 0)
            return result;
    for (size_t i = 0; i < result->setting_count; i++) {
        settings[i] = result->settings[i];
        settings[i].series_count = asked->count;
    }
    *shown = *result;
    shown->settings = settings;
    return shown;
}

static int run(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct plan plan;
    struct study_outcome outcome;
    struct error err = {0};
    main_clock_start(&clock);
    if (!main_read_plan(cli, arena, set, &plan, &err) ||
        (cli_value(cli, CLI_OPTION_EVIDENCE) &&
         !main_prepare_evidence(cli, set, arena, &plan, &err)) ||
        (cli->out && !folder_prepare(cli->out, &err)))
        return main_complain(cli, &err);
    if (!main_study(cli, &plan, arena, &outcome, &err)) {
        if (err.status != STATUS_OK)
            return main_complain(cli, &err);
        return main_report_nothing();
    }
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    const struct result *result = result_make(&plan, &outcome, command, words, arena);
    if (cli->format != CLI_TEXT && !cli->is_quiet) { /* the text for people says it all */
        main_warn_of_plan(&plan, arena);
        warn_of_checks(result);
    }
    struct run_facts facts = main_clock_facts(&clock, plan.options.workers.threads);
    int junit_status = cli_value(cli, CLI_OPTION_JUNIT)
                           ? main_write_criteria_junit(cli, result, arena)
                           : EXIT_PASS;
    int evidence_status = cli_value(cli, CLI_OPTION_EVIDENCE)
                              ? write_evidence(cli, set, &plan, result, arena)
                              : EXIT_PASS;
    if (cli_value(cli, CLI_OPTION_EVIDENCE))
        result = with_series_asked_for(cli, result, arena);
    int status = write_result(cli, result, &facts, arena);
    if (status == EXIT_PASS)
        status = evidence_status != EXIT_PASS ? evidence_status : junit_status;
    if (result->is_interrupted)
        fprintf(stderr,
                "capsim: interrupted; the report has the replications that were finished\n");
    return status != EXIT_PASS ? status : main_exit_status(result->verdict, result->is_interrupted);
}

/* "1 setting", "2 settings" */
static const char *counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}

static bool has_setting(const struct scenario_set *set, const char *name)
{
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, name) == 0)
            return true;
    return false;
}

/* What its rules are about, when both of its settings are there. */
static bool check_rollout(const struct scenario_set *set, struct arena *arena, struct error *err)
{
    struct rollout_study rehearsal;
    if (!set->rollout || !has_setting(set, set->rollout->from) ||
        !has_setting(set, set->rollout->to) || rollout_study_make(set, arena, &rehearsal, err))
        return true;
    main_place_error(set, err);
    return false;
}

/* A choice that was made for the user: reports have it among the assumptions, but whoever checks a
 * scenario must see it now. */
static void warn_of_doubts(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->assumption_count; i++)
        if (scenario->assumptions[i].doubt)
            main_warn(scenario->assumptions[i].key, scenario->assumptions[i].doubt);
}

static int validate(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct plan plan;
    struct error err = {0}, named = {0};
    if (!main_read_plan(cli, arena, set, &plan, &err) || !check_rollout(set, arena, &err))
        return main_complain(cli, &err);
    const struct scenario *first = &set->settings[0].scenario;
    main_warn_of_plan(&plan, arena);
    warn_of_doubts(first);
    error_set_file(&named, set->file);
    return main_print(cli,
                      arena_printf(arena, "%s: valid: %s, %s, %s, %s\n", named.file,
                                   counted(arena, set->setting_count, "setting", "settings"),
                                   counted(arena, first->criterion_count, "criterion", "criteria"),
                                   counted(arena,
                                           first->pool_count + first->cpu_count +
                                               first->limiter_count + first->buffer_count,
                                           "resource", "resources"),
                                   counted(arena, first->workload_count, "workload", "workloads")));
}

/* A subcommand on a scenario, whose files are let go of in the end. */
static int with_scenario(const struct cli *cli, struct arena *arena,
                         int (*subcommand)(const struct cli *, struct arena *,
                                           struct scenario_set *))
{
    struct scenario_set set = {0};
    int status = subcommand(cli, arena, &set);
    scenario_close(&set);
    return status;
}

int main_run(const struct cli *cli, struct arena *arena)
{
    return with_scenario(cli, arena, run);
}

int main_validate(const struct cli *cli, struct arena *arena)
{
    return with_scenario(cli, arena, validate);
}
