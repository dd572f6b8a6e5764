/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_writer.h - JSON text, value by value, to a stream or into a hash.
 *
 * The same values give the same bytes on every machine and with every version of every library:
 * numbers are the shortest decimals that read back as the same double, with a point or an exponent;
 * NaN and infinities, which JSON lacks, are null. Bytes that are not UTF-8 become U+FFFD. A
 * container is laid out over lines or, EMIT_LINE, on one; what is inside a line stays on it.
 * An object's keys must be different: that is the caller's duty. */
#ifndef CAPSIM_REPORTS_TEXT_JSON_WRITER_H
#define CAPSIM_REPORTS_TEXT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EMIT_MAX_DEPTH = 24 };
enum writer_layout { EMIT_LINES, EMIT_LINE };

/* Where the bytes go. A sink that can fail remembers it by itself. */
typedef void writer_sink(void *context, const char *bytes, size_t size);

/* A sink for which context is a FILE: its error flag tells of a failure. */
writer_sink writer_to_stream;

struct json_writer {
    writer_sink *sink;
    void *context;
    int depth;
    bool has_values; /* the open container has one already   */
    bool is_keyed;   /* a key was written, its value not yet */
    struct {
        char close;
        bool is_line;
    } open[EMIT_MAX_DEPTH];
};

/* A writer at the start of a document. */
struct json_writer writer_begin(writer_sink *sink, void *context);
/* Ends the document with a line feed. Every container must be closed (asserted). */
void writer_end(struct json_writer *writer);

/* Containers. In an object each value follows its key. */
void writer_open_object(struct json_writer *writer, enum writer_layout layout);
void writer_open_array(struct json_writer *writer, enum writer_layout layout);
void writer_close(struct json_writer *writer);
void writer_key(struct json_writer *writer, const char *key);

/* Values. text NULL is null; writer_raw's text is valid JSON already. */
void writer_string(struct json_writer *writer, const char *text);
void writer_number(struct json_writer *writer, double value);
void writer_integer(struct json_writer *writer, uint64_t value);
void writer_bool(struct json_writer *writer, bool value);
void writer_raw(struct json_writer *writer, const char *text);

/* A key and its value. */
void writer_named_string(struct json_writer *writer, const char *key, const char *text);
void writer_named_number(struct json_writer *writer, const char *key, double value);
void writer_named_integer(struct json_writer *writer, const char *key, uint64_t value);

#endif
