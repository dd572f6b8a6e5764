#include "inputs/scenario/read_limiter_buffer.h"

#include "inputs/json/wording.h"
#include "inputs/scenario/read_resources.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { MAX_BURST = 1000000000, MAX_CANDIDATES = 16 };

/* Who waits is next in this order; where nobody waits it has no effect, because the gate does what
 * instead says. */
static bool get_discipline(struct reader *at, bool is_waiting, const char *instead,
                           enum discipline *discipline)
{
    struct reader given = reader_at(at, "discipline");
    if (!read_discipline(at, is_waiting ? "fifo" : READER_OPTIONAL, discipline))
        return false;
    if (given.value != NULL && !is_waiting)
        reading_warn(at->reading, "%s: has no effect: it %s", reader_path(&given), instead);
    return true;
}

bool gates_read_limiter(struct reader *at, const struct resource_place *place,
                        struct system *system)
{
    static const char *const keys[] = {"kind", "rate", "burst", "excess", "discipline", NULL};
    static const char *const excesses[] = {"refuse", "wait"};
    struct limiter_spec *limiter = &system->limiters[system->limiter_count];
    size_t excess = 0;
    *limiter = (struct limiter_spec){
        .name = place->name, .copies = place->copies, .service = place->service, .burst = 1};
    if (!reader_open(at, "rate_limiter", keys) ||
        !reader_get_rate(at, "rate", &limiter->rate_per_s) ||
        !reader_get_integer(at, "burst", "1", 1, MAX_BURST, &limiter->burst) ||
        !reader_get_choice(at, "excess", "refuse", excesses, 2, &excess) ||
        !get_discipline(at, excess == 1, "refuses: nobody waits", &limiter->discipline))
        return false;
    limiter->is_waiting = excess == 1;
    system->has_priority_queue |= limiter->discipline == DISCIPLINE_PRIORITY;
    json_object_set_new(system->limiter_names, limiter->name,
                        json_integer((json_int_t)system->limiter_count++));
    return true;
}

bool gates_read_buffer(struct reader *at, const struct resource_place *place, struct system *system)
{
    static const char *const keys[] = {"kind", "capacity", "when_full", "discipline", NULL};
    static const char *const ways[] = {"drop", "wait"};
    struct buffer_spec *buffer = &system->buffers[system->buffer_count];
    size_t way = 0;
    double capacity;
    *buffer = (struct buffer_spec){
        .name = place->name, .copies = place->copies, .service = place->service};
    if (!reader_open(at, "buffer", keys) ||
        !reader_get_size(at, "capacity", READER_REQUIRED, &capacity) ||
        !reader_get_choice(at, "when_full", "drop", ways, 2, &way) ||
        !get_discipline(at, way == 1, "drops: nothing waits", &buffer->discipline))
        return false;
    system->has_priority_queue |= buffer->discipline == DISCIPLINE_PRIORITY;
    struct reader size = reader_at(at, "capacity");
    buffer->capacity = (int64_t)capacity; /* a fraction of a byte holds nothing */
    buffer->is_waiting = way == 1;
    if (buffer->capacity < 1)
        return reader_fail(&size, "must be at least 1B; got %s", reader_show(&size));
    json_object_set_new(system->buffer_names, buffer->name,
                        json_integer((json_int_t)system->buffer_count++));
    return true;
}

static bool find(const struct system *system, const struct visited *visited,
                 const struct reader *at, json_t *names, const char *kind, size_t *index)
{
    const char *name = json_string_value(at->value), *candidates[MAX_CANDIDATES], *key;
    json_t *value;
    size_t count = 0;
    if (name == NULL)
        return reader_fail_type(at, arena_printf(at->reading->arena, "the name of a %s", kind));
    if (system_look_up(system, names, visited, at, index))
        return true;
    const char *other = system_kind_of(system, visited, at);
    if (other != NULL)
        return reader_fail(at, "must be the name of a %s; %s is a %s", kind, reader_show(at),
                           other);
    json_object_foreach(names, key, value)
    {
        if (count < MAX_CANDIDATES)
            candidates[count++] = key;
    }
    const char *meant = nearest_name(name, candidates, count);
    if (meant != NULL)
        return reader_fail(at, "no %s %s; did you mean \"%s\"?", kind, reader_show(at), meant);
    return reader_fail(at, "no %s %s; the scenario has %s%s", kind, reader_show(at),
                       count > 0 ? candidates[0] : "none", count > 1 ? ", ..." : "");
}

bool gates_find_limiter(const struct system *system, const struct visited *visited,
                        const struct reader *at, size_t *index)
{
    return find(system, visited, at, system->limiter_names, "rate_limiter", index) &&
           system_can_reach(system, visited, system->limiters[*index].service, at);
}

bool gates_find_buffer(const struct system *system, const struct visited *visited,
                       const struct reader *at, size_t *index)
{
    return find(system, visited, at, system->buffer_names, "buffer", index) &&
           system_can_reach(system, visited, system->buffers[*index].service, at);
}

bool gates_check_use(const struct system *system, struct reading *reading)
{
    for (size_t i = 0; i < system->limiter_count; i++)
        if (!system->limiter_uses[i].is_used)
            reading_warn(reading, "%s%s is never used",
                         system_path_prefix(system->limiters[i].service), system->limiters[i].name);
    for (size_t i = 0; i < system->buffer_count; i++) {
        const struct gate_use *use = &system->buffer_uses[i];
        if (use->waiting_put != NULL && !use->is_drained) {
            error_set(reading->err, STATUS_MODEL,
                      "no step drains %s: what does not fit waits here for ever, and no timeout "
                      "ends that",
                      system->buffers[i].name);
            return reading_place(reading, use->waiting_put, LOCATE_VALUE);
        }
        if (!use->is_used)
            reading_warn(reading, "%s%s is never used",
                         system_path_prefix(system->buffers[i].service), system->buffers[i].name);
        else if (!use->is_drained)
            reading_warn(reading, "no step drains %s%s: once full, it stays full",
                         system_path_prefix(system->buffers[i].service), system->buffers[i].name);
    }
    return true;
}
