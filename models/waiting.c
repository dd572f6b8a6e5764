#include "models/waiting.h"
#include <assert.h>
#include <string.h>

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
    waiting->chosen = NOBODY;
    for (uint32_t l = 0; l < lines; l++)
        waiting->lines[l] = (struct waiting_level){NOBODY, NOBODY};
}

static void add_member(struct system *system, struct waiting *waiting, uint32_t id,
                       struct request *request)
{
    if (waiting->count == waiting->member_capacity) {
        uint32_t capacity = waiting->member_capacity ? 2 * waiting->member_capacity : 64;
        uint32_t *members = arena_array(system->arena, capacity, sizeof *members);
        if (waiting->member_capacity > 0)
            memcpy(members, waiting->members, waiting->member_capacity * sizeof *members);
        waiting->members = members;
        waiting->member_capacity = capacity;
    }
    request->previous = waiting->count;
    waiting->members[waiting->count++] = id;
}

static void remove_member(struct system *system, struct waiting *waiting, uint32_t id,
                          const struct request *request)
{
    uint32_t last = waiting->members[--waiting->count];
    waiting->members[request->previous] = last;
    system_request(system, last)->previous = request->previous;
    if (waiting->chosen == id)
        waiting->chosen = NOBODY;
}

static struct waiting_level *line_of(const struct waiting *waiting, const struct request *request)
{
    return &waiting->lines[waiting->line_count > 1 ? request->state.level : 0];
}

void waiting_add(struct system *system, struct waiting *waiting, uint32_t id,
                 struct request *request)
{
    if (waiting->discipline == DISCIPLINE_RANDOM) {
        add_member(system, waiting, id, request);
        return;
    }
    struct waiting_level *line = line_of(waiting, request);
    request->next = NOBODY;
    request->previous = line->last;
    if (line->last == NOBODY)
        line->first = id;
    else
        system_request(system, line->last)->next = id;
    line->last = id;
    waiting->count++;
}

void waiting_remove(struct system *system, struct waiting *waiting, uint32_t id,
                    struct request *request)
{
    if (waiting->discipline == DISCIPLINE_RANDOM) {
        remove_member(system, waiting, id, request);
        return;
    }
    struct waiting_level *line = line_of(waiting, request);
    if (request->previous == NOBODY)
        line->first = request->next;
    else
        system_request(system, request->previous)->next = request->next;
    if (request->next == NOBODY)
        line->last = request->previous;
    else
        system_request(system, request->next)->previous = request->previous;
    waiting->count--;
}

static uint32_t draw_member(struct system *system, struct waiting *waiting)
{
    if (waiting->chosen == NOBODY) {
        struct stream draw = stream_at(system->key, waiting->stream, waiting->draws++, 0);
        waiting->chosen = waiting->members[(uint32_t)(stream_next_uniform(&draw) * waiting->count)];
    }
    return waiting->chosen;
}

/* The first line that is not empty; somebody waits. */
static const struct waiting_level *first_line(const struct waiting *waiting)
{
    const struct waiting_level *line = waiting->lines;
    while (line->first == NOBODY)
        line++;
    return line;
}

uint32_t waiting_next(struct system *system, struct waiting *waiting)
{
    if (waiting->count == 0)
        return NOBODY;
    if (waiting->discipline == DISCIPLINE_RANDOM)
        return draw_member(system, waiting);
    const struct waiting_level *line = first_line(waiting);
    return waiting->discipline == DISCIPLINE_LIFO ? line->last : line->first;
}

bool waiting_is_before_all(const struct waiting *waiting, const struct request *request)
{
    if (waiting->count == 0 || waiting->discipline == DISCIPLINE_LIFO)
        return true;
    return waiting->discipline == DISCIPLINE_PRIORITY &&
           line_of(waiting, request) < first_line(waiting);
}
