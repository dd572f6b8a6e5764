/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/quantity.h"

#include "inputs/json/wording.h"
#include "sim/base/wide.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_NUMBER = 400,       /* characters of a number; jansson itself takes no longer exponents */
    MAX_EXPONENT = 9999,    /* beyond it a number is 0 or too big anyway                        */
    SIGNIFICANT_DIGITS = 19 /* of a 64-bit mantissa                                             */
};
#define MAX_RATE_PER_S 1e9 /* one arrival per tick of the clock */
#define MAX_BYTES 0x1p53   /* beyond it doubles skip bytes      */
#define NS_PER_S 1000000000.0

/* A decimal number: (-1)^is_negative * digits * 10^exponent, and the text after it. */
struct number {
    bool is_negative;
    uint64_t digits;
    int exponent;
    double value;
    const char *unit;
};

struct unit {
    const char *name;
    int64_t factor; /* base units (ns, B) in one; of a rate: ns in its period; of %: 1 */
};

static const struct unit duration_units[] = {
    {"ns", 1},
    {"us", 1000},
    {"ms", 1000000},
    {"s", 1000000000},
    {"min", 60000000000},
    {"h", 3600000000000},
    {"d", 86400000000000},
};
static const struct unit rate_units[] = {
    {"/ms", 1000000},      {"/s", 1000000000},     {"/min", 60000000000},
    {"/h", 3600000000000}, {"/d", 86400000000000},
};
static const struct unit size_units[] = {
    {"B", 1},           {"KB", 1000},          {"MB", 1000000},
    {"GB", 1000000000}, {"TB", 1000000000000}, {"KiB", 1024},
    {"MiB", 1048576},   {"GiB", 1073741824},   {"TiB", 1099511627776},
};
static const struct unit share_units[] = {{"%", 1}};

/* What people write instead. The second choice is NULL where there is no doubt. */
struct alias {
    const char *written, *meant, *or_meant;
};

static const struct alias duration_aliases[] = {
    {"m", "ms", "min"},      {"msec", "ms", NULL},        {"msecs", "ms", NULL},
    {"millis", "ms", NULL},  {"millisecond", "ms", NULL}, {"milliseconds", "ms", NULL},
    {"sec", "s", NULL},      {"secs", "s", NULL},         {"second", "s", NULL},
    {"seconds", "s", NULL},  {"usec", "us", NULL},        {"\u00b5s", "us", NULL},
    {"\u03bcs", "us", NULL}, {"nsec", "ns", NULL},        {"mins", "min", NULL},
    {"minute", "min", NULL}, {"minutes", "min", NULL},    {"hr", "h", NULL},
    {"hrs", "h", NULL},      {"hour", "h", NULL},         {"hours", "h", NULL},
    {"day", "d", NULL},      {"days", "d", NULL},
};
static const struct alias rate_aliases[] = {
    {"rps", "/s", NULL},   {"qps", "/s", NULL},        {"tps", "/s", NULL},
    {"hz", "/s", NULL},    {"/sec", "/s", NULL},       {"/second", "/s", NULL},
    {"req/s", "/s", NULL}, {"requests/s", "/s", NULL}, {"s", "/s", NULL},
    {"rpm", "/min", NULL}, {"/m", "/min", "/ms"},      {"/minute", "/min", NULL},
    {"min", "/min", NULL}, {"/hour", "/h", NULL},      {"/hr", "/h", NULL},
    {"/day", "/d", NULL},
};
static const struct alias size_aliases[] = {
    {"k", "KB", "KiB"}, {"m", "MB", "MiB"},  {"g", "GB", "GiB"},
    {"t", "TB", "TiB"}, {"byte", "B", NULL}, {"bytes", "B", NULL},
};

