/* SPDX-License-Identifier: GPL-3.0-or-later */
/* points.h - what sweep, size and limit found, read from their JSON: values that varied, and for
 * each combination of them a verdict, the criteria and the metrics.
 *
 * Points are in order of their values, the first that varies changing slowest. Where one takes more
 * values than a picture can show, neighbours share a point, and it is the worst of them: it passes
 * only if all of them do. */
#ifndef CAPSIM_PLOTS_POINTS_H
#define CAPSIM_PLOTS_POINTS_H

#include "plots/axis.h"
#include "plots/picture.h"

enum { POINTS_MAX_VARIED = 2, POINTS_MAX_PANELS = 24, POINTS_MAX_VALUES = 64 };

/* A value that varies: where it stands on its axis. */
struct points_axis {
    const char *name; /* "resources.db_pool.max", or what the answer says */
    const char *unit; /* of the numbers; "" when there is none */
    bool is_numeric;  /* else places are 0, 1, 2 ... and each has its text */
    size_t count;
    size_t share; /* so many values stand at one place; 1: each at its own */
    const char *texts[POINTS_MAX_VALUES]; /* of the first value there */
    const char *lasts[POINTS_MAX_VALUES]; /* of the last              */
    double places[POINTS_MAX_VALUES];     /* of the first             */
};

/* What one criterion, or one metric, came to at the points: arrays of [count]. */
struct points_panel {
    const char *name, *unit;
    double limit;   /* NaN: unknown */
    bool is_lower;  /* what is below the limit fails */
    size_t failing; /* points at which it does not pass */
    double *estimates, *lows, *highs, *margins;
    const char **verdicts; /* of the criterion; of the point where it is a metric */
};

struct points {
    struct points_axis axes[POINTS_MAX_VARIED];
    size_t axis_count, count;
    size_t combinations, passing;    /* that the points stand for; of them that pass */
    size_t (*at)[POINTS_MAX_VARIED]; /* [count] positions on the axes   */
    const char **verdicts;           /* [count] "pass", "fail", ...     */
    const char **fails;              /* [count] the first criterion that fails, or ""  */
    struct points_panel panels[POINTS_MAX_PANELS];
    size_t panel_count, more_panels; /* more: criteria that there was no room for */
    struct arena *arena;
};

/* Reads the answer at request->root; metric (or NULL): the only panel wanted, a criterion or a
 * metric. False with STATUS_INPUT when it is no answer of that sort, has no finished point, or
 * varies more than POINTS_MAX_VARIED values. */
bool points_read(const struct picture_request *request, struct points *points, struct error *err);

/* How many combinations a point stands for, at most. */
size_t points_share(const struct points *points);

/* Points in the order of their places on axis 0; [count]. */
const size_t *points_order(const struct points *points);

/* An axis over the values of axis `number`: numbers to scale, logarithmic where they differ beyond
 * AXIS_LOG_FROM, other texts at equal distances. is_from_zero: it begins at 0. */
void points_make_axis(const struct points *points, size_t number, bool is_from_zero, int most,
                      struct axis *axis);
/* The place of a point on that axis, in its values. */
double points_place(const struct points *points, size_t number, size_t point);

/* The last part of a path and whose it is: "customers of api"; with the unit of its numbers. */
const char *points_axis_name(const struct points_axis *axis, struct arena *arena);

#endif
