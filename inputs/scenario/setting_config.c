/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/setting_config.h"
#include "inputs/json/dotted_path.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Lays one override over the tree; it was laid before, so it fits. */
static void lay(json_t *root, const struct override *override, struct arena *arena)
{
    json_t *value = json_loads(override->value, JSON_DECODE_ANY, NULL);
    struct dotted_path end = dotted_path_follow(root, override->path, arena);
    if (json_is_array(end.parent))
        json_array_set_new(end.parent, (size_t)strtoul(end.part, NULL, 10), value);
    else if (end.is_last && json_is_object(end.parent))
        json_object_set_new(end.parent, end.part, value);
    else /* "memory.base" where the file has no memory */
        json_decref(value);
}

json_t *setting_config_tree(const struct scenario_set *set, size_t i, struct arena *arena)
{
    const struct setting_spec *setting = &set->settings[i];
    json_t *root = json_loadb(set->plain, set->plain_length, 0, NULL);
    assert(root); /* it was read before */
    if (!json_object_get(root, "memory"))
        json_object_set_new(root, "memory", json_object());
    for (size_t k = 0; k < setting->override_count; k++)
        lay(root, &setting->overrides[k], arena);
    return root;
}

static const char *dump(const json_t *value, size_t flags, struct arena *arena)
{
    char *text = json_dumps(value, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    const char *kept = arena_strdup(arena, text);
    free(text);
    return kept;
}

const char *setting_config_text(const struct scenario_set *set, size_t i, struct arena *arena)
{
    static const char *const parts[] = {"resources", "services", "memory"};
    json_t *root = setting_config_tree(set, i, arena), *shown = json_object();
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        json_t *part = json_object_get(root, parts[k]);
        if (json_object_size(part) > 0)
            json_object_set(shown, parts[k], part);
    }
    const char *text = dump(shown, JSON_INDENT(2), arena);
    json_decref(shown);
    json_decref(root);
    return text;
}

static const char *value_at(json_t *root, const char *path, struct arena *arena)
{
    struct dotted_path end = dotted_path_follow(root, path, arena);
    return end.is_last && end.value ? dump(end.value, JSON_COMPACT, arena) : NULL;
}

static bool is_listed(const struct setting_change *changes, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(changes[i].path, path) == 0)
            return true;
    return false;
}

static bool are_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const struct setting_change *setting_config_changes(const struct scenario_set *set, size_t before,
                                                    size_t after, struct arena *arena,
                                                    size_t *count)
{
    const struct setting_spec *of[] = {&set->settings[after], &set->settings[before]};
    size_t most = of[0]->override_count + of[1]->override_count;
    struct setting_change *changes = arena_array(arena, most, sizeof *changes);
    json_t *old = setting_config_tree(set, before, arena),
           *new = setting_config_tree(set, after, arena);
    *count = 0;
    for (size_t s = 0; s < 2; s++)
        for (size_t k = 0; k < of[s]->override_count; k++) {
            const char *path = of[s]->overrides[k].path;
            struct setting_change change = {path, value_at(old, path, arena),
                                            value_at(new, path, arena)};
            if (!is_listed(changes, *count, path) && !are_equal(change.before, change.after))
                changes[(*count)++] = change;
        }
    json_decref(old);
    json_decref(new);
    return changes;
}
