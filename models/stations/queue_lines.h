/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue_lines.h - what queues are made of: a line in order of arrival, or a crowd in no order.
 *
 * Requests are linked through their records, or numbered in an array; a request is in at most one
 * of them at a time. Every function is O(1). Records may move between calls: only ids are kept.
 * Short ones are inlined, since pools grant and release in the main loop (pool_queue.h); limiters
 * and buffers go through waiting.h. Owner: the replication's arena. */
#ifndef CAPSIM_MODELS_STATIONS_QUEUE_LINES_H
#define CAPSIM_MODELS_STATIONS_QUEUE_LINES_H

#include "models/engine/replication_state.h"

struct queue_line {
    uint32_t first, last; /* NO_REQUEST: empty */
};

/* In a crowd a request's `previous` is its place among members[count], which its owner counts. */
struct queue_crowd {
    uint32_t *members;
    uint32_t capacity;
};

/* The request joins a crowd of count, as its last member; or leaves it, and the last takes its
 * place. */
void queue_crowd_add(struct replication_state *system, struct queue_crowd *crowd, uint32_t count,
                     uint32_t id, struct request *request);
void queue_crowd_remove(struct replication_state *system, struct queue_crowd *crowd, uint32_t count,
                        const struct request *request);
/* One of the count members, who all have the same chance; number: of this draw from stream. */
uint32_t queue_crowd_draw(const struct replication_state *system, const struct queue_crowd *crowd,
                          uint32_t count, uint32_t stream, uint32_t number);

/* The request joins at the end. */
static inline void queue_line_add(struct replication_state *system, struct queue_line *line,
                                  uint32_t id, struct request *request)
{
    request->next = NO_REQUEST;
    request->previous = line->last;
    if (line->last == NO_REQUEST)
        line->first = id;
    else
        replication_request(system, line->last)->next = id;
    line->last = id;
}

/* The request, which is in the line, leaves it. */
static inline void queue_line_remove(struct replication_state *system, struct queue_line *line,
                                     const struct request *request)
{
    if (request->previous == NO_REQUEST)
        line->first = request->next;
    else
        replication_request(system, request->previous)->next = request->next;
    if (request->next == NO_REQUEST)
        line->last = request->previous;
    else
        replication_request(system, request->next)->previous = request->previous;
}

#endif
