/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearsed.h - a scenario given as text, rehearsed in process. */
#ifndef CAPSIM_TESTS_SUPPORT_REHEARSED_H
#define CAPSIM_TESTS_SUPPORT_REHEARSED_H

#include "reports/result/rehearsal_findings.h"
#include "tests/support/scenario_fixture.h"

struct rehearsed {
    struct rollout_study rehearsal;
    struct study_outcome outcome;
};

/* Reads text as a scenario and rehearses it on two threads; fails the test where that cannot be. */
void rehearsed_run(struct fixture *fixture, const char *text, struct rehearsed *made);

/* What was found. */
const struct rehearsal_findings *rehearsed_find(struct fixture *fixture,
                                                const struct rehearsed *made);

#endif
