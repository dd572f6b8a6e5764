/* SPDX-License-Identifier: GPL-3.0-or-later */
/* svg.h - gnuplot's SVG made fit to stand in a page beside others, or alone in a file. */
#ifndef CAPSIM_PLOTS_SVG_H
#define CAPSIM_PLOTS_SVG_H

#include "sim/base/arena.h"

/* The svg element of what gnuplot wrote: every id, and what refers to it, begins with prefix (a
 * letter, then letters, digits and '-'); '>' in a text is escaped; groups without content,
 * gnuplot's titles and descriptions are gone. raw ends with a 0. */
const char *svg_for_page(const char *raw, const char *prefix, struct arena *arena);

/* The same as a whole file on a white ground, with title and description for those who cannot see
 * it. */
const char *svg_for_file(const char *raw, const char *title, const char *description,
                         struct arena *arena);

#endif
