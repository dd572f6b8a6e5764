#include "inputs/scenario/read_assumptions.h"

#include "inputs/json/dotted_path.h"
#include <string.h>

enum { SHOWN_VALUE = 120, MAX_KEY = 1000, MAX_NOTE = 100000, MAX_ASSUMPTIONS = 10000 };

/* The value at the assumption's key: in the tree, or else a default that was taken. */
static bool find_value(const struct reader *key, struct assumption *assumption)
{
    struct reading *reading = key->reading;
    struct tree_path end = tree_path_follow(reading->root, assumption->key, reading->arena);
    if (end.value != NULL && end.is_last) {
        bool is_short = json_is_string(end.value) && json_string_length(end.value) <= SHOWN_VALUE;
        assumption->value = is_short ? arena_strdup(reading->arena, json_string_value(end.value))
                                     : reading_compact(reading->arena, end.value, SHOWN_VALUE);
        return true;
    }
    struct assumption *taken = reading_find_default(reading, assumption->key);
    if (taken == NULL)
        return reader_fail(key, "%s", tree_path_explain(&end, reading->arena));
    assumption->value = taken->value;
    assumption->is_default = true;
    taken->key = NULL; /* told once */
    return true;
}

static bool read_assumption(struct reader *at, struct assumption *assumption)
{
    static const char *const keys[] = {"key", "note", "source", NULL};
    if (!reader_open(at, "assumption", keys) ||
        !reader_get_text(at, "key", READER_REQUIRED, MAX_KEY, &assumption->key) ||
        !reader_get_text(at, "note", READER_REQUIRED, MAX_NOTE, &assumption->note))
        return false;
    struct reader key = reader_at(at, "key"), source = reader_at(at, "source");
    if (source.value != NULL && !json_is_null(source.value) &&
        !reader_as_text(&source, MAX_NOTE, &assumption->source))
        return false;
    return find_value(&key, assumption) && reader_close(at);
}

bool read_assumptions(struct reader *at, struct scenario *scenario)
{
    struct reading *reading = at->reading;
    if (at->value != NULL && !reader_open_list(at, "assumptions", 0))
        return false;
    size_t given = json_array_size(at->value);
    if (given > MAX_ASSUMPTIONS)
        return reader_fail(at, "must be at most %d assumptions; got %zu", MAX_ASSUMPTIONS, given);
    struct assumption *list =
        arena_array(reading->arena, given + reading->default_count, sizeof *list);
    for (size_t i = 0; i < given; i++) {
        struct reader element = reader_element(at, i);
        if (!read_assumption(&element, &list[i]))
            return false;
    }
    size_t count = given;
    for (size_t i = 0; i < reading->default_count; i++)
        if (reading->defaults[i].key != NULL)
            list[count++] = reading->defaults[i];
    scenario->assumptions = list;
    scenario->assumption_count = count;
    return true;
}
