/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rehearsal_words.h - times, shares and chances of a rehearsal as a reader sees them; all in
 * arena. */
#ifndef CAPSIM_REPORTS_ANSWERS_REHEARSAL_WORDS_H
#define CAPSIM_REPORTS_ANSWERS_REHEARSAL_WORDS_H

#include "reports/result/rehearsal_findings.h"

/* Minutes where seconds would be many: a rollout is planned in minutes. */
const char *rehearsal_words_seconds(double value, struct arena *arena);
/* 0.5: "50 %" */
const char *rehearsal_words_share(double value, struct arena *arena);
/* "3 of 20 (3.2 % to 37.9 %)"; nothing seen: "0 of 20 (at most 16.8 %)". */
const char *rehearsal_words_chance(const struct finding_chance *chance, struct arena *arena);
/* "2 min (1 min to 6 min)"; all alike: "2 min". */
const char *rehearsal_words_times(const struct finding_times *times, struct arena *arena);
/* "web.error_rate > 1%, for 5 min" */
const char *rehearsal_words_when(const struct rollout_rule *rule, struct arena *arena);

/* "12 x 200 = 2,400 connections may be opened; postgres accepts 97. ": what cannot go well, of the
 * first database that accepts less than one group of pools may open; "" for none. */
const char *rehearsal_words_cause(const struct scenario *to, struct arena *arena);

#endif
