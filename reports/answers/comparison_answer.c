/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/comparison_answer.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEADLINES = 3 };

/* Below this share of itself a change is not news for a headline, however certain. */
static const double WORTH_A_HEADLINE = 0.01;

static const char *const kind_names[] = {"changed", "open", "same", "unknown"};

static enum comparison_kind kind_of(const struct comparison_metric *metric)
{
    const struct estimate *difference = &metric->difference;
    if (isnan(difference->estimate))
        return CHANGE_UNKNOWN;
    if (difference->estimate == 0 && (difference->standard_error == 0 || !difference->has_interval))
        return CHANGE_NONE;
    bool excludes_zero = difference->low > 0 || difference->high < 0;
    return difference->has_interval && excludes_zero && !difference->is_unresolved ? CHANGED
                                                                                   : CHANGE_OPEN;
}

static double errors_of(const struct comparison_metric *metric)
{
    return fabs(metric->difference.estimate) / metric->difference.standard_error;
}

/* Larger first; NaN last. */
static int descending(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (int)isnan(a) - (int)isnan(b);
    return (a < b) - (a > b);
}

static int by_change(const void *left, const void *right)
{
    const struct comparison_metric *a = left, *b = right;
    int order = (int)a->kind - (int)b->kind;
    if (order == 0 && a->kind == CHANGED)
        order = descending(fabs(a->relative), fabs(b->relative));
    if (order == 0 && a->kind <= CHANGE_OPEN)
        order = descending(errors_of(a), errors_of(b));
    return order != 0 ? order : strcmp(a->name, b->name);
}

void comparison_sort(struct comparison_metric *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct comparison_metric *metric = &metrics[i];
        double scale = fmax(fabs(metric->from.estimate), fabs(metric->to.estimate));
        metric->kind = kind_of(metric);
        metric->relative =
            metric->kind == CHANGE_NONE ? 0 : metric->difference.estimate / (scale > 0 ? scale : 1);
    }
    if (count > 0)
        qsort(metrics, count, sizeof *metrics, by_change);
}

static size_t count_kind(const struct comparison_metric *metrics, size_t count,
                         enum comparison_kind kind)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += metrics[i].kind == kind;
    return found;
}

/* ---- for machines ------------------------------------------------------------------------ */

static void add_metrics(struct answer *answer, const struct comparison_metric *metrics,
                        size_t count)
{
    static const struct table_column columns[] = {
        {"metric", NULL, false},        {"unit", NULL, false},           {"from", NULL, true},
        {"from_low", NULL, true},       {"from_high", NULL, true},       {"to", NULL, true},
        {"to_low", NULL, true},         {"to_high", NULL, true},         {"difference", NULL, true},
        {"difference_low", NULL, true}, {"difference_high", NULL, true}, {"change", NULL, false},
        {"relative_change", "1", true}, {"variance_ratio", "", true}};
    struct table *table =
        answer_add_table(answer, "metrics", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        const struct comparison_metric *metric = &metrics[i];
        const struct estimate *estimates[] = {&metric->from, &metric->to, &metric->difference};
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(metric->name);
        row[1] = table_text(metric->unit);
        for (size_t k = 0; k < 3; k++) {
            row[2 + 3 * k] = table_number(estimates[k]->estimate);
            row[3 + 3 * k] = table_number(estimates[k]->low);
            row[4 + 3 * k] = table_number(estimates[k]->high);
        }
        row[11] = table_text(kind_names[metric->kind]);
        row[12] = table_number(metric->relative);
        row[13] = table_number(metric->variance_ratio);
    }
}

/* ---- for people -------------------------------------------------------------------------- */

