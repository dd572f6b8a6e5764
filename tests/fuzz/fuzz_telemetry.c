/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of telemetry: its first line is --as (empty: told by the beginning), the rest
 * the file. A form whose counts add up and that is written as JSON, and if there is a draft a
 * scenario that can be read; or a message. */
#include "inputs/scenario/scenario.h"
#include "inputs/telemetry/draft.h"
#include "inputs/telemetry/observed_json.h"
#include "inputs/telemetry/observed_text.h"
#include "inputs/telemetry/telemetry.h"
#include "tests/fuzz/target.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_figure(const struct observed_figure *figure)
{
    uint64_t sum = 0;
    for (size_t o = 0; o < OBSERVED_OCTAVES; o++)
        for (size_t s = 0; figure->octaves[o] && s < 1u << HISTOGRAM_SUB_BITS; s++)
            sum += figure->octaves[o][s];
    target_require(sum == (figure->form == OBSERVED_VALUES ? figure->count : sum));
    if (figure->form == OBSERVED_VALUES && figure->count > 0) {
        target_require(figure->mean >= figure->least * (1 - 1e-12));
        target_require(figure->mean <= figure->largest * (1 + 1e-12));
        target_require(observed_quantile(figure, 0.5) <= observed_quantile(figure, 0.95));
    }
}

static void check_arrivals(const struct observed_arrivals *arrivals)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < arrivals->window_count; i++)
        sum += arrivals->counts[i];
    target_require(sum == arrivals->count);
}

static void check_form(const struct observed *observed, const struct draft *draft)
{
    char *text = NULL;
    size_t size = 0;
    for (size_t i = 0; i < observed->figure_count; i++)
        check_figure(observed->figures[i]);
    for (size_t i = 0; i < observed->arrival_count; i++)
        check_arrivals(observed->arrivals[i]);
    FILE *stream = open_memstream(&text, &size);
    observed_json_write(observed, stream);
    fclose(stream);
    json_t *tree = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    target_require(tree != NULL);
    json_decref(tree);
    free(text);
    text = NULL;
    stream = open_memstream(&text, &size);
    observed_text_write(observed, draft, "none", stream);
    fclose(stream);
    target_require(size > 0);
    free(text);
}

/* What is drafted can be read; a trace would be in another file. */
static void check_draft(struct draft *draft)
{
    char *text = NULL;
    size_t size = 0;
    struct arena *arena = arena_open();
    struct scenario_set set = {0};
    struct error err = {0};
    char shown[1500];
    if (draft->trace_s)
        draft->fit.kind = ARRIVAL_FIT_POISSON;
    FILE *stream = open_memstream(&text, &size);
    draft_write(draft, stream);
    fclose(stream);
    struct target_file file = target_file_open(text, size);
    struct scenario_request request = {.file = file.path};
    bool is_read = scenario_read(&request, arena, &set, &err);
    if (!is_read) {
        error_format(&err, shown, sizeof shown);
        fprintf(stderr, "%s\n%s\n", shown, text);
    }
    target_require(is_read);
    scenario_close(&set);
    target_file_close(&file);
    arena_close(arena);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct telemetry_label labels[] = {
        {"pool.wait_ms", "pool", "wait_ms", OBSERVED_WAIT},
        {"pool.busy", "pool", "busy", OBSERVED_GAUGE}};
    const uint8_t *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    size_t first = end ? (size_t)(end - bytes) : size, skipped = end ? first + 1 : size;
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes + skipped, size - skipped);
    struct telemetry *telemetry = telemetry_create(arena);
    struct error err = {0}, draft_err = {0};
    const char *as = target_text(bytes, first, arena);
    struct draft *draft = arena_alloc(arena, sizeof *draft);
    telemetry->labels = labels;
    telemetry->label_count = 2;
    bool is_read = telemetry_read(telemetry, file.path, "input", first > 0 ? as : NULL, &err) &&
                   telemetry_finish(telemetry, &err);
    target_check_outcome(is_read, &err);
    if (is_read) {
        bool is_drafted = draft_make(telemetry->observed, "fuzz", arena, draft, &draft_err);
        target_check_outcome(is_drafted, &draft_err);
        check_form(telemetry->observed, is_drafted ? draft : NULL);
        if (is_drafted)
            check_draft(draft);
    }
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
