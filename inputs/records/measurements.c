/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/measurements.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/plain_json.h"
#include "inputs/scenario/json_cursor.h"
#include "sim/base/sha256.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SOURCE_LENGTH = 500 };
static const double SAME_LENGTH = 0.01;

/* ---- projections ------------------------------------------------------------------------- */

static double number_or_nan(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool fail_projections(const char *path, const char *key, struct error *err)
{
    error_set_file(err, path);
    return error_set(err, STATUS_INPUT, "has no projected \"%s\": was it edited?", key);
}

static bool list_projections(json_t *root, const char *path, const char *key, size_t skipped,
                             struct arena *arena, const struct measured_projection **projections,
                             size_t *count, size_t *replications, struct error *err)
{
    const char *name;
    json_t *value, *from = json_object_get(root, key);
    struct measured_projection *list = arena_array(arena, json_object_size(from), sizeof *list);
    *count = *replications = 0;
    if (!json_is_object(from))
        return fail_projections(path, key, err);
    json_object_foreach(from, name, value)
    {
        const char *unit = json_string_value(json_object_get(value, "unit"));
        if (!unit)
            return fail_projections(path, name, err);
        json_int_t behind = json_integer_value(json_object_get(value, "replications"));
        if (behind > (json_int_t)*replications)
            *replications = (size_t)behind;
        if (strlen(name) > skipped)
            list[(*count)++] =
                (struct measured_projection){.name = arena_strdup(arena, name + skipped),
                                             .unit = arena_strdup(arena, unit),
                                             .estimate = number_or_nan(value, "estimate"),
                                             .one_run_low = number_or_nan(value, "one_run_low"),
                                             .one_run_high = number_or_nan(value, "one_run_high")};
    }
    *projections = list;
    return true;
}

bool measurements_read_projections(const char *path, const char *key, size_t skipped,
                                   struct arena *arena,
                                   const struct measured_projection **projections, size_t *count,
                                   struct measured_run *run, struct error *err)
{
    const char *text;
    size_t length;
    json_t *root;
    if (!input_file_read(path, path, arena, &text, &length, err) ||
        !json_text_parse(path, text, length, "evidence", arena, &root, err))
        return false;
    const json_t *of = json_object_get(root, "run");
    run->duration_s = number_or_nan(of, "duration_s");
    run->confidence = number_or_nan(of, "confidence");
    bool is_read = list_projections(root, path, key, skipped, arena, projections, count,
                                    &run->replications, err);
    json_decref(root);
    if (is_read && (isnan(run->duration_s) || isnan(run->confidence)))
        return fail_projections(path, "run", err);
    return is_read;
}

/* ---- measured values --------------------------------------------------------------------- */

static const struct measured_projection *find(const struct measured_projection *list, size_t count,
                                              const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

static bool fail_unknown(const struct json_cursor *at, const struct measured_projection *list,
                         size_t count)
{
    const char **names = arena_array(at->context->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = list[i].name;
    const char *meant = spelling_nearest(at->key, names, count);
    if (meant)
        return cursor_fail_key(at, "no such metric was projected; did you mean \"%s\"?", meant);
    return cursor_fail_key(at, "no such metric was projected; there are such as \"%s\"",
                           count > 0 ? names[0] : "api.response.p95");
}

static const char *accepted(const char *unit)
{
    return strcmp(unit, "s") == 0     ? "a duration such as \"371ms\", or seconds"
           : strcmp(unit, "1/s") == 0 ? "a rate such as \"500/s\", or per second"
           : strcmp(unit, "B") == 0   ? "a size such as \"50MB\", or bytes"
           : strcmp(unit, "1") == 0   ? "a share such as \"19.1%\", or 0..1"
                                      : "a number without a unit";
}

/* Half of the last digit of "19.1%", in the value's unit. */
static double half_digit_of(const char *text, double value)
{
    char *unit;
    double number = strtod(text, &unit);
    const char *point = memchr(text, '.', (size_t)(unit - text));
    double digit = pow(10, point ? -(double)(unit - point - 1) : 0);
    return number > 0 ? 0.5 * digit * value / number : 0;
}

static bool read_value(const struct json_cursor *at, const struct measured_projection *projection,
                       struct measured_value *to)
{
    const char *text = json_string_value(at->value), *unit = "";
    struct error ignored = {0};
    double *value = &to->measured;
    bool is_read = json_is_number(at->value);
    if (is_read)
        *value = json_number_value(at->value);
    else if (text)
        is_read = quantity_parse_limit(text, value, &unit, &ignored) &&
                  strcmp(unit, projection->unit) == 0;
    if (is_read && text)
        to->half_digit = half_digit_of(text, *value);
    if (!is_read || !(*value >= 0) || !isfinite(*value))
        return cursor_fail(at, "must be %s, not negative; got %s", accepted(projection->unit),
                           cursor_show(at));
    return true;
}

/* The object of measured values at `at`; a value of null is left out. */
static bool read_values(struct json_cursor *at, const struct measured_projection *list,
                        size_t count, struct measured_value **values, size_t *value_count)
{
    const char *name;
    json_t *value;
    *value_count = 0;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "an object of metrics and their measured values");
    *values = arena_array(at->context->arena, json_object_size(at->value), sizeof **values);
    json_object_foreach(at->value, name, value)
    {
        struct json_cursor measured = {
            .context = at->context, .parent = at, .key = name, .value = value};
        const struct measured_projection *projection = find(list, count, name);
        struct measured_value *to = &(*values)[*value_count];
        if (!projection)
            return fail_unknown(&measured, list, count);
        if (json_is_null(value))
            continue;
        to->projection = projection;
        if (!read_value(&measured, projection, to))
            return false;
        ++*value_count;
    }
    return true;
}

/* Not given, or off by less than SAME_LENGTH: as long as was projected. */
static bool read_duration(struct json_cursor *at, double projected_s, struct measurements *actual)
{
    struct json_cursor duration = cursor_at(at, "duration");
    int64_t measured_ns;
    actual->duration_s = projected_s;
    if (!duration.value)
        return true;
    if (!cursor_as_duration(&duration, CURSOR_ABOVE_ZERO, &measured_ns, NULL))
        return false;
    double measured_s = (double)measured_ns / 1e9;
    if (fabs(measured_s - projected_s) > SAME_LENGTH * projected_s)
        actual->duration_s = measured_s;
    return true;
}

static bool read_root(struct parse_context *context, const struct measured_projections *projections,
                      struct measurements *actual)
{
    static const char *const keys[] = {"metrics", "load_test", "duration", "source", NULL};
    struct json_cursor root = cursor_of_root(context), metrics, test;
    if (!cursor_open(&root, "a file of measured values", keys) ||
        !cursor_get_text(&root, "source", CURSOR_OPTIONAL, MAX_SOURCE_LENGTH, &actual->source) ||
        !read_duration(&root, projections->run.duration_s, actual) ||
        !cursor_require(&root, "metrics", &metrics) ||
        !read_values(&metrics, projections->metrics, projections->metric_count, &actual->values,
                     &actual->value_count))
        return false;
    test = cursor_at(&root, "load_test");
    if (test.value && !read_values(&test, projections->of_test, projections->test_count,
                                   &actual->of_test, &actual->test_count))
        return false;
    if (actual->value_count + actual->test_count == 0)
        return cursor_fail(&metrics, "no value was measured: nothing can be compared");
    return cursor_close(&root);
}

/* Whoever measures twice is judged by other runs the second time: else a set of runs that happens
 * to be narrow would refuse everybody's right model. */
static uint64_t seed_of(const char *text, size_t length)
{
    enum { DIGITS = 13 }; /* 52 bits: what a double holds exactly */
    char hex[SHA256_HEX_SIZE];
    sha256_hex(text, length, hex);
    hex[DIGITS] = '\0';
    return strtoull(hex, NULL, 16);
}

bool measurements_read(const char *path, const struct measured_projections *projections,
                       struct arena *arena, struct measurements *actual, struct error *err)
{
    struct parse_context context = {.arena = arena, .err = err, .file = path};
    *actual = (struct measurements){0};
    if (!input_file_read(path, path, arena, &context.text, &context.length, err))
        return false;
    actual->seed = seed_of(context.text, context.length);
    context.text = plain_json(context.text, &context.length, arena);
    if (!json_text_parse(path, context.text, context.length, "a file of measured values", arena,
                         &context.root, err))
        return false;
    bool is_read = read_root(&context, projections, actual);
    json_decref(context.root);
    return is_read;
}
