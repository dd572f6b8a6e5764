/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - the command line: a table of subcommands and a table of options.
 *
 * Parsing, help and the command in its normal form all come from the two tables; a new option is
 * one row and one case in cli.c. Options are written in full or by their letter, `--name value` or
 * `--name=value`, anywhere after the subcommand; `--` ends them. Nothing here prints. */
#ifndef CAPSIM_INPUTS_CLI_CLI_H
#define CAPSIM_INPUTS_CLI_CLI_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdio.h>

/* In the order of the help: run, try, explain, hand over, keep, begin. */
enum cli_subcommand {
    CLI_RUN,
    CLI_VALIDATE,
    CLI_COMPARE,
    CLI_SWEEP,
    CLI_MERGE,
    CLI_SIZE,
    CLI_LIMIT,
    CLI_WHY,
    CLI_SENSITIVITY,
    CLI_TRACE,
    CLI_REHEARSE,
    CLI_REPORT,
    CLI_PLOT,
    CLI_VERIFY,
    CLI_SIGN,
    CLI_SCORE,
    CLI_AUDIT,
    CLI_BACKTEST,
    CLI_CALIBRATE,
    CLI_BASELINE,
    CLI_CHECK,
    CLI_IMPORT,
    CLI_INIT,
    CLI_EXPLAIN,
    CLI_COMPLETION,
    CLI_HELP,
    CLI_VERSION,
    CLI_SUBCOMMANDS /* how many; as a topic of help: none of them */
};

/* The rows of the options' table. Those that change a result come first: this is their order in the
 * normal form. */
enum cli_option_name {
    CLI_OPTION_SETTING,
    CLI_OPTION_SET,
    CLI_OPTION_SEED,
    CLI_OPTION_REPLICATIONS,
    CLI_OPTION_DURATION,
    CLI_OPTION_SERIES,
    CLI_OPTION_FROM,
    CLI_OPTION_TO,
    CLI_OPTION_DRAWS,
    CLI_OPTION_BASELINE,
    CLI_OPTION_TOLERANCE,
    CLI_OPTION_STRICT,
    CLI_OPTION_ALL_METRICS,
    CLI_OPTION_LOAD_TEST,
    CLI_OPTION_EVIDENCE_TEMPLATE,
    CLI_OPTION_ACTUAL,
    CLI_OPTION_MEASURED,
    CLI_OPTION_HOLD_OUT,
    CLI_OPTION_REQUEST,
    CLI_OPTION_FIRST_FAILURE,
    CLI_OPTION_REPLICATION,
    CLI_OPTION_VARY,
    CLI_OPTION_FREE,
    CLI_OPTION_LOG,
    CLI_OPTION_RESOLUTION,
    CLI_OPTION_QUICK,
    CLI_OPTION_METRIC,
    CLI_OPTION_AS,
    CLI_OPTION_SAMPLED,
    CLI_OPTION_LABEL,
    CLI_OPTION_NAME,
    CLI_OPTION_KIND,
    CLI_OPTION_SCENARIO,
    CLI_OPTION_RESUME,
    CLI_OPTION_SHARD,
    CLI_OPTION_THREADS,
    CLI_OPTION_MAX_MEMORY,
    CLI_OPTION_FORMAT,
    CLI_OPTION_OUT,
    CLI_OPTION_JUNIT,
    CLI_OPTION_EVIDENCE,
    CLI_OPTION_REASON,
    CLI_OPTION_BY,
    CLI_OPTION_QUIET,
    CLI_OPTION_PROGRESS,
    CLI_OPTION_SCDOC,
    CLI_OPTION_KEY,
    CLI_OPTION_FILLED,
    CLI_OPTION_NO_SANDBOX,
    CLI_OPTION_DEBUG,
    CLI_OPTION_HELP,
    CLI_OPTIONS
};

enum cli_format { CLI_TEXT, CLI_JSON, CLI_CSV, CLI_MARKDOWN, CLI_HTML, CLI_FORMATS };

enum { CLI_MIN_DRAWS = 5, CLI_MAX_DRAWS = 100000, CLI_MAX_THREADS = 1024 };

/* A row of the table of subcommands, in the order of enum cli_subcommand. */
struct cli_subcommand_row {
    const char *name;
    const char *argument; /* "SCENARIO", "[SUBCOMMAND]" (may be left out), NULL: takes none */
    const char *summary;  /* one line                                                    */
    const char *details;  /* paragraphs for its own help, or NULL                        */
};

/* A row of the table of options, in the order of enum cli_option_name. */
struct cli_option {
    const char *name;     /* without the dashes                                          */
    char letter;          /* of its short form; 0: none                                  */
    const char *argument; /* "N"; NULL: takes none                                       */
    unsigned subcommands; /* bit 1 << enum cli_subcommand: where it may be given         */
    bool is_repeatable;
    bool changes_result; /* belongs in a report's provenance                            */
    const char *help;    /* one sentence or more, without line breaks                   */
};

