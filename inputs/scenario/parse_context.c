/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/parse_context.h"

#include "inputs/json/input_file.h"
#include "inputs/json/wording.h"
#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The length of prefix when pointer is at it or below, else 0. */
static size_t inside(const char *pointer, const char *prefix)
{
    size_t length = strlen(prefix);
    bool is_inside = strncmp(pointer, prefix, length) == 0 &&
                     (pointer[length] == '\0' || pointer[length] == '/');
    return is_inside ? length : 0;
}

void context_rename(struct parse_context *context, const char *pointer, const char *written)
{
    struct renamed_place *renamed = arena_alloc(context->arena, sizeof *renamed);
    *renamed = (struct renamed_place){pointer, written, context->renamed};
    context->renamed = renamed;
}

/* The pointer in the words of the file. */
static const char *as_written(const struct parse_context *context, const char *pointer)
{
    for (const struct renamed_place *r = context->renamed; r != NULL; r = r->older) {
        size_t length = inside(pointer, r->pointer);
        if (length > 0)
            pointer = arena_printf(context->arena, "%s%s", r->written, pointer + length);
    }
    return pointer;
}

/* The override that put the value at pointer where it is: the last whose subtree it is in. */
static const struct override_place *find_override_place(const struct parse_context *context,
                                                        const char *pointer)
{
    for (size_t i = context->override_place_count; i > 0; i--) {
        const struct override_place *override_place = &context->override_places[i - 1];
        if (override_place->pointer[0] == '\0' || inside(pointer, override_place->pointer) > 0)
            return override_place;
    }
    return NULL;
}

/* What a setting changes can spoil a value that is written elsewhere: then name the setting. */
static void name_setting(const struct parse_context *context, const char *pointer)
{
    bool is_system = strncmp(pointer, "/resources", 10) == 0 ||
                     strncmp(pointer, "/workloads", 10) == 0 || strncmp(pointer, "/memory", 7) == 0;
    if (context->setting != NULL && is_system)
        wording_append(context->err->message, sizeof context->err->message, " (setting \"%s\")",
                       context->setting);
}

bool context_place(const struct parse_context *context, const char *pointer, enum locate_part part)
{
    struct error *err = context->err;
    if (err->file[0] != '\0')
        return false;
    pointer = as_written(context, pointer);
    const struct override_place *override_place = find_override_place(context, pointer);
    struct locate_place place = {0};
    if (override_place != NULL && override_place->origin == NULL) {
        locate_set_error(err, override_place->option, pointer + strlen(override_place->pointer),
                         place);
        return false;
    }
    if (override_place != NULL && override_place->deployed != NULL) {
        locate_set_error(err, override_place->deployed->file, pointer,
                         override_place->deployed->place);
        return false;
    }
    if (override_place != NULL)
        pointer = arena_printf(context->arena, "%s%s", override_place->origin,
                               pointer + strlen(override_place->pointer));
    else
        name_setting(context, pointer);
    locate_pointer(context->text, context->length, pointer, part, &place);
    locate_set_error(err, context->file, pointer, place);
    return false;
}

void context_assume(struct parse_context *context, const char *key, const char *value,
                    const char *note, bool is_default)
{
    if (context->default_count == context->default_capacity) {
        size_t capacity = context->default_capacity == 0 ? 16 : 2 * context->default_capacity;
        struct assumption *grown = arena_array(context->arena, capacity, sizeof *grown);
        if (context->default_count > 0)
            memcpy(grown, context->defaults, context->default_count * sizeof *grown);
        context->defaults = grown;
        context->default_capacity = capacity;
    }
    context->defaults[context->default_count++] =
        (struct assumption){.key = key,
                            .value = arena_strdup(context->arena, value),
                            .note = note,
                            .source = is_default ? NULL : "computed by capsim",
                            .is_default = is_default};
}

void context_doubt(struct parse_context *context, const char *doubt)
{
    assert(context->default_count > 0);
    context->defaults[context->default_count - 1].doubt = arena_strdup(context->arena, doubt);
}

struct assumption *context_find_default(const struct parse_context *context, const char *key)
{
    for (size_t i = 0; i < context->default_count; i++)
        if (context->defaults[i].is_default && context->defaults[i].key != NULL &&
            strcmp(context->defaults[i].key, key) == 0)
            return &context->defaults[i];
    return NULL;
}

void context_warn(struct parse_context *context, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (context->warning_count == context->warning_capacity) {
        size_t capacity = context->warning_capacity == 0 ? 8 : 2 * context->warning_capacity;
        const char **grown = arena_array(context->arena, capacity, sizeof *grown);
        if (context->warning_count > 0)
            memcpy(grown, context->warnings, context->warning_count * sizeof *grown);
        context->warnings = grown;
        context->warning_capacity = capacity;
    }
    context->warnings[context->warning_count++] = arena_strdup(context->arena, text);
}

