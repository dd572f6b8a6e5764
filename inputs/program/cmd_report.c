/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand report: the page of a scenario that is run for it, or of a report that is there.
 */
#include "inputs/cli/progress.h"
#include "inputs/program/cmd_size.h"
#include "inputs/program/main.h"
#include "inputs/records/saved_report.h"
#include "plots/picture.h"
#include "reports/answers/bottleneck_answer.h"
#include "reports/files/atomic_file.h"
#include "reports/files/folder.h"
#include "reports/writers/page_parts.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where it goes ---- */

static bool names_page(const char *out)
{
    const char *dot = out ? strrchr(out, '.') : NULL;
    return dot && (strcmp(dot, ".html") == 0 || strcmp(dot, ".htm") == 0);
}

static bool write_file(const char *path, const struct result *result,
                       const struct page_extras *extras, struct arena *arena, struct error *err)
{
    struct atomic_file file = {0};
    bool is_written = atomic_file_open(&file, path, arena, err) &&
                      report_html(result, extras, file.stream, err) &&
                      atomic_file_finish(&file, err) && atomic_file_publish(&file, err);
    if (!is_written)
        error_set_file(err, path);
    atomic_file_discard(&file);
    return is_written;
}

/* A page to a file or standard output; facts: of a run, whose other formats a folder gets too. */
static int write_page(const struct cli *cli, const struct result *result,
                      const struct page_extras *extras, const struct run_facts *facts,
                      struct arena *arena)
{
    struct error err = {0};
    if (!cli->out)
        return report_html(result, extras, stdout, &err) ? EXIT_PASS
                                                         : main_complain_of_output(cli, &err);
    bool is_written = names_page(cli->out) || !facts
                          ? write_file(cli->out, result, extras, arena, &err)
                          : report_folder(result, extras, facts, cli->out, &err);
    return is_written ? EXIT_PASS : main_complain(cli, &err);
}

/* ---- a report that is there ---- */

/* What can be read only once is taken for a scenario. */
static struct saved_report read_written(const struct cli *cli, struct arena *arena)
{
    struct stat status;
    struct saved_report written = {0};
    struct error ignored = {0};
    if (stat(cli->scenario, &status) != 0 || !S_ISREG(status.st_mode) ||
        !saved_report_read(cli->scenario, arena, &written, &ignored))
        return (struct saved_report){0};
    if (json_object_get(written.root, "capsim_report") ||
        json_object_get(written.root, "capsim_answer"))
        return written;
    json_decref(written.root);
    return (struct saved_report){0};
}

/* What would change a run cannot change its report. */
static bool check_no_changes(const struct cli *cli, struct error *err)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (cli_options[i].changes_result && cli->given[i].count > 0)
            return error_set(err, STATUS_USAGE,
                             "--%s changes a run, but this is the report of one that is done",
                             cli_options[i].name);
    return true;
}

static int show_written(const struct cli *cli, const struct saved_report *written,
                        struct arena *arena)
{
    struct error err = {0};
    struct page_extras extras = {0};
    if (!check_no_changes(cli, &err))
        return main_complain(cli, &err);
    if (json_object_get(written->root, "capsim_answer")) {
        error_set_file(&err, cli->scenario);
        error_set(&err, STATUS_INPUT,
                  "is the answer of another subcommand; that one writes its page with --format "
                  "html or --out");
        return main_complain(cli, &err);
    }
    const struct result *result = saved_report_result(written, arena, &err);
    if (!result)
        return main_complain(cli, &err);
    picture_fill_page(written->root, arena, &extras);
    int status = write_page(cli, result, &extras, NULL, arena);
    return status != EXIT_PASS ? status : main_exit_status(result->verdict, result->is_interrupted);
}

/* ---- a scenario that is run ---- */

/* Where the time goes in the setting that is judged; NULL where that has no answer, or when it was
 * interrupted: the page then does without. *interrupted: what to say of an interruption, or NULL.
 */
