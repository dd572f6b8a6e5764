/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h - a load that changes with time: a factor on the rate, linear between given points.
 *
 * A process with a profile is the process without one on another clock. That clock has run
 * A(t) = integral of the factor from 0 to t when t of simulated time has passed, so an arrival that
 * the process has at its time u comes at t = A^-1(u): exactly, by solving a quadratic in one
 * segment. A Poisson process becomes one whose rate is the rate given times the factor (Cinlar,
 * "Introduction to Stochastic Processes", 1975, ch. 4.7); any other keeps its character on the
 * changed clock. Time 0 of a profile is the start of the measured time: in the warm-up before it a
 * profile with a period stands where its period ends, one without holds its first factor. */
#ifndef CAPSIM_MODELS_SPEC_PROFILE_H
#define CAPSIM_MODELS_SPEC_PROFILE_H

#include "models/spec/spec.h"

/* Later than anything that is simulated [ns]. */
#define PROFILE_NEVER (INT64_C(1) << 62)

/* How far a process has come. */
struct profile_cursor {
    const struct profile_spec *profile;
    double round;   /* factor x ns in one round of the period, INFINITY without one */
    int64_t start;  /* of this round [ns]                                           */
    size_t segment; /* from point number segment to the next                        */
    double offset;  /* in the segment [ns]; below 0: before the first point         */
    int64_t time;   /* of the last arrival [ns]                                     */
};

/* The start of the simulation, `lead` ns before the profile's time 0, lead >= 0. profile must
 * outlive the cursor. */
struct profile_cursor profile_start(const struct profile_spec *profile, int64_t lead);

/* Advances by gap ns of the process's own clock, gap >= 0. Returns the simulated time that passes
 * meanwhile [ns], rounded so that errors do not add up; PROFILE_NEVER when the factor stays 0. */
int64_t profile_advance(struct profile_cursor *cursor, int64_t gap);

/* Integral of the factor over the first length ns [ns]. */
double profile_area(const struct profile_spec *profile, double length);

/* Mean factor in the long run: over the period, or the last one. */
double profile_mean(const struct profile_spec *profile);

#endif
