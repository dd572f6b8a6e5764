/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/uncertain.h"

#include "inputs/json/dotted_path.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/json_cursor.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The walk through the tree. */
struct uncertain_walk {
    struct parse_context *context;
    const struct uncertain_draw *draws;
    size_t draw_count;
    struct uncertain_list *list;
};

/* Where it is. */
struct uncertain_place {
    const char *pointer, *path;
};

/* A number and what follows it: 75 and "ms". unit is NULL for a number of JSON. */
struct amount {
    double number;
    const char *unit;
};

static bool fail(const struct uncertain_walk *walk, struct uncertain_place place)
{
    return context_place(walk->context, place.pointer, LOCATE_VALUE);
}

static const char *show(const struct uncertain_walk *walk, const json_t *value)
{
    return json_text_compact(walk->context->arena, value, WORDING_SHOWN);
}

/* As people write it: a text without quotes, a range as "15ms to 30ms". */
static const char *name_amount(const struct uncertain_walk *walk, const json_t *value)
{
    struct arena *arena = walk->context->arena;
    if (json_is_array(value) && json_array_size(value) == 2)
        return arena_printf(arena, "%s to %s", name_amount(walk, json_array_get(value, 0)),
                            name_amount(walk, json_array_get(value, 1)));
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value))
                                 : show(walk, value);
}

static struct uncertain_place inside(const struct uncertain_walk *walk,
                                     struct uncertain_place place, const char *key)
{
    struct arena *arena = walk->context->arena;
    return (struct uncertain_place){
        arena_printf(arena, "%s/%s", place.pointer, dotted_path_escape(key, arena)),
        place.path[0] ? arena_printf(arena, "%s.%s", place.path, key) : key};
}

/* ---- amounts --------------------------------------------------------------------------------- */

/* Only what JSON writes as a number, then anything that is no digit. */
static bool parse_text(const char *text, struct amount *amount)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0xX") >= 2)
        return false;
    amount->number = strtod(text, &end);
    amount->unit = end;
    return isfinite(amount->number);
}

static bool parse_amount(const json_t *value, struct amount *amount)
{
    if (json_is_number(value)) {
        *amount = (struct amount){json_number_value(value), NULL};
        return amount->number > 0;
    }
    return json_is_string(value) && parse_text(json_string_value(value), amount) &&
           amount->number > 0;
}

static bool has_same_unit(const struct amount *a, const struct amount *b)
{
    return a->unit && b->unit ? strcmp(a->unit, b->unit) == 0 : a->unit == b->unit;
}

/* The value times factor, written as it was; a whole number stays one, a share at most 100 %. */
static json_t *scale_amount(const json_t *value, double factor)
{
    struct amount amount;
    char text[128];
    if (json_is_integer(value))
        return json_integer(llround((double)json_integer_value(value) * factor));
    if (json_is_real(value))
        return json_real(json_real_value(value) * factor);
    if (!json_is_string(value) || !parse_text(json_string_value(value), &amount))
        return json_copy((json_t *)value);
    double number = amount.number * factor;
    if (strcmp(amount.unit, "%") == 0)
        number = fmin(number, 100);
    snprintf(text, sizeof text, "%.15g%.60s", number, amount.unit);
    return json_string(text);
}

/* ---- what is uncertain ----------------------------------------------------------------------- */

static bool fail_form(const struct uncertain_walk *walk, struct uncertain_place place,
                      const json_t *given)
{
    error_set(walk->context->err, STATUS_INPUT,
              "must be a standard error, \"±10%%\" or in the unit of the value (\"±5ms\"), or a "
              "range, [\"60ms\", \"90ms\"]; got %s",
              show(walk, given));
    return fail(walk, place);
}

static bool fail_unit(const struct uncertain_walk *walk, struct uncertain_place place,
                      const json_t *given, const struct amount *value)
{
    error_set(walk->context->err, STATUS_INPUT, "must be in the unit of the value, %s; got %s",
              value->unit ? value->unit[0] ? value->unit : "none" : "none", show(walk, given));
    return fail(walk, place);
}

