/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/deadlock.h"

#include "models/spec/pool_nesting.h"
#include <string.h>

/* Edges grouped by where they start: those of node n are edges[first[n]] .. edges[first[n+1]-1]. */
struct graph {
    size_t nodes;
    const struct nesting **edges;
    size_t *first;
};

static bool is_certain(const struct nesting *edge)
{
    return !edge->is_bounded && !edge->is_guarded;
}

static struct graph make_graph(const struct resource_names *system, bool only_certain,
                               struct arena *arena)
{
    struct graph graph = {.nodes =
                              system->of[STATION_POOL].count + system->of[STATION_BUFFER].count};
    graph.first = arena_array(arena, graph.nodes + 2, sizeof *graph.first);
    graph.edges = arena_array(arena, system->nesting_count, sizeof *graph.edges);
    /* A counting sort; first[] is shifted by one while the edges are put in. */
    for (size_t i = 0; i < system->nesting_count; i++)
        if (!only_certain || is_certain(&system->nestings[i]))
            graph.first[system->nestings[i].from + 2]++;
    for (size_t n = 2; n < graph.nodes + 2; n++)
        graph.first[n] += graph.first[n - 1];
    for (size_t i = 0; i < system->nesting_count; i++)
        if (!only_certain || is_certain(&system->nestings[i]))
            graph.edges[graph.first[system->nestings[i].from + 1]++] = &system->nestings[i];
    return graph;
}

/* Removes, one after the other, the nodes that nothing leads to: on no circle. What is left is on a
 * circle or behind one. Linear, so that a large scenario without circles costs nothing. */
static bool *find_suspects(const struct graph *graph, struct arena *arena, size_t *count)
{
    size_t *incoming = arena_array(arena, graph->nodes, sizeof *incoming);
    size_t *todo = arena_array(arena, graph->nodes, sizeof *todo), todo_count = 0;
    bool *is_suspect = arena_array(arena, graph->nodes, sizeof *is_suspect);
    *count = graph->nodes;
    for (size_t i = 0; i < graph->first[graph->nodes]; i++)
        incoming[graph->edges[i]->to]++;
    for (size_t n = 0; n < graph->nodes; n++) {
        is_suspect[n] = incoming[n] > 0;
        if (incoming[n] == 0)
            todo[todo_count++] = n;
    }
    while (todo_count > 0) {
        size_t node = todo[--todo_count];
        --*count;
        for (size_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            size_t to = graph->edges[i]->to;
            if (--incoming[to] == 0) {
                is_suspect[to] = false;
                todo[todo_count++] = to;
            }
        }
    }
    return is_suspect;
}

/* The nodes that can be reached from start, into is_reached[nodes]. */
static void reach(const struct graph *graph, size_t start, bool *is_reached, size_t *todo)
{
    size_t todo_count = 1;
    memset(is_reached, 0, graph->nodes * sizeof *is_reached);
    is_reached[start] = true;
    todo[0] = start;
    while (todo_count > 0) {
        size_t node = todo[--todo_count];
        for (size_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            size_t to = graph->edges[i]->to;
            if (!is_reached[to]) {
                is_reached[to] = true;
                todo[todo_count++] = to;
            }
        }
    }
}

/* The first edge, in the order of the file, that lies on a circle; NULL: there is none. */
static const struct nesting *find_circle(const struct resource_names *system, bool only_certain,
                                         struct arena *arena)
{
    if (system->nesting_count == 0)
        return NULL;
    struct graph graph = make_graph(system, only_certain, arena);
    size_t suspects;
    bool *is_suspect = find_suspects(&graph, arena, &suspects);
    bool *is_reached = arena_array(arena, graph.nodes, sizeof *is_reached);
    size_t *todo = arena_array(arena, graph.nodes, sizeof *todo);
    for (size_t i = 0; i < system->nesting_count && suspects > 0; i++) {
        const struct nesting *edge = &system->nestings[i];
        if ((only_certain && !is_certain(edge)) || !is_suspect[edge->from] || !is_suspect[edge->to])
            continue;
        reach(&graph, edge->to, is_reached, todo);
        if (is_reached[edge->from])
            return edge;
    }
    return NULL;
}

static bool fail(const struct nesting *edge, const struct resource_names *system,
                 struct parse_context *context)
{
    const char *from = resource_names_pools(system)[edge->from].name,
               *to = resource_names_pools(system)[edge->to].name;
    if (edge->from == edge->to)
        error_set(
            context->err, STATUS_MODEL,
            "can deadlock: requests that hold one of %s wait for another, and no timeout ends "
            "that",
            to);
    else
        error_set(context->err, STATUS_MODEL,
                  "can deadlock: requests that hold %s wait here for %s, elsewhere the other way "
                  "round, and no timeout ends that",
                  from, to);
    return context_place(context, edge->pointer, LOCATE_VALUE);
}

/* A circle through a buffer: who waits for room there waits for those who drain it. */
static void warn_of_buffer(const struct nesting *edge, const struct resource_names *system,
                           struct parse_context *context)
{
    bool is_put = edge->to >= system->of[STATION_POOL].count;
    size_t buffer = (is_put ? edge->to : edge->from) - system->of[STATION_POOL].count;
    const char *pool = resource_names_pools(system)[is_put ? edge->from : edge->to].name;
    context_warn(context,
                 POOL_NESTING_WORDS
                 "requests that hold %s wait for room in %s, and who drains it must have %s first: "
                 "nobody does unless something else drains it in time",
                 pool, resource_names_buffers(system)[buffer].name, pool);
}

bool deadlock_check(const struct resource_names *system, struct parse_context *context)
{
    const struct nesting *edge = find_circle(system, true, context->arena);
    if (edge != NULL)
        return fail(edge, system, context);
    edge = find_circle(system, false, context->arena);
    if (edge != NULL && (edge->from >= system->of[STATION_POOL].count ||
                         edge->to >= system->of[STATION_POOL].count))
        warn_of_buffer(edge, system, context);
    else if (edge != NULL && edge->is_bounded)
        context_warn(context,
                     "requests that hold %s wait for %s in a circle: only timeouts end that",
                     resource_names_pools(system)[edge->from].name,
                     resource_names_pools(system)[edge->to].name);
    else if (edge != NULL)
        context_warn(context,
                     "requests that hold %s wait for %s in a circle: that deadlocks unless what is "
                     "held around both keeps them few enough",
                     resource_names_pools(system)[edge->from].name,
                     resource_names_pools(system)[edge->to].name);
    return true;
}
