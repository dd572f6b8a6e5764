/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/dotted_path.h"

#include "inputs/json/json_text.h"
#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN_NAMES = 6, MAX_NAMES = 10000 };

/* The element of a list whose number is text, or NULL. */
static json_t *find_element(const json_t *list, const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
        return NULL;
    return json_array_get(list, (size_t)strtoul(text, NULL, 10));
}

const char *dotted_path_escape(const char *part, struct arena *arena)
{
    char *escaped = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(part), 2), 1)),
         *to = escaped;
    for (; *part != '\0'; part++) {
        if (*part == '~' || *part == '/') {
            *to++ = '~';
            *to++ = *part == '~' ? '0' : '1';
        } else {
            *to++ = *part;
        }
    }
    *to = '\0';
    return escaped;
}

struct dotted_path dotted_path_follow(json_t *root, const char *path, struct arena *arena)
{
    struct dotted_path end = {.known = "", .pointer = "", .value = root};
    const char *start = path, *at = path;
    do {
        size_t length = strcspn(at, ".");
        end.parent = end.value;
        end.known = arena_printf(arena, "%.*s", at > start ? (int)(at - start - 1) : 0, start);
        end.part = arena_printf(arena, "%.*s", (int)length, at);
        end.pointer =
            arena_printf(arena, "%s/%s", end.pointer, dotted_path_escape(end.part, arena));
        end.value = json_is_array(end.parent) ? find_element(end.parent, end.part)
                                              : json_object_get(end.parent, end.part);
        at += length;
        end.is_last = *at == '\0';
        at += end.is_last ? 0 : 1;
    } while (!end.is_last && end.value != NULL);
    return end;
}

static const char *explain_object(const struct dotted_path *end, const char *where,
                                  struct arena *arena)
{
    const char *key, *meant;
    json_t *value;
    char shown[WORDING_SIZE], name[WORDING_SIZE], list[SHOWN_NAMES * WORDING_SIZE] = "";
    size_t count = 0, size = json_object_size(end->parent);
    const char **names = arena_array(arena, size < MAX_NAMES ? size : MAX_NAMES, sizeof *names);
    json_object_foreach(end->parent, key, value)
    {
        if (count < SHOWN_NAMES)
            wording_append(list, sizeof list, "%s%s", count > 0 ? ", " : "",
                           wording_shorten(key, strlen(key), name));
        if (count < MAX_NAMES)
            names[count] = key;
        count++;
    }
    meant = spelling_nearest(end->part, names, count < MAX_NAMES ? count : MAX_NAMES);
    wording_quote(end->part, shown);
    if (meant != NULL)
        return arena_printf(arena, "no %s in %s; did you mean \"%s\"?", shown, where, meant);
    if (count == 0)
        return arena_printf(arena, "no %s in %s, which is empty", shown, where);
    return arena_printf(arena, "no %s in %s, which has %s%s", shown, where, list,
                        count > SHOWN_NAMES ? ", ..." : "");
}

const char *dotted_path_explain(const struct dotted_path *end, struct arena *arena)
{
    char shown[WORDING_SIZE];
    const char *where = end->known[0] != '\0' ? end->known : "the scenario";
    if (end->part[0] == '\0')
        return "a path is keys with dots between them, none of them empty";
    wording_quote(end->part, shown);
    if (json_is_object(end->parent))
        return explain_object(end, where, arena);
    if (json_is_array(end->parent))
        return arena_printf(arena, "no %s in %s, a list of %zu (0 is the first)", shown, where,
                            json_array_size(end->parent));
    return arena_printf(arena, "no %s in %s, which is %s", shown, where,
                        json_text_compact(arena, end->parent, WORDING_SHOWN));
}
