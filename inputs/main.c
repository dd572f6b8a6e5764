/* The program: each subcommand reads, studies, writes. */
#include "inputs/cli.h"
#include "inputs/locate.h"
#include "inputs/progress.h"
#include "inputs/scenario.h"
#include "inputs/terminal.h"
#include "models/plan.h"
#include "reports/output.h"
#include "reports/provenance.h"
#include "reports/report.h"
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Exit statuses beside those of errors (error_exit_code). */
enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_UNDECIDED = 3, EXIT_INTERRUPTED = 130 };

enum { MESSAGE = 1536 };

static atomic_bool is_interrupted;

static void on_signal(int signal)
{
    (void)signal;
    atomic_store(&is_interrupted, true);
}

/* The first signal lets what has begun end well, the second ends the process. One that whoever
 * started us has set to be ignored (nohup, a shell's background) stays ignored. */
static void catch_interruption(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            action = (struct sigaction){.sa_handler = on_signal,
                                        .sa_flags = (int)SA_RESETHAND | SA_RESTART};
            sigaction(signals[i], &action, NULL);
        }
    }
}

/* Says what is wrong and returns the exit status. */
static int complain(const struct cli *cli, const struct error *err)
{
    char text[MESSAGE];
    error_format(err, text, sizeof text);
    fprintf(stderr, "%s%s", err->file[0] ? "" : "capsim: ", text);
    if (err->status == STATUS_USAGE)
        fprintf(stderr, "; try 'capsim help%s%s'", cli->subcommand == CLI_HELP ? "" : " ",
                cli->subcommand == CLI_HELP ? "" : cli_subcommands[cli->subcommand].name);
    if (cli->has_debug && err->raised_in)
        fprintf(stderr, " [%s]", err->raised_in);
    fputc('\n', stderr);
    return error_exit_code(err->status);
}

/* Nobody wants to be told that he has stopped reading: a closed pipe ends the program quietly. */
static int complain_of_output(const struct cli *cli, struct error *err)
{
    error_set_file(err, "standard output");
    return terminal_is_abandoned(stdout) ? error_exit_code(STATUS_IO) : complain(cli, err);
}

static int print(const struct cli *cli, const char *text)
{
    struct error err = {0};
    fputs(text, stdout);
    return output_flush(stdout, &err) ? EXIT_PASS : complain_of_output(cli, &err);
}

/* What is printed of the user's text must not move the terminal's cursor. */
static void warn(const char *setting, const char *text)
{
    struct error cleaned = {0};
    error_set(&cleaned, STATUS_INPUT, "%s", text);
    fprintf(stderr, "capsim: warning: %s: %s\n", setting, cleaned.message);
}

/* True if one of the first settings has the warning too. */
static bool is_said(const struct plan *plan, size_t settings, const char *text, struct arena *arena)
{
    for (size_t i = 0; i < settings; i++) {
        size_t count;
        const char *const *warnings = plan_list_warnings(plan, i, arena, &count);
        for (size_t k = 0; k < count; k++)
            if (strcmp(warnings[k], text) == 0)
                return true;
    }
    return false;
}

/* Says all that is worth a warning; what several settings share once, under the first. */
static void warn_of_plan(const struct plan *plan, struct arena *arena)
{
    for (size_t i = 0; i < plan->count; i++) {
        size_t count;
        const char *const *warnings = plan_list_warnings(plan, i, arena, &count);
        for (size_t k = 0; k < count; k++)
            if (!is_said(plan, i, warnings[k], arena))
                warn(plan->set->settings[i].name, warnings[k]);
    }
}

/* ---- read ---- */

/* Errors of a model know the pointer only: the text says in which line it is. */
static void place_error(const struct scenario_set *set, struct error *err)
{
    struct locate_place place;
    if (err->line == 0 && err->pointer[0] &&
        locate_pointer(set->text, set->text_length, err->pointer, LOCATE_VALUE, &place)) {
        err->line = place.line;
        err->column = place.column;
    }
}

static bool read_plan(const struct cli *cli, struct arena *arena, struct scenario_set *set,
                      struct plan *plan, struct error *err)
{
    struct scenario_request request = {.file = cli->scenario,
                                       .setting_names = cli->settings,
                                       .setting_count = cli->setting_count,
                                       .overrides = cli->overrides,
                                       .override_count = cli->override_count,
                                       .seed = cli->seed,
                                       .replications = cli->replications,
                                       .duration = cli->duration};
    if (!scenario_read(&request, arena, set, err))
        return false;
    if (plan_make(set, arena, plan, err))
        return true;
    place_error(set, err);
    return false;
}

/* ---- study ---- */

