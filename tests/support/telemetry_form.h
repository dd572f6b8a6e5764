/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telemetry_form.h - files of telemetry read for a test, and what is asked of the form. */
#ifndef CAPSIM_TESTS_SUPPORT_TELEMETRY_FORM_H
#define CAPSIM_TESTS_SUPPORT_TELEMETRY_FORM_H

#include "inputs/telemetry/telemetry.h"

struct telemetry_form {
    struct arena *arena;
    struct telemetry *telemetry;
    struct observed *observed;
    struct error err;
};

/* An empty form. */
struct telemetry_form telemetry_form_open(void);
void telemetry_form_close(struct telemetry_form *form);
/* Reads a file of tests/telemetry ("made/k6.csv"); as: as in telemetry_read. Fails the test when it
 * cannot be read. */
void telemetry_form_add(struct telemetry_form *form, const char *name, const char *as);
/* Finishes it; fails the test when that fails. */
void telemetry_form_finish(struct telemetry_form *form);
/* The figure "kind resource metric|class" (|class may be left out); * is any metric. Fails the test
 * when there is none. */
const struct observed_figure *telemetry_form_figure(const struct telemetry_form *form,
                                                    const char *labels);
/* Rows that were dropped for this reason, of all files. */
uint64_t telemetry_form_dropped(const struct telemetry_form *form, const char *reason);
/* True when a finding has this text in it. */
bool telemetry_form_has_finding(const struct telemetry_form *form, const char *text);

#endif