/* "±10%", "±5ms". value NULL: there is none that a unit could refer to. */
static bool read_error(const struct uncertain_walk *walk, struct uncertain_place place,
                       const json_t *given, const struct amount *value,
                       struct uncertain_input *input)
{
    static const char *const signs[] = {"±", "+-", "+/-"};
    const char *text = json_string_value(given), *rest = NULL;
    struct amount error;
    for (size_t i = 0; i < 3 && !rest; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            rest = text + strlen(signs[i]);
    if (!rest || !parse_text(rest, &error))
        return fail_form(walk, place, given);
    if (strcmp(error.unit, "%") == 0) {
        input->error = error.number / 100;
    } else if (!value) {
        error_set(walk->context->err, STATUS_INPUT,
                  "this law has no mean: give its uncertainty in %%; got %s", show(walk, given));
        return fail(walk, place);
    } else {
        if (!value->unit && error.unit[0] == '\0')
            error.unit = NULL;
        if (!has_same_unit(&error, value))
            return fail_unit(walk, place, given, value);
        input->error = error.number / value->number;
    }
    if (input->error > 0 && input->error <= 1)
        return true;
    error_set(walk->context->err, STATUS_INPUT,
              "must be above 0 and at most 100 %% of the value; got %s", show(walk, given));
    return fail(walk, place);
}

static bool read_range(const struct uncertain_walk *walk, struct uncertain_place place,
                       const json_t *given, const struct amount *value,
                       struct uncertain_input *input)
{
    const double root12 = 3.4641016151377544; /* width over standard deviation of a uniform law */
    struct amount low, high;
    if (json_array_size(given) != 2 || !parse_amount(json_array_get(given, 0), &low) ||
        !parse_amount(json_array_get(given, 1), &high))
        return fail_form(walk, place, given);
    if (!value) {
        error_set(walk->context->err, STATUS_INPUT,
                  "this law has no mean: give its uncertainty in %%; got %s", show(walk, given));
        return fail(walk, place);
    }
    if (!has_same_unit(&low, &high) || !has_same_unit(&low, value))
        return fail_unit(walk, place, given, value);
    if (!(low.number < high.number) || value->number < low.number || value->number > high.number) {
        error_set(walk->context->err, STATUS_INPUT,
                  "a range goes from low to high, with the value, %.9g, in it; got %s",
                  value->number, show(walk, given));
        return fail(walk, place);
    }
    input->is_range = true;
    input->low = low.number / value->number;
    input->high = high.number / value->number;
    input->error = (input->high - input->low) / root12;
    return true;
}

static bool read_uncertainty(const struct uncertain_walk *walk, struct uncertain_place place,
                             const json_t *given, const struct amount *value,
                             struct uncertain_input *input)
{
    place = inside(walk, place, "uncertain");
    if (json_is_array(given))
        return read_range(walk, place, given, value, input);
    if (json_is_string(given))
        return read_error(walk, place, given, value, input);
    return fail_form(walk, place, given);
}

/* What the central value is multiplied by: 1, or the quantile of a draw. */
static double factor_of(const struct uncertain_walk *walk, const struct uncertain_input *input)
{
    for (size_t d = 0; d < walk->draw_count; d++)
        if (strcmp(walk->draws[d].path, input->path) == 0)
            return uncertain_factor(input, walk->draws[d].u);
    return 1;
}

static void list_input(const struct uncertain_walk *walk, const struct uncertain_input *input)
{
    struct uncertain_list *list = walk->list;
    struct arena *arena = walk->context->arena;
    context_assume(walk->context, input->path,
                   arena_printf(arena, "%s%s %s", input->value, input->is_range ? "," : "",
                                input->uncertainty),
                   "the central value is taken; sensitivity carries the rest through", false);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->inputs[i].path, input->path) == 0)
            return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 8;
        struct uncertain_input *grown = arena_array(arena, capacity, sizeof *grown);
        if (list->count > 0)
            memcpy(grown, list->inputs, list->count * sizeof *grown);
        list->inputs = grown;
        list->capacity = capacity;
    }
    list->inputs[list->count++] = *input;
}

/* ---- values and laws ------------------------------------------------------------------------- */

static bool has_only(const json_t *object, const char *key)
{
    return json_object_size(object) == 2 && json_object_get(object, key);
}

/* The middle of a range alone, as a value, whole where it can be; NULL: it is no such range. */
static json_t *middle_of(const json_t *given)
{
    struct amount low, high;
    if (json_array_size(given) != 2 || !parse_amount(json_array_get(given, 0), &low) ||
        !parse_amount(json_array_get(given, 1), &high) || !has_same_unit(&low, &high))
        return NULL;
    double middle = (low.number + high.number) / 2;
    char text[128];
    bool is_whole = json_is_integer(json_array_get(given, 0)) &&
                    json_is_integer(json_array_get(given, 1)) && middle == floor(middle);
    if (!low.unit)
        return is_whole ? json_integer((json_int_t)middle) : json_real(middle);
    snprintf(text, sizeof text, "%.15g%.60s", middle, low.unit);
    return json_string(text);
}

/* All times of a law by one factor; shares, cv and stages stay. False for one that lies in a
 * file. */
static bool stretch_law(json_t *law, double factor)
{
    static const char *const scaled[] = {"value", "mean", "p50", "p90", "p95", "p99", "min", "max"};
    static const char *const lists[] = {"values", "parts", "sum"};
    if (json_object_get(law, "file"))
        return false;
    for (size_t i = 0; i < sizeof scaled / sizeof scaled[0]; i++) {
        json_t *value = json_object_get(law, scaled[i]);
        if (value)
            json_object_set_new(law, scaled[i], scale_amount(value, factor));
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        json_t *list = json_object_get(law, lists[i]);
        for (size_t k = 0; k < json_array_size(list); k++) {
            json_t *part = json_array_get(list, k);
            if (!json_is_object(part))
                json_array_set_new(list, k, scale_amount(part, factor));
            else if (!stretch_law(part, factor))
                return false;
        }
    }
    return true;
}

