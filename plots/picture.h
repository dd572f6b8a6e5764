/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - pictures of a report or an answer: which kinds there are, and how one is drawn.
 *
 * What is drawn is read from the JSON that capsim writes (report.json, sweep.json, ...), so that a
 * page made by a run and a picture made from its report are the same. A kind says what it lacks
 * when the JSON has not got it. The same JSON gives the same bytes of SVG.
 *
 * A picture is a function of its width: PICTURE_NARROW units for most kinds, PICTURE_WIDE for those
 * that need it (time lines), of which a page also holds the narrow one for a phone. A unit is about
 * a pixel; texts are 12 units high. What every kind keeps to:
 * - a limit is dark and dashed, the baseline grey, the setting to agree to blue; a verdict is a
 *   shape and a colour;
 * - no two texts overlap and none leaves the picture (text_width.h);
 * - a value beyond the scale is an arrow with its figure, and no line leads to it;
 * - what is left out is said. */
#ifndef CAPSIM_PLOTS_PICTURE_H
#define CAPSIM_PLOTS_PICTURE_H

#include "plots/canvas.h"
#include "reports/text/figure.h"
#include "sim/base/error.h"
#include <jansson.h>

enum picture_format { PICTURE_SVG, PICTURE_PNG };

enum { PICTURE_NARROW = 380, PICTURE_PHONE = 350, PICTURE_WIDE = 800 };

struct picture_request {
    const json_t *root;
    const char *metric;             /* NULL: the one that matters most, chosen by the kind */
    const struct scenario_set *set; /* what root is of, for what it does not say; NULL: not known */
    enum picture_format format;
    double width; /* 0: the kind's own */
    struct arena *arena;
};

/* What a kind draws. */
struct picture {
    const char *headline; /* the finding; plain text */
    const char *alt;      /* what is to be seen, with the figures; plain text */
    const char *note;     /* how to read it, for a line below it; NULL: nothing */
    const char *content;  /* SVG elements, as canvas_content */
    double width, height;
};

struct picture_kind {
    const char *name, *summary; /* of --kind; one line of its help */
    /* False with STATUS_INPUT: what the JSON lacks for it. */
    bool (*make)(const struct picture_request *request, struct picture *picture, struct error *err);
    bool is_wide;
};

enum { PICTURE_KINDS = 16 };
extern const struct picture_kind picture_kinds[PICTURE_KINDS];

/* The kind of that name, or NULL. */
const struct picture_kind *picture_find_kind(const char *name);
/* The names of the kinds that root has what is needed for, with commas between; "" for none. */
const char *picture_list_kinds(const json_t *root, struct arena *arena);

/* Draws it: *bytes[*size] in arena, with its headline on top, on a ground of its own. SVG follows
 * the reader's light or dark scheme; PNG is light. Errors: STATUS_INPUT of make; for a PNG
 * STATUS_IO of rasterizer.h. */
bool picture_draw(const struct picture_kind *kind, const struct picture_request *request,
                  const char **bytes, size_t *size, struct error *err);

/* The format that the file of that name has; SVG without a name. */
enum picture_format picture_format_of(const char *path);

/* Draws the kind of that name (one that there is; NULL: the first that root has what is needed
 * for) as picture_draw does. file: root's, for what it lacks and what it could give instead. */
bool picture_draw_named(const char *name, const char *file, const struct picture_request *request,
                        const char **bytes, size_t *size, struct error *err);

/* The beginning of an svg element of that size for a page. attributes: further ones, with a space
 * before each. */
const char *picture_open_element(double width, double height, const char *attributes,
                                 struct arena *arena);

/* The figure for a page of the kind of that name, in arena; NULL: root does not have what is needed
 * for it. */
const struct figure *picture_make_figure(const char *name, const json_t *root, struct arena *arena);

/* Figures for the page of what root says, the most telling first. set: as in a request. */
void picture_fill_page(const json_t *root, const struct scenario_set *set, struct arena *arena,
                       struct page_extras *extras);

#endif