/* "-75 %", of the first value; from or to nothing there is no share. */
static const char *change_text(const struct comparison_metric *metric, struct arena *arena)
{
    double from = metric->from.estimate, share = metric->difference.estimate / from;
    if (metric->kind == CHANGE_NONE)
        return "same";
    if (metric->kind != CHANGED || !isfinite(share))
        return metric->kind == CHANGE_OPEN ? "open" : "";
    if (share > 9)
        return arena_printf(arena, "x %s", number_text_quantity(1 + share, "", arena));
    return arena_printf(arena, "%+.*f %%", fabs(share) < 0.1 ? 2 : 0, 100 * share);
}

/* "x 120": an unpaired comparison would have needed so many times the replications. */
static const char *pairing_text(const struct comparison_metric *metric, struct arena *arena)
{
    double gain = 1 / metric->variance_ratio;
    if (metric->kind > CHANGE_OPEN || isnan(gain))
        return "";
    if (gain >= 1e6)
        return "x >10^6";
    return arena_printf(arena, "x %.*f", gain < 10 ? 1 : 0, gain);
}

/* Which two were compared. */
struct comparison_sides {
    const char *from, *to; /* their names in texts */
    size_t replications;
    double duration_s, confidence;
    bool has_intervals; /* both have a steady state */
};

static void add_headline(struct answer *answer, const struct comparison_sides *sides,
                         const struct comparison_metric *metrics, size_t count)
{
    struct arena *arena = answer->arena;
    const char *text = "";
    size_t said = 0;
    for (size_t i = 0; i < count && said < HEADLINES; i++) {
        const struct comparison_metric *metric = &metrics[i];
        if (metric->kind != CHANGED || !metric->identity->is_shown ||
            fabs(metric->relative) < WORTH_A_HEADLINE)
            continue;
        text = arena_printf(arena, "%s%s%s %s from %s to %s", text, said > 0 ? ", " : "",
                            metric->name, metric->difference.estimate > 0 ? "rises" : "falls",
                            number_text_quantity(metric->from.estimate, metric->unit, arena),
                            number_text_quantity(metric->to.estimate, metric->unit, arena));
        said++;
    }
    size_t changed = count_kind(metrics, count, CHANGED);
    if (said == 0)
        text =
            changed > 0 ? "no key metric changes by 1 % of itself" : "nothing changes for certain";
    const char *to = document_name(answer->document, sides->to),
               *from = document_name(answer->document, sides->from);
    document_add_statement(answer->document, TONE_PLAIN, "CHANGES",
                           arena_printf(arena, "from %s to %s: %s", from, to, text));
    document_add(answer->document, BLOCK_PARAGRAPH,
                 arena_printf(arena,
                              "Of %zu metrics %zu changed for certain, %zu may have, %zu are the "
                              "same in every replication.",
                              count, changed, count_kind(metrics, count, CHANGE_OPEN),
                              count_kind(metrics, count, CHANGE_NONE)));
}