/* One kind of quantity: its units, its slips, its words. */
struct family {
    const char *what, *expected;
    const struct unit *units;
    size_t unit_count;
    const struct alias *aliases;
    size_t alias_count;
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct family families[] = {
    [QUANTITY_DURATION] = {"duration",
                           "a duration with its unit, such as \"75ms\" (ns, us, ms, s, min, h, d)",
                           duration_units, COUNT(duration_units), duration_aliases,
                           COUNT(duration_aliases)},
    [QUANTITY_RATE] = {"rate", "a rate with its unit, such as \"500/s\" (/ms, /s, /min, /h, /d)",
                       rate_units, COUNT(rate_units), rate_aliases, COUNT(rate_aliases)},
    [QUANTITY_SIZE] = {"size",
                       "a size with its unit, such as \"50MB\" (B, KB, MB, GB, TB, KiB, MiB, GiB, "
                       "TiB)",
                       size_units, COUNT(size_units), size_aliases, COUNT(size_aliases)},
    [QUANTITY_SHARE] = {"share", "a share, \"70%\" or a number from 0 to 1", share_units,
                        COUNT(share_units), NULL, 0},
};

const char *quantity_expected(enum quantity_kind kind)
{
    return families[kind].expected;
}

/* Takes the digits at text into number, as many as there is room for; is_fraction: they stand after
 * the point. */
static const char *scan_digits(const char *text, bool is_fraction, struct number *number)
{
    const char *start = text, *end;
    uint64_t digits = number->digits;
    for (; *text >= '0' && *text <= '9' && digits < UINT64_C(1000000000000000000); text++)
        digits = digits * 10 + (uint64_t)(*text - '0');
    for (end = text; *end >= '0' && *end <= '9';)
        end++;
    number->digits = digits;
    number->exponent += (int)(is_fraction ? start - text : end - text);
    return end;
}

/* The exponent at text ("e-3"), if there is one. */
static const char *scan_exponent(const char *text, struct number *number)
{
    const char *digits = text + 1;
    if (*text != 'e' && *text != 'E')
        return text;
    if (*digits == '-' || *digits == '+')
        digits++;
    if (*digits < '0' || *digits > '9')
        return text;
    int exponent = 0;
    for (; *digits >= '0' && *digits <= '9'; digits++)
        exponent = exponent < MAX_EXPONENT ? exponent * 10 + (*digits - '0') : exponent;
    number->exponent += text[1] == '-' ? -exponent : exponent;
    return digits;
}

/* What strtod would make of the text, in a tenth of the time (a trace has millions of numbers):
 * digits and power of ten are exact, so the one operation rounds as it must. Source: Clinger, "How
 * to read floating point numbers accurately", PLDI 1990. False: only strtod can. */
static bool is_exact(struct number *number)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int most = (int)COUNT(powers) - 1;
    if (number->digits >> 53 != 0 || number->exponent < -most || number->exponent > most)
        return false;
    double digits = (double)number->digits;
    number->value = number->exponent < 0 ? digits / powers[-number->exponent]
                                         : digits * powers[number->exponent];
    return true;
}

static bool scan_number(const char *text, struct number *number)
{
    *number = (struct number){.is_negative = *text == '-'};
    const char *start = text + (number->is_negative ? 1 : 0);
    const char *end = scan_digits(start, false, number);
    if (end == start)
        return false;
    if (end[0] == '.' && end[1] >= '0' && end[1] <= '9')
        end = scan_digits(end + 1, true, number);
    end = scan_exponent(end, number);
    char copy[MAX_NUMBER];
    size_t length = (size_t)(end - start);
    if (length >= sizeof copy)
        return false;
    number->unit = end;
    if (is_exact(number))
        return true;
    memcpy(copy, start, length);
    copy[length] = '\0';
    number->value = strtod(copy, NULL);
    return true;
}

static const struct unit *find_unit(const struct family *family, const char *name)
{
    for (size_t i = 0; i < family->unit_count; i++)
        if (strcmp(family->units[i].name, name) == 0)
            return &family->units[i];
    return NULL;
}

/* The unit that was probably meant by name, and a second one or NULL. */
static struct alias guess_unit(const struct family *family, const char *name)
{
    for (size_t i = 0; i < family->alias_count; i++)
        if (strcasecmp(family->aliases[i].written, name) == 0)
            return family->aliases[i];
    for (size_t i = 0; i < family->unit_count; i++)
        if (strcasecmp(family->units[i].name, name) == 0)
            return (struct alias){name, family->units[i].name, NULL};
    return (struct alias){name, NULL, NULL};
}

