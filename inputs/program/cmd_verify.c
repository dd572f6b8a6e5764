/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: makes a report or evidence again, in memory, and compares. */
#include "inputs/cli/interruption.h"
#include "inputs/program/main.h"
#include "inputs/records/verification.h"

static bool compare(struct job *job, const struct made *made, struct verification *verification,
                    struct error *err)
{
    struct verification_again again = {.blank = {EVIDENCE_MARK, EVIDENCE_BLANK}};
    struct page_extras extras = made->extras;
    struct folder_file marked;
    if (job->wants_evidence) {
        again.files = evidence_list(made->evidence, job->arena, &again.count, err);
        marked = evidence_marked_report(made->evidence);
        again.marked = &marked;
        again.digest = made->evidence->result->digest;
        return again.files && verification_compare(verification, &again, err);
    }
    if ((verification->record->folder || verification->record->copies) && !made->answer->kept)
        main_draw_pictures(job, made->answer, &extras);
    struct run_facts facts = job_facts(job);
    again.files = answer_files(made->answer, &extras, &facts, job->arena, &again.count);
    again.kind = made->answer->kind;
    again.digest = made->answer->grounds->digest;
    return verification_compare(verification, &again, err);
}

/* Makes it again and compares, unless it was interrupted. */
static int repeat(struct job *job, const struct cli *cli, struct verification *verification)
{
    struct made made = {0};
    struct error err = {0};
    bool is_made = main_make_of(job->cli->subcommand)(job, &made, &err);
    bool lacks_evidence = is_made && job->wants_evidence && !made.evidence;
    if (lacks_evidence)
        err = made.evidence_err;
    bool is_part = lacks_evidence || (is_made && made.answer->is_interrupted);
    if (is_part)
        made.nothing = lacks_evidence ? interruption_left_no_evidence : made.answer->interruption;
    if (!is_made || is_part)
        return job_write(job, &made, false, &err);
    progress_erase(&job->progress);
    if (!compare(job, &made, verification, &err))
        return main_complain(cli, &err);
    return main_print_finding(cli, verification_tell(verification),
                              verification->findings[0] != '\0');
}

int cmd_verify(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct run_record record;
    struct verification verification;
    const struct cli *then, *shown;
    struct job job;
    char **words;
    if (!run_record_read(cli->scenario, arena, &record, &err) ||
        !verification_begin(&verification, &record, cli->other, cli_value(cli, CLI_OPTION_KEY),
                            arena, &err))
        return main_complain(cli, &err);
    if (verification.is_changed)
        return main_print_finding(cli, verification_tell(&verification), true);
    if (!run_record_command(&record, cli_value(cli, CLI_OPTION_BASELINE), arena, &words, &err) ||
        !cli_parse((int)record.command_count, record.command, arena, &shown, &err) ||
        !cli_parse((int)record.command_count, words, arena, &then, &err) ||
        !run_record_check_command(
            &record, main_make_of(then->subcommand) != NULL,
            then->subcommand == CLI_SCORE || then->subcommand == CLI_CALIBRATE, &err) ||
        !cli_check_repeatable(then, &err)) {
        error_set_file(&err, record.file);
        return main_complain(cli, &err);
    }
    job_open_again(&job, then, cli, verification.scenario, &record, arena);
    job.command = cli_normal_form(shown, arena, &job.command_count);
    int status = repeat(&job, cli, &verification);
    job_close(&job, false);
    return status;
}
