/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/json_writer.h"
#include "reports/text/number_text.h"
#include "sim/base/utf8.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void writer_to_stream(void *context, const char *bytes, size_t size)
{
    fwrite(bytes, 1, size, context);
}

static void put(struct json_writer *writer, const char *text)
{
    writer->sink(writer->context, text, strlen(text));
}

struct json_writer writer_begin(writer_sink *sink, void *context)
{
    return (struct json_writer){.sink = sink, .context = context};
}

void writer_end(struct json_writer *writer)
{
    assert(writer->depth == 0);
    put(writer, "\n");
}

static bool is_on_line(const struct json_writer *writer)
{
    return writer->depth > 0 && writer->open[writer->depth - 1].is_line;
}

static void break_line(struct json_writer *writer)
{
    put(writer, "\n");
    for (int i = 0; i < writer->depth; i++)
        put(writer, "  ");
}

/* What must stand before a key, or before a value without one. */
static void separate(struct json_writer *writer)
{
    if (writer->has_values)
        put(writer, ",");
    if (writer->depth > 0 && !is_on_line(writer))
        break_line(writer);
    else if (writer->depth > 0)
        put(writer, " ");
}

static void begin_value(struct json_writer *writer)
{
    bool is_object = writer->depth > 0 && writer->open[writer->depth - 1].close == '}';
    assert(writer->is_keyed == is_object);
    if (!writer->is_keyed)
        separate(writer);
    writer->is_keyed = false;
    writer->has_values = true;
}

static void open_container(struct json_writer *writer, char close, enum writer_layout layout)
{
    begin_value(writer);
    put(writer, close == '}' ? "{" : "[");
    assert(writer->depth < EMIT_MAX_DEPTH);
    bool is_line = layout == EMIT_LINE || is_on_line(writer);
    writer->open[writer->depth].close = close;
    writer->open[writer->depth].is_line = is_line;
    writer->depth++;
    writer->has_values = false;
}

void writer_open_object(struct json_writer *writer, enum writer_layout layout)
{
    open_container(writer, '}', layout);
}

void writer_open_array(struct json_writer *writer, enum writer_layout layout)
{
    open_container(writer, ']', layout);
}

void writer_close(struct json_writer *writer)
{
    assert(writer->depth > 0 && !writer->is_keyed);
    bool is_line = is_on_line(writer);
    writer->depth--;
    if (writer->has_values && is_line)
        put(writer, " ");
    else if (writer->has_values)
        break_line(writer);
    put(writer, writer->open[writer->depth].close == '}' ? "}" : "]");
    writer->has_values = true;
}

static void put_escaped(struct json_writer *writer, uint32_t character, const char *bytes,
                        size_t size)
{
    static const char *const short_form[0x20] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    char escape[16];
    if (character == '"' || character == '\\') {
        put(writer, "\\");
        writer->sink(writer->context, bytes, size);
    } else if (character < 0x20 && short_form[character]) {
        put(writer, short_form[character]);
    } else if (utf8_is_control(character)) {
        snprintf(escape, sizeof escape, "\\u%04" PRIx32, character);
        put(writer, escape);
    } else if (character == UTF8_REPLACEMENT) {
        put(writer, "\xEF\xBF\xBD");
    } else {
        writer->sink(writer->context, bytes, size);
    }
}

static void put_quoted(struct json_writer *writer, const char *text)
{
    put(writer, "\"");
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        put_escaped(writer, character, start, (size_t)(text - start));
    }
    put(writer, "\"");
}

void writer_key(struct json_writer *writer, const char *key)
{
    assert(writer->depth > 0 && writer->open[writer->depth - 1].close == '}' && !writer->is_keyed);
    separate(writer);
    put_quoted(writer, key);
    put(writer, ": ");
    writer->is_keyed = true;
}

void writer_string(struct json_writer *writer, const char *text)
{
    if (!text) {
        writer_raw(writer, "null");
        return;
    }
    begin_value(writer);
    put_quoted(writer, text);
}

void writer_number(struct json_writer *writer, double value)
{
    if (!isfinite(value)) {
        writer_raw(writer, "null");
        return;
    }
    char text[NUMBER_TEXT_SIZE];
    number_text_shortest(value, text);
    begin_value(writer);
    put(writer, text);
    /* A reader that tells integers from reals must not see the type change with the value. */
    if (!strpbrk(text, ".e"))
        put(writer, ".0");
}

void writer_integer(struct json_writer *writer, uint64_t value)
{
    char text[NUMBER_TEXT_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, value);
    writer_raw(writer, text);
}

void writer_bool(struct json_writer *writer, bool value)
{
    writer_raw(writer, value ? "true" : "false");
}

void writer_raw(struct json_writer *writer, const char *text)
{
    begin_value(writer);
    put(writer, text);
}

void writer_named_string(struct json_writer *writer, const char *key, const char *text)
{
    writer_key(writer, key);
    writer_string(writer, text);
}

void writer_named_number(struct json_writer *writer, const char *key, double value)
{
    writer_key(writer, key);
    writer_number(writer, value);
}

void writer_named_integer(struct json_writer *writer, const char *key, uint64_t value)
{
    writer_key(writer, key);
    writer_integer(writer, value);
}
