/* SPDX-License-Identifier: GPL-3.0-or-later */
/* typed_words.h - words that people bring from pools, databases and load testers, and what they
 * are called here.
 *
 * A word is understood where it can mean only one thing; the reader then says how it read it. One
 * that means two things, or nothing here, has advice instead. Letter case, "_", "-" and blanks do
 * not matter: maximumPoolSize is maximum_pool_size. */
#ifndef CAPSIM_INPUTS_SCENARIO_TYPED_WORDS_H
#define CAPSIM_INPUTS_SCENARIO_TYPED_WORDS_H

#include "sim/base/arena.h"
#include <stddef.h>

/* The key of keys (ends with NULL) that `written`, which is none of them, stands for in an object
 * that messages call what ("connection_pool"); NULL: none. */
const char *typed_words_key(const char *what, const char *written, const char *const *keys);

/* Likewise one of names[count], the values that a key may have. */
const char *typed_words_choice(const char *written, const char *const *names, size_t count);

/* What to write instead of a key, or of a value, that is not understood; NULL: nothing is known. */
const char *typed_words_key_advice(const char *what, const char *written);
const char *typed_words_choice_advice(const char *what, const char *written);

/* A metric as a criterion names it: "api.latency.p(95)" is "api.response.p95". word itself, or a
 * new one in arena. Names of steps are left alone. */
const char *typed_words_metric(const char *word, struct arena *arena);

#endif
