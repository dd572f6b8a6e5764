/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/exploration_answer.h"
#include "reports/text/number_text.h"
#include <string.h>

/* The setting that is varied. */
static const struct setting_spec *setting_of(const struct exploration *exploration)
{
    const struct scenario_set *set = exploration->field.set;
    size_t i = 0;
    while (strcmp(set->settings[i].name, exploration->field.setting) != 0)
        i++;
    return &set->settings[i];
}

struct scenario_set exploration_answer_grounds(const struct exploration *exploration)
{
    struct scenario_set grounds = *exploration->field.set;
    grounds.settings = setting_of(exploration);
    grounds.setting_count = 1;
    return grounds;
}

void exploration_answer_add_warnings(const struct exploration *exploration, struct answer *answer)
{
    const struct scenario *scenario = &setting_of(exploration)->scenario;
    if (scenario->warning_count > 0)
        document_add(answer->document, BLOCK_HEADING, "Warnings");
    for (size_t i = 0; i < scenario->warning_count; i++)
        document_add(answer->document, BLOCK_ITEM, scenario->warnings[i]);
}

void exploration_answer_add_effort(const struct exploration *exploration, struct answer *answer,
                                   double grid_points)
{
    const struct probe_set *set = &exploration->field.probes;
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

struct table *exploration_answer_add_criteria_table(struct answer *answer)
{
    static const struct table_column columns[] = {
        {"point", NULL, false},     {"criterion", NULL, false}, {"verdict", NULL, false},
        {"estimate", NULL, true},   {"low", NULL, true},        {"high", NULL, true},
        {"difference", NULL, true}, {"margin", NULL, true},     {"unit", NULL, false}};
    return answer_add_table(answer, "criteria", columns, sizeof columns / sizeof columns[0]);
}

void exploration_answer_add_criteria(const struct exploration *exploration, struct table *table,
                                     const struct candidate *point, const char *name)
{
    const struct probe *probe = &exploration->field.probes.probes[point->probe];
    const struct study_setting *setting = &point->plan.settings[candidate_index(point)];
    for (size_t k = 0; k < setting->criterion_count; k++) {
        const struct study_decision *decision = &probe->decisions[k];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(name);
        row[1] = table_text(candidate_criterion(&exploration->field, point, k)->name);
        row[2] = table_text(verdict_name(decision->verdict));
        row[3] = table_number(decision->estimate.estimate);
        row[4] = table_number(decision->estimate.low);
        row[5] = table_number(decision->estimate.high);
        row[6] = table_number(decision->difference.estimate);
        row[7] = table_number(decision->margin);
        row[8] = table_text(setting->columns[setting->criteria[k].column].unit);
    }
}

const char *exploration_answer_names(const struct exploration *exploration,
                                     const struct candidate *point, enum verdict verdict,
                                     struct arena *arena)
{
    const struct probe *probe = &exploration->field.probes.probes[point->probe];
    const char *names = "";
    for (size_t i = 0; i < probe->settings[PROBE_WHOLE].criterion_count; i++)
        if (probe->decisions[i].verdict == verdict)
            names = arena_printf(arena, "%s%s%s", names, *names ? ", " : "",
                                 candidate_criterion(&exploration->field, point, i)->name);
    return names;
}

struct table_cell exploration_answer_verdict_cell(enum verdict verdict)
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
