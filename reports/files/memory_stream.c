/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/memory_stream.h"
#include <string.h>
#include <sys/types.h>

enum { FIRST_ROOM = 4096 };

/* Room for that many bytes and a 0. */
static void make_room(struct memory_stream *memory, size_t size)
{
    size_t room = memory->room ? memory->room : FIRST_ROOM;
    while (room <= size)
        room = arena_multiply_sizes(room, 2);
    if (room == memory->room)
        return;
    char *bytes = arena_alloc(memory->arena, room);
    if (memory->size > 0)
        memcpy(bytes, memory->bytes, memory->size);
    memory->bytes = bytes;
    memory->room = room;
}

static ssize_t take(void *cookie, const char *bytes, size_t count)
{
    struct memory_stream *memory = cookie;
    make_room(memory, arena_add_sizes(memory->size, count));
    memcpy(memory->bytes + memory->size, bytes, count);
    memory->size += count;
    return (ssize_t)count;
}

void memory_stream_open(struct memory_stream *memory, struct arena *arena)
{
    *memory = (struct memory_stream){.arena = arena};
    memory->stream =
        arena_library_memory(fopencookie(memory, "w", (cookie_io_functions_t){.write = take}));
}

void memory_stream_close(struct memory_stream *memory)
{
    (void)fclose(memory->stream); /* take never fails */
    memory->stream = NULL;
    make_room(memory, memory->size);
    memory->bytes[memory->size] = '\0';
}
