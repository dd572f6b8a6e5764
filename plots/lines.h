/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.h - metrics over time, read from the JSON of run (--series) or of rehearse: panels of
 * lines, the phases of a rollout, and the rules that watch a metric. */
#ifndef CAPSIM_PLOTS_LINES_H
#define CAPSIM_PLOTS_LINES_H

#include "models/metrics/metric_catalogue.h"
#include "plots/picture.h"
#include "plots/view.h"

enum { LINES_MAX_PANELS = 12, LINES_MAX_MARKS = 6, LINES_MAX_PHASES = 96, LINES_MAX_LINES = 2 };

/* One metric in one setting: a value for each window, with the band of one further run. */
struct lines_line {
    const char *setting; /* "" when there is one only */
    enum palette ink;    /* grey for the baseline, blue for what a reader is asked to agree to */
    size_t count;
    double *middles_s, *values, *lows, *highs; /* [count] NaN where nothing was seen */
};

/* A level that is watched: a limit, or an alert's threshold. */
struct lines_mark {
    const char *name; /* "limit 70 %", "rollback, alert 1 s" */
    double level;
    bool is_lower, is_rule; /* a lower limit: what is below it is wrong; an alert's or a rule's */
    bool is_beyond;         /* so far above all values that it would flatten them */
};

struct lines_panel {
    const char *metric, *unit;
    const char *database; /* whose connections they are; or NULL */
    struct lines_line lines[LINES_MAX_LINES];
    size_t line_count;
    struct lines_mark marks[LINES_MAX_MARKS];
    size_t mark_count;
    double ceiling, asked_for; /* of connections: what is accepted, what may be asked for; or 0 */
    double seen;               /* the largest of values and bands */
    double least, largest;     /* of them and of marks that are not beyond; least is at most 0 */
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
    bool is_rehearsal;  /* time 0 is the beginning of the rollout */
    size_t left_out;    /* settings that have lines but are not drawn */
    size_t more_panels; /* metrics that there is no room for */
    const struct picture_request *request;
};

/* Reads them. role: only averages of metrics of that role; ROLE_OTHER: of any. False when there
 * is no line of the metric asked for, or none at all. */
bool lines_read(const struct picture_request *request, enum metric_role role, struct lines *lines);

/* The highest value of a line, and when: in the middle of which window. NaN when it has none. */
double lines_peak(const struct lines_line *line, double *middle_s);

/* A panel's metric in words that have its unit behind them: "web.error_rate, %". */
const char *lines_title(const struct lines_panel *panel, struct arena *arena);

#endif
