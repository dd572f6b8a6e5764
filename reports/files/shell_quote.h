/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell_quote.h - words as they must be typed, so that a command can be copied from a report. */
#ifndef CAPSIM_REPORTS_FILES_SHELL_QUOTE_H
#define CAPSIM_REPORTS_FILES_SHELL_QUOTE_H

#include "sim/base/arena.h"

/* word as one word of a POSIX shell: as it is when that is safe, else in single quotes. With
 * controls or bytes that are not UTF-8: $'...' of bash and zsh, in ASCII alone. */
const char *shell_quote(const char *word, struct arena *arena);

#endif
