/* SPDX-License-Identifier: GPL-3.0-or-later */
/* basis.h - the second half of a document: what the findings rest on. */
#ifndef CAPSIM_REPORTS_DOCUMENT_BASIS_H
#define CAPSIM_REPORTS_DOCUMENT_BASIS_H

#include "reports/document/document.h"

/* Adds the assumptions (given, then defaults), the warnings, the self-checks and the provenance
 * with the command that repeats the run. */
void basis_add(struct document *document, const struct result *result);

/* What does not come from one study of the settings: the assumptions, and the provenance. */
void basis_add_basis(struct document *document, const struct result *result);
/* The provenance alone; the same without its heading. */
void basis_add_provenance(struct document *document, const struct result *result);
void basis_add_origin(struct document *document, const struct result *result);

/* What every setting was warned of; the self-checks. */
void basis_add_warnings(struct document *document, const struct result *result);
void basis_add_checks(struct document *document, const struct result *result);

/* The defaults that were taken, as a table. */
const struct table *basis_default_table(const struct result *result, struct arena *arena);

/* The self-checks of all settings. */
struct basis_checks {
    size_t count, failed;
    size_t broken; /* of those that failed: laws, which no run breaks                          */
    const struct model_check *worst; /* that used most of its tolerance; NULL: there is none */
    const char *worst_setting;
};
struct basis_checks basis_summarize_checks(const struct result *result);
/* The share of its tolerance that a check used. */
double basis_strain(const struct model_check *check);
/* All of them, with anchors in mind: setting and check are the key of a row. */
const struct table *basis_check_table(struct document *document, const struct result *result);

#endif
