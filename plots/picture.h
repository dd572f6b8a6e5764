/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.h - pictures of a report or an answer: which kinds there are, and how one is drawn.
 *
 * What is drawn is read from the JSON that capsim writes (report.json, sweep.json, ...), so that a
 * page made by a run and a picture made from its report are the same. A kind says what it lacks
 * when the JSON has not got it. The same JSON gives the same bytes of SVG. */
#ifndef CAPSIM_PLOTS_PICTURE_H
#define CAPSIM_PLOTS_PICTURE_H

#include "plots/script.h"
#include "reports/text/figure.h"
#include "sim/base/error.h"
#include <jansson.h>

enum picture_format { PICTURE_SVG, PICTURE_PNG };

struct picture_request {
    const json_t *root;
    const char *metric; /* NULL: the one that matters most, chosen by the kind                   */
    enum picture_format format;
    bool is_in_page; /* its headline stands beside it, not in it                              */
    struct arena *arena;
};

/* A picture before it is drawn. */
struct picture {
    const char *headline; /* the finding; plain text */
    const char *alt;      /* what is to be seen, with the figures; plain text */
    const char *script;
};

struct picture_kind {
    const char *name, *summary; /* of --kind; one line of its help */
    /* False with STATUS_INPUT: what the JSON lacks for it. */
    bool (*make)(const struct picture_request *request, struct picture *picture, struct error *err);
};

enum { PICTURE_KINDS = 9 };
extern const struct picture_kind picture_kinds[PICTURE_KINDS];

/* The kind of that name, or NULL. */
const struct picture_kind *picture_find_kind(const char *name);
/* The names of the kinds that root has what is needed for, with commas between; "" for none. */
const char *picture_list_kinds(const json_t *root, struct arena *arena);

/* Draws it: *bytes[*size] in arena, SVG or PNG. Errors: STATUS_INPUT of make, STATUS_IO of gnuplot.
 */
bool picture_draw(const struct picture_kind *kind, const struct picture_request *request,
                  const char **bytes, size_t *size, struct error *err);

/* The format that the file of that name has; SVG without a name. */
enum picture_format picture_format_of(const char *path);

/* Draws the kind of that name (one that there is; NULL: the first that root has what is needed
 * for) as picture_draw does. file: root's, for what it lacks and what it could give instead. */
bool picture_draw_named(const char *name, const char *file, const struct picture_request *request,
                        const char **bytes, size_t *size, struct error *err);

/* Up to three figures for the page of what root says, the most telling first. extras->no_figures
 * says why there is none when gnuplot is missing or fails; otherwise extras stays without. */
void picture_fill_page(const json_t *root, struct arena *arena, struct page_extras *extras);

/* Begins a script: the style, the terminal, the headline unless it stands elsewhere, and margins in
 * characters at the left and right for labels. height: of the whole, in points. */
void picture_begin(struct script *script, const struct picture_request *request,
                   const char *headline, int height, int left, int right);

enum { PICTURE_WIDTH = 560, PICTURE_HEIGHT = 330 };

#endif
