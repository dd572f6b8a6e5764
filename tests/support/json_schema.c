/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/json_schema.h"

#include "tests/support/support.h"
#include <regex.h>
#include <stdio.h>
#include <string.h>

/* A value and the way to it. */
struct place {
    const json_t *root, *value;
    const char *pointer;
    struct json_schema_facts *facts; /* NULL: nothing is noted */
    char *problem;
    size_t size;
};

static bool check(const struct place *place, const json_t *schema);

static bool wrong(const struct place *place, const char *what, const json_t *detail)
{
    char *text = detail ? json_dumps(detail, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    snprintf(place->problem, place->size, "%s: %s%s%.120s", place->pointer, what, text ? " " : "",
             text ? text : "");
    free(text);
    return false;
}

/* ---- what is noted ----------------------------------------------------------------------- */

struct json_schema_facts json_schema_facts_make(void)
{
    return (struct json_schema_facts){json_object(), json_object(), json_object()};
}

void json_schema_facts_free(struct json_schema_facts *facts)
{
    json_decref(facts->keys);
    json_decref(facts->names);
    json_decref(facts->definitions);
}

static void note_keys(const struct place *place, const json_t *properties)
{
    const char *key;
    json_t *value, *keys = json_array();
    json_object_foreach((json_t *)properties, key, value)
    {
        json_array_append_new(keys, json_string(key));
    }
    json_object_set_new(place->facts->keys, place->pointer, keys);
}

/* ---- keywords ---------------------------------------------------------------------------- */

static bool check_ref(const struct place *place, const json_t *ref)
{
    static const char prefix[] = "#/$defs/";
    const char *text = json_string_value(ref);
    if (strncmp(text, prefix, strlen(prefix)) != 0)
        fail_msg("$ref %s", text);
    const char *name = text + strlen(prefix);
    const json_t *definition = json_object_get(json_object_get(place->root, "$defs"), name);
    if (!definition)
        fail_msg("the schema has no definition %s", name);
    if (place->facts)
        json_object_set_new(place->facts->definitions, name, json_true());
    return check(place, definition);
}

static bool is_of_type(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type type;
    } types[] = {{"object", JSON_OBJECT}, {"array", JSON_ARRAY},     {"string", JSON_STRING},
                 {"null", JSON_NULL},     {"integer", JSON_INTEGER}, {"number", JSON_REAL}};
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    if (strcmp(type, "number") == 0 && json_is_integer(value))
        return true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return json_typeof(value) == types[i].type;
    fail_msg("type %s", type);
    return false;
}

static bool check_type(const struct place *place, const json_t *type)
{
    bool is_one = json_is_string(type) && is_of_type(place->value, json_string_value(type));
    for (size_t i = 0; i < json_array_size(type); i++)
        is_one |= is_of_type(place->value, json_string_value(json_array_get(type, i)));
    return is_one || wrong(place, "must be of type", type);
}

static bool check_const(const struct place *place, const json_t *constant)
{
    return json_equal(place->value, constant) || wrong(place, "must be", constant);
}

static bool check_enum(const struct place *place, const json_t *names)
{
    size_t i;
    json_t *name;
    if (place->facts)
        json_object_set(place->facts->names, place->pointer, (json_t *)names);
    json_array_foreach((json_t *)names, i, name)
    {
        if (json_equal(place->value, name))
            return true;
    }
    return wrong(place, "must be one of", names);
}

static bool check_pattern(const struct place *place, const json_t *pattern)
{
    regex_t regex;
    if (!json_is_string(place->value))
        return true;
    assert_int_equal(regcomp(&regex, json_string_value(pattern), REG_EXTENDED | REG_NOSUB), 0);
    bool matches = regexec(&regex, json_string_value(place->value), 0, NULL, 0) == 0;
    regfree(&regex);
    return matches || wrong(place, "must look like", pattern);
}

static bool check_minimum(const struct place *place, const json_t *limit)
{
    return !json_is_number(place->value) ||
           json_number_value(place->value) >= json_number_value(limit) ||
           wrong(place, "must be at least", limit);
}

static bool check_exclusive_minimum(const struct place *place, const json_t *limit)
{
    return !json_is_number(place->value) ||
           json_number_value(place->value) > json_number_value(limit) ||
           wrong(place, "must be above", limit);
}

static bool check_maximum(const struct place *place, const json_t *limit)
{
    return !json_is_number(place->value) ||
           json_number_value(place->value) <= json_number_value(limit) ||
           wrong(place, "must be at most", limit);
}

static bool check_required(const struct place *place, const json_t *keys)
{
    size_t i;
    json_t *key;
    if (!json_is_object(place->value))
        return true;
    json_array_foreach((json_t *)keys, i, key)
    {
        if (!json_object_get(place->value, json_string_value(key)))
            return wrong(place, "lacks", key);
    }
    return true;
}

static bool check_min_properties(const struct place *place, const json_t *least)
{
    return !json_is_object(place->value) ||
           (json_int_t)json_object_size(place->value) >= json_integer_value(least) ||
           wrong(place, "has fewer keys than", least);
}

static bool check_min_items(const struct place *place, const json_t *least)
{
    return !json_is_array(place->value) ||
           (json_int_t)json_array_size(place->value) >= json_integer_value(least) ||
           wrong(place, "has fewer elements than", least);
}

static bool check_max_items(const struct place *place, const json_t *most)
{
    return !json_is_array(place->value) ||
           (json_int_t)json_array_size(place->value) <= json_integer_value(most) ||
           wrong(place, "has more elements than", most);
}

