/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/guide/explain.h"
#include "inputs/cli/cli.h"
#include "inputs/json/wording.h"
#include "models/metrics/metric_catalogue.h"
#include "sim/base/spelling.h"
#include <assert.h>
#include <jansson.h>
#include <string.h>

enum { WIDTH = 80, INDENT = 2, MAX_NAMES = 600, MAX_ENTRIES = 64 };

const char explain_schema[] =
#include "inputs/scenario_schema.inc"
    ;

/* A key that several objects have alike. */
struct key_entry {
    const char *owners, *type, *words;
};

/* What is asked about, and what has been said so far. */
struct answer_text {
    struct arena *arena;
    json_t *schema;
    const char *topic;   /* the last word of what was asked                        */
    bool is_of_resource; /* of a path that begins with "resources"                 */
    struct key_entry keys[MAX_ENTRIES];
    size_t key_count;
    const char *text;
    size_t found;
};

/* ---- the schema --------------------------------------------------------------------------- */

static json_t *open_schema(void)
{
    json_t *schema = json_loads(explain_schema, 0, NULL);
    assert(schema);
    return schema;
}

/* The definition that "$ref" names, or NULL. */
static const json_t *follow(json_t *schema, const json_t *at)
{
    const char *reference = json_string_value(json_object_get(at, "$ref"));
    if (!reference)
        return NULL;
    return json_object_get(json_object_get(schema, "$defs"), strrchr(reference, '/') + 1);
}

static const char *text_of(const json_t *at, const char *key)
{
    return json_string_value(json_object_get(at, key));
}

/* A value as JSON text. */
static const char *show(const json_t *value, struct arena *arena)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *kept = arena_strdup(arena, text ? text : "");
    arena_library_free(text);
    return kept;
}

/* "a, b or c" */
static const char *list_values(const json_t *list, struct arena *arena)
{
    const char *text = "";
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count; i++)
        text = arena_printf(arena, "%s%s%s", text,
                            i == 0          ? ""
                            : i + 1 < count ? ", "
                                            : " or ",
                            show(json_array_get(list, i), arena));
    return text;
}

static const char *number_text(const json_t *at, const char *what, struct arena *arena)
{
    const json_t *least = json_object_get(at, "minimum"), *most = json_object_get(at, "maximum");
    if (least && most)
        return arena_printf(arena, "%s from %s to %s", what, show(least, arena), show(most, arena));
    return least ? arena_printf(arena, "%s, at least %s", what, show(least, arena)) : what;
}

static const char *describe_type(json_t *schema, const json_t *at, struct arena *arena);

/* "a, or b". That a value may be uncertain is not said: any value may. */
static const char *describe_choice(json_t *schema, const json_t *choice, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < json_array_size(choice); i++) {
        const json_t *one = json_array_get(choice, i);
        const char *target = text_of(one, "$ref"), *type = text_of(one, "type");
        if (target && strcmp(target, "#/$defs/uncertain_value") == 0)
            continue;
        bool is_null = type && strcmp(type, "null") == 0;
        text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? ", or " : "",
                            is_null ? "null for none" : describe_type(schema, one, arena));
    }
    return text;
}

/* What may stand there, in words. */
static const char *describe_type(json_t *schema, const json_t *at, struct arena *arena)
{
    const json_t *choice = json_object_get(at, "anyOf"), *target = follow(schema, at);
    const char *type = text_of(at, "type");
    if (json_object_get(at, "const"))
        return show(json_object_get(at, "const"), arena);
    if (json_object_get(at, "enum"))
        return list_values(json_object_get(at, "enum"), arena);
    if (target) {
        const char *description = text_of(target, "description");
        return description ? arena_printf(arena, "%c%.*s", description[0] | 0x20,
                                          (int)strcspn(description + 1, ".;"), description + 1)
                           : "a value";
    }
    if (json_is_array(choice))
        return describe_choice(schema, choice, arena);
    if (!type)
        return "a value";
    if (strcmp(type, "integer") == 0)
        return number_text(at, "a whole number", arena);
    if (strcmp(type, "number") == 0)
        return number_text(at, "a number", arena);
    if (strcmp(type, "boolean") == 0)
        return "true or false";
    if (strcmp(type, "array") == 0)
        return "a list";
    return strcmp(type, "object") == 0 ? "an object" : "text";
}

static bool is_required(const json_t *object, const char *key)
{
    const json_t *list = json_object_get(object, "required");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), key) == 0)
            return true;
    return false;
}

/* ---- laying it out ------------------------------------------------------------------------ */

static const char *wrap(const char *words, size_t indent, struct arena *arena)
{
    return cli_wrap(arena, arena_printf(arena, "%*s", (int)indent, ""), words, indent, indent);
}

