/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/line_source.h"

#include "inputs/json/input_file.h"
#include "inputs/telemetry/log_wrapper.h"
#include <archive.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>

enum { BLOCK_BYTES = 1 << 18 };

struct line_source {
    struct input_stream stream;
    struct archive *archive; /* NULL: plain */
    const char *packing;
    struct arena *arena;
    struct error *failed; /* of the callback, which libarchive calls */
    struct sha256_ctx hash;
    char *raw; /* [BLOCK_BYTES] as read from the file; plain text goes straight to buffer */
    size_t raw_count;
    bool is_raw_kept, is_file_at_end, is_at_end;
    char
        *buffer; /* [size]: text from begin to end, then, of a wrapped log, lines to be unwrapped */
    size_t size, begin, end, wrapped_end; /* end <= wrapped_end, equal where nothing wraps it */
    enum log_wrapper wrapper;
    uint64_t line, bytes;
};

uint64_t line_source_line(const struct line_source *source)
{
    return source->line;
}

uint64_t line_source_bytes(const struct line_source *source)
{
    return source->bytes;
}

const char *line_source_packing(const struct line_source *source)
{
    return source->packing;
}

const char *line_source_wrapping(const struct line_source *source)
{
    return log_wrapper_names[source->wrapper];
}

bool line_source_place(const struct line_source *source, struct error *err)
{
    error_set_file(err, source->stream.shown);
    if (err->line == 0 && source->line <= INT32_MAX)
        err->line = (int)source->line;
    return false;
}

static bool fail(struct line_source *source, struct error *err, const char *why)
{
    error_set(err, STATUS_INPUT, "%s", why);
    return line_source_place(source, err);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* The next bytes of the file itself into bytes[size]. */
static bool read_file(struct line_source *source, char *bytes, size_t size, size_t *count,
                      struct error *err)
{
    *count = 0;
    if (source->is_file_at_end)
        return true;
    if (!input_stream_read(&source->stream, bytes, size, count, err))
        return false;
    source->is_file_at_end = *count == 0;
    sha256_update(&source->hash, *count, (const uint8_t *)bytes);
    return true;
}

/* libarchive asks for packed bytes. The block that told the packing is handed over first. */
static la_ssize_t give_packed(struct archive *archive, void *data, const void **bytes)
{
    struct line_source *source = data;
    (void)archive;
    *bytes = source->raw;
    if (source->is_raw_kept)
        source->is_raw_kept = false;
    else if (!read_file(source, source->raw, BLOCK_BYTES, &source->raw_count, source->failed))
        return -1;
    return (la_ssize_t)source->raw_count;
}

static bool unpack(struct line_source *source, char *bytes, size_t size, size_t *count,
                   struct error *err)
{
    source->failed = err;
    la_ssize_t got = archive_read_data(source->archive, bytes, size);
    *count = got > 0 ? (size_t)got : 0;
    if (got >= 0)
        return true;
    error_set(err, STATUS_INPUT, "cannot be unpacked (%s): %s", source->packing,
              archive_error_string(source->archive) ? archive_error_string(source->archive)
                                                    : "it is broken");
    error_set_file(err, source->stream.shown);
    return false;
}

/* Room for more text behind what is there. */
static void make_room(struct line_source *source)
{
    size_t kept = source->wrapped_end - source->begin, text = source->end - source->begin;
    if (source->begin > 0 && kept <= source->size / 2) {
        memmove(source->buffer, source->buffer + source->begin, kept);
    } else if (source->wrapped_end + BLOCK_BYTES > source->size || source->begin > 0) {
        source->size *= 2;
        char *grown = arena_alloc(source->arena, source->size);
        memcpy(grown, source->buffer + source->begin, kept);
        source->buffer = grown;
    }
    source->begin = 0;
    source->end = text;
    source->wrapped_end = kept;
}

/* Unwraps whole lines; at the end of the file also what is left. What comes out is shorter than
 * what goes in, so that it can be done in its place. */
static void unwrap(struct line_source *source)
{
    const char *from = source->buffer + source->end, *to = source->buffer + source->wrapped_end;
    while (from < to) {
        const char *end = memchr(from, '\n', (size_t)(to - from));
        if (!end && !source->is_at_end)
            break;
        size_t length = (size_t)((end ? end : to) - from);
        struct slice line = {from, length};
        if (length > 0 && line.at[length - 1] == '\r')
            line.length--;
        from += length + (end != NULL);
        source->end += log_wrapper_unwrap(source->wrapper, line, source->buffer + source->end);
    }
    size_t left = from < to ? (size_t)(to - from) : 0;
    memmove(source->buffer + source->end, from, left);
    source->wrapped_end = source->end + left;
}

static bool fill(struct line_source *source, struct error *err)
{
    size_t count = 0;
    if (source->is_at_end)
        return true;
    /* One byte more, for the end of a last line that has none. */
    if (source->wrapped_end + BLOCK_BYTES + 1 > source->size)
        make_room(source);
    char *to = source->buffer + source->wrapped_end;
    if (source->archive) {
        if (!unpack(source, to, BLOCK_BYTES, &count, err))
            return false;
    } else if (source->is_raw_kept) {
        memcpy(to, source->raw, source->raw_count);
        count = source->raw_count;
        source->is_raw_kept = false;
    } else if (!read_file(source, to, BLOCK_BYTES, &count, err)) {
        return false;
    }
    source->wrapped_end += count;
    source->bytes += count;
    source->is_at_end = count == 0;
    if (source->wrapper == LOG_WRAPPER_NONE)
        source->end = source->wrapped_end;
    else
        unwrap(source);
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

static const char *packing_of(const char *bytes, size_t count)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *name;
    } packings[] = {{"\x1f\x8b", 2, "gzip"},
                    {"\x28\xb5\x2f\xfd", 4, "zstd"},
                    {"\xfd"
                     "7zXZ",
                     5, "xz"},
                    {"BZh", 3, "bzip2"}};
    for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++)
        if (count >= packings[i].length &&
            memcmp(bytes, packings[i].magic, packings[i].length) == 0)
            return packings[i].name;
    return "";
}

