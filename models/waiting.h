/* waiting.h - who waits at a limiter or a buffer, and who is next: fifo, lifo, random, or by
 * priority and then fifo.
 *
 * Requests are linked through their records, or in random order numbered in an array; a request is
 * in at most one list at a time. Every function is O(1), by priority O(levels). Who is next stays
 * next until it leaves or somebody comes who goes before it. Records may move between calls: only
 * ids are kept. Owner: the replication's arena. (Pools have theirs inlined: pool_queue.h.) */
#ifndef CAPSIM_MODELS_WAITING_H
#define CAPSIM_MODELS_WAITING_H

#include "models/system_state.h"

struct waiting_level {
    uint32_t first, last; /* NOBODY: empty */
};

struct waiting {
    enum discipline discipline;
    uint32_t count;
    struct waiting_level *lines; /* [line_count] one for each level of priority, else one        */
    uint32_t line_count;
    uint32_t *members; /* [count] in random order; a request's `previous` is its place there    */
    uint32_t member_capacity, chosen; /* chosen: who was drawn to be next, or NOBODY            */
    uint32_t stream, draws;
};

/* Nobody waits. name: of the station's copy, for its random stream "<name>.random"; levels: of
 * priority in the scenario. */
void waiting_init(struct waiting *waiting, enum discipline discipline, const char *name,
                  uint32_t levels, struct arena *arena);
/* Nobody waits; from now on in another order. */
void waiting_renew(struct waiting *waiting, enum discipline discipline, uint32_t levels,
                   struct arena *arena);
/* The request joins. */
void waiting_add(struct system *system, struct waiting *waiting, uint32_t id,
                 struct request *request);
/* The request, which waits here, leaves. */
void waiting_remove(struct system *system, struct waiting *waiting, uint32_t id,
                    struct request *request);
/* Who goes next, or NOBODY. */
uint32_t waiting_next(struct system *system, struct waiting *waiting);
/* True if the request would be next when it joined now. */
bool waiting_is_before_all(const struct waiting *waiting, const struct request *request);

#endif
