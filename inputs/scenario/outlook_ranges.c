/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/outlook_ranges.h"
#include "inputs/json/dotted_path.h"
#include "inputs/scenario/setting_config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COUNT = 1000000 };

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

static bool is_size_key(const char *key)
{
    static const char *const keys[] = {"max", "threads", "cores", "replicas"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* The whole number above 0 at path; 0: there is none. */
static json_int_t count_at(json_t *root, const char *path, struct arena *arena)
{
    struct dotted_path end = dotted_path_follow(root, path, arena);
    json_int_t count =
        end.is_last && json_is_integer(end.value) ? json_integer_value(end.value) : 0;
    return count > 0 && count <= MOST_COUNT ? count : 0;
}

/* The only path that was changed and is a size; NULL: none, or several. */
static const char *changed_size(const struct scenario_set *set, size_t i, struct arena *arena)
{
    size_t count;
    const struct setting_change *changes = setting_config_changes(set, 0, i, arena, &count);
    const char *found = NULL;
    for (size_t k = 0; k < count; k++) {
        if (!is_size_key(last_part(changes[k].path)))
            continue;
        if (found)
            return NULL;
        found = changes[k].path;
    }
    return found;
}

/* The only size among the resources of the file. */
static const char *only_size(json_t *root, struct arena *arena)
{
    json_t *resources = json_object_get(root, "resources"), *resource, *value;
    const char *name, *key, *found = NULL;
    if (json_object_size(json_object_get(root, "services")) > 0)
        return NULL;
    json_object_foreach(resources, name, resource) json_object_foreach(resource, key, value)
    {
        if (!is_size_key(key))
            continue;
        if (found || strchr(name, '.'))
            return NULL;
        found = arena_printf(arena, "resources.%s.%s", name, key);
    }
    return found;
}

static struct outlook_range count_range(const char *path, json_int_t from, json_int_t to,
                                        json_int_t now, const char *noun, struct arena *arena)
{
    struct outlook_range none = {0};
    if (from >= to)
        return none;
    return (struct outlook_range){
        arena_printf(arena, "%s=%" JSON_INTEGER_FORMAT ":%" JSON_INTEGER_FORMAT, path, from, to),
        noun, (double)now};
}

struct outlook_range outlook_range_of_size(const struct scenario_set *set, size_t i, bool is_more,
                                           struct arena *arena)
{
    struct outlook_range range = {0};
    json_t *root = setting_config_tree(set, i, arena);
    const char *path = i > 0 ? changed_size(set, i, arena) : only_size(root, arena);
    json_int_t now = path ? count_at(root, path, arena) : 0;
    if (now > 0) {
        const char *resource = arena_printf(arena, "%.*s", (int)(last_part(path) - path), path);
        json_int_t least = count_at(root, arena_printf(arena, "%smin", resource), arena);
        if (strcmp(last_part(path), "max") != 0 || least == 0)
            least = 1;
        range = is_more ? count_range(path, now, OUTLOOK_MOST_SIZE * now, now, "", arena)
                        : count_range(path, least, now, now, "", arena);
    }
    json_decref(root);
    return range;
}

/* "500/s" and its multiple, with the unit as written. */
static struct outlook_range rate_range(const char *path, const char *text, struct arena *arena)
{
    char *unit;
    double rate = text ? strtod(text, &unit) : 0;
    struct outlook_range none = {0};
    if (!(rate > 0) || !isfinite(rate) || strncmp(unit, "/s", 2) != 0)
        return none;
    return (struct outlook_range){
        arena_printf(arena, "%s=%.12g/s:%.12g/s", path, rate, OUTLOOK_MOST_LOAD * rate),
        "requests/s", rate};
}

static struct outlook_range load_of(const char *workload, json_t *arrivals, struct arena *arena)
{
    static const char *const counts[] = {"customers", "jobs"};
    const char *place = arena_printf(arena, "workloads.%s.arrivals", workload);
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        json_t *value = json_object_get(arrivals, counts[k]);
        json_int_t now = json_is_integer(value) ? json_integer_value(value) : 0;
        if (now > 0 && now <= MOST_COUNT)
            return count_range(arena_printf(arena, "%s.%s", place, counts[k]), now,
                               OUTLOOK_MOST_LOAD * now, now, counts[k], arena);
    }
    return rate_range(arena_printf(arena, "%s.rate", place),
                      json_string_value(json_object_get(arrivals, "rate")), arena);
}

struct outlook_range outlook_range_of_load(const struct scenario_set *set, size_t i,
                                           struct arena *arena)
{
    struct outlook_range range = {0};
    json_t *root = setting_config_tree(set, i, arena), *workload;
    const char *name;
    size_t arriving = 0;
    json_object_foreach(json_object_get(root, "workloads"), name, workload)
    {
        json_t *arrivals = json_object_get(workload, "arrivals");
        if (!json_is_object(arrivals))
            continue;
        arriving++;
        if (!strchr(name, '.'))
            range = load_of(name, arrivals, arena);
    }
    json_decref(root);
    return arriving == 1 ? range : (struct outlook_range){0};
}