/* Runs the plan. False with status STATUS_OK: interrupted before there was anything to report. */
static bool study(const struct cli *cli, struct plan *plan, struct arena *arena,
                  struct study_outcome *outcome, struct error *err)
{
    struct progress progress = progress_open(stderr, cli->has_progress, "warm-up runs");
    struct replications_options *workers = &plan->options.workers;
    *workers = (struct replications_options){.threads = cli->threads > 0 ? cli->threads
                                                                         : replications_cores(),
                                             .is_interrupted = &is_interrupted,
                                             .progress = cli->is_quiet ? NULL : progress_show,
                                             .progress_context = &progress};
    bool is_stopped;
    bool is_fine = plan_find_warmup(plan, workers, arena, &is_stopped, err) && !is_stopped;
    progress.what = "replications";
    is_fine =
        is_fine && study_run(plan->settings, plan->count, &plan->options, arena, outcome, err);
    progress_erase(&progress);
    for (size_t i = 0; i < plan->count && is_fine; i++)
        is_fine = outcome->results[i].replications > 0;
    return is_fine;
}

/* ---- write ---- */

static bool write_format(const struct result *result, enum cli_format format, struct error *err)
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
                        const struct run_facts *facts)
{
    struct error folder_err = {0}, err = {0};
    int status = EXIT_PASS;
    if (cli->out && !report_folder(result, facts, cli->out, &folder_err))
        status = complain(cli, &folder_err);
    if (!write_format(result, cli->format, &err) || !output_flush(stdout, &err))
        status = complain_of_output(cli, &err);
    return status;
}

static int exit_status(const struct result *result)
{
    if (result->is_interrupted)
        return EXIT_INTERRUPTED;
    switch (result->verdict) {
    case VERDICT_FAIL:
        return EXIT_FAIL;
    case VERDICT_UNDECIDED:
        return EXIT_UNDECIDED;
    case VERDICT_PASS:
    case VERDICT_NONE:
        break;
    }
    return EXIT_PASS;
}

/* ---- subcommands ---- */

/* When and where: for run.json alone. */
struct clock {
    char started[32], host[256];
    struct timespec begin;
};

static void clock_start(struct clock *clock)
{
    time_t now = time(NULL);
    struct tm utc;
    *clock = (struct clock){0};
    clock_gettime(CLOCK_MONOTONIC, &clock->begin);
    if (gmtime_r(&now, &utc))
        strftime(clock->started, sizeof clock->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(clock->host, sizeof clock->host - 1);
}

static struct run_facts clock_facts(const struct clock *clock, unsigned threads)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct run_facts){.started = clock->started,
                              .elapsed_s = (double)(now.tv_sec - clock->begin.tv_sec) +
                                           1e-9 * (double)(now.tv_nsec - clock->begin.tv_nsec),
                              .host = clock->host,
                              .threads = threads};
}

static int run(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct clock clock;
    struct plan plan;
    struct study_outcome outcome;
    struct error err = {0};
    clock_start(&clock);
    if (!read_plan(cli, arena, set, &plan, &err) ||
        (cli->out && !report_folder_prepare(cli->out, &err)))
        return complain(cli, &err);
    catch_interruption();
    if (!study(cli, &plan, arena, &outcome, &err)) {
        if (err.status != STATUS_OK)
            return complain(cli, &err);
        fprintf(stderr, "capsim: interrupted before there was anything to report\n");
        return EXIT_INTERRUPTED;
    }
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    const struct result *result = result_make(&plan, &outcome, command, words, arena);
    if (cli->format != CLI_TEXT && !cli->is_quiet) { /* the text for people says it all */
        warn_of_plan(&plan, arena);
        warn_of_checks(result);
    }
    struct run_facts facts = clock_facts(&clock, plan.options.workers.threads);
    int status = write_result(cli, result, &facts);
    if (result->is_interrupted)
        fprintf(stderr,
                "capsim: interrupted; the report has the replications that were finished\n");
    return status != EXIT_PASS ? status : exit_status(result);
}

/* "1 setting", "2 settings" */
static const char *counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}

static int validate(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct plan plan;
    struct error err = {0}, named = {0};
    if (!read_plan(cli, arena, set, &plan, &err))
        return complain(cli, &err);
    warn_of_plan(&plan, arena);
    const struct scenario *first = &set->settings[0].scenario;
    error_set_file(&named, set->file);
    return print(cli, arena_printf(arena, "%s: valid: %s, %s, %s, %s\n", named.file,
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

static int dispatch(const struct cli *cli, struct arena *arena)
{
    switch (cli->subcommand) {
    case CLI_RUN:
        return with_scenario(cli, arena, run);
    case CLI_VALIDATE:
        return with_scenario(cli, arena, validate);
    case CLI_VERSION:
        return print(cli, "capsim " PROVENANCE_VERSION "\n");
    case CLI_HELP:
    case CLI_SUBCOMMANDS:
        break;
    }
    return print(cli, cli_help(cli->topic, arena));
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    terminal_keep_standard_streams();
    /* A closed pipe and a file that may not grow are then errors of the write, like a full disk. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct arena *arena = arena_open();
    struct cli cli;
    struct error err = {0};
    int status;
    if (argc < 2) {
        fputs(cli_help(CLI_SUBCOMMANDS, arena), stderr);
        status = error_exit_code(STATUS_USAGE);
    } else if (!cli_parse(argc, argv, arena, &cli, &err)) {
        status = complain(&cli, &err);
    } else {
        status = dispatch(&cli, arena);
    }
    arena_close(arena);
    return status;
}
