/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/scenario_changes.h"
#include "inputs/json/json_text.h"
#include "inputs/json/plain_json.h"
#include "inputs/scenario/parse_context.h"
#include <string.h>

enum { SHOWN = 40 };

struct change_list {
    const char **texts; /* [MAX_SCENARIO_CHANGES] */
    size_t count;
    struct arena *arena;
};

static void note(struct change_list *changes, const char *path, const json_t *then,
                 const json_t *now)
{
    const char *was = then ? json_text_compact(changes->arena, then, SHOWN) : "not there";
    const char *is = now ? json_text_compact(changes->arena, now, SHOWN) : "not there";
    if (changes->count < MAX_SCENARIO_CHANGES)
        changes->texts[changes->count++] =
            arena_printf(changes->arena, "%s: %s -> %s", path, was, is);
}

static const char *below(const struct change_list *changes, const char *path, const char *key)
{
    return arena_printf(changes->arena, "%s%s%s", path, *path ? "." : "", key);
}

/* A level has at most as many levels below as json_text_parse lets through. */
static void compare(struct change_list *changes, const char *path, json_t *then, json_t *now)
{
    if (json_is_object(then) && json_is_object(now)) {
        for (void *i = json_object_iter(now); i; i = json_object_iter_next(now, i)) {
            const char *key = json_object_iter_key(i);
            json_t *was = json_object_get(then, key);
            if (was)
                compare(changes, below(changes, path, key), was, json_object_iter_value(i));
            else
                note(changes, below(changes, path, key), NULL, json_object_iter_value(i));
        }
        for (void *i = json_object_iter(then); i; i = json_object_iter_next(then, i))
            if (!json_object_get(now, json_object_iter_key(i)))
                note(changes, below(changes, path, json_object_iter_key(i)),
                     json_object_iter_value(i), NULL);
    } else if (json_is_array(then) && json_is_array(now)) {
        size_t was = json_array_size(then), is = json_array_size(now);
        for (size_t i = 0; i < was || i < is; i++) {
            const char *at = below(changes, path, arena_printf(changes->arena, "%zu", i));
            if (i < was && i < is)
                compare(changes, at, json_array_get(then, i), json_array_get(now, i));
            else
                note(changes, at, json_array_get(then, i), json_array_get(now, i));
        }
    } else if (!json_equal(then, now)) {
        note(changes, path, then, now);
    }
}

const char *const *scenario_changes_list(const char *then, const char *now, struct arena *arena,
                                         size_t *count)
{
    struct change_list changes = {
        .texts = arena_array(arena, MAX_SCENARIO_CHANGES, sizeof *changes.texts), .arena = arena};
    json_t *was, *is;
    struct error ignored = {0};
    size_t then_length = strlen(then), now_length = strlen(now);
    then = plain_json(then, &then_length, arena);
    now = plain_json(now, &now_length, arena);
    if (json_text_parse("", then, then_length, "a scenario", arena, &was, &ignored)) {
        if (json_text_parse("", now, now_length, "a scenario", arena, &is, &ignored))
            compare(&changes, "", was, is);
        json_decref(is);
    }
    json_decref(was);
    *count = changes.count;
    return changes.texts;
}
