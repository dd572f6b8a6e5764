/* SPDX-License-Identifier: GPL-3.0-or-later */
/* family.h - the adversarial family: systems with known truth, each judged by many studies as the
 * program judges it, to count how often a verdict is wrong.
 *
 * tests/calibration/systems.json has a row for each system: a scenario, and claims whose truth is a
 * formula (known_truth.h) or a number with its error and where it comes from. A claim "metric < x"
 * is judged with x at five places: the truth itself, 2 % and 20 % on the side where the claim is
 * false, 2 % and 20 % on the side where it holds. With the truth on the limit "<" does not hold and
 * "<=" does, so that a PASS and a FAIL are both wrong: they are the two sides of the interval. A
 * claim that is written out has one place.
 *
 * A study's replications are simulated once and shown to each of its judgements, which stop on
 * their own. Formulas among the self-checks are left out, which would hide what the estimators do;
 * all others withhold a PASS as in a report. */
#ifndef CAPSIM_TESTS_SUPPORT_FAMILY_H
#define CAPSIM_TESTS_SUPPORT_FAMILY_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum family_place {
    FAMILY_ON_LIMIT,
    FAMILY_FALSE,     /* the claim is false by 2 %     */
    FAMILY_TRUE,      /* it holds by 2 %               */
    FAMILY_FALSE_FAR, /* 20 %                          */
    FAMILY_TRUE_FAR,
    FAMILY_PLACES
};

enum { FAMILY_MAX_CLAIMS = 6 };

struct family_claim {
    const char *metric, *op, *span; /* span: " in every 5min", or ""                          */
    const char *expect;             /* written out; NULL: metric op limit                     */
    const char *no_worse_than;      /* a setting; the truth is then the ratio to it; or NULL  */
    double truth, error;
    const char *from; /* the formula, or how the number came about */
    bool must_decide, must_withhold;
    bool holds, is_on_limit; /* of one that is written out */
};

struct family_system {
    const char *id, *kind;
    json_t *scenario;
    struct family_claim claims[FAMILY_MAX_CLAIMS];
    size_t claim_count;
    size_t studies; /* at most; 0: as many as asked for */
};

struct family {
    struct family_system *systems;
    size_t count, claim_count;
    json_t *root;
};

/* The table; a test that cannot read it fails. To be closed. */
struct family family_read(struct arena *arena);
void family_close(struct family *family);

/* What studies said of one claim at one place. */
struct family_count {
    size_t studies, pass, fail, undecided;
    size_t withheld;     /* of the undecided: for a reason of enum study_withheld        */
    unsigned reasons;    /* all of them                                                  */
    size_t shown;        /* with an interval: neither withheld nor unresolved, nor of one run */
    size_t covered;      /* of those: it holds the truth */
    double width;        /* median of (high - low) / truth of those not withheld         */
    double excess;       /* it over that of an interval made with the estimates' true sd */
    double replications; /* on average */
};

struct family_counts {
    struct family_count at[FAMILY_MAX_CLAIMS][FAMILY_PLACES];
};

/* Judges the system in so many studies, with seeds from first_seed on. Fails the test on an
 * error. */
void family_judge(const struct family_system *system, size_t studies, uint64_t first_seed,
                  struct family_counts *counts);

/* Whether a place of the claim exists, and whether PASS and FAIL are wrong there. */
bool family_has_place(const struct family_claim *claim, enum family_place place);
bool family_is_pass_wrong(const struct family_claim *claim, enum family_place place);
bool family_is_fail_wrong(const struct family_claim *claim, enum family_place place);

/* The most wrong verdicts out of so many that `share` gives but once in 1 / chance campaigns. */
size_t family_most(size_t studies, double share, double chance);

#endif
