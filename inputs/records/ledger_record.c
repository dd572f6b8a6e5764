/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/ledger_record.h"
#include "inputs/json/input_file.h"
#include "inputs/json/plain_json.h"
#include "inputs/scenario/json_cursor.h"
#include <math.h>
#include <string.h>

enum { MAX_TEXT = 500, MAX_NAME = 120, MAX_PAIRS = 10000, MAX_VALUES = 100000 };
static const double LARGEST = 1e300;

struct ledger_reading {
    struct arena *arena;
    struct ledger *ledger;
    struct ledger_metric *metric;
    struct backtest_entry *entry;
    const char **pair;
};

/* The metric of that name; its unit is that of its first row. */
static bool find_metric(struct json_cursor *row, struct ledger_reading *reading, size_t *metric)
{
    static const char *const units[] = {"s", "1/s", "B", "1", ""};
    struct json_cursor name_at;
    const char *name;
    size_t unit, i = 0;
    if (!cursor_require(row, "metric", &name_at) || !cursor_as_text(&name_at, MAX_NAME, &name) ||
        !cursor_get_choice(row, "unit", CURSOR_REQUIRED, units, 5, &unit))
        return false;
    while (i < reading->ledger->metrics && strcmp(reading->metric[i].name, name) != 0)
        i++;
    if (i == reading->ledger->metrics)
        reading->metric[reading->ledger->metrics++] = (struct ledger_metric){name, units[unit]};
    if (strcmp(reading->metric[i].unit, units[unit]) != 0)
        return cursor_fail(&name_at, "is in \"%s\" elsewhere, in \"%s\" here",
                           reading->metric[i].unit, units[unit]);
    *metric = i;
    return true;
}

static bool get_number(struct json_cursor *row, const char *key, double *value)
{
    struct json_cursor at;
    return cursor_require(row, key, &at) && cursor_as_number(&at, 0, LARGEST, value);
}

/* A row of the table "values" of a score; null: it was not projected, or not measured. */
static bool read_value(struct json_cursor *row, struct ledger_reading *reading)
{
    static const char *const keys[] = {"metric",      "unit",         "measured", "projected",
                                       "one_run_low", "one_run_high", "place",    NULL};
    static const char *const needed[] = {"measured", "projected", "one_run_low", "one_run_high"};
    struct backtest_entry *entry = &reading->entry[reading->ledger->entries];
    bool is_whole = true;
    if (!cursor_open(row, "a value", keys) || !find_metric(row, reading, &entry->metric))
        return false;
    for (size_t i = 0; i < 4; i++)
        is_whole &= !json_is_null(cursor_at(row, needed[i]).value);
    cursor_at(row, "place");
    if (!is_whole)
        return cursor_close(row);
    if (!get_number(row, "measured", &entry->measured) ||
        !get_number(row, "projected", &entry->predicted) ||
        !get_number(row, "one_run_low", &entry->low) ||
        !get_number(row, "one_run_high", &entry->high))
        return false;
    if (entry->low > entry->predicted || entry->predicted > entry->high)
        return cursor_fail(row,
                           "what was projected must lie within its one-run interval: %g is "
                           "not within %g to %g",
                           entry->predicted, entry->low, entry->high);
    entry->pair = reading->ledger->pairs;
    reading->ledger->entries++;
    return cursor_close(row);
}

static bool read_pair(struct json_cursor *at, struct ledger_reading *reading)
{
    static const char *const keys[] = {"name", "source", "values", NULL};
    struct json_cursor values;
    const char *source;
    if (!cursor_open(at, "a pair", keys) ||
        !cursor_get_text(at, "name", CURSOR_REQUIRED, MAX_NAME,
                         &reading->pair[reading->ledger->pairs]) ||
        !cursor_get_text(at, "source", CURSOR_OPTIONAL, MAX_TEXT, &source) ||
        !cursor_require(at, "values", &values) || !cursor_open_list(&values, "values", 1))
        return false;
    size_t before = reading->ledger->entries;
    for (size_t i = 0; i < json_array_size(values.value); i++) {
        struct json_cursor row = cursor_element(&values, i);
        if (!read_value(&row, reading))
            return false;
    }
    if (reading->ledger->entries == before)
        return cursor_fail(&values, "no value of it was both projected and measured");
    reading->ledger->pairs++;
    return cursor_close(at);
}

