/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_queue.h - which requests wait in a pool, and which is next: fifo, lifo, random, or by
 * priority and then fifo.
 *
 * Every operation is O(1), by priority O(levels). Used by pool.c alone. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_QUEUE_H
#define CAPSIM_MODELS_STATIONS_POOL_QUEUE_H

#include "models/stations/pool.h"

/* The line that the request stands in, if the queue is not random. */
static inline struct queue_line *pool_queue_line(struct pool *pool, const struct request *request)
{
    return &pool->lines[pool->line_count > 1 ? request->state.level : 0];
}

/* The request joins the queue. */
static inline void pool_queue_add(struct replication_state *system, struct pool *pool, uint32_t id,
                                  struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM)
        queue_crowd_add(system, &pool->crowd, pool->waiting, id, request);
    else
        queue_line_add(system, pool_queue_line(pool, request), id, request);
    pool->waiting++;
}

/* The request, which waits here, leaves. */
static inline void pool_queue_remove(struct replication_state *system, struct pool *pool,
                                     const struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM)
        queue_crowd_remove(system, &pool->crowd, pool->waiting, request);
    else
        queue_line_remove(system, pool_queue_line(pool, request), request);
    pool->waiting--;
}

/* The request that is served next; the queue is not empty. */
static inline uint32_t pool_queue_next(struct replication_state *system, struct pool *pool)
{
    switch (pool->discipline) {
    case DISCIPLINE_FIFO:
        return pool->lines[0].first;
    case DISCIPLINE_LIFO:
        return pool->lines[0].last;
    case DISCIPLINE_RANDOM:
        return queue_crowd_draw(system, &pool->crowd, pool->waiting, pool->random_stream,
                                pool->choices++);
    case DISCIPLINE_PRIORITY:
        break;
    }
    uint32_t line = 0;
    while (pool->lines[line].first == NO_REQUEST)
        line++;
    return pool->lines[line].first;
}

/* Takes the first of a queue in order of arrival out of it; it is not empty. */
static inline uint32_t pool_queue_take_first(struct replication_state *system, struct pool *pool)
{
    struct queue_line *line = pool->lines;
    uint32_t id = line->first, next = replication_request(system, id)->next;
#ifdef CAPSIM_WRONG_ORDER /* on purpose, one in a thousand: make validate must find it out */
    if (next != NO_REQUEST && pool->wait->count % 1000 == 999) {
        pool_queue_remove(system, pool, replication_request(system, next));
        return next;
    }
#endif
    line->first = next;
    if (__builtin_expect(next == NO_REQUEST, 0))
        line->last = NO_REQUEST;
    else
        replication_request(system, next)->previous = NO_REQUEST;
    pool->waiting--;
    return id;
}

#endif
