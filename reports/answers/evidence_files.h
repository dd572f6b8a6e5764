/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_files.h - the files of a folder of evidence, one writer each (struct folder_file);
 * context is the struct evidence. See evidence.h for what they are. */
#ifndef CAPSIM_REPORTS_ANSWERS_EVIDENCE_FILES_H
#define CAPSIM_REPORTS_ANSWERS_EVIDENCE_FILES_H

#include "reports/answers/evidence.h"
#include "reports/text/json_writer.h"

/* JSON: who says so, of which setting; an open object is left. Also for files that others add. */
void evidence_files_begin_json(struct json_writer *writer, const struct evidence *evidence,
                               const char *phase, const char *setting);
/* The same for people: a title and a paragraph. */
void evidence_files_begin_text(struct document *document, const struct evidence *evidence,
                               const char *title, const char *setting);

/* "60 min", "90 s". */
const char *evidence_files_duration(double seconds, struct arena *arena);

/* The whole list, but for evidence.json, the Markdown and the inputs: files[*count]. */
const struct folder_file *evidence_files_list(const struct evidence *evidence, struct arena *arena,
                                              size_t *count);

#endif