static bool open_packed(struct line_source *source, struct error *err)
{
    struct archive_entry *entry;
    struct archive *archive = arena_library_memory(archive_read_new());
    source->archive = archive;
    source->failed = err;
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    if (archive_read_open(archive, source, NULL, give_packed, NULL) == ARCHIVE_OK &&
        archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        return true;
    error_set(err, STATUS_INPUT, "cannot be unpacked (%s): %s", source->packing,
              archive_error_string(archive) ? archive_error_string(archive) : "it is empty");
    error_set_file(err, source->stream.shown);
    return false;
}

/* What is no text at all is said at once. */
static bool check_beginning(struct line_source *source, struct error *err)
{
    struct slice text = {source->buffer + source->begin, source->end - source->begin};
    if (text.length == 0)
        return fail(source, err, "is empty");
    if (slice_starts(text, "\xFF\xFE") || slice_starts(text, "\xFE\xFF"))
        return fail(source, err, "is UTF-16: save it as UTF-8");
    if (slice_starts(text, "\xEF\xBB\xBF"))
        source->begin += 3;
    return true;
}

/* By the first line; a byte order mark is before it. */
static void find_wrapper(struct line_source *source)
{
    struct slice text = {source->buffer, source->end};
    if (slice_starts(text, "\xEF\xBB\xBF"))
        return;
    const char *end = text.length > 0 ? memchr(text.at, '\n', text.length) : NULL;
    if (end)
        text.length = (size_t)(end - text.at);
    source->wrapper = log_wrapper_of(text);
    if (source->wrapper == LOG_WRAPPER_NONE)
        return;
    source->end = 0;
    unwrap(source);
}

static bool open_source(struct line_source *source, struct error *err)
{
    if (!read_file(source, source->raw, BLOCK_BYTES, &source->raw_count, err))
        return false;
    source->is_raw_kept = true;
    source->packing = packing_of(source->raw, source->raw_count);
    if (source->packing[0] && !open_packed(source, err))
        return false;
    if (!fill(source, err))
        return false;
    find_wrapper(source);
    while (source->end < LINE_SOURCE_PEEK && !source->is_at_end)
        if (!fill(source, err))
            return false;
    return check_beginning(source, err);
}

struct line_source *line_source_open(const char *path, const char *shown, struct arena *arena,
                                     struct error *err)
{
    struct line_source *source = arena_alloc(arena, sizeof *source);
    *source = (struct line_source){.arena = arena, .packing = "", .size = 2 * BLOCK_BYTES};
    if (!input_stream_open(path, shown, &source->stream, err))
        return NULL;
    source->buffer = arena_alloc(arena, source->size);
    source->raw = arena_alloc(arena, BLOCK_BYTES);
    sha256_init(&source->hash);
    if (open_source(source, err))
        return source;
    line_source_close(source);
    return NULL;
}

void line_source_close(struct line_source *source)
{
    if (source->archive)
        archive_read_free(source->archive);
    source->archive = NULL;
    input_stream_close(&source->stream);
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct slice line_source_peek(struct line_source *source, bool *is_all)
{
    struct slice text = {source->buffer + source->begin, source->end - source->begin};
    *is_all = source->is_at_end && text.length <= LINE_SOURCE_PEEK;
    if (text.length > LINE_SOURCE_PEEK)
        text.length = LINE_SOURCE_PEEK;
    const char *last = *is_all ? NULL : memrchr(text.at, '\n', text.length);
    if (last)
        text.length = (size_t)(last - text.at) + 1;
    return text;
}

static bool give_line(struct line_source *source, size_t length, size_t end, struct slice *line,
                      struct error *err)
{
    *line = (struct slice){source->buffer + source->begin, length};
    source->begin += end;
    source->line++;
    if (length > 0 && line->at[length - 1] == '\r')
        line->length--;
    if (length == 0 || !memchr(line->at, '\0', length))
        return true;
    return fail(source, err, "has a NUL byte: it is no text in UTF-8, or it is damaged");
}

bool line_source_next(struct line_source *source, struct slice *line, struct error *err)
{
    size_t looked = 0;
    for (;;) {
        size_t left = source->end - source->begin;
        char *text = source->buffer + source->begin;
        const char *end = left > looked ? memchr(text + looked, '\n', left - looked) : NULL;
        if (end)
            return give_line(source, (size_t)(end - text), (size_t)(end - text) + 1, line, err);
        if (source->is_at_end)
            return left > 0 && give_line(source, left, left, line, err);
        if (source->wrapped_end - source->begin > LINE_SOURCE_LINE_MAX) {
            source->line++;
            return fail(source, err, "has a line longer than 16 MiB");
        }
        looked = left;
        if (!fill(source, err))
            return false;
    }
}

bool line_source_chunk(struct line_source *source, struct slice *bytes, struct error *err)
{
    while (source->begin == source->end && !source->is_at_end)
        if (!fill(source, err))
            return false;
    *bytes = (struct slice){source->buffer + source->begin, source->end - source->begin};
    source->begin = source->end;
    return bytes->length > 0;
}

bool line_source_rest(struct line_source *source, struct slice *text, struct error *err)
{
    while (!source->is_at_end) {
        if (!fill(source, err))
            return false;
        if (source->end - source->begin > LINE_SOURCE_TEXT_MAX)
            return fail(source, err, "is larger than 64 MiB, the most for a document of JSON");
    }
    *text = (struct slice){source->buffer + source->begin, source->end - source->begin};
    source->begin = source->end;
    return true;
}

bool line_source_digest(struct line_source *source, char hex[LINE_SOURCE_HEX], struct error *err)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    while (!source->is_at_end) {
        source->begin = source->end;
        if (!fill(source, err))
            return false;
    }
    for (size_t count = 1; count > 0;)
        if (!read_file(source, source->raw, BLOCK_BYTES, &count, err))
            return false;
    sha256_digest(&source->hash, sizeof digest, digest);
    base16_encode_update(hex, sizeof digest, digest);
    hex[LINE_SOURCE_HEX - 1] = '\0';
    return true;
}
