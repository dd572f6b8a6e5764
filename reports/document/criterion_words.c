/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/criterion_words.h"
#include "reports/result/undecided.h"
#include "reports/text/layout.h"
#include "reports/text/limit_share.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

#define NO_BREAK "\u00a0"

enum { MAX_NAME = 40 };

/* ---- order ---- */

static int rank_of(enum verdict verdict)
{
    static const int ranks[] = {
        [VERDICT_FAIL] = 0, [VERDICT_UNDECIDED] = 1, [VERDICT_PASS] = 2, [VERDICT_NONE] = 3};
    return ranks[verdict];
}

static bool is_lower_limit(const struct result_criterion *criterion)
{
    return criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
}

double criterion_words_share(const struct result_criterion *criterion)
{
    if (!criterion->has_limit || criterion->is_configured)
        return NAN;
    return limit_share_of(criterion->estimate.estimate, is_lower_limit(criterion), criterion->limit,
                          criterion->unit);
}

static bool comes_before(const struct result_criterion *a, const struct result_criterion *b)
{
    if (rank_of(a->verdict) != rank_of(b->verdict))
        return rank_of(a->verdict) < rank_of(b->verdict);
    double one = criterion_words_share(a), other = criterion_words_share(b);
    return (isnan(one) ? -1.0 : one) > (isnan(other) ? -1.0 : other);
}

