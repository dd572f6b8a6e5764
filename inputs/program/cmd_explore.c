/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/cmd_explore.h"
#include "inputs/json/wording.h"
#include "reports/files/folder.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

/* Which setting is varied: --setting, or the only one besides baseline, or else the file as it is
 * written. */
static bool choose_setting(struct exploring *exploring, struct error *err)
{
    const struct scenario_set *set = &exploring->set;
    const struct cli *cli = exploring->cli;
    if (cli->setting_count == 0) {
        exploring->setting = set->setting_count == 2 ? 1 : 0;
        return true;
    }
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, cli->settings[0]) == 0) {
            exploring->setting = i;
            return true;
        }
    return main_refuse_setting(set, "--setting", cli->settings[0], exploring->arena, err);
}

bool main_explore_open(struct exploring *exploring, struct error *err)
{
    const struct cli *cli = exploring->cli;
    main_clock_start(&exploring->clock);
    exploring->request = main_request(cli, exploring->arena);
    exploring->request.setting_count = 0; /* criteria may compare with any */
    if (cli->setting_count > 1)
        return error_set(err, STATUS_USAGE, "'%s' varies one setting: --setting is given %zu times",
                         cli_subcommands[cli->subcommand].name, cli->setting_count);
    if (!scenario_open(&exploring->request, exploring->arena, &exploring->file, &exploring->set,
                       err) ||
        !choose_setting(exploring, err) || (cli->out && !folder_prepare(cli->out, err)))
        return false;
    struct replications_options workers =
        main_open_workers(cli, &exploring->progress, "warm-up runs");
    candidate_field_open(&exploring->field, &exploring->set,
                         exploring->set.settings[exploring->setting].name, &workers,
                         exploring->arena);
    exploring->field.has_short = cli->replications == NULL;
    return true;
}

void main_explore_close(struct exploring *exploring)
{
    progress_erase(&exploring->progress);
    candidate_field_close(&exploring->field);
    scenario_close_file(exploring->file);
    scenario_close(&exploring->set);
}

/* A mistake that a point's values made elsewhere, such as a max below its min, names them. */
static bool fail_at_point(const struct exploring *exploring, const char *const *values,
                          struct error *err)
{
    if (strncmp(err->file, "--vary ", strlen("--vary ")) == 0)
        return false;
    for (size_t i = 0; i < exploring->varied_count; i++)
        wording_append(err->message, sizeof err->message, "%s%s=%s", i > 0 ? ", " : " (with ",
                       exploring->varied[i].path, values[i]);
    wording_append(err->message, sizeof err->message, ")");
    return false;
}

bool main_explore_point(struct exploring *exploring, const char *const *values,
                        struct candidate *point, struct error *err)
{
    struct override overrides[MAIN_EXPLORE_MOST_VARIED];
    struct setting_spec *spec = arena_alloc(exploring->arena, sizeof *spec);
    for (size_t i = 0; i < exploring->varied_count; i++)
        overrides[i] = (struct override){exploring->varied[i].path, values[i]};
    if (!scenario_read_variant(exploring->file, exploring->field.setting, overrides,
                               exploring->varied_count, spec, err))
        return fail_at_point(exploring, values, err);
    if (candidate_make(&exploring->field, spec, point, err))
        return true;
    main_place_error(&exploring->set, err);
    return fail_at_point(exploring, values, err);
}

const int *main_explore_judged_columns(const struct exploring *exploring,
                                       const struct candidate *point, size_t *count)
{
    const struct model *model = candidate_model(point);
    size_t criteria = point->plan.settings[candidate_index(point)].criterion_count;
    int *columns = arena_array(exploring->arena, criteria, sizeof *columns);
    *count = 0;
    for (size_t i = 0; i < criteria; i++) {
        int column =
            model_find_column(model, candidate_criterion(&exploring->field, point, i)->metric);
        bool is_new = column != COLUMN_NONE;
        for (size_t k = 0; k < *count && is_new; k++)
            is_new = columns[k] != column;
        if (is_new)
            columns[(*count)++] = column;
    }
    return columns;
}

/* ---- the answer -------------------------------------------------------------------------- */

struct answer *main_explore_answer(const struct exploring *exploring)
{
    size_t words;
    const char *const *command = cli_normal_form(exploring->cli, exploring->arena, &words);
    struct scenario_set grounds = exploring->set;
    grounds.settings = &exploring->set.settings[exploring->setting];
    grounds.setting_count = 1;
    const char *kind = cli_subcommands[exploring->cli->subcommand].name;
    struct answer *answer = answer_begin(kind, &grounds, command, words, exploring->arena);
    answer_add_text(answer, "setting", exploring->field.setting);
    return answer;
}

