/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/reference_cases.h"

#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is open while one values.json is read. */
struct parse_context {
    struct arena *arena;
    json_t *rows; /* of exact.json                                                               */
    const char *file;
    const char *id; /* of the case's rows                                                        */
    struct reference_table *table;
};

__attribute__((noreturn)) static void fail_reading(const struct parse_context *context,
                                                   const char *id, const char *what)
{
    fail_msg("%s: %s: %s", context->file, id, what);
    abort(); /* not reached: cmocka does not say so */
}

static json_t *load(const char *name)
{
    json_error_t error;
    char *path = source_path(name);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    free(path);
    return root;
}

static const char *text_of(const struct parse_context *context, const json_t *object,
                           const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_strdup(context->arena, text) : NULL;
}

static double number_of(const json_t *object, const char *key, double otherwise)
{
    const json_t *number = json_object_get(object, key);
    return number ? json_number_value(number) : otherwise;
}

static bool row_is(const json_t *row, const char *id, const char *metric)
{
    return strcmp(json_string_value(json_object_get(row, "id")), id) == 0 &&
           (!metric || strcmp(json_string_value(json_object_get(row, "metric")), metric) == 0);
}

/* The row of the case. */
static const json_t *find_row(const struct parse_context *context, const char *metric)
{
    size_t index;
    json_t *row;
    json_array_foreach(context->rows, index, row)
    {
        if (row_is(row, context->id, metric))
            return row;
    }
    fail_reading(context, context->id, metric);
}

static double row_value(const struct parse_context *context, const char *metric)
{
    return number_of(find_row(context, metric), "value", NAN);
}

/* ---- from the number to what the metric must be ---- */

static void apply_transform(const struct parse_context *context, const json_t *given,
                            struct reference *value)
{
    const char *transform = text_of(context, given, "transform");
    if (!transform)
        return;
    if (strcmp(transform, "sqrt") == 0)
        value->expected = sqrt(value->expected);
    else if (strcmp(transform, "exp") == 0)
        value->expected = exp(value->expected);
    else
        fail_reading(context, context->id, transform);
    value->name = arena_printf(context->arena, "%s(%s)", transform, value->name);
}

static void apply_of_served(const struct parse_context *context, const json_t *given,
                            struct reference *value)
{
    const char *lost = text_of(context, given, "of_served");
    if (!lost)
        return;
    double share = row_value(context, lost);
    value->expected = (value->expected - share) / (1 - share);
    value->name = arena_printf(context->arena, "(%s - %s) / (1 - %s)", value->name, lost, lost);
}

static void apply_factors(const struct parse_context *context, const json_t *given,
                          struct reference *value)
{
    double over = number_of(given, "variance_times", 0), times = number_of(given, "times", 1);
    double plus = number_of(given, "plus", 0), over_row = number_of(given, "over_row", 0);
    if (over_row > 0) {
        value->expected = over_row / value->expected;
        value->name = arena_printf(context->arena, "%g / %s", over_row, value->name);
    }
    value->is_variance = over > 0;
    if (value->is_variance && over != 1) {
        value->expected /= over;
        value->name = arena_printf(context->arena, "%s / %g", value->name, over);
    }
    if (times != 1) {
        value->expected *= times;
        value->name = arena_printf(context->arena, "%.6g x %s", times, value->name);
    }
    if (plus != 0) {
        value->expected += plus;
        value->name = arena_printf(context->arena, "%s %c %.6g", value->name, plus < 0 ? '-' : '+',
                                   fabs(plus));
    }
}

static double scale_of(const struct parse_context *context, const json_t *given, double expected)
{
    const char *row = text_of(context, given, "judged_on");
    return number_of(given, "judged_on_times", 1) * (row ? row_value(context, row) : expected);
}

static struct reference read_value(const struct parse_context *context, const json_t *given)
{
    const char *row = text_of(context, given, "row");
    const json_t *number = json_object_get(given, "exact");
    struct reference value = {.metric = text_of(context, given, "metric"),
                              .window = (int)number_of(given, "window", REFERENCE_WHOLE_RUN),
                              .within = number_of(given, "within", 0)};
    if (row) {
        const json_t *found = find_row(context, row);
        value.source = text_of(context, found, "source_formula");
        value.expected = number_of(found, "value", NAN);
        value.name = row;
    } else {
        value.name = value.source = text_of(context, given, "source");
        value.expected = json_number_value(number ? number : json_object_get(given, "measured"));
    }
    if (!value.metric || !value.name)
        fail_reading(context, context->id, "a value without metric or source");
    apply_transform(context, given, &value);
    apply_of_served(context, given, &value);
    apply_factors(context, given, &value);
    value.scale = scale_of(context, given, fabs(value.expected));
    return value;
}

/* ---- cases ---- */

