/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand sweep: one setting at every combination of the values that vary. */
#include "inputs/program/cmd_explore.h"
#include "inputs/records/journal_entry.h"
#include "models/metrics/metric_catalogue.h"
#include "reports/files/journal.h"
#include "reports/text/number_text.h"
#include "sim/base/sha256.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 10000 };

/* What --metric asks for is estimated at least so well, relative to itself. */
static const double WANTED_PRECISION = 0.05;

struct sweep {
    struct exploring exploring;
    struct candidate *points;
    const char *(*values)[MAIN_EXPLORE_MOST_VARIED]; /* [count] */
    size_t count;
    atomic_size_t finished;
    const int *columns; /* [column_count] of the metrics shown */
    size_t column_count;
    struct journal journal; /* of what is finished; fd -1: none is kept */
};

/* ---- reading ----------------------------------------------------------------------------- */

static bool read_varied(struct exploring *exploring, struct error *err)
{
    const struct cli *cli = exploring->cli;
    if (cli->given[CLI_OPTION_VARY].count == 0 ||
        cli->given[CLI_OPTION_VARY].count > MAIN_EXPLORE_MOST_VARIED)
        return error_set(err, STATUS_USAGE,
                         "'sweep' needs --vary, once to %d times, got it %zu times",
                         MAIN_EXPLORE_MOST_VARIED, cli->given[CLI_OPTION_VARY].count);
    exploring->varied_count = cli->given[CLI_OPTION_VARY].count;
    for (size_t i = 0; i < cli->given[CLI_OPTION_VARY].count; i++) {
        if (!vary_read(cli->given[CLI_OPTION_VARY].values[i], cli->given[CLI_OPTION_LOG].count > 0,
                       exploring->arena, &exploring->varied[i], err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(exploring->varied[k].path, exploring->varied[i].path) == 0)
                return error_set(err, STATUS_USAGE, "--vary has %s twice",
                                 exploring->varied[i].path);
    }
    return true;
}

/* All combinations; the last that varies changes fastest. */
static bool list_points(struct sweep *sweep, struct error *err)
{
    struct exploring *exploring = &sweep->exploring;
    size_t count = 1;
    for (size_t i = 0; i < exploring->varied_count; i++)
        count *= exploring->varied[i].count;
    if (count > MAX_POINTS)
        return error_set(err, STATUS_USAGE, "the sweep has %zu points; at most %d are possible",
                         count, MAX_POINTS);
    sweep->count = count;
    sweep->points = arena_array(exploring->arena, count, sizeof *sweep->points);
    sweep->values = arena_array(exploring->arena, count, sizeof *sweep->values);
    for (size_t p = 0; p < count; p++)
        for (size_t i = exploring->varied_count, rest = p; i-- > 0;) {
            const struct vary *vary = &exploring->varied[i];
            sweep->values[p][i] = vary_value(vary, rest % vary->count, exploring->arena);
            rest /= vary->count;
        }
    for (size_t p = 0; p < count; p++)
        if (!main_explore_point(exploring, sweep->values[p], &sweep->points[p], err))
            return false;
    return true;
}

static bool refuse_metric(const struct sweep *sweep, const char *name, struct error *err)
{
    const struct model *model = candidate_model(&sweep->points[0]);
    size_t columns, count = model_metric_count(model);
    const struct column *column = model_columns(model, &columns);
    const char **names = arena_array(sweep->exploring.arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = column[i].name;
    const char *nearest = spelling_nearest(name, names, count);
    error_set_file(err, arena_printf(sweep->exploring.arena, "--metric %s", name));
    return error_set(err, STATUS_USAGE, "%s has no such metric%s%s%s", sweep->exploring.set.file,
                     nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                     nearest ? "\"?" : "");
}

/* The metrics shown. A highest value of the run is another in a short one: then there are none. */
static bool choose_metrics(struct sweep *sweep, struct error *err)
{
    const struct cli *cli = sweep->exploring.cli;
    if (cli->given[CLI_OPTION_METRIC].count == 0) {
        sweep->columns =
            main_explore_judged_columns(&sweep->exploring, &sweep->points[0], &sweep->column_count);
        return true;
    }
    int *columns =
        arena_array(sweep->exploring.arena, cli->given[CLI_OPTION_METRIC].count, sizeof *columns);
    for (size_t i = 0; i < cli->given[CLI_OPTION_METRIC].count; i++) {
        columns[i] = model_find_column(candidate_model(&sweep->points[0]),
                                       cli->given[CLI_OPTION_METRIC].values[i]);
        if (columns[i] == COLUMN_NONE)
            return refuse_metric(sweep, cli->given[CLI_OPTION_METRIC].values[i], err);
        for (size_t k = 0; k < i; k++)
            if (columns[k] == columns[i])
                return error_set(err, STATUS_USAGE, "--metric has %s twice",
                                 cli->given[CLI_OPTION_METRIC].values[i]);
    }
    sweep->columns = columns;
    sweep->column_count = cli->given[CLI_OPTION_METRIC].count;
    return true;
}

/* ---- running ----------------------------------------------------------------------------- */

/* The column of point p that is number `metric` of those shown: points may have other columns. */
static int column_of(const struct sweep *sweep, size_t p, size_t metric)
{
    size_t columns;
    const char *name =
        model_columns(candidate_model(&sweep->points[0]), &columns)[sweep->columns[metric]].name;
    return model_find_column(candidate_model(&sweep->points[p]), name);
}

static double distance_of(const struct candidate *point)
{
    double distance = fabs(1 - point->utilization);
    return isnan(distance) ? INFINITY : distance;
}

static int by_distance(const void *left, const void *right)
{
    const struct candidate *a = *(const struct candidate *const *)left,
                           *b = *(const struct candidate *const *)right;
    double x = distance_of(a), y = distance_of(b);
    return x < y ? -1 : x > y ? 1 : (a > b) - (a < b);
}

/* Those nearest to their capacity first: others borrow from them. */
static bool find_warmups(struct sweep *sweep, bool *is_stopped, struct error *err)
{
    struct candidate **order = arena_array(sweep->exploring.arena, sweep->count, sizeof *order);
    for (size_t p = 0; p < sweep->count; p++)
        order[p] = &sweep->points[p];
    qsort(order, sweep->count, sizeof *order, by_distance);
    *is_stopped = false;
    for (size_t p = 0; p < sweep->count && !*is_stopped; p++)
        if (!candidate_find_warmup(&sweep->exploring.field, order[p], is_stopped, err))
            return false;
    return true;
}

static void add_points(struct sweep *sweep)
{
    const struct cli *cli = sweep->exploring.cli;
    for (size_t p = 0; p < sweep->count; p++) {
        int *wanted = arena_array(sweep->exploring.arena, sweep->column_count, sizeof *wanted);
        size_t count = 0;
        for (size_t m = 0; m < sweep->column_count && cli->given[CLI_OPTION_METRIC].count > 0;
             m++) {
            wanted[count] = column_of(sweep, p, m);
            count += wanted[count] != COLUMN_NONE;
        }
        candidate_add(&sweep->exploring.field, &sweep->points[p], wanted, count, WANTED_PRECISION);
    }
}

/* The columns shown, of point p; in arena. */
static const int *columns_of(const struct sweep *sweep, size_t p, struct arena *arena)
{
    int *columns = arena_array(arena, sweep->column_count, sizeof *columns);
    for (size_t m = 0; m < sweep->column_count; m++)
        columns[m] = column_of(sweep, p, m);
    return columns;
}

/* A point is finished: it is kept before anything else is. */
static bool keep_point(void *context, size_t p, struct error *err)
{
    struct sweep *sweep = context;
    const struct probe *probe = &sweep->exploring.field.probes.probes[p];
    struct arena *scratch = arena_open();
    const int *columns = columns_of(sweep, p, scratch);
    const char *line = journal_entry_write(p, probe, columns, sweep->column_count, scratch);
    bool is_kept = sweep->journal.fd < 0 || journal_add(&sweep->journal, line, err);
    arena_close(scratch);
    atomic_fetch_add(&sweep->finished, 1);
    return is_kept;
}

/* What the journal is of: the version, the command without where it is kept, and every input. */
static const char *key_of(const struct sweep *sweep)
{
    struct arena *arena = sweep->exploring.arena;
    const struct result *grounds = main_explore_answer(&sweep->exploring)->grounds;
    const char *key = arena_printf(arena, "capsim %s", grounds->version);
    char hash[SHA256_HEX_SIZE];
    for (size_t i = 0; i < grounds->input_count; i++)
        key = arena_printf(arena, "%s %s", key, grounds->inputs[i].sha256);
    for (size_t i = 0; i < grounds->command_count; i++)
        key = arena_printf(arena, "%s\n%s", key, grounds->command[i]);
    sha256_hex(key, strlen(key), hash);
    return arena_printf(arena, "capsim %s sweep %s", grounds->version, hash);
}

static bool restore_points(struct sweep *sweep, struct error *err)
{
    struct exploring *exploring = &sweep->exploring;
    for (size_t i = 0; i < sweep->journal.entry_count; i++) {
        const char *line = sweep->journal.entries[i];
        size_t p;
        if (!journal_entry_index(line, &p) || p >= sweep->count ||
            !journal_entry_read(line, &exploring->field.probes.probes[p],
                                columns_of(sweep, p, exploring->arena), sweep->column_count,
                                exploring->arena)) {
            error_set_file(err, sweep->journal.path);
            return error_set(err, STATUS_USAGE, "entry %zu cannot be read: remove this file",
                             i + 1);
        }
        atomic_fetch_add(&sweep->finished, 1);
    }
    return true;
}

static bool open_journal(struct sweep *sweep, struct error *err)
{
    const struct cli *cli = sweep->exploring.cli;
    bool is_resumed = cli->given[CLI_OPTION_RESUME].count > 0;
    if (is_resumed && !cli->out)
        return error_set(err, STATUS_USAGE, "--resume needs --out, where the sweep was kept");
    return !cli->out || journal_open(&sweep->journal, cli->out, "sweep.journal", key_of(sweep),
                                     is_resumed, sweep->exploring.arena, err);
}

static bool read_sweep(struct sweep *sweep, struct error *err)
{
    struct exploring *exploring = &sweep->exploring;
    if (!read_varied(exploring, err) || !main_explore_open(exploring, err))
        return false;
    for (size_t i = 0; i < exploring->cli->given[CLI_OPTION_METRIC].count; i++)
        exploring->field.has_short &= !metric_is_extreme(metric_catalogue_identity(
            exploring->cli->given[CLI_OPTION_METRIC].values[i], exploring->arena));
    return list_points(sweep, err) && choose_metrics(sweep, err) && open_journal(sweep, err);
}

/* Replications are as many as verdicts need; how many points are done is known. */
static void show_points(void *context, size_t done, size_t jobs)
{
    struct sweep *sweep = context;
    (void)done;
    (void)jobs;
    size_t finished = atomic_load(&sweep->finished);
    if (finished < sweep->count)
        progress_show(&sweep->exploring.progress, finished, sweep->count);
}

static bool run_points(struct sweep *sweep, struct error *err)
{
    struct exploring *exploring = &sweep->exploring;
    struct probe_set *probes = &exploring->field.probes;
    size_t *chosen = arena_array(exploring->arena, sweep->count, sizeof *chosen);
    bool is_stopped;
    if (!find_warmups(sweep, &is_stopped, err))
        return false;
    if (is_stopped) {
        probes->is_interrupted = true;
        return true;
    }
    add_points(sweep);
    if (!restore_points(sweep, err))
        return false;
    for (size_t p = 0; p < sweep->count; p++)
        chosen[p] = p;
    exploring->progress.what = "points";
    probes->finished = keep_point;
    probes->finished_context = sweep;
    if (probes->options.workers.progress) {
        probes->options.workers.progress = show_points;
        probes->options.workers.progress_context = sweep;
    }
    return probe_set_run(probes, chosen, sweep->count, PROBE_WHOLE, err);
}

/* ---- the answer -------------------------------------------------------------------------- */

static const struct probe *probe_of(const struct sweep *sweep, size_t p)
{
    return &sweep->exploring.field.probes.probes[sweep->points[p].probe];
}

static bool is_finished(const struct sweep *sweep, size_t p)
{
    return sweep->exploring.field.probes.count > p && probe_of(sweep, p)->is_finished;
}

static const struct estimate *estimate_of(const struct sweep *sweep, size_t p, size_t metric)
{
    int column = column_of(sweep, p, metric);
    return column == COLUMN_NONE ? NULL : &probe_of(sweep, p)->estimates[column];
}

static const struct column *shown_column(const struct sweep *sweep, size_t metric)
{
    size_t count;
    return &model_columns(candidate_model(&sweep->points[0]), &count)[sweep->columns[metric]];
}

enum { FIXED_COLUMNS = 4 };

static void add_points_table(const struct sweep *sweep, struct answer *answer)
{
    struct arena *arena = answer->arena;
    size_t varied = sweep->exploring.varied_count, count = 0;
    struct table_column *columns =
        arena_array(arena, varied + FIXED_COLUMNS + 3 * sweep->column_count, sizeof *columns);
    for (size_t i = 0; i < varied; i++)
        columns[count++].name = sweep->exploring.varied[i].path;
    columns[count++].name = "verdict";
    columns[count++] = (struct table_column){"short_replications", "", true};
    columns[count++] = (struct table_column){"whole_replications", "", true};
    columns[count++] = (struct table_column){"warmup", "s", true};
    for (size_t m = 0; m < sweep->column_count; m++) {
        const struct column *column = shown_column(sweep, m);
        columns[count++] = (struct table_column){column->name, column->unit, true};
        columns[count++] =
            (struct table_column){arena_printf(arena, "%s low", column->name), column->unit, true};
        columns[count++] =
            (struct table_column){arena_printf(arena, "%s high", column->name), column->unit, true};
    }
    struct table *table = answer_add_table(answer, "points", columns, count);
    for (size_t p = 0; p < sweep->count; p++) {
        if (!is_finished(sweep, p))
            continue;
        const struct probe *probe = probe_of(sweep, p);
        struct table_cell *cell = table_add_row(table);
        for (size_t i = 0; i < varied; i++)
            *cell++ = table_text(sweep->values[p][i]);
        *cell++ = table_text(verdict_name(probe->verdict));
        *cell++ = table_number((double)probe->replications[PROBE_SHORT]);
        *cell++ = table_number((double)probe->replications[PROBE_WHOLE]);
        *cell++ = table_number(sweep->points[p].plan.warmup_s[candidate_index(&sweep->points[p])]);
        for (size_t m = 0; m < sweep->column_count; m++) {
            const struct estimate *estimate = estimate_of(sweep, p, m);
            *cell++ = table_number(estimate ? estimate->estimate : NAN);
            *cell++ = table_number(estimate ? estimate->low : NAN);
            *cell++ = table_number(estimate ? estimate->high : NAN);
        }
    }
}

/* "60, 300/s": one text, so that it stays with each part of a table that is cut. */
static const char *name_of(const struct sweep *sweep, size_t p, struct arena *arena)
{
    const char *name = sweep->values[p][0];
    for (size_t i = 1; i < sweep->exploring.varied_count; i++)
        name = arena_printf(arena, "%s, %s", name, sweep->values[p][i]);
    return name;
}

static void add_criteria_table(const struct sweep *sweep, struct answer *answer)
{
    struct table *table = main_explore_criteria_table(answer);
    for (size_t p = 0; p < sweep->count; p++)
        if (is_finished(sweep, p))
            main_explore_add_criteria(&sweep->exploring, table, &sweep->points[p],
                                      name_of(sweep, p, answer->arena));
}

/* What decides a point, for people: what fails, or else what is undecided. */
static const char *reason_of(const struct sweep *sweep, size_t p, struct arena *arena)
{
    const struct candidate *point = &sweep->points[p];
    const char *failing = main_explore_names(&sweep->exploring, point, VERDICT_FAIL, arena);
    if (*failing || probe_of(sweep, p)->verdict == VERDICT_PASS)
        return failing;
    if (probe_of(sweep, p)->has_failed_check)
        return "a self-check failed";
    return main_explore_names(&sweep->exploring, point, VERDICT_UNDECIDED, arena);
}

/* "max" of "resources.db_pool.max": the whole path stands above the table. */
static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && dot[1] ? dot + 1 : path;
}

static const struct table *table_for_people(const struct sweep *sweep, struct arena *arena)
{
    size_t count = 0;
    struct table_column *columns = arena_array(arena, 3 + sweep->column_count, sizeof *columns);
    const char *names = last_part(sweep->exploring.varied[0].path);
    for (size_t i = 1; i < sweep->exploring.varied_count; i++)
        names = arena_printf(arena, "%s, %s", names, last_part(sweep->exploring.varied[i].path));
    columns[count++] = (struct table_column){names, NULL, true};
    columns[count++].name = "verdict";
    columns[count++].name = "because of";
    for (size_t m = 0; m < sweep->column_count; m++)
        columns[count++] = (struct table_column){shown_column(sweep, m)->name, NULL, true};
    struct table *table = table_make(columns, count, arena);
    for (size_t p = 0; p < sweep->count; p++) {
        if (!is_finished(sweep, p))
            continue;
        bool is_stable = !model_is_unstable(candidate_model(&sweep->points[p]));
        struct table_cell *cell = table_add_row(table);
        *cell++ = table_text(name_of(sweep, p, arena));
        *cell++ = main_explore_verdict_cell(probe_of(sweep, p)->verdict);
        *cell++ = table_text(reason_of(sweep, p, arena));
        for (size_t m = 0; m < sweep->column_count; m++) {
            const struct estimate *estimate = estimate_of(sweep, p, m);
            *cell++ =
                table_text(estimate ? number_text_estimate(estimate, shown_column(sweep, m)->unit,
                                                           is_stable, arena)
                                    : "-");
        }
    }
    table_drop_empty_columns(table);
    return table;
}

static size_t count_verdicts(const struct sweep *sweep, enum verdict verdict)
{
    size_t count = 0;
    for (size_t p = 0; p < sweep->count; p++)
        count += is_finished(sweep, p) && probe_of(sweep, p)->verdict == verdict;
    return count;
}

static void add_headline(const struct sweep *sweep, struct answer *answer)
{
    struct arena *arena = answer->arena;
    size_t passing = count_verdicts(sweep, VERDICT_PASS),
           failing = count_verdicts(sweep, VERDICT_FAIL),
           undecided = count_verdicts(sweep, VERDICT_UNDECIDED);
    answer_add_number(answer, "points_planned", (double)sweep->count, "");
    answer_add_number(answer, "points_finished", (double)sweep->finished, "");
    answer_add_number(answer, "passing", (double)passing, "");
    answer_add_number(answer, "failing", (double)failing, "");
    answer_add_number(answer, "undecided", (double)undecided, "");
    if (answer->is_interrupted)
        document_add_statement(
            answer->document, TONE_UNSURE, "INTERRUPTED",
            arena_printf(arena, "%zu of %zu points were finished", sweep->finished, sweep->count));
    const char *text =
        arena_printf(arena, "%zu points of %s: %zu pass, %zu fail, %zu undecided", sweep->finished,
                     sweep->exploring.field.setting, passing, failing, undecided);
    if (passing + failing + undecided == 0)
        text = arena_printf(arena, "%zu points of %s; no criterion applies to it", sweep->finished,
                            sweep->exploring.field.setting);
    document_add_statement(answer->document, TONE_PLAIN, "SWEEP", text);
    for (size_t i = 0; i < sweep->exploring.varied_count; i++) {
        const struct vary *vary = &sweep->exploring.varied[i];
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(arena, "%s: %s ... %s, %zu values",
                                  document_name(answer->document, vary->path),
                                  vary_value(vary, 0, arena),
                                  vary_value(vary, vary->count - 1, arena), vary->count));
    }
}

