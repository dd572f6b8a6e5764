/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep_journal.h - the finished points of a sweep in its folder, so that it can go on where it was
 * broken off: a sweep_keeper whose context is the journal. */
#ifndef CAPSIM_INPUTS_RECORDS_SWEEP_JOURNAL_H
#define CAPSIM_INPUTS_RECORDS_SWEEP_JOURNAL_H

#include "models/studies/sweep_study.h"
#include "reports/files/journal.h"
#include "reports/result/result.h"

/* Opens "sweep.journal" of that folder (journal.h), for a sweep that rests on grounds. */
bool sweep_journal_open(struct journal *journal, const char *folder, const struct result *grounds,
                        bool is_resumed, struct arena *arena, struct error *err);

/* Fills the probes of the points that were kept. */
bool sweep_journal_restore(void *journal, struct sweep_study *study, struct error *err);
/* Keeps point p. */
bool sweep_journal_keep(void *journal, const struct sweep_study *study, size_t p,
                        struct error *err);

#endif
