/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_page.h - a run with all that its page shows beside it. */
#ifndef CAPSIM_REPORTS_ANSWERS_REPORT_PAGE_H
#define CAPSIM_REPORTS_ANSWERS_REPORT_PAGE_H

#include "reports/writers/command_report.h"

/* The answer of a run; *extras gets the size that was searched for, if any, and where the time of
 * the judged setting goes, which is simulated on workers. Where that has no answer the page does
 * without; when it was interrupted, the answer says so. */
struct answer *report_page_make(const struct result *result, const struct scenario_set *set,
                                const struct answer *size,
                                const struct replications_options *workers,
                                struct page_extras *extras, struct arena *arena);

#endif
