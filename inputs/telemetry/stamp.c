/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/stamp.h"

#include <stdio.h>

#define NS_PER_S INT64_C(1000000000)

enum { LEAST_YEAR = 1970, MOST_YEAR = 2115 };

/* Reads exactly `digits` digits and moves on. */
static bool take_digits(struct slice *rest, size_t digits, int *value)
{
    if (rest->length < digits)
        return false;
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        char byte = rest->at[i];
        if (byte < '0' || byte > '9')
            return false;
        *value = *value * 10 + (byte - '0');
    }
    *rest = slice_skip(*rest, digits);
    return true;
}

static bool take_byte(struct slice *rest, char byte)
{
    if (rest->length == 0 || rest->at[0] != byte)
        return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

/* "Dec" as 12. */
static bool take_month(struct slice *rest, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int m = 0; m < 12 && rest->length >= 3; m++)
        if (memcmp(rest->at, &names[3 * m], 3) == 0) {
            *month = m + 1;
            *rest = slice_skip(*rest, 3);
            return true;
        }
    return false;
}

/* Days since 1970-01-01, by eras of 400 years that begin in March. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool take_clock(struct slice *rest, struct stamp *stamp)
{
    int hour, minute, second;
    if (!take_digits(rest, 2, &hour) || !take_byte(rest, ':') || !take_digits(rest, 2, &minute) ||
        !take_byte(rest, ':') || !take_digits(rest, 2, &second) || hour > 24 || minute > 59 ||
        second > 60)
        return false;
    stamp->ns += (hour * INT64_C(3600) + minute * INT64_C(60) + second) * NS_PER_S;
    stamp->resolution_ns = NS_PER_S;
    if (rest->length < 2 || (rest->at[0] != '.' && rest->at[0] != ',') || rest->at[1] < '0' ||
        rest->at[1] > '9')
        return true;
    *rest = slice_skip(*rest, 1);
    for (; rest->length > 0 && rest->at[0] >= '0' && rest->at[0] <= '9';
         *rest = slice_skip(*rest, 1)) {
        stamp->resolution_ns /= 10;
        stamp->ns += (rest->at[0] - '0') * stamp->resolution_ns;
    }
    if (stamp->resolution_ns == 0)
        stamp->resolution_ns = 1;
    return true;
}

static bool set_date(struct stamp *stamp, int year, int month, int day)
{
    if (year < LEAST_YEAR || year > MOST_YEAR || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    stamp->ns = days_of(year, month, day) * INT64_C(86400) * NS_PER_S;
    stamp->has_year = true;
    return true;
}

/* +01, +0100, +01:00. */
static bool take_offset(struct slice *rest, struct stamp *stamp)
{
    struct slice at = *rest;
    int hours, minutes = 0, sign = at.length > 0 && at.at[0] == '-' ? -1 : 1;
    at = slice_skip(at, 1);
    if (!take_digits(&at, 2, &hours))
        return false;
    struct slice behind = at;
    if (take_byte(&behind, ':') ? take_digits(&behind, 2, &minutes)
                                : take_digits(&behind, 2, &minutes))
        at = behind;
    stamp->ns -= sign * (hours * INT64_C(3600) + minutes * INT64_C(60)) * NS_PER_S;
    stamp->has_zone = true;
    *rest = at;
    return true;
}

