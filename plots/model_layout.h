/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_layout.h - where the boxes of a model graph stand: in layers from left to right, which are
 * broken into bands where one band is too narrow for them.
 *
 * A node's layer is the longest way to it from a node without predecessors (Sugiyama, Tagawa and
 * Toda, "Methods for visual understanding of hierarchical system structures", IEEE Transactions on
 * Systems, Man and Cybernetics 11 (1981)); its place in the layer the mean place of its
 * predecessors, then of its successors, ties in the order of the file. An edge over several layers
 * passes each between on a lane of its own. Of a graph with more than MODEL_ALL nodes each layer
 * keeps the MODEL_BUSIEST that are used most, and one node stands for the others. */
#ifndef CAPSIM_PLOTS_MODEL_LAYOUT_H
#define CAPSIM_PLOTS_MODEL_LAYOUT_H

#include "plots/model_graph.h"

enum { MODEL_ALL = 12, MODEL_BUSIEST = 4, MODEL_MOST_ITEMS = 1024 };

/* A node, or where an edge passes a layer. */
struct model_item {
    const struct model_node *node; /* NULL: an edge passes */
    size_t layer, place;           /* place: in its layer, from the top */
    double middle;                 /* wanted place, while they are ordered */
};

/* A piece of an edge, from an item to one of the next layer. */
struct model_link {
    size_t from, to;
    const char *label;
    bool is_last; /* it ends at a node */
};

struct model_layout {
    struct model_item items[MODEL_MOST_ITEMS];
    struct model_link links[2 * MODEL_MOST_ITEMS];
    size_t item_count, link_count, layer_count;
};

/* The layout of a graph, which must stay; it is thinned out first, and its labels of nodes that
 * stand for others are made, in arena. */
struct model_layout *model_layout_make(struct model_graph *graph, struct arena *arena);

#endif
