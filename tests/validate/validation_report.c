/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/validate/validation_report.h"

#include <gsl/gsl_cdf.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const double LOWEST_SPREAD = 0.8, HIGHEST_SPREAD = 1.2;

bool engine_outcome_holds(const struct engine_outcome *outcome, bool is_whole)
{
    double spread = agreements_spread(&outcome->exact);
    return agreements_hold(&outcome->exact) && agreements_hold(&outcome->replays) &&
           agreements_hold(&outcome->measured) &&
           (!is_whole || (spread > LOWEST_SPREAD && spread < HIGHEST_SPREAD));
}

/* ---- summary ---- */

/* What is furthest off, by statistics in standard errors, else as a share. */
static const struct agreement *furthest(const struct agreements *agreements, enum judged_by by)
{
    const struct agreement *worst = NULL;
    double most = -1;
    for (size_t i = 0; i < agreements->count; i++) {
        const struct agreement *one = &agreements->all[i];
        double expected = one->value->expected;
        double off = by == BY_STATISTICS ? fabs(one->z)
                     : expected == 0     ? fabs(one->simulated)
                                         : fabs(one->simulated / expected - 1);
        if (one->judged_by == by && off > most) {
            worst = one;
            most = off;
        }
    }
    return worst;
}

static double largest_error(const struct agreements *agreements)
{
    double largest = 0;
    for (size_t i = 0; i < agreements->count; i++)
        if (agreements->all[i].judged_by == BY_STATISTICS)
            largest =
                fmax(largest, agreements->all[i].standard_error / agreements->all[i].value->scale);
    return largest;
}

static double share_covered(const struct agreements *agreements)
{
    size_t covered = 0;
    for (size_t i = 0; i < agreements->count; i++) {
        const struct agreement *one = &agreements->all[i];
        covered += one->judged_by == BY_STATISTICS &&
                   fabs(one->simulated - one->value->expected) <= one->half_width;
    }
    return (double)covered / (double)agreements_count(agreements, BY_STATISTICS);
}

/* Begins a line, if there is something to tell in it. */
static bool write_count(FILE *out, const char *what, const struct agreements *agreements,
                        enum judged_by by)
{
    size_t count = agreements_count(agreements, by);
    if (count > 0)
        fprintf(out, "| %s | %zu | %zu |", what, count, agreements_count_met(agreements, by));
    return count > 0;
}

static void write_exact_summary(FILE *out, const struct agreements *exact)
{
    const struct agreement *worst = furthest(exact, BY_STATISTICS);
    if (write_count(out, "exact values, by statistics", exact, BY_STATISTICS))
        fprintf(
            out,
            " largest \\|z\\| %.2f (%s, `%s`); largest standard error %.2f %% of the value; spread "
            "of z %.3f; %.1f %% of the 95 %% intervals contain the exact value |\n",
            fabs(worst->z), worst->of->scenario, worst->value->metric, 100 * largest_error(exact),
            agreements_spread(exact), 100 * share_covered(exact));
    if (write_count(out, "exact values in which nothing is random", exact, BY_EXACTNESS))
        fprintf(out, " to 10^-9 of the value |\n");
    if (write_count(out, "exact values that times in whole nanoseconds round", exact, BY_SHARE))
        fprintf(out, " to 10^-6 of the value |\n");
}

static void write_rest_of_summary(FILE *out, const struct engine_outcome *outcome)
{
    const struct agreement *worst = furthest(&outcome->measured, BY_SHARE);
    if (write_count(out, "replays of recorded requests", &outcome->replays, BY_EXACTNESS))
        fprintf(out, " to 10^-9 of the value |\n");
    if (write_count(out, "values measured on real systems", &outcome->measured, BY_SHARE))
        fprintf(out, " furthest off: %+.1f %% (%s, %s) |\n",
                100 * (worst->simulated / worst->value->expected - 1), worst->of->scenario,
                worst->value->name);
    size_t checks = outcome->exact.checks + outcome->replays.checks + outcome->measured.checks;
    size_t failed = outcome->exact.checks_failed + outcome->replays.checks_failed +
                    outcome->measured.checks_failed;
    fprintf(out,
            "| self-checks of these runs | %zu | %zu | Little's law, the utilization law, flow "
            "balance |\n",
            checks, checks - failed);
}

void validation_write_summary(FILE *out, const struct engine_outcome *outcome,
                              const struct reference_table *exact)
{
    fprintf(out, "| what is compared | values | agree | |\n| --- | ---: | ---: | --- |\n");
    write_exact_summary(out, &outcome->exact);
    write_rest_of_summary(out, outcome);
    fprintf(out,
            "\nOf the %zu rows of `tests/exact/exact.json` %zu are simulated; the other %zu are "
            "listed with the\nreason at the end.\n",
            exact->row_count, exact->rows_run, exact->row_count - exact->rows_run);
}

/* ---- wrong engines ---- */

