/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_box.h - a node of a model graph as a box: its name, what it is, its figures, and as bars
 * how much of it is in use. */
#ifndef CAPSIM_PLOTS_MODEL_BOX_H
#define CAPSIM_PLOTS_MODEL_BOX_H

#include "plots/canvas.h"
#include "plots/model_graph.h"

/* How far each of the two copies stands aside, up and right, of what exists several times. */
enum { MODEL_BOX_COPY = 4 };

/* True if it says how much of it is in use. */
bool model_box_has_bars(const struct model_node *node);
/* The width that its texts need. */
double model_box_width(const struct model_node *node);
/* The height that it needs. is_flat: what it is stands at the right of its name. from: with a line
 * that says where requests come from. */
double model_box_height(const struct model_node *node, bool is_flat, bool has_from);

/* Draws it, with its copies behind it. from: where requests come from; NULL: nothing is said. */
void model_box_draw(struct canvas *canvas, const struct model_node *node, struct canvas_box box,
                    bool is_flat, const char *from);

#endif
