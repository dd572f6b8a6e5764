/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand why. */
#include "inputs/cli/progress.h"
#include "inputs/program/main.h"
#include "reports/answers/bottleneck_answer.h"
#include "reports/files/folder.h"
#include <string.h>

/* The setting that is asked about: the one named, or the only one there is beside the baseline. */
static const struct scenario *find_setting(const struct cli *cli, const struct scenario_set *set,
                                           struct arena *arena, struct error *err)
{
    const char *wanted = cli->setting_count > 0    ? cli->settings[0]
                         : set->setting_count == 1 ? set->settings[0].name
                         : set->setting_count == 2 ? set->settings[1].name
                                                   : NULL;
    const char *names = "";
    for (size_t i = 0; i < set->setting_count; i++) {
        if (wanted && strcmp(set->settings[i].name, wanted) == 0)
            return &set->settings[i].scenario;
        names = arena_printf(arena, "%s%s%s", names, i > 0 ? ", " : "", set->settings[i].name);
    }
    error_set(err, STATUS_USAGE, "name the setting to explain with --setting: %s", names);
    return NULL;
}

static bool explain(const struct cli *cli, struct scenario_set *set, struct arena *arena,
                    struct bottleneck *why, struct error *err)
{
    struct plan plan;
    if (cli->setting_count > 1)
        return error_set(err, STATUS_USAGE, "'why' explains one setting at a time");
    if (!main_read_plan(cli, arena, set, &plan, err))
        return false;
    const struct scenario *spec = find_setting(cli, set, arena, err);
    if (!spec || (cli->out && !folder_prepare(cli->out, err)))
        return false;
    if (!bottleneck_make(set, spec, arena, why, err))
        return false;
    if (cli->format != CLI_TEXT && !cli->is_quiet)
        main_warn_of_plan(&why->plan, arena);
    struct progress progress;
    struct replications_options workers = main_open_workers(cli, &progress, "replications");
    bool is_fine = bottleneck_study_run(why, &workers, arena, err);
    progress_erase(&progress);
    return is_fine;
}

/* The split needs the marked study, which comes second: figures of the first alone would be those
 * of `run`. */
static int report_interruption(const struct bottleneck *why)
{
    if (why->replications == 0)
        return main_report_nothing();
    fprintf(
        stderr,
        "capsim: interrupted: %zu of %zu replications of the setting as it is are finished, "
        "but none of those that\n        show where the time goes: there is nothing to report\n",
        why->replications, why->options.min_replications);
    return EXIT_INTERRUPTED;
}

static int answer_why(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct bottleneck why = {0};
    struct error err = {0};
    main_clock_start(&clock);
    if (!explain(cli, set, arena, &why, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : report_interruption(&why);
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    struct answer *answer = answer_begin("why", set, command, words, arena);
    bottleneck_answer_add(answer, &why);
    answer_finish(answer);
    struct run_facts facts = main_clock_facts(&clock, why.options.workers.threads);
    return main_write_answer(cli, answer, &facts);
}

int main_why(const struct cli *cli, struct arena *arena)
{
    struct scenario_set set = {0};
    int status = answer_why(cli, arena, &set);
    scenario_close(&set);
    return status;
}
