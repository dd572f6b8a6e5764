/* input_file.h - the bytes of a file that the user named, or why not.
 *
 * Regular files, pipes and standard input. A named pipe that nobody writes to is an error after
 * two seconds, never a hang. */
#ifndef CAPSIM_INPUTS_INPUT_FILE_H
#define CAPSIM_INPUTS_INPUT_FILE_H

#include "sim/kernel/arena.h"
#include "sim/kernel/error.h"
#include <stddef.h>

/* A bound against /dev/zero and the like; the largest table of figures is far below. */
#define INPUT_FILE_MAX_BYTES ((size_t)256 << 20)

/* The bytes of path ("-": standard input) in arena, with a NUL behind the last; *length counts them
 * without it. The error names shown as its file: STATUS_INPUT when the path is wrong, STATUS_IO
 * when the machine failed. */
bool input_file_read(const char *path, const char *shown, struct arena *arena, const char **text,
                     size_t *length, struct error *err);

#endif