static bool fail_unit(const struct family *family, const char *text, const struct number *number,
                      struct error *err)
{
    char shown[WORDING_SIZE];
    const char *unit = number->unit + strspn(number->unit, " ");
    int digits = (int)(number->unit - text);
    struct alias guess = guess_unit(family, unit);
    wording_quote(text, shown);
    if (strlen(text) > WORDING_SHOWN || *unit == '\0' || guess.meant == NULL)
        return error_set(err, STATUS_INPUT, "must be %s; got %s", family->expected, shown);
    if (guess.or_meant != NULL)
        return error_set(err, STATUS_INPUT,
                         "no unit \"%s\" of a %s in %s; did you mean \"%.*s%s\" or \"%.*s%s\"?",
                         unit, family->what, shown, digits, text, guess.meant, digits, text,
                         guess.or_meant);
    const char *problem = unit == number->unit ? "no such unit of a" : "no space in a";
    return error_set(err, STATUS_INPUT, "%s %s, got %s; did you mean \"%.*s%s\"?", problem,
                     family->what, shown, digits, text, guess.meant);
}

/* Splits text into a number that is not negative and a unit of the family. */
static const struct unit *parse(enum quantity_kind kind, const char *text, struct number *number,
                                struct error *err)
{
    const struct family *family = &families[kind];
    char shown[WORDING_SIZE];
    wording_quote(text, shown);
    if (!scan_number(text, number)) {
        error_set(err, STATUS_INPUT, "must be %s; got %s", family->expected, shown);
        return NULL;
    }
    const struct unit *unit = find_unit(family, number->unit);
    if (unit == NULL) {
        fail_unit(family, text, number, err);
        return NULL;
    }
    if (number->is_negative) {
        error_set(err, STATUS_INPUT, "must not be negative; got %s", shown);
        return NULL;
    }
    return unit;
}

/* number * unit_ns, exact, rounded to nearest. False beyond 2^62. */
static bool scale_to_ns(const struct number *number, int64_t unit_ns, int64_t *ns, bool *is_whole)
{
    wide_uint value = (wide_uint)number->digits * (wide_uint)unit_ns, divisor = 1;
    int exponent = value == 0 ? 0 : number->exponent;
    for (; exponent > 0; exponent--) {
        if (value > (wide_uint)QUANTITY_MAX_NS)
            return false;
        value *= 10;
    }
    /* value is below 1e33 here, so a divisor of 1e37 leaves nothing of it. */
    for (int step = 0; exponent < 0 && step < 37; exponent++, step++)
        divisor *= 10;
    *is_whole = value % divisor == 0;
    value = (value + divisor / 2) / divisor;
    *ns = value > (wide_uint)QUANTITY_MAX_NS ? 0 : (int64_t)value;
    return value <= (wide_uint)QUANTITY_MAX_NS;
}

bool quantity_parse_duration(const char *text, int64_t *ns, double *seconds, struct error *err)
{
    struct number number;
    char shown[WORDING_SIZE];
    bool is_whole;
    int64_t rounded;
    const struct unit *unit = parse(QUANTITY_DURATION, text, &number, err);
    if (unit == NULL)
        return false;
    wording_quote(text, shown);
    if (!scale_to_ns(&number, unit->factor, &rounded, &is_whole))
        return error_set(err, STATUS_INPUT, "must be at most 146 years (2^62 ns); got %s", shown);
    double exact_ns = number.value * (double)unit->factor;
    if (number.digits != 0 && (rounded == 0 || exact_ns < 1))
        return error_set(err, STATUS_INPUT,
                         "must be 0s or at least 1ns, the resolution of the clock; got %s", shown);
    if (ns != NULL)
        *ns = rounded;
    if (seconds != NULL)
        *seconds = (is_whole ? (double)rounded : exact_ns) / NS_PER_S;
    return true;
}

