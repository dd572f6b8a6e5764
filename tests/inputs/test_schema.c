/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inputs/scenario.schema.json against the code: every shipped scenario and every example of the
 * documentation meets it, and at each place of them the schema has the keys and the words that the
 * reader takes there, no fewer and no more.
 *
 * Who adds a key or a word to a reader is told by this test to add it to the schema, with a
 * description that editors show, and to a scenario under inputs/scenarios or an example in
 * inputs/scenario-format.md, where people see it. */
#include "inputs/json/plain_json.h"
#include "inputs/scenario/parse_context.h"
#include "inputs/scenario/scenario.h"
#include "models/engine/model.h"
#include "tests/support/json_schema.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SCHEMA "inputs/scenario.schema.json"
#define ADD                                                                                        \
    "; add it to " SCHEMA ", with a description, and to an example in inputs/scenario-format.md"

/* The scenarios that people see, what the schema says of them, and what the reader does. */
struct world {
    json_t *schema;
    struct json_schema_facts schema_facts;
    json_t *keys, *names; /* of the reader, by pointer */
    json_t *seen;         /* every "definition key" that some scenario has */
    int scenarios;
};

static json_t *load_source(const char *name)
{
    char *path = source_path(name);
    json_error_t err;
    json_t *json = json_load_file(path, 0, &err);
    if (!json)
        fail_msg("%s:%d: %s", path, err.line, err.text);
    free(path);
    return json;
}

/* ---- what the reader takes ----------------------------------------------------------------- */

static json_t *list_of(const char *const *names, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    return list;
}

static void see_keys(void *context, const char *pointer, const char *what, const char *const *keys)
{
    struct world *world = context;
    size_t count = 0;
    (void)what;
    while (keys[count])
        count++;
    json_object_set_new(world->keys, pointer, list_of(keys, count));
}

/* The names of a trace's columns are the scenario's own. */
static void see_names(void *context, const char *pointer, const char *what,
                      const char *const *names, size_t count)
{
    struct world *world = context;
    if (strcmp(what, "column") != 0)
        json_object_set_new(world->names, pointer, list_of(names, count));
}

static bool has(const json_t *list, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)list, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), name) == 0)
            return true;
    }
    return false;
}

/* ---- both sides at each place -------------------------------------------------------------- */

/* A part of a mixture has a share beside the keys of its law, and the schema those of all laws. */
static bool is_mixture_part(const char *pointer)
{
    const char *parts = strstr(pointer, "/parts/");
    while (parts && strstr(parts + 1, "/parts/"))
        parts = strstr(parts + 1, "/parts/");
    return parts && !strchr(parts + strlen("/parts/"), '/');
}

/* What is uncertain is settled in the tree before any reader sees it (inputs/scenario/uncertain.h).
 */
static bool is_settled(const char *key)
{
    return strcmp(key, "uncertain") == 0;
}

static void compare_keys(const char *file, const char *pointer, const json_t *cursor,
                         const json_t *schema)
{
    size_t i;
    json_t *key;
    if (!schema)
        fail_msg("%s: the reader takes an object at %s, the schema anything" ADD, file, pointer);
    json_array_foreach((json_t *)cursor, i, key)
    {
        if (!has(schema, json_string_value(key)))
            fail_msg("%s: the reader takes the key \"%s\" at %s, the schema does not" ADD, file,
                     json_string_value(key), pointer);
    }
    json_array_foreach((json_t *)schema, i, key)
    {
        if (!is_mixture_part(pointer) && !is_settled(json_string_value(key)) &&
            !has(cursor, json_string_value(key)))
            fail_msg("%s: the schema has the key \"%s\" at %s, the reader takes none of that name",
                     file, json_string_value(key), pointer);
    }
}

