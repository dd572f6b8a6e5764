/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/calibrate_answer.h"
#include "reports/answers/score_answer.h"
#include "reports/text/number_text.h"
#include <math.h>

static const char *in_unit(const struct calibration_study *study, size_t input, double value,
                           struct arena *arena)
{
    return arena_printf(arena, "%.4g%s", value, study->free[input].unit);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static void add_inputs(struct answer *answer, const struct calibration_study *study)
{
    static const struct table_column machines[] = {
        {"input", NULL, false},     {"unit", NULL, false}, {"value", NULL, true},
        {"error", NULL, true},      {"low", NULL, true},   {"high", NULL, true},
        {"identified", NULL, false}};
    static const struct table_column people[] = {{"input", NULL, false},
                                                 {"value", NULL, true},
                                                 {"standard error", NULL, true},
                                                 {"interval", NULL, true},
                                                 {"known", NULL, false}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "inputs", machines, 7);
    struct table *shown = table_make(people, 5, arena);
    for (size_t i = 0; i < study->frees; i++) {
        const struct calibrate_value *value = &study->found.value[i];
        const char *known = !value->is_identified ? "not from these data"
                            : value->is_at_bound  ? "at the end of its range"
                                                  : "yes";
        struct table_cell *row = table_add_row(plain);
        row[0] = table_text(study->free[i].path);
        row[1] = table_text(study->free[i].unit);
        row[2] = table_number(value->value);
        row[3] = table_number(isfinite(value->error) ? value->error : NAN);
        row[4] = table_number(value->low);
        row[5] = table_number(value->high);
        row[6] = table_text(known);
        row = table_add_row(shown);
        row[0] = table_text(study->free[i].path);
        row[1] = table_text(in_unit(study, i, value->value, arena));
        row[2] = table_text(isfinite(value->error) ? in_unit(study, i, value->error, arena) : "-");
        row[3] = table_text(arena_printf(arena, "%s to %s", in_unit(study, i, value->low, arena),
                                         in_unit(study, i, value->high, arena)));
        row[4] = table_toned(known, value->is_identified && !value->is_at_bound ? TONE_PLAIN
                                                                                : TONE_UNSURE);
    }
    document_add(answer->document, BLOCK_HEADING, "Fitted inputs");
    document_add_table(answer->document, shown);
}

static void add_correlations(struct answer *answer, const struct calibration_study *study)
{
    static const struct table_column columns[] = {
        {"input", NULL, false}, {"with", NULL, false}, {"correlation", NULL, true}};
    struct table *plain = answer_add_table(answer, "correlations", columns, 3);
    for (size_t i = 0; i < study->frees; i++)
        for (size_t j = i + 1; j < study->frees; j++) {
            double correlation = study->found.correlation[i * study->frees + j];
            struct table_cell *row = table_add_row(plain);
            row[0] = table_text(study->free[i].path);
            row[1] = table_text(study->free[j].path);
            row[2] = table_number(correlation);
            if (fabs(correlation) > 0.9)
                document_add(answer->document, BLOCK_ITEM,
                             arena_printf(answer->arena,
                                          "%s and %s go together (correlation %.2f): the data "
                                          "tell them apart badly",
                                          study->free[i].path, study->free[j].path, correlation));
        }
}

/* ---- metrics --------------------------------------------------------------------------------- */

static void add_metrics(struct answer *answer, const struct calibration_study *study)
{
    static const struct table_column machines[] = {
        {"metric", NULL, false},   {"unit", NULL, false},       {"measured", NULL, true},
        {"simulated", NULL, true}, {"one_run_low", NULL, true}, {"one_run_high", NULL, true},
        {"z", NULL, true},         {"role", NULL, false}};
    static const struct table_column people[] = {
        {"metric", NULL, false}, {"measured", NULL, true}, {"simulated", NULL, true},
        {"one run", NULL, true}, {"z", NULL, true},        {"role", NULL, false}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "metrics", machines, 8);
    struct table *shown = table_make(people, 6, arena);
    for (size_t i = 0; i < study->metrics; i++) {
        const struct calibrate_residual *residual = &study->found.residual[i];
        const struct calibration_metric *metric = &study->metric[i];
        const char *role = study->measured[i].is_held_out ? "held out" : "fitted";
        struct table_cell *row = table_add_row(plain);
        row[0] = table_text(metric->name);
        row[1] = table_text(metric->unit);
        row[2] = table_number(study->measured[i].measured);
        row[3] = table_number(residual->simulated);
        row[4] = table_number(residual->low);
        row[5] = table_number(residual->high);
        row[6] = table_number(isfinite(residual->z) ? residual->z : NAN);
        row[7] = table_text(role);
        row = table_add_row(shown);
        row[0] = table_text(metric->name);
        row[1] = table_text(number_text_quantity(study->measured[i].measured, metric->unit, arena));
        row[2] = table_text(number_text_quantity(residual->simulated, metric->unit, arena));
        row[3] = table_text(number_text_range(residual->low, residual->high, metric->unit, arena));
        row[4] = table_toned(isfinite(residual->z) ? arena_printf(arena, "%.2f", residual->z) : "-",
                             residual->is_inside ? TONE_PLAIN : TONE_BAD);
        row[5] = table_text(role);
    }
    document_add(answer->document, BLOCK_HEADING, "Measured and simulated");
    document_add_table(answer->document, shown);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void count_held_out(const struct calibration_study *study, size_t *held, size_t *outside)
{
    *held = *outside = 0;
    for (size_t i = 0; i < study->metrics; i++)
        if (study->measured[i].is_held_out && !isnan(study->found.residual[i].simulated)) {
            ++*held;
            *outside += !study->found.residual[i].is_inside;
        }
}

static bool are_identified(const struct calibration_study *study)
{
    for (size_t i = 0; i < study->frees; i++)
        if (!study->found.value[i].is_identified)
            return false;
    return true;
}

static void add_statement(struct answer *answer, const struct calibration_study *study)
{
    const struct calibration *found = &study->found;
    struct arena *arena = answer->arena;
    size_t held, outside;
    count_held_out(study, &held, &outside);
    bool is_off = (!isnan(found->p) && found->p < 1 - study->confidence) ||
                  outside > score_answer_allowed(held, study->confidence);
    bool is_known = are_identified(study) && (!isnan(found->p) || held > 0);
    const char *text = is_off ? "no values within the ranges show what was measured"
                       : !are_identified(study)
                           ? "what was measured does not tell all of the inputs"
                       : !is_known ? "as many inputs as metrics: nothing is left over to judge by"
                                   : "the scenario with these values shows what was measured";
    answer->verdict = is_off ? VERDICT_FAIL : is_known ? VERDICT_PASS : VERDICT_UNDECIDED;
    document_add_statement(answer->document,
                           is_off     ? TONE_BAD
                           : is_known ? TONE_GOOD
                                      : TONE_UNSURE,
                           is_off     ? "FAIL"
                           : is_known ? "PASS"
                                      : "UNDECIDED",
                           text);
    if (!isnan(found->p))
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena,
                                  "If the scenario is right, one run is as far off as what was "
                                  "measured, or further, with probability %.2g (%zu degrees of "
                                  "freedom).",
                                  found->p, found->degrees));
    if (held > 0)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     arena_printf(arena, "%zu of %zu values held out are where one run may be.",
                                  held - outside, held));
    answer_add_number(answer, "p", found->p, "1");
    answer_add_number(answer, "degrees", (double)found->degrees, "");
    answer_add_number(answer, "condition", isfinite(found->condition) ? found->condition : NAN, "");
    answer_add_number(answer, "unresolved", (double)found->unresolved, "");
    answer_add_number(answer, "simulations", (double)found->simulations, "");
    answer_add_number(answer, "held_out", (double)held, "");
    answer_add_number(answer, "held_out_outside", (double)outside, "");
    answer_add_text(answer, "converged", found->has_converged ? "yes" : "no");
}

