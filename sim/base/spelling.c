/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/spelling.h"
#include <string.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table of distances: cell j is the distance of a[0..i] from b[0..j-1]. */
typedef size_t row[MAX_SPELLING + 1];

static void fill_row(const char *a, size_t i, const char *b, size_t length, const row two_back,
                     const row back, row now)
{
    now[0] = i + 1;
    for (size_t j = 0; j < length; j++) {
        size_t replaced = back[j] + (lower(a[i]) != lower(b[j]));
        now[j + 1] = smaller(replaced, smaller(back[j + 1], now[j]) + 1);
        if (i > 0 && j > 0 && lower(a[i]) == lower(b[j - 1]) && lower(a[i - 1]) == lower(b[j]))
            now[j + 1] = smaller(now[j + 1], two_back[j - 1] + 1);
    }
}

size_t spelling_distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > MAX_SPELLING || b_length > MAX_SPELLING)
        return MAX_SPELLING + 1;
    row rows[3];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 0; i < a_length; i++)
        fill_row(a, i, b, b_length, rows[(i + 2) % 3], rows[i % 3], rows[(i + 1) % 3]);
    return rows[a_length % 3][b_length];
}

/* At most a third of the letters may differ. */
static size_t most_edits(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t longer = a_length > b_length ? a_length : b_length;
    return longer < 6 ? 1 : longer / 3;
}

const char *spelling_nearest(const char *typed, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = MAX_SPELLING + 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = names[i] ? spelling_distance(typed, names[i]) : best_distance;
        if (distance < best_distance && distance <= most_edits(typed, names[i])) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}

/* The pairs of neighbours of a that b has, too. */
static size_t pairs_in(const char *a, const char *b)
{
    size_t found = 0;
    for (; a[0] != '\0' && a[1] != '\0'; a++) {
        const char *at = b;
        while (at[0] != '\0' && (lower(at[0]) != lower(a[0]) || lower(at[1]) != lower(a[1])))
            at++;
        found += at[0] != '\0' ? 1 : 0;
    }
    return found;
}

/* From 0 to 1 by pairs; edits tell apart what has as many. */
static double unlikeness(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    size_t longer = a_length > b_length ? a_length : b_length;
    if (a_length < 2 || b_length < 2 || longer > MAX_SPELLING)
        return 2;
    double pairs = (double)(a_length + b_length - 2);
    double edits = (double)spelling_distance(a, b) / (double)longer;
    return 1 - (double)(pairs_in(a, b) + pairs_in(b, a)) / pairs + edits / 100;
}

size_t spelling_rank(const char *typed, const char *const *names, size_t count,
                     const char **nearest, size_t most)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = unlikeness(typed, names[i]);
        size_t at = kept;
        while (at > 0 && unlikeness(typed, nearest[at - 1]) > distance)
            at--;
        if (at == most)
            continue;
        kept = kept < most ? kept + 1 : most;
        memmove(&nearest[at + 1], &nearest[at], (kept - at - 1) * sizeof *nearest);
        nearest[at] = names[i];
    }
    return kept;
}
