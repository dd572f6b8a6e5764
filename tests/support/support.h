/* SPDX-License-Identifier: GPL-3.0-or-later */
/* support.h - what several tests need: the source tree, files and folders of their own, other
 * programs run to their end, exact values of queueing models, and an assertion for doubles.
 *
 * A test that cannot get what it asks for here fails on the spot: nothing returns an error. What is
 * returned as text is the caller's to free. */
#ifndef CAPSIM_TESTS_SUPPORT_SUPPORT_H
#define CAPSIM_TESTS_SUPPORT_SUPPORT_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

/* Fails unless |value - expected| <= tolerance, and prints all three with 17 digits. cmocka's own
 * assertion compares in single precision. NaN fails; equal infinities pass. */
#define assert_within(value, expected, tolerance)                                                  \
    assert_within_at((value), (expected), (tolerance), #value, __FILE__, __LINE__)
void assert_within_at(double value, double expected, double tolerance, const char *expression,
                      const char *file, int line);

/* How often a test that lives on numbers repeats what it does: `often` times, or `seldom` times
 * where CAPSIM_QUICK is set in the environment. The Makefile sets it for what makes programs many
 * times slower (asan, tsan, coverage, valgrind). Every test runs then too, with fewer studies,
 * trials or replications and with bounds computed for as many, and a program has 30 times its
 * limit. */
size_t repetitions(size_t often, size_t seldom);

/* The path of a file of the source tree: CAPSIM_SOURCE (default: the working folder) / name. */
char *source_path(const char *name);

/* The whole file, with a 0 after its last byte; *size gets the bytes without it, or is NULL. */
char *file_read(const char *path, size_t *size);
/* Writes size bytes to a new file, or over an old one. */
void file_write(const char *path, const void *bytes, size_t size);

/* A new empty folder under TMPDIR (or /tmp). */
char *folder_make(void);
/* Removes the folder with all that is in it, and frees its name. */
void folder_remove(char *folder);

/* How to run a program. Fields left at zero mean: our own environment and folder, no input, at most
 * 60 s, no signal. */
struct command {
    const char *const *argv;        /* argv[0] is looked up in PATH; ends with NULL             */
    const char *const *environment; /* "NAME=value" joins ours, "NAME" leaves; ends with NULL   */
    const char *folder;             /* to run in                                                */
    const char *input;              /* text for its standard input                              */
    const char *output_file;        /* an existing file or device for its standard output       */
    double limit_s;                 /* after which it is killed                                 */
    int signal;                     /* sent once, after signal_after_s                          */
    double signal_after_s;
    bool has_group; /* a group of its own, all of which gets the signal, as Ctrl-C does */
};

/* What became of it. */
struct command_result {
    int status;           /* exit status; 128 + n when signal n ended it                        */
    bool has_hit_limit;   /* it was killed after limit_s                                        */
    char *output, *error; /* standard output and standard error, each with a 0 at the end       */
    double elapsed_s;     /* by the wall clock, to a millisecond                                */
    long peak_kib;        /* the most memory it had resident                                    */
};

/* Runs the command to its end. */
struct command_result command_run(const struct command *command);
/* The program under test: CAPSIM (default: build/capsim), as a path that holds in any folder. It is
 * not to be freed. */
const char *capsim_path(void);
/* Runs the program under test with up to 30 arguments, the last followed by NULL. */
struct command_result capsim_run(const char *argument, ...) __attribute__((sentinel));
/* Frees output and error. */
void command_result_free(struct command_result *result);
/* Its output as JSON, for json_decref; what is none fails the test and is shown. */
json_t *command_result_json(const struct command_result *result);
/* The number under a key of a JSON object; NaN when there is none. */
double json_number_at(const json_t *object, const char *key);

/* A value of tests/exact/exact.json: the row with this id and metric [s, per s, or 1]. */
double exact_value(const char *id, const char *metric);

#endif
