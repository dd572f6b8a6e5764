/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_index.h - the page that a reviewer of evidence opens first: the answer, and what each
 * file of the folder is, with links. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_INDEX_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_INDEX_H

#include "reports/answers/evidence.h"

/* Its name in the folder. */
#define EVIDENCE_INDEX "index.html"

/* What it lists: files[count] beside the inputs and evidence.json. */
struct evidence_index {
    const struct evidence *evidence;
    const struct folder_file *files;
    size_t count;
};

/* Writes it: of struct folder_file, context is a struct evidence_index. */
bool evidence_index_write(const void *context, FILE *out, struct error *err);

#endif
