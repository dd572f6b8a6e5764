/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_scan.h"
#include "inputs/json/dotted_path.h"
#include "inputs/json/json_text.h"
#include "inputs/json/plain_json.h"
#include <stdlib.h>
#include <string.h>

struct json_walk {
    struct deployed_scan *scan;
    const char *plain;
    size_t length;
};

/* The place costs a look through the text: only what is asked for is worth it. */
static struct locate_place place_of(const struct json_walk *walk, const char *path,
                                    const char *pointer)
{
    struct locate_place place = {1, 1};
    const struct deployed_request *request = walk->scan->request;
    for (size_t i = 0; i < request->key_count; i++)
        if (strcmp(request->keys[i], path) == 0)
            locate_pointer(walk->plain, walk->length, pointer, LOCATE_VALUE, &place);
    return place;
}

static bool offer_scalar(const struct json_walk *walk, json_t *value, const char *path,
                         const char *pointer)
{
    struct deployed_found found = {
        .path = path, .kind = DEPLOYED_TEXT, .place = place_of(walk, path, pointer)};
    char *text = NULL;
    if (json_is_string(value)) {
        found.text = json_string_value(value);
    } else {
        text = arena_library_memory(json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)));
        found.text = text;
        found.kind = json_is_number(value) ? DEPLOYED_NUMBER
                     : json_is_null(value) ? DEPLOYED_NULL
                                           : DEPLOYED_BOOLEAN;
    }
    bool is_fine = deployed_scan_offer(walk->scan, &found);
    free(text);
    return is_fine;
}

/* As deep as json_text_parse lets through. */
static bool walk_value(const struct json_walk *walk, json_t *value, const char *path,
                       const char *pointer)
{
    struct deployed_scan *scan = walk->scan;
    const char *key;
    json_t *child;
    size_t i;
    if (!json_is_object(value) && !json_is_array(value))
        return offer_scalar(walk, value, path, pointer);
    struct deployed_found whole = {.path = path,
                                   .trouble = json_is_array(value)
                                                  ? "is a list: name one of its values"
                                                  : "is an object: name one of its values",
                                   .place = place_of(walk, path, pointer)};
    if (!deployed_scan_offer(scan, &whole))
        return false;
    json_object_foreach(value, key, child)
    {
        if (!walk_value(walk, child, deployed_scan_below(scan, path, key),
                        arena_printf(scan->scratch, "%s/%s", pointer,
                                     dotted_path_escape(key, scan->scratch))))
            return false;
    }
    json_array_foreach(value, i, child)
    {
        const char *number = arena_printf(scan->scratch, "%zu", i);
        if (!walk_value(walk, child, deployed_scan_below(scan, path, number),
                        arena_printf(scan->scratch, "%s/%s", pointer, number)))
            return false;
    }
    return true;
}

/* What the parser says it saw may be a password. */
static void hide_text(struct error *err)
{
    char *near = strstr(err->message, " near '");
    if (near)
        *near = '\0';
    err->pointer[0] = '\0';
}

bool deployed_scan_json(struct deployed_scan *scan)
{
    const struct deployed_request *request = scan->request;
    json_t *tree;
    struct json_walk walk = {.scan = scan, .length = request->length};
    walk.plain = plain_json(request->text, &walk.length, scan->scratch);
    if (!json_text_parse(request->file, walk.plain, walk.length, "a file of settings",
                         scan->scratch, &tree, scan->err)) {
        hide_text(scan->err);
        return false;
    }
    bool is_fine = walk_value(&walk, tree, "", "");
    json_decref(tree);
    return is_fine;
}