void criterion_words_order(const struct result_setting *setting, size_t *order)
{
    for (size_t i = 0; i < setting->criterion_count; i++) {
        size_t at = i;
        while (at > 0 && comes_before(&setting->criteria[i], &setting->criteria[order[at - 1]])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

/* ---- values ---- */

const struct result_metric *criterion_words_before(const struct result *result,
                                                   const struct result_setting *setting,
                                                   const struct result_criterion *criterion)
{
    const struct result_setting *first = &result->settings[0];
    if (first == setting || criterion->span != SPAN_WHOLE || !criterion->metric)
        return NULL;
    return result_find_metric(first, criterion->metric, 0);
}

struct digits_scale criterion_words_scale(const struct result_criterion *criterion, double before)
{
    double value = fabs(criterion->estimate.estimate);
    double large = isfinite(value) ? value : 0.0;
    double limit = criterion->has_limit ? fabs(criterion->limit) : 0.0;
    if (isfinite(before) && fabs(before) < 1000.0 * fmax(large, limit))
        large = fmax(large, fabs(before));
    if (limit < 1000.0 * large || large == 0.0)
        large = fmax(large, limit);
    return digits_scale_of(criterion->unit, large);
}

const char *criterion_words_op(enum comparison op)
{
    static const char *const words[] = {[COMPARISON_LESS] = "less than",
                                        [COMPARISON_LESS_EQUAL] = "at most",
                                        [COMPARISON_GREATER] = "more than",
                                        [COMPARISON_GREATER_EQUAL] = "at least",
                                        [COMPARISON_EQUAL] = "exactly"};
    return words[op];
}

const char *criterion_words_failure(const struct result_criterion *criterion, struct arena *arena)
{
    const char *name = layout_shorten(criterion->name, MAX_NAME, arena);
    const struct digits_scale scale = criterion_words_scale(criterion, NAN);
    double value = criterion->estimate.estimate;
    bool breaks_limit =
        criterion->has_limit && !verdict_meets(value, criterion->op, criterion->limit);
    if (criterion->held + criterion->failed > 0)
        return arena_printf(arena, "%s fails in %zu of %zu runs", name, criterion->failed,
                            criterion->held + criterion->failed);
    if (breaks_limit || !criterion->no_worse_than)
        return arena_printf(
            arena, "%s is %s; %s %s is %s", name, digits_scaled(value, &scale, arena),
            criterion_words_op(criterion->op), digits_scaled(criterion->limit, &scale, arena),
            is_lower_limit(criterion) || criterion->op == COMPARISON_EQUAL ? "asked" : "allowed");
    return arena_printf(
        arena, "%s is worse than %s: %s against %s%s", name,
        layout_shorten(criterion->no_worse_than, MAX_NAME, arena),
        number_text_paired(&criterion->difference, criterion->unit, true, arena),
        criterion->allowed > 0.0
            ? arena_printf(arena, "%s x ", number_text_plain(1.0 + criterion->allowed, arena))
            : "",
        layout_shorten(criterion->no_worse_than, MAX_NAME, arena));
}

/* ---- a tile's line ---- */

/* A length on the criterion's scale to so many digits: "51 pp", "133 ms". */
static const char *length_text(double length, const struct digits_scale *scale, int digits,
                               struct arena *arena)
{
    double shown = fabs(scale->factor * length);
    const char *unit = strcmp(scale->unit, "%") == 0 ? "pp" : scale->unit;
    if (shown > 0.0 && isfinite(shown)) {
        double step = pow(10.0, floor(log10(shown)) + 1.0 - digits);
        shown = round(shown / step) * step;
    }
    const char *space = unit[0] == '/' || unit[0] == '\0' ? "" : NO_BREAK;
    return arena_printf(arena, "%s%s%s", digits_number(shown, arena), space, unit);
}

/* "51 pp below its limit", "24 pp above its limit", "250 times its limit". */
static const char *limit_text(const struct result_criterion *criterion,
                              const struct digits_scale *scale, struct arena *arena)
{
    double value = criterion->estimate.estimate, limit = criterion->limit;
    if (!criterion->has_limit || !isfinite(value))
        return "";
    if (limit > 0.0 && value >= 3.0 * limit)
        return arena_printf(arena, "%s times its limit", digits_number(value / limit, arena));
    if (value == limit)
        return "exactly its limit";
    return arena_printf(arena, "%s %s its limit", length_text(value - limit, scale, 3, arena),
                        value < limit ? "below" : "above");
}

static const char *interval_text(const struct estimate *estimate, const struct digits_scale *scale,
                                 struct arena *arena)
{
    double half = (estimate->high - estimate->low) / 2.0;
    if (!estimate->has_interval || !isfinite(half))
        return "no interval";
    if (half == 0.0)
        return "the same in every replication";
    return arena_printf(arena, "\u00b1" NO_BREAK "%s", length_text(half, scale, 1, arena));
}

/* A share that is surely below this needs no bound: one in 100 million. */
static const double NEVER = 1e-8;

/* Nothing was seen at all, or nothing else. */
static const char *bound_text(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *estimate = &criterion->estimate;
    if (estimate->estimate > 0.0)
        return arena_printf(arena, "without exception; at least %s",
                            number_text_quantity(estimate->low, criterion->unit, arena));
    if (estimate->high < (strcmp(criterion->unit, "1") == 0 ? NEVER : 0.0) || estimate->high == 0.0)
        return "none seen";
    return arena_printf(arena, "none seen; at most %s",
                        digits_quantity(estimate->high, criterion->unit, arena));
}

bool criterion_words_is_near(const struct result_criterion *criterion)
{
    const struct estimate *estimate = &criterion->estimate;
    return criterion->verdict == VERDICT_UNDECIDED && criterion->has_limit &&
           estimate->has_interval && !criterion->withheld && !criterion->is_withheld &&
           !estimate->is_unresolved && !estimate->is_upper_bound &&
           estimate->low <= criterion->limit && criterion->limit <= estimate->high;
}

const char *criterion_words_distance(const struct result_criterion *criterion, struct arena *arena)
{
    if (criterion->is_configured)
        return arena_printf(arena, "as it is set; %s %s is asked",
                            criterion_words_op(criterion->op), criterion->limit_text);
    const struct digits_scale scale = criterion_words_scale(criterion, NAN);
    const char *text = criterion->estimate.is_upper_bound
                           ? bound_text(criterion, arena)
                           : interval_text(&criterion->estimate, &scale, arena);
    if (criterion->verdict == VERDICT_UNDECIDED)
        return criterion_words_is_near(criterion) || criterion->estimate.is_upper_bound
                   ? arena_printf(arena, "%s; the interval contains the limit", text)
                   : undecided_advice(criterion, arena);
    if (criterion->estimate.is_upper_bound)
        return text;
    const char *limit = limit_text(criterion, &scale, arena);
    if (limit[0] != '\0')
        text = arena_printf(arena, "%s; %s", text, limit);
    if (criterion->no_worse_than && !criterion->has_limit)
        text =
            arena_printf(arena, "%s; %s compared with %s", text,
                         number_text_paired(&criterion->difference, criterion->unit, true, arena),
                         layout_shorten(criterion->no_worse_than, MAX_NAME, arena));
    return text;
}

const char *criterion_words_span(const struct result_criterion *criterion)
{
    const char *word = criterion_span_word(criterion->span);
    const char *at = word ? strstr(criterion->expect, word) : NULL;
    return at ? at : "";
}
