#include "inputs/system.h"

#include "inputs/wording.h"
#include "sim/kernel/nearest.h"
#include <string.h>

enum { SHOWN_NAMES = 5 };

bool system_find_pool(const struct system *system, const struct reader *at, size_t *pool)
{
    const char *name = json_string_value(at->value);
    if (name == NULL)
        return reader_fail_type(at, "the name of a resource");
    json_t *index = json_object_get(system->names, name);
    if (index != NULL) {
        *pool = (size_t)json_integer_value(index);
        return true;
    }
    const char *other = json_object_get(system->limiter_names, name)  ? "rate_limiter"
                        : json_object_get(system->buffer_names, name) ? "buffer"
                                                                      : NULL;
    if (other != NULL)
        return reader_fail(at, "must be the name of a pool; %s is a %s", reader_show(at), other);
    struct arena *arena = at->reading->arena;
    const char **names = arena_array(arena, system->pool_count, sizeof *names);
    for (size_t i = 0; i < system->pool_count; i++)
        names[i] = system->pools[i].name;
    const char *meant = nearest_name(name, names, system->pool_count);
    if (meant != NULL)
        return reader_fail(at, "no resource %s; did you mean \"%s\"?", reader_show(at), meant);
    if (system->pool_count == 0)
        return reader_fail(at, "no resource %s; the scenario has none", reader_show(at));
    char list[SHOWN_NAMES * (WORDING_NAME + 2)] = "";
    for (size_t i = 0; i < system->pool_count && i < SHOWN_NAMES; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    return reader_fail(at, "no resource %s; there is %s%s", reader_show(at), list,
                       system->pool_count > SHOWN_NAMES ? ", ..." : "");
}

void system_add_nesting(struct system *system, struct arena *arena, struct nesting nesting)
{
    if (system->nesting_count == system->nesting_capacity) {
        size_t capacity = system->nesting_capacity == 0 ? 16 : 2 * system->nesting_capacity;
        struct nesting *grown = arena_array(arena, capacity, sizeof *grown);
        if (system->nesting_count > 0)
            memcpy(grown, system->nestings, system->nesting_count * sizeof *grown);
        system->nestings = grown;
        system->nesting_capacity = capacity;
    }
    system->nestings[system->nesting_count++] = nesting;
}