/* The folder of the scenario; of a scenario on standard input: the working folder. */
static const char *folder_of(const struct parse_context *context)
{
    const char *slash = strrchr(context->file, '/');
    if (strcmp(context->file, "-") == 0 || slash == NULL)
        return ".";
    return arena_printf(context->arena, "%.*s", (int)(slash + 1 - context->file), context->file);
}

static bool has_parent_step(const char *name)
{
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/' ? 1 : 0;
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

/* True if path, with every symbolic link followed, still lies in folder. */
static bool is_inside(const char *folder, const char *path)
{
    char real_folder[PATH_MAX], real_path[PATH_MAX];
    if (realpath(folder, real_folder) == NULL || realpath(path, real_path) == NULL)
        return true; /* opening it will say why not */
    size_t length = strlen(real_folder);
    return strncmp(real_path, real_folder, length) == 0 &&
           (real_path[length] == '/' || strcmp(real_folder, "/") == 0);
}

/* Of a file that is read whole text, of a trace hash, of a deployed file both. */
static void add_input(struct parse_context *context, const char *name, const char *text,
                      size_t length, const char *hash)
{
    struct input_list *inputs = context->inputs;
    if (inputs->count == inputs->capacity) {
        struct input_list grown = *inputs;
        grown.capacity = 2 * inputs->capacity + 4;
        grown.files = arena_array(context->arena, grown.capacity, sizeof *grown.files);
        grown.texts = arena_array(context->arena, grown.capacity, sizeof *grown.texts);
        grown.lengths = arena_array(context->arena, grown.capacity, sizeof *grown.lengths);
        grown.hashes = arena_array(context->arena, grown.capacity, sizeof *grown.hashes);
        for (size_t i = 0; i < inputs->count; i++) {
            grown.files[i] = inputs->files[i];
            grown.texts[i] = inputs->texts[i];
            grown.lengths[i] = inputs->lengths[i];
            grown.hashes[i] = inputs->hashes[i];
        }
        *inputs = grown;
    }
    inputs->files[inputs->count] = arena_strdup(context->arena, name);
    inputs->texts[inputs->count] = text;
    inputs->hashes[inputs->count] = hash;
    inputs->lengths[inputs->count++] = length;
}

/* Reads the file called name, which is at path, or its copy. */
static bool read_named(struct parse_context *context, const char *name, const char *path,
                       const char **text, size_t *length)
{
    if (!context->copies)
        return input_file_read(path, path, context->arena, text, length, context->err);
    for (size_t i = 0; i < context->copy_count; i++)
        if (strcmp(context->copies[i].name, name) == 0) {
            *text = context->copies[i].text;
            *length = context->copies[i].length;
            return true;
        }
    return error_set(context->err, STATUS_INPUT, "is not among the copies");
}

/* Where the file called name is; NULL, with the message, when the scenario may not read it. */
static const char *find_file(struct parse_context *context, const char *name)
{
    char shown[WORDING_SIZE];
    const char *folder = folder_of(context);
    const char *path = arena_printf(context->arena, "%s/%s", folder, name);
    if (context->copies)
        return path;
    if (name[0] != '\0' && name[0] != '/' && !has_parent_step(name) && is_inside(folder, path))
        return path;
    error_set(context->err, STATUS_INPUT,
              "must be a file in the scenario's folder or below it; got %s",
              wording_quote(name, shown));
    return NULL;
}

/* The file itself cannot be read: the place of that is where the scenario names it. */
static bool fail_file(struct parse_context *context, const char *name)
{
    char shown[WORDING_SIZE], reason[sizeof context->err->message];
    context->err->file[0] = '\0';
    snprintf(reason, sizeof reason, "%s", context->err->message);
    snprintf(context->err->message, sizeof context->err->message, "%s %.400s",
             wording_quote(name, shown), reason);
    return false;
}

/* Number of the input called name that is read whole, or else as a trace. */
static size_t find_input(const struct input_list *inputs, const char *name, bool is_whole)
{
    size_t i = 0;
    while (i < inputs->count && (strcmp(inputs->files[i], name) != 0 ||
                                 (is_whole ? inputs->hashes[i] != NULL : inputs->texts[i] != NULL)))
        i++;
    return i;
}

bool context_open_file(struct parse_context *context, const char *name, const char **text,
                       size_t *length)
{
    const char *path = find_file(context, name);
    if (path == NULL)
        return false;
    size_t known = find_input(context->inputs, name, true);
    if (known == context->inputs->count) {
        if (!read_named(context, name, path, text, length))
            return fail_file(context, name);
        add_input(context, name, *text, *length, NULL);
    }
    *text = context->inputs->texts[known];
    *length = context->inputs->lengths[known];
    return true;
}

static const char *trace_key(struct parse_context *context, const char *name,
                             const char *const *columns, size_t count, double unit_ns)
{
    const char *key = arena_printf(context->arena, "%.17g\n%s", unit_ns, name);
    for (size_t i = 0; i < count; i++)
        key = arena_printf(context->arena, "%s\n%s", key, columns[i]);
    return key;
}

static bool read_trace(struct parse_context *context, const struct trace_request *request,
                       struct trace_input *input)
{
    struct error *err = context->err;
    if (!trace_file_read(request, context->arena, &input->trace, &input->facts, err)) {
        bool is_in_file = err->line > 0 || err->pointer[0] != '\0';
        return is_in_file ? false : fail_file(context, request->shown);
    }
    input->next = context->inputs->traces;
    context->inputs->traces = input;
    if (find_input(context->inputs, request->shown, false) == context->inputs->count)
        add_input(context, request->shown, NULL, (size_t)input->facts.bytes, input->facts.sha256);
    return true;
}

bool context_open_trace(struct parse_context *context, const char *name, const char *const *columns,
                        size_t count, double unit_ns, struct arrival_trace *trace,
                        const struct trace_facts **facts)
{
    const char *path = find_file(context, name);
    if (path == NULL)
        return false;
    if (context->copies) {
        error_set(context->err, STATUS_INPUT, "is a trace, of which there are no copies");
        return fail_file(context, name);
    }
    const char *key = trace_key(context, name, columns, count, unit_ns);
    struct trace_input *input = context->inputs->traces;
    while (input != NULL && strcmp(input->key, key) != 0)
        input = input->next;
    if (input == NULL) {
        struct trace_request request = {path, arena_strdup(context->arena, name), columns, count,
                                        unit_ns};
        input = arena_alloc(context->arena, sizeof *input);
        *input = (struct trace_input){.key = key};
        if (!read_trace(context, &request, input))
            return false;
    }
    *trace = input->trace;
    *facts = &input->facts;
    return true;
}

/* ---- files that are deployed ----------------------------------------------------------------- */

static struct deployed_input *open_deployed(struct parse_context *context,
                                            const struct deployed_wish *wish)
{
    struct deployed_input *input = context->inputs->deployed;
    while (input != NULL && (strcmp(input->file, wish->file) != 0 || input->format != wish->format))
        input = input->next;
    const char *path = find_file(context, wish->file);
    if (input != NULL || path == NULL)
        return input;
    input = arena_alloc(context->arena, sizeof *input);
    if (!read_named(context, wish->file, path, &input->text, &input->length)) {
        fail_file(context, wish->file);
        return NULL;
    }
    input->file = arena_strdup(context->arena, wish->file);
    input->format = wish->format;
    input->hash = deployed_hash(input->text, input->length, context->arena);
    input->number = SIZE_MAX;
    input->next = context->inputs->deployed;
    context->inputs->deployed = input;
    return input;
}

static size_t find_value(const struct deployed_input *input, const char *key)
{
    size_t i = 0;
    while (i < input->count && strcmp(input->keys[i], key) != 0)
        i++;
    return i;
}

/* Remembers what is new of keys[count], and makes the extract of all that was asked for. */
static void keep_values(struct parse_context *context, struct deployed_input *input,
                        const struct deployed_wish *wish, const struct deployed_value *values)
{
    size_t known = input->count, room = known + wish->count;
    const char **keys = arena_array(context->arena, room, sizeof *keys);
    struct deployed_value *all = arena_array(context->arena, room, sizeof *all);
    for (size_t i = 0; i < known; i++) {
        keys[i] = input->keys[i];
        all[i] = input->values[i];
    }
    input->keys = keys;
    input->values = all;
    for (size_t i = 0; i < wish->count; i++)
        if (find_value(input, wish->keys[i]) == input->count) {
            keys[input->count] = wish->keys[i];
            all[input->count++] = values[i];
        }
    const char *extract =
        deployed_extract(input->format, keys, all, input->count, input->hash, context->arena);
    if (input->number == SIZE_MAX) {
        input->number = context->inputs->count;
        add_input(context, input->file, extract, strlen(extract), input->hash);
    }
    context->inputs->texts[input->number] = extract;
    context->inputs->lengths[input->number] = strlen(extract);
}

bool context_open_deployed(struct parse_context *context, const struct deployed_wish *wish,
                           struct deployed_value *values, size_t *missing)
{
    struct deployed_input *input = open_deployed(context, wish);
    if (input == NULL)
        return false;
    size_t known = 0;
    while (known < wish->count && find_value(input, wish->keys[known]) < input->count) {
        values[known] = input->values[find_value(input, wish->keys[known])];
        known++;
    }
    if (known == wish->count)
        return true;
    const struct deployed_request request = {input->file,   input->text, input->length,
                                             input->format, wish->keys,  wish->count};
    if (!deployed_read(&request, context->arena, values, missing, context->err))
        return false;
    keep_values(context, input, wish, values);
    return true;
}
