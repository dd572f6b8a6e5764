/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.h - metrics over time, read from the JSON of run (--series) or of rehearse: panels of
 * lines, the phases of a rollout, and the rules that watch a metric. */
#ifndef CAPSIM_PLOTS_LINES_H
#define CAPSIM_PLOTS_LINES_H

#include "models/metrics/metric_catalogue.h"
#include "plots/picture.h"
#include "plots/style.h"

enum { LINES_MAX_PANELS = 4, LINES_MAX_MARKS = 3, LINES_MAX_PHASES = 24 };

/* One metric in one setting: a value for each window, with the band of one further run. */
struct lines_line {
    const char *setting; /* "" when there is one only */
    size_t count;
    double *middles_s, *values, *lows, *highs; /* [count] NaN where nothing was seen */
};

/* A level that is watched: a limit, or an alert's threshold. */
struct lines_mark {
    const char *name;
    double level;
};

struct lines_panel {
    const char *metric, *unit;
    struct lines_line lines[PLOT_STYLE_SETTINGS];
    size_t line_count;
    struct lines_mark marks[LINES_MAX_MARKS];
    size_t mark_count;
    double largest; /* of values, bands, and marks that are not far above them */
};

struct lines_phase {
    const char *name;
    double begin_s, end_s;
};

struct lines {
    struct lines_panel panels[LINES_MAX_PANELS];
    size_t panel_count;
    struct lines_phase phases[LINES_MAX_PHASES];
    size_t phase_count;
    double begin_s, end_s, window_s;
    const struct picture_request *request;
};

/* Reads them. role: only averages of metrics of that role; ROLE_OTHER: of any. False when there
 * is no line of the metric asked for, or none at all. */
bool lines_read(const struct picture_request *request, enum metric_role role, struct lines *lines);

/* The highest value of a panel's last line, and when: in the middle of which window. */
double lines_peak(const struct lines_panel *panel, double *middle_s);

#endif
