/* SPDX-License-Identifier: GPL-3.0-or-later */
/* atomic_file.h - a file that appears whole or not at all.
 *
 * The bytes go to a temporary file in the same folder; only when all of them are on the disk does a
 * rename put it in place. A reader sees the old file or the new one, never a half. A symbolic link
 * of that name is replaced itself: what it points at is not written to. Life: open - write to
 * stream - finish - publish; discard instead of any of the last two, or after one that failed. A
 * killed process leaves at most ".capsim-<pid>-<n>.tmp", which no later run minds. */
#ifndef CAPSIM_REPORTS_FILES_ATOMIC_FILE_H
#define CAPSIM_REPORTS_FILES_ATOMIC_FILE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdio.h>

struct atomic_file {
    FILE *stream;             /* to write to; NULL once finished or discarded */
    const char *path;         /* where it will appear                         */
    const char *folder;       /* that it is in, "" or ending with a slash     */
    const char *temporary;    /* NULL once published or discarded             */
    struct atomic_file *next; /* of those that are not in place yet                    */
};

/* Creates the temporary file, with the permissions that any new file gets. path and what the file
 * needs to remember are copied into arena. False with STATUS_IO: nothing was left behind. */
bool atomic_file_open(struct atomic_file *file, const char *path, struct arena *arena,
                      struct error *err);

/* Closes the stream after making sure that every byte is on the disk. False with STATUS_IO; then
 * discard is still due. */
bool atomic_file_finish(struct atomic_file *file, struct error *err);

/* Puts the finished file in place. False with STATUS_IO; then discard is still due. */
bool atomic_file_publish(struct atomic_file *file, struct error *err);

/* Closes and removes what is there of it. Does nothing after a publish that succeeded, after a
 * discard, and on a zeroed struct. */
void atomic_file_discard(struct atomic_file *file);

/* Writes bytes[size] to path, all or nothing; the error names the path. */
bool atomic_file_save(const char *path, const void *bytes, size_t size, struct arena *arena,
                      struct error *err);

#endif
