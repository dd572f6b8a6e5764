/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/criterion.h"

#include "inputs/json/quantity.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/typed_words.h"
#include <stdio.h>
#include <string.h>

/* What is left of an expression. */
struct expect_scan {
    const char *start, *at;
    struct arena *arena;
    struct error *err;
};

static void skip_blank(struct expect_scan *scan)
{
    scan->at += strspn(scan->at, " \t\n");
}

/* Adds to the message which character of the expression it is about. */
static bool fail_at(struct expect_scan *scan, const char *at)
{
    char shown[WORDING_SIZE];
    int column = 1;
    for (const char *c = scan->start; c < at; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80; /* characters, not bytes */
    wording_append(scan->err->message, sizeof scan->err->message, " (character %d of %s)", column,
                   wording_quote(scan->start, shown));
    return false;
}

#define fail(scan, at, ...)                                                                        \
    (error_set((scan)->err, STATUS_INPUT, __VA_ARGS__), fail_at((scan), (at)))

/* The next word, up to a blank or an operator; "" when there is none. */
static const char *take_word(struct expect_scan *scan)
{
    skip_blank(scan);
    size_t length = strcspn(scan->at, " \t\n<>=!");
    const char *word = arena_printf(scan->arena, "%.*s", (int)length, scan->at);
    scan->at += length;
    return word;
}

static bool parse_metric(struct expect_scan *scan, struct criterion_spec *criterion)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    skip_blank(scan);
    const char *start = scan->at;
    const char *word = typed_words_metric(take_word(scan), scan->arena);
    size_t length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789_.-");
    if (word[0] == '\0' || strchr(letters, word[0]) == NULL)
        return fail(scan, start, "a metric is due, such as db_pool.wait.p95");
    if (word[length] != '\0')
        return fail(scan, start + length, "a metric has letters, digits, _, - and dots only");
    criterion->metric = word;
    return true;
}

static bool parse_limit(struct expect_scan *scan, struct criterion_spec *criterion)
{
    static const char *const operators[] = {"<", "<=", ">", ">="};
    skip_blank(scan);
    size_t length = strspn(scan->at, "<>=!"), op = 0;
    while (op < 4 &&
           (strlen(operators[op]) != length || strncmp(scan->at, operators[op], length) != 0))
        op++;
    if (op == 4 && strncmp(scan->at, "==", length) == 0 && length == 2)
        return fail(scan, scan->at,
                    "== is for what is set, such as db_pool.max == 200; of what is measured <, <=, "
                    "> or >= is due");
    if (op == 4)
        return fail(scan, scan->at, "<, <=, > or >= is due");
    scan->at += length;
    skip_blank(scan);
    const char *start = scan->at;
    criterion->op = (enum comparison)op;
    criterion->has_limit = true;
    criterion->limit_text = take_word(scan);
    if (criterion->limit_text[0] == '\0')
        return fail(scan, start, "a limit is due, such as 10ms, 70%% or 500/s");
    return quantity_parse_limit(criterion->limit_text, &criterion->limit, &criterion->limit_unit,
                                scan->err) ||
           fail_at(scan, start);
}

/* The duration behind "in every", "for" or "over". */
static bool parse_length(struct expect_scan *scan, enum criterion_span span,
                         struct criterion_spec *criterion)
{
    skip_blank(scan);
    const char *at = scan->at, *length = take_word(scan);
    if (!quantity_parse_duration(length, &criterion->window_ns, NULL, scan->err))
        return fail_at(scan, at);
    if (criterion->window_ns == 0)
        return fail(scan, at, "a window must be longer than 0s");
    criterion->span = span;
    return true;
}

/* "in every WINDOW", "over DURATION" or "for DURATION", of which word, at start, was taken already;
 * *is_span is false when it is none of them. */
static bool parse_span(struct expect_scan *scan, const char *start, const char *word, bool *is_span,
                       struct criterion_spec *criterion)
{
    *is_span = true;
    if (strcmp(word, "in") == 0) {
        skip_blank(scan);
        if (strcmp(take_word(scan), "every") != 0)
            return fail(scan, start, "\"in every WINDOW\" is due, such as in every 5min");
        return parse_length(scan, SPAN_IN_EVERY, criterion);
    }
    if (strcmp(word, "over") == 0)
        return parse_length(scan, SPAN_OVER, criterion);
    if (strcmp(word, "for") == 0)
        return parse_length(scan, SPAN_FOR, criterion);
    *is_span = false;
    return true;
}

/* True if what follows a metric is a span, not an operator. */
static bool is_at_span(const struct expect_scan *scan)
{
    static const char *const words[] = {"in", "over", "for"};
    size_t length = strcspn(scan->at, " \t\n<>=!");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && strncmp(scan->at, words[i], length) == 0)
            return true;
    return false;
}

/* True if word is the unit of the limit before it, as in "< 10 ms". */
static bool is_split_limit(const struct expect_scan *scan, const struct criterion_spec *criterion,
                           const char *word)
{
    struct error unused = {0};
    double value;
    const char *unit, *joined = arena_printf(scan->arena, "%s%s", criterion->limit_text, word);
    return criterion->limit_unit[0] == '\0' && word[0] != '\0' &&
           quantity_parse_limit(joined, &value, &unit, &unused);
}

bool criterion_parse(const char *expect, struct arena *arena, struct criterion_spec *criterion,
                     struct error *err)
{
    struct expect_scan scan = {.start = expect, .at = expect, .arena = arena, .err = err};
    if (!parse_metric(&scan, criterion))
        return false;
    skip_blank(&scan);
    bool is_metric_alone = *scan.at == '\0' || is_at_span(&scan), is_span;
    if (!is_metric_alone && !parse_limit(&scan, criterion))
        return false;
    skip_blank(&scan);
    const char *start = scan.at;
    const char *word = take_word(&scan);
    if (!parse_span(&scan, start, word, &is_span, criterion))
        return false;
    if (is_span) {
        skip_blank(&scan);
        start = scan.at;
    }
    if (criterion->has_limit && !is_span && is_split_limit(&scan, criterion, word))
        return fail(&scan, start, "no space before a unit: write %s%s", criterion->limit_text,
                    word);
    return *start == '\0' || fail(&scan, start,
                                  "only one of \"in every WINDOW\", \"over DURATION\" and \"for "
                                  "DURATION\" may follow");
}
