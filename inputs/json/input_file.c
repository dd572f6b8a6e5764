/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/json/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FIRST_BYTES = 1 << 16,
    WRITER_WAIT_MS = 2000 /* for somebody to open the other end of a named pipe */
};

static bool fail_errno(const char *shown, struct error *err)
{
    int reason = errno;
    bool is_path = reason == ENOENT || reason == ENOTDIR || reason == EACCES || reason == ELOOP ||
                   reason == ENAMETOOLONG || reason == ENXIO || reason == EISDIR ||
                   reason == EPERM || reason == EINVAL;
    error_set(err, is_path ? STATUS_INPUT : STATUS_IO, "cannot be read: %s", strerror(reason));
    error_set_file(err, shown);
    return false;
}

static bool fail(const char *shown, const char *why, struct error *err)
{
    error_set(err, STATUS_INPUT, "%s", why);
    error_set_file(err, shown);
    return false;
}

/* read(), which waits where the descriptor does not. 0: the end. -1: failed. -2: a pipe without a
 * writer. */
static ssize_t read_some(int fd, char *to, size_t size, bool is_pipe, bool is_first)
{
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        bool is_late = is_pipe && is_first && poll(&ready, 1, WRITER_WAIT_MS) == 0;
        ssize_t count = read(fd, to, size);
        if (count == 0 && is_late)
            return -2;
        if (count >= 0 || (errno != EAGAIN && errno != EINTR))
            return count;
        if (errno == EAGAIN) /* there is a writer, however slow */
            poll(&ready, 1, -1);
    }
}

struct file_buffer {
    char *bytes;
    size_t used, size;
};

static void grow(struct file_buffer *buffer, struct arena *arena)
{
    size_t size = arena_multiply_sizes(buffer->size, 2);
    char *bytes = arena_alloc(arena, arena_add_sizes(size, 1));
    memcpy(bytes, buffer->bytes, buffer->used);
    buffer->bytes = bytes;
    buffer->size = size;
}

static int64_t time_changed(const struct stat *facts)
{
    return (int64_t)facts->st_mtim.tv_sec * 1000000000 + facts->st_mtim.tv_nsec;
}

bool input_stream_open(const char *path, const char *shown, struct input_stream *stream,
                       struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    /* Without O_NONBLOCK, opening a pipe would wait for a writer for ever. */
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat facts;
    bool is_open = fd >= 0 && fstat(fd, &facts) == 0;
    if (!is_open)
        fail_errno(shown, err);
    else if (S_ISDIR(facts.st_mode))
        is_open = fail(shown, "is a folder, not a file", err);
    if (is_open)
        *stream = (struct input_stream){.fd = fd,
                                        .shown = shown,
                                        .is_pipe = S_ISFIFO(facts.st_mode),
                                        .size = S_ISREG(facts.st_mode) ? facts.st_size : -1,
                                        .changed_ns = time_changed(&facts)};
    else if (fd >= 0 && !is_stdin)
        close(fd);
    return is_open;
}

static bool has_changed(const struct input_stream *stream)
{
    struct stat facts;
    return stream->size >= 0 && (fstat(stream->fd, &facts) != 0 || facts.st_size != stream->size ||
                                 time_changed(&facts) != stream->changed_ns);
}

bool input_stream_read(struct input_stream *stream, char *bytes, size_t size, size_t *count,
                       struct error *err)
{
    ssize_t got = read_some(stream->fd, bytes, size, stream->is_pipe, !stream->has_begun);
    if (got == -2)
        return fail(stream->shown, "is a pipe that nobody writes to", err);
    if (got < 0)
        return fail_errno(stream->shown, err);
    stream->has_begun = true;
    *count = (size_t)got;
    if (got > 0 || !has_changed(stream))
        return true;
    error_set(err, STATUS_IO, "changed while it was read");
    error_set_file(err, stream->shown);
    return false;
}

void input_stream_close(struct input_stream *stream)
{
    if (stream->fd != STDIN_FILENO)
        close(stream->fd);
}

static bool read_all(struct input_stream *stream, struct arena *arena, struct file_buffer *buffer,
                     struct error *err)
{
    buffer->size = FIRST_BYTES;
    if (stream->size >= FIRST_BYTES)
        buffer->size = (size_t)stream->size + 1; /* one more, to see the end at once */
    if (buffer->size > INPUT_FILE_MAX_BYTES + 1)
        return fail(stream->shown, "is larger than 256 MiB, the most that is read", err);
    buffer->bytes = arena_alloc(arena, arena_add_sizes(buffer->size, 1));
    for (;;) {
        size_t count = 0;
        if (!input_stream_read(stream, buffer->bytes + buffer->used, buffer->size - buffer->used,
                               &count, err))
            return false;
        if (count == 0)
            return true;
        buffer->used += count;
        if (buffer->used > INPUT_FILE_MAX_BYTES)
            return fail(stream->shown, "is larger than 256 MiB, the most that is read", err);
        if (buffer->used == buffer->size)
            grow(buffer, arena);
    }
}

static bool read_text(struct input_stream *stream, struct arena *arena, const char **text,
                      size_t *length, struct error *err)
{
    struct file_buffer buffer = {0};
    if (!read_all(stream, arena, &buffer, err))
        return false;
    buffer.bytes[buffer.used] = '\0';
    *text = buffer.bytes;
    *length = buffer.used;
    return true;
}

bool input_file_read(const char *path, const char *shown, struct arena *arena, const char **text,
                     size_t *length, struct error *err)
{
    struct input_stream stream;
    if (!input_stream_open(path, shown, &stream, err))
        return false;
    bool ok = read_text(&stream, arena, text, length, err);
    input_stream_close(&stream);
    return ok;
}

bool input_file_read_open(int fd, const char *shown, struct arena *arena, const char **text,
                          size_t *length, struct error *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return fail_errno(shown, err);
    struct input_stream stream = {
        .fd = fd, .shown = shown, .size = facts.st_size, .changed_ns = time_changed(&facts)};
    return read_text(&stream, arena, text, length, err);
}