/* A plain value: what stands in its place, or NULL with the error filled. */
static json_t *settle_value(const struct uncertain_walk *walk, struct uncertain_place place,
                            const json_t *central, const json_t *given)
{
    struct amount amount;
    struct uncertain_input input = {.path = place.path,
                                    .value = name_amount(walk, central),
                                    .uncertainty = name_amount(walk, given)};
    if (!parse_amount(central, &amount)) {
        error_set(walk->context->err, STATUS_INPUT,
                  "what is uncertain must be a value above 0; got %s", show(walk, central));
        fail(walk, place);
        return NULL;
    }
    if (!read_uncertainty(walk, place, given, &amount, &input))
        return NULL;
    list_input(walk, &input);
    return scale_amount(central, factor_of(walk, &input));
}

static bool settle_law(const struct uncertain_walk *walk, struct uncertain_place place, json_t *law,
                       const json_t *given)
{
    const json_t *central = json_object_get(law, "mean");
    struct amount amount;
    if (!central)
        central = json_object_get(law, "value");
    struct uncertain_input input = {.path = place.path, .uncertainty = name_amount(walk, given)};
    bool has_mean = parse_amount(central, &amount);
    input.value = has_mean ? name_amount(walk, central) : "a law";
    if (!read_uncertainty(walk, place, given, has_mean ? &amount : NULL, &input))
        return false;
    list_input(walk, &input);
    if (stretch_law(law, factor_of(walk, &input)))
        return true;
    error_set(walk->context->err, STATUS_INPUT,
              "a law that is read from a file cannot be uncertain");
    return fail(walk, place);
}

/* An object with "uncertain". *replaced: what stands in its place; NULL: the object itself. */
static bool settle(const struct uncertain_walk *walk, struct uncertain_place place, json_t *object,
                   json_t **replaced)
{
    json_t *given = json_incref(json_object_get(object, "uncertain"));
    json_t *middle = NULL;
    const json_t *central = has_only(object, "value")  ? json_object_get(object, "value")
                            : has_only(object, "mean") ? json_object_get(object, "mean")
                                                       : NULL;
    bool ok = true;
    if (json_object_size(object) == 1)
        central = middle = middle_of(given);
    if (central) {
        *replaced = settle_value(walk, place, central, given);
        ok = *replaced != NULL;
    } else if (json_object_size(object) == 1) {
        error_set(walk->context->err, STATUS_INPUT,
                  "alone it must be a range in one unit, [\"60ms\", \"90ms\"]; \"±10%%\" needs a "
                  "\"value\" or \"mean\" beside it; got %s",
                  show(walk, given));
        ok = fail(walk, inside(walk, place, "uncertain"));
    } else if (json_object_get(object, "dist") || json_object_get(object, "sum")) {
        json_object_del(object, "uncertain");
        ok = settle_law(walk, place, object, given);
    } else {
        error_set(walk->context->err, STATUS_INPUT,
                  "only a value or a law can be uncertain: { \"value\": \"500/s\", "
                  "\"uncertain\": \"±10%%\" }");
        ok = fail(walk, inside(walk, place, "uncertain"));
    }
    json_decref(middle);
    json_decref(given);
    return ok;
}

/* ---- the tree
 * ------------------------------------------------------------------------------------ */

static bool walk_value(const struct uncertain_walk *walk, struct uncertain_place place,
                       json_t *value, json_t **replaced);

static bool walk_list(const struct uncertain_walk *walk, struct uncertain_place place, json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        char index[24];
        json_t *replaced = NULL;
        snprintf(index, sizeof index, "%zu", i);
        if (!walk_value(walk, inside(walk, place, index), json_array_get(list, i), &replaced))
            return false;
        if (replaced)
            json_array_set_new(list, i, replaced);
    }
    return true;
}

/* A key of the user's, such as a resource called "uncertain", leads to an object. */
static bool walk_value(const struct uncertain_walk *walk, struct uncertain_place place,
                       json_t *value, json_t **replaced)
{
    const char *key;
    json_t *child;
    if (json_is_array(value))
        return walk_list(walk, place, value);
    json_object_foreach(value, key, child)
    {
        json_t *instead = NULL;
        if (!json_is_object(child) && !json_is_array(child))
            continue;
        if (strcmp(key, "uncertain") == 0 && json_is_array(child))
            continue;
        if (!walk_value(walk, inside(walk, place, key), child, &instead))
            return false;
        if (instead)
            json_object_set_new(value, key, instead);
    }
    const json_t *given = json_object_get(value, "uncertain");
    return !given || json_is_object(given) || settle(walk, place, value, replaced);
}

bool uncertain_settle(struct parse_context *context, const struct uncertain_draw *draws,
                      size_t count, struct uncertain_list *list)
{
    static const char *const parts[] = {"resources", "services", "workloads", "memory"};
    const struct uncertain_walk walk = {context, draws, count, list};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        json_t *replaced = NULL, *value = json_object_get(context->root, parts[i]);
        if (!walk_value(
                &walk,
                (struct uncertain_place){arena_printf(context->arena, "/%s", parts[i]), parts[i]},
                value, &replaced))
            return false;
        if (replaced)
            json_object_set_new(context->root, parts[i], replaced);
    }
    return true;
}
