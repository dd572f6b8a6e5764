/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.h - the program: its subcommands, and what carries them out.
 *
 * The files here alone include every folder, and stand outside libcapsim.a. They decide nothing and
 * word nothing: a subcommand reads (inputs), studies (models/studies, sim/study) and says what it
 * made; what is written of that, and the exit status, is the same for all (job_write), so that
 * verify can ask for the same again without writing it. */
#ifndef CAPSIM_INPUTS_PROGRAM_MAIN_H
#define CAPSIM_INPUTS_PROGRAM_MAIN_H

#include "inputs/cli/cli.h"
#include "inputs/cli/progress.h"
#include "inputs/scenario/scenario_variants.h"
#include "models/studies/exploration.h"
#include "models/studies/plan.h"
#include "reports/answers/evidence_template.h"
#include "reports/document/headline.h"
#include "reports/files/journal.h"
#include "reports/writers/command_report.h"
#include "sim/study/regression.h"
#include "sim/study/search.h"
#include <jansson.h>
#include <time.h>

/* Exit statuses beside those of errors (error_exit_code). */
enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_UNDECIDED = 3, EXIT_INTERRUPTED = 130 };

/* One subcommand on a scenario, while it is carried out. */
struct job {
    const struct cli *cli;
    struct arena *arena;
    const char *const *command; /* in normal form */
    size_t command_count;
    struct scenario_request request; /* of the command line */
    bool has_key_series;             /* --series key */
    bool is_quiet;
    bool is_again; /* made again, to be compared: nothing is written */
    bool wants_evidence;
    const char *kept;              /* of what is made again: the folder of evidence, or the file */
    struct evidence_template form; /* of its report; text NULL: the usual */
    bool keeps_journal;            /* of what is finished, in --out; rank 0 writes it */
    enum cli_format format;
    const char *const *folders; /* [folder_count] merge: of shards; none: it is run */
    size_t folder_count;
    const char *out, *junit, *evidence; /* where to write; NULL: nowhere */

    struct timespec begin;
    char started[32], host[256];
    struct progress progress;
    struct replications_options workers;

    struct scenario_set set, other; /* closed with the job, as what follows is */
    struct scenario_variants variants;
    struct scenario_request varied_request;
    struct vary varied[VARY_MAX_PATHS];
    struct candidate_field *field;
    struct journal journal;
};

/* What a subcommand made. */
struct made {
    const struct answer *answer;
    const struct evidence *evidence; /* NULL: none, because of evidence_err if its status says so */
    struct error evidence_err;
    struct page_extras extras; /* answers of other subcommands, for its page */
    bool is_page;              /* it was asked for as a page; a folder gets the rest too */
    bool is_page_alone;        /* nothing else is known of it */
    const char *told;          /* said instead of an answer; NULL: there is one */
    struct error incomplete;   /* status not STATUS_OK: what is missing in it, and why */
    size_t kept, computed;     /* work items that an earlier process, and this one, finished */
    const char *nothing;       /* what to say when there is no answer; NULL: the usual  */
};

/* Makes it. False with err filled; or with status STATUS_OK: interrupted, there is nothing. */
typedef bool job_make(struct job *job, struct made *made, struct error *err);

/* ---- subcommands ---- */

job_make cmd_run, cmd_baseline, cmd_check, cmd_compare, cmd_sweep, cmd_size, cmd_limit, cmd_why,
    cmd_sensitivity, cmd_rehearse, cmd_report, cmd_score, cmd_audit, cmd_backtest, cmd_calibrate;

/* Those that make no report. */
int cmd_validate(const struct cli *cli, struct arena *arena);
int cmd_trace(const struct cli *cli, struct arena *arena);
int cmd_plot(const struct cli *cli, struct arena *arena);
int cmd_sign(const struct cli *cli, struct arena *arena);
int cmd_verify(const struct cli *cli, struct arena *arena);
int cmd_import(const struct cli *cli, struct arena *arena);
int cmd_merge(const struct cli *cli, struct arena *arena);
int cmd_init(const struct cli *cli, struct arena *arena);
int cmd_explain(const struct cli *cli, struct arena *arena);
int cmd_completion(const struct cli *cli, struct arena *arena);
int cmd_help(const struct cli *cli, struct arena *arena);
int cmd_version(const struct cli *cli, struct arena *arena);

/* The subcommand that makes a report, or NULL. */
job_make *main_make_of(enum cli_subcommand subcommand);

/* ---- a job ---- */

/* A job of that command line. */
void job_open(struct job *job, const struct cli *cli, struct arena *arena);
/* One that makes again what was recorded, without writing anything: scenario is where its scenario
 * is now. A page is made from the copies that it keeps, unless its scenario is named beside it. */
struct run_record;
void job_open_again(struct job *job, const struct cli *then, const struct cli *cli,
                    const char *scenario, const struct run_record *record, struct arena *arena);
/* One of the sweep `then` that takes its points from cli's folders. */
void job_open_merge(struct job *job, const struct cli *then, const struct cli *cli,
                    struct arena *arena);
/* is_done: what a sweep kept of its finished points is not needed any more. */
void job_close(struct job *job, bool is_done);

