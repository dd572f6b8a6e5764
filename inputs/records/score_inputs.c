/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/score_inputs.h"
#include "inputs/json/json_text.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STEP = 0.05;

struct listing {
    const struct setting_spec *setting;
    struct arena *arena;
    struct score_input *inputs;
    size_t count;
};

static bool is_one_of(const char *key, const char *const *keys)
{
    for (size_t i = 0; keys[i]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* The setting's own value of a path, as it was given; NULL: that of the file. */
static const char *overridden(const struct setting_spec *setting, const char *path)
{
    const char *value = NULL;
    for (size_t i = 0; i < setting->override_count; i++)
        if (strcmp(setting->overrides[i].path, path) == 0)
            value = setting->overrides[i].value;
    return value;
}

/* "95.55/s" of "91/s"; whole numbers go up by one at least. False for what is no number. */
static bool raise(const char *value, struct arena *arena, struct score_input *input)
{
    bool is_quoted = value[0] == '"';
    const char *start = value + is_quoted;
    char *unit;
    double number = strtod(start, &unit);
    size_t length = strlen(unit);
    if (unit == start || !(number > 0) || !isfinite(number))
        return false;
    length -= is_quoted && length > 0 && unit[length - 1] == '"';
    bool is_whole = length == 0 && number == floor(number);
    double raised =
        is_whole ? fmax(floor(number * (1 + STEP) + 0.5), number + 1) : number * (1 + STEP);
    input->step = raised / number - 1;
    input->value = arena_printf(arena, "%.*s", (int)((size_t)(unit - start) + length), start);
    input->raised = arena_printf(arena, "%.12g%.*s", raised, (int)length, unit);
    return true;
}

static void add(struct listing *listing, const char *path, json_t *value)
{
    struct score_input input = {.path = path};
    const char *text = overridden(listing->setting, path);
    if (!text)
        text = json_is_string(value) ? json_string_value(value)
               : json_is_number(value)
                   ? arena_printf(listing->arena, "%.17g", json_number_value(value))
                   : "";
    if (listing->count < SCORE_INPUTS_MOST && raise(text, listing->arena, &input))
        listing->inputs[listing->count++] = input;
}

/* A law may be off by its mean, or as a constant by itself. */
static void add_time(struct listing *listing, const char *path, json_t *value)
{
    json_t *mean = json_object_get(value, "mean");
    if (mean)
        add(listing, arena_printf(listing->arena, "%s.mean", path), mean);
    else if (!json_is_object(value))
        add(listing, path, value);
}

static void walk(struct listing *listing, const char *path, json_t *tree)
{
    static const char *const times[] = {"delay", "demand", "interarrival", "time_per_row", NULL};
    static const char *const numbers[] = {"rate",  "customers", "max",  "threads",
                                          "cores", "replicas",  "jobs", NULL};
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach(tree, key, value)
    {
        const char *inside = arena_printf(listing->arena, "%s.%s", path, key);
        if (is_one_of(key, times))
            add_time(listing, inside, value);
        else if (is_one_of(key, numbers) && !json_is_object(value))
            add(listing, inside, value);
        else
            walk(listing, inside, value);
    }
    json_array_foreach(tree, i, value)
        walk(listing, arena_printf(listing->arena, "%s.%zu", path, i), value);
}

struct score_input *score_inputs_list(const struct scenario_set *set,
                                      const struct setting_spec *setting, struct arena *arena,
                                      size_t *count)
{
    static const char *const parts[] = {"workloads", "resources", "services"};
    struct listing listing = {setting, arena,
                              arena_array(arena, SCORE_INPUTS_MOST, sizeof *listing.inputs), 0};
    struct error ignored = {0};
    json_t *root;
    *count = 0;
    if (json_text_parse(set->file, set->plain, set->plain_length, "a scenario", arena, &root,
                        &ignored)) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            walk(&listing, parts[i], json_object_get(root, parts[i]));
        json_decref(root);
    }
    *count = listing.count;
    return listing.inputs;
}
