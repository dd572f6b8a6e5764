/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutate.h - an input changed a little: for JSON a change of its tree, which is JSON again; for
 * anything else a change of its bytes.
 *
 * A fuzzer that knows bytes alone breaks nearly every long JSON text before it reaches what reads
 * the tree. The same input, kind of change and stream give the same bytes everywhere. */
#ifndef CAPSIM_TESTS_FUZZ_MUTATE_H
#define CAPSIM_TESTS_FUZZ_MUTATE_H

#include "sim/random/stream.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Changes bytes[size], with room for most, by one to four changes of the tree; returns the new
 * size. 0: it is no JSON object or array, or what came out is too long; bytes are then as they
 * were.
 */
size_t mutate_tree(uint8_t *bytes, size_t size, size_t most, struct stream *choices);

/* Changes one to four bytes or runs of bytes. */
size_t mutate_bytes(uint8_t *bytes, size_t size, size_t most, struct stream *choices);

#endif