static void say(struct answer_text *answer, const char *head, const char *words)
{
    struct arena *arena = answer->arena;
    answer->text = arena_printf(arena, "%s%s%s%s", answer->text, answer->found > 0 ? "\n" : "",
                                cli_wrap(arena, "", head, 0, INDENT), wrap(words, INDENT, arena));
    answer->found++;
}

/* The name under which a definition is known to users: "connection_pool", "poisson", "delay". */
static const char *public_name(const char *definition)
{
    static const char *const prefixes[] = {"law_", "arrivals_", "step_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(definition, prefixes[i], strlen(prefixes[i])) == 0)
            return definition + strlen(prefixes[i]);
    return definition;
}

static const char *key_words(const struct answer_text *answer, const json_t *object,
                             const char *key, const json_t *at)
{
    struct arena *arena = answer->arena;
    const json_t *fallback = json_object_get(at, "default"),
                 *examples = json_object_get(at, "examples");
    const char *words = text_of(at, "description") ? text_of(at, "description") : "";
    if (fallback)
        words = arena_printf(arena, "%s Default: %s.", words,
                             json_is_null(fallback) ? "none" : show(fallback, arena));
    else if (is_required(object, key))
        words = arena_printf(arena, "%s Required.", words);
    if (examples)
        words = arena_printf(arena, "%s Such as %s.", words, list_values(examples, arena));
    return words + strspn(words, " ");
}

/* Adds the key of owner, to an entry that says the same if there is one. */
static void add_key(struct answer_text *answer, const char *owner, const char *type,
                    const char *words)
{
    for (size_t i = 0; i < answer->key_count; i++) {
        struct key_entry *entry = &answer->keys[i];
        if (strcmp(entry->type, type) != 0 || strcmp(entry->words, words) != 0)
            continue;
        entry->owners = arena_printf(answer->arena, "%s, %s", entry->owners, owner);
        return;
    }
    if (answer->key_count < MAX_ENTRIES)
        answer->keys[answer->key_count++] = (struct key_entry){owner, type, words};
}

static void say_keys(struct answer_text *answer)
{
    for (size_t i = 0; i < answer->key_count; i++) {
        const struct key_entry *entry = &answer->keys[i];
        say(answer,
            arena_printf(answer->arena, "%s of %s: %s", answer->topic, entry->owners, entry->type),
            entry->words);
    }
}

static bool is_resource(const char *owner)
{
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        for (const char *const *format = station_kinds[kind]->formats; *format; format++)
            if (strcmp(*format, owner) == 0)
                return true;
    return false;
}

/* The keys of one object of the schema that have the topic's name. */
static void search_object(struct answer_text *answer, const char *owner, const json_t *object)
{
    json_t *properties = json_object_get(object, "properties");
    const json_t *at = json_object_get(properties, answer->topic);
    if (at && (!answer->is_of_resource || is_resource(owner)))
        add_key(answer, owner, describe_type(answer->schema, at, answer->arena),
                key_words(answer, object, answer->topic, at));
}

/* An object itself: what it is, and its keys. */
static void explain_object(struct answer_text *answer, const char *name, const json_t *object)
{
    struct arena *arena = answer->arena;
    const char *words = text_of(object, "description"), *keys = "";
    json_t *properties = json_object_get(object, "properties");
    for (void *i = json_object_iter(properties); i; i = json_object_iter_next(properties, i))
        keys = arena_printf(arena, "%s%s%s%s", keys, *keys ? ", " : "", json_object_iter_key(i),
                            is_required(object, json_object_iter_key(i)) ? " (required)" : "");
    if (!words)
        words = "";
    say(answer, name, *keys ? arena_printf(arena, "%s Keys: %s.", words, keys) : words);
}

static void search_schema(struct answer_text *answer)
{
    json_t *definitions = json_object_get(answer->schema, "$defs");
    for (void *i = json_object_iter(definitions); i; i = json_object_iter_next(definitions, i)) {
        const char *name = json_object_iter_key(i);
        if (strcmp(public_name(name), answer->topic) == 0)
            explain_object(answer, answer->topic, json_object_iter_value(i));
    }
    search_object(answer, "the scenario", answer->schema);
    for (void *i = json_object_iter(definitions); i; i = json_object_iter_next(definitions, i))
        search_object(answer, public_name(json_object_iter_key(i)), json_object_iter_value(i));
    say_keys(answer);
}

/* ---- metrics ------------------------------------------------------------------------------ */

static const char *unit_words(const char *unit)
{
    static const char *const words[][2] = {
        {"s", "seconds"}, {"1/s", "per second"}, {"B", "bytes"}, {"1", "a share"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], unit) == 0)
            return words[i][1];
    return "a number";
}

/* topic: all that was asked, "db_pool.wait.p95". A name with a statistic of its own, such as
 * wait.probability, comes before the one that it begins with. */
