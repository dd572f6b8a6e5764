/* queue_lines.h - what queues are made of: a line in order of arrival, or a crowd in no order.
 *
 * Requests are linked through their records, or numbered in an array; a request is in at most one
 * of them at a time. Every function is O(1). Records may move between calls: only ids are kept.
 * Short ones are inlined, since pools take and give in the main loop (pool_queue.h); limiters and
 * buffers go through waiting.h. Owner: the replication's arena. */
#ifndef CAPSIM_MODELS_STATIONS_QUEUE_LINES_H
#define CAPSIM_MODELS_STATIONS_QUEUE_LINES_H

#include "models/engine/replication_state.h"

struct waiting_line {
    uint32_t first, last; /* NOBODY: empty */
};

/* In a crowd a request's `previous` is its place among members[count], which its owner counts. */
struct waiting_crowd {
    uint32_t *members;
    uint32_t capacity;
};

/* The request joins a crowd of count, as its last member; or leaves it, and the last takes its
 * place. */
void waiting_crowd_add(struct system *system, struct waiting_crowd *crowd, uint32_t count,
                       uint32_t id, struct request *request);
void waiting_crowd_remove(struct system *system, struct waiting_crowd *crowd, uint32_t count,
                          const struct request *request);
/* One of the count members, who all have the same chance; number: of this draw from stream. */
uint32_t waiting_crowd_draw(const struct system *system, const struct waiting_crowd *crowd,
                            uint32_t count, uint32_t stream, uint32_t number);

/* The request joins at the end. */
static inline void waiting_line_add(struct system *system, struct waiting_line *line, uint32_t id,
                                    struct request *request)
{
    request->next = NOBODY;
    request->previous = line->last;
    if (line->last == NOBODY)
        line->first = id;
    else
        system_request(system, line->last)->next = id;
    line->last = id;
}

/* The request, which is in the line, leaves it. */
static inline void waiting_line_remove(struct system *system, struct waiting_line *line,
                                       const struct request *request)
{
    if (request->previous == NOBODY)
        line->first = request->next;
    else
        system_request(system, request->previous)->next = request->next;
    if (request->next == NOBODY)
        line->last = request->previous;
    else
        system_request(system, request->next)->previous = request->previous;
}

#endif
