#include "reports/text/json_writer.h"
#include "reports/text/number_text.h"
#include "sim/base/utf8.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void emit_to_stream(void *context, const char *bytes, size_t size)
{
    fwrite(bytes, 1, size, context);
}

static void put(struct emit *emit, const char *text)
{
    emit->sink(emit->context, text, strlen(text));
}

struct emit emit_begin(emit_sink *sink, void *context)
{
    return (struct emit){.sink = sink, .context = context};
}

void emit_end(struct emit *emit)
{
    assert(emit->depth == 0);
    put(emit, "\n");
}

static bool is_on_line(const struct emit *emit)
{
    return emit->depth > 0 && emit->open[emit->depth - 1].is_line;
}

static void break_line(struct emit *emit)
{
    put(emit, "\n");
    for (int i = 0; i < emit->depth; i++)
        put(emit, "  ");
}

/* What must stand before a key, or before a value without one. */
static void separate(struct emit *emit)
{
    if (emit->has_values)
        put(emit, ",");
    if (emit->depth > 0 && !is_on_line(emit))
        break_line(emit);
    else if (emit->depth > 0)
        put(emit, " ");
}

static void begin_value(struct emit *emit)
{
    bool is_object = emit->depth > 0 && emit->open[emit->depth - 1].close == '}';
    assert(emit->is_keyed == is_object);
    if (!emit->is_keyed)
        separate(emit);
    emit->is_keyed = false;
    emit->has_values = true;
}

static void open_container(struct emit *emit, char close, enum emit_layout layout)
{
    begin_value(emit);
    put(emit, close == '}' ? "{" : "[");
    assert(emit->depth < EMIT_MAX_DEPTH);
    bool is_line = layout == EMIT_LINE || is_on_line(emit);
    emit->open[emit->depth].close = close;
    emit->open[emit->depth].is_line = is_line;
    emit->depth++;
    emit->has_values = false;
}

void emit_open_object(struct emit *emit, enum emit_layout layout)
{
    open_container(emit, '}', layout);
}

void emit_open_array(struct emit *emit, enum emit_layout layout)
{
    open_container(emit, ']', layout);
}

void emit_close(struct emit *emit)
{
    assert(emit->depth > 0 && !emit->is_keyed);
    bool is_line = is_on_line(emit);
    emit->depth--;
    if (emit->has_values && is_line)
        put(emit, " ");
    else if (emit->has_values)
        break_line(emit);
    put(emit, emit->open[emit->depth].close == '}' ? "}" : "]");
    emit->has_values = true;
}

static void put_escaped(struct emit *emit, uint32_t character, const char *bytes, size_t size)
{
    static const char *const short_form[0x20] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    char escape[16];
    if (character == '"' || character == '\\') {
        put(emit, "\\");
        emit->sink(emit->context, bytes, size);
    } else if (character < 0x20 && short_form[character]) {
        put(emit, short_form[character]);
    } else if (utf8_is_control(character)) {
        snprintf(escape, sizeof escape, "\\u%04" PRIx32, character);
        put(emit, escape);
    } else if (character == UTF8_REPLACEMENT) {
        put(emit, "\xEF\xBF\xBD");
    } else {
        emit->sink(emit->context, bytes, size);
    }
}

static void put_quoted(struct emit *emit, const char *text)
{
    put(emit, "\"");
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        put_escaped(emit, character, start, (size_t)(text - start));
    }
    put(emit, "\"");
}

void emit_key(struct emit *emit, const char *key)
{
    assert(emit->depth > 0 && emit->open[emit->depth - 1].close == '}' && !emit->is_keyed);
    separate(emit);
    put_quoted(emit, key);
    put(emit, ": ");
    emit->is_keyed = true;
}

void emit_string(struct emit *emit, const char *text)
{
    if (!text) {
        emit_raw(emit, "null");
        return;
    }
    begin_value(emit);
    put_quoted(emit, text);
}

void emit_number(struct emit *emit, double value)
{
    if (!isfinite(value)) {
        emit_raw(emit, "null");
        return;
    }
    char text[NUMBER_TEXT_SIZE];
    number_text_shortest(value, text);
    begin_value(emit);
    put(emit, text);
    /* A reader that tells integers from reals must not see the type change with the value. */
    if (!strpbrk(text, ".e"))
        put(emit, ".0");
}

void emit_integer(struct emit *emit, uint64_t value)
{
    char text[NUMBER_TEXT_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, value);
    emit_raw(emit, text);
}

void emit_bool(struct emit *emit, bool value)
{
    emit_raw(emit, value ? "true" : "false");
}

void emit_raw(struct emit *emit, const char *text)
{
    begin_value(emit);
    put(emit, text);
}

void emit_named_string(struct emit *emit, const char *key, const char *text)
{
    emit_key(emit, key);
    emit_string(emit, text);
}

void emit_named_number(struct emit *emit, const char *key, double value)
{
    emit_key(emit, key);
    emit_number(emit, value);
}

void emit_named_integer(struct emit *emit, const char *key, uint64_t value)
{
    emit_key(emit, key);
    emit_integer(emit, value);
}
