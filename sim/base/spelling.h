/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spelling.h - the name that a misspelt one was probably meant to be, for "did you mean".
 *
 * Distance: insertions, deletions, replacements and swaps of two neighbours (optimal string
 * alignment: Damerau 1964, in the restricted form that never edits a substring twice), by bytes,
 * A-Z counted as a-z whatever the locale. */
#ifndef CAPSIM_SIM_BASE_SPELLING_H
#define CAPSIM_SIM_BASE_SPELLING_H

#include <stddef.h>

enum { MAX_SPELLING = 128 }; /* longer names, in bytes, are like nothing */

/* The first of names[count] with the least distance to `typed`, or NULL when even that is more than
 * a third of the longer of the two (at least 1 edit is allowed): a far-fetched guess misleads more
 * than none. NULL entries are skipped. */
const char *spelling_nearest(const char *typed, const char *const *names, size_t count);

/* The `most` names of names[count] that are most like `typed`, most like first, however unlike, for
 * a list of what there is: by the share of their pairs of neighbouring letters that both have
 * (Dice's coefficient: Adamson and Boreham, Information Storage and Retrieval 10 (1974) 253), then
 * by edits per letter, and equals in their order. Returns how many, at most count. */
size_t spelling_rank(const char *typed, const char *const *names, size_t count,
                     const char **nearest, size_t most);

/* The number of edits from a to b; MAX_SPELLING + 1 when one is longer than MAX_SPELLING. */
size_t spelling_distance(const char *a, const char *b);

#endif