/* How many values there can be at most. */
static size_t count_values(const json_t *pairs)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(pairs); i++)
        count += json_array_size(json_object_get(json_array_get(pairs, i), "values"));
    return count;
}

static bool read_pairs(struct json_cursor *root, struct ledger_reading *reading)
{
    struct json_cursor list;
    if (!cursor_require(root, "pairs", &list) || !cursor_open_list(&list, "pairs", 1))
        return false;
    size_t pairs = json_array_size(list.value), values = count_values(list.value);
    if (pairs > MAX_PAIRS || values > MAX_VALUES)
        return cursor_fail(&list, "must be at most %d pairs with %d values; got %zu with %zu",
                           MAX_PAIRS, MAX_VALUES, pairs, values);
    reading->pair = arena_array(reading->arena, pairs, sizeof *reading->pair);
    reading->metric = arena_array(reading->arena, values, sizeof *reading->metric);
    reading->entry = arena_array(reading->arena, values, sizeof *reading->entry);
    for (size_t i = 0; i < pairs; i++) {
        struct json_cursor at = cursor_element(&list, i);
        if (!read_pair(&at, reading))
            return false;
    }
    reading->ledger->pair = reading->pair;
    reading->ledger->metric = reading->metric;
    reading->ledger->entry = reading->entry;
    return true;
}

static bool read_root(struct parse_context *context, struct ledger *ledger)
{
    static const char *const keys[] = {"capsim_ledger", "name",  "title",
                                       "confidence",    "pairs", NULL};
    struct ledger_reading reading = {.arena = context->arena, .ledger = ledger};
    struct json_cursor root = cursor_of_root(context), version, name, confidence;
    if (!cursor_open(&root, "a ledger", keys) || !cursor_require(&root, "capsim_ledger", &version))
        return false;
    if (!json_is_integer(version.value) || json_integer_value(version.value) != 1)
        return cursor_fail(&version, "must be 1, the format that this version reads; got %s",
                           cursor_show(&version));
    if (!cursor_require(&root, "name", &name) || !cursor_as_text(&name, MAX_NAME, &ledger->name) ||
        !cursor_check_name(&name, ledger->name, LOCATE_VALUE) ||
        !cursor_get_text(&root, "title", CURSOR_OPTIONAL, MAX_TEXT, &ledger->title) ||
        !cursor_require(&root, "confidence", &confidence) ||
        !cursor_as_share(&confidence, &ledger->confidence))
        return false;
    if (ledger->confidence < 0.5 || ledger->confidence > 0.999)
        return cursor_fail(&confidence, "must be from 50%% to 99.9%%; got %s",
                           cursor_show(&confidence));
    return read_pairs(&root, &reading) && cursor_close(&root);
}

bool ledger_record_read(const char *path, const char *label, struct arena *arena,
                        struct ledger *ledger, struct scenario_set *set, struct error *err)
{
    const char *file = label ? label : path, *text;
    size_t length;
    return input_file_read(path, file, arena, &text, &length, err) &&
           ledger_record_parse(text, length, file, arena, ledger, set, err);
}

bool ledger_record_parse(const char *text, size_t length, const char *file, struct arena *arena,
                         struct ledger *ledger, struct scenario_set *set, struct error *err)
{
    struct parse_context context = {.arena = arena, .err = err, .file = file};
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    *ledger = (struct ledger){0};
    *set = (struct scenario_set){
        .file = file, .text = text, .text_length = length, .settings = setting, .setting_count = 1};
    context.length = set->text_length;
    context.text = plain_json(set->text, &context.length, arena);
    if (!json_text_parse(file, context.text, context.length, "a ledger", arena, &context.root, err))
        return false;
    bool is_read = read_root(&context, ledger);
    json_decref(context.root);
    setting->name = "ledger";
    setting->scenario.name = ledger->name;
    setting->scenario.title = ledger->title;
    return is_read;
}