static void compare_names(const char *file, const char *pointer, const json_t *cursor,
                          const json_t *schema)
{
    size_t i;
    json_t *name;
    if (!schema)
        fail_msg("%s: the reader takes certain words at %s, the schema any" ADD, file, pointer);
    json_array_foreach((json_t *)cursor, i, name)
    {
        if (!has(schema, json_string_value(name)))
            fail_msg("%s: the reader takes \"%s\" at %s, the schema does not" ADD, file,
                     json_string_value(name), pointer);
    }
    json_array_foreach((json_t *)schema, i, name)
    {
        if (json_is_string(name) && !has(cursor, json_string_value(name)))
            fail_msg("%s: the schema has \"%s\" at %s, the reader refuses it", file,
                     json_string_value(name), pointer);
    }
}

/* The keys that stand for the kind of a step. */
static json_t *kinds_of_steps(const struct world *world)
{
    const char *key;
    json_t *value, *kinds = json_array();
    const json_t *step = json_object_get(json_object_get(world->schema, "$defs"), "step");
    json_object_foreach(json_object_get(step, "properties"), key, value)
    {
        json_array_append_new(kinds, json_string(key));
    }
    return kinds;
}

/* What stands at a pointer, whose tokens are names and numbers; NULL: nothing. */
static const json_t *value_at(const json_t *json, const char *pointer)
{
    char token[256];
    int length;
    while (json && sscanf(pointer, "/%255[^/]%n", token, &length) == 1) {
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(token))
                                   : json_object_get(json, token);
        pointer += length;
    }
    return json;
}

/* A dialect sets values that the file has not: those are the reader's own affair. */
static void compare_all(const struct world *world, const char *file, const json_t *scenario)
{
    const char *pointer;
    json_t *list, *kinds = kinds_of_steps(world);
    json_object_foreach(world->keys, pointer, list)
    {
        compare_keys(file, pointer, list, json_object_get(world->schema_facts.keys, pointer));
    }
    json_object_foreach(world->names, pointer, list)
    {
        const json_t *schema = json_object_get(world->schema_facts.names, pointer);
        if (value_at(scenario, pointer))
            compare_names(file, pointer, list, has(list, "delay") ? kinds : schema);
    }
    json_decref(kinds);
}

/* ---- the scenarios ------------------------------------------------------------------------- */

/* Notes which keys of which object of the schema the scenario has: an object is known by all the
 * keys that it may have. */
static void note_seen(struct world *world, const json_t *value, const char *pointer)
{
    const char *key;
    char below[1024];
    json_t *child;
    const json_t *keys = json_object_get(world->schema_facts.keys, pointer);
    char *name = keys ? json_dumps(keys, JSON_COMPACT) : NULL;
    size_t i;
    json_object_foreach((json_t *)value, key, child)
    {
        if (name) {
            json_t *of = json_object_get(world->seen, name);
            if (!of)
                json_object_set_new(world->seen, name, of = json_object());
            json_object_set_new(of, key, json_true());
        }
        snprintf(below, sizeof below, "%s/%s", pointer, key);
        note_seen(world, child, below);
    }
    json_array_foreach((json_t *)value, i, child)
    {
        snprintf(below, sizeof below, "%s/%zu", pointer, i);
        note_seen(world, child, below);
    }
    free(name);
}

/* Reads the file as the program does, only as it is written, while the world looks on. */
static void read_watched(struct world *world, const char *path, const char *file)
{
    static const char *const baseline[] = {"baseline"};
    struct context_observer observer = {world, see_keys, see_names};
    struct scenario_request request = {
        .file = path, .setting_names = baseline, .setting_count = 1, .observer = &observer};
    struct arena *arena = arena_open();
    struct scenario_set set;
    struct error err = {0};
    json_object_clear(world->keys);
    json_object_clear(world->names);
    if (!scenario_read(&request, arena, &set, &err))
        fail_msg("%s: %s", file, err.message);
    scenario_close(&set);
    arena_close(arena);
}

