/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h - the standard streams: whether they are open, and what they lead to.
 *
 * Nothing here fails: a stream that cannot be asked or written to is a plain file 100 columns
 * wide. */
#ifndef CAPSIM_INPUTS_CLI_TERMINAL_H
#define CAPSIM_INPUTS_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

enum { TERMINAL_WIDTH = 100, TERMINAL_NARROWEST = 40 };

/* Makes file descriptors 0, 1 and 2 those of standard streams: one that was closed by the caller
 * (`>&-`) would otherwise be given to the next file opened. It is opened so that reading from 0
 * and writing to 1 and 2 go on failing. Call it first. */
void terminal_keep_standard_streams(void);

/* Columns for a report: those of the terminal, TERMINAL_NARROWEST..TERMINAL_WIDTH; TERMINAL_WIDTH
 * when stream is no terminal. */
int terminal_width(FILE *stream);

/* True on a terminal that is not dumb, unless NO_COLOR is set to anything but "". */
bool terminal_has_colour(FILE *stream);

/* True when stream is a pipe or socket without a reader. */
bool terminal_is_abandoned(FILE *stream);

#endif
