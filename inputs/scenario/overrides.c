/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/overrides.h"

#include "inputs/json/dotted_path.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/json_cursor.h"
#include "inputs/scenario/read_deployed.h"
#include <stdlib.h>
#include <string.h>

/* One value to lay over the tree. */
struct laying {
    const char *path;
    json_t *value;                         /* owned by the caller                              */
    const char *origin;                    /* pointer in the file; NULL: from the command line */
    const char *option;                    /* "--set a.b=1"                                    */
    const struct deployed_place *deployed; /* NULL: the value is where origin points */
};

static bool place(struct parse_context *context, const struct laying *laying)
{
    struct error *err = context->err;
    if (laying->origin == NULL) {
        error_set_file(err, laying->option);
        return false;
    }
    /* The path is a key of the file, and as written there. */
    size_t kept = context->override_place_count;
    context->override_place_count = 0;
    context_place(context, laying->origin, LOCATE_KEY);
    context->override_place_count = kept;
    return false;
}

static size_t first_part(const char *path)
{
    return strcspn(path, ".");
}

static bool starts_with_part(const char *path, const char *part)
{
    size_t length = first_part(path);
    return strlen(part) == length && strncmp(path, part, length) == 0;
}

/* A setting changes the system; how long and how often is the same for all that are compared. */
static bool check_scope(struct parse_context *context, const struct laying *laying)
{
    static const char *const fixed[] = {"capsim",      "name",        "title",
                                        "description", "settings",    "criteria",
                                        "run",         "assumptions", "rollout"};
    bool is_from_file = laying->origin != NULL;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        bool is_fixed =
            is_from_file || strcmp(fixed[i], "capsim") == 0 || strcmp(fixed[i], "settings") == 0;
        if (!is_fixed || !starts_with_part(laying->path, fixed[i]))
            continue;
        error_set(context->err, STATUS_INPUT,
                  is_from_file
                      ? "a setting changes resources, services, workloads or memory; \"%s\" is the "
                        "same for all settings"
                      : "\"%s\" cannot be overridden",
                  fixed[i]);
        return place(context, laying);
    }
    return true;
}

/* "run" and "memory" may be missing as a whole; an override then makes them. */
static void make_parent(struct parse_context *context, const char *path)
{
    static const char *const optional[] = {"run", "memory"};
    for (size_t i = 0; i < 2; i++)
        if (starts_with_part(path, optional[i]) && strchr(path, '.') != NULL &&
            json_object_get(context->root, optional[i]) == NULL)
            json_object_set_new(context->root, optional[i], json_object());
}

static void remember(struct parse_context *context, const struct laying *laying,
                     const char *pointer)
{
    context->override_places[context->override_place_count++] =
        (struct override_place){.pointer = pointer,
                                .origin = laying->origin,
                                .option = laying->option,
                                .deployed = laying->deployed};
}

static bool lay(struct parse_context *context, const struct laying *laying)
{
    if (!check_scope(context, laying))
        return false;
    make_parent(context, laying->path);
    struct dotted_path end = dotted_path_follow(context->root, laying->path, context->arena);
    bool is_object = end.is_last && json_is_object(end.parent) && end.part[0] != '\0';
    bool is_element = end.is_last && json_is_array(end.parent) && end.value != NULL;
    if (!is_object && !is_element) {
        error_set(context->err, STATUS_INPUT, "%s", dotted_path_explain(&end, context->arena));
        return place(context, laying);
    }
    json_t *copy = json_deep_copy(laying->value);
    if (is_object)
        json_object_set_new(end.parent, end.part, copy);
    else
        json_array_set_new(end.parent, (size_t)strtoul(end.part, NULL, 10), copy);
    remember(context, laying, end.pointer);
    return true;
}