/* When, where and how long it ran, so far. */
struct run_facts job_facts(const struct job *job);

/* ---- on several ranks (ranks.h); with one process these only do what they say first ---- */

/* Has the job's studies run on the ranks; has_threads: the user said how many each has. */
void job_join_ranks(struct job *job, bool has_threads);
/* Leaves writing to rank 0. */
void job_hush(struct job *job);
/* Reads a scenario: rank 0 its text, which goes to all; what else it names must be the same. */
bool job_read_scenario(const struct job *job, struct scenario_request *request,
                       struct scenario_set *set, struct error *err);
/* Its two halves. */
bool job_share_text(const struct job *job, struct scenario_request *request, struct error *err);
bool job_agree(const struct job *job, const struct scenario_set *set, struct error *err);
/* The same of a file that each rank reads for itself. */
bool job_agree_on_file(const struct job *job, const char *path, struct error *err);
/* Opens the journal of a sweep; all get what is in it. */
bool job_open_journal(struct job *job, const struct result *grounds, struct error *err);

/* Writes what was made, or says why there is nothing, and returns the exit status. */
int job_write(struct job *job, const struct made *made, bool is_made, const struct error *err);

/* ---- reading and studying ---- */

/* What a command line asks of its scenario. */
struct scenario_request job_request_of(const struct cli *cli, struct arena *arena);
/* The plan of the settings in job->set; an error knows its line, or its option. */
bool job_make_plan(struct job *job, struct plan *plan, struct error *err);
/* Reads job->set first. */
bool job_read_plan(struct job *job, struct plan *plan, struct error *err);
/* Makes sure of the folder that is written to in the end. */
bool job_prepare_out(const struct job *job, struct error *err);
/* Says how long it will take, and runs the plan. */
bool job_run_plan(struct job *job, struct plan *plan, struct study_outcome *outcome,
                  struct error *err);
/* Where inputs are uncertain: single runs with values drawn for them (one_run_study.h). The plan is
 * of the set, read as `request` says. */
bool job_draw_one_runs(const struct job *job, const struct scenario_request *request,
                       const struct scenario_set *set, const struct plan *plan,
                       struct study_outcome *outcome, struct error *err);
/* Reads the scenario to vary one of its settings, as named, or else as --setting says. */
bool job_open_exploration(struct job *job, const char *setting, struct exploration *exploration,
                          struct error *err);

/* Ends what it opened, if anything, so that another can be. */
void job_close_exploration(struct job *job);

/* How little would do and how much more would go, of the setting that the result's page shows; NULL
 * where nothing can be said. *interruption: what to say of an interruption, if there was one. */
const struct outlook *job_outlook(struct job *job, const struct result *result,
                                  const char **interruption);

/* The smallest, or largest, value that passes, of the setting of that name (NULL: as --setting
 * says); is_beside: it is shown beside the answer of the job. NULL: as job_make. */
const struct answer *job_search(struct job *job, const char *setting, enum search_aim aim,
                                bool is_beside, struct error *err);

/* Reads and checks what evidence needs before the study. */
bool job_prepare_evidence(struct job *job, struct plan *plan, struct error *err);
/* Simulates the load tests and puts the evidence together, unless the run was interrupted. NULL
 * with the reason in made. */
struct evidence *job_make_evidence(struct job *job, const struct plan *plan,
                                   const struct result *result, struct made *made);

/* Runs the scenario, which must be of that name (NULL: any). NULL: as job_make. */
const struct result *job_study_like(struct job *job, const char *expected, struct error *err);
/* Takes the baseline's seed, settings and overrides where this command line says nothing. */
void job_repeat(struct job *job, const struct regression_baseline *baseline);
/* Has the run recorded as the baseline's command, on the scenario as it is now. */
void job_take_command(struct job *job, const struct regression_baseline *baseline);

/* ---- saying ---- */

/* An answer of the subcommand on that set. */
struct answer *job_begin_answer(const struct job *job, const struct scenario_set *set);
/* The text for people says it all; beside other formats the warnings go to standard error, and the
 * self-checks that failed in result, which may be NULL. */
void job_warn(struct job *job, const struct plan *plan, const struct result *result);

/* Says on standard error what is wrong and returns the exit status. */
int main_complain(const struct cli *cli, const struct error *err);
/* The same of an error in writing to standard output; a pipe without a reader is no error. */
int main_complain_of_output(const struct cli *cli, struct error *err);
/* The tree of an answer's JSON, to be let go of; NULL: it has none. */
json_t *main_tree_of(const struct answer *answer);
/* Adds the pictures of an answer, and the job's scenario, to what its page gets. */
void main_draw_pictures(const struct job *job, const struct answer *answer,
                        struct page_extras *extras);
/* Adds the page and the pictures of a run to its evidence; all must stay. */
void main_add_pages(const struct job *job, struct evidence *evidence, const struct answer *answer);
/* Prints text; EXIT_PASS, or the status of what went wrong. */
int main_print(const struct cli *cli, const char *text);
/* The same; EXIT_FAIL instead of EXIT_PASS if what it tells is a fault. */
int main_print_finding(const struct cli *cli, const char *text, bool is_fault);

#endif
