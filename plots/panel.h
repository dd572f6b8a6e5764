/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.h - one metric over time: bands, lines, limits, phases, on an axis that several panels
 * share.
 *
 * A line breaks where nothing was seen, a band ends with the simulation. Limits are named in the
 * right gutter, apart from each other, with a leader where a name had to move. */
#ifndef CAPSIM_PLOTS_PANEL_H
#define CAPSIM_PLOTS_PANEL_H

#include "plots/axis.h"
#include "plots/lines.h"
#include "reports/text/digits.h"

struct panel_layout {
    struct lines *lines;
    struct digits_scale time; /* of the time axis */
    struct axis time_axis, value_axes[LINES_MAX_PANELS];
    double left, right;  /* of the panels; limits are named to the right of it */
    double gutter_right; /* room for those names; 0 when there are none */
};

/* Axes for a canvas of that width, for the first `count` panels (at most those there are). ticks:
 * the most on an upright axis. */
void panel_layout(struct panel_layout *layout, struct lines *lines, size_t count, double width,
                  int ticks);

/* The band with the names of the phases, and a tick for each batch. */
void panel_draw_phases(struct canvas *canvas, const struct panel_layout *layout, double top,
                       double bottom);
/* Panel `row` between two heights. names: name the lines and the highest value at their place. */
void panel_draw(struct canvas *canvas, const struct panel_layout *layout, size_t row, double top,
                double bottom, bool has_names);
/* The axis of time below, with its name. */
void panel_draw_time(struct canvas *canvas, const struct panel_layout *layout, double bottom);

/* A time on the axis: "10 min". */
const char *panel_time(const struct panel_layout *layout, double time_s, struct arena *arena);

#endif
