/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/parcel.h"
#include <string.h>

enum { FIRST_ROOM = 4096 };

struct parcel parcel_open(void)
{
    return parcel_in(arena_open());
}

void parcel_close(struct parcel *parcel)
{
    arena_close(parcel->arena);
    *parcel = (struct parcel){0};
}

struct parcel parcel_in(struct arena *arena)
{
    return (struct parcel){.arena = arena};
}

struct parcel parcel_over(const void *bytes, size_t size)
{
    return (struct parcel){.bytes = (char *)bytes, .size = size};
}

void parcel_clear(struct parcel *parcel)
{
    parcel->size = parcel->at = 0;
}

/* Room doubles: what is left behind in the arena is together no larger than what is used. */
void *parcel_extend(struct parcel *parcel, size_t size)
{
    if (size > parcel->room - parcel->size) {
        size_t room = parcel->room > 0 ? 2 * parcel->room : FIRST_ROOM;
        room = room < parcel->size + size ? parcel->size + size : room;
        char *grown = arena_alloc(parcel->arena, room);
        if (parcel->size > 0)
            memcpy(grown, parcel->bytes, parcel->size);
        parcel->bytes = grown;
        parcel->room = room;
    }
    parcel->size += size;
    return parcel->bytes + parcel->size - size;
}

void parcel_put(struct parcel *parcel, const void *bytes, size_t size)
{
    void *place = parcel_extend(parcel, size);
    if (size > 0)
        memcpy(place, bytes, size);
}

const void *parcel_skip(struct parcel *parcel, size_t size)
{
    if (size > parcel->size - parcel->at)
        return NULL;
    parcel->at += size;
    return parcel->bytes + parcel->at - size;
}

bool parcel_get(struct parcel *parcel, void *bytes, size_t size)
{
    const void *place = parcel_skip(parcel, size);
    if (place && size > 0)
        memcpy(bytes, place, size);
    return place != NULL;
}
