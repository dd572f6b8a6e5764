/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How libFuzzer changes an input: of JSON half the time the tree, otherwise the bytes, in its own
 * way. Linked with every target of make fuzz, and with nothing else. */
#include "tests/fuzz/mutate.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t most, unsigned seed)
{
    struct stream choices = stream_at((struct stream_key){seed, 0}, 0, 0, 0);
    size_t changed = seed % 2 == 0 ? mutate_tree(bytes, size, most, &choices) : 0;
    return changed > 0 ? changed : LLVMFuzzerMutate(bytes, size, most);
}
