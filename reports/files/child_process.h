/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child_process.h - a program of the system, started directly and never through a shell: what it
 * reads and writes are files without a name. */
#ifndef CAPSIM_REPORTS_FILES_CHILD_PROCESS_H
#define CAPSIM_REPORTS_FILES_CHILD_PROCESS_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

/* A file without a name that holds bytes[size] and that a child may open as child_file_path says;
 * -1 when there is none to be had. To be closed. */
int child_file_open(const void *bytes, size_t size);
const char *child_file_path(int file, struct arena *arena);

struct child_output {
    int status;                   /* that it ended with; 128 and more: by a signal */
    const char *text, *complaint; /* what it wrote to either stream; a NUL behind the last byte */
    size_t size;
};

/* Runs words (NULL behind the last; the first is looked for in PATH) with input[size] as standard
 * input, and waits for its end. False with STATUS_IO when it cannot be started. */
bool child_run(const char *const *words, const void *input, size_t size, struct arena *arena,
               struct child_output *output, struct error *err);

#endif
