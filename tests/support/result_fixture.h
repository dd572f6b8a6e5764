/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_fixture.h - results written by hand, so that every digit a writer prints is known.
 *
 * Both live as long as the program. A test may copy the struct and change what it is about. */
#ifndef CAPSIM_TESTS_SUPPORT_RESULT_FIXTURE_H
#define CAPSIM_TESTS_SUPPORT_RESULT_FIXTURE_H

#include "reports/writers/report.h"

/* A pool in two settings, "baseline" (not judged) and "proposed" (passes), with differences,
 * assumptions, a default, a warning and checks that hold. Nothing unusual. */
const struct result *result_fixture_plain(void);

/* The worst that can still be a result: names with markup, controls and great length, a formula for
 * a spreadsheet, a failed check, an undecided and a failed criterion, quantiles that are
 * unresolved, bounds without events, nothing observed, no interval, an unstable setting, an
 * interruption. */
const struct result *result_fixture_hostile(void);

/* The facts of a run. */
const struct run_facts *result_fixture_facts(void);

/* What a writer wrote, to be freed; fails the test when it reports an error. */
char *result_fixture_json(const struct result *result);
char *result_fixture_csv(const struct result *result);
char *result_fixture_markdown(const struct result *result);
char *result_fixture_html(const struct result *result);
char *result_fixture_page(const struct result *result, const struct page_extras *extras);
char *result_fixture_text(const struct result *result, int width, bool has_colour);

/* An estimate with a symmetric interval over 20 replications. */
struct estimate result_fixture_estimate(double value, double half_width);

#endif
