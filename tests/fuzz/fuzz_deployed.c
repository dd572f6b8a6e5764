/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file that is deployed, the first byte its format: the values that are asked for,
 * or a message with the line. What was read comes back from its extract, which tells the file's
 * hash. */
#include "inputs/deployed/deployed.h"
#include "tests/fuzz/target.h"

#include <string.h>

static const char *const keys[] = {"A", "pool.max"};
enum { KEYS = 2 };

static void check_extract(const struct deployed_request *request,
                          const struct deployed_value *values, struct arena *arena)
{
    struct deployed_value again[KEYS];
    struct error err = {0};
    size_t missing;
    const char *hash = deployed_hash(request->text, request->length, arena);
    const char *extract =
        deployed_extract(request->format, request->keys, values, request->key_count, hash, arena);
    struct deployed_request of_extract = *request;
    of_extract.text = extract;
    of_extract.length = strlen(extract);
    target_require(deployed_read(&of_extract, arena, again, &missing, &err));
    for (size_t i = 0; i < request->key_count; i++) {
        target_require(strcmp(values[i].text, again[i].text) == 0);
        target_require(values[i].kind == again[i].kind);
    }
    target_require(strcmp(hash, deployed_hash(extract, strlen(extract), arena)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    struct arena *arena = arena_open();
    const char *text = target_text(bytes + 1, size - 1, arena);
    for (size_t first = 0; first < KEYS; first++) {
        const struct deployed_request request = {
            "a file",     text, size - 1, (enum deployed_format)(bytes[0] % DEPLOYED_FORMATS),
            keys + first, 1};
        struct deployed_value values[KEYS];
        struct error err = {0};
        size_t missing;
        bool is_read = deployed_read(&request, arena, values, &missing, &err);
        target_check_outcome(is_read, &err);
        target_require(err.line <= target_count_lines(bytes, size) + 1);
        target_require(is_read || err.line > 0 || missing == 0 || err.file[0] != '\0');
        if (is_read)
            check_extract(&request, values, arena);
    }
    arena_close(arena);
    return 0;
}
