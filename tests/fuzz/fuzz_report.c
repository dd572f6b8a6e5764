/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a report, an answer or evidence that capsim wrote: as what can be repeated, as a
 * page and as pictures. Each reads it, or says where it is wrong; a report that is read can be
 * shown. */
#include "inputs/json/json_text.h"
#include "inputs/records/run_record.h"
#include "plots/picture.h"
#include "reports/result/result_read.h"
#include "reports/writers/report.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_page(const struct result *result)
{
    char *page = NULL;
    size_t size = 0;
    struct error err = {0};
    struct page_extras extras = {0};
    FILE *out = open_memstream(&page, &size);
    target_require(out && report_html(result, &extras, out, &err));
    fclose(out);
    target_require(size > 0 && strlen(page) == size);
    free(page);
}

static void check_pictures(const json_t *root, struct arena *arena)
{
    const struct picture_request request = {.root = root, .arena = arena};
    for (size_t kind = 0; kind < PICTURE_KINDS; kind++) {
        struct picture picture = {0};
        struct error err = {0};
        bool is_made = picture_kinds[kind].make(&request, &picture, &err);
        target_check_outcome(is_made, &err);
        target_require(!is_made || (picture.headline && picture.alt && picture.content));
    }
}

static void read_tree(const char *text, size_t length, struct arena *arena)
{
    json_t *root;
    struct error err = {0};
    bool is_parsed = json_text_parse("report.json", text, length, "a report", arena, &root, &err);
    target_check_outcome(is_parsed, &err);
    if (!is_parsed)
        return;
    const struct result *result = result_read(root, arena, &err);
    target_check_outcome(result != NULL, &err);
    if (result)
        check_page(result);
    check_pictures(root, arena);
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    struct target_file file = target_file_open(bytes, size);
    struct error err = {0};
    struct run_record record = {0};
    bool is_record = run_record_read(file.path, arena, &record, &err);
    target_check_outcome(is_record, &err);
    target_require(!is_record || (record.command_count >= 3 && record.input_count >= 1));
    read_tree(target_text(bytes, size, arena), size, arena);
    target_file_close(&file);
    arena_close(arena);
    return 0;
}