/* The value under a key or at an index against its schema. */
static bool check_below(const struct place *place, const char *token, const json_t *value,
                        const json_t *schema)
{
    char pointer[1024];
    snprintf(pointer, sizeof pointer, "%s/%s", place->pointer, token);
    struct place below = *place;
    below.value = value;
    below.pointer = pointer;
    return check(&below, schema);
}

static bool check_property_names(const struct place *place, const json_t *schema)
{
    const char *key;
    json_t *value;
    if (!json_is_object(place->value))
        return true;
    json_object_foreach((json_t *)place->value, key, value)
    {
        json_t *name = json_string(key);
        bool is_met = check_below(place, key, name, schema);
        json_decref(name);
        if (!is_met)
            return false;
    }
    return true;
}

/* properties and additionalProperties together. */
static bool check_properties(const struct place *place, const json_t *schema)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *others = json_object_get(schema, "additionalProperties");
    const char *key;
    json_t *value;
    if (!json_is_object(place->value))
        return true;
    if (place->facts && json_is_false(others))
        note_keys(place, properties);
    json_object_foreach((json_t *)place->value, key, value)
    {
        const json_t *own = json_object_get(properties, key);
        if (!own && json_is_false(others)) {
            snprintf(place->problem, place->size, "%s: no key \"%s\" here", place->pointer, key);
            return false;
        }
        if ((own || json_is_object(others)) && !check_below(place, key, value, own ? own : others))
            return false;
    }
    return true;
}

/* prefixItems and items together. */
static bool check_items(const struct place *place, const json_t *schema)
{
    const json_t *first = json_object_get(schema, "prefixItems");
    const json_t *others = json_object_get(schema, "items");
    size_t i;
    json_t *value;
    if (!json_is_array(place->value))
        return true;
    json_array_foreach((json_t *)place->value, i, value)
    {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        const json_t *own = i < json_array_size(first) ? json_array_get(first, i) : others;
        if (own && !check_below(place, index, value, own))
            return false;
    }
    return true;
}

static bool meets_quietly(const struct place *place, const json_t *schema)
{
    struct place quiet = *place;
    quiet.facts = NULL;
    return check(&quiet, schema);
}

static bool check_all_of(const struct place *place, const json_t *schemas)
{
    size_t i;
    json_t *schema;
    json_array_foreach((json_t *)schemas, i, schema)
    {
        if (!check(place, schema))
            return false;
    }
    return true;
}

static bool check_any_of(const struct place *place, const json_t *schemas)
{
    size_t i;
    json_t *schema;
    json_array_foreach((json_t *)schemas, i, schema)
    {
        if (meets_quietly(place, schema))
            return check(place, schema);
    }
    return false; /* the problem is that of the last */
}

static bool check_if(const struct place *place, const json_t *schema)
{
    return !meets_quietly(place, json_object_get(schema, "if")) ||
           check(place, json_object_get(schema, "then"));
}

/* ---- any schema -------------------------------------------------------------------------- */

/* By its own value, or as a part of the whole schema. */
static const struct keyword {
    const char *name;
    bool (*check)(const struct place *place, const json_t *value);
    bool (*check_whole)(const struct place *place, const json_t *schema);
} keywords[] = {
    {"$ref", check_ref, NULL},
    {"type", check_type, NULL},
    {"const", check_const, NULL},
    {"enum", check_enum, NULL},
    {"pattern", check_pattern, NULL},
    {"minimum", check_minimum, NULL},
    {"exclusiveMinimum", check_exclusive_minimum, NULL},
    {"maximum", check_maximum, NULL},
    {"required", check_required, NULL},
    {"propertyNames", check_property_names, NULL},
    {"minProperties", check_min_properties, NULL},
    {"minItems", check_min_items, NULL},
    {"maxItems", check_max_items, NULL},
    {"allOf", check_all_of, NULL},
    {"anyOf", check_any_of, NULL},
    {"properties", NULL, check_properties},
    {"additionalProperties", NULL, check_properties},
    {"items", NULL, check_items},
    {"prefixItems", NULL, check_items},
    {"if", NULL, check_if},
    {"then", NULL, NULL},
    {"description", NULL, NULL},
    {"title", NULL, NULL},
    {"default", NULL, NULL},
    {"examples", NULL, NULL},
    {"$schema", NULL, NULL},
    {"$defs", NULL, NULL},
};

static const struct keyword *find_keyword(const char *name)
{
    for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++)
        if (strcmp(keywords[k].name, name) == 0)
            return &keywords[k];
    fail_msg("the schema has a keyword that this test does not know: %s", name);
    return NULL;
}

static bool check(const struct place *place, const json_t *schema)
{
    const char *name;
    json_t *value;
    if (json_is_boolean(schema))
        return json_is_true(schema);
    json_object_foreach((json_t *)schema, name, value)
    {
        const struct keyword *keyword = find_keyword(name);
        if ((keyword->check && !keyword->check(place, value)) ||
            (keyword->check_whole && !keyword->check_whole(place, schema)))
            return false;
    }
    return true;
}

bool json_schema_check(const json_t *schema, const json_t *value, struct json_schema_facts *facts,
                       char *problem, size_t size)
{
    struct place place = {.root = schema,
                          .value = value,
                          .pointer = "",
                          .facts = facts,
                          .problem = problem,
                          .size = size};
    problem[0] = '\0';
    return check(&place, schema);
}
