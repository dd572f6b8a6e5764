/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed.h"
#include "inputs/deployed/deployed_scan.h"
#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <string.h>

const char *const deployed_format_names[] = {"env", "json", "toml", "yaml"};

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

bool deployed_find_format(const char *file, enum deployed_format *format)
{
    static const struct {
        const char *ending;
        enum deployed_format format;
    } endings[] = {{".env", DEPLOYED_ENV},
                   {".json", DEPLOYED_JSON},
                   {".toml", DEPLOYED_TOML},
                   {".yaml", DEPLOYED_YAML},
                   {".yml", DEPLOYED_YAML}};
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(name, endings[i].ending)) {
            *format = endings[i].format;
            return true;
        }
    *format = DEPLOYED_ENV;
    return name[0] == '.' && strncmp(name + 1, "env.", strlen("env.")) == 0;
}

static bool fail_missing(struct deployed_scan *scan, const char *key)
{
    char shown[WORDING_SIZE], file[WORDING_SIZE], meant_shown[WORDING_SIZE];
    const char *meant = spelling_nearest(key, scan->names, scan->name_count);
    wording_quote(key, shown);
    wording_shorten(scan->request->file, strlen(scan->request->file), file);
    if (meant)
        return error_set(scan->err, STATUS_INPUT, "%s has no %s; did you mean %s?", file, shown,
                         wording_quote(meant, meant_shown));
    return error_set(scan->err, STATUS_INPUT, "%s has no %s", file, shown);
}

static bool find_all(struct deployed_scan *scan, size_t *missing)
{
    for (size_t i = 0; i < scan->request->key_count; i++)
        if (!scan->values[i].text) {
            *missing = i;
            return fail_missing(scan, scan->request->keys[i]);
        }
    return true;
}

bool deployed_read(const struct deployed_request *request, struct arena *arena,
                   struct deployed_value *values, size_t *missing, struct error *err)
{
    static bool (*const readers[])(struct deployed_scan *) = {
        deployed_scan_env, deployed_scan_json, deployed_scan_toml, deployed_scan_yaml};
    struct arena *scratch = arena_open();
    struct deployed_scan scan = {.request = request,
                                 .arena = arena,
                                 .scratch = scratch,
                                 .values = values,
                                 .err = err,
                                 .names = arena_array(scratch, DEPLOYED_NAMES, sizeof *scan.names)};
    const char *nul = memchr(request->text, '\0', request->length);
    *missing = request->key_count;
    for (size_t i = 0; i < request->key_count; i++)
        values[i] = (struct deployed_value){0};
    bool is_read =
        nul ? deployed_scan_fail(
                  &scan, locate_byte(request->text, request->length, (size_t)(nul - request->text)),
                  "has a NUL byte: save the file as UTF-8")
            : readers[request->format](&scan) && find_all(&scan, missing);
    arena_close(scratch);
    return is_read;
}