static void look_at(struct world *world, const char *path, const char *file)
{
    json_error_t err;
    char problem[1024];
    json_t *scenario = json_load_file(path, 0, &err);
    if (!scenario)
        fail_msg("%s:%d: %s", file, err.line, err.text);
    json_object_clear(world->schema_facts.keys);
    json_object_clear(world->schema_facts.names);
    if (!json_schema_check(world->schema, scenario, &world->schema_facts, problem, sizeof problem))
        fail_msg("%s does not meet %s: %s", file, SCHEMA, problem);
    read_watched(world, path, file);
    compare_all(world, file, scenario);
    note_seen(world, scenario, "");
    json_decref(scenario);
    world->scenarios++;
}

static void look_at_shipped(struct world *world)
{
    char *folder = source_path("inputs/scenarios");
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        if (!strstr(entry->d_name, ".json"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        look_at(world, path, entry->d_name);
    }
    closedir(dir);
    free(folder);
}

/* An example is a scenario, or the parts of one that matter: whatever else is due is added. */
static json_t *complete(const char *name, const char *text, size_t length)
{
    static const char rest[] =
        "{ \"capsim\": 1, \"name\": \"example\", \"workloads\": { \"api\": { \"arrivals\": { "
        "\"process\": \"poisson\", \"rate\": \"1/s\" }, \"steps\": [ { \"delay\": \"1ms\" } ] } }, "
        "\"run\": { \"duration\": \"1h\" } }";
    json_error_t err;
    json_t *example = json_loadb(text, length, 0, &err);
    if (!example)
        fail_msg("%s:%d: %s", name, err.line, err.text);
    json_t *whole = json_loads(rest, 0, NULL);
    json_object_update(whole, example);
    json_decref(example);
    return whole;
}

/* A folder with the data files that scenarios name. */
static char *make_data_folder(void)
{
    char *folder = folder_make(), *source = source_path("inputs/scenarios");
    DIR *dir = opendir(source);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        size_t size;
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", source, entry->d_name);
        if (strstr(entry->d_name, ".json") || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        char *text = file_read(path, &size);
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file_write(path, text, size);
        free(text);
    }
    closedir(dir);
    free(source);
    return folder;
}

/* Every ```json block of the document. */
static void look_at_examples(struct world *world, const char *document)
{
    char *path = source_path(document), *text = file_read(path, NULL), *at = text;
    char *folder = make_data_folder(), file[4096], name[128];
    snprintf(file, sizeof file, "%s/example.json", folder);
    for (int number = 1; (at = strstr(at, "```json\n")); number++) {
        char *start = at + strlen("```json\n"), *end = strstr(start, "```");
        assert_non_null(end);
        at = end + 3;
        snprintf(name, sizeof name, "%s, example %d", document, number);
        json_t *example = complete(name, start, (size_t)(end - start));
        assert_int_equal(json_dump_file(example, file, 0), 0);
        json_decref(example);
        look_at(world, file, name);
    }
    folder_remove(folder);
    free(text);
    free(path);
}

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    *world = (struct world){.schema = load_source(SCHEMA),
                            .schema_facts = json_schema_facts_make(),
                            .keys = json_object(),
                            .names = json_object(),
                            .seen = json_object()};
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    json_schema_facts_free(&world->schema_facts);
    json_decref(world->schema);
    json_decref(world->keys);
    json_decref(world->names);
    json_decref(world->seen);
    free(world);
    return 0;
}

/* ---- the tests ----------------------------------------------------------------------------- */

static void shipped_scenarios_and_the_schema_agree_with_the_reader(void **state)
{
    struct world *world = *state;
    look_at_shipped(world);
    assert_true(world->scenarios >= 10);
}

static void examples_and_the_schema_agree_with_the_reader(void **state)
{
    struct world *world = *state;
    look_at_examples(world, "README.md");
    look_at_examples(world, "inputs/scenario-format.md");
    assert_true(world->scenarios >= 20);
}

