/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/json_writer.h"
#include "tests/support/support.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sink of its own: bytes in a buffer that is big enough for these tests. */
struct buffer {
    char bytes[1024];
    size_t used;
};

static void keep(void *context, const char *bytes, size_t size)
{
    struct buffer *buffer = context;
    assert_true(buffer->used + size < sizeof buffer->bytes);
    memcpy(buffer->bytes + buffer->used, bytes, size);
    buffer->used += size;
    buffer->bytes[buffer->used] = '\0';
}

static void containers_are_laid_out_over_lines_or_on_one(void **state)
{
    struct buffer buffer = {0};
    struct json_writer writer = writer_begin(keep, &buffer);
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, "a");
    writer_integer(&writer, UINT64_MAX);
    writer_key(&writer, "b");
    writer_open_array(&writer, EMIT_LINES);
    writer_open_object(&writer, EMIT_LINE);
    writer_key(&writer, "c");
    writer_open_array(&writer, EMIT_LINES);
    writer_bool(&writer, true);
    writer_bool(&writer, false);
    writer_close(&writer);
    writer_close(&writer);
    writer_string(&writer, NULL);
    writer_close(&writer);
    writer_key(&writer, "d");
    writer_open_array(&writer, EMIT_LINES);
    writer_close(&writer);
    writer_key(&writer, "e");
    writer_raw(&writer, "{\"x\":1}");
    writer_close(&writer);
    writer_end(&writer);
    assert_string_equal(buffer.bytes, "{\n"
                                      "  \"a\": 18446744073709551615,\n"
                                      "  \"b\": [\n"
                                      "    { \"c\": [ true, false ] },\n"
                                      "    null\n"
                                      "  ],\n"
                                      "  \"d\": [],\n"
                                      "  \"e\": {\"x\":1}\n"
                                      "}\n");
}

static const char *emit_one_number(struct buffer *buffer, double value)
{
    *buffer = (struct buffer){0};
    struct json_writer writer = writer_begin(keep, buffer);
    writer_number(&writer, value);
    return buffer->bytes;
}

static void a_number_is_a_real_that_reads_back_or_null(void **state)
{
    struct buffer buffer;
    assert_string_equal(emit_one_number(&buffer, 37.0), "37.0");
    assert_string_equal(emit_one_number(&buffer, 0.1), "0.1");
    assert_string_equal(emit_one_number(&buffer, -0.0), "0.0");
    assert_string_equal(emit_one_number(&buffer, 1e300), "1e+300");
    assert_string_equal(emit_one_number(&buffer, 1.0 / 3.0), "0.3333333333333333");
    assert_string_equal(emit_one_number(&buffer, NAN), "null");
    assert_string_equal(emit_one_number(&buffer, -INFINITY), "null");
}

/* Every character but NUL, and each reads back through a JSON reader. */
static void any_text_reads_back(void **state)
{
    static const char text[] = "\x01\b\t\n\f\r\x1f \" \\ / \x7f \xC2\x9B \xE2\x80\xAE "
                               "\xF0\x9F\x98\x80";
    struct buffer buffer = {0};
    struct json_writer writer = writer_begin(keep, &buffer);
    writer_open_array(&writer, EMIT_LINE);
    writer_string(&writer, text);
    writer_close(&writer);
    json_t *array = json_loads(buffer.bytes, 0, NULL);
    assert_non_null(array);
    assert_string_equal(json_string_value(json_array_get(array, 0)), text);
    json_decref(array);
    for (const char *byte = buffer.bytes; *byte; byte++)
        assert_true((unsigned char)*byte >= 0x20 && *byte != 0x7f);
}

static void bytes_that_are_not_text_do_not_spoil_the_json(void **state)
{
    struct buffer buffer = {0};
    struct json_writer writer = writer_begin(keep, &buffer);
    writer_string(&writer, "a\xFFz");
    assert_string_equal(buffer.bytes, "\"a\xEF\xBF\xBDz\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(containers_are_laid_out_over_lines_or_on_one),
        cmocka_unit_test(a_number_is_a_real_that_reads_back_or_null),
        cmocka_unit_test(any_text_reads_back),
        cmocka_unit_test(bytes_that_are_not_text_do_not_spoil_the_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
