/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a draft are called: as they were found, or as the user wants. */
#include "inputs/telemetry/draft.h"

#include <string.h>

const char *draft_name(const struct draft *draft, const char *found)
{
    for (size_t i = 0; i < draft->rename_count; i++)
        if (strcmp(draft->renames[i].found, found) == 0)
            return draft->renames[i].wanted;
    return found;
}

size_t draft_list_names(const struct draft *draft, const char *names[DRAFT_CLASSES + 4])
{
    size_t count = 0;
    names[count++] = "requests";
    if (draft->has_pool)
        names[count++] = "pool";
    if (draft->has_pooler)
        names[count++] = "pooler";
    if (draft->has_proxy)
        names[count++] = "proxy";
    for (size_t i = 0; i < draft->class_count && draft->class_count > 1; i++)
        names[count++] = draft->classes[i].name;
    return count;
}

/* The path with its parts as they are called now. */
static const char *rename_path(const struct draft *draft, const char *path)
{
    char *copy = arena_strdup(draft->arena, path), *rest = copy;
    const char *made = NULL;
    for (char *part = strsep(&rest, "."); part; part = strsep(&rest, ".")) {
        const char *name = draft_name(draft, part);
        made = made ? arena_printf(draft->arena, "%s.%s", made, name) : name;
    }
    return made;
}

void draft_rename(struct draft *draft, const struct draft_rename *renames, size_t count)
{
    draft->renames = renames;
    draft->rename_count = count;
    for (size_t i = 0; i < draft->note_count; i++)
        draft->notes[i].key = rename_path(draft, draft->notes[i].key);
    for (size_t i = 0; i < draft->class_count; i++)
        draft->classes[i].name = draft_name(draft, draft->classes[i].name);
}
