/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/sweep_answer.h"
#include "reports/answers/exploration_answer.h"
#include "reports/answers/sweep_table.h"
#include <math.h>
#include <string.h>

enum { FIXED_COLUMNS = 4 };

static void add_points_table(const struct sweep_study *study, struct answer *answer)
{
    struct arena *arena = answer->arena;
    size_t varied = study->exploration.varied_count, count = 0;
    struct table_column *columns =
        arena_array(arena, varied + FIXED_COLUMNS + 3 * study->column_count, sizeof *columns);
    for (size_t i = 0; i < varied; i++)
        columns[count++].name = study->exploration.varied[i].path;
    columns[count++].name = "verdict";
    columns[count++] = (struct table_column){"short_replications", "", true};
    columns[count++] = (struct table_column){"whole_replications", "", true};
    columns[count++] = (struct table_column){"warmup", "s", true};
    for (size_t m = 0; m < study->column_count; m++) {
        const struct column *column = sweep_table_column(study, m);
        columns[count++] = (struct table_column){column->name, column->unit, true};
        columns[count++] =
            (struct table_column){arena_printf(arena, "%s low", column->name), column->unit, true};
        columns[count++] =
            (struct table_column){arena_printf(arena, "%s high", column->name), column->unit, true};
    }
    struct table *table = answer_add_table(answer, "points", columns, count);
    for (size_t p = 0; p < study->count; p++) {
        if (!sweep_study_is_finished(study, p))
            continue;
        const struct probe *probe = sweep_study_probe(study, p);
        struct table_cell *cell = table_add_row(table);
        for (size_t i = 0; i < varied; i++)
            *cell++ = table_text(study->values[p][i]);
        *cell++ = table_text(verdict_name(probe->verdict));
        *cell++ = table_number((double)probe->replications[PROBE_SHORT]);
        *cell++ = table_number((double)probe->replications[PROBE_WHOLE]);
        *cell++ = table_number(study->points[p].plan.warmup_s[candidate_index(&study->points[p])]);
        for (size_t m = 0; m < study->column_count; m++) {
            const struct estimate *estimate = sweep_table_estimate(study, p, m);
            *cell++ = table_number(estimate ? estimate->estimate : NAN);
            *cell++ = table_number(estimate ? estimate->low : NAN);
            *cell++ = table_number(estimate ? estimate->high : NAN);
        }
    }
}

static void add_criteria_table(const struct sweep_study *study, struct answer *answer)
{
    struct table *table = exploration_answer_add_criteria_table(answer);
    for (size_t p = 0; p < study->count; p++)
        if (sweep_study_is_finished(study, p))
            exploration_answer_add_criteria(&study->exploration, table, &study->points[p],
                                            sweep_study_name(study, p, answer->arena));
}

static size_t count_verdicts(const struct sweep_study *study, enum verdict verdict)
{
    size_t count = 0;
    for (size_t p = 0; p < study->count; p++)
        count +=
            sweep_study_is_finished(study, p) && sweep_study_probe(study, p)->verdict == verdict;
    return count;
}

struct error sweep_answer_left_out(const struct sweep_study *study, struct arena *arena)
{
    struct error err = {0};
    const char *names = "";
    for (size_t p = 0; p < study->count && study->left_out > 0; p++)
        if (sweep_study_is_left_out(study, p))
            names = arena_printf(arena, "%s%s%s", names, *names ? "; " : "",
                                 sweep_study_name(study, p, arena));
    if (study->left_out > 0)
        error_set(&err, STATUS_IO,
                  "%zu of %zu points, with which the process has died %d times, the last time "
                  "with nothing else running: %s",
                  study->left_out, study->count, SWEEP_MAX_DEATHS, names);
    return err;
}

static void add_headline(const struct sweep_study *study, struct answer *answer)
{
    struct arena *arena = answer->arena;
    size_t passing = count_verdicts(study, VERDICT_PASS),
           failing = count_verdicts(study, VERDICT_FAIL),
           undecided = count_verdicts(study, VERDICT_UNDECIDED);
    answer_add_number(answer, "points_planned", (double)study->count, "");
    answer_add_number(answer, "points_finished", (double)study->finished, "");
    answer_add_number(answer, "passing", (double)passing, "");
    answer_add_number(answer, "failing", (double)failing, "");
    answer_add_number(answer, "undecided", (double)undecided, "");
    if (answer->is_interrupted)
        document_add_statement(
            answer->document, TONE_UNSURE, "INTERRUPTED",
            arena_printf(arena, "%zu of %zu points were finished", study->finished, study->count));
    struct error left_out = sweep_answer_left_out(study, arena);
    if (left_out.status != STATUS_OK) {
        answer_add_number(answer, "points_left_out", (double)study->left_out, "");
        document_add_statement(answer->document, TONE_BAD, "LEFT OUT",
                               arena_strdup(arena, left_out.message));
    }
    const char *text =
        arena_printf(arena, "%zu points of %s: %zu pass, %zu fail, %zu undecided", study->finished,
                     study->exploration.field.setting, passing, failing, undecided);
    if (passing + failing + undecided == 0)
        text = arena_printf(arena, "%zu points of %s; no criterion applies to it", study->finished,
                            study->exploration.field.setting);
    document_add_statement(answer->document, TONE_PLAIN, "SWEEP", text);
    for (size_t i = 0; i < study->exploration.varied_count; i++) {
        const struct vary *vary = &study->exploration.varied[i];
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(arena, "%s: %s ... %s, %zu values",
                                  document_name(answer->document, vary->path),
                                  vary_value(vary, 0, arena),
                                  vary_value(vary, vary->count - 1, arena), vary->count));
    }
}

void sweep_answer_add(struct answer *answer, const struct sweep_study *study)
{
    answer_add_text(answer, "setting", study->exploration.field.setting);
    answer->is_interrupted = study->exploration.field.probes.is_interrupted;
    add_headline(study, answer);
    add_points_table(study, answer);
    add_criteria_table(study, answer);
    sweep_table_add(study, answer);
    exploration_answer_add_effort(&study->exploration, answer, (double)study->count);
    exploration_answer_add_warnings(&study->exploration, answer);
}
