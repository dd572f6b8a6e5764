/* SPDX-License-Identifier: GPL-3.0-or-later */
/* style.h - how every picture looks: style.gp, which is built into the program.
 *
 * Linetypes 1 to PLOT_STYLE_SETTINGS are the settings in their order; line styles 11, 12 and 13 are
 * what passes, fails and is undecided; 20 is a limit, 21 what marks a moment. */
#ifndef CAPSIM_PLOTS_STYLE_H
#define CAPSIM_PLOTS_STYLE_H

enum { PLOT_STYLE_SETTINGS = 4 };

/* The text of plots/style.gp. */
extern const char plot_style[];

#endif