static const struct answer *make_answer(const struct sweep *sweep)
{
    struct answer *answer = main_explore_answer(&sweep->exploring);
    answer->is_interrupted = sweep->exploring.field.probes.is_interrupted;
    add_headline(sweep, answer);
    add_points_table(sweep, answer);
    add_criteria_table(sweep, answer);
    document_add_table(answer->document, table_for_people(sweep, answer->arena));
    main_explore_add_effort(&sweep->exploring, answer, (double)sweep->count);
    main_explore_add_warnings(&sweep->exploring, answer);
    answer_finish(answer);
    return answer;
}

int main_sweep(const struct cli *cli, struct arena *arena)
{
    struct sweep sweep = {.exploring = {.cli = cli, .arena = arena}, .journal = {.fd = -1}};
    struct error err = {0};
    int status;
    bool is_fine = read_sweep(&sweep, &err) && run_points(&sweep, &err);
    progress_erase(&sweep.exploring.progress);
    if (!is_fine)
        status = main_complain(cli, &err);
    else if (sweep.finished == 0)
        status = main_report_nothing();
    else
        status = main_explore_write(&sweep.exploring, make_answer(&sweep));
    journal_close(&sweep.journal, is_fine && status == EXIT_PASS);
    main_explore_close(&sweep.exploring);
    return status;
}