static const struct table *key_table(const struct answer *answer,
                                     const struct comparison_sides *sides,
                                     const struct comparison_metric *metrics, size_t count)
{
    enum { WIDEST = 24 };
    bool are_short = layout_width(sides->from) <= WIDEST && layout_width(sides->to) <= WIDEST;
    const struct table_column columns[] = {{"metric", NULL, false},
                                           {are_short ? sides->from : "from", NULL, true},
                                           {are_short ? sides->to : "to", NULL, true},
                                           {"difference", NULL, true},
                                           {"change", NULL, true},
                                           {"pairing", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < count; i++) {
        const struct comparison_metric *metric = &metrics[i];
        if (!metric->identity->is_shown || metric->kind == CHANGE_UNKNOWN)
            continue;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(metric->name);
        row[1] = table_text(number_text_quantity(metric->from.estimate, metric->unit, arena));
        row[2] = table_text(number_text_quantity(metric->to.estimate, metric->unit, arena));
        row[3] = table_text(
            number_text_paired(&metric->difference, metric->unit, sides->has_intervals, arena));
        row[4] = table_text(change_text(metric, arena));
        row[5] = table_text(pairing_text(metric, arena));
    }
    return table;
}

static void add_comparison(struct answer *answer, const struct comparison_sides *sides,
                           const struct comparison_metric *metrics, size_t count)
{
    struct arena *arena = answer->arena;
    answer_add_text(answer, "from", sides->from);
    answer_add_text(answer, "to", sides->to);
    answer_add_number(answer, "replications", (double)sides->replications, "");
    for (int kind = CHANGED; kind <= CHANGE_UNKNOWN; kind++)
        answer_add_number(answer, kind_names[kind],
                          (double)count_kind(metrics, count, (enum comparison_kind)kind), "");
    add_metrics(answer, metrics, count);
    add_headline(answer, sides, metrics, count);
    document_add(answer->document, BLOCK_HEADING, "Key metrics, what changed most first");
    document_add(
        answer->document, BLOCK_PARAGRAPH,
        arena_printf(arena,
                     "Difference ± half width of the %s confidence interval, paired over %s of %s. "
                     "open: the interval has zero in it. pairing: how many times the replications "
                     "it would take without the same customers on both sides.",
                     number_text_quantity(sides->confidence, "1", arena),
                     document_count(answer->document, sides->replications, "replication"),
                     number_text_quantity(sides->duration_s, "s", arena)));
    document_add_table(answer->document, key_table(answer, sides, metrics, count));
    document_add(answer->document, BLOCK_PARAGRAPH,
                 "--format csv lists every metric of both, with its intervals.");
}

/* ---- beside it -------------------------------------------------------------------------- */

/* The metrics that both have, in the order of the first. */
static struct comparison_metric *list_metrics(const struct comparison_study *study,
                                              struct arena *arena, size_t *count)
{
    const struct model *from = study->plans[COMPARISON_FROM].models[0],
                       *to = study->plans[COMPARISON_TO].models[0];
    size_t columns, metrics = model_metric_count(from);
    const struct column *column = model_columns(from, &columns);
    struct comparison_metric *list = arena_array(arena, metrics, sizeof *list);
    *count = 0;
    for (size_t c = 0; c < metrics; c++) {
        int other = model_find_column(to, column[c].name);
        if (other == COLUMN_NONE)
            continue;
        struct comparison_metric *metric = &list[(*count)++];
        metric->name = column[c].name;
        metric->unit = column[c].unit;
        metric->identity = column[c].identity;
        metric->from = study->outcome.results[COMPARISON_FROM].estimates[c];
        metric->to = study->outcome.results[COMPARISON_TO].estimates[other];
        metric->difference =
            study_difference(study->settings, &study->outcome, COMPARISON_FROM, (int)c,
                             COMPARISON_TO, other, &metric->variance_ratio);
    }
    comparison_sort(list, *count);
    return list;
}

/* The names of metrics that only one side has, as many as fit in a sentence. */
static void say_missing(struct answer *answer, const struct comparison_study *study,
                        const char *const *names)
{
    enum { SHOWN = 4 };
    for (int i = 0; i < COMPARISON_SIDES; i++) {
        size_t columns, missing = 0;
        const struct model *model = study->plans[i].models[0];
        const struct column *column = model_columns(model, &columns);
        const char *list = "";
        for (size_t c = 0; c < model_metric_count(model); c++) {
            if (model_find_column(study->plans[1 - i].models[0], column[c].name) != COLUMN_NONE)
                continue;
            if (missing++ < SHOWN)
                list = arena_printf(answer->arena, "%s%s%s", list, missing > 1 ? ", " : "",
                                    column[c].name);
        }
        if (missing > 0)
            document_add(answer->document, BLOCK_PARAGRAPH,
                         arena_printf(answer->arena, "%zu metrics are only in %s: %s%s", missing,
                                      document_name(answer->document, names[i]), list,
                                      missing > SHOWN ? " ..." : ""));
    }
}

/* What was laid over the file on each side. */
static void say_overrides(struct answer *answer, const struct comparison_study *study,
                          const char *const *names)
{
    for (int i = 0; i < COMPARISON_SIDES; i++) {
        const struct setting_spec *spec = &study->specs[i];
        const char *text = "";
        for (size_t k = 0; k < spec->override_count; k++)
            text = arena_printf(answer->arena, "%s%s %s = %s", text, k > 0 ? "," : "",
                                document_name(answer->document, spec->overrides[k].path),
                                document_name(answer->document, spec->overrides[k].value));
        if (spec->override_count > 0)
            document_add(answer->document, BLOCK_ITEM,
                         arena_printf(answer->arena, "%s:%s",
                                      document_name(answer->document, names[i]), text));
    }
}

static bool is_listed(const char *const *warnings, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(warnings[i], text) == 0)
            return true;
    return false;
}