/* True if some scenario has this key of an object that has just these properties. */
static bool is_seen(const struct world *world, const json_t *properties, const char *key)
{
    const char *other;
    json_t *value, *keys = json_array();
    json_object_foreach((json_t *)properties, other, value)
    {
        json_array_append_new(keys, json_string(other));
    }
    char *signature = json_dumps(keys, JSON_COMPACT);
    bool is_there = json_object_get(json_object_get(world->seen, signature), key) != NULL;
    free(signature);
    json_decref(keys);
    return is_there;
}

/* A key that means the same in several definitions, as the name of a step does, is shown in one. */
static bool is_shown(const struct world *world, const char *key, const json_t *meaning)
{
    const char *name;
    json_t *definition;
    json_object_foreach(json_object_get(world->schema, "$defs"), name, definition)
    {
        const json_t *properties = json_object_get(definition, "properties");
        if (json_equal(json_object_get(properties, key), meaning) &&
            is_seen(world, properties, key))
            return true;
    }
    return is_seen(world, json_object_get(world->schema, "properties"), key);
}

static void assert_shown(const struct world *world, const char *name, const json_t *definition)
{
    const char *key;
    json_t *value;
    const json_t *properties = json_object_get(definition, "properties");
    if (!json_is_false(json_object_get(definition, "additionalProperties")))
        return;
    json_object_foreach((json_t *)properties, key, value)
    {
        if (!is_shown(world, key, value))
            fail_msg("nobody sees how \"%s\" of %s is used: add it to a scenario under "
                     "inputs/scenarios or to an example in inputs/scenario-format.md",
                     key, name);
        if (!json_object_get(value, "const") && !json_object_get(value, "description"))
            fail_msg("\"%s\" of %s has no description in " SCHEMA, key, name);
    }
}

/* A part of a mixture is a law with a share: its keys are the laws'. */
static void every_key_is_shown_in_a_scenario_or_an_example(void **state)
{
    const struct world *world = *state;
    const char *name;
    json_t *definition;
    json_object_foreach(json_object_get(world->schema, "$defs"), name, definition)
    {
        if (!json_object_get(world->schema_facts.definitions, name))
            fail_msg("nobody sees what %s is: no scenario has one", name);
        if (strcmp(name, "mixture_part") != 0)
            assert_shown(world, name, definition);
    }
    assert_shown(world, "scenario", world->schema);
}

/* What the reader calls an unknown key, the schema refuses too. */
static void the_schema_refuses_unknown_keys(void **state)
{
    const struct world *world = *state;
    char *folder = source_path("tests/bad_input");
    DIR *dir = opendir(folder);
    int refused = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096], problem[1024];
        snprintf(path, sizeof path, "%s/%s/error", folder, entry->d_name);
        struct stat facts;
        char *message = stat(path, &facts) == 0 ? file_read(path, NULL) : NULL;
        bool is_overlaid =
            message && (strncmp(message, "--", 2) == 0 || strstr(message, ": /settings/"));
        if (message && strstr(message, "unknown key") && !is_overlaid) {
            snprintf(path, sizeof path, "%s/%s/scenario.json", folder, entry->d_name);
            size_t length;
            char *text = file_read(path, &length);
            struct arena *arena = arena_open();
            const char *plain = plain_json(text, &length, arena);
            json_t *scenario = json_loadb(plain, length, 0, NULL);
            arena_close(arena);
            free(text);
            assert_non_null(scenario);
            if (json_schema_check(world->schema, scenario, NULL, problem, sizeof problem))
                fail_msg("%s meets the schema", path);
            json_decref(scenario);
            refused++;
        }
        free(message);
    }
    assert_true(refused > 20);
    closedir(dir);
    free(folder);
}

/* ---- the metrics --------------------------------------------------------------------------- */

