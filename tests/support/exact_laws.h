/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exact_laws.h - the laws that hold exactly in every replication, on the figures it observed. */
#ifndef CAPSIM_TESTS_SUPPORT_EXACT_LAWS_H
#define CAPSIM_TESTS_SUPPORT_EXACT_LAWS_H

#include "models/engine/model.h"

/* The first self-check of the observation whose two sides differ by more than rounding * (1 + the
 * right one), in words and from arena; NULL: none. Pairs that show growth are no laws. */
const char *exact_laws_find_broken(const struct model *model, const struct observation *observation,
                                   double rounding, struct arena *arena);

#endif