static void add_command(struct answer *answer, const struct calibration_study *study,
                        const char *scenario)
{
    struct arena *arena = answer->arena;
    const struct setting_spec *setting = &study->set->settings[study->setting];
    size_t most = 5 + 2 * (study->frees + setting->override_count);
    const char **words = arena_array(arena, most, sizeof *words);
    size_t count = 0;
    words[count++] = "capsim";
    words[count++] = "run";
    words[count++] = scenario;
    for (size_t i = 0; i < setting->override_count; i++) {
        const struct override *override = &setting->overrides[i];
        words[count++] = "--set";
        words[count++] = arena_printf(arena, "%s=%s", override->path, override->value);
    }
    for (size_t i = 0; i < study->frees; i++) {
        words[count++] = "--set";
        words[count++] =
            arena_printf(arena, "%s=%s", study->free[i].path,
                         calibration_study_write(study, i, study->found.value[i].value, arena));
    }
    document_add(answer->document, BLOCK_HEADING, "The scenario with these values");
    document_add_command(answer->document, words, count);
}

void calibrate_answer_add(struct answer *answer, const struct calibration_study *study,
                          const char *scenario)
{
    if (!study->found.is_fitted) {
        answer->verdict = VERDICT_UNDECIDED;
        document_add_statement(answer->document, TONE_UNSURE, "UNDECIDED", study->found.why);
        answer_add_text(answer, "why", study->found.why);
        return;
    }
    add_statement(answer, study);
    add_inputs(answer, study);
    add_correlations(answer, study);
    add_metrics(answer, study);
    add_command(answer, study, scenario);
}
