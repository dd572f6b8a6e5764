/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/mutate.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANGES = 4, MAX_VALUES = 4000, MAX_RUN = 64 };

static size_t below(struct stream *choices, size_t count)
{
    return (size_t)(stream_next_uniform(choices) * (double)count);
}

/* ---- trees ---- */

/* All places of a tree where a value stands: in an object under a key, or in an array. */
struct place {
    json_t *container;
    const char *key; /* NULL: in an array */
    size_t index;
};

struct places {
    struct place list[MAX_VALUES];
    size_t count;
};

static json_t *value_at(const struct place *place)
{
    return place->key ? json_object_get(place->container, place->key)
                      : json_array_get(place->container, place->index);
}

static void list_places(json_t *container, struct places *places)
{
    const char *key;
    json_t *value;
    size_t index;
    if (json_is_object(container))
        json_object_foreach(container, key, value)
        {
            if (places->count < MAX_VALUES)
                places->list[places->count++] = (struct place){container, key, 0};
            list_places(value, places);
        }
    json_array_foreach(container, index, value)
    {
        if (places->count < MAX_VALUES)
            places->list[places->count++] = (struct place){container, NULL, index};
        list_places(value, places);
    }
}

/* Values at the edges of what readers accept, as JSON. */
static json_t *edge_value(struct stream *choices)
{
    static const char *const edges[] = {"null",
                                        "true",
                                        "0",
                                        "1",
                                        "2",
                                        "-1",
                                        "0.5",
                                        "1e308",
                                        "5e-324",
                                        "-0.0",
                                        "100",
                                        "1e9",
                                        "4294967296",
                                        "\"\"",
                                        "\"0\"",
                                        "\"0s\"",
                                        "\"1ns\"",
                                        "\"1s\"",
                                        "\"5ms\"",
                                        "\"1d\"",
                                        "\"146y\"",
                                        "\"0%\"",
                                        "\"1%\"",
                                        "\"100%\"",
                                        "\"1/s\"",
                                        "\"1e9/s\"",
                                        "\"1B\"",
                                        "\"8TB\"",
                                        "\"-1\"",
                                        "\"±8%\"",
                                        "[]",
                                        "{}",
                                        "[[]]",
                                        "[null]",
                                        "\"a.b\"",
                                        "\"/~\"",
                                        "\"a b\"",
                                        "\"\\u0001\"",
                                        "9223372036854775807",
                                        "-9223372036854775808"};
    return json_loads(edges[below(choices, sizeof edges / sizeof edges[0])], JSON_DECODE_ANY, NULL);
}

static void put(const struct place *place, json_t *value)
{
    if (place->key)
        json_object_set_new(place->container, place->key, value);
    else
        json_array_set_new(place->container, place->index, value);
}

static void take_out(const struct place *place)
{
    if (place->key)
        json_object_del(place->container, place->key);
    else
        json_array_remove(place->container, place->index);
}

/* Under the key of another place, or once more in its array. */
static void add_copy(const struct place *place, const struct place *other)
{
    json_t *copy = json_deep_copy(value_at(place));
    if (json_is_array(place->container))
        json_array_append_new(place->container, copy);
    else
        json_object_set_new(place->container, other->key ? other->key : "x", copy);
}

static json_t *other_number(const json_t *value, struct stream *choices)
{
    double number = json_number_value(value);
    switch (below(choices, 4)) {
    case 0:
        return json_integer((json_int_t)below(choices, 1000));
    case 1:
        return json_real(number * 10);
    case 2:
        return json_real(-number);
    default:
        return json_is_integer(value) ? json_integer(json_integer_value(value) / 2)
                                      : json_real(number / 10);
    }
}

static json_t *other_text(const json_t *value, struct stream *choices)
{
    uint8_t text[256];
    size_t length = json_string_length(value);
    if (length >= sizeof text)
        return json_string("");
    memcpy(text, json_string_value(value), length);
    length = mutate_bytes(text, length, sizeof text, choices);
    json_t *made = json_stringn((char *)text, length);
    return made ? made : json_string(""); /* it was no UTF-8 */
}

static void change_value(const struct place *place, struct stream *choices)
{
    const json_t *value = value_at(place);
    if (json_is_number(value))
        put(place, other_number(value, choices));
    else if (json_is_string(value))
        put(place, other_text(value, choices));
    else
        put(place, edge_value(choices));
}

static void change_tree(json_t *root, struct places *places, struct stream *choices)
{
    places->count = 0;
    list_places(root, places);
    if (places->count == 0)
        return;
    const struct place *place = &places->list[below(choices, places->count)];
    const struct place *other = &places->list[below(choices, places->count)];
    switch (below(choices, 6)) {
    case 0:
        take_out(place);
        break;
    case 1:
        put(place, edge_value(choices));
        break;
    case 2:
        put(place, json_deep_copy(value_at(other)));
        break;
    case 3:
        add_copy(place, other);
        break;
    default:
        change_value(place, choices);
        break;
    }
}

size_t mutate_tree(uint8_t *bytes, size_t size, size_t most, struct stream *choices)
{
    json_t *root = json_loadb((char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
    if (!root)
        return 0;
    struct places *places = malloc(sizeof *places);
    for (size_t changes = 1 + below(choices, MAX_CHANGES); places && changes > 0; changes--)
        change_tree(root, places, choices);
    char *text = json_dumps(root, JSON_COMPACT);
    size_t length = text ? strlen(text) : 0;
    bool fits = length <= most;
    if (fits)
        memcpy(bytes, text, length);
    free(text);
    free(places);
    json_decref(root);
    return fits ? length : 0;
}

/* ---- bytes ---- */

/* Takes length bytes out at `at`, or makes room for them. */
static size_t take_run(uint8_t *bytes, size_t size, size_t at, size_t length)
{
    length = at + length <= size ? length : size - at;
    memmove(bytes + at, bytes + at + length, size - at - length);
    return size - length;
}

static size_t copy_run(uint8_t *bytes, size_t size, size_t most, struct stream *choices)
{
    uint8_t run[MAX_RUN];
    size_t from = below(choices, size), to = below(choices, size + 1);
    size_t length = 1 + below(choices, MAX_RUN);
    length = from + length <= size ? length : size - from;
    if (size + length > most)
        return size;
    memcpy(run, bytes + from, length);
    memmove(bytes + to + length, bytes + to, size - to);
    memcpy(bytes + to, run, length);
    return size + length;
}

static size_t add_byte(uint8_t *bytes, size_t size, size_t most, struct stream *choices)
{
    static const uint8_t edges[] = "\n\r\",;:.%0-e/ \\\xff\xc3";
    size_t at = below(choices, size + 1);
    if (size == most)
        return size;
    memmove(bytes + at + 1, bytes + at, size - at);
    bytes[at] = edges[below(choices, sizeof edges)];
    return size + 1;
}

size_t mutate_bytes(uint8_t *bytes, size_t size, size_t most, struct stream *choices)
{
    for (size_t changes = 1 + below(choices, MAX_CHANGES); changes > 0; changes--) {
        size_t kind = size > 0 ? below(choices, 5) : 0;
        if (kind == 0)
            size = add_byte(bytes, size, most, choices);
        else if (kind == 1)
            size = take_run(bytes, size, below(choices, size), 1 + below(choices, MAX_RUN));
        else if (kind == 2)
            size = copy_run(bytes, size, most, choices);
        else if (kind == 3)
            bytes[below(choices, size)] ^= (uint8_t)(1u << below(choices, 8));
        else
            bytes[below(choices, size)] = (uint8_t)('0' + below(choices, 10));
    }
    return size;
}
