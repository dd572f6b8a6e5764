/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_junit.h - an outcome as JUnit XML, which every CI server shows.
 *
 * A test suite for each setting, a test case for each criterion and each metric that was compared.
 * What failed is a <failure>; what is undecided is an <error>, since it must not be taken for a
 * pass. The schema is the one of Ant's JUnit task, as Jenkins and GitLab read it; times are left
 * out, so the same results give the same bytes. */
#ifndef CAPSIM_REPORTS_WRITERS_REPORT_JUNIT_H
#define CAPSIM_REPORTS_WRITERS_REPORT_JUNIT_H

#include "reports/result/result.h"
#include <stdio.h>

struct junit_case {
    const char *suite, *name;
    enum verdict verdict; /* NONE and PASS: passed */
    const char *message;  /* one line: what was measured against what */
};

/* Writes cases[count]; those of one suite follow each other. name: of the whole. */
bool report_junit(const char *name, const struct junit_case *cases, size_t count, FILE *out,
                  struct error *err);

/* The criteria of every setting as test cases, *count of them, in arena. */
const struct junit_case *report_junit_criteria(const struct result *result, struct arena *arena,
                                               size_t *count);

#endif
