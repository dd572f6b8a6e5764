/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/model_layout.h"
#include <math.h>
#include <string.h>

/* The longest way to each node: layers[node_count]; returns how many layers there are. */
static size_t find_layers(const struct model_graph *graph, size_t *layers)
{
    size_t count = graph->node_count > 0;
    memset(layers, 0, graph->node_count * sizeof *layers);
    for (size_t round = 0; round < graph->node_count; round++) {
        bool is_moved = false;
        for (size_t e = 0; e < graph->edge_count; e++) {
            const struct model_edge *edge = &graph->edges[e];
            if (layers[edge->to] > layers[edge->from])
                continue;
            layers[edge->to] = layers[edge->from] + 1;
            count = layers[edge->to] + 1 > count ? layers[edge->to] + 1 : count;
            is_moved = true;
        }
        if (!is_moved)
            break;
    }
    return count;
}

/* ---- fewer nodes ---- */

static double use_of(const struct model_node *node)
{
    double use = isfinite(node->after) ? node->after : -1.0;
    return node->kind == MODEL_WORKLOAD ? 2.0 + use : use;
}

/* How many of the layer are used more; ties in the order of the file. */
static size_t rank_of(const struct model_graph *graph, const size_t *layers, size_t node)
{
    size_t rank = 0;
    double use = use_of(&graph->nodes[node]);
    for (size_t i = 0; i < graph->node_count; i++)
        if (layers[i] == layers[node]) {
            double other = use_of(&graph->nodes[i]);
            rank += other > use || (other == use && i < node);
        }
    return rank;
}

/* Nodes of one layer become one: becomes[node] is what stands for it. */
static void drop_nodes(struct model_graph *graph, const size_t *becomes)
{
    size_t kept = 0;
    for (size_t e = 0; e < graph->edge_count; e++) {
        struct model_edge edge = graph->edges[e];
        edge.from = becomes[edge.from];
        edge.to = becomes[edge.to];
        bool is_new = edge.from != edge.to;
        for (size_t k = 0; k < kept && is_new; k++)
            is_new = graph->edges[k].from != edge.from || graph->edges[k].to != edge.to;
        if (is_new)
            graph->edges[kept++] = edge;
    }
    graph->edge_count = kept;
}

/* The first that is left out of each layer stands for all of them. */
static void thin_out(struct model_graph *graph, const size_t *layers, bool *is_there,
                     struct arena *arena)
{
    size_t *becomes = arena_array(arena, graph->node_count, sizeof *becomes);
    size_t *first = arena_array(arena, graph->node_count, sizeof *first);
    size_t *others = arena_array(arena, graph->node_count, sizeof *others);
    for (size_t i = 0; i < graph->node_count; i++)
        first[i] = SIZE_MAX;
    for (size_t i = 0; i < graph->node_count; i++) {
        size_t layer = layers[i], rank = rank_of(graph, layers, i);
        becomes[i] = i;
        if (rank < MODEL_BUSIEST)
            continue;
        is_there[i] = first[layer] == SIZE_MAX;
        if (is_there[i])
            first[layer] = i;
        becomes[i] = first[layer];
        others[layer]++;
    }
    for (size_t layer = 0; layer < graph->node_count; layer++)
        if (others[layer] > 1)
            graph->nodes[first[layer]] =
                (struct model_node){.kind = MODEL_MORE,
                                    .title = arena_printf(arena, "+ %zu more", others[layer]),
                                    .sort = "used less",
                                    .before = NAN,
                                    .after = NAN};
    drop_nodes(graph, becomes);
}

/* ---- items and links ---- */

static size_t add_item(struct model_layout *layout, const struct model_node *node, size_t layer)
{
    size_t number = layout->item_count++;
    layout->items[number] = (struct model_item){.node = node, .layer = layer};
    return number;
}

