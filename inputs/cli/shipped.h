/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shipped.h - where the scenarios are that come with the program: in the folder of the sources, or
 * beside an installed program in ../share/capsim/scenarios. Hints name what is there. */
#ifndef CAPSIM_INPUTS_CLI_SHIPPED_H
#define CAPSIM_INPUTS_CLI_SHIPPED_H

#include "sim/base/arena.h"

/* The path of a shipped scenario by its name ("accubooks-pool.json"), as it can be typed here;
 * NULL: there is none. In arena. */
const char *shipped_find(const char *name, struct arena *arena);

#endif
