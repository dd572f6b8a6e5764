/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h - what went wrong, said once, in the user's words.
 *
 * A mistake of the user fills one struct error; a mistake of ours is an assert. Functions that can
 * meet the first return bool and take a struct error last. The first error is kept: a later one,
 * met while unwinding, never hides it. Nothing here prints; main.c does. */
#ifndef CAPSIM_SIM_BASE_ERROR_H
#define CAPSIM_SIM_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum status {
    STATUS_OK = 0,
    STATUS_USAGE, /* the command line is wrong: exit code 2                                    */
    STATUS_INPUT, /* a file is wrong: exit code 2                                              */
    STATUS_MODEL, /* the scenario is well formed, yet cannot be simulated: exit code 2         */
    STATUS_IO     /* the machine failed (disk, memory, permission on output): exit code 4      */
};

struct error {
    enum status status;
    char file[256];        /* as the user gave it; a long path keeps its tail                  */
    int line, column;      /* from 1; 0 is unknown                                             */
    char pointer[256];     /* RFC 6901, or "row 17, column service_ms" for CSV; "" for none    */
    char message[512];     /* what is wrong, the value seen, the values accepted               */
    const char *raised_in; /* our file and line, shown with --debug                            */
};

/* Fills err with status and the formatted message, unless it holds an error already. Control
 * characters in the message and bytes that are not UTF-8 (both come from the user's text, and a
 * terminal must never see them) are replaced by '?'. Returns false, so that a caller can write
 * `return error_set(...)`. */
bool error_set_at(struct error *err, enum status status, const char *raised_in, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

#define ERROR_TEXT_(x) #x
#define ERROR_LINE_(x) ERROR_TEXT_(x)
#define error_set(err, status, ...)                                                                \
    error_set_at((err), (status), __FILE__ ":" ERROR_LINE_(__LINE__), __VA_ARGS__)

/* Sets err->file from path, cleaned like a message, keeping the tail of a path longer than the
 * field. Does not touch the rest. */
void error_set_file(struct error *err, const char *path);

/* Writes "file:line:column: pointer: message" into text[size], leaving out what is unknown. */
void error_format(const struct error *err, char *text, size_t size);

/* The process exit code for a status: 0, 2 or 4 (reports' contract). */
int error_exit_code(enum status status);

#endif