/* What both sides share is said once. */
static void add_warnings(struct answer *answer, const struct comparison_study *study,
                         const char *const *names)
{
    size_t counts[COMPARISON_SIDES];
    const char *const *warnings[COMPARISON_SIDES];
    for (int i = 0; i < COMPARISON_SIDES; i++)
        warnings[i] = plan_list_warnings(&study->plans[i], 0, answer->arena, &counts[i]);
    if (counts[COMPARISON_FROM] + counts[COMPARISON_TO] > 0)
        document_add(answer->document, BLOCK_HEADING, "Warnings");
    for (int i = 0; i < COMPARISON_SIDES; i++)
        for (size_t k = 0; k < counts[i]; k++) {
            bool is_shared = is_listed(warnings[1 - i], counts[1 - i], warnings[i][k]);
            const char *text =
                is_shared ? warnings[i][k]
                          : arena_printf(answer->arena, "%s: %s",
                                         document_name(answer->document, names[i]), warnings[i][k]);
            if (i == COMPARISON_FROM || !is_shared)
                document_add(answer->document, BLOCK_ITEM, text);
        }
}

/* What a reader must know before believing a number. */
static void add_reservations(struct answer *answer, const struct comparison_study *study,
                             const char *const *names)
{
    for (int i = 0; i < COMPARISON_SIDES; i++)
        answer_add_failed_checks(answer, document_name(answer->document, names[i]),
                                 study->plans[i].models[0], &study->outcome.results[i]);
    if (study->outcome.is_interrupted)
        document_add_statement(answer->document, TONE_UNSURE, "INTERRUPTED",
                               "these are the differences of the replications that were finished");
}

/* Two files are told apart by their names, and by their settings where that is not as written. */
static const char *name_side(const struct comparison_study *study, int side, struct arena *arena)
{
    const char *setting = study->specs[side].name, *file = study->views[side].file;
    if (!study->are_two)
        return setting;
    return strcmp(setting, "baseline") == 0 ? file : arena_printf(arena, "%s (%s)", file, setting);
}

void comparison_answer_add(struct answer *answer, const struct comparison_study *study)
{
    size_t count;
    const char *names[COMPARISON_SIDES];
    for (int i = 0; i < COMPARISON_SIDES; i++)
        names[i] = name_side(study, i, answer->arena);
    bool is_unstable = false;
    for (int i = 0; i < COMPARISON_SIDES; i++)
        is_unstable |= model_is_unstable(study->plans[i].models[0]);
    const struct comparison_sides about = {names[COMPARISON_FROM],
                                           names[COMPARISON_TO],
                                           study->outcome.results[COMPARISON_FROM].replications,
                                           answer->grounds->duration_s,
                                           answer->grounds->confidence,
                                           !is_unstable};
    const struct comparison_metric *metrics = list_metrics(study, answer->arena, &count);
    answer->is_interrupted = study->outcome.is_interrupted;
    add_reservations(answer, study, names);
    add_comparison(answer, &about, metrics, count);
    say_overrides(answer, study, names);
    say_missing(answer, study, names);
    add_warnings(answer, study, names);
}
