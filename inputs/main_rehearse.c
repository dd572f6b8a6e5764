/* The subcommand rehearse: a rollout as it would go. */
#include "inputs/main.h"
#include "inputs/progress.h"
#include "reports/folder.h"
#include "reports/rehearsal_answer.h"
#include <stdio.h>

static bool read(const struct cli *cli, struct arena *arena, struct scenario_set *set,
                 struct rehearsal *rehearsal, struct error *err)
{
    struct scenario_request request = main_request(cli);
    request.rehearses = true;
    if (!scenario_read(&request, arena, set, err))
        return false;
    if (rehearsal_make(set, arena, rehearsal, err))
        return true;
    main_place_error(set, err);
    return false;
}

/* As main_study. */
static bool study(const struct cli *cli, struct rehearsal *rehearsal, struct arena *arena,
                  struct study_outcome *outcome, struct error *err)
{
    struct progress progress = progress_open(stderr, cli->has_progress, "warm-up runs");
    struct replications_options *workers = &rehearsal->options.workers;
    *workers = (struct replications_options){.threads = cli->threads > 0 ? cli->threads
                                                                         : replications_cores(),
                                             .is_interrupted = main_catch_interruption(),
                                             .progress = cli->is_quiet ? NULL : progress_show,
                                             .progress_context = &progress};
    bool is_stopped;
    bool is_fine =
        rehearsal_find_warmup(rehearsal, workers, arena, &is_stopped, err) && !is_stopped;
    progress.what = "replications";
    is_fine =
        is_fine && study_run(&rehearsal->setting, 1, &rehearsal->options, arena, outcome, err);
    progress_erase(&progress);
    return is_fine && outcome->results[0].replications > 0;
}

static int rehearse(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct rehearsal rehearsal;
    struct study_outcome outcome;
    struct error err = {0};
    main_clock_start(&clock);
    if (!read(cli, arena, set, &rehearsal, &err) || (cli->out && !folder_prepare(cli->out, &err)))
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
    struct run_facts facts = main_clock_facts(&clock, rehearsal.options.workers.threads);
    return main_write_answer(cli, answer, &facts);
}

int main_rehearse(const struct cli *cli, struct arena *arena)
{
    struct scenario_set set = {0};
    int status = rehearse(cli, arena, &set);
    scenario_close(&set);
    return status;
}
