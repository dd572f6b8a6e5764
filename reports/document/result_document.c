/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/result_document.h"
#include "reports/document/basis.h"
#include "reports/document/findings.h"

const struct document *document_of_result(const struct result *result, struct arena *arena)
{
    struct document *document = document_make(arena);
    findings_add(document, result);
    basis_add(document, result);
    return document;
}
