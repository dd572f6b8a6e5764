/* fifo.h - requests in order of arrival, linked through their records.
 *
 * What limiters and buffers wait in. A request is in at most one list at a time; every function is
 * O(1). Records may move between calls: only ids are kept. */
#ifndef CAPSIM_MODELS_FIFO_H
#define CAPSIM_MODELS_FIFO_H

#include "models/system_state.h"

struct fifo {
    uint32_t first, last; /* NOBODY: empty */
};

/* The request joins at the end. */
static inline void fifo_add(struct system *system, struct fifo *fifo, uint32_t id,
                            struct request *request)
{
    request->next = NOBODY;
    request->previous = fifo->last;
    if (fifo->last == NOBODY)
        fifo->first = id;
    else
        system_request(system, fifo->last)->next = id;
    fifo->last = id;
}

/* The request, which is in this list, leaves it. */
static inline void fifo_remove(struct system *system, struct fifo *fifo, struct request *request)
{
    if (request->previous == NOBODY)
        fifo->first = request->next;
    else
        system_request(system, request->previous)->next = request->next;
    if (request->next == NOBODY)
        fifo->last = request->previous;
    else
        system_request(system, request->next)->previous = request->previous;
}

#endif
