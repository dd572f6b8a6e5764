/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h - what the fuzz targets share: a file that is its input, and what they require.
 *
 * A target is one function, LLVMFuzzerTestOneInput: libFuzzer calls it with the inputs that it
 * invents (make fuzz), test_fuzz_corpus with those that are kept. What does not hold ends the
 * process with SIGABRT, which is how both of them learn of it. */
#ifndef CAPSIM_TESTS_FUZZ_TARGET_H
#define CAPSIM_TESTS_FUZZ_TARGET_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs the target on bytes[size]; always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the process with SIGABRT and says what did not hold, unless it does. */
#define target_require(is_so) target_require_at((is_so), #is_so, __FILE__, __LINE__)
void target_require_at(bool is_so, const char *claim, const char *file, int line);

/* A file in memory that any function can open by its path, as long as it stays open. */
struct target_file {
    int descriptor;
    char path[32];
};
struct target_file target_file_open(const void *bytes, size_t size);
void target_file_close(const struct target_file *file);

/* The bytes as a text with a NUL behind, in arena. */
char *target_text(const uint8_t *bytes, size_t size, struct arena *arena);

/* How many lines the bytes have, at most: CR, LF and both end one, and the last may be open. */
int target_count_lines(const uint8_t *bytes, size_t size);

/* A reader succeeded without an error, or failed with one of the user's mistakes, whose message is
 * there and prints cleanly. */
void target_check_outcome(bool is_read, const struct error *err);

#endif
