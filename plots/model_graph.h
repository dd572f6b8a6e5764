/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_graph.h - a scenario as a graph of what requests go through: workloads, services, steps
 * that take time, and the resources that they hold, work on or pass.
 *
 * A resource is one node however many requests use it; an edge is the way of a request from one to
 * the next, and where a way would lead back it is left out, so that the graph has no cycles. Two
 * settings are told side by side ("max 50 -> 200"), with how much of each resource is used. */
#ifndef CAPSIM_PLOTS_MODEL_GRAPH_H
#define CAPSIM_PLOTS_MODEL_GRAPH_H

#include "reports/result/result.h"

enum { MODEL_MOST_NODES = 256, MODEL_MOST_EDGES = 512, MODEL_MOST_LINES = 3 };

enum model_kind {
    MODEL_WORKLOAD,
    MODEL_SERVICE,
    MODEL_STEP, /* a delay */
    MODEL_POOL,
    MODEL_CPU, /* or a database */
    MODEL_LIMITER,
    MODEL_BUFFER,
    MODEL_MORE /* others of its layer, by their number */
};

struct model_node {
    enum model_kind kind;
    size_t number; /* among its kind in the scenario; of a step its workload */
    const char *title, *sort;
    const char *lines[MODEL_MOST_LINES];
    size_t line_count;
    double before, after; /* share that is in use in each setting; NaN: not known */
    bool fails;           /* a criterion on that share fails */
    bool has_copies;      /* it exists once for each replica of a service */
};

struct model_edge {
    size_t from, to;
    const char *label; /* "" for none */
};

struct model_graph {
    struct model_node nodes[MODEL_MOST_NODES];
    struct model_edge edges[MODEL_MOST_EDGES];
    size_t node_count, edge_count;
    bool is_cut;          /* there is more than it has room for          */
    const char *response; /* "mean 195 ms, p95 367 ms" of the only workload; NULL */
    const struct scenario *before, *after;
};

/* The graph of the setting `after`; before: the one that a change starts from, or NULL. judged:
 * their figures by the settings' names, or NULL. */
struct model_graph *model_graph_make(const struct scenario *before, const struct scenario *after,
                                     const struct result *judged, struct arena *arena);

#endif