/* "text" ... in the order of enum cli_format. */
extern const char *const cli_format_names[CLI_FORMATS];

extern const struct cli_subcommand_row cli_subcommands[CLI_SUBCOMMANDS];
extern const struct cli_option cli_options[CLI_OPTIONS];

/* The option as this subcommand takes it: to some, --out and --set mean something of their own. */
const struct cli_option *cli_option_of(enum cli_option_name name, enum cli_subcommand subcommand,
                                       struct arena *arena);

/* The values of an option in the order given; of one without an argument: its name. */
struct cli_values {
    const char **values;
    size_t count;
};

/* --set PATH=VALUE */
struct cli_override {
    const char *path, *value;
};

/* A command line, checked as far as it can be without reading the scenario. */
struct cli {
    enum cli_subcommand subcommand; /* CLI_HELP with topic for --help too                  */
    enum cli_subcommand topic;      /* what help is asked about; CLI_SUBCOMMANDS: overview */
    const char *scenario;           /* a path, or "-"                                      */
    const char *other;              /* COMPARE: a second scenario; NULL: not given         */
    const char *
        *files; /* IMPORT, MERGE, BACKTEST: all, in the order given; scenario is the first */
    size_t file_count;
    const char *action;    /* what is said before the scenario: "save"; INIT: the
                                       template; COMPLETION: the shell; EXPLAIN: the topic;
                                       or NULL                                             */
    const char **settings; /* --setting, in the order given                       */
    size_t setting_count;
    struct cli_override *overrides; /* --set, in the order given; value as typed           */
    size_t override_count;
    const char *seed, *replications, *duration; /* as typed; NULL: not given; the reader checks */
    const char *from, *to; /* names of settings; NULL: not given                             */
    struct cli_values given[CLI_OPTIONS]; /* each option's, as typed: the fields above and below
                                             that bear an option's name come from these */
    unsigned threads;                     /* 1..CLI_MAX_THREADS; 0: not given        */
    size_t draws;                         /* CLI_MIN_DRAWS..CLI_MAX_DRAWS; 0: not given */
    size_t max_memory;                    /* bytes; 0: not given */
    enum cli_format format;
    const char *out;
    bool is_quiet, has_progress, has_debug;
};

/* Parses argv[0..argc-1] (argv[0] is the program; argc may be 0) into *parsed, in arena; the texts
 * are argv's own or in arena. Nothing else makes a struct cli. On an error (STATUS_USAGE)
 * (*parsed)->subcommand is the one whose help says more, CLI_HELP for the overview. */
bool cli_parse(int argc, char **argv, struct arena *arena, const struct cli **parsed,
               struct error *err);

/* "approve" of `baseline approve`, and whether the command line says so. */
#define CLI_APPROVE "approve"
bool cli_is_approval(const struct cli *cli);
/* The word between 'backtest' and the ledger that asks to add a score to it, and whether it is
 * there. */
#define CLI_ADD "add"
bool cli_is_addition(const struct cli *cli);

/* The last value of an option as typed, or NULL. */
const char *cli_value(const struct cli *cli, enum cli_option_name name);

/* False if what is written would replace a file that the command line says to read. */
bool cli_check_outputs(const struct cli *cli, struct arena *arena, struct error *err);

/* False if an option would change a run, when this is only about one that is done. */
bool cli_check_unchanged(const struct cli *cli, struct error *err);

/* False if the command line, which a record has, is not one that can be repeated from one scenario:
 * it has two, or an option that changes no result, which no record has. */
bool cli_check_repeatable(const struct cli *cli, struct error *err);

/* False if a page that goes to stream would fill a terminal. */
bool cli_check_page(FILE *stream, struct error *err);

/* The command that repeats a run, in a form that does not depend on how it was typed: "capsim", the
 * subcommand, the scenario, then the options that change the result in the table's order, each
 * followed by its value. count words in arena. */
const char *const *cli_normal_form(const struct cli *cli, struct arena *arena, size_t *count);
/* The same of another scenario. */
const char *const *cli_normal_form_of(const struct cli *then, const char *scenario,
                                      struct arena *arena, size_t *count);

/* text with `words` appended, broken at column 80, and a line break; lines after the first start at
 * column `indent`. column: where text's last line ends. A '\n' in words starts a new line. */
const char *cli_wrap(struct arena *arena, const char *text, const char *words, size_t column,
                     size_t indent);

/* Help about one subcommand, or the overview; at most 80 columns; ends with a line break. */
const char *cli_help(enum cli_subcommand topic, struct arena *arena);

#endif
