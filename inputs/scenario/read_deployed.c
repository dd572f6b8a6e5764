/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_deployed.h"
#include "inputs/deployed/deployed.h"
#include "inputs/json/wording.h"
#include <stdlib.h>
#include <string.h>

enum { THOUSAND = 1000 };
enum { MAX_FILE_NAME = 1000, MAX_PATH = 1000, MAX_UNIT = 20, MAX_NONE = 100 };

/* What a map says of one key. */
struct mapping {
    const char *key, *path, *unit, *none; /* unit, none: NULL where not given */
    struct json_cursor at;
};

struct deployed_setting {
    const char *file;
    enum deployed_format format;
    const struct mapping *mappings;
    const char *const *keys;
    size_t count;
};

bool read_deployed_is_own(const char *key)
{
    return strcmp(key, "from") == 0 || strcmp(key, "map") == 0 || strcmp(key, "format") == 0;
}

size_t read_deployed_count(const json_t *setting)
{
    return json_object_size(json_object_get(setting, "map"));
}

/* ---- the map ------------------------------------------------------------------------------- */

static bool read_unit(const struct json_cursor *at, const char **unit)
{
    int64_t ratio;
    if (!at->value)
        return true;
    if (!cursor_as_text(at, MAX_UNIT, unit))
        return false;
    if (quantity_find_ratio(*unit, *unit, &ratio))
        return true;
    return cursor_fail(at,
                       "must be a unit: of a duration (ms), a rate (/s), a size (MiB) or a "
                       "share (%%); got %s",
                       cursor_show(at));
}

/* 0, "0" and -1: as text. */
static bool read_none(const struct json_cursor *at, const char **none)
{
    if (json_is_integer(at->value)) {
        *none = cursor_show(at);
        return true;
    }
    if (at->value && !json_is_string(at->value))
        return cursor_fail_type(at, "the whole number or the text that stands for none");
    return !at->value || cursor_as_text(at, MAX_NONE, none);
}

static bool read_mapping(struct mapping *mapping)
{
    static const char *const keys[] = {"path", "unit", "none", NULL};
    struct json_cursor *at = &mapping->at, path;
    if (json_is_string(at->value))
        return cursor_as_text(at, MAX_PATH, &mapping->path);
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "a path such as \"resources.db_pool.max\", or an object "
                                    "(path, unit, none)");
    if (!cursor_open(at, "value of a map", keys) || !cursor_require(at, "path", &path))
        return false;
    struct json_cursor unit = cursor_at(at, "unit"), none = cursor_at(at, "none");
    return cursor_as_text(&path, MAX_PATH, &mapping->path) && read_unit(&unit, &mapping->unit) &&
           read_none(&none, &mapping->none);
}

/* Two values for one path: one of them would be lost. */
static bool check_twice(const struct json_cursor *setting, const struct mapping *mappings, size_t i)
{
    const struct mapping *mapping = &mappings[i];
    for (size_t k = 0; k < i; k++)
        if (strcmp(mappings[k].path, mapping->path) == 0)
            return cursor_fail(&mapping->at, "%s is mapped twice: from %s, too", mapping->path,
                               mappings[k].key);
    if (json_object_get(setting->value, mapping->path))
        return cursor_fail(&mapping->at, "%s is in this setting by itself, too", mapping->path);
    return true;
}

static bool read_map(struct json_cursor *setting, struct json_cursor *map,
                     struct deployed_setting *deployed)
{
    struct arena *arena = setting->context->arena;
    const char *key;
    json_t *value;
    if (!json_is_object(map->value) || json_object_size(map->value) == 0)
        return cursor_fail_type(map, "an object (paths by the names that the file has), at least "
                                     "one");
    size_t room = json_object_size(map->value);
    struct mapping *mappings = arena_array(arena, room, sizeof *mappings);
    const char **keys = arena_array(arena, room, sizeof *keys);
    deployed->mappings = mappings;
    deployed->keys = keys;
    json_object_foreach(map->value, key, value)
    {
        struct mapping *mapping = &mappings[deployed->count];
        mapping->key = keys[deployed->count] = arena_strdup(arena, key);
        mapping->at = cursor_at(map, mapping->key);
        if (!read_mapping(mapping) || !check_twice(setting, mappings, deployed->count))
            return false;
        deployed->count++;
    }
    return true;
}

static bool read_format(const struct json_cursor *from, const struct json_cursor *at,
                        struct deployed_setting *deployed)
{
    size_t choice;
    if (at->value) {
        if (!cursor_as_choice(at, "format", deployed_format_names, DEPLOYED_FORMATS, &choice))
            return false;
        deployed->format = (enum deployed_format)choice;
        return true;
    }
    return deployed_find_format(deployed->file, &deployed->format) ||
           cursor_fail(from,
                       "of which format is %s? Name it: \"format\": \"env\", \"json\", \"toml\" or "
                       "\"yaml\"",
                       cursor_show(from));
}

