/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli_choice.h - one of several words that the command line may have. */
#ifndef CAPSIM_INPUTS_CLI_CLI_CHOICE_H
#define CAPSIM_INPUTS_CLI_CLI_CHOICE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"

/* The number of name among names[count]; or count, with a STATUS_USAGE error that lists them and
 * has the nearest. what: "shell". */
size_t cli_choice_find(const char *name, const char *what, const char *const *names, size_t count,
                       struct error *err);

/* The same of an option's value: "--kind must be one of ...". */
size_t cli_choice_find_value(const char *option, const char *value, const char *const *names,
                             size_t count, struct arena *arena, struct error *err);

#endif
