/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_limiter_buffer.h"

#include "inputs/json/wording.h"
#include "inputs/scenario/read_discipline.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { MAX_BURST = 1000000000, MAX_CANDIDATES = 16 };

/* Who waits is next in this order; where nobody waits it has no effect, because the gate does what
 * instead says. */
static bool get_discipline(struct json_cursor *at, bool is_waiting, const char *instead,
                           enum discipline *discipline)
{
    struct json_cursor given = cursor_at(at, "discipline");
    if (!read_discipline(at, is_waiting ? "fifo" : CURSOR_OPTIONAL, discipline))
        return false;
    if (given.value != NULL && !is_waiting)
        context_warn(at->context, "%s: has no effect: it %s", cursor_path(&given), instead);
    return true;
}

bool limiter_buffer_read_limiter(struct json_cursor *at, void *spec, struct resource_names *system)
{
    static const char *const keys[] = {"kind", "rate", "burst", "excess", "discipline", NULL};
    static const char *const excesses[] = {"refuse", "wait"};
    struct limiter_spec *limiter = spec;
    size_t excess = 0;
    limiter->burst = 1;
    if (!cursor_open(at, "rate_limiter", keys) ||
        !cursor_get_rate(at, "rate", &limiter->rate_per_s) ||
        !cursor_get_integer(at, "burst", "1", 1, MAX_BURST, &limiter->burst) ||
        !cursor_get_choice(at, "excess", "refuse", excesses, 2, &excess) ||
        !get_discipline(at, excess == 1, "refuses: nobody waits", &limiter->discipline))
        return false;
    limiter->is_waiting = excess == 1;
    system->has_priority_queue |= limiter->discipline == DISCIPLINE_PRIORITY;
    return true;
}

bool limiter_buffer_read_buffer(struct json_cursor *at, void *spec, struct resource_names *system)
{
    static const char *const keys[] = {"kind", "capacity", "when_full", "discipline", NULL};
    static const char *const ways[] = {"drop", "wait"};
    struct buffer_spec *buffer = spec;
    size_t way = 0;
    double capacity;
    if (!cursor_open(at, "buffer", keys) ||
        !cursor_get_size(at, "capacity", CURSOR_REQUIRED, &capacity) ||
        !cursor_get_choice(at, "when_full", "drop", ways, 2, &way) ||
        !get_discipline(at, way == 1, "drops: nothing waits", &buffer->discipline))
        return false;
    system->has_priority_queue |= buffer->discipline == DISCIPLINE_PRIORITY;
    struct json_cursor size = cursor_at(at, "capacity");
    buffer->capacity = (int64_t)capacity; /* a fraction of a byte holds nothing */
    buffer->is_waiting = way == 1;
    if (buffer->capacity < 1)
        return cursor_fail(&size, "must be at least 1B; got %s", cursor_show(&size));
    return true;
}

static bool find(const struct resource_names *system, const struct visited *visited,
                 const struct json_cursor *at, json_t *names, const char *kind, size_t *index)
{
    const char *name = json_string_value(at->value), *candidates[MAX_CANDIDATES], *key;
    json_t *value;
    size_t count = 0;
    if (name == NULL)
        return cursor_fail_type(at, arena_printf(at->context->arena, "the name of a %s", kind));
    if (resource_names_look_up(system, names, visited, at, index))
        return true;
    const char *other = resource_names_kind_of(system, visited, at);
    if (other != NULL)
        return cursor_fail(at, "must be the name of a %s; %s is a %s", kind, cursor_show(at),
                           other);
    json_object_foreach(names, key, value)
    {
        if (count < MAX_CANDIDATES)
            candidates[count++] = key;
    }
    const char *meant = spelling_nearest(name, candidates, count);
    if (meant != NULL)
        return cursor_fail(at, "no %s %s; did you mean \"%s\"?", kind, cursor_show(at), meant);
    return cursor_fail(at, "no %s %s; the scenario has %s%s", kind, cursor_show(at),
                       count > 0 ? candidates[0] : "none", count > 1 ? ", ..." : "");
}

bool limiter_buffer_find_limiter(const struct resource_names *system, const struct visited *visited,
                                 const struct json_cursor *at, size_t *index)
{
    return find(system, visited, at, system->of[STATION_LIMITER].names, "rate_limiter", index) &&
           resource_names_can_reach(system, visited,
                                    resource_names_limiters(system)[*index].service, at);
}

bool limiter_buffer_find_buffer(const struct resource_names *system, const struct visited *visited,
                                const struct json_cursor *at, size_t *index)
{
    return find(system, visited, at, system->of[STATION_BUFFER].names, "buffer", index) &&
           resource_names_can_reach(system, visited, resource_names_buffers(system)[*index].service,
                                    at);
}

bool limiter_buffer_check_use(const struct resource_names *system, struct parse_context *context)
{
    for (size_t i = 0; i < system->of[STATION_LIMITER].count; i++)
        if (!system->of[STATION_LIMITER].is_used[i])
            context_warn(context, "%s%s is never used",
                         resource_names_path_prefix(resource_names_limiters(system)[i].service),
                         resource_names_limiters(system)[i].name);
    for (size_t i = 0; i < system->of[STATION_BUFFER].count; i++) {
        const struct buffer_use *use = &system->buffer_uses[i];
        if (use->waiting_put != NULL && !use->is_drained) {
            error_set(context->err, STATUS_MODEL,
                      "no step drains %s: what does not fit waits here for ever, and no timeout "
                      "ends that",
                      resource_names_buffers(system)[i].name);
            return context_place(context, use->waiting_put, LOCATE_VALUE);
        }
        if (!system->of[STATION_BUFFER].is_used[i])
            context_warn(context, "%s%s is never used",
                         resource_names_path_prefix(resource_names_buffers(system)[i].service),
                         resource_names_buffers(system)[i].name);
        else if (!use->is_drained)
            context_warn(context, "no step drains %s%s: once full, it stays full",
                         resource_names_path_prefix(resource_names_buffers(system)[i].service),
                         resource_names_buffers(system)[i].name);
    }
    return true;
}
