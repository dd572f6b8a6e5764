/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_dialect.h"

#include <string.h>

/* The value of a default: JSON, or else a string without its quotes; or that of another key. */
static json_t *make_value(const struct json_cursor *at, const char *text)
{
    if (text[0] == '=')
        return json_incref(json_object_get(at->value, text + 1));
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value != NULL ? value : json_string(text);
}

/* As it is written without quotes. */
static const char *show(const struct json_cursor *at, json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    return json_text_compact(at->context->arena, value, 120);
}

static void lay_defaults(struct json_cursor *at, struct read_dialect *context)
{
    const struct dialect *dialect = context->dialect;
    const char *note = arena_printf(at->context->arena, "default of %s", dialect->version);
    for (size_t i = 0; dialect->defaults[i].key != NULL; i++) {
        const struct dialect_default *one = &dialect->defaults[i];
        struct json_cursor child = cursor_at(at, one->key);
        if (child.value != NULL)
            continue;
        json_t *value = make_value(at, one->value);
        context_assume(at->context, cursor_path(&child), show(at, value), note, true);
        json_object_set_new(at->value, one->key, value);
        context->laid |= UINT64_C(1) << i;
    }
}

bool read_dialect_begin(struct json_cursor *at, struct read_dialect *context)
{
    const char *names[DIALECT_COUNT];
    size_t choice = DIALECT_COUNT;
    for (size_t i = 0; i < DIALECT_COUNT; i++)
        names[i] = dialects[i].name;
    if (json_is_null(cursor_at(at, "dialect").value)) /* none: a setting may take it away */
        return true;
    if (!cursor_get_choice(at, "dialect", CURSOR_OPTIONAL, names, DIALECT_COUNT, &choice))
        return false;
    if (choice < DIALECT_COUNT) {
        context->dialect = &dialects[choice];
        lay_defaults(at, context);
    }
    return true;
}

bool read_dialect_laid(const struct read_dialect *context, const char *key)
{
    for (size_t i = 0; context->laid >> i != 0; i++)
        if ((context->laid >> i & 1) != 0 && strcmp(context->dialect->defaults[i].key, key) == 0)
            return true;
    return false;
}

static void take_defaults_out(struct json_cursor *at, const struct read_dialect *context)
{
    for (size_t i = 0; context->dialect->defaults[i].key != NULL; i++)
        if ((context->laid >> i & 1) != 0)
            json_object_del(at->value, context->dialect->defaults[i].key);
}

void read_dialect_end(struct json_cursor *at, const struct read_dialect *context,
                      struct pool_spec *pool)
{
    const struct dialect *dialect = context->dialect;
    const char *warnings[DIALECT_MAX_WARNINGS];
    if (dialect == NULL)
        return;
    take_defaults_out(at, context);
    for (size_t i = 0; dialect->notes[i].key != NULL; i++) {
        const struct dialect_note *note = &dialect->notes[i];
        if (cursor_at(at, note->key).value == NULL)
            continue;
        context_warn(at->context, "%s: `%s` %s in %s (%s)", pool->name, note->key, note->effect,
                     dialect->name, dialect->version);
        if (note->is_ignored)
            dialect_ignore(pool, note->key);
    }
    size_t count = dialect_apply(dialect, pool, at->context->arena, warnings);
    for (size_t i = 0; i < count; i++)
        context_warn(at->context, "%s: %s in %s (%s)", pool->name, warnings[i], dialect->name,
                     dialect->version);
}
