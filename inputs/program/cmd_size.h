/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_size.h - the search of 'capsim size', for a page that shows it beside a run. */
#ifndef CAPSIM_INPUTS_PROGRAM_CMD_SIZE_H
#define CAPSIM_INPUTS_PROGRAM_CMD_SIZE_H

#include "inputs/program/main.h"

/* What 'capsim size' answers to cli's --vary, of that setting and with cli's other options; in the
 * arena. NULL with the error filled, or with STATUS_OK: interrupted before there was anything. The
 * scenario is read again: it must be a file that can be. */
const struct answer *main_search_size(const struct cli *cli, const char *setting,
                                      struct arena *arena, struct error *err);

#endif
