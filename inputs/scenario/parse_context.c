#include "inputs/scenario/parse_context.h"

#include "inputs/json/input_file.h"
#include "inputs/json/wording.h"
#include "sim/base/utf8.h"
#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The overlay that put the value at pointer where it is: the last whose subtree it is in. */
static const struct overlay *find_overlay(const struct reading *reading, const char *pointer)
{
    for (size_t i = reading->overlay_count; i > 0; i--) {
        const struct overlay *overlay = &reading->overlays[i - 1];
        size_t length = strlen(overlay->pointer);
        bool is_inside = strncmp(pointer, overlay->pointer, length) == 0 &&
                         (pointer[length] == '\0' || pointer[length] == '/');
        if (is_inside)
            return overlay;
    }
    return NULL;
}

void reading_set_place(struct error *err, const char *file, const char *pointer,
                       struct locate_place place)
{
    size_t length = strlen(pointer);
    error_set_file(err, file);
    if (length < sizeof err->pointer)
        snprintf(err->pointer, sizeof err->pointer, "%s", pointer);
    else
        snprintf(err->pointer, sizeof err->pointer, "...%s",
                 pointer + length + 4 - sizeof err->pointer);
    utf8_clean(err->pointer);
    err->line = place.line;
    err->column = place.column;
}

/* What a setting changes can spoil a value that is written elsewhere: then name the setting. */
static void name_setting(const struct reading *reading, const char *pointer)
{
    bool is_system = strncmp(pointer, "/resources", 10) == 0 ||
                     strncmp(pointer, "/workloads", 10) == 0 || strncmp(pointer, "/memory", 7) == 0;
    if (reading->setting != NULL && is_system)
        wording_append(reading->err->message, sizeof reading->err->message, " (setting \"%s\")",
                       reading->setting);
}

bool reading_place(const struct reading *reading, const char *pointer, enum locate_part part)
{
    struct error *err = reading->err;
    if (err->file[0] != '\0')
        return false;
    const struct overlay *overlay = find_overlay(reading, pointer);
    struct locate_place place = {0};
    if (overlay != NULL && overlay->origin == NULL) {
        reading_set_place(err, overlay->option, pointer + strlen(overlay->pointer), place);
        return false;
    }
    if (overlay != NULL)
        pointer = arena_printf(reading->arena, "%s%s", overlay->origin,
                               pointer + strlen(overlay->pointer));
    else
        name_setting(reading, pointer);
    locate_pointer(reading->text, reading->length, pointer, part, &place);
    reading_set_place(err, reading->file, pointer, place);
    return false;
}

void reading_assume(struct reading *reading, const char *key, const char *value, const char *note,
                    bool is_default)
{
    if (reading->default_count == reading->default_capacity) {
        size_t capacity = reading->default_capacity == 0 ? 16 : 2 * reading->default_capacity;
        struct assumption *grown = arena_array(reading->arena, capacity, sizeof *grown);
        if (reading->default_count > 0)
            memcpy(grown, reading->defaults, reading->default_count * sizeof *grown);
        reading->defaults = grown;
        reading->default_capacity = capacity;
    }
    reading->defaults[reading->default_count++] =
        (struct assumption){.key = key,
                            .value = arena_strdup(reading->arena, value),
                            .note = note,
                            .source = is_default ? NULL : "computed by capsim",
                            .is_default = is_default};
}

void reading_doubt(struct reading *reading, const char *doubt)
{
    assert(reading->default_count > 0);
    reading->defaults[reading->default_count - 1].doubt = arena_strdup(reading->arena, doubt);
}

struct assumption *reading_find_default(const struct reading *reading, const char *key)
{
    for (size_t i = 0; i < reading->default_count; i++)
        if (reading->defaults[i].is_default && reading->defaults[i].key != NULL &&
            strcmp(reading->defaults[i].key, key) == 0)
            return &reading->defaults[i];
    return NULL;
}

void reading_warn(struct reading *reading, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (reading->warning_count == reading->warning_capacity) {
        size_t capacity = reading->warning_capacity == 0 ? 8 : 2 * reading->warning_capacity;
        const char **grown = arena_array(reading->arena, capacity, sizeof *grown);
        if (reading->warning_count > 0)
            memcpy(grown, reading->warnings, reading->warning_count * sizeof *grown);
        reading->warnings = grown;
        reading->warning_capacity = capacity;
    }
    reading->warnings[reading->warning_count++] = arena_strdup(reading->arena, text);
}