/* ---- values -------------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

/* Whether text is a JSON number followed by suffix, as Kubernetes writes quantities. */
static bool is_number_with(const char *text, const char *suffix, struct arena *arena)
{
    if (!ends_with(text, suffix))
        return false;
    size_t length = strlen(text) - strlen(suffix);
    json_t *number = json_loads(arena_printf(arena, "%.*s", (int)length, text),
                                JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    bool is_number = json_is_number(number);
    json_decref(number);
    return is_number;
}

static json_t *convert_text(const struct mapping *mapping, const char *text, struct arena *arena)
{
    static const char *const sizes[] = {"Ki", "Mi", "Gi", "Ti"};
    const char *key = strrchr(mapping->path, '.');
    bool is_cores = key && strcmp(key + 1, "cores") == 0;
    json_t *plain = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (json_is_number(plain) || json_is_boolean(plain))
        return plain;
    json_decref(plain);
    if (is_cores && is_number_with(text, "m", arena))
        return json_real(strtod(text, NULL) / THOUSAND);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (is_number_with(text, sizes[i], arena))
            return json_string(arena_printf(arena, "%sB", text));
    return json_string(text);
}

static bool is_none(const struct mapping *mapping, const struct deployed_value *value)
{
    return value->kind == DEPLOYED_NULL ||
           (mapping->none && strcmp(mapping->none, value->text) == 0);
}

/* NULL with the message: a unit for what is no bare number. */
static json_t *convert(const struct mapping *mapping, const struct deployed_value *value,
                       struct parse_context *context)
{
    char shown[WORDING_SIZE];
    if (is_none(mapping, value))
        return json_null();
    if (!mapping->unit)
        return convert_text(mapping, value->text, context->arena);
    if (is_number_with(value->text, "", context->arena))
        return json_string(arena_printf(context->arena, "%s%s", value->text, mapping->unit));
    error_set(context->err, STATUS_INPUT,
              "must be a bare number, since the scenario says that its unit is %s; got %s",
              mapping->unit, wording_quote(value->text, shown));
    return NULL;
}

static bool take_value(struct parse_context *context, const struct deployed_setting *deployed,
                       size_t i, const struct deployed_value *value, struct deployed_override *to)
{
    const struct mapping *mapping = &deployed->mappings[i];
    struct deployed_place *at = arena_alloc(context->arena, sizeof *at);
    *at = (struct deployed_place){deployed->file, {value->line, value->column}};
    *to = (struct deployed_override){.path = mapping->path, .at = at};
    to->origin = cursor_pointer(&mapping->at);
    to->value = convert(mapping, value, context);
    if (to->value)
        return true;
    locate_set_error(context->err, deployed->file, mapping->key, at->place);
    return false;
}

static bool read_values(const struct json_cursor *from, const struct deployed_setting *deployed,
                        struct deployed_override *list, size_t *count)
{
    struct parse_context *context = from->context;
    size_t missing = deployed->count;
    struct deployed_value *values = arena_array(context->arena, deployed->count, sizeof *values);
    const struct deployed_wish wish = {deployed->file, deployed->format, deployed->keys,
                                       deployed->count};
    if (!context_open_deployed(context, &wish, values, &missing))
        return missing < deployed->count ? cursor_place(&deployed->mappings[missing].at, LOCATE_KEY)
                                         : cursor_place(from, LOCATE_VALUE);
    for (size_t i = 0; i < deployed->count; i++, (*count)++)
        if (!take_value(context, deployed, i, &values[i], &list[*count]))
            return false;
    return true;
}

bool read_deployed(struct json_cursor *setting, struct deployed_override *list, size_t *count)
{
    struct json_cursor from = cursor_at(setting, "from"), map = cursor_at(setting, "map");
    struct json_cursor format = cursor_at(setting, "format");
    struct deployed_setting deployed = {0};
    *count = 0;
    if (!from.value && !map.value && !format.value)
        return true;
    if (!from.value)
        return cursor_fail(setting, "\"from\" is missing: the file that %s reads",
                           map.value ? "\"map\"" : "\"format\"");
    if (!map.value)
        return cursor_fail(setting, "\"map\" is missing: which names of the file are which paths");
    return cursor_as_text(&from, MAX_FILE_NAME, &deployed.file) &&
           read_format(&from, &format, &deployed) && read_map(setting, &map, &deployed) &&
           read_values(&from, &deployed, list, count);
}
