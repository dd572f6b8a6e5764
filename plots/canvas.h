/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.h - a picture being drawn: shapes and texts as SVG, with a record of what stands where.
 *
 * Coordinates are SVG's, in units that are about pixels; y goes down. Colours are the tokens of one
 * palette, written as the light value (palette.h has the dark ones): style sheets map them. No
 * text of a scenario becomes markup: all pass through canvas_text, which cleans and escapes them.
 *
 * Two things hold by construction: no text leaves the canvas at the left or right (it is moved in,
 * and shortened when it is wider than the canvas), and a label that is placed by canvas_place
 * stands clear of everything recorded so far: texts, curves, and limits. Memory: the arena's. */
#ifndef CAPSIM_PLOTS_CANVAS_H
#define CAPSIM_PLOTS_CANVAS_H

#include "reports/text/palette.h"
#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/* Sizes of type; how far a text reaches above and below its baseline, in sizes. */
static const double CANVAS_TEXT = 12.0, CANVAS_HEADLINE = 15.0, CANVAS_ASCENT = 0.78,
                    CANVAS_DESCENT = 0.22;

struct canvas_box {
    double left, top, right, bottom;
};

struct canvas_point {
    double x, y;
};

enum canvas_anchor { CANVAS_START, CANVAS_MIDDLE, CANVAS_END };

struct canvas {
    struct arena *arena;
    double width, lowest; /* lowest: the bottom of what was drawn */
    char *bytes;          /* SVG so far */
    size_t size, room;
    struct canvas_box *texts;
    size_t text_count, text_room;
    struct canvas_point (*strokes)[2]; /* pieces of curves that labels keep clear of */
    size_t stroke_count, stroke_room;
};

/* An empty canvas of that width. */
void canvas_open(struct canvas *canvas, double width, struct arena *arena);

/* ---- texts ---- */

struct canvas_style {
    enum palette ink;
    bool is_bold;
    double size; /* 0: CANVAS_TEXT */
};

/* The box of a text at a baseline. */
struct canvas_box canvas_box_of(const char *text, double x, double y, enum canvas_anchor anchor,
                                const struct canvas_style *style);

/* Writes it there, wherever else texts are: for places that are a text's own. Returns its box. */
struct canvas_box canvas_text(struct canvas *canvas, double x, double y, enum canvas_anchor anchor,
                              struct canvas_style style, const char *text);
/* The same, shortened to a width; its full length is a tooltip. */
struct canvas_box canvas_text_within(struct canvas *canvas, double x, double y, double room,
                                     enum canvas_anchor anchor, struct canvas_style style,
                                     const char *text);

/* A place for a label. */
struct canvas_place {
    double x, y;
    enum canvas_anchor anchor;
};
/* Writes it at the first of those places where it stands clear of everything, inside `area`. False
 * when there is none: nothing is written. */
bool canvas_place(struct canvas *canvas, const struct canvas_place *places, size_t count,
                  const struct canvas_box *area, struct canvas_style style, const char *text);
/* True if nothing recorded meets the box. */
bool canvas_is_free(const struct canvas *canvas, const struct canvas_box *box);

/* ---- shapes; none but curves and marks are recorded ---- */

/* A filled rectangle; nothing where it has no width or height. */
void canvas_rect(struct canvas *canvas, double left, double top, double right, double bottom,
                 enum palette fill);
/* Hatched: what an alert says that carries no information, or what is undecided. */
void canvas_hatch(struct canvas *canvas, double left, double top, double right, double bottom);
void canvas_line(struct canvas *canvas, double x1, double y1, double x2, double y2,
                 enum palette ink, double width);
/* A limit: dark and dashed; recorded, so that no label stands over it. */
void canvas_limit(struct canvas *canvas, double x1, double y1, double x2, double y2);
/* A curve through points, broken where a coordinate is NaN; a point between two breaks is a dot.
 * Recorded. */
void canvas_curve(struct canvas *canvas, const struct canvas_point *points, size_t count,
                  enum palette ink, double width);
/* The ground between two curves over the same x, where both are there. */
void canvas_band(struct canvas *canvas, const double *x, const double *low, const double *high,
                 size_t count, enum palette ink);
void canvas_dot(struct canvas *canvas, double x, double y, double radius, enum palette ink);
/* An interval: a stroke with caps, or where it is no longer than 3 a stroke alone; recorded. */
void canvas_whisker(struct canvas *canvas, double x1, double y1, double x2, double y2);
/* A verdict: circle, cross or hollow diamond; recorded. radius is about half its size. */
void canvas_verdict(struct canvas *canvas, double x, double y, double radius, const char *verdict);
/* A filled triangle that points up (0), right (1), down (2), left (3): a value is beyond the scale
 * there. */
void canvas_arrow(struct canvas *canvas, double x, double y, int direction, enum palette ink);
/* The head of an arrow, its point at (x, y), up (0), right (1), down (2) or left (3), as wide as
 * twice half. Unlike canvas_arrow it says nothing of a value. */
void canvas_head(struct canvas *canvas, double x, double y, int direction, double half,
                 enum palette ink);
/* A box with rounded corners: paper, and a line around it. */
void canvas_frame(struct canvas *canvas, struct canvas_box box, enum palette ink);
/* A polygon's outline or area: pairs of coordinates. */
void canvas_path(struct canvas *canvas, const struct canvas_point *points, size_t count,
                 enum palette ink, double width);
/* Keeps labels away from a box in which there is something else. */
void canvas_reserve(struct canvas *canvas, struct canvas_box box);

/* ---- the picture ---- */

/* The colour of a verdict: "pass", "fail", or anything else. */
enum palette canvas_verdict_ink(const char *verdict);

/* Where labels are to stand that want baselines wanted[count], sorted: at least gap apart, none
 * above top or below bottom. */
void canvas_spread(double *wanted, size_t count, double gap, double top, double bottom);

/* A text cleaned of controls and escaped, for content and attributes. */
const char *canvas_escape(const char *raw, struct arena *arena);

/* What was drawn, without an svg element around it; ends with a 0. */
const char *canvas_content(const struct canvas *canvas);

#endif
