/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/profile.h"

#include <math.h>

/* One straight piece of the factor. */
struct piece {
    double length; /* [ns]; INFINITY: the last factor, held */
    double from, to;
};

static struct piece piece_at(const struct profile_spec *profile, size_t segment)
{
    const struct profile_point *point = &profile->points[segment];
    if (segment + 1 < profile->count)
        return (struct piece){(double)(point[1].time_ns - point->time_ns), point->factor,
                              point[1].factor};
    if (profile->period_ns == SPEC_NEVER)
        return (struct piece){INFINITY, point->factor, point->factor};
    return (struct piece){(double)(profile->period_ns - point->time_ns), point->factor,
                          profile->points[0].factor};
}

static double piece_area(struct piece piece, double upto)
{
    if (piece.from == piece.to || upto <= 0)
        return piece.from > 0 && upto > 0 ? piece.from * upto : 0;
    double reached = piece.from + (piece.to - piece.from) * (upto / piece.length);
    return 0.5 * (piece.from + reached) * upto;
}

/* The integral over one whole round. */
static double round_area(const struct profile_spec *profile)
{
    double area = 0;
    for (size_t s = 0; s < profile->count; s++) {
        struct piece piece = piece_at(profile, s);
        area += piece_area(piece, piece.length);
    }
    return area;
}

struct profile_cursor profile_start(const struct profile_spec *profile, int64_t lead)
{
    struct profile_cursor cursor = {.profile = profile, .round = INFINITY, .start = lead};
    if (profile->period_ns == SPEC_NEVER) {
        cursor.offset = -(double)lead;
        return cursor;
    }
    int64_t missing = lead % profile->period_ns;
    int64_t place = missing == 0 ? 0 : profile->period_ns - missing;
    cursor.round = round_area(profile);
    cursor.start = -place;
    while (cursor.segment + 1 < profile->count &&
           place >= profile->points[cursor.segment + 1].time_ns)
        cursor.segment++;
    cursor.offset = (double)(place - profile->points[cursor.segment].time_ns);
    return cursor;
}

/* How much further than offset the area `area` reaches in the piece, which holds that much. */
static double solve_piece(struct piece piece, double offset, double area)
{
    double slope = piece.from == piece.to ? 0 : (piece.to - piece.from) / piece.length;
    double factor = fmax(piece.from + slope * offset, 0);
    double root = sqrt(fmax(factor * factor + 2 * slope * area, 0));
    double further = area > 0 ? 2 * area / (factor + root) : 0;
    return fmin(further, piece.length - offset);
}

/* Whole rounds are skipped at once: the rest is less than one round. False: beyond all times. */
static bool skip_rounds(struct profile_cursor *cursor, double *area)
{
    if (!(*area >= cursor->round))
        return true;
    double rounds = floor(*area / cursor->round);
    double period = (double)cursor->profile->period_ns;
    if ((double)cursor->start + rounds * period >= (double)PROFILE_NEVER)
        return false;
    cursor->start += (int64_t)rounds * cursor->profile->period_ns;
    *area = fmax(*area - rounds * cursor->round, 0);
    return true;
}

static void enter_next_piece(struct profile_cursor *cursor)
{
    cursor->offset = 0;
    if (++cursor->segment == cursor->profile->count) {
        cursor->segment = 0;
        cursor->start += cursor->profile->period_ns;
    }
}

/* Uses up what is left of the time before the first point. True if the area ends there. */
static bool ends_in_lead(struct profile_cursor *cursor, double *area)
{
    double factor = cursor->profile->points[0].factor;
    double left = -cursor->offset * factor;
    if (*area < left) {
        cursor->offset += *area / factor;
        return true;
    }
    *area -= left;
    cursor->offset = 0;
    return false;
}

int64_t profile_advance(struct profile_cursor *cursor, int64_t gap)
{
    double area = (double)gap;
    if (cursor->time >= PROFILE_NEVER || gap >= PROFILE_NEVER || !skip_rounds(cursor, &area))
        return cursor->time = PROFILE_NEVER;
    bool is_done = cursor->offset < 0 && ends_in_lead(cursor, &area);
    while (!is_done) {
        struct piece piece = piece_at(cursor->profile, cursor->segment);
        bool is_last = piece.length == INFINITY;
        if (is_last && piece.from == 0)
            return cursor->time = PROFILE_NEVER;
        double left = is_last ? INFINITY
                              : piece_area(piece, piece.length) - piece_area(piece, cursor->offset);
        if (area < left || (area == 0 && left == 0 && is_last)) {
            cursor->offset += solve_piece(piece, cursor->offset, area);
            break;
        }
        area = fmax(area - left, 0);
        enter_next_piece(cursor);
        if (cursor->start >= PROFILE_NEVER)
            return cursor->time = PROFILE_NEVER;
    }
    double time = (double)cursor->profile->points[cursor->segment].time_ns + cursor->offset;
    int64_t before = cursor->time;
    if ((double)cursor->start + time >= (double)PROFILE_NEVER)
        return cursor->time = PROFILE_NEVER;
    cursor->time =
        cursor->start + cursor->profile->points[cursor->segment].time_ns + llround(cursor->offset);
    if (cursor->time < before) /* rounding must not turn time back */
        cursor->time = before;
    return cursor->time - before;
}

double profile_area(const struct profile_spec *profile, double length)
{
    double area = 0, rest = length;
    if (profile->period_ns != SPEC_NEVER) {
        double rounds = floor(length / (double)profile->period_ns);
        area = rounds * round_area(profile);
        rest -= rounds * (double)profile->period_ns;
    }
    for (size_t s = 0; s < profile->count && rest > 0; s++) {
        struct piece piece = piece_at(profile, s);
        area += piece_area(piece, fmin(rest, piece.length));
        rest -= piece.length;
    }
    return area;
}

double profile_mean(const struct profile_spec *profile)
{
    if (profile->period_ns == SPEC_NEVER)
        return profile->points[profile->count - 1].factor;
    return round_area(profile) / (double)profile->period_ns;
}
