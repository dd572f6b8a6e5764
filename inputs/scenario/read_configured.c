/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_configured.h"
#include "inputs/json/dotted_path.h"
#include "inputs/json/quantity.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <string.h>

enum { MOST_KEYS = 64 };

static const char blanks[] = " \t\n", signs[] = "<>=!";

/* The first word, up to a blank or an operator. */
static const char *first_word(const char *text, struct arena *arena)
{
    text += strspn(text, blanks);
    return arena_printf(arena, "%.*s", (int)strcspn(text, " \t\n<>=!"), text);
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The path of the resource or service that word, less its last part, names; NULL: none. */
static const char *find_owner(json_t *root, const char *word, struct arena *arena)
{
    const char *dot = strrchr(word, '.'), *first = strchr(word, '.');
    if (!dot)
        return NULL;
    const char *owner = arena_printf(arena, "%.*s", (int)(dot - word), word);
    const char *path = owner;
    if (!begins(word, "resources.") && !begins(word, "services.")) {
        path = arena_printf(arena, "resources.%s", owner);
        if (first != dot)
            path = arena_printf(arena, "services.%.*s.resources.%s", (int)(first - word), word,
                                owner + (first - word) + 1);
    }
    struct dotted_path end = dotted_path_follow(root, path, arena);
    return json_is_object(end.value) ? path : NULL;
}

/* Of the scenario's defaults, or NULL. */
static const struct assumption *find_default(const struct scenario *scenario, const char *path)
{
    for (size_t i = 0; i < scenario->assumption_count; i++)
        if (scenario->assumptions[i].is_default && strcmp(scenario->assumptions[i].key, path) == 0)
            return &scenario->assumptions[i];
    return NULL;
}

/* Metrics of the same name as a key are asked for with an ordinary operator; "==" tells. */
bool read_configured_is(const struct json_cursor *expect)
{
    const char *text = json_string_value(expect->value);
    struct arena *arena = expect->context->arena;
    if (!text)
        return false;
    const char *word = first_word(text, arena), *key = strrchr(word, '.');
    const char *owner = find_owner(expect->context->root, word, arena);
    const char *op = text + strspn(text, blanks) + strlen(word);
    op += strspn(op, blanks);
    if (!owner)
        return false;
    json_t *object = dotted_path_follow(expect->context->root, owner, arena).value;
    return begins(op, "==") || begins(word, "resources.") || begins(word, "services.") ||
           json_object_get(object, key + 1) != NULL;
}

static bool parse_limit(const struct json_cursor *expect, const char *at,
                        struct criterion_spec *claim)
{
    const char *word = first_word(at, expect->context->arena);
    const char *rest = at + strspn(at, blanks) + strlen(word);
    claim->limit_text = word;
    if (rest[strspn(rest, blanks)] != '\0')
        return cursor_fail(expect,
                           "only a number may follow the operator in a criterion about "
                           "what is set; got %s",
                           cursor_show(expect));
    if (strcmp(word, "none") == 0) {
        claim->limit = INFINITY;
        claim->limit_unit = NULL;
        return true;
    }
    if (word[0] == '\0')
        return cursor_fail(expect, "a value is due behind the operator, such as 200 or 10s; got %s",
                           cursor_show(expect));
    return quantity_parse_limit(word, &claim->limit, &claim->limit_unit, expect->context->err) ||
           cursor_place(expect, LOCATE_VALUE);
}

bool read_configured_parse(const struct json_cursor *expect, struct criterion_spec *claim)
{
    static const char *const operators[] = {"<", "<=", ">", ">=", "=="};
    const char *text = json_string_value(expect->value);
    const char *at = text + strspn(text, blanks);
    size_t op = 0;
    claim->metric = first_word(text, expect->context->arena);
    at += strlen(claim->metric);
    at += strspn(at, blanks);
    size_t length = strspn(at, signs);
    while (op < 5 && (strlen(operators[op]) != length || strncmp(at, operators[op], length) != 0))
        op++;
    if (op == 5)
        return cursor_fail(expect, "==, <, <=, > or >= is due behind %s; got %s", claim->metric,
                           cursor_show(expect));
    claim->op = (enum comparison)op;
    claim->has_limit = true;
    return parse_limit(expect, at + length, claim);
}

/* The message of a key that is not there, with the nearest one that is. */
static bool fail_unknown(const struct json_cursor *root, const struct configured_spec *claim,
                         const char *owner, const struct scenario *scenario)
{
    struct arena *arena = root->context->arena;
    const char *names[MOST_KEYS], *key = strrchr(claim->criterion.metric, '.') + 1, *name;
    size_t count = 0, length = strlen(owner);
    json_t *value;
    json_object_foreach(dotted_path_follow(root->context->root, owner, arena).value, name,
                        value) if (count < MOST_KEYS &&
                                   (json_is_string(value) || json_is_number(value)))
        names[count++] = name;
    for (size_t i = 0; i < scenario->assumption_count && count < MOST_KEYS; i++)
        if (scenario->assumptions[i].is_default && begins(scenario->assumptions[i].key, owner) &&
            scenario->assumptions[i].key[length] == '.')
            names[count++] = scenario->assumptions[i].key + length + 1;
    const char *meant = spelling_nearest(key, names, count);
    error_set(root->context->err, STATUS_INPUT, "%s has no \"%s\" that is set%s%s%s", owner, key,
              meant ? "; did you mean \"" : "", meant ? meant : "", meant ? "\"?" : "");
    return false;
}

/* The number that text says, with its unit; "none" is more than any. */
static bool take_text(const char *text, double *value, const char **unit)
{
    struct error unused = {0};
    *value = INFINITY;
    *unit = NULL;
    return strcmp(text, "none") == 0 || quantity_parse_limit(text, value, unit, &unused);
}

static bool take_value(json_t *value, struct arena *arena, struct configured_spec *claim,
                       const char **unit)
{
    *unit = "";
    claim->value_text =
        json_is_string(value) ? json_string_value(value)
        : json_is_null(value) ? "none"
        : json_is_integer(value)
            ? arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value))
            : arena_printf(arena, "%.15g", json_number_value(value));
    claim->value = json_number_value(value);
    if (json_is_string(value) || json_is_null(value))
        return take_text(claim->value_text, &claim->value, unit);
    return json_is_number(value);
}

