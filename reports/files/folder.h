/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder.h - several files into one folder, all or none.
 *
 * Each is written through a temporary file and rename. All are on the disk before the first is put
 * in place: after a failure no half file remains, and a full disk leaves an earlier report as it
 * was. */
#ifndef CAPSIM_REPORTS_FILES_FOLDER_H
#define CAPSIM_REPORTS_FILES_FOLDER_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdio.h>

/* One file: its name, which may lead into a folder below ("before/config.json"), and what writes
 * it to an open stream: false with err filled when it could not. */
struct folder_file {
    const char *name;
    bool (*write)(const void *context, FILE *out, struct error *err);
    const void *context;
};

/* Makes folder when it is missing, with those above it, and tries whether a file can be made in it:
 * to be told before a study that its report could not be kept. */
bool folder_prepare(const char *folder, struct error *err);

/* Writes files[count] into folder (made when missing, with those above and below it). */
bool folder_write(const struct folder_file *files, size_t count, const char *folder,
                  struct error *err);

#endif
