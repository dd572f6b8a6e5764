/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - a file to which a long study adds what is finished, line by line, so that nothing of
 * it is lost when the process is killed.
 *
 * The first line is a key that says what study it is; each further line is an entry. A line ends in
 * a line feed and begins with the first 16 digits of its text's SHA-256, so an entry that was cut
 * off, or written over, is known: it and what follows it are dropped.
 *
 * Each line is one write, so the death of the process takes nothing that was added. That of the
 * machine can take what was not yet brought to the disk (fdatasync): a disk may take longer for
 * that than a short run, so it is done only when JOURNAL_SYNC_PARTS times as long as the last time
 * took have passed. A line that comes later than that is on the disk before the next is added. */
#ifndef CAPSIM_REPORTS_FILES_JOURNAL_H
#define CAPSIM_REPORTS_FILES_JOURNAL_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stdint.h>

enum { JOURNAL_SYNC_PARTS = 50 };

struct journal {
    int fd;               /* -1: not open */
    int64_t next_sync_ns; /* not before then, by the monotonic clock */
    const char *path;
    const char **entries; /* found when it was opened, without their checksums */
    size_t entry_count;
};

/* Opens folder/name in a folder that exists. A journal that is there is continued if is_resumed and
 * it has that key; otherwise that is a STATUS_USAGE error: it may be hours of work. Keys and
 * entries are texts without line feeds. Everything is in arena. */
bool journal_open(struct journal *journal, const char *folder, const char *name, const char *key,
                  bool is_resumed, struct arena *arena, struct error *err);

/* Adds an entry; STATUS_IO when it cannot be written. */
bool journal_add(struct journal *journal, const char *entry, struct error *err);

/* Brings all that was added to the disk; STATUS_IO when it may not be there. A journal that is not
 * open has nothing to bring. */
bool journal_sync(struct journal *journal, struct error *err);

/* Adds an entry that the death of the process leaves there, but perhaps not that of the machine: a
 * hundred times faster. */
bool journal_note(struct journal *journal, const char *entry, struct error *err);

/* Reads folder/name, which is left as it is: its entries, if it has that key (NULL: any); its fd is
 * -1. STATUS_INPUT: there is none. */
bool journal_read(struct journal *journal, const char *folder, const char *name, const char *key,
                  struct arena *arena, struct error *err);

/* Closes it; is_complete: the study is done, and its journal is removed. A journal that is not open
 * is allowed: one of zeros with fd -1. */
void journal_close(struct journal *journal, bool is_complete);

#endif
