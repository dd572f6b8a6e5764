/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_answer.h - what `capsim size` and `capsim limit` found, as an answer: the value, what
 * fails on either side of it, and the values that were simulated. */
#ifndef CAPSIM_REPORTS_ANSWERS_SEARCH_ANSWER_H
#define CAPSIM_REPORTS_ANSWERS_SEARCH_ANSWER_H

#include "models/studies/search_study.h"
#include "reports/document/headline.h"
#include "reports/writers/command_report.h"

/* Adds everything to answer, which must be fresh (grounds: exploration_answer.h), and sets its
 * verdict. Tables: "steps", "criteria". has_warnings: false where those of the scenario stand
 * beside it anyway. */
void search_answer_add(struct answer *answer, const struct search_study *study, bool has_warnings);

/* What a brief search found, for a page (headline.h): how little passes, of what the setting has as
 * many as now; and how much load. study NULL: nothing. */
void search_answer_add_enough(const struct search_study *study, double now,
                              struct outlook *outlook);
void search_answer_add_room(const struct search_study *study, double now, const char *noun,
                            struct outlook *outlook);

#endif
