/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.h - the program: its subcommands, and what they share.
 *
 * The files called main*.c alone include every folder, and stand outside libcapsim.a. Each
 * subcommand is a function that reads, studies and writes, and returns the exit status
 * (EXIT_..., or error_exit_code of what went wrong). */
#ifndef CAPSIM_INPUTS_PROGRAM_MAIN_H
#define CAPSIM_INPUTS_PROGRAM_MAIN_H

#include "inputs/cli/cli.h"
#include "inputs/cli/progress.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/plan.h"
#include "reports/writers/command_report.h"
#include <stdatomic.h>
#include <time.h>

/* Exit statuses beside those of errors (error_exit_code). */
enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_UNDECIDED = 3, EXIT_INTERRUPTED = 130 };

/* ---- subcommands ---- */

/* Simulates the settings and judges the criteria. */
int main_run(const struct cli *cli, struct arena *arena);
/* Reads and checks alone. */
int main_validate(const struct cli *cli, struct arena *arena);
/* What changes from one setting, or scenario, to another. */
int main_compare(const struct cli *cli, struct arena *arena);
/* One setting at every combination of values. */
int main_sweep(const struct cli *cli, struct arena *arena);
/* The smallest, and the largest, value that passes. */
int main_size(const struct cli *cli, struct arena *arena);
int main_limit(const struct cli *cli, struct arena *arena);
/* Says where the response time goes, what limits, and what more of it would give. */
int main_why(const struct cli *cli, struct arena *arena);
/* Carries what the inputs may be through to the verdicts. */
int main_sensitivity(const struct cli *cli, struct arena *arena);

/* Keeps a run. */
int main_baseline(const struct cli *cli, struct arena *arena);
/* Holds a run against one that was kept. */
int main_check(const struct cli *cli, struct arena *arena);
/* Writes the page of a scenario or of a report. */
int main_report(const struct cli *cli, struct arena *arena);
/* Draws a picture of a report. */
int main_plot(const struct cli *cli, struct arena *arena);
/* Simulates the rollout. */
int main_rehearse(const struct cli *cli, struct arena *arena);

/* Writes a first scenario. */
int main_init(const struct cli *cli, struct arena *arena);
/* Prints what a key or a metric means. */
int main_explain(const struct cli *cli, struct arena *arena);
/* Prints a shell's completion script. */
int main_completion(const struct cli *cli, struct arena *arena);
/* Makes a report or evidence again and compares. */
int main_verify(const struct cli *cli, struct arena *arena);

/* Holds what was measured against evidence. */
int main_score(const struct cli *cli, struct arena *arena);

/* Runs the subcommand of a command line. */
int main_dispatch(const struct cli *cli, struct arena *arena);

/* False if what is written would replace a file that the command line says to read. */
bool main_check_outputs(const struct cli *cli, struct arena *arena, struct error *err);

/* ---- what is said ---- */

/* Says on standard error what is wrong and returns the exit status. */
int main_complain(const struct cli *cli, const struct error *err);
/* The same of an error in writing to standard output; a pipe without a reader is no error. */
int main_complain_of_output(const struct cli *cli, struct error *err);
/* Prints text; EXIT_PASS, or the status of what went wrong. */
int main_print(const struct cli *cli, const char *text);
/* "capsim: warning: SUBJECT: TEXT" on standard error. */
void main_warn(const char *subject, const char *text);
/* Says all warnings about the plan's settings on standard error. */
void main_warn_of_plan(const struct plan *plan, struct arena *arena);

/* ---- reading and studying ---- */

/* From here on the first SIGINT or SIGTERM only sets the flag that is returned, so that what has
 * begun ends well; the second ends the process. A limit on processor time (SIGXCPU) sets it too. */
const atomic_bool *main_catch_interruption(void);

/* What the command line asks for, read from `file` with further overrides behind its own. */
struct scenario_request main_request(const struct cli *cli, struct arena *arena);
/* Says that the set, which has all settings of its file, has none of that name, as given by option.
 * Returns false. */
bool main_refuse_setting(const struct scenario_set *set, const char *option, const char *name,
                         struct arena *arena, struct error *err);
/* Reads the scenario and makes the plan of its settings; errors know their line. */
bool main_read_plan(const struct cli *cli, struct arena *arena, struct scenario_set *set,
                    struct plan *plan, struct error *err);
/* Makes the plan anew, with the series of all key metrics behind those that were asked for. */
bool main_add_key_series(struct scenario_set *set, struct arena *arena, struct plan *plan,
                         struct error *err);
/* Gives an error that knows only its pointer the line in the scenario's text. */
void main_place_error(const struct scenario_set *set, struct error *err);

/* The threads, the interruption and the progress that the command line asks for; progress shows
 * `what` is done. progress_erase ends it. */
struct replications_options main_open_workers(const struct cli *cli, struct progress *progress,
                                              const char *what);
/* Finds the warm-up and runs the plan on all threads, with progress as the command line says. False
 * with status STATUS_OK: interrupted before there was anything to report. */
bool main_study(const struct cli *cli, struct plan *plan, struct arena *arena,
                struct study_outcome *outcome, struct error *err);
/* Says that nothing was finished; returns EXIT_INTERRUPTED. */
int main_report_nothing(void);

/* ---- writing ---- */

/* When and where: for run.json alone. */
struct main_clock {
    char started[32], host[256];
    struct timespec begin;
};
void main_clock_start(struct main_clock *clock);
struct run_facts main_clock_facts(const struct main_clock *clock, unsigned threads);

/* Adds to the answer which self-checks of a study's result failed, if any. name: of what was
 * studied. */
void main_add_failed_checks(struct answer *answer, const char *name, const struct model *model,
                            const struct study_result *result);
/* Writes a finished answer to --out and to standard output in --format, and returns the exit status
 * that follows from it. */
int main_write_answer(const struct cli *cli, const struct answer *answer,
                      const struct run_facts *facts);
/* Writes the criteria of a run to --junit; EXIT_PASS, or the status of what went wrong. */
int main_write_criteria_junit(const struct cli *cli, const struct result *result,
                              struct arena *arena);
/* The pictures for the page of findings, which write writes as JSON. */
struct page_extras main_draw_extras(bool (*write)(const void *, FILE *, struct error *),
                                    const void *findings, struct arena *arena);
/* The status that a verdict stands for. */
int main_exit_status(enum verdict verdict, bool is_interrupted);

#endif
