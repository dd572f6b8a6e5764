/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/explain.h"
#include "models/metrics/metric_catalogue.h"
#include <assert.h>
#include <jansson.h>
#include <string.h>

/* Text that scdoc takes for text. */
static const char *plain(const char *text, struct arena *arena)
{
    char *escaped = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(text), 2), 1)),
         *to = escaped;
    for (; *text; text++) {
        if (strchr("*_\\<>~[]#", *text))
            *to++ = '\\';
        *to++ = *text;
    }
    *to = '\0';
    return escaped;
}

static const char *describe_default(const json_t *at, struct arena *arena)
{
    const json_t *fallback = json_object_get(at, "default");
    if (!fallback)
        return "";
    char *text = json_dumps(fallback, JSON_ENCODE_ANY);
    const char *words = arena_printf(
        arena, " Default: %s.", json_is_null(fallback) ? "none" : plain(text ? text : "", arena));
    arena_library_free(text);
    return words;
}

static const char *manual_keys(const char *text, const json_t *object, struct arena *arena)
{
    json_t *properties = json_object_get(object, "properties");
    for (void *i = json_object_iter(properties); i; i = json_object_iter_next(properties, i)) {
        const json_t *at = json_object_iter_value(i);
        const char *description = json_string_value(json_object_get(at, "description"));
        if (!description)
            continue;
        text =
            arena_printf(arena, "%s*%s*\n\t%s%s\n\n", text, plain(json_object_iter_key(i), arena),
                         plain(description, arena), describe_default(at, arena));
    }
    return text;
}

static const char *manual_objects(const char *text, json_t *schema, struct arena *arena)
{
    json_t *definitions = json_object_get(schema, "$defs");
    for (void *i = json_object_iter(definitions); i; i = json_object_iter_next(definitions, i)) {
        const json_t *object = json_object_iter_value(i);
        const char *description = json_string_value(json_object_get(object, "description"));
        text = arena_printf(arena, "%s## %s\n\n%s\n\n", text, json_object_iter_key(i),
                            description ? plain(description, arena) : "");
        text = manual_keys(text, object, arena);
    }
    return text;
}

static const char *manual_metrics(const char *text, struct arena *arena)
{
    for (size_t o = 0; o < METRIC_OWNERS; o++)
        for (size_t r = 0; r < metric_owner(o)->count; r++) {
            const struct metric_row *row = &metric_owner(o)->rows[r];
            text = arena_printf(arena, "%s*%s* of %s\n\t%s\n\n", text, plain(row->name, arena),
                                metric_owner(o)->name, plain(row->meaning, arena));
        }
    return text;
}

const char *explain_manual(struct arena *arena)
{
    json_t *schema = json_loads(explain_schema, 0, NULL);
    assert(schema);
    const char *text =
        "capsim-scenario(5)\n\n# NAME\n\ncapsim-scenario - what arrives, what it uses "
        "and what must hold\n\n# DESCRIPTION\n\nA scenario is one JSON file. Durations, "
        "rates, sizes and shares carry their unit in a string. An unknown key, a "
        "missing unit or a name that refers to nothing is an error; every default "
        "taken is in the report.\n\n# KEYS\n\n";
    text = manual_keys(text, schema, arena);
    text = arena_printf(arena, "%s# OBJECTS AND VALUES\n\n", text);
    text = manual_objects(text, schema, arena);
    text =
        arena_printf(arena,
                     "%s# METRICS\n\nA metric is called after what it is of, then as here, then, "
                     "if it is observed per request, a statistic: db\\_pool.wait.p95.\n\n",
                     text);
    text = manual_metrics(text, arena);
    json_decref(schema);
    return arena_printf(arena, "%s# SEE ALSO\n\n*capsim*(1)\n", text);
}
