/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h - the pieces of a gnuplot script, such that no name can become a command.
 *
 * gnuplot runs what stands between backticks in double quotes; between single quotes it replaces
 * nothing. So every text that is not our own goes through script_text or script_tic: cleaned of
 * controls (no line can end), in single quotes, its own single quotes turned into U+2019 (doubling
 * them would do in most places, but not at a string's beginning). Numbers go
 * through script_number, which writes digits, signs, a point and an exponent only. */
#ifndef CAPSIM_PLOTS_SCRIPT_H
#define CAPSIM_PLOTS_SCRIPT_H

#include "reports/files/memory_stream.h"

/* A script being written; the text is complete once it is closed. */
struct script {
    FILE *out;
    struct arena *arena;
    struct memory_stream memory;
};

/* An empty script. Ends the process with status 4 when there is no memory, as an arena does. */
void script_open(struct script *script, struct arena *arena);
/* The script's text, in its arena. */
const char *script_close(struct script *script);

/* text as a word of the script; as a tic's label, where gnuplot reads a format. */
void script_text(struct script *script, const char *text);
void script_tic(struct script *script, const char *text);
/* The number, or NaN. */
void script_number(struct script *script, double number);
/* Several numbers as a line of data, NaN for what is missing. */
void script_row(struct script *script, const double *numbers, size_t count);
/* As fprintf: for words of our own. */
void script_add(struct script *script, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
