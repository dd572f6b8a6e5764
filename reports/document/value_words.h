/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value_words.h - a piece of a scenario as a reader says it: a law, arrivals, steps. */
#ifndef CAPSIM_REPORTS_DOCUMENT_VALUE_WORDS_H
#define CAPSIM_REPORTS_DOCUMENT_VALUE_WORDS_H

#include "sim/base/arena.h"

/* json in words, in arena: {"dist":"lognormal","mean":"75ms","p95":"180ms"} is "75 ms mean, p95
 * 180 ms, lognormal"; {"hold":"pool","steps":[...]} is "hold pool (...)". What is no JSON stays as
 * it is; JSON that was cut loses its signs. Nothing is left out; numbers get their blank before the
 * unit. */
const char *value_words(const char *json, struct arena *arena);

#endif
