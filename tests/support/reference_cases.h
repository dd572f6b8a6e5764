/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference_cases.h - systems whose answers are known: for each a scenario, and what its metrics
 * must be.
 *
 * A folder (tests/exact, tests/measured) has a file values.json:
 *   "folder"  where the scenarios are, from there
 *   "cases"   { "scenario": name without .json, "id": of its rows of exact.json (the same),
 *             "set": overrides as --set takes them, "is_long": true, "values": [...] }
 *   "not_run" rows that no scenario can express: { "id", "row" (all of them), "not_run": why }
 * A value is { "row": of exact.json, "metric" } or { "exact" or "measured": number, "source",
 * "metric" } or, for a row, { "row", "not_run": why }. What the metric must be is the number,
 * changed in this order by
 *   "transform"       "sqrt", "exp"
 *   "of_served"       a row L with a share that is lost: the number is a share of all, the metric
 * one of those who are not, and everybody who is lost is counted in the number "variance_times" the
 * metric's variance over the replications is the number over this "times", "plus"   a factor, then
 * a summand and judged by "judged_on"       a row: what 1 % is of, instead of the value itself
 *   "judged_on_times" 1 % of so many times the value
 *   "within"          a share of the value: for what is measured, or rounded
 *   "window"          not the whole run but this window of the series
 * A mistake in a file fails the test, or ends the program, on the spot. */
#ifndef CAPSIM_TESTS_SUPPORT_REFERENCE_CASES_H
#define CAPSIM_TESTS_SUPPORT_REFERENCE_CASES_H

#include "inputs/scenario/scenario.h"
#include <stdbool.h>
#include <stddef.h>

enum { REFERENCE_MAX_SETS = 8, REFERENCE_WHOLE_RUN = -1 };

/* One metric and what it must be. */
struct reference {
    const char *name;   /* the row, or what is known, with what changed the number            */
    const char *source; /* where the number comes from                                        */
    const char *metric; /* "pool.wait.p95"                                                    */
    double expected;    /* of the metric [s, 1/s or 1]                                        */
    double scale;       /* what the largest standard error is a share of                      */
    double within;      /* share of expected by which the metric may be off; 0: statistics    */
    bool is_variance;   /* expected is the metric's variance over the replications            */
    int window;         /* from 0, or REFERENCE_WHOLE_RUN                                     */
};

struct reference_case {
    const char *scenario;                 /* "mm1-r80"                                          */
    const char *path;                     /* of its file, from the source tree                  */
    const char *sets[REFERENCE_MAX_SETS]; /* "resources.pool.max=14"                            */
    size_t set_count;
    bool is_long; /* minutes, where others take seconds */
    struct reference *values;
    size_t value_count;
};

/* A row that is not simulated. */
struct reference_omission {
    const char *id, *row, *why;
};

struct reference_table {
    struct reference_case *cases;
    size_t case_count;
    struct reference_omission *omissions;
    size_t omission_count;
    size_t row_count; /* of exact.json: those that a value names, and others that have a reason */
    size_t rows_run, rows_omitted;
};

/* Reads folder/values.json, a name in the source tree, into arena. */
struct reference_table reference_table_read(const char *folder, struct arena *arena);

/* The scenario of a case, under its overrides. The set keeps its parts alive, until scenario_close.
 */
struct scenario reference_case_read(const struct reference_case *one, struct arena *arena,
                                    struct scenario_set *set);

#endif