/* False when there is no room for it. */
static bool add_edge(struct model_layout *layout, size_t from, size_t to, const char *label)
{
    size_t layer = layout->items[from].layer, end = layout->items[to].layer, at = from;
    size_t room = 2 * MODEL_MOST_ITEMS;
    if (layout->item_count + (end - layer) > MODEL_MOST_ITEMS ||
        layout->link_count + (end - layer) > room)
        return false;
    for (layer++; layer < end; layer++) {
        size_t lane = add_item(layout, NULL, layer);
        layout->links[layout->link_count++] =
            (struct model_link){at, lane, at == from ? label : "", false};
        at = lane;
    }
    layout->links[layout->link_count++] =
        (struct model_link){at, to, at == from ? label : "", true};
    return true;
}

static void add_items(struct model_layout *layout, struct model_graph *graph, const size_t *layers,
                      const bool *is_there, struct arena *arena)
{
    size_t *item_of = arena_array(arena, graph->node_count, sizeof *item_of);
    for (size_t i = 0; i < graph->node_count; i++)
        if (is_there[i])
            item_of[i] = add_item(layout, &graph->nodes[i], layers[i]);
    for (size_t e = 0; e < graph->edge_count; e++) {
        const struct model_edge *edge = &graph->edges[e];
        if (!add_edge(layout, item_of[edge->from], item_of[edge->to], edge->label))
            graph->is_cut = true;
    }
}

/* ---- order ---- */

/* The mean place of the items linked to this one, of the layer before it or behind it; where there
 * is none its own. */
static double mean_place(const struct model_layout *layout, size_t item, bool is_forth)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t l = 0; l < layout->link_count; l++) {
        const struct model_link *link = &layout->links[l];
        size_t own = is_forth ? link->to : link->from, other = is_forth ? link->from : link->to;
        if (own != item)
            continue;
        sum += (double)layout->items[other].place;
        count++;
    }
    return count > 0 ? sum / (double)count : (double)layout->items[item].place;
}

/* Places of a layer by what its items want; ties stay as they are. */
static void sort_layer(struct model_layout *layout, size_t layer)
{
    size_t places[MODEL_MOST_ITEMS];
    for (size_t i = 0; i < layout->item_count; i++) {
        const struct model_item *item = &layout->items[i];
        places[i] = 0;
        for (size_t k = 0; k < layout->item_count && item->layer == layer; k++) {
            const struct model_item *other = &layout->items[k];
            places[i] += other->layer == layer &&
                         (other->middle < item->middle ||
                          (other->middle == item->middle && other->place < item->place));
        }
    }
    for (size_t i = 0; i < layout->item_count; i++)
        if (layout->items[i].layer == layer)
            layout->items[i].place = places[i];
}

static void order_layer(struct model_layout *layout, size_t layer, bool is_forth)
{
    for (size_t i = 0; i < layout->item_count; i++)
        if (layout->items[i].layer == layer)
            layout->items[i].middle = mean_place(layout, i, is_forth);
    sort_layer(layout, layer);
}

static void order_items(struct model_layout *layout)
{
    for (size_t layer = 0; layer < layout->layer_count; layer++) {
        size_t place = 0;
        for (size_t i = 0; i < layout->item_count; i++)
            if (layout->items[i].layer == layer)
                layout->items[i].place = place++;
    }
    for (size_t layer = 1; layer < layout->layer_count; layer++)
        order_layer(layout, layer, true);
    for (size_t layer = layout->layer_count; layer-- > 1;)
        order_layer(layout, layer - 1, false);
}

struct model_layout *model_layout_make(struct model_graph *graph, struct arena *arena)
{
    struct model_layout *layout = arena_alloc(arena, sizeof *layout);
    size_t *layers = arena_array(arena, graph->node_count, sizeof *layers);
    bool *is_there = arena_array(arena, graph->node_count, sizeof *is_there);
    for (size_t i = 0; i < graph->node_count; i++)
        is_there[i] = true;
    layout->layer_count = find_layers(graph, layers);
    if (graph->node_count > MODEL_ALL)
        thin_out(graph, layers, is_there, arena);
    add_items(layout, graph, layers, is_there, arena);
    order_items(layout);
    return layout;
}
