/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_record.h - what a report, an answer or a folder of evidence says of how it was made: enough
 * to make it again. */
#ifndef CAPSIM_INPUTS_RECORDS_RUN_RECORD_H
#define CAPSIM_INPUTS_RECORDS_RUN_RECORD_H

#include "inputs/json/input_file.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum run_record_kind {
    RECORD_REPORT,   /* report.json of run, or a file of baseline save */
    RECORD_ANSWER,   /* KIND.json of another subcommand                */
    RECORD_EVIDENCE, /* a folder with evidence.json                   */
    RECORD_PAGE      /* KIND.html, with copies of what it was made from */
};

struct run_record_input {
    const char *file; /* as the user gave it; the scenario first, the others relative to it */
    const char *sha256;
};

struct run_record {
    enum run_record_kind kind;
    const char *file;   /* the JSON file that was read                                       */
    const char *folder; /* that was asked for, or that evidence is in; NULL: the file alone  */
    const char *text;   /* of the file                                                       */
    size_t length;
    const char *version, *digest;
    char **command; /* [command_count] words, "capsim" first                             */
    size_t command_count;
    const struct run_record_input *inputs;
    size_t input_count;
    const struct input_copy *copies; /* of a page: what it keeps of them; their names are theirs */
    size_t copy_count;
};

/* Reads the record at path: a folder that --out or --evidence wrote, or a file of one. Everything
 * in arena. STATUS_INPUT: it is no such thing, or was interrupted and so cannot be repeated. */
bool run_record_read(const char *path, struct arena *arena, struct run_record *record,
                     struct error *err);

/* Beside evidence.json: its signature, and that of what people have filled in (signature.h). */
#define RUN_RECORD_SIGNATURE "evidence.json.sig"
#define RUN_RECORD_FILLED "post_execution_report.md.sig"

/* Of evidence: what its copy of input number i is called in the folder; in arena. */
const char *run_record_copy_name(const struct run_record *record, size_t i, struct arena *arena);
/* Of a page: its copy of input number i, or NULL. */
const struct input_copy *run_record_page_copy(const struct run_record *record, size_t i);

/* Of evidence: the path of its copy of the scenario; in arena. */
const char *run_record_scenario_copy(const struct run_record *record, struct arena *arena);

/* The words of the command with the file that it was checked against as it is given now, not as it
 * is recorded: a record says nobody what to read. NULL given: none was. words[command_count] and a
 * NULL, in arena; false with err when one is needed. */
bool run_record_command(const struct run_record *record, const char *given_baseline,
                        struct arena *arena, char ***words, struct error *err);

/* False, with the error filled, for what is no folder of evidence. */
bool run_record_check_evidence(const struct run_record *record, struct error *err);

/* False, with the error filled, for a command that cannot be repeated: it makes no report, or
 * rests on measured values. */
bool run_record_check_command(const struct run_record *record, bool makes_report, bool is_measured,
                              struct error *err);

#endif
