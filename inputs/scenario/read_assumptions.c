/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_assumptions.h"

#include "inputs/json/dotted_path.h"
#include <string.h>

enum { SHOWN_VALUE = 120, MAX_KEY = 1000, MAX_NOTE = 100000, MAX_ASSUMPTIONS = 10000 };

/* The value at the assumption's key: in the tree, or else a default that was taken. */
static bool find_value(const struct json_cursor *key, struct assumption *assumption)
{
    struct parse_context *context = key->context;
    struct dotted_path end = dotted_path_follow(context->root, assumption->key, context->arena);
    if (end.value != NULL && end.is_last) {
        bool is_short = json_is_string(end.value) && json_string_length(end.value) <= SHOWN_VALUE;
        assumption->value = is_short ? arena_strdup(context->arena, json_string_value(end.value))
                                     : json_text_compact(context->arena, end.value, SHOWN_VALUE);
        return true;
    }
    struct assumption *taken = context_find_default(context, assumption->key);
    if (taken == NULL)
        return cursor_fail(key, "%s", dotted_path_explain(&end, context->arena));
    assumption->value = taken->value;
    assumption->is_default = true;
    taken->key = NULL; /* told once */
    return true;
}

static bool read_assumption(struct json_cursor *at, struct assumption *assumption)
{
    static const char *const keys[] = {"key", "note", "source", NULL};
    if (!cursor_open(at, "assumption", keys) ||
        !cursor_get_text(at, "key", CURSOR_REQUIRED, MAX_KEY, &assumption->key) ||
        !cursor_get_text(at, "note", CURSOR_REQUIRED, MAX_NOTE, &assumption->note))
        return false;
    struct json_cursor key = cursor_at(at, "key"), source = cursor_at(at, "source");
    if (source.value != NULL && !json_is_null(source.value) &&
        !cursor_as_text(&source, MAX_NOTE, &assumption->source))
        return false;
    return find_value(&key, assumption) && cursor_close(at);
}

bool read_assumptions(struct json_cursor *at, struct scenario *scenario)
{
    struct parse_context *context = at->context;
    if (at->value != NULL && !cursor_open_list(at, "assumptions", 0))
        return false;
    size_t given = json_array_size(at->value);
    if (given > MAX_ASSUMPTIONS)
        return cursor_fail(at, "must be at most %d assumptions; got %zu", MAX_ASSUMPTIONS, given);
    struct assumption *list =
        arena_array(context->arena, given + context->default_count, sizeof *list);
    for (size_t i = 0; i < given; i++) {
        struct json_cursor element = cursor_element(at, i);
        if (!read_assumption(&element, &list[i]))
            return false;
    }
    size_t count = given;
    for (size_t i = 0; i < context->default_count; i++)
        if (context->defaults[i].key != NULL)
            list[count++] = context->defaults[i];
    scenario->assumptions = list;
    scenario->assumption_count = count;
    return true;
}
