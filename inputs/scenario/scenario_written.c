/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/scenario_written.h"

#include "inputs/json/dotted_path.h"
#include "inputs/json/json_text.h"
#include "inputs/scenario/scenario.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_SHOWN 1e-5
#define MOST_SHOWN 0.5

/* value as a JSON value: "12" and "true" are what they say, "12ms" is a text. */
static json_t *value_of(const char *text)
{
    json_error_t ignored;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &ignored);
    return value ? value : json_string(text);
}

/* Puts value, whose reference it takes, at the path; false where nothing can be put. */
static bool put(json_t *root, const char *path, json_t *value, struct arena *arena)
{
    struct dotted_path end = dotted_path_follow(root, path, arena);
    bool is_object = end.is_last && json_is_object(end.parent) && end.part[0] != '\0';
    if (is_object)
        return json_object_set_new(end.parent, end.part, value) == 0;
    if (end.is_last && json_is_array(end.parent) && end.value)
        return json_array_set_new(end.parent, (size_t)strtoul(end.part, NULL, 10), value) == 0;
    json_decref(value);
    return false;
}

/* The times of a law are uncertain together, "uncertain" stands beside them. */
static bool is_of_law(const struct dotted_path *end)
{
    static const char *const times[] = {"mean", "value", "p50", "p90", "p95", "p99"};
    if (!json_is_object(end->parent) || !json_is_string(end->value))
        return false;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (strcmp(end->part, times[i]) == 0)
            return true;
    return false;
}

static void doubt(json_t *root, const struct found_value *found, struct arena *arena)
{
    struct dotted_path end = dotted_path_follow(root, found->path, arena);
    double error = fmin(found->relative_error, MOST_SHOWN);
    if (!(error > LEAST_SHOWN) || !end.value)
        return;
    json_t *text = json_string(arena_printf(arena, "±%.3g%%", 100 * error));
    if (is_of_law(&end)) {
        json_object_set_new(end.parent, "uncertain", text);
        return;
    }
    json_t *pair = json_object();
    json_object_set(pair, "value", end.value);
    json_object_set_new(pair, "uncertain", text);
    put(root, found->path, pair, arena);
}

/* An older assumption about the same key makes room. */
static void assume(json_t *root, const struct found_value *found)
{
    json_t *list = json_object_get(root, "assumptions"), *entry = json_object();
    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(root, "assumptions", list);
    }
    for (size_t i = json_array_size(list); i-- > 0;) {
        const char *key = json_string_value(json_object_get(json_array_get(list, i), "key"));
        if (key && strcmp(key, found->path) == 0)
            json_array_remove(list, i);
    }
    json_object_set_new(entry, "key", json_string(found->path));
    json_object_set_new(entry, "note", json_string(found->note));
    json_object_set_new(entry, "source", json_string(found->source));
    json_array_append_new(list, entry);
}

static bool put_all(json_t *root, const struct override *overrides, size_t count,
                    const struct found_value *found, size_t found_count, bool is_uncertain,
                    struct arena *arena)
{
    bool is_put = true;
    for (size_t i = 0; i < count; i++)
        is_put = put(root, overrides[i].path, value_of(overrides[i].value), arena) && is_put;
    for (size_t i = 0; i < found_count; i++) {
        is_put = put(root, found[i].path, value_of(found[i].value), arena) && is_put;
        if (is_uncertain)
            doubt(root, &found[i], arena);
        assume(root, &found[i]);
    }
    return is_put;
}

/* What is written is read again. */
static bool is_accepted(const struct scenario_set *set, const char *text, struct arena *arena,
                        struct error *err)
{
    struct scenario_set again = {0};
    struct scenario_request request = {
        .file = set->file, .text = text, .text_length = strlen(text)};
    bool is_read = scenario_read(&request, arena, &again, err);
    scenario_close(&again);
    return is_read;
}

bool scenario_written(const struct scenario_set *set, const struct override *overrides,
                      size_t count, const struct found_value *found, size_t found_count,
                      struct arena *arena, const char **text, struct error *err)
{
    for (int is_uncertain = 1; is_uncertain >= 0; is_uncertain--) {
        struct error own = {0};
        json_t *root;
        if (!json_text_parse(set->file, set->plain, set->plain_length, "a scenario", arena, &root,
                             err))
            return false;
        bool is_put = put_all(root, overrides, count, found, found_count, is_uncertain != 0, arena);
        char *dumped = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
        *text = arena_printf(arena, "%s\n", dumped);
        free(dumped);
        json_decref(root);
        if (is_put && is_accepted(set, *text, arena, &own))
            return true;
        if (is_uncertain == 0)
            *err = own.status == STATUS_OK ? *err : own;
    }
    return err->status != STATUS_OK
               ? false
               : error_set(err, STATUS_INPUT, "the values found do not fit into the scenario");
}
