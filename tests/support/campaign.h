/* SPDX-License-Identifier: GPL-3.0-or-later */
/* campaign.h - many studies of a system whose truth is known, each judging the same claims with the
 * true value on the limit, 2 % above and 2 % below: how often is a verdict wrong?
 *
 * A verdict is wrong when it passes what does not hold or fails what holds. With the true value on
 * the limit "x < limit" does not hold, so a pass is wrong, and "x <= limit" holds, so a fail is:
 * both together are what an interval misses.
 *
 * A study's replications are simulated once and shown to each of its judgements, which stop on
 * their own. The environment gives CALIBRATION_STUDIES (default 60, with CAPSIM_QUICK 12) and
 * CALIBRATION_MOST, the most replications of a study (default 40). */
#ifndef CAPSIM_TESTS_SUPPORT_CAMPAIGN_H
#define CAPSIM_TESTS_SUPPORT_CAMPAIGN_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"

enum { CAMPAIGN_MAX_CLAIMS = 6, CAMPAIGN_PLACES = 3 };

/* metric < limit; or, where there is a second system, metric no worse than in the first. */
struct claim {
    const char *metric; /* a column of the model; with windows also one of a criterion          */
    double truth;       /* of the (second) system                                               */
    double reference;   /* of the first system, where there are two                             */
};

struct campaign {
    const char *name;
    /* The scenario of system number 0 or 1 of one study, in arena. */
    struct scenario *(*build)(int system, uint64_t seed, struct arena *arena);
    int systems; /* 1, or 2 that are compared */
    struct claim claims[CAMPAIGN_MAX_CLAIMS];
    size_t claim_count;
};

/* Runs it, prints a line for each claim and place, and fails the test when wrong verdicts are more
 * than 5 % of the studies: than what 5 % would give once in a million campaigns, when the studies
 * are few; than 5 % itself, from 1,000 on. So it does when passes and fails on the limit together
 * are more than what 5 % would give once in a million campaigns. */
void campaign_run(const struct campaign *campaign);

/* The mean of a column over many replications of system 0, and its standard error. */
void campaign_find_truth(const struct campaign *campaign, const char *metric, size_t replications,
                         double *mean, double *standard_error);

#endif