static void search_metrics(struct answer_text *answer, const char *topic)
{
    struct metric_identity found;
    const struct metric_owner *owner;
    for (size_t at = 0; (at = metric_catalogue_find(topic, at, answer->arena, &found, &owner)) > 0;)
        say(answer,
            arena_printf(answer->arena, "metric %s of %s: %s", found.row->name, owner->name,
                         unit_words(found.row->unit)),
            arena_printf(answer->arena, "%s%s", found.row->meaning,
                         found.row->shape == METRIC_TALLY
                             ? " With .mean, .sd, .p50, .p75, .p90, .p95, .p99, .p999 or .max."
                         : found.row->shape == METRIC_LEVEL ? " Also .max and .peak."
                                                            : ""));
    for (size_t i = 0; i < STATISTIC_COUNT; i++)
        if (strcmp(metric_statistics[i].name, answer->topic) == 0)
            say(answer, arena_printf(answer->arena, "statistic %s", metric_statistics[i].name),
                metric_statistics[i].meaning);
}

/* ---- all names ---------------------------------------------------------------------------- */

struct names {
    const char *list[MAX_NAMES];
    size_t count;
};

static void add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->list[i], name) == 0)
            return;
    if (names->count < MAX_NAMES)
        names->list[names->count++] = name;
}

static void add_keys(struct names *names, const json_t *object, struct arena *arena)
{
    json_t *properties = json_object_get(object, "properties");
    for (void *i = json_object_iter(properties); i; i = json_object_iter_next(properties, i))
        add_name(names, arena_strdup(arena, json_object_iter_key(i)));
}

static void list_names(json_t *schema, struct names *kinds, struct names *keys,
                       struct names *metrics, struct arena *arena)
{
    json_t *definitions = json_object_get(schema, "$defs");
    add_keys(keys, schema, arena);
    for (void *i = json_object_iter(definitions); i; i = json_object_iter_next(definitions, i)) {
        add_name(kinds, arena_strdup(arena, public_name(json_object_iter_key(i))));
        add_keys(keys, json_object_iter_value(i), arena);
    }
    for (size_t o = 0; o < METRIC_OWNERS; o++)
        for (size_t r = 0; r < metric_owner(o)->count; r++)
            add_name(metrics, metric_owner(o)->rows[r].name);
    for (size_t i = 0; i < STATISTIC_COUNT; i++)
        add_name(metrics, metric_statistics[i].name);
}

static const char *join_names(const struct names *names, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < names->count; i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? " " : "", names->list[i]);
    return wrap(text, INDENT, arena);
}

const char *explain_topics(struct arena *arena)
{
    json_t *schema = open_schema();
    struct names *kinds = arena_alloc(arena, sizeof *kinds),
                 *keys = arena_alloc(arena, sizeof *keys),
                 *metrics = arena_alloc(arena, sizeof *metrics);
    list_names(schema, kinds, keys, metrics, arena);
    json_decref(schema);
    return arena_printf(
        arena, "Kinds and values\n%s\nKeys of a scenario\n%s\nMetrics and statistics\n%s",
        join_names(kinds, arena), join_names(keys, arena), join_names(metrics, arena));
}

static const char *refuse(const struct answer_text *answer, struct error *err)
{
    struct names *all = arena_alloc(answer->arena, sizeof *all);
    char shown[WORDING_SIZE];
    list_names(answer->schema, all, all, all, answer->arena);
    const char *meant = spelling_nearest(answer->topic, all->list, all->count);
    error_set(err, STATUS_USAGE,
              "no key, kind or metric is called %s%s%s%s; 'capsim explain' alone lists them",
              wording_quote(answer->topic, shown), meant ? "; did you mean '" : "",
              meant ? meant : "", meant ? "'?" : "");
    return NULL;
}

/* Whether the topic begins as the path of a key does. */
static bool begins_as_path(const char *topic, const char *part)
{
    size_t length = strlen(part);
    return strncmp(topic, part, length) == 0 && topic[length] == '.';
}

/* A dotted name is a path if it begins like one, and else a metric; a word alone may be both. */
const char *explain(const char *topic, struct arena *arena, struct error *err)
{
    static const char *const parts[] = {"resources", "services", "workloads", "criteria",
                                        "run",       "memory",   "rollout",   "settings"};
    const char *dot = strrchr(topic, '.');
    struct answer_text *answer = arena_alloc(arena, sizeof *answer);
    *answer = (struct answer_text){.arena = arena,
                                   .schema = open_schema(),
                                   .topic = dot ? dot + 1 : topic,
                                   .is_of_resource = begins_as_path(topic, "resources"),
                                   .text = ""};
    bool is_path = false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        is_path |= begins_as_path(topic, parts[i]);
    if (!is_path)
        search_metrics(answer, topic);
    if (!dot || is_path || answer->found == 0)
        search_schema(answer);
    const char *text = answer->found > 0 ? answer->text : refuse(answer, err);
    json_decref(answer->schema);
    return text;
}
