/* pool_queue.h - who waits in a pool, and who is next: fifo, lifo, random, or by priority and then
 * fifo.
 *
 * Every operation is O(1), by priority O(levels). Used by pool.c alone. */
#ifndef CAPSIM_MODELS_STATIONS_POOL_QUEUE_H
#define CAPSIM_MODELS_STATIONS_POOL_QUEUE_H

#include "models/stations/pool.h"

/* The line that the request stands in, if the queue is not random. */
static inline struct waiting_line *pool_queue_line(struct pool *pool, const struct request *request)
{
    return &pool->lines[pool->line_count > 1 ? request->state.level : 0];
}

/* The request joins the queue. */
static inline void pool_queue_add(struct system *system, struct pool *pool, uint32_t id,
                                  struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM)
        waiting_crowd_add(system, &pool->crowd, pool->waiting, id, request);
    else
        waiting_line_add(system, pool_queue_line(pool, request), id, request);
    pool->waiting++;
}

/* The request, which waits here, leaves. */
static inline void pool_queue_remove(struct system *system, struct pool *pool,
                                     const struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM)
        waiting_crowd_remove(system, &pool->crowd, pool->waiting, request);
    else
        waiting_line_remove(system, pool_queue_line(pool, request), request);
    pool->waiting--;
}

/* Who is served next; somebody waits. */
static inline uint32_t pool_queue_next(struct system *system, struct pool *pool)
{
    switch (pool->discipline) {
    case DISCIPLINE_FIFO:
        return pool->lines[0].first;
    case DISCIPLINE_LIFO:
        return pool->lines[0].last;
    case DISCIPLINE_RANDOM:
        return waiting_crowd_draw(system, &pool->crowd, pool->waiting, pool->random_stream,
                                  pool->choices++);
    case DISCIPLINE_PRIORITY:
        break;
    }
    uint32_t line = 0;
    while (pool->lines[line].first == NOBODY)
        line++;
    return pool->lines[line].first;
}

/* Takes the first of a queue in order of arrival out of it; somebody waits. */
static inline uint32_t pool_queue_take_first(struct system *system, struct pool *pool)
{
    struct waiting_line *line = pool->lines;
    uint32_t id = line->first, next = system_request(system, id)->next;
#ifdef CAPSIM_WRONG_ORDER /* on purpose, one in a thousand: make validate must find it out */
    if (next != NOBODY && pool->wait->count % 1000 == 999) {
        pool_queue_remove(system, pool, system_request(system, next));
        return next;
    }
#endif
    line->first = next;
    if (__builtin_expect(next == NOBODY, 0))
        line->last = NOBODY;
    else
        system_request(system, next)->previous = NOBODY;
    pool->waiting--;
    return id;
}

#endif
