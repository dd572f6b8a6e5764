/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept_file.h - the files of a folder that somebody handed over, and nothing else.
 *
 * A record comes from anybody: a name in it may lead out of the folder, and what stands in the
 * folder may be a link or a device. Only regular files below the folder are read, by ways that have
 * no link on them. */
#ifndef CAPSIM_INPUTS_RECORDS_KEPT_FILE_H
#define CAPSIM_INPUTS_RECORDS_KEPT_FILE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>

enum kept_file_state {
    KEPT_FILE_THERE,
    KEPT_FILE_MISSING,
    KEPT_FILE_LINK,   /* it, or a folder on the way, is a symbolic link */
    KEPT_FILE_ODD,    /* a folder, a device, a pipe                     */
    KEPT_FILE_OUTSIDE /* the name is absolute, or has a "..", or is none */
};

struct kept_file {
    enum kept_file_state state;
    const char *text; /* NULL unless it is there; a NUL behind the last byte */
    size_t length;
};

/* Reads folder/name into arena. False with err only when it is there and cannot be read. */
bool kept_file_read(const char *folder, const char *name, struct arena *arena,
                    struct kept_file *file, struct error *err);

/* "is a link" ... of a state that is not THERE. */
const char *kept_file_state_text(enum kept_file_state state);

/* The names of all that is below the folder but folders, sorted, in arena: names[*count]. More than
 * 100,000 of them, or folders in folders without end, are a STATUS_INPUT error. */
bool kept_file_list(const char *folder, struct arena *arena, const char *const **names,
                    size_t *count, struct error *err);

#endif
