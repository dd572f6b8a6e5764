/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wording.h - the words of a message: a value shown short, a list grown, a name checked.
 *
 * Nothing here fails and nothing allocates. Text is UTF-8. */
#ifndef CAPSIM_INPUTS_JSON_WORDING_H
#define CAPSIM_INPUTS_JSON_WORDING_H

#include <stdbool.h>
#include <stddef.h>

enum {
    WORDING_SHOWN = 60, /* bytes of a user's text that a message shows                 */
    WORDING_SIZE = 80,  /* room for them, two quotes, "..." and the NUL                */
    WORDING_NAME = 63   /* bytes of the longest identifier                             */
};

/* text in double quotes, cut after WORDING_SHOWN bytes (never inside a character, "..." says so),
 * cleaned (utf8.h). Returns shown. */
const char *wording_quote(const char *text, char shown[WORDING_SIZE]);

/* Copies length bytes of text as they are, cut in the same way, without quotes. Returns shown. */
const char *wording_shorten(const char *text, size_t length, char shown[WORDING_SIZE]);

/* True for [A-Za-z_][A-Za-z0-9_-]* of at most WORDING_NAME bytes. */
bool wording_is_identifier(const char *text);

/* Appends formatted text at the end of text[size], cutting what does not fit. */
void wording_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
