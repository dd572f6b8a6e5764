/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/profile_part.h"
#include "models/spec/profile.h"
#include "sim/base/duration_text.h"
#include <math.h>

static const char *profile_time(double ns, struct arena *arena)
{
    return duration_text(ns / 1e9, arena);
}

/* The highest point, and whether it is simulated. */
static const char *say_peak(const struct profile_spec *profile, int64_t length, struct arena *arena)
{
    const struct profile_point *peak = &profile->points[0];
    for (size_t i = 1; i < profile->count; i++)
        if (profile->points[i].factor > peak->factor)
            peak = &profile->points[i];
    return arena_printf(arena, "its peak, a factor of %.4g at %s, is %s", peak->factor,
                        profile_time((double)peak->time_ns, arena),
                        peak->time_ns < length ? "among them" : "not among them");
}

const char *profile_part_warn(const struct workload_spec *workload, int64_t length,
                              struct arena *arena)
{
    const struct profile_spec *profile = workload->arrivals.profile;
    if (!profile)
        return NULL;
    int64_t last = profile->points[profile->count - 1].time_ns;
    int64_t whole = profile->period_ns == SPEC_NEVER ? last : profile->period_ns;
    if (length >= whole)
        return NULL;
    double part = profile_area(profile, (double)length) / (double)length;
    double all = profile_area(profile, (double)whole) / (double)whole;
    return arena_printf(arena,
                        "%s: the first %s of the %s" PROFILE_PART_WORDS
                        ", with a factor of %.4g on average where the whole has %.4g; %s. Verdicts "
                        "are on this part "
                        "alone: simulate the whole, or a profile that begins at its peak",
                        workload->name, profile_time((double)length, arena),
                        profile_time((double)whole, arena), part, all,
                        say_peak(profile, length, arena));
}
