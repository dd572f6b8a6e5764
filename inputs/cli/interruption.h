/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interruption.h - Ctrl-C, and what is said of it. */
#ifndef CAPSIM_INPUTS_CLI_INTERRUPTION_H
#define CAPSIM_INPUTS_CLI_INTERRUPTION_H

#include <stdatomic.h>
#include <stdio.h>

/* From here on the first SIGINT or SIGTERM only sets the flag that is returned, so that what has
 * begun ends well; the second ends the process. A limit on processor time (SIGXCPU) sets it too. */
const atomic_bool *interruption_catch(void);

/* What is left when a study was interrupted early, for interruption_tell. */
extern const char interruption_left_nothing[], interruption_left_no_evidence[],
    interruption_left_no_baseline[];

/* "capsim: interrupted..." on stream; text: one of the above, or all that is to be said. */
void interruption_tell(const char *text, FILE *stream);

#endif
