/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/levels_answer.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double levels_answer_width(const struct levels_found *found, double error)
{
    double tail = (1 - found->confidence) / 2;
    if (found->fit.degrees == 0 || !isfinite(error))
        return NAN;
    return error * gsl_cdf_tdist_Qinv(tail, (double)found->fit.degrees);
}

static void add_input(struct table *plain, struct table *shown, const struct levels_found *found,
                      const char *name, double value, double error, struct arena *arena)
{
    double width = levels_answer_width(found, error), low = fmax(value - width, 0);
    bool has_error = isfinite(error) && isfinite(width);
    bool is_known = found->fit.is_identified && has_error && low > 0;
    const char *known = !found->fit.is_identified ? "not from these levels"
                        : is_known                ? "yes"
                                                  : "may be 0";
    struct table_cell *row = table_add_row(plain);
    row[0] = table_text(name);
    row[1] = table_number(value);
    row[2] = table_number(has_error ? error : NAN);
    row[3] = table_number(has_error ? low : NAN);
    row[4] = table_number(has_error ? value + width : NAN);
    row[5] = table_text(known);
    row = table_add_row(shown);
    row[0] = table_text(name);
    row[1] = table_text(arena_printf(arena, "%.4g", value));
    row[2] = table_text(has_error ? arena_printf(arena, "%.2g", error) : "-");
    row[3] = table_text(has_error ? arena_printf(arena, "%.4g to %.4g", low, value + width) : "-");
    row[4] = table_toned(known, is_known ? TONE_PLAIN : TONE_UNSURE);
}

static void add_inputs(struct answer *answer, const struct levels_found *found)
{
    static const struct table_column machines[] = {
        {"input", NULL, false}, {"value", NULL, true}, {"error", NULL, true},
        {"low", NULL, true},    {"high", NULL, true},  {"identified", NULL, false}};
    static const struct table_column people[] = {{"input", NULL, false},
                                                 {"value", NULL, true},
                                                 {"standard error", NULL, true},
                                                 {"interval", NULL, true},
                                                 {"known", NULL, false}};
    const struct usl_fit *fit = &found->fit;
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "inputs", machines, 6);
    struct table *shown = table_make(people, 5, arena);
    add_input(plain, shown, found,
              arena_printf(arena, "resources.%s.contention.sigma", found->resource), fit->sigma,
              fit->sigma_error, arena);
    add_input(plain, shown, found,
              arena_printf(arena, "resources.%s.contention.kappa", found->resource), fit->kappa,
              fit->kappa_error, arena);
    add_input(plain, shown, found, "one client, per second", fit->rate, fit->rate_error, arena);
    document_add(answer->document, BLOCK_HEADING, "Fitted inputs");
    document_add_table(answer->document, shown);
}

static void add_levels(struct answer *answer, const struct levels_found *found)
{
    static const struct table_column columns[] = {{"clients", NULL, true},
                                                  {"measured", NULL, true},
                                                  {"fitted", NULL, true},
                                                  {"off", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "levels", columns, 4);
    struct table *shown = table_make(columns, 4, arena);
    for (size_t i = 0; i < found->count; i++) {
        const struct usl_level *level = &found->level[i];
        double fitted = usl_throughput(&found->fit, found->servers, level->concurrency);
        double off = level->throughput / fitted - 1;
        struct table_cell *row = table_add_row(plain);
        row[0] = table_number(level->concurrency);
        row[1] = table_number(level->throughput);
        row[2] = table_number(fitted);
        row[3] = table_number(off);
        row = table_add_row(shown);
        row[0] = table_text(arena_printf(arena, "%.6g", level->concurrency));
        row[1] = table_text(arena_printf(arena, "%.5g /s", level->throughput));
        row[2] = table_text(arena_printf(arena, "%.5g /s", fitted));
        row[3] = table_text(arena_printf(arena, "%+.1f %%", 100 * off));
    }
    document_add(answer->document, BLOCK_HEADING, "Measured and fitted");
    document_add_table(answer->document, shown);
}

/* Whether a coefficient is surely above 0. */
static bool shows_some(const struct levels_found *found)
{
    const struct usl_fit *fit = &found->fit;
    return fit->sigma > levels_answer_width(found, fit->sigma_error) ||
           fit->kappa > levels_answer_width(found, fit->kappa_error);
}

static void add_statement(struct answer *answer, const struct levels_found *found)
{
    const struct usl_fit *fit = &found->fit;
    struct arena *arena = answer->arena;
    answer->verdict = fit->is_identified ? VERDICT_PASS : VERDICT_UNDECIDED;
    document_add_statement(answer->document, fit->is_identified ? TONE_GOOD : TONE_UNSURE,
                           fit->is_identified ? "PASS" : "UNDECIDED",
                           !fit->is_identified ? "these load levels do not tell sigma from kappa"
                           : shows_some(found) ? "these load levels tell the contention"
                                               : "these load levels show no contention that can be "
                                                 "told from none");
    document_add(answer->document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "Universal Scalability Law on %g cores, by least squares in what %zu "
                              "levels got done; standard errors from the residuals (%zu degrees of "
                              "freedom). %s",
                              found->servers, found->count, fit->degrees,
                              isfinite(fit->peak)
                                  ? arena_printf(arena, "Most is done at %.3g clients.", fit->peak)
                                  : "It has no peak."));
    answer_add_number(answer, "degrees", (double)fit->degrees, "");
    answer_add_number(answer, "condition", isfinite(fit->condition) ? fit->condition : NAN, "");
    answer_add_number(answer, "peak", isfinite(fit->peak) ? fit->peak : NAN, "");
}

static void add_command(struct answer *answer, const struct levels_found *found)
{
    struct arena *arena = answer->arena;
    const char **words = arena_array(arena, 5, sizeof *words);
    words[0] = "capsim";
    words[1] = "run";
    words[2] = found->scenario;
    words[3] = "--set";
    words[4] = arena_printf(arena, "resources.%s.contention={\"sigma\":%.6g,\"kappa\":%.6g}",
                            found->resource, found->fit.sigma, found->fit.kappa);
    document_add(answer->document, BLOCK_HEADING, "The scenario with these values");
    document_add_command(answer->document, words, 5);
}

void levels_answer_add(struct answer *answer, const struct levels_found *found)
{
    if (!found->fit.is_fitted) {
        answer->verdict = VERDICT_UNDECIDED;
        document_add_statement(answer->document, TONE_UNSURE, "UNDECIDED", found->fit.why);
        answer_add_text(answer, "why", found->fit.why);
        return;
    }
    add_statement(answer, found);
    add_inputs(answer, found);
    add_levels(answer, found);
    add_command(answer, found);
}
