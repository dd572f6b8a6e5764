/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_explore.h - what sweeps and searches share: one setting of a scenario, read and compiled
 * under further overrides, and probed (models/studies/candidate.h). */
#ifndef CAPSIM_INPUTS_PROGRAM_CMD_EXPLORE_H
#define CAPSIM_INPUTS_PROGRAM_CMD_EXPLORE_H

#include "inputs/program/main.h"
#include "inputs/scenario/vary.h"
#include "models/studies/candidate.h"

enum { MAIN_EXPLORE_MOST_VARIED = 3 };

struct exploring {
    const struct cli *cli;
    struct arena *arena;
    struct main_clock clock;
    struct scenario_request request;
    struct scenario_file *file;
    struct scenario_set set;
    size_t setting; /* which of the set's is varied */
    struct vary varied[MAIN_EXPLORE_MOST_VARIED];
    size_t varied_count;
    struct candidate_field field;
    struct progress progress;
};

/* Reads the scenario and opens the field; varied[] is read already. main_explore_close also after
 * false. */
bool main_explore_open(struct exploring *exploring, struct error *err);
void main_explore_close(struct exploring *exploring);

/* The point at which each varied path has the value of that text, compiled. */
bool main_explore_point(struct exploring *exploring, const char *const *values,
                        struct candidate *point, struct error *err);

/* The columns of the ordinary metrics that the criteria judge, each once; in the arena. */
const int *main_explore_judged_columns(const struct exploring *exploring,
                                       const struct candidate *point, size_t *count);

/* An answer of that kind, without findings. */
struct answer *main_explore_answer(const struct exploring *exploring);
/* Adds what the reader of the scenario warned of. */
void main_explore_add_warnings(const struct exploring *exploring, struct answer *answer);
/* Adds how many replications were run beside those of a plain grid of so many points, as facts and
 * as a sentence. */
void main_explore_add_effort(const struct exploring *exploring, struct answer *answer,
                             double grid_points);
/* The table "criteria" of every criterion at every point, and the rows of one point called name. */
struct table *main_explore_criteria_table(struct answer *answer);
void main_explore_add_criteria(const struct exploring *exploring, struct table *table,
                               const struct candidate *point, const char *name);
/* Writes the finished answer and returns the exit status. */
int main_explore_write(const struct exploring *exploring, const struct answer *answer);

/* "fails: pool utilization, error rate": the criteria of a finished probe with that verdict; "" for
 * none. */
const char *main_explore_names(const struct exploring *exploring, const struct candidate *point,
                               enum verdict verdict, struct arena *arena);
/* The tone and the word of a verdict. */
struct table_cell main_explore_verdict_cell(enum verdict verdict);

#endif
