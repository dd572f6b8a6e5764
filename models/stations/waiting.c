/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/stations/waiting.h"
#include <assert.h>

void waiting_init(struct waiting *waiting, enum discipline discipline, const char *name,
                  uint32_t levels, struct arena *arena)
{
    *waiting = (struct waiting){.stream = stream_id(arena_printf(arena, "%s.random", name))};
    waiting_renew(waiting, discipline, levels, arena);
}

void waiting_renew(struct waiting *waiting, enum discipline discipline, uint32_t levels,
                   struct arena *arena)
{
    uint32_t lines = discipline == DISCIPLINE_PRIORITY ? levels : 1;
    assert(waiting->count == 0);
    if (waiting->line_count < lines)
        waiting->lines = arena_array(arena, lines, sizeof *waiting->lines);
    waiting->discipline = discipline;
    waiting->line_count = lines;
    waiting->chosen = NO_REQUEST;
    for (uint32_t l = 0; l < lines; l++)
        waiting->lines[l] = (struct queue_line){NO_REQUEST, NO_REQUEST};
}

static struct queue_line *line_of(const struct waiting *waiting, const struct request *request)
{
    return &waiting->lines[waiting->line_count > 1 ? request->state.level : 0];
}

void waiting_add(struct replication_state *system, struct waiting *waiting, uint32_t id,
                 struct request *request)
{
    if (waiting->discipline == DISCIPLINE_RANDOM)
        queue_crowd_add(system, &waiting->crowd, waiting->count, id, request);
    else
        queue_line_add(system, line_of(waiting, request), id, request);
    waiting->count++;
}

void waiting_remove(struct replication_state *system, struct waiting *waiting, uint32_t id,
                    struct request *request)
{
    if (waiting->discipline == DISCIPLINE_RANDOM)
        queue_crowd_remove(system, &waiting->crowd, waiting->count, request);
    else
        queue_line_remove(system, line_of(waiting, request), request);
    if (waiting->chosen == id)
        waiting->chosen = NO_REQUEST;
    waiting->count--;
}

static uint32_t draw_member(struct replication_state *system, struct waiting *waiting)
{
    if (waiting->chosen == NO_REQUEST)
        waiting->chosen = queue_crowd_draw(system, &waiting->crowd, waiting->count, waiting->stream,
                                           waiting->draws++);
    return waiting->chosen;
}

/* The first line that is not empty; somebody waits. */
static const struct queue_line *first_line(const struct waiting *waiting)
{
    const struct queue_line *line = waiting->lines;
    while (line->first == NO_REQUEST)
        line++;
    return line;
}

uint32_t waiting_first(const struct waiting *waiting)
{
    if (waiting->discipline == DISCIPLINE_RANDOM)
        return waiting->chosen;
    const struct queue_line *line = first_line(waiting);
    return waiting->discipline == DISCIPLINE_LIFO ? line->last : line->first;
}

uint32_t waiting_next(struct replication_state *system, struct waiting *waiting)
{
    if (waiting->count == 0)
        return NO_REQUEST;
    if (waiting->discipline == DISCIPLINE_RANDOM)
        return draw_member(system, waiting);
    return waiting_first(waiting);
}

bool waiting_is_before_all(const struct waiting *waiting, const struct request *request)
{
    if (waiting->count == 0 || waiting->discipline == DISCIPLINE_LIFO)
        return true;
    return waiting->discipline == DISCIPLINE_PRIORITY &&
           line_of(waiting, request) < first_line(waiting);
}
