/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture_scan.h - the geometry of an SVG that plots/ wrote, read back from its text: what stands
 * where, so that a test can claim that nothing overlaps or is cut. */
#ifndef CAPSIM_TESTS_SUPPORT_PICTURE_SCAN_H
#define CAPSIM_TESTS_SUPPORT_PICTURE_SCAN_H

#include "plots/canvas.h"

struct scan_text {
    struct canvas_box box; /* by the widths of text_width.h */
    char text[512];
};

struct scan_path {
    char kind[16]; /* its class: "curve", "band", "beyond", or "" */
    size_t count;
    struct canvas_point *points;
    bool *is_begin; /* [count] the pen is put down here: nothing leads to it */
};

struct picture_scan {
    struct canvas_box view; /* the viewBox */
    struct scan_text *texts;
    struct scan_path *paths; /* paths, and rectangles and circles as the corners of their boxes */
    size_t text_count, path_count;
};

/* Reads a whole file or an svg element. Fails the running test at what it does not know. */
struct picture_scan picture_scan(const char *svg, struct arena *arena);

/* Fails the running test, with what and where, unless every text and shape is inside the picture,
 * no two texts meet, and each arrow has a text beside it and no curve to it. name: of the picture.
 */
void picture_scan_check(const char *svg, const char *name, struct arena *arena);

#endif