/* The words between backticks in the middle column of the table of metrics. */
static json_t *list_documented_metrics(void)
{
    char *path = source_path("inputs/scenario-format.md"), *text = file_read(path, NULL);
    char *table = strstr(text, "| of | metric | meaning |"), *line, *rest;
    json_t *metrics = json_array();
    assert_non_null(table);
    *strstr(table, "\n\n") = '\0';
    for (line = strtok_r(table, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *cell = strchr(line + 1, '|'), *end = cell ? strchr(cell + 1, '|') : NULL;
        for (char *word = cell; word && (word = strchr(word, '`')) && word < end;) {
            size_t length = strcspn(word + 1, "`");
            json_array_append_new(metrics, json_stringn(word + 1, length));
            word += length + 2;
        }
        for (char *word = end; word && (word = strchr(word, '`'));) { /* wait.probability ... */
            size_t length = strcspn(word + 1, "`");
            if (memchr(word + 1, '.', length) && !memchr(word + 1, ' ', length))
                json_array_append_new(metrics, json_stringn(word + 1, length));
            word += length + 2;
        }
    }
    free(text);
    free(path);
    return metrics;
}

static bool is_statistic(const char *word)
{
    static const char *const words[] = {"mean", "sd",  "p50",  "p75", "p90",
                                        "p95",  "p99", "p999", "max", "peak"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* The documented metric that this is one of, by most of its name; or NULL. */
static const char *find_documented(const json_t *metrics, const char *name)
{
    const char *found = NULL;
    char text[512];
    size_t i;
    json_t *metric;
    snprintf(text, sizeof text, ".%s", name);
    if (is_statistic(strrchr(text, '.') + 1))
        *strrchr(text, '.') = '\0';
    json_array_foreach((json_t *)metrics, i, metric)
    {
        const char *word = json_string_value(metric);
        size_t length = strlen(text), own = strlen(word);
        bool is_step = strcmp(word, "step.NAME") == 0 && strstr(text, ".step.");
        if (is_step || (length > own && text[length - own - 1] == '.' &&
                        strcmp(text + length - own, word) == 0))
            found = found && strlen(found) > own ? found : word;
    }
    return found;
}

/* Marks in found what documented metrics the scenario has; every one of its must be documented. */
static void look_at_metrics(const char *path, const json_t *metrics, json_t *found)
{
    struct arena *arena = arena_open();
    struct scenario_set set;
    struct error err = {0};
    struct scenario_request request = {.file = path};
    size_t count;
    if (!scenario_read(&request, arena, &set, &err))
        fail_msg("%s: %s", path, err.message);
    const struct model *model = model_compile(&set.settings[0].scenario, arena, &err);
    assert_non_null(model);
    const struct column *columns = model_columns(model, &count);
    for (size_t c = 0; c < model_metric_count(model); c++) {
        const char *word = find_documented(metrics, columns[c].name);
        if (!word)
            fail_msg("%s has the metric %s: the table in inputs/scenario-format.md has none of "
                     "that name",
                     path, columns[c].name);
        json_object_set_new(found, word, json_true());
    }
    scenario_close(&set);
    arena_close(arena);
}

static void the_metrics_are_those_of_the_document(void **state)
{
    json_t *metrics = list_documented_metrics(), *found = json_object(), *metric;
    char *folder = source_path("inputs/scenarios"), path[4096];
    DIR *dir = opendir(folder);
    size_t i;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".json"))
            look_at_metrics(path, metrics, found);
    }
    closedir(dir);
    free(folder);
    json_array_foreach(metrics, i, metric)
    {
        if (!json_object_get(found, json_string_value(metric)))
            fail_msg("inputs/scenario-format.md has the metric %s, which no shipped scenario has",
                     json_string_value(metric));
    }
    json_decref(metrics);
    json_decref(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_scenarios_and_the_schema_agree_with_the_reader),
        cmocka_unit_test(examples_and_the_schema_agree_with_the_reader),
        cmocka_unit_test(every_key_is_shown_in_a_scenario_or_an_example),
        cmocka_unit_test(the_schema_refuses_unknown_keys),
        cmocka_unit_test(the_metrics_are_those_of_the_document),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
