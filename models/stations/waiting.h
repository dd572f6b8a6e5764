/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waiting.h - which requests wait at a limiter or a buffer, and which is next: fifo, lifo, random,
 * or by priority and then fifo.
 *
 * Every function is O(1), by priority O(levels). The next request stays next until it leaves or one
 * comes that goes before it. Owner: the replication's arena. (Pools have theirs inlined:
 * pool_queue.h.) */
#ifndef CAPSIM_MODELS_STATIONS_WAITING_H
#define CAPSIM_MODELS_STATIONS_WAITING_H

#include "models/stations/queue_lines.h"

struct waiting {
    enum discipline discipline;
    uint32_t count;
    struct queue_line *lines; /* [line_count] one for each level of priority, else one */
    uint32_t line_count;
    struct queue_crowd crowd; /* those of random order                       */
    uint32_t chosen;          /* the request drawn to be next, or NO_REQUEST */
    uint32_t stream, draws;
};

/* No request waits. name: of the station's copy, for its random stream "<name>.random"; levels: of
 * priority in the scenario. */
void waiting_init(struct waiting *waiting, enum discipline discipline, const char *name,
                  uint32_t levels, struct arena *arena);
/* No request waits; from now on in another order. */
void waiting_renew(struct waiting *waiting, enum discipline discipline, uint32_t levels,
                   struct arena *arena);
/* The request joins. */
void waiting_add(struct replication_state *system, struct waiting *waiting, uint32_t id,
                 struct request *request);
/* The request, which waits here, leaves. */
void waiting_remove(struct replication_state *system, struct waiting *waiting, uint32_t id,
                    struct request *request);
/* The request that goes next, or NO_REQUEST. */
uint32_t waiting_next(struct replication_state *system, struct waiting *waiting);
/* The same without a draw: of random order NO_REQUEST unless one was drawn already. Somebody
 * waits. */
uint32_t waiting_first(const struct waiting *waiting);
/* True if the request would be next when it joined now. */
bool waiting_is_before_all(const struct waiting *waiting, const struct request *request);

#endif
