/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_document.h - the document of a run: first what was found, then what it rests on. */
#ifndef CAPSIM_REPORTS_DOCUMENT_RESULT_DOCUMENT_H
#define CAPSIM_REPORTS_DOCUMENT_RESULT_DOCUMENT_H

#include "reports/document/document.h"

/* All that result says, for people. */
const struct document *document_of_result(const struct result *result, struct arena *arena);

#endif
