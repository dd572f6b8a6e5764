/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a recorded trace: its columns in the first line, with semicolons between, then the
 * CSV file. Rows in order that can be fetched in any pieces, or a message. */
#include "inputs/json/quantity.h"
#include "inputs/scenario/trace_file.h"
#include "tests/fuzz/target.h"

#include <math.h>
#include <string.h>

static size_t split_names(char *line, const char **names)
{
    size_t count = 0;
    while (line && count < 1 + ARRIVAL_TRACE_MAX_VALUES)
        names[count++] = strsep(&line, ";");
    return count;
}

/* Every row alone is what it is among all. */
static void check_rows(const struct arrival_trace *trace, struct arena *arena)
{
    size_t width = 1 + trace->value_count, rows = (size_t)trace->rows;
    int64_t *all = arena_array(arena, rows * width, sizeof *all), last = 0;
    int64_t one[1 + ARRIVAL_TRACE_MAX_VALUES];
    struct error err = {0};
    target_require(trace->fetch(trace, 0, rows, all, &err));
    for (size_t row = 0; row < rows; row++) {
        const int64_t *cells = &all[row * width];
        target_require(trace->fetch(trace, row, 1, one, &err));
        target_require(memcmp(one, cells, width * sizeof *one) == 0);
        target_require(cells[0] >= last);
        last = cells[0];
        for (size_t c = 0; c < width; c++)
            target_require(cells[c] >= 0 && cells[c] <= QUANTITY_MAX_NS);
    }
    target_require(all[0] == trace->first_ns && last == trace->last_ns);
    target_require(!trace->fetch(trace, rows, 1, one, &err) && err.status == STATUS_IO);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *names[1 + ARRIVAL_TRACE_MAX_VALUES];
    const uint8_t *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - bytes) : size, skipped = end ? first + 1 : size;
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes + skipped, size - skipped);
    struct trace_request request = {
        .path = file.path, .shown = "trace.csv", .columns = names, .unit_ns = 1e6};
    request.column_count = split_names(target_text(bytes, first, arena), names);

    struct arrival_trace trace = {0};
    struct trace_facts facts = {0};
    struct error err = {0};
    bool is_read = trace_file_read(&request, arena, &trace, &facts, &err);
    target_check_outcome(is_read, &err);
    target_require(err.line <= target_count_lines(bytes + skipped, size - skipped));
    if (is_read) {
        target_require(trace.rows >= 1 && trace.value_count + 1 == request.column_count);
        target_require(facts.bytes == size - skipped && strlen(facts.sha256) == 64);
        for (size_t c = 0; c < request.column_count; c++)
            target_require(isfinite(facts.means_s[c]) && facts.means_s[c] >= 0);
        check_rows(&trace, arena);
        trace_file_close(trace.descriptor);
    }
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
