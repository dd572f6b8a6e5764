#include "inputs/system.h"

#include "inputs/wording.h"
#include "sim/kernel/nearest.h"
#include <string.h>

enum { SHOWN_NAMES = 5 };

/* Says that names[count] has no such resource. */
static bool fail_no_resource(const struct reader *at, const char *const *names, size_t count,
                             const char *kind)
{
    const char *meant = nearest_name(json_string_value(at->value), names, count);
    if (meant != NULL)
        return reader_fail(at, "no %s %s; did you mean \"%s\"?", kind, reader_show(at), meant);
    if (count == 0)
        return reader_fail(at, "no %s %s; the scenario has none", kind, reader_show(at));
    char list[SHOWN_NAMES * (WORDING_NAME + 2)] = "";
    for (size_t i = 0; i < count && i < SHOWN_NAMES; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    return reader_fail(at, "no %s %s; there is %s%s", kind, reader_show(at), list,
                       count > SHOWN_NAMES ? ", ..." : "");
}

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
    index = json_object_get(system->cpu_names, name);
    if (index != NULL)
        return reader_fail(
            at, "a %s is not held but shared: use { \"work\": \"%s\", \"demand\": ... }",
            system->cpus[json_integer_value(index)].is_database ? "database" : "cpu", name);
    const char *other = json_object_get(system->limiter_names, name)  ? "rate_limiter"
                        : json_object_get(system->buffer_names, name) ? "buffer"
                                                                      : NULL;
    if (other != NULL)
        return reader_fail(at, "must be the name of a pool; %s is a %s", reader_show(at), other);
    const char **names = arena_array(at->reading->arena, system->pool_count, sizeof *names);
    for (size_t i = 0; i < system->pool_count; i++)
        names[i] = system->pools[i].name;
    return fail_no_resource(at, names, system->pool_count, "resource");
}

bool system_find_cpu(const struct system *system, const struct reader *at, bool is_database,
                     size_t *cpu)
{
    const char *name = json_string_value(at->value);
    const char *kind = is_database ? "database" : "cpu or database";
    if (name == NULL)
        return reader_fail_type(at, is_database ? "the name of a database"
                                                : "the name of a cpu or database");
    json_t *index = json_object_get(system->cpu_names, name);
    if (index != NULL) {
        *cpu = (size_t)json_integer_value(index);
        if (!is_database || system->cpus[*cpu].is_database)
            return true;
        return reader_fail(at, "must be a database; %s is a cpu", reader_show(at));
    }
    if (json_object_get(system->names, name) != NULL)
        return reader_fail(at, "must be a %s; %s is a pool", kind, reader_show(at));
    const char **names = arena_array(at->reading->arena, system->cpu_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < system->cpu_count; i++)
        if (!is_database || system->cpus[i].is_database)
            names[count++] = system->cpus[i].name;
    return fail_no_resource(at, names, count, kind);
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
