/* report.h - the writers: each turns one struct result into one format on an open stream.
 *
 * They return false with STATUS_IO when the stream failed (full disk, closed pipe). They do not
 * close it. Numbers use a point whatever the locale. text: aligned, at most `width` columns, colour
 * only if asked for. */
#ifndef CAPSIM_REPORTS_REPORT_H
#define CAPSIM_REPORTS_REPORT_H

#include "reports/result.h"
#include <stdio.h>

struct report_style {
    bool has_colour;
    int width; /* columns, 100 by default */
};

bool report_text(const struct result *result, const struct report_style *style, FILE *out,
                 struct error *err);
bool report_json(const struct result *result, FILE *out, struct error *err);
bool report_csv(const struct result *result, FILE *out, struct error *err);
bool report_markdown(const struct result *result, FILE *out, struct error *err);

/* Writes report.json, report.txt, report.md, metrics.csv (report_csv's table) and run.json into
 * folder (made when missing), each through a temporary file and rename: after a failure no half
 * file remains. */
bool report_folder(const struct result *result, const struct run_facts *facts, const char *folder,
                   struct error *err);

#endif
