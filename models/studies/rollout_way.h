/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollout_way.h - the way of a rollout is judged: what breaks before the watch begins.
 *
 * A course of the change is one run. It holds when, from the change to the watch (or until
 * everything is back), each criterion keeps its limit, no alert of severity "critical" fires and no
 * rollback rule trips. Each is a claim about one run (one_run.h) on the worst value of a course:
 * - a criterion of a share of events, or of windows (`in every`, `over`), by the windows of
 *   run.window or of its own length, where that is a multiple; any other by the phases of batches.
 *   A window has few events: one more than the limit allows is no breach, so 3 standard deviations
 *   of a share that is on the limit are granted;
 * - a rule by the highest level that it held for its `for`, over its limit: above 1 it fired.
 * What the change did not bring about is not judged: a course in which a criterion was broken
 * before the change, or in which an alert fires without any change too, does not count, and a claim
 * for which no course counts is not judged. A rollback that trips counts whatever the cause.
 * `for D` and "no worse than" are judged on the watch alone: they say nothing of a moment. */
#ifndef CAPSIM_MODELS_STUDIES_ROLLOUT_WAY_H
#define CAPSIM_MODELS_STUDIES_ROLLOUT_WAY_H

#include "models/studies/rollout_run.h"

/* Finds what is to hold on the way; rules are watched and metrics followed already. */
void rollout_way_make(struct rollout_study *rehearsal, struct arena *arena);

/* Describes the columns of the ways in columns and scopes [column_count of the study]. */
void rollout_way_add_columns(const struct rollout_study *rehearsal, struct column *columns,
                             const struct study_scope **scopes);

/* Appends one criterion for each way to criteria, which has room. */
void rollout_way_add_criteria(const struct rollout_study *rehearsal,
                              struct study_criterion *criteria, struct arena *arena);

/* Whether a criterion limits the failures of each workload that visits the service: its error_rate,
 * refused_rate or success_rate, on the way or expressly on the watch alone. */
bool rollout_way_limits_errors(const struct rollout_study *rehearsal);

/* In a course: it begins; a window of run.window has ended; a rule was looked at; a phase had a
 * metric; it has ended. */
void rollout_way_begin(struct rollout_run *course, struct arena *arena);
void rollout_way_note_window(struct rollout_run *course);
void rollout_way_note_rule(struct rollout_run *course, size_t rule, double value);
void rollout_way_note_phase(struct rollout_run *course, size_t phase, size_t metric, double value);
void rollout_way_observe(struct rollout_run *course);

#endif