static void add_omission(const struct parse_context *context, const char *id, const json_t *given)
{
    struct reference_table *table = context->table;
    table->omissions[table->omission_count++] = (struct reference_omission){
        .id = id, .row = text_of(context, given, "row"), .why = text_of(context, given, "not_run")};
}

static void read_sets(const struct parse_context *context, const json_t *given,
                      struct reference_case *one)
{
    size_t index;
    json_t *set;
    json_array_foreach(json_object_get(given, "set"), index, set)
    {
        if (index == REFERENCE_MAX_SETS)
            fail_reading(context, one->scenario, "too many overrides");
        one->sets[one->set_count++] = arena_strdup(context->arena, json_string_value(set));
    }
}

static void read_case(struct parse_context *context, const char *folder, const json_t *given,
                      struct reference_case *one)
{
    const json_t *values = json_object_get(given, "values");
    size_t index;
    json_t *value;
    *one = (struct reference_case){.scenario = text_of(context, given, "scenario"),
                                   .is_long = json_is_true(json_object_get(given, "is_long"))};
    one->path = arena_printf(context->arena, "%s/%s.json", folder, one->scenario);
    one->values = arena_array(context->arena, json_array_size(values), sizeof *one->values);
    read_sets(context, given, one);
    context->id = text_of(context, given, "id");
    if (!context->id)
        context->id = one->scenario;
    json_array_foreach(values, index, value)
    {
        if (json_object_get(value, "not_run"))
            add_omission(context, context->id, value);
        else
            one->values[one->value_count++] = read_value(context, value);
    }
}

/* Rows that have a value, of all cases. */
static bool is_run(const json_t *cases, const json_t *row)
{
    const char *metric = json_string_value(json_object_get(row, "metric"));
    size_t c, v;
    json_t *one, *value;
    json_array_foreach(cases, c, one)
    {
        const json_t *id = json_object_get(one, "id");
        if (!row_is(row, json_string_value(id ? id : json_object_get(one, "scenario")), NULL))
            continue;
        json_array_foreach(json_object_get(one, "values"), v, value)
        {
            const char *named = json_string_value(json_object_get(value, "row"));
            if (named && json_object_get(value, "metric") && strcmp(named, metric) == 0)
                return true;
        }
    }
    return false;
}

static bool is_omitted(const struct reference_table *table, const json_t *row)
{
    for (size_t i = 0; i < table->omission_count; i++)
        if (row_is(row, table->omissions[i].id, table->omissions[i].row))
            return true;
    return false;
}

static void count_rows(const struct parse_context *context, const json_t *cases)
{
    size_t index;
    json_t *row;
    json_array_foreach(context->rows, index, row)
    {
        bool is_there = is_run(cases, row);
        context->table->row_count++;
        context->table->rows_run += is_there;
        context->table->rows_omitted += !is_there && is_omitted(context->table, row);
    }
}

struct reference_table reference_table_read(const char *folder, struct arena *arena)
{
    struct reference_table table = {0};
    const char *file = arena_printf(arena, "%s/values.json", folder);
    json_t *exact = load("tests/exact/exact.json"), *root = load(file), *given;
    json_t *cases = json_object_get(root, "cases"), *rows = json_object_get(exact, "rows");
    struct parse_context context = {.arena = arena, .rows = rows, .file = file, .table = &table};
    const char *inside = text_of(&context, root, "folder");
    folder = inside ? arena_printf(arena, "%s/%s", folder, inside) : folder;
    size_t index;
    table.case_count = json_array_size(cases);
    table.cases = arena_array(arena, table.case_count, sizeof *table.cases);
    table.omissions = arena_array(arena, json_array_size(rows), sizeof *table.omissions);
    json_array_foreach(cases, index, given)
    {
        read_case(&context, folder, given, &table.cases[index]);
    }
    json_array_foreach(json_object_get(root, "not_run"), index, given)
    {
        add_omission(&context, text_of(&context, given, "id"), given);
    }
    count_rows(&context, cases);
    json_decref(root);
    json_decref(exact);
    return table;
}

struct scenario reference_case_read(const struct reference_case *one, struct arena *arena,
                                    struct scenario_set *set)
{
    static const char *const baseline[] = {"baseline"};
    struct override overrides[REFERENCE_MAX_SETS];
    for (size_t i = 0; i < one->set_count; i++) {
        const char *separator = strchr(one->sets[i], '=');
        overrides[i] = (struct override){
            arena_printf(arena, "%.*s", (int)(separator - one->sets[i]), one->sets[i]),
            separator + 1};
    }
    char *file = source_path(one->path);
    struct scenario_request request = {.file = file,
                                       .setting_names = baseline,
                                       .setting_count = 1,
                                       .overrides = overrides,
                                       .override_count = one->set_count};
    struct error err = {0};
    if (!scenario_read(&request, arena, set, &err))
        fail_msg("%s: %s: %s", one->path, err.pointer, err.message);
    free(file);
    return set->settings[0].scenario;
}
