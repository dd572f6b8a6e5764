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
/* The provenance alone. */
void basis_add_provenance(struct document *document, const struct result *result);

/* What every setting was warned of; the self-checks. */
void basis_add_warnings(struct document *document, const struct result *result);
void basis_add_checks(struct document *document, const struct result *result);

#endif
