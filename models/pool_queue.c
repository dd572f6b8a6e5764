#include "models/pool_queue.h"
#include <string.h>

void pool_queue_add_member(struct system *system, struct pool *pool, uint32_t id,
                           struct request *request)
{
    if (pool->waiting == pool->member_capacity) {
        uint32_t capacity = pool->member_capacity ? 2 * pool->member_capacity : 64;
        uint32_t *members = arena_array(system->arena, capacity, sizeof *members);
        if (pool->member_capacity > 0)
            memcpy(members, pool->members, pool->member_capacity * sizeof *members);
        pool->members = members;
        pool->member_capacity = capacity;
    }
    request->previous = pool->waiting;
    pool->members[pool->waiting++] = id;
}

void pool_queue_remove_member(struct system *system, struct pool *pool, struct request *request)
{
    uint32_t last = pool->members[--pool->waiting];
    pool->members[request->previous] = last;
    system_request(system, last)->previous = request->previous;
}

uint32_t pool_queue_random(struct system *system, struct pool *pool)
{
    struct stream draw = stream_at(system->key, pool->random_stream, pool->choices++, 0);
    double place = stream_next_uniform(&draw) * pool->waiting;
    return pool->members[(uint32_t)place];
}