bool quantity_parse_rate(const char *text, double *per_s, struct error *err)
{
    struct number number;
    char shown[WORDING_SIZE];
    const struct unit *unit = parse(QUANTITY_RATE, text, &number, err);
    if (unit == NULL)
        return false;
    wording_quote(text, shown);
    double rate = number.value / ((double)unit->factor / NS_PER_S);
    if (!(rate > 0))
        return error_set(err, STATUS_INPUT, "must be above 0; got %s", shown);
    if (rate > MAX_RATE_PER_S)
        return error_set(err, STATUS_INPUT,
                         "must be at most 1e9/s, one for each tick of the clock; got %s", shown);
    if (rate < 1 / QUANTITY_MAX_S)
        return error_set(err, STATUS_INPUT, "must be at least one in 146 years; got %s", shown);
    *per_s = rate;
    return true;
}

bool quantity_parse_size(const char *text, double *bytes, struct error *err)
{
    struct number number;
    char shown[WORDING_SIZE];
    const struct unit *unit = parse(QUANTITY_SIZE, text, &number, err);
    if (unit == NULL)
        return false;
    double size = number.value * (double)unit->factor;
    if (!(size <= MAX_BYTES))
        return error_set(err, STATUS_INPUT, "must be at most 9007TB (2^53 bytes); got %s",
                         wording_quote(text, shown));
    *bytes = size;
    return true;
}

bool quantity_parse_share(const char *text, double *share, struct error *err)
{
    struct number number;
    char shown[WORDING_SIZE];
    if (parse(QUANTITY_SHARE, text, &number, err) == NULL)
        return false;
    if (!(number.value <= 100))
        return error_set(err, STATUS_INPUT, "must be from 0%% to 100%%; got %s",
                         wording_quote(text, shown));
    *share = number.value / 100;
    return true;
}

bool quantity_find_ratio(const char *small, const char *large, int64_t *ratio)
{
    for (size_t kind = 0; kind < COUNT(families); kind++) {
        const struct unit *s = find_unit(&families[kind], small);
        const struct unit *l = find_unit(&families[kind], large);
        if (!s || !l)
            continue;
        bool is_rate = kind == QUANTITY_RATE; /* the shorter its period, the larger */
        int64_t part = is_rate ? l->factor : s->factor, whole = is_rate ? s->factor : l->factor;
        *ratio = whole / part;
        return whole % part == 0;
    }
    return false;
}

static bool fail_limit(const char *text, struct error *err)
{
    char shown[WORDING_SIZE];
    return error_set(err, STATUS_INPUT,
                     "%s is no limit: write a duration (10ms), a rate (500/s), a share (70%%), a "
                     "size (50MB) or a number",
                     wording_quote(text, shown));
}

bool quantity_parse_limit(const char *text, double *value, const char **unit, struct error *err)
{
    struct number number;
    if (!scan_number(text, &number) || number.is_negative || !isfinite(number.value))
        return fail_limit(text, err);
    *value = number.value;
    *unit = "";
    if (*number.unit == '\0')
        return true;
    *unit = "1";
    if (strcmp(number.unit, "%") == 0) {
        *value = number.value / 100;
        return true;
    }
    *unit = "B";
    if (find_unit(&families[QUANTITY_SIZE], number.unit) != NULL)
        return quantity_parse_size(text, value, err);
    *unit = "1/s";
    if (*number.unit == '/')
        return quantity_parse_rate(text, value, err);
    *unit = "s";
    if (guess_unit(&families[QUANTITY_DURATION], number.unit).meant != NULL)
        return quantity_parse_duration(text, NULL, value, err);
    return fail_limit(text, err);
}

bool quantity_parse_number(const char *text, double *value)
{
    struct number number;
    if (!scan_number(text, &number) || *number.unit != '\0' || !isfinite(number.value))
        return false;
    *value = number.is_negative ? -number.value : number.value;
    return true;
}

void quantity_format_duration(double seconds, char text[QUANTITY_TEXT])
{
    static const struct unit shown[] = {{"h", 3600000000000}, {"min", 60000000000},
                                        {"s", 1000000000},    {"ms", 1000000},
                                        {"us", 1000},         {"ns", 1}};
    size_t i = 0;
    double ns = seconds * NS_PER_S;
    while (i + 1 < COUNT(shown) && ns < (double)shown[i].factor)
        i++;
    if (ns == 0)
        snprintf(text, QUANTITY_TEXT, "0s");
    else
        snprintf(text, QUANTITY_TEXT, "%.4g%s", ns / (double)shown[i].factor, shown[i].name);
}
