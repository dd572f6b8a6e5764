/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page.h"
#include <ctype.h>
#include <string.h>

/* "Sign-off" as "sign-off": ids are in lower case. */
static const char *id_of(const struct page *page, const char *link)
{
    char *id = arena_strdup(page->html.arena, link);
    for (char *at = id; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return html_id(&page->html, id);
}

void page_add_part(struct page *page, struct page_part part)
{
    if (page->part_count == PAGE_MOST_PARTS)
        return;
    if (!part.link)
        part.link = part.heading;
    if (!part.heading)
        part.heading = part.link;
    if (!part.id)
        part.id = id_of(page, part.link);
    page->parts[page->part_count++] = part;
}

void page_add_blocks(struct page *page, const struct block *first, const struct block *end)
{
    struct page_part *last = NULL;
    for (const struct block *block = first; block && block != end; block = block->next) {
        if (block->kind != BLOCK_HEADING || page->part_count == PAGE_MOST_PARTS)
            continue;
        if (last)
            last->end = block;
        page_add_part(page,
                      (struct page_part){.heading = block->text, .first = block->next, .end = end});
        last = &page->parts[page->part_count - 1];
    }
}

const struct figure *page_find_bar(const struct page *page, const char *key)
{
    for (size_t i = 0; i < page->extras->bar_count; i++)
        if (strcmp(page->extras->bars[i].key, key) == 0)
            return &page->extras->bars[i];
    return NULL;
}

const struct page_part *page_find_part(const struct page *page, const char *link)
{
    for (size_t i = 0; i < page->part_count; i++)
        if (strcmp(page->parts[i].link, link) == 0)
            return &page->parts[i];
    return NULL;
}
