/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rasterizer.h - SVG as pixels, by rsvg-convert as a process: a picture goes in, a PNG comes out.
 *
 * It is started directly, never through a shell, with a plain locale, gets RASTERIZER_LIMIT_S
 * seconds, and reads nothing but what it is given. */
#ifndef CAPSIM_PLOTS_RASTERIZER_H
#define CAPSIM_PLOTS_RASTERIZER_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { RASTERIZER_LIMIT_S = 30 };

#define RASTERIZER "rsvg-convert"
/* What to install where there is none. */
#define RASTERIZER_MISSING                                                                         \
    "a PNG needs rsvg-convert, which is not installed (Debian: librsvg2-bin); SVG needs nothing"

/* True if a program of that name is in PATH. */
bool rasterizer_is_installed(void);

/* Two pixels for a unit of svg: *picture[*size], in arena with a 0 behind it, is the PNG. False
 * with STATUS_IO: the program is missing, failed (its own words are in the message), wrote nothing,
 * or took too long. */
bool rasterizer_draw(const char *svg, struct arena *arena, const char **picture, size_t *size,
                     struct error *err);

#endif
