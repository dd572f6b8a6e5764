/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot.h - gnuplot as a process: a script goes in, a picture comes out.
 *
 * It is started directly, never through a shell, with its own defaults (no file of the user's is
 * read) and a plain locale, and gets GNUPLOT_LIMIT_S seconds. Whoever writes a script must quote
 * what is not its own: script.h. */
#ifndef CAPSIM_PLOTS_GNUPLOT_H
#define CAPSIM_PLOTS_GNUPLOT_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { GNUPLOT_LIMIT_S = 30 };

/* What to install where there is none. */
#define GNUPLOT_MISSING "gnuplot is not installed (Debian: gnuplot-nox)"

/* True if a program of that name is in PATH. */
bool gnuplot_is_installed(void);

/* Runs script; *picture[*size], in arena with a 0 behind it, is what gnuplot wrote to its standard
 * output. False with STATUS_IO: it is missing, failed (its own words are in the message), wrote
 * nothing, or took too long. */
bool gnuplot_draw(const char *script, struct arena *arena, char **picture, size_t *size,
                  struct error *err);

#endif