static bool settle(const struct json_cursor *root, const struct scenario *scenario,
                   struct configured_spec *claim)
{
    struct arena *arena = root->context->arena;
    const char *owner = find_owner(root->context->root, claim->criterion.metric, arena);
    const char *path = arena_printf(arena, "%s%s", owner, strrchr(claim->criterion.metric, '.'));
    struct dotted_path end = dotted_path_follow(root->context->root, path, arena);
    const struct assumption *taken = end.value ? NULL : find_default(scenario, path);
    const char *unit = "", *asked = claim->criterion.limit_unit;
    bool is_number = false;
    if (!end.value && !taken)
        return fail_unknown(root, claim, owner, scenario);
    if (taken) {
        claim->value_text = taken->value;
        is_number = take_text(taken->value, &claim->value, &unit);
    } else {
        is_number = take_value(end.value, arena, claim, &unit);
    }
    claim->path = path;
    claim->unit = unit ? unit : asked ? asked : "";
    if (!is_number)
        return error_set(root->context->err, STATUS_INPUT,
                         "%s is no number that could be compared; a criterion about it is not "
                         "possible",
                         path);
    return !unit || !asked || strcmp(unit, asked) == 0 ||
           error_set(root->context->err, STATUS_INPUT, "%s is %s, which cannot be compared with %s",
                     path, claim->value_text, claim->criterion.limit_text);
}

bool read_configured_settle(struct json_cursor *root, struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->configured_count; i++) {
        struct configured_spec *claim = &scenario->configured[i];
        if (settle(root, scenario, claim))
            continue;
        struct json_cursor criteria = cursor_at(root, "criteria");
        struct json_cursor element = cursor_element(&criteria, claim->place);
        struct json_cursor expect = cursor_at(&element, "expect");
        return cursor_place(&expect, LOCATE_VALUE);
    }
    return true;
}
