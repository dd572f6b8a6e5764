/* later.h - what the scenario format has and this version does not build yet.
 *
 * Such a word is refused as "not yet supported by this version": neither ignored nor called
 * unknown. Whoever builds it deletes its line in later.c and adds its reader. */
#ifndef CAPSIM_INPUTS_LATER_H
#define CAPSIM_INPUTS_LATER_H

#include <stdbool.h>
#include <stddef.h>

/* True if word is of a later version where it stands ("connection_pool", "step", ...). */
bool later_has(const char *where, const char *word);

/* Writes the words of `where` into words[size] and returns how many there are. */
size_t later_list(const char *where, const char **words, size_t size);

#endif