static struct override list_override(const struct parse_context *context,
                                     const struct laying *laying)
{
    char *text =
        json_dumps(laying->value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    struct override listed = {arena_strdup(context->arena, laying->path),
                              arena_strdup(context->arena, text)};
    free(text);
    return listed;
}

/* ---- the file's settings --------------------------------------------------------------------- */

static json_t *find_setting(const json_t *file, const char *name)
{
    return json_object_get(json_object_get(file, "settings"), name);
}

bool overrides_list_names(struct parse_context *context, const char *const **names, size_t *count)
{
    struct json_cursor root = cursor_of_root(context), settings = cursor_at(&root, "settings");
    const char **list =
        arena_array(context->arena, json_object_size(settings.value) + 1, sizeof *list);
    list[0] = "baseline";
    *names = list;
    *count = 1;
    if (settings.value == NULL)
        return true;
    if (!cursor_open_names(&settings, "settings", 0))
        return false;
    const char *name;
    json_t *value;
    json_object_foreach(settings.value, name, value)
    {
        struct json_cursor setting = cursor_at(&settings, name);
        if (!json_is_object(value))
            return cursor_fail_type(&setting, "an object (new values by path, such as "
                                              "{\"resources.db_pool.max\": 200})");
        if (strcmp(name, "baseline") != 0)
            list[(*count)++] = arena_strdup(context->arena, name);
    }
    return true;
}

/* What the setting takes from a file that is deployed. */
static bool apply_deployed(struct parse_context *context, const char *name,
                           struct override *overrides, size_t *count)
{
    struct json_cursor root = cursor_of_root(context), settings = cursor_at(&root, "settings");
    struct json_cursor setting = cursor_at(&settings, name);
    struct deployed_override *list =
        arena_array(context->arena, read_deployed_count(setting.value), sizeof *list);
    size_t found = 0;
    bool is_fine = read_deployed(&setting, list, &found);
    for (size_t i = 0; i < found; i++) {
        struct laying laying = {.path = list[i].path,
                                .value = list[i].value,
                                .origin = list[i].origin,
                                .deployed = list[i].at};
        is_fine = is_fine && lay(context, &laying);
        if (is_fine)
            overrides[(*count)++] = list_override(context, &laying);
        json_decref(list[i].value);
    }
    return is_fine;
}

bool overrides_apply_named(struct parse_context *context, const json_t *file, const char *name,
                           struct override *overrides, size_t *count)
{
    const char *path;
    json_t *value;
    if (!apply_deployed(context, name, overrides, count))
        return false;
    json_object_foreach(find_setting(file, name), path, value)
    {
        if (read_deployed_is_own(path))
            continue;
        struct laying laying = {.path = path, .value = value};
        laying.origin = arena_printf(context->arena, "/settings/%s/%s", name,
                                     dotted_path_escape(path, context->arena));
        if (!lay(context, &laying))
            return false;
        overrides[(*count)++] = list_override(context, &laying);
    }
    return true;
}

/* ---- the command line ------------------------------------------------------------------------ */

/* JSON, or else text without quotes. NULL: neither. */
static json_t *parse_typed(const char *text)
{
    size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES;
    json_t *value = json_loadb(text, strlen(text), flags, NULL);
    bool looks_like_json = text[0] == '{' || text[0] == '[' || text[0] == '"';
    return value != NULL || looks_like_json ? value : json_string(text);
}

/* Why parse_typed made nothing of text. */
static const char *explain(const char *text)
{
    switch (text[0]) {
    case '{':
    case '[':
        return "the value is not valid JSON: it begins as an object or a list, and the shell may "
               "have taken its quotes away";
    case '"':
        return "the value is not valid JSON: text may be given without quotes";
    default:
        return "the value is not UTF-8 text";
    }
}

static bool lay_typed(struct parse_context *context, struct laying *laying, const char *text,
                      struct override *listed)
{
    laying->value = parse_typed(text);
    if (laying->value == NULL) {
        error_set(context->err, STATUS_USAGE, "%s", explain(text));
        return place(context, laying);
    }
    bool is_laid = lay(context, laying);
    if (is_laid && listed != NULL)
        *listed = list_override(context, laying);
    json_decref(laying->value);
    return is_laid;
}

/* An option such as --seed 7, which sets one key of "run". */
static bool apply_option(struct parse_context *context, const char *option, const char *path,
                         const char *shown, const char *text)
{
    char short_text[WORDING_SIZE];
    struct laying laying = {.path = path};
    laying.option = arena_printf(context->arena, "%s %s", option,
                                 wording_shorten(shown, strlen(shown), short_text));
    return lay_typed(context, &laying, text, NULL);
}

/* MIN or MIN:MAX as the JSON that run.replications takes. */
static bool apply_replications(struct parse_context *context, const char *text)
{
    char shown[WORDING_SIZE];
    size_t first = strspn(text, "0123456789");
    size_t second = text[first] == ':' ? strspn(text + first + 1, "0123456789") : 0;
    bool is_one = first > 0 && text[first] == '\0';
    bool is_two = first > 0 && second > 0 && text[first + 1 + second] == '\0';
    if (!is_one && !is_two) {
        error_set(context->err, STATUS_USAGE, "must be MIN or MIN:MAX, whole numbers from 1 to %d",
                  SPEC_MAX_REPLICATIONS);
        error_set_file(context->err, arena_printf(context->arena, "--replications %s",
                                                  wording_shorten(text, strlen(text), shown)));
        return false;
    }
    const char *json =
        is_one ? text
               : arena_printf(context->arena, "[%.*s,%s]", (int)first, text, text + first + 1);
    return apply_option(context, "--replications", "run.replications", text, json);
}

bool overrides_apply_request(struct parse_context *context, const struct scenario_request *request,
                             struct override *overrides, size_t *count)
{
    for (size_t i = 0; i < request->override_count; i++) {
        const struct override *given = &request->overrides[i];
        char path[WORDING_SIZE], value[WORDING_SIZE];
        struct laying laying = {.path = given->path};
        bool is_varied = i >= request->override_count - request->varied_count;
        laying.option = arena_printf(context->arena, "--%s %s=%s", is_varied ? "vary" : "set",
                                     wording_shorten(given->path, strlen(given->path), path),
                                     wording_shorten(given->value, strlen(given->value), value));
        if (!lay_typed(context, &laying, given->value, &overrides[(*count)++]))
            return false;
    }
    return (request->seed == NULL ||
            apply_option(context, "--seed", "run.seed", request->seed, request->seed)) &&
           (request->duration == NULL ||
            apply_option(context, "--duration",
                         request->rehearses ? "rollout.watch" : "run.duration", request->duration,
                         request->duration)) &&
           (request->replications == NULL || apply_replications(context, request->replications));
}

size_t overrides_count_all(const json_t *file, const char *name,
                           const struct scenario_request *request)
{
    const json_t *setting = find_setting(file, name);
    return json_object_size(setting) + read_deployed_count(setting) + request->override_count;
}
