/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/value_words.h"
#include "reports/text/digits.h"
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* Deeper ones are as deep as a scenario may be written. */
enum { MAX_DEPTH = 64 };

static const char *word_any(const json_t *value, struct arena *arena, int depth);

/* "75ms" is "75 ms", "10%" is "10 %"; "500/s" and names stay. */
static const char *word_text(const char *text, struct arena *arena)
{
    size_t number = strspn(text, "0123456789.");
    bool is_unit = number > 0 && (isalpha((unsigned char)text[number]) || text[number] == '%');
    for (const char *at = text + number; *at != '\0' && is_unit; at++)
        is_unit = isalpha((unsigned char)*at) || *at == '%';
    return is_unit ? arena_printf(arena, "%.*s %s", (int)number, text, text + number)
                   : arena_strdup(arena, text);
}

static const char *join(const char *text, const char *comma, const char *next, struct arena *arena)
{
    return text[0] != '\0' ? arena_printf(arena, "%s%s%s", text, comma, next) : next;
}

/* "mean 75 ms", "name application"; what is made of parts in brackets. */
static const char *word_pair(const char *key, const json_t *value, struct arena *arena, int depth)
{
    const char *words = word_any(value, arena, depth);
    bool is_made = json_is_object(value) || json_is_array(value);
    return arena_printf(arena, is_made ? "%s (%s)" : "%s %s", key, words);
}

/* All pairs of an object but those of `told`, which ends with NULL, behind text. */
static const char *word_others(const json_t *object, const char *text, const char *const *told,
                               struct arena *arena, int depth)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        bool is_told = false;
        for (size_t i = 0; told[i]; i++)
            is_told |= strcmp(told[i], key) == 0;
        if (!is_told)
            text = join(text, ", ", word_pair(key, value, arena, depth), arena);
    }
    return text;
}

/* "75 ms mean, p95 180 ms, lognormal" */
static const char *word_law(const json_t *law, struct arena *arena, int depth)
{
    static const char *const told[] = {"dist", "mean", NULL};
    const json_t *mean = json_object_get(law, "mean");
    const char *text = mean ? arena_printf(arena, "%s mean", word_any(mean, arena, depth)) : "";
    text = word_others(law, text, told, arena, depth);
    return join(text, ", ", word_any(json_object_get(law, "dist"), arena, depth), arena);
}

/* "50,000 customers, 10 % active, 0.1/s each, poisson" */
static const char *word_arrivals(const json_t *arrivals, struct arena *arena, int depth)
{
    static const struct {
        const char *key, *form;
    } known[] = {{"rate", "%s"},          {"customers", "%s customers"},  {"jobs", "%s jobs"},
                 {"active", "%s active"}, {"rate_per_active", "%s each"}, {"every", "every %s"}};
    enum { KNOWN = sizeof known / sizeof known[0] };
    const char *told[KNOWN + 2] = {"process"}, *text = "";
    size_t count = 1;
    for (size_t i = 0; i < KNOWN; i++) {
        const json_t *value = json_object_get(arrivals, known[i].key);
        if (!value || json_is_object(value) || json_is_array(value))
            continue;
        const char *words = word_any(value, arena, depth);
        bool is_share = strcmp(known[i].key, "active") == 0 && json_is_number(value);
        if (is_share)
            words = digits_quantity(json_number_value(value), "1", arena);
        size_t at = strcspn(known[i].form, "%");
        const char *made = arena_printf(arena, "%.*s%s%s", (int)at, known[i].form, words,
                                        known[i].form + at + strlen("%s"));
        text = join(text, ", ", made, arena);
        told[count++] = known[i].key;
    }
    text = word_others(arrivals, text, told, arena, depth);
    return join(text, ", ", word_any(json_object_get(arrivals, "process"), arena, depth), arena);
}

/* "application: 120 ms mean, cv 0.6, lognormal"; "hold db_pool (...)" */
static const char *word_step(const json_t *step, struct arena *arena, int depth)
{
    static const char *const told[] = {"delay", "hold", "name", "steps", NULL};
    const json_t *delay = json_object_get(step, "delay"), *hold = json_object_get(step, "hold");
    const json_t *inside = json_object_get(step, "steps");
    const char *name = json_string_value(json_object_get(step, "name"));
    const char *text = delay ? word_any(delay, arena, depth)
                             : arena_printf(arena, "hold %s", word_any(hold, arena, depth));
    text = word_others(step, text, told, arena, depth);
    if (inside)
        text = arena_printf(arena, "%s (%s)", text, word_any(inside, arena, depth));
    return name ? arena_printf(arena, "%s: %s", name, text) : text;
}

static const char *word_object(const json_t *object, struct arena *arena, int depth)
{
    static const char *const nothing[] = {NULL};
    if (json_object_get(object, "dist"))
        return word_law(object, arena, depth);
    if (json_object_get(object, "process"))
        return word_arrivals(object, arena, depth);
    if (json_object_get(object, "delay") || json_object_get(object, "hold"))
        return word_step(object, arena, depth);
    return word_others(object, "", nothing, arena, depth);
}

static const char *word_array(const json_t *array, struct arena *arena, int depth)
{
    const char *text = "";
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *value = json_array_get(array, i);
        text =
            join(text, json_is_object(value) ? "; " : ", ", word_any(value, arena, depth), arena);
    }
    return text;
}

static const char *word_any(const json_t *value, struct arena *arena, int depth)
{
    if (depth == MAX_DEPTH)
        return "\u2026";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return word_object(value, arena, depth + 1);
    case JSON_ARRAY:
        return word_array(value, arena, depth + 1);
    case JSON_STRING:
        return word_text(json_string_value(value), arena);
    case JSON_INTEGER:
    case JSON_REAL:
        return digits_exact(json_number_value(value), arena);
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        break;
    }
    return "none";
}

/* A piece of JSON that was cut, without its signs; what is inside of it in brackets. */
static const char *plain_value(const char *json, struct arena *arena)
{
    char *made = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(json), 2), 1));
    char *to = made;
    int depth = 0;
    bool is_inside = false;
    for (const char *at = json; *at != '\0'; at++) {
        bool is_open = *at == '{' || *at == '[', is_close = *at == '}' || *at == ']';
        if (*at == '\\' && is_inside && at[1] != '\0') {
            *to++ = *at++;
            *to++ = *at;
        } else if (*at == '"') {
            is_inside = !is_inside;
        } else if (is_inside) {
            *to++ = *at;
        } else if (is_open && depth++ > 0) {
            *to++ = '(';
        } else if (is_close && --depth > 0) {
            *to++ = ')';
        } else if (*at == ':' || *at == ',') {
            if (*at == ',')
                *to++ = ',';
            *to++ = ' ';
        } else if (!is_open && !is_close && *at != ' ' && *at != '\n') {
            *to++ = *at;
        }
    }
    *to = '\0';
    return made;
}

const char *value_words(const char *json, struct arena *arena)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    if (!root && (json[0] == '{' || json[0] == '['))
        return plain_value(json, arena);
    if (!root)
        return arena_strdup(arena, json);
    const char *words = word_any(root, arena, 0);
    json_decref(root);
    return words;
}
