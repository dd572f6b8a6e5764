/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_source.h - a file of telemetry as lines, plain or compressed, in constant memory.
 *
 * gz, zst, xz and bz2 are told by their first bytes and unpacked with libarchive (none of its
 * archive formats: one stream in, one stream out). The SHA-256 is that of the file as it is. A line
 * ends with LF or CRLF and may have LINE_MAX bytes; a byte order mark at the very beginning is
 * skipped. */
#ifndef CAPSIM_INPUTS_TELEMETRY_LINE_SOURCE_H
#define CAPSIM_INPUTS_TELEMETRY_LINE_SOURCE_H

#include "inputs/telemetry/slice.h"
#include "sim/base/error.h"

enum {
    LINE_SOURCE_HEX = 65,            /* a SHA-256 in hexadecimal, with its NUL */
    LINE_SOURCE_PEEK = 64 << 10,     /* bytes that line_source_peek shows at most */
    LINE_SOURCE_LINE_MAX = 16 << 20, /* bytes of the longest line */
    LINE_SOURCE_TEXT_MAX = 64 << 20  /* bytes of the largest document that is read whole */
};

struct line_source;

/* Opens path; messages call it shown, which must stay. NULL on an error: it cannot be opened, is
 * empty, or is no text (UTF-16, NUL bytes at its beginning). Close it with line_source_close. */
struct line_source *line_source_open(const char *path, const char *shown, struct arena *arena,
                                     struct error *err);
/* The first bytes, whole lines where there are any; nothing is consumed. *is_all: there is no more.
 */
struct slice line_source_peek(struct line_source *source, bool *is_all);
/* The next line without its end, valid until the next call. False at the end and on an error, which
 * is then in err: a line that is too long, a broken compression, a NUL byte. */
bool line_source_next(struct line_source *source, struct slice *line, struct error *err);
/* The next bytes, any number of them, valid until the next call; lines are not counted. False at
 * the end and on an error. */
bool line_source_chunk(struct line_source *source, struct slice *bytes, struct error *err);
/* All that is left, as one text. False on an error: more than LINE_SOURCE_TEXT_MAX bytes. */
bool line_source_rest(struct line_source *source, struct slice *text, struct error *err);

/* The number of the line that was last returned; from 1. */
uint64_t line_source_line(const struct line_source *source);
/* Bytes of text so far, unpacked. */
uint64_t line_source_bytes(const struct line_source *source);
/* "gzip", "zstd", "xz", "bzip2", or "" for a plain file. */
const char *line_source_packing(const struct line_source *source);
/* "docker's json-file" or "a container's log", whose lines are unwrapped (log_wrapper.h), or "". */
const char *line_source_wrapping(const struct line_source *source);
/* Reads what is left and gives the SHA-256 of the whole file. */
bool line_source_digest(struct line_source *source, char hex[LINE_SOURCE_HEX], struct error *err);
/* Sets err's file and the line that was last returned. Returns false. */
bool line_source_place(const struct line_source *source, struct error *err);

/* Closes the file; the memory is the arena's. */
void line_source_close(struct line_source *source);

#endif
