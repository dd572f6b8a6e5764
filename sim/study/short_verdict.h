/* SPDX-License-Identifier: GPL-3.0-or-later */
/* short_verdict.h - what short replications say of a criterion (probe.h says why they may):
 * estimates are widened first, an extreme is judged by what a longer run may show, a claim about
 * one run by its parts. */
#ifndef CAPSIM_SIM_STUDY_SHORT_VERDICT_H
#define CAPSIM_SIM_STUDY_SHORT_VERDICT_H

#include "sim/study/probe.h"

/* One look at short replications. */
struct short_look {
    const struct study_setting *setting;
    const struct study_result *result;
    enum probe_extreme extreme; /* of the criterion                                          */
    size_t blocks;              /* short measured times in a whole one, rounded up           */
    const struct stopping_plan *looks;
    size_t look;         /* of these, from 0                                                 */
    double level;        /* the chance of being wrong that all of them share, both sides     */
    struct arena *arena; /* for what is worked out                                           */
};

/* The verdict on criterion number `index` of the setting, of which decision has the estimates and
 * how many runs hold. */
enum verdict short_verdict_of(const struct short_look *look, size_t index,
                              const struct study_decision *decision);

#endif
