/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a table of measured values: at least one number, or a message that names a line of
 * the file. */
#include "inputs/scenario/empirical_file.h"
#include "tests/fuzz/target.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    const char *text = target_text(bytes, size, arena);
    double *values = NULL;
    size_t count = 0;
    struct error err = {0};
    bool is_read = empirical_file_parse("times.csv", text, size, arena, &values, &count, &err);
    target_check_outcome(is_read, &err);
    target_require(err.line <= target_count_lines(bytes, size));
    target_require(!is_read || count >= 1);
    for (size_t i = 0; is_read && i < count; i++)
        target_require(values[i] >= 0 && isfinite(values[i]));
    arena_close(arena);
    return 0;
}
