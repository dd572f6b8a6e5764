/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/queue_lines.h"
#include <string.h>

void queue_crowd_add(struct replication_state *system, struct queue_crowd *crowd, uint32_t count,
                     uint32_t id, struct request *request)
{
    if (count == crowd->capacity) {
        uint32_t capacity = crowd->capacity ? 2 * crowd->capacity : 64;
        uint32_t *members = arena_array(system->arena, capacity, sizeof *members);
        if (crowd->capacity > 0)
            memcpy(members, crowd->members, crowd->capacity * sizeof *members);
        crowd->members = members;
        crowd->capacity = capacity;
    }
    request->previous = count;
    crowd->members[count] = id;
}

void queue_crowd_remove(struct replication_state *system, struct queue_crowd *crowd, uint32_t count,
                        const struct request *request)
{
    uint32_t last = crowd->members[count - 1];
    crowd->members[request->previous] = last;
    replication_request(system, last)->previous = request->previous;
}

uint32_t queue_crowd_draw(const struct replication_state *system, const struct queue_crowd *crowd,
                          uint32_t count, uint32_t stream, uint32_t number)
{
    struct stream draw = stream_at(system->key, stream, number, 0);
    return crowd->members[(uint32_t)(stream_next_uniform(&draw) * count)];
}