/* An offset or a name, after at most one blank. A word that is no zone is not taken. */
static void take_zone(struct slice *rest, struct stamp *stamp)
{
    struct slice at = *rest;
    take_byte(&at, ' ');
    if (at.length > 0 && (at.at[0] == '+' || at.at[0] == '-')) {
        if (take_offset(&at, stamp))
            *rest = at;
        return;
    }
    size_t letters = 0;
    while (letters < at.length && at.at[letters] >= 'A' && at.at[letters] <= 'Z')
        letters++;
    struct slice name = {at.at, letters};
    bool is_utc = slice_equals(name, "UTC") || slice_equals(name, "GMT") || slice_equals(name, "Z");
    if (!is_utc && (letters < 3 || letters > 5 || at.at == rest->at))
        return;
    stamp->has_zone = is_utc;
    bool is_word = letters == at.length || at.at[letters] == ' ' || at.at[letters] == ']' ||
                   at.at[letters] == ',' || at.at[letters] == '"' || at.at[letters] == ':';
    static const char *const levels[] = {"LOG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        is_word = is_word && !slice_equals(name, levels[i]);
    if (is_word)
        *rest = slice_skip(at, letters);
}

/* 2026-12-01 00:30:59.847 */
static bool take_iso(struct slice *rest, struct stamp *stamp)
{
    int year, month, day;
    if (!take_digits(rest, 4, &year) || !take_byte(rest, '-') || !take_digits(rest, 2, &month) ||
        !take_byte(rest, '-') || !take_digits(rest, 2, &day) || !set_date(stamp, year, month, day))
        return false;
    return (take_byte(rest, ' ') || take_byte(rest, 'T')) && take_clock(rest, stamp);
}

/* 01/Dec/2026:00:32:10 */
static bool take_clf(struct slice *rest, struct stamp *stamp)
{
    int year, month, day;
    return take_digits(rest, 2, &day) && take_byte(rest, '/') && take_month(rest, &month) &&
           take_byte(rest, '/') && take_digits(rest, 4, &year) && take_byte(rest, ':') &&
           set_date(stamp, year, month, day) && take_clock(rest, stamp);
}

/* Feb  1 13:15:39, and with a year behind it. */
static bool take_syslog(struct slice *rest, struct stamp *stamp)
{
    int year, month, day;
    if (!take_month(rest, &month) || !take_byte(rest, ' '))
        return false;
    bool is_short = take_byte(rest, ' ');
    if (!take_digits(rest, is_short ? 1 : 2, &day) || !take_byte(rest, ' '))
        return false;
    struct slice behind = slice_skip(*rest, 9);
    bool has_year = rest->length >= 13 && rest->at[8] == ' ' && take_digits(&behind, 4, &year) &&
                    year >= LEAST_YEAR && year <= MOST_YEAR;
    if (!set_date(stamp, has_year ? year : LEAST_YEAR, month, day) || !take_clock(rest, stamp))
        return false;
    stamp->has_year = has_year;
    if (has_year)
        *rest = behind;
    return true;
}

/* Tue Dec 01 00:32:10 2026: the day of the week says nothing new. */
static void skip_weekday(struct slice *rest)
{
    static const char names[] = "MonTueWedThuFriSatSun";
    for (int d = 0; d < 7 && rest->length > 4; d++)
        if (memcmp(rest->at, &names[3 * d], 3) == 0 && rest->at[3] == ' ')
            *rest = slice_skip(*rest, 4);
}

bool stamp_parse(struct slice text, struct stamp *stamp)
{
    struct slice rest = text;
    *stamp = (struct stamp){0};
    skip_weekday(&rest);
    bool is_digit = rest.length > 4 && rest.at[0] >= '0' && rest.at[0] <= '9';
    bool is_stamp = is_digit && rest.at[4] == '-'   ? take_iso(&rest, stamp)
                    : is_digit && rest.at[2] == '/' ? take_clf(&rest, stamp)
                                                    : !is_digit && take_syslog(&rest, stamp);
    if (!is_stamp)
        return false;
    take_zone(&rest, stamp);
    stamp->length = text.length - rest.length;
    return true;
}

bool stamp_parse_epoch(struct slice text, struct stamp *stamp)
{
    size_t whole = 0;
    *stamp = (struct stamp){.has_zone = true, .has_year = true, .length = text.length};
    while (whole < text.length && text.at[whole] >= '0' && text.at[whole] <= '9')
        whole++;
    int64_t unit = whole <= 11 ? NS_PER_S : whole <= 14 ? 1000000 : whole <= 17 ? 1000 : 1;
    return whole >= 9 && whole <= 19 && slice_to_ns(text, unit, &stamp->ns, &stamp->resolution_ns);
}

void stamp_format(int64_t ns, char text[STAMP_TEXT])
{
    int64_t days = ns / NS_PER_S / 86400, second = ns / NS_PER_S % 86400;
    int64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    int64_t month = m < 10 ? m + 3 : m - 9, year = y + era * 400 + (month <= 2);
    snprintf(text, STAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)(year % 10000),
             (int)(month % 100), (int)((of_year - (153 * m + 2) / 5 + 1) % 100),
             (int)(second / 3600 % 100), (int)(second / 60 % 60), (int)(second % 60),
             (int)(ns % NS_PER_S / 1000000 % 1000));
}
