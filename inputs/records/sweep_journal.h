/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_journal.h - the finished points of a sweep in its folder, so that it can go on where it was
 * broken off: a sweep_keeper whose context is the journal. And the journals of the shards of a
 * sweep, put together again.
 *
 * An entry is a finished point (journal_entry.h); "begun P", written before point P is run;
 * "stopped", when all that was begun ended in good order; or, in a shard, "of" and the command as a
 * JSON array. A point that was begun and neither finished nor stopped is one that the process may
 * have died of. */
#ifndef CAPSIM_INPUTS_RECORDS_SWEEP_JOURNAL_H
#define CAPSIM_INPUTS_RECORDS_SWEEP_JOURNAL_H

#include "models/studies/sweep_study.h"
#include "reports/files/journal.h"
#include "reports/result/result.h"

/* Opens "sweep.journal" of that folder (journal.h), for a sweep that rests on grounds. */
bool sweep_journal_open(struct journal *journal, const char *folder, const struct result *grounds,
                        bool is_resumed, struct arena *arena, struct error *err);

/* Fills the probes of the points that were kept. Two entries of one point must be the same. */
bool sweep_journal_restore(void *journal, struct sweep_study *study, struct error *err);
/* The same, and every point must have been kept: the error names those that are missing. */
bool sweep_journal_restore_all(void *journal, struct sweep_study *study, struct error *err);
/* Keeps point p. A journal that is not open, of a process that does not write, keeps nothing. */
bool sweep_journal_keep(void *journal, const struct sweep_study *study, size_t p,
                        struct error *err);
void sweep_journal_begin(void *journal, size_t p);
/* All that was begun has ended in good order. */
void sweep_journal_stop(struct journal *journal);

/* Notes the command, in normal form, of which this is a shard. */
bool sweep_journal_note_command(struct journal *journal, const char *const *words, size_t count,
                                struct arena *arena, struct error *err);
/* The command of the shard in that folder: words[*count], in arena. */
bool sweep_journal_read_command(const char *folder, struct arena *arena, char ***words,
                                size_t *count, struct error *err);
/* Reads the journals of several folders, all of a sweep that rests on grounds, into one that is not
 * open. */
bool sweep_journal_merge(struct journal *journal, const char *const *folders, size_t count,
                         const struct result *grounds, struct arena *arena, struct error *err);

#endif