/* The folder of the scenario; of a scenario on standard input: the working folder. */
static const char *folder_of(const struct reading *reading)
{
    const char *slash = strrchr(reading->file, '/');
    if (strcmp(reading->file, "-") == 0 || slash == NULL)
        return ".";
    return arena_printf(reading->arena, "%.*s", (int)(slash + 1 - reading->file), reading->file);
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

/* text or hash is NULL. */
static void add_input(struct reading *reading, const char *name, const char *text, size_t length,
                      const char *hash)
{
    struct input_list *inputs = reading->inputs;
    if (inputs->count == inputs->capacity) {
        struct input_list grown = *inputs;
        grown.capacity = 2 * inputs->capacity + 4;
        grown.files = arena_array(reading->arena, grown.capacity, sizeof *grown.files);
        grown.texts = arena_array(reading->arena, grown.capacity, sizeof *grown.texts);
        grown.lengths = arena_array(reading->arena, grown.capacity, sizeof *grown.lengths);
        grown.hashes = arena_array(reading->arena, grown.capacity, sizeof *grown.hashes);
        for (size_t i = 0; i < inputs->count; i++) {
            grown.files[i] = inputs->files[i];
            grown.texts[i] = inputs->texts[i];
            grown.lengths[i] = inputs->lengths[i];
            grown.hashes[i] = inputs->hashes[i];
        }
        *inputs = grown;
    }
    inputs->files[inputs->count] = arena_strdup(reading->arena, name);
    inputs->texts[inputs->count] = text;
    inputs->hashes[inputs->count] = hash;
    inputs->lengths[inputs->count++] = length;
}

/* Where the file called name is; NULL, with the message, when the scenario may not read it. */
static const char *find_file(struct reading *reading, const char *name)
{
    char shown[WORDING_SIZE];
    const char *folder = folder_of(reading);
    const char *path = arena_printf(reading->arena, "%s/%s", folder, name);
    if (name[0] != '\0' && name[0] != '/' && !has_parent_step(name) && is_inside(folder, path))
        return path;
    error_set(reading->err, STATUS_INPUT,
              "must be a file in the scenario's folder or below it; got %s",
              wording_quote(name, shown));
    return NULL;
}

/* The file itself cannot be read: the place of that is where the scenario names it. */
static bool fail_file(struct reading *reading, const char *name)
{
    char shown[WORDING_SIZE], reason[sizeof reading->err->message];
    reading->err->file[0] = '\0';
    snprintf(reason, sizeof reason, "%s", reading->err->message);
    snprintf(reading->err->message, sizeof reading->err->message, "%s %.400s",
             wording_quote(name, shown), reason);
    return false;
}

/* Number of the input called name, with its text (or, of a trace, without). */
static size_t find_input(const struct input_list *inputs, const char *name, bool has_text)
{
    size_t i = 0;
    while (i < inputs->count &&
           (strcmp(inputs->files[i], name) != 0 || (inputs->texts[i] != NULL) != has_text))
        i++;
    return i;
}

bool reading_open_file(struct reading *reading, const char *name, const char **text, size_t *length)
{
    const char *path = find_file(reading, name);
    if (path == NULL)
        return false;
    size_t known = find_input(reading->inputs, name, true);
    if (known == reading->inputs->count) {
        if (!input_file_read(path, path, reading->arena, text, length, reading->err))
            return fail_file(reading, name);
        add_input(reading, name, *text, *length, NULL);
    }
    *text = reading->inputs->texts[known];
    *length = reading->inputs->lengths[known];
    return true;
}

static const char *trace_key(struct reading *reading, const char *name, const char *const *columns,
                             size_t count, double unit_ns)
{
    const char *key = arena_printf(reading->arena, "%.17g\n%s", unit_ns, name);
    for (size_t i = 0; i < count; i++)
        key = arena_printf(reading->arena, "%s\n%s", key, columns[i]);
    return key;
}

static bool read_trace(struct reading *reading, const struct trace_request *request,
                       struct trace_input *input)
{
    struct error *err = reading->err;
    if (!trace_file_read(request, reading->arena, &input->trace, &input->facts, err)) {
        bool is_in_file = err->line > 0 || err->pointer[0] != '\0';
        return is_in_file ? false : fail_file(reading, request->shown);
    }
    input->next = reading->inputs->traces;
    reading->inputs->traces = input;
    if (find_input(reading->inputs, request->shown, false) == reading->inputs->count)
        add_input(reading, request->shown, NULL, (size_t)input->facts.bytes, input->facts.sha256);
    return true;
}

bool reading_open_trace(struct reading *reading, const char *name, const char *const *columns,
                        size_t count, double unit_ns, struct arrival_trace *trace,
                        const struct trace_facts **facts)
{
    const char *path = find_file(reading, name);
    if (path == NULL)
        return false;
    const char *key = trace_key(reading, name, columns, count, unit_ns);
    struct trace_input *input = reading->inputs->traces;
    while (input != NULL && strcmp(input->key, key) != 0)
        input = input->next;
    if (input == NULL) {
        struct trace_request request = {path, arena_strdup(reading->arena, name), columns, count,
                                        unit_ns};
        input = arena_alloc(reading->arena, sizeof *input);
        *input = (struct trace_input){.key = key};
        if (!read_trace(reading, &request, input))
            return false;
    }
    *trace = input->trace;
    *facts = &input->facts;
    return true;
}

struct cut_text {
    char *bytes;
    size_t used, limit;
};

static int take_bytes(const char *bytes, size_t count, void *data)
{
    struct cut_text *text = data;
    size_t room = text->limit - text->used, taken = count < room ? count : room;
    memcpy(text->bytes + text->used, bytes, taken);
    text->used += taken;
    return taken < count ? -1 : 0; /* -1 ends the dump: a huge value costs no more than this */
}

const char *reading_compact(struct arena *arena, const json_t *json, size_t limit)
{
    struct cut_text text = {.bytes = arena_alloc(arena, limit + 4), .limit = limit};
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);
    bool is_whole = json_dump_callback(json, take_bytes, &text, flags) == 0;
    size_t end = text.used;
    while (!is_whole && end > 0 && ((unsigned char)text.bytes[end - 1] & 0xC0) == 0x80)
        end--;
    if (!is_whole && end > 0 && (unsigned char)text.bytes[end - 1] >= 0xC0)
        end--; /* the last character may be cut */
    memcpy(text.bytes + end, is_whole ? "" : "...", is_whole ? 1 : 4);
    utf8_clean(text.bytes);
    return text.bytes;
}
