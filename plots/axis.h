/* SPDX-License-Identifier: GPL-3.0-or-later */
/* axis.h - scales with ticks at 1, 2 and 5, and how they are drawn: a horizontal grid, labels as
 * wide as they are, no frame. Values are in the unit that is shown. */
#ifndef CAPSIM_PLOTS_AXIS_H
#define CAPSIM_PLOTS_AXIS_H

#include "plots/canvas.h"

enum { AXIS_MAX_TICKS = 16 };

/* Beyond this ratio of largest to smallest a scale is logarithmic. */
static const double AXIS_LOG_FROM = 30.0;

struct axis {
    double low, high; /* values at the ends; of a logarithmic one > 0 */
    double from, to;  /* where they stand */
    bool is_log;
    bool has_zero; /* a logarithmic one that has 0, at `from`, before a break in the scale */
    size_t count;
    double ticks[AXIS_MAX_TICKS];
    const char *labels[AXIS_MAX_TICKS];
};

/* From low to high (widened when they are one), with at most `most` ticks (2 to 8). is_rounded: the
 * ends move out to ticks. */
void axis_make(struct axis *axis, double low, double high, bool is_log, int most, bool is_rounded,
               struct arena *arena);
/* A scale for values[count], of which some may be NaN or 0: linear from 0, or beyond
 * AXIS_LOG_FROM logarithmic with a place of its own for 0. */
void axis_make_for(struct axis *axis, const double *values, size_t count, int most,
                   struct arena *arena);
/* Where a value stands; NaN for one that a logarithmic scale has no place for. */
double axis_at(const struct axis *axis, double value);

/* Width of the widest label, and the room that a left gutter takes for it. */
double axis_gutter(const struct axis *axis);

/* Grid and labels of an upright axis over area; a line along its lower end. */
void axis_draw_y(struct canvas *canvas, const struct axis *axis, const struct canvas_box *area);
/* Ticks and labels below area, those that meet another left out, and the name under them. */
void axis_draw_x(struct canvas *canvas, const struct axis *axis, const struct canvas_box *area,
                 const char *name);

#endif
