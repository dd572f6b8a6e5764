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

enum { EMIT_MAX_DEPTH = 16 };
enum emit_layout { EMIT_LINES, EMIT_LINE };

/* Where the bytes go. A sink that can fail remembers it by itself. */
typedef void emit_sink(void *context, const char *bytes, size_t size);

/* A sink for which context is a FILE: its error flag tells of a failure. */
emit_sink emit_to_stream;

struct emit {
    emit_sink *sink;
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
struct emit emit_begin(emit_sink *sink, void *context);
/* Ends the document with a line feed. Every container must be closed (asserted). */
void emit_end(struct emit *emit);

/* Containers. In an object each value follows its key. */
void emit_open_object(struct emit *emit, enum emit_layout layout);
void emit_open_array(struct emit *emit, enum emit_layout layout);
void emit_close(struct emit *emit);
void emit_key(struct emit *emit, const char *key);

/* Values. text NULL is null; emit_raw's text is valid JSON already. */
void emit_string(struct emit *emit, const char *text);
void emit_number(struct emit *emit, double value);
void emit_integer(struct emit *emit, uint64_t value);
void emit_bool(struct emit *emit, bool value);
void emit_raw(struct emit *emit, const char *text);

/* A key and its value. */
void emit_named_string(struct emit *emit, const char *key, const char *text);
void emit_named_number(struct emit *emit, const char *key, double value);
void emit_named_integer(struct emit *emit, const char *key, uint64_t value);

#endif
