/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_file.h - the bytes of a file that the user named, or why not.
 *
 * Regular files, pipes and standard input. A named pipe without a writer is an error after
 * two seconds, never a hang. */
#ifndef CAPSIM_INPUTS_JSON_INPUT_FILE_H
#define CAPSIM_INPUTS_JSON_INPUT_FILE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bound against /dev/zero and the like; the largest table of figures is far below. */
#define INPUT_FILE_MAX_BYTES ((size_t)256 << 20)

/* The bytes of path ("-": standard input) in arena, with a NUL behind the last; *length counts them
 * without it. The error names shown as its file: STATUS_INPUT when the path is wrong, STATUS_IO
 * when the machine failed. */
bool input_file_read(const char *path, const char *shown, struct arena *arena, const char **text,
                     size_t *length, struct error *err);

/* The same of a regular file that is open already, from where it stands; it stays open. */
bool input_file_read_open(int fd, const char *shown, struct arena *arena, const char **text,
                          size_t *length, struct error *err);

/* A file that is read piece by piece and never held whole. */
struct input_stream {
    int fd;
    const char *shown; /* for messages */
    bool is_pipe, has_begun;
    int64_t size, changed_ns; /* when it was opened: the size, and the time of the last change */
};

/* Opens path; messages call it shown, which must stay. Errors as for input_file_read. */
bool input_stream_open(const char *path, const char *shown, struct input_stream *stream,
                       struct error *err);
/* The next bytes, at most size; *count 0 is the end. A regular file that has changed since it was
 * opened is a STATUS_IO error at its end. */
bool input_stream_read(struct input_stream *stream, char *bytes, size_t size, size_t *count,
                       struct error *err);
void input_stream_close(struct input_stream *stream);

/* A file that is read from where a copy of it is kept. */
struct input_copy {
    const char *name, *text; /* text: a NUL behind its last byte */
    size_t length;
};

#endif