static const struct answer *explain(const struct cli *cli, const struct result *result,
                                    struct scenario_set *set, struct arena *arena,
                                    const char **interrupted)
{
    const char *name = page_parts_subject(result)->name;
    struct bottleneck *why = arena_alloc(arena, sizeof *why);
    struct error ignored = {0};
    const struct scenario *spec = NULL;
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, name) == 0)
            spec = &set->settings[i].scenario;
    *interrupted =
        result->is_interrupted ? "the report has the replications that were finished" : NULL;
    if (*interrupted || !spec || !bottleneck_make(set, spec, arena, why, &ignored))
        return NULL;
    struct progress progress;
    struct replications_options workers = main_open_workers(cli, &progress, "explanations");
    bool is_found = bottleneck_study_run(why, &workers, arena, &ignored);
    progress_erase(&progress);
    if (!is_found && ignored.status == STATUS_OK)
        *interrupted = "the page does without an explanation of where the time goes";
    else if (is_found && why->is_interrupted)
        *interrupted = "the page's explanation rests on what was finished";
    if (!is_found)
        return NULL;
    struct answer *answer = answer_begin("why", set, result->command, result->command_count, arena);
    bottleneck_answer_add(answer, why);
    answer_finish(answer);
    return answer;
}

/* The setting that the page is about: the last one with criteria. */
static const char *subject_of(const struct scenario_set *set, const struct plan *plan)
{
    size_t subject = set->setting_count - 1;
    for (size_t i = 0; i < set->setting_count; i++)
        if (plan->settings[i].criterion_count > 0)
            subject = i;
    return set->settings[subject].name;
}

/* Whether the size that --vary asks for, if it does, can be searched for. */
static bool check_vary(const struct cli *cli, struct error *err)
{
    size_t count = cli->given[CLI_OPTION_VARY].count;
    if (count > 1)
        return error_set(err, STATUS_USAGE, "'report' takes --vary once, got it %zu times", count);
    if (count == 1 && strcmp(cli->scenario, "-") == 0)
        return error_set(err, STATUS_USAGE,
                         "with --vary the scenario is read twice: it must be a file, not standard "
                         "input");
    return true;
}

static bool write_json(const void *result, FILE *out, struct error *err)
{
    return report_json(result, out, err);
}

static int report_run(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct plan plan;
    struct study_outcome outcome;
    struct error err = {0};
    size_t words, answer_count = 0;
    const struct answer *answers[2];
    const char *interrupted;
    main_clock_start(&clock);
    if (!check_vary(cli, &err) || !main_read_plan(cli, arena, set, &plan, &err) ||
        (cli->out && !names_page(cli->out) && !folder_prepare(cli->out, &err)))
        return main_complain(cli, &err);
    if (cli->given[CLI_OPTION_VARY].count > 0)
        answers[answer_count++] = main_search_size(cli, subject_of(set, &plan), arena, &err);
    if ((answer_count > 0 && !answers[0]) || !main_study(cli, &plan, arena, &outcome, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    const char *const *command = cli_normal_form(cli, arena, &words);
    const struct result *result = result_make(&plan, &outcome, command, words, arena);
    const struct answer *why = explain(cli, result, set, arena, &interrupted);
    struct page_extras extras = main_draw_extras(write_json, result, arena);
    if (why)
        answers[answer_count++] = why;
    extras.answers = answers;
    extras.answer_count = answer_count;
    struct run_facts facts = main_clock_facts(&clock, plan.options.workers.threads);
    int status = write_page(cli, result, &extras, &facts, arena);
    if (interrupted)
        fprintf(stderr, "capsim: interrupted; %s\n", interrupted);
    return status != EXIT_PASS ? status : main_exit_status(result->verdict, interrupted != NULL);
}

int main_report(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    if (!cli->out && isatty(STDOUT_FILENO)) {
        error_set(&err, STATUS_USAGE,
                  "the page would fill the terminal: name a file with --out, such as --out "
                  "report.html");
        return main_complain(cli, &err);
    }
    struct saved_report written = read_written(cli, arena);
    if (written.root) {
        int status = show_written(cli, &written, arena);
        json_decref(written.root);
        return status;
    }
    struct scenario_set set = {0};
    int status = report_run(cli, arena, &set);
    scenario_close(&set);
    return status;
}
