/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_job.h - what `capsim import` is asked for on its command line, made and written. */
#ifndef CAPSIM_INPUTS_GUIDE_IMPORT_JOB_H
#define CAPSIM_INPUTS_GUIDE_IMPORT_JOB_H

#include "inputs/cli/cli.h"
#include "inputs/telemetry/draft.h"
#include "inputs/telemetry/telemetry.h"
#include "reports/files/folder.h"
#include <stdio.h>

struct imported {
    struct telemetry *telemetry;
    struct draft *draft; /* NULL: why_not says why */
    const char *why_not;
};

/* Reads the files, each as --as or its beginning says, and makes the draft. Errors: of the options,
 * of the files, a time that its label cannot be. */
bool import_make(const struct cli *cli, struct arena *arena, struct imported *imported,
                 struct error *err);
/* Writes --scenario and --out, with more[count] in the folder; each file appears whole or not at
 * all. */
bool import_write(const struct cli *cli, const struct imported *imported,
                  const struct folder_file *more, size_t count, struct arena *arena,
                  struct error *err);
/* Writes what standard output gets as text, or with --format json the form. */
bool import_print(const struct cli *cli, const struct imported *imported, FILE *out,
                  struct error *err);
/* True when a finding is that sources contradict each other. */
bool import_has_contradiction(const struct imported *imported);

#endif
