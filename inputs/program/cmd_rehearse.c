/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand rehearse: a rollout as it would go. */
#include "inputs/cli/progress.h"
#include "inputs/program/cmd_evidence.h"
#include "inputs/program/main.h"
#include "reports/answers/rehearsal_answer.h"
#include "reports/files/folder.h"
#include <stdio.h>
#include <string.h>

static bool read(const struct cli *cli, struct arena *arena, struct scenario_set *set,
                 struct rollout_study *rehearsal, struct error *err)
{
    struct scenario_request request = main_request(cli, arena);
    request.rehearses = true;
    if (!scenario_read(&request, arena, set, err))
        return false;
    if (cli->scenario_label)
        set->file = cli->scenario_label;
    if (rollout_study_make(set, arena, rehearsal, err))
        return true;
    main_place_error(set, err);
    return false;
}

/* As main_study. */
static bool study(const struct cli *cli, struct rollout_study *rehearsal, struct arena *arena,
                  struct study_outcome *outcome, struct error *err)
{
    struct progress progress;
    struct replications_options *workers = &rehearsal->options.workers;
    *workers = main_open_workers(cli, &progress, "warm-up runs");
    bool is_stopped;
    bool is_fine =
        rollout_study_find_warmup(rehearsal, workers, arena, &is_stopped, err) && !is_stopped;
    progress.what = "replications";
    is_fine =
        is_fine && study_run(&rehearsal->setting, 1, &rehearsal->options, arena, outcome, err);
    progress_erase(&progress);
    return is_fine && outcome->results[0].replications > 0;
}

/* ---- evidence ---- */

/* Both settings as they are before and after, besides the way from one to the other. */
static bool prepare_evidence(const struct cli *cli, struct scenario_set *set, struct arena *arena,
                             struct plan *plan, struct error *err)
{
    if (!cli_value(cli, CLI_OPTION_EVIDENCE))
        return true;
    if (strcmp(set->rollout->from, "baseline") != 0 || set->setting_count != 2) {
        error_set_file(err, "--evidence");
        return error_set(err, STATUS_USAGE,
                         "is about a change of baseline: this rollout is from \"%s\" to \"%s\"",
                         set->rollout->from, set->rollout->to);
    }
    if (plan_make(set, arena, plan, err))
        return main_prepare_evidence(cli, set, arena, plan, err);
    main_place_error(set, err);
    return false;
}

static bool write_answer_json(const void *answer, FILE *out, struct error *err)
{
    return answer_json(answer, out, err);
}

static bool write_table(const void *table, FILE *out, struct error *err)
{
    return table_csv(table, out, err);
}

/* The rehearsal, as a section of the report and as files of what happens during the change. */
static void add_rehearsal(struct evidence *evidence, const struct rehearsal_findings *findings,
                          const struct answer *answer, struct arena *arena)
{
    static const char *const kept[] = {"timeline", "rules", "series"};
    evidence->rehearsal = rehearsal_answer_for_evidence(findings, arena);
    evidence->extras[evidence->extra_count++] =
        (struct folder_file){"during/rehearsal.json", write_answer_json, answer};
    for (size_t i = 0; i < answer->table_count; i++)
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
            if (strcmp(answer->tables[i].key, kept[k]) == 0)
                evidence->extras[evidence->extra_count++] =
                    (struct folder_file){arena_printf(arena, "during/projected_%s.csv", kept[k]),
                                         write_table, answer->tables[i].table};
}

static int write_evidence(const struct cli *cli, const struct scenario_set *set, struct plan *plan,
                          const struct rehearsal_findings *findings, const struct answer *answer,
                          struct arena *arena)
{
    struct error err = {0};
    struct study_outcome outcome;
    struct evidence evidence;
    struct main_evidence from = {.set = set, .plan = plan};
    if (!cli_value(cli, CLI_OPTION_EVIDENCE))
        return EXIT_PASS;
    if (answer->is_interrupted)
        return main_report_no_evidence();
    bool is_made = main_study(cli, plan, arena, &outcome, &err) && !outcome.is_interrupted;
    if (is_made) {
        from.result = result_make(plan, &outcome, findings->watch->command,
                                  findings->watch->command_count, arena);
        is_made = main_find_change(set, &from.change, &err) &&
                  main_make_evidence(cli, &from, &evidence, arena, &err);
    }
    if (!is_made)
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_no_evidence();
    add_rehearsal(&evidence, findings, answer, arena);
    return evidence_write(&evidence, cli_value(cli, CLI_OPTION_EVIDENCE), &err)
               ? EXIT_PASS
               : main_complain(cli, &err);
}

static int rehearse(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct rollout_study rehearsal;
    struct study_outcome outcome;
    struct plan plan;
    struct error err = {0};
    main_clock_start(&clock);
    if (!read(cli, arena, set, &rehearsal, &err) ||
        !prepare_evidence(cli, set, arena, &plan, &err) ||
        (cli->out && !folder_prepare(cli->out, &err)))
        return main_complain(cli, &err);
    if (!study(cli, &rehearsal, arena, &outcome, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    const struct rehearsal_findings *findings =
        rehearsal_findings_make(&rehearsal, &outcome, command, words, arena);
    struct answer *answer = answer_begin("rehearse", set, command, words, arena);
    rehearsal_answer_add(answer, findings);
    answer_finish(answer);
    int evidence_status = write_evidence(cli, set, &plan, findings, answer, arena);
    struct run_facts facts = main_clock_facts(&clock, rehearsal.options.workers.threads);
    int status = main_write_answer(cli, answer, &facts);
    return evidence_status != EXIT_PASS ? evidence_status : status;
}

int main_rehearse(const struct cli *cli, struct arena *arena)
{
    struct scenario_set set = {0};
    int status = rehearse(cli, arena, &set);
    scenario_close(&set);
    return status;
}
