/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the subcommands on a scenario share: reading it, studying it, writing an answer. */
#include "inputs/cli/terminal.h"
#include "inputs/json/locate.h"
#include "inputs/json/wording.h"
#include "inputs/program/main.h"
#include "models/metrics/metric_catalogue.h"
#include "models/metrics/metric_windows.h"
#include "reports/files/output.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is printed of the user's text must not move the terminal's cursor. */
void main_warn(const char *subject, const char *text)
{
    struct error cleaned = {0};
    error_set(&cleaned, STATUS_INPUT, "%s", text);
    fprintf(stderr, "capsim: warning: %s: %s\n", subject, cleaned.message);
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

/* What several settings share is said once, under the first. */
void main_warn_of_plan(const struct plan *plan, struct arena *arena)
{
    for (size_t i = 0; i < plan->count; i++) {
        size_t count;
        const char *const *warnings = plan_list_warnings(plan, i, arena, &count);
        for (size_t k = 0; k < count; k++)
            if (!is_said(plan, i, warnings[k], arena))
                main_warn(plan->set->settings[i].name, warnings[k]);
    }
}

/* ---- reading and studying ---- */

void main_place_error(const struct scenario_set *set, struct error *err)
{
    struct locate_place place;
    if (err->line == 0 && err->pointer[0] &&
        locate_pointer(set->text, set->text_length, err->pointer, LOCATE_VALUE, &place)) {
        err->line = place.line;
        err->column = place.column;
    }
}

bool main_refuse_setting(const struct scenario_set *set, const char *option, const char *name,
                         struct arena *arena, struct error *err)
{
    char shown[WORDING_SIZE];
    const char **names = arena_array(arena, set->setting_count, sizeof *names);
    for (size_t i = 0; i < set->setting_count; i++)
        names[i] = set->settings[i].name;
    const char *meant = spelling_nearest(name, names, set->setting_count);
    if (meant)
        error_set(err, STATUS_USAGE, "%s has no such setting; did you mean \"%s\"?", set->file,
                  meant);
    else
        error_set(err, STATUS_USAGE, "%s has no such setting; it has %s%s", set->file, names[0],
                  set->setting_count > 1 ? "" : " only");
    for (size_t i = 1; i < set->setting_count && !meant; i++)
        wording_append(err->message, sizeof err->message, ", %s", names[i]);
    error_set_file(
        err, arena_printf(arena, "%s %s", option, wording_shorten(name, strlen(name), shown)));
    return false;
}

struct scenario_request main_request(const struct cli *cli, struct arena *arena)
{
    struct override *overrides = arena_array(arena, cli->override_count, sizeof *overrides);
    for (size_t i = 0; i < cli->override_count; i++)
        overrides[i] = (struct override){cli->overrides[i].path, cli->overrides[i].value};
    return (struct scenario_request){.file = cli->scenario,
                                     .setting_names = cli->settings,
                                     .setting_count = cli->setting_count,
                                     .overrides = overrides,
                                     .override_count = cli->override_count,
                                     .seed = cli->seed,
                                     .replications = cli->replications,
                                     .duration = cli->duration,
                                     .series = cli->given[CLI_OPTION_SERIES].values,
                                     .series_count = cli->given[CLI_OPTION_SERIES].count};
}

static bool make_plan(struct scenario_set *set, struct arena *arena, struct plan *plan,
                      struct error *err)
{
    if (plan_make(set, arena, plan, err))
        return true;
    main_place_error(set, err);
    return false;
}

/* Whether a criterion is about the metric: those come before other key metrics. */
static bool is_judged(const struct scenario *scenario, const char *metric)
{
    for (size_t i = 0; i < scenario->criterion_count; i++)
        if (strcmp(scenario->criteria[i].metric, metric) == 0)
            return true;
    return false;
}

/* Whether column c of the first model may be added to series[count]: it has windows in every
 * setting, and is not there yet. */
static bool is_new_series(const struct plan *plan, size_t c, const char *metric,
                          const char *const *series, size_t count)
{
    bool is_wanted = model_has_windows(plan->models[0], c);
    for (size_t i = 1; i < plan->count && is_wanted; i++)
        is_wanted = model_find_column(plan->models[i], metric) != COLUMN_NONE;
    for (size_t i = 0; i < count && is_wanted; i++)
        is_wanted = strcmp(series[i], metric) != 0;
    return is_wanted;
}

/* The series asked for, then those of criteria, then of the other key metrics, as many as fit. */
static const char **list_series(const struct plan *plan, struct arena *arena, size_t *listed)
{
    const struct scenario *scenario = &plan->set->settings[0].scenario;
    const struct run_spec *run = &scenario->run;
    size_t columns, count = model_metric_count(plan->models[0]);
    const struct column *column = model_columns(plan->models[0], &columns);
    size_t room = METRIC_SPANS_MOST_VALUES / (size_t)(run->duration_ns / run->window_ns);
    const char **series = arena_array(arena, count + run->series_count, sizeof *series);
    for (*listed = 0; *listed < run->series_count; ++*listed)
        series[*listed] = run->series[*listed];
    for (int others = 0; others < 2; others++)
        for (size_t c = 0; c < count && *listed < room; c++) {
            const char *name = column[c].name;
            bool is_wanted = others ? column[c].identity->is_shown : is_judged(scenario, name);
            if (is_wanted && is_new_series(plan, c, name, series, *listed))
                series[(*listed)++] = name;
        }
    return series;
}

bool main_add_key_series(struct scenario_set *set, struct arena *arena, struct plan *plan,
                         struct error *err)
{
    size_t count;
    const char **series = list_series(plan, arena, &count);
    struct setting_spec *settings = arena_array(arena, set->setting_count, sizeof *settings);
    for (size_t i = 0; i < set->setting_count; i++) {
        settings[i] = set->settings[i];
        settings[i].scenario.run.series = series;
        settings[i].scenario.run.series_count = count;
    }
    set->settings = settings;
    return make_plan(set, arena, plan, err);
}

/* "key" is no metric: it stands for those that only the models can name. Takes it off the list;
 * whether it was on it. */
static bool take_key_series(struct scenario_request *request, struct arena *arena)
{
    const char **names = arena_array(arena, request->series_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < request->series_count; i++)
        if (strcmp(request->series[i], "key") != 0)
            names[count++] = request->series[i];
    bool has_key = count < request->series_count;
    request->series = names;
    request->series_count = count;
    return has_key;
}

/* Whether "run.duration" is the path of what "/run/duration" points at. */
static bool is_path_of(const char *path, const char *pointer)
{
    if (*pointer++ != '/')
        return false;
    while (*path && (*path == *pointer || (*path == '.' && *pointer == '/')))
        path++, pointer++;
    return *path == *pointer;
}

/* What is wrong for the model stands in the file, unless it was given by option. */
static bool blame_option(const struct cli *cli, struct arena *arena, struct error *err)
{
    const char *option = NULL;
    for (size_t i = 0; i < cli->override_count; i++)
        if (is_path_of(cli->overrides[i].path, err->pointer))
            option =
                arena_printf(arena, "--set %s=%s", cli->overrides[i].path, cli->overrides[i].value);
    if (cli->duration && is_path_of("run.duration", err->pointer))
        option = arena_printf(arena, "--duration %s", cli->duration);
    if (option) {
        error_set_file(err, option);
        err->pointer[0] = '\0';
        err->line = err->column = 0;
    }
    return false;
}

/* Evidence of a change is about what was before, too. */
static void add_baseline(struct scenario_request *request, struct arena *arena)
{
    const char **names = arena_array(arena, request->setting_count + 1, sizeof *names);
    memcpy(names, request->setting_names, request->setting_count * sizeof *names);
    names[request->setting_count++] = "baseline";
    request->setting_names = names;
}

bool main_read_plan(const struct cli *cli, struct arena *arena, struct scenario_set *set,
                    struct plan *plan, struct error *err)
{
    struct scenario_request request = main_request(cli, arena);
    bool has_key = take_key_series(&request, arena);
    if (cli_value(cli, CLI_OPTION_EVIDENCE) && cli->setting_count > 0)
        add_baseline(&request, arena);
    if (!scenario_read(&request, arena, set, err))
        return false;
    if (cli->scenario_label)
        set->file = cli->scenario_label;
    if (!make_plan(set, arena, plan, err))
        return blame_option(cli, arena, err);
    return !has_key || main_add_key_series(set, arena, plan, err);
}

struct replications_options main_open_workers(const struct cli *cli, struct progress *progress,
                                              const char *what)
{
    *progress = progress_open(stderr, cli->has_progress, what);
    return (struct replications_options){.threads =
                                             cli->threads > 0 ? cli->threads : replications_cores(),
                                         .is_interrupted = main_catch_interruption(),
                                         .progress = cli->is_quiet ? NULL : progress_show,
                                         .progress_context = progress};
}

/* What a request costs on an ordinary core, through a few steps; and how long a run must be for a
 * word about it. */
static const double USUAL_S_PER_REQUEST = 200e-9, LONG_S = 120;

/* Before a study that may take minutes or hours, says so: what people call a hang is often a run
 * that nobody knew to be long. */
static void announce(const struct plan *plan, unsigned threads)
{
    double requests = 0;
    for (size_t i = 0; i < plan->count; i++)
        requests += model_expected_requests(plan->models[i],
                                            plan->set->settings[i].scenario.run.duration_ns);
    double least = requests * (double)plan->options.min_replications,
           most = requests * (double)plan->options.max_replications;
    double least_s = least * USUAL_S_PER_REQUEST / threads,
           most_s = most * USUAL_S_PER_REQUEST / threads;
    char from[WORDING_SIZE], to[WORDING_SIZE];
    if (least_s < LONG_S)
        return;
    progress_format_time(least_s, from, sizeof from);
    progress_format_time(most_s, to, sizeof to);
    fprintf(stderr, "capsim: about %.2g requests, some %s on %u thread%s", least, from, threads,
            threads == 1 ? "" : "s");
    if (most > least)
        fprintf(stderr, "; up to %s if the criteria need all replications", to);
    fprintf(stderr, "; Ctrl-C keeps what is finished\n");
}

bool main_study(const struct cli *cli, struct plan *plan, struct arena *arena,
                struct study_outcome *outcome, struct error *err)
{
    struct progress progress;
    struct replications_options *workers = &plan->options.workers;
    *workers = main_open_workers(cli, &progress, "warm-up runs");
    if (!cli->is_quiet)
        announce(plan, workers->threads);
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

int main_report_nothing(void)
{
    fprintf(stderr, "capsim: interrupted before there was anything to report\n");
    return EXIT_INTERRUPTED;
}

/* ---- writing ---- */

void main_clock_start(struct main_clock *clock)
{
    time_t now = time(NULL);
    struct tm utc;
    *clock = (struct main_clock){0};
    clock_gettime(CLOCK_MONOTONIC, &clock->begin);
    if (gmtime_r(&now, &utc))
        strftime(clock->started, sizeof clock->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(clock->host, sizeof clock->host - 1);
}

struct run_facts main_clock_facts(const struct main_clock *clock, unsigned threads)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct run_facts){.started = clock->started,
                              .elapsed_s = (double)(now.tv_sec - clock->begin.tv_sec) +
                                           1e-9 * (double)(now.tv_nsec - clock->begin.tv_nsec),
                              .host = clock->host,
                              .threads = threads};
}

void main_add_failed_checks(struct answer *answer, const char *name, const struct model *model,
                            const struct study_result *result)
{
    size_t count;
    const struct model_check *checks = model_checks(model, result, answer->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (!checks[i].holds)
            document_add_statement(answer->document, TONE_BAD, "SELF-CHECK FAILED",
                                   arena_printf(answer->arena,
                                                "%s: %s: do not rely on these results", name,
                                                checks[i].name));
}

static bool write_json(const void *answer, FILE *out, struct error *err)
{
    return answer_json(answer, out, err);
}

static bool write_answer(const struct answer *answer, enum cli_format format,
                         const struct page_extras *extras, struct error *err)
{
    struct report_style style = {.has_colour = terminal_has_colour(stdout),
                                 .width = terminal_width(stdout)};
    switch (format) {
    case CLI_JSON:
        return answer_json(answer, stdout, err);
    case CLI_CSV:
        return answer_csv(answer, stdout, err);
    case CLI_MARKDOWN:
        return answer_markdown(answer, stdout, err);
    case CLI_HTML:
        return answer_html(answer, extras, stdout, err);
    case CLI_TEXT:
    case CLI_FORMATS:
        break;
    }
    return answer_text(answer, &style, stdout, err);
}

/* The folder first: it must be whole even if whoever reads standard output stops early. Standard
 * output all the same when the folder fails: the study may have taken hours. */
int main_write_answer(const struct cli *cli, const struct answer *answer,
                      const struct run_facts *facts)
{
    struct error folder_err = {0}, err = {0};
    int status = EXIT_PASS;
    struct page_extras extras = {0};
    if (cli->out || cli->format == CLI_HTML)
        extras = main_draw_extras(write_json, answer, answer->arena);
    if (cli->out && !answer_folder(answer, &extras, facts, cli->out, &folder_err))
        status = main_complain(cli, &folder_err);
    if (!write_answer(answer, cli->format, &extras, &err) || !output_flush(stdout, &err))
        status = main_complain_of_output(cli, &err);
    if (answer->is_interrupted)
        fprintf(stderr, "capsim: interrupted; the answer rests on what was finished\n");
    return status != EXIT_PASS ? status : main_exit_status(answer->verdict, answer->is_interrupted);
}