void validation_write_wrong_heading(FILE *out)
{
    fprintf(out, "| engine | exact values that fail | spread of z | clockwork that fails | replays "
                 "that fail | measured that fail | self-checks that fail | seen |\n"
                 "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
}

static void write_failed(FILE *out, const struct agreements *agreements, enum judged_by by)
{
    size_t count = agreements_count(agreements, by);
    fprintf(out, " %zu of %zu |", count - agreements_count_met(agreements, by), count);
}

void validation_write_wrong(FILE *out, const struct engine_outcome *outcome, bool is_whole)
{
    fprintf(out, "| %s |", outcome->what ? outcome->what : "capsim as it is");
    write_failed(out, &outcome->exact, BY_STATISTICS);
    if (agreements_count(&outcome->exact, BY_STATISTICS) > 0)
        fprintf(out, " %.3f |", agreements_spread(&outcome->exact));
    else
        fprintf(out, " |");
    write_failed(out, &outcome->exact, BY_EXACTNESS);
    write_failed(out, &outcome->replays, BY_EXACTNESS);
    write_failed(out, &outcome->measured, BY_SHARE);
    fprintf(out, " %zu | %s |\n",
            outcome->exact.checks_failed + outcome->replays.checks_failed +
                outcome->measured.checks_failed,
            engine_outcome_holds(outcome, is_whole) ? "no" : "yes");
}

/* ---- values ---- */

/* Which scenario, once for all its values. */
static void write_case(FILE *out, const struct agreement *one, const struct agreement *before)
{
    if (before && before->of == one->of) {
        fprintf(out, "| |");
        return;
    }
    fprintf(out, "| [%s](../%s)", one->of->scenario, one->of->path);
    for (size_t i = 0; i < one->of->set_count; i++)
        fprintf(out, "%s `%s`", i == 0 ? "," : "", one->of->sets[i]);
    fprintf(out, " |");
}

/* A bar would end the cell. */
static void write_cell(FILE *out, const char *text)
{
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void write_value(FILE *out, const struct agreement *one)
{
    const struct reference *value = one->value;
    const char *mark = value->name == value->source ? "" : "`";
    fprintf(out, " %s%s%s | %s`%s`", mark, value->name, mark,
            value->is_variance ? "variance of " : "", value->metric);
    if (value->window != REFERENCE_WHOLE_RUN)
        fprintf(out, ", window %d", value->window);
    fprintf(out, " | %.6g | %.6g", value->expected, one->simulated);
    if (one->half_width > 0)
        fprintf(out, " ± %.2g", one->half_width);
    fprintf(out, " |");
}

static void write_score(FILE *out, const struct agreement *one)
{
    const char *failed = one->agrees ? "" : " **fails**";
    if (one->judged_by == BY_STATISTICS)
        fprintf(out, " %+.2f%s |", one->z, failed);
    else
        fprintf(out, " exact%s |", failed);
}

static void write_exact(FILE *out, const struct agreements *agreements)
{
    fprintf(out, "| scenario | exact value | metric | exact | simulated | z | source |\n"
                 "| --- | --- | --- | ---: | ---: | ---: | --- |\n");
    for (size_t i = 0; i < agreements->count; i++) {
        const struct agreement *one = &agreements->all[i];
        write_case(out, one, i > 0 ? one - 1 : NULL);
        write_value(out, one);
        write_score(out, one);
        fprintf(out, " ");
        if (one->value->source != one->value->name)
            write_cell(out, one->value->source);
        fprintf(out, " |\n");
    }
}

static void write_measured(FILE *out, const struct agreements *agreements)
{
    fprintf(out, "| scenario | measured | metric | measured | simulated | error | stated |\n"
                 "| --- | --- | --- | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < agreements->count; i++) {
        const struct agreement *one = &agreements->all[i];
        write_case(out, one, i > 0 ? one - 1 : NULL);
        write_value(out, one);
        fprintf(out, " %+.2f %%%s | %g %% |\n", 100 * (one->simulated / one->value->expected - 1),
                one->agrees ? "" : " **fails**", 100 * one->value->within);
    }
}

/* Equal ones had the same events: a change that must not change any is seen at a glance. */
static void write_hashes(FILE *out, const struct agreements *agreements)
{
    for (size_t i = 0; i < agreements->runs; i++) {
        const struct case_run *run = &agreements->hashed[i];
        fprintf(out, "| [%s](../%s)", run->of->scenario, run->of->path);
        for (size_t k = 0; k < run->of->set_count; k++)
            fprintf(out, "%s `%s`", k == 0 ? "," : "", run->of->sets[k]);
        fprintf(out, " | %zu | `%016" PRIx64 "` |\n", run->replications, run->event_hash);
    }
}

static void write_omissions(FILE *out, const struct reference_table *exact)
{
    fprintf(out, "| case | row | why |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < exact->omission_count; i++) {
        const struct reference_omission *one = &exact->omissions[i];
        if (one->row)
            fprintf(out, "| %s | `%s` | %s |\n", one->id, one->row, one->why);
        else
            fprintf(out, "| %s | all | %s |\n", one->id, one->why);
    }
}

void validation_write_values(FILE *out, const struct engine_outcome *outcome,
                             const struct reference_table *exact)
{
    fprintf(out, "## Exact values\n\n");
    write_exact(out, &outcome->exact);
    fprintf(out, "\n## Replays\n\n");
    write_exact(out, &outcome->replays);
    fprintf(out, "\n## Measured\n\n");
    write_measured(out, &outcome->measured);
    fprintf(out, "\n## Events\n\nOne number for all events of all replications of a run, from the "
                 "hashes in `run.json`: engines with the\nsame one did the same.\n\n"
                 "| scenario | replications | events |\n| --- | ---: | --- |\n");
    write_hashes(out, &outcome->exact);
    write_hashes(out, &outcome->replays);
    write_hashes(out, &outcome->measured);
    fprintf(out, "\n## Rows that no scenario expresses\n\n");
    write_omissions(out, exact);
}
