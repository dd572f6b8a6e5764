/* pool_queue.h - who waits in a pool, and who is next: fifo, lifo, random, or by priority and then
 * fifo.
 *
 * Every operation is O(1), by priority O(levels). Used by pool.c alone. */
#ifndef CAPSIM_MODELS_POOL_QUEUE_H
#define CAPSIM_MODELS_POOL_QUEUE_H

#include "models/pool.h"

/* Random order: everybody is in an array, a request's `previous` is its place there. */
void pool_queue_add_member(struct system *system, struct pool *pool, uint32_t id,
                           struct request *request);
void pool_queue_remove_member(struct system *system, struct pool *pool, struct request *request);
uint32_t pool_queue_random(struct system *system, struct pool *pool);

/* The request joins the queue. */
static inline void pool_queue_add(struct system *system, struct pool *pool, uint32_t id,
                                  struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM) {
        pool_queue_add_member(system, pool, id, request);
        return;
    }
    struct waiting_line *line = &pool->lines[pool->line_count > 1 ? request->state.level : 0];
    request->next = NOBODY;
    request->previous = line->last;
    if (line->last == NOBODY)
        line->first = id;
    else
        system_request(system, line->last)->next = id;
    line->last = id;
    pool->waiting++;
}

/* The request, which waits here, leaves. */
static inline void pool_queue_remove(struct system *system, struct pool *pool, uint32_t id,
                                     struct request *request)
{
    if (pool->discipline == DISCIPLINE_RANDOM) {
        pool_queue_remove_member(system, pool, request);
        return;
    }
    (void)id;
    struct waiting_line *line = &pool->lines[pool->line_count > 1 ? request->state.level : 0];
    if (request->previous == NOBODY)
        line->first = request->next;
    else
        system_request(system, request->previous)->next = request->next;
    if (request->next == NOBODY)
        line->last = request->previous;
    else
        system_request(system, request->next)->previous = request->previous;
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
        return pool_queue_random(system, pool);
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
        pool_queue_remove(system, pool, next, system_request(system, next));
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
