/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two texts with a line "----" between: as a file that was kept and the same file written again,
 * and as a scenario before and after. A text differs from itself in nothing, from another text in
 * as much either way. */
#include "inputs/records/file_difference.h"
#include "inputs/scenario/scenario_changes.h"
#include "tests/fuzz/target.h"

#include <string.h>

static const struct file_blank BLANK = {"‹to fill in›", "‹to fill in›"};
static const char *const BETWEEN = "\n----\n";

static void check_list(const struct file_differences *found)
{
    for (size_t i = 0; i < found->count && i < MAX_FILE_DIFFERENCES; i++)
        target_require(found->list[i].where && (found->list[i].kept || found->list[i].now));
    target_require(found->filled <= found->blanks);
    for (size_t i = 0; i < found->filled; i++)
        target_require(found->fill_ins[i].text && !strpbrk(found->fill_ins[i].text, "|<#"));
}

static void compare(const char *kept, const char *now, struct arena *arena)
{
    struct file_differences json = {0}, back = {0}, text = {0}, blanks = {0};
    file_difference_json(kept, now, arena, &json);
    file_difference_json(now, kept, arena, &back);
    file_difference_text(kept, now, NULL, arena, &text);
    file_difference_text(kept, now, &BLANK, arena, &blanks);
    check_list(&json);
    check_list(&text);
    check_list(&blanks);
    bool is_same = strcmp(kept, now) == 0;
    target_require(!is_same || (json.count == 0 && text.count == 0 && blanks.count == 0));
    target_require(is_same || json.count > 0 || json.has_same_values);
    target_require(json.count == back.count);
}

static void list_changes(const char *then, const char *now, struct arena *arena)
{
    size_t count;
    const char *const *texts = scenario_changes_list(then, now, arena, &count);
    target_require(count <= MAX_SCENARIO_CHANGES);
    for (size_t i = 0; i < count; i++)
        target_require(texts[i] != NULL);
    target_require(strcmp(then, now) != 0 || count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    char *kept = target_text(bytes, size, arena), *now = strstr(kept, BETWEEN);
    if (now) {
        *now = '\0';
        now += strlen(BETWEEN);
    } else {
        now = kept;
    }
    compare(kept, now, arena);
    list_changes(kept, now, arena);
    list_changes(now, kept, arena);
    arena_close(arena);
    return 0;
}
