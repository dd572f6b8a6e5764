/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complaint.h - what is wrong, as the user is told it. */
#ifndef CAPSIM_INPUTS_CLI_COMPLAINT_H
#define CAPSIM_INPUTS_CLI_COMPLAINT_H

#include "inputs/cli/cli.h"
#include <stdio.h>

/* One line about err, with its place, on stream; of a wrong command line which help says more, with
 * --debug where it was found. */
void complaint_write(const struct cli *cli, const struct error *err, FILE *stream);

/* "capsim: warning: SUBJECT: TEXT"; nothing of the user's text may move the terminal's cursor. */
void complaint_warn(const char *subject, const char *text, FILE *stream);

#endif
