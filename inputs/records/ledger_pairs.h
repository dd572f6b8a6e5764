/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_pairs.h - pairs of a ledger from where they are: scores, folders, other ledgers.
 *
 * A score is score.json as `capsim score --out DIR` writes it, or its folder; a folder of folders
 * with scores, of scores or of ledgers stands for all of them, in the order of their names. */
#ifndef CAPSIM_INPUTS_RECORDS_LEDGER_PAIRS_H
#define CAPSIM_INPUTS_RECORDS_LEDGER_PAIRS_H

#include "sim/base/arena.h"
#include "sim/base/error.h"

/* Whether the file is a score; false also where it cannot be read. */
bool ledger_pairs_is_score(const char *path, struct arena *arena);
/* A ledger as text, of all pairs of paths[count], in that order. Errors (STATUS_INPUT): a file is
 * neither, their confidences differ, or there is no pair. */
bool ledger_pairs_collect(const char *const *paths, size_t count, struct arena *arena,
                          const char **text, size_t *length, struct error *err);
/* The text of the ledger at `path`, or of a new one where there is no such file, with the pairs of
 * `score` behind those that it has; *pairs: how many it then has. name: of the pair (NULL: of the
 * score's scenario). The same score twice is a mistake. Nothing is written. */
bool ledger_pairs_append(const char *path, const char *score, const char *name, struct arena *arena,
                         const char **text, size_t *length, size_t *pairs, struct error *err);

#endif
