/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_report.h - what was imported, as an answer: its document, its tables, its page with
 * pictures. The grounds are the drafted scenario, or where there is none the form of what was seen;
 * the inputs are the files that were read. */
#ifndef CAPSIM_INPUTS_PROGRAM_IMPORT_REPORT_H
#define CAPSIM_INPUTS_PROGRAM_IMPORT_REPORT_H

#include "inputs/guide/import_job.h"
#include "reports/writers/command_report.h"

/* The answer, finished, and the pictures of its page. */
const struct answer *import_report_make(const struct cli *cli, const struct imported *imported,
                                        struct arena *arena, struct page_extras *extras);

#endif