void main_explore_add_warnings(const struct exploring *exploring, struct answer *answer)
{
    const struct scenario *scenario = &exploring->set.settings[exploring->setting].scenario;
    if (scenario->warning_count > 0)
        document_add(answer->document, BLOCK_HEADING, "Warnings");
    for (size_t i = 0; i < scenario->warning_count; i++)
        document_add(answer->document, BLOCK_ITEM, scenario->warnings[i]);
}

void main_explore_add_effort(const struct exploring *exploring, struct answer *answer,
                             double grid_points)
{
    const struct probe_set *set = &exploring->field.probes;
    double brief = 0, whole = 0, effort = 0;
    for (size_t i = 0; i < set->count; i++) {
        brief += (double)set->probes[i].replications[PROBE_SHORT];
        whole += (double)set->probes[i].replications[PROBE_WHOLE];
        effort += probe_effort(&set->probes[i]);
    }
    double grid = grid_points * (double)set->options.min_replications;
    answer_add_number(answer, "short_replications", brief, "");
    answer_add_number(answer, "whole_replications", whole, "");
    answer_add_number(answer, "effort", effort, "");
    answer_add_number(answer, "grid_effort", grid, "");
    answer_add_number(answer, "confidence", set->options.confidence, "1");
    document_add(
        answer->document, BLOCK_PARAGRAPH,
        arena_printf(answer->arena,
                     "Spent: %.0f short and %.0f whole replications, the work of %s whole ones; a "
                     "plain grid, %zu at each value, takes %s or more. Each verdict holds with %s "
                     "confidence by itself, all looks at its replications taken together.",
                     brief, whole, number_text_quantity(effort, "", answer->arena),
                     set->options.min_replications, number_text_plain(grid, answer->arena),
                     number_text_quantity(set->options.confidence, "1", answer->arena)));
}

struct table *main_explore_criteria_table(struct answer *answer)
{
    static const struct table_column columns[] = {
        {"point", NULL, false},     {"criterion", NULL, false}, {"verdict", NULL, false},
        {"estimate", NULL, true},   {"low", NULL, true},        {"high", NULL, true},
        {"difference", NULL, true}, {"margin", NULL, true},     {"unit", NULL, false}};
    return answer_add_table(answer, "criteria", columns, sizeof columns / sizeof columns[0]);
}

void main_explore_add_criteria(const struct exploring *exploring, struct table *table,
                               const struct candidate *point, const char *name)
{
    const struct probe *probe = &exploring->field.probes.probes[point->probe];
    const struct study_setting *setting = &point->plan.settings[candidate_index(point)];
    for (size_t k = 0; k < setting->criterion_count; k++) {
        const struct study_decision *decision = &probe->decisions[k];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(name);
        row[1] = table_text(candidate_criterion(&exploring->field, point, k)->name);
        row[2] = table_text(verdict_name(decision->verdict));
        row[3] = table_number(decision->estimate.estimate);
        row[4] = table_number(decision->estimate.low);
        row[5] = table_number(decision->estimate.high);
        row[6] = table_number(decision->difference.estimate);
        row[7] = table_number(decision->margin);
        row[8] = table_text(setting->columns[setting->criteria[k].column].unit);
    }
}

int main_explore_write(const struct exploring *exploring, const struct answer *answer)
{
    struct run_facts facts = main_clock_facts(&exploring->clock, exploring->field.workers.threads);
    return main_write_answer(exploring->cli, answer, &facts);
}

const char *main_explore_names(const struct exploring *exploring, const struct candidate *point,
                               enum verdict verdict, struct arena *arena)
{
    const struct probe *probe = &exploring->field.probes.probes[point->probe];
    const char *names = "";
    for (size_t i = 0; i < probe->settings[PROBE_WHOLE].criterion_count; i++)
        if (probe->decisions[i].verdict == verdict)
            names = arena_printf(arena, "%s%s%s", names, *names ? ", " : "",
                                 candidate_criterion(&exploring->field, point, i)->name);
    return names;
}

struct table_cell main_explore_verdict_cell(enum verdict verdict)
{
    static const struct {
        const char *word;
        enum tone tone;
    } cells[] = {[VERDICT_PASS] = {"PASS", TONE_GOOD},
                 [VERDICT_FAIL] = {"FAIL", TONE_BAD},
                 [VERDICT_UNDECIDED] = {"UNDECIDED", TONE_UNSURE},
                 [VERDICT_NONE] = {"-", TONE_PLAIN}};
    return table_toned(cells[verdict].word, cells[verdict].tone);
}
